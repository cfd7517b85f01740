//! All worn sensors at one moment.
//!
//! Sensors deliver in batches, one after another, so that the newest posture of one is up to a tenth of a second
//! older than that of the next: at 60°/s this alone would bend a straight back by 6°. [`Aligner`] waits until every
//! sensor has been heard past a moment and interpolates, and waits no longer than a moment is worth.

use std::collections::VecDeque;

use nalgebra::Vector3;

use crate::input::Side;
use crate::motion::Validity;
use crate::units::{Angle, SessionTime};

/// Where the worn segments are at one moment. Absent: not worn, not known, or not heard of lately.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// When.
    pub at: SessionTime,
    /// The rib cage.
    pub thorax: Option<Tilt>,
    /// The pelvis.
    pub pelvis: Option<Tilt>,
    /// The limb; of two, the one that is turned further from the start pose.
    pub limb: Option<Tilt>,
    /// Its side, where its place tells.
    pub limb_side: Option<Side>,
}

/// Where one segment is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tilt {
    /// When.
    pub at: SessionTime,
    /// Inclination θ, unwrapped; for a limb its elevation above the horizontal.
    pub theta: Angle,
    /// Side tilt σ; for a limb 0.
    pub sigma: Angle,
    /// Angle between up now and up in the start pose, whatever the direction.
    pub turn: Angle,
    /// Angle between up now and up while standing, where that pose was seen.
    pub from_standing: Option<Angle>,
    /// Turn about the vertical since the session began, to the left; drifts.
    pub heading: Angle,
    /// |specific force − gravity|, m/s².
    pub shake: f64,
    /// Specific force − gravity, m/s²: along two level axes that turn with the heading's drift, and upward.
    pub push: Vector3<f32>,
    /// How far the sensor has risen above the start pose, m, followed live ([`crate::motion::travel`]); 0 without a gyroscope.
    pub climb: f64,
    /// Its standard error, m.
    pub climb_error: f32,
    /// Speed of rotation without its bias, rad/s; 0 without a gyroscope.
    pub rate: f64,
    /// Standard error of θ and σ.
    pub error: Angle,
    /// Whether they can be used.
    pub validity: Validity,
}

impl Tilt {
    /// The direction of up in the frame of the segment, from θ and σ.
    pub fn up(&self) -> Vector3<f64> {
        up_of(self.theta, self.sigma)
    }

    fn between(before: &Tilt, after: &Tilt, at: SessionTime) -> Tilt {
        let span = after.at.seconds_since(before.at);
        let share = if span > 0.0 {
            (at.seconds_since(before.at) / span).clamp(0.0, 1.0)
        } else {
            1.0
        };
        let mix = |a: Angle, b: Angle| a + (b - a) * share;
        Tilt {
            at,
            theta: mix(before.theta, after.theta),
            sigma: mix(before.sigma, after.sigma),
            turn: mix(before.turn, after.turn),
            from_standing: before
                .from_standing
                .zip(after.from_standing)
                .map(|(before, after)| mix(before, after)),
            heading: mix(before.heading, after.heading),
            shake: before.shake + (after.shake - before.shake) * share,
            push: before.push + (after.push - before.push) * share as f32,
            climb: before.climb + (after.climb - before.climb) * share,
            climb_error: before.climb_error.max(after.climb_error),
            rate: before.rate + (after.rate - before.rate) * share,
            error: before.error.max(after.error),
            validity: before.validity.max(after.validity),
        }
    }
}

/// The direction of up in the frame of a segment with these angles ([`crate::motion::angles`]).
pub fn up_of(theta: Angle, sigma: Angle) -> Vector3<f64> {
    let (sin, cos) = theta.radians().sin_cos();
    let (down_right, level) = sigma.radians().sin_cos();
    Vector3::new(-sin * level, cos * level, -down_right)
}

/// How long a moment waits for a sensor that is late, seconds: longer than any sensible batch and a missed radio
/// interval. While all sensors are heard nothing waits so long.
const PATIENCE_SECS: f64 = 0.4;

/// A sensor that was not heard for this long is not waited for at all, seconds.
pub const LOST_SECS: f64 = 1.0;

/// Postures further apart than this are not joined by a line, seconds.
const BRIDGE_SECS: f64 = 0.2;

/// Puts the postures of several sensors on the timeline of the first.
#[derive(Clone, Debug)]
pub struct Aligner {
    lead: VecDeque<Tilt>,
    others: Vec<Other>,
}

