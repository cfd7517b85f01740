//! Repetitions laid over one another: each is cut out of the last minutes of the signal when it is
//! counted, and drawn onto an axis from 0 % (leaves the start pose) to 100 % (is back).

use std::collections::{BTreeMap, VecDeque};

use crate::coach::{Rep, SignalPoint, Verdict};
use crate::motion::Validity;
use crate::units::round_to;

use super::data::{Curve, Overlay};
use super::numbers::mean;

/// Readings kept for repetitions still to come: a minute at 250 Hz.
const RECENT: usize = 15_000;

/// Curves kept; of more repetitions, every second, fourth … is.
const CURVES: usize = 240;

/// Points of a curve: one for each percent, both ends included.
const POINTS: usize = 101;

/// A repetition with a longer hole than this is not drawn, seconds: its course is not known.
const LONGEST_HOLE_S: f64 = 0.4;

/// Gathers the courses of repetitions.
#[derive(Clone, Debug)]
pub(super) struct Laying {
    recent: VecDeque<(f64, f32)>,
    curves: Vec<(u32, Vec<f32>)>,
    seen: usize,
    every: usize,
}

impl Laying {
    pub(super) fn new() -> Laying {
        Laying {
            recent: VecDeque::new(),
            curves: Vec::new(),
            seen: 0,
            every: 1,
        }
    }

    pub(super) fn point(&mut self, point: &SignalPoint) {
        let (at_s, value) = (point.at.seconds(), point.value.degrees());
        let follows = self.recent.back().is_none_or(|(last, _)| *last < at_s);
        if !follows
            || !value.is_finite()
            || value.abs() > 1e6
            || point.validity == Validity::Invalid
        {
            return;
        }
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((at_s, value as f32));
    }

    pub(super) fn rep(&mut self, rep: &Rep) {
        let Some(curve) = self.course(rep.start.seconds(), rep.end.seconds()) else {
            return;
        };
        if self.seen.is_multiple_of(self.every) {
            self.curves.push((rep.number, curve));
        }
        self.seen += 1;
        if self.curves.len() > CURVES {
            let mut index = 0;
            self.curves.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.every *= 2;
        }
    }

    /// The signal at each percent of a stretch of time; `None` where it was not seen whole.
    fn course(&self, from_s: f64, to_s: f64) -> Option<Vec<f32>> {
        let first = self
            .recent
            .partition_point(|(at, _)| *at <= from_s)
            .checked_sub(1)?;
        let end = self.recent.partition_point(|(at, _)| *at < to_s) + 1;
        if to_s <= from_s || end > self.recent.len() || end < first + 2 {
            return None;
        }
        let inside: Vec<(f64, f32)> = self.recent.range(first..end).copied().collect();
        let whole = inside
            .windows(2)
            .all(|pair| pair[1].0 - pair[0].0 <= LONGEST_HOLE_S);
        whole.then(|| resample(&inside, from_s, to_s))
    }

    /// The picture, without the repetitions that have no verdict any more.
    pub(super) fn finish(self, verdicts: &BTreeMap<u32, Verdict>) -> Overlay {
        let curves: Vec<Curve> = self
            .curves
            .into_iter()
            .filter_map(|(rep, values)| {
                Some(Curve {
                    rep,
                    verdict: *verdicts.get(&rep)?,
                    values_deg: values
                        .iter()
                        .map(|v| round_to(f64::from(*v), 100.0))
                        .collect(),
                })
            })
            .collect();
        let column = |at: usize| -> Vec<f64> {
            curves
                .iter()
                .filter_map(|c| c.values_deg.get(at).copied())
                .collect()
        };
        if curves.is_empty() {
            return Overlay::default();
        }
        let columns: Vec<Vec<f64>> = (0..POINTS).map(column).collect();
        Overlay {
            reps: curves.len() as u32,
            mean_deg: columns
                .iter()
                .filter_map(|c| mean(c))
                .map(|v| round_to(v, 100.0))
                .collect(),
            sd_deg: columns
                .iter()
                .filter_map(|c| deviation(c))
                .map(|v| round_to(v, 100.0))
                .collect(),
            curves,
        }
    }
}

/// Straight lines between readings; `points` covers the stretch.
fn resample(points: &[(f64, f32)], from_s: f64, to_s: f64) -> Vec<f32> {
    let mut next = 1;
    (0..POINTS)
        .map(|percent| {
            let at = from_s + (to_s - from_s) * percent as f64 / (POINTS - 1) as f64;
            while next + 1 < points.len() && points[next].0 < at {
                next += 1;
            }
            let ((t0, v0), (t1, v1)) = (points[next - 1], points[next]);
            let share = ((at - t0) / (t1 - t0)).clamp(0.0, 1.0) as f32;
            v0 + (v1 - v0) * share
        })
        .collect()
}

/// Sample standard deviation; `None` for fewer than two values.
fn deviation(values: &[f64]) -> Option<f64> {
    let middle = mean(values)?;
    let squares: f64 = values.iter().map(|v| (v - middle).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}
