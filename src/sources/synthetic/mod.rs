//! A person who does not exist, wearing sensors: movement with known truth.
//!
//! A [`Scenario`] says who does what, how well, with which sensors over which radio;
//! [`Scenario::perform`] gives the inputs that would have reached the program, and what is true of
//! them. The body is a rigid chain (`body`) whose coordinates follow minimum-jerk strokes
//! (`trajectory`); a session is planned as such strokes (`script`, `hinge`, `bird_dog`; every other exercise
//! is a table of poses, `drill`),
//! measured by imperfect sensors (`sensor`) and sent over an imperfect radio (`link`). The truth
//! (`measure`) comes from the noise-free movement.
//!
//! **Invariants:** nothing here is shared with the coach but units, inputs and the packet format,
//! limits included, so that the program never marks its own homework. The seed fixes everything,
//! and each sensor and each link has its own stream of randomness: changing one leaves the movement as it was.

mod bird_dog;
mod body;
mod breath;
pub(crate) mod chance;
mod drill;
mod exercises;
mod faults;
mod hinge;
mod in_turn;
mod link;
mod measure;
mod script;
mod sensor;
mod sitter;
mod trajectory;
mod transitions;

pub use body::Body;
pub use drill::{Drill, DrillFault};
pub use exercises::{Exercise, Tempo};
pub use faults::{Bound, Fault, Governing, UnknownFault};
pub use in_turn::in_turn;
pub use link::{DATA, Gap, GapKind, INFO, LinkModel, Radio};
pub use sensor::{SensorModel, TrueAttitude, WornSensor};
pub use sitter::{Act, Sitter};

use crate::input::{Input, Placement, Sample};
use crate::recording::truth::Truth;
use crate::units::{Acceleration, AngularRate, SessionTime};
use chance::{Chance, Purpose};
use script::Script;
use sensor::{Measured, Slip};

/// Who does what, how well, with which sensors over which radio.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What is done.
    pub exercise: Exercise,
    /// By whom.
    pub body: Body,
    /// How fast.
    pub tempo: Tempo,
    /// Repetitions in each set; in the bird-dog, both sides together.
    pub reps: u32,
    /// Sets.
    pub sets: u32,
    /// Rest between sets, s, at least 6.
    pub rest: f64,
    /// Whether the wearer gets up between sets.
    pub leave_between_sets: bool,
    /// What is done wrong.
    pub faults: Vec<PlannedFault>,
    /// What is worn.
    pub sensors: Vec<WornSensor>,
    /// How what they read reaches the program.
    pub link: LinkModel,
    /// Whether the session begins with the bend that finds the sensors' axes.
    pub calibration: bool,
    /// Fixes everything that is left to chance.
    pub seed: u64,
}

/// A fault, where it is put, and how bad it is.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFault {
    /// Which.
    pub fault: Fault,
    /// In which repetitions of each set; of no meaning for faults of the whole set.
    pub reps: Which,
    /// How far beyond its limit the governing quantity goes: 1 is at the limit.
    pub factor: f64,
}

/// Some of a set's repetitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// These, counted from 1.
    Only(Vec<u32>),
}

/// There is no such exercise here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the synthetic wearer does not know `{0}`; it can do {all}", all = Exercise::all().map(Exercise::id).collect::<Vec<_>>().join(", "))]
pub struct UnknownExercise(String);

/// What reached the program, and what is true.
#[derive(Clone, Debug)]
pub struct Performance {
    /// In the order in which it arrived.
    pub inputs: Vec<Input>,
    /// What was done.
    pub truth: Truth,
    /// Where each sensor truly pointed at each of its readings.
    pub true_attitude: Vec<Vec<TrueAttitude>>,
}

impl Scenario {
    /// A clean set of an exercise, with the sensor it is usually done with.
    ///
    /// # Errors
    /// [`UnknownExercise`] lists the ones that are known.
    pub fn new(exercise_id: &str) -> Result<Scenario, UnknownExercise> {
        Exercise::all()
            .find(|exercise| exercise.id() == exercise_id)
            .map(Scenario::of)
            .ok_or_else(|| UnknownExercise(exercise_id.to_owned()))
    }

    /// The same, for an exercise in hand.
    pub fn of(exercise: Exercise) -> Scenario {
        let placements = match exercise {
            Exercise::BirdDog => vec![Placement::Sacrum],
            Exercise::Drill(drill) => drill.usual_placements(),
            _ => vec![Placement::T7],
        };
        Scenario {
            exercise,
            body: Body::MEDIUM,
            tempo: Tempo::Normal,
            reps: if exercise.is_hold() { 3 } else { 8 },
            sets: 1,
            rest: 30.0,
            leave_between_sets: false,
            faults: Vec::new(),
            sensors: placements.into_iter().map(WornSensor::new).collect(),
            link: LinkModel::Radio(Radio::good()),
            calibration: true,
            seed: 1,
        }
    }