#[derive(Clone, Debug, Default)]
struct Other {
    /// Ahead of the last moment given, oldest first.
    ahead: VecDeque<Tilt>,
    before: Option<Tilt>,
}

/// Postures kept for one sensor at most: five seconds at 200 Hz. Only a sensor whose clock ran off gets there.
const LONGEST_QUEUE: usize = 1000;

impl Aligner {
    /// An aligner for one leading sensor and some others.
    pub fn new(others: usize) -> Aligner {
        Aligner {
            lead: VecDeque::new(),
            others: vec![Other::default(); others],
        }
    }

    /// Takes a posture of the leading sensor.
    pub fn push_lead(&mut self, tilt: Tilt) {
        push(&mut self.lead, tilt);
    }

    /// Takes a posture of another sensor.
    pub fn push_other(&mut self, index: usize, tilt: Tilt) {
        if let Some(other) = self.others.get_mut(index) {
            push(&mut other.ahead, tilt);
        }
    }

    /// The next moment that is complete, or that has waited long enough at time `now`.
    pub fn next(&mut self, now: SessionTime) -> Option<(Tilt, Vec<Option<Tilt>>)> {
        let at = self.lead.front()?.at;
        let is_due = now.seconds_since(at) > PATIENCE_SECS;
        let is_complete = self.others.iter().all(|other| {
            other
                .newest()
                .is_none_or(|newest| newest >= at || now.seconds_since(newest) > LOST_SECS)
        });
        if !is_due && !is_complete {
            return None;
        }
        let lead = self.lead.pop_front()?;
        Some((
            lead,
            self.others.iter_mut().map(|other| other.at(at)).collect(),
        ))
    }
}

fn push(queue: &mut VecDeque<Tilt>, tilt: Tilt) {
    if queue.len() >= LONGEST_QUEUE {
        queue.pop_front();
    }
    queue.push_back(tilt);
}

impl Other {
    /// When it was heard last; never is not worth waiting for either.
    fn newest(&self) -> Option<SessionTime> {
        self.ahead
            .back()
            .or(self.before.as_ref())
            .map(|tilt| tilt.at)
    }

    fn at(&mut self, at: SessionTime) -> Option<Tilt> {
        while let Some(front) = self.ahead.front()
            && front.at <= at
        {
            self.before = self.ahead.pop_front();
        }
        let before = self.before?;
        if before.at == at {
            return Some(before);
        }
        let after = self.ahead.front()?;
        (after.at.seconds_since(before.at) <= BRIDGE_SECS)
            .then(|| Tilt::between(&before, after, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tilt(seconds: f64, degrees: f64) -> Tilt {
        Tilt {
            at: SessionTime::from_seconds(seconds),
            theta: Angle::from_degrees(degrees),
            sigma: Angle::ZERO,
            turn: Angle::ZERO,
            from_standing: None,
            heading: Angle::ZERO,
            shake: 0.0,
            push: Vector3::zeros(),
            climb: 0.0,
            climb_error: 0.0,
            rate: 0.0,
            error: Angle::ZERO,
            validity: Validity::Good,
        }
    }

    #[test]
    fn a_batch_that_comes_later_is_waited_for_and_joined_by_time() {
        let mut aligner = Aligner::new(1);
        for k in 0..10 {
            aligner.push_lead(tilt(f64::from(k) * 0.01, f64::from(k)));
        }
        aligner.push_other(0, tilt(-0.005, -0.5));
        assert!(aligner.next(SessionTime::from_seconds(0.1)).is_none());
        for k in 0..10 {
            aligner.push_other(0, tilt(f64::from(k) * 0.01 + 0.005, f64::from(k) + 0.5));
        }
        let mut joined = 0;
        while let Some((lead, others)) = aligner.next(SessionTime::from_seconds(0.1)) {
            if let Some(Some(other)) = others.first() {
                assert!((other.theta - lead.theta).degrees().abs() < 1e-9);
                joined += 1;
            }
        }
        assert_eq!(joined, 10);
    }

    #[test]
    fn a_silent_sensor_holds_nobody_up() {
        let mut aligner = Aligner::new(1);
        aligner.push_lead(tilt(1.0, 10.0));
        let moment = aligner.next(SessionTime::from_seconds(1.2));
        assert!(moment.is_some_and(|(_, others)| others == [None]));
    }
}
