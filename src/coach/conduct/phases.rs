//! What happens in each phase, and what leads on to the next.

use super::{Conductor, Facts, Order, Pause, Step};
use crate::coach::event::{Call, Event, Phase};

/// The count-in begins with this number, one a second.
const COUNT_FROM: u8 = 3;

/// The start pose held still for this long arms a set, seconds.
const ARM_SECS: f64 = 2.0;

/// Where limbs cannot tell the start pose from standing, nobody stands about as still for this long, seconds.
const STANDING_ABOUT_SECS: f64 = 20.0;

/// A rest this long is not ended by the wearer's pose, seconds: nobody is back so soon.
const LEAST_REST_SECS: f64 = 5.0;

/// The start pose is asked for this long before the rest is over, seconds.
const POSE_CALL_SECS: f64 = 10.0;

/// ... and asked for again this often, as long as the wearer is seen in another one, seconds.
const POSE_AGAIN_SECS: f64 = 20.0;

/// Out of the start pose for this long, nobody is counted in, seconds.
const LEFT_SECS: f64 = 0.5;

/// Whoever is out of it for this long in a rest has got up, seconds: no fidgeting takes so long.
const GOT_UP_SECS: f64 = 3.0;

/// After the goal, a repetition that begins within this time belongs to the set, seconds.
const EXTRA_SECS: f64 = 3.0;

/// A set in which nothing was done yet is armed anew when the start pose is left for this long, seconds.
const WALKED_OFF_SECS: f64 = 3.0;

/// The middle of a hold is called if it takes at least this long, seconds.
const LONG_HOLD_SECS: f64 = 15.0;

/// A pause that a rule asked for lasts at least this long, and is over when the start pose was held as long, seconds.
const PAUSE_SECS: f64 = 3.0;

/// So many pauses that rules ask for end a set (PR-STOPSET).
const MOST_STOPS: u32 = 2;

/// A sensor that says nothing for this long sees no pose, seconds.
const UNSEEN_SECS: f64 = 1.0;

/// ... and for this long no set, seconds.
const DEAD_SECS: f64 = 60.0;

/// After readings were missing for this long the set-up begins anew: the strap was off, perhaps. Seconds.
const SETUP_FORGOTTEN_SECS: f64 = 60.0;

/// An excursion from the held start pose that takes longer is nobody's repetition, seconds.
const POISED_SECS: f64 = 45.0;

impl Conductor {
    pub(super) fn waiting(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        self.tell_readiness(facts, events);
        if !self.readiness.is_met(facts.now) {
            return Step::Done;
        }
        self.set_up(facts, events)
    }

    fn tell_readiness(&mut self, facts: &Facts, events: &mut Vec<Event>) {
        let at = facts.now;
        let news = self.readiness.news(at);
        events.extend(news.map(|checks| Event::Readiness { at, checks }));
    }

    pub(super) fn set_up(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        let lost_secs = self
            .lost_at
            .take()
            .map_or(0.0, |lost| facts.now.seconds_since(lost));
        let has_begun = std::mem::replace(&mut self.has_begun, true);
        self.go(Phase::SettingUp, None, facts, events);
        Step::Order(if has_begun && lost_secs < SETUP_FORGOTTEN_SECS {
            Order::ResumeSetUp
        } else {
            Order::SetUp
        })
    }

    pub(super) fn setting_up(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        self.set_ended = false;
        self.tell_readiness(facts, events);
        if facts.is_set_up {
            self.was_set_up = true;
            self.is_commanded = false;
            self.needs_pose = !facts.is_measured;
            if facts.is_measured && self.hold_secs.is_none() {
                self.count_in(facts, events);
            } else {
                self.arm(facts, events);
            }
            return Step::Again;
        }
        if !self.readiness.is_met(facts.now) {
            self.lost_at = Some(facts.now);
            self.go(Phase::Waiting, None, facts, events);
            return Step::Again;
        }
        Step::Done
    }

