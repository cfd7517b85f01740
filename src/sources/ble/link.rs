//! One sensor's line to the radio, kept over reconnects.
//!
//! The stream of notifications is opened before the first connection and never again: BlueZ renews subscriptions by
//! itself when a link comes back, and packets come before anybody could have subscribed anew.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{
    Central, CentralEvent, CentralState, CharPropFlags, Characteristic, Peripheral as _, WriteType,
};
use btleplug::platform::{Adapter, Peripheral};
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::funnel::Funnel;
use super::radio::SYSTEM;
use super::talk::Gatt;
use super::trouble::{Trouble, within};
use crate::input::Channel;
use crate::sensors::{Sensor, Write};

/// A link is made within this time, or the sensor is away. BlueZ itself would wait for 30 s and go on in secret.
const CONNECT: Duration = Duration::from_secs(12);

/// Asking a sensor what it has: slow ones take some seconds.
const DISCOVER: Duration = Duration::from_secs(10);

/// One read, write or subscription over the air.
const EXCHANGE: Duration = Duration::from_secs(4);

/// BlueZ waits for 2 s before it disconnects.
const DISCONNECT: Duration = Duration::from_secs(5);

/// The level of the standard Battery service, percent.
const BATTERY: Uuid = Uuid::from_u128(0x00002a19_0000_1000_8000_00805f9b34fb);

/// What the system says of a link without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// The sensor is gone.
    Disconnected,
    /// The adapter went off.
    AdapterOff,
}

