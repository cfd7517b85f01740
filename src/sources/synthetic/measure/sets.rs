//! Whole sets: trends, counts, the strap.

use super::{Quantities, largest, mean, median};
use crate::input::Side;
use crate::recording::truth::{TrueRep, TrueSet};
use crate::sources::synthetic::Scenario;
use crate::sources::synthetic::exercises::Exercise;
use crate::sources::synthetic::faults::Fault;
use crate::sources::synthetic::script::Script;

pub(super) fn true_set(script: &Script<'_>, set: u32, reps: &[TrueRep]) -> TrueSet {
    let reps: Vec<&TrueRep> = reps.iter().filter(|rep| rep.set == set).collect();
    let of = |name: &str| -> Vec<f64> {
        reps.iter()
            .filter_map(|rep| rep.quantities.get(name).copied())
            .collect()
    };
    let mut q = Quantities::new();
    let mut put = |name: &str, value: Option<f64>| value.map(|v| q.insert(name.to_owned(), v));
    put(
        "rom_loss",
        first_and_last(&of("rom")).map(|(a, b)| 100.0 * (a - b) / a),
    );
    put("top_drift", first_and_last(&of("top")).map(|(a, b)| b - a));
    put(
        "lumflex_drift",
        first_and_last(&of("lumflex_turn")).map(|(a, b)| b - a),
    );
    put("t_raise_slope", slope_percent(&of("t_raise")));
    put("velocity_loss", velocity_loss(&of("raise_speed")));
    let sides = of("side_at_turn");
    let bias = (!sides.is_empty()).then(|| mean(&sides));
    put("side_bias", bias);
    put("side_bias_abs", bias.map(f64::abs));
    let trend = |name: &str| first_and_last(&of(name)).map(|(a, b)| b - a);
    let tipping = trend("pelvis_pitch_max")
        .into_iter()
        .chain(trend("pelvis_roll_max"));
    put("pitch_or_roll_trend", tipping.reduce(f64::max));
    if script.scenario.exercise == Exercise::BirdDog {
        let count = |side| reps.iter().filter(|rep| rep.side == Some(side)).count() as f64;
        put(
            "side_difference",
            Some((count(Side::Left) - count(Side::Right)).abs()),
        );
    }
    if set > 1 {
        put("slip", Some(script.scenario.slip_degrees()));
    }
    TrueSet {
        set,
        start: reps.first().map_or(0.0, |rep| rep.start),
        end: reps.last().map_or(0.0, |rep| rep.end),
        faults: set_faults(script.scenario, set),
        quantities: q,
    }
}

pub(super) fn set_faults(scenario: &Scenario, set: u32) -> Vec<String> {
    let faults = scenario.faults_in(set, 0).map(|(fault, _)| fault);
    let of_set = faults
        .filter(|fault| scenario.is_of_set(*fault) && (*fault != Fault::StrapSlip || set > 1));
    of_set.map(|fault| fault.name().to_owned()).collect()
}

/// Means of the first three and the last three, where there are six or more.
pub(super) fn first_and_last(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len();
    (count >= 6).then(|| (mean(&values[..3]), mean(&values[count - 3..])))
}

/// Median of the slopes between all pairs, in percent of the mean of the first three per repetition.
fn slope_percent(values: &[f64]) -> Option<f64> {
    let (first, _) = first_and_last(values)?;
    Some(100.0 * median(&slopes(values)) / first)
}

/// The slopes between all pairs.
pub(super) fn slopes(values: &[f64]) -> Vec<f64> {
    let mut slopes = Vec::new();
    for (i, a) in values.iter().enumerate() {
        for (j, b) in values.iter().enumerate().skip(i + 1) {
            slopes.push((b - a) / (j - i) as f64);
        }
    }
    slopes
}

/// Loss of the last against the best of the first three, percent.
pub(super) fn velocity_loss(values: &[f64]) -> Option<f64> {
    let best = largest(values.get(..3)?);
    let last = values.last()?;
    Some(100.0 * (best - last) / best)
}
