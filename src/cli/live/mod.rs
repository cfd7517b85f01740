//! A session as it happens: a source, ticks, the wearer's keys; a recording, a report, something to look at.
//!
//! ```text
//! source, ticks, keys ─► session::run ─► recording, report, stage, the sensor's buzz
//!                             ▲
//!                 signals, the end of the last set
//! ```
//!
//! Whatever ends a session, the same is done: the sensors are sent to rest, the terminal is given back, the recording
//! is closed, the report is written.

// How it is told to end.
mod ending;
// The recording and the report.
mod kept;
// How the sensors are doing.
mod meter;
// What the command is told.
mod options;
// Stdout, by a thread of its own.
mod out;
// One session, from its first input to its report.
mod session;
// What the wearer sees.
mod shown;
// The synthetic wearer as a source.
mod simulated;
// What is said before and after.
mod talk;
// The sensors of a person.
mod worn;

pub(super) use options::{LiveOptions, Simulated};

use std::collections::BTreeMap;
use std::io;

use anyhow::Context;

use self::kept::Keep;
use self::session::{Done, Session};
use self::worn::Ready;
use super::home::{Home, Memory};
use super::talk::say;
use super::{Outcome, Usage};
use crate::coach::{Coach, Conduct, Goal, Plan, Setup, WornSensor};
use crate::exercise::Exercise;
use crate::input::{Input, Placement};
use crate::recording::truth::Truth;
use crate::sources::ble::is_harmless_panic;
use crate::ui::quit::Quit;
use crate::ui::screen;

/// Time is told so often, seconds.
const TICK_SECS: f64 = 0.1;

/// What a command wants of a live session.
pub(super) struct Brief {
    pub exercise: Exercise,
    pub setup: Setup,
    pub goal: Goal,
    pub settings: BTreeMap<String, f64>,
    pub conduct: Conduct,
    /// What is shown while it runs.
    pub watched: Watched,
    /// The synthetic wearer, where it exercises in place of a person.
    pub simulated: Option<Simulated>,
}

/// What is shown while a session runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// What the coach says.
    Coaching,
    /// What the coach says of hours of a posture: in lines, for nobody looks at it all day.
    Posture,
    /// How the sensors are doing. Without a recording there is no point in it.
    Sensors,
}

impl Watched {
    /// Whether the sensors buzz and shine for what the coach says: a recording without coaching is left undisturbed.
    fn has_signals(self) -> bool {
        self != Watched::Sensors
    }
}

/// How a live session is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    /// The whole terminal.
    Screen {
        /// Without bells.
        is_mute: bool,
    },
    /// A sentence for each event.
    Lines {
        /// Without bells.
        is_mute: bool,
    },
    /// JSON, one event a line.
    Json,
    /// How the sensors are doing.
    Meter {
        /// As JSON.
        is_json: bool,
    },
    /// Nothing until the end.
    Nothing,
}

/// Where a live session's inputs come from.
pub(super) enum Source {
    /// The synthetic wearer: everything is there already and comes in its own time.
    Simulated {
        /// In order.
        inputs: Vec<Input>,
        /// What is true of them.
        truth: Option<Truth>,
        /// How many times as fast as a person.
        speed: f64,
    },
    /// Sensors that people wear.
    Worn(Ready),
}

/// Does it all: finds the sensors, runs the session, keeps it, says what to take home.
///
/// # Errors
/// That the session cannot be begun, or what ended it.
pub(super) fn run(options: &LiveOptions, brief: Brief) -> anyhow::Result<Outcome> {
    options.check()?;
    is_countable(&options.sensors.on, &brief)?;
    screen::give_back_on_panic(is_harmless_panic);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // Arrival is stamped by a task, which must not wait for the session's disk.
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the session cannot be started")?;
    let outcome = runtime.block_on(async {
        let quit = ending::listen();
        match prepare(options, brief, &quit).await? {
            None => Ok(Outcome::Interrupted),
            Some(session) => {
                let show = session.show;
                take_leave(session::run(session, &quit).await?, show)
            }
        }
    });
    // A thread that waits for a key must not be waited for.
    runtime.shutdown_background();
    outcome
}

