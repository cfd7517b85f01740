//! The control point: what is asked, what is answered, and the settings in between.
//!
//! | request | bytes |
//! |---|---|
//! | get settings | `01 type` |
//! | start | `02 type` and one value of every setting that was offered |
//! | stop | `03 type` |
//! | which measurements run | `05` |
//!
//! | value of the characteristic | bytes |
//! |---|---|
//! | what the device has (read) | `0F`, then bits, see [`Features`] |
//! | an answer (indication) | `F0`, opcode, type, status, more, parameters |
//! | it stopped by itself (indication) | `01`, then the types |
//!
//! Parameters are settings: `type u8`, `count u8`, `count` values in little-endian order.

/// What can be measured, by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measurement(pub(super) u8);

impl Measurement {
    pub(super) const ACC: Measurement = Measurement(2);
    pub(super) const GYRO: Measurement = Measurement(5);
    pub(super) const MAG: Measurement = Measurement(6);
    /// No measurement, but switched like one.
    pub(super) const SDK_MODE: Measurement = Measurement(9);

    /// The number without the bits that say where it is stored.
    pub(super) fn from_byte(byte: u8) -> Measurement {
        Measurement(byte & 0x3f)
    }

    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Measurement::ACC => "acceleration",
            Measurement::GYRO => "angular rate",
            _ => "another measurement",
        }
    }
}

/// First bytes of requests.
pub(super) mod opcode {
    pub(in super::super) const SETTINGS: u8 = 1;
    pub(in super::super) const START: u8 = 2;
    pub(in super::super) const STOP: u8 = 3;
    pub(in super::super) const SDK_SETTINGS: u8 = 4;
    pub(in super::super) const RUNNING: u8 = 5;
}

/// The answers' numbers that something follows from; [`why`] has words for all.
pub(super) mod status {
    pub(in super::super) const ALREADY: u8 = 6;
    pub(in super::super) const WRONG_STATE: u8 = 12;
}

/// The longest answer that is pieced together, bytes: more than ten times the longest known.
const LONGEST_ANSWER: usize = 1024;

/// What the device has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Features {
    pub(super) acc: bool,
    pub(super) gyro: bool,
    /// It can be switched to faster rates.
    pub(super) sdk_mode: bool,
}

impl Features {
    const MARK: u8 = 0x0f;

    fn from_bits(measurements: u8, more: u8) -> Features {
        Features {
            acc: measurements & (1 << 2) != 0,
            gyro: measurements & (1 << 5) != 0,
            sdk_mode: more & (1 << 1) != 0,
        }
    }
}

/// A value of the characteristic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said<'a> {
    /// Read: what the device has.
    Features(Features),
    /// An answer, or a part of one.
    Part(Part<'a>),
    /// The device stopped these measurements by itself.
    Stopped(&'a [u8]),
}

/// One indication of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    opcode: u8,
    kind: u8,
    status: u8,
    more: bool,
    parameters: &'a [u8],
}

impl Said<'_> {
    /// Reads a value; the error says what was expected.
    pub(super) fn parse(bytes: &[u8]) -> Result<Said<'_>, String> {
        match *bytes {
            [Features::MARK, measurements, more, ..] => {
                Ok(Said::Features(Features::from_bits(measurements, more)))
            }
            [Features::MARK, measurements] => {
                Ok(Said::Features(Features::from_bits(measurements, 0)))
            }
            [0xf0, opcode, kind, status, ref rest @ ..] => {
                let (more, parameters) = rest.split_first().unwrap_or((&0, &[]));
                Ok(Said::Part(Part {
                    opcode,
                    kind,
                    status,
                    // After an error nothing follows, whatever stands here.
                    more: *more != 0 && status == 0,
                    parameters,
                }))
            }
            [0x01, ref kinds @ ..] => Ok(Said::Stopped(kinds)),
            _ => Err(format!(
                "control point: expected 0F, F0 with 4 bytes or 01, got {} bytes that begin with {:02X?}",
                bytes.len(),
                bytes.get(..2).unwrap_or(bytes),
            )),
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) opcode: u8,
    pub(super) kind: u8,
    pub(super) status: u8,
    pub(super) parameters: Vec<u8>,
}

/// Pieces answers together that came in several indications.
#[derive(Clone, Debug, Default)]
pub(super) struct Assembler {
    open: Option<Answer>,
}

impl Assembler {
    /// Takes a part; gives the answer that it completes.
    pub(super) fn push(&mut self, part: Part<'_>) -> Option<Answer> {
        let before = self
            .open
            .take()
            .filter(|open| (open.opcode, open.kind) == (part.opcode, part.kind));
        let mut answer = before.unwrap_or_else(|| Answer {
            opcode: part.opcode,
            kind: part.kind,
            status: 0,
            parameters: Vec::new(),
        });
        answer.status = part.status;
        if answer.parameters.len() + part.parameters.len() > LONGEST_ANSWER {
            return None;
        }
        answer.parameters.extend_from_slice(part.parameters);
        if part.more {
            self.open = Some(answer);
            return None;
        }
        Some(answer)
    }
}

/// One setting with the values that are offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) kind: u8,
    pub(super) values: Vec<u32>,
}

/// Types of settings.
pub(super) mod setting {
    pub(in super::super) const RATE: u8 = 0;
    pub(in super::super) const RESOLUTION: u8 = 1;
    pub(in super::super) const RANGE: u8 = 2;
    pub(in super::super) const MILLI_RANGE: u8 = 3;
    pub(in super::super) const CHANNELS: u8 = 4;
    pub(in super::super) const FACTOR: u8 = 5;
    pub(in super::super) const SECURITY: u8 = 6;
}

