//! Rules on what lasts: a limit, and the minutes that it has to be passed for.
//!
//! Evidence adds up second by second. What comes back inside its limit for a while ends it, and so does a gap: nobody
//! knows what was done meanwhile, so it is no evidence for anything.

use std::collections::VecDeque;

use crate::exercise::{Exercise, Quantity, Rule};

/// Back inside for this long, it is over, seconds: shorter is a fidget.
const LAPSE_SECS: f64 = 10.0;

/// Unseen for this long, it is over, seconds.
const GAP_SECS: f64 = 10.0;

/// What one second showed; `None` where that could not be told, which is no evidence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Inclination and side tilt, degrees; absent while walking or standing.
    pub tilt: Option<[f64; 2]>,
    /// See [`Quantity::SlouchPct`].
    pub slouch_pct: Option<f64>,
    /// See [`Quantity::Lean`].
    pub lean: Option<f64>,
    /// See [`Quantity::SittingMin`].
    pub sitting_min: f64,
    /// See [`Quantity::NoWalkMin`].
    pub no_walk_min: f64,
    /// The wearer walked or stood: that ends a posture for certain.
    pub is_up: bool,
}

/// One rule and what has added up for it.
#[derive(Clone, Debug)]
pub struct Lasting {
    /// The rule.
    pub rule: Rule,
    limit: f64,
    after_secs: f64,
    state: State,
    /// The fact was stated; for as long as it lasts it is not stated again.
    is_stated: bool,
}

#[derive(Clone, Debug)]
enum State {
    /// A value has to stay beyond the limit.
    Held {
        secs: f64,
        sum: f64,
        lapse_secs: f64,
    },
    /// The range within the time has to be small.
    Range(Box<[RangeWindow; 2]>),
    /// A time goes on; this much of it was told of already, minutes.
    Time { value: f64, told: f64 },
}

/// Something has lasted long enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Due {
    /// The value: the mean of what lasted, the range, or the minutes.
    pub value: f64,
    /// The limit that it passed.
    pub limit: f64,
    /// It was not stated before.
    pub is_new: bool,
}

impl Lasting {
    /// A rule that has seen nothing, with the wearer's own settings.
    pub fn new(rule: &Rule, exercise: &Exercise, chosen: impl Fn(&str) -> Option<f64>) -> Lasting {
        let limit = exercise.limits(rule, &chosen).info.unwrap_or(f64::INFINITY);
        let after_secs = 60.0 * exercise.after_min(rule, &chosen);
        let state = match rule.quantity {
            Quantity::PostureRange => {
                let window = RangeWindow::new(after_secs.clamp(1.0, 7200.0) as usize);
                State::Range(Box::new([window.clone(), window]))
            }
            Quantity::SittingMin | Quantity::NoWalkMin => State::Time {
                value: 0.0,
                told: 0.0,
            },
            _ => State::HELD_NOTHING,
        };
        Lasting {
            rule: rule.clone(),
            limit,
            after_secs,
            state,
            is_stated: false,
        }
    }

    /// Whether it is about breaks.
    pub fn is_break(&self) -> bool {
        matches!(self.state, State::Time { .. })
    }

    /// For a break: in how many seconds it will be due, if nothing changes.
    pub fn due_in_secs(&self) -> Option<f64> {
        match &self.state {
            State::Time { value, told } => Some((60.0 * (self.limit + told - value)).max(0.0)),
            _ => None,
        }
    }

