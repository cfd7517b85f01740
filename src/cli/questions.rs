//! What a person is asked before a session and after it, while hands are free.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};

use super::talk::say;
use crate::programme::log::Score;
use crate::ui::foreground::Patient;

/// Whoever types something else so often does not want to be asked.
const MOST_TRIES: u32 = 3;

/// The longest answer that is read, bytes.
const LONGEST_ANSWER: u64 = 256;

/// Somebody who answers, line by line. An empty line, or the end of all lines, is no answer.
pub(super) struct Asker<R> {
    answers: R,
}

impl Asker<BufReader<Patient>> {
    /// The person at the terminal, if there is one.
    pub(super) fn at_terminal() -> Option<Asker<BufReader<Patient>>> {
        (io::stdin().is_terminal() && io::stderr().is_terminal()).then(|| Asker {
            answers: BufReader::new(Patient::stdin()),
        })
    }
}

impl<R: BufRead> Asker<R> {
    /// A number from 0 to 10.
    pub(super) fn score(&mut self, question: &str) -> Option<Score> {
        self.ask(
            &format!("{question} (0 to 10, Enter leaves it out)"),
            str::parse,
        )
    }

    /// Yes or no.
    pub(super) fn yes(&mut self, question: &str) -> Option<bool> {
        self.ask(&format!("{question} (y/n)"), |answer| {
            match answer.to_ascii_lowercase().as_str() {
                "y" | "yes" => Ok(true),
                "n" | "no" => Ok(false),
                _ => Err("answer y or n".to_owned()),
            }
        })
    }

    /// Anything that `read` understands.
    pub(super) fn ask<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        for _ in 0..MOST_TRIES {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "{question} ").and_then(|()| stderr.flush());
            drop(stderr);
            let mut line = Vec::new();
            let mut limited = io::Read::take(&mut self.answers, LONGEST_ANSWER);
            let length = limited.read_until(b'\n', &mut line).ok()?;
            let answer = String::from_utf8_lossy(&line);
            let answer = answer.trim();
            if length == 0 || answer.is_empty() {
                return None;
            }
            match read(answer) {
                Ok(value) => return Some(value),
                Err(problem) => say(&problem),
            }
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn asker(text: &str) -> Asker<&[u8]> {
        Asker {
            answers: text.as_bytes(),
        }
    }

    #[test]
    fn an_answer_is_taken_and_its_absence_is_none() {
        let mut asker = asker("3\ny\nNo\n\n7\n");
        assert_eq!(asker.score("?"), Score::new(3));
        assert_eq!(asker.yes("?"), Some(true));
        assert_eq!(asker.yes("?"), Some(false));
        assert_eq!(asker.score("?"), None);
        assert_eq!(asker.score("?"), Score::new(7));
        assert_eq!(asker.score("?"), None);
    }

    #[test]
    fn what_is_no_answer_is_asked_again_but_not_for_ever() {
        assert_eq!(asker("eleven\n11\n4\n").score("?"), Score::new(4));
        let mut stubborn = asker("x\nx\nx\n5\n");
        assert_eq!(stubborn.score("?"), None);
        assert_eq!(stubborn.score("?"), Score::new(5));
    }
}
