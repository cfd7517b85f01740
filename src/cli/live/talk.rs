//! What is said before a session and after it.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crate::cli::home::{Home, Memory};
use crate::cli::sessions;
use crate::cli::talk::say;
use crate::report::Report;

/// Said before the first session (exercises.md 6.3).
const FIRST: &str = "\
This program is for general fitness. It cannot tell whether an exercise is right for you. If you have back pain, had \
surgery, are pregnant, or have osteoporosis, a heart or nerve condition, ask a health professional first.";

/// Said before the first session, and when something hurts (exercises.md 6.3).
const RED_FLAGS: &str = "\
Do not exercise now, and seek urgent medical care, if you have new numbness around the groin, inner thighs or seat; new \
trouble starting, holding or feeling bladder or bowel; or new or worsening weakness or pain in both legs.
Contact a doctor soon for pain after a fall or accident, or with osteoporosis or long-term steroids; with fever or \
feeling very unwell; new back pain after cancer; pain that is constant, worse lying down and disturbs sleep; or weight \
loss without a reason.";

/// Said when something hurt (exercises.md 6.3).
const PAIN: &str = "\
You said that it hurts. Rest. If it does not settle, or you feel numbness, tingling or weakness in a leg, contact a \
professional.";

/// So long the text of the first session can be read before the screen changes.
const READING_TIME: Duration = Duration::from_secs(8);

/// Says what is to be known before the very first session, once.
pub(super) async fn welcome(home: Option<&Home>, memory: &mut Memory, is_person: bool) {
    if memory.is_first_told {
        return;
    }
    say(FIRST);
    say(RED_FLAGS);
    if is_person && io::stderr().is_terminal() {
        tokio::time::sleep(READING_TIME).await;
    }
    memory.is_first_told = true;
    remember(home, memory);
}

/// Remembers for the next time; that it cannot is said, and no more.
pub(super) fn remember(home: Option<&Home>, memory: &Memory) {
    if let Some(home) = home
        && let Err(error) = home.remember(memory)
    {
        say(&format!(
            "nothing can be remembered for the next time: {error}"
        ));
    }
}

/// Says that sessions wait to be closed, and how: in one line, and nothing is asked.
pub(super) fn offer_to_close(home: &Home) {
    let unfinished = sessions::unfinished(home);
    if unfinished > 0 {
        let sessions = counted(unfinished, "session");
        say(&format!(
            "{sessions} ended without being closed; `backcoach sessions close` closes them and draws their reports"
        ));
    }
}

/// Says what to do about pain.
pub(super) fn about_pain() {
    say(PAIN);
    say(RED_FLAGS);
}

/// What to take home: how many, one good thing, at most two to change. `said` is the wearer's own count, where it differs.
///
/// # Errors
/// That nobody reads it any more.
pub(super) fn sum_up(report: &Report, said: Option<u32>, mut out: impl Write) -> io::Result<()> {
    if report.posture.is_some() {
        writeln!(out, "{}:", report.exercise_name)?;
        return take_home(report, out);
    }
    let counts = &report.counts;
    let said = said.map_or_else(String::new, |said| format!(" ({said} as you say)"));
    writeln!(
        out,
        "{}: {}{said} in {}",
        report.exercise_name,
        counted(counts.counted, "repetition"),
        counted(u32::try_from(report.sets.len()).unwrap_or(u32::MAX), "set"),
    )?;
    if counts.not_seen > 0 {
        let reps = counted(counts.not_seen, "more repetition");
        writeln!(out, "  ? about {reps} not seen: readings were missing")?;
    }
    take_home(report, out)
}

fn take_home(report: &Report, mut out: impl Write) -> io::Result<()> {
    let summary = &report.summary;
    if let Some(text) = &summary.positive {
        writeln!(out, "  + {text}")?;
    }
    for text in &summary.change {
        writeln!(out, "  > {text}")?;
    }
    if let Some(text) = &summary.note {
        writeln!(out, "  {text}")?;
    }
    Ok(())
}

fn counted(number: u32, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}
