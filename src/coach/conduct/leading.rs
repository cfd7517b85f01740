//! How the coach lets itself be conducted: what it tells the conductor, and how it does what it is told.

use super::{Conductor, Facts, Order, Step};
use crate::coach::RepCoach;
use crate::coach::event::{Event, Phase};
use crate::coach::moment::LOST_SECS;
use crate::units::SessionTime;

/// Looks at one input at most: every phase once, and some orders.
const MOST_STEPS: usize = 24;

impl RepCoach {
    /// Lets the conductor, where there is one, hear what an input led to and go on from there.
    pub(in crate::coach) fn conduct(&mut self, events: &mut Vec<Event>) {
        let Some(mut conductor) = self.conductor.take() else {
            return;
        };
        let mut heard = 0;
        for _ in 0..MOST_STEPS {
            self.tell(&mut conductor, heard, events);
            let step = conductor.step(&self.facts(), events);
            heard = events.len();
            self.counting.set_gate(conductor.gate(), self.now);
            if conductor.phase == Phase::Exercising {
                self.counting.begin();
            }
            match step {
                Step::Done => break,
                Step::Again => {}
                Step::Order(order) => self.obey(order, events),
            }
        }
        self.tell(&mut conductor, heard, events);
        self.conductor = Some(conductor);
    }

    /// The conductor hears the events from `heard` on; cues among them are said in their turn.
    fn tell(&self, conductor: &mut Conductor, heard: usize, events: &mut Vec<Event>) {
        for event in events.split_off(heard) {
            conductor.hear(&event);
            conductor.say(event, self.now, events);
        }
    }

    fn obey(&mut self, order: Order, events: &mut Vec<Event>) {
        let at = self.now;
        match order {
            Order::SetUp => self.setup.begin(at, events),
            Order::ResumeSetUp => self.setup.resume(at, events),
            Order::SkipStep => self.setup.skip(at, events),
            Order::Recalibrate => self.recalibrate(at, events),
            Order::InferFromHere => {
                self.was_ready = false;
                self.setup.infer_from_here();
            }
            Order::EndSet => self.counting.end_set(at, events),
            Order::Pause => self.counting.pause(at, events),
            Order::Pain => self.pain(at, events),
        }
    }

    fn facts(&self) -> Facts {
        let silent_secs = |index: usize| {
            self.heard[index].map_or(f64::INFINITY, |heard: SessionTime| {
                (self.now.seconds_since(heard) - self.lateness[index].extra_secs()).max(0.0)
            })
        };
        let is_seen = silent_secs(self.lead) < LOST_SECS;
        let alive = || (0..self.heard.len()).filter(|index| silent_secs(*index) < LOST_SECS);
        let still_secs = alive()
            .map(|index| self.still_secs[index])
            .fold(f64::INFINITY, f64::min);
        Facts {
            now: self.now,
            is_set_up: self.setup.is_ready(),
            is_measured: self.setup.knows_sides(),
            silent_secs: silent_secs(self.lead),
            is_posed: is_seen && alive().all(|index| self.setup.is_posed(index)),
            still_secs: if is_seen { still_secs } else { 0.0 },
            is_out: self.counting.is_out(),
            out_secs: self.counting.out_secs(self.now),
            is_at_rest: self.counting.is_at_rest(),
            is_judging: self.counting.is_judging(),
            is_in_set: self.counting.is_in_set(),
        }
    }
}
