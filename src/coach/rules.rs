//! Limits against measured numbers.
//!
//! A finding states a fact: this number passed that limit in this repetition. Whether the wearer is told is decided
//! by votes over the latest repetitions, so that one odd repetition is none of anybody's business; a gross
//! excursion is told at once.

use std::collections::VecDeque;

use super::event::{Finding, Measured};
use super::quantities::{HoldView, RepView, measure_hold, measure_rep};
use crate::exercise::{Comparator, Limits, Quantity, Rule, Severity};
use crate::motion::Validity;
use crate::units::{SessionTime, round_to};

/// A rule with what it remembers of the set.
#[derive(Clone, Debug)]
pub struct RuleState {
    /// The rule.
    pub rule: Rule,
    /// Its limits, with the wearer's own choices.
    limits: Limits,
    /// The worn sensors cannot be sure of it: it may only inform.
    is_info_only: bool,
    /// Which of the latest repetitions passed the limit for a warning, and for a stop.
    votes: VecDeque<(bool, bool)>,
}

/// What a repetition or a hold is measured from.
pub trait View {
    /// Measures one quantity; `None` where it cannot be seen. A held extreme must last for `persistence_secs`.
    fn measure(&self, quantity: Quantity, persistence_secs: f64) -> Option<Measured>;
}

impl View for RepView<'_> {
    fn measure(&self, quantity: Quantity, persistence_secs: f64) -> Option<Measured> {
        measure_rep(quantity, persistence_secs, self)
    }
}

impl View for HoldView<'_> {
    fn measure(&self, quantity: Quantity, persistence_secs: f64) -> Option<Measured> {
        measure_hold(quantity, persistence_secs, self)
    }
}

/// What a rule says of one repetition or set.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The fact.
    pub finding: Option<Finding>,
    /// What the wearer should be told, by votes.
    pub tell: Option<Severity>,
    /// The number is back inside its limits with room to spare.
    pub is_clean: bool,
}

impl RuleState {
    /// A rule that has seen nothing, with its limits as the wearer chose them.
    pub fn new(rule: &Rule, limits: Limits) -> RuleState {
        RuleState {
            rule: rule.clone(),
            limits,
            is_info_only: false,
            votes: VecDeque::new(),
        }
    }

    /// From now on it may only inform, or it may do all again.
    pub fn inform_only(&mut self, is_info_only: bool) {
        self.is_info_only = is_info_only;
    }

    /// Whether a limit passed just now, with the votes of the repetitions before, is to be told at once.
    pub fn tells_at_once(&self, severity: Severity, value: f64) -> bool {
        if self.is_info_only {
            return false;
        }
        let ([warn_k, warn_n], [stop_k, stop_n]) = (self.rule.vote, self.rule.stop_vote);
        let before = |n: u32, of: fn(&(bool, bool)) -> bool| {
            let votes = self.votes.iter().rev().take(n.saturating_sub(1) as usize);
            votes.filter(|vote| of(vote)).count() + 1
        };
        match severity {
            Severity::Stop => before(stop_n, |vote| vote.1) >= stop_k as usize,
            _ => before(warn_n, |vote| vote.0) >= warn_k as usize || self.is_gross(value),
        }
    }

    /// Its limits, with the wearer's own choices.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// A new set begins: old votes do not count.
    pub fn new_set(&mut self) {
        self.votes.clear();
    }

    /// Measures one repetition or hold; `None` where the rule's quantity cannot be seen.
    pub fn measure(&self, view: &impl View) -> Option<Measured> {
        view.measure(self.rule.quantity, self.rule.persistence_s)
    }

    /// Judges what was measured of one repetition. Its vote counts from now on.
    pub fn judge_rep(
        &mut self,
        measured: Measured,
        view: &impl View,
        at: SessionTime,
        rep: u32,
        set: u32,
    ) -> Ruling {
        let is_relevant = self.rule.only_if.as_ref().is_none_or(|condition| {
            view.measure(condition.quantity, self.rule.persistence_s)
                .is_some_and(|other| condition.when.is_beyond(other.value, condition.limit))
        });
        self.judge(measured, is_relevant, at, Some(rep), set)
    }

    /// Judges a number of one repetition that was measured elsewhere; a second condition is not looked at.
    pub fn judge_number(
        &mut self,
        measured: Measured,
        at: SessionTime,
        rep: u32,
        set: u32,
    ) -> Ruling {
        self.judge(measured, true, at, Some(rep), set)
    }

    /// Judges a number of the whole set.
    pub fn judge_set(&mut self, measured: Measured, at: SessionTime, set: u32) -> Ruling {
        self.judge(measured, true, at, None, set)
    }

    fn judge(
        &mut self,
        measured: Measured,
        is_relevant: bool,
        at: SessionTime,
        rep: Option<u32>,
        set: u32,
    ) -> Ruling {
        let passed = if is_relevant && measured.validity != Validity::Invalid {
            self.passed(measured.value)
        } else {
            None
        };
        let may_warn = !self.is_info_only && measured.validity == Validity::Good;
        let passed = passed.map(|(severity, limit)| {
            if may_warn {
                (severity, limit)
            } else {
                (Severity::Info, self.limits.info.unwrap_or(limit))
            }
        });
        let tell = self.vote(
            passed.map(|(severity, _)| severity),
            measured.value,
            rep.is_none(),
        );
        let finding = passed.map(|(severity, limit)| Finding {
            at,
            rep,
            set,
            rule: self.rule.id.clone(),
            fault: self.rule.fault.clone(),
            severity,
            quantity: self.rule.quantity,
            value: round_to(measured.value, 1e4),
            limit,
            unit: self.rule.quantity.unit(),
        });
        Ruling {
            tell,
            is_clean: finding.is_none()
                && measured.validity != Validity::Invalid
                && self.is_well_inside(measured.value),
            finding,
        }
    }

