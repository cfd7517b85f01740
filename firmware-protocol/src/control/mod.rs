//! The host writes a request with a reference of its choice, and the sensor answers each one with one
//! indication that carries the same reference, so that an answer is never taken for another's.
//!
//! | byte | field |
//! |---|---|
//! | 0 | opcode |
//! | 1 | reference, any value; comes back in the reply |
//! | 2.. | what the opcode needs, exactly as long as it says |
//!
//! | opcode | request | bytes 2.. | reply beyond `ok` |
//! |---|---|---|---|
//! | 0x01 | get config | – | [`Config`](crate::info::Config) |
//! | 0x02 | start | – | – |
//! | 0x03 | stop | – | – |
//! | 0x04 | configure | [`Settings`](crate::info::Settings), 7 bytes | [`Config`](crate::info::Config) |
//! | 0x05 | set latency | `u16` ms | `u16` ms in force |
//! | 0x06 | calibrate | 0 forget, 1 gyroscope at rest | – |
//! | 0x07 | identify | `u8` s, 0 ends it | – |
//! | 0x08 | cue | [`Cue`](crate::control::Cue), 6 bytes | – |
//! | 0x09 | time sync | `u64` of the host | [`TimeSync`](crate::control::TimeSync) |

mod cue;
mod refusal;
mod reply;

pub use cue::{Cue, CueActuators, Pattern};
pub use refusal::Refusal;
pub use reply::{Answer, Reply, TimeSync};

use core::ops::Range;

use crate::{
    EmitError, ParseError,
    bytes::{at_least, exactly, put, put_u8, room, u8_at, u16_at, u64_at},
    info::Settings,
};

mod field {
    use super::Range;

    pub const OPCODE: usize = 0;
    pub const REFERENCE: usize = 1;
    pub const PAYLOAD: usize = 2;
    pub const LATENCY: Range<usize> = 0..2;
    pub const HOST_TIME: Range<usize> = 0..8;
}

/// First bytes of requests and replies.
pub mod opcode {
    /// [`Command::GetConfig`](super::Command::GetConfig).
    pub const GET_CONFIG: u8 = 0x01;
    /// [`Command::Start`](super::Command::Start).
    pub const START: u8 = 0x02;
    /// [`Command::Stop`](super::Command::Stop).
    pub const STOP: u8 = 0x03;
    /// [`Command::Configure`](super::Command::Configure).
    pub const CONFIGURE: u8 = 0x04;
    /// [`Command::SetLatency`](super::Command::SetLatency).
    pub const SET_LATENCY: u8 = 0x05;
    /// [`Command::Calibrate`](super::Command::Calibrate).
    pub const CALIBRATE: u8 = 0x06;
    /// [`Command::Identify`](super::Command::Identify).
    pub const IDENTIFY: u8 = 0x07;
    /// [`Command::Cue`](super::Command::Cue).
    pub const CUE: u8 = 0x08;
    /// [`Command::TimeSync`](super::Command::TimeSync).
    pub const TIME_SYNC: u8 = 0x09;
}

/// What a calibration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calibration {
    /// Back to the maker's values.
    Forget,
    /// Measures the gyroscope's bias; the sensor must lie still.
    GyroBias,
}

/// What the host asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Tell the config in force.
    GetConfig,
    /// Send Data. Asked again while streaming it changes nothing.
    Start,
    /// Send no more Data. Asked again while idle it changes nothing.
    Stop,
    /// Take these settings; only while idle.
    Configure(Settings),
    /// Keep no sample longer than this before sending it, in ms; 0 sends each as it comes.
    SetLatency {
        /// The longest time in ms.
        millis: u16,
    },
    /// Calibrate; only while idle. Status tells when it is done.
    Calibrate(Calibration),
    /// Show yourself, so that a person knows which sensor it is.
    Identify {
        /// For how long; 0 ends it.
        secs: u8,
    },
    /// Tell the wearer something.
    Cue(Cue),
    /// Say what time it is, to be compared with the host's.
    TimeSync {
        /// The host's monotonic time in µs when it wrote this; the sensor only gives it back.
        host_micros: u64,
    },
}

