//! What was done and how it was, as lines of text: one after each session's question, and one for each exercise done.
//!
//! ```text
//! {"crc":"…","n":0,"red_flags":{"at":"…","answer":"none"}}
//! {"crc":"…","n":1,"check_in":{"at":"…","day":"…","session":"…","pain":2,"anything_new":false,"awake_min":90}}
//! {"crc":"…","n":2,"exercise":{"at":"…","day":"…","session":"…","exercise":"bridge","class":"control",…}}
//! {"crc":"…","n":3,"check_out":{"at":"…","day":"…","session":"…","pain":2,"effort":4}}
//! {"crc":"…","n":4,"morning":{"at":"…","day":"…","pain":2}}
//! ```
//!
//! Lines are only ever added. One that is torn or damaged costs that line and is reported; what stands before and after
//! it is read. Times are instants; `day` is the wearer's own day, for "the next morning" is not a number of hours.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Class;
use super::safety::RedFlags;
use crate::sealed;

/// The longest line that is read, bytes: a hundred times an ordinary one.
pub const LONGEST_LINE: usize = 1 << 16;

/// A number from 0 to 10, as the wearer says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

impl Score {
    /// The most.
    pub const MOST: u8 = 10;

    /// A number from 0 to 10.
    pub fn new(value: u8) -> Option<Score> {
        (value <= Score::MOST).then_some(Score(value))
    }

    /// The number.
    pub fn value(self) -> u8 {
        self.0
    }

    /// By how much this is more than another; less is below 0.
    pub fn above(self, other: Score) -> i16 {
        i16::from(self.0) - i16::from(other.0)
    }
}

impl TryFrom<u8> for Score {
    type Error = String;

    fn try_from(value: u8) -> Result<Score, String> {
        Score::new(value).ok_or_else(|| format!("{value} is not between 0 and 10"))
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> u8 {
        score.0
    }
}

impl std::str::FromStr for Score {
    type Err = String;

    fn from_str(text: &str) -> Result<Score, String> {
        let value = text.trim().parse::<u8>().ok().and_then(Score::new);
        value.ok_or_else(|| "give a whole number from 0 to 10".to_owned())
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The red-flag question was answered.
    RedFlags(Answered),
    /// Before a session.
    CheckIn(CheckIn),
    /// An exercise was done.
    Exercise(Done),
    /// After a session.
    CheckOut(CheckOut),
    /// A morning.
    Morning(Morning),
}

/// The red-flag question was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// When.
    pub at: Timestamp,
    /// What was answered.
    pub answer: RedFlags,
}

/// What the wearer said before a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// When.
    pub at: Timestamp,
    /// The wearer's day.
    pub day: Date,
    /// The session's recording.
    pub session: String,
    /// The programme, where one is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    /// Pain before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pain: Option<Score>,
    /// Whether anything is new since the last session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anything_new: Option<bool>,
    /// Since the wearer got up, minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awake_min: Option<u32>,
    /// Done by the synthetic wearer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
}

/// What became of an exercise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// When the session was over.
    pub at: Timestamp,
    /// The wearer's day.
    pub day: Date,
    /// The session's recording.
    pub session: String,
    /// Which step of the session, from 0.
    pub index: u32,
    /// The exercise's id.
    pub exercise: String,
    /// The version of its definition.
    pub version: u32,
    /// What it is in the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Sets asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets_planned: Option<u32>,
    /// Repetitions asked for, all sets and both sides together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reps_planned: Option<u32>,
    /// Sets done.
    pub sets: u32,
    /// Repetitions done, as the wearer says where that was corrected.
    pub reps: u32,
    /// Repetitions that were judged.
    pub judged: u32,
    /// Of these, with something to correct.
    pub warned: u32,
    /// Times that a rule asked for a pause.
    pub stops: u32,
    /// The largest loss of range within a set, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rom_loss_pct: Option<f64>,
    /// Seconds within sets.
    pub active_s: f64,
    /// The wearer said that it hurts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pain: bool,
    /// Done by the synthetic wearer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
}

impl Done {
    /// Repetitions with something to correct, as a share of those that were judged; none where none was.
    pub fn warned_pct(&self) -> Option<f64> {
        (self.judged > 0).then(|| 100.0 * f64::from(self.warned) / f64::from(self.judged))
    }

