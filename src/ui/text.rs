//! Text from devices and files, before a terminal sees it.

/// Text from outside as it may be shown: control characters and those that turn the writing direction become `�`.
pub fn clean(text: &str) -> String {
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
