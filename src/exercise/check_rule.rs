//! How the values of one rule fit together and with the rest of its exercise.

use super::check::{Findings, confidence_at};
use super::document::Step::{self, At, Key};
use super::error::{nearest, suggestion};
use super::{
    Comparator, Confidence, Evidence, Exercise, Kind, MeasuredOn, Quantity, Rule, Scope, Unit,
};
use crate::input::{Placement, Segment};

/// One rule and where it stands.
pub(super) struct Place<'e> {
    pub exercise: &'e Exercise,
    pub rule: &'e Rule,
    pub index: usize,
}

impl Place<'_> {
    pub fn of<'s>(&self, field: &'s str) -> [Step<'s>; 3] {
        [Key("rule"), At(self.index), Key(field)]
    }

    /// A fault of a field; messages start with the rule's id.
    pub fn fault(&self, findings: &mut Findings<'_>, field: &str, problem: &str) {
        let id = &self.rule.id;
        findings.add(&self.of(field), format!("rule {id}: {problem}"));
    }
}

/// Adds every fault of the rule at `index`.
pub(super) fn check_rule(exercise: &Exercise, index: usize, findings: &mut Findings<'_>) {
    let place = &Place {
        exercise,
        rule: &exercise.rules[index],
        index,
    };
    identity(place, findings);
    limits(place, findings);
    floor(place, findings);
    hysteresis(place, findings);
    votes(place, findings);
    scope(place, findings);
    settings(place, findings);
    placements(place, findings);
    second_sensor(place, findings);
    confidence(place, findings);
    words(place, findings);
}

pub(super) fn identity(place: &Place<'_>, findings: &mut Findings<'_>) {
    let id = &place.rule.id;
    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        findings.add(
            &place.of("id"),
            "a rule's `id` may hold A-Z, a-z, 0-9 and - only, as in HX-OVER".to_owned(),
        );
    }
    let earlier = place.exercise.rules[..place.index]
        .iter()
        .position(|rule| rule.id == *id);
    if let Some(earlier) = earlier {
        let line = findings.line(&[Key("rule"), At(earlier), Key("id")]);
        let problem = format!("this id is taken by the rule on line {line}");
        place.fault(findings, "id", &problem);
    }
}

/// The limits that are given, mildest first.
fn given(rule: &Rule) -> Vec<(&'static str, f64)> {
    [
        ("info", rule.info),
        ("warn", rule.warn),
        ("stop", rule.stop),
    ]
    .into_iter()
    .filter_map(|(name, limit)| Some((name, limit?)))
    .collect()
}

fn limits(place: &Place<'_>, findings: &mut Findings<'_>) {
    let given = given(place.rule);
    if given.is_empty() {
        place.fault(
            findings,
            "id",
            "has no limit; give at least one of `info`, `warn`, `stop`",
        );
    }
    let when = place.rule.when;
    for pair in given.windows(2) {
        let [(milder, first), (graver, then)] = pair else {
            continue;
        };
        if when.is_beyond(*first, *then) {
            let order = match when {
                Comparator::Above => "grow",
                Comparator::Below => "fall",
            };
            let problem = format!(
                "`{graver}` ({then}) comes before `{milder}` ({first}); with `when = \"{}\"` limits {order} from `info` to `stop`",
                side(when)
            );
            place.fault(findings, graver, &problem);
        }
    }
}

fn side(when: Comparator) -> &'static str {
    match when {
        Comparator::Above => "above",
        Comparator::Below => "below",
    }
}

fn floor(place: &Place<'_>, findings: &mut Findings<'_>) {
    let quantity = place.rule.quantity;
    let Some(floor) = quantity.finest_limit() else {
        return;
    };
    // What follows a signal of travel is in centimeters.
    let travels = |placement: &Placement| {
        place.exercise.signals.iter().any(|signal| {
            signal.angle.unit() == Unit::Centimeters && signal.placements.contains(placement)
        })
    };
    if quantity.measured_on() == MeasuredOn::Counting && place.rule.placements.iter().all(travels) {
        return;
    }
    for (name, limit) in [("warn", place.rule.warn), ("stop", place.rule.stop)] {
        if let Some(limit) = limit.filter(|limit| limit.abs() < floor) {
            let problem = format!(
                "`{name}` ({limit}) is finer than the sensor: for `{quantity}` it is at least {floor} degrees from 0; use `info`, or a wider limit"
            );
            place.fault(findings, name, &problem);
        }
    }
}

