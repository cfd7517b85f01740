use std::io::{self, BufReader, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::opened::{say_damage, watched};
use super::progress::Progress;
use super::talk::{clean, say};
use super::{EXIT_CODES, Outcome};
use crate::coach::{Coach, Event};
use crate::recording::{Entry, Reader};

/// Check that a recording is whole and that its replay gives the events that were given live
#[derive(Debug, Args)]
#[command(after_help = format!("\
Example:
  backcoach verify session.backcoach.jsonl

A recording whose events differ ends with 4, a damaged one whose events agree as far as they go with 3.

{EXIT_CODES}"))]
pub(super) struct Verify {
    /// The recording
    file: PathBuf,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let name = self.file.display().to_string();
        let source = BufReader::with_capacity(1 << 16, watched(&self.file, Progress::Shown)?);
        let mut reader = Reader::new(source).with_context(|| name.clone())?;
        let mut coach = Coach::new(&reader.header().plan)?;
        let (mut recorded, mut replayed, mut inputs) = (Vec::new(), Vec::new(), 0_u64);
        for entry in reader.by_ref() {
            match entry.with_context(|| name.clone())? {
                Entry::Input(input) => {
                    inputs += 1;
                    replayed.extend(as_json(coach.handle(&input))?);
                }
                Entry::Event(event) => recorded.extend(as_json([event])?),
            }
        }
        let damage = reader.damage();
        replayed.extend(as_json(coach.finish())?);
        if damage.is_loss() && recorded.len() < replayed.len() {
            // What was not written any more cannot be compared.
            replayed.truncate(recorded.len());
        }
        let outcome = say_damage(&name, damage);
        match first_difference(&recorded, &replayed) {
            Some(difference) => {
                say(&format!("{name}: {difference}"));
                Ok(outcome.and(Outcome::NotMet))
            }
            None => {
                let events = recorded.len();
                let name = clean(&name);
                writeln!(
                    io::stdout(),
                    "{name}: {events} events from {inputs} inputs, all as they were given live"
                )?;
                Ok(outcome)
            }
        }
    }
}

fn as_json(events: impl IntoIterator<Item = Event>) -> serde_json::Result<Vec<String>> {
    let kept = events.into_iter().filter(Event::is_kept);
    kept.map(|event| serde_json::to_string(&event)).collect()
}

fn first_difference(recorded: &[String], replayed: &[String]) -> Option<String> {
    let length = recorded.len().max(replayed.len());
    let at = (0..length).find(|&at| recorded.get(at) != replayed.get(at))?;
    let shown = |events: &[String]| {
        events
            .get(at)
            .cloned()
            .unwrap_or_else(|| "nothing".to_owned())
    };
    Some(format!(
        "event {} is not as it was given live\n  live:   {}\n  replay: {}",
        at + 1,
        shown(recorded),
        shown(replayed)
    ))
}
