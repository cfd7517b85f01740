use std::path::PathBuf;

use clap::Args;

use super::opened::Opened;
use super::progress::Progress;
use super::table::TableOptions;
use super::talk::say;
use super::{EXIT_CODES, Outcome, Usage, run};
use crate::recording::{Durability, Header, Recorder};
use crate::session::Ended;

/// Make a recording of a table of samples that another program wrote
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach import back.csv --exercise hyperext_45 --placement T7 -o back.backcoach.jsonl
  backcoach import phone.csv --exercise good_morning --placement ST --accel-unit g --gyro-unit deg/s -o phone.backcoach.jsonl

{EXIT_CODES}"))]
pub(super) struct Import {
    /// The table: a header line, then `t,ax,ay,az[,gx,gy,gz]` in any order and under any name
    file: PathBuf,
    /// The new recording; it must not exist
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    table: TableOptions,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let mut opened = Opened::open(&self.file, &self.table, Progress::Shown)?;
        if opened.header().is_some() {
            return Err(Usage(format!("{}: is a recording already", opened.name)).into());
        }
        let plan = opened.plan.clone();
        let header = Header::new(plan.clone(), jiff::Timestamp::now());
        let mut recorder = Recorder::create(&self.output, &header, Durability::Batch)?;
        let ended = run::run(&plan, opened.inputs(), &mut [&mut recorder])?;
        let is_stopped = ended == Ended::Stopped;
        recorder.finish(
            is_stopped.then(|| "interrupted before all of the table was read".to_owned()),
        )?;
        say(&format!("{}: written", self.output.display()));
        Ok(if is_stopped {
            Outcome::Interrupted
        } else {
            opened.say_losses()
        })
    }
}
