//! Everything that can reach the coach, and all that is recorded.
//!
//! Sources make [`Input`]s, recordings store them, the coach turns them into events. The wearer's
//! commands and the passing of time are inputs too, so a replay needs nothing but the file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::units::{Acceleration, AngularRate, HostTime, SessionTime};

/// Which of the session's sensors speaks: its place in the plan's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SensorId(pub u8);

/// Which of a sensor's characteristics a packet came from: its place in the driver's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Channel(pub u8);

/// The wearer's left or right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The wearer's left.
    Left,
    /// The wearer's right.
    Right,
}

/// The part of the body, or the thing held, that a sensor moves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Segment {
    /// The rib cage and thoracic spine.
    Thorax,
    /// The pelvis.
    Pelvis,
    /// The upper leg.
    Thigh,
    /// The lower leg.
    Shank,
    /// The lower arm.
    Forearm,
    /// A barbell or other held bar.
    Bar,
}

/// Where on the body a sensor is worn (`T7`, `ST`, `SA`, `AP`, `TH`, `AN`, `WR`, `BB`; limbs may name a side: `TH-L`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placement {
    /// `T7`: on the back between the shoulder blades.
    T7,
    /// `ST`: on the sternum or a chest strap.
    Sternum,
    /// `SA`: on the sacrum, at the belt.
    Sacrum,
    /// `AP`: on the front of the pelvis, at the belt between the hip points.
    FrontPelvis,
    /// `TH`: on the thigh.
    Thigh(Option<Side>),
    /// `AN`: at the ankle.
    Ankle(Option<Side>),
    /// `WR`: at the wrist.
    Wrist(Option<Side>),
    /// `BB`: on the barbell.
    Bar,
}

impl Placement {
    /// Every placement that may be written, without sides.
    pub const CODES: [&'static str; 8] = ["T7", "ST", "SA", "AP", "TH", "AN", "WR", "BB"];

    /// The body segment that a sensor worn here moves with.
    pub fn segment(self) -> Segment {
        match self {
            Placement::T7 | Placement::Sternum => Segment::Thorax,
            Placement::Sacrum | Placement::FrontPelvis => Segment::Pelvis,
            Placement::Thigh(_) => Segment::Thigh,
            Placement::Ankle(_) => Segment::Shank,
            Placement::Wrist(_) => Segment::Forearm,
            Placement::Bar => Segment::Bar,
        }
    }

    /// The side of the body, where the placement names one.
    pub fn side(self) -> Option<Side> {
        match self {
            Placement::Thigh(side) | Placement::Ankle(side) | Placement::Wrist(side) => side,
            _ => None,
        }
    }

    /// The same place without its side: the form in which exercises name placements.
    pub fn without_side(self) -> Placement {
        match self {
            Placement::Thigh(_) => Placement::Thigh(None),
            Placement::Ankle(_) => Placement::Ankle(None),
            Placement::Wrist(_) => Placement::Wrist(None),
            other => other,
        }
    }

    /// The place in words, for people.
    pub fn description(self) -> &'static str {
        match self {
            Placement::T7 => "upper back, between the shoulder blades",
            Placement::Sternum => "chest strap",
            Placement::Sacrum => "sacrum, at the belt",
            Placement::FrontPelvis => "front of the pelvis, at the belt",
            Placement::Thigh(None) => "thigh",
            Placement::Thigh(Some(Side::Left)) => "left thigh",
            Placement::Thigh(Some(Side::Right)) => "right thigh",
            Placement::Ankle(None) => "ankle",
            Placement::Ankle(Some(Side::Left)) => "left ankle",
            Placement::Ankle(Some(Side::Right)) => "right ankle",
            Placement::Wrist(None) => "wrist",
            Placement::Wrist(Some(Side::Left)) => "left wrist",
            Placement::Wrist(Some(Side::Right)) => "right wrist",
            Placement::Bar => "barbell",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Placement::T7 => "T7",
            Placement::Sternum => "ST",
            Placement::Sacrum => "SA",
            Placement::FrontPelvis => "AP",
            Placement::Thigh(_) => "TH",
            Placement::Ankle(_) => "AN",
            Placement::Wrist(_) => "WR",
            Placement::Bar => "BB",
        }
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self.side() {
            Some(Side::Left) => f.write_str("-L"),
            Some(Side::Right) => f.write_str("-R"),
            None => Ok(()),
        }
    }
}

