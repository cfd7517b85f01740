//! One repetition from its count to its verdict: what each phase showed, as soon as it is over.

use std::collections::{BTreeMap, BTreeSet};

use super::cues::{Cues, Due};
use super::event::{Cue, Event, Finding, Judgement, Measured, RepKind, Verdict};
use super::quantities::{HoldView, RepRecord, RepView, SetView, measure_rep, measure_set};
use super::rules::{RuleState, View};
use super::sets::Set;
use super::watch::{Now, Watch};
use crate::exercise::{Exercise, HoldAt, Quantity, Scope, Severity};
use crate::motion::Validity;
use crate::units::{SessionTime, round_to};

/// A counted repetition that is not yet judged in full.
#[derive(Clone, Debug)]
pub struct OpenRep {
    /// Its number.
    pub number: u32,
    /// Its set.
    pub set: u32,
    /// What the count said.
    pub kind: RepKind,
    /// Travel of the signal as counted, degrees.
    pub rom_deg: f64,
    findings: Vec<Finding>,
    quantities: BTreeMap<Quantity, Measured>,
    judged: BTreeSet<String>,
    is_cut_short: bool,
    clean: Vec<usize>,
    unclean: Vec<usize>,
}

impl OpenRep {
    /// A repetition that was just counted.
    pub fn new(number: u32, set: u32, kind: RepKind, rom_deg: f64) -> OpenRep {
        OpenRep {
            number,
            set,
            kind,
            rom_deg,
            findings: Vec::new(),
            quantities: BTreeMap::new(),
            judged: BTreeSet::new(),
            is_cut_short: false,
            clean: Vec::new(),
            unclean: Vec::new(),
        }
    }

    /// Its pause was not seen to the end.
    pub fn cut_short(&mut self) {
        self.is_cut_short = true;
    }
}

/// All rules that the worn sensors can judge.
pub struct Judge {
    rules: Vec<RuleState>,
    /// For each rule: its watch, where it has one.
    watches: Vec<Option<Watch>>,
    cues: Cues,
}

impl Judge {
    /// A judge with these rules.
    pub fn new(rules: Vec<RuleState>) -> Judge {
        let watches = rules.iter().map(|state| Watch::new(&state.rule)).collect();
        Judge {
            rules,
            watches,
            cues: Cues::default(),
        }
    }

    /// Another repetition begins.
    pub fn begin(&mut self) {
        self.watches.iter_mut().flatten().for_each(Watch::reset);
    }

    /// Looks at one moment of the repetition `rep` under way: what cannot wait for its end is told now.
    ///
    /// While something is held, warnings cannot wait either (`warns`).
    pub fn watch(&mut self, now: &Now<'_>, warns: bool, rep: u32, events: &mut Vec<Event>) {
        let least = if warns {
            Severity::Warn
        } else {
            Severity::Stop
        };
        for (state, watch) in self.rules.iter().zip(&mut self.watches) {
            let Some(watch) = watch else { continue };
            let Some((severity, value)) = watch.update(&state.rule, state.limits(), now) else {
                continue;
            };
            if severity < least || !state.tells_at_once(severity, value) {
                continue;
            }
            watch.told();
            let due = Due {
                rule: &state.rule,
                severity,
            };
            events.extend(self.cues.choose(&[due], now.moment.at, rep).map(Event::Cue));
        }
    }

    /// A new set begins.
    pub fn new_set(&mut self) {
        self.rules.iter_mut().for_each(RuleState::new_set);
    }

    /// What concerns sides may only inform, or may do all again.
    pub fn inform_only(&mut self, is_info_only: impl Fn(Quantity) -> bool) {
        for state in &mut self.rules {
            state.inform_only(is_info_only(state.rule.quantity));
        }
    }

    /// Judges everything that is known once the movement is over, and gives the cue that is due.
    pub fn movement(
        &mut self,
        rep: &mut OpenRep,
        view: &RepView<'_>,
        at: SessionTime,
        events: &mut Vec<Event>,
    ) {
        self.judge(
            rep,
            view,
            at,
            |quantity| {
                matches!(
                    scope_in(view.exercise, quantity),
                    Scope::Out | Scope::Lower | Scope::Raise | Scope::Back
                )
            },
            events,
        );
    }

