use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::home::{Home, HomeOptions};
use super::talk::{self, clean, say};
use super::{EXIT_CODES, Outcome, is_closed_pipe, report};
use crate::coach::Event;
use crate::exercise::Kind;
use crate::recording::{self, Entry, Reader};
use crate::ui::lines::hours;
use crate::units::round_to;

/// Why a recording that is closed later has its end.
const CLOSED_LATER: &str = "closed later: the program ended without closing it";

/// List your sessions, or close those that were cut off
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach sessions
  backcoach sessions --json
  backcoach sessions close

Closing adds the end that is missing, takes nothing away, and draws the report.

{EXIT_CODES}"))]
pub(super) struct Sessions {
    #[command(subcommand)]
    action: Option<Action>,
    /// One session a line, as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    home: HomeOptions,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Close sessions that were cut off, and draw their reports
    Close {
        /// Recordings [default: every one of your sessions that was cut off]
        files: Vec<PathBuf>,
        #[command(flatten)]
        home: HomeOptions,
    },
}

/// How a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Complete.
    Whole,
    /// A program writes it now.
    Running,
    /// Nobody closed it.
    Unfinished,
    /// Something of it is lost.
    Incomplete,
    /// It cannot be read.
    Unreadable,
}

/// One session of the list.
#[derive(Clone, Debug, Serialize)]
struct Listed {
    file: PathBuf,
    state: State,
    created: Option<jiff::Timestamp>,
    exercise: Option<String>,
    synthetic: bool,
    /// Hours of a posture, which has no repetitions.
    #[serde(skip)]
    is_posture: bool,
    reps: u32,
    sets: u32,
    length_s: f64,
    /// What is wrong with it.
    problem: Option<String>,
}

impl Sessions {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        match self.action {
            None => list(&self.home.home()?, self.json),
            Some(Action::Close { files, home }) if files.is_empty() => {
                let home = if home.is_given() { home } else { self.home };
                close_all(&unfinished_files(&home.home()?)?)
            }
            Some(Action::Close { files, .. }) => close_all(&files),
        }
    }
}

/// The sessions that were cut off, the oldest first.
pub(super) fn unfinished(home: &Home) -> Vec<PathBuf> {
    unfinished_files(home).unwrap_or_default()
}

fn unfinished_files(home: &Home) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = home.recordings()?;
    files.retain(|file| recording::lacks_end(file) && !recording::is_in_use(file));
    Ok(files)
}

fn list(home: &Home, is_json: bool) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    let files = home.recordings()?;
    if files.is_empty() {
        say(&format!("{}: no sessions yet", home.sessions().display()));
    }
    for file in files {
        let listed = look_at(&file);
        if is_json {
            serde_json::to_writer(&mut out, &listed)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", in_words(&listed))?;
        }
    }
    Ok(Outcome::Done)
}

fn look_at(file: &Path) -> Listed {
    let mut listed = Listed {
        file: file.to_owned(),
        state: State::Unreadable,
        created: None,
        exercise: None,
        synthetic: false,
        is_posture: false,
        reps: 0,
        sets: 0,
        length_s: 0.0,
        problem: None,
    };
    let is_running = recording::is_in_use(file);
    if let Err(error) = read(file, &mut listed) {
        listed.problem = Some(format!("{error:#}"));
    }
    if is_running {
        listed.state = State::Running;
    }
    listed
}

fn read(file: &Path, listed: &mut Listed) -> anyhow::Result<()> {
    let source = File::open(file).context("cannot be opened")?;
    let mut reader = Reader::new(BufReader::with_capacity(1 << 16, source))?;
    let header = reader.header();
    listed.created = Some(header.created);
    listed.exercise = Some(header.plan.id().to_owned());
    listed.synthetic = header.synthetic;
    listed.is_posture = header.plan.exercise.kind == Kind::Posture;
    let mut length = 0.0_f64;
    for entry in reader.by_ref() {
        match entry? {
            Entry::Input(input) => length = length.max(input.at().seconds()),
            Entry::Event(Event::Rep(_)) => listed.reps += 1,
            Entry::Event(Event::SetStarted { .. }) => listed.sets += 1,
            Entry::Event(_) => {}
        }
    }
    listed.length_s = round_to(length, 10.0);
    let damage = reader.damage();
    listed.state = match damage.is_loss() {
        _ if damage.is_unfinished => State::Unfinished,
        true => State::Incomplete,
        false => State::Whole,
    };
    listed.problem = damage.summary().filter(|_| damage.is_loss());
    Ok(())
}

fn in_words(listed: &Listed) -> String {
    let when = listed.created.map_or_else(String::new, |created| {
        let zoned = created.to_zoned(jiff::tz::TimeZone::system());
        zoned.strftime("%Y-%m-%d %H:%M").to_string()
    });
    let state = match listed.state {
        State::Whole => "whole",
        State::Running => "running",
        State::Unfinished => "unfinished",
        State::Incomplete => "incomplete",
        State::Unreadable => "unreadable",
    };
    let synthetic = if listed.synthetic { ", synthetic" } else { "" };
    let name = listed.file.file_name().unwrap_or_default();
    clean(&format!(
        "{when:<16}  {:<14} {:<9} {:>7}  {state:<10}  {}{synthetic}",
        listed.exercise.as_deref().unwrap_or("?"),
        reps_in_words(listed),
        length_in_words(listed),
        name.to_string_lossy(),
    ))
}

fn reps_in_words(listed: &Listed) -> String {
    match listed.reps {
        _ if listed.is_posture => format!("{:>4}", "-"),
        1 => format!("{:>4} rep", 1),
        reps => format!("{reps:>4} reps"),
    }
}

fn length_in_words(listed: &Listed) -> String {
    let seconds = listed.length_s.round() as u64;
    if listed.is_posture {
        hours(listed.length_s)
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

fn close_all(files: &[PathBuf]) -> anyhow::Result<Outcome> {
    if files.is_empty() {
        say("no session is to be closed");
    }
    let (mut outcome, mut failed) = (Outcome::Done, 0);
    for file in files {
        match close(file) {
            Ok(this) => outcome = outcome.and(this),
            Err(error) if files.len() == 1 || is_closed_pipe(&error) => return Err(error),
            Err(error) => {
                talk::error(&error);
                failed += 1;
            }
        }
    }
    anyhow::ensure!(
        failed == 0,
        "{failed} of {} sessions could not be closed",
        files.len()
    );
    Ok(outcome)
}

fn close(file: &Path) -> anyhow::Result<Outcome> {
    let name = file.display();
    let closed = recording::close(file, CLOSED_LATER).map_err(|error| match error {
        recording::RecordingError::InUse { .. } | recording::RecordingError::Closed { .. } => {
            error.into()
        }
        other => anyhow::Error::from(other).context(name.to_string()),
    })?;
    let torn = match closed.damage.damaged_lines {
        0 => String::new(),
        lines => format!(", {lines} damaged"),
    };
    say(&format!(
        "{name}: closed, {} inputs and {} events{torn}",
        closed.inputs, closed.events
    ));
    match report::beside(file)? {
        // That it was cut off is what was just dealt with.
        Outcome::DataLost if closed.damage.damaged_lines == 0 => Ok(Outcome::Done),
        outcome => Ok(outcome),
    }
}