/// A sensor as this connection to the system knows it.
pub(super) struct Link {
    sensor: &'static dyn Sensor,
    peripheral: Peripheral,
    signs: UnboundedReceiver<Sign>,
    characteristics: HashMap<Channel, Characteristic>,
    battery: Option<Characteristic>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Link {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Link {
    /// Begins to listen, before there is a connection.
    pub(super) async fn listen(
        peripheral: Peripheral,
        adapter: &Adapter,
        sensor: &'static dyn Sensor,
        funnel: Arc<Funnel>,
    ) -> Result<Link, Trouble> {
        let (sender, signs) = mpsc::unbounded_channel();
        let mut events = within(SYSTEM, adapter.events()).await?;
        let id = peripheral.id();
        let watch = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                let sign = match event {
                    CentralEvent::DeviceDisconnected(gone) if gone == id => Sign::Disconnected,
                    CentralEvent::StateUpdate(CentralState::PoweredOff) => Sign::AdapterOff,
                    _ => continue,
                };
                if sender.send(sign).is_err() {
                    return;
                }
            }
        });
        let mut notifications = match within(SYSTEM, peripheral.notifications()).await {
            Ok(notifications) => notifications,
            Err(trouble) => {
                watch.abort();
                return Err(trouble);
            }
        };
        let channels = subscribed(sensor);
        // This task does nothing else, so that a stamp is the time of arrival.
        let drain = tokio::spawn(async move {
            while let Some(notification) = notifications.next().await {
                if let Some(channel) = channels.get(&notification.uuid) {
                    funnel.take(funnel.packet(*channel, notification.value));
                }
            }
        });
        Ok(Link {
            sensor,
            peripheral,
            signs,
            characteristics: HashMap::new(),
            battery: None,
            tasks: [watch, drain],
        })
    }

    /// Connects and learns what the sensor has.
    pub(super) async fn connect(&mut self) -> Result<(), Trouble> {
        let sensor = self.sensor;
        while self.signs.try_recv().is_ok() {}
        match within(CONNECT, self.peripheral.connect()).await {
            Ok(()) | Err(Trouble::Already) => {}
            Err(Trouble::TimedOut) => return Err(Trouble::NoLink),
            Err(trouble) => return Err(trouble),
        }
        within(DISCOVER, self.peripheral.discover_services()).await?;
        let all = self.peripheral.characteristics();
        let service = sensor.service().parse::<Uuid>().ok();
        let of = |uuid: Uuid| {
            let mut alike: Vec<_> = all.iter().filter(|one| one.uuid == uuid).collect();
            alike.sort_by_key(|one| Some(one.service_uuid) != service);
            alike.first().copied().cloned()
        };
        self.characteristics = channels(sensor)
            .filter_map(|(channel, uuid)| Some((channel, of(uuid)?)))
            .collect();
        let is_read_by_driver = channels(sensor).any(|(_, uuid)| uuid == BATTERY);
        self.battery = of(BATTERY).filter(|_| !is_read_by_driver);
        Ok(())
    }

    /// Subscribes to what the family speaks by. What is not required may be missing or refuse.
    pub(super) async fn subscribe(&self) -> Result<(), Trouble> {
        for subscription in self.sensor.subscriptions() {
            let done = match self.characteristics.get(&subscription.channel) {
                Some(characteristic) => {
                    within(EXCHANGE, self.peripheral.subscribe(characteristic)).await
                }
                None => Err(self.missing(subscription.channel)),
            };
            match done {
                Ok(()) | Err(Trouble::Already) => {}
                Err(trouble) if subscription.is_required => return Err(trouble),
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Ends what [`Link::subscribe`] began.
    pub(super) async fn unsubscribe(&self) {
        for subscription in self.sensor.subscriptions() {
            if let Some(characteristic) = self.characteristics.get(&subscription.channel) {
                let _ = within(EXCHANGE, self.peripheral.unsubscribe(characteristic)).await;
            }
        }
    }

    /// Lets go, also of an attempt that is under way: otherwise BlueZ would connect later, with nobody listening.
    pub(super) async fn disconnect(&self) {
        let _ = within(DISCONNECT, self.peripheral.disconnect()).await;
    }

    /// The next thing the system says of this link.
    pub(super) async fn sign(&mut self) -> Sign {
        match self.signs.recv().await {
            Some(sign) => sign,
            // The stream of events never ends by itself; if it should, silence is what is left to go by.
            None => std::future::pending().await,
        }
    }

    /// Whether the link still stands, as far as the system knows.
    pub(super) async fn is_connected(&self) -> Result<bool, Trouble> {
        within(SYSTEM, self.peripheral.is_connected()).await
    }

    /// The strength of the signal, where the system tells it of a connected device, dBm.
    pub(super) async fn rssi(&self) -> Option<i8> {
        let rssi = within(EXCHANGE, self.peripheral.read_rssi()).await.ok()?;
        i8::try_from(rssi).ok()
    }

    /// The charge, by the standard service, where the driver does not read that itself, percent.
    pub(super) async fn battery(&self) -> Option<u8> {
        let characteristic = self.battery.as_ref()?;
        let value = within(EXCHANGE, self.peripheral.read(characteristic)).await;
        value
            .ok()?
            .first()
            .copied()
            .filter(|&percent| percent <= 100)
    }
}

impl Link {
    fn characteristic(&self, channel: Channel) -> Result<&Characteristic, Trouble> {
        let known = self.characteristics.get(&channel);
        known.ok_or_else(|| self.missing(channel))
    }

    fn missing(&self, Channel(channel): Channel) -> Trouble {
        let uuid = self.sensor.channels().get(usize::from(channel));
        let uuid = uuid.copied().unwrap_or("a characteristic");
        Trouble::Missing(format!("{uuid} of {}", self.sensor.name()))
    }
}

impl Gatt for Link {
    async fn read(&self, channel: Channel) -> Result<Vec<u8>, Trouble> {
        let characteristic = self.characteristic(channel)?;
        within(EXCHANGE, self.peripheral.read(characteristic)).await
    }

    async fn write(&self, write: &Write) -> Result<(), Trouble> {
        let characteristic = self.characteristic(write.channel)?;
        // A sensor that only offers the other way is written to that way.
        let can = |flag| characteristic.properties.contains(flag);
        let (acknowledged, plain) = (
            can(CharPropFlags::WRITE),
            can(CharPropFlags::WRITE_WITHOUT_RESPONSE),
        );
        let kind = match write.acknowledged {
            true if acknowledged || !plain => WriteType::WithResponse,
            false if !plain && acknowledged => WriteType::WithResponse,
            _ => WriteType::WithoutResponse,
        };
        let written = self.peripheral.write(characteristic, &write.bytes, kind);
        within(EXCHANGE, written).await
    }
}

/// The characteristics of a family.
fn channels(sensor: &'static dyn Sensor) -> impl Iterator<Item = (Channel, Uuid)> {
    let uuids = sensor.channels().iter();
    uuids
        .zip(0..)
        .filter_map(|(uuid, channel)| Some((Channel(channel), uuid.parse().ok()?)))
}

/// The channels that packets come from. BlueZ shows what is read as a notification too; that one is left out.
fn subscribed(sensor: &'static dyn Sensor) -> HashMap<Uuid, Channel> {
    let is_subscribed = |channel: Channel| {
        let mut subscriptions = sensor.subscriptions().iter();
        subscriptions.any(|subscription| subscription.channel == channel)
    };
    channels(sensor)
        .filter(|&(channel, _)| is_subscribed(channel))
        .map(|(channel, uuid)| (uuid, channel))
        .collect()
}
