//! How far apart samples usually are.
//!
//! The median of the last few steps: neither a lost sample nor a long pause moves it, and a
//! sensor that is switched to another rate is followed within five samples.

/// Steps that are remembered. Odd, so that the median is one of them; nine stand four lost samples in a
/// row.
const REMEMBERED: usize = 9;

/// A step that differs from the median by less than this share cannot be worth a new median.
const SAME: f64 = 0.02;

/// The usual step between samples, seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cadence {
    steps: [f64; REMEMBERED],
    filled: usize,
    next: usize,
    typical: f64,
}

impl Cadence {
    /// Takes in one step; what is not a positive number is passed over.
    pub(crate) fn push(&mut self, step: f64) {
        if !(step.is_finite() && step > 0.0) {
            return;
        }
        self.steps[self.next] = step;
        self.next = (self.next + 1) % REMEMBERED;
        let filling = self.filled < REMEMBERED;
        if filling {
            self.filled += 1;
        }
        if filling || (step - self.typical).abs() > SAME * self.typical {
            self.typical = self.median();
        }
    }

    /// The median step, as soon as there is one step at all.
    pub(crate) fn typical(&self) -> Option<f64> {
        (self.filled > 0).then_some(self.typical)
    }

    /// Whether enough steps were seen that one or two odd ones do not decide.
    pub(crate) fn is_settled(&self) -> bool {
        self.filled > REMEMBERED / 2
    }

    fn median(&self) -> f64 {
        let mut sorted = self.steps;
        let filled = &mut sorted[..self.filled];
        filled.sort_unstable_by(f64::total_cmp);
        filled[(self.filled - 1) / 2]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn lost_samples_do_not_change_the_usual_step() {
        let mut cadence = Cadence::default();
        for step in [0.02, 0.04, 0.02, 0.02, 0.06, 0.02, 37.0, 0.02, 0.02, 0.02] {
            cadence.push(step);
        }
        assert_eq!(cadence.typical(), Some(0.02));
    }

    #[test]
    fn another_rate_is_followed_within_five_samples() {
        let mut cadence = Cadence::default();
        (0..50).for_each(|_| cadence.push(0.02));
        (0..5).for_each(|_| cadence.push(0.005));
        assert_eq!(cadence.typical(), Some(0.005));
    }

    #[test]
    fn steps_that_are_not_positive_numbers_are_passed_over() {
        let mut cadence = Cadence::default();
        for step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            cadence.push(step);
        }
        assert_eq!(cadence.typical(), None);
    }
}
