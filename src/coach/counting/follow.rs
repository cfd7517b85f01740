//! From one moment to the number that repetitions are counted by.

use super::super::holds::Pose;
use super::super::moment::{Moment, Tilt};
use super::super::trace::TracePoint;
use super::Counting;
use crate::exercise::{SignalAngle, Unit};
use crate::input::{Segment, Side};
use crate::units::{Angle, SessionTime};

/// A roll of the trunk smaller than this does not tell which side was lifted, degrees; lying and on all fours, where
/// the trunk has nothing else to do, and upright, where each step sways it.
const SIDE_ROLL_DEG: f64 = 1.5;
const UPRIGHT_SIDE_DEG: f64 = 5.0;

/// Within this of standing a pose is upright, degrees.
const UPRIGHT_DEG: f64 = 30.0;

/// The heading at rest is followed with this time constant, seconds: a gyroscope drifts by degrees a minute, and who
/// comes back from a turn does not come back to the same degree.
const HEADING_SECS: f64 = 1.0;

/// ... while the trunk turns slower than this, rad/s (5 degrees a second, `still` of exercises.md 7.1).
const HEADING_STILL: f64 = 5.0 * std::f64::consts::PI / 180.0;

/// Who is turned and still for this much longer than a good pause faces another way, seconds: to take a band one turns
/// to where it hangs, and stays.
const NEW_FACING_SECS: f64 = 3.0;

/// A sensor that goes up or down slower than this rests, meters a second: breath and sway move it by millimeters.
const LEVEL_STILL: f64 = 0.015;

/// Its speed is taken over this span, seconds.
const LEVEL_SPEED_SECS: f64 = 0.15;

/// The level at rest is followed with this time constant, seconds. Heights are good to a few centimeters from one rest
/// to the next and to nothing over minutes ([`crate::motion::travel`]), so they count from the latest rest; a rest of
/// a second between two repetitions is enough for most of what they are off.
const LEVEL_SECS: f64 = 0.4;

/// A pose between these inclinations faces down, degrees.
const FACING_DOWN_DEG: [f64; 2] = [45.0, 135.0];

/// What is followed from moment to moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Follow {
    /// The heading in the start pose.
    heading: Option<Angle>,
    /// The height at rest, meters.
    level: Option<f64>,
    /// The latest height, and how fast it changes.
    height: f64,
    climbing: f64,
    last: Option<SessionTime>,
    /// Since when it has been still away from rest.
    still_since: Option<SessionTime>,
}

impl Follow {
    /// Time since the point before, seconds.
    fn step(&mut self, at: SessionTime) -> f64 {
        let last = self.last.replace(at);
        last.map_or(0.0, |last| at.seconds_since(last)).max(0.0)
    }

    /// For how long it has been still away from rest, seconds.
    fn still_secs(&mut self, at: SessionTime, is_still_away: bool) -> f64 {
        if !is_still_away {
            self.still_since = None;
            return 0.0;
        }
        at.seconds_since(*self.still_since.get_or_insert(at))
    }
}

impl Counting {
    /// The unit of what is counted by.
    pub(super) fn unit(&self) -> Unit {
        self.signal
            .as_ref()
            .map_or(Unit::Seconds, |signal| signal.angle.unit())
    }

    /// The trunk segment that is looked at, with its start pose: the counting one, or whichever is worn.
    fn trunk(&self, moment: &Moment) -> Option<(Tilt, (Angle, Angle))> {
        match self.segment {
            Segment::Pelvis => Some((moment.pelvis?, self.neutral.pelvis?)),
            _ => Some((moment.thorax?, self.neutral.thorax?)),
        }
    }

    /// The signal at one moment: degrees, or centimeters of travel. For a hold, how far θ is from the pose.
    pub(super) fn signal_at(&mut self, moment: Moment) -> Option<TracePoint> {
        let angle = self.signal.as_ref().map(|signal| signal.angle);
        let (tilt, signal_deg) = match angle {
            Some(SignalAngle::LimbTurn) => (moment.limb?, moment.limb?.turn.degrees()),
            Some(SignalAngle::TravelUp | SignalAngle::TravelDown) => {
                let tilt = self.counting_tilt(&moment)?;
                let up_cm = self.climb(&tilt) * 100.0;
                let is_up = angle == Some(SignalAngle::TravelUp);
                (tilt, if is_up { up_cm } else { -up_cm })
            }
            _ => {
                let (tilt, (theta0, sigma0)) = self.trunk(&moment)?;
                let signal = match angle {
                    Some(SignalAngle::Eta | SignalAngle::ThetaRise) => tilt.theta - theta0,
                    Some(SignalAngle::ThetaFall) => theta0 - tilt.theta,
                    Some(SignalAngle::Side) => (tilt.sigma - sigma0).abs(),
                    Some(SignalAngle::Twist) => self.twist(&tilt).abs(),
                    None => tilt.theta - Angle::from_degrees(self.exercise.pose.theta_deg),
                    _ => tilt.turn,
                };
                (tilt, signal.degrees())
            }
        };
        signal_deg.is_finite().then_some(TracePoint {
            moment,
            signal_deg,
            error: tilt.error,
            validity: tilt.validity,
        })
    }

