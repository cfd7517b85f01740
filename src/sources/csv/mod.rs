//! Samples from tables that other programs wrote, so that foreign data runs through the same line.
//!
//! A table is text with a header line that names its columns: a time, three axes of specific force, and, where the
//! sensor had one, three of a gyroscope. Fields are parted by comma, semicolon or tab; with the latter two, decimals
//! may have a comma. Times count from the table's first row ([`Table::origin_s`]).
//!
//! ```text
//! t,ax,ay,az,gx,gy,gz
//! 0.00,0.12,9.79,-0.31,0.001,-0.002,0.000
//! ```
//!
//! Foreign data is wrong in known ways, and each is looked for in the first [`WINDOW`] rows before anything is given
//! out: seconds that are milliseconds, g that is m/s², degrees that are radians, gravity taken out. What is wrong with
//! single rows is counted ([`Tally`]) and never fatal. Rows that come late are put in order within a window of
//! [`WINDOW`] rows; no more than these are in memory, however large the table, and no row may be longer than
//! [`LONGEST_ROW`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead};

use futures_util::stream;

use super::{Inputs, SourceError};
use crate::input::{Input, Sample, SensorId};
use crate::recording::bounded::{self, Line};
use crate::units::SessionTime;

/// Which column is what, and in which unit.
mod columns;
/// Are the numbers what they are said to be?
mod plausible;
/// A line to its fields, a field to its number.
mod row;

pub use columns::{AccelUnit, GyroUnit, Layout, TimeUnit, UnknownUnit};

use columns::Columns;
use row::{Row, RowProblem};

/// So many rows are looked at before the first sample is given out, and late rows find their place among as many.
pub const WINDOW: usize = 2048;

/// The longest row that is read, bytes.
pub const LONGEST_ROW: usize = 1 << 16;

/// So many lines may stand before the header: comments, blank lines.
const HEADER_WITHIN: u64 = 100;

/// Why a table cannot be read. Each names the file, the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The system failed to read.
    #[error("{file}: reading failed: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// No line with names was found.
    #[error(
        "{file}: has no header line; the first line must name the columns, such as `t,ax,ay,az`"
    )]
    NoHeader {
        /// The file.
        file: String,
    },
    /// It is not text in a form that can be read.
    #[error("{file}: is not text in UTF-8; save it again as `CSV UTF-8`")]
    NotText {
        /// The file.
        file: String,
    },
    /// A column is not there.
    #[error(
        "{file}:{line}: there is no column `{wanted}`; the columns are: {found}. Name yours with `{option}`"
    )]
    NoColumn {
        /// The file.
        file: String,
        /// The line of the header.
        line: u64,
        /// What was looked for.
        wanted: String,
        /// What is there.
        found: String,
        /// The option that helps.
        option: &'static str,
    },
    /// No row could be read.
    #[error("{file}: no row could be read; {problem}")]
    NoRows {
        /// The file.
        file: String,
        /// What is wrong with the first one.
        problem: String,
    },
    /// The numbers cannot be what they are said to be.
    #[error("{file}: {problem}")]
    Implausible {
        /// The file.
        file: String,
        /// What was measured, and the remedy.
        problem: String,
    },
}

/// What became of a table's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Samples given out.
    pub samples: u64,
    /// Rows whose time or acceleration is empty or not a number.
    pub incomplete: u64,
    /// Rows that cannot be read.
    pub unreadable: u64,
    /// Rows with the time of another one; the first one stands.
    pub duplicates: u64,
    /// Rows that came late and were put in order.
    pub reordered: u64,
    /// Rows that came too late to be put in order.
    pub too_late: u64,
    /// The first row that was left out, with its line and field.
    pub first_problem: Option<String>,
}

impl Tally {
    /// Whether rows were left out.
    pub fn is_loss(&self) -> bool {
        self.incomplete + self.unreadable + self.duplicates + self.too_late > 0
    }

    /// One sentence on what is wrong; `None` where nothing is.
    pub fn summary(&self) -> Option<String> {
        let counts = [
            (self.incomplete, "without numbers"),
            (self.unreadable, "unreadable"),
            (self.duplicates, "with the time of another row"),
            (
                self.too_late,
                "too late to be put in order (sort the table by its time)",
            ),
        ];
        let mut parts: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !parts.is_empty() {
            parts[0].insert_str(0, "rows left out: ");
        }
        if self.reordered > 0 {
            parts.push(format!("rows put in order: {}", self.reordered));
        }
        parts.extend(self.first_problem.clone());
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    fn note(&mut self, line: u64, problem: &RowProblem) {
        match problem {
            RowProblem::Incomplete(_) => self.incomplete += 1,
            RowProblem::Unreadable(_) => self.unreadable += 1,
        }
        if self.first_problem.is_none() {
            self.first_problem = Some(format!("line {line}: {problem}"));
        }
    }
}

/// A table as samples in the order of their time.
#[derive(Debug)]
pub struct Table<R> {
    rows: Rows<R>,
    waiting: BinaryHeap<Reverse<Row>>,
    origin: i128,
    newest: Option<i128>,
    given: Option<i128>,
}

impl<R: BufRead> Table<R> {
    /// Reads the header and the first rows, and makes sure that they are what they should be.
    ///
    /// `file` is the name by which errors call the table.
    ///
    /// # Errors
    /// What is missing or cannot be, and the remedy.
    pub fn open(file: &str, source: R, layout: &Layout) -> Result<Table<R>, CsvError> {
        let mut table = Table {
            rows: Rows::open(file, source, layout)?,
            waiting: BinaryHeap::new(),
            origin: 0,
            newest: None,
            given: None,
        };
        table.fill()?;
        let problem = |problem| CsvError::Implausible {
            file: file.to_owned(),
            problem,
        };
        let mut first: Vec<Row> = table.waiting.iter().map(|row| row.0.clone()).collect();
        first.sort_unstable();
        let Some(earliest) = first.first() else {
            return Err(table.rows.no_rows());
        };
        table.origin = earliest.nanos;
        plausible::check(&first, &table.rows.columns).map_err(problem)?;
        Ok(table)
    }

