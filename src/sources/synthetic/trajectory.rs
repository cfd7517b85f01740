//! How one coordinate of the body moves: minimum-jerk strokes laid over each other, and ripples.
//!
//! People reach from one posture to another with a bell-shaped speed that is close to the curve of
//! least jerk (Flash & Hogan 1985, J Neurosci 5:1688-1703); overlapping strokes add up. Ripples are
//! what is never still: sway, tremor, breath.

use std::f64::consts::{PI, TAU};

/// The course of a minimum-jerk stroke: 0 before 0, 1 after 1, twice differentiable.
pub(crate) fn minimum_jerk(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * x * (10.0 + x * (6.0 * x - 15.0))
}

/// Speed of [`minimum_jerk`]: at most 1.875, in the middle.
pub(crate) fn minimum_jerk_speed(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    30.0 * x * x * (1.0 - x) * (1.0 - x)
}

/// How long the slow end of a stroke takes: the time below `speed`, of a stroke over `range` within `duration`.
pub(crate) fn slow_end(range: f64, duration: f64, speed: f64) -> f64 {
    // 30 (x - x²)² · range / duration = speed, solved for x.
    let rest = (speed * duration / (30.0 * range.abs().max(1e-9)))
        .sqrt()
        .min(0.25);
    0.5 * (1.0 - (1.0 - 4.0 * rest).sqrt()) * duration
}

/// What a stroke does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// Goes somewhere and stays.
    Glide,
    /// Goes somewhere and comes back: `sin⁴`, smooth at both ends and round at the peak.
    Bump,
}

#[derive(Clone, Copy, Debug)]
struct Stroke {
    start: f64,
    duration: f64,
    delta: f64,
    shape: Shape,
}

impl Stroke {
    fn value(&self, t: f64) -> f64 {
        let x = (t - self.start) / self.duration;
        match self.shape {
            Shape::Glide => self.delta * minimum_jerk(x),
            Shape::Bump if (0.0..1.0).contains(&x) => self.delta * (PI * x).sin().powi(4),
            Shape::Bump => 0.0,
        }
    }

    fn remains(&self) -> f64 {
        match self.shape {
            Shape::Glide => self.delta,
            Shape::Bump => 0.0,
        }
    }
}

/// A sinusoid that fades in and out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ripple {
    pub from: f64,
    pub to: f64,
    pub fade: f64,
    pub amplitude: f64,
    pub hertz: f64,
    pub phase: f64,
}

impl Ripple {
    /// One that never ends.
    pub(crate) fn lasting(amplitude: f64, hertz: f64, phase: f64) -> Ripple {
        Ripple {
            from: f64::NEG_INFINITY,
            to: f64::INFINITY,
            fade: 1.0,
            amplitude,
            hertz,
            phase,
        }
    }

    fn value(&self, t: f64) -> f64 {
        if t <= self.from || t >= self.to {
            return 0.0;
        }
        let into = ((t - self.from) / self.fade).min((self.to - t) / self.fade);
        self.amplitude * minimum_jerk(into) * (TAU * self.hertz * t + self.phase).sin()
    }
}

/// One coordinate over time. Build it in any order, then [`Track::finish`] it once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    base: f64,
    planned: f64,
    strokes: Vec<Stroke>,
    ripples: Vec<Ripple>,
    /// What all strokes before this one have left behind.
    settled: Vec<f64>,
    longest: f64,
}

impl Track {
    /// Where all strokes so far end.
    pub(crate) fn planned(&self) -> f64 {
        self.planned
    }

    /// Glides to a value, within `duration`, from `start`.
    pub(crate) fn glide_to(&mut self, start: f64, duration: f64, target: f64) {
        self.glide_by(start, duration, target - self.planned);
    }

    /// Glides by a difference.
    pub(crate) fn glide_by(&mut self, start: f64, duration: f64, delta: f64) {
        self.planned += delta;
        self.push(start, duration, delta, Shape::Glide);
    }

    /// Goes by a difference and comes back, within `duration`.
    pub(crate) fn bump(&mut self, start: f64, duration: f64, delta: f64) {
        self.push(start, duration, delta, Shape::Bump);
    }

    /// Lays a ripple over the strokes.
    pub(crate) fn ripple(&mut self, ripple: Ripple) {
        self.ripples.push(ripple);
    }

    fn push(&mut self, start: f64, duration: f64, delta: f64, shape: Shape) {
        let duration = duration.max(0.05);
        self.longest = self.longest.max(duration);
        self.strokes.push(Stroke {
            start,
            duration,
            delta,
            shape,
        });
    }

    /// Puts the strokes in order; until then [`Track::value`] is not to be asked.
    pub(crate) fn finish(&mut self) {
        self.strokes.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut sum = self.base;
        self.settled = vec![sum];
        for stroke in &self.strokes {
            sum += stroke.remains();
            self.settled.push(sum);
        }
    }

    /// The value at a moment.
    pub(crate) fn value(&self, t: f64) -> f64 {
        let begun = self.strokes.partition_point(|stroke| stroke.start <= t);
        let over = self.strokes[..begun].partition_point(|stroke| stroke.start + self.longest <= t);
        let moving: f64 = self.strokes[over..begun].iter().map(|s| s.value(t)).sum();
        let rippling: f64 = self.ripples.iter().map(|r| r.value(t)).sum();
        self.settled[over] + moving + rippling
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_glide_peaks_at_1_875_times_its_mean_speed() {
        let mut track = Track::default();
        track.glide_to(1.0, 2.0, 90.0);
        track.finish();
        assert_eq!(track.value(0.5), 0.0);
        assert!((track.value(10.0) - 90.0).abs() < 1e-12);
        let speed = (track.value(2.0 + 1e-4) - track.value(2.0 - 1e-4)) / 2e-4;
        assert!((speed - 1.875 * 45.0).abs() < 1e-4);
        assert!((minimum_jerk_speed(0.5) - 1.875).abs() < 1e-12);
    }

    #[test]
    fn overlapping_strokes_add_up_and_bumps_leave_nothing() {
        let mut track = Track::default();
        track.glide_to(0.0, 3.0, 10.0);
        track.bump(1.0, 0.5, 4.0);
        track.glide_to(0.5, 1.0, 3.0);
        track.finish();
        assert!((track.value(4.0) - 3.0).abs() < 1e-12);
        let alone = 10.0 * minimum_jerk(1.25 / 3.0) - 7.0 * minimum_jerk(0.75);
        assert!((track.value(1.25) - alone - 4.0).abs() < 1e-9);
    }
}
