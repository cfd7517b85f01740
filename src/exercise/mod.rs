//! Exercises as data: how a repetition looks, what is asked of it, and who says so.
//!
//! An exercise is one TOML file (`exercises/*.toml`, embedded at build; the user may give their own).
//! It chooses from a fixed vocabulary ([`crate::exercise::Quantity`], [`crate::exercise::SignalAngle`])
//! and holds limits, cues and sources; it holds no code and no expressions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::input::Placement;

/// The fixed vocabulary of what rules may measure.
mod quantity;

/// What can be wrong with a file.
mod error;

/// The fields of a file.
mod schema;

/// A file as a tree that knows its lines.
mod document;

/// Each field of a file by itself.
mod fields;

/// How the values of a file fit together.
mod check;

/// The same for one rule.
mod check_rule;

/// The same for what a hold has instead of a movement.
mod check_hold;

/// The same for what an exercise of posture has instead of repetitions.
mod check_posture;

/// Text to exercise, and the built-in ones.
mod library;

/// What the worn sensors can count and judge.
mod worn;

pub use error::{ExerciseError, Problem};
pub use library::{BuiltIn, NotCovered, built_in, library, not_covered};
pub use quantity::{MeasuredOn, Quantity, Scope, Unit};
pub use worn::{CountedBy, Limits, NotJudged};

/// What programme files are read with as well.
pub(crate) mod reading {
    pub(crate) use super::check::Findings;
    pub(crate) use super::document::{Document, Fault, Step};
    pub(crate) use super::error::{list, nearest, shown, suggestion};
    pub(crate) use super::fields::is_name;
    pub(crate) use super::library::{embedded, problems, read_checked};
    pub(crate) use super::schema::{Holds, LINE, NAME, PARAGRAPH, Shape, optional, required};
}

/// One exercise, complete: what is moved, how it is counted, how it is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// The name typed on the command line, such as `hyperext_45`.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// One or two sentences: what it is.
    pub summary: String,
    /// Other names that find it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The version of this definition; raised with each change of a limit.
    pub version: u32,
    /// Whether repetitions are done, a posture is kept for hours, or nothing was named.
    #[serde(default, skip_serializing_if = "Kind::is_reps")]
    pub kind: Kind,
    /// How to set up, in the order in which it is done.
    #[serde(default)]
    pub setup: Vec<String>,
    /// The pose from which a repetition starts; for a posture, the one from which its angles count; of no meaning for whatever is done.
    #[serde(default, skip_serializing_if = "Pose::is_none")]
    pub pose: Pose,
    /// How a repetition goes; of no meaning for a posture.
    #[serde(default, skip_serializing_if = "RepShape::is_none")]
    pub rep: RepShape,
    /// How long the pose is held; for a hold only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldShape>,
    /// What tells that the pose is held: the first one whose placement is worn decides. For a hold only.
    #[serde(default, rename = "test", skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<HoldTest>,
    /// Recommended amount; of no meaning for a posture.
    #[serde(default, skip_serializing_if = "Dose::is_none")]
    pub dose: Dose,
    /// What can be counted with which sensor, best first: the first one whose placement is worn counts. None for a posture.
    #[serde(default, rename = "signal", skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// The wearer is told so many things in any hour, at most; for a posture only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_nudges_per_hour: Option<u32>,
    /// What no worn sensor can see here, in plain words.
    #[serde(default)]
    pub cannot_see: Vec<String>,
    /// Choices of the wearer that shift limits, with their defaults, such as `allow_past_line_deg`.
    #[serde(default)]
    pub settings: BTreeMap<String, f64>,
    /// How far the wearer may move a setting: `[least, most]`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bounds: BTreeMap<String, [f64; 2]>,
    /// What is judged.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
    /// Where the numbers come from: key as used in `source` fields, full reference.
    #[serde(default)]
    pub sources: BTreeMap<String, String>,
}

/// What an exercise is made of.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Repetitions in sets.
    #[default]
    Reps,
    /// A pose that is held, some times in a set.
    Hold,
    /// Hours of a posture: nothing is counted, and rules speak of what lasts for minutes.
    Posture,
    /// Whatever is done: nothing was named, and what repeats itself is counted.
    Auto,
}

impl Kind {
    /// Whether one exercise is done in sets, so that it can be a step of a programme.
    pub const fn is_in_sets(self) -> bool {
        matches!(self, Kind::Reps | Kind::Hold)
    }

    fn is_reps(&self) -> bool {
        *self == Kind::Reps
    }
}

/// The pose from which a repetition starts, held still before the first one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pose {
    /// In plain words, as told to the wearer.
    pub description: String,
    /// Inclination θ of thorax and pelvis in this pose, degrees: 0 upright, 90 chest-down.
    pub theta_deg: f64,
    /// How far a person's own start pose may lie from it, degrees; beyond, the wearer is asked.
    pub tolerance_deg: f64,
    /// Whether the pose is the body in one straight line, from which η is counted.
    #[serde(default)]
    pub is_line: bool,
}