    /// What became of the rows so far.
    pub fn tally(&self) -> &Tally {
        &self.rows.tally
    }

    /// The table's own time at the start of the session, seconds.
    pub fn origin_s(&self) -> f64 {
        self.origin as f64 / 1e9
    }

    /// The samples as inputs of one sensor.
    pub fn inputs(&mut self, sensor: SensorId) -> Inputs<'_>
    where
        R: Send,
    {
        Box::pin(stream::iter(self.map(move |sample| {
            sample
                .map(|sample| Input::Sample { sensor, sample })
                .map_err(SourceError::from)
        })))
    }

    /// Reads rows until the window is full or the table is over.
    fn fill(&mut self) -> Result<(), CsvError> {
        while self.waiting.len() <= WINDOW {
            let Some(row) = self.rows.next_row()? else {
                return Ok(());
            };
            if self.newest.is_some_and(|newest| row.nanos < newest) {
                self.rows.tally.reordered += 1;
            }
            self.newest = self.newest.max(Some(row.nanos));
            self.waiting.push(Reverse(row));
        }
        Ok(())
    }

    fn micros(&self, nanos: i128) -> i64 {
        let micros = nanos.saturating_sub(self.origin).saturating_add(500) / 1000;
        i64::try_from(micros).unwrap_or(i64::MAX)
    }
}

impl<R: BufRead> Iterator for Table<R> {
    type Item = Result<Sample, CsvError>;

    fn next(&mut self) -> Option<Result<Sample, CsvError>> {
        loop {
            if let Err(error) = self.fill() {
                return Some(Err(error));
            }
            let Reverse(row) = self.waiting.pop()?;
            match self.given {
                Some(given) if row.nanos == given => self.rows.tally.duplicates += 1,
                Some(given) if row.nanos < given => {
                    self.rows.tally.too_late += 1;
                    self.rows.tally.reordered = self.rows.tally.reordered.saturating_sub(1);
                }
                _ => {
                    self.given = Some(row.nanos);
                    self.rows.tally.samples += 1;
                    return Some(Ok(Sample {
                        at: SessionTime::from_micros(self.micros(row.nanos)),
                        accel: row.accel,
                        gyro: row.gyro,
                        clipped: false,
                    }));
                }
            }
        }
    }
}

/// The rows as they stand in the file.
#[derive(Debug)]
struct Rows<R> {
    file: String,
    source: R,
    buffer: Vec<u8>,
    line: u64,
    order: u64,
    columns: Columns,
    tally: Tally,
}

impl<R: BufRead> Rows<R> {
    fn open(file: &str, mut source: R, layout: &Layout) -> Result<Rows<R>, CsvError> {
        let (mut buffer, mut line) = (Vec::new(), 0);
        let name = || file.to_owned();
        let read = |source| CsvError::Read {
            file: name(),
            source,
        };
        loop {
            let found = bounded::read_line(&mut source, &mut buffer, LONGEST_ROW).map_err(read)?;
            line += 1;
            if buffer.starts_with(&[0xff, 0xfe])
                || buffer.starts_with(&[0xfe, 0xff])
                || buffer.contains(&0)
            {
                return Err(CsvError::NotText { file: name() });
            }
            if found == Line::End || line > HEADER_WITHIN {
                return Err(CsvError::NoHeader { file: name() });
            }
            let text = String::from_utf8_lossy(&buffer);
            let text = text.trim_start_matches('\u{feff}').trim_end_matches('\r');
            if found == Line::TooLong || text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let columns = Columns::find(file, line, text, layout)?;
            return Ok(Rows {
                file: name(),
                source,
                buffer,
                line,
                order: 0,
                columns,
                tally: Tally::default(),
            });
        }
    }

    /// The next row that can be read.
    fn next_row(&mut self) -> Result<Option<Row>, CsvError> {
        loop {
            let found = bounded::read_line(&mut self.source, &mut self.buffer, LONGEST_ROW);
            let found = found.map_err(|source| CsvError::Read {
                file: self.file.clone(),
                source,
            })?;
            self.line += 1;
            let read = match found {
                Line::End => return Ok(None),
                Line::TooLong => Err(RowProblem::Unreadable(format!(
                    "longer than {LONGEST_ROW} bytes"
                ))),
                Line::Whole { .. } => {
                    let text = String::from_utf8_lossy(&self.buffer);
                    if text.trim().is_empty() || text.starts_with('#') {
                        continue;
                    }
                    Row::read(&text, &self.columns, self.order)
                }
            };
            match read {
                Ok(row) => {
                    self.order += 1;
                    return Ok(Some(row));
                }
                Err(problem) => self.tally.note(self.line, &problem),
            }
        }
    }

    fn no_rows(&self) -> CsvError {
        let problem = match &self.tally.first_problem {
            Some(problem) => problem.clone(),
            None => "there is nothing behind the header".to_owned(),
        };
        CsvError::NoRows {
            file: self.file.clone(),
            problem,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
