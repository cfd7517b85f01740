//! A packet is refused with what was expected and what was there, so that a maker can find the fault
//! in the firmware from the message alone.

use core::{error::Error, fmt};

/// Why bytes are not the packet they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The packet ends before all of its fields.
    TooShort {
        /// The packet or field.
        what: &'static str,
        /// The least number of bytes it has.
        needed: usize,
        /// The number of bytes that were there.
        got: usize,
    },
    /// The packet has a length that its own header contradicts, or is longer than it may be.
    WrongLength {
        /// The packet or field.
        what: &'static str,
        /// The number of bytes that it should have had.
        expected: usize,
        /// The number of bytes that were there.
        got: usize,
    },
    /// A type byte that this version does not know. A reader counts and skips such a packet.
    UnknownType {
        /// The kind of type byte.
        what: &'static str,
        /// Its value.
        got: u8,
    },
    /// A field holds a value that it must not.
    BadValue {
        /// The field.
        what: &'static str,
        /// Its value; for an `f32` its bits.
        got: u32,
        /// What would have been good.
        expected: &'static str,
    },
    /// A part that every sensor must send is not there.
    Missing {
        /// The part.
        what: &'static str,
    },
    /// A part that may come once came twice.
    Duplicate {
        /// The part.
        what: &'static str,
    },
    /// The other side speaks another major version, of which nothing may be guessed.
    UnsupportedMajor {
        /// Its major version.
        major: u8,
        /// Its minor version.
        minor: u8,
        /// The major version of this crate.
        supported: u8,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ParseError::TooShort { what, needed, got } => {
                write!(
                    f,
                    "{what} is too short: expected at least {needed} bytes, got {got}"
                )
            }
            ParseError::WrongLength {
                what,
                expected,
                got,
            } => {
                write!(
                    f,
                    "{what} has the wrong length: expected {expected} bytes, got {got}"
                )
            }
            ParseError::UnknownType { what, got } => {
                write!(f, "unknown {what} 0x{got:02x}; this version skips it")
            }
            ParseError::BadValue {
                what,
                got,
                expected,
            } => {
                write!(f, "{what} is {got} (0x{got:x}); expected {expected}")
            }
            ParseError::Missing { what } => {
                write!(f, "{what} is missing; every sensor must send it")
            }
            ParseError::Duplicate { what } => write!(f, "{what} is there twice; expected it once"),
            ParseError::UnsupportedMajor {
                major,
                minor,
                supported,
            } => {
                let older = if major < supported {
                    "sensor's firmware"
                } else {
                    "program"
                };
                write!(
                    f,
                    "the sensor speaks protocol {major}.{minor}, this program {supported}.x; update the {older}"
                )
            }
        }
    }
}

impl Error for ParseError {}

/// Why a packet cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmitError {
    /// The packet does not fit the buffer.
    BufferTooSmall {
        /// The number of bytes that the packet needs.
        needed: usize,
        /// The length of the buffer.
        got: usize,
    },
    /// The frame already holds as many samples as its count byte can say.
    FrameFull,
    /// A sample without gyroscope for a stream with one, or the other way round.
    WrongStream,
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            EmitError::BufferTooSmall { needed, got } => {
                write!(
                    f,
                    "the packet needs {needed} bytes, but the buffer has {got}"
                )
            }
            EmitError::FrameFull => write!(
                f,
                "a frame holds at most 255 samples; finish it and begin another"
            ),
            EmitError::WrongStream => {
                write!(
                    f,
                    "the sample and the frame's stream disagree on whether there is a gyroscope"
                )
            }
        }
    }
}

impl Error for EmitError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_message_says_what_was_expected_and_what_came() {
        let error = ParseError::TooShort {
            what: "data frame",
            needed: 12,
            got: 3,
        };
        assert_eq!(
            error.to_string(),
            "data frame is too short: expected at least 12 bytes, got 3"
        );
        let error = ParseError::BadValue {
            what: "repeat",
            got: 0,
            expected: "1 to 255",
        };
        assert_eq!(error.to_string(), "repeat is 0 (0x0); expected 1 to 255");
    }

    #[test]
    fn another_major_version_says_which_side_to_update() {
        let error = ParseError::UnsupportedMajor {
            major: 2,
            minor: 3,
            supported: 1,
        };
        assert_eq!(
            error.to_string(),
            "the sensor speaks protocol 2.3, this program 1.x; update the program"
        );
        let error = ParseError::UnsupportedMajor {
            major: 0,
            minor: 9,
            supported: 1,
        };
        assert_eq!(
            error.to_string(),
            "the sensor speaks protocol 0.9, this program 1.x; update the sensor's firmware"
        );
    }
}
