//! How steady the pause at the far end was, and where the limb was.
//!
//! | quantity | formula | unit | needs | source |
//! |---|---|---|---|---|
//! | `limb_elev_max`, `limb_elev_hold` | largest held; mean of the pause of the limb's elevation | ° | limb sensor | exercises.md 2.2, 3.2 |
//! | `thigh_forward` | largest held turn from hanging down | ° | thigh sensor | 3.3 |
//! | `hold_breaks` | times the pause was left and found again | – | limb or pelvis | 3.2 |
//! | `sway_acc` | mean \|a_lin\| of the pause without 0.5 s at each end | m/s² | a, 3 s | 7.1 |
//! | `sway_angle` | √mean((x − mean x)²) of σ, θ there, the larger | ° | a, 3 s | 7.1 `sway_rms` |

use super::{RepView, Stretch};
use crate::coach::event::Measured;
use crate::coach::reps::median;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;

/// Both ends of a hold still belong to the movement, seconds (exercises.md 4.1).
pub(super) const CUT_SECS: f64 = 0.5;

/// Sway of a shorter hold says nothing, seconds (BD-SWAY1).
const LEAST_SWAY_SECS: f64 = 3.0;

/// A limb that sinks by this much has left the hold, degrees (BD-LOST).
const LIMB_LOST_DEG: f64 = 15.0;

/// A pelvis that moves by this much has left the hold, degrees (BD-LOST).
const PELVIS_LOST_DEG: f64 = 8.0;

pub(super) fn measure(
    quantity: Quantity,
    persistence_secs: f64,
    view: &RepView<'_>,
) -> Option<Measured> {
    let (movement, far_end) = (view.movement(), view.far_end());
    let elevation = |point: &TracePoint| Some(point.moment.limb?.theta.degrees());
    match quantity {
        Quantity::LimbElevMax => movement.measured(movement.held_max(persistence_secs, elevation)?),
        Quantity::LimbElevHold => far_end.measured(far_end.mean(elevation)?),
        Quantity::ThighForward => {
            let forward = |point: &TracePoint| Some(point.moment.limb?.from_standing?.degrees());
            movement.measured(movement.held_max(persistence_secs, forward)?)
        }
        Quantity::HoldBreaks => breaks(far_end),
        Quantity::SwayAcc => {
            let middle = middle(view)?;
            middle.measured(
                middle.mean(|point| Some(point.moment.pelvis.or(point.moment.thorax)?.shake))?,
            )
        }
        Quantity::SwayAngle => {
            let middle = middle(view)?;
            let trunk = |point: &TracePoint| point.moment.pelvis.or(point.moment.thorax);
            let sigma = middle.deviation(|point| Some(trunk(point)?.sigma.degrees()))?;
            let theta = middle.deviation(|point| Some(trunk(point)?.theta.degrees()))?;
            middle.measured(sigma.max(theta))
        }
        _ => None,
    }
}

/// The hold without its ends; `None` if it is too short to tell.
pub(super) fn middle<'a>(view: &'a RepView<'_>) -> Option<Stretch<'a>> {
    let (from, to) = (
        view.phases.arrived.plus_seconds(CUT_SECS),
        view.phases.left.plus_seconds(-CUT_SECS),
    );
    (to.seconds_since(from) >= LEAST_SWAY_SECS - 2.0 * CUT_SECS).then(|| view.stretch(from, to))
}

/// How often the hold was left and found again.
fn breaks(far_end: Stretch<'_>) -> Option<Measured> {
    let limb = |point: &TracePoint| Some(point.moment.limb?.theta.degrees());
    let pelvis = |point: &TracePoint| Some(point.moment.pelvis?.theta.degrees());
    let roll = |point: &TracePoint| Some(point.moment.pelvis?.sigma.degrees());
    let counts = [
        departures(far_end, limb, |off| off < -LIMB_LOST_DEG),
        departures(far_end, pelvis, |off| off.abs() > PELVIS_LOST_DEG),
        departures(far_end, roll, |off| off.abs() > PELVIS_LOST_DEG),
    ];
    let most = counts.into_iter().flatten().max()?;
    far_end.measured(f64::from(most))
}

/// How often a value went astray from its median and came back.
pub(super) fn departures(
    stretch: Stretch<'_>,
    of: impl Fn(&TracePoint) -> Option<f64>,
    is_astray: impl Fn(f64) -> bool,
) -> Option<u32> {
    let values: Vec<f64> = stretch.points.iter().filter_map(of).collect();
    let usual = median(values.clone())?;
    let mut count = 0;
    let mut is_away = false;
    for value in values {
        let off = value - usual;
        if is_astray(off) {
            is_away = true;
        } else if is_away && !is_astray(off * 2.0) {
            // Back means back by half: on the limit itself it would count every tremor.
            is_away = false;
            count += 1;
        }
    }
    Some(count)
}
