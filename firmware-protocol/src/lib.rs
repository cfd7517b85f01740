//! The open Bluetooth LE protocol of backcoach motion sensors, shared by firmware and host.
//!
//! A sensor that speaks it offers one GATT service ([`uuid::SERVICE`]) with four characteristics:
//!
//! | characteristic | way | holds | module |
//! |---|---|---|---|
//! | Info | read | what the sensor is and how counts become units | [`info`] |
//! | Control | write, indicate | requests and their replies | [`control`] |
//! | Data | notify | samples | [`data`] |
//! | Status | read, notify | buttons, taps, wear, power, loss counters | [`status`] |
//!
//! Battery level and names come from the standard Battery and Device Information services.
//! `README.md` beside this crate is the specification in words, and `vectors.txt` holds packets to
//! test any other implementation against.
//!
//! The crate speaks raw counts; physical units begin with the scales in [`info::Config`].
//!
//! **Invariants:** no allocation, no `unsafe`, no panic whatever the bytes. Everything that `parse`
//! returns is good, and nobody needs to check it again. A change of layout is a new
//! [`info::Protocol::MAJOR`], never an edit.
//!
//! ```
//! use backcoach_protocol::data::{Flags, Frame, FrameBuilder, Header, Position, RawSample, Stream};
//!
//! // The sensor packs two accelerometer samples …
//! let header = Header {
//!     stream: Stream::Accel,
//!     flags: Flags::default(),
//!     run: 1,
//!     generation: 7,
//!     position: Position::Full { index: 1000, timestamp: 327_680 },
//! };
//! let mut buffer = [0; 20 + 4];
//! let mut frame = FrameBuilder::new(&mut buffer, header)?;
//! frame.push(RawSample { accel: [0, 2048, -12], gyro: None })?;
//! frame.push(RawSample { accel: [3, 2040, -10], gyro: None })?;
//! let len = frame.finish();
//!
//! // … and the host reads them.
//! let frame = Frame::parse(&buffer[..len])?;
//! assert_eq!(frame.header, header);
//! assert!(frame.samples().map(|sample| sample.accel[1]).eq([2048, 2040]));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(test)]
extern crate std;

/// What can be wrong with bytes, and with a buffer that is to take them.
pub mod error;

/// The addresses of the service and its characteristics.
pub mod uuid;

mod bytes;

/// A short list without allocation.
pub mod list;

/// Samples: sensor to host, many times a second.
pub mod data;

/// What the sensor is, can do and does now.
pub mod info;

/// What the host asks, and what the sensor answers.
pub mod control;

/// Buttons, taps, wear, power and loss.
pub mod status;

pub use error::{EmitError, ParseError};
