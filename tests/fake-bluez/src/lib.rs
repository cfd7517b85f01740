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
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot have its surroundings fails"
)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};
use zbus::message::Type;
use zbus::{Connection, Message, OwnedObjectPath, Variant};

/// The service of [`Sensor::imu`].
pub const SERVICE: &str = "bac0c0ac-0001-4000-8000-00805f9b34fb";
/// Its characteristic that notifies.
pub const NOTIFY: &str = "bac0c0ac-0002-4000-8000-00805f9b34fb";
/// Its characteristic that is written to.
pub const CONTROL: &str = "bac0c0ac-0003-4000-8000-00805f9b34fb";

const ADAPTER: &str = "org.bluez.Adapter1";
const DEVICE: &str = "org.bluez.Device1";
const SERVICE_IF: &str = "org.bluez.GattService1";
const CHAR: &str = "org.bluez.GattCharacteristic1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const MANAGER: &str = "org.freedesktop.DBus.ObjectManager";

type Props = HashMap<String, Variant<'static>>;

/// How a call to the sensor ends.
#[derive(Clone, Debug, Default)]
pub enum Outcome {
    /// As it should.
    #[default]
    Ok,
    /// Answered with a D-Bus error: its name and its message.
    Error(String, String),
    /// Never answered.
    Hang,
}

impl Outcome {
    /// What BlueZ 5.66 says when the link is lost while it is being made.
    pub fn aborted() -> Self {
        Outcome::Error(
            "org.bluez.Error.Failed".into(),
            "le-connection-abort-by-local".into(),
        )
    }
}

/// A characteristic to offer: its UUID and BlueZ's flags ("notify", "write", ...).
#[derive(Clone, Debug)]
pub struct CharSpec {
    /// Canonical, in lower case.
    pub uuid: String,
    /// BlueZ's words.
    pub flags: Vec<String>,
}

/// A sensor to put on the air.
#[derive(Clone, Debug)]
pub struct Sensor {
    /// Such as `F0:0D:BA:CC:0A:C4`.
    pub address: String,
    /// The name it advertises.
    pub name: Option<String>,
    /// What it advertises; BlueZ shows that as the device's UUIDs.
    pub advertised: Vec<String>,
    /// Strength of its signal, dBm.
    pub rssi: i16,
    /// Its one service.
    pub service: String,
    /// What is in that.
    pub chars: Vec<CharSpec>,
    /// What BlueZ tells of the link, where it tells it.
    pub mtu: Option<u16>,
    /// From Connected to ServicesResolved.
    pub resolve_after: Duration,
}

impl Sensor {
    /// One service with a notify and a control characteristic, like peripheral.py.
    pub fn imu(address: &str) -> Self {
        let chars = [
            (NOTIFY, &["notify"][..]),
            (CONTROL, &["write", "write-without-response", "notify"]),
        ];
        Sensor {
            address: address.into(),
            name: Some("Testbed-IMU".into()),
            advertised: vec![SERVICE.into()],
            rssi: -50,
            service: SERVICE.into(),
            chars: chars
                .map(|(uuid, flags)| CharSpec {
                    uuid: uuid.into(),
                    flags: flags.iter().map(|f| f.to_string()).collect(),
                })
                .into(),
            mtu: Some(517),
            resolve_after: Duration::from_millis(20),
        }
    }
}

/// A write that the program under test made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The characteristic.
    pub uuid: String,
    /// What was written.
    pub value: Vec<u8>,
    /// The "type" option: "request" (with response) or "command" (without).
    pub kind: Option<String>,
}

struct Device {
    spec: Sensor,
    adapter: String,
    path: String,
    /// Advertising: heard when somebody scans.
    visible: bool,
    /// Its D-Bus object exists.
    known: bool,
    connected: bool,
    resolved: bool,
    notifying: HashSet<usize>,
    connect: Outcome,
    resolves: bool,
    subscribe: Outcome,
    write: Outcome,
    values: HashMap<String, Vec<u8>>,
    writes: mpsc::UnboundedSender<Write>,
}

