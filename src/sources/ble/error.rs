//! Why Bluetooth does not work, and what to do about it.

use std::fmt;

use crate::sensors::DialogueError;

/// Why Bluetooth does not work, and what to do about it.
///
/// Names in it are as the devices say them, so they are to be cleaned before a terminal sees them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BleError {
    /// Nobody answers on the system's message bus.
    #[error(
        "the system's message bus (D-Bus) cannot be reached: {reason}; Bluetooth needs it: start it, or run outside of the container"
    )]
    NoBus {
        /// What the system said.
        reason: String,
    },
    /// The system's Bluetooth service is not running.
    #[error(
        "the system's Bluetooth service is not running; start it (`sudo systemctl start bluetooth`), or install it (package bluez)"
    )]
    NoService,
    /// The machine has no adapter.
    #[error(
        "no Bluetooth adapter was found; plug one in, or switch it on in the system's settings"
    )]
    NoAdapter,
    /// There is one, and it is off.
    #[error(
        "Bluetooth is switched off; switch it on in the system's settings (or `bluetoothctl power on`)"
    )]
    AdapterOff,
    /// There is one, and a switch or airplane mode keeps it off.
    #[error(
        "Bluetooth is blocked by airplane mode or a switch; end that (`rfkill unblock bluetooth`) and switch Bluetooth on"
    )]
    Blocked,
    /// The user may not.
    #[error(
        "this user may not use Bluetooth: {reason}; allow it in the system's privacy settings, or join the group that may (often `bluetooth`) and log in again"
    )]
    Permission {
        /// What the system said.
        reason: String,
    },
    /// Nothing that was asked for was heard.
    #[error(
        "no {wanted} was heard; switch it on, wear it or wake it, close other apps that use it, and bring it near{heard}"
    )]
    NotFound {
        /// What was asked for, in words.
        wanted: String,
        /// What was heard.
        heard: HeardList,
    },
    /// More than one fits.
    #[error("several sensors fit {wanted}; say which by its name or address{heard}")]
    Several {
        /// What was asked for, in words.
        wanted: String,
        /// Those that fit.
        heard: HeardList,
    },
    /// It is there, and nobody here can read it.
    #[error(
        "{name} is no sensor that this program can read; `backcoach sensors` lists those it can"
    )]
    Unreadable {
        /// Its name.
        name: String,
    },
    /// It was heard before and cannot be reached now.
    #[error("{name} is out of range, switched off or asleep; bring it near and wake it")]
    OutOfRange {
        /// Its name.
        name: String,
    },
    /// It talks only to those it is paired with.
    #[error(
        "{name} wants to be paired first: {reason}; pair it in the system's Bluetooth settings, then try again"
    )]
    PairingNeeded {
        /// Its name.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// It lacks what its family has.
    #[error(
        "{name} is not what it seems: it lacks {missing}; update its firmware, or switch it off and on if that was just done"
    )]
    WrongServices {
        /// Its name.
        name: String,
        /// What was looked for and not found.
        missing: String,
    },
    /// Someone else has it.
    #[error(
        "{name} is in use by another program or device: {reason}; close that one, then try again"
    )]
    Busy {
        /// Its name.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// The link stands and nothing comes.
    #[error("{name} is connected but silent; wear it so that it wakes, or switch it off and on")]
    Silent {
        /// Its name.
        name: String,
    },
    /// It did not let itself be started.
    #[error("{name} could not be started: {reason}")]
    Opening {
        /// Its name.
        name: String,
        /// What it said.
        reason: DialogueError,
    },
    /// Something else.
    #[error(
        "Bluetooth failed: {doing}: {reason}; switch the sensor off and on, then Bluetooth, and try again"
    )]
    Other {
        /// What was being done.
        doing: String,
        /// What the system said.
        reason: String,
    },
}

impl BleError {
    /// Whether trying again by itself is useless: somebody has to do something first.
    pub fn is_lasting(&self) -> bool {
        matches!(
            self,
            BleError::Permission { .. }
                | BleError::PairingNeeded { .. }
                | BleError::WrongServices { .. }
                | BleError::Unreadable { .. }
                | BleError::Opening {
                    reason: DialogueError::Refused { .. } | DialogueError::Unfit { .. },
                    ..
                }
        )
    }
}

/// Devices that were heard, as an error lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeardList(pub Vec<String>);

/// Longer lists help nobody.
const LISTED: usize = 8;

impl fmt::Display for HeardList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((last, rest)) = self.0.split_last() else {
            return Ok(());
        };
        f.write_str(". Heard: ")?;
        for one in rest.iter().take(LISTED - 1) {
            write!(f, "{one}, ")?;
        }
        match rest.len().saturating_sub(LISTED - 1) {
            0 => f.write_str(last),
            more => write!(f, "and {} more", more + 1),
        }
    }
}
