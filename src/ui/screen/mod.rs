//! The whole terminal: a count that is read at three meters, and what goes with it.
//!
//! ```text
//! Input, Event ─► state ─► view ─► draw ─► terminal
//!                 (folded)  (what is shown)   (a thread of its own, so that a slow terminal holds up nothing)
//! ```
//!
//! State, view and drawing are plain functions without clock or terminal, tested on a buffer.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::bell::Bells;
use super::foreground::may_ask;
use super::signal::{Links, Signal};
use crate::coach::{Event, Plan};
use crate::input::Input;
use crate::session::Observer;

// What is shown, on cells.
mod draw;
// The thread that draws.
mod painter;
// What happened, folded.
mod state;
// What the exercise asks of its angle.
mod target;
// The terminal, taken and given back.
mod terminal;
// What is shown, as plain data.
mod view;

pub use state::Recording;
pub use terminal::{give_back, give_back_on_panic};

use state::State;

/// How a screen is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The wearer does not exist: every picture says so.
    pub synthetic: bool,
    /// No bells.
    pub quiet: bool,
    /// Colors, where the terminal has them.
    pub color: bool,
}

/// Whether the whole terminal can be used: in and out are terminals, not dumb ones, and not lent to another program.
pub fn is_wanted() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let stdin = io::stdin();
    stdin.is_terminal() && io::stdout().is_terminal() && !is_dumb && may_ask(&stdin)
}

/// Whether colors are wanted: not where `NO_COLOR` says otherwise (<https://no-color.org>).
pub fn is_color_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// What the session and its screen share.
#[derive(Debug)]
struct Shared {
    scene: Mutex<Scene>,
    changed: Condvar,
}

/// What is known, and what is asked of the one who draws.
#[derive(Debug)]
struct Scene {
    state: State,
    bells: Option<Bells>,
    links: Links,
    is_changed: bool,
    /// It cannot wait for the next picture's turn.
    is_pressing: bool,
    is_over: bool,
}

impl Shared {
    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, is_pressing: bool, how: impl FnOnce(&mut Scene)) {
        let mut scene = self.scene();
        how(&mut scene);
        // Who already waits for a picture's turn is not woken by each sample.
        let is_news = is_pressing || !scene.is_changed;
        scene.is_changed = true;
        scene.is_pressing |= is_pressing;
        drop(scene);
        if is_news {
            self.changed.notify_one();
        }
    }
}

/// Lets other tasks tell the wearer something. Cheap to clone; does nothing once the screen is gone.
#[derive(Clone, Debug)]
pub struct Notes(Arc<Shared>);

impl Notes {
    /// A line of talk, shown for a while: reconnecting and the like.
    pub fn say(&self, text: &str) {
        self.0.change(false, |scene| scene.state.note(text));
    }

    /// Whether the session is being recorded; shown until said otherwise.
    pub fn recording(&self, recording: Recording) {
        self.0
            .change(false, |scene| scene.state.set_recording(recording));
    }
}

/// A screen over the whole terminal; dropped, the terminal is as before.
#[derive(Debug)]
pub struct Screen {
    shared: Arc<Shared>,
    painter: Option<JoinHandle<()>>,
    terminal: Option<terminal::Taken>,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// Call [`give_back_on_panic`] before, so that a panic is readable.
    ///
    /// # Errors
    /// That the terminal cannot be taken; it is then as before.
    pub fn open(plan: &Plan, options: Options) -> io::Result<Screen> {
        let shared = Arc::new(Shared {
            scene: Mutex::new(Scene {
                state: State::new(plan, options.synthetic),
                bells: (!options.quiet).then(Bells::default),
                links: Links::default(),
                is_changed: true,
                is_pressing: true,
                is_over: false,
            }),
            changed: Condvar::new(),
        });
        let theme = draw::Theme::of_terminal(options.color);
        let terminal = terminal::Taken::take()?;
        let painter = painter::start(Arc::clone(&shared), theme)?;
        Ok(Screen {
            shared,
            painter: Some(painter),
            terminal: Some(terminal),
        })
    }

    /// A line of talk, shown for a while.
    pub fn note(&mut self, text: &str) {
        self.notes().say(text);
    }

    /// A handle by which other tasks tell the wearer something.
    pub fn notes(&self) -> Notes {
        Notes(Arc::clone(&self.shared))
    }
}

impl Observer for Screen {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        self.shared.change(false, |scene| scene.state.input(input));
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.shared.change(is_pressing(event), |scene| {
            let signal = scene.links.signal(event);
            if let (Some(bells), Some(signal)) = (&mut scene.bells, signal) {
                bells.ring(signal, Instant::now());
            }
            scene.state.event(event);
        });
        Ok(())
    }
}

/// Whether it is one of the few things that are shown at once; what comes with every sample or packet is not.
fn is_pressing(event: &Event) -> bool {
    Signal::of(event).is_some() || matches!(event, Event::Phase { .. } | Event::Setup { .. })
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.shared.change(true, |scene| scene.is_over = true);
        if let Some(painter) = self.painter.take() {
            wait_for(&painter);
        }
        drop(self.terminal.take());
    }
}

/// Waits for the last picture, but not for a terminal that takes nothing.
fn wait_for(painter: &JoinHandle<()>) {
    let until = Instant::now() + Duration::from_millis(300);
    while !painter.is_finished() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
}
