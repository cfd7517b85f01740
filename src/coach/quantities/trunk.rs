//! What the trunk does, whether or not it is what counts: upper back or chest before pelvis.
//!
//! | quantity | formula | unit | needs | source |
//! |---|---|---|---|---|
//! | `theta_max`, `theta_min` | largest, smallest held θ | ° | a | exercises.md 2.2 |
//! | `trunk_range` | max θ − min θ | ° | a | 3.6, 3.20 |
//! | `theta_far` | mean θ of the far pause | ° | a | 3.10 |
//! | `trunk_level` | mean θ | ° | a | 3.6 |
//! | `trunk_pitch`, `trunk_side` | largest held \|θ − θ0\|, \|σ − σ0\| | ° | a | 3.16, 3.19 |
//! | `tilt_change` | the larger of both | ° | a | 3.15 |
//! | `trunk_roll` | largest held change of atan2(u_z, u_x) | ° | a, long axis below 50° | 3.16 |
//! | `trunk_twist`, `pelvis_twist` | largest held \|ψ\| since departure | ° | gyroscope, upright | 2.2 |
//! | `trunk_speed_peak` | max \|ω\| | °/s | gyroscope | 3.20 |
//! | `turn_range` | max θ − min θ of the far pause | ° | a | 3.7 (box) |
//! | `hips_first` | largest rise of θ in the first 30 % of the raise's time | ° | a | 3.4, 3.7 |
//! | `wobble` | RMS \|ω\| within ± 0.25 s of the turn | °/s | gyroscope | 3.9 |
//! | `sway_gyro` | RMS \|ω\| of the hold without 0.5 s at each end | °/s | gyroscope | 7.1 |

use super::hold::middle;
use super::tilt::worth;
use super::{RepView, Stretch};
use crate::coach::event::Measured;
use crate::coach::moment::{Moment, Tilt, up_of};
use crate::coach::trace::TracePoint;
use crate::exercise::{Effort, Quantity};
use crate::units::{Angle, SessionTime};
use nalgebra::Vector3;

/// Which segment of a moment is looked at.
pub(super) type Pick = fn(&Moment) -> Option<Tilt>;

/// Heading tells a twist only while the trunk is this upright: there the axis of the body is the vertical.
const UPRIGHT_DEG: f64 = 40.0;

/// Gravity tells a turn about the long axis only while that axis is no steeper: at 50° it still shows 64 % of it.
const LYING_DEG: f64 = 50.0;

/// The share of the raise's time in which the hips may go first (exercises.md 3.4, 3.7).
const FIRST_SHARE: f64 = 0.3;

/// A pause that is shorter has no range of its own, seconds.
const LEAST_PAUSE_SECS: f64 = 0.5;

/// Half of the time around the far end in which it wobbles, seconds (exercises.md 3.9: 0.5 s).
const WOBBLE_SECS: f64 = 0.25;

pub(super) fn thorax(moment: &Moment) -> Option<Tilt> {
    moment.thorax
}

pub(super) fn pelvis(moment: &Moment) -> Option<Tilt> {
    moment.pelvis
}

/// The trunk sensor that is worn: the same one for the whole repetition.
pub(super) fn trunk(view: &RepView<'_>) -> Pick {
    if view.neutral.thorax.is_some() || view.neutral.pelvis.is_none() {
        thorax
    } else {
        pelvis
    }
}

/// θ0 and σ0 of [`trunk`].
fn trunk_neutral(view: &RepView<'_>) -> Option<(Angle, Angle)> {
    view.neutral.thorax.or(view.neutral.pelvis)
}

pub(super) fn measure(quantity: Quantity, hold: f64, view: &RepView<'_>) -> Option<Measured> {
    let (movement, pick) = (view.movement(), trunk(view));
    let theta = |point: &TracePoint| Some(pick(&point.moment)?.theta.degrees());
    let of = |point: &TracePoint| pick(&point.moment);
    match quantity {
        Quantity::ThetaMax => worth(movement, of, movement.held_max(hold, theta)),
        Quantity::ThetaMin => worth(movement, of, movement.held_min(hold, theta)),
        Quantity::TrunkRange => worth(movement, of, movement.range(theta)),
        Quantity::ThetaFar => {
            let far = view.far_end();
            let at_turn = view.stretch(view.phases.turn, view.phases.turn);
            let pause = if far.points.len() > 1 { far } else { at_turn };
            worth(pause, of, pause.mean(theta))
        }
        Quantity::TrunkLevel => worth(movement, of, movement.mean(theta)),
        Quantity::TrunkPitch => worth(movement, of, pitch(hold, view)),
        Quantity::TrunkSide => worth(movement, of, side(hold, view)),
        Quantity::TiltChange => worth(
            movement,
            of,
            pitch(hold, view)
                .zip(side(hold, view))
                .map(|(pitch, side)| pitch.max(side)),
        ),
        Quantity::TrunkRoll => {
            let (theta0, sigma0) = trunk_neutral(view)?;
            let start = up_of(theta0, sigma0);
            let roll = |point: &TracePoint| long_axis_turn(&pick(&point.moment)?, start);
            worth(movement, of, movement.held_max(hold, roll))
        }
        Quantity::TrunkTwist => twist(hold, view, pick),
        Quantity::PelvisTwist => twist(hold, view, pelvis),
        Quantity::TrunkSpeedPeak => {
            let fastest = movement
                .points
                .iter()
                .filter_map(|point| Some(pick(&point.moment)?.rate.to_degrees()))
                .fold(0.0, f64::max);
            has_gyroscope(movement, pick)
                .then(|| worth(movement, of, Some(fastest)))
                .flatten()
        }
        Quantity::TurnRange => {
            let pause = view.far_end();
            (pause.secs() >= LEAST_PAUSE_SECS)
                .then(|| worth(pause, of, pause.range(theta)))
                .flatten()
        }
        Quantity::HipsFirst => hips_first(view),
        Quantity::Wobble => {
            let turn = view.phases.turn;
            let around = view.stretch(
                turn.plus_seconds(-WOBBLE_SECS),
                turn.plus_seconds(WOBBLE_SECS),
            );
            rms_rate(around, pick)
        }
        // Steadiness is asked of the pelvis first, as the other measures of sway.
        Quantity::SwayGyro => {
            let steady = match view.neutral.pelvis {
                Some(_) => pelvis,
                None => pick,
            };
            rms_rate(middle(view)?, steady)
        }
        _ => None,
    }
}