    pub(super) fn count_in(&mut self, facts: &Facts, events: &mut Vec<Event>) {
        if self.hold_secs.is_some() {
            // Whoever holds a pose is not made to wait for a number.
            return self.go(Phase::Exercising, None, facts, events);
        }
        let first = self.voice.free_at(facts.now);
        let until = first.plus_seconds(f64::from(COUNT_FROM));
        self.go(Phase::CountIn, Some(until), facts, events);
        self.here.count = Some((COUNT_FROM, first));
    }

    pub(super) fn counting_in(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if self.here.has_rep || facts.is_out {
            return self.begin_set(facts, events, true);
        }
        let has_left = self.away_secs(facts) >= LEFT_SECS || facts.silent_secs >= UNSEEN_SECS;
        if has_left && !self.is_commanded {
            self.arm(facts, events);
            return Step::Again;
        }
        let Some((number, due)) = self.here.count.filter(|(_, due)| facts.now >= *due) else {
            return Step::Done;
        };
        // After a leap of time nobody counts what is long over.
        if number == 0 || facts.now.seconds_since(due) > f64::from(COUNT_FROM) {
            self.call(Call::Go, facts, events);
            return self.begin_set(facts, events, false);
        }
        self.call(Call::CountIn(number), facts, events);
        self.here.count = Some((number - 1, due.plus_seconds(1.0)));
        Step::Done
    }

    /// Repetitions are counted from here on.
    pub(super) fn begin_set(
        &mut self,
        facts: &Facts,
        events: &mut Vec<Event>,
        is_moving: bool,
    ) -> Step {
        self.set_ended = false;
        if !facts.is_in_set {
            self.set.stops = 0;
            self.set.stopped_in = None;
        }
        let said = if facts.is_in_set { self.set.said } else { 0 };
        self.go(Phase::Exercising, None, facts, events);
        let left = self.reps_goal().map(|goal| goal.saturating_sub(said));
        if let Some(pacer) = &mut self.pacer {
            if is_moving {
                pacer.join(facts.now, left);
            } else {
                pacer.begin(facts.now, left);
            }
        }
        Step::Again
    }

    pub(super) fn exercising(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if std::mem::take(&mut self.set_ended) {
            return self.set_over(facts, events);
        }
        if self.stop_waits && facts.is_at_rest && !facts.is_out {
            self.stop_waits = false;
            if self.set.stops >= MOST_STOPS && facts.is_in_set {
                return Step::Order(Order::EndSet);
            }
            self.pause = Pause::Rule;
            self.then = Some(Phase::Paused);
            return Step::Order(Order::Pause);
        }
        if facts.is_in_set {
            if self.follow_goal(facts, events) {
                return Step::Order(Order::EndSet);
            }
        } else if self.has_walked_off(facts) {
            self.arm(facts, events);
            return Step::Again;
        }
        self.follow_hold(facts, events);
        let due = self
            .pacer
            .as_mut()
            .and_then(|pacer| pacer.step(facts.now, facts.is_out));
        if let Some((call, text)) = due {
            self.call_as(call, text.to_owned(), facts, events);
        }
        Step::Done
    }

    /// Repetitions asked for in the set at hand.
    fn reps_goal(&self) -> Option<u32> {
        let goal = self.goal.reps_in(self.sets_done);
        goal.filter(|goal| *goal > 0)
    }

    /// Calls the last repetition and the end of the set. Says whether the set is over.
    fn follow_goal(&mut self, facts: &Facts, events: &mut Vec<Event>) -> bool {
        let Some(goal) = self.reps_goal() else {
            return false;
        };
        let said = self.set.said;
        if said.saturating_add(1) == goal && !std::mem::replace(&mut self.set.has_last_call, true) {
            self.call(Call::LastRep, facts, events);
        }
        if said < goal {
            return false;
        }
        if !std::mem::replace(&mut self.set.has_done_call, true) {
            self.call(Call::SetDone, facts, events);
        }
        let quiet_secs = self
            .set
            .last_rep
            .map_or(f64::INFINITY, |last| facts.now.seconds_since(last));
        facts.is_at_rest && !facts.is_out && !facts.is_judging && quiet_secs >= EXTRA_SECS
    }

