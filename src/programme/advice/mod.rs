//! What follows from the log: when to do more, when to do less, when to ask somebody.
//!
//! Each rule is a plain function over the log; its numbers stand in [`numbers`], its words in [`RULES`], and nowhere else.
//! What is not known is no reason for anything: where pain was not asked, nothing that depends on it is said.

mod history;
pub mod numbers;
mod pain;
mod progress;
mod session;
mod table;

pub use history::{History, Session};
pub use pain::{Due, gate_due, is_loaded_paused};
pub use session::is_early;
pub use table::{RULES, RuleText};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// The rules of a programme (exercises.md 5.1 to 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Rule {
    /// Too little movement before the first load.
    #[serde(rename = "PR-WARM")]
    Warm,
    /// No stretch after strengthening.
    #[serde(rename = "PR-ORDER")]
    Order,
    /// Loaded sessions too many, or too near to each other.
    #[serde(rename = "PR-FREQ")]
    Freq,
    /// Ready for a step more.
    #[serde(rename = "PR-UP")]
    Up,
    /// Much more than in the weeks before.
    #[serde(rename = "PR-CAP")]
    Cap,
    /// A step less next time.
    #[serde(rename = "PR-DOWN")]
    Down,
    /// The exercise ends here.
    #[serde(rename = "PR-STOPSET")]
    StopSet,
    /// More pain after than before.
    #[serde(rename = "PR-PAIN1")]
    Pain1,
    /// More pain on the mornings after.
    #[serde(rename = "PR-PAIN2")]
    Pain2,
    /// A red flag.
    #[serde(rename = "PR-GATE")]
    Gate,
    /// Deep bending soon after getting up.
    #[serde(rename = "PR-MORNING")]
    Morning,
}

/// Something to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The rule behind it.
    pub rule: Rule,
    /// About which exercise, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
    /// What to do.
    pub text: String,
    /// Why, in plain words.
    pub why: &'static str,
}

impl Advice {
    pub(super) fn new(rule: Rule, exercise: Option<&str>, text: String) -> Advice {
        Advice {
            rule,
            exercise: exercise.map(str::to_owned),
            text,
            why: rule.text().why,
        }
    }
}

/// Everything that follows from a log, the most pressing first. `now` and `today` are the wearer's.
pub fn advise(history: &History<'_>, now: Timestamp, today: Date) -> Vec<Advice> {
    let mut advice = Vec::new();
    advice.extend(pain::gate(history));
    advice.extend(pain::more_after(history));
    advice.extend(pain::more_next_morning(history, today));
    advice.extend(session::ended(history));
    advice.extend(progress::down(history));
    advice.extend(progress::often(history, now));
    advice.extend(progress::cap(history, now));
    advice.extend(progress::up(history));
    advice.extend(session::warm_up(history));
    advice.extend(session::order(history));
    advice.extend(session::morning(history));
    advice
}

/// How an exercise went so far, while it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// The wearer said that it hurts.
    pub pain: bool,
    /// Repetitions in which a rule asked for a pause.
    pub stops: u32,
    /// In how many repetitions in a row the same safety rule asked for a change.
    pub warned_in_a_row: u32,
}

/// Whether the exercise ends here (PR-STOPSET).
pub fn stop_set(so_far: &SoFar) -> bool {
    so_far.pain
        || so_far.stops >= numbers::STOPS_END
        || so_far.warned_in_a_row >= numbers::WARNED_IN_A_ROW_END
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
