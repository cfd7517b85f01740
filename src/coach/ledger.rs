//! What became of each exercise of a session, told from its events: how many, how well, whether it hurt.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::event::{CueKind, Event, Verdict};
use super::plan::Plan;
use crate::exercise::{Quantity, Severity};
use crate::programme::log::Done;
use crate::units::SessionTime;

/// Keeps the sums of a session, exercise by exercise.
#[derive(Clone, Debug)]
pub struct Ledger {
    plan: Plan,
    step: u32,
    /// Of each exercise that was begun.
    tallies: BTreeMap<u32, Tally>,
    set_began: Option<SessionTime>,
    /// For each set that the wearer corrected: counted, and as the wearer says.
    corrected: BTreeMap<u32, (u32, u32)>,
    /// The repetitions of this stretch of the exercise in which a rule asked for a pause.
    stopped: BTreeSet<Option<u32>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    sets: u32,
    reps: u32,
    judged: u32,
    warned: u32,
    stops: u32,
    rom_loss_pct: Option<f64>,
    active_s: f64,
    pain: bool,
}

/// Which session it was; what only the caller knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// When it was over.
    pub at: Timestamp,
    /// The wearer's day.
    pub day: Date,
    /// The name of its recording.
    pub session: String,
    /// Done by the synthetic wearer.
    pub synthetic: bool,
}

impl Ledger {
    /// A ledger for a session that follows this plan.
    pub fn new(plan: &Plan) -> Ledger {
        Ledger {
            plan: plan.clone(),
            step: 0,
            tallies: BTreeMap::new(),
            set_began: None,
            corrected: BTreeMap::new(),
            stopped: BTreeSet::new(),
        }
    }

