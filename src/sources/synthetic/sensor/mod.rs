//! What a worn sensor reads: the true motion at its place, through skin, strap and electronics.

mod tracker;

use nalgebra::{UnitQuaternion, Vector3};

use super::body::Movement;
use super::chance::Chance;
use crate::input::{Placement, SensorId};
use crate::units::{Angle, STANDARD_GRAVITY, SessionTime};
pub(crate) use tracker::Slip;
use tracker::{Breath, Motion, STEP, Tracker, between};

/// A sensor and how it is worn.
#[derive(Clone, Debug)]
pub struct WornSensor {
    /// Where on the body.
    pub placement: Placement,
    /// How its housing is turned on the body: `segment_from_sensor`. Any rotation will do.
    pub mounting: UnitQuaternion<f64>,
    /// Readings per second, nominal.
    pub rate_hz: f64,
    /// Whether it has a gyroscope.
    pub gyro: bool,
    /// How good it is.
    pub model: SensorModel,
}

impl WornSensor {
    /// A common 100 Hz sensor, its Z axis pointing away from the body's back and its Y axis to the head.
    pub fn new(placement: Placement) -> WornSensor {
        WornSensor {
            placement,
            mounting: UnitQuaternion::from_axis_angle(
                &Vector3::y_axis(),
                -std::f64::consts::FRAC_PI_2,
            ),
            rate_hz: 100.0,
            gyro: true,
            model: SensorModel::consumer(),
        }
    }

    /// The same sensor, strapped on in any way whatever.
    #[must_use]
    pub fn mounted_at_random(mut self, seed: u64) -> WornSensor {
        let mut chance = Chance::new(seed, super::chance::Purpose::Sensor(999));
        let mut direction = || Vector3::from_fn(|_, _| chance.normal());
        let axis = nalgebra::Unit::new_normalize(direction() + Vector3::repeat(1e-9));
        let angle = std::f64::consts::PI * chance.uniform();
        self.mounting = UnitQuaternion::from_axis_angle(&axis, angle);
        self
    }
}

/// The faults of a sensor and of the way it hangs on the body. Signed errors are drawn from the
/// scenario's seed with these sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorModel {
    /// White noise of the specific force, m/s² RMS per reading.
    pub accel_noise: f64,
    /// White noise of the angular rate, °/s RMS per reading.
    pub gyro_noise_dps: f64,
    /// Offset of the accelerometer, thousandths of g, each axis at most this.
    pub accel_bias_mg: f64,
    /// Offset of the gyroscope, °/s, each axis at most this.
    pub gyro_bias_dps: f64,
    /// How far the gyroscope's offset wanders within a minute, °/s.
    pub gyro_bias_wander_dps: f64,
    /// Scale error, each axis at most this share.
    pub scale_error: f64,
    /// End of the accelerometer's range, g.
    pub accel_range_g: u16,
    /// End of the gyroscope's range, °/s.
    pub gyro_range_dps: u16,
    /// How much too fast (positive) the sensor's clock runs, as a share: 0.01 is 1 %.
    pub clock_error: f64,
    /// How that changes, share per hour.
    pub clock_drift_per_hour: f64,
    /// Natural frequency of the sensor on skin and strap, Hz; 0 is bolted to the bone.
    pub soft_tissue_hz: f64,
    /// Damping ratio of the same.
    pub soft_tissue_damping: f64,
    /// As far as it turns against the bone, degrees.
    pub soft_tissue_limit_deg: f64,
    /// How far breathing tips it, degrees, at the chest; a fifth of it on the back, a tenth elsewhere.
    pub breathing_deg: f64,
}

impl SensorModel {
    /// No error but the steps of 16-bit numbers.
    pub const fn ideal() -> SensorModel {
        SensorModel {
            accel_noise: 0.0,
            gyro_noise_dps: 0.0,
            accel_bias_mg: 0.0,
            gyro_bias_dps: 0.0,
            gyro_bias_wander_dps: 0.0,
            scale_error: 0.0,
            accel_range_g: 8,
            gyro_range_dps: 1000,
            clock_error: 0.0,
            clock_drift_per_hour: 0.0,
            soft_tissue_hz: 0.0,
            soft_tissue_damping: 0.5,
            soft_tissue_limit_deg: 0.0,
            breathing_deg: 0.0,
        }
    }

