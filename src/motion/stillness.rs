//! Whether the wearer holds still: what arms a set and re-zeroes the heading.
//!
//! Still is when, for half a second, the length of the force varies by less than 0.15 m/s² (standard
//! deviation) and the sensor turns by less than 5 °/s. Both limits are above the noise and the
//! breathing of a person who holds a pose, and below the slowest exercise. Without a gyroscope the turn
//! of the estimated up-vector over the half second stands in for the rate.

use std::collections::VecDeque;

use nalgebra::{UnitVector3, Vector3};

use crate::motion::Attitude;
use crate::units::{STANDARD_GRAVITY, SessionTime};

/// How long both must hold, seconds.
const WINDOW: f64 = 0.5;

/// Largest standard deviation of the force's length, m/s².
const FORCE_DEVIATION: f64 = 0.15;

/// Fastest turn, rad/s: 5 °/s.
const TURNING: f64 = 5.0 * std::f64::consts::PI / 180.0;

/// A pause between samples longer than this ends stillness: nobody saw what happened. Seconds.
const LONGEST_PAUSE: f64 = 1.0;

/// The window holds samples no denser than this, so that memory is bounded at every rate. Seconds.
const SPACING: f64 = 1.0 / 450.0;

/// Fewer samples in the window say nothing about deviation.
const FEWEST: usize = 3;

/// Finds still stretches, sample by sample.
#[derive(Clone, Debug, Default)]
pub struct Stillness {
    window: VecDeque<Seen>,
    sum: f64,
    sum_of_squares: f64,
    /// The last sample that turned too fast.
    turned_at: Option<SessionTime>,
    began: Option<SessionTime>,
    last_at: Option<SessionTime>,
    still_since: Option<SessionTime>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    at: SessionTime,
    /// Length of the force less 1 g, m/s².
    excess: f64,
    up: UnitVector3<f64>,
}

impl Stillness {
    /// A detector that has seen nothing.
    pub fn new() -> Stillness {
        Stillness::default()
    }

    /// Takes in one attitude and says whether the sensor has been still for half a second.
    pub fn update(&mut self, attitude: &Attitude) -> bool {
        match self.last_at.map(|last| attitude.at.seconds_since(last)) {
            Some(step) if step <= 0.0 => return self.is_still(),
            Some(step) if step <= LONGEST_PAUSE => {}
            _ => self.begin(attitude.at),
        }
        self.last_at = Some(attitude.at);
        self.remember(attitude);
        if attitude
            .rate
            .is_some_and(|rate: Vector3<f64>| rate.norm() >= TURNING)
        {
            self.turned_at = Some(attitude.at);
        }
        self.still_since = if self.holds(attitude) {
            self.still_since.or(Some(attitude.at.plus_seconds(-WINDOW)))
        } else {
            None
        };
        self.is_still()
    }

    /// Whether the newest attitude was still.
    pub fn is_still(&self) -> bool {
        self.still_since.is_some()
    }

    /// How long it has been still, seconds; 0 while it moves.
    pub fn still_seconds(&self) -> f64 {
        match (self.still_since, self.last_at) {
            (Some(since), Some(last)) => last.seconds_since(since),
            _ => 0.0,
        }
    }

    fn begin(&mut self, at: SessionTime) {
        *self = Stillness {
            began: Some(at),
            ..Stillness::default()
        };
    }

    fn remember(&mut self, attitude: &Attitude) {
        let seen = Seen {
            at: attitude.at,
            excess: attitude.force.norm() - STANDARD_GRAVITY,
            up: attitude.up,
        };
        let dense = |newest: &Seen| seen.at.seconds_since(newest.at) < SPACING;
        if !self.window.back().is_some_and(dense) && seen.excess.is_finite() {
            self.sum += seen.excess;
            self.sum_of_squares += seen.excess * seen.excess;
            self.window.push_back(seen);
        }
        while let Some(oldest) = self.window.front().copied() {
            if seen.at.seconds_since(oldest.at) <= WINDOW || self.window.len() <= FEWEST {
                break;
            }
            self.sum -= oldest.excess;
            self.sum_of_squares -= oldest.excess * oldest.excess;
            self.window.pop_front();
        }
    }

