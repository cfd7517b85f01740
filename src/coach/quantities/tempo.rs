//! How long and how fast.

use super::RepView;
use crate::coach::event::Measured;
use crate::exercise::{Effort, Quantity};

/// Slower than this is a pause, degrees per second (exercises.md 7.1, `t_hold`).
pub const PAUSE_DEG_PER_SEC: f64 = 15.0;

/// The far end is this near to the furthest value, degrees (exercises.md 7.1, `t_turn`).
const TURN_ZONE_DEG: f64 = 5.0;

/// The turn is this long on both sides of the furthest moment, seconds (exercises.md 7.1, `turn_acc`).
const TURN_SECS: f64 = 0.15;

/// Nobody lowers or raises a trunk or a leg in less, seconds: the briskest sit-ups and kicks take some 0.3 s each way.
const LEAST_SECS: f64 = 0.1;

pub(super) fn measure_time(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    let first = view.exercise.rep.first;
    let movement = view.movement();
    match quantity {
        Quantity::TLower | Quantity::TRaise => {
            let effort = match quantity {
                Quantity::TLower => Effort::Lower,
                _ => Effort::Raise,
            };
            let secs = view.phases.effort(effort, first).0;
            // A way that was not seen, its time falling into a gap, has no time: that is not a fast one.
            let is_seen = secs >= LEAST_SECS;
            is_seen.then(|| view.effort(effort).measured(secs))?
        }
        Quantity::TTurn => {
            let peak = movement
                .points
                .iter()
                .map(|point| point.signal_deg)
                .fold(f64::NEG_INFINITY, f64::max);
            movement
                .measured(movement.secs_where(|point, _| point.signal_deg >= peak - TURN_ZONE_DEG))
        }
        Quantity::THold if view.phases.out_secs.is_nan() => {
            movement.measured(view.phases.left.seconds_since(view.phases.arrived))
        }
        Quantity::THold => {
            let zone = view.exercise.rep.hold_zone_deg;
            let (stretch, level) = if view.is_held_at_peak() {
                (
                    movement,
                    movement
                        .points
                        .iter()
                        .map(|point| point.signal_deg)
                        .fold(f64::NEG_INFINITY, f64::max),
                )
            } else {
                (view.top(), 0.0)
            };
            let held = stretch.secs_where(|point, speed| {
                (point.signal_deg - level).abs() < zone && speed.abs() < PAUSE_DEG_PER_SEC
            });
            stretch.measured(held)
        }
        Quantity::TReset => movement.measured(view.reset_secs?),
        _ => None,
    }
}

pub(super) fn measure_speed(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    match quantity {
        Quantity::SpeedPeak => {
            let movement = view.movement();
            movement.measured(
                movement
                    .speeds
                    .iter()
                    .map(|speed| speed.abs())
                    .fold(0.0, f64::max),
            )
        }
        Quantity::SpeedPeakLower => {
            let lower = view.effort(Effort::Lower);
            lower.measured(
                lower
                    .speeds
                    .iter()
                    .map(|speed| speed.abs())
                    .fold(0.0, f64::max),
            )
        }
        Quantity::TurnAcc => turn_acceleration(view),
        Quantity::Stick => sticking(view),
        _ => None,
    }
}

/// The largest angular acceleration around the turn, from speeds 60 ms apart: a bounce takes longer, noise does not.
fn turn_acceleration(view: &RepView<'_>) -> Option<Measured> {
    const SPAN_SECS: f64 = 0.06;
    let turn = view.phases.turn;
    let around = view.stretch(turn.plus_seconds(-TURN_SECS), turn.plus_seconds(TURN_SECS));
    let mut largest: f64 = 0.0;
    let mut low = 0;
    for (k, point) in around.points.iter().enumerate() {
        while point.at().seconds_since(around.points[low].at()) > SPAN_SECS + 1e-9 && low + 1 < k {
            low += 1;
        }
        let span = point.at().seconds_since(around.points[low].at());
        if span >= SPAN_SECS * 0.5 {
            largest = largest.max(((around.speeds[k] - around.speeds[low]) / span).abs());
        }
    }
    around.measured(largest)
}

/// Lowest over mean speed between 20 and 80 % of the way of the raise.
fn sticking(view: &RepView<'_>) -> Option<Measured> {
    let raise = view.effort(Effort::Raise);
    let (first, last) = (
        raise.points.first()?.signal_deg,
        raise.points.last()?.signal_deg,
    );
    let way = last - first;
    if way.abs() < 1.0 {
        return None;
    }
    let middle: Vec<f64> = raise
        .points
        .iter()
        .zip(raise.speeds)
        .filter(|(point, _)| (0.2..=0.8).contains(&((point.signal_deg - first) / way)))
        .map(|(_, speed)| speed * way.signum())
        .collect();
    let mean = middle.iter().sum::<f64>() / middle.len() as f64;
    let least = middle.iter().copied().fold(f64::INFINITY, f64::min);
    (mean > 0.0)
        .then(|| raise.measured((least / mean).max(0.0)))
        .flatten()
}
