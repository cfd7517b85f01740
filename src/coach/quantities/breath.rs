//! Breathing, from the slow tilt of chest or belly.
//!
//! | quantity | formula | unit | source |
//! |---|---|---|---|
//! | `breath_rate` | 60 / lag of the autocorrelation's first high peak, of the first principal component of θ and σ | 1/min | Hostrup et al. 2025, Physiol Meas 46:035005, as read in exercises.md 4.6 |
//! | `breath_ratio` | median time from full to empty over median time from empty to full | – | 4.6 BT-RATIO |
//! | `breath_motion` | RMS \|a_lin\| | m/s² | 4.6 BT-STILL |
//! | `breath_belly` | RMS of that component at the pelvis or belly over that at the chest | – | 4.6 BT-BELLY |
//!
//! θ and σ are the gravity part of the three axes of acceleration; what they do not hold is no tilt. Band 0.05 to
//! 1 Hz. Of the last 2 min: windows of 60 s, each beginning 30 s after the one before, shorter holds as one window of at least 30 s; the
//! median over the windows. Nothing is said where the body moves besides (above 0.3 m/s²), where the component is
//! below a hundredth of a degree, or where it does not repeat itself.
//!
//! Filling tips the chest back: the lower end of the breastbone goes further forward than the upper one. Which way the
//! belly tips depends on whether the sensor sits above or below its height, so that its ratio is not told.

use super::held::{HoldView, evenly};
use super::tilt::{less_sure, worth};
use super::trunk::{Pick, pelvis, thorax};
use super::{Stretch, blurred};
use crate::coach::event::Measured;
use crate::coach::reps::median;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;
use crate::input::Segment;
use std::f64::consts::{LN_2, TAU};

/// The grid, seconds: ten times the fastest breath that is looked for.
const STEP_SECS: f64 = 0.1;

/// One window, seconds, the least, and how far the next one begins later.
const WINDOW_SECS: f64 = 60.0;
const LEAST_SECS: f64 = 30.0;
const HOP_SECS: f64 = 30.0;

/// Of a longer hold its last part is looked at, seconds: the trace is thinned out further back, and what counts is how
/// the wearer breathes once they have settled.
const LATEST_SECS: f64 = 120.0;

/// The band, Hz: 3 to 60 breaths a minute.
const BAND: [f64; 2] = [0.05, 1.0];

/// More movement hides breathing, m/s² (exercises.md 4.6, BT-STILL).
const MOST_MOTION: f64 = 0.3;

/// A smaller tilt is noise, degrees (RMS).
const LEAST_TILT_DEG: f64 = 0.01;

/// What repeats itself has at least this correlation with itself one breath later; noise that was filtered into the
/// band reaches 0.3.
const LEAST_REPEAT: f64 = 0.4;

/// The first peak of this share of the highest one is the breath; later ones are two and three breaths.
const FIRST_SHARE: f64 = 0.8;

pub(super) fn measure(quantity: Quantity, view: &HoldView<'_>) -> Option<Measured> {
    let pick = view.pick();
    let of = |point: &TracePoint| pick(&point.moment);
    let middle = view.latest(LATEST_SECS)?;
    let motion = middle
        .mean(|point| Some(of(point)?.shake.powi(2)))
        .map(f64::sqrt)?;
    if quantity == Quantity::BreathMotion {
        return worth(middle, of, Some(motion));
    }
    if motion > MOST_MOTION {
        return None;
    }
    match quantity {
        Quantity::BreathRate => worth(middle, of, rate(middle, pick)),
        Quantity::BreathRatio if view.tested == Segment::Thorax => {
            worth(middle, of, ratio(middle, pick))
        }
        Quantity::BreathBelly => {
            let belly = amplitude(middle, pelvis)?;
            worth(middle, less_sure, Some(belly / amplitude(middle, thorax)?))
        }
        _ => None,
    }
}

/// One component of breathing on an even grid.
struct Wave {
    /// Degrees, mean 0.
    values: Vec<f64>,
    /// Its share of θ, -1 to 1.
    of_theta: f64,
}

/// θ and σ within the band, along the line on which they vary most.
fn wave(stretch: Stretch<'_>, pick: Pick) -> Option<Wave> {
    let theta = evenly(stretch, STEP_SECS, |p| {
        Some(pick(&p.moment)?.theta.degrees())
    })?;
    let sigma = evenly(stretch, STEP_SECS, |p| {
        Some(pick(&p.moment)?.sigma.degrees())
    })?;
    let (theta, sigma) = (in_band(&theta), in_band(&sigma));
    let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let (tt, ss, ts) = (
        product(&theta, &theta),
        product(&sigma, &sigma),
        product(&theta, &sigma),
    );
    // The axis of largest variance of two variables, in closed form.
    let angle = 0.5 * (2.0 * ts).atan2(tt - ss);
    let (sin, cos) = angle.sin_cos();
    let values: Vec<f64> = theta
        .iter()
        .zip(&sigma)
        .map(|(t, s)| t * cos + s * sin)
        .collect();
    let rms = (product(&values, &values) / values.len() as f64).sqrt();
    (rms >= LEAST_TILT_DEG).then_some(Wave {
        values,
        of_theta: cos,
    })
}

