#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::control::CueActuators;
use std::vec::Vec;

const PROTOCOL: &[u8] = &[0x01, 2, 1, 0];
const DEVICE_ID: &[u8] = &[0x02, 8, 1, 2, 3, 4, 5, 6, 7, 8];
const STREAMS: &[u8] = &[0x03, 1, 3];
const RATES: &[u8] = &[0x04, 4, 0x40, 0x03, 0x80, 0x06]; // 52 Hz, 104 Hz
const ACCEL_RANGES: &[u8] = &[0x05, 4, 2, 0, 4, 0];
const GYRO_RANGES: &[u8] = &[0x06, 2, 0xf4, 0x01];
const CONFIG: &[u8] = &[
    0x07, 16, 9, 2, 0x80, 0x06, 4, 0, 0xf4, 0x01, 0x0a, 0xe8, 0x9c, 0x3a, 0x58, 0xa0, 0x8b, 0x39,
];
const ACTUATORS: &[u8] = &[0x08, 3, 0x03, 0xb8, 0x0b]; // haptic and LED, 3000 ms
const BUFFER_DEPTH: &[u8] = &[0x09, 4, 0x00, 0x04, 0, 0];
const AXES: &[u8] = &[0x0a, 3, 0xfe, 0x01, 0x03];
const ALL: [&[u8]; 10] = [
    PROTOCOL,
    DEVICE_ID,
    STREAMS,
    RATES,
    ACCEL_RANGES,
    GYRO_RANGES,
    CONFIG,
    ACTUATORS,
    BUFFER_DEPTH,
    AXES,
];

/// All pieces, with one replaced by others.
fn with(old: &[u8], new: &[u8]) -> Vec<u8> {
    ALL.iter()
        .flat_map(|&piece| if piece == old { new } else { piece })
        .copied()
        .collect()
}

#[test]
fn info_reads_and_writes_these_bytes() {
    let bytes = ALL.concat();
    let info = Info::parse(&bytes).unwrap();
    assert_eq!(info.protocol, Protocol { major: 1, minor: 0 });
    assert_eq!(info.device_id, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(info.streams, Streams::Both);
    assert_eq!(&*info.rates, &[Rate::from_hz(52), Rate::from_hz(104)]);
    assert_eq!(&*info.accel_ranges_g, &[2, 4]);
    assert_eq!(&*info.gyro_ranges_dps, &[500]);
    assert_eq!(info.config.generation, 9);
    let which = CueActuators {
        haptic: true,
        led: true,
    };
    assert_eq!(
        info.actuators,
        Actuators {
            which,
            max_on_millis: 3000
        }
    );
    assert_eq!(info.buffer_depth, 1024);
    assert_eq!(info.axes.housing_from_chip([-10, 20, 30]), [20, 10, 30]);

    let mut buffer = [0; Info::MAX_LEN];
    let len = info.emit(&mut buffer).unwrap();
    assert_eq!(buffer[..len], bytes);
    let short = info.emit(&mut buffer[..len - 1]);
    assert_eq!(
        short,
        Err(EmitError::BufferTooSmall {
            needed: len,
            got: len - 1
        })
    );
}

#[test]
fn another_major_is_refused_before_anything_else_is_read() {
    let error = Info::parse(&[0x01, 2, 2, 7, 0x03]).unwrap_err();
    assert_eq!(
        error,
        ParseError::UnsupportedMajor {
            major: 2,
            minor: 7,
            supported: 1
        }
    );
}

#[test]
fn a_newer_minor_reads_as_far_as_it_is_known() {
    let known = Info::parse(&ALL.concat()).unwrap();
    let newer = Info::parse(&with(STREAMS, &[0x77, 2, 9, 9, 0x03, 2, 0x83, 0xff])).unwrap();
    assert_eq!(newer, known);
}

#[test]
fn what_may_be_missing_has_a_meaning() {
    let bytes: Vec<u8> = ALL[..7].concat();
    let info = Info::parse(&bytes).unwrap();
    assert_eq!(info.actuators, Actuators::default());
    assert_eq!(info.buffer_depth, 0);
    assert_eq!(info.axes, Axes::default());
}

#[test]
fn what_must_be_there_is_missed_by_name() {
    let front = "protocol version at the front of Info";
    for (piece, what) in [
        (PROTOCOL, front),
        (DEVICE_ID, "device id"),
        (STREAMS, "streams"),
        (RATES, "rates"),
        (ACCEL_RANGES, "accel ranges"),
        (GYRO_RANGES, "gyro ranges"),
        (CONFIG, "config"),
    ] {
        assert_eq!(
            Info::parse(&with(piece, &[])),
            Err(ParseError::Missing { what })
        );
    }
    assert_eq!(Info::parse(&[]), Err(ParseError::Missing { what: front }));
}

#[test]
fn a_piece_that_comes_twice_is_refused() {
    for piece in ALL {
        let error = Info::parse(&with(piece, &[piece, piece].concat())).unwrap_err();
        assert!(
            matches!(error, ParseError::Duplicate { .. }),
            "{piece:?}: {error}"
        );
    }
}

#[test]
fn a_config_that_the_sensor_cannot_do_is_refused() {
    for (piece, new, what) in [
        (STREAMS, &[0x03, 1, 1][..], "config stream"),
        (RATES, &[0x04, 2, 0x40, 0x03], "config rate"),
        (ACCEL_RANGES, &[0x05, 2, 2, 0], "config accel range"),
        (GYRO_RANGES, &[0x06, 2, 0xd0, 0x07], "config gyro range"),
    ] {
        match Info::parse(&with(piece, new)).unwrap_err() {
            ParseError::BadValue { what: found, .. } => assert_eq!(found, what),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_list_of_no_odd_or_too_many_bytes_is_refused() {
    let rates = |value: &[u8]| {
        let piece = [&[0x04, value.len() as u8], value].concat();
        Info::parse(&with(RATES, &piece)).unwrap_err()
    };
    let what = "rates";
    assert_eq!(
        rates(&[]),
        ParseError::TooShort {
            what,
            needed: 2,
            got: 0
        }
    );
    assert_eq!(
        rates(&[1, 0, 2]),
        ParseError::WrongLength {
            what,
            expected: 2,
            got: 3
        }
    );
    assert_eq!(
        rates(&[1; 34]),
        ParseError::WrongLength {
            what,
            expected: 32,
            got: 34
        }
    );
}

#[test]
fn the_longest_info_has_the_length_that_is_promised() {
    let mut info = Info::parse(&ALL.concat()).unwrap();
    info.rates = List::from_slice(&[Rate::from_hz(104); 16]).unwrap();
    info.accel_ranges_g = List::from_slice(&[4; 16]).unwrap();
    info.gyro_ranges_dps = List::from_slice(&[500; 16]).unwrap();
    let mut buffer = [0; 512];
    assert_eq!(info.emit(&mut buffer), Ok(Info::MAX_LEN));
}
