//! Finds holds: a pose that is kept.
//!
//! A hold begins when its test has been true and the trunk still for a second, and ends when the test fails for more
//! than a second, or when the wearer plainly moves on: on hands and knees the chest is as level as in a plank, and
//! only the way there tells them apart. Times are those at which stillness began and ended, not those at which that
//! was plain (exercises.md 4.1).

use std::collections::VecDeque;

use super::event::{Doubt, RepKind};
use super::reps::{Change, Excursion, UNSEEN_SECS};
use crate::exercise::{HoldShape, HoldTest};
use crate::motion::Validity;
use crate::units::SessionTime;

/// The pose must be kept so long to be a hold, and be lost so long to be over, seconds (exercises.md 4.1).
const SURE_SECS: f64 = 1.0;

/// Slower than this is still, degrees per second (exercises.md 4.1).
const STILL_DEG_PER_SEC: f64 = 15.0;

/// Speed is taken over this span, seconds: two periods of a tremor of 8 Hz, which turns fast and gets nowhere.
const SPEED_SECS: f64 = 0.25;

/// Whoever moves faster than that for so long moves on, seconds: wobbling turns back sooner.
const MOVING_SECS: f64 = 0.6;

/// Out of the pose for less than this is no break of it, seconds (exercises.md 0.3: what is no fault for 0.3 s).
const BREAK_SECS: f64 = 0.3;

/// Whoever keeps the pose from before for this long means it, seconds: as long as the set-up waits for a pose that it
/// cannot tell from the one before.
const STAYED_SECS: f64 = 8.0;

/// Shorter than this share of what was meant is no hold; at least and at most so many seconds.
const LEAST_SHARE: f64 = 0.25;
const LEAST_SECS: [f64; 2] = [2.0, 5.0];

/// Shorter than this share of what was meant is a partial hold (HD-SHORT: less ten percent).
const FULL_SHARE: f64 = 0.9;

/// Steps to be looked back at, for the speed: [`SPEED_SECS`] at 800 Hz.
const MOST_STEPS: usize = 200;

/// Where the tested segment is at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// When.
    pub at: SessionTime,
    /// θ against standing, degrees.
    pub theta_deg: f64,
    /// σ against standing, degrees.
    pub sigma_deg: f64,
    /// Whether it can be used.
    pub validity: Validity,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Away,
    Entering(SessionTime),
    Holding(Holding),
    /// Nothing begins before the pose is left, or was kept since then for so long that it is meant.
    Over(Option<SessionTime>),
}

#[derive(Clone, Copy, Debug)]
struct Holding {
    start: SessionTime,
    /// Since when the test has failed.
    lost: Option<SessionTime>,
    /// Since when the trunk has moved.
    moving: Option<SessionTime>,
    breaks: u32,
    is_doubtful: bool,
}

/// Follows one pose and finds its holds.
#[derive(Clone, Debug)]
pub struct HoldDetector {
    test: HoldTest,
    target_secs: f64,
    state: State,
    recent: VecDeque<Pose>,
    last: Option<SessionTime>,
    speed: f64,
    usual: Vec<f64>,
    breaks: u32,
}

impl HoldDetector {
    /// A detector for a test; `target_secs` is how long a hold is meant to last.
    pub fn new(test: &HoldTest, target_secs: f64) -> HoldDetector {
        HoldDetector {
            test: test.clone(),
            target_secs,
            state: State::Away,
            recent: VecDeque::new(),
            last: None,
            speed: 0.0,
            usual: Vec::new(),
            breaks: 0,
        }
    }

    /// Begins anew, as if nothing had been seen.
    pub fn restart(&mut self) {
        *self = HoldDetector::new(&self.test, self.target_secs);
    }

    /// How long a hold is meant to last, seconds: what the wearer chose, or the least that the exercise asks for.
    pub fn target_secs(shape: Option<&HoldShape>, chosen: Option<f64>) -> f64 {
        let least = shape.map_or(LEAST_SECS[0], |shape| shape.target_s[0]);
        chosen
            .filter(|secs| secs.is_finite() && 1.0 <= *secs)
            .unwrap_or(least)
    }

    /// Whether a hold is under way.
    pub fn is_out(&self) -> bool {
        matches!(self.state, State::Holding(_))
    }

    /// When the hold under way began.
    pub fn out_since(&self) -> Option<SessionTime> {
        match self.state {
            State::Holding(holding) => Some(holding.start),
            _ => None,
        }
    }

    /// The mean time of the holds so far, seconds.
    pub fn usual_secs(&self) -> Option<f64> {
        let count = self.usual.len() as f64;
        (count > 0.0).then(|| self.usual.iter().sum::<f64>() / count)
    }

    /// How often the latest hold was lost for a moment and found again.
    pub fn breaks(&self) -> u32 {
        self.breaks
    }

