//! Listening to who is there.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use btleplug::api::{Central, CentralEvent, Peripheral as _, ScanFilter};
use btleplug::platform::{Adapter, Peripheral, PeripheralId};
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, SelectAll};
use tokio::time::Instant;

use super::radio::SYSTEM;
use super::trouble::{Trouble, within};
use super::{BleError, Found};
use crate::sensors::{Advert, SENSORS, Sensor};

/// Devices that are remembered: those that change their address every quarter of an hour must not fill the memory.
const MOST: usize = 4096;

/// A device whose name or family is not known yet is looked at again so often at most.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// A signal that changes by less is no news, dB.
const RSSI_NEWS: u16 = 4;

/// A scan under way on all adapters.
pub(super) struct Scan {
    adapters: Vec<Adapter>,
    events: SelectAll<BoxStream<'static, (usize, CentralEvent)>>,
    seen: HashMap<PeripheralId, Seen>,
    queue: VecDeque<Found>,
    is_stopped: bool,
}

struct Seen {
    found: Found,
    looked: Instant,
}

impl Scan {
    /// Begins. What is connected already is told first; it does not advertise, so no scan would find it.
    pub(super) async fn start(adapters: Vec<Adapter>) -> Result<Scan, BleError> {
        let mut scan = Scan {
            adapters,
            events: SelectAll::new(),
            seen: HashMap::new(),
            queue: VecDeque::new(),
            is_stopped: false,
        };
        for found in connected(&scan.adapters).await? {
            scan.tell(found);
        }
        for (index, adapter) in scan.adapters.iter().enumerate() {
            let explain = |trouble: Trouble| trouble.explain("", "starting to scan");
            let events = within(SYSTEM, adapter.events()).await.map_err(explain)?;
            scan.events
                .push(events.map(move |event| (index, event)).boxed());
            // No filter: a sensor that does not advertise its service would not be found with it.
            match within(SYSTEM, adapter.start_scan(ScanFilter::default())).await {
                // A scan that was just dropped and has not ended yet.
                Ok(()) | Err(Trouble::Busy(_)) => {}
                Err(Trouble::Other(_)) if super::blocked::is_blocked() => {
                    return Err(BleError::Blocked);
                }
                Err(trouble) => return Err(explain(trouble)),
            }
        }
        Ok(scan)
    }

    /// The next device heard, or one that changed; `None` once the radio is gone.
    pub(super) async fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.queue.pop_front() {
                return Some(found);
            }
            let (adapter, event) = self.events.next().await?;
            self.take(adapter, event).await?;
        }
    }

    /// Ends it, and waits for that.
    pub(super) async fn stop(mut self) {
        self.is_stopped = true;
        for adapter in &self.adapters {
            let _ = within(SYSTEM, adapter.stop_scan()).await;
        }
    }

    async fn take(&mut self, adapter: usize, event: CentralEvent) -> Option<()> {
        match event {
            CentralEvent::RssiUpdate { id, rssi } => self.heard(adapter, id, Some(rssi)).await,
            CentralEvent::DeviceDiscovered(id)
            | CentralEvent::DeviceUpdated(id)
            | CentralEvent::ManufacturerDataAdvertisement { id, .. }
            | CentralEvent::ServiceDataAdvertisement { id, .. }
            | CentralEvent::ServicesAdvertisement { id, .. } => {
                self.heard(adapter, id, None).await;
            }
            CentralEvent::DeviceConnected(id) | CentralEvent::DeviceDisconnected(id) => {
                self.seen.remove(&id);
                self.heard(adapter, id, None).await;
            }
            CentralEvent::StateUpdate(btleplug::api::CentralState::PoweredOff) => return None,
            _ => {}
        }
        Some(())
    }

    /// Something came from a device: looks at it closer where that may show more.
    async fn heard(&mut self, adapter: usize, id: PeripheralId, rssi: Option<i16>) {
        if let Some(seen) = self.seen.get_mut(&id) {
            let is_plain = seen.found.sensor.is_some() && !seen.found.name.is_empty();
            if is_plain || seen.looked.elapsed() < LOOK_AGAIN {
                let news = rssi.filter(|&now| {
                    seen.found
                        .rssi
                        .is_none_or(|before| before.abs_diff(now) >= RSSI_NEWS)
                });
                if let Some(rssi) = news {
                    seen.found.rssi = Some(rssi);
                    self.queue.push_back(seen.found.clone());
                }
                return;
            }
            seen.looked = Instant::now();
        } else if self.seen.len() >= MOST {
            return;
        }
        let Some(central) = self.adapters.get(adapter) else {
            return;
        };
        let Ok(peripheral) = within(SYSTEM, central.peripheral(&id)).await else {
            return;
        };
        let Some(mut found) = look(peripheral, adapter).await else {
            return;
        };
        found.rssi = rssi.or(found.rssi);
        // Without a signal strength it is remembered from earlier, not heard now.
        if found.is_connected || found.rssi.is_some() {
            self.tell(found);
        }
    }

    fn tell(&mut self, found: Found) {
        let id = found.peripheral.id();
        let is_news = self
            .seen
            .get(&id)
            .is_none_or(|seen| !seen.found.is_same(&found));
        if is_news {
            self.queue.push_back(found.clone());
        }
        let looked = Instant::now();
        self.seen.insert(id, Seen { found, looked });
    }
}

