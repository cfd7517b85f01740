//! What a test says about a sensor.

use std::time::Duration;

use crate::{CONTROL, NOTIFY, SERVICE};

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