/// Bytes of one value, where the type is known.
fn value_len(kind: u8) -> Option<usize> {
    match kind {
        setting::RATE | setting::RESOLUTION | setting::RANGE => Some(2),
        setting::MILLI_RANGE | setting::FACTOR => Some(4),
        setting::CHANNELS => Some(1),
        setting::SECURITY => Some(16),
        _ => None,
    }
}

/// Reads parameters as far as they can be read: some answers end in a stray byte, and newer ones may hold unknown types.
pub(super) fn settings(mut parameters: &[u8]) -> Vec<Setting> {
    let mut found = Vec::new();
    while let [kind, count, rest @ ..] = parameters {
        let Some(length) = value_len(*kind) else {
            break;
        };
        let Some((values, rest)) = rest.split_at_checked(length * usize::from(*count)) else {
            break;
        };
        parameters = rest;
        if *kind != setting::SECURITY {
            let values = values.chunks_exact(length).map(little_endian).collect();
            found.push(Setting {
                kind: *kind,
                values,
            });
        }
    }
    found
}

/// Up to four bytes as a number.
fn little_endian(bytes: &[u8]) -> u32 {
    let shifted = (0..).step_by(8).zip(bytes);
    shifted.fold(0, |number, (shift, byte)| {
        number | u32::from(*byte) << shift
    })
}

/// The conversion factor in the parameters of an answer to *start*, where there is a sound one.
pub(super) fn factor(parameters: &[u8]) -> Option<f64> {
    let settings = settings(parameters);
    let factor = settings.iter().find(|one| one.kind == setting::FACTOR)?;
    let factor = f64::from(f32::from_bits(*factor.values.first()?));
    (factor.is_finite() && factor > 0.0).then_some(factor)
}

/// One value for each setting that was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    values: Vec<(u8, u32)>,
}

/// The rate that is looked for, Hz: packets fill in a fifth of a second, and no radio is at its limit.
const WANTED_RATE: f64 = 200.0;

impl Choice {
    /// One value of each: what coaching wants, or the nearest that there is.
    ///
    /// It depends on nothing but the offer, since a decoder has only the recorded offer to know it by.
    pub(super) fn of(measurement: Measurement, offered: &[Setting]) -> Choice {
        // Lifting stays below ±8 g, and trunks turn far slower than ±2000 °/s: where both fit, the next range is chosen.
        let range = if measurement == Measurement::GYRO {
            2000
        } else {
            8
        };
        let choose = |one: &Setting| {
            let value = match one.kind {
                setting::RATE => nearest_rate(&one.values),
                setting::RANGE => at_least(range, &one.values),
                setting::MILLI_RANGE => at_least(1000 * range, &one.values),
                setting::FACTOR | setting::SECURITY => None,
                _ => one.values.iter().copied().max(),
            };
            value.map(|value| (one.kind, value))
        };
        Choice {
            values: offered.iter().filter_map(choose).collect(),
        }
    }

    /// A choice that is already made, in this order.
    #[cfg(test)]
    pub(super) fn from_values(values: Vec<(u8, u32)>) -> Choice {
        Choice { values }
    }

    /// Samples a second.
    pub(super) fn rate(&self) -> Option<f64> {
        self.value(setting::RATE).map(f64::from)
    }

    /// The end of the range, in the unit of the measurement.
    pub(super) fn range(&self) -> Option<f64> {
        let whole = self.value(setting::RANGE).map(f64::from);
        whole.or_else(|| Some(f64::from(self.value(setting::MILLI_RANGE)?) / 1000.0))
    }

    fn value(&self, kind: u8) -> Option<u32> {
        let mut values = self.values.iter();
        values.find(|(of, _)| *of == kind).map(|(_, value)| *value)
    }

    /// The request to start with it.
    pub(super) fn start(&self, measurement: Measurement) -> Vec<u8> {
        let mut bytes = vec![opcode::START, measurement.0];
        for (kind, value) in &self.values {
            let length = value_len(*kind).unwrap_or(0).min(4);
            bytes.extend([*kind, 1]);
            bytes.extend(&value.to_le_bytes()[..length]);
        }
        bytes
    }
}

/// The smallest that is not below, else the largest.
fn at_least(wanted: u32, values: &[u32]) -> Option<u32> {
    let enough = values.iter().filter(|value| **value >= wanted).min();
    enough.or_else(|| values.iter().max()).copied()
}

fn nearest_rate(values: &[u32]) -> Option<u32> {
    let off = |value: &u32| (f64::from(*value) / WANTED_RATE).ln().abs();
    let rates = values.iter().filter(|value| **value > 0);
    rates.min_by(|a, b| off(a).total_cmp(&off(b))).copied()
}

/// Why the device did not do it, and what to do.
pub(super) fn why(status: u8) -> &'static str {
    match status {
        1..=3 => "it does not know this measurement; update its firmware in the maker's app",
        4 | 5 | 7 | 8 | 9 | 11 => {
            "it does not take the settings that it offered; switch it off and on, and update its firmware in the maker's app"
        }
        status::ALREADY => "it measures already and does not stop; switch it off and on",
        10 => {
            "the packets of this connection are too small for it (MTU below 232); disconnect, switch Bluetooth off and on, and connect again"
        }
        status::WRONG_STATE => {
            "it is busy with another measurement; close other apps that use it, or switch it off and on"
        }
        13 => "it is in its charger; take it out and put it on",
        14 => "its memory is full; empty it in the maker's app",
        _ => "it gave a reason that this version does not know; switch it off and on",
    }
}