impl Pose {
    /// That of an exercise without one.
    const NONE: Pose = Pose {
        description: String::new(),
        theta_deg: 0.0,
        tolerance_deg: 0.0,
        is_line: false,
    };

    fn is_none(&self) -> bool {
        *self == Pose::NONE
    }
}

impl Default for Pose {
    /// That of an exercise without one.
    fn default() -> Pose {
        Pose::NONE
    }
}

/// Which effort comes first, and where the pause is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepShape {
    /// The first half of a repetition.
    pub first: Effort,
    /// Where the pause belongs.
    pub hold: HoldAt,
    /// How near the held level counts as held, degrees.
    pub hold_zone_deg: f64,
    /// Sides take turns, one repetition each.
    #[serde(default)]
    pub alternates_sides: bool,
    /// What a good repetition takes.
    pub tempo: Tempo,
}

impl RepShape {
    /// That of an exercise without repetitions.
    const NONE: RepShape = RepShape {
        first: Effort::Lower,
        hold: HoldAt::Start,
        hold_zone_deg: 0.0,
        alternates_sides: false,
        tempo: Tempo {
            lower_s: [0.0; 2],
            raise_s: [0.0; 2],
            hold_s: [0.0; 2],
        },
    };

    fn is_none(&self) -> bool {
        *self == RepShape::NONE
    }
}

impl Default for RepShape {
    /// That of an exercise without repetitions.
    fn default() -> RepShape {
        RepShape::NONE
    }
}

/// With or against gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Gravity helps (eccentric).
    Lower,
    /// Against gravity (concentric).
    Raise,
}

/// Where in a repetition the pause belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldAt {
    /// Back in the start pose, as on the hyperextension bench.
    Start,
    /// At the far end, as in bird-dog and superman.
    Peak,
}

/// Seconds that the parts of a repetition take when done well: `[least, most]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tempo {
    /// Lowering.
    pub lower_s: [f64; 2],
    /// Raising.
    pub raise_s: [f64; 2],
    /// The pause.
    pub hold_s: [f64; 2],
}

/// Recommended amount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dose {
    /// Repetitions in a set (a side, where sides alternate): `[least, most]`.
    pub reps: [u32; 2],
    /// Sets.
    pub sets: [u32; 2],
    /// Rest between sets, seconds.
    pub rest_s: [f64; 2],
}

impl Dose {
    fn is_none(&self) -> bool {
        *self == Dose::default()
    }
}

/// How long a pose is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldShape {
    /// Recommended time of one hold, seconds: `[least, most]`.
    pub target_s: [f64; 2],
    /// Left and right take turns, one hold each.
    #[serde(default)]
    pub alternates_sides: bool,
}

/// What tells that a pose is held: all ranges that are given, and stillness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldTest {
    /// Where a sensor must be worn for it.
    pub placements: Vec<Placement>,
    /// Range of the inclination θ against standing, degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theta_deg: Option<[f64; 2]>,
    /// Range of the side tilt |σ|, degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side_deg: Option<[f64; 2]>,
    /// How far the holds can be believed; `low` marks them `estimated`.
    pub confidence: Confidence,
}

/// One way to count: an angle or a height, where it is worn, and the numbers of the repetition detector.
///
/// The detector never shares a number with a rule. Its numbers are in the unit of the signal
/// ([`SignalAngle::unit`]); in a file their names end in `_deg` or `_cm` accordingly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// The angle that is followed.
    pub angle: SignalAngle,
    /// Where a sensor must be worn for it.
    pub placements: Vec<Placement>,
    /// Within this of its start level the signal rests.
    #[serde(alias = "rest_deg", alias = "rest_cm")]
    pub rest: f64,
    /// Less travel than this is no repetition.
    #[serde(alias = "min_rom_deg", alias = "min_rom_cm")]
    pub min_rom: f64,
    /// Less travel than this is a partial repetition; absent where any counted one is full.
    #[serde(
        default,
        alias = "full_rom_deg",
        alias = "full_rom_cm",
        skip_serializing_if = "Option::is_none"
    )]
    pub full_rom: Option<f64>,
    /// More travel than this is something else, such as getting up.
    #[serde(
        default,
        alias = "max_rom_deg",
        alias = "max_rom_cm",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_rom: Option<f64>,
    /// A shorter cycle is no repetition, seconds.
    pub min_rep_s: f64,
    /// A longer cycle is no repetition, seconds.
    pub max_rep_s: f64,
    /// How far the count can be believed; `low` marks it `estimated`.
    pub confidence: Confidence,
}

