//! When the wearer stopped because it hurt.

use crate::coach::{CueKind, Event};
use crate::input::{Command, Input};

use super::data::{Stop, StopReason};
use super::numbers::{clock, finite};

/// Stops that are listed.
const STOPS: usize = 50;

/// The wearer's word and the coach's answer to it are one stop if no more than this lies between them, seconds.
const SAME_SECS: f64 = 1.0;

/// Gathers stops.
#[derive(Clone, Debug, Default)]
pub(super) struct Stops {
    list: Vec<Stop>,
    /// The set under way.
    set: Option<u32>,
}

impl Stops {
    pub(super) fn input(&mut self, input: &Input) {
        if let Input::Command {
            command: Command::Pain,
            ..
        } = input
        {
            self.pain(input.at().seconds());
        }
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::SetStarted { set, .. } => self.set = Some(*set),
            Event::SetEnded { .. } => self.set = None,
            // The one pause that no rule asks for is the answer to pain; a double tap says it without a command.
            Event::Cue(cue) if cue.kind == CueKind::Pause && cue.rule.is_none() => {
                self.pain(cue.at.seconds());
            }
            _ => {}
        }
    }

    fn pain(&mut self, at_s: f64) {
        let Some(at_s) = finite(at_s) else { return };
        let is_same = |last: &Stop| (at_s - last.at_s).abs() <= SAME_SECS;
        if self.list.len() < STOPS && !self.list.last().is_some_and(is_same) {
            self.list.push(Stop {
                at_s,
                set: self.set,
                reason: StopReason::Pain,
            });
        }
    }

    pub(super) fn finish(self) -> Vec<Stop> {
        self.list
    }
}

/// What to do about it next time: the first thing to say where anything hurt.
pub(super) fn in_words(stops: &[Stop]) -> Option<String> {
    // One that ended a set tells more than a word in a rest.
    let first = stops
        .iter()
        .find(|stop| stop.set.is_some())
        .or(stops.first())?;
    let at = clock(first.at_s);
    let what = match first.set {
        Some(set) => format!("You stopped set {set} at {at} because it hurt"),
        None => format!("You said at {at} that it hurt"),
    };
    let more = match stops.len() {
        1 => "",
        2 => ", and once more",
        _ => ", and more than once again",
    };
    Some(format!(
        "{what}{more}. Show this page to whoever advises you."
    ))
}
