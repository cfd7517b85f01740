//! The wish to end the session, whichever way it comes: a key, a line, a signal. The first ends it cleanly, the second
//! at once.

use std::io;
use std::sync::Arc;

use tokio::sync::watch;

/// Counts how often the wearer asked to end. Cheap to clone; every clone counts the same.
#[derive(Clone, Debug)]
pub struct Quit(Arc<watch::Sender<Asked>>);

#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    times: u32,
    /// Ctrl-C or a signal was among them: the wearer did not simply come to the end.
    is_interrupt: bool,
}

impl Default for Quit {
    fn default() -> Quit {
        Quit(Arc::new(watch::Sender::new(Asked::default())))
    }
}

impl Quit {
    /// Nobody has asked yet.
    pub fn new() -> Quit {
        Quit::default()
    }

    /// Asks, once more.
    pub fn ask(&self) {
        self.0
            .send_modify(|asked| asked.times = asked.times.saturating_add(1));
    }

    /// Asks, once more, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.0.send_modify(|asked| asked.is_interrupt = true);
        self.ask();
    }

    /// Asks as a signal does that may come twice without anybody meaning more by it: it never insists.
    ///
    /// A terminal that is closed hangs up once by its shell and once more by the system, and service managers send
    /// several signals in a row.
    pub fn hang_up(&self) {
        self.0.send_modify(|asked| {
            asked.is_interrupt = true;
            asked.times = asked.times.max(1);
        });
    }

    /// How often it was asked.
    pub fn times(&self) -> u32 {
        self.0.borrow().times
    }

    /// Whether it was Ctrl-C or a signal that asked.
    pub fn is_interrupt(&self) -> bool {
        self.0.borrow().is_interrupt
    }

    /// Waits until it was asked: end cleanly.
    pub async fn asked(&self) {
        self.reaches(1).await;
    }

    /// Waits until it was asked again: end at once.
    pub async fn insisted(&self) {
        self.reaches(2).await;
    }

    async fn reaches(&self, least: u32) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self
            .0
            .subscribe()
            .wait_for(|asked| asked.times >= least)
            .await;
    }

    /// From now on the system's signals ask too: interrupt, terminate, hang up. Each of them is no longer the end of
    /// the process by itself.
    ///
    /// # Errors
    /// That the system gives no signals; they then end the process as ever.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn follow_signals(&self) -> io::Result<()> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            for (kind, may_insist) in [
                (SignalKind::interrupt(), true),
                (SignalKind::terminate(), true),
                (SignalKind::hangup(), false),
            ] {
                let mut coming = signal(kind)?;
                let quit = self.clone();
                tokio::spawn(async move {
                    while coming.recv().await.is_some() {
                        if may_insist {
                            quit.interrupt();
                        } else {
                            quit.hang_up();
                        }
                    }
                });
            }
        }
        #[cfg(not(unix))]
        {
            let quit = self.clone();
            tokio::spawn(async move {
                while tokio::signal::ctrl_c().await.is_ok() {
                    quit.interrupt();
                }
            });
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_time_is_not_the_first() {
        let quit = Quit::new();
        let other = quit.clone();
        other.ask();
        quit.asked().await;
        let wait = tokio::time::timeout(std::time::Duration::from_millis(5), quit.insisted());
        assert!(wait.await.is_err(), "once is not twice");
        other.ask();
        quit.insisted().await;
        assert_eq!(quit.times(), 2);
    }

    #[test]
    fn a_terminal_that_goes_hangs_up_twice_and_means_it_once() {
        let quit = Quit::new();
        quit.hang_up();
        quit.hang_up();
        assert_eq!((quit.times(), quit.is_interrupt()), (1, true));
    }
}