struct Adapter {
    powered: bool,
    discovering: bool,
    /// What setting Powered to true answers.
    power_on: Outcome,
    filter: Vec<String>,
}

#[derive(Default)]
struct State {
    adapters: BTreeMap<String, Adapter>,
    devices: BTreeMap<String, Device>,
    calls: Vec<String>,
    list: Outcome,
}

/// The bus and the service. Dropping it ends both.
pub struct FakeBluez {
    address: String,
    conn: Connection,
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    _bus: Bus,
}

/// A handle to one sensor.
pub struct SensorHandle {
    path: String,
    conn: Connection,
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
    writes: tokio::sync::Mutex<mpsc::UnboundedReceiver<Write>>,
}

// -- the private bus ----------------------------------------------------------

/// A dbus-daemon of its own, ended when this is dropped or this process ends (a shell
/// waits on a pipe whose other end is held here, and then ends the daemon).
pub struct Bus {
    address: String,
    _dir: TempDir,
    _keep: ChildStdin,
    _child: Child,
}

struct TempDir(std::path::PathBuf);

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Bus {
    /// Starts one that nobody else knows.
    pub async fn start() -> Bus {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let n = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("fake-bluez-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("temporary directory");
        let config = dir.join("bus.conf");
        std::fs::write(
            &config,
            format!(
                r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={}/socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/>
<allow own="*"/><allow user="*"/></policy></busconfig>"#,
                dir.display()
            ),
        )
        .expect("bus.conf");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(r#"dbus-daemon --nofork --nopidfile --print-address=1 --config-file="$0" </dev/null 2>"$1" & d=$!; read x; kill $d"#)
            .arg(&config)
            .arg(dir.join("log"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .await
            .expect("dbus-daemon");
        let address = line.trim().to_string();
        if address.is_empty() {
            let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
            panic!("dbus-daemon is needed for this test: apt install dbus-daemon\n{log}");
        }
        Bus {
            address,
            _dir: TempDir(dir),
            _keep: child.stdin.take().unwrap(),
            _child: child,
        }
    }

    /// The value for DBUS_SYSTEM_BUS_ADDRESS.
    pub fn address(&self) -> &str {
        &self.address
    }
}

// -- the service --------------------------------------------------------------

impl FakeBluez {
    /// A new bus, with org.bluez on it and no adapter.
    pub async fn start() -> Self {
        let bus = Bus::start().await;
        let address = bus.address.clone();
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

// -- D-Bus ----------------------------------------------------------------------

fn object(path: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(path.to_string()).expect("object path")
}

fn service_path(device: &str) -> String {
    format!("{device}/service0010")
}

fn char_path(device: &str, index: usize) -> String {
    format!("{}/char{:04x}", service_path(device), 0x11 + 3 * index)
}

enum Reply {
    Empty,
    Props(Props),
    Value(Variant<'static>),
    Text(String),
    Bytes(Vec<u8>),
    Objects(HashMap<OwnedObjectPath, HashMap<String, Props>>),
    Error(String, String),
    None,
}

impl From<Outcome> for Reply {
    fn from(o: Outcome) -> Self {
        match o {
            Outcome::Ok => Reply::Empty,
            Outcome::Error(name, message) => Reply::Error(name, message),
            Outcome::Hang => Reply::None,
        }
    }
}

#[derive(Clone)]
struct Server {
    conn: Connection,
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
}

impl Server {
    async fn serve(self, mut stream: zbus::MessageStream) {
        loop {
            // MessageStream is a Stream; polled by hand to need no further crate.
            let next = std::future::poll_fn(|cx| {
                use zbus::export::futures_core::Stream;
                std::pin::Pin::new(&mut stream).poll_next(cx)
            });
            match next.await {
                Some(Ok(message)) if message.message_type() == Type::MethodCall => {
                    self.call(message).await
                }
                Some(Ok(_)) => {}
                _ => return,
            }
        }
    }

    /// Advertisements: while an adapter is discovering, devices appear and get RSSI updates.
    async fn advertise(self) {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let mut new = vec![];
            let mut heard = vec![];
            {
                let mut s = self.state.lock().unwrap();
                let State {
                    adapters, devices, ..
                } = &mut *s;
                for d in devices.values_mut().filter(|d| d.visible && !d.connected) {
                    let Some(a) = adapters
                        .get(&d.adapter)
                        .filter(|a| a.powered && a.discovering)
                    else {
                        continue;
                    };
                    if !a.filter.is_empty()
                        && !d.spec.advertised.iter().any(|u| a.filter.contains(u))
                    {
                        continue;
                    }
                    if d.known {
                        heard.push((d.path.clone(), d.spec.rssi))
                    } else {
                        new.push(d.path.clone())
                    }
                    d.known = true;
                }
            }
            for path in new {
                self.interfaces_added(&path).await;
            }
            for (path, rssi) in heard {
                self.properties_changed(&path, DEVICE, [("RSSI", rssi.into())])
                    .await;
            }
        }
    }

    async fn signal<B: zbus::export::serde::Serialize + zbus::wire::DynamicType>(
        &self,
        path: &str,
        interface: &str,
        name: &str,
        body: &B,
    ) {
        let _ = self
            .conn
            .emit_signal(None::<&str>, path, interface, name, body)
            .await;
    }

    async fn properties_changed<const N: usize>(
        &self,
        path: &str,
        interface: &str,
        changed: [(&str, Variant<'static>); N],
    ) {
        let changed: HashMap<&str, Variant> = changed.into_iter().collect();
        self.signal(
            path,
            PROPERTIES,
            "PropertiesChanged",
            &(interface, changed, Vec::<&str>::new()),
        )
        .await;
        self.changed.send_modify(|n| *n += 1);
    }

    async fn interfaces_added(&self, path: &str) {
        let interfaces = self.state.lock().unwrap().interfaces(path);
        self.signal("/", MANAGER, "InterfacesAdded", &(object(path), interfaces))
            .await;
        self.changed.send_modify(|n| *n += 1);
    }

    async fn disconnected(&self, path: &str) {
        let was = {
            let mut s = self.state.lock().unwrap();
            let Some(d) = s.devices.get_mut(path) else {
                return;
            };
            let was = d.connected;
            (d.connected, d.resolved) = (false, false);
            was
        };
        if was {
            // BlueZ keeps the subscriptions of clients and renews them on the next connection.
            self.properties_changed(path, DEVICE, [("ServicesResolved", false.into())])
                .await;
            self.properties_changed(path, DEVICE, [("Connected", false.into())])
                .await;
        }
    }

    async fn call(&self, message: Message) {
        let header = message.header();
        let path = header.path().map(|p| p.to_string()).unwrap_or_default();
        let interface = header
            .interface()
            .map(|i| i.to_string())
            .unwrap_or_default();
        let member = header.member().map(|m| m.to_string()).unwrap_or_default();
        self.state
            .lock()
            .unwrap()
            .calls
            .push(format!("{path} {interface}.{member}"));
        let reply = self.dispatch(&path, &interface, &member, &message).await;
        let _ = match reply {
            Reply::Empty => self.conn.reply(&header, &()).await,
            Reply::Props(p) => self.conn.reply(&header, &p).await,
            Reply::Value(v) => self.conn.reply(&header, &v).await,
            Reply::Text(t) => self.conn.reply(&header, &t).await,
            Reply::Bytes(b) => self.conn.reply(&header, &b).await,
            Reply::Objects(o) => self.conn.reply(&header, &o).await,
            Reply::Error(name, text) => self.conn.reply_error(&header, name.as_str(), &text).await,
            Reply::None => Ok(()),
        };
        self.changed.send_modify(|n| *n += 1);
    }

    async fn dispatch(
        &self,
        path: &str,
        interface: &str,
        member: &str,
        message: &Message,
    ) -> Reply {
        let body = message.body();
        match (interface, member) {
            (MANAGER, "GetManagedObjects") => {
                let s = self.state.lock().unwrap();
                match s.list.clone() {
                    Outcome::Ok => Reply::Objects(s.objects()),
                    refusal => refusal.into(),
                }
            }
            ("org.freedesktop.DBus.Introspectable", "Introspect") => {
                Reply::Text(self.state.lock().unwrap().introspect(path))
            }
            (PROPERTIES, "GetAll") => {
                let Ok(wanted) = body.deserialize::<&str>() else {
                    return invalid();
                };
                match self.state.lock().unwrap().interfaces(path).remove(wanted) {
                    Some(p) => Reply::Props(p),
                    None => unknown(interface, member),
                }
            }
            (PROPERTIES, "Get") => {
                let Ok((wanted, name)) = body.deserialize::<(&str, &str)>() else {
                    return invalid();
                };
                match self
                    .state
                    .lock()
                    .unwrap()
                    .interfaces(path)
                    .remove(wanted)
                    .and_then(|mut p| p.remove(name))
                {
                    Some(v) => Reply::Value(v),
                    None => unknown(interface, member),
                }
            }
            (PROPERTIES, "Set") => {
                let Ok((_, name, value)) = body.deserialize::<(&str, &str, Variant)>() else {
                    return invalid();
                };
                let Variant::Bool(on) = value else {
                    return invalid();
                };
                if name != "Powered" {
                    return unknown(interface, member);
                }
                let (outcome, changed) = {
                    let mut s = self.state.lock().unwrap();
                    let Some(a) = s.adapters.get_mut(path) else {
                        return unknown(interface, member);
                    };
                    let outcome = if on { a.power_on.clone() } else { Outcome::Ok };
                    let changed = matches!(outcome, Outcome::Ok) && a.powered != on;
                    if changed {
                        a.powered = on;
                    }
                    (outcome, changed)
                };
                if changed {
                    self.properties_changed(path, ADAPTER, [("Powered", on.into())])
                        .await;
                }
                outcome.into()
            }
            (ADAPTER, "SetDiscoveryFilter") => {
                let Ok(filter) = body.deserialize::<HashMap<String, Variant>>() else {
                    return invalid();
                };
                let uuids = filter
                    .get("UUIDs")
                    .and_then(|v| Vec::<String>::try_from(v.try_clone().ok()?).ok());
                match self.state.lock().unwrap().adapters.get_mut(path) {
                    Some(a) => a.filter = uuids.unwrap_or_default(),
                    None => return unknown(interface, member),
                }
                Reply::Empty
            }
            (ADAPTER, "StartDiscovery" | "StopDiscovery") => {
                let start = member == "StartDiscovery";
                {
                    let mut s = self.state.lock().unwrap();
                    let Some(a) = s.adapters.get_mut(path) else {
                        return unknown(interface, member);
                    };
                    if !a.powered {
                        return Reply::Error(
                            "org.bluez.Error.NotReady".into(),
                            "Resource Not Ready".into(),
                        );
                    }
                    if !start && !a.discovering {
                        return Reply::Error(
                            "org.bluez.Error.Failed".into(),
                            "No discovery started".into(),
                        );
                    }
                    a.discovering = start;
                }
                self.properties_changed(path, ADAPTER, [("Discovering", start.into())])
                    .await;
                Reply::Empty
            }
            (ADAPTER, "RemoveDevice") => Reply::Empty,
            (DEVICE, "Connect") => {
                let (outcome, resolves, after) = {
                    let s = self.state.lock().unwrap();
                    let Some(d) = s.devices.get(path).filter(|d| d.known) else {
                        return unknown(interface, member);
                    };
                    // BlueZ waits for the device to be heard; here as there, nothing is answered.
                    let outcome = if d.visible || d.connected {
                        d.connect.clone()
                    } else {
                        Outcome::Hang
                    };
                    (outcome, d.resolves, d.spec.resolve_after)
                };
                if let Outcome::Ok = outcome {
                    if let Some(d) = self.state.lock().unwrap().devices.get_mut(path) {
                        d.connected = true;
                    }
                    self.properties_changed(path, DEVICE, [("Connected", true.into())])
                        .await;
                    if resolves {
                        let (server, path) = (self.clone(), path.to_string());
                        tokio::spawn(async move {
                            tokio::time::sleep(after).await;
                            match server.state.lock().unwrap().devices.get_mut(&path) {
                                Some(d) if d.connected => d.resolved = true,
                                _ => return,
                            }
                            server
                                .properties_changed(
                                    &path,
                                    DEVICE,
                                    [("ServicesResolved", true.into())],
                                )
                                .await;
                        });
                    }
                }
                outcome.into()
            }
            (DEVICE, "Disconnect") => {
                if !self
                    .state
                    .lock()
                    .unwrap()
                    .devices
                    .get(path)
                    .is_some_and(|d| d.known)
                {
                    return unknown(interface, member);
                }
                self.disconnected(path).await;
                Reply::Empty
            }
            (CHAR, "StartNotify" | "StopNotify" | "WriteValue" | "ReadValue") => {
                let mut s = self.state.lock().unwrap();
                let Some((d, i)) = s.characteristic(path) else {
                    return unknown(interface, member);
                };
                if !d.connected {
                    return Reply::Error("org.bluez.Error.Failed".into(), "Not connected".into());
                }

                match member {
                    "StartNotify" => {
                        if !d.spec.chars[i]
                            .flags
                            .iter()
                            .any(|f| f == "notify" || f == "indicate")
                        {
                            return Reply::Error(
                                "org.bluez.Error.NotSupported".into(),
                                "Operation is not supported".into(),
                            );
                        }
                        if let Outcome::Ok = d.subscribe {
                            d.notifying.insert(i);
                        }
                        d.subscribe.clone().into()
                    }
                    "StopNotify" => {
                        if d.notifying.remove(&i) {
                            Reply::Empty
                        } else {
                            Reply::Error(
                                "org.bluez.Error.Failed".into(),
                                "No notify session started".into(),
                            )
                        }
                    }
                    "WriteValue" => {
                        let Ok((value, options)) =
                            body.deserialize::<(Vec<u8>, HashMap<String, Variant>)>()
                        else {
                            return invalid();
                        };
                        let kind = options
                            .get("type")
                            .and_then(|v| String::try_from(v.try_clone().ok()?).ok());
                        if let Outcome::Ok = d.write {
                            let _ = d.writes.send(Write {
                                uuid: d.spec.chars[i].uuid.clone(),
                                value,
                                kind,
                            });
                        }
                        d.write.clone().into()
                    }
                    _ => {
                        let uuid = &d.spec.chars[i].uuid;
                        Reply::Bytes(d.values.get(uuid).cloned().unwrap_or_default())
                    }
                }
            }
            _ => unknown(interface, member),
        }
    }
}

/// What BlueZ's D-Bus library answers for an object that is not (or no longer) there.
fn unknown(interface: &str, member: &str) -> Reply {
    Reply::Error(
        "org.freedesktop.DBus.Error.UnknownObject".into(),
        format!("Method \"{member}\" on interface \"{interface}\" doesn't exist\n"),
    )
}

fn invalid() -> Reply {
    Reply::Error(
        "org.bluez.Error.InvalidArguments".into(),
        "Invalid arguments in method call".into(),
    )
}

impl State {
    fn characteristic(&mut self, path: &str) -> Option<(&mut Device, usize)> {
        let d = self
            .devices
            .values_mut()
            .find(|d| path.starts_with(&format!("{}/", d.path)))?;
        let i = (0..d.spec.chars.len()).find(|&i| char_path(&d.path, i) == path)?;
        Some((d, i))
    }

    /// Interfaces and properties of one object. Those marked * are the ones without which
    /// bluez-async drops the object (adapters, devices) or fails (characteristics).
    fn interfaces(&self, path: &str) -> HashMap<String, Props> {
        let mut all = HashMap::new();
        let mut add = |interface: &str, props: Vec<(&str, Variant<'static>)>| {
            all.insert(
                interface.to_string(),
                props.into_iter().map(|(k, v)| (k.to_string(), v)).collect(),
            );
        };
        if let Some(a) = self.adapters.get(path) {
            add(
                ADAPTER,
                vec![
                    ("Address", "02:00:00:00:00:01".into()),    // *
                    ("AddressType", "public".into()),           // *
                    ("Name", "fake".into()),                    // *
                    ("Alias", "fake".into()),                   // *
                    ("Modalias", "usb:v1D6Bp0246d0542".into()), // * and must parse
                    ("Powered", a.powered.into()),              // *
                    ("Discovering", a.discovering.into()),      // *
                    ("UUIDs", Vec::<String>::new().into()),
                ],
            );
        }
        if let Some(d) = self.devices.get(path).filter(|d| d.known) {
            let mut props = vec![
                ("Address", d.spec.address.clone().into()), // *
                ("AddressType", "random".into()),           // *
                (
                    "Alias",
                    d.spec
                        .name
                        .clone()
                        .unwrap_or(d.spec.address.replace(':', "-"))
                        .into(),
                ),
                ("Paired", false.into()),                // *
                ("Trusted", false.into()),               // *
                ("Blocked", false.into()),               // *
                ("LegacyPairing", false.into()),         // *
                ("Connected", d.connected.into()),       // *
                ("ServicesResolved", d.resolved.into()), // *
                ("UUIDs", d.spec.advertised.clone().into()),
                ("Adapter", Variant::from(object(&d.adapter))),
            ];
            if let Some(name) = &d.spec.name {
                props.push(("Name", name.clone().into()));
            }
            // BlueZ shows RSSI only while the device is being heard.
            if d.visible && self.adapters.get(&d.adapter).is_some_and(|a| a.discovering) {
                props.push(("RSSI", d.spec.rssi.into()));
            }
            add(DEVICE, props);
        }
        if let Some(d) = self
            .devices
            .values()
            .find(|d| d.known && service_path(&d.path) == path)
        {
            add(
                SERVICE_IF,
                vec![
                    ("UUID", d.spec.service.clone().into()), // *
                    ("Primary", true.into()),                // *
                    ("Device", Variant::from(object(&d.path))),
                ],
            );
        }
        for d in self.devices.values().filter(|d| d.known) {
            for (i, c) in d
                .spec
                .chars
                .iter()
                .enumerate()
                .filter(|(i, _)| char_path(&d.path, *i) == path)
            {
                let mut props = vec![
                    ("UUID", c.uuid.clone().into()),   // *
                    ("Flags", c.flags.clone().into()), // * each must be a flag that bluez-async knows
                    ("Service", Variant::from(object(&service_path(&d.path)))),
                    ("Notifying", d.notifying.contains(&i).into()),
                ];
                if let Some(mtu) = d.spec.mtu {
                    props.push(("MTU", mtu.into()));
                }
                add(CHAR, props);
            }
        }
        all
    }

    fn paths(&self) -> Vec<String> {
        let mut all: Vec<String> = self.adapters.keys().cloned().collect();
        for d in self
            .devices
            .values()
            .filter(|d| d.known && self.adapters.contains_key(&d.adapter))
        {
            all.push(d.path.clone());
            // GATT objects are there from the first connection on.
            if d.resolved {
                all.push(service_path(&d.path));
                all.extend((0..d.spec.chars.len()).map(|i| char_path(&d.path, i)));
            }
        }
        all
    }

    fn objects(&self) -> HashMap<OwnedObjectPath, HashMap<String, Props>> {
        self.paths()
            .into_iter()
            .map(|p| (object(&p), self.interfaces(&p)))
            .collect()
    }

    /// btleplug finds services and characteristics by the names of the child nodes.
    fn introspect(&self, path: &str) -> String {
        let prefix = if path == "/" {
            "/".to_string()
        } else {
            format!("{path}/")
        };
        let mut children: Vec<String> = self
            .paths()
            .iter()
            .filter_map(|p| {
                p.strip_prefix(&prefix)?
                    .split('/')
                    .next()
                    .map(str::to_string)
            })
            .collect();
        children.sort();
        children.dedup();
        let nodes: String = children
            .iter()
            .map(|c| format!("<node name=\"{c}\"/>"))
            .collect();
        let interfaces: String = self
            .interfaces(path)
            .keys()
            .map(|i| format!("<interface name=\"{i}\"/>"))
            .collect();
        format!("<node>{interfaces}{nodes}</node>")
    }
}