    /// Nothing was done yet, and the wearer is not in the start pose any more, or not seen.
    fn has_walked_off(&mut self, facts: &Facts) -> bool {
        if facts.silent_secs >= DEAD_SECS {
            return true;
        }
        let away_secs = self.away_secs(facts);
        !self.is_commanded && !facts.is_out && away_secs >= WALKED_OFF_SECS
    }

    fn set_over(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        let is_last = self.goal.sets.is_some_and(|sets| self.sets_done >= sets);
        let was_told = std::mem::replace(&mut self.set.has_done_call, true);
        self.is_commanded = false;
        if is_last {
            return self.all_done(facts, events);
        }
        if !was_told {
            self.call(Call::SetDone, facts, events);
        }
        if std::mem::take(&mut self.skips_rest) {
            self.is_commanded = true;
            self.count_in(facts, events);
            return Step::Again;
        }
        // The rest began with the last repetition, not when it was plain that there would be no other.
        let began = self.set.last_rep.unwrap_or(facts.now).min(facts.now);
        let until = began.plus_seconds(self.rest_secs).max(facts.now);
        self.go(Phase::Resting, Some(until), facts, events);
        Step::Again
    }

    pub(super) fn resting(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        self.set_ended = false;
        if self.here.has_rep {
            return self.begin_set(facts, events, false);
        }
        self.here.has_got_up |= self.away_secs(facts) >= GOT_UP_SECS;
        let until = self.until.unwrap_or(facts.now);
        let left_secs = until.seconds_since(facts.now);
        let is_long = until.seconds_since(self.since) > POSE_CALL_SECS;
        if is_long && left_secs <= POSE_CALL_SECS && !self.here.has_pose_call {
            self.here.has_pose_call = true;
            self.call(Call::TakePose, facts, events);
        }
        if left_secs <= 0.0 {
            let was_told = self.here.has_pose_call;
            self.go(Phase::Arming, None, facts, events);
            if !was_told {
                self.call(Call::TakePose, facts, events);
            }
            return Step::Again;
        }
        let may_begin = self.pose_tells && facts.now.seconds_since(self.since) >= LEAST_REST_SECS;
        if may_begin && self.here.has_got_up && facts.held_secs() >= ARM_SECS {
            self.count_in(facts, events);
            return Step::Again;
        }
        self.follow_poise(facts, may_begin && facts.held_secs() >= ARM_SECS);
        Step::Done
    }

    /// Calls the middle and the end of the hold under way.
    fn follow_hold(&mut self, facts: &Facts, events: &mut Vec<Event>) {
        let Some(target_secs) = self.hold_secs else {
            return;
        };
        if !facts.is_out {
            self.here.has_called = [false; 2];
            return;
        }
        let [has_half, has_end] = self.here.has_called;
        if !has_end && facts.out_secs >= target_secs {
            self.here.has_called = [true; 2];
            self.call(Call::HeldLongEnough, facts, events);
        } else if !has_half && target_secs >= LONG_HOLD_SECS && facts.out_secs >= target_secs / 2.0
        {
            self.here.has_called = [true, false];
            self.call(Call::Halfway, facts, events);
        }
    }

    /// The start pose is awaited, and asked for.
    pub(super) fn arm(&mut self, facts: &Facts, events: &mut Vec<Event>) {
        self.is_commanded = false;
        self.go(Phase::Arming, None, facts, events);
        self.call(Call::TakePose, facts, events);
    }

