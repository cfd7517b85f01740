//! One line of a file with its number and its check sum, so that damage is seen.
//!
//! ```text
//! {"crc":"1c291ca3","n":0,…}
//! ```
//!
//! `crc` is the CRC-32 (the one of gzip and PNG) of every byte after the first comma, the newline not counted; `n` counts
//! the lines, so that one that vanished whole is noticed as well. Recordings and the log of programmes are made of these.

/// How every line begins.
pub(crate) const MARK: &[u8] = b"{\"crc\":\"";
/// Bytes before those that the check sum covers: the mark, eight digits, a quote and a comma.
pub(crate) const COVERED_FROM: usize = MARK.len() + 10;

/// Writes a complete line, newline included, into `line`.
pub(crate) fn seal(n: u64, body: &str, line: &mut Vec<u8>) {
    let covered = format!("\"n\":{n},{body}");
    line.clear();
    line.extend_from_slice(MARK);
    line.extend_from_slice(format!("{:08x}", crc32fast::hash(covered.as_bytes())).as_bytes());
    line.extend_from_slice(b"\",");
    line.extend_from_slice(covered.as_bytes());
    line.push(b'\n');
}

/// Whether a line, without its newline, is as it was written.
pub(crate) fn is_intact(line: &[u8]) -> bool {
    let Some((head, covered)) = line.split_at_checked(COVERED_FROM) else {
        return false;
    };
    head.starts_with(MARK)
        && written_sum(&head[MARK.len()..MARK.len() + 8]) == Some(crc32fast::hash(covered))
        && head.ends_with(b"\",")
}

/// A check sum as it is written: lower case only, so that a flipped bit cannot turn one spelling into another.
fn written_sum(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(sum << 4 | u32::from(value))
    })
}

/// The body of an intact line, as it was given to [`seal`].
pub(crate) fn body_text(line: &[u8]) -> Option<&str> {
    let covered = std::str::from_utf8(line.get(COVERED_FROM..)?).ok()?;
    Some(covered.split_once(',')?.1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn any_bit_that_flips_is_seen_and_a_whole_line_reads_as_written() {
        let mut line = Vec::new();
        seal(7, "\"a\":1}", &mut line);
        assert_eq!(line.pop(), Some(b'\n'));
        assert!(is_intact(&line));
        assert_eq!(body_text(&line), Some("\"a\":1}"));
        for bit in 0..8 * line.len() {
            let mut damaged = line.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_intact(&damaged), "bit {bit}");
        }
        assert!(!is_intact(b""));
    }
}
