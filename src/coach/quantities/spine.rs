//! Pelvis against thorax.
//!
//! | quantity | formula | unit | needs | source |
//! |---|---|---|---|---|
//! | `lumflex_max_pct` | 100 · largest held lumflex / own full bend | % | two sensors, own full bend | exercises.md 2.2, 3.5 |
//! | `lumflex_end_pct` | −100 · smallest held lumflex / own full extension | % | two sensors, own full extension | 3.12, 3.18 |
//! | `lumflex_creep` | largest held lumflex − that of the set's first repetition | ° | two sensors | 3.4 |
//! | `pelvis_tuck` | largest fall of θ_P after the signal passed 80 % of its peak, until the far end is left | ° | a | 3.7 |
//! | `slope_gap` | \|θ_P − θ_P0\| − \|θ_T − θ_T0\|, means of the far end | ° | two sensors | 3.13 |
//! | `phase_corr` | Pearson's r of θ_T and θ_P | – | two sensors, 3° of range each | 3.12 |
//! | `rocking` | min(range θ_T, range θ_P) where r > 0, else 0 | ° | two sensors | 3.12 |
//! | `twist_gap` | largest held \|ψ_T − ψ_P\| since departure | ° | two gyroscopes, upright | 3.15 |

use super::tilt::{less_sure, lumflex, worth};
use super::trunk::{has_gyroscope, is_upright, pelvis, thorax};
use super::{RepView, Stretch};
use crate::coach::event::Measured;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;

/// The tuck is looked for beyond this share of the way out (exercises.md 3.7, SQ-WINK).
const DEEP_SHARE: f64 = 0.8;

/// With less range than this, degrees, two angles go together by chance: it is what breathing and noise give.
const LEAST_RANGE_DEG: f64 = 3.0;

pub(super) fn measure(quantity: Quantity, hold: f64, view: &RepView<'_>) -> Option<Measured> {
    let movement = view.movement();
    match quantity {
        Quantity::LumflexMaxPct => {
            let share = largest_lumflex(hold, view)? / view.lumflex_full_deg? * 100.0;
            worth(movement, less_sure, Some(share))
        }
        Quantity::LumflexEndPct => {
            let all = view.stretch(view.phases.start, view.hold_end);
            let share = -all.held_min(hold, lumflex)? / view.lumext_full_deg? * 100.0;
            worth(all, less_sure, Some(share))
        }
        Quantity::LumflexCreep => {
            let grown = largest_lumflex(hold, view)? - view.before.first_lumflex_deg?;
            worth(movement, less_sure, Some(grown))
        }
        Quantity::PelvisTuck => pelvis_tuck(view),
        Quantity::SlopeGap => slope_gap(view),
        Quantity::Rocking => {
            let together = correlation(movement).map_or(0.0, |r| {
                if r > 0.0 {
                    smaller_range(movement).unwrap_or(0.0)
                } else {
                    0.0
                }
            });
            smaller_range(movement)?;
            worth(movement, less_sure, Some(together))
        }
        Quantity::PhaseCorr => worth(movement, less_sure, correlation(movement)),
        Quantity::TwistGap => twist_gap(hold, view),
        _ => None,
    }
}

/// Largest held lumbar flexion, degrees.
pub(super) fn largest_lumflex(hold: f64, view: &RepView<'_>) -> Option<f64> {
    view.movement().held_max(hold, lumflex)
}

/// θ_T and θ_P, degrees.
fn thetas(point: &TracePoint) -> Option<(f64, f64)> {
    let (thorax, pelvis) = (point.moment.thorax?, point.moment.pelvis?);
    Some((thorax.theta.degrees(), pelvis.theta.degrees()))
}

fn pelvis_tuck(view: &RepView<'_>) -> Option<Measured> {
    let movement = view.movement();
    let signal = |point: &TracePoint| point.signal_deg;
    let peak = movement.points.iter().map(signal).fold(0.0, f64::max);
    let is_deep = |point: &&TracePoint| point.signal_deg >= DEEP_SHARE * peak;
    let from = movement.points.iter().find(is_deep)?.at();
    let deep = view.stretch(from, view.phases.left.max(view.phases.turn));
    let (mut highest, mut fall) = (f64::NEG_INFINITY, None);
    for tilt in deep.points.iter().filter_map(|point| point.moment.pelvis) {
        let theta = tilt.theta.degrees();
        highest = highest.max(theta);
        fall = Some(fall.unwrap_or(0.0_f64).max(highest - theta));
    }
    worth(deep, |point| point.moment.pelvis, fall)
}

fn slope_gap(view: &RepView<'_>) -> Option<Measured> {
    const AT_TURN_SECS: f64 = 0.1;
    let (thorax0, pelvis0) = (view.neutral.thorax?.0, view.neutral.pelvis?.0);
    let (turn, phases) = (view.phases.turn, &view.phases);
    let far = view.stretch(
        phases.arrived.min(turn.plus_seconds(-AT_TURN_SECS)),
        phases.left.max(turn.plus_seconds(AT_TURN_SECS)),
    );
    let pelvis = far.mean(|p| Some((p.moment.pelvis?.theta - pelvis0).wrapped().degrees()))?;
    let thorax = far.mean(|p| Some((p.moment.thorax?.theta - thorax0).wrapped().degrees()))?;
    worth(far, less_sure, Some(pelvis.abs() - thorax.abs()))
}

fn smaller_range(stretch: Stretch<'_>) -> Option<f64> {
    let of_thorax = stretch.range(|point| Some(thetas(point)?.0))?;
    let of_pelvis = stretch.range(|point| Some(thetas(point)?.1))?;
    Some(of_thorax.min(of_pelvis))
}

/// Pearson's correlation of θ_T with θ_P; `None` where one of them hardly moves.
fn correlation(stretch: Stretch<'_>) -> Option<f64> {
    if smaller_range(stretch)? < LEAST_RANGE_DEG {
        return None;
    }
    let thorax = stretch.mean(|point| Some(thetas(point)?.0))?;
    let pelvis = stretch.mean(|point| Some(thetas(point)?.1))?;
    let sum = |of: fn(f64, f64) -> f64| {
        stretch.mean(|point| {
            let (t, p) = thetas(point)?;
            Some(of(t - thorax, p - pelvis))
        })
    };
    let spread = (sum(|t, _| t * t)? * sum(|_, p| p * p)?).sqrt();
    Some(sum(|t, p| t * p)? / spread)
}

fn twist_gap(hold: f64, view: &RepView<'_>) -> Option<Measured> {
    let movement = view.movement();
    let first = movement.points.first()?;
    let (start_t, start_p) = (first.moment.thorax?.heading, first.moment.pelvis?.heading);
    let apart = |point: &TracePoint| {
        let (thorax, pelvis) = (point.moment.thorax?, point.moment.pelvis?);
        let gap = (thorax.heading - start_t) - (pelvis.heading - start_p);
        (is_upright(&thorax) && is_upright(&pelvis)).then(|| gap.degrees().abs())
    };
    let has_both = has_gyroscope(movement, thorax) && has_gyroscope(movement, pelvis);
    has_both
        .then(|| worth(movement, less_sure, movement.held_max(hold, apart)))
        .flatten()
}