impl Command {
    /// The first byte of the request.
    #[must_use]
    pub const fn opcode(&self) -> u8 {
        match self {
            Command::GetConfig => opcode::GET_CONFIG,
            Command::Start => opcode::START,
            Command::Stop => opcode::STOP,
            Command::Configure(_) => opcode::CONFIGURE,
            Command::SetLatency { .. } => opcode::SET_LATENCY,
            Command::Calibrate(_) => opcode::CALIBRATE,
            Command::Identify { .. } => opcode::IDENTIFY,
            Command::Cue(_) => opcode::CUE,
            Command::TimeSync { .. } => opcode::TIME_SYNC,
        }
    }

    fn payload_len(&self) -> usize {
        payload_len(self.opcode()).unwrap_or(0)
    }
}

/// A write to Control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// Chosen by the host; the reply has the same.
    pub reference: u8,
    /// What is asked for.
    pub command: Command,
}

impl Request {
    /// The longest request: fits the 20 bytes of every link.
    pub const MAX_LEN: usize = 10;

    /// Reads a request. Never panics, whatever the bytes.
    ///
    /// [`Reply::to_bad_request`] turns an error into the answer.
    ///
    /// # Errors
    ///
    /// If the opcode is unknown, the length is not exactly that of the opcode, or a value is bad.
    pub fn parse(bytes: &[u8]) -> Result<Request, ParseError> {
        at_least("control request", bytes, field::PAYLOAD)?;
        let opcode = u8_at(bytes, field::OPCODE);
        let unknown = ParseError::UnknownType {
            what: "control opcode",
            got: opcode,
        };
        let len = payload_len(opcode).ok_or(unknown)?;
        exactly("control request", bytes, field::PAYLOAD + len)?;
        let payload = bytes.get(field::PAYLOAD..).unwrap_or(&[]);
        let command = match opcode {
            opcode::GET_CONFIG => Command::GetConfig,
            opcode::START => Command::Start,
            opcode::STOP => Command::Stop,
            opcode::CONFIGURE => Command::Configure(Settings::parse(payload)?),
            opcode::SET_LATENCY => Command::SetLatency {
                millis: u16_at(payload, field::LATENCY),
            },
            opcode::CALIBRATE => Command::Calibrate(calibration(u8_at(payload, 0))?),
            opcode::IDENTIFY => Command::Identify {
                secs: u8_at(payload, 0),
            },
            opcode::CUE => Command::Cue(Cue::parse(payload)?),
            opcode::TIME_SYNC => Command::TimeSync {
                host_micros: u64_at(payload, field::HOST_TIME),
            },
            _ => return Err(unknown),
        };
        Ok(Request {
            reference: u8_at(bytes, field::REFERENCE),
            command,
        })
    }

    /// Writes the request and returns its length, at most [`Request::MAX_LEN`].
    ///
    /// # Errors
    ///
    /// If the buffer is too short.
    pub fn emit(&self, buffer: &mut [u8]) -> Result<usize, EmitError> {
        let len = field::PAYLOAD + self.command.payload_len();
        room(buffer, len)?;
        put_u8(buffer, field::OPCODE, self.command.opcode());
        put_u8(buffer, field::REFERENCE, self.reference);
        let payload = field::PAYLOAD..len;
        match self.command {
            Command::GetConfig | Command::Start | Command::Stop => {}
            Command::Configure(settings) => put(buffer, payload, &settings.emit()),
            Command::SetLatency { millis } => put(buffer, payload, &millis.to_le_bytes()),
            Command::Calibrate(Calibration::Forget) => put(buffer, payload, &[0]),
            Command::Calibrate(Calibration::GyroBias) => put(buffer, payload, &[1]),
            Command::Identify { secs } => put(buffer, payload, &[secs]),
            Command::Cue(cue) => put(buffer, payload, &cue.emit()),
            Command::TimeSync { host_micros } => put(buffer, payload, &host_micros.to_le_bytes()),
        }
        Ok(len)
    }
}

