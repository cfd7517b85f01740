//! How the values of a programme file fit together, where each alone is of the right kind.

use super::{HOLD_SETTING, Programme, Step};
use crate::exercise;
use crate::exercise::reading::Step::{At, Key};
use crate::exercise::reading::{Document, Fault, Findings, is_name, nearest, shown, suggestion};

/// Most sets of a step.
const MOST_SETS: u32 = 20;
/// Most repetitions of a set.
const MOST_REPS: u32 = 100;
/// Longest hold, seconds.
const LONGEST_HOLD_SECS: f64 = 600.0;
/// Longest rest, seconds.
const LONGEST_REST_SECS: f64 = 600.0;
/// Most sessions in a week: two on each day.
const MOST_A_WEEK: u32 = 14;

/// Every fault in how the values fit together.
pub(super) fn check(programme: &Programme, document: &Document<'_>) -> Vec<Fault> {
    let mut findings = Findings::new(document);
    findings.require(
        is_name(&programme.id),
        &[Key("id")],
        "`id` may hold a-z, 0-9 and _ only, at most 40 of them",
    );
    let [least, most] = programme.per_week;
    findings.require(
        1 <= least && least <= most && most <= MOST_A_WEEK,
        &[Key("per_week")],
        "`per_week` is [least, most] sessions, from 1 to 14",
    );
    findings.require(
        !programme.steps.is_empty(),
        &[Key("step")],
        "a programme needs a step, headed [[step]]",
    );
    for (index, step) in programme.steps.iter().enumerate() {
        check_step(programme, step, index, &mut findings);
    }
    findings.into_faults()
}

fn check_step(programme: &Programme, step: &Step, index: usize, findings: &mut Findings<'_>) {
    let place = |field| [Key("step"), At(index), Key(field)];
    findings.require(
        (1..=MOST_SETS).contains(&step.sets),
        &place("sets"),
        "`sets` lies between 1 and 20",
    );
    findings.require(
        (1..=MOST_REPS).contains(&step.reps),
        &place("reps"),
        "`reps` lies between 1 and 100",
    );
    let last = step.fewer.saturating_mul(step.sets.saturating_sub(1));
    findings.require(
        last < step.reps || step.reps == 0,
        &place("fewer"),
        "`fewer` leaves nothing for the last set; make it smaller",
    );
    findings.require(
        step.hold_s
            .is_none_or(|hold| (1.0..=LONGEST_HOLD_SECS).contains(&hold)),
        &place("hold_s"),
        "`hold_s` lies between 1 and 600",
    );
    findings.require(
        step.hold_s.is_none() || !step.settings.contains_key(HOLD_SETTING),
        &place("hold_s"),
        "`hold_s` and the setting `target_hold_s` say the same thing; leave one out",
    );
    findings.require(
        (0.0..=LONGEST_REST_SECS).contains(&step.rest_s),
        &place("rest_s"),
        "`rest_s` lies between 0 and 600",
    );
    for (number, gate) in step.gates.iter().enumerate() {
        if step.gates[..number].contains(gate) {
            let problem = format!("the gate `{}` is there twice", gate.word());
            findings.add(&place("gates"), problem);
        }
    }
    for key in &step.sources {
        if !programme.sources.contains_key(key) {
            let near = suggestion(nearest(key, programme.sources.keys().map(String::as_str)));
            let problem = format!("[sources] has no `{}`{near}", shown(key));
            findings.add(&place("sources"), problem);
        }
    }
    if !step.is_file() {
        check_exercise(step, index, findings);
    }
}

/// Whether there is such an exercise, done in sets, with such settings.
fn check_exercise(step: &Step, index: usize, findings: &mut Findings<'_>) {
    let place = [Key("step"), At(index), Key("exercise")];
    let exercise = match exercise::built_in(&step.exercise) {
        Ok(exercise) => exercise,
        Err(error) => return findings.add(&place, error.to_string()),
    };
    if !exercise.kind.is_in_sets() {
        let problem = format!("`{}` is not done in sets: it is no step", exercise.id);
        findings.add(&place, problem);
    }
    for (name, value) in step.chosen() {
        let place = match step.settings.contains_key(name) {
            true => vec![Key("step"), At(index), Key("settings"), Key(name)],
            false => vec![Key("step"), At(index), Key("hold_s")],
        };
        if !exercise.settings.contains_key(name) {
            let near = suggestion(nearest(name, exercise.settings.keys().map(String::as_str)));
            let problem = format!("`{}` has no setting `{}`{near}", exercise.id, shown(name));
            findings.add(&place, problem);
        }
        if let Some([least, most]) = exercise.bounds.get(name)
            && !(*least..=*most).contains(&value)
        {
            let problem = format!("`{}` lies between {least} and {most}", shown(name));
            findings.add(&place, problem);
        }
    }
}
