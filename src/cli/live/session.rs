//! One session, from its first input to its report.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use futures_util::stream;
use tokio::sync::Notify;

use super::kept::{Keep, Kept};
use super::shown::{News, Shown};
use super::simulated::simulated;
use super::{Show, Source, TICK_SECS, Watched, talk};
use crate::cli::talk::say;
use crate::cli::{Outcome, is_closed_pipe};
use crate::coach::{Coach, Event, Ledger, Phase, Plan};
use crate::input::{Command, Input, SensorId};
use crate::recording::{End, Header};
use crate::report::{Report, Sections};
use crate::session::{self, Ended, Observer, SessionError};
use crate::sources::Inputs;
use crate::sources::ble::Handle;
use crate::sources::live::{SessionClock, along, ticks};
use crate::ui::foreground::Patient;
use crate::ui::keys;
use crate::ui::quit::Quit;
use crate::ui::signal::Signal;

/// After the last set the session ends by itself: long enough to hear it, seconds.
const FAREWELL_SECS: f64 = 3.0;

/// What a live session is made of.
pub(super) struct Session {
    pub plan: Plan,
    pub source: Source,
    pub show: Show,
    pub keep: Keep,
    pub watched: Watched,
}

/// What became of a session.
pub(super) struct Done {
    /// What was seen, exercise by exercise.
    pub reports: Vec<Report>,
    /// What became of the exercises, and the name of the recording.
    pub ledger: Option<Ledger>,
    pub name: String,
    /// How many repetitions the wearer says there were, where that differs from what was counted.
    pub said: Option<u32>,
    /// The wearer said that it hurts.
    pub was_pain: bool,
    /// What was shown and waits for a slow reader.
    pub unread: Option<JoinHandle<()>>,
    /// How the command ends.
    pub outcome: Outcome,
}

/// Why a session was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// All sets are done.
    Finished,
    /// The wearer ends it, or a signal does.
    Asked,
    /// Nobody can see it any more.
    Unseen,
}

/// Runs a session to its end and keeps it.
///
/// # Errors
/// That it cannot be begun, or what the source or the output failed with; what was recorded is kept then too.
pub(super) async fn run(session: Session, quit: &Quit) -> anyhow::Result<Done> {
    let Session {
        plan,
        source,
        show,
        keep,
        watched,
    } = session;
    let mut coach = Coach::new(&plan)?;
    let (tell, news) = mpsc::channel();
    let header = header(&plan, &source);
    let mut kept = Kept::begin(&keep, watched == Watched::Sensors, &header, tell.clone())?;
    if show != Show::Nothing {
        talk::how_to_end(&plan, watched);
    }
    let mut shown = Shown::open(show, &plan, header.synthetic, news)
        .context("the terminal cannot be taken; try `--plain`")?;
    let listening = Listening::default();
    let Live {
        inputs,
        handle,
        speed,
    } = open(source, show, quit, &tell, &listening)?;
    let mut sections = Sections::new(&plan);
    let mut books = Books(Ledger::new(&plan));
    let mut watch = Watch::default();
    let mut buzz = Buzz {
        handle: handle.clone().filter(|_| watched.has_signals()),
        sensors: plan.sensors.len(),
    };
    let why = Cell::new(None);
    let (unseen, finished) = (shown.gone(), Arc::clone(&watch.finished));
    let stop = async {
        why.set(Some(tokio::select! {
            () = quit.asked() => Why::Asked,
            () = unseen.notified() => Why::Unseen,
            () = farewell(&finished, speed) => Why::Finished,
        }));
    };
    // The recording first: what is on the screen is on the disk.
    let observers: &mut [&mut dyn Observer] = &mut [
        &mut kept,
        &mut shown,
        &mut buzz,
        &mut sections,
        &mut books,
        &mut watch,
    ];
    let ended = session::run(inputs, &mut coach, observers, stop).await;
    let why = why.get();
    let is_interrupt = quit.is_interrupt();
    drop(listening);
    let (unshown, unread) = shown.close();
    let is_whole = kept.close(cause(&ended, why, is_interrupt));
    let reports = sections.finish(&kept.origin());
    let is_drawn = kept.draw(&reports);
    if let Some(handle) = handle {
        // Straps stay on where nobody tells them to rest. This may take seconds: everything else is safe by now.
        handle.close().await;
    }
    ended?;
    if let Some(error) = unshown.map(anyhow::Error::from)
        && !is_closed_pipe(&error)
    {
        return Err(error.context("the session cannot be shown"));
    }
    Ok(Done {
        reports,
        ledger: Some(books.0),
        name: kept.session(),
        said: watch.said,
        was_pain: watch.was_pain,
        unread,
        outcome: match why {
            Some(Why::Asked) if is_interrupt => Outcome::Interrupted,
            _ if is_whole && is_drawn => Outcome::Done,
            _ => Outcome::DataLost,
        },
    })
}

