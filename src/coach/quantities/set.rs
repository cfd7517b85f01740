//! What only a whole set shows.

use std::collections::BTreeMap;

use crate::coach::event::Measured;
use crate::coach::reps::median;
use crate::exercise::Quantity;
use crate::input::Side;
use crate::motion::Validity;

/// What a set remembers of each of its repetitions. Degrees, seconds, m/s².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RepRecord {
    /// Which side.
    pub side: Option<Side>,
    /// Travel of the signal.
    pub rom: f64,
    /// Time of the raise.
    pub t_raise: Option<f64>,
    /// Signal at the top.
    pub top_level: Option<f64>,
    /// σ − σ0 at the far end, signed.
    pub side_at_turn: Option<f64>,
    /// Lumbar flexion at the far end.
    pub lumflex_at_turn: Option<f64>,
    /// Largest held lumbar flexion.
    pub lumflex_max: Option<f64>,
    /// The larger of held pelvic tilt and roll.
    pub arch: Option<f64>,
    /// Roll of the pelvis, or of the thorax where that is not worn.
    pub roll: Option<f64>,
    /// Mean gravity-free acceleration of the hold.
    pub sway: Option<f64>,
    /// Time of the hold.
    pub hold: Option<f64>,
}

/// Repetitions that make up "the first" and "the last" of a set; they must not overlap.
const END_REPS: usize = 3;

