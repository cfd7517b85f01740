//! Sensor time to session time, and what is missing.
//!
//! Arrival says little about when a reading was taken: packets wait, bunch up and stall. The sensor's
//! own clock, or the plain count of its readings, is even, but begins anywhere and runs at a rate of
//! its own. So readings are laid on the sensor's axis (`axis`), the axis is laid under the earliest
//! arrivals (`envelope`), and when the fit learns better, emitted time follows at a rate nobody's
//! integral notices.
//!
//! ```text
//! Frame ─► axis: place, what is missing ─► envelope: session time ─► slew ─► Sample
//!                                            ▲ arrival
//! ```
//!
//! | the sensor | axis | loss | rate within |
//! |---|---|---|---|
//! | stamps and counts | stamps, smoothed | counted | ±200 ppm of its clock |
//! | stamps | stamps, smoothed | from the stamps | ±200 ppm of its clock |
//! | counts | count / rate | counted | ±3 % of the declared rate, else measured anew |
//! | neither | arrived / rate | suspected from a lasting shift (`suspicion`) | the same |
//!
//! Limits: all times are late by the link's smallest delay, which nobody here can know (about 20 ms and the
//! packet's own length).

mod axis;
mod envelope;
mod imported;
mod meter;
mod suspicion;

use serde::{Deserialize, Serialize};

use self::axis::{Axis, Kind, Missing, Placed, Span};
use self::envelope::{Envelope, Limits};
use self::imported::Imported;
pub use self::imported::Refusal;
pub use self::meter::{ClockFigures, DelayFigures, Figures, Meter};
use self::suspicion::Suspicion;
use crate::input::Sample;
use crate::sensors::Frame;
use crate::units::{HostTime, SessionTime};

/// What people choose about the clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Largest difference between a sensor's clock and the host's, parts. Crystals are within 20
    /// millionths; two opposite and old ones stay below 200 millionths.
    pub clock_drift: f64,
    /// Largest difference between a declared and a true sample rate, parts. Motion sensors' oscillators
    /// are off by 1 % as a rule and by 3 % at worst; a rate beyond that is measured anew.
    pub rate_error: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            clock_drift: 200e-6,
            rate_error: 0.03,
        }
    }
}

/// A stretch without samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// The last sample before.
    pub from: SessionTime,
    /// The first sample after.
    pub to: SessionTime,
    /// Readings lost, where the sensor's count or clock tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u32>,
    /// Concluded from arrivals or from a paused clock, not counted: samples near it may bear times that
    /// are off.
    #[serde(default)]
    pub suspected: bool,
}

/// What a frame became.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timed {
    /// Its readings in session time, strictly later than all before.
    pub samples: Vec<Sample>,
    /// What is missing before the first of them.
    pub gap: Option<Gap>,
}

/// The time of one sensor.
#[derive(Clone, Debug)]
pub struct Clock {
    settings: Settings,
    axis: Axis,
    mapping: Option<Mapping>,
    suspicion: Suspicion,
    last_arrival: f64,
    last_emitted: Option<SessionTime>,
    /// Readings left out so far, while emitted time is too far ahead to be slowed down.
    ahead: Option<u32>,
    imported: Imported,
}

/// The axis in session time, and how far emission has come on both.
#[derive(Clone, Debug)]
struct Mapping {
    envelope: Envelope,
    place: f64,
    seconds: f64,
    scale: f64,
}

/// Emitted time follows a better fit within about this long, seconds.
const SLEW_TIME: f64 = 5.0;

/// It never runs wrong by more than this share for small corrections: a gyroscope's own scale is worse.
const SLEW: f64 = 0.005;

/// And by this much more for each second to be made up for, as after a stream that begins with a stall.
const SLEW_PER_SECOND: f64 = 0.05;

/// Beyond this a correction is a step and a gap, seconds.
const STEP: f64 = 1.5;

impl Clock {
    /// A clock that has seen nothing.
    pub fn new(settings: Settings) -> Clock {
        Clock {
            settings,
            axis: Axis::new(),
            mapping: None,
            suspicion: Suspicion::default(),
            last_arrival: f64::NEG_INFINITY,
            last_emitted: None,
            ahead: None,
            imported: Imported::default(),
        }
    }

