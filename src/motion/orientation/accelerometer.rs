//! Gravity from the accelerometer alone: a second-order Butterworth low-pass that takes any step.
//!
//! The body's own acceleration is quick, gravity is slow as long as the wearer moves with care. The
//! filter is the continuous one, `y'' = c²·(u − y) − √2·c·y'` with `c = 2π·f`, solved exactly for an
//! input that runs on a straight line between samples. So it needs no fixed rate, and unlike the usual
//! bilinear form it neither rings nor warps when the cut-off lies above half the sample rate, as it
//! does for sensors that are only heard four times a second.

use std::f64::consts::{PI, SQRT_2};

use nalgebra::Vector3;

/// The low-passed specific force and how fast it changes.
#[derive(Clone, Debug)]
pub(super) struct GravityFilter {
    /// Real and imaginary part of the filter's poles, 1/s: `c/√2`.
    pole: f64,
    state: Option<State>,
    transition: Transition,
}

#[derive(Clone, Copy, Debug)]
struct State {
    input: Vector3<f64>,
    output: Vector3<f64>,
    slope: Vector3<f64>,
}

/// What one step does to a free oscillation; kept, because most steps are equal.
#[derive(Clone, Copy, Debug, Default)]
struct Transition {
    step: f64,
    cosine: f64,
    sine: f64,
}

impl GravityFilter {
    /// A filter with this cut-off, Hz.
    pub(super) fn new(cutoff_hertz: f64) -> GravityFilter {
        GravityFilter {
            pole: 2.0 * PI * cutoff_hertz / SQRT_2,
            state: None,
            transition: Transition::default(),
        }
    }

    /// Forgets everything; the next force is taken as it is.
    pub(super) fn restart(&mut self) {
        self.state = None;
    }

    /// Takes in the force measured `step` seconds after the last one; gives its low-passed course.
    pub(super) fn update(&mut self, force: Vector3<f64>, step: f64) -> Vector3<f64> {
        let Some(last) = self.state else {
            self.state = Some(State {
                input: force,
                output: force,
                slope: Vector3::zeros(),
            });
            return force;
        };
        let (output, slope) = self.solve(&last, force, step);
        self.state = Some(State {
            input: force,
            output,
            slope,
        });
        output
    }

    /// The low-passed force now, m/s²; straight up along x before there was any.
    pub(super) fn force(&self) -> Vector3<f64> {
        self.state.map_or(Vector3::x(), |state| state.output)
    }

    /// How fast the low-passed direction turns, rad/s.
    pub(super) fn turning_rate(&self) -> f64 {
        let Some(state) = self.state else { return 0.0 };
        let squared = state.output.norm_squared();
        if squared < 1e-6 {
            return 0.0;
        }
        state.output.cross(&state.slope).norm() / squared
    }

    /// How far the output lags behind a steady change, seconds: `√2/c`.
    pub(super) fn delay(&self) -> f64 {
        1.0 / self.pole
    }

    /// The exact solution: the ramp's own response, plus the decaying oscillation of what differs from it.
    fn solve(
        &mut self,
        last: &State,
        force: Vector3<f64>,
        step: f64,
    ) -> (Vector3<f64>, Vector3<f64>) {
        if (step - self.transition.step).abs() > 1e-9 {
            self.transition = self.transition_over(step);
        }
        let Transition { cosine, sine, .. } = self.transition;
        let ramp = (force - last.input) / step;
        let lag = ramp * self.delay();
        let offset = last.output - (last.input - lag);
        let swing = (last.slope - ramp) / self.pole + offset;
        let output = force - lag + offset * cosine + swing * sine;
        let slope = ramp + ((swing - offset) * cosine - (swing + offset) * sine) * self.pole;
        (output, slope)
    }

    fn transition_over(&self, step: f64) -> Transition {
        let turn = self.pole * step;
        let decay = (-turn).exp();
        Transition {
            step,
            cosine: decay * turn.cos(),
            sine: decay * turn.sin(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    /// The amplitude that a sine of `frequency` keeps, sampled at `rate`.
    fn gain(cutoff: f64, frequency: f64, rate: f64) -> f64 {
        let mut filter = GravityFilter::new(cutoff);
        let mut largest: f64 = 0.0;
        for k in 0..(20.0 * rate) as u32 {
            let at = f64::from(k) / rate;
            let force = Vector3::x() * (2.0 * PI * frequency * at).sin();
            let out = filter.update(force, 1.0 / rate);
            if at > 10.0 {
                largest = largest.max(out.x.abs());
            }
        }
        largest
    }

    #[test]
    fn the_cutoff_is_where_half_the_power_is_left() {
        assert!((gain(3.0, 3.0, 200.0) - 0.707).abs() < 0.01);
        assert!((gain(3.0, 0.3, 200.0) - 1.0).abs() < 0.01);
        assert!(gain(3.0, 30.0, 200.0) < 0.011);
    }

    #[test]
    fn a_steady_turn_is_followed_at_the_stated_delay() {
        let mut filter = GravityFilter::new(2.0);
        let mut out = Vector3::zeros();
        for k in 0..1000 {
            out = filter.update(Vector3::x() * (f64::from(k) * 0.01), 0.01);
        }
        assert!((9.99 - out.x - filter.delay()).abs() < 1e-9);
    }

    #[test]
    fn four_irregular_samples_a_second_neither_ring_nor_run_away() {
        let mut filter = GravityFilter::new(4.0);
        filter.update(Vector3::zeros(), 0.2);
        for step in [0.2, 0.31, 0.18, 0.6, 0.25, 3.0, 0.2] {
            let out = filter.update(Vector3::x(), step);
            assert!(
                (0.7..1.06).contains(&out.x),
                "{out} after a step of {step} s"
            );
        }
    }

    #[test]
    fn the_course_does_not_depend_on_how_a_straight_line_is_cut() {
        let mut coarse = GravityFilter::new(3.0);
        let mut fine = GravityFilter::new(3.0);
        coarse.update(Vector3::zeros(), 0.1);
        fine.update(Vector3::zeros(), 0.1);
        let whole = coarse.update(Vector3::x(), 0.1);
        let parts = (1..=10).fold(Vector3::zeros(), |_, part| {
            fine.update(Vector3::x() * (f64::from(part) / 10.0), 0.01)
        });
        assert!((whole - parts).norm() < 1e-12);
        assert!((coarse.turning_rate() - fine.turning_rate()).abs() < 1e-9);
    }
}
