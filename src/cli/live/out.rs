//! Stdout, written by a thread of its own.
//!
//! A reader may stop reading: a pager, a terminal halted by Ctrl-S, a program that thinks. The session and its recording
//! go on meanwhile, and what waits is written once it reads again.

use std::io::{self, Write};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Lines that may wait, hours of a session; beyond that nobody is going to read them.
const MOST_WAITING: usize = 1 << 16;

/// At the end of a session a reader that reads is waited for: then its lines stand before what is said last.
const PATIENCE: Duration = Duration::from_millis(300);

/// The thread that writes.
pub(super) struct Out {
    failure: Arc<Mutex<Option<io::Error>>>,
    thread: JoinHandle<()>,
}

/// What goes to the thread, line by line.
pub(super) struct Lines {
    line: Vec<u8>,
    lines: SyncSender<Vec<u8>>,
}

impl Out {
    /// Begins; `gone` comes when nothing can be written any more.
    ///
    /// # Errors
    /// That the thread cannot be had.
    pub(super) fn begin(
        out: impl Write + Send + 'static,
        gone: Arc<Notify>,
    ) -> io::Result<(Out, Lines)> {
        let (lines, waiting) = mpsc::sync_channel::<Vec<u8>>(MOST_WAITING);
        let failure = Arc::new(Mutex::new(None));
        let told = Arc::clone(&failure);
        let mut out = out;
        let work = move || {
            for line in waiting {
                if let Err(error) = out.write_all(&line).and_then(|()| out.flush()) {
                    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    gone.notify_one();
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("out".to_owned()).spawn(work)?;
        let line = Vec::new();
        Ok((Out { failure, thread }, Lines { line, lines }))
    }

    /// Ends once all [`Lines`] are dropped. Gives why writing failed, and what still waits for a slow reader.
    pub(super) fn close(self) -> (Option<io::Error>, Option<JoinHandle<()>>) {
        let until = Instant::now() + PATIENCE;
        while !self.thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(2));
        }
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = failure.take();
        (failure, (!self.thread.is_finished()).then_some(self.thread))
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if self.line.last() == Some(&b'\n') {
            match self.lines.try_send(std::mem::take(&mut self.line)) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    return Err(io::Error::other("nobody reads the output"));
                }
                // The thread knows better why.
                Err(TrySendError::Disconnected(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};

    #[test]
    fn a_reader_that_pauses_holds_up_nobody_and_gets_everything() {
        let (reader, writer) = io::pipe().unwrap();
        let (out, mut lines) = Out::begin(writer, Arc::default()).unwrap();
        for number in 0..20_000 {
            writeln!(lines, "line {number}").unwrap();
        }
        drop(lines);
        let (failure, rest) = out.close();
        assert!(failure.is_none());
        let read: Vec<_> = BufReader::new(reader).lines().map(Result::unwrap).collect();
        rest.unwrap().join().unwrap();
        assert_eq!((read.len(), &*read[19_999]), (20_000, "line 19999"));
    }

    #[tokio::test]
    async fn a_reader_that_is_gone_is_told_of_at_once() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let gone = Arc::new(Notify::new());
        let (out, mut lines) = Out::begin(writer, Arc::clone(&gone)).unwrap();
        writeln!(lines, "one").unwrap();
        gone.notified().await;
        drop(lines);
        let (failure, rest) = out.close();
        assert_eq!(failure.unwrap().kind(), io::ErrorKind::BrokenPipe);
        assert!(rest.is_none());
    }

    #[test]
    fn lines_that_nobody_reads_do_not_fill_the_memory() {
        let (_reader, writer) = io::pipe().unwrap();
        let (_out, mut lines) = Out::begin(writer, Arc::default()).unwrap();
        let mut write = |_| writeln!(lines, "a line that nobody is going to read");
        assert!((0..2 * MOST_WAITING).try_for_each(&mut write).is_err());
    }
}