/// Refuses places that cannot be counted from, before a sensor is looked for.
fn is_countable(places: &[Placement], brief: &Brief) -> Result<(), Usage> {
    if places.is_empty() {
        return Ok(());
    }
    let worn = |place: &Placement| WornSensor {
        // What it is, is known once it is heard.
        family: WornSensor::IMPORTED.to_owned(),
        placement: *place,
        name: String::new(),
    };
    let plan = Plan {
        exercise: brief.exercise.clone(),
        sensors: places.iter().map(worn).collect(),
        setup: brief.setup,
        goal: brief.goal,
        settings: brief.settings.clone(),
        conduct: brief.conduct,
        programme: None,
    };
    Coach::new(&plan).map_err(|error| Usage(error.to_string()))?;
    Ok(())
}

/// Everything up to the first input; `None` where it was interrupted.
async fn prepare(
    options: &LiveOptions,
    brief: Brief,
    quit: &Quit,
) -> anyhow::Result<Option<Session>> {
    let home = options.home.home();
    let known_home = home.as_ref().ok();
    let mut memory = known_home.map(Home::memory).unwrap_or_default();
    known_home.into_iter().for_each(talk::offer_to_close);
    let is_person = brief.simulated.is_none();
    let watched = brief.watched;
    let show = options.show(watched);
    let preparing = async {
        let found = find(options, brief, known_home, &mut memory).await?;
        talk::welcome(known_home, &mut memory, show, is_person).await;
        anyhow::Ok(found)
    };
    let (plan, source) = tokio::select! {
        prepared = preparing => prepared?,
        () = quit.asked() => return Ok(None),
    };
    let keep = match &options.output {
        Some(path) => Keep::At(path.clone()),
        None => Keep::InHome(home?),
    };
    Ok(Some(Session {
        plan,
        source,
        show,
        keep,
        watched,
    }))
}

/// The sensors, and the plan with them in it.
async fn find(
    options: &LiveOptions,
    brief: Brief,
    home: Option<&Home>,
    memory: &mut Memory,
) -> anyhow::Result<(Plan, Source)> {
    let mut plan = Plan {
        exercise: brief.exercise,
        sensors: Vec::new(),
        setup: brief.setup,
        goal: brief.goal,
        settings: brief.settings,
        conduct: brief.conduct,
        programme: None,
    };
    let source = match brief.simulated {
        Some(Simulated { source, worn }) => {
            plan.sensors = worn;
            source
        }
        None => {
            let ready = options.sensors.find(&plan.exercise, memory).await?;
            plan.sensors.clone_from(&ready.worn);
            Source::Worn(ready)
        }
    };
    Coach::new(&plan).map_err(|error| Usage(error.to_string()))?;
    say_where(&plan.sensors);
    if let Source::Worn(ready) = &source {
        memory.sensors = ready.known();
        talk::remember(home, memory);
    }
    Ok((plan, source))
}

/// Where each sensor has to be: the one thing that the wearer does before everything else.
fn say_where(sensors: &[WornSensor]) {
    for worn in sensors {
        let (place, name) = (worn.placement, &worn.name);
        say(&format!("{name}: worn at {place}, {}", place.description()));
    }
}

fn take_leave(done: Done, show: Show) -> anyhow::Result<Outcome> {
    if let Some(unread) = done.unread {
        // Everything is kept, so that this may take as long as the reader likes; Ctrl-C twice ends it.
        let _ = unread.join();
    }
    match show {
        // What is on stdout is for a program.
        Show::Json | Show::Meter { is_json: true } => {
            let mut text = Vec::new();
            talk::sum_up(&done.report, done.said, &mut text)?;
            say(&String::from_utf8_lossy(&text));
        }
        Show::Screen { .. }
        | Show::Lines { .. }
        | Show::Meter { is_json: false }
        | Show::Nothing => {
            match talk::sum_up(&done.report, done.said, io::stdout()) {
                // Everything was kept; that nobody reads it does no harm.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                said => said?,
            }
        }
    }
    if done.was_pain {
        talk::about_pain();
    }
    Ok(done.outcome)
}
