use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::progress::patiently;
use super::talk::say;
use super::{EXIT_CODES, Outcome, Usage, run};
use crate::coach::{Coach, Goal, Plan, Setup, WornSensor};
use crate::exercise;
use crate::input::Placement;
use crate::recording::{Durability, Header, Recorder};
use crate::session::Ended;
use crate::sources;
use crate::sources::synthetic::{
    self, Fault, GapKind, LinkModel, PlannedFault, Radio, Scenario, Tempo, Which,
};

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
    /// What is done wrong: `NAME[=FACTOR][@REP+REP…]`, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "FAULTS", value_parser = planned_fault)]
    faults: Vec<PlannedFault>,
    /// Fixes everything that is left to chance
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Where sensors are worn [default: where one is usually worn for the exercise]
    #[arg(long, value_delimiter = ',', value_name = "T7,SA")]
    sensors: Vec<Placement>,
    /// Strap the sensors on in any way whatever
    #[arg(long)]
    any_mounting: bool,
    /// Readings a second of each sensor
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(25..=400), value_name = "HZ")]
    rate: u16,
    /// Repetitions in each set
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    reps: Option<u32>,
    /// Sets
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100), value_name = "N")]
    sets: Option<u32>,
    /// How fast
    #[arg(long, value_enum, default_value_t)]
    tempo: TempoName,
    /// How readings reach the program: over a good radio, over a crowded one, or as samples without packets
    #[arg(long, value_enum, default_value_t)]
    link: LinkName,
    /// The sensor is out of range: from when and for how long, seconds
    #[arg(long, value_name = "AT+SECONDS", value_parser = gap)]
    gap: Vec<(f64, f64)>,
    /// Leave out the set-up by standing still and bending once
    #[arg(long)]
    no_setup: bool,
    /// The date in the header, such as 2026-01-31T18:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    created: Option<jiff::Timestamp>,
    /// The new recording; it must not exist
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum TempoName {
    Slow,
    #[default]
    Normal,
    Brisk,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LinkName {
    #[default]
    Good,
    Crowded,
    Direct,
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
        recorder.finish(is_stopped.then(|| "interrupted".to_owned()))?;
        say(&format!("{}: written (synthetic)", self.output.display()));
        Ok(if is_stopped {
            Outcome::Interrupted
        } else {
            Outcome::Done
        })
    }

    fn scenario(&self) -> anyhow::Result<Scenario> {
        let id = exercise::built_in(&self.exercise)
            .map_err(|error| Usage(error.to_string()))?
            .id;
        let mut scenario = Scenario::new(&id).map_err(|error| Usage(error.to_string()))?;
        let known = Scenario::faults_of(&id).map_err(|error| Usage(error.to_string()))?;
        if let Some(planned) = self
            .faults
            .iter()
            .find(|planned| !known.contains(&planned.fault))
        {
            let names: Vec<&str> = known.iter().map(|fault| fault.name()).collect();
            let fault = planned.fault;
            return Err(Usage(format!(
                "`{id}` cannot be done `{fault}`; its faults are {}",
                names.join(", ")
            ))
            .into());
        }
        scenario.faults = self.faults.clone();
        scenario.seed = self.seed;
        scenario.reps = self.reps.unwrap_or(scenario.reps);
        scenario.sets = self.sets.unwrap_or(scenario.sets);
        scenario.tempo = match self.tempo {
            TempoName::Slow => Tempo::Slow,
            TempoName::Normal => Tempo::Normal,
            TempoName::Brisk => Tempo::Brisk,
        };
        scenario.calibration = !self.no_setup;
        scenario.link = self.link_model()?;
        if !self.sensors.is_empty() {
            scenario.sensors = self
                .sensors
                .iter()
                .copied()
                .map(synthetic::WornSensor::new)
                .collect();
        }
        for sensor in &mut scenario.sensors {
            sensor.rate_hz = f64::from(self.rate);
        }
        if self.any_mounting {
            for (sensor, index) in scenario.sensors.iter_mut().zip(0..) {
                *sensor = sensor
                    .clone()
                    .mounted_at_random(self.seed.wrapping_add(index));
            }
        }
        Ok(scenario)
    }

    fn link_model(&self) -> anyhow::Result<LinkModel> {
        let radio = match self.link {
            LinkName::Direct if self.gap.is_empty() => return Ok(LinkModel::Direct),
            LinkName::Direct => {
                return Err(
                    Usage("a gap needs a radio; leave out `--link direct`".to_owned()).into(),
                );
            }
            LinkName::Good => Radio::good(),
            LinkName::Crowded => Radio::crowded(),
        };
        Ok(LinkModel::Radio(
            self.gap.iter().fold(radio, |radio, (at, seconds)| {
                radio.with_gap(GapKind::OutOfRange, Some(*at), *seconds)
            }),
        ))
    }

    fn plan(&self, scenario: &Scenario) -> anyhow::Result<Plan> {
        let family = if self.link == LinkName::Direct {
            "csv"
        } else {
            "backcoach"
        };
        let worn = |sensor: &synthetic::WornSensor| WornSensor {
            family: family.to_owned(),
            placement: sensor.placement,
            name: "synthetic".to_owned(),
        };
        Ok(Plan {
            exercise: exercise::built_in(&self.exercise)?,
            sensors: scenario.sensors.iter().map(worn).collect(),
            setup: if self.no_setup {
                Setup::Inferred
            } else {
                Setup::Guided
            },
            goal: Goal {
                reps: Some(scenario.reps),
                sets: Some(scenario.sets),
                rest_s: None,
            },
            settings: Default::default(),
            conduct: Default::default(),
        })
    }
}

/// `NAME[=FACTOR][@REP+REP…]`
fn planned_fault(text: &str) -> Result<PlannedFault, String> {
    const FACTOR: f64 = 1.5;
    let (text, reps) = match text.split_once('@') {
        Some((text, reps)) => (text, Which::Only(numbers(reps)?)),
        None => (text, Which::All),
    };
    let (name, factor) = match text.split_once('=') {
        Some((name, factor)) => (name, number(factor)?),
        None => (text, FACTOR),
    };
    let fault = Fault::from_str(name).map_err(|error| error.to_string())?;
    Ok(PlannedFault {
        fault,
        reps,
        factor,
    })
}

fn numbers(text: &str) -> Result<Vec<u32>, String> {
    let parse = |rep: &str| {
        rep.parse::<u32>()
            .map_err(|_| format!("`{rep}` is no repetition; write them as `3+4`"))
    };
    text.split('+').map(parse).collect()
}

fn number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err(format!("`{text}` is not a positive number")),
    }
}

/// `AT+SECONDS`
fn gap(text: &str) -> Result<(f64, f64), String> {
    let (at, seconds) = text
        .split_once('+')
        .ok_or("a gap is AT+SECONDS, as in 40+5")?;
    Ok((number(at)?, number(seconds)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_with_its_size_and_its_reps() {
        let planned = planned_fault("shallow=2@3+4").unwrap();
        assert_eq!(
            planned,
            PlannedFault {
                fault: Fault::Shallow,
                reps: Which::Only(vec![3, 4]),
                factor: 2.0
            }
        );
        assert_eq!(planned_fault("shallow").unwrap().reps, Which::All);
        assert_eq!(
            planned_fault("shallow=x").unwrap_err(),
            "`x` is not a positive number"
        );
        assert!(
            planned_fault("lazy")
                .unwrap_err()
                .starts_with("there is no fault `lazy`")
        );
    }
}
