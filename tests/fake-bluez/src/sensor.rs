//! What a test does with a sensor.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use zbus::{Connection, Variant};

use crate::server::Server;
use crate::state::{CHAR, DEVICE, Device, MANAGER, State, char_path, object};
use crate::{Outcome, Write};

/// A handle to one sensor.
pub struct SensorHandle {
    pub(crate) path: String,
    pub(crate) conn: Connection,
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) changed: watch::Sender<u64>,
    pub(crate) writes: tokio::sync::Mutex<mpsc::UnboundedReceiver<Write>>,
}

impl SensorHandle {
    fn server(&self) -> Server {
        Server {
            conn: self.conn.clone(),
            state: self.state.clone(),
            changed: self.changed.clone(),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut Device) -> T) -> T {
        f(self
            .state
            .lock()
            .unwrap()
            .devices
            .get_mut(&self.path)
            .expect("device"))
    }

    /// Stop advertising (out of range while not connected).
    pub fn hide(&self) {
        self.with(|d| d.visible = false);
    }

    /// Advertise again.
    pub fn show(&self) {
        self.with(|d| d.visible = true);
    }

    /// What Connect answers from now on.
    pub fn on_connect(&self, outcome: Outcome) {
        self.with(|d| d.connect = outcome);
    }

    /// Whether services get resolved after connecting (btleplug's connect waits for that).
    pub fn resolves(&self, yes: bool) {
        self.with(|d| d.resolves = yes);
    }

    /// What reading a characteristic gives; nothing where nothing is said.
    pub fn set_value(&self, uuid: &str, value: &[u8]) {
        self.with(|d| d.values.insert(uuid.to_owned(), value.to_vec()));
    }

    /// A link that an earlier program left behind: connected, and not advertising.
    pub fn leave_connected(&self) {
        self.with(|d| (d.known, d.connected, d.resolved) = (true, true, true));
    }

    /// What StartNotify answers from now on.
    pub fn on_subscribe(&self, outcome: Outcome) {
        self.with(|d| d.subscribe = outcome);
    }

    /// What WriteValue answers from now on.
    pub fn on_write(&self, outcome: Outcome) {
        self.with(|d| d.write = outcome);
    }

    /// Sends a notification. False when nobody is subscribed.
    pub async fn notify(&self, uuid: &str, value: &[u8]) -> bool {
        let path = self.with(|d| {
            let i = d
                .spec
                .chars
                .iter()
                .position(|c| c.uuid == uuid)
                .expect("characteristic");
            (d.connected && d.notifying.contains(&i)).then(|| char_path(&d.path, i))
        });
        let Some(path) = path else { return false };
        self.server()
            .properties_changed(&path, CHAR, [("Value", Variant::from(value.to_vec()))])
            .await;
        true
    }

    /// The link is lost. The sensor stays visible (see `hide`).
    pub async fn drop_link(&self) {
        self.server().disconnected(&self.path).await;
    }

    /// BlueZ forgets the device (it does so 30 s after it was last heard, if not paired).
    pub async fn forget(&self) {
        self.with(|d| (d.known, d.connected, d.resolved) = (false, false, false));
        self.server()
            .signal(
                "/",
                MANAGER,
                "InterfacesRemoved",
                &(object(&self.path), vec![DEVICE]),
            )
            .await;
    }

    /// Whether the program has connected to it.
    pub fn is_connected(&self) -> bool {
        self.with(|d| d.connected)
    }

    /// Waits until the program has connected and knows the services.
    pub async fn wait_connected(&self) {
        self.wait(|d| d.resolved).await
    }

    /// Waits until the link is gone.
    pub async fn wait_disconnected(&self) {
        self.wait(|d| !d.connected).await
    }

    /// Waits until the program has subscribed.
    pub async fn wait_subscribed(&self, uuid: &str) {
        self.wait(|d| {
            let i = d
                .spec
                .chars
                .iter()
                .position(|c| c.uuid == uuid)
                .expect("characteristic");
            d.connected && d.notifying.contains(&i)
        })
        .await
    }

    /// Waits (30 s at most, then panics) until the sensor's state is as wanted.
    async fn wait(&self, condition: impl Fn(&Device) -> bool) {
        let mut changes = self.changed.subscribe();
        let waiting = async {
            while !self.with(|d| condition(d)) {
                changes.changed().await.expect("fake BlueZ is there");
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .expect("it did not happen within 30 s")
    }

    /// The next write to any of its characteristics.
    pub async fn next_write(&self) -> Write {
        self.writes
            .lock()
            .await
            .recv()
            .await
            .expect("fake BlueZ is there")
    }
}
