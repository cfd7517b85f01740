//! What is said to people: on stderr, and without anything that could steer their terminal.

use std::io::Write;

pub(super) use crate::ui::clean;

/// Says something on stderr. Nobody listening is no reason to fail.
pub(super) fn say(text: &str) {
    let mut stderr = std::io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(stderr, "{}", clean(line));
    }
}

/// Says why a command failed, with its causes.
pub(super) fn error(error: &anyhow::Error) {
    say(&format!("error: {}", with_causes(error)));
}

/// An error with its causes, each said once.
pub(super) fn with_causes(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Some errors already name their cause.
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}
