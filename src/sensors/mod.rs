//! Bytes to readings: one driver per file, and nothing here knows Bluetooth.
//!
//! A driver is data in, data out, so it is tested without radio. [`SENSORS`] lists every family.
//! To add a family, add a file with a [`Sensor`] and a [`Decode`], one line in [`SENSORS`], and its
//! vectors in `tests/vectors/`.
//!
//! **Invariant:** no clock and no host time here. A decoder says what the sensor said about time
//! ([`Frame::time`], [`Frame::index`]); [`crate::motion::clock`] makes session time of it.

use crate::input::Channel;
use crate::units::{Acceleration, AngularRate};

// How a family is recognized, what it gives and what it cannot.
mod about;
// What several families have.
mod battery;
// What is said before the readings flow, and after.
mod dialogue;

// Sensors that speak the open protocol.
pub mod backcoach;
// Chest straps and armbands.
pub mod polar;
// Small boxes without a clock.
pub mod witmotion;

pub use about::{Abilities, Advert, Has, Pulse, Subscription, WornAsMeant};
pub use dialogue::{Dialogue, DialogueError, Heard, MOST_STEPS, Script, Step, Write};

/// Every family of sensors that the program can read.
pub static SENSORS: &[&dyn Sensor] = &[&backcoach::Backcoach, &polar::Polar, &witmotion::WitMotion];

/// The driver of a family, by the name it has in recordings and on the command line.
pub fn find(family: &str) -> Option<&'static dyn Sensor> {
    SENSORS
        .iter()
        .copied()
        .find(|sensor| sensor.family() == family)
}

/// A family of sensors: how it is called and how it is read.
pub trait Sensor: Sync {
    /// The name typed on the command line and written into recordings, such as `backcoach`.
    fn family(&self) -> &'static str;

    /// The name that people know it by.
    fn name(&self) -> &'static str;

    /// The characteristics that a [`Channel`] indexes, as canonical UUID strings.
    fn channels(&self) -> &'static [&'static str];

    /// A decoder for one connection, or for one recorded session.
    fn decoder(&self) -> Box<dyn Decode>;

    /// What it gives and what it cannot.
    fn abilities(&self) -> Abilities;

    /// Whether an advertisement is that of a member of this family.
    fn claims(&self, advert: &Advert) -> bool;

    /// The service that a member has for certain, once connected: a canonical UUID string.
    fn service(&self) -> &'static str;

    /// What to subscribe to, before the opening.
    fn subscriptions(&self) -> &'static [Subscription];

    /// What is said on a fresh connection so that readings flow, as close to `rate_hz` as is good for coaching.
    fn opening(&self, rate_hz: f64) -> Box<dyn Dialogue>;

    /// What is said so that the sensor rests: a strap must not stay on because a program ended.
    fn closing(&self) -> Box<dyn Dialogue>;

    /// The write that gives the wearer a signal, where the sensor can.
    fn pulse(&self, _pulse: Pulse) -> Option<Write> {
        None
    }
}

/// Reads the packets of one sensor, in the order in which they came.
pub trait Decode: Send {
    /// Reads one packet. Never panics, whatever the bytes; a bad packet leaves the decoder as it was.
    ///
    /// # Errors
    /// What is wrong with the packet: it is to be counted and skipped.
    fn decode(&mut self, channel: Channel, bytes: &[u8]) -> Result<Decoded, DecodeError>;

    /// The link was lost and is back: what was pieced together from earlier packets no longer holds.
    fn reconnected(&mut self) {}
}

/// What one packet held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// Readings, oldest first.
    pub frames: Vec<Frame>,
    /// What the sensor said about itself.
    pub notes: Vec<SensorNote>,
}

/// Readings that the sensor took one after another at an even rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The running number of the first reading, unwrapped, where the sensor counts its readings.
    pub index: Option<u64>,
    /// The sensor's own clock at the first reading, nanoseconds, unwrapped, where it has one.
    pub time: Option<u64>,
    /// The sensor began to count anew (reboot, new configuration): neither number follows on the last frame.
    pub restarted: bool,
    /// The rate the sensor says it runs at, in Hz. Real rates differ by a percent or more.
    pub nominal_rate: f64,
    /// The readings, oldest first.
    pub readings: Vec<Reading>,
}

/// One reading in physical units, sensor frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Specific force.
    pub accel: Acceleration,
    /// Angular rate, where there is a gyroscope.
    pub gyro: Option<AngularRate>,
    /// Some axis hit the end of its range.
    pub clipped: bool,
}

/// What a sensor says about itself beside its readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SensorNote {
    /// Charge left, percent.
    Battery(u8),
    /// Taps on the housing: 1 single, 2 double.
    Tap(u8),
    /// A button was pressed.
    Button,
    /// Worn or not.
    Worn(bool),
    /// Readings that the sensor itself threw away, since it started.
    Overruns(u32),
    /// Readings at the end of the range, since it started.
    Clips(u32),
}

/// Why a packet could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The packet does not have the form that its family documents.
    #[error("{family}: damaged packet: {problem}")]
    Malformed {
        /// The family's name.
        family: &'static str,
        /// What was expected and what came.
        problem: String,
    },
    /// The readings came before the description that gives their scale.
    #[error(
        "{family}: readings came before the sensor's description; reconnect so that it is read again"
    )]
    NoDescription {
        /// The family's name.
        family: &'static str,
    },
    /// The readings are of another configuration than the one that was read last, so their scale is unknown.
    #[error(
        "{family}: the readings are of configuration {found}, and the last one read is {known}; they are skipped until the configuration is read again, as reconnecting does"
    )]
    OtherConfiguration {
        /// The family's name.
        family: &'static str,
        /// The configuration that the readings name.
        found: u8,
        /// The configuration that is known.
        known: u8,
    },
    /// The sensor says that it stopped by itself.
    #[error(
        "{family}: the sensor stopped its readings by itself, as without contact or in its charger; put it on, then reconnect"
    )]
    Stopped {
        /// The family's name.
        family: &'static str,
    },
    /// A channel that this family does not have.
    #[error("{family}: there is no channel {channel}")]
    UnknownChannel {
        /// The family's name.
        family: &'static str,
        /// The number found.
        channel: u8,
    },
    /// The sensor speaks a newer protocol.
    #[error(
        "{family}: the sensor speaks version {found} of the protocol, this program reads up to {known}; update the program"
    )]
    Version {
        /// The family's name.
        family: &'static str,
        /// The version found.
        found: u8,
        /// The newest version known.
        known: u8,
    },
}
