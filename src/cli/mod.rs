//! The command line: one command per file.
//!
//! Manners, the same for every command: results on stdout, talk on stderr; no color and no progress bar without a
//! terminal; text that came from a file or a device loses its control characters before a terminal sees it; a closed
//! pipe ends quietly. What happened is said once, here, and the exit code (`Outcome`) says it again to scripts.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::session::SessionError;
use crate::sources::SourceError;
use crate::sources::ble::{self, BleError};

mod checks;
mod coach;
mod completions;
mod diagnosis;
mod diary;
mod doctor;
mod exercises;
mod export;
mod home;
mod import;
mod live;
mod opened;
mod output;
mod posture;
mod programmes;
mod progress;
mod questions;
mod radio;
mod record;
mod recover;
mod replay;
mod report;
mod run;
mod scan;
mod sensors;
mod sessions;
mod simulate;
mod table;
mod talk;
mod verify;
mod wearer;

/// A wearable back coach: counts exercise repetitions from a motion sensor, checks the form, records, replays, reports.
#[derive(Debug, Parser)]
#[command(name = "backcoach", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Coach(coach::Coach),
    Posture(posture::Posture),
    Record(record::Record),
    Sessions(sessions::Sessions),
    Scan(scan::Scan),
    Doctor(doctor::Doctor),
    Report(report::Report),
    Replay(replay::Replay),
    Verify(verify::Verify),
    Recover(recover::Recover),
    Simulate(simulate::Simulate),
    Import(import::Import),
    Export(export::Export),
    Exercises(exercises::Exercises),
    Programmes(programmes::Programmes),
    Sensors(sensors::Sensors),
    Completions(completions::Completions),
    Man(completions::Man),
}

/// The end of every help text.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed
  2  wrong usage
  3  done, but data was lost or is missing
  4  a check that was asked for was not met
  5  no adapter, permission or sensor
  130  interrupted";

/// How a command ended, where it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Everything was done.
    Done,
    /// It was done, but data was lost or is missing.
    DataLost,
    /// A check that was asked for was not met.
    NotMet,
    /// Ctrl-C.
    Interrupted,
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::DataLost => 3,
            Outcome::NotMet => 4,
            Outcome::Interrupted => 130,
        }
    }

    /// The outcome of two things done one after the other.
    fn and(self, other: Outcome) -> Outcome {
        match (self, other) {
            (Outcome::Done, other) => other,
            (this, Outcome::Done) => this,
            (Outcome::DataLost, other) => other,
            (this, _) => this,
        }
    }
}

/// Wrong usage that only shows once a file was looked at.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// The whole program: reads the arguments, does the command, says what went wrong.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no reason to fail here either.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    pass_over_harmless_panics();
    let result = cli.command.run();
    match result.and_then(|outcome| io::stdout().flush().map(|()| outcome).map_err(Into::into)) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            talk::error(&error);
            ExitCode::from(failure(&error))
        }
    }
}

/// bluez-async may panic in the background, to no effect; everything else is told as ever.
fn pass_over_harmless_panics() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !ble::is_harmless_panic(info) {
            tell(info);
        }
    }));
}

impl Command {
    fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Command::Coach(command) => command.run(),
            Command::Posture(command) => command.run(),
            Command::Record(command) => command.run(),
            Command::Sessions(command) => command.run(),
            Command::Scan(command) => command.run(),
            Command::Doctor(command) => command.run(),
            Command::Report(command) => command.run(),
            Command::Replay(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Recover(command) => command.run(),
            Command::Simulate(command) => command.run(),
            Command::Import(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Exercises(command) => command.run(),
            Command::Programmes(command) => command.run(),
            Command::Sensors(command) => command.run(),
            Command::Completions(command) => command.run(Cli::command()),
            Command::Man(command) => command.run(Cli::command()),
        }
    }
}

/// The exit code of what went wrong.
fn failure(error: &anyhow::Error) -> u8 {
    let is_of_radio = |cause: &(dyn std::error::Error + 'static)| {
        // Errors that pass another one through hide it from the chain.
        let of_source = |source: &SourceError| matches!(source, SourceError::Ble(_));
        cause.is::<BleError>()
            || cause.is::<scan::NothingHeard>()
            || cause.downcast_ref().is_some_and(of_source)
            || matches!(cause.downcast_ref(), Some(SessionError::Source(source)) if of_source(source))
    };
    if error.chain().any(|cause| cause.is::<Usage>()) {
        2
    } else if error.chain().any(is_of_radio) {
        5
    } else {
        1
    }
}

/// Whoever read our output has had enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        let csv_pipe = |error: &csv::Error| match error.kind() {
            csv::ErrorKind::Io(error) => is_pipe(error),
            _ => false,
        };
        cause.downcast_ref().is_some_and(is_pipe) || cause.downcast_ref().is_some_and(csv_pipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_help_ends_with_an_example_and_the_exit_codes() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            assert!(help.contains("Example"), "{}", command.get_name());
            assert!(help.ends_with("130  interrupted"), "{}", command.get_name());
        }
    }

    #[test]
    fn a_radio_that_fails_ends_with_5_wherever_it_does() {
        let error = || BleError::NoAdapter;
        let of_session = SessionError::Source(SourceError::Ble(error()));
        assert_eq!(failure(&error().into()), 5);
        assert_eq!(failure(&SourceError::Ble(error()).into()), 5);
        assert_eq!(failure(&of_session.into()), 5);
        assert_eq!(failure(&anyhow::anyhow!("something else")), 1);
        assert_eq!(failure(&Usage("wrong".to_owned()).into()), 2);
    }

    #[test]
    fn a_check_not_met_weighs_more_than_lost_data() {
        assert_eq!(Outcome::DataLost.and(Outcome::NotMet), Outcome::NotMet);
        assert_eq!(Outcome::NotMet.and(Outcome::DataLost), Outcome::NotMet);
        assert_eq!(Outcome::Done.and(Outcome::DataLost), Outcome::DataLost);
    }
}
