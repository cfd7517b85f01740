//! Which cue is given, and when: the only place that decides it, so that sound and screen cannot disagree.
//!
//! One cue at a time, at most one a repetition, the same one at most every second repetition. A pause goes before what
//! concerns safety, that before depth and holds. When a told fault stays away for two repetitions the
//! wearer hears that it is right again.

mod voice;

pub use voice::Voice;

use std::collections::BTreeMap;

use super::event::{Cue, CueKind};
use crate::exercise::{Rule, RuleKind, Severity};
use crate::units::SessionTime;

/// The same cue is not repeated before this many repetitions have passed.
const REPEAT_REPS: u32 = 2;

/// A told fault is over after this many clean repetitions.
const CLEAN_REPS: u32 = 2;

/// A cue that is due.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// The rule behind it.
    pub rule: &'a Rule,
    /// What it asks for.
    pub severity: Severity,
}

/// Remembers what was told.
#[derive(Clone, Debug, Default)]
pub struct Cues {
    /// The repetition that the last cue was about.
    last_rep: Option<u32>,
    /// For each told rule: the repetition it was told at last.
    told: BTreeMap<String, u32>,
    /// For each told rule that is not over: clean repetitions since.
    open: BTreeMap<String, u32>,
}

impl Cues {
    /// A set is over: the next one begins afresh.
    pub fn set_over(&mut self) {
        *self = Cues::default();
    }

    /// Chooses one cue from those due in a repetition.
    pub fn choose(&mut self, due: &[Due<'_>], at: SessionTime, rep: u32) -> Option<Cue> {
        let is_free = self.last_rep != Some(rep);
        let chosen = due
            .iter()
            .filter(|due| due.rule.cue.is_some() || due.severity == Severity::Stop)
            .filter(|due| {
                // A pause may follow another cue of the same repetition, but never itself.
                let may_pause =
                    due.severity == Severity::Stop && self.told.get(&due.rule.id) != Some(&rep);
                may_pause || (is_free && self.may_repeat(due.rule, rep))
            })
            .max_by_key(|due| (due.severity, due.rule.kind == RuleKind::Safety))?;
        self.last_rep = Some(rep);
        self.told.insert(chosen.rule.id.clone(), rep);
        self.open.insert(chosen.rule.id.clone(), 0);
        let kind = if chosen.severity == Severity::Stop {
            CueKind::Pause
        } else {
            CueKind::Correct
        };
        let text = match (kind, &chosen.rule.cue) {
            (CueKind::Pause, _) => "Pause. Are you OK to go on?".to_owned(),
            (_, Some(cue)) => cue.clone(),
            (_, None) => chosen.rule.fault.clone(),
        };
        Some(Cue {
            at,
            rep: Some(rep),
            kind,
            rule: Some(chosen.rule.id.clone()),
            text,
        })
    }

    /// A repetition is over in which a rule was, or was not, clean. Says when the told fault is over.
    pub fn note(&mut self, rule: &Rule, is_clean: bool, at: SessionTime, rep: u32) -> Option<Cue> {
        let clean = self.open.get_mut(&rule.id)?;
        if !is_clean {
            *clean = 0;
            return None;
        }
        *clean += 1;
        if *clean < CLEAN_REPS || self.last_rep == Some(rep) {
            return None;
        }
        self.open.remove(&rule.id);
        self.last_rep = Some(rep);
        Some(Cue {
            at,
            rep: Some(rep),
            kind: CueKind::RightAgain,
            rule: Some(rule.id.clone()),
            text: "Right again".to_owned(),
        })
    }

    fn may_repeat(&self, rule: &Rule, rep: u32) -> bool {
        self.told
            .get(&rule.id)
            .is_none_or(|told| rep.saturating_sub(*told) >= REPEAT_REPS)
    }
}
