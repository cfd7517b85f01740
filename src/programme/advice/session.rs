//! What follows from the latest session by itself: warm-up, order, the time of day, an exercise that ended early.

use super::history::History;
use super::numbers::{BENDS, EARLY_MIN, WARM_UP_SECS};
use super::{Advice, Rule, SoFar, stop_set};
use crate::programme::Class;

pub(super) fn warm_up(history: &History<'_>) -> Option<Advice> {
    let session = history.latest()?;
    let mut before = 0.0;
    let loaded = session.done.iter().find(|done| {
        let is_loaded = done.class == Some(Class::Loaded) && done.reps > 0;
        if !is_loaded {
            before += done.active_s.max(0.0);
        }
        is_loaded
    })?;
    (before < WARM_UP_SECS).then(|| {
        let text = format!(
            "Before `{}` there were {:.0} of {:.0} minutes of movement, as far as the sensor saw. Begin with easy \
             movement.",
            loaded.exercise,
            (before / 60.0).floor(),
            WARM_UP_SECS / 60.0
        );
        Advice::new(Rule::Warm, Some(&loaded.exercise), text)
    })
}

pub(super) fn order(history: &History<'_>) -> Option<Advice> {
    let session = history.latest()?;
    let is_done = |wanted: fn(Class) -> bool| {
        session
            .done
            .iter()
            .rposition(|done| done.reps > 0 && done.class.is_some_and(wanted))
    };
    let strengthened = is_done(Class::strengthens)?;
    let stretched = is_done(|class| class == Class::Stretch);
    stretched.is_none_or(|at| at < strengthened).then(|| {
        let text = "No stretch was seen after strengthening. End with one, if you like.";
        Advice::new(Rule::Order, None, text.to_owned())
    })
}

/// Whether an exercise bends the lower back so soon after getting up that it should start light (PR-MORNING).
pub fn is_early(exercise: &str, awake_min: u32) -> bool {
    awake_min < EARLY_MIN && BENDS.contains(&exercise)
}

pub(super) fn morning(history: &History<'_>) -> Option<Advice> {
    let session = history.latest()?;
    let awake_min = session.check_in?.awake_min?;
    let early = session
        .done
        .iter()
        .find(|done| done.reps > 0 && is_early(&done.exercise, awake_min))?;
    let text = format!(
        "`{}` was done {awake_min} minutes after getting up. At that time start light and bend less.",
        early.exercise
    );
    Some(Advice::new(Rule::Morning, Some(&early.exercise), text))
}

pub(super) fn ended(history: &History<'_>) -> Vec<Advice> {
    let done = history.latest().map_or(&[][..], |session| &session.done);
    let is_ended = |so_far: &SoFar| stop_set(so_far);
    done.iter()
        .filter(|done| {
            is_ended(&SoFar {
                pain: done.pain,
                stops: done.stops,
                // What happened in which order is in the recording; the log has the sum.
                warned_in_a_row: 0,
            })
        })
        .map(|done| {
            let why = if done.pain {
                "it hurt"
            } else {
                "it was paused again and again"
            };
            let text = format!(
                "`{}` ended early: {why}. Make it easier next time, or leave it out.",
                done.exercise
            );
            Advice::new(Rule::StopSet, Some(&done.exercise), text)
        })
        .collect()
}
