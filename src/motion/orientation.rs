//! Samples to attitude: which way is up, and how far that can be trusted.
//!
//! The gyroscope is right for seconds and drifts over minutes; gravity in the accelerometer is right
//! over minutes and wrong while the body accelerates. With a gyroscope, VQF joins the two
//! (`gyroscope`); without one, or while it is silent, a low-pass of the accelerometer alone has to do
//! (`accelerometer`). Either way the answer carries its standard error (`uncertainty`) and says whether
//! anybody may be corrected by it.
//!
//! ```text
//! Sample ─► sane? ─► gap? ─┬─► GyroFilter ────┬─► Attitude
//!                          └─► GravityFilter ─┘
//! ```
//!
//! **Time** is the sample's own; arrival plays no part. A step of up to 0.15 s that misses samples is
//! bridged on a straight line, for the filter alone: to everybody else it stays a gap. After a longer one
//! the tilt is taken anew from gravity, and the bias is kept.
//!
//! **Heading** starts anywhere, drifts, and may jump after a gap.

mod accelerometer;
mod course;
mod gyroscope;
mod uncertainty;

use std::f64::consts::PI;
use std::time::Duration;

use nalgebra::{UnitQuaternion, UnitVector3, Vector3};

use self::accelerometer::GravityFilter;
use self::gyroscope::GyroFilter;
use self::uncertainty::{Turned, Uncertainty, WORST};
use crate::input::Sample;
use crate::motion::cadence::Cadence;
use crate::motion::{Attitude, Validity};
use crate::units::{Angle, SessionTime};

/// Forces beyond this are not a body's, m/s²: twice what ±50 g parts can say.
const ABSURD_FORCE: f64 = 1000.0;

/// Forces below this have no direction, m/s²: far below one step of any converter.
const NO_FORCE: f64 = 1e-6;

/// Rates beyond this are not a body's, rad/s: above the ±4000 °/s of the widest parts.
const ABSURD_RATE: f64 = 100.0;

/// A step that is longer than this many usual ones misses a sample of the gyroscope: some turn went unseen.
const MISSING: f64 = 1.5;

/// The same for the accelerometer alone, which sums nothing up: radios that are heard at random skip
/// one or two as a rule.
const PAUSE: f64 = 3.0;

/// The slowest sensor that is taken for one without any history, seconds a sample.
const SLOWEST: f64 = 0.5;

/// VQF's low-pass holds for periods well below its time constant, and the slowest
/// sensor's is 0.5 s. Seconds.
const SHORTEST_TIME_CONSTANT: f64 = 1.0;

/// Bridges have no more pieces than this: 0.15 s at 2 kHz.
const MOST_PIECES: f64 = 300.0;

/// What people choose about the filter; the defaults hold at every rate and for every sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How slowly gravity pulls the gyroscope's estimate upright. Longer forgives movement and trusts
    /// the gyroscope; shorter the reverse. 3 s; at least 1 s.
    pub gravity_time_constant: Duration,
    /// Cut-off of the accelerometer alone, Hz. Higher lags less and shakes more. 4 Hz: a bend at 50 °/s
    /// lags by 3°, and slow ones lose nothing against the 2 Hz that is best for them (1.40° against
    /// 1.33° at 17 °/s).
    pub accelerometer_cutoff_hertz: f64,
    /// Missing samples up to this long are bridged on a straight line; a longer gap takes the tilt
    /// anew. 0.15 s.
    pub longest_bridge: Duration,
    /// The first stretch, and the one after each gap, in which one odd sample still decides: invalid at
    /// the start, uncertain after a gap. 0.5 s.
    pub settling: Duration,
    /// Above this standard error nobody is corrected. 3°: what planning allows a trunk angle, and half
    /// of the narrowest margin (5° to 6°) that a form rule leaves between right and wrong.
    pub good_error: Angle,
    /// Above this standard error nothing is counted either. 45°: up may then lie in the next octant,
    /// and a bend and a side bend look alike.
    pub usable_error: Angle,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            gravity_time_constant: Duration::from_secs(3),
            accelerometer_cutoff_hertz: 4.0,
            longest_bridge: Duration::from_millis(150),
            settling: Duration::from_millis(500),
            good_error: Angle::from_degrees(3.0),
            usable_error: Angle::from_degrees(45.0),
        }
    }
}

