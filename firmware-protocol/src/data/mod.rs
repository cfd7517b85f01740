//! Samples travel in batches, and every batch says where it belongs: the index of its first sample, so
//! that a loss is known to the sample, and the sensor's own time of it, because arrival times on a
//! radio are late by tens of milliseconds and a MEMS rate is off by a percent.
//!
//! | byte | full frame | compact frame |
//! |---|---|---|
//! | 0 | type: 0x01 accel, 0x02 accel + gyro | type: 0x11 accel, 0x12 accel + gyro |
//! | 1 | flags and run | flags and run |
//! | 2 | generation | generation |
//! | 3 | count | index of the first sample, low 16 bits, in 3..5 |
//! | 4..8 | index of the first sample, u32 | 5..8: time of the first sample, low 24 bits |
//! | 8..12 | time of the first sample, u32 | samples from byte 8 to the end |
//! | 12.. | samples | |
//!
//! Flags: bit 0 clipped, bit 1 overrun, bit 2 time reset, bit 3 reserved, bits 4..8 run. A sample is
//! x, y, z of the accelerometer and, if there is one, x, y, z of the gyroscope, each an `i16` in counts.
//! Times are in ticks of 1/32768 s ([`TICKS_PER_SECOND`](crate::data::TICKS_PER_SECOND)), taken when the
//! sensor said *data ready*.
//!
//! The compact header leaves room in a link's least 20 bytes for two accelerometer samples or one with
//! gyroscope; [`Expander`](crate::data::Expander) gives back what it leaves out. A full frame with no
//! samples is an anchor for it.

mod builder;
mod expander;
mod header;

pub use builder::FrameBuilder;
pub use expander::{Expander, NotAnchored, Place};
pub use header::{Flags, Header, Position, RawSample, Stream};

use crate::{
    ParseError,
    bytes::{at_least, exactly, u8_at, u16_at, u24_at, u32_at},
};

/// Ticks of the sensor's clock in one second. A `u32` of them wraps after 36.4 hours.
pub const TICKS_PER_SECOND: u32 = 32_768;

mod field {
    use core::ops::Range;

    pub const TYPE: usize = 0;
    pub const FLAGS: usize = 1;
    pub const GENERATION: usize = 2;

    pub mod full {
        use super::Range;
        pub const COUNT: usize = 3;
        pub const INDEX: Range<usize> = 4..8;
        pub const TIMESTAMP: Range<usize> = 8..12;
        pub const SAMPLES: usize = 12;
    }

    pub mod compact {
        use super::Range;
        pub const INDEX: Range<usize> = 3..5;
        pub const TIMESTAMP: Range<usize> = 5..8;
        pub const SAMPLES: usize = 8;
    }
}

/// A Data notification, read in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the frame says beside its samples.
    pub header: Header,
    samples: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a notification. Never panics, whatever the bytes.
    ///
    /// # Errors
    ///
    /// If the type is unknown or the length is not the one that type and count call for.
    pub fn parse(bytes: &'a [u8]) -> Result<Frame<'a>, ParseError> {
        at_least("data frame", bytes, 1)?;
        let kind = u8_at(bytes, field::TYPE);
        let unknown = ParseError::UnknownType {
            what: "data frame type",
            got: kind,
        };
        let stream = Stream::from_code(kind & 0x0f).ok_or(unknown)?;
        let (position, samples) = match kind >> 4 {
            FULL => full(bytes, stream)?,
            COMPACT => compact(bytes, stream)?,
            _ => return Err(unknown),
        };
        let flags = u8_at(bytes, field::FLAGS);
        let header = Header {
            stream,
            flags: Flags::from_byte(flags),
            run: flags >> 4,
            generation: u8_at(bytes, field::GENERATION),
            position,
        };
        Ok(Frame { header, samples })
    }

    /// The number of samples; zero in an anchor.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.samples.len() / self.header.stream.sample_len()
    }

    /// Whether this is an anchor: a full frame that only says where the next sample belongs.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples, oldest first.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = RawSample> + Clone + use<'a> {
        self.samples
            .chunks_exact(self.header.stream.sample_len())
            .map(raw_sample)
    }
}

/// High half of the type byte.
const FULL: u8 = 0;
const COMPACT: u8 = 1;

fn full(bytes: &[u8], stream: Stream) -> Result<(Position, &[u8]), ParseError> {
    at_least("full data frame", bytes, field::full::SAMPLES)?;
    let count = usize::from(u8_at(bytes, field::full::COUNT));
    exactly(
        "full data frame",
        bytes,
        field::full::SAMPLES + count * stream.sample_len(),
    )?;
    let position = Position::Full {
        index: u32_at(bytes, field::full::INDEX),
        timestamp: u32_at(bytes, field::full::TIMESTAMP),
    };
    Ok((position, bytes.get(field::full::SAMPLES..).unwrap_or(&[])))
}

