//! A recording that nobody closed, closed later.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::line::{self, Body};
use super::reader::Lines;
use super::{Damage, End, RecordingError};

/// What a recording was found to hold when it was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Inputs that can be read.
    pub inputs: u64,
    /// Events that can be read.
    pub events: u64,
    /// What was wrong with it before.
    pub damage: Damage,
}

/// Appends the end line that a recording lacks, with its cause.
///
/// Nothing is taken away: a last line that was torn keeps its bytes, gets the newline it lacks, and stays what it
/// is, one damaged line.
///
/// # Errors
/// That the recording has its end already, that a program still writes it, or as for reading and writing.
pub fn close(path: &Path, cause: &str) -> Result<Closed, RecordingError> {
    let mut options = OpenOptions::new();
    let file = options.read(true).append(true).open(path);
    let mut file = file.map_err(RecordingError::Read)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(RecordingError::InUse {
            path: path.to_owned(),
        });
    }
    let (closed, next) = survey(&file)?;
    if !closed.damage.is_unfinished {
        return Err(RecordingError::Closed {
            path: path.to_owned(),
        });
    }
    let end = End {
        inputs: closed.inputs,
        events: closed.events,
        cause: Some(cause.to_owned()),
    };
    let mut bytes = Vec::new();
    line::seal(next, &line::body("end", &end)?, &mut bytes);
    if !ends_with_newline(&mut file).map_err(RecordingError::Read)? {
        bytes.insert(0, b'\n');
    }
    file.write_all(&bytes).map_err(RecordingError::Write)?;
    file.sync_all().map_err(RecordingError::Write)?;
    Ok(closed)
}

/// The end of a file in which the end line is looked for, bytes.
const TAIL: u64 = 4096;

/// Whether a file begins as recordings do and does not end as closed ones do. Only its ends are looked at.
pub fn lacks_end(path: &Path) -> bool {
    let look = || -> io::Result<bool> {
        let mut file = File::open(path)?;
        let mut beginning = [0; line::MARK.len()];
        file.read_exact(&mut beginning)?;
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut tail = Vec::new();
        file.take(TAIL).read_to_end(&mut tail)?;
        Ok(beginning == *line::MARK && !has_end(&tail))
    };
    look().unwrap_or(false)
}

fn has_end(tail: &[u8]) -> bool {
    let mut lines = tail.split(|byte| *byte == b'\n').rev();
    let last = lines.find(|line| !line.is_empty());
    last.is_some_and(|last| {
        line::is_intact(last)
            && matches!(line::parse(last), Ok(line) if matches!(line.body, Body::End(_)))
    })
}

/// Whether a program is writing this recording now, as far as the system can tell.
pub fn is_in_use(path: &Path) -> bool {
    File::open(path)
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Reads it all; also the number that the next line should have.
fn survey(file: &File) -> Result<(Closed, u64), RecordingError> {
    let (mut lines, _) = Lines::open(BufReader::with_capacity(1 << 16, file))?;
    let (mut inputs, mut events) = (0, 0);
    while let Some(found) = lines.next_line()? {
        match found.body {
            Body::Input(_) => inputs += 1,
            Body::Event(_) => events += 1,
            Body::Header(_) | Body::End(_) | Body::Unknown => {}
        }
    }
    let next = lines.next_number();
    let damage = lines.damage;
    Ok((
        Closed {
            inputs,
            events,
            damage,
        },
        next,
    ))
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{recording, some_entries};
    use super::super::{Entry, Reader};
    use super::*;

    fn unfinished(cut: usize) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.backcoach.jsonl");
        let whole = recording();
        std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        (folder, path)
    }

    fn end_line() -> usize {
        let whole = recording();
        let lines = whole[..whole.len() - 1].iter().rev();
        1 + lines.take_while(|byte| **byte != b'\n').count()
    }

    fn read(path: &Path) -> (Vec<Entry>, Damage) {
        let bytes = std::fs::read(path).unwrap();
        let mut reader = Reader::new(bytes.as_slice()).unwrap();
        let entries = reader.by_ref().map(Result::unwrap).collect();
        (entries, reader.damage().clone())
    }

    #[test]
    fn an_unfinished_recording_gets_its_end_wherever_it_was_torn() {
        let end = end_line();
        // Between two lines, before the last newline, within the end line, within the line before it.
        for cut in [end, end + 1, end - 20, end + 30] {
            let (_folder, path) = unfinished(cut);
            let before = std::fs::read(&path).unwrap();
            assert!(lacks_end(&path), "cut {cut}");
            let closed = close(&path, "closed later").unwrap();
            let after = std::fs::read(&path).unwrap();
            assert!(
                after.starts_with(&before),
                "cut {cut}: something was taken away"
            );
            let (entries, damage) = read(&path);
            let kept = if cut > end + 1 { 1 } else { 0 };
            let expected = some_entries();
            assert_eq!(entries, expected[..expected.len() - kept], "cut {cut}");
            assert_eq!(closed.inputs + closed.events, entries.len() as u64);
            assert!(!lacks_end(&path), "cut {cut}");
            assert!(!damage.is_unfinished && damage.is_loss(), "cut {cut}");
            let end = damage.end.unwrap();
            assert_eq!(end.cause.as_deref(), Some("closed later"));
            let again = close(&path, "again");
            assert!(matches!(again, Err(RecordingError::Closed { .. })));
        }
    }

    #[test]
    fn a_recording_that_is_being_written_is_left_alone() {
        let (_folder, path) = unfinished(end_line());
        let writing = OpenOptions::new().append(true).open(&path).unwrap();
        writing.try_lock().unwrap();
        assert!(is_in_use(&path));
        assert!(matches!(
            close(&path, "no"),
            Err(RecordingError::InUse { .. })
        ));
        drop(writing);
        assert!(!is_in_use(&path));
        close(&path, "yes").unwrap();
    }

    #[test]
    fn a_whole_recording_has_its_end_already() {
        let (_folder, path) = unfinished(0);
        assert!(matches!(
            close(&path, "no"),
            Err(RecordingError::Closed { .. })
        ));
    }
}
