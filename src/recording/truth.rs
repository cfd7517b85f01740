//! What is true of a session whose movement is known, in plain data.
//!
//! Written into the header of a synthetic recording, so that counts and verdicts can be measured
//! against it. Times are seconds on the session's axis, angles degrees, speeds °/s, and every
//! quantity is computed from the noise-free movement, never from what a sensor said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::input::{Placement, Side};

/// Everything known about one session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// What made the movement, with its version.
    pub generator: String,
    /// The seed it was made from.
    pub seed: u64,
    /// Which exercise was done.
    pub exercise: String,
    /// The wearer's height, m.
    pub height: f64,
    /// The repetitions, in order.
    pub reps: Vec<TrueRep>,
    /// The sets, in order.
    pub sets: Vec<TrueSet>,
    /// The stretches in which the wearer moved and did no repetition.
    pub not_reps: Vec<Stretch>,
    /// The stretches in which the wearer stood or lay still on purpose: neutral pose, start pose.
    pub still: Vec<Stretch>,
    /// The stretches of a sensor's readings that never reached the host.
    pub gaps: Vec<TrueGap>,
}

/// One repetition as it was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrueRep {
    /// The set it belongs to, from 1.
    pub set: u32,
    /// When the body left the pose before it.
    pub start: f64,
    /// When it was farthest from that pose; for a held repetition, the middle of the hold.
    pub turn: f64,
    /// When it was back in that pose.
    pub back: f64,
    /// When it was back and the hold there (if the exercise has one) was over.
    pub end: f64,
    /// Far enough to count as whole, by the exercise's full range.
    pub kind: RepKind,
    /// The side, where the exercise has sides: that of the leg.
    pub side: Option<Side>,
    /// The faults put into it on purpose, by name. Which rules are true is for `quantities` to say.
    pub faults: Vec<String>,
    /// Measured on the noise-free movement, by name.
    pub quantities: BTreeMap<String, f64>,
}

/// Whether a repetition went the whole way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepKind {
    /// At least the full range of the exercise.
    Full,
    /// Less than that.
    Partial,
}

/// One set as it was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrueSet {
    /// From 1.
    pub set: u32,
    /// Start of its first repetition.
    pub start: f64,
    /// End of its last repetition.
    pub end: f64,
    /// The faults put into the whole set on purpose, by name.
    pub faults: Vec<String>,
    /// Trends over its repetitions, measured on the noise-free movement, by name.
    pub quantities: BTreeMap<String, f64>,
}

/// A stretch of time and what it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// Its start.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// In a word or two.
    pub what: String,
}

/// Readings that were taken and never arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrueGap {
    /// The sensor's place on the body.
    pub placement: Placement,
    /// When the first missing reading was taken.
    pub from: f64,
    /// When the last missing reading was taken.
    pub to: f64,
}
