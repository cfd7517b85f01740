//! What happens at the sensor between samples. Presses, taps and losses are counters, not events: a
//! notification that is lost loses nothing, and a read at any time gives the same as a notification.
//! The sensor notifies at once when anything but the battery voltage changes.
//!
//! | byte | field |
//! |---|---|
//! | 0 | type: 0x01 |
//! | 1 | flags: bit 0 streaming, 1 calibrating, 2 charging, 3 knows whether it is worn, 4 worn, 5 battery low |
//! | 2 | generation of the config in force |
//! | 3 | error: the latest since the sensor was switched on, 0 none, see [`ErrorCode`](crate::status::ErrorCode) |
//! | 4 | buttons held down now, one bit each |
//! | 5 | button presses, counter |
//! | 6 | single taps, counter |
//! | 7 | double taps, counter; the two taps of one do not count as single |
//! | 8..10 | battery voltage, `u16` in mV; 0 unknown |
//! | 10..12 | latency in force, `u16` in ms |
//! | 12..16 | values clipped since start, `u32` counter |
//! | 16..20 | samples lost in the sensor since start, `u32` counter |
//!
//! All counters wrap.

use core::{fmt, ops::Range};

use crate::{
    ParseError,
    bytes::{at_least, put, put_u8, u8_at, u16_at, u32_at},
};

mod field {
    use super::Range;

    pub const TYPE: usize = 0;
    pub const FLAGS: usize = 1;
    pub const GENERATION: usize = 2;
    pub const ERROR: usize = 3;
    pub const BUTTONS: usize = 4;
    pub const PRESSES: usize = 5;
    pub const TAPS: usize = 6;
    pub const DOUBLE_TAPS: usize = 7;
    pub const BATTERY: Range<usize> = 8..10;
    pub const LATENCY: Range<usize> = 10..12;
    pub const CLIPPED: Range<usize> = 12..16;
    pub const LOST: Range<usize> = 16..20;
    pub const END: usize = 20;
}

mod flag {
    pub const STREAMING: u8 = 1 << 0;
    pub const CALIBRATING: u8 = 1 << 1;
    pub const CHARGING: u8 = 1 << 2;
    pub const KNOWS_WORN: u8 = 1 << 3;
    pub const WORN: u8 = 1 << 4;
    pub const BATTERY_LOW: u8 = 1 << 5;
}

/// The only type of Status so far.
const STATE: u8 = 0x01;

/// What went wrong in the sensor: any number, so that codes of later versions pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ErrorCode(pub u8);

impl ErrorCode {
    /// Nothing.
    pub const NONE: ErrorCode = ErrorCode(0);
    /// The motion chip does not answer.
    pub const CHIP_SILENT: ErrorCode = ErrorCode(1);
    /// The motion chip failed its self-test.
    pub const SELF_TEST: ErrorCode = ErrorCode(2);
    /// A calibration failed, mostly because the sensor was moved.
    pub const CALIBRATION: ErrorCode = ErrorCode(3);
    /// The stream ended because the battery is empty.
    pub const BATTERY_EMPTY: ErrorCode = ErrorCode(4);
    /// Too hot or too cold.
    pub const TEMPERATURE: ErrorCode = ErrorCode(5);
    /// The firmware started anew by itself.
    pub const RESTARTED: ErrorCode = ErrorCode(6);
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            ErrorCode::NONE => "no error",
            ErrorCode::CHIP_SILENT => {
                "the motion chip does not answer; switch the sensor off and on"
            }
            ErrorCode::SELF_TEST => {
                "the motion chip failed its self-test; do not trust this sensor"
            }
            ErrorCode::CALIBRATION => "the calibration failed; lay the sensor down and try again",
            ErrorCode::BATTERY_EMPTY => "the battery is empty; charge the sensor",
            ErrorCode::TEMPERATURE => "the sensor is too hot or too cold",
            ErrorCode::RESTARTED => "the sensor's firmware started anew by itself",
            ErrorCode(code) => return write!(f, "error {code}, which this version does not know"),
        };
        f.write_str(text)
    }
}

/// The Status characteristic, read or notified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Status {
    /// Data is being sent.
    pub streaming: bool,
    /// A calibration is going on.
    pub calibrating: bool,
    /// The battery is being charged.
    pub charging: bool,
    /// Whether the sensor is worn; `None` if it cannot know.
    pub worn: Option<bool>,
    /// A few minutes are left.
    pub battery_low: bool,
    /// That of the config in force.
    pub generation: u8,
    /// The latest error.
    pub error: ErrorCode,
    /// The buttons held down now, one bit each.
    pub buttons: u8,
    /// Button presses, wraps.
    pub presses: u8,
    /// Single taps, wraps.
    pub taps: u8,
    /// Double taps, wraps.
    pub double_taps: u8,
    /// Battery voltage in mV; 0 unknown.
    pub battery_millivolts: u16,
    /// The longest time that a sample is kept before it is sent, in ms.
    pub latency_millis: u16,
    /// Values at the end of the range since start, wraps.
    pub clipped: u32,
    /// Samples lost in the sensor since start, wraps.
    pub lost: u32,
}

impl Status {
    /// Length on the wire: fits the 20 bytes of every link.
    pub const LEN: usize = field::END;

