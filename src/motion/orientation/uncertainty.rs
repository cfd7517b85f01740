//! How wrong the inclination may be, from what is known to make it wrong.
//!
//! A filter cannot see its own error, but it sees its causes: how fast and how unevenly the sensor moves,
//! how well the gyroscope's bias is known, how long gravity has gone unseen. Each cause has its own term;
//! independent terms add as squares. The result is the root mean square to expect of the angle between
//! estimated and true up, so that about 98 of 100 errors lie within twice of it (Rayleigh).
//!
//! The constants are physical where physics gives one, and otherwise set on the BROAD recordings
//! (`benches/accuracy`), rounded away from optimism.

use nalgebra::Vector3;

use crate::units::STANDARD_GRAVITY;

/// What an accelerometer's offset leaves: 0.06° for each mg, 10 mg being usual, rad.
const OFFSET: f64 = 0.6 * DEGREE;

/// Tilt for each radian turned. Most movement turns back, so a gyroscope scale that is 2 % off costs no
/// more than 1.2° when the sensor turns at 95 °/s with a time constant of 3 s; 1 % is usual.
const SCALE: f64 = 0.002;

/// The share of the body's own acceleration that passes the slow low-pass of the gyroscope path.
const SHAKE_PASSED: f64 = 0.015;

/// The share of the body's own acceleration that passes the low-pass of the accelerometer path: as much
/// passes as is taken away.
const SHAKE_TAKEN: f64 = 1.0;

/// Horizontal against vertical acceleration of a body that shakes alike in all directions: two axes
/// against one.
const HORIZONTAL: f64 = std::f64::consts::SQRT_2;

/// Own acceleration that a body at work has even where the length of the force does not show it, m/s².
const HIDDEN_ACCELERATION: f64 = 0.25;

/// Distance from the hip to a sensor between the shoulder blades, m: turning at `w` accelerates by `w²`
/// times this.
const LEVER: f64 = 0.45;

/// How fast the guess about the start improves, 1/s: movement averages out over about a second.
const START_FADES: f64 = 1.0;

/// The share of a rate that a clipped gyroscope may have missed.
const CLIPPED_SHARE: f64 = 0.3;

/// Slower rates fit the smallest range that is sold, ±125 °/s, so it was the accelerometer that
/// clipped, rad/s.
const CLIPPING_RATE: f64 = 110.0 * DEGREE;

/// How long the accelerometer path remembers a shake, seconds: about the step response of its low-pass.
const SHAKE_MEMORY: f64 = 0.4;

/// What a doubt of 1 rad between samples costs for each second between them, rad: neighboring doubts
/// partly cancel, but the further apart samples are, the more of the movement lies beyond what they can
/// show at all.
const DOUBT: f64 = 35.0;

/// A direction that is not known at all is off by a right angle as often as by more, rad.
pub(super) const WORST: f64 = 90.0 * DEGREE;

const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Running causes of error.
#[derive(Clone, Debug, Default)]
pub(super) struct Uncertainty {
    /// From the force that the tilt was set by, rad.
    start: f64,
    /// From what the gyroscope summed up wrongly, rad.
    drift: f64,
    /// Sum of squares of the doubts between samples, which are independent, rad².
    doubts: f64,
    /// Mean square of the force's deviation from 1 g over the slow low-pass, (m/s²)².
    slow_shake: f64,
    /// The same over the quick one.
    quick_shake: f64,
}

/// What the gyroscope path knows about one step.
pub(super) struct Turned {
    /// Length of the step, seconds.
    pub(super) step: f64,
    /// Angular rate, rad/s.
    pub(super) rate: f64,
    /// Standard error of the bias across up, rad/s.
    pub(super) bias_error: f64,
    /// Doubt about the turn between samples, rad.
    pub(super) doubt: f64,
    /// The sensor says that it clipped.
    pub(super) clipped: bool,
}

impl Uncertainty {
    /// The tilt is set by one force alone, while the sensor turns at `rate` rad/s.
    pub(super) fn restart(&mut self, force: &Vector3<f64>, rate: f64) {
        let seen = HORIZONTAL * deviation(force);
        let turning = LEVER * rate * rate;
        // What shook before the gap shakes on.
        let before = HORIZONTAL * self.slow_shake.sqrt();
        let own = root_of_squares([seen, turning, before, HIDDEN_ACCELERATION]);
        self.start = (own / STANDARD_GRAVITY).atan();
        self.drift = 0.0;
        self.doubts = 0.0;
        self.slow_shake = self.slow_shake.max(deviation(force).powi(2));
        self.quick_shake = deviation(force).powi(2);
    }

    /// Takes in a force; `None` where it is not to be believed.
    pub(super) fn weigh(&mut self, force: Option<&Vector3<f64>>, step: f64, time_constant: f64) {
        let Some(force) = force else { return };
        let square = deviation(force).powi(2);
        self.slow_shake += (square - self.slow_shake) * share(step, time_constant);
        self.start *= 1.0 - share(step, 1.0 / START_FADES);
        self.drift *= 1.0 - share(step, time_constant);
        self.doubts *= 1.0 - share(step, time_constant / 2.0);
    }

    /// Takes in a force and what the quick low-pass makes of it. Movement shows in the length of the
    /// force, most of all along gravity, and in what the low-pass takes away, most of all across it; as
    /// much again is taken for gravity.
    pub(super) fn compare(&mut self, force: &Vector3<f64>, low_passed: &Vector3<f64>, step: f64) {
        let square = deviation(force).powi(2) + (force - low_passed).norm_squared();
        self.quick_shake += (square - self.quick_shake) * share(step, SHAKE_MEMORY);
        self.start *= 1.0 - share(step, SHAKE_MEMORY);
    }

    /// Takes in one turn of the gyroscope.
    pub(super) fn turn(&mut self, turned: &Turned) {
        let mut missed = turned.bias_error + SCALE * turned.rate;
        if turned.clipped && turned.rate > CLIPPING_RATE {
            missed += CLIPPED_SHARE * turned.rate;
        }
        self.doubts =
            (self.doubts + (DOUBT * turned.step * turned.doubt).powi(2)).min(WORST * WORST);
        // Errors beyond half a turn mean no more than half a turn does.
        self.drift = (self.drift + missed * turned.step).min(std::f64::consts::PI);
    }

    /// Standard error of the gyroscope path, rad.
    pub(super) fn with_gyroscope(&self) -> f64 {
        let shake = SHAKE_PASSED * HORIZONTAL * self.slow_shake.sqrt() / STANDARD_GRAVITY;
        root_of_squares([OFFSET, self.start, self.drift, self.doubts.sqrt(), shake]).min(WORST)
    }

    /// Standard error of the accelerometer path, rad, whose low-pass lags by `delay` seconds behind a
    /// turn at `turning_rate` rad/s.
    pub(super) fn accelerometer_alone(&self, turning_rate: f64, delay: f64) -> f64 {
        let shake = SHAKE_TAKEN * self.quick_shake.sqrt() / STANDARD_GRAVITY;
        root_of_squares([OFFSET, self.start, turning_rate * delay, shake.atan()]).min(WORST)
    }
}

/// How far a force is from 1 g in length, m/s².
fn deviation(force: &Vector3<f64>) -> f64 {
    (force.norm() - STANDARD_GRAVITY).abs()
}

/// The share of a difference that one step makes up for with this time constant.
fn share(step: f64, time_constant: f64) -> f64 {
    step / (time_constant + step)
}

fn root_of_squares<const N: usize>(terms: [f64; N]) -> f64 {
    terms.iter().map(|term| term * term).sum::<f64>().sqrt()
}
