use std::path::PathBuf;

use clap::Args;

use super::progress::patiently;
use super::talk::say;
use super::wearer::WearerOptions;
use super::{EXIT_CODES, Outcome, Usage, run};
use crate::coach::{Coach, Goal, Plan, Setup};
use crate::exercise;
use crate::input::Placement;
use crate::recording::{Durability, Header, Recorder};
use crate::session::Ended;
use crate::sources;
use crate::sources::synthetic::Scenario;

/// Record a session of the synthetic wearer, with its truth in the header
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach simulate hyperext_45 -o clean.backcoach.jsonl
  backcoach simulate hyperext_45 --faults shallow@3+4,dropped=2@6 --seed 7 --sensors T7,SA -o faulty.backcoach.jsonl
  backcoach simulate bird_dog --link crowded --gap 40+5 -o gap.backcoach.jsonl

A fault is NAME[=FACTOR][@REPS]: how far beyond its limit (1 is at the limit, 1.5 where nothing is said), and in which repetitions of each set (all of them where nothing is said).

{EXIT_CODES}"))]
pub(super) struct Simulate {
    /// The exercise
    exercise: String,
    /// Where sensors are worn [default: where one is usually worn for the exercise]
    #[arg(long, value_delimiter = ',', value_name = "T7,SA")]
    sensors: Vec<Placement>,
    /// Repetitions in each set
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    reps: Option<u32>,
    /// Sets
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100), value_name = "N")]
    sets: Option<u32>,
    /// Leave out the set-up by standing still and bending once
    #[arg(long)]
    no_setup: bool,
    /// The date in the header, such as 2026-01-31T18:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    created: Option<jiff::Timestamp>,
    /// The new recording; it must not exist
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    wearer: WearerOptions,
}

impl Simulate {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let scenario = self.scenario()?;
        let plan = self.plan(&scenario)?;
        // Before anything is written: a plan that cannot be counted leaves no file behind.
        Coach::new(&plan).map_err(|error| Usage(error.to_string()))?;
        let performance = patiently("the synthetic wearer exercises", || scenario.perform());
        let header = Header {
            synthetic: true,
            truth: Some(performance.truth),
            ..Header::new(
                plan.clone(),
                self.created.unwrap_or_else(jiff::Timestamp::now),
            )
        };
        let mut recorder = Recorder::create(&self.output, &header, Durability::Batch)?;
        let inputs = sources::given(performance.inputs);
        let ended = run::run(&plan, inputs, &mut [&mut recorder])?;
        let is_stopped = ended == Ended::Stopped;
        recorder
            .finish(is_stopped.then(|| "interrupted before all of it was written".to_owned()))?;
        say(&format!("{}: written (synthetic)", self.output.display()));
        Ok(if is_stopped {
            Outcome::Interrupted
        } else {
            Outcome::Done
        })
    }

    fn scenario(&self) -> anyhow::Result<Scenario> {
        let exercise =
            exercise::built_in(&self.exercise).map_err(|error| Usage(error.to_string()))?;
        let goal = Goal {
            reps: self.reps,
            sets: self.sets,
            rest_s: None,
            fewer: 0,
        };
        let mut scenario = self.wearer.scenario(&exercise, &goal, &self.sensors)?;
        scenario.calibration = !self.no_setup;
        Ok(scenario)
    }

    fn plan(&self, scenario: &Scenario) -> anyhow::Result<Plan> {
        Ok(Plan {
            exercise: exercise::built_in(&self.exercise)?,
            sensors: self.wearer.worn(scenario),
            setup: if self.no_setup {
                Setup::Inferred
            } else {
                Setup::Guided
            },
            goal: Goal {
                reps: Some(scenario.reps),
                sets: Some(scenario.sets),
                rest_s: None,
                fewer: 0,
            },
            settings: Default::default(),
            conduct: Default::default(),
            programme: None,
        })
    }
}
