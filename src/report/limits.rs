//! What the exercise asks, as numbers: limits of the rules that the worn sensors can judge.

use crate::coach::Plan;
use crate::exercise::{Comparator, Quantity, Rule, Severity};
use crate::input::Placement;

use super::data::{Limit, Target, TargetEnd};
use super::numbers::{clean, finite};

/// Where the plan's sensors are worn.
pub(super) fn worn(plan: &Plan) -> Vec<Placement> {
    plan.sensors.iter().map(|sensor| sensor.placement).collect()
}

/// The limits of one rule, mildest first, moved by the wearer's own settings.
pub(super) fn of_rule(rule: &Rule, plan: &Plan) -> Vec<Limit> {
    let limits = plan
        .exercise
        .limits(rule, |name| plan.settings.get(name).copied());
    let given = [
        (limits.info, Severity::Info),
        (limits.warn, Severity::Warn),
        (limits.stop, Severity::Stop),
    ];
    given
        .into_iter()
        .filter_map(|(value, severity)| {
            Some(Limit {
                rule: clean(&rule.id, 40),
                quantity: rule.quantity,
                when: rule.when,
                value: finite(value?)?,
                severity,
            })
        })
        .collect()
}

/// The limits of all judged rules on some quantities.
pub(super) fn on(quantities: &[Quantity], plan: &Plan) -> Vec<Limit> {
    plan.exercise
        .judged_rules(&worn(plan))
        .into_iter()
        .filter(|rule| quantities.contains(&rule.quantity))
        .flat_map(|rule| of_rule(rule, plan))
        .collect()
}

/// The full way of a repetition, by the signal that counts.
pub(super) fn full_range(plan: &Plan) -> Option<Limit> {
    let signal = plan.exercise.counting_signal(&worn(plan))?;
    Some(Limit {
        rule: "full".to_owned(),
        quantity: Quantity::Rom,
        when: Comparator::Below,
        value: finite(signal.full_rom?)?,
        severity: Severity::Warn,
    })
}

/// What is asked of the signal at both ends; an end that no rule looks at is left out.
pub(super) fn targets(plan: &Plan) -> Vec<Target> {
    let ends = [
        (TargetEnd::Far, &[Quantity::Peak][..]),
        (
            TargetEnd::Start,
            &[Quantity::TopMin, Quantity::TopLevel][..],
        ),
    ];
    ends.into_iter()
        .map(|(end, quantities)| target(end, on(quantities, plan)))
        .filter(|target| !target.limits.is_empty())
        .collect()
}

/// The target lies between the innermost limits of both sides.
fn target(end: TargetEnd, limits: Vec<Limit>) -> Target {
    let side = |when: Comparator| {
        limits
            .iter()
            .filter(move |limit| limit.when == when)
            .map(|limit| limit.value)
    };
    Target {
        end,
        low_deg: side(Comparator::Below).reduce(f64::max),
        high_deg: side(Comparator::Above).reduce(f64::min),
        limits,
    }
}
