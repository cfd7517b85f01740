use clap::Args;

use super::live::{self, Brief, LiveOptions, Watched};
use super::table::find_exercise;
use super::{EXIT_CODES, Outcome, Usage};
use crate::coach::{Conduct, Goal, Setup};
use crate::exercise::Kind;

/// Breaks and variety through the day: hours of sitting, with a gentle nudge to move now and then
// Always in lines, and nothing of repetitions.
#[derive(Debug, Args)]
#[command(mut_arg("plain", |it| it.hide(true)), mut_arg("faults", |it| it.hide(true)), mut_arg("tempo", |it| it.hide(true)))]
#[command(after_help = format!("\
Examples:
  backcoach posture
  backcoach posture --sensor belt --on SA --break-after 30
  backcoach posture --slouch 90 --after 15
  backcoach posture --simulate --hours 2 --speed 600

Ctrl-C, or q and Enter, ends it. No posture is the right one. A slump is told of only beyond the limit that you choose, and breaks go first. \
With a sensor at the belt (SA) sitting is told from standing; from the upper back alone only walking is seen.

{EXIT_CODES}"))]
pub(super) struct Posture {
    /// What is watched: `sitting`, or a TOML file of your own
    #[arg(default_value = "sitting", value_name = "POSTURE")]
    exercise: String,
    /// Tell of a slump beyond this, percent of the way from your own upright to your own slump: 60 to 95 [default: 85]
    #[arg(long, value_name = "PERCENT")]
    slouch: Option<f64>,
    /// Once it has lasted so long: 2 to 30 minutes, as in `10m` [default: 10m]
    #[arg(long, value_name = "MINUTES", value_parser = minutes)]
    after: Option<f64>,
    /// Offer a break after so long without one: 20 to 90 minutes [default: 45m]
    #[arg(long, value_name = "MINUTES", value_parser = minutes)]
    break_after: Option<f64>,
    /// Leave out sitting tall and slumping: only breaks and variety are told then
    #[arg(long)]
    no_setup: bool,
    /// How long the synthetic wearer's day is [default: 2]
    #[arg(long, value_name = "HOURS", value_parser = hours, requires = "simulate", help_heading = "The synthetic wearer")]
    hours: Option<f64>,
    #[command(flatten)]
    live: LiveOptions,
}

impl Posture {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let exercise = find_exercise(&self.exercise)?;
        if exercise.kind != Kind::Posture {
            let id = exercise.id;
            return Err(Usage(format!(
                "`{id}` is done in repetitions; use `backcoach coach {id}`"
            ))
            .into());
        }
        let setup = if self.no_setup {
            Setup::Inferred
        } else {
            Setup::Guided
        };
        let minutes = 60.0 * self.hours.unwrap_or(HOURS);
        let chosen = [
            ("slouch_pct", self.slouch),
            ("slouch_min", self.after),
            ("sit_min", self.break_after),
        ];
        let brief = Brief {
            simulated: self.live.sitting(minutes, setup)?,
            exercise,
            setup,
            goal: Goal::default(),
            settings: chosen
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect(),
            conduct: Conduct::Watch,
            programme: None,
            watched: Watched::Posture,
        };
        live::run(&self.live, brief)
    }
}

/// The synthetic wearer's day, hours.
const HOURS: f64 = 2.0;

fn hours(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(hours) if hours > 0.0 && hours <= 24.0 => Ok(hours),
        _ => Err(format!(
            "`{text}` is no number of hours above 0 and up to 24"
        )),
    }
}

/// Minutes, with or without their `m`.
fn minutes(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches("min").trim_end_matches('m').trim();
    match number.parse::<f64>() {
        Ok(minutes) if minutes.is_finite() && minutes > 0.0 => Ok(minutes),
        _ => Err(format!("`{text}` is no number of minutes, as in 10m")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_written_with_or_without_their_m() {
        for text in ["10", "10m", "10 min"] {
            assert_eq!(minutes(text), Ok(10.0));
        }
        for text in ["", "m", "-1m", "10h", "NaN"] {
            assert!(minutes(text).is_err(), "{text}");
        }
        assert!(hours("0").is_err() && hours("25").is_err() && hours("1.5") == Ok(1.5));
    }
}
