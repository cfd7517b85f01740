//! Straps that measure, as the maker documents them.

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::polar::{BATTERY, CONTROL, DATA, Polar};
use backcoach::sensors::{DialogueError, Sensor, Write};

use super::host::{Conversation, End, converse};
use super::{Peripheral, Sent, assert_written, bytes};

const ACC: u8 = 2;
const GYRO: u8 = 5;
const SDK: u8 = 9;

/// A device.
pub struct Strap {
    features: Vec<u8>,
    /// What runs: measurements, and SDK mode among them.
    pub running: Vec<u8>,
    /// Numbers with which requests are refused, by their first two bytes.
    refuses: Vec<([u8; 2], u8)>,
    /// Sends the answer to get settings in two indications.
    in_parts: bool,
    /// Its clock, ns, when it takes the next sample.
    clock: u64,
}

impl Strap {
    pub fn h10() -> Strap {
        Strap {
            features: bytes("0F 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
            running: Vec::new(),
            refuses: Vec::new(),
            in_parts: false,
            clock: 599_616_000_000_000_000,
        }
    }

    pub fn verity_sense() -> Strap {
        Strap {
            features: bytes("0F 6E 02 00"),
            ..Strap::h10()
        }
    }

    fn is_h10(&self) -> bool {
        self.features[1] & 0x20 == 0
    }

    fn offer(&self, measurement: u8) -> Vec<u8> {
        let sdk = self.running.contains(&SDK);
        let all = match (self.is_h10(), measurement, sdk) {
            (true, ..) => "00 04 19 00 32 00 64 00 C8 00 01 01 10 00 02 03 02 00 04 00 08 00",
            (false, GYRO, false) => "00 01 34 00 01 01 10 00 02 01 D0 07 04 01 03",
            (false, GYRO, true) => {
                "00 05 1A 00 34 00 68 00 D0 00 A0 01 01 01 10 00 02 04 FA 00 F4 01 E8 03 D0 07 04 01 03"
            }
            (false, _, false) => "00 01 34 00 01 01 10 00 02 01 08 00 04 01 03",
            (false, _, true) => {
                "00 05 1A 00 34 00 68 00 D0 00 A0 01 01 01 10 00 02 04 02 00 04 00 08 00 10 00 04 01 03"
            }
        };
        bytes(all)
    }

    /// Status and parameters of the answer.
    fn obey(&mut self, opcode: u8, kind: u8) -> (u8, Vec<u8>) {
        let streams = self.running.iter().any(|running| *running != SDK);
        match opcode {
            1 if self.is_h10() && kind != ACC => (2, Vec::new()),
            1 => (0, self.offer(kind)),
            2 if self.running.contains(&kind) => (6, Vec::new()),
            2 if kind == SDK && streams => (12, Vec::new()),
            2 => {
                self.running.push(kind);
                let factor = match (self.is_h10(), kind) {
                    (true, _) => "01",
                    (false, GYRO) => "05 01 29 5C 8F 3D",
                    (false, _) => "05 01 40 DA 7F 39",
                };
                (0, bytes(factor))
            }
            3 => {
                self.running.retain(|running| *running != kind);
                (0, Vec::new())
            }
            5 => {
                let states = [1, ACC, GYRO, 6].map(|kind| {
                    let online = self.running.contains(&kind);
                    kind | if online { 0x40 } else { 0 }
                });
                (0, states.to_vec())
            }
            _ => (1, Vec::new()),
        }
    }

    fn answer(&mut self, opcode: u8, kind: u8) -> Vec<Vec<u8>> {
        let refused = self
            .refuses
            .iter()
            .find(|(request, _)| *request == [opcode, kind]);
        let (status, parameters) = match refused {
            Some((_, status)) => (*status, Vec::new()),
            None => self.obey(opcode, kind),
        };
        let part = |more: u8, parameters: &[u8]| {
            [&[0xf0, opcode, kind, status, more], parameters].concat()
        };
        if self.in_parts && opcode == 1 {
            let (first, second) = parameters.split_at(parameters.len() / 2);
            return vec![part(1, first), part(0, second)];
        }
        vec![part(0, &parameters)]
    }

    /// The next packet of a measurement.
    fn packet(&self, kind: u8) -> Vec<u8> {
        let stamp = self.clock;
        let head = |of: u8| [&[kind], &stamp.to_le_bytes()[..], &[of]].concat();
        match (self.is_h10(), kind) {
            (true, _) => {
                let sample = [0_i16, 0, 1000].map(i16::to_le_bytes).concat();
                [head(1), sample.repeat(36)].concat()
            }
            (false, GYRO) => [head(0x80), bytes("00 00 00 00 00 00 00 23")].concat(),
            (false, _) => [head(0x80), bytes("00 00 00 00 02 10 00 23")].concat(),
        }
    }
}

impl Peripheral for Strap {
    fn read(&mut self, channel: Channel) -> Option<Vec<u8>> {
        match channel {
            CONTROL => Some(self.features.clone()),
            BATTERY => Some(vec![90]),
            _ => None,
        }
    }