    /// Whether all that was asked for was done; `None` where nothing was asked for.
    pub fn is_all_done(&self) -> Option<bool> {
        Some(self.reps >= self.reps_planned? && self.sets >= self.sets_planned?)
    }
}

/// What the wearer said after a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckOut {
    /// When.
    pub at: Timestamp,
    /// The wearer's day.
    pub day: Date,
    /// The session's recording.
    pub session: String,
    /// Pain after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pain: Option<Score>,
    /// How hard it was: 0 nothing at all, 10 as hard as can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<Score>,
    /// Done by the synthetic wearer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
}

/// How a morning was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Morning {
    /// When it was said.
    pub at: Timestamp,
    /// The wearer's day.
    pub day: Date,
    /// Pain.
    pub pain: Score,
}

impl Entry {
    /// When.
    pub fn at(&self) -> Timestamp {
        match self {
            Entry::RedFlags(entry) => entry.at,
            Entry::CheckIn(entry) => entry.at,
            Entry::Exercise(entry) => entry.at,
            Entry::CheckOut(entry) => entry.at,
            Entry::Morning(entry) => entry.at,
        }
    }

    /// Whether the synthetic wearer did it.
    pub fn is_synthetic(&self) -> bool {
        match self {
            Entry::RedFlags(_) | Entry::Morning(_) => false,
            Entry::CheckIn(entry) => entry.synthetic,
            Entry::Exercise(entry) => entry.synthetic,
            Entry::CheckOut(entry) => entry.synthetic,
        }
    }
}

/// A log that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// What could be read, in the order of the lines.
    pub entries: Vec<Entry>,
    /// Lines that could not, each with its number and why.
    pub problems: Vec<(usize, String)>,
    /// The number that the next line gets.
    pub next: u64,
    /// The last line was cut off, so that the next one has to begin on a line of its own.
    pub is_torn: bool,
}

impl Log {
    /// Reads a log, however damaged.
    pub fn read(text: &[u8]) -> Log {
        let mut log = Log {
            is_torn: text.last().is_some_and(|last| *last != b'\n'),
            ..Log::default()
        };
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if !line.is_empty() {
                log.line(number + 1, line);
            }
        }
        log
    }

    fn line(&mut self, number: usize, line: &[u8]) {
        let problem = match parse(line) {
            Ok((n, entry)) => {
                if n > self.next {
                    let missing = n - self.next;
                    let problem = format!("{missing} before it are missing");
                    self.problems.push((number, problem));
                }
                self.next = self.next.max(n.saturating_add(1));
                self.entries.push(entry);
                return;
            }
            Err(problem) => problem,
        };
        // Its number is not known; it had one.
        self.next = self.next.saturating_add(1);
        self.problems.push((number, problem));
    }

    /// The lines of more entries, to be written at the end of the file.
    pub fn lines(&self, entries: &[Entry]) -> Vec<u8> {
        let mut text = if self.is_torn {
            vec![b'\n']
        } else {
            Vec::new()
        };
        let mut line = Vec::new();
        for (entry, n) in entries.iter().zip(self.next..) {
            if let Ok(json) = serde_json::to_string(entry)
                && let Some(body) = json.strip_prefix('{')
            {
                sealed::seal(n, body, &mut line);
                text.extend_from_slice(&line);
            }
        }
        text
    }
}

