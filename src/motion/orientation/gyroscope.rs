//! VQF with two additions: rate shaping in front of it, and a wide prior for the gyroscope's bias.
//!
//! The filter (Laidig & Seel, Information Fusion 91, 2023, 187-204) turns a frame by the gyroscope,
//! low-passes the specific force in that frame, where gravity stands still however the sensor turns,
//! and pulls the frame upright by what is left. The slope of that pull shows the bias.
//!
//! **Rate shaping.** A filter that turns by the newest rate for the whole step is half a sample early:
//! 5 ms at 100 Hz, 20 ms at 25 Hz. Here the step turns by the mean of the parabola through the last
//! three rates, plus the coning term for an axis that itself turns.
//!
//! **Wide bias prior.** Consumer gyroscopes are off by 2 to 9 °/s; the published defaults clip the
//! estimate at 2.

use super::course::{Course, Stretch};
use super::upright;
use nalgebra::{Matrix3, Quaternion, UnitQuaternion, Vector3};
use vqf_rs::{Params, State, VQF};

/// Largest bias that is believed, °/s.
const BIAS_CLIP: f64 = 10.0;

/// Standard deviation of the bias before anything is known, °/s.
const BIAS_SIGMA_INIT: f64 = 2.0;

/// Radians per second in one unit of the covariance that VQF keeps (0.01 °/s).
const COVARIANCE_UNIT: f64 = std::f64::consts::PI / 180.0 / 100.0;

/// The period is set anew when the usual step differs from it by more than this share: its time
/// constants are off by as much.
const PERIOD_TOLERANCE: f64 = 0.05;

/// Periods that VQF is ever given, seconds.
const PERIODS: std::ops::RangeInclusive<f64> = 1e-4..=1.0;

/// The period before a second sample has come, seconds.
const FIRST_PERIOD: f64 = 0.01;

/// VQF behind rate shaping.
pub(super) struct GyroFilter {
    vqf: VQF,
    params: Params,
    period: f64,
    course: Course,
    /// The next force sets the tilt at once; the jump says nothing about the bias.
    upright_next: bool,
}

impl GyroFilter {
    /// A filter that has seen nothing.
    pub(super) fn new(gravity_time_constant: f64) -> GyroFilter {
        let params = Params {
            tau_acc: gravity_time_constant,
            bias_clip: BIAS_CLIP,
            bias_sigma_init: BIAS_SIGMA_INIT,
            ..Params::default()
        };
        GyroFilter {
            vqf: VQF::new(FIRST_PERIOD, None, None, Some(params)),
            params,
            period: FIRST_PERIOD,
            course: Course::default(),
            upright_next: true,
        }
    }

    /// Follows the usual step between samples.
    pub(super) fn set_usual_step(&mut self, step: f64) {
        let step = step.clamp(*PERIODS.start(), *PERIODS.end());
        if (step / self.period - 1.0).abs() <= PERIOD_TOLERANCE {
            return;
        }
        let mut fresh = VQF::new(step, None, None, Some(self.params));
        *fresh.state_mut() = carried_over(&self.vqf, &fresh);
        self.vqf = fresh;
        self.period = step;
    }

    /// Forgets tilt and rates, keeps bias and heading: the next force sets the tilt at once.
    pub(super) fn restart(&mut self) {
        self.course.restart();
        self.upright_next = true;
        let state = self.vqf.state_mut();
        state.acc_lp_state = [[f64::NAN; 2]; 3];
        state.motion_bias_est_rlp_state = [[f64::NAN; 2]; 9];
        state.motion_bias_est_bias_lp_state = [[f64::NAN; 2]; 2];
        state.rest_gyr_lp_state = [[f64::NAN; 2]; 3];
        state.rest_acc_lp_state = [[f64::NAN; 2]; 3];
        state.rest_detected = false;
        state.rest_t = 0.0;
    }

    /// Takes in the first sample after a restart.
    pub(super) fn begin(&mut self, rate: Vector3<f64>, force: Vector3<f64>) {
        self.course.push(rate, 0.0);
        self.vqf.update_gyr_with_ts(rate.into(), 0.0);
        self.pull_upright(force);
    }

