//! What only a whole set shows.
//!
//! "First" and "last" are three repetitions each; medians of sides need four a side.
//!
//! | quantity | formula | unit | source |
//! |---|---|---|---|
//! | `rom_loss` | 100 · (mean first − mean last) / mean first | % | exercises.md 7.1 |
//! | `velocity_loss` | 100 · (best of first − last) / best, of rom / t_raise | % | 7.1 |
//! | `tempo_trend` | Theil–Sen slope of t_raise / its median | % | 3.0.3 FTEMPO |
//! | `rom_trend`, `speed_trend` | Theil–Sen slope / median, where the sign is sure | %/rep | 7.1 `trend` |
//! | `rom_consistency`, `tempo_consistency` | 100 · SD / mean of rom, t_raise | % | 7.1 `consistency` |
//! | `…_growth`, `top_rise` | mean last − mean first | ° | 5.5 |
//! | `sparc_drop` | mean first − mean last, the worse effort | – | 5.5 |
//! | `…_symmetry` | 100 · \|R − L\| / ((R + L) / 2) of the medians | % | Robinson et al. 1987 |
//! | `form_fading` | number of signs that show: rom_loss ≥ 15, t_raise last ≥ 1.25 first, velocity_loss ≥ 20, tilt_growth ≥ 4, lumflex_growth ≥ 8, sparc_drop ≥ 0.4 | – | 5.5 |
//! | `final_level_pct` | 100 · (level after the last repetition − least top_min) / (median peak − least top_min) | % | 4.4 |
//! | `final_hold` | end of the set − end of the last repetition | s | 4.4 |

use std::collections::BTreeMap;

use super::trend;
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
    /// Time of the way out and the way back together.
    pub t_move: Option<f64>,
    /// Signal at the top.
    pub top_level: Option<f64>,
    /// Smallest held signal from the raise on.
    pub top_min: Option<f64>,
    /// Largest signal.
    pub peak: Option<f64>,
    /// Smoothness of lowering and raise, where a rule asks for it.
    pub sparc: [Option<f64>; 2],
    /// Mean θ of the trunk.
    pub trunk_level: Option<f64>,
    /// Side tilt of the trunk.
    pub trunk_side: Option<f64>,
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
    /// For a hold of its own: its time.
    pub held: Option<f64>,
}

impl RepRecord {
    /// What a set of holds remembers of each.
    pub fn of_hold(side: Option<Side>, secs: f64) -> RepRecord {
        RepRecord {
            side,
            held: Some(secs),
            ..RepRecord::default()
        }
    }
}

/// A set as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetView<'a> {
    /// Its repetitions or holds, in order.
    pub reps: &'a [RepRecord],
    /// How far the start pose moved since the set before, degrees.
    pub neutral_shift: Option<f64>,
    /// Time at rest since its last repetition, seconds, where it was seen.
    pub rest_secs: Option<f64>,
}

/// Repetitions that make up "the first" and "the last" of a set; they must not overlap.
const END_REPS: usize = 3;

/// Fewer repetitions of a side have no median worth comparing (exercises.md 3.2, BD-SYM).
const LEAST_SIDE_REPS: usize = 4;

