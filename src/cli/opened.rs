//! A file as a session: a recording, or a table of samples.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::thread;

use anyhow::Context;

use super::progress::{Progress, Watched};
use super::table::TableOptions;
use super::{Outcome, talk};
use crate::coach::Plan;
use crate::input::SensorId;
use crate::recording::{Damage, Header, Reader};
use crate::sources::csv::Table;
use crate::sources::{Inputs, replay};

type Source = BufReader<Watched<File>>;

/// How every recording begins.
pub(super) const RECORDING: &[u8; 8] = b"{\"crc\":\"";

/// A file that a session can be run from.
pub(super) struct Opened {
    /// The file as the user named it.
    pub name: String,
    /// What is done in it.
    pub plan: Plan,
    content: Content,
}

enum Content {
    Recording(Box<Reader<Source>>),
    Table(Box<Table<Source>>),
}

impl Opened {
    /// Opens a recording, or with the options for it, a table.
    pub(super) fn open(
        path: &Path,
        table: &TableOptions,
        progress: Progress,
    ) -> anyhow::Result<Opened> {
        let name = path.display().to_string();
        let mut source = BufReader::with_capacity(1 << 16, watched(path, progress)?);
        let beginning = source
            .fill_buf()
            .with_context(|| format!("{name}: cannot be read"))?;
        let is_recording = beginning.starts_with(RECORDING) || name.ends_with(".jsonl");
        if is_recording {
            return Opened::recording(name, source);
        }
        let file = path
            .file_name()
            .map_or(name.clone(), |file| file.to_string_lossy().into_owned());
        let plan = table.plan(&file)?;
        let content = Content::Table(Box::new(Table::open(&name, source, &table.layout())?));
        Ok(Opened {
            name,
            plan,
            content,
        })
    }

    fn recording(name: String, source: Source) -> anyhow::Result<Opened> {
        let reader = Reader::new(source).with_context(|| name.clone())?;
        Ok(Opened {
            name,
            plan: reader.header().plan.clone(),
            content: Content::Recording(Box::new(reader)),
        })
    }

    /// The header, where it is a recording.
    pub(super) fn header(&self) -> Option<&Header> {
        match &self.content {
            Content::Recording(reader) => Some(reader.header()),
            Content::Table(_) => None,
        }
    }

    /// The inputs, as fast as they can be taken.
    pub(super) fn inputs(&mut self) -> Inputs<'_> {
        match &mut self.content {
            Content::Recording(reader) => replay::inputs(reader),
            Content::Table(table) => table.inputs(SensorId(0)),
        }
    }

    /// Does something with the inputs, a recording's being read meanwhile by a thread of their own.
    pub(super) fn with_inputs<T>(&mut self, look: impl FnOnce(Inputs<'_>) -> T) -> T {
        match &mut self.content {
            Content::Recording(reader) => {
                thread::scope(|scope| look(replay::read_ahead(scope, reader)))
            }
            Content::Table(table) => look(table.inputs(SensorId(0))),
        }
    }

    /// What was found damaged so far, where it is a recording.
    pub(super) fn damage(&self) -> Option<&Damage> {
        match &self.content {
            Content::Recording(reader) => Some(reader.damage()),
            Content::Table(_) => None,
        }
    }

    /// Says what of the file was lost, and gives the outcome that belongs to it.
    pub(super) fn say_losses(&self) -> Outcome {
        match &self.content {
            Content::Recording(reader) => say_damage(&self.name, reader.damage()),
            Content::Table(table) => {
                let tally = table.tally();
                if let Some(summary) = tally.summary() {
                    talk::say(&format!("{}: {summary}", self.name));
                }
                lost_if(tally.is_loss())
            }
        }
    }
}

/// Says what is wrong with a recording.
pub(super) fn say_damage(name: &str, damage: &Damage) -> Outcome {
    const SAID: usize = 5;
    for problem in damage.problems.iter().take(SAID) {
        talk::say(&format!("{name}: {problem}"));
    }
    if let Some(summary) = damage.summary() {
        talk::say(&format!("{name}: {summary}"));
    }
    lost_if(damage.is_loss())
}

fn lost_if(is_lost: bool) -> Outcome {
    if is_lost {
        Outcome::DataLost
    } else {
        Outcome::Done
    }
}

/// Opens a file that shows how far it was read.
pub(super) fn watched(path: &Path, progress: Progress) -> anyhow::Result<Watched<File>> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("{name}: cannot be opened"))?;
    let length = file.metadata().map_or(0, |about| about.len());
    Ok(Watched::new(file, length, progress))
}
