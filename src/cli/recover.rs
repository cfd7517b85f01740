use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::opened::{say_damage, watched};
use super::progress::Progress;
use super::talk::say;
use super::{EXIT_CODES, Outcome};
use crate::recording;

/// Write every whole line of a damaged recording into a new, clean one
#[derive(Debug, Args)]
#[command(after_help = format!("\
Example:
  backcoach recover session.backcoach.jsonl -o session.recovered.backcoach.jsonl

The damaged file stays as it is.

{EXIT_CODES}"))]
pub(super) struct Recover {
    /// The damaged recording
    file: PathBuf,
    /// The new file; it must not exist [default: beside the damaged one, named `.recovered`]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Recover {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let name = self.file.display().to_string();
        let output = self.output.unwrap_or_else(|| beside(&self.file));
        let source = BufReader::with_capacity(1 << 16, watched(&self.file, Progress::Shown)?);
        let recovered = recording::recover(source, &output).with_context(|| name.clone())?;
        say(&format!(
            "{}: {} inputs and {} events brought over",
            output.display(),
            recovered.inputs,
            recovered.events
        ));
        Ok(say_damage(&name, &recovered.damage))
    }
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".jsonl").unwrap_or(&name);
    let stem = stem.strip_suffix(".backcoach").unwrap_or(stem);
    path.with_file_name(format!("{stem}.recovered.backcoach.jsonl"))
}