    fn holds(&self, attitude: &Attitude) -> bool {
        let long_enough = self
            .began
            .is_some_and(|began| attitude.at.seconds_since(began) >= WINDOW);
        let turned = match attitude.rate {
            Some(_) => self
                .turned_at
                .is_some_and(|turned| attitude.at.seconds_since(turned) < WINDOW),
            None => self.up_turns(),
        };
        long_enough
            && self.window.len() >= FEWEST
            && !turned
            && self.variance() < FORCE_DEVIATION * FORCE_DEVIATION
    }

    fn variance(&self) -> f64 {
        let count = self.window.len() as f64;
        let mean = self.sum / count;
        self.sum_of_squares / count - mean * mean
    }

    fn up_turns(&self) -> bool {
        let (Some(first), Some(last)) = (self.window.front(), self.window.back()) else {
            return true;
        };
        let seconds = last.at.seconds_since(first.at);
        seconds <= 0.0 || first.up.angle(&last.up) >= TURNING * seconds
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use nalgebra::UnitQuaternion;

    use super::*;
    use crate::motion::Validity;
    use crate::units::Angle;

    fn attitude(at: f64, force: f64, rate: Option<f64>, tilt: f64) -> Attitude {
        let sensor_tilt = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), tilt.to_radians());
        Attitude {
            at: SessionTime::from_seconds(at),
            up: UnitVector3::new_normalize(sensor_tilt * Vector3::z()),
            world_from_sensor: sensor_tilt.inverse(),
            rate: rate.map(|rate| Vector3::x() * rate.to_radians()),
            force: sensor_tilt * Vector3::z() * force,
            error: Angle::from_degrees(0.5),
            validity: Validity::Good,
        }
    }

    fn run(seconds: f64, rate: f64, at: impl Fn(f64) -> Attitude) -> Stillness {
        let mut stillness = Stillness::new();
        for k in 0..=(seconds * rate).round() as u32 {
            stillness.update(&at(f64::from(k) / rate));
        }
        stillness
    }

    #[test]
    fn half_a_second_of_rest_is_still_at_every_rate() {
        for rate in [5.0, 25.0, 50.0, 200.0, 2000.0] {
            let rest = |t| attitude(t, 9.8, Some(1.0), 0.0);
            assert!(!run(0.4, rate, rest).is_still(), "{rate} Hz");
            let held = run(2.0, rate, rest);
            assert!((held.still_seconds() - 2.0).abs() < 0.9 / rate, "{rate} Hz");
        }
    }

    #[test]
    fn a_slow_bend_is_not_still_with_or_without_gyroscope() {
        for rate in [None, Some(8.0)] {
            assert!(!run(3.0, 50.0, |t| attitude(t, 9.8, rate, 8.0 * t)).is_still());
        }
        assert!(run(3.0, 50.0, |t| attitude(t, 9.8, None, 2.0 * t)).is_still());
    }

    #[test]
    fn shaking_in_place_is_not_still() {
        let shaken = |t: f64| attitude(t, 9.8 + 0.4 * (40.0 * t).sin(), Some(0.0), 0.0);
        assert!(!run(3.0, 100.0, shaken).is_still());
    }

    #[test]
    fn one_quick_turn_takes_half_a_second_to_be_forgotten() {
        let mut stillness = run(2.0, 100.0, |t| attitude(t, 9.8, Some(0.0), 0.0));
        assert!(!stillness.update(&attitude(2.01, 9.8, Some(20.0), 0.0)));
        for k in 2..50 {
            assert!(!stillness.update(&attitude(2.0 + f64::from(k) * 0.01, 9.8, Some(0.0), 0.0)));
        }
        assert!(stillness.update(&attitude(2.52, 9.8, Some(0.0), 0.0)));
    }

    #[test]
    fn a_pause_without_samples_is_not_stillness() {
        let mut stillness = run(2.0, 100.0, |t| attitude(t, 9.8, Some(0.0), 0.0));
        assert!(!stillness.update(&attitude(5.0, 9.8, Some(0.0), 0.0)));
        assert_eq!(stillness.still_seconds(), 0.0);
    }
}
