//! How smooth.

use std::f64::consts::TAU;

use super::RepView;
use crate::coach::event::Measured;
use crate::exercise::Effort;

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
    let secs = stretch
        .points
        .last()?
        .at()
        .seconds_since(stretch.points.first()?.at());
    let rate = (stretch.points.len() - 1) as f64 / secs;
    let block = (rate / WORKING_HERTZ).round().max(1.0) as usize;
    let speeds: Vec<f64> = stretch
        .speeds
        .chunks(block)
        .map(|speeds| (speeds.iter().sum::<f64>() / speeds.len() as f64).abs())
        .collect();
    stretch.measured(spectral_arc_length(&speeds, rate / block as f64)?)
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
    }
}
