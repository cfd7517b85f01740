//! How smooth a movement is.

use std::f64::consts::TAU;

/// Highest frequency that counts, Hz.
const HIGHEST_HERTZ: f64 = 10.0;
/// Smallest share of the largest magnitude that counts.
const SMALLEST: f64 = 0.05;

/// Spectral arc length of a speed, sampled at `rate` Hz: about -1.4 for one smooth move, lower for a
/// rougher one (Balasubramanian et al. 2015, J NeuroEng Rehabil 12:112). `NaN` where nothing moves.
pub(super) fn sparc(speed: &[f64], rate: f64) -> f64 {
    let padded = speed.len().max(1).next_power_of_two() * 16;
    let step = rate / padded as f64;
    let bins = (HIGHEST_HERTZ / step) as usize;
    let spectrum: Vec<f64> = (0..=bins)
        .map(|bin| magnitude(speed, TAU * bin as f64 / padded as f64))
        .collect();
    let largest = spectrum.iter().copied().fold(0.0, f64::max);
    let counts = |m: &f64| *m >= SMALLEST * largest;
    let (Some(first), Some(last)) = (
        spectrum.iter().position(counts),
        spectrum.iter().rposition(counts),
    ) else {
        return f64::NAN;
    };
    let width = (last - first).max(1) as f64;
    let arc = |pair: &[f64]| (1.0 / width).hypot((pair[1] - pair[0]) / largest);
    -spectrum[first..=last].windows(2).map(arc).sum::<f64>()
}

fn magnitude(values: &[f64], radians_per_step: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    // A rotating phasor instead of a sine for every value.
    let (sin, cos) = radians_per_step.sin_cos();
    let (mut x, mut y) = (1.0, 0.0);
    for value in values {
        re += value * x;
        im += value * y;
        (x, y) = (x * cos - y * sin, x * sin + y * cos);
    }
    f64::hypot(re, im)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        let speed: Vec<f64> = (-100..100)
            .map(|i| (-5.0 * (f64::from(i) / 100.0).powi(2)).exp())
            .collect();
        assert!((sparc(&speed, 100.0) + 1.41403).abs() < 1e-4);
    }
}
