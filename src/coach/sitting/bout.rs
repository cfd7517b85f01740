//! How long since the last break, and what a change of position is.

/// A break is longer than this, seconds.
const BREAK_SECS: f64 = 60.0;

/// A pause in a walk that is shorter than this is part of it, seconds.
const PAUSE_SECS: f64 = 10.0;

/// Unseen for this long, a break may have happened: the count begins anew, and no break is claimed. Seconds.
const UNSEEN_SECS: f64 = 60.0;

/// The time between two breaks.
#[derive(Clone, Debug, Default)]
pub struct Bout {
    secs: f64,
    away_secs: f64,
    pause_secs: f64,
    is_break: bool,
    longest_secs: f64,
    breaks: u32,
}

impl Bout {
    /// One more second was seen, away from what is counted or not.
    pub fn second(&mut self, is_away: bool) {
        if is_away {
            self.away_secs += 1.0;
            self.pause_secs = 0.0;
            if self.away_secs > BREAK_SECS && !std::mem::replace(&mut self.is_break, true) {
                self.breaks += 1;
                self.secs = 0.0;
            }
            return;
        }
        self.pause_secs += 1.0;
        if self.pause_secs >= PAUSE_SECS {
            self.away_secs = 0.0;
            self.is_break = false;
        }
        if !self.is_break {
            self.secs += 1.0;
            self.longest_secs = self.longest_secs.max(self.secs);
        }
    }

    /// So many seconds were not seen.
    pub fn unseen(&mut self, secs: f64) {
        if secs >= UNSEEN_SECS {
            (self.secs, self.away_secs, self.is_break) = (0.0, 0.0, false);
        }
    }

    /// Minutes since the last break.
    pub fn minutes(&self) -> f64 {
        self.secs / 60.0
    }

    /// The most minutes without a break.
    pub fn longest_min(&self) -> f64 {
        self.longest_secs / 60.0
    }

    /// Breaks so far.
    pub fn breaks(&self) -> u32 {
        self.breaks
    }
}

/// A position is another one when the trunk has turned by this much, degrees: what one sensor can vouch for.
const CHANGE_DEG: f64 = 5.0;

/// And is kept for this long, seconds.
const KEPT_SECS: u32 = 10;

/// Counts changes of position.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    settled: Option<[f64; 2]>,
    away_secs: u32,
    count: u32,
}

impl Changes {
    /// One more second was seen: θ and σ in degrees, absent while the wearer is up.
    pub fn second(&mut self, tilt: Option<[f64; 2]>) {
        let is_other = match (self.settled, tilt) {
            (Some([theta, sigma]), Some([now_theta, now_sigma])) => {
                (theta - now_theta).hypot(sigma - now_sigma) >= CHANGE_DEG
            }
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        };
        self.away_secs = if is_other { self.away_secs + 1 } else { 0 };
        if self.away_secs >= KEPT_SECS {
            self.settled = tilt;
            self.away_secs = 0;
            self.count += 1;
        }
    }

    /// After a gap, or at the beginning, whatever comes next is no change.
    pub fn begin(&mut self, tilt: Option<[f64; 2]>) {
        (self.settled, self.away_secs) = (tilt, 0);
    }

    /// Changes so far.
    pub fn count(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(bout: &mut Bout, secs: u32, is_away: bool) {
        (0..secs).for_each(|_| bout.second(is_away));
    }

    #[test]
    fn only_more_than_a_minute_is_a_break() {
        let mut bout = Bout::default();
        go(&mut bout, 600, false);
        go(&mut bout, 60, true);
        go(&mut bout, 60, false);
        assert_eq!((bout.minutes(), bout.breaks()), (11.0, 0));
        go(&mut bout, 61, true);
        go(&mut bout, 120, false);
        assert_eq!(bout.breaks(), 1);
        assert!((1.8..=2.0).contains(&bout.minutes()), "{}", bout.minutes());
        assert_eq!(bout.longest_min(), 11.0);
    }

    #[test]
    fn a_short_stop_is_part_of_the_walk() {
        let mut bout = Bout::default();
        go(&mut bout, 40, true);
        go(&mut bout, 5, false);
        go(&mut bout, 21, true);
        assert_eq!(bout.breaks(), 1);
    }

    #[test]
    fn after_a_long_gap_nothing_is_claimed() {
        let mut bout = Bout::default();
        go(&mut bout, 600, false);
        bout.unseen(59.0);
        assert_eq!(bout.minutes(), 10.0);
        bout.unseen(60.0);
        assert_eq!((bout.minutes(), bout.breaks()), (0.0, 0));
    }

    #[test]
    fn a_position_counts_once_it_is_kept() {
        let mut changes = Changes::default();
        changes.begin(Some([0.0, 0.0]));
        let mut sit = |theta, secs| {
            (0..secs).for_each(|_| changes.second(Some([theta, 0.0])));
            changes.count()
        };
        assert_eq!(sit(4.0, 100), 0);
        assert_eq!(sit(20.0, 9), 0);
        assert_eq!(sit(0.0, 100), 0);
        assert_eq!(sit(20.0, 10), 1);
        assert_eq!(sit(0.0, 10), 2);
    }
}
