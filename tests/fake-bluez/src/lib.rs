//! A stand-in for BlueZ on a private D-Bus, good enough for btleplug's Linux backend:
//! scanning, connecting, service discovery, subscribing, notifications, writes,
//! disconnections, and the ways in which each of them fails.
//!
//! ```no_run
//! # async fn doc() {
//! use fake_bluez::{FakeBluez, Sensor};
//! let bluez = FakeBluez::start().await;
//! bluez.add_adapter("hci0", true).await;
//! let sensor = bluez.add_sensor("hci0", Sensor::imu("F0:0D:BA:CC:0A:C4")).await;
//! // Start the program under test with DBUS_SYSTEM_BUS_ADDRESS=bluez.address(), then:
//! sensor.wait_subscribed(fake_bluez::NOTIFY).await;
//! sensor.notify(fake_bluez::NOTIFY, &[1, 2, 3]).await;
//! sensor.drop_link().await;
//! # }
//! ```
//!
//! libdbus reads DBUS_SYSTEM_BUS_ADDRESS once per process. So a test that runs btleplug in
//! its own process can have one bus only, for all tests in that binary (or one test per
//! process, as cargo-nextest does); a test that starts a program as a child can have a bus
//! per test.
//!
//! Empty elsewhere than on Linux, the only place where btleplug speaks to BlueZ.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot have its surroundings fails"
)]

// The private bus.
mod bus;
// What a test does with a sensor.
mod sensor;
// Answers as BlueZ would.
mod server;
// What a test says about a sensor.
mod spec;
// What there is, and how it looks over D-Bus.
mod state;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use zbus::Connection;

pub use bus::Bus;
pub use sensor::SensorHandle;
pub use spec::{CharSpec, Outcome, Sensor, Write};

use self::server::Server;
use self::state::{ADAPTER, Adapter, DEVICE, Device, MANAGER, State, object};

/// The service of [`Sensor::imu`].
pub const SERVICE: &str = "bac0c0ac-0001-4000-8000-00805f9b34fb";
/// Its characteristic that notifies.
pub const NOTIFY: &str = "bac0c0ac-0002-4000-8000-00805f9b34fb";
/// Its characteristic that is written to.
pub const CONTROL: &str = "bac0c0ac-0003-4000-8000-00805f9b34fb";

/// The bus and the service. Dropping it ends both.
pub struct FakeBluez {
    address: String,
    conn: Connection,
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    _bus: Bus,
}

impl FakeBluez {
    /// A new bus, with org.bluez on it and no adapter.
    pub async fn start() -> Self {
        let bus = Bus::start().await;
        let address = bus.address().to_owned();
        let conn = zbus::connection::Builder::address(address.as_str())
            .build()
            .await
            .expect("connection to the private bus");
        let state = Arc::new(Mutex::new(State::default()));
        let (changed, _) = watch::channel(0);
        let server = Server {
            conn: conn.clone(),
            state: state.clone(),
            changed: changed.clone(),
        };
        let stream = zbus::MessageStream::from(&conn);
        let tasks = vec![
            tokio::spawn(server.clone().serve(stream)),
            tokio::spawn(server.advertise()),
        ];
        conn.request_name("org.bluez")
            .await
            .expect("name org.bluez");
        FakeBluez {
            address,
            conn,
            state,
            changed,
            tasks,
            _bus: bus,
        }
    }

    /// The value for DBUS_SYSTEM_BUS_ADDRESS.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Every method call so far, as "path interface.Member".
    pub fn calls(&self) -> Vec<String> {
        self.state.lock().unwrap().calls.clone()
    }