fn compact(bytes: &[u8], stream: Stream) -> Result<(Position, &[u8]), ParseError> {
    let sample_len = stream.sample_len();
    at_least(
        "compact data frame",
        bytes,
        field::compact::SAMPLES + sample_len,
    )?;
    let samples = bytes.get(field::compact::SAMPLES..).unwrap_or(&[]);
    let whole = samples.len() - samples.len() % sample_len;
    exactly("compact data frame", bytes, field::compact::SAMPLES + whole)?;
    let position = Position::Compact {
        index_low: u16_at(bytes, field::compact::INDEX),
        timestamp_low: u24_at(bytes, field::compact::TIMESTAMP),
    };
    Ok((position, samples))
}

/// Three or six values, as many as there are bytes for.
fn raw_sample(bytes: &[u8]) -> RawSample {
    let axis = |number: usize| u16_at(bytes, 2 * number..2 * number + 2).cast_signed();
    RawSample {
        accel: [axis(0), axis(1), axis(2)],
        gyro: (bytes.len() == Stream::AccelGyro.sample_len()).then(|| [axis(3), axis(4), axis(5)]),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const FULL_ACCEL: [u8; 24] = [
        0x01, 0x13, 0x07, 0x02, 0xe8, 0x03, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, // header
        0x00, 0x00, 0x00, 0x08, 0xf4, 0xff, // 0, 2048, -12
        0x03, 0x00, 0xf8, 0x07, 0x00, 0x80, // 3, 2040, -32768
    ];

    const COMPACT_GYRO: [u8; 20] = [
        0x12, 0x20, 0x07, 0xff, 0xff, 0x01, 0x02, 0x03, // header
        0x01, 0x00, 0x02, 0x00, 0x03, 0x00, // accel
        0xff, 0xff, 0xfe, 0xff, 0xff, 0x7f, // gyro
    ];

    #[test]
    fn a_full_frame_says_where_and_what() {
        let frame = Frame::parse(&FULL_ACCEL).unwrap();
        assert_eq!(frame.header.stream, Stream::Accel);
        assert_eq!(
            frame.header.flags,
            Flags {
                clipped: true,
                overrun: true,
                time_reset: false
            }
        );
        assert_eq!(frame.header.run, 1);
        assert_eq!(frame.header.generation, 7);
        assert_eq!(
            frame.header.position,
            Position::Full {
                index: 1000,
                timestamp: 327_680
            }
        );
        let samples: Vec<_> = frame.samples().map(|sample| sample.accel).collect();
        assert_eq!(samples, [[0, 2048, -12], [3, 2040, -32768]]);
    }

    #[test]
    fn a_compact_frame_carries_six_axes_in_twenty_bytes() {
        let frame = Frame::parse(&COMPACT_GYRO).unwrap();
        assert_eq!(frame.header.run, 2);
        assert_eq!(
            frame.header.position,
            Position::Compact {
                index_low: 0xffff,
                timestamp_low: 0x03_02_01
            }
        );
        assert_eq!(frame.len(), 1);
        let sample = frame.samples().next().unwrap();
        assert_eq!(
            sample,
            RawSample {
                accel: [1, 2, 3],
                gyro: Some([-1, -2, 32767])
            }
        );
    }

    #[test]
    fn a_full_frame_without_samples_is_an_anchor() {
        let bytes = [0x02, 0x44, 1, 0, 5, 0, 0, 0, 6, 0, 0, 0];
        let frame = Frame::parse(&bytes).unwrap();
        assert!(frame.is_empty());
        assert!(frame.header.flags.time_reset);
        assert_eq!(frame.samples().len(), 0);
    }

    #[test]
    fn a_count_that_the_length_contradicts_is_refused() {
        let error = |bytes| Frame::parse(bytes).unwrap_err();
        let what = "full data frame";
        assert_eq!(
            error(&FULL_ACCEL[..23]),
            ParseError::WrongLength {
                what,
                expected: 24,
                got: 23
            }
        );
        assert_eq!(
            error(&FULL_ACCEL[..11]),
            ParseError::TooShort {
                what,
                needed: 12,
                got: 11
            }
        );
        let what = "compact data frame";
        assert_eq!(
            error(&COMPACT_GYRO[..19]),
            ParseError::TooShort {
                what,
                needed: 20,
                got: 19
            }
        );
        assert_eq!(
            error(&[]),
            ParseError::TooShort {
                what: "data frame",
                needed: 1,
                got: 0
            }
        );
    }

    #[test]
    fn a_compact_frame_with_part_of_a_sample_is_refused() {
        let error = Frame::parse(&[0x11; 21]).unwrap_err();
        assert_eq!(
            error,
            ParseError::WrongLength {
                what: "compact data frame",
                expected: 20,
                got: 21
            }
        );
    }

    #[test]
    fn unknown_types_are_named() {
        for kind in [0x00, 0x03, 0x10, 0x13, 0x21, 0xff] {
            let bytes = [kind; 30];
            let error = Frame::parse(&bytes).unwrap_err();
            assert_eq!(
                error,
                ParseError::UnknownType {
                    what: "data frame type",
                    got: kind
                }
            );
        }
    }

    #[test]
    fn a_reserved_flag_is_ignored() {
        let mut bytes = FULL_ACCEL;
        bytes[1] |= 0x08;
        assert_eq!(Frame::parse(&bytes), Frame::parse(&FULL_ACCEL));
    }
}
