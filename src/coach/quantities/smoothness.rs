//! How smooth.
//!
//! | quantity | formula | needs | source |
//! |---|---|---|---|
//! | `sparc_…` | spectral arc length of the speed of one effort, up to 10 Hz | signal | Balasubramanian 2015; exercises.md 7.1 |
//! | `ldlj_out`, `ldlj_back` | −ln(T³/v_peak² · Σ(d²v/dt²)²/fs), speed low-passed at 6 Hz | signal | the same |
//! | `ldlj_acc` | −ln(T/a_peak² · Σ\|da/dt\|²/fs), a gravity-free and low-passed at 6 Hz | a | Melendez-Calderon 2021 |
//! | `jerk_rms` | √mean(\|da/dt\|²), likewise | m/s³, a | exercises.md 7.1 |
//!
//! All are negative but the last, and nearer 0 is smoother. Log dimensionless jerk reacts to tremor that nobody sees
//! (5 % of ripple at 4 Hz: from −5.3 to −8.9), spectral arc length does not: the former is for information.

use std::f64::consts::TAU;

use nalgebra::Vector3;

use super::trunk::trunk;
use super::{RepView, Stretch};
use crate::coach::event::Measured;
use crate::exercise::{Effort, Quantity};

/// Only these frequencies belong to a movement, Hz.
const HIGHEST_HERTZ: f64 = 10.0;

/// Magnitudes below this share of the largest are noise.
const LEAST_MAGNITUDE: f64 = 0.05;

/// Speeds are thinned to about this rate before the spectrum is taken: five times the highest frequency of interest.
const WORKING_HERTZ: f64 = 50.0;

/// Spectral arc length of a speed profile (Balasubramanian et al. 2015, J NeuroEng Rehabil 12): negative, and
/// nearer 0 the smoother. For one move, not for a set.
///
/// `speeds` in any unit, evenly sampled at `rate` Hz. `None` for fewer than four samples or no movement at all.
pub fn spectral_arc_length(speeds: &[f64], rate: f64) -> Option<f64> {
    if speeds.len() < 4 || !(rate.is_finite() && rate > 0.0) {
        return None;
    }
    let padded = speeds.len().next_power_of_two() << 4;
    let bins = (HIGHEST_HERTZ / rate * padded as f64).floor() as usize;
    let magnitudes = magnitudes(speeds, padded, bins.min(padded / 2));
    let largest = magnitudes.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return None;
    }
    let heard = |magnitude: &f64| *magnitude / largest >= LEAST_MAGNITUDE;
    let (first, last) = (
        magnitudes.iter().position(heard)?,
        magnitudes.iter().rposition(heard)?,
    );
    if last == first {
        return None;
    }
    let step = 1.0 / (last - first) as f64;
    let arc = magnitudes[first..=last]
        .windows(2)
        .map(|pair| step.hypot((pair[1] - pair[0]) / largest))
        .sum::<f64>();
    Some(-arc)
}

/// Frequencies that are looked at side by side: each step of one waits for the step before, eight do not wait for
/// each other.
const SIDE_BY_SIDE: usize = 8;

/// Magnitudes of the frequencies `0..=last`, counted in cycles for each `padded` samples: a few hundred bins of one
/// short phase need no FFT.
fn magnitudes(values: &[f64], padded: usize, last: usize) -> Vec<f64> {
    let mut magnitudes = Vec::with_capacity(last + SIDE_BY_SIDE);
    for first in (0..=last).step_by(SIDE_BY_SIDE) {
        let cycles = std::array::from_fn(|k| (first + k) as f64 / padded as f64);
        magnitudes.extend(side_by_side(values, cycles));
    }
    magnitudes.truncate(last + 1);
    magnitudes
}

/// Magnitudes of some frequencies, in cycles a sample (Goertzel 1958, Am Math Mon 65): one product a sample, and
/// right to a trillionth for the hundred or so samples of a phase.
fn side_by_side(values: &[f64], cycles: [f64; SIDE_BY_SIDE]) -> [f64; SIDE_BY_SIDE] {
    let turns = cycles.map(|cycles| (TAU * cycles).sin_cos());
    let doubled = turns.map(|(_, cos)| 2.0 * cos);
    let (mut last, mut before) = ([0.0; SIDE_BY_SIDE], [0.0; SIDE_BY_SIDE]);
    for value in values {
        for k in 0..SIDE_BY_SIDE {
            let next = (value - before[k]) + doubled[k] * last[k];
            (before[k], last[k]) = (last[k], next);
        }
    }
    std::array::from_fn(|k| {
        let (sin, cos) = turns[k];
        f64::hypot(last[k] - before[k] * cos, before[k] * sin)
    })
}

