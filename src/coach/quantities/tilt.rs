//! How trunk and pelvis lay: to the side, around, and against each other.
//!
//! | quantity | formula | unit | needs | source |
//! |---|---|---|---|---|
//! | `side_max` | largest held \|σ − σ0\| of the counting trunk sensor | ° | a | exercises.md 7.1 |
//! | `twist_max` | largest held \|ψ\| since departure, likewise | ° | gyroscope, upright | 7.1 |
//! | `pelvis_roll`, `thorax_roll` | largest held \|σ − σ0\| | ° | that sensor | 3.2 |
//! | `scissors` | largest held difference of both rolls | ° | two sensors | 3.2 |
//! | `pelvis_tilt_max`, `…_min` | largest, smallest held θ_P − θ_P0 | ° | a | 3.2 |
//! | `thorax_pitch` | largest held \|θ_T − θ_T0\| | ° | a | 3.2 |
//! | `lumflex_min` | smallest held (θ_T − θ_P) against standing | ° | two sensors | 2.2 |
//! | `lumflex_change` | largest held change of it from the start pose | ° | two sensors | 3.2 |
//! | `lumflex_turn_pct` | 100 · mean of ± 0.1 s at the turn / own full bend | % | two sensors, own full bend | 2.2, 3.5 |
//! | `pelvis_share` | range θ_P / range θ_T | – | two sensors, 20° of θ_T | 7.1 |

use super::trunk::{Pick, pelvis, thorax, twist};
use super::{RepView, Stretch};
use crate::coach::event::Measured;
use crate::coach::moment::Tilt;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;
use crate::input::Segment;
use crate::motion::Validity;

/// With less range of the thorax than this, degrees, the share of the pelvis is a quotient of small numbers.
const LEAST_RANGE_DEG: f64 = 20.0;

/// How long around the turn the lumbar angle is averaged, seconds.
const AT_TURN_SECS: f64 = 0.1;

pub(super) fn measure(quantity: Quantity, hold: f64, view: &RepView<'_>) -> Option<Measured> {
    let movement = view.movement();
    match quantity {
        Quantity::SideMax => {
            let (_, sigma0) = view.counting_neutral();
            let side = |point: &TracePoint| {
                Some((view.counting_tilt(point)?.sigma - sigma0).degrees().abs())
            };
            worth(
                movement,
                |point| view.counting_tilt(point),
                movement.held_max(hold, side),
            )
        }
        Quantity::TwistMax => twist(hold, view, counting(view)),
        Quantity::PelvisRoll => {
            let (_, sigma0) = view.neutral.pelvis?;
            let roll =
                |point: &TracePoint| Some((point.moment.pelvis?.sigma - sigma0).degrees().abs());
            worth(
                movement,
                |point| point.moment.pelvis,
                movement.held_max(hold, roll),
            )
        }
        Quantity::ThoraxRoll => {
            let (_, sigma0) = view.neutral.thorax?;
            let roll =
                |point: &TracePoint| Some((point.moment.thorax?.sigma - sigma0).degrees().abs());
            worth(
                movement,
                |point| point.moment.thorax,
                movement.held_max(hold, roll),
            )
        }
        Quantity::Scissors => {
            let (offset_t, offset_p) = (view.neutral.thorax?.1, view.neutral.pelvis?.1);
            let apart = |point: &TracePoint| {
                let thorax = point.moment.thorax?.sigma - offset_t;
                let pelvis = point.moment.pelvis?.sigma - offset_p;
                Some((thorax - pelvis).degrees().abs())
            };
            worth(movement, less_sure, movement.held_max(hold, apart))
        }
        Quantity::PelvisTiltMax => worth(
            movement,
            |point| point.moment.pelvis,
            movement.held_max(hold, |point| pelvis_tilt(view, point)),
        ),
        Quantity::PelvisTiltMin => worth(
            movement,
            |point| point.moment.pelvis,
            movement.held_min(hold, |point| pelvis_tilt(view, point)),
        ),
        Quantity::ThoraxPitch => {
            let (theta0, _) = view.neutral.thorax?;
            let pitch = |point: &TracePoint| {
                Some(
                    (point.moment.thorax?.theta - theta0)
                        .wrapped()
                        .degrees()
                        .abs(),
                )
            };
            worth(
                movement,
                |point| point.moment.thorax,
                movement.held_max(hold, pitch),
            )
        }
        Quantity::LumflexMin => {
            // The far end of a superman is as much an extension as the top of a bench repetition.
            let all = view.stretch(view.phases.start, view.hold_end);
            worth(all, less_sure, all.held_min(hold, lumflex))
        }
        Quantity::LumflexTurnPct => {
            let around = around_turn(view);
            let share = around.mean(lumflex)? / view.lumflex_full_deg? * 100.0;
            worth(around, less_sure, Some(share))
        }
        Quantity::LumflexChange => {
            let start = (view.neutral.thorax?.0 - view.neutral.pelvis?.0)
                .wrapped()
                .degrees();
            let change = |point: &TracePoint| lumflex(point).map(|now| (now - start).abs());
            worth(movement, less_sure, movement.held_max(hold, change))
        }
        Quantity::PelvisShare => {
            let thorax = movement.range(|point| Some(point.moment.thorax?.theta.degrees()))?;
            let pelvis = movement.range(|point| Some(point.moment.pelvis?.theta.degrees()))?;
            let share = (thorax >= LEAST_RANGE_DEG).then(|| pelvis / thorax);
            worth(movement, less_sure, share)
        }
        _ => None,
    }
}

