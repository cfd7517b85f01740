//! What finds repetitions: an angle that leaves and comes back, or a pose that is held.

use super::super::holds::{HoldDetector, Pose};
use super::super::reps::{Change, Excursion, Point, RepDetector};
use crate::units::SessionTime;

/// One of the two.
pub enum Detector {
    /// Excursions of a signal.
    Reps(RepDetector),
    /// Holds of a pose.
    Holds(HoldDetector),
}

impl Detector {
    /// Takes one moment: of the signal, and of the segment that it is seen on.
    pub fn update(&mut self, point: Point, pose: Option<Pose>) -> Option<Change> {
        match self {
            Detector::Reps(reps) => reps.update(point),
            Detector::Holds(holds) => holds.update(pose?),
        }
    }

    /// Whether a repetition or a hold is under way.
    pub fn is_out(&self) -> bool {
        match self {
            Detector::Reps(reps) => reps.is_out(),
            Detector::Holds(holds) => holds.is_out(),
        }
    }

    /// When it began.
    pub fn out_since(&self) -> Option<SessionTime> {
        match self {
            Detector::Reps(reps) => reps.out_since(),
            Detector::Holds(holds) => holds.out_since(),
        }
    }

    /// Speed of the signal, positive outward; of a hold, without sign. In its unit per second.
    pub fn speed(&self) -> f64 {
        match self {
            Detector::Reps(reps) => reps.speed(),
            Detector::Holds(holds) => holds.speed(),
        }
    }

    /// How long one usually takes, seconds.
    pub fn usual_secs(&self) -> Option<f64> {
        match self {
            Detector::Reps(reps) => reps.usual_secs(),
            Detector::Holds(holds) => holds.usual_secs(),
        }
    }

    /// How often the latest hold was lost for a moment and found again.
    pub fn breaks(&self) -> u32 {
        match self {
            Detector::Reps(_) => 0,
            Detector::Holds(holds) => holds.breaks(),
        }
    }

    /// The set is ended: what went far enough, or is held, is counted.
    pub fn finish(&mut self) -> Option<Change> {
        match self {
            Detector::Reps(reps) => reps.finish(),
            Detector::Holds(holds) => holds.finish(),
        }
    }

    /// Nothing more will be seen: what is under way is counted doubtfully.
    pub fn cut_off(&mut self) -> Option<Change> {
        match self {
            Detector::Reps(reps) => reps.cut_off(),
            Detector::Holds(holds) => holds.cut_off(),
        }
    }

    /// Whether nothing is under way, nor its last bit.
    pub fn is_at_rest(&self) -> bool {
        match self {
            Detector::Reps(reps) => reps.is_at_rest(),
            Detector::Holds(holds) => !holds.is_out(),
        }
    }

    /// Looks away until now and begins anew.
    pub fn rearm(&mut self) {
        match self {
            Detector::Reps(reps) => reps.rearm(),
            Detector::Holds(holds) => holds.rearm(),
        }
    }

    /// Begins anew, as if nothing had been seen.
    pub fn restart(&mut self) {
        match self {
            Detector::Reps(reps) => reps.restart(),
            Detector::Holds(holds) => holds.restart(),
        }
    }

    /// Whether what was just counted is like those before it; any hold is.
    pub fn is_like_before(&self, excursion: &Excursion) -> bool {
        match self {
            Detector::Reps(reps) => reps.is_like_before(excursion),
            Detector::Holds(_) => true,
        }
    }

    /// What was just counted was none.
    pub fn disown(&mut self, excursion: &Excursion) {
        if let Detector::Reps(reps) = self {
            reps.disown(excursion);
        }
    }
}
