//! Each request is answered by one indication.
//!
//! | byte | field |
//! |---|---|
//! | 0 | opcode of the request |
//! | 1 | reference of the request |
//! | 2 | 0 ok; else why not, see [`Refusal`] |
//! | 3.. | if ok, what the opcode promises; a reader ignores what follows |
//!
//! Time sync (0x09) answers with 16 bytes: 0..8 the host's time as it came, 8..12 the sensor's time when
//! the request arrived, 12..16 its time when this reply was handed to the radio.

use core::ops::Range;

use super::{Command, Refusal, Request, opcode};
use crate::{
    EmitError, ParseError,
    bytes::{at_least, put, put_u8, room, u8_at, u16_at, u32_at, u64_at},
    info::Config,
};

mod field {
    use super::Range;

    pub const OPCODE: usize = 0;
    pub const REFERENCE: usize = 1;
    pub const STATUS: usize = 2;
    pub const PAYLOAD: usize = 3;
    pub const LATENCY: Range<usize> = 0..2;

    pub mod sync {
        use super::Range;

        pub const HOST_TIME: Range<usize> = 0..8;
        pub const RECEIVED: Range<usize> = 8..12;
        pub const SENT: Range<usize> = 12..16;
        pub const END: usize = 16;
    }
}

/// Three of the four times of an exchange; the fourth is when the host gets the reply.
///
/// With t1 = `host_micros`, t4 = the host's time now, and the sensor's ticks in the same unit, the host
/// is ahead by ((t1 − t2) + (t4 − t3)) / 2, uncertain by half of (t4 − t1) − (t3 − t2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeSync {
    /// t1, as the request said.
    pub host_micros: u64,
    /// t2: ticks of 1/32768 s when the request arrived.
    pub received: u32,
    /// t3: ticks when the reply was handed to the radio.
    pub sent: u32,
}

impl TimeSync {
    fn parse(bytes: &[u8]) -> Result<TimeSync, ParseError> {
        at_least("time sync reply", bytes, field::sync::END)?;
        Ok(TimeSync {
            host_micros: u64_at(bytes, field::sync::HOST_TIME),
            received: u32_at(bytes, field::sync::RECEIVED),
            sent: u32_at(bytes, field::sync::SENT),
        })
    }

    fn emit(&self) -> [u8; field::sync::END] {
        let mut bytes = [0; field::sync::END];
        put(
            &mut bytes,
            field::sync::HOST_TIME,
            &self.host_micros.to_le_bytes(),
        );
        put(
            &mut bytes,
            field::sync::RECEIVED,
            &self.received.to_le_bytes(),
        );
        put(&mut bytes, field::sync::SENT, &self.sent.to_le_bytes());
        bytes
    }
}

/// What the sensor has to say to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// The config in force.
    Config(Config),
    /// Data comes, or came already.
    Started,
    /// Data has ended.
    Stopped,
    /// The settings are taken; this is the config from now on.
    Configured(Config),
    /// The latency in force, which may be shorter than asked for.
    Latency {
        /// The longest time that a sample is kept, in ms.
        millis: u16,
    },
    /// The calibration began; Status tells when it is done.
    Calibrating,
    /// The sensor shows itself, or stopped to.
    Identifying,
    /// The cue plays, or ended.
    Cueing,
    /// The times of an exchange.
    TimeSync(TimeSync),
    /// The sensor did not do it.
    Refused {
        /// First byte of the request.
        opcode: u8,
        /// Why not.
        refusal: Refusal,
    },
}

impl Answer {
    /// First byte of the request that this answers.
    #[must_use]
    pub const fn opcode(&self) -> u8 {
        match *self {
            Answer::Config(_) => opcode::GET_CONFIG,
            Answer::Started => opcode::START,
            Answer::Stopped => opcode::STOP,
            Answer::Configured(_) => opcode::CONFIGURE,
            Answer::Latency { .. } => opcode::SET_LATENCY,
            Answer::Calibrating => opcode::CALIBRATE,
            Answer::Identifying => opcode::IDENTIFY,
            Answer::Cueing => opcode::CUE,
            Answer::TimeSync(_) => opcode::TIME_SYNC,
            Answer::Refused { opcode, .. } => opcode,
        }
    }
}

/// An indication of Control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reply {
    /// That of the request.
    pub reference: u8,
    /// What the sensor has to say.
    pub answer: Answer,
}

