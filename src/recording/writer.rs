//! Writing lines, wherever they go.

use std::io::Write;

use super::{End, Entry, Header, LONGEST_LINE, RecordingError, line};
use crate::coach::Event;
use crate::input::Input;

/// Writes a recording line by line into anything that takes bytes.
///
/// Each line is handed over in one piece. [`super::Recorder`] puts a file behind it.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    next: u64,
    inputs: u64,
    events: u64,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a recording: the header is written, twice.
    ///
    /// # Errors
    /// What the other side says, or that the header is too long.
    pub fn new(out: W, header: &Header) -> Result<Writer<W>, RecordingError> {
        let mut writer = Writer {
            out,
            next: 0,
            inputs: 0,
            events: 0,
            line: Vec::new(),
        };
        let body = line::body("header", header)?;
        writer.append(&body)?;
        writer.append(&body)?;
        Ok(writer)
    }

    /// Writes an input or an event.
    ///
    /// # Errors
    /// As [`Writer::input`] and [`Writer::event`].
    pub fn entry(&mut self, entry: &Entry) -> Result<(), RecordingError> {
        match entry {
            Entry::Input(input) => self.input(input),
            Entry::Event(event) => self.event(event),
        }
    }

    /// Writes an input.
    ///
    /// # Errors
    /// What the other side says, or that the input holds something that is not a number.
    pub fn input(&mut self, input: &Input) -> Result<(), RecordingError> {
        let body = line::input_body(input)?;
        self.append_input(&body)
    }

    /// Writes an event, if recordings keep its kind ([`Event::is_kept`]).
    ///
    /// # Errors
    /// What the other side says.
    pub fn event(&mut self, event: &Event) -> Result<(), RecordingError> {
        if !event.is_kept() {
            return Ok(());
        }
        let body = line::body("event", event)?;
        self.append_event(&body)
    }

    /// Writes the end line; the other side comes back.
    ///
    /// # Errors
    /// What the other side says.
    pub fn end(mut self, cause: Option<String>) -> Result<W, RecordingError> {
        let end = End {
            inputs: self.inputs,
            events: self.events,
            cause,
        };
        self.append(&line::body("end", &end)?)?;
        self.out.flush().map_err(RecordingError::Write)?;
        Ok(self.out)
    }

    /// What the lines go into.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    pub(super) fn append_input(&mut self, body: &str) -> Result<(), RecordingError> {
        self.append(body)?;
        self.inputs += 1;
        Ok(())
    }

    pub(super) fn append_event(&mut self, body: &str) -> Result<(), RecordingError> {
        self.append(body)?;
        self.events += 1;
        Ok(())
    }

    pub(super) fn append(&mut self, body: &str) -> Result<(), RecordingError> {
        line::seal(self.next, body, &mut self.line);
        let length = self.line.len() - 1;
        if length > LONGEST_LINE {
            return Err(RecordingError::TooLong { length });
        }
        self.out
            .write_all(&self.line)
            .map_err(RecordingError::Write)?;
        self.next += 1;
        Ok(())
    }
}
