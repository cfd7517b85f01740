//! WitMotion sensors with Bluetooth LE: WT901BLECL, BWT901BLE5.0, WT901BLE68, WT9011DCL-BT50.
//!
//! Small boxes with an accelerometer and a gyroscope. They send one reading at a time, as soon as it is taken, with
//! neither clock nor number, so the time of a reading is rebuilt from arrivals and loss is only suspected
//! (`motion::clock`).
//!
//! | channel | characteristic | packets |
//! |---|---|---|
//! | [`NOTIFY`] | `0000ffe4-…805f9a34fb` | a stream of frames of 20 bytes, glued and cut (`stream`) |
//! | [`WRITE`] | `0000ffe9-…805f9a34fb` | commands of five bytes |
//!
//! The addresses are not those of the Bluetooth SIG: their last group has `9a` where the SIG's has `9b`.
//!
//! | byte of a frame | field |
//! |---|---|
//! | 0, 1 | `55 61` |
//! | 2..8 | acceleration x, y, z, `i16`, 16 g / 32768 |
//! | 8..14 | angular rate x, y, z, `i16`, 2000 °/s / 32768 |
//! | 14..20 | roll, pitch, yaw: not used, since they come from a filter that nobody can look into |
//!
//! `55 71`, a register and eight values answer a question; rate and battery are taken from them.
//!
//! The sensor frame is the one printed on the housing.
//!
//! Limits: a sensor that does not say its rate cannot be used. Angular rates below a dead band read as exactly zero, so
//! slow sway is seen by the accelerometer alone. The vibration sensor WTVB01 sends other fields under the same mark and
//! is not claimed.

// Frames out of bytes.
mod stream;
// What sets its rate.
mod talk;

use nalgebra::Vector3;

use self::stream::{Framer, Piece, Registers};
use self::talk::Opening;
use super::{
    Abilities, Advert, Decode, DecodeError, Decoded, Dialogue, Frame, Has, Reading, Script, Sensor,
    SensorNote, Subscription,
};
use crate::input::Channel;
use crate::units::{Acceleration, AngularRate};

const FAMILY: &str = "witmotion";

/// Readings and answers.
pub const NOTIFY: Channel = Channel(0);
/// Commands.
pub const WRITE: Channel = Channel(1);

/// In the order of the constants above.
const CHANNELS: [&str; 2] = [
    "0000ffe4-0000-1000-8000-00805f9a34fb",
    "0000ffe9-0000-1000-8000-00805f9a34fb",
];

const SERVICE: &str = "0000ffe5-0000-1000-8000-00805f9a34fb";

/// Registers that are looked at.
mod register {
    pub(super) const RATE: u8 = 0x03;
    pub(super) const BATTERY: u8 = 0x64;
}

/// g for each count.
const G: f64 = 16.0 / 32_768.0;

/// °/s for each count.
const DEGREES_PER_SECOND: f64 = 2000.0 / 32_768.0;

/// The rate until the sensor says its own, Hz: the one that is asked for as a rule.
const USUAL_RATE: f64 = 100.0;

/// The family of the sensors that speak in frames of 20 bytes.
#[derive(Clone, Copy, Debug)]
pub struct WitMotion;

impl Sensor for WitMotion {
    fn family(&self) -> &'static str {
        FAMILY
    }

    fn name(&self) -> &'static str {
        "WitMotion WT901BLE and kin"
    }

    fn channels(&self) -> &'static [&'static str] {
        &CHANNELS
    }

    fn decoder(&self) -> Box<dyn Decode> {
        Box::new(Decoder::default())
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            gyroscope: Has::Some("always, but slow turns read as zero (dead band)"),
            clock: Has::No,
            numbering: Has::No,
            cues: Has::No,
            rates: "50 or 100; not every unit reaches 100",
            delay: "below 0.1 s",
            axes: "as printed on the housing; found by calibrating",
            worn: None,
            remarks: "no clock and no numbers: loss is only suspected; close the maker's app; the rate is not saved; \
                models with classic Bluetooth (BWT901CL) and WTVB01 are not read",
            is_tried: false,
        }
    }

    fn claims(&self, advert: &Advert) -> bool {
        let of_another_kind = ["WTVB", "BWT901CL"];
        if of_another_kind.iter().any(|name| advert.name_begins(name)) {
            return false;
        }
        let names = ["WT901", "BWT901BLE"];
        names.iter().any(|name| advert.name_begins(name)) || advert.names_service(SERVICE)
    }

    fn service(&self) -> &'static str {
        SERVICE
    }

    fn subscriptions(&self) -> &'static [Subscription] {
        const TO: [Subscription; 1] = [Subscription::required(NOTIFY)];
        &TO
    }

    fn opening(&self, rate_hz: f64) -> Box<dyn Dialogue> {
        Box::new(Opening::new(rate_hz))
    }

    /// Nothing stops it but being left alone; the rate that was set goes with its power.
    fn closing(&self) -> Box<dyn Dialogue> {
        Box::new(Script::default())
    }
}

