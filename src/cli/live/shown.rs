//! What the wearer sees of a live session.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::Notify;

use super::Show;
use super::meter::Meter;
use crate::cli::talk::say;
use crate::coach::{Event, Plan};
use crate::input::Input;
use crate::session::Observer;
use crate::ui::lines::{Form, Transcript};

/// Shows a session, and says what is no event.
pub(super) trait Stage: Observer {
    /// Says something to the wearer.
    fn tell(&mut self, text: &str);

    /// The session is over: what waits is written, the terminal is given back.
    ///
    /// # Errors
    /// That the output is gone.
    fn close(&mut self) -> io::Result<()>;
}

/// The stage of a session. Output that is gone ends the session properly, and is not asked again.
pub(super) struct Shown<'a> {
    stage: Box<dyn Stage + 'a>,
    /// What is no event: that recording failed, what goes on with a sensor.
    news: Receiver<String>,
    gone: Arc<Notify>,
    failure: Option<io::Error>,
}

impl<'a> Shown<'a> {
    pub(super) fn open(show: Show, plan: &'a Plan, news: Receiver<String>) -> Shown<'a> {
        // Not locked: a second Ctrl-C has to find it free.
        let out = io::stdout();
        let stage: Box<dyn Stage + 'a> = match show {
            Show::Lines => Box::new(Transcript::new(out, Form::Lines, plan)),
            Show::Json => Box::new(Transcript::new(out, Form::Json { all: false }, plan)),
            Show::Meter { is_json } => Box::new(Meter::new(out, is_json, plan)),
            Show::Nothing => Box::new(Dark),
        };
        Shown {
            stage,
            news,
            gone: Arc::new(Notify::new()),
            failure: None,
        }
    }

    /// Comes when nothing can be shown any more.
    pub(super) fn gone(&self) -> Arc<Notify> {
        Arc::clone(&self.gone)
    }

    /// Ends the show. Gives why it could not be shown to its end.
    pub(super) fn close(mut self) -> Option<io::Error> {
        let closed = self.stage.close();
        for text in self.news.try_iter() {
            say(&text);
        }
        self.failure.or(closed.err())
    }

    fn show(&mut self, act: impl FnOnce(&mut (dyn Stage + 'a)) -> io::Result<()>) {
        if self.failure.is_some() {
            return;
        }
        for text in self.news.try_iter() {
            self.stage.tell(&text);
        }
        if let Err(error) = act(self.stage.as_mut()) {
            self.failure = Some(error);
            self.gone.notify_one();
        }
    }
}

impl Observer for Shown<'_> {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        self.show(|stage| stage.input(input));
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.show(|stage| stage.event(event));
        Ok(())
    }
}

impl Stage for Transcript<'_, io::Stdout> {
    fn tell(&mut self, text: &str) {
        say(text);
    }

    fn close(&mut self) -> io::Result<()> {
        io::Write::flush(&mut io::stdout())
    }
}

/// Shows nothing.
struct Dark;

impl Observer for Dark {}

impl Stage for Dark {
    fn tell(&mut self, text: &str) {
        say(text);
    }

    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}
