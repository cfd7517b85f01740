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
use crate::coach::{Coach, Conduct, Goal, Ledger, Plan, PlannedProgramme, Setup, WornSensor};
use crate::exercise::Exercise;
use crate::input::{Input, Placement};
use crate::programme::log::Score;
use crate::recording::truth::Truth;
use crate::sources::ble::is_harmless_panic;
use crate::ui::foreground::LOOK_UP;
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
    /// What is done after `exercise`, where a programme is followed.
    pub programme: Option<PlannedProgramme>,
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
    run_and_ask(options, brief, None).map(|ran| ran.outcome)
}

/// The same, and asks the wearer afterwards.
///
/// # Errors
/// That the session cannot be begun, or what ended it.
pub(super) fn run_and_ask(
    options: &LiveOptions,
    brief: Brief,
    ask: Option<Ask>,
) -> anyhow::Result<Ran> {
    options.check()?;
    is_countable(&options.sensors.on, &brief)?;
    screen::give_back_on_panic(is_harmless_panic);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // Arrival is stamped by a task, which must not wait for the session's disk.
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the session cannot be started")?;
    let ran = runtime.block_on(async {
        let quit = ending::listen();
        let Some(session) = prepare(options, brief, &quit).await? else {
            return Ok(Ran {
                outcome: Outcome::Interrupted,
                ledger: None,
                name: String::new(),
                said: None,
            });
        };
        let show = session.show;
        let mut done = session::run(session, &quit).await?;
        let (ledger, name) = (done.ledger.take(), std::mem::take(&mut done.name));
        let outcome = take_leave(done, show)?;
        let ask = ask.filter(|_| outcome != Outcome::Interrupted);
        Ok(Ran {
            outcome,
            ledger,
            name,
            said: ask_after(ask).await,
        })
    });
    // A thread that waits for a key must not be waited for.
    runtime.shutdown_background();
    ran
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
    let plan = brief.plan(places.iter().map(worn).collect());
    countable(&plan)?;
    Ok(())
}

impl Brief {
    /// The plan with these sensors.
    fn plan(&self, sensors: Vec<WornSensor>) -> Plan {
        Plan {
            exercise: self.exercise.clone(),
            sensors,
            setup: self.setup,
            goal: self.goal,
            settings: self.settings.clone(),
            conduct: self.conduct,
            programme: self.programme.clone(),
        }
    }
}

/// The steps of a plan that can be counted with what is worn, and why others cannot. One exercise alone has to be.
fn countable(plan: &Plan) -> Result<(Plan, Vec<String>), Usage> {
    let refusals: Vec<Option<String>> = (0..plan.steps())
        .map(|index| {
            let coach = plan.step(index).map(|step| Coach::new(&step));
            coach.and_then(Result::err).map(|error| error.to_string())
        })
        .collect();
    let is_countable = |index: usize| refusals.get(index).is_some_and(Option::is_none);
    match plan.with_steps(is_countable) {
        Some(plan) => {
            let left_out = refusals.into_iter().flatten().collect();
            Coach::new(&plan).map_err(|error| Usage(error.to_string()))?;
            Ok((plan, left_out))
        }
        None => {
            let refusal = refusals.into_iter().flatten().next();
            Err(Usage(
                refusal.unwrap_or_else(|| "nothing is left to do".to_owned()),
            ))
        }
    }
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
    let mut plan = brief.plan(Vec::new());
    let source = match brief.simulated {
        Some(Simulated { source, worn }) => {
            plan.sensors = worn;
            source
        }
        None => {
            let usual = usual_place(&plan);
            let ready = options.sensors.find(usual, memory).await?;
            plan.sensors.clone_from(&ready.worn);
            Source::Worn(ready)
        }
    };
    let (plan, left_out) = countable(&plan)?;
    say_where(&plan.sensors);
    for refusal in left_out {
        say(&format!("left out: {refusal}"));
    }
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

/// Where one sensor sees most of a plan: of places that see as much, the one that the earlier step counts better from.
pub(super) fn usual_place(plan: &Plan) -> Placement {
    let exercises = || (0..plan.steps()).filter_map(|index| plan.exercise_at(index));
    let places = exercises().flat_map(|exercise| {
        let signals = exercise.signals.iter().map(|signal| &signal.placements);
        signals
            .chain(exercise.tests.iter().map(|test| &test.placements))
            .flatten()
    });
    let seen = |place: &Placement| {
        let counted = exercises().filter(|exercise| exercise.counted_by(&[*place]).is_some());
        counted.count()
    };
    let mut best = None;
    for place in places {
        let seen = seen(place);
        if best.is_none_or(|(most, _)| seen > most) {
            best = Some((seen, *place));
        }
    }
    best.map_or(Placement::T7, |(_, place)| place)
}

/// What remains of a session that was run.
pub(super) struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// What became of its exercises; none where it never began.
    pub ledger: Option<Ledger>,
    /// The name of its recording.
    pub name: String,
    /// What the wearer answered afterwards.
    pub said: Option<Said>,
}

/// What the wearer says after a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub pain: Option<Score>,
    pub effort: Option<Score>,
}

/// Asks the wearer after a session.
pub(super) type Ask = Box<dyn FnOnce() -> Said + Send>;

/// The wearer is asked once the session is over, and Ctrl-C is an answer, too.
async fn ask_after(ask: Option<Ask>) -> Option<Said> {
    let ask = ask?;
    // Whoever read keys for the session has to have noticed that it is over.
    tokio::time::sleep(LOOK_UP + LOOK_UP / 5).await;
    tokio::select! {
        said = tokio::task::spawn_blocking(ask) => said.ok(),
        _ = tokio::signal::ctrl_c() => None,
    }
}

fn take_leave(mut done: Done, show: Show) -> anyhow::Result<Outcome> {
    if let Some(unread) = done.unread.take() {
        // Everything is kept, so that this may take as long as the reader likes; Ctrl-C twice ends it.
        let _ = unread.join();
    }
    match show {
        // What is on stdout is for a program.
        Show::Json | Show::Meter { is_json: true } => {
            let mut text = Vec::new();
            sum_up(&done, &mut text)?;
            say(&String::from_utf8_lossy(&text));
        }
        Show::Screen { .. }
        | Show::Lines { .. }
        | Show::Meter { is_json: false }
        | Show::Nothing => {
            match sum_up(&done, io::stdout()) {
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

fn sum_up(done: &Done, mut out: impl io::Write) -> io::Result<()> {
    // What the wearer said of the count was said of the session: of several exercises it is told of none.
    let said = done.said.filter(|_| done.reports.len() == 1);
    done.reports
        .iter()
        .try_for_each(|report| talk::sum_up(report, said, &mut out))
}
