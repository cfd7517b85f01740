//! How a live session is told to end: once politely, twice at once.

use std::process;

use tokio::sync::watch;

/// The exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Listens for Ctrl-C, and where the system has them for the signals to terminate and to hang up.
///
/// The first asks the session to end; the second ends the program at once: the terminal is given back, and the recording
/// reads up to its last line as it is.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    asked: watch::Receiver<bool>,
}

impl Ending {
    /// Begins to listen. `restore` gives the terminal back; it is called from another thread.
    pub(super) fn listen(restore: fn()) -> Ending {
        let (ask, asked) = watch::channel(false);
        tokio::spawn(async move {
            let Some(mut signals) = Signals::open() else {
                // Then Ctrl-C ends the program by the system's own way.
                return;
            };
            loop {
                signals.next().await;
                if ask.send_replace(true) {
                    restore();
                    process::exit(INTERRUPTED);
                }
            }
        });
        Ending { asked }
    }

    /// Comes when the session is to end.
    pub(super) async fn asked(&self) {
        let mut asked = self.asked.clone();
        if asked.wait_for(|is_asked| *is_asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    /// Kept and never asked: a file that grew to its limit is then an error of the write, and the session goes on.
    _file_size: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn open() -> Option<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Signals {
            interrupt: signal(SignalKind::interrupt()).ok()?,
            terminate: signal(SignalKind::terminate()).ok()?,
            hang_up: signal(SignalKind::hangup()).ok()?,
            _file_size: FILE_SIZE.and_then(|number| signal(SignalKind::from_raw(number)).ok()),
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// The number of SIGXFSZ, where it is known.
#[cfg(unix)]
const FILE_SIZE: Option<i32> = if cfg!(any(
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

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn open() -> Option<Signals> {
        Some(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