pub(super) fn hysteresis(place: &Place<'_>, findings: &mut Findings<'_>) {
    let hysteresis = place.rule.hysteresis;
    if hysteresis < 0.0 {
        return place.fault(findings, "hysteresis", "`hysteresis` is not below 0");
    }
    if hysteresis == 0.0 {
        return;
    }
    let given = given(place.rule);
    for pair in given.windows(2) {
        let [(milder, first), (graver, then)] = pair else {
            continue;
        };
        let distance = (then - first).abs();
        if 0.0 < distance && distance <= hysteresis {
            let problem = format!(
                "`hysteresis` ({hysteresis}) is not smaller than the distance from `{milder}` to `{graver}` ({distance}): a warning would outlast its cause"
            );
            place.fault(findings, "hysteresis", &problem);
        }
    }
    if let Some((name, limit)) = given.first()
        && limit.abs() <= hysteresis
    {
        let problem = format!(
            "`hysteresis` ({hysteresis}) is not smaller than `{name}` ({limit}): a warning could never end"
        );
        place.fault(findings, "hysteresis", &problem);
    }
}

fn votes(place: &Place<'_>, findings: &mut Findings<'_>) {
    const MOST: u32 = 20;
    let rule = place.rule;
    for (name, [k, n]) in [("vote", rule.vote), ("stop_vote", rule.stop_vote)] {
        if k == 0 || n < k || MOST < n {
            let problem = format!(
                "`{name}` is [k, n]: k of the last n repetitions, 1 to {MOST}; here [{k}, {n}]"
            );
            place.fault(findings, name, &problem);
        } else if rule.quantity.scope() == Scope::Set && [k, n] != [1, 1] {
            let problem = format!(
                "`{}` is measured once a set, so there is nothing to vote on; write `{name} = [1, 1]`",
                rule.quantity
            );
            place.fault(findings, name, &problem);
        }
    }
    if !(0.0..=10.0).contains(&rule.persistence_s) {
        let problem = format!(
            "`persistence_s` lies between 0 and 10 seconds; here {}",
            rule.persistence_s
        );
        place.fault(findings, "persistence_s", &problem);
    }
}

/// What lasts for minutes is no matter of repetitions, and what is measured of a hold only holds have.
fn scope(place: &Place<'_>, findings: &mut Findings<'_>) {
    let is_hold = place.exercise.kind == Kind::Hold;
    for (field, quantity) in measured(place.rule) {
        let problem = match quantity.scope() {
            Scope::Lasting => {
                format!("`{quantity}` is measured over minutes; it needs `kind = \"posture\"`")
            }
            Scope::Held if !is_hold => {
                format!("`{quantity}` is measured of holds; it needs `kind = \"hold\"`")
            }
            Scope::Held | Scope::Set => continue,
            _ if is_hold => {
                format!("`{quantity}` is measured of repetitions, and a hold has none")
            }
            _ => continue,
        };
        place.fault(findings, field, &problem);
    }
}

pub(super) fn settings(place: &Place<'_>, findings: &mut Findings<'_>) {
    let settings = &place.exercise.settings;
    let rule = place.rule;
    for (field, name) in [
        ("allowance", &rule.allowance),
        ("scale_with", &rule.scale_with),
        ("after_with", &rule.after_with),
    ] {
        if let Some(name) = name.as_ref().filter(|name| !settings.contains_key(*name)) {
            let near = suggestion(nearest(name, settings.keys().map(String::as_str)));
            let problem = format!(
                "`{field}` names `{name}`{near}, which [settings] does not have; give it a default there"
            );
            place.fault(findings, field, &problem);
        }
    }
}

/// The quantities that the rule measures: its own and that of its condition.
fn measured(rule: &Rule) -> impl Iterator<Item = (&'static str, Quantity)> {
    let condition = rule
        .only_if
        .as_ref()
        .map(|condition| ("only_if", condition.quantity));
    std::iter::once(("quantity", rule.quantity)).chain(condition)
}

