//! One utterance at a time: cues and calls share one voice, so that nobody is told two things at once.
//!
//! Utterances are [`APART_SECS`] apart. A pause is said at once, and silences the corrections that wait; so are the
//! count-in and "go", which are of no use later. The other calls and the corrections wait until the voice is free, calls
//! before corrections before praise. A tempo call that would meet something else is left out: its beat goes on unsaid.

use super::super::event::{Call, CueKind, Event};
use crate::units::SessionTime;

/// A word of one or two syllables and the breath after it, seconds.
const APART_SECS: f64 = 0.8;

/// What waits at most: more would be said too late to be of use.
const MOST_WAITING: usize = 8;

/// How pressing an utterance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// Only if nothing else is said about now.
    IfFree,
    /// Praise.
    Praise,
    /// A correction.
    Correction,
    /// A call that tells where the session stands.
    Standing,
    /// At once.
    Now,
}

/// Says what is to be said, one thing at a time.
#[derive(Clone, Debug, Default)]
pub struct Voice {
    last: Option<SessionTime>,
    waiting: Vec<Event>,
}

impl Voice {
    /// Says a cue or a call: now, when it can be heard, or not at all. Anything else passes through.
    pub fn say(&mut self, said: Event, now: SessionTime, events: &mut Vec<Event>) {
        match urgency(&said) {
            None => events.push(said),
            Some(Urgency::Now) => {
                if matches!(said, Event::Cue(_)) {
                    self.waiting
                        .retain(|event| urgency(event) == Some(Urgency::Standing));
                }
                self.utter(said, now, events);
            }
            Some(Urgency::IfFree) => {
                if self.waiting.is_empty() && self.is_free(now) {
                    self.utter(said, now, events);
                }
            }
            Some(_) => {
                if self.waiting.len() < MOST_WAITING {
                    self.waiting.push(said);
                }
                self.pass(now, events);
            }
        }
    }

    /// Time passes: what waits is said when it can be.
    pub fn pass(&mut self, now: SessionTime, events: &mut Vec<Event>) {
        if !self.is_free(now) {
            return;
        }
        let most = self.waiting.iter().filter_map(urgency).max();
        if let Some(at) = self.waiting.iter().position(|event| urgency(event) == most) {
            let said = self.waiting.remove(at);
            self.utter(said, now, events);
        }
    }

    /// When the next thing can be said.
    pub fn free_at(&self, now: SessionTime) -> SessionTime {
        let free = self.last.map(|last| last.plus_seconds(APART_SECS));
        free.map_or(now, |free| now.max(free))
    }

    /// Nothing more will come: what waits is said.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        events.append(&mut self.waiting);
    }

    fn is_free(&self, now: SessionTime) -> bool {
        self.free_at(now) <= now
    }

    fn utter(&mut self, mut said: Event, now: SessionTime, events: &mut Vec<Event>) {
        if let Event::Cue(super::Cue { at, .. }) | Event::Call { at, .. } = &mut said {
            *at = now.max(*at);
        }
        self.last = Some(now);
        events.push(said);
    }
}

fn urgency(said: &Event) -> Option<Urgency> {
    Some(match said {
        Event::Cue(cue) => match cue.kind {
            CueKind::Pause => Urgency::Now,
            CueKind::Correct | CueKind::Nudge => Urgency::Correction,
            CueKind::RightAgain => Urgency::Praise,
        },
        Event::Call { call, .. } => match call {
            Call::CountIn(_) | Call::Go => Urgency::Now,
            Call::Lift | Call::Hold | Call::Lower => Urgency::IfFree,
            Call::Halfway
            | Call::HeldLongEnough
            | Call::LastRep
            | Call::SetDone
            | Call::TakePose
            | Call::NextExercise
            | Call::AllDone => Urgency::Standing,
        },
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::super::Cue;
    use super::*;

    fn at(seconds: f64) -> SessionTime {
        SessionTime::from_seconds(seconds)
    }

    fn call(call: Call, seconds: f64) -> Event {
        let (at, text) = (at(seconds), String::new());
        Event::Call { at, call, text }
    }

    fn cue(kind: CueKind, seconds: f64) -> Event {
        Event::Cue(Cue {
            at: at(seconds),
            rep: Some(1),
            kind,
            rule: None,
            text: String::new(),
        })
    }

    /// What is said, and when, if time passes in tenths of a second.
    fn said(wanted: &[Event]) -> Vec<(f64, Event)> {
        let mut voice = Voice::default();
        let mut all = Vec::new();
        for tenth in 0..100 {
            let now = at(f64::from(tenth) / 10.0);
            let mut events = Vec::new();
            voice.pass(now, &mut events);
            for event in wanted {
                let (Event::Cue(Cue { at, .. }) | Event::Call { at, .. }) = event else {
                    panic!("neither cue nor call");
                };
                if *at == now {
                    voice.say(event.clone(), now, &mut events);
                }
            }
            all.extend(events.into_iter().map(|event| (now.seconds(), event)));
        }
        all
    }

    fn kinds(said: &[(f64, Event)]) -> Vec<(f64, &'static str)> {
        let name = |event: &Event| match event {
            Event::Cue(cue) => match cue.kind {
                CueKind::Pause => "pause",
                CueKind::Nudge => "nudge",
                CueKind::Correct => "correct",
                CueKind::RightAgain => "right",
            },
            Event::Call { call, .. } => match call {
                Call::Lift | Call::Hold | Call::Lower => "tempo",
                Call::LastRep => "last",
                _ => "call",
            },
            _ => "other",
        };
        said.iter().map(|(at, event)| (*at, name(event))).collect()
    }

    #[test]
    fn a_correction_waits_for_the_word_before_it() {
        let all = said(&[call(Call::Lower, 1.0), cue(CueKind::Correct, 1.3)]);
        assert_eq!(kinds(&all), [(1.0, "tempo"), (1.8, "correct")]);
    }

    #[test]
    fn a_tempo_call_that_would_meet_a_cue_is_left_out() {
        let all = said(&[
            cue(CueKind::Correct, 1.0),
            call(Call::Lift, 1.5),
            call(Call::Hold, 3.0),
        ]);
        assert_eq!(kinds(&all), [(1.0, "correct"), (3.0, "tempo")]);
    }

    #[test]
    fn a_pause_is_said_at_once_and_silences_corrections() {
        let all = said(&[
            call(Call::Hold, 1.0),
            cue(CueKind::Correct, 1.1),
            cue(CueKind::Pause, 1.2),
        ]);
        assert_eq!(kinds(&all), [(1.0, "tempo"), (1.2, "pause")]);
    }

    #[test]
    fn what_waits_is_said_most_pressing_first_and_apart() {
        let all = said(&[
            call(Call::Lift, 1.0),
            cue(CueKind::RightAgain, 1.1),
            cue(CueKind::Correct, 1.2),
            call(Call::LastRep, 1.3),
        ]);
        let expected = [
            (1.0, "tempo"),
            (1.8, "last"),
            (2.6, "correct"),
            (3.4, "right"),
        ];
        assert_eq!(kinds(&all), expected);
    }

    #[test]
    fn a_cue_says_when_it_was_really_given() {
        let all = said(&[call(Call::Lower, 1.0), cue(CueKind::Correct, 1.3)]);
        assert!(matches!(&all[1].1, Event::Cue(cue) if cue.at == at(1.8)));
    }
}