/// The orientation of one sensor, sample by sample.
pub struct Orientation {
    settings: Settings,
    last_at: Option<SessionTime>,
    /// When the tilt was last taken from gravity anew, and what holds until it has settled.
    settling: Option<(SessionTime, Validity)>,
    gyro: GyroPath,
    accel: AccelPath,
    world_from_sensor: UnitQuaternion<f64>,
}

/// The filter with a gyroscope, and the last sample it took.
struct GyroPath {
    filter: GyroFilter,
    cadence: Cadence,
    last: Option<Taken>,
    uncertainty: Uncertainty,
}

/// The filter without one.
struct AccelPath {
    filter: GravityFilter,
    cadence: Cadence,
    last_at: Option<SessionTime>,
    /// The newest sample began a new stretch.
    anew: bool,
    uncertainty: Uncertainty,
}

/// A sample that passed, with plain vectors.
#[derive(Clone, Copy)]
struct Taken {
    at: SessionTime,
    force: Vector3<f64>,
    rate: Vector3<f64>,
    clipped: bool,
}

/// How a sample follows on the one before.
enum Follows {
    /// There is none before, or it is too long ago.
    Anew,
    /// After this many seconds, in which `pieces - 1` samples are missing.
    After { step: f64, pieces: u32 },
}

impl Orientation {
    /// An orientation that has seen nothing.
    pub fn new(settings: Settings) -> Orientation {
        let gravity_time_constant = time_constant(&settings);
        let cutoff = settings.accelerometer_cutoff_hertz;
        Orientation {
            last_at: None,
            settling: None,
            gyro: GyroPath {
                filter: GyroFilter::new(gravity_time_constant),
                cadence: Cadence::default(),
                last: None,
                uncertainty: Uncertainty::default(),
            },
            accel: AccelPath {
                filter: GravityFilter::new(if cutoff > 0.0 { cutoff } else { 4.0 }),
                cadence: Cadence::default(),
                last_at: None,
                anew: true,
                uncertainty: Uncertainty::default(),
            },
            world_from_sensor: UnitQuaternion::identity(),
            settings,
        }
    }

    /// Takes in one sample and says where the sensor points now.
    ///
    /// `None` for a sample that is refused and leaves everything as it was: a value that is not a
    /// number or beyond any body (1000 m/s², 100 rad/s), a force of zero, or a time not after the last
    /// one.
    pub fn update(&mut self, sample: &Sample) -> Option<Attitude> {
        let force = sane(sample.accel.meters_per_second_squared(), ABSURD_FORCE)?;
        if force.norm() < NO_FORCE || self.last_at.is_some_and(|last| sample.at <= last) {
            return None;
        }
        let rate = match sample.gyro {
            Some(gyro) => Some(sane(gyro.radians_per_second(), ABSURD_RATE)?),
            None => None,
        };
        self.last_at = Some(sample.at);

        self.update_accelerometer(sample.at, force, sample.clipped);
        let with_gyroscope = match rate {
            Some(rate) => Some(self.update_gyroscope(Taken {
                at: sample.at,
                force,
                rate,
                clipped: sample.clipped,
            })),
            None => self.coast(sample.at),
        };
        let (world_from_sensor, error) =
            with_gyroscope.unwrap_or_else(|| self.accelerometer_alone(sample.at));
        self.world_from_sensor = world_from_sensor;
        Some(self.attitude(sample, force, rate, error))
    }

    /// The gyroscope's bias as it is known now, rad/s, sensor frame.
    pub fn gyro_bias(&self) -> Vector3<f64> {
        self.gyro.filter.bias()
    }

