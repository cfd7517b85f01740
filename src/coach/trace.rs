//! The stretch of the session that the repetition at hand is judged by, and its phases.

use std::collections::VecDeque;

use super::moment::Moment;
use crate::exercise::Effort;
use crate::motion::Validity;
use crate::units::{Angle, SessionTime};

/// One moment with the counting signal.
#[derive(Clone, Copy, Debug)]
pub struct TracePoint {
    /// Everything worn.
    pub moment: Moment,
    /// The counting signal, degrees.
    pub signal_deg: f64,
    /// Standard error of the signal.
    pub error: Angle,
    /// Whether it can be used.
    pub validity: Validity,
}

impl TracePoint {
    /// When.
    pub fn at(&self) -> SessionTime {
        self.moment.at
    }
}

/// Points kept at most: a minute at 200 Hz, three times the longest repetition. When full, the older half is thinned
/// out by dropping every second point, so that a long pause costs resolution and not memory.
const MOST_POINTS: usize = 12_000;

/// The latest stretch of the session, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    points: VecDeque<TracePoint>,
}

impl Trace {
    /// Adds the newest point.
    pub fn push(&mut self, point: TracePoint) {
        if self.points.len() >= MOST_POINTS {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index > MOST_POINTS / 2 || index % 2 == 0
            });
        }
        self.points.push_back(point);
    }

    /// When the newest point was measured.
    pub fn last(&self) -> Option<SessionTime> {
        self.points.back().map(TracePoint::at)
    }

    /// Forgets what lies before a moment.
    pub fn forget_before(&mut self, at: SessionTime) {
        while self.points.front().is_some_and(|point| point.at() < at) {
            self.points.pop_front();
        }
    }

    /// The points from one moment to another, both included.
    pub fn between(&mut self, from: SessionTime, to: SessionTime) -> &[TracePoint] {
        let points = self.points.make_contiguous();
        let first = points.partition_point(|point| point.at() < from);
        let last = points.partition_point(|point| point.at() <= to);
        &points[first.min(last)..last]
    }
}

/// The phases of one repetition, as times; each lies within the trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phases {
    /// The movement begins.
    pub start: SessionTime,
    /// The way out ends: the pause at the far end, or the turn.
    pub arrived: SessionTime,
    /// Furthest.
    pub turn: SessionTime,
    /// The way back begins.
    pub left: SessionTime,
    /// The way back ends.
    pub end: SessionTime,
    /// Time of the way out, corrected for its slow ends, seconds.
    pub out_secs: f64,
    /// Time of the way back, corrected likewise.
    pub back_secs: f64,
}

impl Phases {
    /// Time and stretch of the effort that was asked for.
    pub fn effort(&self, effort: Effort, first: Effort) -> (f64, SessionTime, SessionTime) {
        if effort == first {
            (self.out_secs, self.start, self.arrived)
        } else {
            (self.back_secs, self.left, self.end)
        }
    }
}

/// A movement has begun once it is faster than this share of its fastest ...
const MOVING_SHARE: f64 = 0.05;

/// ... and than this, degrees per second: above the noise of a gyroscope and of a low-passed accelerometer.
const MOVING_FLOOR: [f64; 2] = [3.0, 6.0];

/// The speed of the signal at each point, degrees per second, over ± 40 ms.
pub fn speeds(points: &[TracePoint]) -> Vec<f64> {
    const HALF_SPAN_SECS: f64 = 0.04;
    let mut speeds = Vec::with_capacity(points.len());
    let (mut low, mut high) = (0, 0);
    for (k, point) in points.iter().enumerate() {
        while point.at().seconds_since(points[low].at()) > HALF_SPAN_SECS && low + 1 < k {
            low += 1;
        }
        high = high.max(k);
        while high + 1 < points.len()
            && points[high].at().seconds_since(point.at()) < HALF_SPAN_SECS
        {
            high += 1;
        }
        let span = points[high].at().seconds_since(points[low].at());
        let rise = points[high].signal_deg - points[low].signal_deg;
        speeds.push(if span > 0.0 { rise / span } else { 0.0 });
    }
    speeds
}

/// Finds the phases of a repetition in the points around it.
///
/// A phase reaches from the first to the last moment at which the signal is faster than a twentieth of the
/// phase's fastest. A smooth (minimum-jerk) movement spends some of its time slower than that at both ends;
/// the times are corrected by that share, so that they are those a coach would call out.
///
/// `None` if the points do not hold a way out and a way back.
pub fn phases(
    points: &[TracePoint],
    departed: SessionTime,
    turn: SessionTime,
    has_gyro: bool,
) -> Option<Phases> {
    let speeds = speeds(points);
    let peak = points
        .partition_point(|point| point.at() < turn)
        .min(points.len().checked_sub(1)?);
    let crossing = points
        .partition_point(|point| point.at() < departed)
        .min(peak);
    let reach = points[peak].signal_deg
        - points[crossing..]
            .iter()
            .map(|p| p.signal_deg)
            .fold(f64::INFINITY, f64::min);
    let near = points[peak].signal_deg - (reach * 0.1).max(5.0);
    let floor = MOVING_FLOOR[usize::from(!has_gyro)];

    // A bounce at the far end may be faster than the way there: the way out ends where the signal first turns back.
    let way_out = (crossing..=peak)
        .find(|&k| speeds[k] < -floor && points[k].signal_deg > near - reach * 0.3)
        .unwrap_or(peak);
    let fastest_out = speeds[crossing..=way_out]
        .iter()
        .copied()
        .fold(0.0, f64::max);
    let moving_out = floor.max(fastest_out * MOVING_SHARE);
    let start = if speeds[crossing] < moving_out {
        (crossing..way_out)
            .find(|&k| speeds[k] >= moving_out)
            .unwrap_or(crossing)
    } else {
        (0..crossing)
            .rev()
            .find(|&k| speeds[k] < moving_out)
            .unwrap_or(0)
    };
    let arrived = (start..=way_out)
        .find(|&k| speeds[k] < moving_out && points[k].signal_deg >= near)
        .unwrap_or(way_out);

    let fastest_back = speeds[peak..]
        .iter()
        .map(|speed| -speed)
        .fold(0.0, f64::max);
    let moving_back = floor.max(fastest_back * MOVING_SHARE);
    let negated: Vec<f64> = speeds[peak..].iter().map(|speed| -speed).collect();
    let fastest = peak + position_of_max(&negated)?;
    let left = (peak..=fastest)
        .rev()
        .find(|&k| -speeds[k] < moving_back && points[k].signal_deg >= near)
        .unwrap_or(peak);
    let low = points[peak].signal_deg - reach * 0.65;
    let end = (fastest..points.len())
        .find(|&k| -speeds[k] < moving_back && points[k].signal_deg <= low)
        .unwrap_or(points.len() - 1);

    let secs = |from: usize, to: usize| points[to].at().seconds_since(points[from].at());
    Some(Phases {
        start: points[start].at(),
        arrived: points[arrived].at(),
        turn: points[peak].at(),
        left: points[left].at(),
        end: points[end].at(),
        out_secs: secs(start, arrived) / seen_share(moving_out, fastest_out),
        back_secs: secs(left, end) / seen_share(moving_back, fastest_back),
    })
}

