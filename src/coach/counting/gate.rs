//! When repetitions are counted, when a set that nobody sees is over, and what the wearer says of the count.

use super::{Change, Counting, Excursion};
use crate::coach::event::Event;
use crate::coach::sets::{Set, TakenBack};
use crate::units::SessionTime;

/// Without readings for this long a set is over, seconds: whoever trains on hears nothing any more either.
const DEAD_SECS: f64 = 60.0;

/// Whether repetitions are counted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// No: the wearer rests, walks, or sets up.
    Shut,
    /// Only one that is like those before it, done straight out of the start pose; it opens the gate.
    Poised,
    /// Yes.
    Open,
}

impl Counting {
    /// The coach leads the session: nothing is counted before the gate is opened.
    pub fn lead(&mut self) {
        (self.leads, self.gate) = (true, Gate::Shut);
    }

    /// Opens or shuts. What was under way when it was shut is nobody's repetition.
    pub fn set_gate(&mut self, gate: Gate, at: SessionTime) {
        if self.gate == Gate::Shut && gate != Gate::Shut {
            self.detector.rearm();
            self.last_end = None;
            if let Some(set) = &mut self.set {
                set.resumed(at);
            }
        }
        self.gate = gate;
    }

    /// Pauses a set between two repetitions: the last one is judged as far as it was seen.
    pub fn pause(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        self.settle(at, events);
        if let Some(open) = &mut self.open {
            open.rep.cut_short();
        }
        self.close(at, at, events);
        self.set_gate(Gate::Shut, at);
    }

    /// Whether a set is under way.
    pub fn is_in_set(&self) -> bool {
        self.set.is_some()
    }

    /// Whether the signal is away from its resting level.
    pub fn is_out(&self) -> bool {
        self.gate != Gate::Shut && self.detector.is_out()
    }

    /// Whether no repetition is under way, nor its last bit.
    pub fn is_at_rest(&self) -> bool {
        self.gate == Gate::Shut || self.detector.is_at_rest()
    }

    /// Whether the last repetition still waits for its verdict.
    pub fn is_judging(&self) -> bool {
        self.open.is_some()
    }

    /// Outside a set only what is like the repetitions before it is believed.
    pub(super) fn is_foreign(&self, excursion: &Excursion) -> bool {
        self.gate == Gate::Poised && !self.detector.is_like_before(excursion)
    }

    pub(super) fn is_quiet(&self, now: SessionTime) -> bool {
        let now = match self.seen {
            // Time that nobody sees is no quiet; it is forgiven when readings come back.
            Some(seen) if self.leads => now.min(seen),
            _ => now,
        };
        let usual = self.detector.usual_secs();
        self.gate != Gate::Shut
            && !self.detector.is_out()
            && self.set.as_ref().is_some_and(|set| set.is_over(now, usual))
    }

    /// Nothing was seen for so long that the set is over, whatever became of it.
    pub(super) fn is_dead(&self, now: SessionTime) -> bool {
        self.set.is_some()
            && self
                .seen
                .is_some_and(|seen| now.seconds_since(seen) >= DEAD_SECS)
    }

    /// Ends a set that nobody sees any more: a repetition that was under way far enough is counted, doubtfully.
    pub(super) fn cut_off(&mut self, now: SessionTime, events: &mut Vec<Event>) {
        if let Some(Change::Counted(excursion)) = self.detector.cut_off() {
            self.count(excursion, events);
        }
        self.end_set(now, events);
    }

    /// The last counted repetition was not one, or the wearer takes back that one was missed.
    ///
    /// Between two sets this is about the one before.
    pub fn undo(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        let Some(set) = self.set.as_mut().or(self.ended.as_mut()) else {
            return;
        };
        match set.undo() {
            Some(TakenBack::Rep(rep)) => events.push(Event::Undone { at, rep }),
            Some(TakenBack::Missed) => {}
            None => return,
        }
        events.push(corrected(set, at));
    }

    /// One more was done than was counted. Between two sets this is about the one before.
    pub fn missed(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        if let Some(set) = self.set.as_mut().or(self.ended.as_mut()) {
            set.missed();
            events.push(corrected(set, at));
        }
    }
}

fn corrected(set: &Set, at: SessionTime) -> Event {
    Event::Corrected {
        at,
        set: set.number,
        counted: set.count,
        said: set.said(),
    }
}