    fn written(&mut self, write: &Write) -> Vec<Sent> {
        assert_eq!(write.channel, CONTROL);
        assert!(write.acknowledged);
        let kind = write.bytes.get(1).copied().unwrap_or(0);
        let answers = self.answer(write.bytes[0], kind);
        answers
            .into_iter()
            .map(|bytes| Sent::soon(CONTROL, bytes))
            .collect()
    }

    fn readings(&mut self, count: usize) -> Vec<Sent> {
        let mut sent = Vec::new();
        for number in 0..count.div_ceil(36) as u64 {
            self.clock += 36 * 1_000_000_000 / if self.is_h10() { 200 } else { 208 };
            let kinds = [GYRO, ACC]
                .into_iter()
                .filter(|kind| self.running.contains(kind));
            sent.extend(kinds.map(|kind| Sent {
                after: Duration::from_millis(180 * number),
                channel: DATA,
                bytes: self.packet(kind),
            }));
        }
        sent
    }

    fn reset(&mut self) {
        self.running.clear();
        self.clock = 599_616_000_000_000_000;
    }
}

fn opened(strap: &mut Strap) -> Conversation {
    converse(&mut *Polar.opening(100.0), strap)
}

fn refusal(strap: &mut Strap) -> String {
    match opened(strap).end {
        Err(End::Dialogue(error)) => error.to_string(),
        end => panic!("{end:?}"),
    }
}

#[test]
fn an_h10_is_asked_started_and_stopped() {
    let mut strap = Strap::h10();
    let conversation = opened(&mut strap);
    assert_eq!(conversation.end, Ok(()));
    assert_written(
        &conversation,
        &["01 02", "02 02 00 01 C8 00 01 01 10 00 02 01 08 00"],
    );
    assert_eq!(strap.running, [ACC]);
    let conversation = converse(&mut *Polar.closing(), &mut strap);
    assert_written(&conversation, &["03 02"]);
    assert!(strap.running.is_empty());
}

#[test]
fn a_verity_sense_is_made_fast_first_and_left_as_it_was() {
    let mut strap = Strap::verity_sense();
    let conversation = opened(&mut strap);
    assert_eq!(conversation.end, Ok(()));
    assert_written(
        &conversation,
        &[
            "05",
            "02 09",
            "01 05",
            "02 05 00 01 D0 00 01 01 10 00 02 01 D0 07 04 01 03",
            "01 02",
            "02 02 00 01 D0 00 01 01 10 00 02 01 08 00 04 01 03",
        ],
    );
    assert_eq!(strap.running, [SDK, GYRO, ACC]);
    let conversation = converse(&mut *Polar.closing(), &mut strap);
    assert_written(&conversation, &["03 02", "03 05", "03 09"]);
    assert!(strap.running.is_empty());
}

#[test]
fn what_runs_already_is_stopped_before_the_mode_is_switched() {
    let mut strap = Strap::verity_sense();
    strap.running = vec![1, ACC];
    let conversation = opened(&mut strap);
    assert_eq!(conversation.end, Ok(()));
    let written: Vec<&[u8]> = conversation
        .written
        .iter()
        .map(|write| &*write.bytes)
        .collect();
    assert_eq!(written[..4], [&[5][..], &[3, 2], &[3, 1], &[2, 9]]);
    assert_eq!(strap.running, [SDK, GYRO, ACC]);
}

#[test]
fn a_strap_that_measures_already_is_stopped_and_started_again() {
    let mut strap = Strap::h10();
    strap.running = vec![ACC];
    let conversation = opened(&mut strap);
    assert_eq!(conversation.end, Ok(()));
    let start = "02 02 00 01 C8 00 01 01 10 00 02 01 08 00";
    assert_written(&conversation, &["01 02", start, "03 02", start]);
}

#[test]
fn an_offer_in_two_parts_is_read_whole() {
    let mut strap = Strap::h10();
    strap.in_parts = true;
    let conversation = opened(&mut strap);
    assert_eq!(conversation.end, Ok(()));
    assert_eq!(conversation.written[1].bytes[4..6], [0xc8, 0]);
}

#[test]
fn an_oh1_has_neither_gyroscope_nor_sdk_mode() {
    let mut strap = Strap::verity_sense();
    strap.features = bytes("0F 06 00");
    let conversation = opened(&mut strap);
    assert_eq!(conversation.end, Ok(()));
    assert_eq!(conversation.written[0].bytes, [1, 2]);
    assert_eq!(strap.running, [ACC]);
}

#[test]
fn refusals_say_what_to_do() {
    let refusing = |request, status| {
        let mut strap = Strap::h10();
        strap.refuses = vec![(request, status)];
        refusal(&mut strap)
    };
    for (status, words) in [
        (10, "too small"),
        (13, "take it out"),
        (12, "close other apps"),
        (99, "does not know"),
    ] {
        let told = refusing([2, ACC], status);
        assert!(told.contains(words), "{status}: {told}");
    }
    assert!(refusing([1, ACC], 3).contains("update its firmware"));
    let mut strap = Strap::h10();
    strap.features = bytes("0F 01 00");
    assert!(refusal(&mut strap).contains("does not give out acceleration"));
    strap.features = bytes("00 00");
    assert!(refusal(&mut strap).contains("does not say what it measures"));
}

#[test]
fn whatever_is_not_needed_is_done_without() {
    for request in [[5, 0], [2, SDK], [1, GYRO], [2, GYRO]] {
        let mut strap = Strap::verity_sense();
        strap.refuses = vec![(request, 3)];
        let conversation = opened(&mut strap);
        assert_eq!(conversation.end, Ok(()), "{request:?}");
        assert!(strap.running.contains(&ACC));
    }
}

#[test]
fn a_silent_strap_is_given_up_after_its_time() {
    struct Silent(Strap);
    impl Peripheral for Silent {
        fn read(&mut self, channel: Channel) -> Option<Vec<u8>> {
            self.0.read(channel)
        }
        fn written(&mut self, _write: &Write) -> Vec<Sent> {
            Vec::new()
        }
        fn readings(&mut self, _count: usize) -> Vec<Sent> {
            Vec::new()
        }
        fn reset(&mut self) {}
    }
    let conversation = converse(&mut *Polar.opening(100.0), &mut Silent(Strap::h10()));
    assert_eq!(
        conversation.end,
        Err(End::Dialogue(DialogueError::NoAnswer))
    );
    assert_eq!(conversation.took, Duration::from_secs(5));
    let conversation = converse(&mut *Polar.closing(), &mut Silent(Strap::verity_sense()));
    assert_eq!(conversation.end, Ok(()));
    assert!(conversation.took <= Duration::from_secs(6));
}
