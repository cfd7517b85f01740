//! How the values of an exercise fit together, where each alone is of the right kind.

use super::check_hold::check_hold;
use super::check_posture::{bounds, check_posture};
use super::check_rule::check_rule;
use super::document::{Document, Fault, Step};
use super::fields::is_name;
use super::{Confidence, Exercise, Kind, Signal, SignalAngle, Unit};
use crate::input::{Placement, Segment};

use Step::{At, Key};

/// Collects faults with the lines of their places.
pub(crate) struct Findings<'d> {
    document: &'d Document<'d>,
    faults: Vec<Fault>,
}

impl<'d> Findings<'d> {
    /// None yet.
    pub fn new(document: &'d Document<'d>) -> Findings<'d> {
        Findings {
            document,
            faults: Vec::new(),
        }
    }

    /// All of them.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// A fault at a place of the file.
    pub fn add(&mut self, place: &[Step<'_>], problem: String) {
        self.faults.push((self.document.line(place), problem));
    }

    /// A fault at a place unless something holds.
    pub fn require(&mut self, holds: bool, place: &[Step<'_>], problem: &str) {
        if !holds {
            self.add(place, problem.to_owned());
        }
    }

    /// The line of a place.
    pub fn line(&self, place: &[Step<'_>]) -> usize {
        self.document.line(place)
    }
}

/// Every fault in how the values fit together.
pub(super) fn check(exercise: &Exercise, document: &Document<'_>) -> Vec<Fault> {
    let mut findings = Findings::new(document);
    names(exercise, &mut findings);
    bounds(exercise, &mut findings);
    if exercise.kind == Kind::Auto {
        settings(exercise, &mut findings);
        for index in 0..exercise.rules.len() {
            check_rule(exercise, index, &mut findings);
        }
        return findings.faults;
    }
    pose(exercise, &mut findings);
    if exercise.kind == Kind::Posture {
        check_posture(exercise, &mut findings);
        settings(exercise, &mut findings);
        return findings.faults;
    }
    dose(exercise, &mut findings);
    if exercise.kind == Kind::Hold {
        check_hold(exercise, &mut findings);
    } else {
        rep(exercise, &mut findings);
        for index in 0..exercise.signals.len() {
            signal(exercise, index, &mut findings);
        }
    }
    settings(exercise, &mut findings);
    for index in 0..exercise.rules.len() {
        check_rule(exercise, index, &mut findings);
    }
    findings.faults
}

fn names(exercise: &Exercise, findings: &mut Findings<'_>) {
    findings.require(
        is_name(&exercise.id),
        &[Key("id")],
        "`id` may hold a-z, 0-9 and _ only, at most 40 of them",
    );
    for (index, alias) in exercise.aliases.iter().enumerate() {
        let place = [Key("aliases"), At(index)];
        findings.require(
            is_name(alias),
            &place,
            "an alias may hold a-z, 0-9 and _ only, at most 40 of them",
        );
        if *alias == exercise.id || exercise.aliases[..index].contains(alias) {
            findings.add(&place, format!("the alias `{alias}` is there twice"));
        }
    }
    findings.require(
        exercise.version >= 1,
        &[Key("version")],
        "`version` counts from 1",
    );
}

fn pose(exercise: &Exercise, findings: &mut Findings<'_>) {
    let pose = &exercise.pose;
    findings.require(
        (-180.0..=180.0).contains(&pose.theta_deg),
        &[Key("pose"), Key("theta_deg")],
        "`theta_deg` lies between -180 and 180: 0 upright, 90 chest-down",
    );
    findings.require(
        0.0 < pose.tolerance_deg && pose.tolerance_deg <= 90.0,
        &[Key("pose"), Key("tolerance_deg")],
        "`tolerance_deg` lies above 0 and up to 90",
    );
}

fn rep(exercise: &Exercise, findings: &mut Findings<'_>) {
    let zone = exercise.rep.hold_zone_deg;
    findings.require(
        0.0 < zone && zone <= 90.0,
        &[Key("rep"), Key("hold_zone_deg")],
        "`hold_zone_deg` lies above 0 and up to 90",
    );
    let tempo = &exercise.rep.tempo;
    for (name, pair) in [
        ("lower_s", tempo.lower_s),
        ("raise_s", tempo.raise_s),
        ("hold_s", tempo.hold_s),
    ] {
        let place = [Key("rep"), Key("tempo"), Key(name)];
        span(name, pair, &place, findings);
    }
}

fn dose(exercise: &Exercise, findings: &mut Findings<'_>) {
    let dose = &exercise.dose;
    for (name, [least, most]) in [("reps", dose.reps), ("sets", dose.sets)] {
        findings.require(
            1 <= least && least <= most,
            &[Key("dose"), Key(name)],
            &format!("`{name}` is [least, most], from 1 and in this order; here [{least}, {most}]"),
        );
    }
    span(
        "rest_s",
        dose.rest_s,
        &[Key("dose"), Key("rest_s")],
        findings,
    );
}

pub(super) fn span(
    name: &str,
    [least, most]: [f64; 2],
    place: &[Step<'_>],
    findings: &mut Findings<'_>,
) {
    findings.require(
        0.0 <= least && least <= most,
        place,
        &format!("`{name}` is [least, most], from 0 and in this order; here [{least}, {most}]"),
    );
}

fn signal(exercise: &Exercise, index: usize, findings: &mut Findings<'_>) {
    let signal = &exercise.signals[index];
    let unit = match signal.angle.unit() {
        Unit::Centimeters => "cm",
        _ => "deg",
    };
    let name = |of: &str| format!("{of}_{unit}");
    let (rest_name, min_name) = (name("rest"), name("min_rom"));
    let (full_name, max_name) = (name("full_rom"), name("max_rom"));
    let place = |name| [Key("signal"), At(index), Key(name)];
    let thresholds = [
        (rest_name.as_str(), signal.rest),
        (&min_name, signal.min_rom),
        ("min_rep_s", signal.min_rep_s),
    ];
    for (name, value) in thresholds {
        findings.require(0.0 < value, &place(name), &format!("`{name}` lies above 0"));
    }
    let Signal {
        rest,
        min_rom,
        min_rep_s,
        max_rep_s,
        ..
    } = signal;
    findings.require(
        rest < min_rom,
        &place(&rest_name),
        &format!("`{rest_name}` ({rest}) lies below `{min_name}` ({min_rom}), or rest would be a repetition"),
    );
    if let Some(full) = signal.full_rom {
        findings.require(
            *min_rom <= full,
            &place(&full_name),
            &format!("`{full_name}` ({full}) is not below `{min_name}` ({min_rom})"),
        );
    }
    let least = signal.full_rom.unwrap_or(*min_rom);
    if let Some(most) = signal.max_rom {
        findings.require(
            least < most,
            &place(&max_name),
            &format!("`{max_name}` ({most}) lies above the range of a full repetition ({least})"),
        );
    }
    findings.require(
        min_rep_s < max_rep_s,
        &place("min_rep_s"),
        &format!("`min_rep_s` ({min_rep_s}) lies below `max_rep_s` ({max_rep_s})"),
    );
    signal_places(exercise, index, findings);
}

fn signal_places(exercise: &Exercise, index: usize, findings: &mut Findings<'_>) {
    let signal = &exercise.signals[index];
    let place = [Key("signal"), At(index), Key("placements")];
    findings.require(
        !signal.placements.is_empty(),
        &place,
        "a signal needs at least one placement",
    );
    for (at, placement) in signal.placements.iter().enumerate() {
        let is_trunk = matches!(placement.segment(), Segment::Thorax | Segment::Pelvis);
        let is_limb = matches!(
            placement.segment(),
            Segment::Thigh | Segment::Shank | Segment::Forearm
        );
        match signal.angle {
            SignalAngle::LimbTurn => findings.require(
                is_limb,
                &place,
                &format!("`limb_turn` is not seen at {placement}; it needs TH, AN or WR"),
            ),
            SignalAngle::Eta
            | SignalAngle::ThetaRise
            | SignalAngle::ThetaFall
            | SignalAngle::Side
            | SignalAngle::Twist => findings.require(
                is_trunk,
                &place,
                &format!(
                    "an angle of the trunk is not seen at {placement}; it needs T7, ST, SA or AP"
                ),
            ),
            SignalAngle::Burst | SignalAngle::TravelUp | SignalAngle::TravelDown => {}
        }
        let earlier = exercise.signals[..index]
            .iter()
            .any(|signal| signal.placements.contains(placement));
        if earlier || signal.placements[..at].contains(placement) {
            findings.add(
                &place,
                format!("{placement} counts by an entry above already; name it once"),
            );
        }
    }
    if signal.angle == SignalAngle::Eta && !exercise.pose.is_line {
        findings.add(
            &[Key("signal"), At(index), Key("angle")],
            "`eta` counts from the straight line: the start pose must be it (`is_line = true` in [pose])"
                .to_owned(),
        );
    }
    if signal.angle == SignalAngle::Burst && signal.confidence != Confidence::Low {
        findings.add(
            &[Key("signal"), At(index), Key("confidence")],
            "counting by `burst` is a guess: its confidence is `low`".to_owned(),
        );
    }
}

/// The setting that says how long the wearer means to hold, seconds; calls are made by it.
const TARGET_HOLD_SETTING: &str = "target_hold_s";

fn settings(exercise: &Exercise, findings: &mut Findings<'_>) {
    for (name, default) in &exercise.settings {
        let place = [Key("settings"), Key(name)];
        let is = |other: &Option<String>| other.as_ref() == Some(name);
        let scales = exercise
            .rules
            .iter()
            .any(|rule| is(&rule.scale_with) || is(&rule.after_with));
        let allows = exercise.rules.iter().any(|rule| is(&rule.allowance));
        let is_own_range = exercise
            .rules
            .iter()
            .any(|rule| rule.quantity.own_range() == Some(name));
        let is_target = name == TARGET_HOLD_SETTING;
        if !scales && !allows && !is_own_range && !is_target {
            findings.add(
                &place,
                format!(
                    "no rule uses the setting `{name}`; name it in a rule's {}, or leave it out",
                    if exercise.kind == Kind::Posture {
                        "`scale_with` or `after_with`"
                    } else {
                        "`allowance` or `scale_with`"
                    }
                ),
            );
        }
        if scales && *default <= 0.0 {
            findings.add(
                &place,
                format!("the default of `{name}` lies above 0: limits are proportional to it"),
            );
        }
        if allows && *default < 0.0 {
            findings.add(
                &place,
                format!("the default of `{name}` is not below 0: it moves limits outwards"),
            );
        }
    }
}

/// How far the count at a placement can be believed, where one is made there.
pub(super) fn confidence_at(exercise: &Exercise, placement: Placement) -> Option<Confidence> {
    let signals = exercise.signals.iter();
    let signals = signals.map(|signal| (&signal.placements, signal.confidence));
    let tests = exercise.tests.iter();
    signals
        .chain(tests.map(|test| (&test.placements, test.confidence)))
        .find(|(placements, _)| placements.contains(&placement))
        .map(|(_, confidence)| confidence)
}
