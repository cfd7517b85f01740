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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::exercise::built_in;

    fn rule(id: &str) -> Rule {
        let bench = built_in("hyperext_45").unwrap();
        bench.rules.into_iter().find(|rule| rule.id == id).unwrap()
    }

    fn due(rule: &Rule, severity: Severity) -> Due<'_> {
        Due { rule, severity }
    }

    /// The rules of the cues that are given when these are due in each repetition.
    fn given(cues: &mut Cues, rep: u32, due: &[Due<'_>]) -> Option<(String, CueKind)> {
        let cue = cues.choose(due, SessionTime::from_seconds(f64::from(rep)), rep)?;
        assert_eq!(cue.rep, Some(rep));
        Some((cue.rule.unwrap(), cue.kind))
    }

    #[test]
    fn a_pause_goes_before_safety_and_safety_before_quality() {
        let (drop, side, top) = (rule("HX-DROP"), rule("HX-SIDE"), rule("HX-TOP"));
        let all = [
            due(&top, Severity::Warn),
            due(&side, Severity::Warn),
            due(&drop, Severity::Stop),
        ];
        let first = |due: &[Due<'_>]| given(&mut Cues::default(), 1, due).unwrap();
        assert_eq!(first(&all), ("HX-DROP".to_owned(), CueKind::Pause));
        assert_eq!(first(&all[..2]), ("HX-SIDE".to_owned(), CueKind::Correct));
        assert_eq!(first(&all[..1]), ("HX-TOP".to_owned(), CueKind::Correct));
    }

    #[test]
    fn one_cue_a_repetition_but_a_pause_may_follow_it_once() {
        let (drop, side, top) = (rule("HX-DROP"), rule("HX-SIDE"), rule("HX-TOP"));
        let mut cues = Cues::default();
        assert!(given(&mut cues, 1, &[due(&top, Severity::Warn)]).is_some());
        assert!(given(&mut cues, 1, &[due(&side, Severity::Warn)]).is_none());
        assert!(given(&mut cues, 1, &[due(&drop, Severity::Stop)]).is_some());
        assert!(given(&mut cues, 1, &[due(&drop, Severity::Stop)]).is_none());
    }

    #[test]
    fn the_same_cue_is_given_every_second_repetition_at_most() {
        let top = rule("HX-TOP");
        let mut cues = Cues::default();
        let told: Vec<u32> = (1..=6)
            .filter(|rep| given(&mut cues, *rep, &[due(&top, Severity::Warn)]).is_some())
            .collect();
        assert_eq!(told, [1, 3, 5]);
    }

    #[test]
    fn two_faults_take_turns() {
        let (side, top) = (rule("HX-SIDE"), rule("HX-TOP"));
        let both = [due(&top, Severity::Warn), due(&side, Severity::Warn)];
        let mut cues = Cues::default();
        let told: Vec<String> = (1..=4)
            .map(|rep| given(&mut cues, rep, &both).unwrap().0)
            .collect();
        assert_eq!(told, ["HX-SIDE", "HX-TOP", "HX-SIDE", "HX-TOP"]);
    }

    #[test]
    fn a_fault_without_words_is_noted_only() {
        let hold = rule("HX-HOLD");
        assert!(hold.cue.is_none());
        let mut cues = Cues::default();
        assert_eq!(given(&mut cues, 1, &[due(&hold, Severity::Warn)]), None);
    }

    #[test]
    fn what_was_told_is_right_again_after_two_clean_repetitions_and_once() {
        let top = rule("HX-TOP");
        let mut cues = Cues::default();
        given(&mut cues, 1, &[due(&top, Severity::Warn)]);
        let mut note = |rep: u32, is_clean| {
            let at = SessionTime::from_seconds(f64::from(rep));
            cues.note(&top, is_clean, at, rep).map(|cue| cue.kind)
        };
        assert_eq!(note(1, false), None);
        assert_eq!(note(2, true), None);
        assert_eq!(note(3, false), None);
        assert_eq!(note(4, true), None);
        assert_eq!(note(5, true), Some(CueKind::RightAgain));
        assert_eq!(note(6, true), None);
    }

    #[test]
    fn a_new_set_begins_afresh() {
        let top = rule("HX-TOP");
        let mut cues = Cues::default();
        assert!(given(&mut cues, 1, &[due(&top, Severity::Warn)]).is_some());
        cues.set_over();
        assert!(given(&mut cues, 2, &[due(&top, Severity::Warn)]).is_some());
        let at = SessionTime::ZERO;
        cues.set_over();
        assert!(cues.note(&top, true, at, 3).is_none());
        assert!(cues.note(&top, true, at, 4).is_none());
    }
}
