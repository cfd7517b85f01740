//! What the wearer sees of a live session.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

use tokio::sync::Notify;

use super::Show;
use super::meter::Meter;
use super::out::{self, Out};
use crate::cli::talk::{clean, say};
use crate::coach::{Event, Plan};
use crate::input::Input;
use crate::session::Observer;
use crate::ui::bell::Ringer;
use crate::ui::lines::{Form, Transcript};
use crate::ui::screen::{self, Recording, Screen};

/// What the wearer is told that is no event.
#[derive(Clone, Debug)]
pub(super) enum News {
    /// What goes on with a sensor, and the like.
    Talk(String),
    /// The session is not recorded, and why.
    NotRecorded(String),
}

/// Shows a session, and says what is no event.
pub(super) trait Stage: Observer {
    /// Tells the wearer something.
    fn tell(&mut self, news: News) {
        let (News::Talk(text) | News::NotRecorded(text)) = news;
        say(&text);
    }

    /// The session is over: what waits is written, the terminal is given back.
    ///
    /// # Errors
    /// That the output is gone.
    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The stage of a session. Output that is gone ends the session properly, and is not asked again.
pub(super) struct Shown<'a> {
    stage: Box<dyn Stage + 'a>,
    out: Option<Out>,
    news: Receiver<News>,
    gone: Arc<Notify>,
    failure: Option<io::Error>,
}

impl<'a> Shown<'a> {
    pub(super) fn open(
        show: Show,
        plan: &'a Plan,
        synthetic: bool,
        news: Receiver<News>,
    ) -> io::Result<Shown<'a>> {
        let gone = Arc::new(Notify::new());
        let begin = || Out::begin(io::stdout(), Arc::clone(&gone));
        let (stage, out): (Box<dyn Stage + 'a>, _) = match show {
            Show::Screen { is_mute } => {
                let screen = WholeTerminal::open(plan, synthetic, is_mute)?;
                (Box::new(screen), None)
            }
            Show::Lines { is_mute } => {
                let (out, lines) = begin()?;
                let lines = Lines {
                    transcript: Transcript::new(lines, Form::Lines, plan),
                    bell: Ringer::open(is_mute),
                };
                (Box::new(lines), Some(out))
            }
            Show::Json => {
                let (out, lines) = begin()?;
                let transcript = Transcript::new(lines, Form::Json { all: false }, plan);
                (Box::new(transcript), Some(out))
            }
            Show::Meter { is_json } => {
                let (out, lines) = begin()?;
                (Box::new(Meter::new(lines, is_json, plan)), Some(out))
            }
            Show::Nothing => (Box::new(Dark), None),
        };
        Ok(Shown {
            stage,
            out,
            news,
            gone,
            failure: None,
        })
    }

    /// Comes when nothing can be shown any more.
    pub(super) fn gone(&self) -> Arc<Notify> {
        Arc::clone(&self.gone)
    }

    /// Ends the show. Gives why it could not be shown to its end, and what still waits for a slow reader.
    pub(super) fn close(mut self) -> (Option<io::Error>, Option<JoinHandle<()>>) {
        let closed = self.stage.close();
        drop(self.stage);
        let (gone, rest) = self.out.map_or((None, None), Out::close);
        for News::Talk(text) | News::NotRecorded(text) in self.news.try_iter() {
            say(&text);
        }
        // The first of them is the cause of the others.
        (gone.or(self.failure).or(closed.err()), rest)
    }

    fn show(&mut self, act: impl FnOnce(&mut (dyn Stage + 'a)) -> io::Result<()>) {
        if self.failure.is_some() {
            return;
        }
        for news in self.news.try_iter() {
            self.stage.tell(news);
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

/// The whole terminal; it rings by itself.
struct WholeTerminal {
    /// `None` once it was given back.
    screen: Option<Screen>,
}

impl WholeTerminal {
    fn open(plan: &Plan, synthetic: bool, is_mute: bool) -> io::Result<WholeTerminal> {
        let options = screen::Options {
            synthetic,
            quiet: is_mute,
            color: screen::is_color_wanted(),
        };
        let screen = Screen::open(plan, options)?;
        screen.notes().recording(Recording::On);
        Ok(WholeTerminal {
            screen: Some(screen),
        })
    }
}

impl Observer for WholeTerminal {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        self.screen
            .as_mut()
            .map_or(Ok(()), |screen| screen.input(input))
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.screen
            .as_mut()
            .map_or(Ok(()), |screen| screen.event(event))
    }
}

impl Stage for WholeTerminal {
    fn tell(&mut self, news: News) {
        let Some(screen) = &self.screen else { return };
        match news {
            News::Talk(text) => screen.notes().say(&clean(&text)),
            News::NotRecorded(why) => {
                screen.notes().recording(Recording::Failed(clean(&why)));
                screen.notes().say(&clean(&why));
            }
        }
    }

    fn close(&mut self) -> io::Result<()> {
        drop(self.screen.take());
        Ok(())
    }
}

/// Sentences, and bells beside them.
struct Lines<'a> {
    transcript: Transcript<'a, out::Lines>,
    bell: Ringer,
}

impl Observer for Lines<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.bell.event(event)?;
        self.transcript.event(event)
    }
}

impl Stage for Lines<'_> {}

impl Stage for Transcript<'_, out::Lines> {}

/// Shows nothing.
struct Dark;

impl Observer for Dark {}

impl Stage for Dark {}
