//! Each repetition against the wearer's own first ones of the same movement.
//!
//! Nobody named what is done, so nothing is known of how it should be: only that it became smaller or hastier than
//! the same person did it a moment ago. A movement is known again by where it starts and which way it goes; smaller and
//! hastier repetitions go the same way from the same place, in the same set or in another.

use std::collections::BTreeMap;

use nalgebra::{Vector3, Vector4};

use super::chain::Cycle;
use crate::coach::cues::{Cues, Due};
use crate::coach::event::{Event, Judgement, Measured};
use crate::coach::judge::verdict;
use crate::coach::plan::Plan;
use crate::coach::quantities::Own;
use crate::coach::rules::RuleState;
use crate::exercise::{Quantity, Severity};
use crate::input::Placement;
use crate::motion::Validity;
use crate::units::{SessionTime, round_to};

/// The same movement goes the same way, as a cosine: within 41°, as for repetitions of one set. Half of a movement
/// around a joint goes up to 22° beside the whole one.
const SAME_WAY: f64 = 0.75;

/// ... from the same place, degrees of tilt: who sits down again sits within this of before, and between sitting,
/// lying and standing are 60° and more.
const SAME_PLACE_DEG: f64 = 30.0;

/// Movements remembered: more than anybody does in a session. The one that was done longest ago is forgotten first.
const MOST_MOVEMENTS: usize = 16;

/// One movement of the wearer's.
#[derive(Clone, Debug)]
struct Known {
    /// Up in the sensor frame where it starts, degrees.
    from: Vector3<f64>,
    /// The direction out, of length 1.
    way: Vector4<f64>,
    own: Own,
}

impl Known {
    fn is(&self, cycle: &Cycle) -> bool {
        let way = cycle.way();
        way.dot(&self.way) >= SAME_WAY * way.norm()
            && self.from.angle(&cycle.to.x.xyz()).to_degrees() <= SAME_PLACE_DEG
    }
}

/// Judges by the rules of the exercise "whatever is done".
pub(super) struct Judged {
    rules: Vec<RuleState>,
    cues: Cues,
    /// The latest last.
    known: Vec<Known>,
    /// The set under way is of the latest.
    goes_on: bool,
}

/// A repetition as it was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// When.
    pub at: SessionTime,
    /// Its set.
    pub set: u32,
    /// Its number.
    pub number: u32,
    /// Its range, degrees.
    pub rom_deg: f64,
}

impl Judged {
    /// A judge with the rules that sensors at these places can judge.
    pub fn new(plan: &Plan, placements: &[Placement]) -> Judged {
        let exercise = &plan.exercise;
        let chosen = |name: &str| plan.settings.get(name).copied();
        let rules = exercise.judged_rules(placements).into_iter();
        Judged {
            rules: rules
                .map(|rule| RuleState::new(rule, exercise.limits(rule, chosen)))
                .collect(),
            cues: Cues::default(),
            known: Vec::new(),
            goes_on: false,
        }
    }

    /// A set begins, or ends.
    pub fn new_set(&mut self) {
        self.rules.iter_mut().for_each(RuleState::new_set);
        self.cues.set_over();
        self.goes_on = false;
    }

    /// Measures and judges a repetition that was just told.
    pub fn rep(&mut self, cycle: &Cycle, told: Told, events: &mut Vec<Event>) {
        let secs = cycle.outer_s;
        let own = self.known(cycle);
        let pct = own.percent(None, told.rom_deg, secs);
        own.note(None, told.rom_deg, secs);
        let found = [
            (Quantity::Rom, Some(told.rom_deg)),
            (Quantity::THold, Some(cycle.hold_s)),
            (Quantity::OwnRomPct, pct.rom),
            (Quantity::OwnTimePct, pct.time),
        ];
        let quantities: BTreeMap<Quantity, Measured> = found
            .into_iter()
            .filter_map(|(quantity, value)| {
                let value = round_to(value?, 1e4);
                let validity = Validity::Good;
                Some((quantity, Measured { value, validity }))
            })
            .collect();
        let findings = self.judge(&quantities, told, events);
        events.push(Event::Judged(Judgement {
            at: told.at,
            rep: told.number,
            set: told.set,
            verdict: verdict(crate::coach::event::RepKind::Full, &findings),
            quantities,
            findings,
        }));
    }

