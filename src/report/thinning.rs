//! A trace that stays small however long the session is.
//!
//! Time is cut into stretches of equal length, and of each the extremes are kept, so that no peak is lost.
//! When there are too many stretches, neighbors are merged and the length doubles.

use crate::coach::SignalPoint;
use crate::motion::Validity;
use crate::units::round_to;

use super::data::Trace;

/// Stretches kept at most: two for each pixel column of a page at 200 dots an inch.
const MOST: usize = 3000;

/// The first length of a stretch, seconds.
const FIRST_STEP_S: f64 = 0.02;

#[derive(Clone, Copy, Debug)]
struct Stretch {
    index: u64,
    low: f32,
    high: f32,
    rising: bool,
    error: f32,
    trusted: bool,
}

impl Stretch {
    fn take_in(&mut self, later: &Stretch) {
        let low_is_later = later.low < self.low;
        let high_is_later = later.high > self.high;
        self.rising = match (low_is_later, high_is_later) {
            (true, true) => later.rising,
            (true, false) => false,
            (false, true) => true,
            (false, false) => self.rising,
        };
        self.low = self.low.min(later.low);
        self.high = self.high.max(later.high);
        self.error = self.error.max(later.error);
        self.trusted &= later.trusted;
    }
}

/// Gathers a trace.
#[derive(Clone, Debug)]
pub(super) struct Thinning {
    begin_s: Option<f64>,
    step_s: f64,
    stretches: Vec<Stretch>,
}

impl Thinning {
    pub(super) fn new() -> Thinning {
        Thinning {
            begin_s: None,
            step_s: FIRST_STEP_S,
            stretches: Vec::new(),
        }
    }

    /// Takes in one value. What is not a number, or comes from before the last stretch, is left out.
    pub(super) fn push(&mut self, point: &SignalPoint) {
        let (value, error) = (point.value.degrees(), point.error.degrees());
        if !value.is_finite() || value.abs() > 1e6 || point.validity == Validity::Invalid {
            return;
        }
        let at_s = point.at.seconds();
        let begin_s = *self.begin_s.get_or_insert(at_s);
        let index = ((at_s - begin_s) / self.step_s).floor();
        if index < 0.0 {
            return;
        }
        let fresh = Stretch {
            index: index as u64,
            low: value as f32,
            high: value as f32,
            rising: true,
            error: if error.is_finite() {
                error.clamp(0.0, 180.0) as f32
            } else {
                180.0
            },
            trusted: point.validity == Validity::Good,
        };
        match self.stretches.last_mut() {
            Some(last) if last.index == fresh.index => last.take_in(&fresh),
            Some(last) if last.index > fresh.index => {}
            _ => self.stretches.push(fresh),
        }
        while self.stretches.len() > MOST {
            self.merge_neighbors();
        }
    }

    fn merge_neighbors(&mut self) {
        self.step_s *= 2.0;
        let mut merged: Vec<Stretch> = Vec::with_capacity(MOST + 1);
        for mut stretch in self.stretches.drain(..) {
            stretch.index /= 2;
            match merged.last_mut() {
                Some(last) if last.index == stretch.index => last.take_in(&stretch),
                _ => merged.push(stretch),
            }
        }
        self.stretches = merged;
    }

    pub(super) fn finish(self) -> Trace {
        let begin_s = self.begin_s.unwrap_or(0.0);
        let degrees = |value: f32| round_to(f64::from(value), 100.0);
        let of = |pick: &dyn Fn(&Stretch) -> f64| self.stretches.iter().map(pick).collect();
        Trace {
            step_s: self.step_s,
            at_s: of(&|s| round_to(begin_s + s.index as f64 * self.step_s, 1e3)),
            low_deg: of(&|s| degrees(s.low)),
            high_deg: of(&|s| degrees(s.high)),
            error_deg: of(&|s| degrees(s.error)),
            rising: self.stretches.iter().map(|s| s.rising).collect(),
            trusted: self.stretches.iter().map(|s| s.trusted).collect(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::units::{Angle, SessionTime};

    fn point(at_s: f64, degrees: f64) -> SignalPoint {
        SignalPoint {
            at: SessionTime::from_seconds(at_s),
            value: Angle::from_degrees(degrees),
            error: Angle::from_degrees(1.5),
            validity: Validity::Good,
        }
    }

    #[test]
    fn ten_hours_stay_small_and_keep_their_one_peak() {
        let mut thinning = Thinning::new();
        for i in 0..1_000_000u32 {
            let value = if i == 700_001 { 80.0 } else { 3.0 };
            thinning.push(&point(f64::from(i) * 0.036, value));
        }
        let trace = thinning.finish();
        assert!(trace.at_s.len() <= MOST && trace.at_s.len() >= MOST / 2 - 1);
        assert_eq!(trace.high_deg.iter().copied().fold(0.0, f64::max), 80.0);
        assert_eq!(trace.low_deg.iter().copied().fold(99.0, f64::min), 3.0);
    }

    #[test]
    fn the_order_of_the_extremes_is_kept() {
        let mut thinning = Thinning::new();
        for (at, value) in [
            (0.0, 5.0),
            (0.005, 9.0),
            (0.010, 2.0),
            (0.021, 1.0),
            (0.03, 4.0),
        ] {
            thinning.push(&point(at, value));
        }
        let trace = thinning.finish();
        assert_eq!(trace.rising, [false, true]);
        assert_eq!((trace.low_deg[0], trace.high_deg[0]), (2.0, 9.0));
    }

    #[test]
    fn a_jump_of_years_and_time_running_backwards_are_survived() {
        let mut thinning = Thinning::new();
        for at in [5.0, 1e9, 3.0, -1e9, f64::NAN, 1e300] {
            thinning.push(&point(at, 1.0));
        }
        thinning.push(&point(1e300, f64::NAN));
        assert!(thinning.finish().at_s.len() <= 3);
    }
}
