//! The level of the standard Battery service, which several families have.

use super::{DecodeError, Decoded, SensorNote};

/// The address of Battery Level.
pub(super) const LEVEL: &str = "00002a19-0000-1000-8000-00805f9b34fb";

/// Reads a Battery Level of the Bluetooth SIG: one byte, percent.
pub(super) fn level(family: &'static str, bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let malformed = |problem| Err(DecodeError::Malformed { family, problem });
    match *bytes {
        [percent @ 0..=100] => Ok(Decoded {
            frames: Vec::new(),
            notes: vec![SensorNote::Battery(percent)],
        }),
        [percent] => malformed(format!("battery level: expected 0 to 100 %, got {percent}")),
        _ => malformed(format!(
            "battery level: expected 1 byte, got {}",
            bytes.len()
        )),
    }
}
