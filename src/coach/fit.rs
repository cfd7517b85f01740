//! What is known of how one sensor sits on its wearer, and the posture that follows.

use nalgebra::{UnitVector3, Vector3};

use super::event::Mounting;
use super::moment::Tilt;
use crate::input::{Placement, Segment};
use crate::motion::angles::{between, limb_elevation};
use crate::motion::calibration::Alignment;
use crate::motion::travel::{Travel, TravelPoint};
use crate::motion::{Attitude, Validity};
use crate::units::{Angle, STANDARD_GRAVITY, SessionTime};

/// A step of the sensor's time that is longer is a gap: the heading is not carried over it, seconds.
const LONGEST_STEP_SECS: f64 = 0.2;

/// The mean direction of up over the current stillness.
#[derive(Clone, Copy, Debug, Default)]
pub struct StillMean {
    sum: Vector3<f64>,
}

impl StillMean {
    /// Takes one direction; anything but stillness begins anew.
    pub fn update(&mut self, up: UnitVector3<f64>, is_still: bool) {
        if is_still {
            self.sum += up.into_inner();
        } else {
            *self = StillMean::default();
        }
    }

    /// The mean, if there is any.
    pub fn mean(&self) -> Option<UnitVector3<f64>> {
        UnitVector3::try_new(self.sum, 1e-9)
    }
}

/// How one sensor sits, as far as it is known.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Where it is worn.
    pub placement: Placement,
    /// Up while standing, sensor frame.
    pub standing: Option<UnitVector3<f64>>,
    /// Up in the start pose, sensor frame.
    pub start: Option<UnitVector3<f64>>,
    /// The mounting, once known: trunk sensors only.
    pub alignment: Option<Alignment>,
    /// How it became known.
    pub how: Option<Mounting>,
    /// θ0 and σ0 of the start pose.
    pub neutral: Option<(Angle, Angle)>,
    /// While the mounting is unknown, any turn away from the start pose is taken for the exercise's own direction.
    pub is_provisional: bool,
    /// Direction of up while still.
    pub still: StillMean,
    /// Direction of up at the latest attitude.
    pub latest: Option<UnitVector3<f64>>,
    /// The exercise turns the trunk backward, so that its first movement is no bend but a lift.
    pub turns_back: bool,
    /// Inclination expected in the start pose, to which θ is unwrapped.
    expected: Angle,
    heading: Angle,
    travel: Travel,
    last_at: Option<SessionTime>,
}

impl Fit {
    /// Nothing is known yet; `expected` is the inclination of the start pose, and `turns_back` says that the exercise
    /// turns the trunk backward from there.
    pub fn new(placement: Placement, expected: Angle, turns_back: bool) -> Fit {
        Fit {
            placement,
            standing: None,
            start: None,
            alignment: None,
            how: None,
            neutral: None,
            is_provisional: false,
            still: StillMean::default(),
            latest: None,
            turns_back,
            expected,
            heading: Angle::ZERO,
            travel: Travel::new(),
            last_at: None,
        }
    }

    /// Whether it is worn on the trunk, so that its mounting has to be known.
    pub fn is_trunk(&self) -> bool {
        matches!(self.placement.segment(), Segment::Thorax | Segment::Pelvis)
    }

    /// Forgets all but the place.
    pub fn reset(&mut self) {
        *self = Fit::new(self.placement, self.expected, self.turns_back);
    }

    /// θ and σ for a direction of up, θ within half a turn of the start pose.
    ///
    /// No exercise goes further, and whoever rolls over between sets comes back to the same numbers: an angle
    /// followed from sample to sample would be a turn off for the rest of the session.
    pub fn angles(&self, up: UnitVector3<f64>) -> Option<(Angle, Angle)> {
        let Some(alignment) = self.alignment else {
            let start = self.start.filter(|_| self.is_provisional)?;
            let turned = between(up, start);
            let turned = if self.turns_back { -turned } else { turned };
            return Some((self.expected + turned, Angle::ZERO));
        };
        let (theta, sigma) = alignment.angles(up);
        Some((theta.unwrapped_near(self.expected), sigma))
    }

    /// Takes the start pose from a direction of up. The mounting of a trunk sensor must be known.
    pub fn take_start_pose(&mut self, up: UnitVector3<f64>) {
        self.start = Some(up);
        self.travel.level();
        self.neutral = self
            .angles(up)
            .or((!self.is_trunk()).then_some((Angle::ZERO, Angle::ZERO)));
    }

    /// Error that the calibration adds to every angle.
    pub fn residual(&self) -> Angle {
        self.alignment
            .map_or(Angle::ZERO, |alignment| alignment.residual)
    }

    /// The posture at one attitude; `None` while the mounting is unknown. `is_still`: the sensor seems still.
    pub fn tilt(&mut self, attitude: &Attitude, is_still: bool) -> Option<Tilt> {
        let step = self
            .last_at
            .map_or(0.0, |last| attitude.at.seconds_since(last));
        self.last_at = Some(attitude.at);
        if let Some(rate) = attitude.rate
            && (0.0..=LONGEST_STEP_SECS).contains(&step)
        {
            self.heading += Angle::from_radians(rate.dot(&attitude.up) * step);
        }
        // Up from the accelerometer alone follows every acceleration: nothing of it is left to integrate.
        let travel = match attitude.rate {
            Some(_) => self
                .travel
                .update(attitude.at, attitude.up, attitude.force, is_still),
            None => TravelPoint::default(),
        };
        let (theta, sigma) = if self.is_trunk() {
            self.angles(attitude.up)?
        } else {
            // Without a standing pose the start pose is taken for the limb hanging straight down.
            (
                limb_elevation(attitude.up, self.standing.or(self.start)?),
                Angle::ZERO,
            )
        };
        let error = Angle::from_radians(attitude.error.radians().hypot(self.residual().radians()));
        let push = attitude.force - attitude.up.into_inner() * STANDARD_GRAVITY;
        Some(Tilt {
            at: attitude.at,
            theta,
            sigma,
            turn: self
                .start
                .map_or(Angle::ZERO, |start| between(attitude.up, start)),
            from_standing: self.standing.map(|standing| between(attitude.up, standing)),
            heading: self.heading,
            shake: push.norm(),
            push: (attitude.world_from_sensor * push).cast(),
            climb: travel.height_m,
            climb_error: travel.error_m as f32,
            rate: attitude.rate.map_or(0.0, |rate| rate.norm()),
            error,
            validity: attitude.validity.max(if error.degrees() > 20.0 {
                Validity::Invalid
            } else {
                Validity::Good
            }),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::motion::angles::up_at;

    #[test]
    fn whoever_rolls_over_between_sets_comes_back_to_the_same_angle() {
        let degrees = Angle::from_degrees;
        let mut fit = Fit::new(Placement::T7, degrees(45.0), false);
        let (up, ahead) = (up_at(Angle::ZERO), up_at(degrees(90.0)));
        fit.alignment = Alignment::from_bend(up, ahead, Angle::ZERO);
        let mut theta = Angle::ZERO;
        // Prone, over the side to supine, sitting up, standing, and back to the bench.
        for at in [45.0, 90.0, 170.0, 190.0, 270.0, 330.0, 360.0, 405.0] {
            theta = fit.angles(up_at(degrees(at))).unwrap().0;
        }
        assert!((theta.degrees() - 45.0).abs() < 1e-9, "{theta}");
    }
}
