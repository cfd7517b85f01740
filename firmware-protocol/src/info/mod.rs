//! A host must never guess a scale, a range or a sign. Info says them all, in pieces that each carry
//! their own type and length, so that a later version can add one and an older reader can skip it.
//!
//! | type | piece | length | value | must |
//! |---|---|---|---|---|
//! | 0x01 | protocol | 2 | major, minor; **first** | yes |
//! | 0x02 | device id | 8 | as in the serial number, any bytes | yes |
//! | 0x03 | streams | 1 | bit 0 accel, bit 1 accel + gyro | yes |
//! | 0x04 | rates | 2 each | list of `u16` in 1/16 Hz | yes |
//! | 0x05 | accel ranges | 2 each | list of `u16` in g | yes |
//! | 0x06 | gyro ranges | 2 each | list of `u16` in °/s | with a gyroscope |
//! | 0x07 | config | 16 | what is set now, see [`Config`](crate::info::Config) | yes |
//! | 0x08 | cue actuators | 3 | bits, longest on-time `u16` in ms, see [`Actuators`](crate::info::Actuators) | no: none |
//! | 0x09 | buffer depth | 4 | samples kept while the link is slow, `u32` | no: 0 |
//! | 0x0a | axes | 3 | see [`Axes`](crate::info::Axes) | no: as the housing |
//!
//! Unknown types are skipped. A known piece that is longer than here is read from its front.

mod axes;
mod config;
mod tlv;

pub use axes::{Axes, SignedAxis};
pub use config::{Config, Rate, Settings};
pub use tlv::{Tlv, Tlvs};

use crate::{
    EmitError, ParseError,
    bytes::{array, at_least, u8_at, u16_at, u32_at},
    control::CueActuators,
    data::Stream,
    list::List,
};
use tlv::Writer;

/// Type bytes of the pieces.
pub mod kind {
    /// [`Protocol`](super::Protocol).
    pub const PROTOCOL: u8 = 0x01;
    /// [`Info::device_id`](super::Info::device_id).
    pub const DEVICE_ID: u8 = 0x02;
    /// [`Streams`](super::Streams).
    pub const STREAMS: u8 = 0x03;
    /// [`Info::rates`](super::Info::rates).
    pub const RATES: u8 = 0x04;
    /// [`Info::accel_ranges_g`](super::Info::accel_ranges_g).
    pub const ACCEL_RANGES: u8 = 0x05;
    /// [`Info::gyro_ranges_dps`](super::Info::gyro_ranges_dps).
    pub const GYRO_RANGES: u8 = 0x06;
    /// [`Config`](super::Config).
    pub const CONFIG: u8 = 0x07;
    /// [`Actuators`](super::Actuators).
    pub const ACTUATORS: u8 = 0x08;
    /// [`Info::buffer_depth`](super::Info::buffer_depth).
    pub const BUFFER_DEPTH: u8 = 0x09;
    /// [`Axes`](super::Axes).
    pub const AXES: u8 = 0x0a;
}

/// The version that a sensor speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol {
    /// Changes when an old reader would misread; another major is refused.
    pub major: u8,
    /// Changes when something was added that an old reader can skip.
    pub minor: u8,
}

impl Protocol {
    /// The major version of this crate.
    pub const MAJOR: u8 = 1;
    /// The minor version of this crate.
    pub const MINOR: u8 = 0;
    /// What this crate speaks.
    pub const CURRENT: Protocol = Protocol {
        major: Protocol::MAJOR,
        minor: Protocol::MINOR,
    };

    /// # Errors
    ///
    /// [`ParseError::UnsupportedMajor`] for any other major version.
    fn parse(value: &[u8]) -> Result<Protocol, ParseError> {
        at_least("protocol version", value, 2)?;
        let (major, minor) = (u8_at(value, 0), u8_at(value, 1));
        if major != Protocol::MAJOR {
            let supported = Protocol::MAJOR;
            return Err(ParseError::UnsupportedMajor {
                major,
                minor,
                supported,
            });
        }
        Ok(Protocol { major, minor })
    }
}

/// What a sensor can stream; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Streams {
    /// Acceleration only.
    Accel,
    /// Acceleration with angular rate only.
    AccelGyro,
    /// Either, as the host asks.
    Both,
}

impl Streams {
    /// Whether the sensor can stream this.
    #[must_use]
    pub const fn contains(self, stream: Stream) -> bool {
        self.code() & stream.code() != 0
    }

    const fn code(self) -> u8 {
        match self {
            Streams::Accel => 0b01,
            Streams::AccelGyro => 0b10,
            Streams::Both => 0b11,
        }
    }

