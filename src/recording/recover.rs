//! A clean copy of a damaged file.

use std::io::BufRead;
use std::path::Path;

use super::line::Body;
use super::reader::Lines;
use super::recorder::{Output, create_private};
use super::{Damage, Durability, RecordingError, Writer};

/// What a recovery brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Inputs brought over.
    pub inputs: u64,
    /// Events brought over.
    pub events: u64,
    /// What was wrong with the damaged file.
    pub damage: Damage,
}

/// Writes every whole line of a damaged recording into a new file, and a proper end.
///
/// Lines are copied as they are, also those that only a newer program understands; only their numbers and check
/// sums are new. What is missing is written into the end line, so that the copy does not pass for complete.
///
/// # Errors
/// As for reading and for writing; that the new file exists.
pub fn recover(damaged: impl BufRead, path: &Path) -> Result<Recovered, RecordingError> {
    let (mut lines, first) = Lines::open(damaged)?;
    let Body::Header(header) = &first.body else {
        let problem = "the first whole line is not a header".to_owned();
        return Err(RecordingError::NoHeader { problem });
    };
    let file = create_private(path)?;
    let mut writer = Writer::new(Output::new(file, Durability::Batch), header)?;
    let mut recovered = Recovered {
        inputs: 0,
        events: 0,
        damage: Damage::default(),
    };
    while let Some(found) = lines.next_line()? {
        let Some(text) = lines.body_text(&found) else {
            continue;
        };
        match found.body {
            Body::Header(_) | Body::End(_) => {}
            Body::Input(_) => {
                writer.append_input(text)?;
                recovered.inputs += 1;
            }
            Body::Event(_) => {
                writer.append_event(text)?;
                recovered.events += 1;
            }
            Body::Unknown => writer.append(text)?,
        }
    }
    let cause = lines
        .damage
        .summary()
        .map(|summary| format!("recovered from a damaged file ({summary})"));
    let output = writer.end(cause)?;
    output.close().map_err(RecordingError::Write)?;
    recovered.damage = lines.damage;
    Ok(recovered)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{recording, some_entries};
    use super::super::{Entry, Reader};
    use super::*;

    #[test]
    fn a_recovered_file_is_clean_and_says_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clean.backcoach.jsonl");
        let mut damaged = recording();
        damaged.truncate(damaged.len() - 20);
        let recovered = recover(damaged.as_slice(), &path).unwrap();
        assert!(recovered.damage.is_unfinished);
        let clean = std::fs::read(&path).unwrap();
        let mut reader = Reader::new(clean.as_slice()).unwrap();
        let entries: Vec<Entry> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!(entries, some_entries());
        assert_eq!(
            reader.damage().summary().unwrap(),
            "ended with: recovered from a damaged file (1 line damaged; no end line: the session was cut off)"
        );
        assert!(reader.damage().is_loss());
        assert_eq!(reader.damage().damaged_lines, 0);
    }
}
