//! How far the signal went.

use super::RepView;
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