    /// Bits of later versions are ignored.
    fn parse(value: &[u8]) -> Result<Streams, ParseError> {
        at_least("streams", value, 1)?;
        match u8_at(value, 0) & 0b11 {
            0b01 => Ok(Streams::Accel),
            0b10 => Ok(Streams::AccelGyro),
            0b11 => Ok(Streams::Both),
            _ => Err(ParseError::BadValue {
                what: "streams",
                got: u32::from(u8_at(value, 0)),
                expected: "bit 0 (accel) or bit 1 (accel + gyro)",
            }),
        }
    }
}

/// What can give a cue on the sensor itself, and for how long at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Actuators {
    /// Which there are.
    pub which: CueActuators,
    /// The longest total on-time of one cue that the sensor grants, whatever the host asks, in ms.
    pub max_on_millis: u16,
}

impl Actuators {
    fn parse(value: &[u8]) -> Result<Actuators, ParseError> {
        at_least("cue actuators", value, 3)?;
        Ok(Actuators {
            which: CueActuators::from_byte(u8_at(value, 0)),
            max_on_millis: u16_at(value, 1..3),
        })
    }
}

/// All of the Info characteristic.
///
/// The config stands for the moment of reading: it is right for the Data frames that carry its
/// generation, and one with another generation means to read Info again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    /// The version that the sensor speaks.
    pub protocol: Protocol,
    /// Tells two sensors apart on hosts that hide the radio address.
    pub device_id: [u8; 8],
    /// What it can stream.
    pub streams: Streams,
    /// The rates it can be set to.
    pub rates: List<Rate>,
    /// The ranges of its accelerometer in g.
    pub accel_ranges_g: List<u16>,
    /// The ranges of its gyroscope in °/s; empty if it has none.
    pub gyro_ranges_dps: List<u16>,
    /// What is set now, with the scales of the counts.
    pub config: Config,
    /// What can give a cue.
    pub actuators: Actuators,
    /// How many samples the sensor keeps while the link is slow or silent.
    pub buffer_depth: u32,
    /// How the chip sits in its housing.
    pub axes: Axes,
}

impl Info {
    /// The longest Info that this version writes.
    pub const MAX_LEN: usize =
        4 + 10 + 3 + 3 * (2 + 2 * List::CAPACITY) + (2 + Config::LEN) + 5 + 6 + 5;

    /// Reads the characteristic. Never panics, whatever the bytes.
    ///
    /// # Errors
    ///
    /// If the major version is another one, a piece is cut, missing, double or bad, or the config is
    /// not one that the sensor says it can do.
    pub fn parse(bytes: &[u8]) -> Result<Info, ParseError> {
        let mut pieces = Pieces::default();
        for tlv in Tlvs::new(bytes) {
            pieces.take(tlv?)?;
        }
        pieces.finish()
    }

    /// Writes the characteristic and returns its length, at most [`Info::MAX_LEN`].
    ///
    /// # Errors
    ///
    /// If the buffer is too short.
    pub fn emit(&self, buffer: &mut [u8]) -> Result<usize, EmitError> {
        let mut to = Writer::new(buffer);
        to.piece(kind::PROTOCOL, &[self.protocol.major, self.protocol.minor])?;
        to.piece(kind::DEVICE_ID, &self.device_id)?;
        to.piece(kind::STREAMS, &[self.streams.code()])?;
        to.list(
            kind::RATES,
            self.rates.iter().map(|rate| rate.sixteenths_hz),
        )?;
        to.list(kind::ACCEL_RANGES, self.accel_ranges_g.iter().copied())?;
        if !self.gyro_ranges_dps.is_empty() {
            to.list(kind::GYRO_RANGES, self.gyro_ranges_dps.iter().copied())?;
        }
        to.piece(kind::CONFIG, &self.config.emit())?;
        let [low, high] = self.actuators.max_on_millis.to_le_bytes();
        to.piece(kind::ACTUATORS, &[self.actuators.which.byte(), low, high])?;
        to.piece(kind::BUFFER_DEPTH, &self.buffer_depth.to_le_bytes())?;
        to.piece(kind::AXES, &self.axes.emit())?;
        Ok(to.len())
    }
}

/// What was found so far.
#[derive(Default)]
struct Pieces {
    protocol: Option<Protocol>,
    device_id: Option<[u8; 8]>,
    streams: Option<Streams>,
    rates: Option<List<Rate>>,
    accel_ranges_g: Option<List<u16>>,
    gyro_ranges_dps: Option<List<u16>>,
    config: Option<Config>,
    actuators: Option<Actuators>,
    buffer_depth: Option<u32>,
    axes: Option<Axes>,
}