    /// The limit, with the wearer's own setting.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// One more second was seen.
    pub fn second(&mut self, shown: &Shown) {
        let beyond = |value| self.rule.when.is_beyond(value, self.limit);
        match &mut self.state {
            State::Held {
                secs,
                sum,
                lapse_secs,
            } => {
                let value = match self.rule.quantity {
                    Quantity::SlouchPct => shown.slouch_pct,
                    _ => shown.lean,
                };
                match value {
                    Some(value) if beyond(value) => {
                        *secs += 1.0;
                        *sum += value;
                        *lapse_secs = 0.0;
                    }
                    // Within the hysteresis it neither goes on nor is over.
                    Some(value) if (value - self.limit).abs() <= self.rule.hysteresis => {}
                    Some(_) => *lapse_secs += 1.0,
                    None if shown.is_up => *lapse_secs += 1.0,
                    None => {}
                }
                if *lapse_secs >= LAPSE_SECS {
                    self.over();
                }
            }
            State::Range(windows) => match shown.tilt {
                Some(tilt) => {
                    for (window, value) in windows.iter_mut().zip(tilt) {
                        window.push(value);
                    }
                    if self.range().is_none_or(|range| !beyond(range)) {
                        self.is_stated = false;
                    }
                }
                None => self.over(),
            },
            State::Time { value, told } => {
                let now = match self.rule.quantity {
                    Quantity::SittingMin => shown.sitting_min,
                    _ => shown.no_walk_min,
                };
                if now < *value {
                    *told = 0.0;
                    self.is_stated = false;
                }
                *value = now;
            }
        }
    }

    /// So many seconds were not seen.
    pub fn unseen(&mut self, secs: f64) {
        if secs >= GAP_SECS && !self.is_break() {
            self.over();
        }
    }

    /// Whether it has lasted long enough. Stated once for as long as it lasts.
    pub fn due(&mut self) -> Option<Due> {
        let value = match &self.state {
            State::Held { secs, sum, .. } => {
                (*secs > 0.0 && *secs >= self.after_secs).then(|| sum / secs)?
            }
            State::Range(_) => self.range()?,
            State::Time { value, told } => {
                (self.rule.when.is_beyond(value - told, self.limit)).then_some(*value)?
            }
        };
        if matches!(self.state, State::Range(_)) && !self.rule.when.is_beyond(value, self.limit) {
            return None;
        }
        Some(Due {
            value,
            limit: self.limit,
            is_new: !std::mem::replace(&mut self.is_stated, true),
        })
    }

    /// The wearer was told: from now on it has to last as long again.
    pub fn told(&mut self) {
        match &mut self.state {
            State::Time { value, told } => {
                *told = *value;
                self.is_stated = false;
            }
            _ => self.over(),
        }
    }

    /// What lasted is over.
    pub fn over(&mut self) {
        self.is_stated = false;
        match &mut self.state {
            State::Range(windows) => windows.iter_mut().for_each(RangeWindow::clear),
            State::Time { value, told } => (*value, *told) = (0.0, 0.0),
            held @ State::Held { .. } => *held = State::HELD_NOTHING,
        }
    }

    /// The larger range within the whole time; `None` before that was seen.
    fn range(&self) -> Option<f64> {
        let State::Range(windows) = &self.state else {
            return None;
        };
        let [theta, sigma] = windows.as_ref();
        Some(theta.range()?.max(sigma.range()?))
    }
}

impl State {
    const HELD_NOTHING: State = State::Held {
        secs: 0.0,
        sum: 0.0,
        lapse_secs: 0.0,
    };
}

/// The range of the last so many values, in constant time for each (monotonic queues).
#[derive(Clone, Debug)]
struct RangeWindow {
    length: usize,
    seen: usize,
    /// Candidates for the smallest, and for the largest value: when they came, and what they are.
    low: VecDeque<(usize, f64)>,
    high: VecDeque<(usize, f64)>,
}

impl RangeWindow {
    fn new(length: usize) -> RangeWindow {
        RangeWindow {
            length,
            seen: 0,
            low: VecDeque::new(),
            high: VecDeque::new(),
        }
    }

    fn clear(&mut self) {
        *self = RangeWindow::new(self.length);
    }

