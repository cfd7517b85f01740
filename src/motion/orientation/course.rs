//! The course of the angular rate between samples: a cubic through the last four.
//!
//! A stretch is turned through twice over. When its last sample comes, the cubic ends there and is at
//! its worst; one sample later the stretch lies in the middle of a new cubic, which knows better. What
//! the first guess got wrong is then made up for, so that only the newest step ever carries a guess and
//! nothing adds up.

use nalgebra::Vector3;

/// A step that differs from the next one by more than this factor says nothing about the bend of the
/// course.
const COMPARABLE: f64 = 4.5;

/// A step that is longer than a neighbor by this factor misses samples.
const LONGER: f64 = 1.4;

/// The last rates, at any steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// Newest first, rad/s; the first `known` of them hold.
    rates: [Vector3<f64>; 4],
    /// Seconds from the rate before to each.
    steps: [f64; 4],
    known: usize,
    /// What the newest stretch was turned by, rad.
    guessed: Vector3<f64>,
}

/// The newest stretch of the course as Newton's polynomial; time runs from the newest rate, so it is
/// negative or 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    newest: Vector3<f64>,
    /// Divided differences of first to third order.
    differences: [Vector3<f64>; 3],
    /// Seconds from the rate before, and from the one before that to it.
    steps: [f64; 2],
    /// What is to be made up for, rad.
    pub(super) amends: Vector3<f64>,
    /// How much the turn would differ if the course were taken for a cubic, rad: large where samples
    /// are too far apart for the movement.
    pub(super) doubt: f64,
}

impl Course {
    /// Forgets all.
    pub(super) fn restart(&mut self) {
        *self = Course::default();
    }

    /// Takes in the next rate, `step` seconds after the last, and gives the stretch up to it; `None`
    /// for the first.
    pub(super) fn push(&mut self, rate: Vector3<f64>, step: f64) -> Option<Stretch> {
        self.rates.copy_within(0..3, 1);
        self.steps.copy_within(0..3, 1);
        (self.rates[0], self.steps[0]) = (rate, step);
        self.known = (self.known + 1).min(4);
        if self.known < 2 {
            return None;
        }
        let cubic = self.stretch();
        let mut stretch = cubic;
        stretch.differences[2] = Vector3::zeros();
        if self.bridged() && cubic.differences[2] != Vector3::zeros() {
            let missed = cubic.turn(-step - self.steps[1], -step) - self.guessed;
            // It was missed halfway on average; the second half of the turn followed.
            stretch.amends = missed - self.guessed.cross(&missed) / 2.0;
        }
        self.guessed = stretch.turn(-step, 0.0);
        stretch.doubt =
            cubic.differences[2].norm() * step.powi(3) * (step + 2.0 * self.steps[1]) / 12.0;
        Some(stretch)
    }

    /// Whether the stretch before the newest one was longer than its neighbors.
    fn bridged(&self) -> bool {
        let [after, stretch, before, _] = self.steps;
        self.known == 4 && stretch > LONGER * after.min(before)
    }

    fn stretch(&self) -> Stretch {
        let [r0, r1, r2, r3] = self.rates;
        let [h0, h1, h2, _] = self.steps;
        let alike = |a: f64, b: f64| a < COMPARABLE * b && b < COMPARABLE * a;
        let first = (r0 - r1) / h0;
        let mut differences = [first, Vector3::zeros(), Vector3::zeros()];
        if self.known > 2 && alike(h0, h1) {
            let first_before = (r1 - r2) / h1;
            differences[1] = (first - first_before) / (h0 + h1);
            if self.known > 3 && alike(h1, h2) && alike(h0, h2) {
                let second_before = (first_before - (r2 - r3) / h2) / (h1 + h2);
                differences[2] = (differences[1] - second_before) / (h0 + h1 + h2);
            }
        }
        Stretch {
            newest: r0,
            differences,
            steps: [h0, h1],
            amends: Vector3::zeros(),
            doubt: 0.0,
        }
    }
}

impl Stretch {
    /// The rate at a time.
    pub(super) fn at(&self, time: f64) -> Vector3<f64> {
        let [first, second, third] = self.differences;
        let since_last = time + self.steps[0];
        self.newest + (first + (second + third * (since_last + self.steps[1])) * since_last) * time
    }

    /// What the rate adds up to between two times, rad. Simpson's rule, which is exact for cubics.
    pub(super) fn turn(&self, from: f64, to: f64) -> Vector3<f64> {
        let middle = self.at((from + to) / 2.0);
        (self.at(from) + middle * 4.0 + self.at(to)) * ((to - from) / 6.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn sum_of_turns(times: &[f64], rate: impl Fn(f64) -> f64) -> f64 {
        let mut course = Course::default();
        let mut sum = 0.0;
        let mut last = times[0];
        for &time in times {
            if let Some(stretch) = course.push(Vector3::x() * rate(time), time - last) {
                sum += stretch.turn(last - time, 0.0).x + stretch.amends.x;
            }
            last = time;
        }
        sum
    }

    #[test]
    fn even_steps_give_the_third_order_mean() {
        let mut course = Course::default();
        let rates = [0.3, -0.7, 1.1].map(|rate| Vector3::x() * rate);
        course.push(rates[0], 0.0);
        course.push(rates[1], 0.02);
        let stretch = course.push(rates[2], 0.02).unwrap();
        let mean = (rates[2] * 5.0 + rates[1] * 8.0 - rates[0]) / 12.0;
        assert!((stretch.turn(-0.02, 0.0) - mean * 0.02).norm() < 1e-15);
    }

    #[test]
    fn a_bridged_sample_is_made_up_for_exactly_on_a_cubic() {
        let rate = |t: f64| 1.0 - 2.0 * t + 3.0 * t * t - 5.0 * t * t * t;
        let sum = |t: f64| t - t * t + t * t * t - 1.25 * t * t * t * t;
        let stretch_to = |times: &[f64]| {
            let mut course = Course::default();
            let mut last = times[0];
            let mut stretches = Vec::new();
            for &time in times {
                stretches.extend(course.push(Vector3::x() * rate(time), time - last));
                last = time;
            }
            stretches
        };
        let stretches = stretch_to(&[0.0, 0.1, 0.3, 0.4]);
        let over_the_bridge = stretches[1].turn(-0.2, 0.0).x + stretches[2].amends.x;
        assert!((over_the_bridge - (sum(0.3) - sum(0.1))).abs() < 1e-12);
    }

    #[test]
    fn lost_samples_do_not_add_up() {
        let rate = |t: f64| 3.0 * (9.0 * t).sin();
        let sum = |t: f64| (1.0 - (9.0 * t).cos()) / 3.0;
        let times: Vec<f64> = (0..5000)
            .filter(|k| k % 11 != 5)
            .map(|k| f64::from(k) * 0.02)
            .collect();
        let off = sum_of_turns(&times, rate) - sum(*times.last().unwrap());
        assert!(off.abs() < 0.003, "{off}");
    }
}
