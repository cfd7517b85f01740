//! How far a file was read: a bar on stderr, only on a terminal and only for what takes longer than a second.

use std::io::{self, IsTerminal, Read};
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
        self.show();
        Ok(length)
    }
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
