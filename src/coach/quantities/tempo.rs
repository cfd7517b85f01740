//! How long and how fast.
//!
//! | quantity | formula | unit | source |
//! |---|---|---|---|
//! | `t_lower`, `t_raise` | time of the effort, corrected for its slow ends | s | exercises.md 7.1 |
//! | `t_turn`, `t_hold` | time within 5° of the extreme; in the hold zone and slower than 15 °/s | s | 7.1 |
//! | `t_far` | time above 70 % of the peak | s | 3.11 |
//! | `t_reset`, `period` | rest before, time since the departure before | s | 3.2, 3.19 |
//! | `tempo_ratio`, `back_out_ratio` | t_lower / t_raise, t_back / t_out | – | 7.1, 3.15 |
//! | `speed_peak…` | max \|d signal/dt\| | °/s | 7.1 |
//! | `speed_mean…` | way / time of the effort; 1/1.875 of the peak in a minimum-jerk move | °/s | 7.1 |
//! | `speed_ratio_out` | peak / mean on the way out | – | 3.14 |
//! | `speed_end` | max \|d signal/dt\| in the last 30° of the way back | °/s | 3.14 |
//! | `turn_acc` | max \|d² signal/dt²\| within ± 150 ms of the turn | °/s² | 7.1 |
//! | `stick` | least / mean speed in the middle 20 to 80 % of the raise | – | 3.1 |

use super::{RepView, Stretch};
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

/// Long holds are those above this share of the peak (exercises.md 3.11, PT-HOLD).
const FAR_SHARE: f64 = 0.7;

/// The last part of the way back, degrees (exercises.md 3.14, RU-PLOP).
const END_DEG: f64 = 30.0;

/// The time of a way that was seen. One whose time fell into a gap has none: that is not a fast one.
fn seen(secs: f64) -> Option<f64> {
    (secs >= LEAST_SECS).then_some(secs)
}

pub(super) fn measure_time(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    let first = view.exercise.rep.first;
    let movement = view.movement();
    match quantity {
        Quantity::TLower | Quantity::TRaise => {
            let effort = match quantity {
                Quantity::TLower => Effort::Lower,
                _ => Effort::Raise,
            };
            let secs = seen(view.phases.effort(effort, first).0)?;
            view.effort(effort).measured(secs)
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
        Quantity::TFar => {
            let peak = movement
                .points
                .iter()
                .map(|point| point.signal_deg)
                .fold(0.0, f64::max);
            movement.measured(movement.secs_where(|p, _| p.signal_deg > FAR_SHARE * peak))
        }
        Quantity::Period => movement.measured(view.before.period_secs?),
        Quantity::TempoRatio => {
            let lower = seen(view.phases.effort(Effort::Lower, first).0)?;
            let raise = seen(view.phases.effort(Effort::Raise, first).0)?;
            movement.measured(lower / raise)
        }
        Quantity::BackOutRatio => {
            movement.measured(seen(view.phases.back_secs)? / seen(view.phases.out_secs)?)
        }
        _ => None,
    }
}

pub(super) fn measure_speed(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    match quantity {
        Quantity::SpeedPeak => {
            let movement = view.movement();
            movement.measured(fastest(movement))
        }
        Quantity::SpeedPeakLower => {
            let lower = view.effort(Effort::Lower);
            lower.measured(fastest(lower))
        }
        Quantity::SpeedPeakRaise => {
            let raise = view.effort(Effort::Raise);
            raise.measured(fastest(raise))
        }
        Quantity::SpeedMeanLower => mean_speed(Effort::Lower, view),
        Quantity::SpeedMeanRaise => mean_speed(Effort::Raise, view),
        Quantity::SpeedRatioOut => {
            let out = view.stretch(view.phases.start, view.phases.arrived);
            let mean = way(out)? / seen(view.phases.out_secs)?;
            (mean > 0.0).then(|| out.measured(fastest(out) / mean))?
        }
        Quantity::SpeedEnd => {
            let back = view.stretch(view.phases.left, view.phases.end);
            let end = back.points.last()?.signal_deg;
            let last = back.points.iter().zip(back.speeds);
            let last = last.filter(|(point, _)| (point.signal_deg - end).abs() <= END_DEG);
            back.measured(last.map(|(_, speed)| speed.abs()).fold(0.0, f64::max))
        }
        Quantity::TurnAcc => turn_acceleration(view),
        Quantity::Stick => sticking(view),
        _ => None,
    }
}

fn fastest(stretch: Stretch<'_>) -> f64 {
    stretch
        .speeds
        .iter()
        .map(|speed| speed.abs())
        .fold(0.0, f64::max)
}

/// How far the signal came, without sign.
fn way(stretch: Stretch<'_>) -> Option<f64> {
    Some((stretch.points.last()?.signal_deg - stretch.points.first()?.signal_deg).abs())
}

fn mean_speed(effort: Effort, view: &RepView<'_>) -> Option<Measured> {
    let stretch = view.effort(effort);
    let secs = seen(view.phases.effort(effort, view.exercise.rep.first).0)?;
    stretch.measured(way(stretch)? / secs)
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
