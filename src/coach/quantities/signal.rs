//! How far the signal went.
//!
//! | quantity | formula | source |
//! |---|---|---|
//! | `peak`, `rom` | max; max − min of the repetition | exercises.md 7.1 |
//! | `top_min`, `top_level` | smallest held; mean of the pause in the start pose | 3.1 |
//! | `swing` | max − min from the departure to the next one | 3.12, 3.18 |
//! | `sag` | max − mean of the last 0.5 s of the pause at the far end; none for pauses below 1 s | 3.13 |
//!
//! All in the signal's own unit, from whatever counts.

use super::RepView;
use super::tempo::PAUSE_DEG_PER_SEC;
use crate::coach::event::Measured;
use crate::exercise::Quantity;

pub(super) fn measure(
    quantity: Quantity,
    persistence_secs: f64,
    view: &RepView<'_>,
) -> Option<Measured> {
    let (movement, top) = (view.movement(), view.top());
    match quantity {
        Quantity::Peak => {
            let peak = movement
                .points
                .iter()
                .map(|point| point.signal_deg)
                .fold(f64::NEG_INFINITY, f64::max);
            movement.measured(peak)
        }
        Quantity::Rom => movement.measured(movement.range(|point| Some(point.signal_deg))?),
        Quantity::TopMin => {
            top.measured(top.held_min(persistence_secs, |point| Some(point.signal_deg))?)
        }
        Quantity::TopLevel => {
            let pause = view.stretch(view.phases.end, view.hold_end);
            let level = pause.mean(|point| Some(point.signal_deg)).or_else(|| {
                top.points
                    .iter()
                    .map(|point| point.signal_deg)
                    .min_by(f64::total_cmp)
            })?;
            top.measured(level)
        }
        Quantity::Swing => {
            let all = view.stretch(view.phases.start, view.hold_end);
            all.measured(all.range(|point| Some(point.signal_deg))?)
        }
        Quantity::Sag => sag(view),
        Quantity::SpeedPastLine => {
            let far = top
                .points
                .iter()
                .zip(top.speeds)
                .filter(|(point, _)| point.signal_deg < 0.0);
            top.measured(far.map(|(_, speed)| speed.abs()).fold(0.0, f64::max))
        }
        _ => None,
    }
}

/// How far the signal sank during the pause at the far end.
///
/// The phases end a pause where the signal leaves the neighborhood of its peak; whoever sinks slowly is still holding
/// then. Here it lasts until the signal is faster than a pause ([`PAUSE_DEG_PER_SEC`], or a tenth of the way back's
/// fastest where that is slower).
fn sag(view: &RepView<'_>) -> Option<Measured> {
    const LEAST_SECS: f64 = 1.0;
    const END_SECS: f64 = 0.5;
    const SHARE: f64 = 0.1;
    let back = view.stretch(view.phases.arrived, view.phases.end);
    let slowest = back.speeds.iter().copied().enumerate();
    let (fastest, speed) = slowest.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let leaving = PAUSE_DEG_PER_SEC.min(-speed * SHARE);
    let last = back.speeds[..fastest]
        .iter()
        .rposition(|speed| -speed <= leaving)?;
    let left = back.points[last].at();
    let pause = view.stretch(view.phases.arrived, left);
    if pause.secs() < LEAST_SECS {
        return None;
    }
    let signal = |point: &crate::coach::trace::TracePoint| point.signal_deg;
    let most = pause
        .points
        .iter()
        .map(signal)
        .fold(f64::NEG_INFINITY, f64::max);
    let end = view.stretch(left.plus_seconds(-END_SECS), left);
    pause.measured(most - end.mean(|point| Some(point.signal_deg))?)
}
