//! How a live session is told to end: once politely, twice at once.

use std::process;

use crate::cli::talk::say;
use crate::ui::quit::Quit;
use crate::ui::screen;

/// The exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Listens for Ctrl-C and its like.
///
/// The first asks the session to end; the second ends the program at once: the terminal is given back, and the
/// recording, which needs no end to be read, is left as it is.
pub(super) fn listen() -> Quit {
    let quit = Quit::new();
    if let Err(error) = quit.follow_signals() {
        say(&format!("Ctrl-C will end the program at once: {error}"));
    }
    survive_full_files();
    let insisting = quit.clone();
    tokio::spawn(async move {
        insisting.insisted().await;
        screen::give_back();
        process::exit(INTERRUPTED);
    });
    quit
}

/// A file that grew to the limit the system sets is an error of the write, and no end of the process: the session
/// goes on without its recording.
fn survive_full_files() {
    #[cfg(unix)]
    if let Some(number) = FILE_SIZE_EXCEEDED {
        use tokio::signal::unix::{SignalKind, signal};
        // Caught once, it stays caught. Where it cannot be, it is as rare as ever.
        drop(signal(SignalKind::from_raw(number)));
    }
}

/// The number of SIGXFSZ, where it is known.
#[cfg(unix)]
const FILE_SIZE_EXCEEDED: Option<i32> = if cfg!(any(
    target_os = "macos",
    all(
        target_os = "linux",
        any(
            target_arch = "x86",
            target_arch = "x86_64",
            target_arch = "arm",
            target_arch = "aarch64"
        )
    )
)) {
    Some(25)
} else {
    None
};