/// Measures what can be measured of a set.
pub fn measure_set(reps: &[RepRecord], neutral_shift: Option<f64>) -> BTreeMap<Quantity, Measured> {
    let growth = |of: &dyn Fn(&RepRecord) -> Option<f64>| {
        let values: Vec<f64> = reps.iter().filter_map(of).collect();
        ends(&values).map(|(first, last)| last - first)
    };
    let roms: Vec<f64> = reps.iter().map(|rep| rep.rom).collect();
    let found = [
        (
            Quantity::SideBias,
            mean(reps.iter().filter_map(|rep| rep.side_at_turn)).map(f64::abs),
        ),
        (
            Quantity::RomLoss,
            ends(&roms)
                .and_then(|(first, last)| (first > 0.0).then(|| (first - last) / first * 100.0)),
        ),
        (Quantity::TempoTrend, tempo_trend(reps)),
        (Quantity::VelocityLoss, velocity_loss(reps)),
        (Quantity::TopRise, growth(&|rep| rep.top_level)),
        (Quantity::ArchGrowth, growth(&|rep| rep.arch)),
        (Quantity::LumflexGrowth, growth(&|rep| rep.lumflex_at_turn)),
        (Quantity::SideCountGap, side_count_gap(reps)),
        (Quantity::SideSymmetry, side_symmetry(reps)),
        (Quantity::NeutralShift, neutral_shift),
    ];
    let known = found
        .into_iter()
        .filter_map(|(quantity, value)| Some((quantity, value.filter(|v| v.is_finite())?)));
    known
        .map(|(quantity, value)| {
            (
                quantity,
                Measured {
                    value,
                    validity: Validity::Good,
                },
            )
        })
        .collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Mean of the first and of the last repetitions.
fn ends(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 * END_REPS {
        return None;
    }
    let first = mean(values[..END_REPS].iter().copied())?;
    let last = mean(values[values.len() - END_REPS..].iter().copied())?;
    Some((first, last))
}

/// Theil-Sen slope of the raise time in percent of its median per repetition.
fn tempo_trend(reps: &[RepRecord]) -> Option<f64> {
    let times: Vec<(f64, f64)> = reps
        .iter()
        .enumerate()
        .filter_map(|(k, rep)| Some((k as f64, rep.t_raise?)))
        .collect();
    if times.len() < 2 * END_REPS {
        return None;
    }
    let slopes = times.iter().enumerate().flat_map(|(k, (x1, y1))| {
        times[k + 1..]
            .iter()
            .map(move |(x2, y2)| (y2 - y1) / (x2 - x1))
    });
    let usual = median(times.iter().map(|(_, secs)| *secs).collect())?;
    (usual > 0.0)
        .then(|| median(slopes.collect()).map(|slope| slope / usual * 100.0))
        .flatten()
}

/// Loss of mean raise speed of the last repetition against the best of the first three, percent.
fn velocity_loss(reps: &[RepRecord]) -> Option<f64> {
    let speeds: Vec<f64> = reps
        .iter()
        .filter_map(|rep| Some(rep.rom / rep.t_raise.filter(|secs| *secs > 0.0)?))
        .collect();
    let best = speeds.get(..END_REPS)?.iter().copied().fold(0.0, f64::max);
    let last = *speeds.get(END_REPS..)?.last()?;
    (best > 0.0).then(|| (best - last) / best * 100.0)
}

fn of_side(reps: &[RepRecord], side: Side) -> impl Iterator<Item = &RepRecord> {
    reps.iter().filter(move |rep| rep.side == Some(side))
}

fn side_count_gap(reps: &[RepRecord]) -> Option<f64> {
    let (left, right) = (
        of_side(reps, Side::Left).count(),
        of_side(reps, Side::Right).count(),
    );
    // One sensor on one leg sees one side, and a roll that is too small tells none: neither is an uneven set.
    (left > 0 && right > 0 && left + right == reps.len()).then(|| left.abs_diff(right) as f64)
}

/// The worst symmetry index `100 (R − L) / ((R + L) / 2)` of the per-side medians of roll, sway and hold (Robinson
/// et al. 1987), among those whose sides also differ by 3°, 0.1 m/s² or 2 s: small numbers inflate percentages.
fn side_symmetry(reps: &[RepRecord]) -> Option<f64> {
    const LEAST_REPS: usize = 4;
    if of_side(reps, Side::Left).count() < LEAST_REPS
        || of_side(reps, Side::Right).count() < LEAST_REPS
    {
        return None;
    }
    let index = |of: fn(&RepRecord) -> Option<f64>, least: f64| {
        let left = median(of_side(reps, Side::Left).filter_map(of).collect())?;
        let right = median(of_side(reps, Side::Right).filter_map(of).collect())?;
        let (apart, middle) = ((right - left).abs(), (right + left) / 2.0);
        Some(if apart > least && middle > 0.0 {
            100.0 * apart / middle
        } else {
            0.0
        })
    };
    let indices = [
        index(|rep| rep.roll, 3.0),
        index(|rep| rep.sway, 0.1),
        index(|rep| rep.hold, 2.0),
    ];
    indices.into_iter().flatten().max_by(f64::total_cmp)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn reps(count: usize, rep: impl Fn(f64) -> RepRecord) -> Vec<RepRecord> {
        (0..count).map(|k| rep(k as f64)).collect()
    }

    fn value(reps: &[RepRecord], quantity: Quantity) -> Option<f64> {
        measure_set(reps, None)
            .get(&quantity)
            .map(|measured| measured.value)
    }

    #[test]
    fn a_fading_set_loses_range_and_speed() {
        let fading = reps(9, |k| RepRecord {
            rom: 80.0 - 4.0 * k,
            t_raise: Some(1.0 + 0.1 * k),
            ..RepRecord::default()
        });
        assert!((value(&fading, Quantity::RomLoss).unwrap() - 24.0 / 76.0 * 100.0).abs() < 1e-9);
        assert!((value(&fading, Quantity::TempoTrend).unwrap() - 0.1 / 1.4 * 100.0).abs() < 1e-9);
        assert!(
            (value(&fading, Quantity::VelocityLoss).unwrap() - (80.0 - 48.0 / 1.8) / 80.0 * 100.0)
                .abs()
                < 1e-9
        );
    }

    #[test]
    fn a_short_set_has_no_trend() {
        let short = reps(5, |_| RepRecord {
            rom: 80.0,
            t_raise: Some(1.0),
            ..RepRecord::default()
        });
        assert_eq!(value(&short, Quantity::RomLoss), None);
        assert_eq!(value(&short, Quantity::TempoTrend), None);
    }

    #[test]
    fn one_leg_alone_is_not_an_uneven_set() {
        let one = reps(6, |_| RepRecord {
            side: Some(Side::Left),
            ..RepRecord::default()
        });
        assert_eq!(value(&one, Quantity::SideCountGap), None);
        let mut both = one;
        both.push(RepRecord {
            side: Some(Side::Right),
            ..RepRecord::default()
        });
        assert_eq!(value(&both, Quantity::SideCountGap), Some(5.0));
    }
}