impl Reply {
    /// The longest reply: fits the 20 bytes of every link.
    pub const MAX_LEN: usize = field::PAYLOAD + field::sync::END;

    /// The answer to a request that could not be read, or `None` if it was too short to have a reference.
    #[must_use]
    pub fn to_bad_request(bytes: &[u8], error: &ParseError) -> Option<Reply> {
        let (&opcode, &reference) = (bytes.first()?, bytes.get(1)?);
        let refusal = match error {
            ParseError::TooShort { .. } | ParseError::WrongLength { .. } => Refusal::BAD_LENGTH,
            ParseError::UnknownType { .. } | ParseError::UnsupportedMajor { .. } => {
                Refusal::UNSUPPORTED
            }
            ParseError::BadValue { .. }
            | ParseError::Missing { .. }
            | ParseError::Duplicate { .. } => Refusal::BAD_VALUE,
        };
        Some(Reply {
            reference,
            answer: Answer::Refused { opcode, refusal },
        })
    }

    /// Whether this answers the request.
    #[must_use]
    pub const fn answers(&self, request: &Request) -> bool {
        let Request { reference, command } = request;
        self.reference == *reference && self.answer.opcode() == Command::opcode(command)
    }

    /// Reads a reply. Never panics, whatever the bytes.
    ///
    /// # Errors
    ///
    /// If bytes are missing, a value is bad, or an opcode that this version does not know succeeded.
    pub fn parse(bytes: &[u8]) -> Result<Reply, ParseError> {
        at_least("control reply", bytes, field::PAYLOAD)?;
        let opcode = u8_at(bytes, field::OPCODE);
        let answer = match Refusal::new(u8_at(bytes, field::STATUS)) {
            Some(refusal) => Answer::Refused { opcode, refusal },
            None => answer(opcode, bytes.get(field::PAYLOAD..).unwrap_or(&[]))?,
        };
        Ok(Reply {
            reference: u8_at(bytes, field::REFERENCE),
            answer,
        })
    }

    /// Writes the reply and returns its length, at most [`Reply::MAX_LEN`].
    ///
    /// # Errors
    ///
    /// If the buffer is too short.
    pub fn emit(&self, buffer: &mut [u8]) -> Result<usize, EmitError> {
        match self.answer {
            Answer::Config(config) | Answer::Configured(config) => {
                self.write(buffer, 0, &config.emit())
            }
            Answer::Latency { millis } => self.write(buffer, 0, &millis.to_le_bytes()),
            Answer::TimeSync(sync) => self.write(buffer, 0, &sync.emit()),
            Answer::Refused { refusal, .. } => self.write(buffer, refusal.code(), &[]),
            Answer::Started
            | Answer::Stopped
            | Answer::Calibrating
            | Answer::Identifying
            | Answer::Cueing => self.write(buffer, 0, &[]),
        }
    }

    fn write(&self, buffer: &mut [u8], status: u8, payload: &[u8]) -> Result<usize, EmitError> {
        let len = field::PAYLOAD + payload.len();
        room(buffer, len)?;
        put_u8(buffer, field::OPCODE, self.answer.opcode());
        put_u8(buffer, field::REFERENCE, self.reference);
        put_u8(buffer, field::STATUS, status);
        put(buffer, field::PAYLOAD..len, payload);
        Ok(len)
    }
}

