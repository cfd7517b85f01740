//! What stands around the samples, as values that cannot be wrong.

use super::field;

/// What a sample holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Three axes of acceleration.
    Accel,
    /// Three axes of acceleration and three of angular rate, taken together.
    AccelGyro,
}

impl Stream {
    /// The bytes of one sample.
    #[must_use]
    pub const fn sample_len(self) -> usize {
        match self {
            Stream::Accel => 6,
            Stream::AccelGyro => 12,
        }
    }

    pub(crate) const fn code(self) -> u8 {
        match self {
            Stream::Accel => 1,
            Stream::AccelGyro => 2,
        }
    }

    pub(crate) const fn from_code(code: u8) -> Option<Stream> {
        match code {
            1 => Some(Stream::Accel),
            2 => Some(Stream::AccelGyro),
            _ => None,
        }
    }
}

/// What the sensor has to say about a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// At least one value of the frame stood at the end of the range.
    pub clipped: bool,
    /// Samples were lost inside the sensor just before this frame; the index has gone on over them.
    pub overrun: bool,
    /// The first frame of a new run: index and time do not continue those before.
    pub time_reset: bool,
}

impl Flags {
    const CLIPPED: u8 = 1 << 0;
    const OVERRUN: u8 = 1 << 1;
    const TIME_RESET: u8 = 1 << 2;

    pub(super) fn from_byte(byte: u8) -> Flags {
        Flags {
            clipped: byte & Flags::CLIPPED != 0,
            overrun: byte & Flags::OVERRUN != 0,
            time_reset: byte & Flags::TIME_RESET != 0,
        }
    }

    pub(super) fn byte(self) -> u8 {
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        bit(self.clipped, Flags::CLIPPED)
            | bit(self.overrun, Flags::OVERRUN)
            | bit(self.time_reset, Flags::TIME_RESET)
    }
}

/// Where a frame says that its first sample belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// All of it, as in a full frame.
    Full {
        /// Running number of the first sample; counts every sample taken, sent or not, and wraps.
        index: u32,
        /// Data-ready time of the first sample in ticks; wraps.
        timestamp: u32,
    },
    /// The low bits of it, as in a compact frame; [`Expander`](super::Expander) finds the rest.
    Compact {
        /// The low 16 bits of the index.
        index_low: u16,
        /// The low 24 bits of the time. Higher bits do not travel.
        timestamp_low: u32,
    },
}

impl Position {
    /// The compact position of a sample.
    #[must_use]
    pub const fn compact(index: u32, timestamp: u32) -> Position {
        Position::Compact {
            index_low: index as u16,
            timestamp_low: timestamp & 0x00ff_ffff,
        }
    }

    /// The bytes before the first sample.
    #[must_use]
    pub const fn header_len(self) -> usize {
        match self {
            Position::Full { .. } => field::full::SAMPLES,
            Position::Compact { .. } => field::compact::SAMPLES,
        }
    }
}

/// All that a frame says beside its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// What each sample holds.
    pub stream: Stream,
    /// What happened.
    pub flags: Flags,
    /// Counts up, modulo 16, each time that index and time start anew; the same in all frames of a run,
    /// so that the loss of its first frame cannot hide it. Higher bits do not travel.
    pub run: u8,
    /// The [`Config`](crate::info::Config) by which these counts are to be read.
    pub generation: u8,
    /// Where the first sample belongs.
    pub position: Position,
}

/// One reading in counts, x, y, z along the sensor's own axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RawSample {
    /// Acceleration (specific force: +1 g along the axis that points up at rest).
    pub accel: [i16; 3],
    /// Angular rate by the right-hand rule.
    pub gyro: Option<[i16; 3]>,
}
