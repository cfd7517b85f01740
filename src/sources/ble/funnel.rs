//! From the radio into the session: stamped at once, and in an order that a decoder can live with.
//!
//! Packets begin to come before a connection is ready: BlueZ renews subscriptions by itself, and sensors answer the
//! opening with notifications. A session must first hear that the link is there, since that makes the decoder forget
//! what it pieced together, then what was read, then the packets. So they are held back, each with its own time of
//! arrival, until the gate opens.
//!
//! **Invariant:** [`LinkChange::Connected`] and [`LinkChange::Lost`] alternate, and packets lie between them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use crate::input::{Channel, Input, LinkChange, SensorId};
use crate::sources::SourceError;
use crate::sources::live::SessionClock;
use crate::units::HostTime;

/// What is held back at most: a sensor that never finishes its opening must not fill the memory.
const HELD_MOST: usize = 50_000;

/// Where the inputs of a session gather. It is unbounded: what the link delivered must reach the recording, and the
/// session is much faster than any radio.
pub(super) type Out = UnboundedSender<Result<Input, SourceError>>;

/// A packet with its time of arrival.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Packet {
    pub(super) at: HostTime,
    pub(super) channel: Channel,
    pub(super) bytes: Vec<u8>,
}

/// The way of one sensor's packets.
pub(super) struct Funnel {
    sensor: SensorId,
    clock: SessionClock,
    out: Out,
    state: Mutex<State>,
}

struct State {
    gate: Gate,
    /// A dialogue that listens.
    ear: Option<UnboundedSender<(Channel, Vec<u8>)>>,
    heard: Instant,
}

enum Gate {
    Open,
    Held(Vec<Packet>),
}

impl Funnel {
    /// A closed one.
    pub(super) fn new(sensor: SensorId, clock: SessionClock, out: Out) -> Funnel {
        Funnel {
            sensor,
            clock,
            out,
            state: Mutex::new(State {
                gate: Gate::Held(Vec::new()),
                ear: None,
                heard: Instant::now(),
            }),
        }
    }

    /// What just arrived.
    pub(super) fn packet(&self, channel: Channel, bytes: Vec<u8>) -> Packet {
        let at = self.clock.now();
        Packet { at, channel, bytes }
    }

    /// Takes a notification.
    pub(super) fn take(&self, packet: Packet) {
        let mut state = self.state();
        state.heard = Instant::now();
        if let Some(ear) = &state.ear
            && ear.send((packet.channel, packet.bytes.clone())).is_err()
        {
            state.ear = None;
        }
        match &mut state.gate {
            Gate::Open => self.pass(packet),
            Gate::Held(held) if held.len() < HELD_MOST => held.push(packet),
            Gate::Held(_) => {}
        }
    }

    /// Lets a dialogue hear every notification from now on.
    pub(super) fn listen(&self, ear: UnboundedSender<(Channel, Vec<u8>)>) {
        self.state().ear = Some(ear);
    }

    /// Readings may flow: says so, then passes what was read and what was held back.
    pub(super) fn open(&self, reads: Vec<Packet>) {
        let mut state = self.state();
        if let Gate::Held(held) = std::mem::replace(&mut state.gate, Gate::Open) {
            state.ear = None;
            state.heard = Instant::now();
            self.link(LinkChange::Connected);
            reads
                .into_iter()
                .chain(held)
                .for_each(|packet| self.pass(packet));
        }
    }

    /// The link is gone: says so, once. What still comes is held for the next one.
    pub(super) fn shut(&self) {
        let mut state = self.state();
        if matches!(state.gate, Gate::Open) {
            state.gate = Gate::Held(Vec::new());
            self.link(LinkChange::Lost);
        }
    }

    /// A connection was never announced: what came over it belongs to nothing.
    pub(super) fn discard(&self) {
        let mut state = self.state();
        state.ear = None;
        if let Gate::Held(held) = &mut state.gate {
            held.clear();
        }
    }

    /// When something last came, or the link was made.
    pub(super) fn heard(&self) -> Instant {
        self.state().heard
    }

    /// Tells of the link, if there is one.
    pub(super) fn tell(&self, change: LinkChange) {
        if matches!(self.state().gate, Gate::Open) {
            self.link(change);
        }
    }

    /// Ends the session: this sensor cannot be had.
    pub(super) fn fail(&self, error: super::BleError) {
        let _ = self.out.send(Err(error.into()));
    }

    /// A session that is over takes no more.
    fn link(&self, change: LinkChange) {
        let (sensor, at) = (self.sensor, self.clock.now());
        let _ = self.out.send(Ok(Input::Link { sensor, at, change }));
    }

    fn pass(&self, packet: Packet) {
        let _ = self.out.send(Ok(Input::Packet {
            sensor: self.sensor,
            at: packet.at,
            channel: packet.channel,
            bytes: packet.bytes,
        }));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    type Received = UnboundedReceiver<Result<Input, SourceError>>;

    fn funnel() -> (Funnel, Received) {
        let (out, received) = unbounded_channel();
        let clock = SessionClock::begin();
        (Funnel::new(SensorId(1), clock, out), received)
    }

    fn send(funnel: &Funnel, byte: u8) {
        funnel.take(funnel.packet(Channel(2), vec![byte]));
    }

    fn told(received: &mut Received) -> Vec<String> {
        let mut told = Vec::new();
        while let Ok(input) = received.try_recv() {
            told.push(match input.unwrap() {
                Input::Packet { bytes, .. } => format!("{bytes:?}"),
                Input::Link { change, .. } => format!("{change:?}"),
                other => panic!("{other:?}"),
            });
        }
        told
    }

    #[test]
    fn packets_before_the_link_is_ready_come_after_it_and_after_what_was_read() {
        let (funnel, mut received) = funnel();
        send(&funnel, 1);
        let read = funnel.packet(Channel(0), vec![9]);
        send(&funnel, 2);
        assert!(told(&mut received).is_empty());
        funnel.open(vec![read]);
        send(&funnel, 3);
        assert_eq!(
            told(&mut received),
            ["Connected", "[9]", "[1]", "[2]", "[3]"]
        );
    }

    #[test]
    fn held_packets_keep_their_time_of_arrival() {
        let (funnel, mut received) = funnel();
        send(&funnel, 1);
        std::thread::sleep(std::time::Duration::from_millis(20));
        funnel.open(Vec::new());
        let connected = received.try_recv().unwrap().unwrap().at();
        let packet = received.try_recv().unwrap().unwrap().at();
        assert!(connected.seconds_since(packet) >= 0.02);
    }

    #[test]
    fn a_loss_is_told_once_and_what_comes_late_waits_for_the_next_link() {
        let (funnel, mut received) = funnel();
        funnel.shut();
        funnel.open(Vec::new());
        funnel.shut();
        funnel.shut();
        send(&funnel, 4);
        funnel.open(Vec::new());
        assert_eq!(
            told(&mut received),
            ["Connected", "Lost", "Connected", "[4]"]
        );
    }

    #[test]
    fn a_connection_that_failed_leaves_nothing_behind() {
        let (funnel, mut received) = funnel();
        send(&funnel, 1);
        funnel.discard();
        funnel.open(Vec::new());
        assert_eq!(told(&mut received), ["Connected"]);
    }

    #[test]
    fn a_sensor_that_never_gets_ready_does_not_fill_the_memory() {
        let (funnel, mut received) = funnel();
        for _ in 0..HELD_MOST + 10 {
            send(&funnel, 0);
        }
        funnel.open(Vec::new());
        assert_eq!(told(&mut received).len(), HELD_MOST + 1);
    }
}
