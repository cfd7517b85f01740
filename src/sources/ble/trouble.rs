//! What btleplug says, told apart.
//!
//! On Linux everything comes as one kind of error; what it was is in the name of the D-Bus error that it wraps, and
//! sometimes in its text. Elsewhere there is only the text.

use std::time::Duration;

use super::BleError;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The message bus is not there, or no longer.
    NoBus(String),
    /// Nobody on the bus does Bluetooth.
    NoService,
    /// The user may not.
    Permission(String),
    /// Airplane mode or a switch.
    Blocked,
    /// The adapter is off.
    Off,
    /// The system does not know the device (any more).
    Unknown,
    /// The link broke, or is not there.
    NoLink,
    /// Somebody else is at it.
    Busy(String),
    /// Only for those who are paired.
    Pairing(String),
    /// It was done before.
    Already,
    /// The sensor has no such thing.
    Missing(String),
    /// Nothing came back in time.
    TimedOut,
    /// Something else.
    Other(String),
}

/// Does something for a limited time: no call may hang a session.
pub(super) async fn within<T>(
    limit: Duration,
    call: impl Future<Output = btleplug::Result<T>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(limit, call).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Trouble::of(&error)),
        Err(_) => Err(Trouble::TimedOut),
    }
}

impl Trouble {
    /// Reads an error.
    pub(super) fn of(error: &btleplug::Error) -> Trouble {
        use btleplug::Error as E;
        match error {
            E::PermissionDenied => Trouble::Permission(error.to_string()),
            E::DeviceNotFound => Trouble::Unknown,
            E::NotConnected => Trouble::NoLink,
            E::NoSuchCharacteristic => Trouble::Missing(error.to_string()),
            E::TimedOut(_) => Trouble::TimedOut,
            E::Other(other) => by_cause(other.as_ref()),
            _ => by_text(&error.to_string()),
        }
    }

    /// Words for it; `name` is the sensor's, `doing` what was being done.
    pub(super) fn explain(self, name: &str, doing: &str) -> BleError {
        let name = name.to_owned();
        match self {
            Trouble::NoBus(reason) => BleError::NoBus { reason },
            Trouble::NoService => BleError::NoService,
            Trouble::Permission(reason) => BleError::Permission { reason },
            Trouble::Blocked => BleError::Blocked,
            Trouble::Off => BleError::AdapterOff,
            Trouble::Unknown | Trouble::NoLink => BleError::OutOfRange { name },
            Trouble::Busy(reason) => BleError::Busy { name, reason },
            Trouble::Pairing(reason) => BleError::PairingNeeded { name, reason },
            Trouble::Missing(missing) => BleError::WrongServices { name, missing },
            Trouble::TimedOut => BleError::Other {
                doing: doing.to_owned(),
                reason: "no answer came in time".to_owned(),
            },
            Trouble::Already => BleError::Other {
                doing: doing.to_owned(),
                reason: "it was done before".to_owned(),
            },
            Trouble::Other(reason) => BleError::Other {
                doing: doing.to_owned(),
                reason,
            },
        }
    }
}