/// The moments around the turn.
fn around_turn<'a>(view: &'a RepView<'_>) -> Stretch<'a> {
    let turn = view.phases.turn;
    view.stretch(
        turn.plus_seconds(-AT_TURN_SECS),
        turn.plus_seconds(AT_TURN_SECS),
    )
}

/// σ − σ0 at the far end, degrees, signed.
pub(super) fn side_at_turn(view: &RepView<'_>) -> Option<f64> {
    let (_, sigma0) = view.counting_neutral();
    around_turn(view).mean(|point| Some((view.counting_tilt(point)?.sigma - sigma0).degrees()))
}

/// Lumbar flexion at the far end, degrees.
pub(super) fn lumflex_at_turn(view: &RepView<'_>) -> Option<f64> {
    around_turn(view).mean(lumflex)
}

/// Lumbar flexion against standing, degrees: θ_T − θ_P, for both are 0 while standing.
pub(super) fn lumflex(point: &TracePoint) -> Option<f64> {
    Some(
        (point.moment.thorax?.theta - point.moment.pelvis?.theta)
            .wrapped()
            .degrees(),
    )
}

fn pelvis_tilt(view: &RepView<'_>, point: &TracePoint) -> Option<f64> {
    let (theta0, _) = view.neutral.pelvis?;
    Some((point.moment.pelvis?.theta - theta0).wrapped().degrees())
}

/// The less certain one of thorax and pelvis.
pub(super) fn less_sure(point: &TracePoint) -> Option<Tilt> {
    let (thorax, pelvis) = (point.moment.thorax?, point.moment.pelvis?);
    Some(if thorax.validity > pelvis.validity {
        thorax
    } else {
        pelvis
    })
}

/// A value with the validity of the segment it came from.
pub(super) fn worth(
    stretch: Stretch<'_>,
    tilt: impl Fn(&TracePoint) -> Option<Tilt>,
    value: Option<f64>,
) -> Option<Measured> {
    let value = value.filter(|value| value.is_finite())?;
    let validity = stretch.validity(|point| tilt(point).map(|tilt| tilt.validity));
    (validity != Validity::Invalid).then_some(Measured { value, validity })
}

/// The trunk segment that follows the count, as [`RepView::counting_tilt`] has it.
fn counting(view: &RepView<'_>) -> Pick {
    match view.counting {
        Segment::Thorax => thorax,
        Segment::Pelvis => pelvis,
        _ if view.neutral.pelvis.is_some() => pelvis,
        _ => thorax,
    }
}
