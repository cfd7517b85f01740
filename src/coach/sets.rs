//! Where a set begins and ends.
//!
//! A set begins with its first repetition and ends when the wearer has plainly stopped: no repetition for a while,
//! or another pose. The pause between two repetitions is never its end.

use std::collections::{BTreeSet, VecDeque};

use super::quantities::{Before, RepRecord};
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
    /// What was measured of its repetitions, but of those that the wearer took back.
    pub reps: Vec<RepRecord>,
    /// Whose records these are.
    recorded: Vec<u32>,
    /// Counted repetitions, whatever the wearer says.
    pub count: u32,
    /// Numbers of those that may still be taken back, the latest last.
    numbers: VecDeque<u32>,
    /// Numbers of those that were taken back.
    taken_back: BTreeSet<u32>,
    /// Repetitions that the wearer did and that were not counted; and those of them said since the last counted one.
    missed: u32,
    missed_lately: u32,
    /// When the last one ended.
    pub last_end: SessionTime,
    last_start: Option<SessionTime>,
    /// Times from departure to departure, seconds.
    periods: Vec<f64>,
    last_period: Option<f64>,
    /// Some of it was not seen.
    pub has_gap: bool,
    /// How far the start pose moved since the set before, degrees.
    pub neutral_shift: Option<f64>,
}

/// Repetitions remembered of one set; a longer one forgets the middle, for only its ends are compared.
const MOST_RECORDS: usize = 500;

/// Nobody misses more than this in one set.
const MOST_MISSED: u32 = 1000;

/// What the wearer says of a set before its first repetition is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Early {
    /// Repetitions done and not counted.
    pub missed: u32,
    /// The movement under way is none: it is taken back as soon as it is counted.
    pub takes_first: bool,
}

impl Early {
    /// One more was done than was counted.
    pub fn add_missed(&mut self) {
        self.missed = self.missed.saturating_add(1).min(MOST_MISSED);
    }
}

/// What the wearer took back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// The counted repetition of this number.
    Rep(u32),
    /// Their own word that one was missed.
    Missed,
}

impl Set {
    /// A set that begins.
    pub fn new(number: u32, at: SessionTime, neutral_shift: Option<f64>) -> Set {
        Set {
            number,
            reps: Vec::new(),
            recorded: Vec::new(),
            count: 0,
            numbers: VecDeque::new(),
            taken_back: BTreeSet::new(),
            missed: 0,
            missed_lately: 0,
            last_end: at,
            last_start: None,
            periods: Vec::new(),
            last_period: None,
            has_gap: false,
            neutral_shift,
        }
    }

    /// Repetition `number` was counted, which left at `start`.
    pub fn counted(&mut self, number: u32, start: SessionTime, at: SessionTime) {
        self.count = self.count.saturating_add(1);
        self.missed_lately = 0;
        if self.numbers.len() >= MOST_RECORDS {
            self.numbers.pop_front();
        }
        self.numbers.push_back(number);
        self.last_end = at;
        let before = self.last_start.replace(start);
        self.last_period = before.map(|last| start.seconds_since(last));
        if let Some(period) = self.last_period
            && self.periods.len() < MOST_RECORDS
        {
            self.periods.push(period);
        }
    }

    /// What it showed before the repetition that was counted last.
    pub fn before(&self) -> Before {
        Before {
            period_secs: self.last_period,
            first_lumflex_deg: self.reps.first().and_then(|rep| rep.lumflex_max),
        }
    }

    /// Takes back what came last: a repetition that the wearer said was missed, or the latest counted one that still stands.
    pub fn undo(&mut self) -> Option<TakenBack> {
        if self.missed_lately > 0 {
            self.missed_lately -= 1;
            self.missed -= 1;
            return Some(TakenBack::Missed);
        }
        let number = self.numbers.pop_back()?;
        self.taken_back.insert(number);
        if let Some(at) = self.recorded.iter().position(|one| *one == number) {
            self.recorded.remove(at);
            self.reps.remove(at);
        }
        Some(TakenBack::Rep(number))
    }

    /// One more was done than was counted.
    pub fn missed(&mut self) {
        if self.missed < MOST_MISSED {
            self.missed += 1;
            self.missed_lately += 1;
        }
    }

    /// What the wearer said of it before its first repetition was counted. Whether that one is taken back comes back.
    pub fn begun_with(&mut self, early: Early) -> bool {
        self.missed = early.missed;
        early.takes_first
    }

    /// How many the wearer says that there were.
    pub fn said(&self) -> u32 {
        let taken_back = u32::try_from(self.taken_back.len()).unwrap_or(u32::MAX);
        self.count
            .saturating_add(self.missed)
            .saturating_sub(taken_back)
    }

    /// Nobody saw what happened in these seconds: they are no quiet.
    pub fn forgive(&mut self, seconds: f64) {
        self.last_end = self.last_end.plus_seconds(seconds.max(0.0));
    }

    /// The wearer goes on after a pause.
    pub fn resumed(&mut self, at: SessionTime) {
        self.last_end = self.last_end.max(at);
        self.last_start = None;
    }

    /// The usual time from one repetition to the next, seconds.
    pub fn usual_period(&self) -> Option<f64> {
        median(self.periods.clone()).filter(|period| *period > 0.0)
    }

    /// Remembers what was measured of repetition `number`, unless it was taken back meanwhile.
    pub fn add(&mut self, number: u32, record: RepRecord) {
        if self.taken_back.contains(&number) {
            return;
        }
        if self.reps.len() >= MOST_RECORDS {
            self.reps.remove(MOST_RECORDS / 2);
            self.recorded.remove(MOST_RECORDS / 2);
        }
        self.reps.push(record);
        self.recorded.push(number);
    }

    /// Whether the wearer has plainly stopped.
    pub fn is_over(&self, now: SessionTime, usual_rep_secs: Option<f64>) -> bool {
        let quiet = usual_rep_secs.map_or(QUIET_SECS, |usual| QUIET_SECS.max(usual * QUIET_REPS));
        now.seconds_since(self.last_end) > quiet
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn set_of(count: u32) -> Set {
        let at = |secs: u32| SessionTime::from_seconds(f64::from(secs));
        let mut set = Set::new(1, SessionTime::ZERO, None);
        for number in 1..=count {
            set.counted(number, at(number * 4), at(number * 4 + 3));
        }
        set
    }

    #[test]
    fn the_wearers_count_stands_beside_the_automatic_one() {
        let mut set = set_of(12);
        set.missed();
        assert_eq!((set.count, set.said()), (12, 13));
        assert_eq!(set.undo(), Some(TakenBack::Missed));
        assert_eq!(set.undo(), Some(TakenBack::Rep(12)));
        assert_eq!((set.count, set.said()), (12, 11));
    }

    #[test]
    fn a_missed_one_said_before_the_last_repetition_stays() {
        let mut set = set_of(2);
        set.missed();
        set.counted(
            3,
            SessionTime::from_seconds(12.0),
            SessionTime::from_seconds(15.0),
        );
        assert_eq!(set.undo(), Some(TakenBack::Rep(3)));
        assert_eq!(set.said(), 3);
    }

    #[test]
    fn more_cannot_be_taken_back_than_was_counted() {
        let mut set = set_of(1);
        assert!(set.undo().is_some());
        assert_eq!(set.undo(), None);
        assert_eq!(set.said(), 0);
    }

    #[test]
    fn a_gap_is_no_quiet() {
        let mut set = set_of(3);
        let late = SessionTime::from_seconds(15.0 + 25.0);
        assert!(set.is_over(late, None));
        set.forgive(10.0);
        assert!(!set.is_over(late, None));
    }
}
