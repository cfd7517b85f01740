//! Polar H10, Verity Sense and OH1, by the maker's own service for raw measurements ("PMD").
//!
//! The H10 is a chest strap, so it sits on the sternum as it is. Verity Sense and OH1 are small and clip on; the Verity
//! Sense has a gyroscope too, and a mode for programs ("SDK mode") in which it is fast enough for coaching.
//!
//! | channel | characteristic | packets |
//! |---|---|---|
//! | [`CONTROL`] | `fb005c81-…` | what the device has, answers, and that it stopped (`control`) |
//! | [`DATA`] | `fb005c82-…` | readings (`frame`, `delta`) |
//! | [`BATTERY`] | `00002a19-…` | charge, from the standard Battery service |
//!
//! Scales, rate and range are learned from the answers, which are packets like all others, so that a recording reads as
//! the live session did. The chosen values are not in the answers but follow from the offer (`control::Choice`).
//!
//! Stamps are those of the last sample (`stamps`); acceleration and angular rate meet by time (`pairing`).
//!
//! The sensor frame is the device's own. Worn as meant, the H10's +Z points forward out of the chest; the other axes are
//! shown in pictures only, so nothing here relies on any of them: calibration finds them.
//!
//! Limits: no running number, so a loss is known from stamps alone. After a start answer without a factor, frames that need
//! one are refused rather than guessed at.

// Requests, answers and settings.
mod control;
// Differences in few bits.
mod delta;
// Packets with readings, as numbers.
mod frame;
// Acceleration and angular rate together.
mod pairing;
// The clock.
mod stamps;
// What starts it and what stops it.
mod talk;

use nalgebra::Vector3;

use self::control::{Answer, Assembler, Choice, Measurement, Said, opcode, settings};
use self::frame::{RawFrame, Unit};
use self::pairing::{Force, Pairing};
use self::stamps::Stamps;
use self::talk::Talk;
use super::{
    Abilities, Advert, Decode, DecodeError, Decoded, Dialogue, Frame, Has, Sensor, Subscription,
    battery,
};
use crate::input::Channel;
use crate::units::Acceleration;

const FAMILY: &str = "polar";

/// What the device has, answers, and that it stopped.
pub const CONTROL: Channel = Channel(0);
/// Readings.
pub const DATA: Channel = Channel(1);
/// The level of the standard Battery service.
pub const BATTERY: Channel = Channel(2);

/// In the order of the constants above.
const CHANNELS: [&str; 3] = [
    "fb005c81-02e7-f387-1cad-8acd2d8df0c8",
    "fb005c82-02e7-f387-1cad-8acd2d8df0c8",
    battery::LEVEL,
];

const SERVICE: &str = "fb005c80-02e7-f387-1cad-8acd2d8df0c8";

/// The family of the devices that stream raw measurements.
#[derive(Clone, Copy, Debug)]
pub struct Polar;

impl Sensor for Polar {
    fn family(&self) -> &'static str {
        FAMILY
    }

    fn name(&self) -> &'static str {
        "Polar H10, Verity Sense, OH1"
    }

    fn channels(&self) -> &'static [&'static str] {
        &CHANNELS
    }

    fn decoder(&self) -> Box<dyn Decode> {
        Box::new(Decoder::default())
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            gyroscope: Has::Some("Verity Sense only"),
            clock: Has::Yes,
            numbering: Has::No,
            cues: Has::No,
            rates: "H10 200, Verity Sense 208 in SDK mode else 52, OH1 50",
            delay: "H10 0.2 s; Verity Sense 0.3 to 0.6 s in SDK mode, else up to 2 s; OH1 1 s",
            axes: "H10 on the chest: +Z forward, X and Y not documented; found by calibrating",
            worn: None,
            remarks: "wet the strap; newer H10 firmware wants to be paired once in the system's settings; \
                close other apps that use it; loss is known from its clock",
            is_tried: false,
        }
    }

    fn claims(&self, advert: &Advert) -> bool {
        let models = ["H10", "Sense", "OH1"];
        advert.name.as_deref().is_some_and(|name| {
            name.strip_prefix("Polar ")
                .is_some_and(|rest| models.iter().any(|model| rest.contains(model)))
        })
    }

    fn service(&self) -> &'static str {
        SERVICE
    }

    fn subscriptions(&self) -> &'static [Subscription] {
        const TO: [Subscription; 3] = [
            Subscription::required(CONTROL),
            Subscription::required(DATA),
            Subscription::optional(BATTERY),
        ];
        &TO
    }

    /// The rate is not the caller's choice: packets hold a fixed number of samples, so only a high rate is prompt.
    fn opening(&self, _rate_hz: f64) -> Box<dyn Dialogue> {
        Box::new(Talk::opening())
    }

    fn closing(&self) -> Box<dyn Dialogue> {
        Box::new(Talk::closing())
    }
}

/// Reads one device.
#[derive(Clone, Debug)]
struct Decoder {
    assembler: Assembler,
    acc: Stream,
    gyro: Stream,
    pairing: Pairing,
}

/// What is known of one measurement.
#[derive(Clone, Debug)]
struct Stream {
    /// As declared, Hz.
    rate: f64,
    /// The end of the range, g or °/s, where it is known.
    range: Option<f64>,
    factor: Option<f64>,
    stamps: Stamps,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder {
            assembler: Assembler::default(),
            // The H10's, until an offer is heard.
            acc: Stream::at(200.0),
            gyro: Stream::at(52.0),
            pairing: Pairing::default(),
        }
    }
}

