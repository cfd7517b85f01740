//! What a session holds of its sensors while they stream.

use tokio::sync::mpsc;

use super::BleError;
use crate::input::SensorId;
use crate::sensors::Pulse;

/// Something that goes on with a sensor and that the wearer should know. It is being dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whose.
    pub sensor: SensorId,
    /// What, and what to do if it lasts; `None` when all is well again.
    pub error: Option<BleError>,
}

/// Speaks to the sensors of a stream, and ends it.
#[derive(Clone, Debug)]
pub struct Handle {}

impl Handle {
    /// Gives the wearer a signal through a sensor that can. Never waits; without a link the signal is dropped.
    pub fn pulse(&self, _sensor: SensorId, _pulse: Pulse) {}

    /// Lets every sensor rest and disconnects: the stream of inputs ends. Takes some seconds at most, and does nothing
    /// the second time.
    pub async fn close(&self) {}

    /// What goes on, as it happens. Only the first caller gets it.
    pub fn problems(&self) -> Option<mpsc::UnboundedReceiver<Problem>> {
        None
    }
}
