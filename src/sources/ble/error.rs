//! Why Bluetooth does not work, and what to do about it.

/// Why Bluetooth does not work, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BleError {
    /// The machine has no adapter.
    #[error(
        "no Bluetooth adapter was found; plug one in, or switch it on in the system's settings"
    )]
    NoAdapter,
}
