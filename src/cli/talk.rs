//! What is said to people: on stderr, and without anything that could steer their terminal.

use std::io::Write;

/// Text from outside as it may be shown: control characters and those that turn the writing direction become `�`.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if is_harmless(letter) {
                letter
            } else {
                '\u{fffd}'
            }
        })
        .collect()
}

fn is_harmless(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !letter.is_control() && !turns
}

/// Says something on stderr. Nobody listening is no reason to fail.
pub(super) fn say(text: &str) {
    let mut stderr = std::io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(stderr, "{}", clean(line));
    }
}

/// Says why a command failed, with its causes.
pub(super) fn error(error: &anyhow::Error) {
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Some errors already name their cause.
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    say(&format!("error: {said}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_does_not_reach_it() {
        assert_eq!(clean("T7\u{1b}[2J\u{7}\u{9b}1m"), "T7�[2J��1m");
        assert_eq!(clean("a\u{202e}b"), "a�b");
        assert_eq!(clean("Rücken 45°"), "Rücken 45°");
    }
}