fn parse(line: &[u8]) -> Result<(u64, Entry), String> {
    if LONGEST_LINE < line.len() {
        return Err(format!("has {} bytes, which no line has", line.len()));
    }
    if !sealed::is_intact(line) {
        return Err("is damaged: its check sum does not fit".to_owned());
    }
    #[derive(Deserialize)]
    struct Numbered {
        n: u64,
    }
    let is_wrong = |error: serde_json::Error| format!("cannot be understood: {error}");
    let Numbered { n } = serde_json::from_slice(line).map_err(is_wrong)?;
    let body = sealed::body_text(line).ok_or("is damaged")?;
    let entry = serde_json::from_str(&format!("{{{body}")).map_err(is_wrong)?;
    Ok((n, entry))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        let at: Timestamp = "2026-01-31T18:00:00Z".parse().unwrap();
        let day: Date = "2026-01-31".parse().unwrap();
        let session = "a.backcoach.jsonl".to_owned();
        vec![
            Entry::RedFlags(Answered {
                at,
                answer: RedFlags::None,
            }),
            Entry::CheckIn(CheckIn {
                at,
                day,
                session: session.clone(),
                programme: Some("beginner".to_owned()),
                pain: Score::new(2),
                anything_new: Some(false),
                awake_min: Some(30),
                synthetic: false,
            }),
            Entry::Exercise(Done {
                at,
                day,
                session: session.clone(),
                index: 0,
                exercise: "bridge".to_owned(),
                version: 1,
                class: Some(Class::Control),
                sets_planned: Some(2),
                reps_planned: Some(16),
                sets: 2,
                reps: 16,
                judged: 15,
                warned: 3,
                stops: 0,
                rom_loss_pct: Some(12.5),
                active_s: 80.25,
                pain: false,
                synthetic: true,
            }),
            Entry::CheckOut(CheckOut {
                at,
                day,
                session,
                pain: None,
                effort: Score::new(10),
                synthetic: false,
            }),
            Entry::Morning(Morning {
                at,
                day,
                pain: Score::new(0).unwrap(),
            }),
        ]
    }

    fn written(parts: &[&[Entry]]) -> Vec<u8> {
        let mut text = Vec::new();
        for part in parts {
            let more = Log::read(&text).lines(part);
            text.extend(more);
        }
        text
    }

    #[test]
    fn what_is_written_in_parts_is_read_as_one() {
        let all = entries();
        let text = written(&[&all[..2], &all[2..]]);
        assert_eq!(text, written(&[&all]));
        let log = Log::read(&text);
        assert_eq!((log.entries, log.problems), (all, Vec::new()));
        assert_eq!(log.next, 5);
    }

    #[test]
    fn a_damaged_line_costs_that_line_and_is_told() {
        let all = entries();
        let text = written(&[&all]);
        let second = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for bit in [0, 100, 8 * 40 + 3] {
            let mut damaged = text.clone();
            damaged[second + bit / 8] ^= 1 << (bit % 8);
            let log = Log::read(&damaged);
            assert_eq!(log.entries.len(), 4, "bit {bit}");
            assert_eq!(log.problems.len(), 1, "{:?}", log.problems);
            assert_eq!(log.problems[0].0, 2);
            assert_eq!(log.next, 5);
        }
    }

    #[test]
    fn a_line_that_vanished_is_missed() {
        let text = written(&[&entries()]);
        let second = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let log = Log::read(&text[second..]);
        assert_eq!(log.entries.len(), 4);
        assert_eq!(log.problems, [(1, "1 before it are missing".to_owned())]);
    }

    #[test]
    fn after_a_torn_line_the_next_one_stands_by_itself() {
        let all = entries();
        let mut text = written(&[&all]);
        text.truncate(text.len() - 20);
        let log = Log::read(&text);
        assert!(log.is_torn);
        assert_eq!(log.entries.len(), 4);
        text.extend(log.lines(&all[..1]));
        let log = Log::read(&text);
        assert_eq!((log.entries.len(), log.problems.len()), (5, 1));
    }

    #[test]
    fn hostile_lines_are_refused_one_by_one() {
        let mut line = Vec::new();
        for body in [
            "\"morning\":{\"at\":\"2026-01-31T18:00:00Z\",\"day\":\"2026-01-31\",\"pain\":11}}",
            "\"morning\":{\"at\":\"2026-01-31T18:00:00Z\",\"day\":\"2026-02-31\",\"pain\":1}}",
            "\"weather\":{}}",
            "\"morning\":[]}",
            "}",
            "",
        ] {
            sealed::seal(0, body, &mut line);
            let log = Log::read(&line);
            assert_eq!((log.entries.len(), log.problems.len()), (0, 1), "{body}");
        }
        for text in [
            &b"\xff\xfe\n"[..],
            b"{}\n",
            b"{\"crc\":\"",
            &[b'x'; 1 << 17],
        ] {
            let log = Log::read(text);
            assert_eq!((log.entries.len(), log.problems.len()), (0, 1));
        }
        assert_eq!(Log::read(b"").entries.len(), 0);
    }
}