    fn attitude(
        &mut self,
        sample: &Sample,
        force: Vector3<f64>,
        rate: Option<Vector3<f64>>,
        error: f64,
    ) -> Attitude {
        let up = self.world_from_sensor.inverse() * Vector3::z();
        let error = Angle::from_radians(error.min(WORST));
        Attitude {
            at: sample.at,
            up: UnitVector3::new_normalize(up),
            world_from_sensor: self.world_from_sensor,
            rate: rate.map(|rate| rate - self.gyro.filter.bias()),
            force,
            error,
            validity: self.validity(sample, error),
        }
    }

    fn validity(&mut self, sample: &Sample, error: Angle) -> Validity {
        let by_error = if error <= self.settings.good_error {
            Validity::Good
        } else if error <= self.settings.usable_error {
            Validity::Uncertain
        } else {
            Validity::Invalid
        };
        let by_time = match self.settling {
            Some((since, until_settled))
                if sample.at.seconds_since(since) < self.settings.settling.as_secs_f64() =>
            {
                until_settled
            }
            _ => Validity::Good,
        };
        let by_clipping = if sample.clipped {
            Validity::Uncertain
        } else {
            Validity::Good
        };
        by_error.max(by_time).max(by_clipping)
    }

    fn taken_anew(&mut self, at: SessionTime) {
        let until_settled = match self.settling {
            None => Validity::Invalid,
            Some(_) => Validity::Uncertain,
        };
        self.settling = Some((at, until_settled));
    }

    /// Follows the gyroscope; what comes back is the orientation and its standard error, rad.
    fn update_gyroscope(&mut self, taken: Taken) -> (UnitQuaternion<f64>, f64) {
        let longest = self.settings.longest_bridge.as_secs_f64();
        let last_at = self.gyro.last.map(|last| last.at);
        match (
            self.gyro.last,
            follows(last_at, taken.at, &self.gyro.cadence, MISSING, longest),
        ) {
            (Some(last), Follows::After { step, pieces }) => {
                self.gyro
                    .turn_through(&last, &taken, step, pieces, time_constant(&self.settings));
            }
            _ => {
                self.gyro.take_anew(&taken);
                self.taken_anew(taken.at);
            }
        }
        if let Some(last) = last_at {
            self.gyro.cadence.push(taken.at.seconds_since(last));
        }
        self.gyro.last = Some(taken);
        (
            self.gyro.filter.world_from_sensor(),
            self.gyro.uncertainty.with_gyroscope(),
        )
    }

    /// Turns on at the last rate while the gyroscope misses a sample or two.
    fn coast(&self, at: SessionTime) -> Option<(UnitQuaternion<f64>, f64)> {
        let last = self.gyro.last?;
        let step = at.seconds_since(last.at);
        if step > self.settings.longest_bridge.as_secs_f64() {
            return None;
        }
        let turn = (last.rate - self.gyro.filter.bias()) * step;
        let coasted = self.gyro.filter.world_from_sensor() * UnitQuaternion::from_scaled_axis(turn);
        let error = self.gyro.uncertainty.with_gyroscope().hypot(turn.norm());
        Some((coasted, error))
    }

    fn update_accelerometer(&mut self, at: SessionTime, force: Vector3<f64>, clipped: bool) {
        let longest = self.settings.longest_bridge.as_secs_f64();
        let path = &mut self.accel;
        let follows = follows(path.last_at, at, &path.cadence, PAUSE, longest);
        path.anew = matches!(follows, Follows::Anew);
        match follows {
            Follows::Anew => {
                path.filter.restart();
                path.filter.update(force, longest);
                path.uncertainty.restart(&force, 0.0);
            }
            Follows::After { .. } if clipped => return,
            Follows::After { step, .. } => {
                let low_passed = path.filter.update(force, step);
                path.uncertainty.compare(&force, &low_passed, step);
            }
        }
        if let Some(last) = path.last_at {
            path.cadence.push(at.seconds_since(last));
        }
        path.last_at = Some(at);
    }

