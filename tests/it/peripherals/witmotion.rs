//! A box that streams from the start and knows a few registers.

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::witmotion::{NOTIFY, WRITE, WitMotion};
use backcoach::sensors::{Sensor, Write};

use super::host::converse;
use super::{Peripheral, Sent, assert_written};

/// One reading at rest: +1 g along Z.
const AT_REST: [u8; 20] = [
    0x55, 0x61, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// The sensor with its frames of 20 bytes.
pub struct Box20 {
    rate_code: u8,
    is_unlocked: bool,
    /// It streams while it answers.
    pub streams: bool,
    /// Answers only every so many questions.
    pub answers_every: usize,
    asked: usize,
}

impl Box20 {
    pub fn new() -> Box20 {
        Box20 {
            rate_code: 6,
            is_unlocked: false,
            streams: true,
            answers_every: 1,
            asked: 0,
        }
    }

    fn register(&self, register: u8) -> Vec<u8> {
        let value = match register {
            3 => u16::from(self.rate_code),
            0x64 => 395,
            _ => 0,
        };
        let mut bytes = vec![0; 20];
        bytes[..4].copy_from_slice(&[0x55, 0x71, register, 0]);
        bytes[4..6].copy_from_slice(&value.to_le_bytes());
        bytes
    }
}

impl Peripheral for Box20 {
    fn read(&mut self, _channel: Channel) -> Option<Vec<u8>> {
        None
    }

    fn written(&mut self, write: &Write) -> Vec<Sent> {
        assert_eq!(write.channel, WRITE);
        let bytes = match write.bytes[..] {
            [0xff, 0xaa, 0x69, 0x88, 0xb5] => {
                self.is_unlocked = true;
                return Vec::new();
            }
            [0xff, 0xaa, 0x03, code, 0] if self.is_unlocked => {
                self.rate_code = code;
                return Vec::new();
            }
            [0xff, 0xaa, 0x27, register, 0] => self.register(register),
            _ => return Vec::new(),
        };
        self.asked += 1;
        if !self.asked.is_multiple_of(self.answers_every) {
            return Vec::new();
        }
        if !self.streams {
            return vec![Sent::soon(NOTIFY, bytes)];
        }
        // Between readings, and cut in two.
        let stream = [&AT_REST[..], &bytes, &AT_REST].concat();
        let (first, second) = stream.split_at(27);
        vec![
            Sent::soon(NOTIFY, first.to_vec()),
            Sent::soon(NOTIFY, second.to_vec()),
        ]
    }

    fn readings(&mut self, count: usize) -> Vec<Sent> {
        let packet = |number| Sent {
            after: Duration::from_millis(10 * number),
            channel: NOTIFY,
            bytes: AT_REST.to_vec(),
        };
        (0..count as u64).map(packet).collect()
    }

    fn reset(&mut self) {
        *self = Box20::new();
    }
}

#[test]
fn a_box_is_set_and_looked_at() {
    let mut sensor = Box20::new();
    let conversation = converse(&mut *WitMotion.opening(100.0), &mut sensor);
    assert_eq!(conversation.end, Ok(()));
    assert_written(
        &conversation,
        &[
            "FF AA 69 88 B5",
            "FF AA 03 09 00",
            "FF AA 27 03 00",
            "FF AA 27 64 00",
        ],
    );
    let conversation = converse(&mut *WitMotion.closing(), &mut sensor);
    assert_written(&conversation, &[]);
}

#[test]
fn a_box_that_overhears_questions_is_asked_again() {
    let mut sensor = Box20::new();
    sensor.answers_every = 3;
    let conversation = converse(&mut *WitMotion.opening(50.0), &mut sensor);
    assert_eq!(conversation.end, Ok(()));
    let questions = conversation
        .written
        .iter()
        .filter(|write| write.bytes[2] == 0x27);
    assert_eq!(questions.count(), 6);
    assert!(conversation.took < Duration::from_secs(5));
}