    /// Takes in one sample, `step` seconds after the last, in so many equal `pieces`. Gives the doubt
    /// about the turn, rad. `force` gives the force after a share of the step, or `None` where it is
    /// not to be believed.
    pub(super) fn update(
        &mut self,
        rate: Vector3<f64>,
        step: f64,
        pieces: u32,
        force: impl Fn(f64) -> Option<Vector3<f64>>,
    ) -> f64 {
        let Some(stretch) = self.course.push(rate, step) else {
            return 0.0;
        };
        if stretch.amends != Vector3::zeros() {
            let [x, y, z] = (stretch.amends / 2.0).into();
            let state = self.vqf.state_mut();
            state.gyr_quat *= vqf_rs::Quaternion(1.0, x, y, z);
            state.gyr_quat.normalize();
        }
        for k in 0..pieces {
            let share = |k: u32| f64::from(k) / f64::from(pieces);
            let time = |k: u32| (share(k) - 1.0) * step;
            self.turn(&stretch, time(k), time(k + 1));
            if let Some(force) = force(share(k + 1)) {
                self.pull_upright(force);
            }
        }
        stretch.doubt
    }

    /// The orientation now.
    pub(super) fn world_from_sensor(&self) -> UnitQuaternion<f64> {
        let q = self.vqf.quat_6d();
        UnitQuaternion::from_quaternion(Quaternion::new(q.0, q.1, q.2, q.3))
    }

    /// The rate that the gyroscope shows at rest, rad/s.
    pub(super) fn bias(&self) -> Vector3<f64> {
        self.vqf.state().bias.into()
    }

    /// Standard error of the bias across `up`, the part that tilts, rad/s.
    pub(super) fn tilting_bias_error(&self, up: &Vector3<f64>) -> f64 {
        let covariance = Matrix3::from(self.vqf.state().bias_p.0);
        let along = (covariance * up).dot(up);
        (covariance.trace() - along).max(0.0).sqrt() * COVARIANCE_UNIT
    }

    fn pull_upright(&mut self, force: Vector3<f64>) {
        if std::mem::take(&mut self.upright_next) {
            self.stand_upright(&force);
        }
        self.vqf.update_acc(force.into());
    }

    /// Turns the frame so that this force points up. VQF would do it too, but takes the jump for bias,
    /// and ends up on its side when it starts exactly upside down.
    fn stand_upright(&mut self, force: &Vector3<f64>) {
        let seen = self.world_from_sensor() * force;
        let upright = upright(&seen).into_inner();
        let state = self.vqf.state_mut();
        state.acc_quat =
            vqf_rs::Quaternion(upright.w, upright.i, upright.j, upright.k) * state.acc_quat;
        state.acc_quat.normalize();
    }

    /// Turns through one piece of a stretch: the mean of its course, plus the coning term for an axis
    /// that itself turns.
    fn turn(&mut self, stretch: &Stretch, from: f64, to: f64) {
        let piece = to - from;
        let bias = self.bias();
        let coning =
            (stretch.at(from) - bias).cross(&(stretch.at(to) - bias)) * (piece * piece / 12.0);
        let turn = stretch.turn(from, to) + coning;
        self.vqf.update_gyr_with_ts((turn / piece).into(), piece);
    }
}

/// The state of `old` in the terms of `new`'s coefficients: each low-pass goes on from the level it
/// stands at.
fn carried_over(old: &VQF, new: &VQF) -> State {
    let mut state = *old.state();
    let (from, to) = (old.coeffs(), new.coeffs());
    let level = |pair: &mut [f64; 2], b_old: [f64; 3], b: [f64; 3], a: [f64; 2]| {
        let level = pair[0] / (1.0 - b_old[0]);
        *pair = [level * (1.0 - b[0]), level * (b[2] - a[1])];
    };
    let gravity = [
        &mut state.acc_lp_state[..],
        &mut state.motion_bias_est_rlp_state[..],
        &mut state.motion_bias_est_bias_lp_state[..],
    ];
    for pairs in gravity {
        // While the first component is not a number, the pairs hold a running mean that needs no
        // coefficients.
        if pairs[0][0].is_finite() {
            pairs
                .iter_mut()
                .for_each(|pair| level(pair, from.acc_lp_b, to.acc_lp_b, to.acc_lp_a));
        }
    }
    for pairs in [&mut state.rest_gyr_lp_state, &mut state.rest_acc_lp_state] {
        if pairs[0][0].is_finite() {
            pairs.iter_mut().for_each(|pair| {
                level(pair, from.rest_acc_lp_b, to.rest_acc_lp_b, to.rest_acc_lp_a)
            });
        }
    }
    state
}
