//! Sensors that speak the open protocol of this project.
//!
//! `firmware-protocol/README.md` is the specification, and the crate beside it reads the packets. What is left to do
//! here: counts become units by the scale of the sensor's own config, the chip's axes become the housing's, wrapped
//! counters become running ones (`track`), and counters of taps become taps (`watch`).
//!
//! | channel | characteristic | packets |
//! |---|---|---|
//! | [`INFO`] | `9f9ca2e1-…` | the description: scales, rate, axes |
//! | [`CONTROL`] | `9f9ca2e2-…` | replies; one that holds a config replaces that of the description |
//! | [`DATA`] | `9f9ca2e3-…` | readings, or an anchor without any |
//! | [`STATUS`] | `9f9ca2e4-…` | taps, presses, wear, losses |
//! | [`BATTERY`] | `00002a19-…` | charge, from the standard Battery service |
//!
//! The sensor frame is the housing's, right-handed: +X to the right, +Y along the mark towards the wearer's head,
//! +Z out of the face, off the skin.
//!
//! **Invariants:** readings are scaled only by the config whose generation they carry. A frame that goes back is
//! dropped, never guessed at.
//!
//! Limits: the *clipped* flag is for a whole frame, so all readings of it are marked. The battery's voltage and the error
//! code of Status are not passed on, since no [`SensorNote`](super::SensorNote) can say them.

mod talk;
mod track;
mod watch;

use backcoach_protocol::control::{Answer, Reply};
use backcoach_protocol::data::{Frame as RawFrame, RawSample, Stream};
use backcoach_protocol::info::{Axes, Config, Info};
use backcoach_protocol::status::Status;
use backcoach_protocol::{ParseError, uuid};
use nalgebra::Vector3;

use self::talk::Talk;
use self::track::Track;
use self::watch::Watch;
use super::{
    Abilities, Advert, Decode, DecodeError, Decoded, Dialogue, Frame, Has, Pulse, Reading, Sensor,
    Subscription, WornAsMeant, Write, battery,
};
use crate::input::Channel;
use crate::units::{Acceleration, AngularRate};

const FAMILY: &str = "backcoach";

/// What the sensor is: read after connecting.
pub const INFO: Channel = Channel(0);
/// Replies to requests.
pub const CONTROL: Channel = Channel(1);
/// Readings.
pub const DATA: Channel = Channel(2);
/// Taps, presses, wear, losses.
pub const STATUS: Channel = Channel(3);
/// The level of the standard Battery service.
pub const BATTERY: Channel = Channel(4);

/// In the order of the constants above.
const CHANNELS: [&str; 5] = [
    uuid::INFO_TEXT,
    uuid::CONTROL_TEXT,
    uuid::DATA_TEXT,
    uuid::STATUS_TEXT,
    battery::LEVEL,
];

/// The family of all sensors that speak the protocol.
#[derive(Clone, Copy, Debug)]
pub struct Backcoach;

impl Sensor for Backcoach {
    fn family(&self) -> &'static str {
        FAMILY
    }

    fn name(&self) -> &'static str {
        "backcoach sensor (open protocol)"
    }

    fn channels(&self) -> &'static [&'static str] {
        &CHANNELS
    }

    fn decoder(&self) -> Box<dyn Decode> {
        Box::new(Decoder::default())
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            gyroscope: Has::Some("as the sensor describes itself"),
            clock: Has::Yes,
            numbering: Has::Yes,
            cues: Has::Some("as the sensor describes itself"),
            rates: "what the sensor offers, near 100",
            delay: "0.05 s and the radio's own",
            axes: "+X right, +Y towards the head, +Z off the skin",
            worn: Some(WornAsMeant {
                head: [0, 1, 0],
                off_skin: [0, 0, 1],
            }),
            remarks: "tells taps, presses and wear; anybody can build one: firmware-protocol/README.md",
            is_tried: false,
        }
    }

    fn claims(&self, advert: &Advert) -> bool {
        advert.names_service(uuid::SERVICE_TEXT)
    }

    fn service(&self) -> &'static str {
        uuid::SERVICE_TEXT
    }

    fn subscriptions(&self) -> &'static [Subscription] {
        const TO: [Subscription; 4] = [
            Subscription::required(STATUS),
            Subscription::required(CONTROL),
            Subscription::required(DATA),
            Subscription::optional(BATTERY),
        ];
        &TO
    }

    fn opening(&self, rate_hz: f64) -> Box<dyn Dialogue> {
        Box::new(Talk::opening(rate_hz))
    }

    fn closing(&self) -> Box<dyn Dialogue> {
        Box::new(Talk::closing())
    }

    fn pulse(&self, pulse: Pulse) -> Option<Write> {
        talk::pulse(pulse)
    }
}