pub(super) fn measure(effort: Effort, view: &RepView<'_>) -> Option<Measured> {
    let stretch = view.effort(effort);
    let (speeds, rate) = thinned(stretch, |k| Some(stretch.speeds[k]))?;
    let speeds: Vec<f64> = speeds.iter().map(|speed| speed.abs()).collect();
    stretch.measured(spectral_arc_length(&speeds, rate)?)
}

/// Jerk is taken from what is slower than this, Hz (exercises.md 7.1, `ldlj`).
const JERK_HERTZ: f64 = 6.0;

/// Log dimensionless jerk of a speed profile (Balasubramanian et al. 2015): negative, and nearer 0 the smoother.
///
/// `speeds` in any unit, evenly sampled at `rate` Hz. `None` for fewer than three samples or no movement at all.
pub fn log_dimensionless_jerk(speeds: &[f64], rate: f64) -> Option<f64> {
    Some(-dimensionless_jerk(speeds, rate)?.ln())
}

/// T³/v_peak² · ∫(d²v/dt²)² dt, without the sign that the reference gives it.
fn dimensionless_jerk(speeds: &[f64], rate: f64) -> Option<f64> {
    let secs = speeds.len() as f64 / rate;
    let fastest = speeds.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let squared: f64 = speeds
        .windows(3)
        .map(|three| ((three[2] - 2.0 * three[1] + three[0]) * rate * rate).powi(2))
        .sum();
    let jerk = secs.powi(3) / fastest.powi(2) * squared / rate;
    (rate > 0.0 && jerk.is_finite() && jerk > 0.0).then_some(jerk)
}

pub(super) fn measure_jerk(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    let phases = &view.phases;
    let speed = |stretch: Stretch<'_>| {
        let (speeds, rate) = thinned(stretch, |k| Some(stretch.speeds[k].abs()))?;
        stretch.measured(log_dimensionless_jerk(&low_passed(&speeds, rate), rate)?)
    };
    match quantity {
        Quantity::LdljOut => speed(view.stretch(phases.start, phases.arrived)),
        Quantity::LdljBack => speed(view.stretch(phases.left, phases.end)),
        Quantity::LdljAcc => {
            let (jerks, strongest, rate) = acceleration(view)?;
            let secs = jerks.len() as f64 / rate;
            let sum = jerks.iter().sum::<f64>() / rate;
            let movement = view.movement();
            movement.measured(-(secs / strongest.powi(2) * sum).ln())
        }
        Quantity::JerkRms => {
            let (jerks, ..) = acceleration(view)?;
            let mean = jerks.iter().sum::<f64>() / jerks.len() as f64;
            view.movement().measured(mean.sqrt())
        }
        _ => None,
    }
}

/// |da/dt|² of the trunk, (m/s³)², the largest |a| and the rate that they are given at.
fn acceleration(view: &RepView<'_>) -> Option<(Vec<f64>, f64, f64)> {
    let (movement, pick) = (view.movement(), trunk(view));
    let axis = |axis: usize| {
        let along = |k: usize| Some(f64::from(pick(&movement.points[k].moment)?.push[axis]));
        let (values, rate) = thinned(movement, along)?;
        Some((low_passed(&values, rate), rate))
    };
    let ((x, rate), (y, _), (z, _)) = (axis(0)?, axis(1)?, axis(2)?);
    let pushes: Vec<Vector3<f64>> = (0..x.len())
        .map(|k| Vector3::new(x[k], y[k], z[k]))
        .collect();
    let strongest = pushes.iter().map(|push| push.norm()).fold(0.0, f64::max);
    let jerks: Vec<f64> = pushes
        .windows(2)
        .map(|pair| ((pair[1] - pair[0]) * rate).norm_squared())
        .collect();
    (jerks.len() > 2 && strongest > 0.0).then_some((jerks, strongest, rate))
}

