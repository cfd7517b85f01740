//! The truth: what a planned repetition became, measured on the noise-free movement.

mod bird_dog;
mod drill;
mod hinge;
mod sets;
mod smoothness;

use std::collections::BTreeMap;

use super::Scenario;
use super::body::{Dof, Movement};
use super::exercises::Exercise;
use super::script::{PlannedRep, Script};
use crate::recording::truth::{RepKind, TrueRep, TrueSet, Truth};
use sets::true_set;

/// Step of the measurement, s.
const STEP: f64 = 0.005;

/// The angles of the start pose, radians: what everything is relative to.
#[derive(Clone, Copy, Debug, Default)]
struct Neutral {
    theta_t: f64,
    theta_p: f64,
    sigma_t: f64,
    sigma_p: f64,
}

type Quantities = BTreeMap<String, f64>;

/// Measures the whole session.
pub(crate) fn truth(script: &Script<'_>) -> Truth {
    let scenario = script.scenario;
    if let Exercise::Drill(drill) = scenario.exercise {
        let reps = drill::reps(script, drill);
        let sets = (1..=scenario.sets).map(|set| drill::true_set(script, drill, set, &reps));
        return told(script, sets.collect(), reps);
    }
    let mut reps = Vec::new();
    for (index, plan) in script.reps.iter().enumerate() {
        let neutral = neutral(&script.movement, script.start_poses[plan.set as usize - 1]);
        let next = script
            .reps
            .get(index + 1)
            .filter(|next| next.set == plan.set);
        let measuring = Measuring {
            scenario,
            movement: &script.movement,
            plan,
            neutral,
        };
        reps.push(match scenario.exercise {
            Exercise::BirdDog => measuring.bird_dog(next),
            _ => measuring.hinge(),
        });
    }
    let sets = (1..=scenario.sets).map(|set| true_set(script, set, &reps));
    told(script, sets.collect(), reps)
}

fn told(script: &Script<'_>, sets: Vec<TrueSet>, reps: Vec<TrueRep>) -> Truth {
    let scenario = script.scenario;
    Truth {
        generator: format!(
            "{} synthetic wearer",
            concat!("backcoach ", env!("CARGO_PKG_VERSION"))
        ),
        seed: scenario.seed,
        exercise: scenario.exercise.id().to_owned(),
        height: scenario.body.height,
        sets,
        reps,
        not_reps: script.not_reps.clone(),
        still: script.still.clone(),
        gaps: Vec::new(),
    }
}

fn neutral(movement: &Movement, (from, to): (f64, f64)) -> Neutral {
    let mean_of = |dof: Dof| mean(&sampled(from, to, |t| movement.value(dof, t)));
    Neutral {
        theta_t: mean_of(Dof::ThoraxPitch),
        theta_p: mean_of(Dof::PelvisPitch),
        sigma_t: mean_of(Dof::ThoraxRoll),
        sigma_p: mean_of(Dof::PelvisRoll),
    }
}

fn sampled(from: f64, to: f64, value: impl Fn(f64) -> f64) -> Vec<f64> {
    let count = ((to - from) / STEP).round().max(1.0) as usize;
    (0..=count)
        .map(|i| value(from + (to - from) * i as f64 / count as f64))
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn largest_abs(values: &[f64]) -> f64 {
    values.iter().copied().fold(
        0.0,
        |worst: f64, v| if v.abs() > worst.abs() { v } else { worst },
    )
}

struct Measuring<'a> {
    scenario: &'a Scenario,
    movement: &'a Movement,
    plan: &'a PlannedRep,
    neutral: Neutral,
}

impl Measuring<'_> {
    fn rep(&self, turn: f64, whole: bool, quantities: Quantities) -> TrueRep {
        TrueRep {
            set: self.plan.set,
            start: self.plan.leave,
            turn,
            back: self.plan.back,
            end: self.plan.end,
            kind: if whole {
                RepKind::Full
            } else {
                RepKind::Partial
            },
            side: self.plan.side,
            faults: self.plan.faults.clone(),
            quantities,
        }
    }

    fn thorax(&self, t: f64) -> f64 {
        (self.movement.value(Dof::ThoraxPitch, t) - self.neutral.theta_t).to_degrees()
    }

    fn pelvis(&self, t: f64) -> f64 {
        (self.movement.value(Dof::PelvisPitch, t) - self.neutral.theta_p).to_degrees()
    }

    fn thorax_roll(&self, t: f64) -> f64 {
        (self.movement.value(Dof::ThoraxRoll, t) - self.neutral.sigma_t).to_degrees()
    }

    fn pelvis_roll(&self, t: f64) -> f64 {
        (self.movement.value(Dof::PelvisRoll, t) - self.neutral.sigma_p).to_degrees()
    }

    /// Against standing, where both are upright.
    fn lumflex(&self, t: f64) -> f64 {
        (self.movement.value(Dof::ThoraxPitch, t) - self.movement.value(Dof::PelvisPitch, t))
            .to_degrees()
    }
}

/// Degrees per second, of a signal in degrees.
fn speed(signal: &impl Fn(f64) -> f64, t: f64) -> f64 {
    (signal(t + 0.002) - signal(t - 0.002)) / 0.004
}

/// How long something holds without a break around a moment, looked for between two bounds, s.
fn around(at: f64, low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let walk = |step: f64| {
        let mut t = at;
        while (low..=high).contains(&t) && holds(t) {
            t += step;
        }
        (t - at).abs()
    };
    (walk(STEP) + walk(-STEP) - STEP).max(0.0)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