    /// Judges the pause as well and closes the repetition.
    pub fn close(
        &mut self,
        mut rep: OpenRep,
        view: &RepView<'_>,
        at: SessionTime,
        events: &mut Vec<Event>,
    ) -> RepRecord {
        let is_whole = !rep.is_cut_short;
        self.judge(
            &mut rep,
            view,
            at,
            |quantity| is_whole && quantity.scope() != Scope::Set,
            events,
        );
        let asks_for_smoothness = self.rules.iter().any(|state| {
            matches!(
                state.rule.quantity,
                Quantity::SparcDrop | Quantity::FormFading
            )
        });
        let record = record_of(&rep, view, asks_for_smoothness);
        self.conclude(rep, at, events);
        record
    }

    /// Judges a hold, which is over.
    pub fn close_hold(
        &mut self,
        mut rep: OpenRep,
        view: &HoldView<'_>,
        at: SessionTime,
        events: &mut Vec<Event>,
    ) -> RepRecord {
        let is_due = |quantity: Quantity| quantity.scope() != Scope::Set;
        self.judge(&mut rep, view, at, is_due, events);
        self.conclude(rep, at, events);
        RepRecord::of_hold(view.side, view.secs())
    }

    fn conclude(&mut self, mut rep: OpenRep, at: SessionTime, events: &mut Vec<Event>) {
        self.note_clean(&rep, at, events);
        rep.findings
            .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let verdict = verdict(rep.kind, &rep.findings);
        events.push(Event::Judged(Judgement {
            at,
            rep: rep.number,
            set: rep.set,
            verdict,
            quantities: rep.quantities,
            findings: rep.findings,
        }));
    }

    /// Closes a repetition that cannot be judged.
    pub fn close_unseen(&mut self, rep: OpenRep, at: SessionTime, events: &mut Vec<Event>) {
        let verdict = verdict(rep.kind, &rep.findings);
        let OpenRep {
            number,
            set,
            quantities,
            findings,
            ..
        } = rep;
        events.push(Event::Judged(Judgement {
            at,
            rep: number,
            set,
            verdict,
            quantities,
            findings,
        }));
    }

    /// Ends a set: judges it as a whole.
    pub fn set(&mut self, set: &Set, at: SessionTime, events: &mut Vec<Event>) {
        self.cues.set_over();
        let mut quantities = measure_set(&SetView {
            reps: &set.reps,
            neutral_shift: set.neutral_shift,
            rest_secs: (!set.has_gap).then(|| at.seconds_since(set.last_end).max(0.0)),
        });
        if set.has_gap {
            // Which side was done meanwhile nobody knows.
            quantities.remove(&Quantity::SideCountGap);
        }
        for state in &mut self.rules {
            if let Some(measured) = quantities.get(&state.rule.quantity) {
                events.extend(
                    state
                        .judge_set(*measured, at, set.number)
                        .finding
                        .map(Event::Finding),
                );
            }
        }
        let quantities = quantities
            .into_iter()
            .map(|(quantity, measured)| (quantity, rounded(measured)))
            .collect();
        events.push(Event::SetEnded {
            at,
            set: set.number,
            reps: set.count,
            quantities,
        });
    }

    fn judge(
        &mut self,
        rep: &mut OpenRep,
        view: &impl View,
        at: SessionTime,
        is_due: impl Fn(Quantity) -> bool,
        events: &mut Vec<Event>,
    ) {
        let mut due: Vec<(usize, Severity)> = Vec::new();
        for (index, state) in self.rules.iter_mut().enumerate() {
            if !is_due(state.rule.quantity) || !rep.judged.insert(state.rule.id.clone()) {
                continue;
            }
            let Some(measured) = state.measure(view) else {
                continue;
            };
            rep.quantities
                .entry(state.rule.quantity)
                .or_insert(rounded(measured));
            if rep.kind == RepKind::Doubtful {
                continue;
            }
            let ruling = state.judge_rep(measured, view, at, rep.number, rep.set);
            if ruling.is_clean {
                &mut rep.clean
            } else {
                &mut rep.unclean
            }
            .push(index);
            due.extend(ruling.tell.map(|severity| (index, severity)));
            if let Some(finding) = ruling.finding {
                events.push(Event::Finding(finding.clone()));
                rep.findings.push(finding);
            }
        }
        let due: Vec<Due<'_>> = due
            .iter()
            .map(|(index, severity)| Due {
                rule: &self.rules[*index].rule,
                severity: *severity,
            })
            .collect();
        events.extend(self.cues.choose(&due, at, rep.number).map(Event::Cue));
    }

