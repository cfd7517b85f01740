//! What every live command is told.

use std::path::PathBuf;

use clap::Args;

use super::simulated::SimulateOptions;
use super::worn::SensorOptions;
use super::{Show, Source, Watched, usual_place};
use crate::cli::Usage;
use crate::cli::home::HomeOptions;
use crate::cli::progress::patiently;
use crate::coach::{Goal, Plan, Setup, WornSensor};
use crate::exercise::Exercise;
use crate::input::{Placement, Side};
use crate::sources::synthetic::in_turn;
use crate::ui::screen;

/// The options of every live command.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct LiveOptions {
    #[command(flatten)]
    pub sensors: SensorOptions,
    /// One JSON object a line in place of sentences
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Show nothing until the end
    #[arg(short, long)]
    quiet: bool,
    /// Lines in place of the whole terminal
    #[arg(long)]
    plain: bool,
    /// Ring no bell
    #[arg(long)]
    mute: bool,
    /// The new recording; it must not exist [default: a new file among your sessions]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub home: HomeOptions,
    #[command(flatten)]
    pub simulate: SimulateOptions,
}

/// The synthetic wearer in place of a person: what comes, and what it wears.
pub(in crate::cli) struct Simulated {
    pub source: Source,
    pub worn: Vec<WornSensor>,
}

impl LiveOptions {
    /// Refuses what does not fit together.
    pub(in crate::cli) fn check(&self) -> Result<(), Usage> {
        self.sensors.check()?;
        self.simulate.check()
    }

    /// The synthetic wearer doing an exercise, where that was asked for.
    pub(in crate::cli) fn exercising(
        &self,
        exercise: &Exercise,
        goal: &Goal,
        setup: Setup,
    ) -> anyhow::Result<Option<Simulated>> {
        self.check()?;
        if !self.simulate.simulate {
            return Ok(None);
        }
        let wearer = &self.simulate.wearer;
        let on = match self.sensors.on.as_slice() {
            [] => simulated_placements(exercise),
            on => on.to_vec(),
        };
        let mut scenario = wearer.scenario(exercise, goal, &on)?;
        scenario.calibration = setup == Setup::Guided;
        let performance = patiently("the synthetic wearer gets ready", || scenario.perform());
        Ok(Some(Simulated {
            worn: wearer.worn(&scenario),
            source: Source::Simulated {
                inputs: performance.inputs,
                truth: Some(performance.truth),
                speed: self.simulate.speed(),
            },
        }))
    }

    /// The synthetic wearer doing the steps of a plan one after the other, where that was asked for.
    pub(in crate::cli) fn exercising_in_turn(
        &self,
        plan: &Plan,
    ) -> anyhow::Result<Option<Simulated>> {
        self.check()?;
        if !self.simulate.simulate {
            return Ok(None);
        }
        let wearer = &self.simulate.wearer;
        wearer.has_no_radio()?;
        let on = match self.sensors.on.as_slice() {
            [] => vec![usual_place(plan)],
            on => on.to_vec(),
        };
        let steps = (0..plan.steps()).filter_map(|index| plan.step(index));
        let scenarios = steps
            .filter(|step| step.exercise.counted_by(&on).is_some())
            .map(|step| wearer.scenario(&step.exercise, &step.goal, &on))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let Some(first) = scenarios.first() else {
            return Err(Usage("nothing of it can be counted there".to_owned()).into());
        };
        let mut worn = wearer.worn(first);
        for sensor in &mut worn {
            sensor.family = WornSensor::IMPORTED.to_owned();
        }
        let inputs = patiently("the synthetic wearer gets ready", || in_turn(&scenarios));
        Ok(Some(Simulated {
            worn,
            source: Source::Simulated {
                inputs,
                // The truth of a recording is that of one exercise.
                truth: None,
                speed: self.simulate.speed(),
            },
        }))
    }

    /// The synthetic wearer sitting for so many minutes, where that was asked for.
    pub(in crate::cli) fn sitting(
        &self,
        minutes: f64,
        setup: Setup,
    ) -> anyhow::Result<Option<Simulated>> {
        self.check()?;
        if !self.simulate.simulate {
            return Ok(None);
        }
        let wearer = &self.simulate.wearer;
        let mut sitter = wearer.sitter(minutes, &self.sensors.on)?;
        sitter.calibration = setup == Setup::Guided;
        let performance = patiently("the synthetic wearer gets ready", || sitter.perform());
        Ok(Some(Simulated {
            worn: wearer.worn_by(&sitter.sensors),
            source: Source::Simulated {
                inputs: performance.inputs,
                truth: Some(performance.truth),
                speed: self.simulate.speed(),
            },
        }))
    }

    pub(super) fn show(&self, watched: Watched) -> Show {
        match (self.quiet, watched) {
            (true, _) => Show::Nothing,
            (false, Watched::Sensors) => Show::Meter { is_json: self.json },
            (false, _) if self.json => Show::Json,
            (false, Watched::Coaching) if !self.plain && screen::is_wanted() => {
                Show::Screen { is_mute: self.mute }
            }
            (false, Watched::Coaching | Watched::Posture) => Show::Lines { is_mute: self.mute },
        }
    }
}

/// Where the synthetic wearer of a live session wears its sensors, if not where it usually does. An exercise of one limb
/// after the other is only estimated from the trunk, and one limb shows its own side alone: each wears a sensor.
fn simulated_placements(exercise: &Exercise) -> Vec<Placement> {
    let signal = exercise.signals.first();
    let best = signal.and_then(|signal| signal.placements.first());
    match best {
        Some(Placement::Thigh(None)) if exercise.rep.alternates_sides => vec![
            Placement::Sacrum,
            Placement::Thigh(Some(Side::Left)),
            Placement::Thigh(Some(Side::Right)),
        ],
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::exercise;

    #[test]
    fn the_wearer_of_a_bird_dog_shows_a_count_and_no_estimate() {
        let at = |id: &str| simulated_placements(&exercise::built_in(id).unwrap());
        assert_eq!(at("bird_dog").len(), 3);
        assert!(at("hyperext_45").is_empty());
    }
}