    pub(super) fn arming(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        self.set_ended = false;
        if self.here.has_rep {
            return self.begin_set(facts, events, false);
        }
        if self.hold_secs.is_some() && facts.is_out {
            return self.begin_set(facts, events, true);
        }
        if self.needs_pose {
            let is_seen = facts.silent_secs < UNSEEN_SECS;
            if !is_seen || facts.still_secs < ARM_SECS {
                return Step::Done;
            }
            return self.take_pose_here(facts, events);
        }
        let held_secs = facts.held_secs().min(facts.now.seconds_since(self.since));
        let away_secs = self.away_secs(facts);
        self.here.has_moved |= away_secs > 0.0;
        self.ask_again(away_secs, facts, events);
        let is_armed = if !self.pose_deceives {
            facts.held_secs() >= ARM_SECS
        } else if self.here.has_moved {
            held_secs >= ARM_SECS
        } else {
            held_secs >= STANDING_ABOUT_SECS
        };
        if is_armed {
            self.count_in(facts, events);
            return Step::Again;
        }
        // Whoever comes late and begins at once loses nothing.
        self.follow_poise(facts, self.pose_tells && facts.held_secs() > 0.0);
        Step::Done
    }

    /// Whoever is waited for is told so: perhaps the strap slipped, and what is held does not look like the start pose.
    fn ask_again(&mut self, away_secs: f64, facts: &Facts, events: &mut Vec<Event>) {
        let asked = self.here.asked_again.unwrap_or(self.since);
        if away_secs > 0.0 && facts.now.seconds_since(asked) >= POSE_AGAIN_SECS {
            self.here.asked_again = Some(facts.now);
            self.call(Call::TakePose, facts, events);
        }
    }

    pub(super) fn take_pose_here(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        self.needs_pose = false;
        self.is_commanded = true;
        self.count_in(facts, events);
        Step::Order(Order::InferFromHere)
    }

    pub(super) fn paused(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        let has_ended = std::mem::take(&mut self.set_ended);
        if self.pause != Pause::Rule {
            return Step::Done;
        }
        if has_ended {
            return self.set_over(facts, events);
        }
        let paused_secs = facts.now.seconds_since(self.since);
        if paused_secs >= PAUSE_SECS && facts.held_secs() >= PAUSE_SECS {
            return self.go_on(facts, events);
        }
        // Whoever takes no pause is counted again all the same.
        if self.here.has_rep {
            return self.begin_set(facts, events, false);
        }
        self.follow_poise(facts, paused_secs >= PAUSE_SECS && facts.is_posed);
        Step::Done
    }

    /// The wearer goes on after a pause.
    pub(super) fn go_on(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if !self.was_set_up {
            self.lost_at = Some(self.since);
            self.go(Phase::Waiting, None, facts, events);
        } else if facts.is_in_set {
            self.call(Call::Go, facts, events);
            return self.begin_set(facts, events, false);
        } else if self.goal.sets.is_some_and(|sets| self.sets_done >= sets) {
            return self.all_done(facts, events);
        } else {
            self.arm(facts, events);
        }
        Step::Again
    }

    /// For how long the wearer has been seen out of the start pose, seconds.
    fn away_secs(&mut self, facts: &Facts) -> f64 {
        // What is not seen is neither here nor there.
        if facts.is_posed || facts.silent_secs >= UNSEEN_SECS {
            self.here.away_since = None;
            return 0.0;
        }
        let since = *self.here.away_since.get_or_insert(facts.now);
        facts.now.seconds_since(since)
    }

    /// Follows whether a repetition could begin straight out of the start pose.
    fn follow_poise(&mut self, facts: &Facts, is_held: bool) {
        if is_held {
            self.here.poised = Some(facts.now);
            return;
        }
        let secs = self
            .here
            .poised
            .map_or(0.0, |poised| facts.now.seconds_since(poised));
        let may_go_on = facts.is_out || facts.is_posed || !facts.is_at_rest;
        if secs > POISED_SECS || (!may_go_on && secs > UNSEEN_SECS) {
            self.here.poised = None;
        }
    }
}
