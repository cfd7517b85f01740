//! What the wearer says of the count: beside it, never over it.

use std::collections::BTreeMap;

/// Sets whose corrections are kept.
const SETS: usize = 200;

/// The wearer's corrections, by set.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// How many more than were counted; what is counted afterwards adds to both.
    more: BTreeMap<u32, i64>,
}

impl Words {
    pub(super) fn corrected(&mut self, set: u32, counted: u32, said: u32) {
        if self.more.len() < SETS || self.more.contains_key(&set) {
            self.more.insert(set, i64::from(said) - i64::from(counted));
        }
    }

    /// The wearer's count of a set in which so many were counted; `None` without a correction.
    pub(super) fn said(&self, set: u32, counted: u32) -> Option<u32> {
        Some(beside(counted, *self.more.get(&set)?))
    }

    /// The wearer's count of the session, in which so many were counted; sets in which nothing was counted included.
    pub(super) fn total(&self, counted: u32) -> Option<u32> {
        (!self.more.is_empty()).then(|| beside(counted, self.more.values().sum()))
    }
}

fn beside(counted: u32, more: i64) -> u32 {
    let said = (i64::from(counted) + more).max(0);
    u32::try_from(said).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_after_a_correction_adds_to_both_counts() {
        let mut words = Words::default();
        assert_eq!((words.said(1, 12), words.total(12)), (None, None));
        words.corrected(1, 12, 11);
        assert_eq!(words.said(1, 12), Some(11));
        assert_eq!(words.said(1, 13), Some(12));
        words.corrected(2, 0, 1);
        assert_eq!(words.total(13), Some(13));
    }
}