fn pitch(hold: f64, view: &RepView<'_>) -> Option<f64> {
    let (pick, (theta0, _)) = (trunk(view), trunk_neutral(view)?);
    view.movement().held_max(hold, |point| {
        let off = (pick(&point.moment)?.theta - theta0).wrapped();
        Some(off.degrees().abs())
    })
}

fn side(hold: f64, view: &RepView<'_>) -> Option<f64> {
    let (pick, (_, sigma0)) = (trunk(view), trunk_neutral(view)?);
    view.movement().held_max(hold, |point| {
        Some((pick(&point.moment)?.sigma - sigma0).degrees().abs())
    })
}

/// How far the trunk has turned about its long axis, degrees; `None` where that axis is too steep for gravity to tell.
pub(super) fn long_axis_turn(tilt: &Tilt, start: Vector3<f64>) -> Option<f64> {
    let up = tilt.up();
    let is_lying = |up: Vector3<f64>| up.y.abs() < LYING_DEG.to_radians().sin();
    (is_lying(up) && is_lying(start)).then(|| {
        let about = |up: Vector3<f64>| Angle::from_radians(up.z.atan2(up.x));
        (about(up) - about(start)).wrapped().degrees().abs()
    })
}

/// Without a gyroscope rates are 0 throughout: that is not knowing, not being at rest.
pub(super) fn has_gyroscope(stretch: Stretch<'_>, pick: Pick) -> bool {
    stretch
        .points
        .iter()
        .any(|point| pick(&point.moment).is_some_and(|tilt| tilt.rate > 0.0))
}

/// The largest held turn of the heading since the departure.
pub(super) fn twist(hold: f64, view: &RepView<'_>, pick: Pick) -> Option<Measured> {
    let movement = view.movement();
    let start = pick(&movement.points.first()?.moment)?.heading;
    let turned = |point: &TracePoint| {
        let tilt = pick(&point.moment)?;
        is_upright(&tilt).then(|| (tilt.heading - start).degrees().abs())
    };
    has_gyroscope(movement, pick)
        .then(|| {
            worth(
                movement,
                |point| pick(&point.moment),
                movement.held_max(hold, turned),
            )
        })
        .flatten()
}

pub(super) fn is_upright(tilt: &Tilt) -> bool {
    tilt.theta.degrees().abs() < UPRIGHT_DEG
}

/// The largest rise of θ in the first part of the raise. Where the raise comes first, it may rise before the signal does:
/// the second before belongs to it.
fn hips_first(view: &RepView<'_>) -> Option<Measured> {
    const LEAD_SECS: f64 = 1.0;
    let first = view.exercise.rep.first;
    let (secs, from, _) = view.phases.effort(Effort::Raise, first);
    if !(secs.is_finite() && secs > 0.0) {
        return None;
    }
    let lead = if first == Effort::Raise {
        LEAD_SECS
    } else {
        0.0
    };
    let begin: SessionTime = from.plus_seconds(-lead);
    let stretch = view.stretch(begin, from.plus_seconds(secs * FIRST_SHARE));
    let pick = trunk(view);
    let (mut lowest, mut rise) = (f64::INFINITY, None);
    for theta in stretch
        .points
        .iter()
        .filter_map(|point| Some(pick(&point.moment)?.theta.degrees()))
    {
        lowest = lowest.min(theta);
        rise = Some(rise.unwrap_or(0.0_f64).max(theta - lowest));
    }
    worth(stretch, |point| pick(&point.moment), rise)
}

fn rms_rate(stretch: Stretch<'_>, pick: Pick) -> Option<Measured> {
    if !has_gyroscope(stretch, pick) {
        return None;
    }
    let squared = stretch.mean(|point| Some(pick(&point.moment)?.rate.to_degrees().powi(2)))?;
    worth(stretch, |point| pick(&point.moment), Some(squared.sqrt()))
}
