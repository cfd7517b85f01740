//! What follows from pain, and from the red-flag question.

use jiff::civil::Date;

use super::history::{History, Session};
use super::numbers::{MORNINGS_DAYS, PAIN_UP, WORSE_MORNINGS};
use super::{Advice, Rule};
use crate::programme::log::Morning;

/// Why the red-flag question is to be asked before the next session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It was never answered.
    Never,
    /// One of them was true when it was asked last.
    WasTrue,
    /// Pain was reported since.
    PainSince,
}

/// Whether the red-flag question is due, and why (PR-GATE).
pub fn gate_due(history: &History<'_>) -> Option<Due> {
    let Some(last) = history.answers.last() else {
        return Some(Due::Never);
    };
    if last.answer.refusal().is_some() {
        return Some(Due::WasTrue);
    }
    let hurt = |session: &Session<'_>| {
        let is_after = session.at > last.at || session.done.iter().any(|done| done.at > last.at);
        is_after
            && (session.done.iter().any(|done| done.pain)
                || session.pain_up().is_some_and(|up| up >= PAIN_UP))
    };
    let morning = |morning: &&Morning| morning.at > last.at && is_worse(history, morning);
    let is_reported = history.sessions.iter().any(hurt) || history.mornings.iter().any(morning);
    is_reported.then_some(Due::PainSince)
}

pub(super) fn gate(history: &History<'_>) -> Option<Advice> {
    let text = history.answers.last()?.answer.refusal()?;
    Some(Advice::new(Rule::Gate, None, text.to_owned()))
}

pub(super) fn more_after(history: &History<'_>) -> Option<Advice> {
    let session = history.latest()?;
    let up = session.pain_up().filter(|up| *up >= PAIN_UP)?;
    let text = format!(
        "Pain was higher after the last session than before it, by {up} of 10. Leave the exercise that it came with, and \
         ask a professional."
    );
    Some(Advice::new(Rule::Pain1, None, text))
}

pub(super) fn more_next_morning(history: &History<'_>, today: Date) -> Option<Advice> {
    is_loaded_paused(history, today).then(|| {
        let text = "Pain was higher on several mornings after exercise. Pause everything with a load, and ask a \
                    professional. If it does not settle, or you feel numbness, tingling or weakness in a leg, contact one \
                    soon.";
        Advice::new(Rule::Pain2, None, text.to_owned())
    })
}

/// Whether everything with a load is to rest (PR-PAIN2).
pub fn is_loaded_paused(history: &History<'_>, today: Date) -> bool {
    let is_recent = |morning: &&&Morning| {
        let ago = days_between(morning.day, today);
        (0..MORNINGS_DAYS).contains(&ago)
    };
    let recent = history.mornings.iter().filter(is_recent);
    let mut days: Vec<Date> = recent
        .filter(|morning| is_worse(history, morning))
        .map(|morning| morning.day)
        .collect();
    days.sort_unstable();
    days.dedup();
    days.len() >= WORSE_MORNINGS
}

/// Whether a morning was worse than the wearer felt before the exercise of the day before.
fn is_worse(history: &History<'_>, morning: &Morning) -> bool {
    let mut sessions = history.sessions.iter().rev();
    let before = sessions.find_map(|session| {
        let is_day_before = days_between(session.day, morning.day) == 1;
        session.check_in.filter(|_| is_day_before)?.pain
    });
    before.is_some_and(|before| morning.pain.above(before) >= PAIN_UP)
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}