/// The bytes that an opcode needs behind its reference, if it is known.
const fn payload_len(opcode: u8) -> Option<usize> {
    match opcode {
        opcode::GET_CONFIG | opcode::START | opcode::STOP => Some(0),
        opcode::CALIBRATE | opcode::IDENTIFY => Some(1),
        opcode::SET_LATENCY => Some(field::LATENCY.end),
        opcode::CONFIGURE => Some(Settings::LEN),
        opcode::CUE => Some(Cue::LEN),
        opcode::TIME_SYNC => Some(field::HOST_TIME.end),
        _ => None,
    }
}

fn calibration(code: u8) -> Result<Calibration, ParseError> {
    match code {
        0 => Ok(Calibration::Forget),
        1 => Ok(Calibration::GyroBias),
        _ => Err(ParseError::BadValue {
            what: "calibration",
            got: u32::from(code),
            expected: "0 (forget) or 1 (gyroscope at rest)",
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{data::Stream, info::Rate};

    fn both_ways(bytes: &[u8], command: Command) {
        let request = Request {
            reference: 0x2a,
            command,
        };
        assert_eq!(Request::parse(bytes), Ok(request));
        let mut buffer = [0; Request::MAX_LEN];
        let len = request.emit(&mut buffer).unwrap();
        assert_eq!(&buffer[..len], bytes);
    }

    #[test]
    fn every_request_is_these_bytes() {
        let settings = Settings {
            stream: Stream::AccelGyro,
            rate: Rate::from_hz(104),
            accel_range_g: 8,
            gyro_range_dps: 1000,
        };
        let cue = Cue {
            actuators: CueActuators {
                haptic: true,
                led: false,
            },
            pattern: Pattern::Double,
            intensity: 200,
            repeat: 2,
            max_on_millis: 600,
        };
        both_ways(&[0x01, 0x2a], Command::GetConfig);
        both_ways(&[0x02, 0x2a], Command::Start);
        both_ways(&[0x03, 0x2a], Command::Stop);
        both_ways(
            &[0x04, 0x2a, 2, 0x80, 0x06, 8, 0, 0xe8, 0x03],
            Command::Configure(settings),
        );
        both_ways(&[0x05, 0x2a, 100, 0], Command::SetLatency { millis: 100 });
        both_ways(&[0x06, 0x2a, 0], Command::Calibrate(Calibration::Forget));
        both_ways(&[0x06, 0x2a, 1], Command::Calibrate(Calibration::GyroBias));
        both_ways(&[0x07, 0x2a, 5], Command::Identify { secs: 5 });
        both_ways(&[0x08, 0x2a, 1, 3, 200, 2, 0x58, 0x02], Command::Cue(cue));
        let host_micros = 0x0807_0605_0403_0201;
        both_ways(
            &[0x09, 0x2a, 1, 2, 3, 4, 5, 6, 7, 8],
            Command::TimeSync { host_micros },
        );
    }

    #[test]
    fn a_request_of_another_length_is_refused() {
        let what = "control request";
        let error = |bytes| Request::parse(bytes).unwrap_err();
        assert_eq!(
            error(&[0x02]),
            ParseError::TooShort {
                what,
                needed: 2,
                got: 1
            }
        );
        assert_eq!(
            error(&[0x02, 1, 0]),
            ParseError::WrongLength {
                what,
                expected: 2,
                got: 3
            }
        );
        assert_eq!(
            error(&[0x05, 1, 0]),
            ParseError::WrongLength {
                what,
                expected: 4,
                got: 3
            }
        );
    }

    #[test]
    fn an_unknown_opcode_is_named() {
        let unknown = ParseError::UnknownType {
            what: "control opcode",
            got: 0x7f,
        };
        assert_eq!(Request::parse(&[0x7f, 1, 2, 3]), Err(unknown));
    }

    #[test]
    fn an_unknown_calibration_is_a_bad_value() {
        let error = Request::parse(&[0x06, 1, 9]).unwrap_err();
        assert!(matches!(
            error,
            ParseError::BadValue {
                what: "calibration",
                got: 9,
                ..
            }
        ));
    }
}
