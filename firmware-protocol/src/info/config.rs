//! What a count means depends on the range that is set, so scale, range and rate stand together under
//! one number, the generation, that every Data frame repeats.
//!
//! | byte | field |
//! |---|---|
//! | 0 | generation: counts up, modulo 256, whenever anything below changes, and when a calibration changes what counts mean |
//! | 1 | stream: 1 accel, 2 accel + gyro |
//! | 2..4 | rate, `u16` in 1/16 Hz |
//! | 4..6 | accelerometer range, `u16` in g |
//! | 6..8 | gyroscope range, `u16` in °/s; 0 without gyroscope |
//! | 8..12 | accelerometer scale, `f32` in m/s² per count |
//! | 12..16 | gyroscope scale, `f32` in rad/s per count; 0 without gyroscope |

use core::ops::Range;

use crate::{
    ParseError,
    bytes::{at_least, put, put_u8, u8_at, u16_at, u32_at},
    data::Stream,
};

mod field {
    use super::Range;

    pub const GENERATION: usize = 0;
    pub const SETTINGS: Range<usize> = 1..8;
    pub const ACCEL_SCALE: Range<usize> = 8..12;
    pub const GYRO_SCALE: Range<usize> = 12..16;
    pub const END: usize = 16;

    pub mod settings {
        use super::Range;

        pub const STREAM: usize = 0;
        pub const RATE: Range<usize> = 1..3;
        pub const ACCEL_RANGE: Range<usize> = 3..5;
        pub const GYRO_RANGE: Range<usize> = 5..7;
        pub const END: usize = 7;
    }
}

/// Samples a second in steps of 1/16 Hz, which holds 12.5 Hz and 1.5625 Hz exactly.
///
/// It is the nominal rate. The real one may be off by percents; the timestamps tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// The rate times sixteen.
    pub sixteenths_hz: u16,
}

impl Rate {
    /// A whole number of samples a second, up to 4095.
    #[must_use]
    pub const fn from_hz(hz: u16) -> Rate {
        Rate::from_sixteenths_hz(hz.saturating_mul(16))
    }

    /// A rate as it travels.
    #[must_use]
    pub const fn from_sixteenths_hz(sixteenths_hz: u16) -> Rate {
        Rate { sixteenths_hz }
    }

    /// Samples a second.
    #[must_use]
    pub fn hz(self) -> f32 {
        f32::from(self.sixteenths_hz) / 16.0
    }
}

/// What the host chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// What each sample holds.
    pub stream: Stream,
    /// Samples a second.
    pub rate: Rate,
    /// The accelerometer measures up to ± this, in g.
    pub accel_range_g: u16,
    /// The gyroscope measures up to ± this, in °/s; 0 if the stream has none.
    pub gyro_range_dps: u16,
}

impl Settings {
    /// Length on the wire.
    pub const LEN: usize = field::settings::END;

    /// Reads settings. Never panics, whatever the bytes; those behind [`Settings::LEN`] are not looked at.
    ///
    /// # Errors
    ///
    /// If bytes are missing, the stream is unknown, or the rate or a range that is needed is zero.
    pub fn parse(bytes: &[u8]) -> Result<Settings, ParseError> {
        at_least("settings", bytes, Settings::LEN)?;
        let code = u8_at(bytes, field::settings::STREAM);
        let settings = Settings {
            stream: Stream::from_code(code).ok_or(ParseError::BadValue {
                what: "stream",
                got: u32::from(code),
                expected: "1 (accel) or 2 (accel + gyro)",
            })?,
            rate: Rate::from_sixteenths_hz(u16_at(bytes, field::settings::RATE)),
            accel_range_g: u16_at(bytes, field::settings::ACCEL_RANGE),
            gyro_range_dps: u16_at(bytes, field::settings::GYRO_RANGE),
        };
        settings.check()?;
        Ok(settings)
    }

    /// Writes the settings.
    #[must_use]
    pub fn emit(&self) -> [u8; Settings::LEN] {
        let mut bytes = [0; Settings::LEN];
        put_u8(&mut bytes, field::settings::STREAM, self.stream.code());
        put(
            &mut bytes,
            field::settings::RATE,
            &self.rate.sixteenths_hz.to_le_bytes(),
        );
        put(
            &mut bytes,
            field::settings::ACCEL_RANGE,
            &self.accel_range_g.to_le_bytes(),
        );
        put(
            &mut bytes,
            field::settings::GYRO_RANGE,
            &self.gyro_range_dps.to_le_bytes(),
        );
        bytes
    }

    fn check(&self) -> Result<(), ParseError> {
        let positive = |what, value: u16| {
            let bad = ParseError::BadValue {
                what,
                got: 0,
                expected: "more than 0",
            };
            if value == 0 { Err(bad) } else { Ok(()) }
        };
        positive("rate", self.rate.sixteenths_hz)?;
        positive("accel range", self.accel_range_g)?;
        match self.stream {
            Stream::AccelGyro => positive("gyro range", self.gyro_range_dps),
            Stream::Accel => Ok(()),
        }
    }
}

