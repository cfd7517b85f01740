//! Sessions in files: everything that reached the coach, written so that nothing already written can be lost.
//!
//! A recording (`*.backcoach.jsonl`) holds the *inputs* of a session, raw and complete, so that a better
//! decoder or filter can read old sessions again, and the events given live, so that [`crate::session`]
//! can be asked whether it still gives them. It is text, one JSON object a line:
//!
//! ```text
//! {"crc":"1c291ca3","n":0,"header":{"schema":1,"program":"0.1.0","created":"…","synthetic":false,"plan":{…}}}
//! {"crc":"…","n":1,"header":{…}}                the header again: it is the one line that nothing works without
//! {"crc":"…","n":2,"packet":{"sensor":0,"at":0.01,"channel":0,"bytes":"…base64…"}}
//! {"crc":"…","n":3,"sample":{"sensor":0,"at":0.02,"accel":[0.1,9.8,0.2],"gyro":[0.0,0.0,0.0]}}
//! {"crc":"…","n":4,"link":{"sensor":0,"at":0.03,"change":{"kind":"battery","percent":81}}}
//! {"crc":"…","n":5,"command":{"at":0.04,"command":"start"}}
//! {"crc":"…","n":6,"tick":{"at":0.05}}
//! {"crc":"…","n":7,"event":{"event":"set_started","at":0.06,"set":1}}
//! {"crc":"…","n":8,"end":{"inputs":5,"events":1}}
//! ```
//!
//! Times are seconds since the start, accelerations m/s², rates rad/s. `crc` is the CRC-32 (the one of gzip
//! and PNG) of the rest of the line: of every byte after the first comma, the newline not counted. So it can be
//! checked without knowing JSON: the sum stands at bytes 8 to 15, and covers byte 18 to the end. `n` counts the
//! lines, so that a line that vanished whole is noticed as well.
//!
//! A line that is torn or damaged costs that line and is reported ([`Damage`]); what stands before and after it is
//! read. No line is longer than [`LONGEST_LINE`], and a reader holds one line at a time.
//!
//! **Invariant:** no clock here. Times come with the inputs, the date of the header from the caller.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::coach::{Event, Plan};
use crate::input::Input;

// Lines of a possibly hostile file.
pub(crate) mod bounded;
// A recording that nobody closed, closed later.
mod close;
// One line: its check sum and its JSON.
mod line;
// Reading, and what was found damaged.
mod reader;
// Writing into a file while the session runs.
mod recorder;
// A clean copy of a damaged file.
mod recover;
// What is true of a session whose movement is known.
pub mod truth;
// Writing lines.
mod writer;

pub use close::{Closed, close, is_in_use, lacks_end};
pub use reader::{Damage, Problem, Reader};
pub use recorder::{Durability, Recorder};
pub use recover::{Recovered, recover};
pub use writer::Writer;

/// The version of the format that is written, and the newest that can be read.
pub const SCHEMA: u32 = 1;

/// The longest line that is written or read, bytes.
pub const LONGEST_LINE: usize = 1 << 20;

/// What a session was: the first line of its recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub schema: u32,
    /// The version of the program that wrote the file.
    pub program: String,
    /// When the session began, by the wall clock.
    pub created: jiff::Timestamp,
    /// Made by the synthetic wearer, not by a person.
    pub synthetic: bool,
    /// Sensors, placements and the exercise in full.
    pub plan: Plan,
    /// What really happened, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<truth::Truth>,
}

impl Header {
    /// The header of a session that a person does now.
    pub fn new(plan: Plan, created: jiff::Timestamp) -> Header {
        Header {
            schema: SCHEMA,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created,
            synthetic: false,
            plan,
            truth: None,
        }
    }
}

/// The last line of a recording that was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Inputs written.
    pub inputs: u64,
    /// Events written.
    pub events: u64,
    /// Why the session ended, where it did not simply come to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

impl End {
    /// The cause where the wearer, or the system, asked a session to end: everything up to then is in the recording.
    pub const INTERRUPTED: &str = "interrupted";

    /// Whether something is missing because of the cause. That the wearer ended the session takes nothing away.
    pub fn is_loss(&self) -> bool {
        self.cause
            .as_deref()
            .is_some_and(|cause| cause != End::INTERRUPTED)
    }
}

/// What a recording holds between its header and its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Something that reached the coach.
    Input(Input),
    /// Something that the coach said to it.
    Event(Event),
}

/// Why a recording cannot be written or read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The file is there already.
    #[error("{path}: exists already; recordings are never overwritten, give another name")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be created.
    #[error("{path}: cannot be created: {source}")]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A program is writing it.
    #[error("{path}: is being written by a program that runs; end that session first")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It has its end.
    #[error("{path}: is closed already")]
    Closed {
        /// The file.
        path: PathBuf,
    },
    /// The system failed to write.
    #[error("writing the recording failed: {0}; what was written until then can be read")]
    Write(#[source] io::Error),
    /// The system failed to read.
    #[error("reading the recording failed: {0}")]
    Read(#[source] io::Error),
    /// A sample is not made of numbers.
    #[error("a sample at {at} is not a number, and a recording holds only numbers")]
    NotANumber {
        /// When.
        at: crate::units::SessionTime,
    },
    /// A line would be longer than any reader takes.
    #[error("a line of {length} bytes is longer than a recording may hold ({LONGEST_LINE})")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Something cannot be written as JSON.
    #[error("cannot be written as JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// No header was found.
    #[error("is not a recording of backcoach, or its header is lost: {problem}")]
    NoHeader {
        /// What was found instead.
        problem: String,
    },
    /// A newer program wrote it.
    #[error(
        "was written in version {found} of the format, this program reads up to {SCHEMA}; update backcoach"
    )]
    Newer {
        /// The version found.
        found: u32,
    },
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
