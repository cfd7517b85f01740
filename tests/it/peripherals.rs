//! Sensors that do not exist, in memory: every driver talks to its own, over good links and bad ones.

mod bad_link;
mod every;
mod host;
mod open_protocol;
mod polar;
mod witmotion;
mod worn;

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::Write;

/// A packet that a sensor sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub after: Duration,
    pub channel: Channel,
    pub bytes: Vec<u8>,
}

impl Sent {
    /// Sent at once, which takes a radio some time.
    pub fn soon(channel: Channel, bytes: Vec<u8>) -> Sent {
        Sent {
            after: Duration::from_millis(30),
            channel,
            bytes,
        }
    }
}

/// A sensor as its host sees it.
pub trait Peripheral {
    /// The value of a characteristic, where it can be read.
    fn read(&mut self, channel: Channel) -> Option<Vec<u8>>;

    /// Takes what was written; gives what it sends for that.
    fn written(&mut self, write: &Write) -> Vec<Sent>;

    /// Packets with this many readings or a few more, if it streams.
    fn readings(&mut self, count: usize) -> Vec<Sent>;

    /// Switched off and on: it forgets all but what it is.
    fn reset(&mut self);
}

/// The peripheral of a family: each family must have one.
pub fn of_family(family: &str) -> Box<dyn Peripheral> {
    match family {
        "backcoach" => Box::new(open_protocol::Board::new()),
        "polar" => Box::new(polar::Strap::verity_sense()),
        "witmotion" => Box::new(witmotion::Box20::new()),
        other => panic!("write a peripheral for the family {other} in tests/it/peripherals"),
    }
}

/// Bytes of a hexadecimal text.
pub fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Checks what was written, byte for byte.
pub fn assert_written(conversation: &host::Conversation, expected: &[&str]) {
    let written: Vec<String> = conversation
        .written
        .iter()
        .map(|write| {
            write
                .bytes
                .iter()
                .map(|byte| format!("{byte:02X} "))
                .collect()
        })
        .map(|hex: String| hex.trim_end().to_owned())
        .collect();
    assert_eq!(written, expected);
}
