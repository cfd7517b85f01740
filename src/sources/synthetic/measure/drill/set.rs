//! Whole sets.

use crate::input::Side;
use crate::recording::truth::{TrueRep, TrueSet};
use crate::sources::synthetic::drill::counted::counting;
use crate::sources::synthetic::drill::signal::{Place, Signal};
use crate::sources::synthetic::drill::{Act, Drill, Reps};
use crate::sources::synthetic::measure::sets::{first_and_last, set_faults, slopes, velocity_loss};
use crate::sources::synthetic::measure::{Quantities, largest, mean, median, sampled, smallest};
use crate::sources::synthetic::script::Script;

pub(in crate::sources::synthetic::measure) fn true_set(
    script: &Script<'_>,
    drill: &Drill,
    set: u32,
    reps: &[TrueRep],
) -> TrueSet {
    let reps: Vec<&TrueRep> = reps.iter().filter(|rep| rep.set == set).collect();
    let of = |name: &str| -> Vec<f64> {
        reps.iter()
            .filter_map(|rep| rep.quantities.get(name).copied())
            .collect()
    };
    let on = |side: Side, name: &str| -> Vec<f64> {
        let of_side = reps.iter().filter(|rep| rep.side == Some(side));
        of_side
            .filter_map(|rep| rep.quantities.get(name).copied())
            .collect()
    };
    let mut q = Quantities::new();
    let mut put = |name: &str, value: Option<f64>| value.map(|v| q.insert(name.to_owned(), v));
    put(
        "rom_loss",
        first_and_last(&of("rom")).map(|(a, b)| 100.0 * (a - b) / a),
    );
    put("tempo_trend", tempo_trend(&of("t_raise")));
    put("velocity_loss", velocity_loss(&of("speed_mean_raise")));
    let growth = |name: &str| first_and_last(&of(name)).map(|(a, b)| b - a);
    put("trunk_level_growth", growth("trunk_level"));
    put("tilt_growth", growth("trunk_side"));
    put("lumflex_growth", growth("lumflex_turn"));
    put("top_rise", growth("top_level"));
    let arch = growth("pelvis_tilt_max")
        .into_iter()
        .chain(growth("pelvis_roll"));
    put("arch_growth", arch.reduce(f64::max));
    let bias = of("side_at_turn");
    put("side_bias", (!bias.is_empty()).then(|| mean(&bias).abs()));
    if drill.alternates_sides() {
        let count = |side| reps.iter().filter(|rep| rep.side == Some(side)).count() as f64;
        put(
            "side_count_gap",
            Some((count(Side::Left) - count(Side::Right)).abs()),
        );
        let index = |name: &str, least: usize| {
            symmetry(&on(Side::Left, name), &on(Side::Right, name), least)
        };
        put("rom_symmetry", index("rom", 4));
        put("time_symmetry", index("t_raise", 4));
        put("hold_time_symmetry", index("hold_time", 1));
    }
    if let Act::Reps(table) = &drill.act
        && let Some(&(from, to)) = script.stage.finals.get(set as usize - 1)
    {
        put("final_hold", Some(to - from));
        put(
            "final_level_pct",
            final_level(script, table, set, (from, to), &of("peak"), &of("top_min")),
        );
    }
    if set > 1 {
        put("slip", Some(script.scenario.slip_degrees()));
        put("neutral_shift", Some(script.scenario.slip_degrees().abs()));
    }
    TrueSet {
        set,
        start: reps.first().map_or(0.0, |rep| rep.start),
        end: reps.last().map_or(0.0, |rep| rep.end),
        faults: set_faults(script.scenario, set),
        quantities: q,
    }
}

/// Median slope of the raise time per repetition, percent of its median.
fn tempo_trend(times: &[f64]) -> Option<f64> {
    (times.len() >= 6).then(|| 100.0 * median(&slopes(times)) / median(times))
}

/// |R - L| over their mean, of the medians, percent.
fn symmetry(left: &[f64], right: &[f64], least: usize) -> Option<f64> {
    if left.len() < least || right.len() < least {
        return None;
    }
    let (left, right) = (median(left), median(right));
    Some((100.0 * (right - left) / (0.5 * (right + left))).abs())
}

/// The last position, in percent of the way from the tall end down to the far one.
fn final_level(
    script: &Script<'_>,
    reps: &Reps,
    set: u32,
    (from, to): (f64, f64),
    peaks: &[f64],
    tops: &[f64],
) -> Option<f64> {
    let (_, signal, placement) = counting(reps, script.scenario);
    let value =
        |place: &Place, signal: Signal, t: f64| signal.value(&script.movement, placement, place, t);
    let pose = script.start_poses.get(set as usize - 1)?;
    let place = Place::mean(
        &script.movement,
        placement,
        &super::paths::times(pose.0, pose.1),
    );
    let level = mean(&sampled(from, to, |t| value(&place, signal, t)));
    let (low, tall) = (median(peaks), median(tops));
    let span = low - tall;
    (largest(peaks) > smallest(tops) && span.abs() > 1e-6).then(|| 100.0 * (level - tall) / span)
}
