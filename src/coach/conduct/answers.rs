//! What the wearer's commands and taps lead to in each phase.

use super::{Asked, Conductor, Facts, Leave, Order, Pause, Step};
use crate::coach::event::{Call, Event, Phase};
use crate::input::Command;
use crate::units::SessionTime;

/// Whoever taps for help may tap more than twice, seconds.
const TAPS_SECS: f64 = 3.0;

impl Conductor {
    pub(super) fn answer(&mut self, asked: Asked, facts: &Facts, events: &mut Vec<Event>) -> Step {
        let command = match asked {
            Asked::Command(command) => command,
            Asked::DoubleTap if self.is_still_tapping(facts.now) => return Step::Again,
            // On the sensor it must be possible to say that it hurts (exercises.md 6.3).
            Asked::DoubleTap if self.phase == Phase::Exercising => {
                self.pain_tap = Some(facts.now);
                Command::Pain
            }
            Asked::DoubleTap => Command::Next,
        };
        match command {
            Command::Pain => self.pain(),
            Command::Next => self.next(facts, events),
            Command::Start => self.start(facts, events),
            Command::Stop => self.stop(facts, events),
            Command::Recalibrate => self.recalibrate(facts, events),
            Command::Undo | Command::Missed => Step::Again,
        }
    }

    fn is_still_tapping(&self, now: SessionTime) -> bool {
        self.pain_tap
            .is_some_and(|tap| now.seconds_since(tap) < TAPS_SECS)
    }

    fn pain(&mut self) -> Step {
        if self.phase != Phase::Finished {
            self.pause = Pause::Pain;
            self.then = Some(Phase::Paused);
        }
        Step::Order(Order::Pain)
    }

    fn next(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        match self.phase {
            Phase::Waiting => self.do_without(facts, events),
            Phase::SettingUp => Step::Order(Order::SkipStep),
            Phase::Resting => {
                self.arm(facts, events);
                Step::Again
            }
            Phase::Arming if self.needs_pose => self.take_pose_here(facts, events),
            Phase::Arming => {
                self.is_commanded = true;
                self.count_in(facts, events);
                Step::Again
            }
            Phase::CountIn => {
                self.is_commanded = true;
                self.call(Call::Go, facts, events);
                self.begin_set(facts, events, false)
            }
            Phase::Paused if self.ends_by_pain() => self.leave(Leave::Now),
            Phase::Paused => self.go_on(facts, events),
            Phase::Exercising if self.may_be_left(facts) => self.leave(Leave::Now),
            Phase::Exercising | Phase::Finished => Step::Again,
        }
    }

    /// Goes on without the sensors that are missing, if there is one to count by.
    fn do_without(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if !self.readiness.speaks(self.counting, facts.now) {
            return Step::Again;
        }
        if self.readiness.waive(facts.now) {
            // Not all can be measured: nothing is asked for.
            self.asked.push_front(Asked::Command(Command::Next));
        }
        self.set_up(facts, events)
    }

    fn start(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        match self.phase {
            Phase::Exercising if facts.is_in_set => {
                self.skips_rest = true;
                Step::Order(Order::EndSet)
            }
            _ => self.next(facts, events),
        }
    }

    fn stop(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        match self.phase {
            Phase::Exercising | Phase::Paused if facts.is_in_set => Step::Order(Order::EndSet),
            Phase::Exercising | Phase::CountIn | Phase::Arming => {
                self.pause = Pause::Asked;
                self.go(Phase::Paused, None, facts, events);
                Step::Again
            }
            _ => Step::Again,
        }
    }

    fn recalibrate(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if matches!(self.phase, Phase::Waiting | Phase::Finished) {
            return Step::Again;
        }
        self.was_set_up = false;
        self.go(Phase::SettingUp, None, facts, events);
        Step::Order(Order::Recalibrate)
    }
}