impl Drop for Scan {
    /// Whoever drops a scan cannot wait for its end. A program that ends altogether ends its scan as well.
    fn drop(&mut self) {
        if self.is_stopped {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let adapters = std::mem::take(&mut self.adapters);
            runtime.spawn(async move {
                for adapter in adapters {
                    let _ = within(SYSTEM, adapter.stop_scan()).await;
                }
            });
        }
    }
}

impl Found {
    fn is_same(&self, other: &Found) -> bool {
        let family = |found: &Found| found.sensor.map(Sensor::family);
        let rssi = match (self.rssi, other.rssi) {
            (Some(one), Some(other)) => one.abs_diff(other) < RSSI_NEWS,
            (one, other) => one == other,
        };
        self.name == other.name
            && family(self) == family(other)
            && self.is_connected == other.is_connected
            && rssi
    }
}

/// The devices that a link stands to. A sensor that a killed program left behind does not advertise: this is the only
/// way to find it.
pub(super) async fn connected(adapters: &[Adapter]) -> Result<Vec<Found>, BleError> {
    let mut all = Vec::new();
    for found in known(adapters).await? {
        if found.is_connected {
            all.push(found);
        }
    }
    Ok(all)
}

/// The devices that the system remembers, heard now or not.
pub(super) async fn known(adapters: &[Adapter]) -> Result<Vec<Found>, BleError> {
    let mut all = Vec::new();
    for (index, adapter) in adapters.iter().enumerate() {
        let devices = within(SYSTEM, remembered(adapter))
            .await
            .map_err(|trouble| trouble.explain("", "looking for connected devices"))?;
        for device in devices {
            all.extend(look(device, index).await);
        }
    }
    Ok(all)
}

async fn remembered(adapter: &Adapter) -> btleplug::Result<Vec<Peripheral>> {
    let mut devices = adapter.peripherals().await?;
    if cfg!(not(target_os = "linux")) {
        // These systems show devices that other programs connected only to those who name a service of theirs.
        let services = SENSORS
            .iter()
            .filter_map(|sensor| sensor.service().parse().ok());
        let options = btleplug::api::RetrievePeripheralsOptions {
            identifiers: None,
            services: Some(services.collect()),
        };
        let more = adapter.retrieve_peripherals(options).await;
        for device in more.unwrap_or_default() {
            if devices.iter().all(|known| known.id() != device.id()) {
                devices.push(device);
            }
        }
    }
    Ok(devices)
}

/// What the system knows of a device; nothing if it forgot it meanwhile.
async fn look(peripheral: Peripheral, adapter: usize) -> Option<Found> {
    let properties = within(SYSTEM, peripheral.properties()).await.ok()??;
    let is_connected = within(SYSTEM, peripheral.is_connected()).await.ok()?;
    let advert = Advert {
        name: properties
            .advertisement_name
            .clone()
            .or(properties.local_name.clone()),
        services: properties
            .services
            .iter()
            .map(ToString::to_string)
            .collect(),
        companies: properties.manufacturer_data.keys().copied().collect(),
    };
    let claims = |sensor: &&&'static dyn Sensor| sensor.claims(&advert);
    Some(Found {
        id: id_of(&peripheral),
        sensor: SENSORS.iter().find(claims).copied(),
        name: advert.name.unwrap_or_default(),
        rssi: properties.rssi,
        is_connected,
        peripheral,
        adapter,
    })
}

/// The address; where the system hides it (it is all zeros then), the system's own name for the device.
fn id_of(peripheral: &Peripheral) -> String {
    let address = peripheral.address();
    if address.into_inner() == [0; 6] {
        peripheral.id().to_string()
    } else {
        address.to_string()
    }
}