    /// The sensor that counts, trunk or limb.
    fn counting_tilt(&self, moment: &Moment) -> Option<Tilt> {
        match self.segment {
            Segment::Pelvis => moment.pelvis,
            Segment::Thorax => moment.thorax,
            _ => moment.limb,
        }
    }

    /// How far the trunk is turned from where it rested, to the left; the resting heading is followed here.
    fn twist(&mut self, tilt: &Tilt) -> Angle {
        let secs = self.follow.step(tilt.at);
        let rest = *self.follow.heading.get_or_insert(tilt.heading);
        let twist = tilt.heading - rest;
        let is_still = tilt.rate < HEADING_STILL;
        let is_out = self.detector.is_out();
        let patience = self.exercise.rep.tempo.hold_s[1] + NEW_FACING_SECS;
        if self.follow.still_secs(tilt.at, is_still && is_out) > patience {
            self.rest_here();
            return Angle::ZERO;
        }
        if !is_out && is_still {
            let share = 1.0 - (-secs / HEADING_SECS).exp();
            self.follow.heading = Some(rest + twist * share);
        }
        twist
    }

    /// How far the sensor is above the level where it rested, meters; that level is followed here. Who stays away from it
    /// for longer than any repetition lasts has another one.
    fn climb(&mut self, tilt: &Tilt) -> f64 {
        let secs = self.follow.step(tilt.at);
        let rest = *self.follow.level.get_or_insert(tilt.climb);
        if secs > 0.0 {
            let share = 1.0 - (-secs / LEVEL_SPEED_SECS).exp();
            let speed = (tilt.climb - self.follow.height) / secs;
            self.follow.climbing += (speed - self.follow.climbing) * share;
        }
        self.follow.height = tilt.climb;
        let is_still = self.follow.climbing.abs() < LEVEL_STILL;
        let is_out = self.detector.is_out();
        let patience = self
            .signal
            .as_ref()
            .map_or(f64::INFINITY, |signal| signal.max_rep_s);
        if self.follow.still_secs(tilt.at, is_still && is_out) > patience {
            self.rest_here();
            return 0.0;
        }
        if !is_out && is_still {
            let share = 1.0 - (-secs / LEVEL_SECS).exp();
            self.follow.level = Some(rest + (tilt.climb - rest) * share);
        }
        tilt.climb - rest
    }

    /// Where the tested segment is, against standing.
    pub(super) fn pose_at(&self, moment: &Moment) -> Option<Pose> {
        let tilt = self.counting_tilt(moment)?;
        Some(Pose {
            at: moment.at,
            theta_deg: tilt.theta.degrees(),
            sigma_deg: tilt.sigma.degrees(),
            validity: tilt.validity,
        })
    }

    /// Which side was done: the side of the limb that moved, the side a two-sided signal went to, or what the roll
    /// of the trunk tells.
    pub(super) fn side_at(&mut self, turn: SessionTime) -> Option<Side> {
        let angle = self.signal.as_ref().map(|signal| signal.angle);
        let is_two_sided = angle.is_some_and(SignalAngle::is_two_sided);
        let alternates = self.exercise.rep.alternates_sides
            || self
                .exercise
                .hold
                .as_ref()
                .is_some_and(|hold| hold.alternates_sides);
        let moment = self.trace.between(turn, turn).first()?.moment;
        if let Some(side) = moment.limb_side.or(self.worn_side) {
            return Some(side);
        }
        if !alternates && !is_two_sided {
            return None;
        }
        let (tilt, (_, sigma0)) = self.trunk(&moment)?;
        if angle == Some(SignalAngle::Twist) {
            let twist = tilt.heading - self.follow.heading?;
            return Some(side_of(twist.degrees() > 0.0));
        }
        let roll = (tilt.sigma - sigma0).degrees();
        // Facing down, a roll to the left puts the right side down; upright, so does a bend to the right; lying on
        // the back, a roll to the left lifts it (exercises.md 2.2).
        let [least, most] = FACING_DOWN_DEG;
        let theta_deg = self.exercise.pose.theta_deg;
        let faces_down = (least..=most).contains(&theta_deg);
        let least_roll = if theta_deg.abs() < UPRIGHT_DEG {
            UPRIGHT_SIDE_DEG
        } else {
            SIDE_ROLL_DEG
        };
        (roll.abs() >= least_roll).then(|| side_of((roll > 0.0) == faces_down))
    }
}

fn side_of(is_left: bool) -> Side {
    if is_left { Side::Left } else { Side::Right }
}