    /// The faults that can be put into an exercise.
    ///
    /// # Errors
    /// [`UnknownExercise`] lists the ones that are known.
    pub fn faults_of(exercise_id: &str) -> Result<Vec<Fault>, UnknownExercise> {
        Scenario::new(exercise_id).map(|scenario| scenario.exercise.faults())
    }

    /// The same scenario with one more fault, in every repetition.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault, factor: f64) -> Scenario {
        self.faults.push(PlannedFault {
            fault,
            reps: Which::All,
            factor,
        });
        self
    }

    /// The quantity and the limit that a fault is about, in this exercise.
    ///
    /// `None` where the exercise cannot be done so.
    pub fn governing(&self, fault: Fault) -> Option<Governing> {
        fault.governing(self.exercise)
    }

    /// Plays the scenario.
    pub fn perform(&self) -> Performance {
        let script = Script::plan(self);
        let slip = script.slip_at.map(|at| Slip {
            at,
            angle: self.slip_degrees().to_radians(),
        });
        let wearing = Wearing {
            sensors: &self.sensors,
            link: &self.link,
            seed: self.seed,
        };
        wearing.perform(&script.movement, slip, script.now, measure::truth(&script))
    }

    /// The faults of one repetition (from 0) of a set, and their factors.
    pub(crate) fn faults_in(&self, _set: u32, rep: u32) -> impl Iterator<Item = (Fault, f64)> {
        self.faults
            .iter()
            .filter(move |planned| {
                self.is_of_set(planned.fault)
                    || match &planned.reps {
                        Which::All => true,
                        Which::Only(reps) => reps.contains(&(rep + 1)),
                    }
            })
            .map(|planned| (planned.fault, planned.factor))
    }

    /// Whether a fault is one of the whole set: a trend, a count, the strap.
    pub fn is_of_set(&self, fault: Fault) -> bool {
        self.governing(fault).is_some_and(|rule| rule.of_set)
    }

    /// How far the strap of the first sensor turns between the first and the second set.
    pub(crate) fn slip_degrees(&self) -> f64 {
        let slips = self
            .faults
            .iter()
            .filter(|planned| planned.fault == Fault::StrapSlip);
        slips
            .map(|planned| planned.fault.target(self.exercise, planned.factor))
            .sum()
    }
}

/// What a movement is measured and sent with.
struct Wearing<'a> {
    sensors: &'a [WornSensor],
    link: &'a LinkModel,
    seed: u64,
}

impl Wearing<'_> {
    /// Lets every sensor measure a movement of so many seconds; the strap of the first one may slip.
    fn perform(
        &self,
        movement: &body::Movement,
        slip: Option<Slip>,
        until: f64,
        mut truth: Truth,
    ) -> Performance {
        let mut inputs = Vec::new();
        let mut true_attitude = Vec::new();
        for (index, worn) in self.sensors.iter().enumerate() {
            let slip = slip.filter(|_| index == 0);
            let mut chance = Chance::new(self.seed, Purpose::Sensor(index));
            let measured = sensor::measure(movement, index, worn, slip, until, &mut chance);
            match self.link {
                LinkModel::Direct => inputs.extend(as_samples(&measured)),
                LinkModel::Radio(radio) => {
                    let mut chance = Chance::new(self.seed, Purpose::Link(index));
                    let delivered = link::deliver(&measured, radio, &mut chance);
                    inputs.extend(delivered.inputs);
                    truth.gaps.extend(delivered.gaps);
                }
            }
            true_attitude.push(measured.attitudes);
        }
        inputs.sort_by_key(Input::at);
        Performance {
            inputs,
            truth,
            true_attitude,
        }
    }
}

/// The readings as if they had come from a file.
fn as_samples(measured: &Measured) -> impl Iterator<Item = Input> {
    measured.readings.iter().map(|reading| Input::Sample {
        sensor: measured.sensor,
        sample: Sample {
            at: SessionTime::from_seconds(reading.at),
            accel: Acceleration::from_meters_per_second_squared(
                scaled(reading.accel, measured.accel_scale).into(),
            ),
            gyro: reading.gyro.map(|counts| {
                AngularRate::from_radians_per_second(scaled(counts, measured.gyro_scale).into())
            }),
            clipped: reading.clipped,
        },
    })
}

fn scaled(counts: [i16; 3], scale: f32) -> [f64; 3] {
    counts.map(|count| f64::from(count) * f64::from(scale))
}

#[cfg(test)]
mod tests;
