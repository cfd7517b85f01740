//! What the exercise asks of the angle that is counted, as bands on a scale.

use crate::coach::Plan;
use crate::exercise::{Comparator, Quantity};
use crate::input::Placement;

/// Room beyond the outermost limit, degrees.
const MARGIN_DEG: f64 = 10.0;

/// The scale where nothing is asked of the far end, degrees.
const PLAIN_RANGE_DEG: f64 = 30.0;

/// The largest scale that makes sense of an angle, degrees.
const WIDEST_DEG: f64 = 200.0;

/// Where the signal is meant to be at both ends of a repetition, degrees; 0 is the start pose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The start pose: from the innermost limit below it to where it rests.
    pub start: (f64, f64),
    /// The far end: from the full way to the innermost limit beyond it; none where nothing is asked.
    pub far: Option<(f64, f64)>,
    /// The ends of the scale.
    pub scale: (f64, f64),
}

impl Target {
    /// What a plan asks, with the wearer's settings and the sensors that are worn.
    pub fn of(plan: &Plan) -> Target {
        let worn: Vec<Placement> = plan.sensors.iter().map(|worn| worn.placement).collect();
        let signal = plan.exercise.counting_signal(&worn);
        let rest = signal.map_or(PLAIN_RANGE_DEG / 3.0, |signal| signal.rest);
        let full = signal.and_then(|signal| signal.full_rom);
        let least = signal.map_or(PLAIN_RANGE_DEG, |signal| signal.min_rom);

        let depth = [Quantity::Peak, Quantity::Rom];
        let low = innermost(plan, &worn, &depth, Comparator::Below);
        let high = innermost(plan, &worn, &[Quantity::Peak], Comparator::Above);
        let top = [Quantity::TopMin, Quantity::TopLevel];
        let start_low = innermost(plan, &worn, &top, Comparator::Below).unwrap_or(-rest);

        let far_low = low.or(full);
        let far_high = high.or(far_low.map(|low| low + 2.0 * MARGIN_DEG));
        let far = far_low.zip(far_high).filter(|(low, high)| low < high);
        let end = far.map_or(least * 2.0, |(_, high)| high) + MARGIN_DEG;
        Target {
            start: (
                start_low.clamp(-WIDEST_DEG, 0.0),
                rest.clamp(0.0, WIDEST_DEG),
            ),
            far,
            scale: (
                (start_low - MARGIN_DEG).clamp(-WIDEST_DEG, -MARGIN_DEG),
                end.clamp(PLAIN_RANGE_DEG, WIDEST_DEG),
            ),
        }
    }

    /// Where an angle lies on the scale: 0 to 1, beyond it where it lies beyond.
    pub fn place(&self, degrees: f64) -> f64 {
        (degrees - self.scale.0) / (self.scale.1 - self.scale.0)
    }
}

/// The limit nearest to the target, of all rules on some quantities that the worn sensors can judge.
fn innermost(
    plan: &Plan,
    worn: &[Placement],
    quantities: &[Quantity],
    when: Comparator,
) -> Option<f64> {
    let rules = plan.exercise.judged_rules(worn).into_iter();
    let limits = rules
        .filter(|rule| rule.when == when && quantities.contains(&rule.quantity))
        .flat_map(|rule| {
            let limits = plan
                .exercise
                .limits(rule, |name| plan.settings.get(name).copied());
            [limits.info, limits.warn, limits.stop]
        })
        .flatten()
        .filter(|limit| limit.is_finite());
    match when {
        Comparator::Below => limits.reduce(f64::max),
        Comparator::Above => limits.reduce(f64::min),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        serde_json::from_str(include_str!("../../recording/test_plan.json")).unwrap()
    }

    #[test]
    fn the_bands_are_those_of_the_rules() {
        let mut plan = plan();
        plan.exercise = crate::exercise::built_in("hyperext_45").unwrap();
        let target = Target::of(&plan);
        assert_eq!(target.start, (-5.0, 15.0));
        assert_eq!(target.far.unwrap().0, 60.0);
        assert!(target.place(target.scale.0) == 0.0 && target.place(target.scale.1) == 1.0);
    }

    #[test]
    fn the_wearers_own_depth_moves_the_band() {
        let mut plan = plan();
        plan.exercise = crate::exercise::built_in("hyperext_45").unwrap();
        let before = Target::of(&plan).far.unwrap();
        plan.settings.insert("target_depth_deg".into(), 40.0);
        let after = Target::of(&plan).far.unwrap();
        assert!(after.0 < before.0, "{after:?} {before:?}");
    }

    #[test]
    fn every_exercise_has_a_scale_that_holds_its_bands() {
        for built_in in crate::exercise::library() {
            let mut plan = plan();
            plan.exercise = crate::exercise::built_in(built_in.id).unwrap();
            let target = Target::of(&plan);
            let (low, high) = target.scale;
            assert!(low < target.start.0 && target.start.1 <= high, "{target:?}");
            assert!(target.far.is_none_or(|far| far.1 <= high), "{target:?}");
        }
    }
}