/// A placement code that is not one of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no placement `{0}`; use one of {codes} (limbs may name a side, as in TH-L)", codes = Placement::CODES.join(", "))]
pub struct UnknownPlacement(String);

impl FromStr for Placement {
    type Err = UnknownPlacement;

    fn from_str(text: &str) -> Result<Placement, UnknownPlacement> {
        let upper = text.trim().to_ascii_uppercase();
        let (code, side) = match upper.split_once('-') {
            Some((code, "L")) => (code, Some(Side::Left)),
            Some((code, "R")) => (code, Some(Side::Right)),
            Some(_) => return Err(UnknownPlacement(text.to_owned())),
            None => (upper.as_str(), None),
        };
        match (code, side) {
            ("T7", None) => Ok(Placement::T7),
            ("ST", None) => Ok(Placement::Sternum),
            ("SA", None) => Ok(Placement::Sacrum),
            ("AP", None) => Ok(Placement::FrontPelvis),
            ("TH", side) => Ok(Placement::Thigh(side)),
            ("AN", side) => Ok(Placement::Ankle(side)),
            ("WR", side) => Ok(Placement::Wrist(side)),
            ("BB", None) => Ok(Placement::Bar),
            _ => Err(UnknownPlacement(text.to_owned())),
        }
    }
}

impl Serialize for Placement {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Placement {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Placement, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(<D::Error as serde::de::Error>::custom)
    }
}

/// One reading of a motion sensor, in the sensor's own frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it was measured, on the session's axis.
    pub at: SessionTime,
    /// Specific force.
    pub accel: Acceleration,
    /// Angular rate, where the sensor has a gyroscope.
    pub gyro: Option<AngularRate>,
    /// The sensor says that some axis hit the end of its range.
    pub clipped: bool,
}

/// What happened to the connection with a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LinkChange {
    /// The sensor streams (again).
    Connected,
    /// The sensor went away.
    Lost,
    /// Charge left.
    Battery {
        /// 0 to 100.
        percent: u8,
    },
    /// Strength of the radio signal.
    Rssi {
        /// Decibel-milliwatts, negative.
        dbm: i8,
    },
}

/// What the wearer, or the person beside them, asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Go on without waiting: to the next step of the set-up, out of a rest, on after a pause.
    Next,
    /// The next rep begins a set of its own: one that is under way is ended.
    Start,
    /// End the set, keep the session.
    Stop,
    /// It hurts: end the set at once.
    Pain,
    /// Do the calibration again.
    Recalibrate,
    /// The last counted rep of the set under way was not one; said again, the one before it.
    Undo,
    /// A rep of the set under way was done and not counted.
    Missed,
}

/// Everything that can reach the coach.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A notification, raw.
    Packet {
        /// Who sent it.
        sensor: SensorId,
        /// When it arrived.
        at: HostTime,
        /// Which characteristic it came from.
        channel: Channel,
        /// The bytes as they came.
        bytes: Vec<u8>,
    },
    /// A sample from an imported file that has no packets.
    Sample {
        /// Whose it is.
        sensor: SensorId,
        /// The reading.
        sample: Sample,
    },
    /// The connection changed.
    Link {
        /// Whose connection.
        sensor: SensorId,
        /// When.
        at: HostTime,
        /// How.
        change: LinkChange,
    },
    /// The wearer asked for something.
    Command {
        /// When.
        at: HostTime,
        /// What.
        command: Command,
    },
    /// Time passes by being told.
    Tick {
        /// Now.
        at: HostTime,
    },
}

impl Input {
    /// When this input reached the host; for an imported sample, when it was measured.
    pub fn at(&self) -> SessionTime {
        match self {
            Input::Packet { at, .. }
            | Input::Link { at, .. }
            | Input::Command { at, .. }
            | Input::Tick { at } => SessionTime::from(*at),
            Input::Sample { sample, .. } => sample.at,
        }
    }
}
