//! Posture to events: sets, repetitions, quantities, rules, cues.

mod cues;
mod event;
mod fit;
pub mod moment;
mod plan;
pub mod quantities;
pub mod reps;
mod rules;
mod setup;
pub mod trace;

pub use event::{
    Cue, CueKind, Event, Finding, Judgement, Measured, Mounting, Notice, Posture, Rep, RepKind,
    SetupStep, SignalPoint, Verdict,
};
pub use plan::{Goal, Plan, Setup, WornSensor};

use crate::input::Input;

/// Why a plan cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// No sensor at all.
    #[error("the plan names no sensor; say where one is worn, such as `--placement T7`")]
    NoSensor,
    /// Nothing that is worn can count this exercise.
    #[error("`{exercise}` cannot be counted with a sensor at {worn}; wear one at {needed}")]
    CannotCount {
        /// The exercise's id.
        exercise: String,
        /// Where sensors are.
        worn: String,
        /// Where one would have to be.
        needed: String,
    },
    /// A sensor of a family that has no driver.
    #[error("there is no driver for sensors of the family `{family}`; known ones: {known}")]
    UnknownFamily {
        /// The name given.
        family: String,
        /// Those that exist.
        known: String,
    },
    /// A setting that the exercise does not have.
    #[error("`{exercise}` has no setting `{setting}`; it has: {known}")]
    UnknownSetting {
        /// The exercise's id.
        exercise: String,
        /// The name given.
        setting: String,
        /// Those that exist.
        known: String,
    },
}

/// The whole line in one call.
pub struct Coach {}

impl Coach {
    /// A coach for a plan.
    ///
    /// # Errors
    /// What the worn sensors cannot do, and what could.
    pub fn new(plan: &Plan) -> Result<Coach, PlanError> {
        if plan.sensors.is_empty() {
            return Err(PlanError::NoSensor);
        }
        Ok(Coach {})
    }

    /// Takes one input and says what follows from it. Same inputs, same events.
    pub fn handle(&mut self, _input: &Input) -> Vec<Event> {
        Vec::new()
    }

    /// Nothing more will come: what is open is ended.
    pub fn finish(&mut self) -> Vec<Event> {
        Vec::new()
    }
}
