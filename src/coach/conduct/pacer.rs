//! Calls the tempo: lift, hold, lower, as long as the exercise says that each takes.

use super::super::counting::TARGET_HOLD;
use super::super::event::Call;
use crate::exercise::{Effort, Exercise, HoldAt};
use crate::units::SessionTime;

/// From "go" to the first call, seconds.
const BREATH_SECS: f64 = 1.0;

/// Changing sides, or gathering oneself where the pause is at the far end, seconds.
const CHANGE_SECS: f64 = 1.0;

/// After this many cycles without a repetition nobody follows: the calls wait.
const IDLE_CYCLES: u32 = 2;

/// A call that is later than this is left out, seconds.
const LATE_SECS: f64 = 0.5;

/// One part of a repetition.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Beat {
    call: Call,
    text: &'static str,
    secs: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Nothing to call.
    Silent,
    /// Until the wearer moves.
    Waiting,
    /// The beat of this number is due then.
    Calling(usize, SessionTime),
}

/// Calls the tempo of one exercise.
#[derive(Clone, Debug)]
pub struct Pacer {
    beats: Vec<Beat>,
    state: State,
    /// Cycles that are left; `None` for as many as there are.
    left: Option<u32>,
    idle: u32,
    has_rep: bool,
}

impl Pacer {
    /// The tempo of an exercise: the middle of what a good repetition takes, but the wearer's own hold.
    pub fn new(exercise: &Exercise, setting: impl Fn(&str) -> Option<f64>) -> Pacer {
        let middle = |range: [f64; 2]| ((range[0] + range[1]) / 2.0).clamp(0.5, 60.0);
        let shape = &exercise.rep;
        let hold_secs = setting(TARGET_HOLD)
            .filter(|secs| (0.5..=60.0).contains(secs))
            .unwrap_or_else(|| middle(shape.tempo.hold_s));
        let lowers_first = shape.first == Effort::Lower;
        let lower = Beat {
            call: Call::Lower,
            text: if lowers_first { "Down" } else { "Lower" },
            secs: middle(shape.tempo.lower_s),
        };
        let lift = Beat {
            call: Call::Lift,
            text: if lowers_first { "Up" } else { "Lift" },
            secs: middle(shape.tempo.raise_s),
        };
        let hold = Beat {
            call: Call::Hold,
            text: "Hold",
            secs: hold_secs,
        };
        let (out, mut back) = if lowers_first {
            (lower, lift)
        } else {
            (lift, lower)
        };
        let beats = match shape.hold {
            HoldAt::Start => vec![out, back, hold],
            HoldAt::Peak => {
                back.secs += CHANGE_SECS;
                vec![out, hold, back]
            }
        };
        Pacer {
            beats,
            state: State::Silent,
            left: None,
            idle: 0,
            has_rep: false,
        }
    }

    /// Begins after "go", with so many repetitions to go.
    pub fn begin(&mut self, now: SessionTime, left: Option<u32>) {
        (self.left, self.idle, self.has_rep) = (left, 0, false);
        self.state = State::Calling(0, now.plus_seconds(BREATH_SECS));
    }

    /// Begins with a movement that is under way already.
    pub fn join(&mut self, now: SessionTime, left: Option<u32>) {
        (self.left, self.idle, self.has_rep) = (left, 0, false);
        let first = self.beats.first().map_or(0.0, |beat| beat.secs);
        self.state = State::Calling(1, now.plus_seconds(first));
    }

    /// Says nothing more.
    pub fn stop(&mut self) {
        self.state = State::Silent;
    }

    /// A repetition was counted.
    pub fn counted(&mut self) {
        self.has_rep = true;
    }

    /// Time passes. Returns the call that is due.
    pub fn step(&mut self, now: SessionTime, is_moving: bool) -> Option<(Call, &'static str)> {
        if self.state == State::Waiting && is_moving {
            self.join(now, self.left);
        }
        let State::Calling(next, due) = self.state else {
            return None;
        };
        if now < due {
            return None;
        }
        if next == self.beats.len() {
            self.cycle_over(due);
            return self.step_within(now);
        }
        self.step_within(now)
    }

