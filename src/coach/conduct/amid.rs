//! An exercise that is one step of a programme: how it ends, and how the next one takes over.

use super::{Conductor, Facts, Order, Pause, Step};
use crate::coach::event::{Call, Event, Phase};
use crate::coach::plan::Plan;
use crate::units::SessionTime;

/// Whoever asks twice to go on means the set and not the exercise after it, seconds.
const TWICE_SECS: f64 = 3.0;

/// Where an exercise stands in a programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// In none.
    #[default]
    Alone,
    /// Another one follows.
    Amid,
    /// None follows.
    Last,
}

/// When an exercise is left, whatever is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// At once: the wearer wants it.
    Now,
    /// Once the repetition at hand is done.
    AtRest,
}

impl Conductor {
    /// Says where the exercise stands in a programme.
    pub fn place(&mut self, place: Place) {
        self.place = place;
    }

    /// Takes over from the conductor of the exercise before: what is known of sensors stays known, and what waits to
    /// be said is still said. The start pose is awaited.
    pub fn follow(&mut self, before: Conductor) {
        self.readiness = before.readiness;
        self.voice = before.voice;
        (self.has_spoken, self.has_begun) = (true, true);
        self.then = Some(Phase::SettingUp);
    }

    /// Whether the exercise is over and another one is to follow.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the start pose is being waited for.
    pub fn awaits_pose(&self) -> bool {
        matches!(self.phase, Phase::SettingUp | Phase::Arming)
    }

    /// The exercise ends after the repetition at hand.
    pub fn end_exercise(&mut self) {
        if self.place != Place::Alone && self.phase != Phase::Finished {
            self.leaves = Some(Leave::AtRest);
        }
    }

    /// Names the exercise that begins.
    pub fn announce(&mut self, plan: &Plan, at: SessionTime, events: &mut Vec<Event>) {
        let exercise = &plan.exercise;
        let text = format!("Next: {}. {}", exercise.name, exercise.pose.description);
        let call = Call::NextExercise;
        self.voice.say(Event::Call { at, call, text }, at, events);
    }

    /// Whether the wearer's wish to go on means the next exercise.
    pub(super) fn may_be_left(&self, facts: &Facts) -> bool {
        self.place == Place::Amid && facts.now.seconds_since(self.since) >= TWICE_SECS
    }

    /// Pain ends an exercise of a programme (PR-STOPSET): whoever goes on goes on to the next one.
    pub(super) fn ends_by_pain(&self) -> bool {
        self.place != Place::Alone && self.pause == Pause::Pain
    }

    pub(super) fn leave(&mut self, leave: Leave) -> Step {
        self.leaves = Some(leave);
        Step::Again
    }

    /// Ends the exercise, where it is to end and can.
    pub(super) fn leaving(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Option<Step> {
        let leave = self.leaves?;
        if leave == Leave::AtRest && facts.is_in_set && (facts.is_out || !facts.is_at_rest) {
            return None;
        }
        if self.pause == Pause::Pain && self.phase == Phase::Paused && leave == Leave::AtRest {
            // Nobody in pain is sent on.
            return None;
        }
        if facts.is_in_set {
            return Some(Step::Order(Order::EndSet));
        }
        self.leaves = None;
        Some(self.all_done(facts, events))
    }

    /// The exercise is done: the next one is led by another conductor.
    pub(super) fn all_done(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if self.place == Place::Amid {
            self.is_over = true;
            return Step::Done;
        }
        self.call(Call::AllDone, facts, events);
        self.go(Phase::Finished, None, facts, events);
        Step::Again
    }
}
