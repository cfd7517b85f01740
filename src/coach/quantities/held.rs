//! What is measured of a hold: how long, how still, how the pose changed from the one it was set in.

use super::Neutral;
use crate::coach::event::Measured;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;
use crate::input::{Segment, Side};
use crate::units::SessionTime;

/// Everything that a hold is measured from.
#[derive(Clone, Copy, Debug)]
pub struct HoldView<'a> {
    /// The trace of the hold, oldest first; points outside of it do no harm. Its signal is not looked at.
    pub points: &'a [TracePoint],
    /// When the hold began: the first moment of the stillness by which it was found.
    pub start: SessionTime,
    /// When it ended: the last moment at which its test was true.
    pub end: SessionTime,
    /// How often its test failed for a moment and was true again.
    pub breaks: u32,
    /// The segment whose angles are tested: thorax or pelvis.
    pub tested: Segment,
    /// The start pose, if one was taken before the hold.
    pub neutral: Neutral,
    /// The wearer's own full bend of the lumbar spine, degrees, where it is known.
    pub lumflex_full_deg: Option<f64>,
    /// Which side is held, where it is known.
    pub side: Option<Side>,
}

/// Measures one quantity of a hold; `None` where it cannot be seen.
///
/// `persistence_secs` is how long a held extreme must last.
pub fn measure_hold(
    quantity: Quantity,
    persistence_secs: f64,
    view: &HoldView<'_>,
) -> Option<Measured> {
    let _ = (quantity, persistence_secs, view);
    None
}
