//! What the wearer says of the count: beside it, never over it.

use std::collections::BTreeMap;

use super::data::SetReport;

/// Sets whose corrections are kept.
const SETS: usize = 200;

/// The wearer's corrections, by set.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// How many more than were counted.
    more: BTreeMap<u32, i64>,
    /// How many of the counted ones were taken back.
    taken_back: BTreeMap<u32, u32>,
}

impl Words {
    pub(super) fn corrected(&mut self, set: u32, counted: u32, said: u32) {
        if self.more.len() < SETS || self.more.contains_key(&set) {
            self.more.insert(set, i64::from(said) - i64::from(counted));
        }
    }

    pub(super) fn taken_back(&mut self, set: u32) {
        if self.taken_back.len() < SETS || self.taken_back.contains_key(&set) {
            let count = self.taken_back.entry(set).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// The wearer's count of a set of which so many counted repetitions still stand; `None` without a correction.
    pub(super) fn said(&self, set: u32, standing: u32) -> Option<u32> {
        let more = self.more.get(&set)?;
        let taken_back = self.taken_back.get(&set).copied().unwrap_or(0);
        let said = i64::from(standing) + i64::from(taken_back) + more;
        Some(u32::try_from(said.max(0)).unwrap_or(u32::MAX))
    }

    /// The wearer's count of the session, of which so many counted repetitions still stand.
    pub(super) fn total(&self, sets: &[SetReport], standing: u32) -> Option<u32> {
        let corrected = sets.iter().filter_map(|set| Some((set.said?, set.reps)));
        let mut more = None;
        for (said, reps) in corrected {
            more = Some(more.unwrap_or(0) + i64::from(said) - i64::from(reps));
        }
        let said = (i64::from(standing) + more?).max(0);
        Some(u32::try_from(said).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_missed_and_one_taken_back_are_as_many_as_were_counted() {
        let mut words = Words::default();
        assert_eq!(words.said(1, 12), None);
        words.taken_back(1);
        words.corrected(1, 12, 11);
        assert_eq!(words.said(1, 11), Some(11));
        words.corrected(1, 12, 12);
        assert_eq!(words.said(1, 11), Some(12));
        // One more is counted afterwards.
        assert_eq!(words.said(1, 12), Some(13));
    }
}
