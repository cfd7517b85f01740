//! A stretch of the trace and the sums that every family needs.

use std::collections::VecDeque;

use crate::coach::event::Measured;
use crate::coach::trace::TracePoint;
use crate::motion::Validity;

/// Some points of the trace with the speed of the signal at each.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    /// The points, oldest first.
    pub points: &'a [TracePoint],
    /// Degrees per second, one a point.
    pub speeds: &'a [f64],
}

/// A stretch with more than this share of uncertain points is uncertain as a whole: one clipped sample is not.
const TOLERATED_SHARE: f64 = 0.05;

impl Stretch<'_> {
    /// A number measured from this stretch; worth what the signal's points are worth.
    pub fn measured(&self, value: f64) -> Option<Measured> {
        value.is_finite().then(|| Measured {
            value,
            validity: self.validity(|point| Some(point.validity)),
        })
    }

    /// The validity that all but a few points reach; points without any count as invalid.
    pub fn validity(&self, of: impl Fn(&TracePoint) -> Option<Validity>) -> Validity {
        let (mut uncertain, mut invalid) = (0, 0);
        for point in self.points {
            match of(point).unwrap_or(Validity::Invalid) {
                Validity::Good => {}
                Validity::Uncertain => uncertain += 1,
                Validity::Invalid => invalid += 1,
            }
        }
        let tolerated = self.points.len() as f64 * TOLERATED_SHARE;
        if self.points.is_empty() || f64::from(invalid) > tolerated {
            Validity::Invalid
        } else if f64::from(uncertain + invalid) > tolerated {
            Validity::Uncertain
        } else {
            Validity::Good
        }
    }

    /// From its first to its last point, seconds.
    pub fn secs(&self) -> f64 {
        match (self.points.first(), self.points.last()) {
            (Some(first), Some(last)) => last.at().seconds_since(first.at()),
            _ => 0.0,
        }
    }

    /// Seconds for which a test held, each point standing for the time since the one before.
    pub fn secs_where(&self, test: impl Fn(&TracePoint, f64) -> bool) -> f64 {
        let pairs = self
            .points
            .windows(2)
            .zip(&self.speeds[1.min(self.speeds.len())..]);
        pairs
            .filter(|(pair, speed)| test(&pair[1], **speed))
            .map(|(pair, _)| pair[1].at().seconds_since(pair[0].at()))
            .sum()
    }

    /// The mean of a value over the points that have it.
    pub fn mean(&self, of: impl Fn(&TracePoint) -> Option<f64>) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for value in self.points.iter().filter_map(of) {
            sum += value;
            count += 1.0;
        }
        (count > 0.0).then(|| sum / count)
    }

    /// Root mean square about the mean.
    pub fn deviation(&self, of: impl Fn(&TracePoint) -> Option<f64>) -> Option<f64> {
        let mean = self.mean(&of)?;
        self.mean(|point| of(point).map(|value| (value - mean).powi(2)))
            .map(f64::sqrt)
    }

    /// Largest minus smallest.
    pub fn range(&self, of: impl Fn(&TracePoint) -> Option<f64>) -> Option<f64> {
        let mut values = self.points.iter().filter_map(of);
        let first = values.next()?;
        let (low, high) = values.fold((first, first), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        Some(high - low)
    }

    /// The largest value that is kept for `persistence_secs`: the maximum over all such windows of the smallest value
    /// in the window. One twitch is shorter than the window and does not show. `None` if the stretch is shorter.
    pub fn held_max(
        &self,
        persistence_secs: f64,
        of: impl Fn(&TracePoint) -> Option<f64>,
    ) -> Option<f64> {
        let mut window: VecDeque<(f64, f64)> = VecDeque::new();
        let mut begin: Option<f64> = None;
        let mut best: Option<f64> = None;
        for point in self.points {
            let (at, Some(value)) = (point.at().seconds(), of(point)) else {
                // What was not seen was not held.
                (begin, window) = (None, VecDeque::new());
                continue;
            };
            let began = *begin.get_or_insert(at);
            while window.back().is_some_and(|(_, last)| *last >= value) {
                window.pop_back();
            }
            window.push_back((at, value));
            while window
                .front()
                .is_some_and(|(first, _)| at - first > persistence_secs + 1e-9)
            {
                window.pop_front();
            }
            if at - began + 1e-9 >= persistence_secs
                && let Some((_, least)) = window.front()
            {
                best = Some(best.map_or(*least, |best: f64| best.max(*least)));
            }
        }
        best
    }

    /// The smallest value that is kept for `persistence_secs`.
    pub fn held_min(
        &self,
        persistence_secs: f64,
        of: impl Fn(&TracePoint) -> Option<f64>,
    ) -> Option<f64> {
        self.held_max(persistence_secs, |point| of(point).map(|value| -value))
            .map(|value| -value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coach::trace::tests::trace_of;

    fn held(values: &[f64], secs: f64) -> Option<f64> {
        let points = trace_of(values);
        Stretch {
            points: &points,
            speeds: &vec![0.0; points.len()],
        }
        .held_max(secs, |point| Some(point.signal_deg))
    }

    #[test]
    fn what_lasts_is_held_and_what_does_not_is_not() {
        let mut values = vec![0.0; 100];
        values[20..40].fill(9.0);
        values[60..95].fill(5.0);
        assert_eq!(held(&values, 0.3), Some(5.0));
        assert_eq!(held(&values, 0.1), Some(9.0));
        assert_eq!(held(&values[..10], 0.3), None);
    }
}
