//! What a recording must survive.

use nalgebra::Vector3;
use proptest::prelude::*;

use super::*;
use crate::coach::{Notice, Plan};
use crate::input::{Channel, Command, LinkChange, Sample, SensorId};
use crate::units::{Acceleration, AngularRate, HostTime, SessionTime};

/// A plan for an exercise of the tests' own: recordings do not care which.
pub(super) fn plan() -> Plan {
    serde_json::from_str(include_str!("test_plan.json")).unwrap()
}

pub(super) fn header() -> Header {
    Header::new(plan(), jiff::Timestamp::UNIX_EPOCH)
}

pub(super) fn some_entries() -> Vec<Entry> {
    let (sensor, at) = (SensorId(0), HostTime::from_micros(1_234_567));
    let sample = |gyro| Input::Sample {
        sensor,
        sample: Sample {
            at: SessionTime::from_micros(1_234_567),
            accel: Acceleration::from_meters_per_second_squared(Vector3::new(0.1, -9.8, 1e-17)),
            gyro,
            clipped: gyro.is_some(),
        },
    };
    let rate = AngularRate::from_radians_per_second(Vector3::new(f64::MAX, -0.0, 1.0 / 3.0));
    let mut entries: Vec<Entry> = [
        Input::Packet {
            sensor,
            at,
            channel: Channel(2),
            bytes: vec![0, 255, 10, 13, 34],
        },
        sample(None),
        sample(Some(rate)),
        Input::Link {
            sensor,
            at,
            change: LinkChange::Rssi { dbm: -70 },
        },
        Input::Command {
            at,
            command: Command::Pain,
        },
        Input::Tick { at },
    ]
    .into_iter()
    .map(Entry::Input)
    .collect();
    entries.push(Entry::Event(Event::Notice {
        at: at.into(),
        sensor,
        notice: Notice::BadPacket {
            problem: "{\"crc\":\"".to_owned(),
        },
    }));
    entries
}

pub(super) fn recording() -> Vec<u8> {
    recording_of(&some_entries())
}

fn recording_of(entries: &[Entry]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), &header()).unwrap();
    for entry in entries {
        writer.entry(entry).unwrap();
    }
    writer.end(None).unwrap()
}

fn read(bytes: &[u8]) -> Result<(Vec<Entry>, Damage), RecordingError> {
    let mut reader = Reader::new(bytes)?;
    let entries = reader.by_ref().collect::<Result<_, _>>()?;
    Ok((entries, reader.damage().clone()))
}

/// Byte positions at which the lines of a file begin.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let newlines = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let mut starts: Vec<usize> = std::iter::once(0)
        .chain(newlines.map(|(at, _)| at + 1))
        .collect();
    starts.pop();
    starts
}

#[test]
fn what_is_written_reads_back_to_the_bit() {
    let (entries, damage) = read(&recording()).unwrap();
    assert_eq!(entries, some_entries());
    assert_eq!((damage.summary(), damage.is_loss()), (None, false));
    let end = damage.end.unwrap();
    assert_eq!((end.inputs, end.events, end.cause), (6, 1, None));
}

#[test]
fn torn_at_any_byte_every_whole_line_comes_back() {
    let whole = recording();
    let starts = starts(&whole);
    for cut in 0..whole.len() {
        let torn = &whole[..cut];
        // A line is whole when all its bytes are there; its newline need not be.
        let lines = starts
            .iter()
            .skip(1)
            .filter(|&&next| next <= cut + 1)
            .count();
        match read(torn) {
            Ok((entries, damage)) => {
                let expected = lines.saturating_sub(2).min(some_entries().len());
                assert_eq!(entries, some_entries()[..expected], "cut at {cut}");
                assert_eq!(damage.is_loss(), cut + 1 < whole.len(), "cut at {cut}");
            }
            Err(error) => assert!(lines == 0, "cut at {cut}: {error}"),
        }
    }
}

#[test]
fn a_line_that_vanished_whole_is_noticed() {
    let whole = recording();
    let starts = starts(&whole);
    let mut less = whole.clone();
    less.drain(starts[3]..starts[5]);
    let (entries, damage) = read(&less).unwrap();
    assert_eq!(entries.len(), some_entries().len() - 2);
    assert_eq!(damage.summary().unwrap(), "2 lines missing");
}

#[test]
fn a_damaged_header_is_read_from_its_copy() {
    let mut damaged = recording();
    damaged[100] ^= 1;
    let (entries, damage) = read(&damaged).unwrap();
    assert_eq!(entries, some_entries());
    assert_eq!(
        damage.problems[0].to_string(),
        "line 1: its check sum does not match"
    );
    assert_eq!(damage.summary().unwrap(), "1 line damaged");
}

