use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;

use super::stream::LENGTH;
use super::*;
use crate::sensors::{DialogueError, Heard, Step};

const VECTORS: &str = include_str!("../../../tests/vectors/witmotion.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    request: Vec<RequestVector>,
    session: Vec<Session>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestVector {
    name: String,
    read: Option<u8>,
    hex: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    name: String,
    packet: Vec<Packet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Packet {
    hex: String,
    #[serde(default)]
    counts: Vec<[i16; 9]>,
    #[serde(default)]
    registers: Vec<(u8, i16)>,
    accel: Option<Vec<[f64; 3]>>,
    gyro: Option<Vec<[f64; 3]>>,
    #[serde(default)]
    clipped: bool,
    battery: Option<u8>,
    rate: Option<f64>,
    #[serde(default)]
    kept: usize,
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn assert_near(got: Vector3<f64>, expected: [f64; 3], place: &str) {
    for (got, expected) in got.iter().zip(expected) {
        assert!(
            (got - expected).abs() <= 1e-6 * expected.abs(),
            "{place}: expected {expected}, got {got}"
        );
    }
}

fn check_pieces(pieces: &[Piece], packet: &Packet, place: &str) {
    let mut counts = Vec::new();
    let mut registers = None;
    for piece in pieces {
        match piece {
            Piece::Data(of) => counts.push(*of),
            Piece::Registers(of) => registers = Some(*of),
        }
    }
    assert_eq!(counts, packet.counts, "{place}");
    assert_eq!(registers.is_some(), !packet.registers.is_empty(), "{place}");
    for (register, value) in &packet.registers {
        let got = registers.and_then(|registers| registers.get(*register));
        assert_eq!(got, Some(*value), "{place}, register {register}");
    }
}

fn check_decoded(decoded: &Decoded, packet: &Packet, place: &str) {
    let battery = packet.battery.map(SensorNote::Battery);
    assert_eq!(decoded.notes, Vec::from_iter(battery), "{place}");
    let readings: Vec<_> = decoded
        .frames
        .iter()
        .flat_map(|frame| &frame.readings)
        .collect();
    assert_eq!(readings.len(), packet.counts.len(), "{place}");
    for (number, reading) in readings.iter().enumerate() {
        assert_eq!(reading.clipped, packet.clipped, "{place}");
        if let (Some(accel), Some(gyro)) = (&packet.accel, &packet.gyro) {
            let g = reading.accel.meters_per_second_squared() / crate::units::STANDARD_GRAVITY;
            assert_near(g, accel[number], place);
            let rate = reading.gyro.unwrap().radians_per_second();
            assert_near(rate.map(f64::to_degrees), gyro[number], place);
        }
    }
    for frame in &decoded.frames {
        assert_eq!(
            (frame.index, frame.time, frame.restarted),
            (None, None, false),
            "{place}"
        );
    }
}

#[test]
fn the_vectors_are_read_as_they_say() {
    let vectors: Vectors = toml::from_str(VECTORS).unwrap();
    for session in &vectors.session {
        let mut framer = Framer::default();
        let mut decoder = Decoder::default();
        for (number, packet) in session.packet.iter().enumerate() {
            let place = format!("{}, packet {}", session.name, number + 1);
            let bytes = bytes(&packet.hex);
            check_pieces(&framer.push(&bytes), packet, &place);
            assert_eq!(framer.kept(), packet.kept, "{place}");
            let decoded = decoder.decode(NOTIFY, &bytes).unwrap();
            check_decoded(&decoded, packet, &place);
            if let Some(rate) = packet.rate {
                assert_eq!(decoder.rate, rate, "{place}");
            }
        }
    }
    for request in &vectors.request {
        let written = request.read.map_or(talk::UNLOCK, talk::read);
        assert_eq!(written.as_slice(), bytes(&request.hex), "{}", request.name);
    }
}

#[test]
fn charge_follows_the_makers_table() {
    let cases = [
        (3.3, Some(0)),
        (3.85, Some(50)),
        (4.2, Some(100)),
        (7.4, Some(30)),
        (0.0, None),
        (300.0, None),
    ];
    for (volts, percent) in cases {
        assert_eq!(charge(volts), percent, "{volts} V");
    }
}

fn answer(register: u8, value: u8) -> Vec<u8> {
    let mut bytes = vec![0; LENGTH];
    bytes[..5].copy_from_slice(&[0x55, 0x71, register, 0, value]);
    bytes
}

/// What is written until the end, where the sensor says that it runs at these codes, one after another.
fn opened(rate_hz: f64, codes: &[u8]) -> (Vec<Vec<u8>>, Result<(), DialogueError>) {
    let mut opening = WitMotion.opening(rate_hz);
    let (mut written, mut codes) = (Vec::new(), codes.iter());
    loop {
        match opening.step() {
            Ok(Step::Send(write)) => written.push(write.bytes),
            Ok(Step::Ask { write, within }) => {
                assert!(within <= Duration::from_secs(1));
                let register = write.bytes[3];
                written.push(write.bytes);
                let value = if register == register::RATE {
                    codes.next().copied()
                } else {
                    Some(0)
                };
                match value {
                    Some(value) => {
                        let heard = opening.heard(NOTIFY, &answer(register, value));
                        assert_eq!(heard, Heard::Answer);
                    }
                    None => {
                        if let Err(error) = opening.unanswered() {
                            return (written, Err(error));
                        }
                    }
                }
            }
            Ok(Step::Done) => return (written, Ok(())),
            Ok(_) => {}
            Err(error) => return (written, Err(error)),
        }
    }
}

#[test]
fn the_rate_is_set_and_looked_at_and_nothing_is_saved() {
    let (written, end) = opened(100.0, &[9]);
    assert_eq!(end, Ok(()));
    let expected = [
        "FF AA 69 88 B5",
        "FF AA 03 09 00",
        "FF AA 27 03 00",
        "FF AA 27 64 00",
    ];
    assert_eq!(written, expected.map(bytes));
    let (written, _) = opened(50.0, &[8]);
    assert_eq!(written[1], bytes("FF AA 03 08 00"));
}

#[test]
fn a_sensor_that_does_not_say_its_rate_is_asked_three_times_and_not_used() {
    let (written, end) = opened(100.0, &[]);
    assert_eq!(end, Err(DialogueError::NoAnswer));
    let asked = written
        .iter()
        .filter(|bytes| bytes[3] == register::RATE && bytes[2] == 0x27);
    assert_eq!(asked.count(), 3);
}

#[test]
fn a_rate_that_is_not_taken_is_set_again_and_then_refused_if_too_low() {
    let (_, end) = opened(100.0, &[6, 9]);
    assert_eq!(end, Ok(()));
    let (_, end) = opened(100.0, &[8, 8]);
    assert_eq!(end, Ok(()), "50 Hz will do");
    let (written, end) = opened(100.0, &[6, 6]);
    assert_eq!(
        written
            .iter()
            .filter(|bytes| **bytes == talk::UNLOCK)
            .count(),
        2
    );
    let told = end.unwrap_err().to_string();
    assert!(told.contains("10 readings a second"), "{told}");
}

#[test]
fn other_kinds_are_not_claimed() {
    let named = |name: &str| Advert {
        name: Some(name.to_owned()),
        services: vec![SERVICE.to_owned()],
        companies: Vec::new(),
    };
    for (name, is_ours) in [
        ("WT901BLE68", true),
        ("WT9011DCL-BT50", true),
        ("my sensor", true),
        ("WTVB01-BT50", false),
        ("BWT901CL", false),
    ] {
        assert_eq!(WitMotion.claims(&named(name)), is_ours, "{name}");
    }
    let sig = Advert {
        services: vec![SERVICE.replace("9a34fb", "9b34fb")],
        ..Advert::default()
    };
    assert!(!WitMotion.claims(&sig));
}

proptest! {
    /// Frames cut anywhere come out whole, in order.
    #[test]
    fn frames_come_out_however_they_are_cut(
        frames in prop::collection::vec(prop::array::uniform9(any::<i16>()), 1..30),
        cuts in prop::collection::vec(1..50_usize, 1..60),
    ) {
        let stream: Vec<u8> = frames
            .iter()
            .flat_map(|counts| {
                let payload = counts.iter().flat_map(|count| count.to_le_bytes());
                [0x55, 0x61].into_iter().chain(payload).collect::<Vec<u8>>()
            })
            .collect();
        let mut framer = Framer::default();
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            found.extend(framer.push(now));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let expected: Vec<Piece> = frames.into_iter().map(Piece::Data).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(framer.kept(), 0);
    }

    #[test]
    fn any_bytes_are_taken_and_less_than_a_frame_is_kept(
        packets in prop::collection::vec(
            prop::collection::vec(prop_oneof![Just(0x55), Just(0x61), any::<u8>()], 0..100), 0..40),
    ) {
        let mut decoder = Decoder::default();
        for packet in packets {
            let decoded = decoder.decode(NOTIFY, &packet).unwrap();
            prop_assert!(decoder.framer.kept() < LENGTH);
            prop_assert!(decoded.frames.iter().all(|frame| !frame.readings.is_empty()));
        }
    }
}