    /// The tilt by gravity alone: the smallest turn from where the sensor pointed last.
    fn accelerometer_alone(&mut self, at: SessionTime) -> (UnitQuaternion<f64>, f64) {
        if self.accel.anew {
            self.taken_anew(at);
        }
        let filter = &self.accel.filter;
        let up_in_world = self.world_from_sensor * filter.force();
        let upright = upright(&up_in_world);
        let error = self
            .accel
            .uncertainty
            .accelerometer_alone(filter.turning_rate(), filter.delay());
        let turned = upright * self.world_from_sensor;
        (UnitQuaternion::new_normalize(turned.into_inner()), error)
    }
}

impl GyroPath {
    fn take_anew(&mut self, taken: &Taken) {
        self.filter.restart();
        self.filter.begin(taken.rate, taken.force);
        let turning = (taken.rate - self.filter.bias()).norm();
        self.uncertainty.restart(&taken.force, turning);
    }

    /// Goes from one sample to the next in `pieces` equal steps; what is missing between lies on a
    /// straight line.
    fn turn_through(
        &mut self,
        from: &Taken,
        to: &Taken,
        step: f64,
        pieces: u32,
        time_constant: f64,
    ) {
        if let Some(usual) = self.cadence.typical() {
            self.filter.set_usual_step(usual);
        }
        let bridged = !from.clipped && !to.clipped;
        let doubt = self.filter.update(to.rate, step, pieces, |share| {
            let believed = if share < 1.0 { bridged } else { !to.clipped };
            believed.then(|| from.force.lerp(&to.force, share))
        });
        self.widen(to, step, doubt, time_constant);
    }

    fn widen(&mut self, to: &Taken, step: f64, doubt: f64, time_constant: f64) {
        let up = self.filter.world_from_sensor().inverse() * Vector3::z();
        self.uncertainty
            .weigh((!to.clipped).then_some(&to.force), step, time_constant);
        self.uncertainty.turn(&Turned {
            step,
            rate: (to.rate - self.filter.bias()).norm(),
            bias_error: self.filter.tilting_bias_error(&up),
            doubt,
            clipped: to.clipped,
        });
    }
}

/// The smallest turn that makes this direction point up; any of them if it points down.
fn upright(seen: &Vector3<f64>) -> UnitQuaternion<f64> {
    UnitQuaternion::rotation_between(seen, &Vector3::z())
        .unwrap_or_else(|| UnitQuaternion::from_axis_angle(&Vector3::x_axis(), PI))
}

/// How a sample at `at` follows on one at `last`, when samples usually come at `cadence`. A step of
/// more than `missing` usual ones misses samples; if it is longer than `longest` seconds too, it is a
/// gap.
fn follows(
    last: Option<SessionTime>,
    at: SessionTime,
    cadence: &Cadence,
    missing: f64,
    longest: f64,
) -> Follows {
    let Some(step) = last.map(|last| at.seconds_since(last)) else {
        return Follows::Anew;
    };
    let usual = cadence.typical().unwrap_or(step.min(SLOWEST));
    if step <= missing * usual {
        Follows::After { step, pieces: 1 }
    } else if step <= longest {
        let pieces = (step / usual).round().clamp(1.0, MOST_PIECES);
        Follows::After {
            step,
            pieces: pieces as u32,
        }
    } else {
        Follows::Anew
    }
}

/// The vector, if every component is a number and it is no longer than `limit`.
fn sane(vector: Vector3<f64>, limit: f64) -> Option<Vector3<f64>> {
    // The comparison is false for what is not a number.
    (vector.norm_squared() <= limit * limit).then_some(vector)
}

fn time_constant(settings: &Settings) -> f64 {
    settings
        .gravity_time_constant
        .as_secs_f64()
        .max(SHORTEST_TIME_CONSTANT)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