    /// How fast the pose changes, degrees per second, without sign.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Takes one moment.
    pub fn update(&mut self, pose: Pose) -> Option<Change> {
        if pose.validity == Validity::Invalid
            || !(pose.theta_deg.is_finite() && pose.sigma_deg.is_finite())
        {
            return None;
        }
        let unseen_secs = self.last.map_or(0.0, |last| pose.at.seconds_since(last));
        if unseen_secs >= UNSEEN_SECS {
            self.recent.clear();
            match &mut self.state {
                // Whether it was kept meanwhile nobody knows.
                State::Holding(holding) => holding.is_doubtful = true,
                State::Entering(_) => self.state = State::Away,
                State::Away | State::Over(_) => {}
            }
        }
        self.last = Some(pose.at);
        self.follow_speed(pose);
        let is_in = self.is_in(pose);
        let is_still = self.speed < STILL_DEG_PER_SEC;
        match self.state {
            State::Away if is_in && is_still => {
                self.state = State::Entering(pose.at);
                None
            }
            State::Away => None,
            State::Entering(since) => {
                if !(is_in && is_still) {
                    self.state = State::Away;
                    return None;
                }
                if pose.at.seconds_since(since) < SURE_SECS {
                    return None;
                }
                self.state = State::Holding(Holding {
                    start: since,
                    lost: None,
                    moving: None,
                    breaks: 0,
                    is_doubtful: false,
                });
                Some(Change::Departed)
            }
            State::Holding(holding) => self.hold(pose.at, is_in, is_still, holding),
            State::Over(since) => {
                let since = since.unwrap_or(pose.at);
                self.state = if !(is_in && is_still) {
                    State::Away
                } else if pose.at.seconds_since(since) >= STAYED_SECS {
                    State::Entering(pose.at)
                } else {
                    State::Over(Some(since))
                };
                None
            }
        }
    }

    fn hold(
        &mut self,
        at: SessionTime,
        is_in: bool,
        is_still: bool,
        mut holding: Holding,
    ) -> Option<Change> {
        let since = |began: &mut Option<SessionTime>, holds: bool| match holds {
            true => Some(*began.get_or_insert(at)),
            false => {
                *began = None;
                None
            }
        };
        let moving = since(&mut holding.moving, !is_still);
        if is_in
            && holding
                .lost
                .is_some_and(|lost| at.seconds_since(lost) >= BREAK_SECS)
        {
            holding.breaks += 1;
        }
        // Out of the pose by moving: it was lost when the movement began.
        let lost = since(&mut holding.lost, !is_in)
            .map(|lost| moving.map_or(lost, |moving| lost.min(moving)));
        holding.lost = lost;
        let longer = |began: Option<SessionTime>, secs: f64| {
            began.filter(|began| at.seconds_since(*began) > secs)
        };
        let over = longer(lost, SURE_SECS).or_else(|| longer(moving, MOVING_SECS));
        let Some(end) = over else {
            self.state = State::Holding(holding);
            return None;
        };
        self.state = State::Away;
        Some(self.count(holding, end).unwrap_or(Change::Abandoned))
    }

    /// The set is ended: what is held is a hold up to here.
    pub fn finish(&mut self) -> Option<Change> {
        let (State::Holding(holding), Some(last)) = (self.state, self.last) else {
            return None;
        };
        self.state = State::Over(None);
        let end = holding.lost.or(holding.moving).unwrap_or(last);
        self.count(holding, end)
    }

    /// Nothing more will be seen: its end was not.
    pub fn cut_off(&mut self) -> Option<Change> {
        if let State::Holding(holding) = &mut self.state {
            holding.is_doubtful = true;
        }
        self.finish()
    }

    /// Looks away until now and begins anew: who is on all fours from the exercise before is not in the next pose yet.
    pub fn rearm(&mut self) {
        self.state = State::Over(None);
        self.recent.clear();
    }

    fn is_in(&self, pose: Pose) -> bool {
        let within = |range: Option<[f64; 2]>, value: f64| {
            range.is_none_or(|[least, most]| (least..=most).contains(&value))
        };
        within(self.test.theta_deg, pose.theta_deg)
            && within(self.test.side_deg, pose.sigma_deg.abs())
    }

    /// The way of the pose over the last [`SPEED_SECS`].
    fn follow_speed(&mut self, pose: Pose) {
        while self.recent.len() > 1
            && (self.recent.len() >= MOST_STEPS
                || self
                    .recent
                    .get(1)
                    .is_some_and(|next| pose.at.seconds_since(next.at) >= SPEED_SECS))
        {
            self.recent.pop_front();
        }
        self.speed = self.recent.front().map_or(0.0, |then| {
            let secs = pose.at.seconds_since(then.at);
            let theta = pose.theta_deg - then.theta_deg;
            // Lying on a side, θ says little: it is weighed as the direction of up is.
            let theta = theta * pose.sigma_deg.to_radians().cos();
            let sigma = pose.sigma_deg - then.sigma_deg;
            if secs > 0.0 {
                theta.hypot(sigma) / secs.max(SPEED_SECS / 2.0)
            } else {
                0.0
            }
        });
        self.recent.push_back(pose);
    }

