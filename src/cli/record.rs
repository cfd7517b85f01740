use clap::Args;

use super::live::{self, Brief, LiveOptions, Watched};
use super::table::find_exercise;
use super::{EXIT_CODES, Outcome};
use crate::coach::{Conduct, Goal, Setup};
use crate::exercise::Kind;

/// Record an exercise without coaching: only how the sensors are doing is shown
// Always in lines, and without a sound.
#[derive(Debug, Args)]
#[command(mut_arg("plain", |it| it.hide(true)), mut_arg("mute", |it| it.hide(true)))]
#[command(after_help = format!("\
Examples:
  backcoach record --exercise hyperext_45
  backcoach record --exercise good_morning --sensor back --on T7 -o monday.backcoach.jsonl
  backcoach record --exercise superman --simulate

Ctrl-C, or q and Enter, ends it. What was done is in the recording, so it can be replayed and reported like any other.

{EXIT_CODES}"))]
pub(super) struct Record {
    /// What is going to be done: a recording says so, or nobody could read it later
    #[arg(long, value_name = "ID")]
    exercise: String,
    /// It begins with the set-up, done unasked: stand still, bend forward once, hold the start pose
    #[arg(long)]
    guided: bool,
    #[command(flatten)]
    live: LiveOptions,
}

/// The synthetic wearer sits for so long, minutes.
const SITTING_MIN: f64 = 60.0;

impl Record {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let exercise = find_exercise(&self.exercise)?;
        let setup = if self.guided {
            Setup::Guided
        } else {
            Setup::Inferred
        };
        let goal = Goal::default();
        let brief = Brief {
            simulated: match exercise.kind {
                Kind::Reps | Kind::Hold | Kind::Auto => {
                    self.live.exercising(&exercise, &goal, setup)?
                }
                Kind::Posture => self.live.sitting(SITTING_MIN, setup)?,
            },
            exercise,
            setup,
            goal,
            settings: Default::default(),
            conduct: Conduct::Watch,
            programme: None,
            watched: Watched::Sensors,
        };
        live::run(&self.live, brief)
    }
}
