//! The options of the synthetic wearer, for every command that lets it exercise.

use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::Usage;
use crate::coach::{self, Goal};
use crate::exercise::Exercise;
use crate::input::Placement;
use crate::sources::synthetic::{
    Fault, GapKind, LinkModel, PlannedFault, Radio, Scenario, Sitter, Tempo, Which, WornSensor,
};

/// How the synthetic wearer moves, and over which radio. What is not given keeps the default of [`Scenario`].
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "The synthetic wearer")]
pub(super) struct WearerOptions {
    /// What is done wrong: `NAME[=FACTOR][@REP+REP…]`, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "FAULTS", value_parser = planned_fault)]
    faults: Vec<PlannedFault>,
    /// Fixes everything that is left to chance [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Strap the sensors on in any way whatever
    #[arg(long)]
    any_mounting: bool,
    /// Readings a second of each sensor [default: 100]
    #[arg(long, value_parser = clap::value_parser!(u16).range(25..=400), value_name = "HZ")]
    rate: Option<u16>,
    /// How fast the wearer moves [default: normal]
    #[arg(long, value_enum)]
    tempo: Option<TempoName>,
    /// How readings reach the program: over a good radio, over a crowded one, or as samples without packets [default: good]
    #[arg(long, value_enum)]
    link: Option<LinkName>,
    /// The sensor is out of range: from when and for how long, seconds
    #[arg(long, value_name = "AT+SECONDS", value_parser = gap)]
    gap: Vec<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TempoName {
    Slow,
    Normal,
    Brisk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LinkName {
    Good,
    Crowded,
    Direct,
}

impl WearerOptions {
    /// Whether any of them was given.
    pub(super) fn is_given(&self) -> bool {
        let WearerOptions {
            faults,
            seed,
            any_mounting,
            rate,
            tempo,
            link,
            gap,
        } = self;
        !faults.is_empty()
            || seed.is_some()
            || *any_mounting
            || rate.is_some()
            || tempo.is_some()
            || link.is_some()
            || !gap.is_empty()
    }

    /// Refuses what only a radio does, for a programme comes without one.
    pub(super) fn has_no_radio(&self) -> Result<(), Usage> {
        let is_direct = matches!(self.link, None | Some(LinkName::Direct));
        if is_direct && self.gap.is_empty() {
            return Ok(());
        }
        Err(Usage(
            "a programme of the synthetic wearer comes without a radio; leave out `--link` and `--gap`"
                .to_owned(),
        ))
    }

    /// An exercise done by the synthetic wearer, with sensors at these places, or at the usual one if none is named.
    pub(super) fn scenario(
        &self,
        exercise: &Exercise,
        goal: &Goal,
        placements: &[Placement],
    ) -> anyhow::Result<Scenario> {
        let id = &exercise.id;
        let mut scenario = Scenario::new(id).map_err(|error| Usage(error.to_string()))?;
        self.each_fault_is_of(&scenario, id)?;
        scenario.faults = self.faults.clone();
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        scenario.reps = goal.reps.unwrap_or(scenario.reps);
        scenario.sets = goal.sets.unwrap_or(scenario.sets);
        scenario.rest = goal.rest_s.unwrap_or(scenario.rest);
        scenario.tempo = match self.tempo {
            Some(TempoName::Slow) => Tempo::Slow,
            Some(TempoName::Brisk) => Tempo::Brisk,
            Some(TempoName::Normal) | None => Tempo::Normal,
        };
        scenario.link = self.link_model()?;
        if !placements.is_empty() {
            scenario.sensors = placements.iter().copied().map(WornSensor::new).collect();
        }
        for sensor in &mut scenario.sensors {
            sensor.rate_hz = f64::from(self.rate.unwrap_or(100));
        }
        is_within_memory(&scenario)?;
        if self.any_mounting {
            for (sensor, index) in scenario.sensors.iter_mut().zip(0..) {
                *sensor = sensor
                    .clone()
                    .mounted_at_random(scenario.seed.wrapping_add(index));
            }
        }
        Ok(scenario)
    }

    /// A day of sitting, with sensors at these places, or on the upper back if none is named.
    pub(super) fn sitter(&self, minutes: f64, placements: &[Placement]) -> anyhow::Result<Sitter> {
        if !self.faults.is_empty() || self.tempo.is_some() {
            let problem =
                "faults and tempo are those of repetitions; leave out `--faults` and `--tempo`";
            return Err(Usage(problem.to_owned()).into());
        }
        let mut sitter = Sitter::day(Placement::T7, minutes, self.seed.unwrap_or(1));
        sitter.link = self.link_model()?;
        if !placements.is_empty() {
            sitter.sensors = placements.iter().copied().map(Sitter::sensor).collect();
        }
        for (sensor, index) in sitter.sensors.iter_mut().zip(0..) {
            if let Some(rate) = self.rate {
                sensor.rate_hz = f64::from(rate);
            }
            if self.any_mounting {
                *sensor = sensor
                    .clone()
                    .mounted_at_random(sitter.seed.wrapping_add(index));
            }
        }
        Ok(sitter)
    }

    /// The sensors of a scenario, as a plan names them.
    pub(super) fn worn(&self, scenario: &Scenario) -> Vec<coach::WornSensor> {
        self.worn_by(&scenario.sensors)
    }

    /// The sensors of a synthetic wearer, as a plan names them.
    pub(super) fn worn_by(&self, sensors: &[WornSensor]) -> Vec<coach::WornSensor> {
        let family = match self.link {
            Some(LinkName::Direct) => coach::WornSensor::IMPORTED,
            _ => "backcoach",
        };
        let worn = |sensor: &WornSensor| coach::WornSensor {
            family: family.to_owned(),
            placement: sensor.placement,
            name: "synthetic".to_owned(),
        };
        sensors.iter().map(worn).collect()
    }

    fn each_fault_is_of(&self, scenario: &Scenario, id: &str) -> Result<(), Usage> {
        let known = scenario.exercise.faults();
        let mut asked = self.faults.iter();
        let Some(planned) = asked.find(|planned| !known.contains(&planned.fault)) else {
            return Ok(());
        };
        let names: Vec<&str> = known.iter().map(|fault| fault.name()).collect();
        let fault = planned.fault;
        Err(Usage(format!(
            "`{id}` cannot be done `{fault}`; its faults are {}",
            names.join(", ")
        )))
    }

    fn link_model(&self) -> Result<LinkModel, Usage> {
        let radio = match self.link {
            Some(LinkName::Direct) if self.gap.is_empty() => return Ok(LinkModel::Direct),
            Some(LinkName::Direct) => {
                return Err(Usage(
                    "a gap needs a radio; leave out `--link direct`".to_owned(),
                ));
            }
            Some(LinkName::Crowded) => Radio::crowded(),
            Some(LinkName::Good) | None => Radio::good(),
        };
        Ok(LinkModel::Radio(
            self.gap.iter().fold(radio, |radio, (at, seconds)| {
                radio.with_gap(GapKind::OutOfRange, Some(*at), *seconds)
            }),
        ))
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

/// The longest gap, and the latest, seconds: a day.
const LONGEST_GAP: f64 = 86_400.0;

/// Readings that a synthetic session may have: all of them are in memory before it begins.
const MOST_READINGS: f64 = 2e7;

/// Refuses a session that would fill the memory.
fn is_within_memory(scenario: &Scenario) -> Result<(), Usage> {
    let reps = f64::from(scenario.reps) * scenario.exercise.longest_secs();
    let seconds = f64::from(scenario.sets) * (reps + scenario.rest);
    let rate: f64 = scenario.sensors.iter().map(|sensor| sensor.rate_hz).sum();
    if seconds * rate <= MOST_READINGS {
        return Ok(());
    }
    let hours = seconds / 3600.0;
    Err(Usage(format!(
        "that is a session of about {hours:.0} hours, too long for the synthetic wearer; ask for fewer repetitions or sets"
    )))
}

/// `AT+SECONDS`
fn gap(text: &str) -> Result<(f64, f64), String> {
    let (at, seconds) = text
        .split_once('+')
        .ok_or("a gap is AT+SECONDS, as in 40+5")?;
    let (at, seconds) = (number(at)?, number(seconds)?);
    if at.max(seconds) > LONGEST_GAP {
        return Err(format!("a gap lies within {LONGEST_GAP} s"));
    }
    Ok((at, seconds))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_would_fill_the_memory_is_refused() {
        assert_eq!(gap("40+5"), Ok((40.0, 5.0)));
        assert!(gap("10+1e300").is_err() && gap("1e300+1").is_err() && gap("10+-1").is_err());
        let mut scenario = Scenario::new("superman").unwrap();
        assert!(is_within_memory(&scenario).is_ok());
        (scenario.reps, scenario.sets) = (1000, 100);
        assert!(is_within_memory(&scenario).is_err());
    }

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
