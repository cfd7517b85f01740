//! What to take home, in words: one good thing, at most two to change.
//!
//! The wording is that of general fitness. It names what was measured and the limit that the wearer or
//! their physiotherapist set; it does not diagnose, does not promise, and does not frighten.

use crate::exercise::{Quantity, RuleKind, Severity, Unit};

use super::data::{
    Accuracy, CalibrationQuality, Counts, Fault, Gaps, RepReport, SensorReport, Stop, Summary,
    Trend,
};
use super::numbers::{counted, median, number, quantile, with_unit};
use super::{stops, trend};

/// What the summary looks at.
pub(super) struct Facts<'a> {
    pub counts: &'a Counts,
    pub reps: &'a [RepReport],
    pub faults: &'a [Fault],
    pub trend: &'a Trend,
    pub gaps: &'a Gaps,
    pub sensors: &'a [SensorReport],
    pub accuracy: &'a Accuracy,
    /// Whether the counting angle was ever known.
    pub has_angle: bool,
}

pub(super) fn summary(facts: &Facts) -> Summary {
    if facts.counts.counted == 0 {
        return Summary {
            positive: None,
            change: Vec::new(),
            note: Some(nothing_counted(facts)),
        };
    }
    if facts.counts.standing() == 0 {
        return Summary {
            positive: None,
            change: Vec::new(),
            note: Some("Every counted repetition was taken back.".to_owned()),
        };
    }
    Summary {
        positive: Some(positive(facts)),
        change: change(facts),
        note: note(facts),
    }
}

/// Whoever stopped because it hurt is told that first, and one thing to change at most.
pub(super) fn stopped(summary: &mut Summary, list: &[Stop]) {
    if let Some(words) = stops::in_words(list) {
        summary.change.truncate(1);
        summary.change.insert(0, words);
    }
}

fn nothing_counted(facts: &Facts) -> String {
    if !facts.has_angle {
        "No repetition was counted: the start pose was never held still long enough to count from."
            .to_owned()
    } else {
        "No repetition was counted. Check that the exercise and the place of the sensor are the ones that were used."
            .to_owned()
    }
}

fn positive(facts: &Facts) -> String {
    let all = facts.counts.standing();
    let Counts { good, .. } = *facts.counts;
    if good == all {
        return match (all, facts.faults.is_empty()) {
            (1, _) => "The one repetition had nothing to correct.".to_owned(),
            (_, true) => format!("All {all} repetitions stayed inside every limit."),
            (_, false) => format!("None of the {all} repetitions asked for a correction."),
        };
    }
    if good * 2 >= all {
        return format!("{good} of {all} repetitions had nothing to correct.");
    }
    even_depth(facts.reps)
        .or_else(|| even_tempo(facts.reps))
        .or_else(|| {
            (good > 0).then(|| format!("{good} of {all} repetitions had nothing to correct."))
        })
        .unwrap_or_else(|| {
            format!(
                "{} done and recorded: a base to build on.",
                counted(u64::from(all), "repetition", "repetitions")
            )
        })
}

/// Range that varies by less than a tenth.
fn even_depth(reps: &[RepReport]) -> Option<String> {
    let rom: Vec<f64> = standing(reps).map(|rep| rep.rom_deg).collect();
    let (middle, spread) = (median(&rom)?, spread(&rom)?);
    (rom.len() >= 4 && spread < 0.1 * middle).then(|| {
        format!(
            "The range was even: about {}° each time.",
            number(middle, 0)
        )
    })
}

/// Repetitions whose length varies by less than 15 %.
fn even_tempo(reps: &[RepReport]) -> Option<String> {
    let times: Vec<f64> = standing(reps).map(|rep| rep.end_s - rep.start_s).collect();
    let (middle, spread) = (median(&times)?, spread(&times)?);
    (times.len() >= 4 && spread < 0.15 * middle).then(|| {
        format!(
            "The pace was even: about {} s for each repetition.",
            number(middle, 1)
        )
    })
}

fn standing(reps: &[RepReport]) -> impl Iterator<Item = &RepReport> {
    reps.iter().filter(|rep| !rep.taken_back)
}

/// Half of the distance between the 10 % and the 90 % value.
fn spread(values: &[f64]) -> Option<f64> {
    Some((quantile(values, 0.9)? - quantile(values, 0.1)?) / 2.0)
}

