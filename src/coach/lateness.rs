//! How late a sensor's readings come as a rule: some send batches of a second or two, and are no less there.

use crate::units::SessionTime;

/// A sensor that was not heard for this long is missing, seconds, unless it always is that late.
const SILENT_SECS: f64 = 1.0;

/// Waiting this many times as long as the longest batch took tells a late one from none.
const MARGIN: f64 = 1.25;

/// Nobody is waited for any longer, seconds.
const LONGEST_SECS: f64 = 3.0;

/// Readings further apart are no batch that came late: some are missing. Seconds.
const NEXT_SECS: f64 = 0.5;

/// A single stall is forgotten with this time constant, seconds.
const FORGOTTEN_SECS: f64 = 30.0;

/// Follows how late the readings of one sensor are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lateness {
    /// Beyond [`SILENT_SECS`], seconds.
    extra_secs: f64,
}

impl Lateness {
    /// The reading of time `at` is here at time `now`; the one before it was of time `last`.
    pub fn reading(&mut self, last: Option<SessionTime>, at: SessionTime, now: SessionTime) {
        let Some(last) = last else { return };
        let step = at.seconds_since(last);
        if !(0.0..=NEXT_SECS).contains(&step) {
            return;
        }
        let needed = (now.seconds_since(last) * MARGIN).min(LONGEST_SECS) - SILENT_SECS;
        let kept = self.extra_secs * (-step / FORGOTTEN_SECS).exp();
        self.extra_secs = kept.max(needed);
    }

    /// For how much longer than usual silence of this sensor says nothing, seconds.
    pub fn extra_secs(&self) -> f64 {
        self.extra_secs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> SessionTime {
        SessionTime::from_seconds(seconds)
    }

    /// What is allowed for after batches of so many seconds at 50 Hz.
    fn after_batches(secs: f64) -> f64 {
        let mut lateness = Lateness::default();
        let mut last = None;
        for k in 0..1000 {
            let time = f64::from(k) / 50.0;
            let now = ((time / secs).floor() + 1.0) * secs;
            lateness.reading(last, at(time), at(now));
            last = Some(at(time));
        }
        lateness.extra_secs()
    }

    #[test]
    fn batches_are_waited_for_as_long_as_they_take() {
        assert!(after_batches(0.1) < 1e-9);
        let extra = after_batches(2.0);
        assert!((1.0..=2.0).contains(&extra), "{extra}");
    }

    #[test]
    fn a_gap_is_no_batch_and_a_stall_is_forgotten() {
        let mut lateness = Lateness::default();
        lateness.reading(Some(at(1.0)), at(21.0), at(21.0));
        assert!(lateness.extra_secs() < 1e-9);
        lateness.reading(Some(at(21.0)), at(21.02), at(23.5));
        assert!(lateness.extra_secs() > 1.9);
        for k in 2..6000 {
            let time = 21.0 + f64::from(k) * 0.02;
            lateness.reading(Some(at(time - 0.02)), at(time), at(time));
        }
        assert!(lateness.extra_secs() < 0.1);
    }
}
