//! How the values of a posture fit together: bounds of settings, and rules on what lasts.

use super::check::Findings;
use super::check_rule::{Place, cited, hysteresis, identity, placements, settings};
use super::document::Step::{At, Key};
use super::error::{nearest, suggestion};
use super::{Exercise, Quantity, Scope};

/// The longest that anything is asked to last, minutes: what is remembered of the past is no longer.
pub(super) const LONGEST_MIN: f64 = 120.0;

/// More tellings an hour than this are no nudges any more.
const MOST_TELLINGS: u32 = 12;

/// Whether bounds belong to settings, are in order, and hold the default.
pub(super) fn bounds(exercise: &Exercise, findings: &mut Findings<'_>) {
    for (name, [least, most]) in &exercise.bounds {
        let place = [Key("bounds"), Key(name)];
        findings.require(
            0.0 <= *least && least < most,
            &place,
            &format!("the bounds of `{name}` are [least, most], from 0 and in this order; here [{least}, {most}]"),
        );
        match exercise.settings.get(name) {
            Some(default) => findings.require(
                (*least..=*most).contains(default),
                &place,
                &format!("the default of `{name}` ({default}) lies outside its bounds"),
            ),
            None => {
                let near = suggestion(nearest(name, exercise.settings.keys().map(String::as_str)));
                findings.add(&place, format!("there is no setting `{name}`{near}"));
            }
        }
    }
}

/// Adds every fault that only a posture can have.
pub(super) fn check_posture(exercise: &Exercise, findings: &mut Findings<'_>) {
    let most = exercise.most_nudges_per_hour.unwrap_or(0);
    findings.require(
        most <= MOST_TELLINGS,
        &[Key("most_nudges_per_hour")],
        &format!("`most_nudges_per_hour` is at most {MOST_TELLINGS}; here {most}"),
    );
    for index in 0..exercise.rules.len() {
        let place = &Place {
            exercise,
            rule: &exercise.rules[index],
            index,
        };
        identity(place, findings);
        scope(place, findings);
        lasting(place, findings);
        floor(place, findings);
        hysteresis(place, findings);
        settings(place, findings);
        placements(place, findings);
        cited(place, findings);
    }
}

fn scope(place: &Place<'_>, findings: &mut Findings<'_>) {
    let quantity = place.rule.quantity;
    if quantity.scope() != Scope::Lasting {
        let lasting = Quantity::ALL
            .iter()
            .filter(|quantity| quantity.scope() == Scope::Lasting)
            .map(|quantity| quantity.name())
            .collect::<Vec<_>>();
        let problem = format!(
            "`{quantity}` is measured of repetitions; a posture has {}",
            lasting.join(", ")
        );
        place.fault(findings, "quantity", &problem);
    }
}

/// How long, and how often told.
fn lasting(place: &Place<'_>, findings: &mut Findings<'_>) {
    let rule = place.rule;
    let is_minutes = matches!(rule.quantity, Quantity::SittingMin | Quantity::NoWalkMin);
    match rule.after_min {
        Some(_) if is_minutes => {
            let problem = format!(
                "`{}` is a time already; leave out `after_min`",
                rule.quantity
            );
            place.fault(findings, "after_min", &problem);
        }
        Some(minutes) if !(0.0 < minutes && minutes <= LONGEST_MIN) => {
            let problem =
                format!("`after_min` lies above 0 and up to {LONGEST_MIN}; here {minutes}");
            place.fault(findings, "after_min", &problem);
        }
        None if !is_minutes => {
            let problem = "needs `after_min`: for how many minutes it has to last";
            place.fault(findings, "id", problem);
        }
        _ => {}
    }
    if rule.after_with.is_some() && rule.after_min.is_none() {
        let problem = "`after_with` moves `after_min`, which is not given";
        place.fault(findings, "after_with", problem);
    }
    if let (Some(minutes), Some(name)) = (rule.after_min, &rule.after_with) {
        let bounds = place.exercise.bounds.get(name);
        let default = place.exercise.settings.get(name);
        if let (Some([_, most]), Some(default)) = (bounds, default)
            && LONGEST_MIN < minutes * most / default
        {
            let step = [Key("bounds"), Key(name)];
            findings.add(
                &step,
                format!("with `{name}` at {most}, rule {} would have to last longer than {LONGEST_MIN} minutes", rule.id),
            );
        }
    }
    let most = rule.most_per_hour.unwrap_or(0);
    if !(1..=MOST_TELLINGS).contains(&most) {
        let step = [Key("rule"), At(place.index), Key("most_per_hour")];
        findings.add(
            &step,
            format!(
                "rule {}: `most_per_hour` lies between 1 and {MOST_TELLINGS}; here {most}",
                rule.id
            ),
        );
    }
}

/// The wearer is told at `info` here, so it is no finer than the sensor.
fn floor(place: &Place<'_>, findings: &mut Findings<'_>) {
    let quantity = place.rule.quantity;
    let limit = place.rule.info.unwrap_or(0.0);
    if let Some(floor) = quantity.finest_limit()
        && limit.abs() < floor
    {
        let problem = format!(
            "`info` ({limit}) is finer than the sensor: for `{quantity}` it is at least {floor} degrees from 0"
        );
        place.fault(findings, "info", &problem);
    }
    if matches!(
        quantity,
        Quantity::SittingMin | Quantity::NoWalkMin | Quantity::PostureRange
    ) && limit <= 0.0
    {
        let problem = format!("`info` ({limit}) lies above 0");
        place.fault(findings, "info", &problem);
    }
}
