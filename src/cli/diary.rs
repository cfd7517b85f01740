//! The log of programmes in the user's folder: read whole, added to at its end.

use std::fs::File;
use std::io::{self, Read};

use anyhow::Context;

use super::home::Home;
use super::talk::say;
use crate::programme::log::{Entry, Log};

/// More than decades of sessions.
const LARGEST: u64 = 64 << 20;

/// So many damaged lines are named one by one.
const MOST_NAMED: usize = 5;

/// Reads the log. Damage is told, and costs no more than the damaged lines.
///
/// # Errors
/// That there is a log and it cannot be read.
pub(super) fn read(home: &Home) -> anyhow::Result<Log> {
    let path = home.log_file();
    let name = path.display();
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Log::default()),
        Err(error) => return Err(error).with_context(|| format!("{name}: cannot be opened")),
    };
    let mut text = Vec::new();
    let read = file.take(LARGEST + 1).read_to_end(&mut text);
    let length = read.with_context(|| format!("{name}: cannot be read"))?;
    anyhow::ensure!(
        length as u64 <= LARGEST,
        "{name}: is larger than {LARGEST} bytes; this is no log of sessions"
    );
    let log = Log::read(&text);
    for (line, problem) in log.problems.iter().take(MOST_NAMED) {
        say(&format!("{name}:{line}: {problem}"));
    }
    let more = log.problems.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        say(&format!("{name}: {more} more lines cannot be read"));
    }
    Ok(log)
}

/// Adds entries to the log.
///
/// # Errors
/// That it cannot be written.
pub(super) fn add(home: &Home, entries: &[Entry]) -> anyhow::Result<()> {
    let path = home.log_file();
    // Another program may have added to it meanwhile.
    let text = std::fs::read(&path).unwrap_or_default();
    let lines = Log::read(&text).lines(entries);
    home.append_to_log(&lines)
        .with_context(|| format!("{}: cannot be written", path.display()))
}