pub(super) fn placements(place: &Place<'_>, findings: &mut Findings<'_>) {
    let rule = place.rule;
    if rule.placements.is_empty() {
        place.fault(findings, "placements", "needs at least one placement");
    }
    let all: Vec<Placement> = [&rule.placements, &rule.with, &rule.unless]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    for (at, placement) in all.iter().enumerate() {
        if all[..at].contains(placement) {
            let problem =
                format!("{placement} is named twice in `placements`, `with` and `unless` together");
            place.fault(findings, "placements", &problem);
        }
    }
    for (_, quantity) in measured(rule) {
        let measured_on = quantity.measured_on();
        for placement in &rule.placements {
            if !measured_on.accepts(placement.segment()) {
                let problem = format!(
                    "`{quantity}` cannot be measured at {placement}; it needs {measured_on}"
                );
                place.fault(findings, "placements", &problem);
            }
        }
    }
}

fn second_sensor(place: &Place<'_>, findings: &mut Findings<'_>) {
    let rule = place.rule;
    let has = |places: &[Placement], segment| places.iter().any(|p| p.segment() == segment);
    for placement in &rule.with {
        if has(&rule.placements, placement.segment()) {
            let problem = format!(
                "`with` names {placement}, which is on the same part of the body as `placements`: a second sensor there adds nothing"
            );
            place.fault(findings, "with", &problem);
        }
    }
    let is_both = |first: &[Placement], second: &[Placement]| {
        let all = |places: &[Placement], segment| {
            !places.is_empty() && places.iter().all(|p| p.segment() == segment)
        };
        all(first, Segment::Thorax) && all(second, Segment::Pelvis)
            || all(first, Segment::Pelvis) && all(second, Segment::Thorax)
    };
    for (_, quantity) in measured(rule) {
        if quantity.measured_on() == MeasuredOn::ThoraxAndPelvis
            && !is_both(&rule.placements, &rule.with)
        {
            let problem = format!(
                "`{quantity}` needs two sensors; write `placements = [\"T7\", \"ST\"]` and `with = [\"SA\", \"AP\"]`"
            );
            place.fault(findings, "placements", &problem);
        }
    }
}

/// What follows the counting sensor needs one that counts, and a guess may only be noted.
fn confidence(place: &Place<'_>, findings: &mut Findings<'_>) {
    let rule = place.rule;
    // Where nothing is named, any sensor counts.
    if place.exercise.kind == Kind::Auto {
        return;
    }
    let Some((_, quantity)) =
        measured(rule).find(|(_, quantity)| quantity.measured_on().is_counting())
    else {
        return;
    };
    for placement in &rule.placements {
        match confidence_at(place.exercise, *placement) {
            None => {
                let problem = format!(
                    "`{quantity}` follows the sensor that counts, and no [[signal]] counts at {placement}"
                );
                place.fault(findings, "placements", &problem);
            }
            Some(Confidence::Low) => {
                if let Some((name, _)) = given(rule).into_iter().find(|(name, _)| *name != "info") {
                    let problem = format!(
                        "the count at {placement} is of low confidence, so its rules may only inform: leave out `{name}`, or give {placement} a rule of its own with `info` only"
                    );
                    place.fault(findings, name, &problem);
                }
            }
            Some(_) => {}
        }
    }
}

fn words(place: &Place<'_>, findings: &mut Findings<'_>) {
    let rule = place.rule;
    if rule.cue.is_none() && (rule.warn.is_some() || rule.stop.is_some()) {
        place.fault(
            findings,
            "id",
            "a rule with `warn` or `stop` needs a `cue`: what the wearer is told",
        );
    }
    if rule.cue.is_some() && rule.warn.is_none() && rule.stop.is_none() {
        place.fault(
            findings,
            "cue",
            "a rule with `info` only is told to nobody; leave out `cue`, or give a `warn`",
        );
    }
    cited(place, findings);
}

/// Whether what is cited is given.
pub(super) fn cited(place: &Place<'_>, findings: &mut Findings<'_>) {
    let rule = place.rule;
    let known = &place.exercise.sources;
    for (at, key) in rule.sources.iter().enumerate() {
        if !known.contains_key(key) {
            let near = suggestion(nearest(key, known.keys().map(String::as_str)));
            let step = [Key("rule"), At(place.index), Key("sources"), At(at)];
            findings.add(
                &step,
                format!(
                    "rule {}: there is no source `{key}`{near}; add it to [sources]",
                    rule.id
                ),
            );
        }
    }
    let is_cited = matches!(rule.evidence, Evidence::Verified | Evidence::General);
    if is_cited && rule.sources.is_empty() {
        place.fault(
            findings,
            "evidence",
            "evidence from the literature needs `sources`; a limit of one's own is `engineering`",
        );
    }
}