    fn judge(
        &mut self,
        quantities: &BTreeMap<Quantity, Measured>,
        told: Told,
        events: &mut Vec<Event>,
    ) -> Vec<crate::coach::event::Finding> {
        let Told {
            at, set, number, ..
        } = told;
        let mut findings = Vec::new();
        let mut due: Vec<(usize, Severity)> = Vec::new();
        let mut right_again = None;
        for (index, state) in self.rules.iter_mut().enumerate() {
            let Some(measured) = quantities.get(&state.rule.quantity) else {
                continue;
            };
            let ruling = state.judge_number(*measured, at, number, set);
            due.extend(ruling.tell.map(|severity| (index, severity)));
            let said = self.cues.note(&state.rule, ruling.is_clean, at, number);
            right_again = right_again.or(said);
            findings.extend(ruling.finding);
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        events.extend(findings.iter().cloned().map(Event::Finding));
        let due = due.iter().filter_map(|(index, severity)| {
            Some(Due {
                rule: &self.rules.get(*index)?.rule,
                severity: *severity,
            })
        });
        let due: Vec<Due<'_>> = due.collect();
        let cue = self.cues.choose(&due, at, number).or(right_again);
        events.extend(cue.map(Event::Cue));
        findings
    }

    /// The movement that a repetition belongs to: that of its set, one known from before, or a new one. A movement is
    /// followed: a limb turns about its own length from one repetition to the next.
    fn known(&mut self, cycle: &Cycle) -> &mut Own {
        let at = if std::mem::replace(&mut self.goes_on, true) {
            self.known.len().checked_sub(1)
        } else {
            self.known.iter().rposition(|known| known.is(cycle))
        };
        let known = Known {
            from: cycle.to.x.xyz(),
            way: cycle.way().try_normalize(1e-6).unwrap_or_default(),
            own: at.map_or_else(Own::default, |at| self.known.remove(at).own),
        };
        if self.known.len() >= MOST_MOVEMENTS {
            self.known.remove(0);
        }
        self.known.push(known);
        let last = self.known.len() - 1;
        &mut self.known[last].own
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::place::Place;
    use super::*;
    use crate::coach::plan::WornSensor;
    use crate::exercise::built_in;

    fn plan() -> Plan {
        Plan {
            exercise: built_in("auto").unwrap(),
            sensors: vec![WornSensor {
                family: WornSensor::IMPORTED.to_owned(),
                placement: Placement::T7,
                name: String::new(),
            }],
            setup: crate::coach::plan::Setup::Inferred,
            goal: Default::default(),
            settings: Default::default(),
            conduct: Default::default(),
            programme: None,
        }
    }

    fn place(secs: f64, tilt_deg: f64) -> Place {
        let tilt = tilt_deg.to_radians();
        Place {
            at: SessionTime::from_seconds(secs),
            x: Vector4::new(tilt.sin(), 0.0, tilt.cos(), 0.0) * 1.0_f64.to_degrees(),
            lift: 0.0,
            error_deg: 1.0,
            noise_deg: 0.0,
        }
    }

    /// The rules that are broken by repetitions of these ranges and times.
    fn broken(reps: &[(f64, f64)]) -> Vec<Vec<String>> {
        broken_by(&mut Judged::new(&plan(), &[Placement::T7]), reps)
    }

    fn broken_by(judged: &mut Judged, reps: &[(f64, f64)]) -> Vec<Vec<String>> {
        let each = (1..).zip(reps).map(|(number, (rom_deg, secs))| {
            let begin = f64::from(number) * 10.0;
            let cycle = Cycle {
                start: SessionTime::from_seconds(begin),
                from: place(begin, 0.0),
                turn: place(begin + secs / 2.0, *rom_deg),
                end: SessionTime::from_seconds(begin + secs),
                to: place(begin + secs, 0.0),
                hold_s: 0.0,
                outer_s: *secs,
                lift_rms: 0.0,
            };
            let told = Told {
                at: cycle.end,
                set: 1,
                number,
                rom_deg: *rom_deg,
            };
            let mut events = Vec::new();
            judged.rep(&cycle, told, &mut events);
            let judgement = events.iter().find_map(|event| match event {
                Event::Judged(judgement) => Some(judgement.clone()),
                _ => None,
            });
            let findings = judgement.unwrap().findings;
            findings.into_iter().map(|finding| finding.rule).collect()
        });
        each.collect()
    }

    #[test]
    fn smaller_and_hastier_ones_than_the_first_five_are_found() {
        let mut reps = vec![(60.0, 4.0); 7];
        reps.extend([(30.0, 4.0), (60.0, 1.6), (30.0, 1.6)]);
        let broken = broken(&reps);
        assert!(broken[..7].iter().all(Vec::is_empty), "{broken:?}");
        assert_eq!(broken[7], ["AU-SMALL"]);
        assert_eq!(broken[8], ["AU-FAST"]);
        assert_eq!(broken[9].len(), 2);
    }

    #[test]
    fn another_movement_has_its_own_measure() {
        // Small tilts the other way are not small bends; small bends are, in whatever set.
        let mut judged = Judged::new(&plan(), &[Placement::T7]);
        let mut set = |reps: &[(f64, f64)]| {
            judged.new_set();
            broken_by(&mut judged, reps)
        };
        assert!(set(&[(60.0, 4.0); 6]).iter().all(Vec::is_empty));
        assert!(set(&[(-20.0, 2.0); 7]).iter().all(Vec::is_empty));
        assert!(
            set(&[(35.0, 4.0); 3])
                .iter()
                .all(|one| *one == ["AU-SMALL"])
        );
    }
}