/// The answer of an opcode that succeeded.
fn answer(opcode: u8, payload: &[u8]) -> Result<Answer, ParseError> {
    match opcode {
        opcode::GET_CONFIG => Ok(Answer::Config(Config::parse(payload)?)),
        opcode::START => Ok(Answer::Started),
        opcode::STOP => Ok(Answer::Stopped),
        opcode::CONFIGURE => Ok(Answer::Configured(Config::parse(payload)?)),
        opcode::SET_LATENCY => {
            at_least("latency reply", payload, field::LATENCY.end)?;
            Ok(Answer::Latency {
                millis: u16_at(payload, field::LATENCY),
            })
        }
        opcode::CALIBRATE => Ok(Answer::Calibrating),
        opcode::IDENTIFY => Ok(Answer::Identifying),
        opcode::CUE => Ok(Answer::Cueing),
        opcode::TIME_SYNC => Ok(Answer::TimeSync(TimeSync::parse(payload)?)),
        _ => Err(ParseError::UnknownType {
            what: "control opcode",
            got: opcode,
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CONFIG: [u8; 16] = [
        9, 1, 0x40, 0x06, 4, 0, 0, 0, 0x0a, 0xe8, 0x9c, 0x3a, 0, 0, 0, 0,
    ];

    fn both_ways(bytes: &[u8], answer: Answer) {
        let reply = Reply {
            reference: 0x2a,
            answer,
        };
        assert_eq!(Reply::parse(bytes), Ok(reply));
        let mut buffer = [0; Reply::MAX_LEN];
        let len = reply.emit(&mut buffer).unwrap();
        assert_eq!(&buffer[..len], bytes);
    }

    #[test]
    fn every_reply_is_these_bytes() {
        let config = Config::parse(&CONFIG).unwrap();
        both_ways(
            &[&[0x01, 0x2a, 0], &CONFIG[..]].concat(),
            Answer::Config(config),
        );
        both_ways(&[0x02, 0x2a, 0], Answer::Started);
        both_ways(&[0x03, 0x2a, 0], Answer::Stopped);
        both_ways(
            &[&[0x04, 0x2a, 0], &CONFIG[..]].concat(),
            Answer::Configured(config),
        );
        both_ways(&[0x05, 0x2a, 0, 0x50, 0], Answer::Latency { millis: 80 });
        both_ways(&[0x06, 0x2a, 0], Answer::Calibrating);
        both_ways(&[0x07, 0x2a, 0], Answer::Identifying);
        both_ways(&[0x08, 0x2a, 0], Answer::Cueing);
        let bytes = [
            0x09, 0x2a, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x80, 0, 0, 3, 0x80, 0, 0,
        ];
        let host_micros = 0x0807_0605_0403_0201;
        both_ways(
            &bytes,
            Answer::TimeSync(TimeSync {
                host_micros,
                received: 32768,
                sent: 32771,
            }),
        );
        both_ways(
            &[0x04, 0x2a, 5],
            Answer::Refused {
                opcode: 4,
                refusal: Refusal::WRONG_STATE,
            },
        );
        let refusal = Refusal::new(0xc8).unwrap();
        both_ways(
            &[0xee, 0x2a, 0xc8],
            Answer::Refused {
                opcode: 0xee,
                refusal,
            },
        );
    }

    #[test]
    fn a_longer_reply_of_a_newer_sensor_is_read_from_its_front() {
        let reply = Reply::parse(&[0x05, 1, 0, 80, 0, 0xff, 0xff]).unwrap();
        assert_eq!(reply.answer, Answer::Latency { millis: 80 });
    }

    #[test]
    fn a_reply_that_is_cut_is_refused() {
        let error = |bytes| Reply::parse(bytes).unwrap_err();
        let what = "control reply";
        assert_eq!(
            error(&[0x02, 1]),
            ParseError::TooShort {
                what,
                needed: 3,
                got: 2
            }
        );
        let what = "latency reply";
        assert_eq!(
            error(&[0x05, 1, 0, 80]),
            ParseError::TooShort {
                what,
                needed: 2,
                got: 1
            }
        );
        let what = "time sync reply";
        assert_eq!(
            error(&[0x09, 1, 0, 80]),
            ParseError::TooShort {
                what,
                needed: 16,
                got: 1
            }
        );
    }

    #[test]
    fn what_cannot_be_read_is_answered_with_the_reason() {
        let code = |bytes: &[u8]| {
            let error = Request::parse(bytes).unwrap_err();
            let reply = Reply::to_bad_request(bytes, &error)?;
            let mut buffer = [0; Reply::MAX_LEN];
            let len = reply.emit(&mut buffer).unwrap();
            assert_eq!((len, &buffer[..2]), (3, &bytes[..2]));
            Some(buffer[2])
        };
        assert_eq!(code(&[0x7f, 4]), Some(1));
        assert_eq!(code(&[0x02, 4, 0]), Some(2));
        assert_eq!(code(&[0x06, 4, 9]), Some(3));
        assert_eq!(code(&[0x02]), None);
    }

    #[test]
    fn a_reply_belongs_to_one_request() {
        let reply = Reply {
            reference: 7,
            answer: Answer::Started,
        };
        assert!(reply.answers(&Request {
            reference: 7,
            command: Command::Start
        }));
        assert!(!reply.answers(&Request {
            reference: 8,
            command: Command::Start
        }));
        assert!(!reply.answers(&Request {
            reference: 7,
            command: Command::Stop
        }));
    }
}
