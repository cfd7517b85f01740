//! The synthetic wearer: counts, holds, rules, angles and delays against known truth.
//!
//! Body sizes × tempi × sensor places × mountings × radios, clean and with every fault, for every exercise. A rule is
//! *true* of a repetition whose noise-free quantity lies beyond 1.3 times its limit (faults are put in at 1.5 times)
//! and *false* of one that lies inside the limit by the same factor; between the two nobody is asked.

mod grid;
mod judging;
mod pairing;
mod table;
mod truth;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use backcoach::coach::{Coach, Event, Plan, Setup, WornSensor};
use backcoach::exercise::{Exercise, built_in};
use backcoach::input::Placement;
use backcoach::sources::synthetic::{self, Body, Performance};
use serde::Serialize;

use grid::Case;

/// What is to be measured of the synthetic wearer.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A thinner grid.
    pub is_quick: bool,
    /// Without faults.
    pub is_clean: bool,
    /// These exercises; none is all.
    pub exercises: Vec<String>,
    /// Exercise files to be read instead of those that are built in.
    pub files: Option<PathBuf>,
}

impl Wanted {
    fn exercise(&self, id: &str) -> Result<Exercise, String> {
        let Some(folder) = &self.files else {
            return built_in(id).map_err(|error| error.to_string());
        };
        let path = folder.join(format!("{id}.toml"));
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        Exercise::parse(&text, &name).map_err(|error| error.to_string())
    }
}

/// Everything measured.
#[derive(Default, Serialize)]
pub struct Results {
    counts: BTreeMap<String, Counts>,
    holds: BTreeMap<String, Errors>,
    breaths: BTreeMap<String, Errors>,
    rules: BTreeMap<String, Rates>,
    angles: BTreeMap<String, Rms>,
    #[serde(skip)]
    delays: Vec<f64>,
    #[serde(skip)]
    cue_delays: Vec<f64>,
    #[serde(skip)]
    wrong: Vec<String>,
}

#[derive(Default, Serialize)]
struct Counts {
    sessions: u32,
    exact: u32,
    reps: u32,
    missed: u32,
    phantom: u32,
    doubtful: u32,
}

#[derive(Default, Serialize)]
struct Rates {
    hits: u32,
    misses: u32,
    quiet: u32,
    false_alarms: u32,
}

#[derive(Default, Serialize)]
struct Rms {
    squares: f64,
    samples: f64,
}

/// Measured less true.
#[derive(Default, Serialize)]
struct Errors(Vec<f64>);

/// Runs everything.
///
/// # Errors
/// An exercise file that cannot be read.
pub fn measure(wanted: &Wanted) -> Result<Results, String> {
    let mut results = Results::default();
    let (mut cases, mut exercises) = (Vec::new(), BTreeMap::new());
    for done in synthetic::Exercise::all() {
        if !wanted.exercises.is_empty() && !wanted.exercises.iter().any(|id| id == done.id()) {
            continue;
        }
        let exercise = wanted.exercise(done.id())?;
        for rule in &exercise.rules {
            // Those that nothing is known of are listed too.
            results.rules.entry(rule.id.clone()).or_default();
        }
        cases.extend(grid::cases(done, wanted));
        exercises.insert(done.id(), exercise);
    }
    let next = AtomicUsize::new(0);
    let all = Mutex::new(&mut results);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut own = Results::default();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    own.add(case, &exercises[case.scenario.exercise.id()]);
                }
                all.lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner())
                    .merge(own);
            });
        }
    });
    results.wrong.sort();
    Ok(results)
}

impl Results {
    fn add(&mut self, case: &Case, exercise: &Exercise) {
        let scenario = &case.scenario;
        let performance = scenario.perform();
        let places: Vec<Placement> = scenario.sensors.iter().map(|worn| worn.placement).collect();
        let events = events_of(&performance, exercise, &places, scenario.body);
        let names: Vec<String> = places.iter().map(ToString::to_string).collect();
        let kind = if scenario.faults.is_empty() {
            "clean"
        } else {
            "faulty"
        };
        let group = format!("{:<21} {:<16} {kind}", exercise.id, names.join("+"));
        let faults: Vec<String> = scenario
            .faults
            .iter()
            .map(|fault| fault.fault.to_string())
            .collect();
        let label = format!(
            "{group} {} {:?} seed {}",
            faults.join(","),
            scenario.tempo,
            scenario.seed
        );
        let pairs = self.count(&group, &label, &performance, &events, &places, exercise);
        let told = judging::Told {
            exercise,
            performance: &performance,
            events: &events,
            places: &places,
            label: &label,
        };
        self.judge(&told, &pairs);
        self.cue(&events, &pairs);
        self.held(exercise, kind, &label, &events, &pairs);
        if kind == "clean" {
            self.angle(scenario, &performance, &events);
        }
    }

    fn merge(&mut self, other: Results) {
        for (group, counts) in other.counts {
            let own = self.counts.entry(group).or_default();
            own.sessions += counts.sessions;
            own.exact += counts.exact;
            own.reps += counts.reps;
            own.missed += counts.missed;
            own.phantom += counts.phantom;
            own.doubtful += counts.doubtful;
        }
        for (rule, rates) in other.rules {
            let own = self.rules.entry(rule).or_default();
            own.hits += rates.hits;
            own.misses += rates.misses;
            own.quiet += rates.quiet;
            own.false_alarms += rates.false_alarms;
        }
        for (speed, rms) in other.angles {
            let own = self.angles.entry(speed).or_default();
            own.squares += rms.squares;
            own.samples += rms.samples;
        }
        for (all, some) in [
            (&mut self.holds, other.holds),
            (&mut self.breaths, other.breaths),
        ] {
            for (group, errors) in some {
                all.entry(group).or_default().0.extend(errors.0);
            }
        }
        self.delays.extend(other.delays);
        self.cue_delays.extend(other.cue_delays);
        self.wrong.extend(other.wrong);
    }
}

/// The wearer's own full bends, where the exercise asks for them.
fn settings(exercise: &Exercise, body: Body) -> BTreeMap<String, f64> {
    let own = [
        ("lumflex_full_deg", body.lumflex_max_deg),
        ("lumext_full_deg", body.lumext_max_deg),
    ];
    own.into_iter()
        .filter(|(name, _)| exercise.settings.contains_key(*name))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Everything the coach says of a performance.
fn events_of(
    performance: &Performance,
    exercise: &Exercise,
    places: &[Placement],
    body: Body,
) -> Vec<Event> {
    let sensor = |placement: &Placement| WornSensor {
        family: "backcoach".to_owned(),
        placement: *placement,
        name: String::new(),
    };
    let plan = Plan {
        sensors: places.iter().map(sensor).collect(),
        setup: Setup::Guided,
        goal: Default::default(),
        settings: settings(exercise, body),
        conduct: Default::default(),
        exercise: exercise.clone(),
        programme: None,
    };
    let mut coach = Coach::new(&plan).expect("the grid wears what can count");
    let mut events: Vec<Event> = performance
        .inputs
        .iter()
        .flat_map(|input| coach.handle(input))
        .collect();
    events.extend(coach.finish());
    events
}
