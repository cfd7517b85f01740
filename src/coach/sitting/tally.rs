//! The day in a few numbers: seconds in each mode, the way from upright to slump, changes, breaks.

use std::collections::BTreeMap;

use super::bout::Changes;
use crate::coach::event::{Day, PostureMode};
use crate::units::{SessionTime, round_to};

/// Gathers the numbers; it does not grow.
#[derive(Clone, Debug)]
pub struct Tally {
    seen_s: f64,
    unseen_s: f64,
    modes_s: BTreeMap<PostureMode, f64>,
    slouch_s: [f64; Day::STEPS],
    changes: Changes,
    /// The next second is the first after a gap.
    is_first: bool,
}

/// What [`Tally`] does not know itself.
#[derive(Clone, Debug)]
pub struct Rest {
    /// Breaks so far.
    pub breaks: u32,
    /// The longest time without one, minutes.
    pub longest_min: f64,
    /// Times told, by rule.
    pub nudges: BTreeMap<String, u32>,
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Tally {
        Tally {
            seen_s: 0.0,
            unseen_s: 0.0,
            modes_s: BTreeMap::new(),
            slouch_s: [0.0; Day::STEPS],
            changes: Changes::default(),
            is_first: true,
        }
    }

    /// One more second was seen.
    pub fn second(&mut self, mode: PostureMode, slouch_pct: Option<f64>, tilt: Option<[f64; 2]>) {
        self.seen_s += 1.0;
        *self.modes_s.entry(mode).or_default() += 1.0;
        if let Some(pct) = slouch_pct {
            self.slouch_s[step_of(pct)] += 1.0;
        }
        if std::mem::replace(&mut self.is_first, false) {
            self.changes.begin(tilt);
        } else {
            self.changes.second(tilt);
        }
    }

    /// So many seconds were not seen.
    pub fn unseen(&mut self, secs: f64) {
        self.unseen_s += secs;
        self.is_first |= secs >= 10.0;
    }

    /// Seconds seen so far.
    pub fn seen_s(&self) -> f64 {
        self.seen_s
    }

    /// The day so far.
    pub fn day(&self, at: SessionTime, rest: Rest) -> Day {
        const LEAST_S: f64 = 60.0;
        let hours = self.seen_s / 3600.0;
        let changes = self.changes.count();
        Day {
            at,
            seen_s: self.seen_s,
            unseen_s: round_to(self.unseen_s, 10.0),
            modes_s: self.modes_s.clone(),
            slouch_s: self.slouch_s.to_vec(),
            changes,
            changes_per_hour: (self.seen_s >= LEAST_S)
                .then(|| round_to(f64::from(changes) / hours, 10.0)),
            breaks: rest.breaks,
            longest_min: round_to(rest.longest_min, 10.0),
            nudges: rest.nudges,
        }
    }
}

/// Which step of [`Day::slouch_s`].
fn step_of(pct: f64) -> usize {
    // A float-to-integer `as` saturates, and what is not a number becomes 0.
    ((pct / 10.0).floor() + 5.0).clamp(0.0, (Day::STEPS - 1) as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_holds_its_ten_percent() {
        for (pct, from) in [
            (-400.0, -50.0),
            (-45.0, -50.0),
            (0.0, 0.0),
            (9.9, 0.0),
            (85.0, 80.0),
            (999.0, 150.0),
        ] {
            assert_eq!(Day::step_from(step_of(pct)), from, "{pct}");
        }
    }
}
