//! The measures that are shown for each repetition.

use crate::coach::Plan;
use crate::exercise::{Kind, Quantity};
use crate::units::round_to;

use super::data::{Limit, RepReport, Strip};
use super::limits;
use super::numbers::{median, quantile};

/// The measures shown for each repetition; of several quantities the first that was measured.
const STRIPS: [(&str, &[Quantity]); 5] = [
    ("Range", &[Quantity::Rom]),
    ("Lowering", &[Quantity::TLower]),
    ("Raising", &[Quantity::TRaise]),
    ("Hold", &[Quantity::THold]),
    (
        "Side tilt",
        &[
            Quantity::SideMax,
            Quantity::PelvisRoll,
            Quantity::ThoraxRoll,
        ],
    ),
];

/// The same for each hold.
const HOLD_STRIPS: [(&str, &[Quantity]); 5] = [
    ("Time held", &[Quantity::HoldTime]),
    ("Sinking", &[Quantity::HoldThetaFall, Quantity::HoldAxisSag]),
    ("Drift", &[Quantity::HoldDrift]),
    (
        "Sideways",
        &[
            Quantity::HoldSide,
            Quantity::HoldSideAbs,
            Quantity::HoldRoll,
        ],
    ),
    (
        "Sway, breath",
        &[
            Quantity::BreathRate,
            Quantity::HoldSwayAcc,
            Quantity::HoldSwayAngle,
        ],
    ),
];

pub(super) fn strips(reps: &[RepReport], plan: &Plan) -> Vec<Strip> {
    let shown = match plan.exercise.kind {
        Kind::Hold => &HOLD_STRIPS,
        _ => &STRIPS,
    };
    let counting = plan.exercise.counting_signal(&limits::worn(plan));
    let counted_in = counting.map(|signal| signal.angle.unit());
    shown
        .iter()
        .map(|(name, candidates)| {
            let is_measured =
                |quantity: &Quantity| reps.iter().any(|rep| rep.measured.contains_key(quantity));
            let quantity = candidates
                .iter()
                .copied()
                .find(is_measured)
                .unwrap_or(candidates[0]);
            let values: Vec<Option<f64>> = reps.iter().map(|rep| value(rep, quantity)).collect();
            let there: Vec<f64> = reps
                .iter()
                .zip(&values)
                .filter(|(rep, _)| !rep.taken_back)
                .filter_map(|(_, value)| *value)
                .collect();
            let rounded = |value: Option<f64>| value.map(|value| round_to(value, 100.0));
            Strip {
                name,
                quantity,
                unit: counted_in
                    .filter(|_| quantity == Quantity::Rom)
                    .unwrap_or(quantity.unit()),
                median: rounded(median(&there)),
                p10: rounded(quantile(&there, 0.1)),
                p90: rounded(quantile(&there, 0.9)),
                limits: strip_limits(quantity, plan),
                values,
            }
        })
        .collect()
}

fn value(rep: &RepReport, quantity: Quantity) -> Option<f64> {
    let measured = rep.measured.get(&quantity).copied();
    match quantity {
        Quantity::Rom | Quantity::HoldTime => measured.or(Some(rep.rom_deg)),
        _ => measured,
    }
}

/// The limits of the rules; for the range also the full way, without which a repetition is partial.
fn strip_limits(quantity: Quantity, plan: &Plan) -> Vec<Limit> {
    let mut found = limits::on(&[quantity], plan);
    if quantity == Quantity::Rom {
        found.extend(limits::full_range(plan));
    }
    found
}
