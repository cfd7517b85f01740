//! What the exercise asks, as numbers: limits of the rules that the worn sensors can judge.

use crate::coach::Plan;
use crate::exercise::{Comparator, Quantity, Rule, Severity};
use crate::input::Placement;

use super::data::{Limit, Target, TargetEnd};
use super::numbers::finite;

/// Whether the plan's sensors are where the rule needs them.
pub(super) fn is_judged(rule: &Rule, plan: &Plan) -> bool {
    let worn = |wanted: &[Placement]| {
        plan.sensors
            .iter()
            .any(|sensor| wanted.contains(&sensor.placement.without_side()))
    };
    worn(&rule.placements) && (rule.with.is_empty() || worn(&rule.with))
}

/// The limits of one rule, mildest first, moved away from zero by the wearer's own allowance.
pub(super) fn of_rule(rule: &Rule, plan: &Plan) -> Vec<Limit> {
    let allowance = rule
        .allowance
        .as_deref()
        .and_then(|name| plan.setting(name))
        .unwrap_or(0.0);
    let given = [
        (rule.info, Severity::Info),
        (rule.warn, Severity::Warn),
        (rule.stop, Severity::Stop),
    ];
    given
        .into_iter()
        .filter_map(|(value, severity)| {
            let value = value?;
            Some(Limit {
                rule: super::numbers::clean(&rule.id, 40),
                quantity: rule.quantity,
                when: rule.when,
                value: finite(value + allowance * value.signum())?,
                severity,
            })
        })
        .collect()
}

/// The limits of all judged rules on some quantities.
pub(super) fn on(quantities: &[Quantity], plan: &Plan) -> Vec<Limit> {
    plan.exercise
        .rules
        .iter()
        .filter(|rule| quantities.contains(&rule.quantity) && is_judged(rule, plan))
        .flat_map(|rule| of_rule(rule, plan))
        .collect()
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
