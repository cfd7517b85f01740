//! Whose turn it is at the terminal.
//!
//! Where several programs share a terminal, the system halts one in the background as soon as it reads keys or changes
//! how the terminal works (SIGTTIN, SIGTTOU). A session that was sent there goes on, and listens again once it is back.

use std::io::{self, Read, Stdin};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
#[cfg(unix)]
use std::sync::atomic::Ordering;

/// How soon a program notices that it is in the foreground again, and that nobody wants to read any more.
#[cfg(unix)]
pub const LOOK_UP: std::time::Duration = std::time::Duration::from_millis(500);

/// Whether stdin may be asked: it is no terminal, or one that is this program's now.
#[cfg(unix)]
pub fn may_ask(stdin: &Stdin) -> bool {
    // A terminal that does not watch over jobs halts nobody.
    rustix::termios::tcgetpgrp(stdin).map_or(true, |group| group == rustix::process::getpgrp())
}

/// Whether stdin may be asked: here always.
#[cfg(not(unix))]
pub fn may_ask(_stdin: &Stdin) -> bool {
    true
}

/// Stdin, read only while it may be.
#[derive(Debug)]
pub struct Patient {
    stdin: Stdin,
    /// Set once nobody wants to read any more.
    over: Arc<AtomicBool>,
}

impl Patient {
    /// The stdin of this process.
    pub fn stdin() -> Patient {
        Patient {
            stdin: io::stdin(),
            over: Arc::default(),
        }
    }

    /// Comes to its end soon after `over` is set, so that what is typed later is left to others.
    #[must_use]
    pub fn until(self, over: Arc<AtomicBool>) -> Patient {
        Patient { over, ..self }
    }
}

#[cfg(unix)]
impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let stdin = &self.stdin;
        while !(may_ask(stdin) && self.has_something()? && may_ask(stdin)) {
            if !may_ask(stdin) {
                std::thread::sleep(LOOK_UP);
            }
            if self.over.load(Ordering::Relaxed) {
                return Ok(0);
            }
        }
        // Past the buffer of `Stdin`, whose content nobody could wait for.
        Ok(rustix::io::read(stdin, buffer)?)
    }
}

#[cfg(unix)]
impl Patient {
    /// Waits for a while; a read would not.
    fn has_something(&self) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let wait = Timespec::try_from(LOOK_UP).ok();
        let ready = poll(
            &mut [PollFd::new(&self.stdin, PollFlags::IN)],
            wait.as_ref(),
        );
        Ok(ready? > 0)
    }
}

/// How soon a program notices that nobody wants to read any more.
#[cfg(not(unix))]
pub const LOOK_UP: std::time::Duration = std::time::Duration::from_millis(500);

#[cfg(not(unix))]
impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stdin.read(buffer)
    }
}