impl Decode for Decoder {
    fn decode(&mut self, channel: Channel, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        let frames = match channel {
            CONTROL => self.control(bytes)?,
            DATA => self.data(bytes)?,
            BATTERY => return battery::level(FAMILY, bytes),
            Channel(channel) => {
                return Err(DecodeError::UnknownChannel {
                    family: FAMILY,
                    channel,
                });
            }
        };
        Ok(Decoded {
            frames,
            notes: Vec::new(),
        })
    }

    fn reconnected(&mut self) {
        self.assembler = Assembler::default();
        self.acc.stamps.reconnected();
        self.gyro.stamps.reconnected();
        self.pairing.reconnected();
    }
}

impl Decoder {
    fn control(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, DecodeError> {
        match Said::parse(bytes).map_err(malformed)? {
            Said::Features(_) => Ok(Vec::new()),
            Said::Part(part) => {
                let answer = self.assembler.push(part);
                Ok(answer.map_or_else(Vec::new, |answer| self.answer(&answer)))
            }
            Said::Stopped(kinds) => match kinds
                .iter()
                .map(|kind| Measurement::from_byte(*kind))
                .find(|kind| [Measurement::ACC, Measurement::GYRO].contains(kind))
            {
                Some(_) => Err(DecodeError::Stopped { family: FAMILY }),
                None => Ok(Vec::new()),
            },
        }
    }

    fn answer(&mut self, answer: &Answer) -> Vec<Frame> {
        let measurement = Measurement::from_byte(answer.kind);
        let stream = match measurement {
            Measurement::ACC => &mut self.acc,
            Measurement::GYRO => &mut self.gyro,
            _ => return Vec::new(),
        };
        match (answer.opcode, answer.status, measurement) {
            (opcode::SETTINGS | opcode::SDK_SETTINGS, 0, _) => {
                stream.offered(&Choice::of(measurement, &settings(&answer.parameters)));
            }
            (opcode::START, 0, _) => {
                stream.factor = control::factor(&answer.parameters);
                if measurement == Measurement::GYRO {
                    self.pairing.turns_began();
                }
            }
            (opcode::STOP, 0, Measurement::GYRO) => return self.pairing.turns_ended(),
            _ => {}
        }
        Vec::new()
    }

    fn data(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, DecodeError> {
        let Some(raw) = RawFrame::parse(bytes).map_err(malformed)? else {
            return Ok(Vec::new());
        };
        match raw.measurement {
            Measurement::ACC => {
                let forces = self.acc.values(&raw)?.map(|(value, clipped)| Force {
                    accel: Acceleration::from_g(value),
                    clipped,
                });
                let forces = forces.collect();
                let place = self.acc.place(&raw);
                Ok(place.map_or_else(Vec::new, |place| {
                    self.pairing.forces(place, self.acc.rate, forces)
                }))
            }
            Measurement::GYRO => {
                let turns = self
                    .gyro
                    .values(&raw)?
                    .map(|(value, clipped)| (value.map(f64::to_radians), clipped));
                let turns = turns.collect();
                let place = self.gyro.place(&raw);
                Ok(place.map_or_else(Vec::new, |place| self.pairing.turns(place, turns)))
            }
            _ => Ok(Vec::new()),
        }
    }
}

impl Stream {
    fn at(rate: f64) -> Stream {
        Stream {
            rate,
            range: None,
            factor: None,
            stamps: Stamps::default(),
        }
    }

    fn offered(&mut self, choice: &Choice) {
        self.rate = choice.rate().unwrap_or(self.rate);
        self.range = choice.range().or(self.range);
    }

    fn place(&mut self, raw: &RawFrame) -> Option<stamps::Place> {
        self.stamps.place(raw.stamp, raw.len(), self.rate)
    }

    /// Vectors in g or °/s, each with whether it stands at the end of the range.
    fn values<'a>(
        &self,
        raw: &'a RawFrame,
    ) -> Result<impl Iterator<Item = (Vector3<f64>, bool)> + use<'a>, DecodeError> {
        let scale = match (raw.unit, self.factor) {
            (Unit::Thousandths, factor) => factor.unwrap_or(1.0) / 1000.0,
            (Unit::TimesFactor, Some(factor)) => factor,
            (Unit::TimesFactor, None) => {
                return Err(DecodeError::NoDescription { family: FAMILY });
            }
            (Unit::FloatBits, _) => 1.0,
        };
        let is_float = raw.unit == Unit::FloatBits;
        let number = move |count: i64| match is_float {
            // Differences were added modulo 2³²: the low bits are the number's.
            true => f64::from(f32::from_bits(count as u32)),
            false => count as f64 * scale,
        };
        let vector = move |sample: &[i64]| {
            Vector3::from_iterator(sample.iter().take(3).map(|count| number(*count)))
        };
        if is_float
            && raw
                .samples()
                .any(|sample| !vector(sample).iter().all(|v| v.is_finite()))
        {
            return Err(malformed("data: a value is not a number".to_owned()));
        }
        let range = self.range.unwrap_or(f64::INFINITY);
        let at_end = move |sample: &[i64], value: &Vector3<f64>| {
            let counts = sample.iter().take(3);
            let is_full = |count: &i64| !(-0x7fff..0x7fff).contains(count);
            value.amax() >= range || (!is_float && counts.into_iter().any(is_full))
        };
        Ok(raw.samples().map(move |sample| {
            let value = vector(sample);
            (value, at_end(sample, &value))
        }))
    }
}

fn malformed(problem: String) -> DecodeError {
    DecodeError::Malformed {
        family: FAMILY,
        problem,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