#[test]
fn a_line_written_twice_counts_once() {
    let whole = recording();
    let starts = starts(&whole);
    let mut doubled = whole[..starts[4]].to_vec();
    doubled.extend_from_slice(&whole[starts[3]..]);
    let (entries, damage) = read(&doubled).unwrap();
    assert_eq!(entries, some_entries());
    assert_eq!(
        damage.problems[0].to_string(),
        "line 5: number 3 came already"
    );
}

#[test]
fn the_line_ends_of_windows_do_no_harm() {
    let text = String::from_utf8(recording())
        .unwrap()
        .replace('\n', "\r\n");
    let (entries, damage) = read(text.as_bytes()).unwrap();
    assert_eq!((entries, damage.summary()), (some_entries(), None));
}

#[test]
fn an_endless_line_costs_that_line() {
    let whole = recording();
    let at = starts(&whole)[4];
    let mut long = whole[..at].to_vec();
    long.extend(std::iter::repeat_n(b'x', 3 * LONGEST_LINE));
    long.push(b'\n');
    long.extend_from_slice(&whole[at..]);
    let (entries, damage) = read(&long).unwrap();
    assert_eq!(entries, some_entries());
    assert_eq!(
        damage.problems[0].to_string(),
        "line 5: longer than 1048576 bytes; passed over"
    );
}

#[test]
fn other_files_are_refused_with_what_was_found() {
    let problem = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(
        problem(b""),
        "is not a recording of backcoach, or its header is lost: the file is empty"
    );
    assert_eq!(
        problem(b"t,ax,ay,az\n0,0,0,9.8\n"),
        "is not a recording of backcoach, or its header is lost: line 1: its check sum does not match"
    );
}

#[test]
fn a_line_that_no_reader_would_take_is_not_written() {
    let mut writer = Writer::new(Vec::new(), &header()).unwrap();
    let huge = Input::Packet {
        sensor: SensorId(0),
        at: HostTime::ZERO,
        channel: Channel(0),
        bytes: vec![0; LONGEST_LINE],
    };
    assert!(matches!(
        writer.input(&huge),
        Err(RecordingError::TooLong { .. })
    ));
    writer.input(&Input::Tick { at: HostTime::ZERO }).unwrap();
    let (entries, damage) = read(&writer.end(None).unwrap()).unwrap();
    assert_eq!((entries.len(), damage.summary()), (1, None));
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let at = (-1_000_000_000_000_i64..1_000_000_000_000).prop_map(HostTime::from_micros);
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    let number = prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
    let vector = prop::array::uniform3(number).prop_map(Vector3::from);
    let packet =
        (any::<u8>(), at.clone(), any::<u8>(), bytes).prop_map(|(sensor, at, channel, bytes)| {
            Input::Packet {
                sensor: SensorId(sensor),
                at,
                channel: Channel(channel),
                bytes,
            }
        });
    let sample = (at, vector.clone(), prop::option::of(vector), any::<bool>()).prop_map(
        |(at, accel, gyro, clipped)| Input::Sample {
            sensor: SensorId(0),
            sample: Sample {
                at: at.into(),
                accel: Acceleration::from_meters_per_second_squared(accel),
                gyro: gyro.map(AngularRate::from_radians_per_second),
                clipped,
            },
        },
    );
    prop::collection::vec(prop_oneof![packet, sample], 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_input_reads_back_to_the_bit(inputs in inputs()) {
        let entries: Vec<Entry> = inputs.into_iter().map(Entry::Input).collect();
        let (back, damage) = read(&recording_of(&entries)).unwrap();
        prop_assert_eq!(back, entries);
        prop_assert!(!damage.is_loss());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes);
    }

    /// A line none of whose bytes changed comes back, whatever happened to its neighbors; nothing false is read.
    #[test]
    fn flipped_bits_cost_only_the_lines_they_hit(flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..12)) {
        let whole = recording();
        let starts = starts(&whole);
        let mut damaged = whole.clone();
        for (at, bit) in &flips {
            damaged[at.index(whole.len())] ^= 1 << bit;
        }
        let untouched = |line: usize| {
            let from = starts[line];
            let to = starts.get(line + 1).copied().unwrap_or(whole.len()) - 1;
            whole[from..to] == damaged[from..to]
        };
        let has_header = untouched(0) || untouched(1);
        match read(&damaged) {
            Ok((entries, damage)) => {
                let all = some_entries();
                let expected: Vec<&Entry> = (0..all.len()).filter(|i| untouched(i + 2)).map(|i| &all[i]).collect();
                prop_assert_eq!(entries.iter().collect::<Vec<_>>(), expected);
                prop_assert_eq!(damage.is_loss(), damaged != whole);
            }
            Err(_) => prop_assert!(!has_header),
        }
    }
}
