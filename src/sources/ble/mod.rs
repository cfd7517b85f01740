//! Sensors over Bluetooth: the only folder that names btleplug.
//!
//! ```text
//!  Radio ─► scan, find ─► Found ─► stream ─► one keeper per sensor: connect, open, watch, connect again
//!                                               │ notifications
//!                                               ▼
//!                                             funnel: stamps, queues ─► Inputs
//! ```
//!
//! What the system's Bluetooth does not do, and this folder therefore does: end calls that hang (`trouble::within`), notice a link
//! that went silent (`keeper`), tell failures apart (`trouble`), and keep packets that come before their connection is
//! announced (`funnel`).

// Whether a switch keeps the radio off.
mod blocked;
// What can go wrong, in words.
mod error;
// What the user asked for, among what is heard.
mod find;
// From the radio into the session.
mod funnel;
// What a session holds of its sensors.
mod handle;
// Keeps one sensor streaming.
mod keeper;
// One sensor's line to the radio.
mod link;
// The panic that means nothing.
mod panics;
// The adapters.
mod radio;
// Who is there.
mod scan;
// The steps of a dialogue, taken.
mod talk;
// What btleplug says, told apart.
mod trouble;

pub use error::{BleError, HeardList};
pub use handle::{Handle, Problem};
pub use panics::is_harmless_panic;
pub use radio::Radio;

use self::scan::Scan;
use crate::sensors::Sensor;

/// A sensor that somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What the user typed: a name, an address, or a family.
    pub said: Option<String>,
    /// The id of the one used last: preferred where several fit.
    pub last: Option<String>,
}

/// A device that was heard.
#[derive(Clone)]
pub struct Found {
    /// What it is found again by: its address, or on systems that hide those, the system's own name for it.
    pub id: String,
    /// The name it gives itself, untrusted; empty where it gives none.
    pub name: String,
    /// The family it belongs to, where it is a sensor we know.
    pub sensor: Option<&'static dyn Sensor>,
    /// Strength of its signal, dBm.
    pub rssi: Option<i16>,
    /// A link to it stands already, perhaps left over from a program that was killed.
    pub is_connected: bool,
    peripheral: btleplug::platform::Peripheral,
    adapter: usize,
}