/// The phases of a repetition that shows as a small tilt only: where it is beyond half of its reach.
///
/// Its times are not known ([`f64::NAN`]): such a signal says that something was held, not how the limb got there.
pub fn coarse_phases(
    points: &[TracePoint],
    start: SessionTime,
    turn: SessionTime,
    counted: SessionTime,
) -> Option<Phases> {
    let first = points.partition_point(|point| point.at() < start);
    let peak = points
        .partition_point(|point| point.at() < turn)
        .min(points.len().checked_sub(1)?);
    let rest = points.get(first)?.signal_deg;
    let half = (points[peak].signal_deg + rest) / 2.0;
    let arrived = (first..=peak)
        .rev()
        .find(|&k| points[k].signal_deg < half)
        .unwrap_or(first);
    let left = (peak..points.len())
        .find(|&k| points[k].signal_deg < half)
        .unwrap_or(points.len() - 1);
    Some(Phases {
        start,
        arrived: points[arrived].at(),
        turn: points[peak].at(),
        left: points[left].at(),
        end: counted,
        out_secs: f64::NAN,
        back_secs: f64::NAN,
    })
}

/// The share of a minimum-jerk movement's time during which it is faster than `threshold`.
///
/// Its speed is `16 x² (1 - x)²` of the fastest at the share `x` of its time (Flash & Hogan 1985), so that it
/// crosses the share `r` of the fastest at `x (1 - x) = √r / 4`.
fn seen_share(threshold: f64, fastest: f64) -> f64 {
    let ratio = if fastest > 0.0 {
        (threshold / fastest).clamp(0.0, 0.6)
    } else {
        0.6
    };
    (1.0 - ratio.sqrt()).sqrt()
}

fn position_of_max(values: &[f64]) -> Option<usize> {
    values
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map(|(k, _)| k)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use super::*;

    /// A trace of a signal, 100 points a second.
    pub fn trace_of(values: &[f64]) -> Vec<TracePoint> {
        let point = |(k, value): (usize, &f64)| TracePoint {
            moment: Moment {
                at: SessionTime::from_seconds(k as f64 * 0.01),
                thorax: None,
                pelvis: None,
                limb: None,
                limb_side: None,
            },
            signal_deg: *value,
            error: Angle::ZERO,
            validity: Validity::Good,
        };
        values.iter().enumerate().map(point).collect()
    }

    /// Minimum-jerk moves between levels: `(level, seconds)`.
    pub fn course(moves: &[(f64, f64)]) -> Vec<f64> {
        let mut values = vec![0.0];
        for &(to, secs) in moves {
            let from = *values.last().unwrap();
            let steps = (secs * 100.0) as usize;
            for k in 1..=steps {
                let x = k as f64 / steps as f64;
                values.push(
                    from + (to - from) * (10.0 * x.powi(3) - 15.0 * x.powi(4) + 6.0 * x.powi(5)),
                );
            }
        }
        values
    }

    #[test]
    fn phases_last_as_long_as_they_were_done() {
        for (out, pause, back) in [
            (2.0, 0.0, 1.5),
            (3.0, 1.0, 1.0),
            (1.0, 0.0, 0.8),
            (1.5, 4.0, 2.0),
        ] {
            let values = course(&[
                (0.0, 1.0),
                (75.0, out),
                (75.0, pause),
                (0.0, back),
                (0.0, 1.0),
            ]);
            let points = trace_of(&values);
            let turn = SessionTime::from_seconds(1.0 + out);
            let found = phases(
                &points,
                SessionTime::from_seconds(1.0 + out * 0.4),
                turn,
                true,
            )
            .unwrap();
            assert!(
                (found.out_secs - out).abs() < 0.08,
                "out {} for {out}",
                found.out_secs
            );
            assert!(
                (found.back_secs - back).abs() < 0.08,
                "back {} for {back}",
                found.back_secs
            );
        }
    }

    #[test]
    fn a_long_pause_costs_resolution_and_not_memory() {
        let mut trace = Trace::default();
        for point in trace_of(&vec![0.0; 100_000]) {
            trace.push(point);
        }
        assert!(trace.points.len() <= MOST_POINTS);
        assert_eq!(
            trace.points.back().unwrap().at(),
            SessionTime::from_seconds(999.99)
        );
    }
}