    /// A common sensor on a good strap.
    pub const fn consumer() -> SensorModel {
        SensorModel {
            accel_noise: 0.02,
            gyro_noise_dps: 0.08,
            accel_bias_mg: 12.0,
            gyro_bias_dps: 1.5,
            gyro_bias_wander_dps: 0.03,
            scale_error: 0.004,
            clock_error: 0.0008,
            clock_drift_per_hour: 0.00002,
            soft_tissue_hz: 7.0,
            soft_tissue_limit_deg: 1.5,
            breathing_deg: 1.2,
            ..SensorModel::ideal()
        }
    }

    /// A cheap sensor on a loose strap.
    pub const fn poor() -> SensorModel {
        SensorModel {
            accel_noise: 0.06,
            gyro_noise_dps: 0.25,
            accel_bias_mg: 20.0,
            gyro_bias_dps: 5.0,
            gyro_bias_wander_dps: 0.1,
            scale_error: 0.01,
            accel_range_g: 4,
            gyro_range_dps: 500,
            clock_error: 0.01,
            clock_drift_per_hour: 0.0002,
            soft_tissue_hz: 5.0,
            soft_tissue_damping: 0.35,
            soft_tissue_limit_deg: 3.0,
            breathing_deg: 2.5,
        }
    }
}

/// Where a sensor truly pointed when it took a reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueAttitude {
    /// When.
    pub at: SessionTime,
    /// Up, in the sensor's frame (with skin and strap): what an orientation filter is to find.
    pub up: Vector3<f64>,
    /// Inclination of the segment under it.
    pub theta: Angle,
    /// Roll of the segment under it.
    pub sigma: Angle,
}

/// One reading in the sensor's own numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    /// When it was really taken, s.
    pub at: f64,
    pub accel: [i16; 3],
    pub gyro: Option<[i16; 3]>,
    pub clipped: bool,
}

/// Everything one sensor measured.
pub(crate) struct Measured {
    pub sensor: SensorId,
    pub placement: Placement,
    pub rate_hz: f64,
    pub accel_range_g: u16,
    pub gyro_range_dps: u16,
    /// Units of one count, m/s² and rad/s.
    pub accel_scale: f32,
    pub gyro_scale: f32,
    pub readings: Vec<Reading>,
    pub attitudes: Vec<TrueAttitude>,
}

/// The constant errors of one sensor, drawn once.
struct Errors {
    accel_bias: Vector3<f64>,
    gyro_bias: Vector3<f64>,
    accel_gain: Vector3<f64>,
    gyro_gain: Vector3<f64>,
    wander: [(f64, f64); 3],
}

impl Errors {
    fn draw(model: &SensorModel, chance: &mut Chance) -> Errors {
        let mut within = |size: f64| Vector3::from_fn(|_, _| chance.between(-size, size));
        Errors {
            accel_bias: within(model.accel_bias_mg * 1e-3 * STANDARD_GRAVITY),
            gyro_bias: within(model.gyro_bias_dps.to_radians()),
            accel_gain: within(model.scale_error).add_scalar(1.0),
            gyro_gain: within(model.scale_error).add_scalar(1.0),
            wander: std::array::from_fn(|_| {
                (
                    chance.between(0.004, 0.012),
                    chance.between(0.0, std::f64::consts::TAU),
                )
            }),
        }
    }

    fn wander(&self, model: &SensorModel, t: f64) -> Vector3<f64> {
        let size = model.gyro_bias_wander_dps.to_radians();
        Vector3::from_fn(|axis, _| {
            let (hertz, phase) = self.wander[axis];
            size * (std::f64::consts::TAU * hertz * t + phase).sin()
        })
    }
}

