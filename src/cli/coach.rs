use clap::Args;

use super::checks::{self, Answers, Refused};
use super::live::{self, Brief, LiveOptions, Watched};
use super::programmes::Found;
use super::table::find_exercise;
use super::{EXIT_CODES, Outcome, Usage};
use crate::coach::{Conduct, Goal, Plan, PlannedProgramme, PlannedStep, Setup};
use crate::exercise::{Exercise, Kind};
use crate::programme::Programme;

/// Coach an exercise or a programme as you do it: set-up, sets, rests, what to change; then the recording and its report
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach coach hyperext_45
  backcoach coach bird_dog --sensor belt --on SA --reps 12 --sets 3 --rest 90
  backcoach coach good_morning --sensor back --on T7 --sensor belt --on SA
  backcoach coach hyperext_45 --simulate --speed 4 --faults shallow@3+4
  backcoach coach --programme beginner
  backcoach coach --programme mine.toml --pain-before 2 --no-questions

Put the sensor on first: the rest is done without the keyboard.

{EXIT_CODES}"))]
pub(super) struct Coach {
    /// The exercise: a name from `backcoach exercises`, or a TOML file
    #[arg(required_unless_present = "programme", conflicts_with = "programme")]
    exercise: Option<String>,
    /// A programme in place of one exercise: a name from `backcoach programmes`, or a TOML file
    #[arg(long, value_name = "PROGRAMME", conflicts_with_all = ["reps", "sets", "rest", "settings"])]
    programme: Option<String>,
    /// Repetitions in each set, both sides together [default: the fewest of the exercise's dose]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    reps: Option<u32>,
    /// Sets [default: the most of the exercise's dose]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100), value_name = "N")]
    sets: Option<u32>,
    /// Rest between sets [default: the longest of the exercise's dose]
    #[arg(long, value_parser = rest, value_name = "SECONDS")]
    rest: Option<f64>,
    /// Call the tempo: lift, hold, lower
    #[arg(long)]
    paced: bool,
    /// Your own value for one of the exercise's settings
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, f64)>,
    #[command(flatten)]
    answers: Answers,
    #[command(flatten)]
    live: LiveOptions,
}

impl Coach {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        match &self.programme {
            Some(name) => self.follow(&Found::find(name)?),
            None => self.one_exercise(),
        }
    }

    /// A programme: asked before and after, led from one step to the next, and logged.
    fn follow(&self, found: &Found) -> anyhow::Result<Outcome> {
        let programme = &found.programme;
        let home = self.live.home.home()?;
        let steps = found.steps()?;
        self.live.check()?;
        let before = if self.live.simulate.simulate {
            Answers::before_synthetic(programme)
        } else {
            match self.answers.before(&home, programme, &steps)? {
                Ok(before) => before,
                Err(Refused) => return Ok(Outcome::NotMet),
            }
        };
        let plan = self.plan(programme, steps, &before.steps)?;
        let brief = Brief {
            simulated: self.live.exercising_in_turn(&plan)?,
            exercise: plan.exercise,
            setup: plan.setup,
            goal: plan.goal,
            settings: plan.settings,
            conduct: plan.conduct,
            programme: plan.programme,
            watched: Watched::Coaching,
        };
        let is_person = !self.live.simulate.simulate;
        let ask = is_person.then(|| self.answers.after());
        let ran = live::run_and_ask(&self.live, brief, ask)?;
        let outcome = ran.outcome;
        checks::keep(&home, before, ran)?;
        Ok(outcome)
    }

    /// The plan of the steps that may be done, without sensors.
    fn plan(
        &self,
        programme: &Programme,
        steps: Vec<PlannedStep>,
        may: &[usize],
    ) -> anyhow::Result<Plan> {
        let kept = steps.into_iter().enumerate();
        let mut kept = kept
            .filter(|(index, _)| may.contains(index))
            .map(|(_, step)| step);
        let first = kept.next().ok_or_else(checks::nothing_left)?;
        Ok(Plan {
            exercise: first.exercise,
            sensors: Vec::new(),
            setup: Setup::Guided,
            goal: first.goal,
            settings: first.settings,
            conduct: self.conduct(),
            programme: Some(PlannedProgramme {
                id: programme.id.clone(),
                name: programme.name.clone(),
                version: programme.version,
                class: first.class,
                then: kept.collect(),
            }),
        })
    }

    fn conduct(&self) -> Conduct {
        if self.paced {
            Conduct::Pace
        } else {
            Conduct::Lead
        }
    }

    fn one_exercise(self) -> anyhow::Result<Outcome> {
        self.answers.are_none()?;
        let exercise = find_exercise(self.exercise.as_deref().unwrap_or_default())?;
        if exercise.kind == Kind::Posture {
            let id = exercise.id;
            return Err(Usage(format!(
                "`{id}` is not done in repetitions; use `backcoach posture`"
            ))
            .into());
        }
        let goal = self.goal(&exercise);
        // Without it the start pose is not known, and with it nobody could be led.
        let setup = Setup::Guided;
        let brief = Brief {
            simulated: self.live.exercising(&exercise, &goal, setup)?,
            exercise,
            setup,
            goal,
            settings: self.settings.iter().cloned().collect(),
            conduct: self.conduct(),
            programme: None,
            watched: Watched::Coaching,
        };
        live::run(&self.live, brief)
    }

    fn goal(&self, exercise: &Exercise) -> Goal {
        let dose = &exercise.dose;
        let sides = exercise.sides();
        let reps = self.reps.unwrap_or(dose.reps[0].saturating_mul(sides));
        Goal {
            reps: Some(reps),
            sets: Some(self.sets.unwrap_or(dose.sets[1])),
            rest_s: Some(self.rest.unwrap_or(dose.rest_s[1])),
            fewer: 0,
        }
    }
}

/// Longer than anybody rests between two sets, seconds.
const LONGEST_REST: f64 = 3600.0;

fn rest(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=LONGEST_REST).contains(&seconds) => Ok(seconds),
        _ => Err(format!(
            "`{text}` is no number of seconds up to {LONGEST_REST}"
        )),
    }
}

/// `NAME=VALUE`; whether there is such a setting, the exercise knows.
fn setting(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("a setting is NAME=VALUE, as in allow_past_line_deg=10")?;
    match value.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((name.trim().to_owned(), value)),
        _ => Err(format!("`{value}` is not a number")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::exercise;

    fn coach(reps: Option<u32>) -> Coach {
        Coach {
            exercise: None,
            programme: None,
            answers: Answers::default(),
            reps,
            sets: None,
            rest: None,
            paced: false,
            settings: Vec::new(),
            live: LiveOptions::default(),
        }
    }

    #[test]
    fn what_is_not_asked_for_is_the_dose_of_the_exercise_both_sides_together() {
        let bird_dog = exercise::built_in("bird_dog").unwrap();
        let goal = coach(None).goal(&bird_dog);
        assert_eq!(goal.reps, Some(2 * bird_dog.dose.reps[0]));
        assert_eq!(goal.sets, Some(bird_dog.dose.sets[1]));
        assert_eq!(goal.rest_s, Some(bird_dog.dose.rest_s[1]));
        assert_eq!(coach(Some(6)).goal(&bird_dog).reps, Some(6));
    }

    #[test]
    fn a_setting_has_a_name_and_a_number() {
        assert_eq!(setting("a=1.5").unwrap(), ("a".to_owned(), 1.5));
        assert!(setting("a").is_err());
        assert!(setting("a=NaN").is_err());
        assert!(rest("-1").is_err() && rest("NaN").is_err() && rest("90").is_ok());
    }
}
