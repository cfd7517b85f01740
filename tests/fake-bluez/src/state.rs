//! What there is, and how it looks over D-Bus.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::sync::mpsc;
use zbus::{OwnedObjectPath, Variant};

use crate::{Outcome, Sensor, Write};

pub(crate) const ADAPTER: &str = "org.bluez.Adapter1";
pub(crate) const DEVICE: &str = "org.bluez.Device1";
pub(crate) const SERVICE_IF: &str = "org.bluez.GattService1";
pub(crate) const CHAR: &str = "org.bluez.GattCharacteristic1";
pub(crate) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
pub(crate) const MANAGER: &str = "org.freedesktop.DBus.ObjectManager";

pub(crate) type Props = HashMap<String, Variant<'static>>;

pub(crate) struct Device {
    pub(crate) spec: Sensor,
    pub(crate) adapter: String,
    pub(crate) path: String,
    /// Advertising: heard when somebody scans.
    pub(crate) visible: bool,
    /// Its D-Bus object exists.
    pub(crate) known: bool,
    pub(crate) connected: bool,
    pub(crate) resolved: bool,
    pub(crate) notifying: HashSet<usize>,
    pub(crate) connect: Outcome,
    pub(crate) resolves: bool,
    pub(crate) subscribe: Outcome,
    pub(crate) write: Outcome,
    pub(crate) values: HashMap<String, Vec<u8>>,
    pub(crate) writes: mpsc::UnboundedSender<Write>,
}

pub(crate) struct Adapter {
    pub(crate) powered: bool,
    pub(crate) discovering: bool,
    /// What setting Powered to true answers.
    pub(crate) power_on: Outcome,
    pub(crate) filter: Vec<String>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) adapters: BTreeMap<String, Adapter>,
    pub(crate) devices: BTreeMap<String, Device>,
    pub(crate) calls: Vec<String>,
    pub(crate) list: Outcome,
}

pub(crate) fn object(path: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(path.to_string()).expect("object path")
}

pub(crate) fn service_path(device: &str) -> String {
    format!("{device}/service0010")
}

pub(crate) fn char_path(device: &str, index: usize) -> String {
    format!("{}/char{:04x}", service_path(device), 0x11 + 3 * index)
}

impl State {
    pub(crate) fn characteristic(&mut self, path: &str) -> Option<(&mut Device, usize)> {
        let d = self
            .devices
            .values_mut()
            .find(|d| path.starts_with(&format!("{}/", d.path)))?;
        let i = (0..d.spec.chars.len()).find(|&i| char_path(&d.path, i) == path)?;
        Some((d, i))
    }

    /// Interfaces and properties of one object. Those marked * are the ones without which
    /// bluez-async drops the object (adapters, devices) or fails (characteristics).
    pub(crate) fn interfaces(&self, path: &str) -> HashMap<String, Props> {
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

    pub(crate) fn paths(&self) -> Vec<String> {
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

    pub(crate) fn objects(&self) -> HashMap<OwnedObjectPath, HashMap<String, Props>> {
        self.paths()
            .into_iter()
            .map(|p| (object(&p), self.interfaces(&p)))
            .collect()
    }

    /// btleplug finds services and characteristics by the names of the child nodes.
    pub(crate) fn introspect(&self, path: &str) -> String {
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
