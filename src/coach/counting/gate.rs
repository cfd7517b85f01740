//! When repetitions are counted, when a set that nobody sees is over, and what the wearer says of the count.

use super::{Change, Counting, Excursion, Follow};
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
            self.early.takes_first = false;
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

    /// The signal counts from where it is now: what was under way is nobody's repetition.
    pub fn rest_here(&mut self) {
        self.detector.rearm();
        self.follow = Follow::default();
        self.early.takes_first = false;
    }

    /// Who is still for longer is not in the middle of a repetition, seconds: a good pause and a second.
    pub fn longest_pause_secs(&self) -> f64 {
        (self.exercise.rep.tempo.hold_s[1] + 1.0).max(2.0)
    }

    /// Whether a set is under way.
    pub fn is_in_set(&self) -> bool {
        self.set.is_some()
    }

    /// Whether the signal is away from its resting level.
    pub fn is_out(&self) -> bool {
        self.gate != Gate::Shut && self.detector.is_out()
    }

    /// For how long it has been, seconds.
    pub fn out_secs(&self, now: SessionTime) -> f64 {
        let since = self.detector.out_since().filter(|_| self.is_out());
        since.map_or(0.0, |since| now.seconds_since(since).max(0.0))
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
        // Between two holds of a set is a breath or two, however long they are.
        let usual = self.detector.usual_secs().filter(|_| self.signal.is_some());
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

    /// The wearer was told to go: from here on the next set is meant, not the one before.
    pub fn begin(&mut self) {
        self.has_begun = true;
    }

    /// The last counted repetition was not one, or the wearer takes back that one was missed.
    ///
    /// Between two sets this is about the one before. While the first movement of a set is under way it is about that
    /// movement; before it nothing is there to be taken back, and the answer says so.
    pub fn undo(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        if self.is_early() {
            if self.early.missed > 0 {
                self.early.missed -= 1;
            } else {
                self.early.takes_first |= self.detector.is_out();
            }
            return events.push(self.early_word(at));
        }
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
        if self.is_early() {
            self.early.add_missed();
            return events.push(self.early_word(at));
        }
        if let Some(set) = self.set.as_mut().or(self.ended.as_mut()) {
            set.missed();
            events.push(corrected(set, at));
        }
    }

    /// Whether the set that the wearer means has no counted repetition yet.
    ///
    /// Where nobody leads, a set begins unsaid: what comes between two sets is about the one before.
    fn is_early(&self) -> bool {
        let is_next = match self.leads {
            true => self.has_begun,
            false => self.ended.is_none() && self.gate == Gate::Open,
        };
        self.set.is_none() && is_next
    }

    fn early_word(&self, at: SessionTime) -> Event {
        Event::Corrected {
            at,
            set: self.sets + 1,
            counted: 0,
            said: self.early.missed,
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