/// Reads one sensor.
#[derive(Clone, Debug, Default)]
struct Decoder {
    description: Option<Description>,
    track: Track,
    watch: Watch,
}

/// What turns counts into units.
#[derive(Clone, Copy, Debug)]
struct Description {
    config: Config,
    axes: Axes,
}

impl Decode for Decoder {
    fn decode(&mut self, channel: Channel, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        match channel {
            INFO => self.info(bytes),
            CONTROL => self.control(bytes),
            DATA => self.data(bytes),
            STATUS => self.status(bytes),
            BATTERY => battery::level(FAMILY, bytes),
            Channel(channel) => Err(DecodeError::UnknownChannel {
                family: FAMILY,
                channel,
            }),
        }
    }

    fn reconnected(&mut self) {
        self.track.reconnected();
        self.watch.reconnected();
    }
}

impl Decoder {
    fn info(&mut self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let Info { config, axes, .. } = Info::parse(bytes).map_err(refused)?;
        self.description = Some(Description { config, axes });
        Ok(Decoded::default())
    }

    /// A config before Info is left alone: without the axes it would turn readings the wrong way.
    fn control(&mut self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let reply = Reply::parse(bytes).map_err(refused)?;
        if let (Answer::Config(config) | Answer::Configured(config), Some(description)) =
            (reply.answer, &mut self.description)
        {
            description.config = config;
        }
        Ok(Decoded::default())
    }

    fn data(&mut self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let raw = RawFrame::parse(bytes).map_err(refused)?;
        let description = self
            .description
            .ok_or(DecodeError::NoDescription { family: FAMILY })?;
        description.fits(&raw)?;
        let mut decoded = Decoded::default();
        if let Some(spot) = self.track.place(&raw) {
            decoded.frames.push(Frame {
                index: Some(spot.index),
                time: Some(spot.nanos),
                restarted: spot.restarted,
                nominal_rate: f64::from(description.config.settings.rate.hz()),
                readings: description.readings(&raw),
            });
        }
        Ok(decoded)
    }

    fn status(&mut self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let status = Status::parse(bytes).map_err(refused)?;
        Ok(Decoded {
            frames: Vec::new(),
            notes: self.watch.notes(status),
        })
    }
}

impl Description {
    /// Whether this config says what the counts of the frame mean.
    fn fits(&self, raw: &RawFrame<'_>) -> Result<(), DecodeError> {
        let (found, known) = (raw.header.generation, self.config.generation);
        if found != known {
            return Err(DecodeError::OtherConfiguration {
                family: FAMILY,
                found,
                known,
            });
        }
        let (found, known) = (raw.header.stream, self.config.settings.stream);
        if found != known {
            return Err(malformed(format!(
                "expected readings of {} as the configuration says, got {}",
                name_of(known),
                name_of(found)
            )));
        }
        Ok(())
    }

    fn readings(&self, raw: &RawFrame<'_>) -> Vec<Reading> {
        raw.samples()
            .map(|sample| self.reading(sample, raw.header.flags.clipped))
            .collect()
    }

    fn reading(&self, RawSample { accel, gyro }: RawSample, clipped: bool) -> Reading {
        Reading {
            accel: Acceleration::from_meters_per_second_squared(
                self.vector(accel, self.config.accel_scale),
            ),
            gyro: gyro.map(|rate| {
                AngularRate::from_radians_per_second(self.vector(rate, self.config.gyro_scale))
            }),
            clipped,
        }
    }

    /// Counts along the chip's axes to units along the housing's.
    fn vector(&self, counts: [i16; 3], scale: f32) -> Vector3<f64> {
        let along_chip = counts.map(|count| f64::from(count) * f64::from(scale));
        Vector3::from(self.axes.housing_from_chip(along_chip))
    }
}

fn refused(error: ParseError) -> DecodeError {
    match error {
        ParseError::UnsupportedMajor {
            major, supported, ..
        } if major > supported => DecodeError::Version {
            family: FAMILY,
            found: major,
            known: supported,
        },
        error => malformed(error.to_string()),
    }
}

fn malformed(problem: String) -> DecodeError {
    DecodeError::Malformed {
        family: FAMILY,
        problem,
    }
}

fn name_of(stream: Stream) -> &'static str {
    match stream {
        Stream::Accel => "the accelerometer",
        Stream::AccelGyro => "accelerometer and gyroscope",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
