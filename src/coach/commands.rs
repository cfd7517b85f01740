//! What the wearer asks for: done at once, or left to the conductor where there is one.

use super::RepCoach;
use super::event::{Cue, CueKind, Event};
use crate::input::Command;
use crate::units::SessionTime;

/// What is said when it hurts (exercises.md 6.3).
pub(super) const PAIN_TEXT: &str = "Stop here. Rest. If it does not settle, or you feel numbness, tingling or weakness in a leg, contact a professional.";

impl RepCoach {
    /// Takes a command. Corrections of the count are nobody's to decide but the wearer's.
    pub(super) fn command(&mut self, at: SessionTime, command: Command, events: &mut Vec<Event>) {
        match command {
            Command::Undo => self.counting.undo(at, events),
            Command::Missed => self.counting.missed(at, events),
            _ => match &mut self.conductor {
                Some(conductor) => conductor.command(command),
                None => self.watched_command(at, command, events),
            },
        }
    }

    /// A command in a session that nobody leads.
    fn watched_command(&mut self, at: SessionTime, command: Command, events: &mut Vec<Event>) {
        match command {
            Command::Next => self.setup.skip(at, events),
            // The next repetition begins a set of its own.
            Command::Start | Command::Stop => self.counting.end_set(at, events),
            Command::Pain => self.pain(at, events),
            Command::Recalibrate => self.recalibrate(at, events),
            Command::Undo | Command::Missed => {}
        }
    }

    pub(super) fn pain(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        events.push(Event::Cue(Cue {
            at,
            rep: None,
            kind: CueKind::Pause,
            rule: None,
            text: PAIN_TEXT.to_owned(),
        }));
        let mut ended = Vec::new();
        self.counting.end_set(at, &mut ended);
        // Nobody in pain is told to keep level as well.
        events.extend(
            ended
                .into_iter()
                .filter(|event| !matches!(event, Event::Cue(_))),
        );
    }

    pub(super) fn recalibrate(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        self.counting.restart(at, events);
        self.was_ready = false;
        self.setup.restart(at, events);
    }
}