/// Lets a sensor measure a movement from 0 to `until` seconds.
pub(crate) fn measure(
    movement: &Movement,
    index: usize,
    worn: &WornSensor,
    slip: Option<Slip>,
    until: f64,
    chance: &mut Chance,
) -> Measured {
    let model = &worn.model;
    let errors = Errors::draw(model, chance);
    let breath = breath_of(movement, worn, chance);
    let accel_scale = f64::from(model.accel_range_g) * STANDARD_GRAVITY / 32_768.0;
    let gyro_scale = f64::from(model.gyro_range_dps).to_radians() / 32_768.0;
    let mut measured = Measured {
        sensor: SensorId(index as u8),
        placement: worn.placement,
        rate_hz: worn.rate_hz,
        accel_range_g: model.accel_range_g,
        gyro_range_dps: model.gyro_range_dps,
        accel_scale: accel_scale as f32,
        gyro_scale: gyro_scale as f32,
        readings: Vec::new(),
        attitudes: Vec::new(),
    };
    let mut at = 0.02 + chance.uniform() / worn.rate_hz;
    let mut tracker = Tracker::new(movement, worn, slip, breath, at);
    let mut earlier = tracker.motion();
    while at < until {
        tracker.skip_to(at - STEP);
        while tracker.time - STEP < at {
            earlier = tracker.motion();
            tracker.advance();
        }
        let share = 1.0 - (tracker.time - STEP - at) / STEP;
        let motion = between(&earlier, &tracker.motion(), share);
        measured.readings.push(read(
            &motion,
            at,
            worn,
            &errors,
            [accel_scale, gyro_scale],
            chance,
        ));
        measured
            .attitudes
            .push(attitude(movement, worn, at, motion.up));
        let too_fast = model.clock_error + model.clock_drift_per_hour * at / 3600.0;
        at += 1.0 / (worn.rate_hz * (1.0 + too_fast));
    }
    measured
}

fn breath_of<'a>(movement: &'a Movement, worn: &WornSensor, chance: &mut Chance) -> Breath<'a> {
    let share = match worn.placement {
        Placement::Sternum => 1.0,
        Placement::T7 => 0.2,
        _ => 0.1,
    };
    let own = Breath::Own {
        amplitude: (share * worn.model.breathing_deg).to_radians(),
        hertz: chance.between(0.20, 0.32),
        phase: chance.between(0.0, std::f64::consts::TAU),
    };
    match &movement.breath {
        Some(breathing) => Breath::Meant {
            breathing,
            // The belly lifts a sensor in front; of the back little is seen.
            amplitude: match worn.placement {
                Placement::FrontPelvis => breathing.belly,
                Placement::Sternum => breathing.chest,
                _ => 0.1 * breathing.chest,
            },
        },
        None => own,
    }
}

fn attitude(movement: &Movement, worn: &WornSensor, at: f64, up: Vector3<f64>) -> TrueAttitude {
    let stance = movement.stance(worn.placement.segment(), worn.placement.side(), at);
    TrueAttitude {
        at: SessionTime::from_seconds(at),
        up,
        theta: Angle::from_radians(stance.theta),
        sigma: Angle::from_radians(stance.sigma),
    }
}

fn read(
    motion: &Motion,
    at: f64,
    worn: &WornSensor,
    errors: &Errors,
    [accel_scale, gyro_scale]: [f64; 2],
    chance: &mut Chance,
) -> Reading {
    let model = &worn.model;
    let mut noise = |size: f64| Vector3::from_fn(|_, _| size * chance.normal());
    let force = motion.force.component_mul(&errors.accel_gain)
        + errors.accel_bias
        + noise(model.accel_noise);
    let rate = motion.rate.component_mul(&errors.gyro_gain)
        + errors.gyro_bias
        + errors.wander(model, at)
        + noise(model.gyro_noise_dps.to_radians());
    let (accel, accel_clipped) = counts(force, accel_scale);
    let (gyro, gyro_clipped) = counts(rate, gyro_scale);
    Reading {
        at,
        accel,
        gyro: worn.gyro.then_some(gyro),
        clipped: accel_clipped || (worn.gyro && gyro_clipped),
    }
}

/// Whole counts, held at the ends of 16 bits.
fn counts(value: Vector3<f64>, scale: f64) -> ([i16; 3], bool) {
    let raw = value / scale;
    let ends = f64::from(i16::MIN)..=f64::from(i16::MAX);
    let clipped = raw.iter().any(|count| !ends.contains(&count.round()));
    // A float-to-integer `as` saturates.
    (
        [raw.x, raw.y, raw.z].map(|count| count.round() as i16),
        clipped,
    )
}