/// The two most pressing: what asked for a cue before what was only noted, control before quality, often before rare.
fn change(facts: &Facts) -> Vec<String> {
    let mut due: Vec<&Fault> = facts
        .faults
        .iter()
        .filter(|fault| {
            fault.severity >= Severity::Warn || (is_frequent(fault) && !is_inferred(facts))
        })
        .filter(|fault| fault.quantity != Quantity::NeutralShift)
        .collect();
    due.sort_by_key(|fault| {
        let pressing = fault.severity.min(Severity::Warn);
        (
            pressing,
            fault.severity == Severity::Stop,
            fault.kind == RuleKind::Safety,
            fault.warned,
            fault.count,
        )
    });
    let mut lines: Vec<String> = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    for fault in due.into_iter().rev() {
        let advice = fault.cue.as_deref().unwrap_or(&fault.fault);
        if !said.contains(&advice) && lines.len() < 2 {
            said.push(advice);
            lines.push(line(fault, advice));
        }
    }
    if lines.len() < 2 && facts.trend.signs.len() >= 2 {
        lines.push(format!(
            "End the set a little earlier: {}.",
            trend::signs_in_words(facts.trend)
        ));
    }
    lines
}

/// Without a measured calibration, what was only noted is not worth an advice.
fn is_inferred(facts: &Facts) -> bool {
    facts
        .sensors
        .iter()
        .any(|sensor| sensor.counts && sensor.quality == CalibrationQuality::Inferred)
}

/// Worth a word although it was only noted: in every third repetition or more.
fn is_frequent(fault: &Fault) -> bool {
    fault.percent >= 33.0 && fault.count >= 3
}

fn line(fault: &Fault, advice: &str) -> String {
    let what = if fault.of_set {
        counted(u64::from(fault.count), "set", "sets")
    } else {
        counted(u64::from(fault.count), "repetition", "repetitions")
    };
    let measured = unbroken(fault.median, fault.unit);
    // The limit that decided: the one for a warning where a warning was due.
    let decided = fault.severity.min(Severity::Warn);
    let limit = fault
        .limits
        .iter()
        .rev()
        .find(|limit| limit.severity <= decided)
        .map(|limit| format!(", limit {}", unbroken(limit.value, fault.unit)))
        .unwrap_or_default();
    let advice = capital(advice.trim_end_matches(['.', '!']));
    let same = advice.eq_ignore_ascii_case(&fault.fault);
    let fault_text = if same {
        String::new()
    } else {
        format!("{} in ", fault.fault)
    };
    format!("{advice}: {fault_text}{what} (typically {measured}{limit}).")
}

/// A number that stays on one line with its unit.
fn unbroken(value: f64, unit: Unit) -> String {
    with_unit(value, unit).replace(' ', "\u{a0}")
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// The one thing about the data that a reader must know before believing the rest.
fn note(facts: &Facts) -> Option<String> {
    let slips: u64 = facts.sensors.iter().map(|sensor| sensor.slips).sum();
    if slips > 0 {
        return Some(
            "The sensor seems to have moved on the body; angles before and after may differ."
                .to_owned(),
        );
    }
    if facts.counts.not_seen > 0 || facts.gaps.seconds > 5.0 {
        return Some(format!(
            "Readings are missing for {}\u{a0}s in all; what happened there is not counted.",
            number(facts.gaps.seconds, 1)
        ));
    }
    if facts
        .accuracy
        .untrusted_percent
        .is_some_and(|share| share > 20.0)
    {
        return Some("Many angles were too uncertain to judge by; slower movement or a sensor with a gyroscope helps.".to_owned());
    }
    if facts.counts.doubtful * 2 > facts.counts.standing() {
        return Some(
            "Most repetitions could not be judged: part of them was not seen, or the angle was too uncertain."
                .to_owned(),
        );
    }
    is_inferred(facts).then(|| {
        "Without a measured calibration, side tilt and twist are only indications.".to_owned()
    })
}

/// How far the angles can be trusted: what is published for such sensors, and what was estimated here.
pub(super) fn statement(
    gyroscope: Option<bool>,
    median_error: Option<f64>,
    p95: Option<f64>,
) -> String {
    let general = match gyroscope {
        Some(true) => "Trunk tilt is good to about ±3° in slow movement and ±5° in fast movement.",
        Some(false) => {
            "Without a gyroscope, trunk tilt is good to about ±5° in slow movement; fast movement is less certain."
        }
        None => {
            "Trunk tilt is good to about ±3° with a gyroscope, ±5° in fast movement or without one."
        }
    };
    match (median_error, p95) {
        (Some(middle), Some(p95)) => format!(
            "{general} Estimated standard error in this session: median {}°, and {}° or less in 95 % of readings.",
            number(middle, 1),
            number(p95, 1)
        ),
        _ => general.to_owned(),
    }
}
