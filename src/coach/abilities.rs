//! What the worn sensors can do for a plan: count it, judge it, or only inform.

use super::error::PlanError;
use super::plan::{Plan, WornSensor};
use crate::exercise::{CountedBy, Exercise, Quantity};
use crate::input::Placement;
use crate::sensors;

/// Whether the plan names only what exists.
pub(super) fn check_names(plan: &Plan) -> Result<(), PlanError> {
    if plan.sensors.is_empty() {
        return Err(PlanError::NoSensor);
    }
    for (index, worn) in plan.sensors.iter().enumerate() {
        if plan.sensors[..index]
            .iter()
            .any(|other| other.placement == worn.placement)
        {
            return Err(PlanError::WornTwice {
                placement: worn.placement.to_string(),
            });
        }
        if worn.family != WornSensor::IMPORTED && sensors::find(&worn.family).is_none() {
            let known: Vec<&str> = sensors::SENSORS
                .iter()
                .map(|sensor| sensor.family())
                .collect();
            return Err(PlanError::UnknownFamily {
                family: worn.family.clone(),
                known: known.join(", "),
            });
        }
    }
    if let Some(setting) = plan
        .settings
        .keys()
        .find(|name| !plan.exercise.settings.contains_key(*name))
    {
        let known: Vec<&str> = plan.exercise.settings.keys().map(String::as_str).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        return Err(PlanError::UnknownSetting {
            exercise: plan.exercise.id.clone(),
            setting: setting.clone(),
            known,
        });
    }
    check_bounds(plan)
}

/// Whether the wearer's settings lie within their bounds.
fn check_bounds(plan: &Plan) -> Result<(), PlanError> {
    for (name, value) in &plan.settings {
        if let Some([least, most]) = plan.exercise.bounds.get(name)
            && !(*least..=*most).contains(value)
        {
            return Err(PlanError::SettingOutOfBounds {
                exercise: plan.exercise.id.clone(),
                setting: name.clone(),
                value: value.to_string(),
                least: least.to_string(),
                most: most.to_string(),
            });
        }
    }
    Ok(())
}

/// The best that can be counted by with what is worn, and the sensor that gives it.
pub(super) fn counted_by<'a>(
    exercise: &'a Exercise,
    worn: &[Placement],
) -> Result<(CountedBy<'a>, usize), PlanError> {
    let found = exercise.counted_by(worn).and_then(|(by, place)| {
        let lead = worn.iter().position(|placement| *placement == place)?;
        Some((by, lead))
    });
    found.ok_or_else(|| {
        let list = |placements: &mut dyn Iterator<Item = Placement>| {
            let mut codes: Vec<String> =
                placements.map(|placement| placement.to_string()).collect();
            codes.dedup();
            codes.join(", ")
        };
        PlanError::CannotCount {
            exercise: exercise.id.clone(),
            worn: list(&mut worn.iter().copied()),
            needed: list(
                &mut exercise
                    .signals
                    .iter()
                    .map(|signal| &signal.placements)
                    .chain(exercise.tests.iter().map(|test| &test.placements))
                    .flatten()
                    .copied(),
            ),
        }
    })
}

/// Whether a quantity is measured of the hold alone, so that it is worth no more than the hold's ends are.
pub(super) fn is_of_hold(quantity: Quantity) -> bool {
    use Quantity as Q;
    matches!(
        quantity,
        Q::SwayAcc | Q::SwayAngle | Q::SwayGyro | Q::HoldBreaks
    )
}

/// Whether a quantity needs to know where the wearer's sides are.
pub(super) fn is_sideways(quantity: Quantity) -> bool {
    use Quantity as Q;
    matches!(
        quantity,
        Q::SideMax
            | Q::TwistMax
            | Q::PelvisRoll
            | Q::ThoraxRoll
            | Q::Scissors
            | Q::SideBias
            | Q::SideSymmetry
            | Q::TrunkSide
            | Q::TrunkRoll
            | Q::TiltChange
            | Q::TiltGrowth
            | Q::HoldSide
            | Q::HoldSideAbs
            | Q::HoldRoll
    )
}
