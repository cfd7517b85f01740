//! The thread that draws and rings: the only one that writes to the terminal while it is taken.

use std::io::{self, Write};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;

use super::draw::{self, Theme};
use super::terminal::Gathered;
use super::view::View;
use super::{Scene, Shared};

/// Shortest time between two pictures: 20 a second are enough for the eye and cost next to nothing.
const FRAME: Duration = Duration::from_millis(50);

/// How soon a new size of the terminal is noticed where nothing else changes.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Begins to draw, until the scene is over or the terminal is gone.
pub(super) fn start(shared: Arc<Shared>, theme: Theme) -> io::Result<JoinHandle<()>> {
    let mut painter = Painter::new(theme)?;
    std::thread::Builder::new()
        .name("screen".into())
        .spawn(move || {
            // A terminal that is gone ends the drawing, never the session: that has a recording to finish.
            let _ = painter.paint(&shared);
        })
}

struct Painter {
    terminal: Terminal<CrosstermBackend<Gathered>>,
    theme: Theme,
    shown: Option<(View, Size)>,
    looked_at: Option<Instant>,
}

/// What is to be done next.
struct Work {
    view: Option<View>,
    is_bell_due: bool,
    is_over: bool,
}

impl Painter {
    fn new(theme: Theme) -> io::Result<Painter> {
        Ok(Painter {
            terminal: Terminal::new(CrosstermBackend::new(Gathered::default()))?,
            theme,
            shown: None,
            looked_at: None,
        })
    }

    fn paint(&mut self, shared: &Shared) -> io::Result<()> {
        loop {
            let work = self.next(shared);
            if work.is_bell_due {
                let out = self.terminal.backend_mut();
                out.write_all(b"\x07")?;
                Write::flush(out)?;
            }
            if let Some(view) = work.view {
                self.show(view)?;
            }
            if work.is_over {
                return Ok(());
            }
        }
    }

    /// Waits until there is something to do.
    fn next(&self, shared: &Shared) -> Work {
        let began = Instant::now();
        let mut scene = shared.scene();
        loop {
            let now = Instant::now();
            let is_bell_due = scene.bells.as_mut().is_some_and(|bells| bells.strike(now));
            let is_frame_due = self.looked_at.is_none_or(|drawn| drawn + FRAME <= now);
            let is_size_due = began + LOOK_UP <= now;
            let is_view_due = scene.is_over
                || scene.is_pressing
                || is_size_due
                || (scene.is_changed && is_frame_due);
            if is_bell_due || is_view_due {
                scene.is_changed &= !is_view_due;
                scene.is_pressing &= !is_view_due;
                return Work {
                    view: is_view_due.then(|| scene.state.view()),
                    is_bell_due,
                    is_over: scene.is_over,
                };
            }
            let wait = self.wait(&scene, began).saturating_duration_since(now);
            scene = shared.changed.wait_timeout(scene, wait).map_or_else(
                |poisoned| PoisonError::into_inner(poisoned).0,
                |(scene, _)| scene,
            );
        }
    }

    fn wait(&self, scene: &Scene, began: Instant) -> Instant {
        let look_up = began + LOOK_UP;
        let frame = self
            .looked_at
            .filter(|_| scene.is_changed)
            .map_or(look_up, |drawn| drawn + FRAME);
        let bell = scene.bells.as_ref().and_then(|bells| bells.next());
        bell.unwrap_or(look_up).min(frame).min(look_up)
    }

    /// Draws what differs from what is shown.
    fn show(&mut self, view: View) -> io::Result<()> {
        self.looked_at = Some(Instant::now());
        let size = self.terminal.size()?;
        let wanted = Some((view, size));
        if self.shown == wanted {
            return Ok(());
        }
        if let Some((view, _)) = &wanted {
            self.terminal
                .draw(|frame| draw::draw(view, self.theme, frame.area(), frame.buffer_mut()))?;
        }
        self.shown = wanted;
        Ok(())
    }
}
