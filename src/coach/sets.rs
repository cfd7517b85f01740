//! Where a set begins and ends.
//!
//! A set begins with its first repetition and ends when the wearer has plainly stopped: no repetition for a while,
//! or another pose. The pause between two repetitions is never its end.

use std::collections::VecDeque;

use super::quantities::RepRecord;
use super::reps::median;
use crate::units::SessionTime;

/// No repetition for this long ends a set, seconds: twice the longest reset between repetitions that any
/// programme asks for, a third of the shortest rest between sets.
const QUIET_SECS: f64 = 20.0;

/// Slow repetitions stretch it: this many times the usual one.
const QUIET_REPS: f64 = 3.0;

/// The set that is under way.
#[derive(Clone, Debug)]
pub struct Set {
    /// From 1.
    pub number: u32,
    /// Its repetitions.
    pub reps: Vec<RepRecord>,
    /// Counted repetitions, less those taken back.
    pub count: u32,
    /// Numbers of those that may still be taken back, the latest last.
    numbers: VecDeque<u32>,
    /// When the last one ended.
    pub last_end: SessionTime,
    last_start: Option<SessionTime>,
    /// Times from departure to departure, seconds.
    periods: Vec<f64>,
    /// How far the start pose moved since the set before, degrees.
    pub neutral_shift: Option<f64>,
}

/// Repetitions remembered of one set; a longer one forgets the middle, for only its ends are compared.
const MOST_RECORDS: usize = 500;

impl Set {
    /// A set that begins.
    pub fn new(number: u32, at: SessionTime, neutral_shift: Option<f64>) -> Set {
        Set {
            number,
            reps: Vec::new(),
            count: 0,
            numbers: VecDeque::new(),
            last_end: at,
            last_start: None,
            periods: Vec::new(),
            neutral_shift,
        }
    }

    /// Repetition `number` was counted, which left at `start`.
    pub fn counted(&mut self, number: u32, start: SessionTime, at: SessionTime) {
        self.count += 1;
        if self.numbers.len() >= MOST_RECORDS {
            self.numbers.pop_front();
        }
        self.numbers.push_back(number);
        self.last_end = at;
        if let Some(last) = self.last_start.replace(start)
            && self.periods.len() < MOST_RECORDS
        {
            self.periods.push(start.seconds_since(last));
        }
    }

    /// Takes back the latest repetition that still stands; its number.
    pub fn undo(&mut self) -> Option<u32> {
        let number = self.numbers.pop_back()?;
        self.count = self.count.saturating_sub(1);
        Some(number)
    }

    /// The usual time from one repetition to the next, seconds.
    pub fn usual_period(&self) -> Option<f64> {
        median(self.periods.clone()).filter(|period| *period > 0.0)
    }

    /// Remembers a judged repetition.
    pub fn add(&mut self, record: RepRecord) {
        if self.reps.len() >= MOST_RECORDS {
            self.reps.remove(MOST_RECORDS / 2);
        }
        self.reps.push(record);
    }

    /// Whether the wearer has plainly stopped.
    pub fn is_over(&self, now: SessionTime, usual_rep_secs: Option<f64>) -> bool {
        let quiet = usual_rep_secs.map_or(QUIET_SECS, |usual| QUIET_SECS.max(usual * QUIET_REPS));
        now.seconds_since(self.last_end) > quiet
    }
}