/// Measures what can be measured of a set.
pub fn measure_set(view: &SetView<'_>) -> BTreeMap<Quantity, Measured> {
    let reps = view.reps;
    let found = [
        (
            Quantity::SideBias,
            mean(reps.iter().filter_map(|rep| rep.side_at_turn)).map(f64::abs),
        ),
        (Quantity::RomLoss, rom_loss(reps)),
        (Quantity::TempoTrend, tempo_trend(reps)),
        (Quantity::VelocityLoss, velocity_loss(reps)),
        (Quantity::TopRise, growth(reps, |rep| rep.top_level)),
        (Quantity::ArchGrowth, growth(reps, |rep| rep.arch)),
        (
            Quantity::LumflexGrowth,
            growth(reps, |rep| rep.lumflex_at_turn),
        ),
        (
            Quantity::TrunkLevelGrowth,
            growth(reps, |rep| rep.trunk_level),
        ),
        (Quantity::TiltGrowth, growth(reps, |rep| rep.trunk_side)),
        (Quantity::SparcDrop, sparc_drop(reps)),
        (Quantity::FormFading, form_fading(reps)),
        (Quantity::SideCountGap, side_count_gap(reps)),
        (Quantity::SideSymmetry, side_symmetry(reps)),
        (
            Quantity::RomSymmetry,
            symmetry(reps, LEAST_SIDE_REPS, |rep| {
                Some(rep.rom).filter(|_| rep.held.is_none())
            }),
        ),
        (
            Quantity::TimeSymmetry,
            symmetry(reps, LEAST_SIDE_REPS, |rep| rep.t_move),
        ),
        (
            Quantity::HoldTimeSymmetry,
            symmetry(reps, 1, |rep| rep.held),
        ),
        (Quantity::RomConsistency, spread(reps, |rep| Some(rep.rom))),
        (Quantity::TempoConsistency, spread(reps, |rep| rep.t_raise)),
        (Quantity::RomTrend, sure_trend(reps, |rep| Some(rep.rom))),
        (Quantity::SpeedTrend, sure_trend(reps, raise_speed)),
        (Quantity::FinalLevelPct, final_level(reps)),
        (
            Quantity::FinalHold,
            view.rest_secs.filter(|_| !reps.is_empty()),
        ),
        (Quantity::NeutralShift, view.neutral_shift),
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

/// Change from the first to the last repetitions.
fn growth(reps: &[RepRecord], of: impl Fn(&RepRecord) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = reps.iter().filter_map(of).collect();
    ends(&values).map(|(first, last)| last - first)
}

/// Values with their place in the set.
fn placed(reps: &[RepRecord], of: impl Fn(&RepRecord) -> Option<f64>) -> Vec<(f64, f64)> {
    reps.iter()
        .enumerate()
        .filter_map(|(k, rep)| Some((k as f64, of(rep)?)))
        .collect()
}

/// What `slope` finds, in percent of the median.
fn relative(points: &[(f64, f64)], slope: impl Fn(&[(f64, f64)]) -> Option<f64>) -> Option<f64> {
    let usual = median(points.iter().map(|(_, value)| *value).collect())?;
    (usual > 0.0)
        .then(|| Some(slope(points)? / usual * 100.0))
        .flatten()
}

/// Theil-Sen slope of the raise time in percent of its median per repetition.
fn tempo_trend(reps: &[RepRecord]) -> Option<f64> {
    let times = placed(reps, |rep| rep.t_raise);
    (times.len() >= 2 * END_REPS)
        .then(|| relative(&times, trend::slope))
        .flatten()
}

fn sure_trend(reps: &[RepRecord], of: impl Fn(&RepRecord) -> Option<f64>) -> Option<f64> {
    relative(&placed(reps, of), trend::sure_slope)
}

fn rom_loss(reps: &[RepRecord]) -> Option<f64> {
    let roms: Vec<f64> = reps.iter().map(|rep| rep.rom).collect();
    let (first, last) = ends(&roms)?;
    (first > 0.0).then(|| (first - last) / first * 100.0)
}

fn raise_speed(rep: &RepRecord) -> Option<f64> {
    Some(rep.rom / rep.t_raise.filter(|secs| *secs > 0.0)?)
}

/// Loss of mean raise speed of the last repetition against the best of the first three, percent.
fn velocity_loss(reps: &[RepRecord]) -> Option<f64> {
    let speeds: Vec<f64> = reps.iter().filter_map(raise_speed).collect();
    let best = speeds.get(..END_REPS)?.iter().copied().fold(0.0, f64::max);
    let last = *speeds.get(END_REPS..)?.last()?;
    (best > 0.0).then(|| (best - last) / best * 100.0)
}

/// Loss of smoothness, of the effort that lost more.
fn sparc_drop(reps: &[RepRecord]) -> Option<f64> {
    let [lower, raise] = [0, 1].map(|effort| growth(reps, |rep| rep.sparc[effort]));
    let worse = match (lower, raise) {
        (Some(lower), Some(raise)) => lower.min(raise),
        (lower, raise) => lower.or(raise)?,
    };
    Some(-worse)
}

/// How many signs of tiring show (exercises.md 5.5); `None` where the set is too short for any.
fn form_fading(reps: &[RepRecord]) -> Option<f64> {
    let slower = || {
        let times: Vec<f64> = reps.iter().filter_map(|rep| rep.t_raise).collect();
        let (first, last) = ends(&times)?;
        (first > 0.0).then(|| (last - first) / first * 100.0)
    };
    let signs = [
        (rom_loss(reps), 15.0),
        (slower(), 25.0),
        (velocity_loss(reps), 20.0),
        (growth(reps, |rep| rep.trunk_side), 4.0),
        (growth(reps, |rep| rep.lumflex_at_turn), 8.0),
        (sparc_drop(reps), 0.4),
    ];
    (reps.len() >= 2 * END_REPS).then(|| {
        let shows = |(value, limit): &&(Option<f64>, f64)| value.is_some_and(|v| v >= *limit);
        signs.iter().filter(shows).count() as f64
    })
}

/// Standard deviation over mean, percent.
fn spread(reps: &[RepRecord], of: impl Fn(&RepRecord) -> Option<f64>) -> Option<f64> {
    const LEAST_REPS: usize = 5;
    let values: Vec<f64> = reps.iter().filter_map(of).collect();
    let middle = mean(values.iter().copied())?;
    let squared: f64 = values.iter().map(|value| (value - middle).powi(2)).sum();
    (values.len() >= LEAST_REPS && middle > 0.0)
        .then(|| (squared / (values.len() - 1) as f64).sqrt() / middle * 100.0)
}

/// The symmetry index of the medians of both sides, percent, without sign.
fn symmetry(
    reps: &[RepRecord],
    least_reps: usize,
    of: impl Fn(&RepRecord) -> Option<f64>,
) -> Option<f64> {
    let middle = |side| {
        let values: Vec<f64> = of_side(reps, side).filter_map(&of).collect();
        (values.len() >= least_reps)
            .then(|| median(values))
            .flatten()
    };
    let (left, right) = (middle(Side::Left)?, middle(Side::Right)?);
    let usual = (right + left) / 2.0;
    (usual > 0.0).then(|| 100.0 * (right - left).abs() / usual)
}

/// Where the signal stays after the last repetition, from its least (0) to its usual peak (100).
fn final_level(reps: &[RepRecord]) -> Option<f64> {
    let least = reps
        .iter()
        .filter_map(|rep| rep.top_min)
        .min_by(f64::total_cmp)?;
    let peak = median(reps.iter().filter_map(|rep| rep.peak).collect())?;
    let level = reps.last()?.top_level?;
    (peak > least).then(|| 100.0 * (level - least) / (peak - least))
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
    if of_side(reps, Side::Left).count() < LEAST_SIDE_REPS
        || of_side(reps, Side::Right).count() < LEAST_SIDE_REPS
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
        let view = SetView {
            reps,
            ..SetView::default()
        };
        measure_set(&view)
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

    #[test]
    fn sides_are_compared_by_their_medians() {
        let uneven = reps(8, |k| RepRecord {
            side: Some(if k % 2.0 == 0.0 {
                Side::Left
            } else {
                Side::Right
            }),
            rom: if k % 2.0 == 0.0 { 40.0 } else { 50.0 },
            t_move: Some(if k % 2.0 == 0.0 { 3.0 } else { 3.5 }),
            ..RepRecord::default()
        });
        assert!(
            (value(&uneven, Quantity::RomSymmetry).unwrap() - 10.0 / 45.0 * 100.0).abs() < 1e-9
        );
        assert!(
            (value(&uneven, Quantity::TimeSymmetry).unwrap() - 0.5 / 3.25 * 100.0).abs() < 1e-9
        );
        assert_eq!(value(&uneven[..7], Quantity::RomSymmetry), None);
        let holds = [
            RepRecord::of_hold(Some(Side::Left), 30.0),
            RepRecord::of_hold(Some(Side::Right), 24.0),
        ];
        let apart = value(&holds, Quantity::HoldTimeSymmetry).unwrap();
        assert!((apart - 6.0 / 27.0 * 100.0).abs() < 1e-9);
        assert_eq!(value(&holds[..1], Quantity::HoldTimeSymmetry), None);
    }

    #[test]
    fn an_even_set_is_consistent_and_an_uneven_one_is_not() {
        let of = |values: &[f64]| -> Vec<RepRecord> {
            values
                .iter()
                .map(|rom| RepRecord {
                    rom: *rom,
                    t_raise: Some(rom / 50.0),
                    ..RepRecord::default()
                })
                .collect()
        };
        assert_eq!(value(&of(&[70.0; 6]), Quantity::RomConsistency), Some(0.0));
        let uneven = of(&[60.0, 80.0, 60.0, 80.0, 70.0]);
        let expected = 100.0_f64.sqrt() / 70.0 * 100.0;
        assert!((value(&uneven, Quantity::RomConsistency).unwrap() - expected).abs() < 1e-9);
        assert!((value(&uneven, Quantity::TempoConsistency).unwrap() - expected).abs() < 1e-9);
        assert_eq!(value(&uneven[..4], Quantity::RomConsistency), None);
    }

    #[test]
    fn trends_are_told_only_where_they_are_sure() {
        let fading = reps(10, |k| RepRecord {
            rom: 80.0 - 2.0 * k,
            t_raise: Some(1.0),
            ..RepRecord::default()
        });
        assert!((value(&fading, Quantity::RomTrend).unwrap() + 2.0 / 71.0 * 100.0).abs() < 1e-9);
        assert!((value(&fading, Quantity::SpeedTrend).unwrap() + 2.0 / 71.0 * 100.0).abs() < 1e-9);
        let even = reps(10, |k| RepRecord {
            rom: 80.0 + (k * 7.0) % 5.0,
            t_raise: Some(1.0),
            ..RepRecord::default()
        });
        assert_eq!(value(&even, Quantity::RomTrend), None);
    }

    #[test]
    fn what_creeps_in_is_the_last_against_the_first() {
        let creeping = reps(8, |k| RepRecord {
            trunk_level: Some(60.0 - 2.0 * k),
            trunk_side: Some(3.0 + k),
            sparc: [Some(-1.5), Some(-1.4 - 0.1 * k)],
            ..RepRecord::default()
        });
        assert!((value(&creeping, Quantity::TrunkLevelGrowth).unwrap() + 10.0).abs() < 1e-9);
        assert!((value(&creeping, Quantity::TiltGrowth).unwrap() - 5.0).abs() < 1e-9);
        assert!((value(&creeping, Quantity::SparcDrop).unwrap() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn signs_of_tiring_are_counted() {
        let fresh = reps(8, |_| RepRecord {
            rom: 80.0,
            t_raise: Some(1.0),
            trunk_side: Some(3.0),
            ..RepRecord::default()
        });
        assert_eq!(value(&fresh, Quantity::FormFading), Some(0.0));
        let tired = reps(8, |k| RepRecord {
            rom: 80.0 - 5.0 * k,
            t_raise: Some(1.0 + 0.1 * k),
            trunk_side: Some(3.0 + 0.5 * k),
            ..RepRecord::default()
        });
        // Range, time and speed; the side tilt grew by 2.5° only.
        assert_eq!(value(&tired, Quantity::FormFading), Some(3.0));
        assert_eq!(value(&tired[..5], Quantity::FormFading), None);
    }

    #[test]
    fn the_last_position_lies_between_tallest_and_slump() {
        let drill = reps(5, |k| RepRecord {
            peak: Some(30.0),
            top_min: Some(if k == 4.0 { 0.0 } else { -2.0 }),
            top_level: Some(if k == 4.0 { 2.0 } else { -2.0 }),
            ..RepRecord::default()
        });
        assert!(
            (value(&drill, Quantity::FinalLevelPct).unwrap() - 4.0 / 32.0 * 100.0).abs() < 1e-9
        );
        let view = SetView {
            reps: &drill,
            rest_secs: Some(31.0),
            ..SetView::default()
        };
        assert_eq!(measure_set(&view)[&Quantity::FinalHold].value, 31.0);
    }
}
