//! Sensors over Bluetooth: the only folder that names btleplug.

mod error;

pub use error::BleError;
