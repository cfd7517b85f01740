//! Reading recordings, whatever happened to them.

use std::collections::VecDeque;
use std::fmt;
use std::io::BufRead;
use std::ops::Range;

use super::bounded::{self, Line as Raw};
use super::line::{self, Body};
use super::{End, Entry, Header, LONGEST_LINE, RecordingError};

/// So many problems are kept one by one; the rest is only counted.
const PROBLEMS_KEPT: usize = 20;

/// The header is the first line, and stands twice: a file without it within so many lines is none of ours.
const HEADER_WITHIN: u64 = 16;

/// What is wrong with a recording, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// The first problems, in the order of the file.
    pub problems: Vec<Problem>,
    /// How many lines could not be read.
    pub damaged_lines: u64,
    /// How many lines are missing by their numbers, the unreadable ones included.
    pub missing_lines: u64,
    /// The end line, once it was reached.
    pub end: Option<End>,
    /// The file is over and no end line came: the program was killed, or the end was cut off.
    pub is_unfinished: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl Damage {
    /// Whether anything that was once written is gone.
    pub fn is_loss(&self) -> bool {
        self.damaged_lines > 0
            || self.missing_lines > 0
            || self.is_unfinished
            || self.end.as_ref().is_some_and(End::is_loss)
    }

    /// One sentence on what is wrong; `None` where nothing is.
    pub fn summary(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.damaged_lines > 0 {
            parts.push(format!("{} damaged", lines(self.damaged_lines)));
        }
        let vanished = self.missing_lines.saturating_sub(self.damaged_lines);
        if vanished > 0 {
            parts.push(format!("{} missing", lines(vanished)));
        }
        if self.is_unfinished {
            parts.push("no end line: the session was cut off".to_owned());
        }
        if let Some(cause) = self.end.as_ref().and_then(|end| end.cause.as_ref()) {
            parts.push(format!("ended with: {cause}"));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    fn note(&mut self, line: u64, reason: impl Into<String>) {
        self.damaged_lines += 1;
        if self.problems.len() < PROBLEMS_KEPT {
            self.problems.push(Problem {
                line,
                reason: reason.into(),
            });
        }
    }
}

fn lines(count: u64) -> String {
    match count {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

/// Reads a recording, one line at a time: an iterator over its inputs and events.
///
/// Damaged lines are passed over and noted in [`Reader::damage`], which is complete when the iterator is done.
/// The only errors it yields are those of the system below it.
///
/// ```
/// # use backcoach::recording::Reader;
/// let nothing = Reader::new("{\"t\": 1}".as_bytes());
/// assert!(nothing.is_err_and(|error| error.to_string().starts_with("is not a recording")));
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    header: Header,
}

impl<R: BufRead> Reader<R> {
    /// Reads up to the header.
    ///
    /// # Errors
    /// That there is none, that a newer program wrote it, or what the system says.
    pub fn new(source: R) -> Result<Reader<R>, RecordingError> {
        let (lines, found) = Lines::open(source)?;
        match found.body {
            Body::Header(header) => Ok(Reader {
                lines,
                header: *header,
            }),
            _ => Err(lines.no_header()),
        }
    }

    /// What the session was.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What was found wrong so far.
    pub fn damage(&self) -> &Damage {
        &self.lines.damage
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Entry, RecordingError>;

    fn next(&mut self) -> Option<Result<Entry, RecordingError>> {
        loop {
            match self.lines.next_line() {
                Ok(None) => return None,
                Ok(Some(found)) => match found.body {
                    Body::Input(input) => return Some(Ok(Entry::Input(input))),
                    Body::Event(event) => return Some(Ok(Entry::Event(*event))),
                    Body::Header(_) | Body::End(_) | Body::Unknown => {}
                },
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Every whole line of a file, header and end among them.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// Pieces of the line in the buffer that are still to be looked at.
    pieces: VecDeque<Range<usize>>,
    line_number: u64,
    /// The number that the next line should have.
    expected: u64,
    newer: Option<u32>,
    pub(super) damage: Damage,
}

/// A whole line.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) body: Body,
    /// Where it lies in the buffer.
    at: Range<usize>,
}

impl<R: BufRead> Lines<R> {
    /// Opens a file up to its first whole line, which is the header in every recording.
    pub(super) fn open(source: R) -> Result<(Lines<R>, Found), RecordingError> {
        let mut lines = Lines {
            source,
            buffer: Vec::new(),
            pieces: VecDeque::new(),
            line_number: 0,
            expected: 0,
            newer: None,
            damage: Damage::default(),
        };
        // A file without a whole line near its beginning is something else: it is not read to its end.
        while lines.line_number < HEADER_WITHIN {
            let found = lines.next_within(HEADER_WITHIN)?;
            if let Some(found) = found {
                return Ok((lines, found));
            }
            if lines.damage.is_unfinished {
                break;
            }
        }
        Err(lines.no_header())
    }

    fn no_header(&self) -> RecordingError {
        if let Some(found) = self.newer {
            return RecordingError::Newer { found };
        }
        let problem = match self.damage.problems.first() {
            Some(problem) => problem.to_string(),
            None if self.line_number == 0 => "the file is empty".to_owned(),
            None => "the first line is not a header".to_owned(),
        };
        RecordingError::NoHeader { problem }
    }

    /// The next whole line; `None` at the end of the file.
    pub(super) fn next_line(&mut self) -> Result<Option<Found>, RecordingError> {
        self.next_within(u64::MAX)
    }

    /// The next whole line among the first lines of the file.
    fn next_within(&mut self, last: u64) -> Result<Option<Found>, RecordingError> {
        loop {
            while let Some(piece) = self.pieces.pop_front() {
                if let Some(found) = self.read_piece(piece) {
                    return Ok(Some(found));
                }
            }
            if self.line_number >= last {
                return Ok(None);
            }
            let raw = bounded::read_line(&mut self.source, &mut self.buffer, LONGEST_LINE)
                .map_err(RecordingError::Read)?;
            match raw {
                Raw::End => {
                    self.damage.is_unfinished = self.damage.end.is_none();
                    return Ok(None);
                }
                Raw::TooLong => {
                    self.line_number += 1;
                    let reason = format!("longer than {LONGEST_LINE} bytes; passed over");
                    self.damage.note(self.line_number, reason);
                }
                Raw::Whole { ended } => {
                    self.line_number += 1;
                    self.take_apart(ended);
                }
            }
        }
    }

    /// Finds what is whole in the line in the buffer.
    fn take_apart(&mut self, ended: bool) {
        // Tools that change line ends to those of Windows do no harm.
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        if self.buffer.is_empty() {
            return;
        }
        if line::is_intact(&self.buffer) {
            self.pieces.push_back(0..self.buffer.len());
            return;
        }
        let reason = if ended {
            "its check sum does not match"
        } else {
            "cut off"
        };
        self.damage.note(self.line_number, reason);
        self.pieces = whole_pieces(&self.buffer);
    }

    fn read_piece(&mut self, at: Range<usize>) -> Option<Found> {
        let text = &self.buffer[at.clone()];
        let line = match line::parse(text) {
            Ok(line) => line,
            Err(problem) => {
                self.newer = self.newer.or_else(|| line::newer_schema(text));
                let reason = format!("cannot be understood: {problem}");
                self.damage.note(self.line_number, reason);
                return None;
            }
        };
        if line.n < self.expected {
            let reason = format!("number {} came already", line.n);
            self.damage.note(self.line_number, reason);
            return None;
        }
        let missing = line.n - self.expected;
        self.damage.missing_lines = self.damage.missing_lines.saturating_add(missing);
        self.expected = line.n.saturating_add(1);
        match &line.body {
            Body::End(end) => self.damage.end = Some(end.clone()),
            Body::Unknown => self.damage.note(
                self.line_number,
                "of a kind that this program does not know",
            ),
            Body::Header(_) | Body::Input(_) | Body::Event(_) => {}
        }
        Some(Found {
            body: line.body,
            at,
        })
    }

    /// The number that the line after the last one should have.
    pub(super) fn next_number(&self) -> u64 {
        self.expected
    }

    /// The text of a line that was just found, as it was sealed.
    pub(super) fn body_text(&self, found: &Found) -> Option<&str> {
        line::body_text(&self.buffer[found.at.clone()])
    }
}

/// The whole lines within a damaged one: a damaged newline glues two lines together, and both are still there.
fn whole_pieces(buffer: &[u8]) -> VecDeque<Range<usize>> {
    let starts: Vec<usize> = buffer
        .windows(line::MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == line::MARK)
        .map(|(at, _)| at)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([buffer.len()]);
    let mut pieces = VecDeque::new();
    for (&start, end) in starts.iter().zip(ends) {
        // What stands between two glued lines is one byte, or nothing.
        let candidates = [end, end - 1];
        let whole = candidates
            .into_iter()
            .find(|&end| line::is_intact(&buffer[start..end]));
        pieces.extend(whole.map(|end| start..end));
    }
    pieces
}
