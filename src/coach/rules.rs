//! Limits against measured numbers.
//!
//! A finding states a fact: this number passed that limit in this repetition. Whether the wearer is told is decided
//! by votes over the latest repetitions, so that one odd repetition is none of anybody's business; a gross
//! excursion is told at once.

use std::collections::VecDeque;

use super::event::{Finding, Measured};
use super::quantities::{RepView, measure_rep};
use crate::exercise::{Comparator, Rule, Severity};
use crate::motion::Validity;
use crate::units::{SessionTime, round_to};

/// What the wearer's settings do to a rule's limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Moves all limits outward, in the quantity's unit.
    pub allowance: f64,
    /// Multiplies all limits.
    pub scale: f64,
}

impl Default for Choice {
    /// The limits as written.
    fn default() -> Choice {
        Choice {
            allowance: 0.0,
            scale: 1.0,
        }
    }
}

/// A rule with what it remembers of the set.
#[derive(Clone, Debug)]
pub struct RuleState {
    /// The rule.
    pub rule: Rule,
    /// The wearer's own choices.
    choice: Choice,
    /// The worn sensors cannot be sure of it: it may only inform.
    is_info_only: bool,
    /// Which of the latest repetitions passed the limit for a warning, and for a stop.
    votes: VecDeque<(bool, bool)>,
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
    /// A rule that has seen nothing, with the wearer's choices.
    pub fn new(rule: &Rule, choice: Choice) -> RuleState {
        RuleState {
            rule: rule.clone(),
            choice,
            is_info_only: false,
            votes: VecDeque::new(),
        }
    }

    /// From now on it may only inform, or it may do all again.
    pub fn inform_only(&mut self, is_info_only: bool) {
        self.is_info_only = is_info_only;
    }

    /// A new set begins: old votes do not count.
    pub fn new_set(&mut self) {
        self.votes.clear();
    }

    /// Measures and judges one repetition; `None` where the rule's quantity cannot be seen.
    pub fn judge_rep(
        &mut self,
        view: &RepView<'_>,
        at: SessionTime,
        rep: u32,
        set: u32,
    ) -> Option<(Measured, Ruling)> {
        let measured = measure_rep(self.rule.quantity, self.rule.persistence_s, view)?;
        let is_relevant = self.rule.only_if.as_ref().is_none_or(|condition| {
            measure_rep(condition.quantity, self.rule.persistence_s, view)
                .is_some_and(|other| condition.when.is_beyond(other.value, condition.limit))
        });
        Some((
            measured,
            self.judge(measured, is_relevant, at, Some(rep), set),
        ))
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
                (Severity::Info, self.first_limit(limit))
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
            is_clean: finding.is_none() && self.is_well_inside(measured.value),
            finding,
        }
    }

    /// The most severe limit that a value passes.
    fn passed(&self, value: f64) -> Option<(Severity, f64)> {
        let tiers = [
            (Severity::Stop, self.rule.stop),
            (Severity::Warn, self.rule.warn),
            (Severity::Info, self.rule.info),
        ];
        tiers.into_iter().find_map(|(severity, limit)| {
            let limit = self.limit(limit?);
            self.rule
                .when
                .is_beyond(value, limit)
                .then_some((severity, limit))
        })
    }

    /// A limit with the wearer's choices.
    fn limit(&self, limit: f64) -> f64 {
        match self.rule.when {
            Comparator::Above => limit * self.choice.scale + self.choice.allowance,
            Comparator::Below => limit * self.choice.scale - self.choice.allowance,
        }
    }

    fn first_limit(&self, otherwise: f64) -> f64 {
        self.rule
            .info
            .or(self.rule.warn)
            .map_or(otherwise, |limit| self.limit(limit))
    }

    fn is_well_inside(&self, value: f64) -> bool {
        let Some(limit) = self.rule.info.or(self.rule.warn).or(self.rule.stop) else {
            return true;
        };
        let limit = self.limit(limit);
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
        let (Some(info), Some(warn)) = (self.rule.info, self.rule.warn) else {
            return false;
        };
        self.rule
            .when
            .is_beyond(value, self.limit(info + 2.0 * (warn - info)))
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
        let told = told(
            &mut RuleState::new(&side(), Choice::default()),
            &[13.0, 5.0, 13.0, 5.0, 5.0, 13.0],
        );
        assert_eq!(told, [None, None, Some(Severity::Warn), None, None, None]);
    }

    #[test]
    fn a_gross_excursion_is_told_at_once() {
        assert_eq!(
            told(&mut RuleState::new(&side(), Choice::default()), &[16.5]),
            [Some(Severity::Warn)]
        );
    }

    #[test]
    fn a_stop_needs_two_in_a_row_where_the_rule_says_so() {
        let told = told(
            &mut RuleState::new(&side(), Choice::default()),
            &[21.0, 22.0],
        );
        assert_eq!(told, [Some(Severity::Warn), Some(Severity::Stop)]);
    }

    #[test]
    fn what_cannot_be_trusted_only_informs() {
        let mut state = RuleState::new(&side(), Choice::default());
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
    }

    #[test]
    fn an_allowance_moves_the_limits_outward() {
        let mut state = RuleState::new(
            &side(),
            Choice {
                allowance: 5.0,
                scale: 1.0,
            },
        );
        let at = |value| Measured {
            value,
            validity: Validity::Good,
        };
        assert_eq!(
            state
                .judge(at(12.5), true, SessionTime::ZERO, Some(1), 1)
                .finding,
            None
        );
        let finding = state
            .judge(at(13.5), true, SessionTime::ZERO, Some(1), 1)
            .finding
            .unwrap();
        assert_eq!((finding.severity, finding.limit), (Severity::Info, 13.0));
    }
}
