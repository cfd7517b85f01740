//! What is said before a session and after it.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use super::{Show, Watched};
use crate::cli::home::{Home, Memory};
use crate::cli::sessions;
use crate::cli::talk::say;
use crate::coach::{Plan, Setup, SetupStep};
use crate::exercise::Kind;
use crate::programme::safety::{FIRST, PAIN, RED_FLAGS};
use crate::report::Report;
use crate::ui::keys;
use crate::ui::lines::step_in_words;

/// So long the text of the first session can be read before lines follow it.
const READING_TIME: Duration = Duration::from_secs(8);

/// So long it can be read before the screen takes its place; Enter goes on sooner.
const SCREEN_TIME: Duration = Duration::from_secs(12);

/// So many files are named.
const MOST_NAMED: usize = 3;

/// Says what a person is to know before the very first session, once. It was told when it could be read to its end.
pub(super) async fn welcome(home: Option<&Home>, memory: &mut Memory, show: Show, is_person: bool) {
    if memory.is_first_told || !is_person {
        return;
    }
    say(FIRST);
    say(RED_FLAGS);
    if matches!(show, Show::Screen { .. }) {
        let seconds = SCREEN_TIME.as_secs();
        say(&format!(
            "Enter goes on; in {seconds} s it goes on by itself."
        ));
        // A thread of its own, for it waits. Where it cannot be had, nobody waits.
        let _ = tokio::task::spawn_blocking(|| keys::wait_for_enter(SCREEN_TIME)).await;
    } else if io::stderr().is_terminal() {
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
    if !unfinished.is_empty() {
        say(&offer(&unfinished));
    }
}

fn offer(unfinished: &[PathBuf]) -> String {
    let sessions = counted(
        u32::try_from(unfinished.len()).unwrap_or(u32::MAX),
        "session",
    );
    let (them, reports) = match unfinished.len() {
        1 => ("it", "its report"),
        _ => ("them", "their reports"),
    };
    let named = unfinished.iter().rev().take(MOST_NAMED);
    let mut names: Vec<String> = named.map(|file| file.display().to_string()).collect();
    let others = unfinished.len().saturating_sub(MOST_NAMED);
    if others > 0 {
        names.push(format!("and {others} more"));
    }
    format!(
        "{sessions} ended without being closed; `backcoach sessions close` closes {them} and draws {reports}: {}",
        names.join(", ")
    )
}

/// Says how a session that shows no keys is ended, and what its set-up is where nobody leads it.
pub(super) fn how_to_end(plan: &Plan, watched: Watched) {
    let what = match watched {
        // The coach leads, and its screen names the keys.
        Watched::Coaching => return,
        Watched::Posture => "Watching",
        Watched::Sensors => "Recording",
    };
    say(&format!("{what}. Ctrl-C, or q and Enter, ends it."));
    if watched == Watched::Sensors && plan.setup == Setup::Guided {
        moves(plan).iter().for_each(|line| say(line));
    }
}

fn moves(plan: &Plan) -> Vec<String> {
    let steps: &[SetupStep] = match plan.exercise.kind {
        Kind::Reps => &[
            SetupStep::StandStill,
            SetupStep::BendOnce,
            SetupStep::HoldStartPose,
        ],
        Kind::Hold => &[SetupStep::StandStill, SetupStep::BendOnce],
        Kind::Auto => return Vec::new(),
        Kind::Posture => &[SetupStep::SitTall, SetupStep::Slump],
    };
    let step = |(step, number): (&SetupStep, u32)| {
        let pose = match step {
            SetupStep::HoldStartPose => format!(": {}", plan.exercise.pose.description),
            _ => String::new(),
        };
        format!("  {number}. {}{pose}", step_in_words(*step))
    };
    std::iter::once(
        "First the set-up, one after the other, with three still seconds between:".to_owned(),
    )
    .chain(steps.iter().zip(1..).map(step))
    .collect()
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LINES: Show = Show::Lines { is_mute: true };

    #[tokio::test(start_paused = true)]
    async fn only_a_person_is_told_first_and_remembered_as_told() {
        let mut memory = Memory::default();
        welcome(None, &mut memory, LINES, false).await;
        assert!(!memory.is_first_told);
        welcome(None, &mut memory, LINES, true).await;
        assert!(memory.is_first_told);
    }

    #[test]
    fn sessions_to_be_closed_are_named_the_latest_first() {
        let files: Vec<PathBuf> = (1..=5).map(|file| format!("{file}.jsonl").into()).collect();
        assert!(offer(&files[..1]).ends_with("closes it and draws its report: 1.jsonl"));
        assert!(offer(&files).ends_with("their reports: 5.jsonl, 4.jsonl, 3.jsonl, and 2 more"));
    }

    #[test]
    fn the_moves_of_a_set_up_that_nobody_leads_are_listed() {
        let plan: Plan =
            serde_json::from_str(include_str!("../../recording/test_plan.json")).unwrap();
        let moves = moves(&plan);
        assert_eq!(moves.len(), 4);
        assert!(moves[1].ends_with("1. stand still"), "{moves:?}");
    }
}