/// What is set, and what a count then means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Data frames with this number are to be read by this config.
    pub generation: u8,
    /// What is set.
    pub settings: Settings,
    /// Acceleration of one count in m/s².
    pub accel_scale: f32,
    /// Angular rate of one count in rad/s; 0 if the stream has no gyroscope.
    pub gyro_scale: f32,
}

impl Config {
    /// Length on the wire: with the three bytes of a reply it fits the 20 of every link.
    pub const LEN: usize = field::END;

    /// Reads a config. Never panics, whatever the bytes; those behind [`Config::LEN`] are not looked at.
    ///
    /// # Errors
    ///
    /// As [`Settings::parse`]; or if a scale that is needed is not a finite number above zero.
    pub fn parse(bytes: &[u8]) -> Result<Config, ParseError> {
        at_least("config", bytes, Config::LEN)?;
        let settings = Settings::parse(bytes.get(field::SETTINGS).unwrap_or(&[]))?;
        let accel_scale = scale("accel scale", u32_at(bytes, field::ACCEL_SCALE))?;
        let gyro_bits = u32_at(bytes, field::GYRO_SCALE);
        let gyro_scale = match settings.stream {
            Stream::AccelGyro => scale("gyro scale", gyro_bits)?,
            Stream::Accel if gyro_bits == 0 => 0.0,
            Stream::Accel => scale("gyro scale", gyro_bits)?,
        };
        Ok(Config {
            generation: u8_at(bytes, field::GENERATION),
            settings,
            accel_scale,
            gyro_scale,
        })
    }

    /// Writes the config.
    #[must_use]
    pub fn emit(&self) -> [u8; Config::LEN] {
        let mut bytes = [0; Config::LEN];
        put_u8(&mut bytes, field::GENERATION, self.generation);
        put(&mut bytes, field::SETTINGS, &self.settings.emit());
        put(
            &mut bytes,
            field::ACCEL_SCALE,
            &self.accel_scale.to_le_bytes(),
        );
        put(
            &mut bytes,
            field::GYRO_SCALE,
            &self.gyro_scale.to_le_bytes(),
        );
        bytes
    }
}

fn scale(what: &'static str, bits: u32) -> Result<f32, ParseError> {
    let value = f32::from_bits(bits);
    if value.is_finite() && value > 0.0 {
        return Ok(value);
    }
    Err(ParseError::BadValue {
        what,
        got: bits,
        expected: "the bits of a finite number above 0",
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// ±4 g and ±500 °/s at 104 Hz: 9.80665 × 4 / 32768 and 500 × π/180 / 32768 as f32.
    const BYTES: [u8; 16] = [
        9, 2, 0x80, 0x06, 4, 0, 0xf4, 0x01, 0x0a, 0xe8, 0x9c, 0x3a, 0x58, 0xa0, 0x8b, 0x39,
    ];

    #[test]
    fn a_config_reads_and_writes_these_bytes() {
        let config = Config::parse(&BYTES).unwrap();
        assert_eq!(config.generation, 9);
        assert_eq!(config.settings.stream, Stream::AccelGyro);
        assert_eq!(config.settings.rate, Rate::from_hz(104));
        assert_eq!(config.settings.accel_range_g, 4);
        assert_eq!(config.settings.gyro_range_dps, 500);
        assert!((config.accel_scale / (9.80665 * 4.0 / 32768.0) - 1.0).abs() < 1e-6);
        assert!((config.gyro_scale / (500f32.to_radians() / 32768.0) - 1.0).abs() < 1e-6);
        assert_eq!(config.emit(), BYTES);
    }

    #[test]
    fn a_scale_that_is_no_positive_number_is_refused() {
        for bits in [
            0,
            f32::NAN.to_bits(),
            f32::INFINITY.to_bits(),
            (-1f32).to_bits(),
        ] {
            let mut bytes = BYTES;
            bytes[8..12].copy_from_slice(&bits.to_le_bytes());
            let error = Config::parse(&bytes).unwrap_err();
            let expected = "the bits of a finite number above 0";
            assert_eq!(
                error,
                ParseError::BadValue {
                    what: "accel scale",
                    got: bits,
                    expected
                }
            );
        }
    }

    #[test]
    fn a_gyro_stream_needs_a_gyro_range() {
        let mut bytes = BYTES;
        bytes[6..8].fill(0);
        let bad = |what| ParseError::BadValue {
            what,
            got: 0,
            expected: "more than 0",
        };
        assert_eq!(Config::parse(&bytes), Err(bad("gyro range")));
        bytes[2..4].fill(0);
        assert_eq!(Config::parse(&bytes), Err(bad("rate")));
    }

    #[test]
    fn rates_in_sixteenths_are_exact() {
        assert!((Rate::from_sixteenths_hz(25).hz() - 1.5625).abs() < f32::EPSILON);
        assert!((Rate::from_hz(104).hz() - 104.0).abs() < f32::EPSILON);
    }
}