fn in_band(values: &[f64]) -> Vec<f64> {
    // What such a normal curve passes has lost half of its power at the limit.
    let width = |hertz: f64| LN_2.sqrt() / (TAU * hertz) / STEP_SECS;
    let [slow, fast] = BAND;
    let smooth = blurred(values, width(fast));
    let drift = blurred(values, width(slow));
    smooth.iter().zip(&drift).map(|(v, d)| v - d).collect()
}

fn rate(stretch: Stretch<'_>, pick: Pick) -> Option<f64> {
    let wave = wave(stretch, pick)?;
    let steps = |secs: f64| (secs / STEP_SECS) as usize;
    let (window, hop) = (steps(WINDOW_SECS), steps(HOP_SECS));
    // The middle of a hold is a second shorter than the hold.
    if wave.values.len() < steps(LEAST_SECS - 1.0) {
        return None;
    }
    let window = window.min(wave.values.len());
    let rates = wave
        .values
        .windows(window)
        .step_by(hop)
        .filter_map(breath_secs)
        .map(|secs| 60.0 / secs)
        .collect();
    median(rates)
}

/// The time of one breath, from the autocorrelation.
fn breath_secs(values: &[f64]) -> Option<f64> {
    let power = values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
    let [slow, fast] = BAND;
    let (first, last) = (
        (1.0 / fast / STEP_SECS) as usize,
        ((1.0 / slow / STEP_SECS) as usize).min(values.len() * 2 / 3),
    );
    let repeat = |lag: usize| {
        let pairs = values[lag..].iter().zip(values);
        pairs.map(|(a, b)| a * b).sum::<f64>() / (values.len() - lag) as f64 / power
    };
    let found: Vec<f64> = (first - 1..=last + 1).map(repeat).collect();
    let peaks: Vec<usize> = (1..found.len() - 1)
        .filter(|&k| found[k] > found[k - 1] && found[k] >= found[k + 1])
        .collect();
    let highest = peaks.iter().map(|k| found[*k]).fold(0.0, f64::max);
    let peak = *peaks
        .iter()
        .find(|k| found[**k] >= (FIRST_SHARE * highest).max(LEAST_REPEAT))?;
    // The top of the parabola through the peak and its neighbors.
    let (before, at, after) = (found[peak - 1], found[peak], found[peak + 1]);
    let bend = before - 2.0 * at + after;
    let shift = if bend < 0.0 {
        0.5 * (before - after) / bend
    } else {
        0.0
    };
    Some(((first - 1 + peak) as f64 + shift) * STEP_SECS)
}

/// Breathing out over breathing in.
fn ratio(stretch: Stretch<'_>, pick: Pick) -> Option<f64> {
    /// Of what varies mostly sideways nobody knows which way is filling.
    const LEAST_OF_THETA: f64 = 0.5;
    let wave = wave(stretch, pick)?;
    if wave.of_theta.abs() < LEAST_OF_THETA || wave.values.len() < (LEAST_SECS / STEP_SECS) as usize
    {
        return None;
    }
    // Breathing that does not repeat itself is none.
    breath_secs(&wave.values)?;
    let filling: Vec<f64> = wave
        .values
        .iter()
        .map(|v| -v * wave.of_theta.signum())
        .collect();
    let rms = (filling.iter().map(|v| v * v).sum::<f64>() / filling.len() as f64).sqrt();
    let turns = turns(&filling, rms);
    let secs = |is_top: bool| {
        let ways = turns.windows(2).filter(|pair| pair[1].1 == is_top);
        median(ways.map(|pair| (pair[1].0 - pair[0].0) as f64).collect())
    };
    Some(secs(false)? / secs(true)?)
}

/// Tops and bottoms that lie at least `least` apart in height: index, and whether it is a top.
fn turns(values: &[f64], least: f64) -> Vec<(usize, bool)> {
    let mut turns = Vec::new();
    let (mut low, mut high) = (0, 0);
    let mut rises: Option<bool> = None;
    for k in 0..values.len() {
        if values[k] > values[high] {
            high = k;
        }
        if values[k] < values[low] {
            low = k;
        }
        if rises != Some(false) && values[high] - values[k] >= least {
            turns.push((high, true));
            (rises, low, high) = (Some(false), k, k);
        } else if rises != Some(true) && values[k] - values[low] >= least {
            turns.push((low, false));
            (rises, low, high) = (Some(true), k, k);
        }
    }
    turns
}

/// RMS of breathing at one place, degrees.
fn amplitude(stretch: Stretch<'_>, pick: Pick) -> Option<f64> {
    // The middle of a hold is a second shorter than the hold.
    if stretch.secs() < LEAST_SECS - 1.0 {
        return None;
    }
    let values = wave(stretch, pick)?.values;
    let squared: f64 = values.iter().map(|v| v * v).sum();
    Some((squared / values.len() as f64).sqrt())
}
