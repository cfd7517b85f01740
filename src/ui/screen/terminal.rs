//! The terminal itself: taken whole, given back whatever happens.
//!
//! There is one terminal in a process, so that whether it is taken is the process's to know: a panic anywhere gives it
//! back before a word of it is written.

use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::style::ResetColor;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{execute, queue};

/// Whether the terminal is taken now.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Held by whoever writes to the terminal, so that it is never given back in the middle of a picture.
static WRITING: Mutex<()> = Mutex::new(());

/// A terminal that takes nothing, as over a dead connection, is waited for no longer than this.
const PATIENCE: Duration = Duration::from_millis(500);

/// The whole terminal, until dropped.
#[derive(Debug)]
pub(super) struct Taken(());

impl Taken {
    /// Takes it: raw keys, a screen of our own, no cursor.
    ///
    /// # Errors
    /// That it is no terminal, or does not do as it is told.
    pub(super) fn take() -> io::Result<Taken> {
        let _writing = wait_for_writing();
        enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let taken = Taken(());
        // Fails as a whole: `taken` gives back what there is.
        let entered = execute!(io::stdout(), EnterAlternateScreen, Hide);
        drop(_writing);
        entered.map(|()| taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, once; where it is not taken, nothing happens.
pub fn give_back() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Even if nothing can be written, keys work again.
    let writing = try_writing();
    if writing.is_some() {
        let mut stdout = io::stdout();
        let _ = queue!(stdout, ResetColor, LeaveAlternateScreen, Show);
        let _ = stdout.flush();
    }
    let _ = disable_raw_mode();
}

/// From now on a panic anywhere gives the terminal back before it is reported, and one that `is_harmless` is not
/// reported at all: it belongs to a library's background task, which is not missed.
pub fn give_back_on_panic(
    is_harmless: impl Fn(&PanicHookInfo<'_>) -> bool + Send + Sync + 'static,
) {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if is_harmless(panic) {
            return;
        }
        give_back();
        report(panic);
    }));
}

fn wait_for_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn try_writing() -> Option<MutexGuard<'static, ()>> {
    let until = Instant::now() + PATIENCE;
    loop {
        match WRITING.try_lock() {
            Ok(writing) => return Some(writing),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return None,
        }
    }
}

/// Gathers a picture and writes it in one go, and only while the terminal is taken.
#[derive(Debug, Default)]
pub(super) struct Gathered(Vec<u8>);

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.0);
        if bytes.is_empty() {
            return Ok(());
        }
        let _writing = wait_for_writing();
        if !IS_TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(&bytes)?;
        stdout.flush()
    }
}