#[cfg(target_os = "linux")]
fn by_cause(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Trouble {
    use bluez_async::BluetoothError;
    match cause.downcast_ref::<BluetoothError>() {
        Some(BluetoothError::DbusError(error)) => by_name(
            error.name().unwrap_or_default(),
            error.message().unwrap_or_default().trim(),
        ),
        Some(BluetoothError::ServiceDiscoveryTimedOut) => Trouble::TimedOut,
        _ => by_text(&cause.to_string()),
    }
}

#[cfg(not(target_os = "linux"))]
fn by_cause(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Trouble {
    by_text(&cause.to_string())
}

/// By the name of a D-Bus error; BlueZ puts what matters into the text of its `Failed`.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn by_name(name: &str, text: &str) -> Trouble {
    let brief = || brief(text);
    let told = by_text(text);
    let (family, kind) = name.rsplit_once('.').unwrap_or(("", name));
    match (family, kind) {
        ("org.freedesktop.DBus.Error", kind) => match kind {
            "FileNotFound" | "NoServer" | "BadAddress" | "Disconnected" | "NoNetwork" => {
                Trouble::NoBus(brief())
            }
            "ServiceUnknown" | "NameHasNoOwner" => Trouble::NoService,
            "AccessDenied" | "AuthFailed" | "InteractiveAuthorizationRequired" => {
                Trouble::Permission(brief())
            }
            "UnknownObject" | "UnknownMethod" | "UnknownInterface" => Trouble::Unknown,
            "Timeout" | "NoReply" | "TimedOut" => Trouble::TimedOut,
            _ => told,
        },
        ("org.freedesktop.DBus.Error.Spawn", _) => Trouble::NoService,
        ("org.bluez.Error", kind) => match kind {
            "NotReady" => Trouble::Off,
            "Blocked" => Trouble::Blocked,
            "DoesNotExist" | "UnknownAddress" => Trouble::Unknown,
            "NotConnected" => Trouble::NoLink,
            "AlreadyConnected" | "AlreadyExists" => Trouble::Already,
            "InProgress" => Trouble::Busy(brief()),
            "NotPermitted" if matches!(told, Trouble::Busy(_)) => told,
            "NotAuthorized"
            | "NotPermitted"
            | "AuthenticationFailed"
            | "AuthenticationCanceled"
            | "AuthenticationRejected"
            | "AuthenticationTimeout" => Trouble::Pairing(brief()),
            "NotSupported" => Trouble::Missing(brief()),
            _ => told,
        },
        _ => told,
    }
}

/// By what the text says: BlueZ's `Failed`, and the other systems.
fn by_text(text: &str) -> Trouble {
    let lower = text.to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    // ATT errors of missing authentication, authorization, key size and encryption (Core Specification, part F, 3.4.1.1).
    let att = ["0x05", "0x08", "0x0c", "0x0f"].map(|code| format!("att error: {code}"));
    if says(&["insufficient auth", "insufficient encr", "0x80650005"])
        || att.iter().any(|code| lower.contains(code))
    {
        return Trouble::Pairing(brief(text));
    }
    if says(&["rfkill", "blocked"]) {
        return Trouble::Blocked;
    }
    if says(&["failed to send message", "failed to connect to socket"]) {
        return Trouble::NoBus(brief(text));
    }
    if says(&["in progress", "acquired", "busy", "resource is in use"]) {
        return Trouble::Busy(brief(text));
    }
    if says(&[
        "not connected",
        "connection-abort",
        "le-connection",
        "disconnected",
        "unreachable",
    ]) {
        return Trouble::NoLink;
    }
    if says(&["access is denied", "permission denied", "unauthorized"]) {
        return Trouble::Permission(brief(text));
    }
    if says(&["with uuid"]) && says(&["not found"]) {
        return Trouble::Missing(brief(text));
    }
    Trouble::Other(brief(text))
}

/// The part that says something: D-Bus goes on with addresses and rules.
fn brief(text: &str) -> String {
    const LONGEST: usize = 160;
    let first = text.lines().next().unwrap_or_default();
    let first = first
        .split_once("; type=")
        .map_or(first, |(first, _)| first);
    match first.trim() {
        "" => "it gave no reason".to_owned(),
        said => said.chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Seen with BlueZ 5.66 and dbus 1.14.
    #[test]
    fn what_bluez_says_is_told_apart() {
        let bus = "org.freedesktop.DBus.Error.";
        let bluez = "org.bluez.Error.";
        let of = |family: &str, kind: &str, text: &str| by_name(&format!("{family}{kind}"), text);
        let socket =
            "Failed to connect to socket /run/dbus/system_bus_socket: No such file or directory";
        assert_eq!(
            of(bus, "FileNotFound", socket),
            Trouble::NoBus(socket.into())
        );
        let nobody = "The name org.bluez was not provided by any .service files";
        assert_eq!(of(bus, "ServiceUnknown", nobody), Trouble::NoService);
        let spawn = "The permission of the setuid helper is not correct";
        assert_eq!(
            of(bus, "Spawn.PermissionsInvalid", spawn),
            Trouble::NoService
        );
        let denied =
            "Rejected send message, 1 matched rules; type=\"method_call\", sender=\":1.2\" (uid=1)";
        assert_eq!(
            of(bus, "AccessDenied", denied),
            Trouble::Permission("Rejected send message, 1 matched rules".into())
        );
        let gone = "Method \"Connect\" with signature \"\" on interface \"org.bluez.Device1\" doesn't exist\n";
        assert_eq!(of(bus, "UnknownObject", gone), Trouble::Unknown);
        assert_eq!(
            of(bus, "Timeout", "Timeout waiting for reply"),
            Trouble::TimedOut
        );
        assert_eq!(
            of(bus, "Failed", "Failed to send message"),
            Trouble::NoBus("Failed to send message".into())
        );
        assert_eq!(
            of(bluez, "Failed", "le-connection-abort-by-local"),
            Trouble::NoLink
        );
        let twice = "Operation already in progress";
        assert_eq!(of(bluez, "Failed", twice), Trouble::Busy(twice.into()));
        assert_eq!(
            of(bluez, "NotPermitted", "Notify acquired"),
            Trouble::Busy("Notify acquired".into())
        );
        let att = "Operation failed with ATT error: 0x05";
        assert_eq!(of(bluez, "Failed", att), Trouble::Pairing(att.into()));
        assert_eq!(of(bluez, "NotReady", "Resource Not Ready"), Trouble::Off);
        assert_eq!(
            of(bluez, "Failed", "Failed"),
            Trouble::Other("Failed".into())
        );
    }

    #[test]
    fn other_systems_are_read_by_their_words() {
        let windows = "The attribute requires authentication (0x80650005)";
        assert!(matches!(by_text(windows), Trouble::Pairing(_)));
        assert!(matches!(
            by_text("Access is denied."),
            Trouble::Permission(_)
        ));
        assert!(matches!(by_text(""), Trouble::Other(_)));
    }
}
