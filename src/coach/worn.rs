//! One worn sensor: from its packets to attitudes.

use super::event::Notice;
use super::plan::WornSensor;
use crate::input::{Channel, Input, LinkChange, Sample};
use crate::motion::Attitude;
use crate::motion::clock::{self, Clock, Gap};
use crate::motion::orientation::{self, Orientation};
use crate::motion::stillness::Stillness;
use crate::sensors::{self, Decode, SensorNote};
use crate::units::{HostTime, SessionTime};

/// What one input of a sensor led to, in order.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Where the sensor points, and for how long it has been still, seconds.
    Attitude(Attitude, f64),
    /// Readings are missing before the next attitude.
    Gap(Gap),
    /// Something to be said.
    Notice(SessionTime, Notice),
    /// The housing was tapped.
    Tap(SessionTime, u8),
}

/// The line of one sensor. It knows nothing of bodies.
pub struct Worn {
    decoder: Option<Box<dyn Decode>>,
    clock: Clock,
    orientation: Orientation,
    stillness: Stillness,
    has_gyro: bool,
    /// When clipped readings were told of last: once a second is enough.
    clip_told: Option<SessionTime>,
}

impl Worn {
    /// The line of a sensor; one without a driver takes samples only.
    pub fn new(worn: &WornSensor) -> Worn {
        Worn {
            decoder: sensors::find(&worn.family).map(|sensor| sensor.decoder()),
            clock: Clock::new(clock::Settings::default()),
            orientation: Orientation::new(orientation::Settings::default()),
            stillness: Stillness::new(),
            has_gyro: false,
            clip_told: None,
        }
    }

    /// Whether the latest reading had a gyroscope's.
    pub fn has_gyro(&self) -> bool {
        self.has_gyro
    }

    /// Takes what reached the program from this sensor.
    pub fn input(&mut self, input: &Input, seen: &mut Vec<Seen>) {
        match input {
            Input::Packet {
                at, channel, bytes, ..
            } => self.packet(*at, *channel, bytes, seen),
            Input::Sample { sample, .. } => self.sample(sample, seen),
            Input::Link { at, change, .. } => {
                let notice = self.link(*change);
                seen.extend(notice.map(|notice| Seen::Notice((*at).into(), notice)));
            }
            // Nobody's.
            Input::Command { .. } | Input::Tick { .. } => {}
        }
    }

    fn link(&mut self, change: LinkChange) -> Option<Notice> {
        match change {
            LinkChange::Connected => {
                self.reconnected();
                Some(Notice::LinkBack)
            }
            LinkChange::Lost => Some(Notice::LinkLost),
            LinkChange::Battery { percent } => Some(Notice::Battery { percent }),
            LinkChange::Rssi { .. } => None,
        }
    }

    /// The link was lost and is back.
    fn reconnected(&mut self) {
        self.clock.reconnected();
        if let Some(decoder) = &mut self.decoder {
            decoder.reconnected();
        }
    }

    /// Takes one packet.
    fn packet(&mut self, at: HostTime, channel: Channel, bytes: &[u8], seen: &mut Vec<Seen>) {
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        let decoded = match decoder.decode(channel, bytes) {
            Ok(decoded) => decoded,
            Err(error) => {
                seen.push(Seen::Notice(
                    at.into(),
                    Notice::BadPacket {
                        problem: error.to_string(),
                    },
                ));
                return;
            }
        };
        for frame in &decoded.frames {
            let timed = self.clock.frame(at, frame);
            seen.extend(timed.gap.map(Seen::Gap));
            for sample in &timed.samples {
                self.attitude(sample, seen);
            }
        }
        seen.extend(decoded.notes.iter().filter_map(|note| match note {
            SensorNote::Battery(percent) => Some(Seen::Notice(
                at.into(),
                Notice::Battery { percent: *percent },
            )),
            SensorNote::Tap(taps) => Some(Seen::Tap(at.into(), *taps)),
            _ => None,
        }));
    }

    /// Takes one sample that has its time already.
    fn sample(&mut self, sample: &Sample, seen: &mut Vec<Seen>) {
        match self.clock.sample(sample) {
            Ok(gap) => {
                seen.extend(gap.map(Seen::Gap));
                self.attitude(sample, seen);
            }
            Err(refusal) => seen.push(Seen::Notice(
                sample.at,
                Notice::BadPacket {
                    problem: refusal.to_string(),
                },
            )),
        }
    }

    fn attitude(&mut self, sample: &Sample, seen: &mut Vec<Seen>) {
        self.has_gyro = sample.gyro.is_some();
        if sample.clipped
            && self
                .clip_told
                .is_none_or(|told| sample.at.seconds_since(told) >= 1.0)
        {
            self.clip_told = Some(sample.at);
            seen.push(Seen::Notice(sample.at, Notice::Clipped));
        }
        if let Some(attitude) = self.orientation.update(sample) {
            self.stillness.update(&attitude);
            seen.push(Seen::Attitude(attitude, self.stillness.still_seconds()));
        }
    }
}