    /// The gravest limit that a value passes.
    fn passed(&self, value: f64) -> Option<(Severity, f64)> {
        let severity = self.limits.severity(self.rule.when, value)?;
        let limit = match severity {
            Severity::Stop => self.limits.stop,
            Severity::Warn => self.limits.warn,
            Severity::Info => self.limits.info,
        };
        Some((severity, limit?))
    }

    fn is_well_inside(&self, value: f64) -> bool {
        let Some(limit) = self.limits.info.or(self.limits.warn).or(self.limits.stop) else {
            return true;
        };
        let inside = match self.rule.when {
            Comparator::Above => limit - self.rule.hysteresis,
            Comparator::Below => limit + self.rule.hysteresis,
        };
        !self.rule.when.is_beyond(value, inside)
    }

    /// Votes of the latest repetitions: what is to be told now.
    fn vote(&mut self, passed: Option<Severity>, value: f64, is_set: bool) -> Option<Severity> {
        let (warns, stops) = (
            passed >= Some(Severity::Warn),
            passed >= Some(Severity::Stop),
        );
        if is_set {
            return passed.filter(|severity| *severity >= Severity::Warn);
        }
        let ([warn_k, warn_n], [stop_k, stop_n]) = (self.rule.vote, self.rule.stop_vote);
        self.votes.push_back((warns, stops));
        while self.votes.len() > warn_n.max(stop_n) as usize {
            self.votes.pop_front();
        }
        let count = |n: u32, of: fn(&(bool, bool)) -> bool| {
            self.votes
                .iter()
                .rev()
                .take(n as usize)
                .filter(|vote| of(vote))
                .count()
        };
        if stops && count(stop_n, |vote| vote.1) >= stop_k as usize {
            Some(Severity::Stop)
        } else if warns && (count(warn_n, |vote| vote.0) >= warn_k as usize || self.is_gross(value))
        {
            Some(Severity::Warn)
        } else {
            None
        }
    }

    /// Twice as far from the limit for information as the limit for a warning is.
    fn is_gross(&self, value: f64) -> bool {
        let (Some(info), Some(warn)) = (self.limits.info, self.limits.warn) else {
            return false;
        };
        self.rule.when.is_beyond(value, info + 2.0 * (warn - info))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::exercise::{Evidence, Quantity, RuleKind};

    fn side() -> Rule {
        Rule {
            id: "HX-SIDE".into(),
            fault: "leaning or twisting".into(),
            quantity: Quantity::SideMax,
            when: Comparator::Above,
            info: Some(8.0),
            warn: Some(12.0),
            stop: Some(20.0),
            only_if: None,
            allowance: None,
            scale_with: None,
            after_min: None,
            after_with: None,
            most_per_hour: None,
            unless: Vec::new(),
            persistence_s: 0.3,
            vote: [2, 3],
            stop_vote: [2, 2],
            hysteresis: 2.0,
            placements: Vec::new(),
            with: Vec::new(),
            kind: RuleKind::Safety,
            cue: Some("keep level".into()),
            rationale: String::new(),
            evidence: Evidence::Engineering,
            sources: Vec::new(),
        }
    }

    fn state() -> RuleState {
        let rule = side();
        let limits = Limits {
            info: rule.info,
            warn: rule.warn,
            stop: rule.stop,
        };
        RuleState::new(&rule, limits)
    }

    fn told(state: &mut RuleState, values: &[f64]) -> Vec<Option<Severity>> {
        let one = |value: &f64| Measured {
            value: *value,
            validity: Validity::Good,
        };
        values
            .iter()
            .map(|value| {
                state
                    .judge(one(value), true, SessionTime::ZERO, Some(1), 1)
                    .tell
            })
            .collect()
    }

    #[test]
    fn one_odd_repetition_is_not_told_and_two_of_three_are() {
        let told = told(&mut state(), &[13.0, 5.0, 13.0, 5.0, 5.0, 13.0]);
        assert_eq!(told, [None, None, Some(Severity::Warn), None, None, None]);
    }

    #[test]
    fn a_gross_excursion_is_told_at_once() {
        assert_eq!(told(&mut state(), &[16.5]), [Some(Severity::Warn)]);
    }

    #[test]
    fn a_stop_needs_two_in_a_row_where_the_rule_says_so() {
        let told = told(&mut state(), &[21.0, 22.0]);
        assert_eq!(told, [Some(Severity::Warn), Some(Severity::Stop)]);
    }

    #[test]
    fn what_cannot_be_trusted_only_informs() {
        let mut state = state();
        let unsure = Measured {
            value: 30.0,
            validity: Validity::Uncertain,
        };
        let ruling = state.judge(unsure, true, SessionTime::ZERO, Some(1), 1);
        assert_eq!(
            ruling.finding.map(|finding| finding.severity),
            Some(Severity::Info)
        );
        assert_eq!(ruling.tell, None);
        let invalid = Measured {
            value: 30.0,
            validity: Validity::Invalid,
        };
        assert_eq!(
            state
                .judge(invalid, true, SessionTime::ZERO, Some(1), 1)
                .finding,
            None
        );
        let invalid = Measured {
            value: 0.0,
            ..invalid
        };
        let ruling = state.judge(invalid, true, SessionTime::ZERO, Some(1), 1);
        assert!(!ruling.is_clean, "what was not seen was not right either");
    }
}