    /// Says the beat that is due; what comes after it follows from when it was due, not from when it was said.
    fn step_within(&mut self, now: SessionTime) -> Option<(Call, &'static str)> {
        let State::Calling(next, due) = self.state else {
            return None;
        };
        let beat = *self.beats.get(next)?;
        let late = now.seconds_since(due);
        // After a stretch without any news of time the beat begins anew.
        let due = if late > beat.secs { now } else { due };
        self.state = State::Calling(next + 1, due.plus_seconds(beat.secs));
        (late <= LATE_SECS).then_some((beat.call, beat.text))
    }

    fn cycle_over(&mut self, due: SessionTime) {
        self.idle = if std::mem::take(&mut self.has_rep) {
            0
        } else {
            self.idle + 1
        };
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.state = if self.left == Some(0) {
            State::Silent
        } else if self.idle >= IDLE_CYCLES {
            State::Waiting
        } else {
            State::Calling(0, due)
        };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::exercise::built_in;

    fn pacer(id: &str) -> Pacer {
        let exercise = built_in(id).unwrap();
        Pacer::new(&exercise, |name| exercise.settings.get(name).copied())
    }

    /// What is called when, with ticks ten times a second and a repetition counted in each cycle or in none.
    fn calls(pacer: &mut Pacer, secs: f64, counts: bool) -> Vec<(f64, &'static str)> {
        let mut all = Vec::new();
        for tenth in 0..(secs * 10.0) as i32 {
            let now = SessionTime::from_seconds(f64::from(tenth) / 10.0);
            if let Some((call, text)) = pacer.step(now, false) {
                if counts && call == Call::Lower {
                    pacer.counted();
                }
                all.push((now.seconds(), text));
            }
        }
        all
    }

    #[test]
    fn the_bench_is_called_down_up_hold() {
        let mut pacer = pacer("hyperext_45");
        pacer.begin(SessionTime::ZERO, Some(2));
        let expected = [
            (1.0, "Down"),
            (3.5, "Up"),
            (5.0, "Hold"),
            (6.5, "Down"),
            (9.0, "Up"),
            (10.5, "Hold"),
        ];
        assert_eq!(calls(&mut pacer, 30.0, true), expected);
    }

    #[test]
    fn the_bird_dog_is_held_as_long_as_the_wearer_means_to() {
        let mut pacer = pacer("bird_dog");
        pacer.begin(SessionTime::ZERO, Some(1));
        let all = calls(&mut pacer, 30.0, true);
        let names: Vec<&str> = all.iter().map(|(_, text)| *text).collect();
        assert_eq!(names, ["Lift", "Hold", "Lower"]);
        let hold = all[2].0 - all[1].0;
        assert!((hold - 8.0).abs() < 0.11, "{hold}");
    }

    #[test]
    fn nobody_is_called_who_does_not_follow_until_they_move() {
        let mut pacer = pacer("hyperext_45");
        pacer.begin(SessionTime::ZERO, None);
        assert_eq!(calls(&mut pacer, 60.0, false).len(), 6);
        let moves = SessionTime::from_seconds(60.0);
        assert_eq!(pacer.step(moves, true), None);
        let up = moves.plus_seconds(2.5);
        assert_eq!(pacer.step(up, true), Some((Call::Lift, "Up")));
    }

    #[test]
    fn a_leap_of_time_is_not_called_after() {
        let mut pacer = pacer("hyperext_45");
        pacer.begin(SessionTime::ZERO, None);
        assert_eq!(pacer.step(SessionTime::from_seconds(1e9), false), None);
        let next = SessionTime::from_seconds(1e9 + 2.5);
        assert_eq!(pacer.step(next, false), Some((Call::Lift, "Up")));
    }
}
