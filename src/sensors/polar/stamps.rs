//! Where a frame's first sample lies: stamps are those of last samples.
//!
//! The samples of a frame lie at even distances between the stamp before (exclusive) and its own (inclusive). Where that
//! gives a period that cannot be, as after a loss, the period measured before is used, or the nominal one.
//!
//! Stamps repeat and go back at the start of a stream: such frames are dropped. A device that was taken off starts
//! its clock anew, which is believed at once after a lost link, and otherwise when nothing else comes for a while.

/// A period this far off the one known so far is not one, parts.
const PLAUSIBLE: f64 = 0.1;

/// The share of a new period that is taken over.
const TRUST: f64 = 0.1;

/// So many implausible periods that agree are right, and the nominal rate is wrong.
const AGREEING: u32 = 3;

/// Stamps that go back for so long are the truth, ns.
const LASTING: u64 = 2_000_000_000;

/// The place of a frame on the device's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Of the first sample, ns.
    pub(super) first: u64,
    /// Between samples, ns.
    pub(super) period: f64,
    /// The clock began anew.
    pub(super) restarted: bool,
}

/// The stamps of one measurement.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamps {
    last: Option<u64>,
    /// As measured, ns.
    period: Option<f64>,
    /// A period that cannot be, and how often it came in a row.
    odd: Option<(f64, u32)>,
    /// First and last of several stamps that went back.
    doubt: Option<(u64, u64)>,
    relinked: bool,
}

impl Stamps {
    /// The link was lost and is back.
    pub(super) fn reconnected(&mut self) {
        self.relinked = true;
        self.doubt = None;
    }

    /// The place of a frame of so many samples; `None` if its stamp is not later than the one before.
    pub(super) fn place(&mut self, stamp: u64, samples: usize, rate: f64) -> Option<Place> {
        if samples == 0 {
            return None;
        }
        let goes_back = self.last.is_some_and(|last| stamp <= last);
        let begins_anew = goes_back && (self.is_new_epoch(stamp) || self.lasts(stamp));
        if goes_back && !begins_anew {
            return None;
        }
        let before = self.last.filter(|last| *last > 0 && !goes_back);
        let known = self.period.unwrap_or(1e9 / rate);
        let implied = before.map(|last| (stamp - last) as f64 / samples as f64);
        let place = match (before, implied) {
            (Some(last), Some(period)) if self.is_plausible(period, known) => Place {
                first: last + (stamp - last) / samples as u64,
                period,
                restarted: false,
            },
            _ => {
                let period = self.period.unwrap_or(known);
                let back = period * (samples - 1) as f64;
                Place {
                    first: stamp.saturating_sub(back as u64),
                    period,
                    restarted: begins_anew,
                }
            }
        };
        (self.last, self.doubt, self.relinked) = (Some(stamp), None, false);
        Some(place)
    }

    /// After a lost link a clock that went back began anew; the same stamp again is the same frame again.
    fn is_new_epoch(&self, stamp: u64) -> bool {
        self.relinked && self.last != Some(stamp)
    }

    /// Whether stamps have gone back, yet forward among themselves, for so long that they must be right.
    fn lasts(&mut self, stamp: u64) -> bool {
        let since = match self.doubt {
            Some((since, latest)) if stamp > latest => since,
            _ => stamp,
        };
        self.doubt = Some((since, stamp));
        stamp - since >= LASTING
    }

    /// Whether a period can be, and learns from it.
    fn is_plausible(&mut self, period: f64, known: f64) -> bool {
        let near = |of: f64, limit: f64| (period / of - 1.0).abs() <= limit;
        if near(known, PLAUSIBLE) {
            self.period = Some(known + TRUST * (period - known));
            self.odd = None;
            return true;
        }
        let times = match self.odd {
            Some((odd, times)) if near(odd, 0.02) => times + 1,
            _ => 1,
        };
        self.odd = (times < AGREEING).then_some((period, times));
        if times == AGREEING {
            self.period = Some(period);
        }
        times == AGREEING
    }
}
