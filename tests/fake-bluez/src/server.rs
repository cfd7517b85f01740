//! Answers as BlueZ would.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use zbus::message::Type;
use zbus::{Connection, Message, OwnedObjectPath, Variant};

use crate::bus::next;
use crate::state::{ADAPTER, CHAR, DEVICE, MANAGER, PROPERTIES, Props, State, object};
use crate::{Outcome, Write};

pub(crate) enum Reply {
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
pub(crate) struct Server {
    pub(crate) conn: Connection,
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) changed: watch::Sender<u64>,
}

impl Server {
    pub(crate) async fn serve(self, mut stream: zbus::MessageStream) {
        loop {
            match next(&mut stream).await {
                Some(Ok(message)) if message.message_type() == Type::MethodCall => {
                    self.call(message).await
                }
                Some(Ok(_)) => {}
                _ => return,
            }
        }
    }

    /// Advertisements: while an adapter is discovering, devices appear and get RSSI updates.
    pub(crate) async fn advertise(self) {
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

    pub(crate) async fn signal<B: zbus::export::serde::Serialize + zbus::wire::DynamicType>(
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

    pub(crate) async fn properties_changed<const N: usize>(
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

    pub(crate) async fn interfaces_added(&self, path: &str) {
        let interfaces = self.state.lock().unwrap().interfaces(path);
        self.signal("/", MANAGER, "InterfacesAdded", &(object(path), interfaces))
            .await;
        self.changed.send_modify(|n| *n += 1);
    }

    pub(crate) async fn disconnected(&self, path: &str) {
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

    pub(crate) async fn call(&self, message: Message) {
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

    pub(crate) async fn dispatch(
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
