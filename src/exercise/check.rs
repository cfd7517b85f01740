//! How the values of an exercise fit together, where each alone is of the right kind.

use super::check_posture::{bounds, check_posture};
use super::check_rule::check_rule;
use super::document::{Document, Fault, Step};
use super::fields::is_name;
use super::{Confidence, Exercise, Kind, Quantity, Signal, SignalAngle};
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
    pose(exercise, &mut findings);
    bounds(exercise, &mut findings);
    if exercise.kind == Kind::Posture {
        check_posture(exercise, &mut findings);
        settings(exercise, &mut findings);
        return findings.faults;
    }
    rep(exercise, &mut findings);
    dose(exercise, &mut findings);
    for index in 0..exercise.signals.len() {
        signal(exercise, index, &mut findings);
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

fn span(name: &str, [least, most]: [f64; 2], place: &[Step<'_>], findings: &mut Findings<'_>) {
    findings.require(
        0.0 <= least && least <= most,
        place,
        &format!("`{name}` is [least, most], from 0 and in this order; here [{least}, {most}]"),
    );
}

fn signal(exercise: &Exercise, index: usize, findings: &mut Findings<'_>) {
    let signal = &exercise.signals[index];
    let field = |name| [Key("signal"), At(index), Key(name)];
    let thresholds = [
        ("rest_deg", signal.rest_deg),
        ("min_rom_deg", signal.min_rom_deg),
        ("min_rep_s", signal.min_rep_s),
    ];
    for (name, value) in thresholds {
        findings.require(0.0 < value, &field(name), &format!("`{name}` lies above 0"));
    }
    let Signal {
        rest_deg,
        min_rom_deg,
        min_rep_s,
        max_rep_s,
        ..
    } = signal;
    findings.require(
        rest_deg < min_rom_deg,
        &field("rest_deg"),
        &format!("`rest_deg` ({rest_deg}) lies below `min_rom_deg` ({min_rom_deg}), or rest would be a repetition"),
    );
    if let Some(full) = signal.full_rom_deg {
        findings.require(
            *min_rom_deg <= full,
            &field("full_rom_deg"),
            &format!("`full_rom_deg` ({full}) is not below `min_rom_deg` ({min_rom_deg})"),
        );
    }
    let least = signal.full_rom_deg.unwrap_or(*min_rom_deg);
    if let Some(most) = signal.max_rom_deg {
        findings.require(
            least < most,
            &field("max_rom_deg"),
            &format!("`max_rom_deg` ({most}) lies above the range of a full repetition ({least})"),
        );
    }
    findings.require(
        min_rep_s < max_rep_s,
        &field("min_rep_s"),
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
            SignalAngle::Eta | SignalAngle::ThetaRise | SignalAngle::ThetaFall => findings.require(
                is_trunk,
                &place,
                &format!(
                    "an angle of the trunk is not seen at {placement}; it needs T7, ST, SA or AP"
                ),
            ),
            SignalAngle::Burst => {}
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

/// The setting that [`Quantity::LumflexTurnPct`] is a share of.
const FULL_BEND_SETTING: &str = "lumflex_full_deg";

fn settings(exercise: &Exercise, findings: &mut Findings<'_>) {
    for (name, default) in &exercise.settings {
        let place = [Key("settings"), Key(name)];
        let is = |other: &Option<String>| other.as_ref() == Some(name);
        let scales = exercise
            .rules
            .iter()
            .any(|rule| is(&rule.scale_with) || is(&rule.after_with));
        let allows = exercise.rules.iter().any(|rule| is(&rule.allowance));
        let is_full_bend = name == FULL_BEND_SETTING
            && exercise
                .rules
                .iter()
                .any(|rule| rule.quantity == Quantity::LumflexTurnPct);
        if !scales && !allows && !is_full_bend {
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

/// The signal that counts at a placement.
pub(super) fn signal_at(exercise: &Exercise, placement: Placement) -> Option<&Signal> {
    exercise
        .signals
        .iter()
        .find(|signal| signal.placements.contains(&placement))
}