fn header(plan: &Plan, source: &Source) -> Header {
    let mut header = Header::new(plan.clone(), jiff::Timestamp::now());
    if let Source::Simulated { truth, .. } = source {
        (header.synthetic, header.truth) = (true, truth.clone());
    }
    header
}

/// Why the session did not simply come to its end, for the recording.
fn cause(
    ended: &Result<Ended, SessionError>,
    why: Option<Why>,
    is_interrupt: bool,
) -> Option<String> {
    match (ended, why) {
        (Err(error), _) => Some(error.to_string()),
        (_, Some(Why::Asked)) if is_interrupt => Some(End::INTERRUPTED.to_owned()),
        (_, Some(Why::Unseen)) => Some("its output was closed".to_owned()),
        (_, Some(Why::Asked | Why::Finished) | None) => None,
    }
}

/// A source that runs.
struct Live {
    inputs: Inputs<'static>,
    handle: Option<Handle>,
    /// How fast its clock goes.
    speed: f64,
}

fn open(
    source: Source,
    show: Show,
    quit: &Quit,
    news: &mpsc::Sender<News>,
    listening: &Listening,
) -> anyhow::Result<Live> {
    Ok(match source {
        Source::Simulated { inputs, speed, .. } => {
            let (inputs, clock) = simulated(inputs, speed);
            Live {
                inputs: along(inputs, wishes(show, clock, quit, listening)?),
                handle: None,
                speed,
            }
        }
        Source::Worn(ready) => {
            let clock = SessionClock::begin();
            let (inputs, handle) = ready.stream(clock);
            tell_problems(&handle, news.clone());
            let ticks = ticks(clock, Duration::from_secs_f64(TICK_SECS));
            let beside = Box::pin(stream::select(ticks, wishes(show, clock, quit, listening)?));
            Live {
                inputs: along(inputs, beside),
                handle: Some(handle),
                speed: 1.0,
            }
        }
    })
}

/// What the wearer asks for: by keys where there is a screen, by words in lines elsewhere.
fn wishes(
    show: Show,
    clock: SessionClock,
    quit: &Quit,
    listening: &Listening,
) -> anyhow::Result<Inputs<'static>> {
    let (clock, quit) = (clock, quit.clone());
    let inputs = match show {
        Show::Screen { .. } => keys::keys(clock, quit),
        _ => keys::lines(
            Patient::stdin().until(Arc::clone(&listening.0)),
            clock,
            quit,
            say,
        ),
    };
    inputs.context("keys cannot be read")
}

/// Passes on what goes on with the sensors, in words.
fn tell_problems(handle: &Handle, news: mpsc::Sender<News>) {
    let Some(mut problems) = handle.problems() else {
        return;
    };
    tokio::spawn(async move {
        while let Some(problem) = problems.recv().await {
            let text = match problem.error {
                Some(error) => error.to_string(),
                None => "the sensor is back".to_owned(),
            };
            if news.send(News::Talk(text)).is_err() {
                break;
            }
        }
    });
}

async fn farewell(finished: &Notify, speed: f64) {
    finished.notified().await;
    tokio::time::sleep(Duration::from_secs_f64(FAREWELL_SECS / speed)).await;
}

/// Notices what the end of a session depends on, and what the wearer says.
#[derive(Default)]
struct Watch {
    finished: Arc<Notify>,
    was_pain: bool,
    /// By how many the wearer corrected each set, and how many were counted.
    corrected: BTreeMap<u32, (u32, u32)>,
    counted: u32,
    said: Option<u32>,
}

impl Observer for Watch {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        if let Input::Command { command, .. } = input {
            self.was_pain |= *command == Command::Pain;
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Phase {
                phase: Phase::Finished,
                ..
            } => self.finished.notify_one(),
            Event::Corrected {
                set, counted, said, ..
            } => {
                self.corrected.insert(*set, (*counted, *said));
            }
            Event::Rep(_) => self.counted += 1,
            _ => return Ok(()),
        }
        let (counted, said) = self
            .corrected
            .values()
            .fold((0, 0), |sum, set| (sum.0 + set.0, sum.1 + set.1));
        self.said = (counted != said).then(|| (self.counted + said).saturating_sub(counted));
        Ok(())
    }
}

/// Keeps the sums for the log.
struct Books(Ledger);

impl Observer for Books {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.0.event(event);
        Ok(())
    }
}

/// As long as it lives, words in lines are the session's; afterwards they are whoever's asks next.
#[derive(Default)]
struct Listening(Arc<AtomicBool>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Passes signals on to the sensors that can buzz or shine.
struct Buzz {
    handle: Option<Handle>,
    sensors: usize,
}

impl Observer for Buzz {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(handle) = &self.handle else {
            return Ok(());
        };
        if let Some(pulse) = Signal::of(event).and_then(Signal::pulse) {
            let sensors = u8::try_from(self.sensors).unwrap_or(u8::MAX);
            for sensor in 0..sensors {
                handle.pulse(SensorId(sensor), pulse);
            }
        }
        Ok(())
    }
}
