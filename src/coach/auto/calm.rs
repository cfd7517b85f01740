//! Which way is up where there is no gyroscope to tell a turn from a push.
//!
//! An accelerometer alone reads a jump, a step or a jolt as a tilt. Forces of the body come and go around gravity,
//! so what is left of them in a slow low-pass is small, while a repetition, which takes seconds, is left almost whole. The
//! slower the sensor, the slower the low-pass has to be: steps of 2 Hz read 4.6 times a second look like a sway of any
//! period, and only a mean over several readings knows better.

use nalgebra::{UnitVector3, Vector3};

use crate::motion::Attitude;
use crate::motion::cadence::Cadence;
use crate::units::SessionTime;

/// Time constant of each of two stages, in readings, and its bounds in seconds. Of burpees and squats read 4.6
/// times a second, a repetition is one movement out and back from 1.5 readings on, and a quarter more up to 1.2.
const READINGS: f64 = 1.6;
/// See [`READINGS`]: what a jolt of the floor lasts, and what still shows a repetition of two seconds.
const BOUNDS_SECS: std::ops::RangeInclusive<f64> = 0.1..=0.5;
/// A gyroscope that was silent for longer is none, seconds.
const SILENT_SECS: f64 = 1.0;
/// A longer pause between two readings begins anew, seconds: several time constants.
const PAUSE_SECS: f64 = 3.0;

/// Shaking is a mean over this, seconds: some repetitions, and shorter than a rest between sets.
const SHAKEN_SECS: f64 = 8.0;

/// The low-pass.
#[derive(Clone, Debug, Default)]
pub struct Calm {
    cadence: Cadence,
    stages: Option<[Vector3<f64>; 2]>,
    rated: Option<SessionTime>,
    /// Mean square of what the low-pass takes away, (m/s²)².
    shaken: f64,
}

/// Up by gravity alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// When it was so: a low-pass is late.
    pub at: SessionTime,
    /// Up, sensor frame.
    pub up: UnitVector3<f64>,
    /// What shaking is left in it, degrees, standard deviation.
    pub noise_deg: f64,
}

impl Calm {
    /// Takes in one reading `step` seconds after the one before. Gives nothing while there is a gyroscope.
    pub fn update(&mut self, attitude: &Attitude, step: f64) -> Option<Level> {
        if attitude.rate.is_some() {
            self.rated = Some(attitude.at);
        }
        self.cadence.push(step);
        let reading = self.cadence.typical().unwrap_or(step);
        let secs = (READINGS * reading).clamp(*BOUNDS_SECS.start(), *BOUNDS_SECS.end());
        let force = attitude.force;
        let stages = match self.stages {
            Some([first, second]) if step < PAUSE_SECS => {
                let share = 1.0 - (-step / secs).exp();
                let first = first + (force - first) * share;
                [first, second + (first - second) * share]
            }
            _ => [force, force],
        };
        self.stages = Some(stages);
        let share = 1.0 - (-step.clamp(0.0, PAUSE_SECS) / SHAKEN_SECS).exp();
        self.shaken += ((force - stages[1]).norm_squared() - self.shaken) * share;
        let has_gyroscope = self
            .rated
            .is_some_and(|rated| attitude.at.seconds_since(rated) < SILENT_SECS);
        if has_gyroscope {
            return None;
        }
        let up = UnitVector3::try_new(stages[1], 1.0)?;
        // Two stages leave of independent readings this share; on one of three axes.
        let left = (reading / (4.0 * secs)).min(1.0) / 3.0;
        let noise = (self.shaken * left).sqrt() / crate::units::STANDARD_GRAVITY;
        Some(Level {
            at: attitude.at.plus_seconds(-2.0 * secs),
            up,
            noise_deg: noise.to_degrees(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Validity;
    use crate::units::Angle;
    use nalgebra::UnitQuaternion;

    fn reading(secs: f64, force: Vector3<f64>, rate: Option<Vector3<f64>>) -> Attitude {
        Attitude {
            at: SessionTime::from_seconds(secs),
            up: Vector3::z_axis(),
            world_from_sensor: UnitQuaternion::identity(),
            rate,
            force,
            error: Angle::from_degrees(5.0),
            validity: Validity::Uncertain,
        }
    }

    /// Tilts from `force` read `per_sec` times a second for 20 s, degrees from the z-axis, the first 5 s left out.
    fn tilts(per_sec: f64, force: impl Fn(f64) -> Vector3<f64>) -> Vec<(f64, f64)> {
        let mut calm = Calm::default();
        let readings = 0..(20.0 * per_sec) as u32;
        let levels = readings.filter_map(|k| {
            let at = f64::from(k) / per_sec;
            calm.update(&reading(at, force(at), None), 1.0 / per_sec)
        });
        let tilt = |level: Level| {
            (
                level.up.angle(&Vector3::z_axis()).to_degrees(),
                level.noise_deg,
            )
        };
        levels.skip((5.0 * per_sec) as usize).map(tilt).collect()
    }

    #[test]
    fn steps_read_too_seldom_are_shaking_and_not_tilt() {
        // 2 m/s² back and forth twice a second look like 11.5° of tilt to a single reading.
        let steps =
            |at: f64| Vector3::new(2.0 * (std::f64::consts::TAU * 2.0 * at).sin(), 0.0, 9.81);
        for (tilt, noise) in tilts(4.6, steps) {
            assert!(tilt < 4.0, "{tilt}");
            assert!(noise > 1.0 && noise < 6.0, "{noise}");
        }
    }

    #[test]
    fn a_slow_repetition_is_left() {
        let bend = |at: f64| {
            let tilt = 0.5 - 0.5 * (std::f64::consts::TAU * at / 4.0).cos();
            Vector3::new(tilt.sin(), 0.0, tilt.cos()) * 9.81
        };
        let (low, high) = tilts(4.6, bend)
            .into_iter()
            .fold((90.0_f64, 0.0_f64), |(low, high), (tilt, _)| {
                (low.min(tilt), high.max(tilt))
            });
        assert!(high - low > 30.0, "{low} to {high} of 57");
    }

    #[test]
    fn a_gyroscope_makes_it_needless() {
        let mut calm = Calm::default();
        let up = Vector3::z() * 9.81;
        assert_eq!(
            calm.update(&reading(0.0, up, Some(Vector3::zeros())), 0.0),
            None
        );
        assert_eq!(calm.update(&reading(0.5, up, None), 0.5), None);
        assert!(calm.update(&reading(2.0, up, None), 1.5).is_some());
    }
}
