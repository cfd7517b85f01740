//! Findings gathered by rule.

use std::collections::{BTreeMap, BTreeSet};

use crate::coach::{Finding, Plan};
use crate::exercise::{Comparator, Quantity, Severity, Unit};
use crate::units::round_to;

use super::data::{Counts, Fault};
use super::limits;
use super::numbers::{clean, finite, median};

/// Rules told apart; a recording with more of them is not one of ours.
const RULES: usize = 200;

/// Occurrences of a rule that are told apart.
const OCCURRENCES: usize = 10_000;

/// What the findings of one rule share.
#[derive(Clone, Debug)]
struct Found {
    fault: String,
    quantity: Quantity,
    unit: Unit,
    limit: f64,
    /// By repetition, or by set: the worst of each.
    at: BTreeMap<Occasion, (Severity, f64)>,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Occasion {
    Rep(u32),
    Set(u32),
}

/// Gathers findings.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    rules: BTreeMap<String, Found>,
    cues: BTreeMap<String, u32>,
}

impl Tally {
    /// Takes in a finding; one that comes twice, with its repetition's judgement, counts once.
    pub(super) fn finding(&mut self, finding: &Finding) {
        let Some(value) = finite(finding.value) else {
            return;
        };
        let rule = clean(&finding.rule, 40);
        if self.rules.len() >= RULES && !self.rules.contains_key(&rule) {
            return;
        }
        let found = self.rules.entry(rule).or_insert_with(|| Found {
            fault: clean(&finding.fault, 120),
            quantity: finding.quantity,
            unit: finding.unit,
            limit: finite(finding.limit).unwrap_or(0.0),
            at: BTreeMap::new(),
        });
        let occasion = finding
            .rep
            .map_or(Occasion::Set(finding.set), Occasion::Rep);
        if found.at.len() >= OCCURRENCES && !found.at.contains_key(&occasion) {
            return;
        }
        let entry = found
            .at
            .entry(occasion)
            .or_insert((finding.severity, value));
        if finding.severity >= entry.0 {
            *entry = (finding.severity, value);
        }
    }

    pub(super) fn cue(&mut self, rule: &str) {
        let rule = clean(rule, 40);
        if self.cues.len() < RULES || self.cues.contains_key(&rule) {
            let given = self.cues.entry(rule).or_insert(0);
            *given = given.saturating_add(1);
        }
    }

    /// The faults, most pressing first.
    pub(super) fn finish(
        self,
        plan: &Plan,
        counts: &Counts,
        sets: u32,
        undone: &BTreeSet<u32>,
    ) -> Vec<Fault> {
        let cues = self.cues;
        let mut faults: Vec<Fault> = self
            .rules
            .into_iter()
            .filter_map(|(rule, mut found)| {
                found
                    .at
                    .retain(|at, _| !matches!(at, Occasion::Rep(n) if undone.contains(n)));
                let given = cues.get(&rule).copied().unwrap_or(0);
                found.fault(rule, plan, counts, sets, given)
            })
            .collect();
        faults.sort_by(|a, b| {
            (b.severity, b.warned, b.count, b.kind).cmp(&(a.severity, a.warned, a.count, a.kind))
        });
        faults
    }
}

impl Found {
    fn fault(
        self,
        id: String,
        plan: &Plan,
        counts: &Counts,
        sets: u32,
        cues_given: u32,
    ) -> Option<Fault> {
        let rule = plan
            .exercise
            .rules
            .iter()
            .find(|rule| clean(&rule.id, 40) == id);
        let of_set = self.at.keys().all(|at| matches!(at, Occasion::Set(_)));
        let values: Vec<f64> = self.at.values().map(|(_, value)| *value).collect();
        let count = values.len() as u32;
        let of = if of_set { sets } else { counts.standing() };
        let when = rule.map(|rule| rule.when);
        let limits = match rule {
            Some(rule) => limits::of_rule(rule, plan),
            None => Vec::new(),
        };
        Some(Fault {
            fault: rule.map_or(self.fault, |rule| clean(&rule.fault, 120)),
            kind: rule.map_or(crate::exercise::RuleKind::Quality, |rule| rule.kind),
            severity: self.at.values().map(|(severity, _)| *severity).max()?,
            of_set,
            count,
            warned: self
                .at
                .values()
                .filter(|(s, _)| *s >= Severity::Warn)
                .count() as u32,
            percent: round_to(
                100.0 * f64::from(count.min(of)) / f64::from(of.max(1)),
                10.0,
            ),
            quantity: self.quantity,
            unit: self.unit,
            when,
            limits,
            median: round_to(median(&values)?, 100.0),
            worst: round_to(worst(&values, when, self.limit)?, 100.0),
            cue: rule
                .and_then(|rule| rule.cue.as_deref())
                .map(|cue| clean(cue, 120)),
            cues_given,
            evidence: rule.map(|rule| rule.evidence),
            sources: rule
                .map(|rule| sources(&rule.sources, plan))
                .unwrap_or_default(),
            rule: id,
        })
    }
}

/// The value furthest beyond the limit.
fn worst(values: &[f64], when: Option<Comparator>, limit: f64) -> Option<f64> {
    let middle = median(values)?;
    let above = when.map_or(middle >= limit, |when| when == Comparator::Above);
    let furthest = if above { f64::max } else { f64::min };
    values.iter().copied().reduce(furthest)
}

fn sources(keys: &[String], plan: &Plan) -> Vec<String> {
    keys.iter()
        .take(8)
        .map(|key| match plan.exercise.sources.get(key) {
            Some(full) => format!("{}: {}", clean(key, 20), clean(full, 300)),
            None => clean(key, 60),
        })
        .collect()
}
