//! The text of an exercise or programme file as a tree that knows its lines.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeTable;

use super::schema::Shape;

/// Longest file that is read, bytes: some hundred times an ordinary one.
pub(super) const LONGEST_FILE: usize = 256 * 1024;

/// A fault and its line.
pub(crate) type Fault = (usize, String);

/// One step down the tree.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'s> {
    Key(&'s str),
    At(usize),
}

/// A file that is TOML.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    lines: Lines,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Document<'t> {
    /// Reads the text of something; the faults are those of TOML itself.
    pub fn read(text: &'t str, what: &str) -> Result<Document<'t>, Vec<Fault>> {
        if LONGEST_FILE < text.len() {
            let problem = format!(
                "the file has {} bytes; {what} has at most {LONGEST_FILE}",
                text.len()
            );
            return Err(vec![(1, problem)]);
        }
        let lines = Lines::of(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Document { lines, root });
        }
        Err(errors
            .iter()
            .map(|error| {
                let line = error.span().map_or(1, |span| lines.line(span.start));
                (line, format!("not TOML: {}", shown_line(error.message())))
            })
            .collect())
    }

    /// The faults of the fields: unknown, missing, of another kind, outside the vocabulary.
    pub fn faults(&self, shape: &'static Shape) -> Vec<Fault> {
        super::fields::faults(shape, self.root.get_ref(), &self.lines)
    }

    /// What the file holds; a fault is one that the schema let through.
    pub fn content<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        T::deserialize(toml::de::Deserializer::from(self.root.clone())).map_err(|error| {
            let line = error.span().map_or(1, |span| self.lines.line(span.start));
            (line, shown_line(error.message()))
        })
    }

    /// The line of a place in the tree: of the deepest step that the file has.
    pub fn line(&self, place: &[Step<'_>]) -> usize {
        let mut line = 1;
        let mut steps = place.iter();
        let Some(Step::Key(first)) = steps.next() else {
            return line;
        };
        let Some((key, value)) = self.root.get_ref().get_key_value(*first) else {
            return line;
        };
        line = self.lines.line(key.span().start);
        let mut value = value;
        for step in steps {
            let next = match step {
                Step::Key(name) => value
                    .get_ref()
                    .as_table()
                    .and_then(|table| table.get_key_value(*name))
                    .map(|(key, value)| (key.span(), value)),
                Step::At(index) => value
                    .get_ref()
                    .as_array()
                    .and_then(|array| array.get(*index))
                    .map(|value| (value.span(), value)),
            };
            let Some((span, deeper)) = next else {
                return line;
            };
            line = self.lines.line(span.start);
            value = deeper;
        }
        line
    }
}

/// A message of another library on one line.
fn shown_line(message: &str) -> String {
    message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Lines {
        Lines {
            starts: std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// The line of a byte, counted from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }
}