    /// Takes in what the coach said.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Exercise { index, .. } => {
                self.close_stretch();
                self.step = *index;
            }
            Event::SetStarted { at, .. } => self.set_began = Some(*at),
            Event::SetEnded {
                at,
                reps,
                quantities,
                ..
            } => {
                let began = self.set_began.take();
                let loss = quantities
                    .get(&Quantity::RomLoss)
                    .map(|measured| measured.value);
                let tally = self.tally();
                tally.sets = tally.sets.saturating_add(u32::from(*reps > 0));
                tally.reps = tally.reps.saturating_add(*reps);
                tally.active_s += began.map_or(0.0, |began| at.seconds_since(began).max(0.0));
                tally.rom_loss_pct = [tally.rom_loss_pct, loss.filter(|loss| loss.is_finite())]
                    .into_iter()
                    .flatten()
                    .reduce(f64::max);
            }
            Event::Corrected {
                set, counted, said, ..
            } => {
                self.corrected.insert(*set, (*counted, *said));
            }
            Event::Judged(judgement) => {
                let is_warned = judgement
                    .findings
                    .iter()
                    .any(|finding| finding.severity >= Severity::Warn);
                let is_judged = judgement.verdict != Verdict::Doubtful;
                let tally = self.tally();
                tally.judged = tally.judged.saturating_add(u32::from(is_judged));
                tally.warned = tally
                    .warned
                    .saturating_add(u32::from(is_judged && is_warned));
            }
            Event::Cue(cue) if cue.kind == CueKind::Pause => match cue.rule {
                // What the wearer says is no rule's.
                None => self.tally().pain = true,
                Some(_) if self.stopped.insert(cue.rep) || cue.rep.is_none() => {
                    let tally = self.tally();
                    tally.stops = tally.stops.saturating_add(1);
                }
                Some(_) => {}
            },
            _ => {}
        }
    }

    fn tally(&mut self) -> &mut Tally {
        self.tallies.entry(self.step).or_default()
    }

    /// Sets and repetitions are numbered anew: what was said of these is settled.
    fn close_stretch(&mut self) {
        let (counted, said) = self
            .corrected
            .values()
            .fold((0_u32, 0_u32), |(counted, said), set| {
                (counted.saturating_add(set.0), said.saturating_add(set.1))
            });
        self.corrected.clear();
        self.stopped.clear();
        if counted != said {
            let tally = self.tally();
            tally.reps = tally.reps.saturating_add(said).saturating_sub(counted);
        }
    }

    /// The lines of the log: one for each exercise that was begun in earnest.
    pub fn finish(mut self, occasion: &Occasion) -> Vec<Done> {
        self.close_stretch();
        let tallies = std::mem::take(&mut self.tallies);
        tallies
            .into_iter()
            .filter(|(_, tally)| tally.reps > 0 || tally.pain)
            .filter_map(|(index, tally)| self.done(index, &tally, occasion))
            .collect()
    }

    fn done(&self, index: u32, tally: &Tally, occasion: &Occasion) -> Option<Done> {
        let step = usize::try_from(index).ok()?;
        let plan = self.plan.step(step)?;
        Some(Done {
            at: occasion.at,
            day: occasion.day,
            session: occasion.session.clone(),
            index,
            exercise: plan.exercise.id,
            version: plan.exercise.version,
            class: self.plan.class_at(step),
            sets_planned: plan.goal.sets,
            reps_planned: plan.goal.reps_in_all(),
            sets: tally.sets,
            reps: tally.reps,
            judged: tally.judged,
            warned: tally.warned,
            stops: tally.stops,
            rom_loss_pct: tally.rom_loss_pct,
            active_s: tally.active_s,
            pain: tally.pain,
            synthetic: occasion.synthetic,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coach::{Cue, Judgement};
    use crate::programme::Class;

    fn plan() -> Plan {
        serde_json::from_str(include_str!("../recording/test_plan.json")).unwrap()
    }

    fn occasion() -> Occasion {
        Occasion {
            at: "2026-01-31T18:00:00Z".parse().unwrap(),
            day: "2026-01-31".parse().unwrap(),
            session: "a".to_owned(),
            synthetic: false,
        }
    }

    fn at(secs: f64) -> SessionTime {
        SessionTime::from_seconds(secs)
    }

    fn set(ledger: &mut Ledger, set: u32, from: f64, to: f64, reps: u32) {
        ledger.event(&Event::SetStarted { at: at(from), set });
        ledger.event(&Event::SetEnded {
            at: at(to),
            set,
            reps,
            quantities: BTreeMap::new(),
        });
    }

    fn pause(ledger: &mut Ledger, rep: Option<u32>, rule: Option<&str>) {
        ledger.event(&Event::Cue(Cue {
            at: at(1.0),
            rep,
            kind: CueKind::Pause,
            rule: rule.map(str::to_owned),
            text: String::new(),
        }));
    }

    #[test]
    fn sets_add_up_and_the_wearers_word_goes_before_the_count() {
        let mut ledger = Ledger::new(&plan());
        set(&mut ledger, 1, 10.0, 40.0, 8);
        set(&mut ledger, 2, 100.0, 120.0, 6);
        for said in [7, 8] {
            ledger.event(&Event::Corrected {
                at: at(121.0),
                set: 2,
                counted: 6,
                said,
            });
        }
        let done = ledger.finish(&occasion());
        assert_eq!((done[0].sets, done[0].reps), (2, 16));
        assert!((done[0].active_s - 50.0).abs() < 1e-9);
        assert!(!done[0].pain);
    }

    #[test]
    fn two_rules_about_one_repetition_are_one_stop_and_pain_is_none() {
        let mut ledger = Ledger::new(&plan());
        pause(&mut ledger, Some(3), Some("A"));
        pause(&mut ledger, Some(3), Some("B"));
        pause(&mut ledger, Some(4), Some("A"));
        pause(&mut ledger, None, None);
        let done = ledger.finish(&occasion());
        assert_eq!((done[0].stops, done[0].pain, done[0].reps), (2, true, 0));
    }

    #[test]
    fn what_was_not_judged_is_no_share_of_anything() {
        let mut ledger = Ledger::new(&plan());
        set(&mut ledger, 1, 0.0, 10.0, 2);
        for (rep, verdict) in [(1, Verdict::Doubtful), (2, Verdict::Good)] {
            ledger.event(&Event::Judged(Judgement {
                at: at(5.0),
                rep,
                set: 1,
                verdict,
                quantities: BTreeMap::new(),
                findings: Vec::new(),
            }));
        }
        let done = ledger.finish(&occasion());
        assert_eq!((done[0].judged, done[0].warned), (1, 0));
    }

    #[test]
    fn an_exercise_in_which_nothing_was_done_leaves_no_line() {
        let mut plan = plan();
        plan.programme = Some(crate::coach::PlannedProgramme {
            id: "p".to_owned(),
            name: "P".to_owned(),
            version: 1,
            class: Class::WarmUp,
            then: vec![crate::coach::PlannedStep {
                class: Class::Loaded,
                exercise: plan.exercise.clone(),
                goal: crate::coach::Goal::default(),
                settings: BTreeMap::new(),
            }],
        });
        let mut ledger = Ledger::new(&plan);
        ledger.event(&Event::Exercise {
            at: at(1.0),
            index: 1,
            id: String::new(),
        });
        set(&mut ledger, 1, 2.0, 3.0, 1);
        let done = ledger.finish(&occasion());
        assert_eq!(done.len(), 1);
        assert_eq!((done[0].index, done[0].class), (1, Some(Class::Loaded)));
    }
}
