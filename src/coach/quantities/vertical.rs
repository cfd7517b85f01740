//! Up and down, and what hits.
//!
//! | quantity | formula | unit | needs | source |
//! |---|---|---|---|---|
//! | `vert_travel` | range of ∬ a_lin·u between the rests of the repetition, drift taken off on straight lines | cm | gyroscope | exercises.md 7.1 |
//! | `drop_speed` | largest −∫ a_lin·u, likewise | m/s | gyroscope | 3.10, 3.19 |
//! | `turn_acc_vertical` | max a_lin·u within ± 150 ms of the turn | m/s² | gyroscope | 3.7 |
//! | `impact` | max \|a\| − g | m/s² | a | 7.1 |
//!
//! Rests of a repetition are its departure, its far end (both ends of the pause there) and its return: the signal is
//! at rest there, and the sensor too where it goes up and down with the signal.

use super::RepView;
use super::tilt::worth;
use super::trunk::{has_gyroscope, trunk};
use crate::coach::event::Measured;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;
use crate::motion::travel::{Way, way};
use crate::units::{STANDARD_GRAVITY, SessionTime};

/// The turn is this long on both sides of the furthest moment, seconds (exercises.md 7.1, `turn_acc`).
const TURN_SECS: f64 = 0.15;

/// Rests closer than this are one, seconds: a straight line through less says more of noise than of drift.
const LEAST_SPAN_SECS: f64 = 0.25;

/// Longer ways are not integrated: what is left of the bias after a straight line grows with the square of time.
const LONGEST_SECS: f64 = 20.0;

pub(super) fn measure(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    let (movement, pick) = (view.movement(), trunk(view));
    let of = |point: &TracePoint| pick(&point.moment);
    let has_gyro = has_gyroscope(movement, pick);
    match quantity {
        Quantity::VertTravel => {
            let travel = way_of(view).map(|way| way.range_m() * 100.0);
            worth(movement, of, travel.filter(|_| has_gyro))
        }
        Quantity::DropSpeed => {
            let fall = |way: Way| way.speeds_mps.iter().fold(0.0_f64, |most, v| most.max(-v));
            worth(movement, of, way_of(view).map(fall).filter(|_| has_gyro))
        }
        Quantity::TurnAccVertical => {
            let turn = view.phases.turn;
            let around = view.stretch(turn.plus_seconds(-TURN_SECS), turn.plus_seconds(TURN_SECS));
            let lifts = around.points.iter().filter_map(|p| Some(of(p)?.push.z));
            let most = lifts.fold(None, |most: Option<f32>, lift| {
                Some(most.map_or(lift, |most| most.max(lift)))
            });
            worth(around, of, most.map(f64::from).filter(|_| has_gyro))
        }
        Quantity::Impact => {
            let hit = |point: &TracePoint| {
                let push = of(point)?.push.cast::<f64>();
                // |a|² with a = push + g·up.
                let squared =
                    push.norm_squared() + STANDARD_GRAVITY * (2.0 * push.z + STANDARD_GRAVITY);
                Some(squared.max(0.0).sqrt() - STANDARD_GRAVITY)
            };
            let most = movement
                .points
                .iter()
                .filter_map(hit)
                .max_by(f64::total_cmp);
            worth(movement, of, most)
        }
        _ => None,
    }
}

/// The vertical way of the trunk sensor over the repetition.
fn way_of(view: &RepView<'_>) -> Option<Way> {
    let (rests, pick) = (rests(view)?, trunk(view));
    let stretch = view.stretch(*rests.first()?, *rests.last()?);
    if stretch.secs() > LONGEST_SECS {
        return None;
    }
    let begin = stretch.points.first()?.at();
    let (mut times, mut lifts) = (Vec::new(), Vec::new());
    for point in stretch.points {
        // A stretch that was not seen cannot be integrated over.
        lifts.push(f64::from(pick(&point.moment)?.push.z));
        times.push(point.at().seconds_since(begin));
    }
    let last = times.len().checked_sub(1)?;
    let mut indices: Vec<usize> = Vec::new();
    for rest in rests {
        let secs = rest.seconds_since(begin);
        let index = times.partition_point(|at| *at < secs).min(last);
        let is_far = |before: &usize| times[index] - times[*before] >= LEAST_SPAN_SECS;
        if indices.last().is_none_or(is_far) {
            indices.push(index);
        }
    }
    way(&times, &lifts, &indices)
}

/// When the sensor is at rest. The phases begin and end a little inside the ways, where the signal is already or
/// still moving; their corrected times tell by how much.
fn rests(view: &RepView<'_>) -> Option<[SessionTime; 4]> {
    let phases = &view.phases;
    let cut = |whole: f64, from: SessionTime, to: SessionTime| {
        Some(((whole - to.seconds_since(from)) / 2.0).max(0.0)).filter(|cut| cut.is_finite())
    };
    let out = cut(phases.out_secs, phases.start, phases.arrived)?;
    let back = cut(phases.back_secs, phases.left, phases.end)?;
    let (arrived, left) = (
        phases.arrived.plus_seconds(out),
        phases.left.plus_seconds(-back),
    );
    // Without a pause the two overlap: then the sensor rests at the turn alone.
    let (arrived, left) = if arrived < left {
        (arrived, left)
    } else {
        (phases.turn, phases.turn)
    };
    Some([
        phases.start.plus_seconds(-out),
        arrived,
        left,
        phases.end.plus_seconds(back),
    ])
}
