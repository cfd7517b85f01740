//! The adapters of this machine.

use std::time::Duration;

use futures_util::stream::{self, BoxStream};

use super::{BleError, Found, Handle, Wanted};
use crate::sources::Inputs;
use crate::sources::live::SessionClock;

/// The Bluetooth adapters of this machine, ready.
pub struct Radio;

impl Radio {
    /// Opens the adapters that are switched on.
    ///
    /// # Errors
    /// That there is none, or none that may be used, and what to do about it. One that is off stays off.
    pub async fn open() -> Result<Radio, BleError> {
        Err(BleError::NoAdapter)
    }

    /// Everything heard, and again when something about it changes; what is connected comes first. Ends with the radio.
    ///
    /// # Errors
    /// That the scan cannot begin.
    pub async fn scan(&self) -> Result<BoxStream<'_, Found>, BleError> {
        Ok(Box::pin(stream::empty()))
    }

    /// Finds what the user asked for: among connected devices first, then by scanning for up to `patience`. `news` is
    /// told what is being done.
    ///
    /// # Errors
    /// That a sensor is not heard, that several fit, or that the radio fails.
    pub async fn find(
        &self,
        _wanted: &[Wanted],
        _patience: Duration,
        _news: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Vec<Found>, BleError> {
        Err(BleError::NoAdapter)
    }

    /// Connects to the sensors, starts them and streams what they say, each as the [`crate::input::SensorId`] of its place
    /// in the list, until [`Handle::close`]. A link that is lost is made again, for as long as that takes.
    ///
    /// It must run in a Tokio runtime with threads of its own: arrival is stamped by a task, which must not wait for the
    /// session's disk.
    pub fn stream(
        self,
        _sensors: Vec<Found>,
        _rate_hz: f64,
        _clock: SessionClock,
    ) -> (Inputs<'static>, Handle) {
        (Box::pin(stream::empty()), Handle {})
    }
}