    /// The link was lost and is back: a sensor that numbers nothing starts a new stretch, and one whose
    /// clock went backwards is believed at once.
    pub fn reconnected(&mut self) {
        self.axis.reconnected();
    }

    /// Gives the readings of a frame, which arrived at `at`, their times.
    ///
    /// Readings that came before, and frames whose numbers fit nowhere, give none.
    pub fn frame(&mut self, at: HostTime, frame: &Frame) -> Timed {
        if frame.readings.is_empty() {
            return Timed::default();
        }
        let arrival = at.seconds().max(self.last_arrival);
        self.last_arrival = arrival;
        let latest = self.mapping.as_ref().map_or(f64::INFINITY, |mapping| {
            mapping.place + mapping.envelope.lateness(mapping.place, arrival)
        });
        match self.axis.place(frame, latest) {
            Placed::Stale => Timed::default(),
            Placed::Anew(span) => {
                let gap = self.begin(arrival, &span, frame.readings.len());
                self.emit(frame, &span, gap)
            }
            Placed::Follows(span) => self.follow(arrival, frame, span),
        }
    }

    /// Looks at a sample that has its time already, as imported files have: the gap before it, if there
    /// is one.
    ///
    /// # Errors
    /// A sample that is not to be used, and why. It changes nothing.
    pub fn sample(&mut self, sample: &Sample) -> Result<Option<Gap>, Refusal> {
        self.imported.check(sample)
    }

    /// Readings per second of session time as measured so far, Hz; `None` before the first frame.
    pub fn rate(&self) -> Option<f64> {
        let mapping = self.mapping.as_ref()?;
        Some(1.0 / (self.axis.step() * mapping.envelope.scale()))
    }

    fn begin(&mut self, arrival: f64, span: &Span, readings: usize) -> Option<Missed> {
        let stamped = self.axis.kind() == Kind::Stamped;
        let limits = if stamped {
            Limits {
                slope: self.settings.clock_drift,
                level_before: 30.0,
            }
        } else {
            Limits {
                slope: self.settings.rate_error,
                level_before: 10.0,
            }
        };
        let envelope = Envelope::new(span.end(readings), arrival, limits);
        let earliest = self
            .mapping
            .as_ref()
            .map(|before| before.seconds + 0.5 * span.step);
        let seconds = envelope.time_of(span.first);
        let seconds = earliest.map_or(seconds, |earliest| seconds.max(earliest));
        self.mapping = Some(Mapping {
            envelope,
            place: span.first,
            seconds,
            scale: 1.0,
        });
        self.suspicion = Suspicion::default();
        self.ahead = None;
        self.last_emitted.map(|_| Missed {
            lost: None,
            suspected: false,
        })
    }

    fn follow(&mut self, arrival: f64, frame: &Frame, mut span: Span) -> Timed {
        let readings = frame.readings.len();
        let Some(mapping) = &mut self.mapping else {
            return Timed::default();
        };
        let mut missed = match span.missing {
            Missing::Nothing => None,
            Missing::Readings(lost) => Some(Missed {
                lost: Some(lost),
                suspected: false,
            }),
            Missing::Unknown => Some(Missed {
                lost: None,
                suspected: true,
            }),
        };
        if self.axis.kind() == Kind::Arrived {
            let lateness = mapping.envelope.lateness(span.end(readings), arrival);
            let seconds = span.step * readings as f64;
            if let Some(lost) = self.suspicion.watch(arrival, lateness, seconds, span.step) {
                self.axis.insert(lost);
                span.first += f64::from(lost) * span.step;
                missed = Some(Missed {
                    lost: None,
                    suspected: true,
                });
            }
        }
        if !self.suspicion.is_open() {
            mapping.envelope.add(span.end(readings), arrival);
        }
        let missed = match mapping.wait(&span, readings, &mut self.ahead) {
            Wait::On => return Timed::default(),
            Wait::Over(lost) => Some(Missed {
                lost: Some(lost),
                suspected: false,
            }),
            Wait::No => mapping.go_on(&span, missed),
        };
        let timed = self.emit(frame, &span, missed);
        self.measure_rate_anew(arrival);
        timed
    }

