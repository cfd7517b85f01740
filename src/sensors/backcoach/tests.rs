use std::fmt::Write as _;

use backcoach_protocol::data::{Flags, FrameBuilder, Header, Position};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::sensors::SensorNote;

const VECTORS: &str = include_str!("../../../tests/vectors/backcoach.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    session: Vec<Session>,
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
    channel: String,
    hex: String,
    error: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
    index: Option<u64>,
    nanos: Option<u64>,
    rate: Option<f64>,
    restarted: Option<bool>,
    clipped: Option<bool>,
    accel: Option<Vec<[f64; 3]>>,
    gyro: Option<Vec<[f64; 3]>>,
}

fn channel(name: &str) -> Channel {
    match name {
        "info" => INFO,
        "control" => CONTROL,
        "data" => DATA,
        "status" => STATUS,
        "battery" => BATTERY,
        other => panic!("no channel {other}"),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn words(note: &SensorNote) -> String {
    match note {
        SensorNote::Battery(percent) => format!("battery {percent}"),
        SensorNote::Tap(times) => format!("tap {times}"),
        SensorNote::Button => "button".to_owned(),
        SensorNote::Worn(true) => "worn".to_owned(),
        SensorNote::Worn(false) => "not worn".to_owned(),
        SensorNote::Overruns(count) => format!("overruns {count}"),
        SensorNote::Clips(count) => format!("clips {count}"),
    }
}

fn assert_near(got: Vector3<f64>, expected: [f64; 3], place: &str) {
    for (got, expected) in got.iter().zip(expected) {
        assert!(
            (got - expected).abs() <= 1e-6 * expected.abs(),
            "{place}: expected {expected}, got {got}"
        );
    }
}

fn check_frame(frame: &Frame, packet: &Packet, place: &str) {
    assert_eq!(frame.index, packet.index, "{place}");
    assert_eq!(frame.time, packet.nanos, "{place}");
    assert_eq!(Some(frame.nominal_rate), packet.rate, "{place}");
    assert_eq!(Some(frame.restarted), packet.restarted, "{place}");
    let accel = packet.accel.as_ref().unwrap();
    assert_eq!(frame.readings.len(), accel.len(), "{place}");
    for (at, reading) in frame.readings.iter().enumerate() {
        assert_eq!(Some(reading.clipped), packet.clipped, "{place}");
        let force = reading.accel.meters_per_second_squared();
        assert_near(force, accel[at], place);
        let gyro = packet.gyro.as_ref().map(|gyro| gyro[at]);
        assert_eq!(reading.gyro.is_some(), gyro.is_some(), "{place}");
        if let (Some(rate), Some(gyro)) = (reading.gyro, gyro) {
            assert_near(rate.radians_per_second(), gyro, place);
        }
    }
}

fn check(decoder: &mut Decoder, packet: &Packet, place: &str) {
    let before = format!("{decoder:?}");
    let result = decoder.decode(channel(&packet.channel), &bytes(&packet.hex));
    let decoded = match (result, &packet.error) {
        (Ok(decoded), None) => decoded,
        (Err(error), Some(part)) => {
            assert!(error.to_string().contains(part), "{place}: {error}");
            assert_eq!(format!("{decoder:?}"), before, "{place}");
            return;
        }
        (result, expected) => panic!("{place}: expected {expected:?}, got {result:?}"),
    };
    let notes: Vec<String> = decoded.notes.iter().map(words).collect();
    assert_eq!(notes, packet.notes, "{place}");
    let expected = usize::from(packet.index.is_some());
    assert_eq!(decoded.frames.len(), expected, "{place}");
    for frame in &decoded.frames {
        check_frame(frame, packet, place);
    }
}

#[test]
fn the_vectors_are_read_as_they_say() {
    let vectors: Vectors = toml::from_str(VECTORS).unwrap();
    for session in &vectors.session {
        let mut decoder = Decoder::default();
        for (number, packet) in session.packet.iter().enumerate() {
            let mut place = session.name.clone();
            write!(place, ", packet {}", number + 1).unwrap();
            check(&mut decoder, packet, &place);
        }
    }
}

/// Info of an accelerometer at 12.5 Hz, ±2 g, generation 3.
const ACCEL_INFO: &str =
    "010201000208fffefdfcfbfaf9f80301010404c80090010502020007100301c800020000000ae81c3a00000000";

fn described() -> Decoder {
    let mut decoder = Decoder::default();
    decoder.decode(INFO, &bytes(ACCEL_INFO)).unwrap();
    decoder
}

fn packet(run: u8, time_reset: bool, position: Position, samples: usize) -> Vec<u8> {
    let header = Header {
        stream: Stream::Accel,
        flags: Flags {
            time_reset,
            ..Flags::default()
        },
        run,
        generation: 3,
        position,
    };
    let mut buffer = [0; 12 + 255 * 6];
    let mut frame = FrameBuilder::new(&mut buffer, header).unwrap();
    for _ in 0..samples {
        frame.push(RawSample::default()).unwrap();
    }
    let len = frame.finish();
    buffer[..len].to_vec()
}

fn full(index: u32, timestamp: u32) -> Position {
    Position::Full { index, timestamp }
}

/// Index, nanoseconds and restart of the frame, if one came of it.
fn feed(decoder: &mut Decoder, packet: &[u8]) -> Option<(u64, u64, bool)> {
    let decoded = decoder.decode(DATA, packet).unwrap();
    let frame = decoded.frames.first()?;
    Some((frame.index?, frame.time?, frame.restarted))
}

/// Seconds of the sensor's clock in nanoseconds and in ticks.
const SECOND: u64 = 1_000_000_000;
const TICKS: u32 = 32_768;

#[test]
fn the_family_is_listed_with_its_channels_in_order() {
    let sensor = crate::sensors::find("backcoach").unwrap();
    let all = [INFO, CONTROL, DATA, STATUS, BATTERY];
    assert_eq!(sensor.channels().len(), all.len());
    assert_eq!(sensor.channels()[usize::from(DATA.0)], uuid::DATA_TEXT);
    assert!(
        sensor
            .decoder()
            .decode(Channel(5), &[])
            .is_err_and(|error| error.to_string() == "backcoach: there is no channel 5")
    );
}

#[test]
fn a_lost_first_frame_of_a_run_does_not_hide_the_run() {
    let mut decoder = described();
    feed(&mut decoder, &packet(1, true, full(0, 0), 1)).unwrap();
    assert_eq!(
        feed(&mut decoder, &packet(2, false, full(7, TICKS), 1)),
        Some((7, SECOND, true))
    );
}

#[test]
fn a_stream_that_is_joined_in_the_middle_has_not_restarted() {
    let mut decoder = described();
    assert_eq!(
        feed(&mut decoder, &packet(1, false, full(500, 2 * TICKS), 1)),
        Some((500, 2 * SECOND, false))
    );
}

#[test]
fn after_a_lost_link_compact_frames_wait_for_a_full_one() {
    let mut decoder = described();
    feed(&mut decoder, &packet(1, true, full(0, 0), 1)).unwrap();
    decoder.reconnected();
    let compact = packet(1, false, Position::compact(1, TICKS), 1);
    assert_eq!(feed(&mut decoder, &compact), None);
    assert_eq!(
        feed(&mut decoder, &packet(1, false, full(2, 2 * TICKS), 1)),
        Some((2, 2 * SECOND, false))
    );
}

#[test]
fn a_sensor_switched_off_and_on_begins_anew_even_with_the_same_run() {
    for time_reset in [false, true] {
        let mut decoder = described();
        feed(&mut decoder, &packet(0, true, full(0, 0), 1)).unwrap();
        feed(&mut decoder, &packet(0, false, full(50, 5 * TICKS), 1)).unwrap();
        decoder.reconnected();
        assert_eq!(
            feed(&mut decoder, &packet(0, time_reset, full(0, 0), 1)),
            Some((0, 0, true))
        );
        assert_eq!(
            feed(&mut decoder, &packet(0, false, full(1, TICKS), 1)),
            Some((1, SECOND, false))
        );
    }
}

#[test]
fn frames_that_share_samples_with_the_last_are_dropped() {
    let mut decoder = described();
    feed(&mut decoder, &packet(0, true, full(0, 0), 10)).unwrap();
    assert_eq!(
        feed(&mut decoder, &packet(0, false, full(9, TICKS), 10)),
        None
    );
    assert_eq!(
        feed(&mut decoder, &packet(0, false, full(10, TICKS), 10)),
        Some((10, SECOND, false))
    );
}

#[test]
fn a_straggler_does_not_lead_compact_frames_astray() {
    let mut decoder = described();
    feed(&mut decoder, &packet(0, true, full(0, 0), 1)).unwrap();
    feed(&mut decoder, &packet(1, true, full(0, TICKS), 1)).unwrap();
    assert_eq!(feed(&mut decoder, &packet(0, false, full(1, 900), 1)), None);
    let compact = packet(1, false, Position::compact(1, 2 * TICKS), 1);
    assert_eq!(feed(&mut decoder, &compact), Some((1, 2 * SECOND, false)));
}

#[test]
fn one_wild_number_silences_a_sensor_for_two_seconds_at_most() {
    let mut decoder = described();
    feed(&mut decoder, &packet(0, true, full(0, 0), 1)).unwrap();
    let wild = packet(0, false, full(0x4000_0000, 0x4000_0000), 1);
    feed(&mut decoder, &wild).unwrap();
    let mut back = (1..).map(|tenth| {
        let packet = packet(0, false, full(tenth, tenth * TICKS / 10), 1);
        feed(&mut decoder, &packet)
    });
    assert!(back.by_ref().take(20).all(|frame| frame.is_none()));
    let (index, _, restarted) = back.by_ref().take(3).flatten().next().unwrap();
    assert!((21..=23).contains(&index) && restarted);
}

#[test]
fn a_rebooted_sensor_has_no_phantom_taps() {
    let status = |taps: u8| {
        let mut status = Status {
            worn: Some(true),
            ..Status::default()
        };
        status.taps = taps;
        status.emit()
    };
    let mut decoder = Decoder::default();
    decoder.decode(STATUS, &status(200)).unwrap();
    decoder.reconnected();
    let notes = decoder.decode(STATUS, &status(100)).unwrap().notes;
    assert!(!notes.iter().any(|note| matches!(note, SensorNote::Tap(_))));
    assert!(notes.contains(&SensorNote::Worn(true)));
    let notes = decoder.decode(STATUS, &status(101)).unwrap().notes;
    assert_eq!(notes, [SensorNote::Tap(1)]);
}

/// Any packet, most of them near good ones.
fn any_packet() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let noise = prop::collection::vec(any::<u8>(), 0..300);
    let frame = (
        any::<u8>(),
        any::<bool>(),
        any::<bool>(),
        any::<u32>(),
        any::<u32>(),
        0..4_usize,
    )
        .prop_map(|(run, time_reset, compact, index, timestamp, samples)| {
            let position = if compact {
                Position::compact(index, timestamp)
            } else {
                full(index, timestamp)
            };
            packet(run & 3, time_reset, position, samples)
        });
    let status = any::<[u8; 20]>().prop_map(|mut bytes| {
        bytes[0] = 1;
        bytes.to_vec()
    });
    prop_oneof![
        (0..=6_u8, noise),
        frame.prop_map(|frame| (DATA.0, frame)),
        status.prop_map(|status| (STATUS.0, status)),
    ]
}

proptest! {
    #[test]
    fn any_packets_are_answered_and_bad_ones_change_nothing(
        packets in prop::collection::vec((any_packet(), prop::bool::weighted(0.05)), 1..60),
        known in any::<bool>(),
    ) {
        let mut decoder = if known { described() } else { Decoder::default() };
        let mut last: Option<(u64, u64)> = None;
        for ((channel, bytes), relinked) in packets {
            if relinked {
                decoder.reconnected();
            }
            let before = format!("{decoder:?}");
            let Ok(decoded) = decoder.decode(Channel(channel), &bytes) else {
                prop_assert_eq!(format!("{:?}", decoder), before);
                continue;
            };
            prop_assert!(decoded.notes.len() <= 3 * 127 + 3);
            for frame in &decoded.frames {
                let (index, time) = (frame.index.unwrap(), frame.time.unwrap());
                if let Some(last) = last.filter(|_| !frame.restarted) {
                    prop_assert!(index >= last.0 && time >= last.1);
                }
                prop_assert!(!frame.readings.is_empty());
                last = Some((index + frame.readings.len() as u64, time));
            }
        }
    }

    /// From any place near the wraps, with any losses, duplicates, stragglers, full or compact frames: what comes
    /// out is the truth.
    #[test]
    fn counters_run_on_over_their_wraps_whatever_the_link_does(
        behind in (0..2_000_u32, 0..200_000_u32),
        frames in prop::collection::vec((1..5_usize, 0..4_u8, any::<bool>()), 1..300),
    ) {
        let (first_index, first_ticks) = (u32::MAX - behind.0, u32::MAX - behind.1);
        let (mut index, mut ticks) = (u64::from(first_index), u64::from(first_ticks));
        let mut decoder = described();
        feed(&mut decoder, &packet(9, true, full(first_index, first_ticks), 0));
        let mut straggler = packet(9, true, full(first_index, first_ticks), 0);
        let mut restarted = true;
        for (samples, fate, compact) in frames {
            let position = if compact {
                Position::compact(index as u32, ticks as u32)
            } else {
                full(index as u32, ticks as u32)
            };
            let bytes = packet(9, false, position, samples);
            if fate != 0 {
                let truth = (index, nanos(ticks), std::mem::take(&mut restarted));
                prop_assert_eq!(feed(&mut decoder, &bytes), Some(truth));
            }
            if fate == 2 {
                prop_assert_eq!(feed(&mut decoder, &bytes), None);
            }
            if fate == 3 {
                prop_assert_eq!(feed(&mut decoder, &straggler), None);
            }
            if !compact {
                straggler = bytes;
            }
            index += samples as u64;
            ticks += samples as u64 * 2_621;
        }
    }
}

fn nanos(ticks: u64) -> u64 {
    (ticks as f64 / 32_768.0 * 1e9).floor() as u64
}
