//! What is going to be done, and with which sensors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::exercise::Exercise;
use crate::input::{Placement, SensorId};

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
}

impl WornSensor {
    /// The family of a sensor whose samples come from an imported file.
    pub const IMPORTED: &'static str = "csv";
}

impl Plan {
    /// The sensor of an id.
    pub fn sensor(&self, id: SensorId) -> Option<&WornSensor> {
        self.sensors.get(usize::from(id.0))
    }

    /// A setting's value: the wearer's, or the exercise's default.
    pub fn setting(&self, name: &str) -> Option<f64> {
        self.settings
            .get(name)
            .or_else(|| self.exercise.settings.get(name))
            .copied()
    }
}
