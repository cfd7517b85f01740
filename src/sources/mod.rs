//! Where inputs come from.

/// Any source of inputs, made worse.
pub mod faulty;
/// A person who does not exist, wearing sensors.
pub mod synthetic;
