//! Whose turn it is at the terminal.
//!
//! Where several programs share a terminal, the system halts one in the background as soon as it reads keys or changes
//! how the terminal works (SIGTTIN, SIGTTOU). A session that was sent there goes on, and listens again once it is back.

use std::io::{self, Read, Stdin};

/// How soon a program notices that it is in the foreground again.
#[cfg(unix)]
const LOOK_UP: std::time::Duration = std::time::Duration::from_millis(500);

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
pub struct Patient(Stdin);

impl Patient {
    /// The stdin of this process.
    pub fn stdin() -> Patient {
        Patient(io::stdin())
    }
}

#[cfg(unix)]
impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !(may_ask(&self.0) && self.has_something()? && may_ask(&self.0)) {
            if !may_ask(&self.0) {
                std::thread::sleep(LOOK_UP);
            }
        }
        // Past the buffer of `Stdin`, whose content nobody could wait for.
        Ok(rustix::io::read(&self.0, buffer)?)
    }
}

#[cfg(unix)]
impl Patient {
    /// Waits for a while; a read would not.
    fn has_something(&self) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let wait = Timespec::try_from(LOOK_UP).ok();
        let ready = poll(&mut [PollFd::new(&self.0, PollFlags::IN)], wait.as_ref());
        Ok(ready? > 0)
    }
}

#[cfg(not(unix))]
impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}
