//! More, less, and how often.

use jiff::Timestamp;

use super::history::{History, Session};
use super::numbers::{
    CAP_PCT, CAP_WEEKS, DOWN_ROM_LOSS_PCT, DOWN_WARNED_PCT, GOOD_SESSIONS, LOADED_A_WEEK,
    LOADED_APART_HOURS, PAIN_UP, WELL_PCT,
};
use super::{Advice, Rule};
use crate::programme::Class;
use crate::programme::log::Done;

const HOUR_SECS: f64 = 3600.0;
const WEEK_SECS: f64 = 7.0 * 24.0 * HOUR_SECS;

pub(super) fn up(history: &History<'_>) -> Vec<Advice> {
    let exercises = history.exercises();
    exercises
        .into_iter()
        .filter_map(|exercise| up_of(history, exercise))
        .collect()
}

fn up_of(history: &History<'_>, exercise: &str) -> Option<Advice> {
    let sessions = history.sessions.iter().rev();
    let last: Vec<(&Session<'_>, &Done)> = sessions
        .filter_map(|session| Some((session, session.of(exercise)?)))
        .take(GOOD_SESSIONS)
        .collect();
    let (_, latest) = *last.first()?;
    // A step was taken in between: it is not easy yet at this amount.
    let is_same = last
        .iter()
        .all(|(_, done)| done.reps_planned == latest.reps_planned);
    let is_well = |(session, done): &(&Session<'_>, &Done)| {
        done.is_all_done() == Some(true)
            && done.warned_pct().is_some_and(|warned| warned <= WELL_PCT)
            && !done.pain
            && session.pain_up().is_some_and(|up| up <= 0)
    };
    if last.len() < GOOD_SESSIONS || !is_same || !last.iter().all(is_well) {
        return None;
    }
    let more = match latest.class {
        Some(Class::Loaded) => "1 or 2 repetitions more in a set, or 2 to 10 % more load; not both",
        Some(Class::Hold | Class::Stretch) => "1 or 2 seconds longer in a hold",
        _ => "1 or 2 repetitions more in a set",
    };
    let text = format!("`{exercise}` went well {GOOD_SESSIONS} times in a row. Next time: {more}.");
    Some(Advice::new(Rule::Up, Some(exercise), text))
}

pub(super) fn down(history: &History<'_>) -> Vec<Advice> {
    let Some(session) = history.latest() else {
        return Vec::new();
    };
    let mut advice: Vec<Advice> = session
        .done
        .iter()
        .filter_map(|done| down_of(done))
        .collect();
    if session.pain_up().is_some_and(|up| up >= PAIN_UP) {
        let text = "Pain rose in the last session. Do less of everything next time.";
        advice.push(Advice::new(Rule::Down, None, text.to_owned()));
    }
    advice
}

fn down_of(done: &Done) -> Option<Advice> {
    let exercise = &done.exercise;
    let warned = done.warned_pct().filter(|warned| *warned > DOWN_WARNED_PCT);
    let loss = done.rom_loss_pct.filter(|loss| *loss > DOWN_ROM_LOSS_PCT);
    let why = match (warned, loss) {
        (Some(warned), _) => format!("{warned:.0} % of the repetitions had something to correct"),
        (None, Some(loss)) => format!("the range fell by {loss:.0} % within a set"),
        (None, None) => return None,
    };
    let text = format!("`{exercise}`: {why}. Next time the amount before this one.");
    Some(Advice::new(Rule::Down, Some(exercise), text))
}

pub(super) fn often(history: &History<'_>, now: Timestamp) -> Vec<Advice> {
    let is_recent = |session: &&Session<'_>| {
        let ago = seconds_between(session.at, now);
        (0.0..WEEK_SECS).contains(&ago) && session.loaded().next().is_some()
    };
    let recent: Vec<&Session<'_>> = history.sessions.iter().filter(is_recent).collect();
    let mut advice = Vec::new();
    if recent.len() > LOADED_A_WEEK {
        let text = format!(
            "{} sessions with a load in 7 days; {LOADED_A_WEEK} are enough. Control exercises fill the other days.",
            recent.len()
        );
        advice.push(Advice::new(Rule::Freq, None, text));
    }
    let Some((latest, before)) = recent.split_last() else {
        return advice;
    };
    for done in latest.loaded() {
        let again = before.iter().rev().find(|session| {
            let mut loaded = session.loaded();
            loaded.any(|other| other.exercise == done.exercise)
        });
        let hours = again.map(|again| seconds_between(again.at, latest.at) / HOUR_SECS);
        if let Some(hours) = hours.filter(|hours| *hours < LOADED_APART_HOURS) {
            let text = format!(
                "`{}` came again after {hours:.0} hours. Leave 48 between two times.",
                done.exercise
            );
            advice.push(Advice::new(Rule::Freq, Some(&done.exercise), text));
        }
    }
    advice
}

pub(super) fn cap(history: &History<'_>, now: Timestamp) -> Vec<Advice> {
    let exercises = history.exercises();
    exercises
        .into_iter()
        .filter_map(|exercise| cap_of(history, exercise, now))
        .collect()
}

/// Repetitions are compared; the load is not known to the program.
fn cap_of(history: &History<'_>, exercise: &str, now: Timestamp) -> Option<Advice> {
    let earlier_secs = WEEK_SECS * f64::from(CAP_WEEKS);
    let (mut week, mut earlier, mut oldest) = (0.0, 0.0, 0.0_f64);
    for session in &history.sessions {
        let ago = seconds_between(session.at, now);
        let parts = session.done.iter().filter(|done| done.exercise == exercise);
        let reps: f64 = parts.map(|done| f64::from(done.reps)).sum();
        if reps == 0.0 || ago < 0.0 {
            continue;
        }
        oldest = oldest.max(ago);
        if ago < WEEK_SECS {
            week += reps;
        } else if ago < WEEK_SECS + earlier_secs {
            earlier += reps;
        }
    }
    // Who began less than that long ago has no usual week yet.
    let mean = earlier / f64::from(CAP_WEEKS);
    if oldest < WEEK_SECS + earlier_secs || mean <= 0.0 {
        return None;
    }
    let more_pct = 100.0 * (week - mean) / mean;
    (more_pct > CAP_PCT).then(|| {
        let text = format!(
            "`{exercise}`: {week:.0} repetitions in 7 days, {more_pct:.0} % more than in the weeks before ({mean:.0}). Let \
             it grow more slowly."
        );
        Advice::new(Rule::Cap, Some(exercise), text)
    })
}

fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}
