//! Everything that is tested from outside, in one program: one link step, and no helper unused.
#![allow(clippy::unwrap_used, clippy::panic)]

// A BlueZ of our own needs a message bus of its own, which only Linux has.
#[cfg(target_os = "linux")]
mod bluetooth;
#[cfg(target_os = "linux")]
mod bluetooth_sensor;
#[cfg(target_os = "linux")]
mod bluetooth_stream;
mod commands;
mod damage;
mod equivalence;
mod families;
mod house_rules;
mod laws;
mod live;
mod peripherals;
mod programmes;
mod readme;
mod recordings;
mod screen;
mod session_led;
mod session_odds;
mod support;
mod tables;
mod told_at_once;