    fn count(&mut self, holding: Holding, end: SessionTime) -> Option<Change> {
        let secs = end.seconds_since(holding.start);
        let least = (self.target_secs * LEAST_SHARE).clamp(LEAST_SECS[0], LEAST_SECS[1]);
        if secs < least.min(self.target_secs * FULL_SHARE) {
            return None;
        }
        self.breaks = holding.breaks;
        let doubt = holding.is_doubtful.then_some(Doubt::NotSeen);
        let kind = match doubt {
            Some(_) => RepKind::Doubtful,
            None if secs < self.target_secs * FULL_SHARE => RepKind::Partial,
            None => RepKind::Full,
        };
        if kind != RepKind::Doubtful && self.usual.len() < MOST_STEPS {
            self.usual.push(secs);
        }
        Some(Change::Counted(Excursion {
            start: holding.start,
            turn: holding.start.plus_seconds(secs / 2.0),
            counted: end,
            peak_deg: secs,
            rom_deg: secs,
            kind,
            doubt,
        }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::exercise::Confidence;
    use crate::input::Placement;

    fn plank() -> HoldDetector {
        let test = HoldTest {
            placements: vec![Placement::T7],
            theta_deg: Some([65.0, 100.0]),
            side_deg: Some([0.0, 15.0]),
            confidence: Confidence::High,
        };
        HoldDetector::new(&test, 10.0)
    }

    /// Poses at 50 Hz: straight ways between `(θ, seconds)`, with a tremor of 8 Hz.
    fn holds(detector: &mut HoldDetector, from: f64, course: &[(f64, f64)]) -> Vec<Excursion> {
        let (mut theta, mut secs, mut found) = (from, 0.0, Vec::new());
        for &(to, span) in course {
            let steps = (span * 50.0) as usize;
            let step = (to - theta) / steps as f64;
            for _ in 0..steps {
                (theta, secs) = (theta + step, secs + 0.02);
                let tremor = 0.4 * (secs * 8.0 * std::f64::consts::TAU).sin();
                let change = detector.update(Pose {
                    at: SessionTime::from_seconds(secs),
                    theta_deg: theta + tremor,
                    sigma_deg: 1.0,
                    validity: Validity::Good,
                });
                if let Some(Change::Counted(hold)) = change {
                    found.push(hold);
                }
            }
        }
        found
    }

    #[test]
    fn a_hold_lasts_from_stillness_to_the_way_out() {
        let found = holds(
            &mut plank(),
            0.0,
            &[
                (0.0, 2.0),
                (80.0, 2.0),
                (80.0, 12.0),
                (0.0, 2.0),
                (0.0, 2.0),
            ],
        );
        assert_eq!(found.len(), 1);
        assert!(
            (found[0].rom_deg - 12.0).abs() < 0.3,
            "{}",
            found[0].rom_deg
        );
        assert_eq!(found[0].kind, RepKind::Full);
    }

    #[test]
    fn a_short_one_is_partial_and_passing_through_is_none() {
        let course = [(80.0, 1.5), (80.0, 6.0), (0.0, 2.0), (0.0, 3.0)];
        let found = holds(&mut plank(), 0.0, &course);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, RepKind::Partial);
        let through = [(80.0, 1.5), (80.0, 0.8), (0.0, 2.0), (0.0, 3.0)];
        assert!(holds(&mut plank(), 0.0, &through).is_empty());
    }

    #[test]
    fn who_moves_on_within_the_pose_ends_the_hold() {
        // From hands and knees to the plank and back: both within the test.
        let course = [
            (90.0, 2.0),
            (90.0, 4.0),
            (70.0, 1.2),
            (70.0, 10.0),
            (90.0, 1.2),
            (90.0, 3.0),
        ];
        let found = holds(&mut plank(), 90.0, &course);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!((found[1].rom_deg - 10.0).abs() < 0.5);
    }

    #[test]
    fn a_gap_in_a_hold_makes_it_doubtful() {
        let mut detector = plank();
        let pose = |secs: f64, theta_deg| Pose {
            at: SessionTime::from_seconds(secs),
            theta_deg,
            sigma_deg: 0.0,
            validity: Validity::Good,
        };
        for step in 0..200 {
            detector.update(pose(f64::from(step) * 0.02, 80.0));
        }
        for step in 0..200 {
            detector.update(pose(10.0 + f64::from(step) * 0.02, 80.0));
        }
        let Some(Change::Counted(hold)) = detector.finish() else {
            panic!("no hold");
        };
        assert_eq!(hold.kind, RepKind::Doubtful);
    }

    #[test]
    fn the_set_can_end_while_it_is_held() {
        let mut detector = plank();
        assert!(holds(&mut detector, 80.0, &[(80.0, 11.0)]).is_empty());
        let Some(Change::Counted(hold)) = detector.finish() else {
            panic!("no hold");
        };
        assert!((hold.rom_deg - 11.0).abs() < 0.1);
        assert!(holds(&mut detector, 80.0, &[(80.0, 5.0)]).is_empty());
    }
}