/// A value of each point, thinned to about [`WORKING_HERTZ`] by means of blocks, and the rate; `None` where it is missing.
fn thinned(stretch: Stretch<'_>, of: impl Fn(usize) -> Option<f64>) -> Option<(Vec<f64>, f64)> {
    let rate = (stretch.points.len().checked_sub(1)?) as f64 / stretch.secs();
    if !(rate.is_finite() && rate > 0.0) {
        return None;
    }
    let values: Vec<f64> = (0..stretch.points.len()).map(of).collect::<Option<_>>()?;
    let block = (rate / WORKING_HERTZ).round().max(1.0) as usize;
    let means = values
        .chunks(block)
        .map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64);
    Some((means.collect(), rate / block as f64))
}

/// Below [`JERK_HERTZ`], without delay: a normal curve as wide as its response is half in power there.
fn low_passed(values: &[f64], rate: f64) -> Vec<f64> {
    let secs = std::f64::consts::LN_2.sqrt() / (TAU * JERK_HERTZ);
    super::blurred(values, secs * rate)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_profile_has_the_reference_value() {
        let speeds: Vec<f64> = (0..200)
            .map(|k| (-5.0 * (f64::from(k) * 0.01 - 1.0).powi(2)).exp())
            .collect();
        assert!((spectral_arc_length(&speeds, 100.0).unwrap() + 1.41403).abs() < 1e-4);
    }

    #[test]
    fn the_reference_profile_has_the_reference_jerk() {
        let speeds: Vec<f64> = (0..200)
            .map(|k| (-5.0 * (f64::from(k) * 0.01 - 1.0).powi(2)).exp())
            .collect();
        assert!((dimensionless_jerk(&speeds, 100.0).unwrap() - 335.74684).abs() < 1e-5);
        assert!((log_dimensionless_jerk(&speeds, 100.0).unwrap() + 5.81636).abs() < 1e-5);
    }

    #[test]
    fn a_minimum_jerk_move_has_its_numbers() {
        let speeds: Vec<f64> = (0..=400)
            .map(|k| f64::from(k) / 400.0)
            .map(|s| 30.0 * (s * (1.0 - s)).powi(2))
            .collect();
        let rate = 200.0;
        // Theory: −ln 204.8; the reference gives −5.31 with its differences.
        assert!((log_dimensionless_jerk(&speeds, rate).unwrap() + 5.32).abs() < 0.02);
        assert!((spectral_arc_length(&speeds, rate).unwrap() + 1.41).abs() < 0.01);
        let rippled: Vec<f64> = speeds
            .iter()
            .enumerate()
            .map(|(k, v)| v * (1.0 + 0.05 * (TAU * 4.0 * k as f64 / rate).sin()))
            .collect();
        assert!(log_dimensionless_jerk(&rippled, rate).unwrap() < -6.0);
        assert!((spectral_arc_length(&rippled, rate).unwrap() + 1.41).abs() < 0.05);
    }

    #[test]
    fn magnitudes_are_those_of_the_fourier_sum() {
        let values: Vec<f64> = (0..300).map(|k| f64::from(k * k % 97)).collect();
        let found = magnitudes(&values, 8192, 1001);
        assert_eq!(found.len(), 1002);
        for (bin, found) in found.iter().enumerate() {
            let turn = |k: usize| TAU * bin as f64 * k as f64 / 8192.0;
            let along = |of: fn(f64) -> f64| -> f64 {
                let terms = values.iter().enumerate().map(|(k, v)| v * of(turn(k)));
                terms.sum()
            };
            let summed = f64::hypot(along(f64::cos), along(f64::sin));
            assert!((found - summed).abs() < 1e-11 * values.iter().sum::<f64>());
        }
    }

    #[test]
    fn submovements_are_less_smooth_than_one_movement() {
        let bell = |k: i32, at: f64| (-((f64::from(k) * 0.01 - at) * 5.0).powi(2)).exp();
        let one: Vec<f64> = (0..200).map(|k| bell(k, 1.0)).collect();
        let two: Vec<f64> = (0..200).map(|k| bell(k, 0.5) + bell(k, 1.5)).collect();
        assert!(
            spectral_arc_length(&two, 100.0).unwrap()
                < spectral_arc_length(&one, 100.0).unwrap() - 0.5
        );
    }

    #[test]
    fn silence_has_no_smoothness() {
        assert_eq!(spectral_arc_length(&[0.0; 50], 100.0), None);
        assert_eq!(spectral_arc_length(&[1.0; 50], f64::NAN), None);
        assert_eq!(log_dimensionless_jerk(&[0.0; 50], 100.0), None);
        assert_eq!(log_dimensionless_jerk(&[1.0, 2.0], 100.0), None);
    }
}
