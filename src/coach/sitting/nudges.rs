//! How often the wearer is told anything: rarely, and breaks before all else.
//!
//! In any hour there is room for so many nudges, all rules together. One that is not about a break may take a place only
//! if a break that comes due before the hour is over will still find one: so a slump never talks over a break.

use std::collections::{BTreeMap, VecDeque};

use crate::units::SessionTime;

/// An hour, seconds.
const HOUR_SECS: f64 = 3600.0;

/// Between two nudges passes at least this long, seconds.
const APART_SECS: f64 = 600.0;

/// What was told in the last hour.
#[derive(Clone, Debug)]
pub struct Nudges {
    most: usize,
    told: VecDeque<(SessionTime, String)>,
    /// How often each rule was told, ever.
    pub counts: BTreeMap<String, u32>,
}

impl Nudges {
    /// Room for so many an hour.
    pub fn new(most: u32) -> Nudges {
        Nudges {
            most: most as usize,
            told: VecDeque::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Whether a rule may be told now. `break_in_secs` is when a break will be due, for a rule that is not about one.
    pub fn has_room(
        &mut self,
        rule: &str,
        most: u32,
        at: SessionTime,
        break_in_secs: Option<f64>,
    ) -> bool {
        while self
            .told
            .front()
            .is_some_and(|(told, _)| at.seconds_since(*told) >= HOUR_SECS)
        {
            self.told.pop_front();
        }
        let of_rule = self.told.iter().filter(|(_, told)| told == rule).count();
        let is_apart = self
            .told
            .back()
            .is_none_or(|(told, _)| at.seconds_since(*told) >= APART_SECS);
        is_apart
            && of_rule < most as usize
            && self.told.len() < self.most
            && break_in_secs.is_none_or(|secs| self.leaves_room(at, secs))
    }

    /// Whether a break that is due in `secs` finds a place after a nudge now.
    fn leaves_room(&self, at: SessionTime, secs: f64) -> bool {
        if secs >= HOUR_SECS {
            return true;
        }
        let then = at.plus_seconds(secs);
        let still = self
            .told
            .iter()
            .filter(|(told, _)| then.seconds_since(*told) < HOUR_SECS)
            .count();
        secs >= APART_SECS && still + 1 < self.most
    }

    /// A rule was told.
    pub fn told(&mut self, rule: &str, at: SessionTime) {
        self.told.push_back((at, rule.to_owned()));
        *self.counts.entry(rule.to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: f64) -> SessionTime {
        SessionTime::from_seconds(60.0 * minutes)
    }

    #[test]
    fn there_is_room_for_two_in_any_hour() {
        let mut nudges = Nudges::new(2);
        let mut told = Vec::new();
        for minute in 0..180 {
            let at = minutes(f64::from(minute));
            if nudges.has_room("PO-STILL", 2, at, None) {
                nudges.told("PO-STILL", at);
                told.push(minute);
            }
        }
        assert_eq!(told, [0, 10, 60, 70, 120, 130]);
    }

    #[test]
    fn a_break_keeps_its_place() {
        let mut nudges = Nudges::new(2);
        assert!(nudges.has_room("PO-SLOUCH", 2, minutes(10.0), Some(35.0 * 60.0)));
        nudges.told("PO-SLOUCH", minutes(10.0));
        assert!(!nudges.has_room("PO-SLOUCH", 2, minutes(21.0), Some(24.0 * 60.0)));
        assert!(nudges.has_room("PO-SIT", 2, minutes(45.0), None));
        nudges.told("PO-SIT", minutes(45.0));
        assert!(!nudges.has_room("PO-SLOUCH", 2, minutes(69.0), Some(21.0 * 60.0)));
    }

    #[test]
    fn nobody_is_told_of_a_slump_just_before_a_break() {
        let mut nudges = Nudges::new(2);
        assert!(!nudges.has_room("PO-SLOUCH", 2, minutes(40.0), Some(300.0)));
    }

    #[test]
    fn no_room_is_silence() {
        assert!(!Nudges::new(0).has_room("PO-SIT", 2, minutes(45.0), None));
    }
}
