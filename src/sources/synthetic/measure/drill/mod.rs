//! Repetitions and holds of the tables, as they became. Quantities have the names of the exercise files.

mod hold;
mod paths;
mod rep;
mod set;
mod trunk;

pub(super) use set::true_set;

use super::{Quantities, STEP};
use crate::input::{Placement, Segment};
use crate::recording::truth::TrueRep;
use crate::sources::synthetic::Scenario;
use crate::sources::synthetic::drill::{Act, Drill};
use crate::sources::synthetic::script::Script;

/// Every repetition or hold of the session.
pub(super) fn reps(script: &Script<'_>, drill: &'static Drill) -> Vec<TrueRep> {
    let mut reps: Vec<TrueRep> = match &drill.act {
        Act::Reps(reps) => rep::all(script, drill, reps),
        Act::Hold(hold) => hold::all(script, drill, hold),
    };
    creep(&mut reps);
    reps
}

/// What grows from the first repetition of a set.
fn creep(reps: &mut [TrueRep]) {
    let mut first: Option<(u32, f64)> = None;
    for rep in reps {
        let Some(&most) = rep.quantities.get("lumflex_most") else {
            continue;
        };
        let at_first = match first {
            Some((set, value)) if set == rep.set => value,
            _ => most,
        };
        first = Some((rep.set, at_first));
        rep.quantities
            .insert("lumflex_creep".to_owned(), most - at_first);
    }
}

/// The sensor of the trunk that is worn, the upper one before the lower; where none is, the upper back.
fn trunk_of(scenario: &Scenario) -> Placement {
    let mut worn: Vec<Placement> = scenario
        .sensors
        .iter()
        .map(|sensor| sensor.placement)
        .collect();
    worn.sort_by_key(|placement| match placement {
        Placement::T7 => 0,
        Placement::Sternum => 1,
        Placement::Sacrum => 2,
        Placement::FrontPelvis => 3,
        _ => 4,
    });
    match worn.first() {
        Some(first) if matches!(first.segment(), Segment::Thorax | Segment::Pelvis) => *first,
        _ => Placement::T7,
    }
}

/// The largest value that is kept for so long, s; of a shorter stretch its smallest.
fn kept(values: &[f64], secs: f64) -> f64 {
    let window = ((secs / STEP) as usize).clamp(1, values.len().max(1));
    values
        .windows(window)
        .map(|part| part.iter().copied().fold(f64::INFINITY, f64::min))
        .fold(f64::NEG_INFINITY, f64::max)
}

/// The largest |value| that is kept for so long on one side.
fn kept_abs(values: &[f64], secs: f64) -> f64 {
    let negative: Vec<f64> = values.iter().map(|value| -value).collect();
    kept(values, secs).max(kept(&negative, secs)).max(0.0)
}

/// The smallest value that is kept for so long.
fn kept_low(values: &[f64], secs: f64) -> f64 {
    let negative: Vec<f64> = values.iter().map(|value| -value).collect();
    -kept(&negative, secs)
}

/// How long an angle has to last to be held, s.
const HELD: f64 = 0.30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_counts_when_it_is_kept() {
        let mut values = vec![0.0; 200];
        values[20] = 9.0;
        values[50..150].fill(3.0);
        values[160..].fill(-5.0);
        assert_eq!(kept(&values, 0.3), 3.0);
        assert_eq!(kept(&values, STEP), 9.0);
        assert_eq!(kept_abs(&values, 0.15), 5.0);
        assert_eq!(kept_low(&values, 0.15), -5.0);
    }
}