    fn push(&mut self, value: f64) {
        let seen = self.seen;
        self.seen += 1;
        let keep = |queue: &mut VecDeque<(usize, f64)>, is_worse: fn(f64, f64) -> bool| {
            while queue.back().is_some_and(|(_, last)| is_worse(*last, value)) {
                queue.pop_back();
            }
            queue.push_back((seen, value));
            while queue
                .front()
                .is_some_and(|(at, _)| at + self.length <= seen)
            {
                queue.pop_front();
            }
        };
        keep(&mut self.low, |last, value| last >= value);
        keep(&mut self.high, |last, value| last <= value);
    }

    fn range(&self) -> Option<f64> {
        let ((_, low), (_, high)) = (self.low.front()?, self.high.front()?);
        (self.seen >= self.length).then_some(high - low)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::exercise::built_in;

    fn rule(id: &str) -> Lasting {
        let exercise = built_in("sitting").unwrap();
        let rule = exercise.rules.iter().find(|rule| rule.id == id).unwrap();
        Lasting::new(rule, &exercise, |_| None)
    }

    fn slouch(pct: f64) -> Shown {
        Shown {
            slouch_pct: Some(pct),
            ..Shown::default()
        }
    }

    fn secs(rule: &mut Lasting, count: u32, shown: Shown) {
        (0..count).for_each(|_| rule.second(&shown));
    }

    #[test]
    fn a_slump_is_due_after_its_minutes_and_not_a_second_before() {
        let mut rule = rule("PO-SLOUCH");
        secs(&mut rule, 599, slouch(90.0));
        assert_eq!(rule.due(), None);
        secs(&mut rule, 1, slouch(90.0));
        let due = rule.due().unwrap();
        assert_eq!((due.value, due.limit, due.is_new), (90.0, 85.0, true));
        assert!(!rule.due().unwrap().is_new, "a fact is stated once");
        rule.told();
        secs(&mut rule, 599, slouch(90.0));
        assert_eq!(rule.due(), None, "and told again after as long");
    }

    #[test]
    fn a_fidget_does_not_end_it_and_sitting_up_does() {
        let mut rule = rule("PO-SLOUCH");
        for (up, expected) in [(9, true), (10, false)] {
            rule.over();
            secs(&mut rule, 500, slouch(90.0));
            secs(&mut rule, up, slouch(40.0));
            secs(&mut rule, 100, slouch(90.0));
            assert_eq!(rule.due().is_some(), expected, "{up} s up");
        }
    }

    #[test]
    fn a_gap_is_no_evidence() {
        let mut rule = rule("PO-SLOUCH");
        secs(&mut rule, 599, slouch(90.0));
        rule.unseen(10.0);
        secs(&mut rule, 599, slouch(90.0));
        assert_eq!(rule.due(), None);
        rule.unseen(9.0);
        assert_eq!(rule.due(), None, "nor are the seconds of a short one");
        secs(&mut rule, 1, slouch(90.0));
        assert!(rule.due().is_some());
    }

    #[test]
    fn the_range_is_that_of_the_last_minutes() {
        let mut window = RangeWindow::new(3);
        let mut ranges = Vec::new();
        for value in [5.0, 1.0, 2.0, 3.0, 3.5, 3.0, 3.0] {
            window.push(value);
            ranges.push(window.range());
        }
        let expected = [
            None,
            None,
            Some(4.0),
            Some(2.0),
            Some(1.5),
            Some(0.5),
            Some(0.5),
        ];
        assert_eq!(ranges, expected);
        for k in 0..100_000 {
            window.push(f64::from(k));
        }
        assert!(window.low.len() <= 3 && window.high.len() <= 3);
    }

    #[test]
    fn a_break_is_offered_again_after_as_long() {
        let mut rule = rule("PO-SIT");
        let mut told = Vec::new();
        for minute in 0..140 {
            rule.second(&Shown {
                sitting_min: f64::from(minute),
                ..Shown::default()
            });
            if rule.due().is_some() {
                rule.told();
                told.push(minute);
            }
        }
        assert_eq!(told, [46, 92, 138]);
        rule.second(&Shown::default());
        assert_eq!(rule.due(), None);
        assert_eq!(rule.due_in_secs(), Some(45.0 * 60.0));
    }
}
