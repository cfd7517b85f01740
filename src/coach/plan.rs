//! What is going to be done, and with which sensors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::exercise::Exercise;
use crate::input::{Placement, SensorId};
use crate::programme::Class;

/// What is going to be done: all that the coach needs to know beside the inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The exercise, in full, so that a recording can be read without this program's library.
    pub exercise: Exercise,
    /// The sensors; a [`SensorId`] is a place in this list.
    pub sensors: Vec<WornSensor>,
    /// How angles are tied to the body.
    pub setup: Setup,
    /// The amount asked for.
    #[serde(default)]
    pub goal: Goal,
    /// The wearer's own choices for the exercise's settings; those absent keep their defaults.
    #[serde(default)]
    pub settings: BTreeMap<String, f64>,
    /// How much the coach leads.
    #[serde(default, skip_serializing_if = "Conduct::is_watching")]
    pub conduct: Conduct,
    /// What is done after `exercise`, where that is only the first step of a programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<PlannedProgramme>,
}

/// The programme that a session follows: the plan's own exercise is its first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedProgramme {
    /// Its id.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// The version of its definition.
    pub version: u32,
    /// What the first step is.
    pub class: Class,
    /// The steps after it, in order.
    pub then: Vec<PlannedStep>,
}

/// A later step of a programme, in full as the first one is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// What it is.
    pub class: Class,
    /// The exercise.
    pub exercise: Exercise,
    /// The amount asked for.
    #[serde(default)]
    pub goal: Goal,
    /// The wearer's own choices for the exercise's settings.
    #[serde(default)]
    pub settings: BTreeMap<String, f64>,
}

/// How much the coach leads the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conduct {
    /// It counts and judges whatever is done, whenever it is done.
    #[default]
    Watch,
    /// It leads from the set-up through sets and rests to the end: what is done before a set or in a rest is not counted.
    Lead,
    /// It also calls the tempo.
    Pace,
}

impl Conduct {
    fn is_watching(&self) -> bool {
        *self == Conduct::Watch
    }
}

/// One sensor and its place on the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WornSensor {
    /// The driver's family name, or `csv` for imported samples.
    pub family: String,
    /// Where it is worn.
    pub placement: Placement,
    /// The device's own name; untrusted text.
    #[serde(default)]
    pub name: String,
}

/// How angles are tied to the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setup {
    /// Stand still, bend once, hold the start pose: mounting and neutral are measured.
    #[default]
    Guided,
    /// Nothing is asked: the first stillness is taken for the start pose and the first large movement for
    /// the direction of the exercise. Side and twist are then of low confidence.
    Inferred,
}

/// The amount asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Goal {
    /// Repetitions in a set.
    pub reps: Option<u32>,
    /// Sets.
    pub sets: Option<u32>,
    /// Rest between sets, seconds.
    pub rest_s: Option<f64>,
    /// Each set after the first has so many repetitions fewer than the one before, and one at least.
    #[serde(skip_serializing_if = "is_zero")]
    pub fewer: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Goal {
    /// Repetitions asked for in a set, the first being 0.
    pub fn reps_in(&self, set: u32) -> Option<u32> {
        let less = self.fewer.saturating_mul(set);
        self.reps
            .map(|reps| reps.saturating_sub(less).max(reps.min(1)))
    }

    /// Repetitions asked for in all sets together, where both are.
    pub fn reps_in_all(&self) -> Option<u32> {
        let sets = 0..self.sets?.min(MOST_SETS);
        sets.map(|set| self.reps_in(set))
            .try_fold(0, |sum: u32, reps| Some(sum.saturating_add(reps?)))
    }
}

/// More sets are nobody's.
const MOST_SETS: u32 = 1000;

impl WornSensor {
    /// The family of a sensor whose samples come from an imported file.
    pub const IMPORTED: &'static str = "csv";
}

impl Plan {
    /// The sensor of an id.
    pub fn sensor(&self, id: SensorId) -> Option<&WornSensor> {
        self.sensors.get(usize::from(id.0))
    }

    /// How many exercises are done: one, or the steps of the programme.
    pub fn steps(&self) -> usize {
        1 + self.then().len()
    }

    /// The plan of one step by itself, from 0.
    pub fn step(&self, index: usize) -> Option<Plan> {
        let mut plan = Plan {
            programme: None,
            exercise: self.exercise_at(index)?.clone(),
            ..self.clone()
        };
        if let Some(step) = self.later(index) {
            (plan.goal, plan.settings) = (step.goal, step.settings.clone());
        }
        Some(plan)
    }

    /// The exercise of a step, from 0.
    pub fn exercise_at(&self, index: usize) -> Option<&Exercise> {
        match index {
            0 => Some(&self.exercise),
            _ => self.later(index).map(|step| &step.exercise),
        }
    }

    /// What a step of a programme is; none in a session of one exercise.
    pub fn class_at(&self, index: usize) -> Option<Class> {
        match index {
            0 => self.programme.as_ref().map(|programme| programme.class),
            _ => self.later(index).map(|step| step.class),
        }
    }

    /// The id of what is done: of the programme, or of the one exercise.
    pub fn id(&self) -> &str {
        let programme = self.programme.as_ref();
        programme.map_or(&self.exercise.id, |programme| &programme.id)
    }

    /// The same plan with some of its steps only; none where nothing is left.
    pub fn with_steps(&self, keep: impl Fn(usize) -> bool) -> Option<Plan> {
        let Some(programme) = &self.programme else {
            return keep(0).then(|| self.clone());
        };
        let mut kept = (0..self.steps())
            .filter(|index| keep(*index))
            .filter_map(|index| Some((self.class_at(index)?, self.step(index)?)));
        let (class, first) = kept.next()?;
        let then = kept.map(|(class, plan)| PlannedStep {
            class,
            exercise: plan.exercise,
            goal: plan.goal,
            settings: plan.settings,
        });
        Some(Plan {
            programme: Some(PlannedProgramme {
                class,
                then: then.collect(),
                ..programme.clone()
            }),
            ..first
        })
    }

    fn then(&self) -> &[PlannedStep] {
        self.programme
            .as_ref()
            .map_or(&[], |programme| &programme.then)
    }

    fn later(&self, index: usize) -> Option<&PlannedStep> {
        self.then().get(index.checked_sub(1)?)
    }

    /// A setting's value: the wearer's, or the exercise's default.
    pub fn setting(&self, name: &str) -> Option<f64> {
        self.settings
            .get(name)
            .or_else(|| self.exercise.settings.get(name))
            .copied()
    }
}
