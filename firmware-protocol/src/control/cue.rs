//! A buzz between the shoulder blades reaches a wearer who sees no screen. What plays it is a motor on
//! somebody's back, so each cue carries its own end: the sensor switches off when the on-time is used
//! up, whatever the pattern and whatever becomes of the link.
//!
//! | byte | field |
//! |---|---|
//! | 0 | actuators: bit 0 haptic, bit 1 LED; others ignored |
//! | 1 | pattern: 0 off, 1 short, 2 long, 3 double, 4 triple, 5 rising, 6 falling |
//! | 2 | intensity, 0 to 255 for nothing to full |
//! | 3 | repeat: how often the pattern is played, 1 to 255 |
//! | 4..6 | hard maximum of the total on-time, `u16` in ms, 1 or more |

use core::ops::Range;

use crate::{
    ParseError,
    bytes::{at_least, put, put_u8, u8_at, u16_at},
};

mod field {
    use super::Range;

    pub const ACTUATORS: usize = 0;
    pub const PATTERN: usize = 1;
    pub const INTENSITY: usize = 2;
    pub const REPEAT: usize = 3;
    pub const MAX_ON: Range<usize> = 4..6;
    pub const END: usize = 6;
}

/// What plays a cue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CueActuators {
    /// A motor that is felt.
    pub haptic: bool,
    /// A light that is seen.
    pub led: bool,
}

impl CueActuators {
    const HAPTIC: u8 = 1 << 0;
    const LED: u8 = 1 << 1;

    pub(crate) const fn from_byte(byte: u8) -> CueActuators {
        CueActuators {
            haptic: byte & CueActuators::HAPTIC != 0,
            led: byte & CueActuators::LED != 0,
        }
    }

    pub(crate) const fn byte(self) -> u8 {
        let haptic = if self.haptic { CueActuators::HAPTIC } else { 0 };
        let led = if self.led { CueActuators::LED } else { 0 };
        haptic | led
    }
}

/// The shape of a cue. Between two plays of a pattern 300 ms are silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Ends the cue that is playing.
    Off,
    /// On for 100 ms.
    Short,
    /// On for 400 ms.
    Long,
    /// Twice 100 ms with 100 ms between.
    Double,
    /// Three times 100 ms with 100 ms between.
    Triple,
    /// From nothing to the intensity in 500 ms.
    Rising,
    /// From the intensity to nothing in 500 ms.
    Falling,
}

impl Pattern {
    const fn code(self) -> u8 {
        match self {
            Pattern::Off => 0,
            Pattern::Short => 1,
            Pattern::Long => 2,
            Pattern::Double => 3,
            Pattern::Triple => 4,
            Pattern::Rising => 5,
            Pattern::Falling => 6,
        }
    }

    fn from_code(code: u8) -> Result<Pattern, ParseError> {
        match code {
            0 => Ok(Pattern::Off),
            1 => Ok(Pattern::Short),
            2 => Ok(Pattern::Long),
            3 => Ok(Pattern::Double),
            4 => Ok(Pattern::Triple),
            5 => Ok(Pattern::Rising),
            6 => Ok(Pattern::Falling),
            _ => Err(ParseError::BadValue {
                what: "cue pattern",
                got: u32::from(code),
                expected: "0 to 6",
            }),
        }
    }
}

/// One signal to the wearer; it replaces the one that is playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cue {
    /// What plays it; those that the sensor lacks are left out.
    pub actuators: CueActuators,
    /// Its shape.
    pub pattern: Pattern,
    /// 0 for nothing, 255 for full.
    pub intensity: u8,
    /// How often the pattern is played; at least once.
    pub repeat: u8,
    /// The sensor switches off when it was on for this long in all; at least 1 ms. The sensor's own
    /// limit, [`Actuators::max_on_millis`](crate::info::Actuators::max_on_millis), holds as well.
    pub max_on_millis: u16,
}

impl Cue {
    /// Length on the wire.
    pub const LEN: usize = field::END;

    /// Reads a cue. Never panics, whatever the bytes; those behind [`Cue::LEN`] are not looked at.
    ///
    /// # Errors
    ///
    /// If bytes are missing, the pattern is unknown, or repeat or on-time is zero.
    pub fn parse(bytes: &[u8]) -> Result<Cue, ParseError> {
        at_least("cue", bytes, Cue::LEN)?;
        let cue = Cue {
            actuators: CueActuators::from_byte(u8_at(bytes, field::ACTUATORS)),
            pattern: Pattern::from_code(u8_at(bytes, field::PATTERN))?,
            intensity: u8_at(bytes, field::INTENSITY),
            repeat: u8_at(bytes, field::REPEAT),
            max_on_millis: u16_at(bytes, field::MAX_ON),
        };
        let bad = |what, expected| {
            Err(ParseError::BadValue {
                what,
                got: 0,
                expected,
            })
        };
        match cue {
            Cue { repeat: 0, .. } => bad("cue repeat", "1 to 255"),
            Cue {
                max_on_millis: 0, ..
            } => bad("cue maximum on-time", "1 to 65535 ms"),
            _ => Ok(cue),
        }
    }

    /// Writes the cue. A repeat or an on-time of zero, which no sensor takes, is written as 1.
    #[must_use]
    pub fn emit(&self) -> [u8; Cue::LEN] {
        let mut bytes = [0; Cue::LEN];
        put_u8(&mut bytes, field::ACTUATORS, self.actuators.byte());
        put_u8(&mut bytes, field::PATTERN, self.pattern.code());
        put_u8(&mut bytes, field::INTENSITY, self.intensity);
        put_u8(&mut bytes, field::REPEAT, self.repeat.max(1));
        put(
            &mut bytes,
            field::MAX_ON,
            &self.max_on_millis.max(1).to_le_bytes(),
        );
        bytes
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_is_these_bytes() {
        let bytes = [0x03, 5, 128, 1, 0xf4, 0x01];
        let cue = Cue::parse(&bytes).unwrap();
        assert_eq!(
            cue.actuators,
            CueActuators {
                haptic: true,
                led: true
            }
        );
        assert_eq!(cue.pattern, Pattern::Rising);
        assert_eq!(
            (cue.intensity, cue.repeat, cue.max_on_millis),
            (128, 1, 500)
        );
        assert_eq!(cue.emit(), bytes);
    }

    #[test]
    fn a_cue_without_an_end_is_refused() {
        let what = "cue maximum on-time";
        let error = Cue::parse(&[1, 1, 255, 1, 0, 0]).unwrap_err();
        assert_eq!(
            error,
            ParseError::BadValue {
                what,
                got: 0,
                expected: "1 to 65535 ms"
            }
        );
    }

    #[test]
    fn every_known_pattern_and_no_other_is_read() {
        for code in 0..=255 {
            match Cue::parse(&[1, code, 255, 1, 1, 0]) {
                Ok(cue) => assert_eq!(cue.emit()[1], code),
                Err(error) => {
                    assert!(code > 6);
                    assert!(matches!(
                        error,
                        ParseError::BadValue {
                            what: "cue pattern",
                            ..
                        }
                    ));
                }
            }
        }
    }
}