    /// Reads a status. Never panics, whatever the bytes; those behind [`Status::LEN`] are ignored.
    ///
    /// # Errors
    ///
    /// If the type is unknown or bytes are missing.
    pub fn parse(bytes: &[u8]) -> Result<Status, ParseError> {
        at_least("status", bytes, 1)?;
        let kind = u8_at(bytes, field::TYPE);
        if kind != STATE {
            return Err(ParseError::UnknownType {
                what: "status type",
                got: kind,
            });
        }
        at_least("status", bytes, Status::LEN)?;
        let is = |mask: u8| u8_at(bytes, field::FLAGS) & mask != 0;
        Ok(Status {
            streaming: is(flag::STREAMING),
            calibrating: is(flag::CALIBRATING),
            charging: is(flag::CHARGING),
            worn: is(flag::KNOWS_WORN).then(|| is(flag::WORN)),
            battery_low: is(flag::BATTERY_LOW),
            generation: u8_at(bytes, field::GENERATION),
            error: ErrorCode(u8_at(bytes, field::ERROR)),
            buttons: u8_at(bytes, field::BUTTONS),
            presses: u8_at(bytes, field::PRESSES),
            taps: u8_at(bytes, field::TAPS),
            double_taps: u8_at(bytes, field::DOUBLE_TAPS),
            battery_millivolts: u16_at(bytes, field::BATTERY),
            latency_millis: u16_at(bytes, field::LATENCY),
            clipped: u32_at(bytes, field::CLIPPED),
            lost: u32_at(bytes, field::LOST),
        })
    }

    /// Writes the status.
    #[must_use]
    pub fn emit(&self) -> [u8; Status::LEN] {
        let mut bytes = [0; Status::LEN];
        put_u8(&mut bytes, field::TYPE, STATE);
        put_u8(&mut bytes, field::FLAGS, self.flags());
        put_u8(&mut bytes, field::GENERATION, self.generation);
        put_u8(&mut bytes, field::ERROR, self.error.0);
        put_u8(&mut bytes, field::BUTTONS, self.buttons);
        put_u8(&mut bytes, field::PRESSES, self.presses);
        put_u8(&mut bytes, field::TAPS, self.taps);
        put_u8(&mut bytes, field::DOUBLE_TAPS, self.double_taps);
        put(
            &mut bytes,
            field::BATTERY,
            &self.battery_millivolts.to_le_bytes(),
        );
        put(
            &mut bytes,
            field::LATENCY,
            &self.latency_millis.to_le_bytes(),
        );
        put(&mut bytes, field::CLIPPED, &self.clipped.to_le_bytes());
        put(&mut bytes, field::LOST, &self.lost.to_le_bytes());
        bytes
    }

    fn flags(&self) -> u8 {
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        bit(self.streaming, flag::STREAMING)
            | bit(self.calibrating, flag::CALIBRATING)
            | bit(self.charging, flag::CHARGING)
            | bit(self.worn.is_some(), flag::KNOWS_WORN)
            | bit(self.worn == Some(true), flag::WORN)
            | bit(self.battery_low, flag::BATTERY_LOW)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::string::ToString;

    const BYTES: [u8; 20] = [
        0x01, 0x39, 9, 4, 0x02, 200, 3, 1, 0x10, 0x0e, 100, 0, 5, 0, 0, 0, 0, 1, 0, 0,
    ];

    #[test]
    fn a_status_is_these_bytes() {
        let status = Status::parse(&BYTES).unwrap();
        let expected = Status {
            streaming: true,
            calibrating: false,
            charging: false,
            worn: Some(true),
            battery_low: true,
            generation: 9,
            error: ErrorCode::BATTERY_EMPTY,
            buttons: 2,
            presses: 200,
            taps: 3,
            double_taps: 1,
            battery_millivolts: 3600,
            latency_millis: 100,
            clipped: 5,
            lost: 256,
        };
        assert_eq!(status, expected);
        assert_eq!(status.emit(), BYTES);
    }

    #[test]
    fn a_sensor_that_cannot_know_does_not_say_worn() {
        let mut bytes = BYTES;
        bytes[1] = flag::WORN;
        assert_eq!(Status::parse(&bytes).unwrap().worn, None);
        bytes[1] = flag::KNOWS_WORN;
        assert_eq!(Status::parse(&bytes).unwrap().worn, Some(false));
    }

    #[test]
    fn more_bytes_of_a_newer_sensor_are_ignored() {
        let longer = [&BYTES[..], &[1, 2, 3]].concat();
        assert_eq!(Status::parse(&longer), Status::parse(&BYTES));
    }

    #[test]
    fn what_is_cut_or_unknown_is_refused() {
        let what = "status";
        let error = |bytes| Status::parse(bytes).unwrap_err();
        assert_eq!(
            error(&[]),
            ParseError::TooShort {
                what,
                needed: 1,
                got: 0
            }
        );
        assert_eq!(
            error(&BYTES[..19]),
            ParseError::TooShort {
                what,
                needed: 20,
                got: 19
            }
        );
        assert_eq!(
            error(&[2; 20]),
            ParseError::UnknownType {
                what: "status type",
                got: 2
            }
        );
    }

    #[test]
    fn errors_say_what_to_do() {
        assert_eq!(
            ErrorCode::BATTERY_EMPTY.to_string(),
            "the battery is empty; charge the sensor"
        );
        assert_eq!(
            ErrorCode(77).to_string(),
            "error 77, which this version does not know"
        );
    }
}