/// The angles that a repetition can be counted by. Each is 0 in the start pose and grows towards the far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalAngle {
    /// η = θ − θ_line: how far the trunk is flexed from the straight line.
    Eta,
    /// θ − θ0: how far the trunk is bent forward from the start pose.
    ThetaRise,
    /// θ0 − θ: how far the chest is lifted from the start pose.
    ThetaFall,
    /// How far a limb has turned away from the start pose, whatever the direction.
    LimbTurn,
    /// Bursts of movement around stillness, where the trunk itself hardly turns.
    Burst,
    /// |σ − σ0|: how far the trunk is tilted to either side, or rolled where it lies.
    Side,
    /// How far the trunk is turned about the vertical to either side since it rested; needs a gyroscope.
    Twist,
    /// How far the sensor has risen from the start pose.
    TravelUp,
    /// How far the sensor has sunk from the start pose.
    TravelDown,
}

impl SignalAngle {
    /// What its numbers mean.
    pub const fn unit(self) -> Unit {
        match self {
            SignalAngle::TravelUp | SignalAngle::TravelDown => Unit::Centimeters,
            _ => Unit::Degrees,
        }
    }

    /// Whether it grows to both sides of the start pose, so that the sign tells the side.
    pub const fn is_two_sided(self) -> bool {
        matches!(self, SignalAngle::Side | SignalAngle::Twist)
    }
}

/// How far a count or a quantity can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess: the count is marked `estimated`, and rules may only inform.
    Low,
    /// Usable.
    Medium,
    /// As good as the sensor.
    High,
}

/// One thing that is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Short name, unique in the exercise: `HX-OVER`.
    pub id: String,
    /// The fault in plain words, lower case, no blame: "past the line at the top".
    pub fault: String,
    /// What is measured.
    pub quantity: Quantity,
    /// Which side of the limits is a fault.
    pub when: Comparator,
    /// From here on it is noted, in the quantity's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<f64>,
    /// From here on the wearer is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<f64>,
    /// From here on the set is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<f64>,
    /// A second condition that must hold as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
    /// A setting whose value moves all limits away from zero, such as `allow_past_line_deg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<String>,
    /// A setting that all limits are proportional to, such as `target_depth_deg`: with its default they hold as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_with: Option<String>,
    /// For a posture: how long it must last, minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_min: Option<f64>,
    /// For a posture: a setting that those minutes are proportional to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_with: Option<String>,
    /// For a posture: the wearer is told so often in any hour, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_per_hour: Option<u32>,
    /// How long a continuous angle must stay beyond a limit, seconds.
    #[serde(default = "default_persistence")]
    pub persistence_s: f64,
    /// A warning is given when this many of the last so many repetitions show the fault: `[k, n]`.
    #[serde(default = "default_vote")]
    pub vote: [u32; 2],
    /// The same for `stop`.
    #[serde(default = "default_stop_vote")]
    pub stop_vote: [u32; 2],
    /// Once given, the warning is over only when the value is back inside by this much, in the quantity's unit.
    #[serde(default)]
    pub hysteresis: f64,
    /// Where the sensor must be worn that measures it.
    pub placements: Vec<Placement>,
    /// Where a second sensor must be worn besides; empty if one is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Placement>,
    /// Where one of these is worn as well, the rule is not judged: another rule sees the same thing better.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Placement>,
    /// Which cue goes first when several are due; of posture rules, the one further up.
    #[serde(default = "default_kind")]
    pub kind: RuleKind,
    /// What the wearer is told, a few words; absent for rules that only inform the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<String>,
    /// Why it is asked.
    pub rationale: String,
    /// How well the limit is founded.
    pub evidence: Evidence,
    /// Keys into the exercise's `sources`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

fn default_persistence() -> f64 {
    0.3
}

fn default_kind() -> RuleKind {
    RuleKind::Quality
}

fn default_vote() -> [u32; 2] {
    [2, 3]
}

fn default_stop_vote() -> [u32; 2] {
    [1, 1]
}

/// A second quantity that must lie beyond a limit as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is measured.
    pub quantity: Quantity,
    /// Which side of the limit.
    pub when: Comparator,
    /// In the quantity's unit.
    pub limit: f64,
}

/// Which side of a limit is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    /// Beyond the limit means larger.
    Above,
    /// Beyond the limit means smaller.
    Below,
}

impl Comparator {
    /// Whether `value` lies beyond `limit`; what is not a number never does.
    pub fn is_beyond(self, value: f64, limit: f64) -> bool {
        match self {
            Comparator::Above => value > limit,
            Comparator::Below => value < limit,
        }
    }
}

/// What a fault is about; decides which cue goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Depth, holds, pauses.
    Quality,
    /// Overextension, speed, twist.
    Safety,
}

/// How well a number is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A published source was read.
    Verified,
    /// General literature, not checked.
    General,
    /// Geometry or arithmetic.
    Derived,
    /// A starting point chosen here.
    Engineering,
}

/// How much a finding asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a mark in the report.
    Info,
    /// Worth a cue.
    Warn,
    /// Pause the set and ask.
    Stop,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
