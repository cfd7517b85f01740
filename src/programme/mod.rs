//! Programmes: exercises one after the other, what became of them, and what follows from that.
//!
//! ```text
//! programmes/*.toml ─► Programme ─► the plan of a session ─► … ─► log ─► advice
//! ```
//!
//! A programme is one TOML file (embedded at build; people may give their own). It names exercises and amounts; it holds
//! no limits, for those are the exercises', and no code. The log is lines of text that only their owner can read. What the
//! program advises follows from the log alone, by rules with numbers that stand in one table ([`advice::RULES`]).
//!
//! **Invariant:** no I/O and no clock here: text and times come from the caller.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

// The fields of a file.
mod schema;

// How the values of a file fit together.
mod check;

// Text to programme, and the built-in ones.
mod library;

// What is asked before exercising, and what is said then.
pub mod safety;

// What was done, as lines of text.
pub mod log;

// What follows from it.
pub mod advice;

pub use library::{ProgrammeError, built_in, library};

/// A programme: what is done in one session, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// The name typed on the command line, such as `beginner`.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// One or two sentences: what it is, and for whom.
    pub summary: String,
    /// The version of this definition; raised with each change.
    pub version: u32,
    /// Sessions a week: `[least, most]`.
    pub per_week: [u32; 2],
    /// What was left out on purpose, and why, in plain words.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// What is done, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// Where it comes from: key, full reference.
    #[serde(default)]
    pub sources: BTreeMap<String, String>,
}

/// One exercise of a programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The exercise: a built-in id, or a TOML file beside the programme's.
    pub exercise: String,
    /// What it is in this programme.
    pub class: Class,
    /// Sets.
    pub sets: u32,
    /// Repetitions, or holds, in the first set (a side, where sides alternate).
    pub reps: u32,
    /// Each later set has so many fewer.
    #[serde(default)]
    pub fewer: u32,
    /// How long one hold is meant to last, seconds: the exercise's setting `target_hold_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_s: Option<f64>,
    /// Rest between sets, seconds.
    pub rest_s: f64,
    /// Values for settings of the exercise.
    #[serde(default)]
    pub settings: BTreeMap<String, f64>,
    /// What has to be true of the wearer; otherwise the step is left out.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Why it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Keys into the programme's `sources`.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// What an exercise is in a programme (exercises.md 5.1, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Easy movement before everything else.
    WarmUp,
    /// Control of the trunk without load: on most days.
    Control,
    /// With a load, or against the whole weight of the trunk: with days between.
    Loaded,
    /// Held.
    Hold,
    /// A stretch, after strengthening.
    Stretch,
}

impl Class {
    /// As files write it.
    pub const WORDS: [&'static str; 5] = ["warm_up", "control", "loaded", "hold", "stretch"];

    /// As files write it.
    pub const fn word(self) -> &'static str {
        match self {
            Class::WarmUp => "warm_up",
            Class::Control => "control",
            Class::Loaded => "loaded",
            Class::Hold => "hold",
            Class::Stretch => "stretch",
        }
    }

    /// Whether it strengthens, so that a stretch belongs after it.
    pub const fn strengthens(self) -> bool {
        matches!(self, Class::Control | Class::Loaded | Class::Hold)
    }
}

/// Something that has to be true of the wearer before a step is done (exercises.md 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Somebody taught it: barbell lifts.
    Taught,
    /// No osteoporosis: what rolls over the spine.
    NoOsteoporosis,
    /// No acute back trouble.
    NoAcuteBack,
    /// Pain has settled.
    PainSettled,
}

impl Gate {
    /// All of them.
    pub const ALL: [Gate; 4] = [
        Gate::Taught,
        Gate::NoOsteoporosis,
        Gate::NoAcuteBack,
        Gate::PainSettled,
    ];

    /// As files write them.
    pub const WORDS: [&'static str; 4] =
        ["taught", "no_osteoporosis", "no_acute_back", "pain_settled"];

    /// As files write it.
    pub const fn word(self) -> &'static str {
        match self {
            Gate::Taught => "taught",
            Gate::NoOsteoporosis => "no_osteoporosis",
            Gate::NoAcuteBack => "no_acute_back",
            Gate::PainSettled => "pain_settled",
        }
    }

    /// What the wearer is asked; yes lets the step be done.
    pub const fn question(self) -> &'static str {
        match self {
            Gate::Taught => {
                "Have you been taught how to do this exercise, or is somebody with you who can teach it?"
            }
            Gate::NoOsteoporosis => "Are you free of osteoporosis, as far as you know?",
            Gate::NoAcuteBack => "Is your back free of acute trouble at present?",
            Gate::PainSettled => "Has your pain settled, or have you none?",
        }
    }
}

impl std::str::FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> Result<Gate, String> {
        let found = Gate::ALL.into_iter().find(|gate| gate.word() == text);
        found.ok_or_else(|| {
            format!(
                "there is no gate `{}`; it is one of {}",
                crate::exercise::reading::shown(text),
                Gate::WORDS.join(", ")
            )
        })
    }
}

/// The setting of exercises with a hold that says how long it is meant to last, seconds.
const HOLD_SETTING: &str = "target_hold_s";

impl Step {
    /// Whether the exercise is a file beside the programme's, and no built-in one.
    pub fn is_file(&self) -> bool {
        self.exercise.ends_with(".toml")
    }

    /// The values for settings of the exercise, the hold among them.
    pub fn chosen(&self) -> impl Iterator<Item = (&str, f64)> {
        let settings = self.settings.iter();
        let settings = settings.map(|(name, value)| (name.as_str(), *value));
        settings.chain(self.hold_s.map(|hold| (HOLD_SETTING, hold)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
