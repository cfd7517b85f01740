use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::opened::Opened;
use super::progress::Progress;
use super::table::TableOptions;
use super::{EXIT_CODES, Outcome, run, talk};
use crate::session::Ended;
use crate::sources::replay::{Speed, paced};
use crate::ui::lines::{Form, Transcript};

/// Run a recording or a table through the coach again and tell what it says
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach replay recordings/hyperext_45-clean.backcoach.jsonl
  backcoach replay session.backcoach.jsonl --speed 2 --json
  backcoach replay back.csv --exercise good_morning --placement T7

{EXIT_CODES}"))]
pub(super) struct Replay {
    /// The recording (*.backcoach.jsonl), or a table (CSV)
    file: PathBuf,
    /// How fast: 1 is as it was, 2 twice as fast, `max` without waiting
    #[arg(long, default_value_t = Speed::Max, value_name = "N|max")]
    speed: Speed,
    /// One event a line, as JSON
    #[arg(long)]
    json: bool,
    /// With --json, also the posture at each single sample
    #[arg(long, requires = "json")]
    all: bool,
    #[command(flatten)]
    table: TableOptions,
}

impl Replay {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut opened = Opened::open(&self.file, &self.table, Progress::Silent)?;
        let plan = opened.plan.clone();
        let form = if self.json {
            Form::Json { all: self.all }
        } else {
            Form::Lines
        };
        let stdout = io::stdout().lock();
        // Lines that come in their own time are wanted at once.
        let out: Box<dyn Write> = match self.speed {
            Speed::Max => Box::new(BufWriter::new(stdout)),
            Speed::Times(_) => Box::new(stdout),
        };
        let mut transcript = Transcript::new(out, form, &plan);
        if opened.header().is_some_and(|header| header.synthetic) {
            talk::say(&format!("{}: synthetic, not a person", opened.name));
        }
        let inputs = paced(opened.inputs(), self.speed);
        let ended = run::run(&plan, inputs, &mut [&mut transcript])?;
        transcript.finish()?;
        Ok(match ended {
            Ended::Stopped => Outcome::Interrupted,
            Ended::Exhausted => opened.say_losses(),
        })
    }
}