    /// A count that runs at a rate far from the declared one gets the rate that was measured.
    fn measure_rate_anew(&mut self, arrival: f64) {
        if self.axis.kind() == Kind::Stamped || self.suspicion.is_open() {
            return;
        }
        let Some(mapping) = &mut self.mapping else {
            return;
        };
        let Some(scale) = mapping.envelope.scale_beyond_limits() else {
            return;
        };
        self.axis.set_count_rate(1.0 / (self.axis.step() * scale));
        let limits = Limits {
            slope: self.settings.rate_error,
            level_before: 10.0,
        };
        let on_time = mapping
            .envelope
            .time_without_limits(mapping.place)
            .min(arrival);
        mapping.envelope = Envelope::new(mapping.place, on_time, limits);
        mapping.scale = 1.0;
    }

    fn emit(&mut self, frame: &Frame, span: &Span, missed: Option<Missed>) -> Timed {
        let mut timed = Timed::default();
        let Some(mapping) = &mut self.mapping else {
            return timed;
        };
        timed.samples.reserve_exact(frame.readings.len());
        let pace = mapping.pace();
        let (place, seconds) = (mapping.place, mapping.seconds);
        for (k, reading) in frame.readings.iter().skip(span.skip).enumerate() {
            mapping.place = span.first + span.step * k as f64;
            mapping.seconds = seconds + (mapping.place - place) * pace;
            let at = SessionTime::from_seconds(mapping.seconds);
            // False only where time has reached its end.
            if self.last_emitted.is_none_or(|last| at > last) {
                timed.gap = timed
                    .gap
                    .or(missed.and_then(|missed| missed.between(self.last_emitted, at)));
                self.last_emitted = Some(at);
                timed.samples.push(Sample {
                    at,
                    accel: reading.accel,
                    gyro: reading.gyro,
                    clipped: reading.clipped,
                });
            }
        }
        timed
    }
}

/// Why there is a gap.
#[derive(Clone, Copy, Debug)]
struct Missed {
    lost: Option<u32>,
    suspected: bool,
}

impl Missed {
    fn between(self, from: Option<SessionTime>, to: SessionTime) -> Option<Gap> {
        from.map(|from| Gap {
            from,
            to,
            lost: self.lost,
            suspected: self.suspected,
        })
    }
}

/// Whether readings are left out until session time has caught up with what was emitted.
enum Wait {
    No,
    On,
    Over(u32),
}

impl Mapping {
    /// A stream that began with a long stall was taken for later than it is, and time cannot go back:
    /// leaves readings out until it fits again.
    fn wait(&mut self, span: &Span, readings: usize, ahead: &mut Option<u32>) -> Wait {
        let behind = self.seconds - self.envelope.time_of(span.first);
        match *ahead {
            None if behind <= STEP => Wait::No,
            Some(left_out) if behind < 0.0 => {
                *ahead = None;
                self.place = span.first;
                self.seconds -= behind;
                self.scale = self.envelope.scale();
                Wait::Over(left_out)
            }
            left_out => {
                let more = u32::try_from(readings).unwrap_or(u32::MAX);
                *ahead = Some(left_out.unwrap_or(0).saturating_add(more));
                Wait::On
            }
        }
    }

    /// Moves emission on to the first reading of a frame. Where readings are missing there is room to
    /// correct time.
    fn go_on(&mut self, span: &Span, missed: Option<Missed>) -> Option<Missed> {
        let passed = (span.first - self.place).max(0.0);
        self.scale += (self.envelope.scale() - self.scale) * passed / (SLEW_TIME + passed);
        let even = self.seconds + passed * self.pace();
        let fitted = self.envelope.time_of(span.first);
        let far = (fitted - even).abs() > STEP;
        self.seconds = if missed.is_some() || far && fitted > even {
            fitted.max(self.seconds + 0.5 * passed)
        } else {
            even
        };
        self.place = span.first;
        missed.or(far
            .then_some(Missed {
                lost: None,
                suspected: true,
            })
            .filter(|_| fitted > even))
    }

    /// Session seconds in one second of the axis for the readings to come, with a slow correction of
    /// what is off.
    fn pace(&self) -> f64 {
        let off = self.envelope.time_of(self.place) - self.seconds;
        let most = SLEW + SLEW_PER_SECOND * off.abs().min(STEP);
        self.scale + (off / SLEW_TIME).clamp(-most, most)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
