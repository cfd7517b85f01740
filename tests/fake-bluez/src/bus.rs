//! The private bus: who is on it, and which message goes to whom.
//!
//! What there is of the [D-Bus specification](https://dbus.freedesktop.org/doc/dbus-specification.html) is what
//! clients of BlueZ need: one client's calls and replies reach the other, signals reach those whose rules match,
//! names come and go, and everybody sees all of it in the same order. Left out are queues of owners for a name,
//! starting of services, policies, eavesdropping, and an answer to calls whose callee leaves the bus instead.

use std::collections::BTreeMap;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener as StdListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use zbus::export::futures_core::Stream;
use zbus::match_rule::PathSpec;
use zbus::message::{Flags, Type};
use zbus::names::UniqueName;
use zbus::{Connection, Guid, MatchRule, Message, MessageStream};

// What the bus itself is asked.
mod own;
#[cfg(test)]
mod tests;

use own::{BUS, not_provided};

/// A message bus that nobody else knows. Dropping it disconnects everybody.
pub struct Bus {
    address: String,
    listening: JoinHandle<()>,
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Bus {
    /// Starts one, on an abstract socket: it leaves nothing behind, however the process ends.
    #[expect(clippy::unused_async, reason = "there has to be a runtime")]
    pub async fn start() -> Bus {
        let guid = Guid::generate();
        let name = format!("fake-bluez-{guid}");
        let listener = SocketAddr::from_abstract_name(&name)
            .and_then(|address| StdListener::bind_addr(&address))
            .expect("a socket");
        listener.set_nonblocking(true).expect("a socket");
        let listener = UnixListener::from_std(listener).expect("a runtime with sockets");
        Bus {
            address: format!("unix:abstract={name}"),
            listening: tokio::spawn(listen(listener, guid)),
        }
    }

    /// The value for DBUS_SYSTEM_BUS_ADDRESS.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Lets everybody in. What this future owns, dropped with it, is all there is of the bus.
async fn listen(listener: UnixListener, guid: Guid<'static>) {
    let hub = Arc::new(Mutex::new(Hub::new(&guid)));
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted.expect("a socket");
                clients.spawn(serve(socket, guid.clone(), hub.clone()));
            }
            Some(_) = clients.join_next() => {}
        }
    }
}

/// One client, from its authentication to its end.
async fn serve(socket: UnixStream, guid: Guid<'static>, hub: Arc<Mutex<Hub>>) -> zbus::Result<()> {
    let mut messages = zbus::connection::Builder::unix_stream(socket.into_std()?)
        .server(guid)
        .p2p()
        .build_message_stream()
        .await?;
    let connection = Connection::from(&messages);
    let (queue, mut queued) = mpsc::unbounded_channel();
    let me = hub.lock().unwrap().join(queue);
    let write = async {
        while let Some(message) = queued.recv().await {
            if connection.send(&message).await.is_err() {
                return;
            }
        }
    };
    let read = async {
        while let Some(Ok(message)) = next(&mut messages).await {
            if hub.lock().unwrap().take(&me, &message).is_err() {
                return;
            }
        }
    };
    // A client that does not read holds up nobody: what it is sent waits in its own queue.
    tokio::select! {
        () = write => {}
        () = read => {}
    }
    hub.lock().unwrap().leave(&me)
}

/// The next message. (MessageStream is a Stream; polled by hand to need no further crate.)
pub(crate) async fn next(stream: &mut MessageStream) -> Option<zbus::Result<Message>> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

struct Client {
    /// A multiset: a rule added twice has to be removed twice.
    rules: Vec<MatchRule<'static>>,
    queue: mpsc::UnboundedSender<Message>,
}

/// Who is there. Under one lock, so that all clients see one order of things.
struct Hub {
    guid: String,
    /// How many clients there ever were.
    joined: u32,
    /// By unique name.
    clients: BTreeMap<String, Client>,
    /// Well-known names, and the unique names of their owners.
    names: BTreeMap<String, String>,
}

impl Hub {
    fn new(guid: &Guid<'_>) -> Self {
        Hub {
            guid: guid.to_string(),
            joined: 0,
            clients: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// A new client's unique name. It hears nothing before it asks.
    fn join(&mut self, queue: mpsc::UnboundedSender<Message>) -> UniqueName<'static> {
        let name = format!(":1.{}", self.joined);
        self.joined += 1;
        let rules = vec![];
        self.clients.insert(name.clone(), Client { rules, queue });
        UniqueName::try_from(name).expect("a unique name")
    }

    fn leave(&mut self, me: &UniqueName<'_>) -> zbus::Result<()> {
        for name in self.names.keys().cloned().collect::<Vec<_>>() {
            self.release(&name, me)?;
        }
        self.clients.remove(me.as_str());
        self.owner_changed(me, me, "")
    }

    /// The unique name of a name's owner.
    fn owner(&self, name: &str) -> Option<&str> {
        match self.clients.get_key_value(name) {
            Some((unique, _)) => Some(unique),
            None if name == BUS => Some(BUS),
            None => self.names.get(name).map(String::as_str),
        }
    }

    /// A message from a client. An error is one of the client, which has to go.
    fn take(&mut self, from: &UniqueName<'_>, message: &Message) -> zbus::Result<()> {
        let message = message.with_sender(from)?;
        let header = message.header();
        let kind = message.message_type();
        let Some(to) = header.destination() else {
            if kind == Type::Signal {
                self.broadcast(&message);
            }
            return Ok(());
        };
        let answer = match self.owner(to) {
            Some(BUS) if kind == Type::MethodCall => self.answer(from, &message)?,
            Some(owner) => {
                self.send(owner, &message);
                return Ok(());
            }
            None => not_provided(&message, to)?,
        };
        let flags = message.primary_header().flags();
        if kind == Type::MethodCall && !flags.contains(Flags::NO_REPLY_EXPECTED) {
            self.send(from, &answer);
        }
        Ok(())
    }

    fn send(&self, to: &str, message: &Message) {
        if let Some(client) = self.clients.get(to) {
            // It may be leaving just now.
            let _ = client.queue.send(message.clone());
        }
    }

    /// A signal, to everybody who asked for it.
    fn broadcast(&self, signal: &Message) {
        for (name, client) in &self.clients {
            if client.rules.iter().any(|rule| self.fits(rule, signal)) {
                self.send(name, signal);
            }
        }
    }

    /// Whether a rule asks for a signal. Zbus knows neither names' owners nor where a path ends.
    fn fits(&self, rule: &MatchRule<'_>, signal: &Message) -> bool {
        let header = signal.header();
        let sender = header.sender().map(|name| name.as_str());
        let is_sender = |wanted: &str| sender.is_some() && self.owner(wanted) == sender;
        let is_below = |path: &PathSpec<'_>| match (path, header.path()) {
            (PathSpec::PathNamespace(above), Some(path)) => path
                .strip_prefix(above.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            _ => true,
        };
        rule.sender().is_none_or(|name| is_sender(name))
            && rule.path_spec().is_none_or(is_below)
            && rule.matches(signal).unwrap_or(false)
    }
}
