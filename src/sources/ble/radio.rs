//! The adapters of this machine.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{Central, CentralState, Manager as _};
use btleplug::platform::{Adapter, Manager};
use futures_util::stream::{self, BoxStream};
use tokio::sync::{Mutex, RwLock};

use super::trouble::{Trouble, within};
use super::{BleError, Found, Handle, Scan, Wanted, blocked, find, handle};
use crate::sources::Inputs;
use crate::sources::live::SessionClock;

/// A call to the system itself, not over the air: it is there or it is not.
pub(super) const SYSTEM: Duration = Duration::from_secs(5);

/// The Bluetooth adapters of this machine, ready.
pub struct Radio {
    pub(super) air: Arc<Air>,
}

/// What all sensors of a session share.
pub(super) struct Air {
    opened: RwLock<Opened>,
    /// Two scans at once would end each other.
    pub(super) scanning: Mutex<()>,
}

struct Opened {
    manager: Manager,
    generation: u64,
}

impl Radio {
    /// Opens the adapters that are switched on.
    ///
    /// # Errors
    /// That there is none, or none that may be used, and what to do about it. One that is off stays off.
    pub async fn open() -> Result<Radio, BleError> {
        let manager = manager().await?;
        let radio = Radio {
            air: Arc::new(Air {
                opened: RwLock::new(Opened {
                    manager,
                    generation: 0,
                }),
                scanning: Mutex::new(()),
            }),
        };
        radio.air.adapters().await?;
        Ok(radio)
    }

    /// The names of the adapters that are in use, as the system calls them.
    ///
    /// # Errors
    /// That none is ready any more.
    pub async fn adapters(&self) -> Result<Vec<String>, BleError> {
        let mut names = Vec::new();
        for adapter in self.air.adapters().await? {
            let name = within(SYSTEM, adapter.adapter_info()).await;
            names.push(name.unwrap_or_else(|_| "adapter".to_owned()));
        }
        Ok(names)
    }

    /// Everything heard, and again when something about it changes; what is connected comes first. Ends with the radio.
    ///
    /// # Errors
    /// That the scan cannot begin.
    pub async fn scan(&self) -> Result<BoxStream<'_, Found>, BleError> {
        let scan = Scan::start(self.air.adapters().await?).await?;
        Ok(Box::pin(stream::unfold(scan, |mut scan| async move {
            Some((scan.next().await?, scan))
        })))
    }

    /// Finds what the user asked for: among connected devices first, then by scanning for up to `patience`. `news` is
    /// told what is being done.
    ///
    /// # Errors
    /// That a sensor is not heard, that several fit, or that the radio fails.
    pub async fn find(
        &self,
        wanted: &[Wanted],
        patience: Duration,
        news: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Vec<Found>, BleError> {
        find::find(&self.air, wanted, patience, news).await
    }

    /// Connects to the sensors, starts them and streams what they say, each as the [`crate::input::SensorId`] of its place
    /// in the list, until [`Handle::close`]. A link that is lost is made again, for as long as that takes; only what
    /// would fail forever, or a sensor that never could be started, ends the stream with an error.
    ///
    /// It must run in a Tokio runtime with threads of its own: arrival is stamped by a task, which must not wait for the
    /// session's disk.
    pub fn stream(
        self,
        sensors: Vec<Found>,
        rate_hz: f64,
        clock: SessionClock,
    ) -> (Inputs<'static>, Handle) {
        handle::start(self.air, sensors, rate_hz, clock)
    }
}

impl Air {
    /// The adapters that are on.
    pub(super) async fn adapters(&self) -> Result<Vec<Adapter>, BleError> {
        let manager = self.opened.read().await.manager.clone();
        let all = within(SYSTEM, manager.adapters())
            .await
            .map_err(|trouble| trouble.explain("", "looking for adapters"))?;
        if all.is_empty() {
            return Err(BleError::NoAdapter);
        }
        let mut ready = Vec::new();
        for adapter in all {
            // Scanning would switch an adapter on that somebody switched off.
            let state = within(SYSTEM, adapter.adapter_state()).await;
            if !matches!(state, Ok(CentralState::PoweredOff) | Err(_)) {
                ready.push(adapter);
            }
        }
        if ready.is_empty() {
            return Err(if blocked::is_blocked() {
                BleError::Blocked
            } else {
                BleError::AdapterOff
            });
        }
        Ok(ready)
    }

    /// Counts how often the connection to the system was made anew: what was got before that is worth nothing.
    pub(super) async fn generation(&self) -> u64 {
        self.opened.read().await.generation
    }

    /// Makes the connection to the system anew, unless somebody did since.
    pub(super) async fn reopen(&self, since: u64) -> Result<(), BleError> {
        let mut opened = self.opened.write().await;
        if opened.generation == since {
            opened.manager = manager().await?;
            opened.generation += 1;
        }
        Ok(())
    }
}

async fn manager() -> Result<Manager, BleError> {
    within(SYSTEM, Manager::new()).await.map_err(|trouble| {
        match trouble {
            // Whatever else a bus says that does not let itself be reached.
            Trouble::Other(reason) => BleError::NoBus { reason },
            Trouble::TimedOut => BleError::NoBus {
                reason: "no answer came in time".to_owned(),
            },
            trouble => trouble.explain("", "opening Bluetooth"),
        }
    })
}