impl Pieces {
    fn take(&mut self, Tlv { kind, value }: Tlv<'_>) -> Result<(), ParseError> {
        if self.protocol.is_none() && kind != kind::PROTOCOL {
            let what = "protocol version at the front of Info";
            return Err(ParseError::Missing { what });
        }
        match kind {
            kind::PROTOCOL => once(
                &mut self.protocol,
                "protocol version",
                Protocol::parse(value)?,
            ),
            kind::DEVICE_ID => once(&mut self.device_id, "device id", device_id(value)?),
            kind::STREAMS => once(&mut self.streams, "streams", Streams::parse(value)?),
            kind::RATES => {
                let rates = list("rates", value)?.map(Rate::from_sixteenths_hz);
                once(&mut self.rates, "rates", List::take_from(rates))
            }
            kind::ACCEL_RANGES => {
                let ranges = List::take_from(list("accel ranges", value)?);
                once(&mut self.accel_ranges_g, "accel ranges", ranges)
            }
            kind::GYRO_RANGES => {
                let ranges = List::take_from(list("gyro ranges", value)?);
                once(&mut self.gyro_ranges_dps, "gyro ranges", ranges)
            }
            kind::CONFIG => once(&mut self.config, "config", Config::parse(value)?),
            kind::ACTUATORS => once(
                &mut self.actuators,
                "cue actuators",
                Actuators::parse(value)?,
            ),
            kind::BUFFER_DEPTH => {
                once(&mut self.buffer_depth, "buffer depth", buffer_depth(value)?)
            }
            kind::AXES => once(&mut self.axes, "axes", Axes::parse(value)?),
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<Info, ParseError> {
        let missing = |what| ParseError::Missing { what };
        let info = Info {
            protocol: self
                .protocol
                .ok_or(missing("protocol version at the front of Info"))?,
            device_id: self.device_id.ok_or(missing("device id"))?,
            streams: self.streams.ok_or(missing("streams"))?,
            rates: self.rates.ok_or(missing("rates"))?,
            accel_ranges_g: self.accel_ranges_g.ok_or(missing("accel ranges"))?,
            gyro_ranges_dps: self.gyro_ranges_dps.unwrap_or_default(),
            config: self.config.ok_or(missing("config"))?,
            actuators: self.actuators.unwrap_or_default(),
            buffer_depth: self.buffer_depth.unwrap_or_default(),
            axes: self.axes.unwrap_or_default(),
        };
        info.check()?;
        Ok(info)
    }
}

impl Info {
    /// Whether the sensor says that it can do these settings.
    ///
    /// # Errors
    ///
    /// [`ParseError::BadValue`] names the first that it cannot.
    pub fn can(&self, settings: &Settings) -> Result<(), ParseError> {
        let bad = |what, got: u16, expected| {
            Err(ParseError::BadValue {
                what,
                got: u32::from(got),
                expected,
            })
        };
        if !self.streams.contains(settings.stream) {
            return bad(
                "config stream",
                u16::from(settings.stream.code()),
                "one of the streams in Info",
            );
        }
        if !self.rates.contains(&settings.rate) {
            return bad(
                "config rate",
                settings.rate.sixteenths_hz,
                "one of the rates in Info",
            );
        }
        if !self.accel_ranges_g.contains(&settings.accel_range_g) {
            return bad(
                "config accel range",
                settings.accel_range_g,
                "one of the accel ranges in Info",
            );
        }
        let with_gyro = settings.stream == Stream::AccelGyro;
        if with_gyro && !self.gyro_ranges_dps.contains(&settings.gyro_range_dps) {
            return bad(
                "config gyro range",
                settings.gyro_range_dps,
                "one of the gyro ranges in Info",
            );
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ParseError> {
        if self.streams.contains(Stream::AccelGyro) && self.gyro_ranges_dps.is_empty() {
            return Err(ParseError::Missing {
                what: "gyro ranges",
            });
        }
        self.can(&self.config.settings)
    }
}

fn once<T>(slot: &mut Option<T>, what: &'static str, value: T) -> Result<(), ParseError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ParseError::Duplicate { what }),
    }
}

fn device_id(value: &[u8]) -> Result<[u8; 8], ParseError> {
    at_least("device id", value, 8)?;
    Ok(array(value, 0..8))
}

fn buffer_depth(value: &[u8]) -> Result<u32, ParseError> {
    at_least("buffer depth", value, 4)?;
    Ok(u32_at(value, 0..4))
}

/// The `u16` values of a list that has at least one and at most [`List::CAPACITY`].
fn list(what: &'static str, value: &[u8]) -> Result<impl Iterator<Item = u16>, ParseError> {
    at_least(what, value, 2)?;
    let most = 2 * List::CAPACITY;
    let expected = (value.len() - value.len() % 2).min(most);
    crate::bytes::exactly(what, value, expected)?;
    let (pairs, _) = value.as_chunks::<2>();
    Ok(pairs.iter().map(|&pair| u16::from_le_bytes(pair)))
}

#[cfg(test)]
mod tests;
