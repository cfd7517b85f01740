//! How far a file was read: a bar on stderr, only on a terminal and only for what takes longer than a second.

use std::io::{self, IsTerminal, Read};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

const PATIENCE: Duration = Duration::from_secs(1);

/// Whether a bar may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Where it helps.
    Shown,
    /// Never: the command itself writes to the terminal while it reads.
    Silent,
}

/// A file that shows how far it was read.
pub(super) struct Watched<R> {
    inner: R,
    read: u64,
    length: u64,
    began: Instant,
    bar: Option<ProgressBar>,
    is_silent: bool,
}

impl<R> Watched<R> {
    pub(super) fn new(inner: R, length: u64, progress: Progress) -> Watched<R> {
        Watched {
            inner,
            read: 0,
            length,
            began: Instant::now(),
            bar: None,
            is_silent: progress == Progress::Silent || !io::stderr().is_terminal(),
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self) {
        if self.is_silent || self.began.elapsed() < PATIENCE {
            return;
        }
        let length = self.length;
        let bar = self.bar.get_or_insert_with(|| ProgressBar::new(length));
        bar.set_position(self.read);
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.read = self.read.saturating_add(length as u64);
        if length == 0 {
            // The end: results are written next, and a bar must not lie over them.
            self.clear();
            self.is_silent = true;
        }
        self.show();
        Ok(length)
    }
}

/// Does work whose end cannot be foretold, behind a sign of life.
pub(super) fn patiently<T>(message: &'static str, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let (working, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let still_working = |wait| ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout);
            if !still_working(PATIENCE) {
                return;
            }
            let spinner = ProgressBar::new_spinner().with_message(message);
            while still_working(Duration::from_millis(100)) {
                spinner.tick();
            }
            spinner.finish_and_clear();
        });
        let result = work();
        drop(working);
        result
    })
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        self.clear();
    }
}