    fn note_clean(&mut self, rep: &OpenRep, at: SessionTime, events: &mut Vec<Event>) {
        let mut said: Option<Cue> = None;
        for (indices, is_clean) in [(&rep.clean, true), (&rep.unclean, false)] {
            for index in indices {
                let cue = self
                    .cues
                    .note(&self.rules[*index].rule, is_clean, at, rep.number);
                said = said.or(cue);
            }
        }
        events.extend(said.map(Event::Cue));
    }
}

/// A pause at the far end is over with the movement.
fn scope_in(exercise: &Exercise, quantity: Quantity) -> Scope {
    match quantity {
        Quantity::THold | Quantity::LumflexMin | Quantity::LumflexEndPct
            if exercise.rep.hold == HoldAt::Peak =>
        {
            Scope::Back
        }
        other => other.scope(),
    }
}

fn rounded(measured: Measured) -> Measured {
    Measured {
        value: round_to(measured.value, 1e4),
        ..measured
    }
}

/// What the findings of a repetition come to.
pub fn verdict(kind: RepKind, findings: &[Finding]) -> Verdict {
    match kind {
        RepKind::Doubtful => Verdict::Doubtful,
        RepKind::Partial => Verdict::Partial,
        RepKind::Full
            if findings
                .iter()
                .any(|finding| finding.severity >= Severity::Warn) =>
        {
            Verdict::Warning
        }
        RepKind::Full => Verdict::Good,
    }
}

/// What the set remembers of a repetition; numbers that no rule asked for are measured here, but for the costly ones
/// that no rule of the set asks for.
fn record_of(rep: &OpenRep, view: &RepView<'_>, asks_for_smoothness: bool) -> RepRecord {
    const PERSISTENCE_SECS: f64 = 0.3;
    let usable =
        |measured: Measured| (measured.validity != Validity::Invalid).then_some(measured.value);
    let value = |quantity: Quantity| {
        let measured = rep
            .quantities
            .get(&quantity)
            .copied()
            .or_else(|| measure_rep(quantity, PERSISTENCE_SECS, view))?;
        usable(measured)
    };
    let smoothness = |quantity: Quantity| match rep.quantities.get(&quantity) {
        Some(measured) => usable(*measured),
        None if asks_for_smoothness => value(quantity),
        None => None,
    };
    let tilt = value(Quantity::PelvisTiltMax);
    let roll = value(Quantity::PelvisRoll);
    let (out_secs, back_secs) = (view.phases.out_secs, view.phases.back_secs);
    RepRecord {
        side: view.side,
        rom: rep.rom_deg,
        t_raise: value(Quantity::TRaise),
        t_move: Some(out_secs + back_secs).filter(|secs| secs.is_finite()),
        top_level: value(Quantity::TopLevel),
        top_min: value(Quantity::TopMin),
        peak: value(Quantity::Peak),
        sparc: [
            smoothness(Quantity::SparcLower),
            smoothness(Quantity::SparcRaise),
        ],
        trunk_level: value(Quantity::TrunkLevel),
        trunk_side: value(Quantity::TrunkSide),
        side_at_turn: view.side_at_turn(),
        lumflex_at_turn: view.lumflex_at_turn(),
        lumflex_max: view.lumflex_max(PERSISTENCE_SECS),
        arch: match (tilt, roll) {
            (Some(tilt), Some(roll)) => Some(tilt.max(roll)),
            (tilt, roll) => tilt.or(roll),
        },
        roll: roll.or_else(|| value(Quantity::ThoraxRoll)),
        sway: value(Quantity::SwayAcc),
        hold: value(Quantity::THold),
        held: None,
    }
}
