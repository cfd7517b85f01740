//! The courses of a stretch of the movement, sampled once.

use nalgebra::Vector3;

use super::STEP;
use crate::input::{Placement, Segment};
use crate::sources::synthetic::body::Movement;
use crate::sources::synthetic::drill::signal::{Place, Signal};
use crate::units::STANDARD_GRAVITY;

/// θ, σ and heading of one segment, degrees.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    pub theta: Vec<f64>,
    pub sigma: Vec<f64>,
    pub heading: Vec<f64>,
}

/// Where θ, σ and heading were in the start pose, degrees.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start {
    pub theta: f64,
    pub sigma: f64,
    pub heading: f64,
}

/// One stretch.
pub(super) struct Paths {
    pub from: f64,
    pub thorax: Course,
    pub pelvis: Course,
    /// Of the sensor that counts.
    pub signal: Vec<f64>,
    /// Where the trunk's sensor is, m.
    position: Vec<Vector3<f64>>,
    pub thorax0: Start,
    pub pelvis0: Start,
}

pub(super) fn start_of(movement: &Movement, segment: Segment, times: &[f64]) -> Start {
    let mut sum = Start::default();
    for &t in times {
        let stance = movement.stance(segment, None, t);
        sum.theta += stance.theta.to_degrees();
        sum.sigma += stance.sigma.to_degrees();
        sum.heading += stance.heading.to_degrees();
    }
    let count = times.len().max(1) as f64;
    Start {
        theta: sum.theta / count,
        sigma: sum.sigma / count,
        heading: sum.heading / count,
    }
}

pub(super) fn times(from: f64, to: f64) -> Vec<f64> {
    let count = ((to - from) / STEP).round().max(2.0) as usize;
    (0..=count).map(|step| from + STEP * step as f64).collect()
}

impl Paths {
    pub(super) fn sample(
        movement: &Movement,
        from: f64,
        to: f64,
        pose: (f64, f64),
        trunk: Placement,
        signal: impl Fn(f64) -> f64,
    ) -> Paths {
        let at = times(from, to);
        let rest = times(pose.0, pose.1);
        let course = |segment| {
            let mut course = Course::default();
            for &t in &at {
                let stance = movement.stance(segment, None, t);
                course.theta.push(stance.theta.to_degrees());
                course.sigma.push(stance.sigma.to_degrees());
                course.heading.push(stance.heading.to_degrees());
            }
            course
        };
        Paths {
            from,
            thorax: course(Segment::Thorax),
            pelvis: course(Segment::Pelvis),
            signal: at.iter().map(|&t| signal(t)).collect(),
            position: at.iter().map(|&t| movement.position(trunk, t)).collect(),
            thorax0: start_of(movement, Segment::Thorax, &rest),
            pelvis0: start_of(movement, Segment::Pelvis, &rest),
        }
    }

    /// The number of a moment's sample.
    pub(super) fn index(&self, t: f64) -> usize {
        let last = self.signal.len().saturating_sub(1);
        (((t - self.from) / STEP).round().max(0.0) as usize).min(last)
    }

    /// A part of a course.
    pub(super) fn part<'a>(&self, values: &'a [f64], from: f64, to: f64) -> &'a [f64] {
        let (a, b) = (self.index(from), self.index(to).max(self.index(from) + 1));
        &values[a.min(values.len() - 1)..b.min(values.len())]
    }

    pub(super) fn lumflex(&self) -> Vec<f64> {
        let pairs = self.thorax.theta.iter().zip(&self.pelvis.theta);
        pairs.map(|(thorax, pelvis)| thorax - pelvis).collect()
    }

    /// Speed of a course, of its unit per second.
    pub(super) fn speed(values: &[f64]) -> Vec<f64> {
        let steps = values
            .windows(3)
            .map(|three| (three[2] - three[0]) / (2.0 * STEP));
        padded(steps.collect())
    }

    /// Height of the trunk's sensor, m.
    pub(super) fn height(&self) -> Vec<f64> {
        self.position.iter().map(|at| at.z).collect()
    }

    /// Linear acceleration of the trunk's sensor, m/s², world.
    pub(super) fn acceleration(&self) -> Vec<Vector3<f64>> {
        let steps = self
            .position
            .windows(3)
            .map(|three| (three[2] - 2.0 * three[1] + three[0]) / (STEP * STEP));
        let mut all: Vec<Vector3<f64>> = steps.collect();
        if let (Some(first), Some(last)) = (all.first().copied(), all.last().copied()) {
            all.insert(0, first);
            all.push(last);
        }
        all
    }

    /// What the trunk's accelerometer reads beyond gravity, m/s².
    pub(super) fn beyond_gravity(&self) -> Vec<f64> {
        let force = |a: &Vector3<f64>| (a + STANDARD_GRAVITY * Vector3::z()).norm();
        self.acceleration()
            .iter()
            .map(|a| force(a) - STANDARD_GRAVITY)
            .collect()
    }
}

fn padded(mut values: Vec<f64>) -> Vec<f64> {
    if let (Some(first), Some(last)) = (values.first().copied(), values.last().copied()) {
        values.insert(0, first);
        values.push(last);
    }
    values
}

/// The signal of a placement over time, against a stretch of the start pose.
pub(super) fn signal_of<'a>(
    movement: &'a Movement,
    signal: Signal,
    placement: Placement,
    pose: (f64, f64),
) -> impl Fn(f64) -> f64 + 'a {
    let place = Place::mean(movement, placement, &times(pose.0, pose.1));
    move |t| signal.value(movement, placement, &place, t)
}