    /// Waits (30 s at most, then panics) until a method, e.g. "Device1.Connect", has been
    /// called so many times.
    pub async fn wait_called(&self, method: &str, times: usize) {
        let mut changes = self.changed.subscribe();
        let waiting = async {
            while self.calls().iter().filter(|c| c.ends_with(method)).count() < times {
                changes.changed().await.expect("fake BlueZ is there");
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .is_err()
        {
            panic!(
                "{method} was not called {times} times within 30 s: {:#?}",
                self.calls()
            );
        }
    }

    fn server(&self) -> Server {
        Server {
            conn: self.conn.clone(),
            state: self.state.clone(),
            changed: self.changed.clone(),
        }
    }

    /// An adapter, as when a dongle is plugged in.
    pub async fn add_adapter(&self, name: &str, powered: bool) {
        let path = format!("/org/bluez/{name}");
        let adapter = Adapter {
            powered,
            discovering: false,
            power_on: Outcome::Ok,
            filter: vec![],
        };
        self.state
            .lock()
            .unwrap()
            .adapters
            .insert(path.clone(), adapter);
        self.server().interfaces_added(&path).await;
    }

    /// The adapter and all its devices are gone, as when a dongle is unplugged.
    pub async fn remove_adapter(&self, name: &str) {
        let path = format!("/org/bluez/{name}");
        let gone: Vec<String> = {
            let mut s = self.state.lock().unwrap();
            s.adapters.remove(&path);
            let gone = s
                .devices
                .values()
                .filter(|d| d.adapter == path && d.known)
                .map(|d| d.path.clone())
                .collect();
            s.devices
                .values_mut()
                .filter(|d| d.adapter == path)
                .for_each(|d| {
                    (d.known, d.connected, d.resolved, d.visible) = (false, false, false, false)
                });
            gone
        };
        for device in gone {
            self.server()
                .signal(
                    "/",
                    MANAGER,
                    "InterfacesRemoved",
                    &(object(&device), vec![DEVICE]),
                )
                .await;
        }
        self.server()
            .signal(
                "/",
                MANAGER,
                "InterfacesRemoved",
                &(object(&path), vec![ADAPTER]),
            )
            .await;
    }

    /// Somebody switches an adapter on or off.
    pub async fn set_powered(&self, name: &str, powered: bool) {
        let path = format!("/org/bluez/{name}");
        self.state
            .lock()
            .unwrap()
            .adapters
            .get_mut(&path)
            .expect("adapter")
            .powered = powered;
        self.server()
            .properties_changed(&path, ADAPTER, [("Powered", powered.into())])
            .await;
    }

    /// What the program gets when it switches the adapter on (e.g. a radio kill switch).
    pub fn on_power_on(&self, name: &str, outcome: Outcome) {
        let path = format!("/org/bluez/{name}");
        self.state
            .lock()
            .unwrap()
            .adapters
            .get_mut(&path)
            .expect("adapter")
            .power_on = outcome;
    }

    /// bluetoothd has gone: nobody owns org.bluez. No signal says so to btleplug.
    pub async fn stop_bluetoothd(&self) {
        let _ = self.conn.release_name("org.bluez").await;
    }

    /// Bluetoothd is back, and knows no device any more.
    pub async fn start_bluetoothd(&self) {
        {
            let mut s = self.state.lock().unwrap();
            s.adapters.values_mut().for_each(|a| a.discovering = false);
            for d in s.devices.values_mut() {
                (d.known, d.connected, d.resolved) = (false, false, false);
                d.notifying.clear();
            }
        }
        self.conn
            .request_name("org.bluez")
            .await
            .expect("name org.bluez");
    }

    /// What the program gets when it asks what there is.
    pub fn on_list(&self, outcome: Outcome) {
        self.state.lock().unwrap().list = outcome;
    }

    /// Something to hear and connect to.
    pub async fn add_sensor(&self, adapter: &str, spec: Sensor) -> SensorHandle {
        let adapter = format!("/org/bluez/{adapter}");
        let path = format!("{adapter}/dev_{}", spec.address.replace(':', "_"));
        let (tx, rx) = mpsc::unbounded_channel();
        let device = Device {
            spec,
            adapter,
            path: path.clone(),
            visible: true,
            known: false,
            connected: false,
            resolved: false,
            notifying: HashSet::new(),
            connect: Outcome::Ok,
            resolves: true,
            subscribe: Outcome::Ok,
            write: Outcome::Ok,
            values: HashMap::new(),
            writes: tx,
        };
        self.state
            .lock()
            .unwrap()
            .devices
            .insert(path.clone(), device);
        SensorHandle {
            path,
            conn: self.conn.clone(),
            state: self.state.clone(),
            changed: self.changed.clone(),
            writes: tokio::sync::Mutex::new(rx),
        }
    }
}

impl Drop for FakeBluez {
    fn drop(&mut self) {
        self.tasks.iter().for_each(|t| t.abort());
    }
}
