//! Lines of a file that may be hostile: read one by one, with a limit on what is held in memory.

use std::io::{self, BufRead, Read};

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

/// Reads the next line into `buffer`, one byte more than `limit` at most; a longer line is passed over.
pub(crate) fn read_line(
    source: &mut impl BufRead,
    buffer: &mut Vec<u8>,
    limit: usize,
) -> io::Result<Line> {
    buffer.clear();
    let longest = limit as u64 + 1;
    if source.by_ref().take(longest).read_until(b'\n', buffer)? == 0 {
        return Ok(Line::End);
    }
    let ended = buffer.pop_if(|last| *last == b'\n').is_some();
    if buffer.len() > limit {
        source.skip_until(b'\n')?;
        return Ok(Line::TooLong);
    }
    Ok(Line::Whole { ended })
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