/// Reads one sensor.
#[derive(Clone, Debug)]
struct Decoder {
    framer: Framer,
    rate: f64,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder {
            framer: Framer::default(),
            rate: USUAL_RATE,
        }
    }
}

impl Decode for Decoder {
    fn decode(&mut self, channel: Channel, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        if channel != NOTIFY {
            return Err(DecodeError::UnknownChannel {
                family: FAMILY,
                channel: channel.0,
            });
        }
        let mut decoded = Decoded::default();
        let mut readings = Vec::new();
        for piece in self.framer.push(bytes) {
            match piece {
                Piece::Data(counts) => readings.push(reading(&counts)),
                Piece::Registers(registers) => decoded.notes.extend(self.registers(&registers)),
            }
        }
        if !readings.is_empty() {
            decoded.frames.push(Frame {
                index: None,
                time: None,
                restarted: false,
                nominal_rate: self.rate,
                readings,
            });
        }
        Ok(decoded)
    }

    fn reconnected(&mut self) {
        self.framer.clear();
    }
}

impl Decoder {
    fn registers(&mut self, registers: &Registers) -> Option<SensorNote> {
        let rate = registers.get(register::RATE).and_then(rate_of);
        self.rate = rate.unwrap_or(self.rate);
        let volts = f64::from(registers.get(register::BATTERY)?) / 100.0;
        charge(volts).map(SensorNote::Battery)
    }
}

fn reading(counts: &[i16; 9]) -> Reading {
    let [ax, ay, az, wx, wy, wz, ..] = counts.map(f64::from);
    Reading {
        accel: Acceleration::from_g(G * Vector3::new(ax, ay, az)),
        gyro: Some(AngularRate::from_degrees_per_second(
            DEGREES_PER_SECOND * Vector3::new(wx, wy, wz),
        )),
        clipped: counts[..6]
            .iter()
            .any(|count| [i16::MIN, i16::MAX].contains(count)),
    }
}

/// The rate of a code, Hz; `None` for those that do not stream.
fn rate_of(code: i16) -> Option<f64> {
    const RATES: [f64; 11] = [
        0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 125.0, 200.0,
    ];
    let place = usize::try_from(code).ok()?.checked_sub(1)?;
    RATES.get(place).copied()
}

/// Percent of charge at these volts, of one cell or two; `None` if that is no battery.
fn charge(volts: f64) -> Option<u8> {
    const ONE_CELL: [(f64, f64); 12] = [
        (3.40, 0.0),
        (3.50, 5.0),
        (3.68, 10.0),
        (3.70, 15.0),
        (3.73, 20.0),
        (3.77, 30.0),
        (3.79, 40.0),
        (3.82, 50.0),
        (3.87, 60.0),
        (3.93, 75.0),
        (3.96, 90.0),
        (3.99, 100.0),
    ];
    const TWO_CELLS: [(f64, f64); 6] = [
        (6.5, 0.0),
        (6.8, 10.0),
        (7.35, 30.0),
        (7.75, 60.0),
        (8.5, 90.0),
        (8.8, 100.0),
    ];
    if !(2.5..=10.0).contains(&volts) {
        return None;
    }
    let table: &[(f64, f64)] = if volts > 5.5 { &TWO_CELLS } else { &ONE_CELL };
    let reached = table.iter().rev().find(|(from, _)| volts >= *from);
    // The maker's table is one of steps: a charge counts once it is reached.
    Some(reached.map_or(0, |(_, percent)| *percent as u8))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
