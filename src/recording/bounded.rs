//! Lines of a file that may be hostile: read one by one, with a limit on what is held in memory.

use std::io::{self, BufRead};

/// What the next line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line is in the buffer, without its newline.
    Whole {
        /// A newline ended it; false for a last line that was cut off.
        ended: bool,
    },
    /// A line was longer than the limit; it was passed over without being held.
    TooLong,
    /// The file is over.
    End,
}

/// Reads the next line into `buffer`, at most `limit` bytes of it; a longer line is passed over.
pub(crate) fn read_line(
    source: &mut impl BufRead,
    buffer: &mut Vec<u8>,
    limit: usize,
) -> io::Result<Line> {
    buffer.clear();
    let mut length = 0_usize;
    let mut ended = false;
    while !ended {
        let chunk = match source.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            break;
        }
        let newline = chunk.iter().position(|&byte| byte == b'\n');
        let text = &chunk[..newline.unwrap_or(chunk.len())];
        length = length.saturating_add(text.len());
        if length <= limit {
            buffer.extend_from_slice(text);
        }
        ended = newline.is_some();
        let used = newline.map_or(chunk.len(), |at| at + 1);
        source.consume(used);
    }
    Ok(match (length, ended) {
        (0, false) => Line::End,
        (length, _) if length > limit => Line::TooLong,
        (_, ended) => Line::Whole { ended },
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn a_line_over_the_limit_is_passed_over_and_never_held() {
        let text = format!("one\n{}\n\nlast", "x".repeat(10_000));
        let mut source = BufReader::with_capacity(16, text.as_bytes());
        let mut buffer = Vec::new();
        let mut next = || read_line(&mut source, &mut buffer, 100).unwrap();
        assert_eq!(next(), Line::Whole { ended: true });
        assert_eq!(next(), Line::TooLong);
        assert_eq!(next(), Line::Whole { ended: true });
        assert_eq!(next(), Line::Whole { ended: false });
        assert_eq!(next(), Line::End);
        assert!(buffer.capacity() < 200);
    }
}
