//! What the coach finds when nothing is said: no exercise, no stretch, no count.

use std::collections::BTreeMap;

use backcoach::coach::{Coach, Event, Plan, Setup, WornSensor};
use backcoach::exercise::{Quantity, built_in};
use backcoach::input::{Input, Placement, Sample, SensorId};

/// One repetition, in seconds.
#[derive(Clone, Debug)]
pub struct FoundRep {
    /// It leaves.
    pub start: f64,
    /// Furthest.
    pub turn: f64,
    /// Back.
    pub end: f64,
    /// How long it was held at the far end.
    pub hold_s: Option<f64>,
    /// It was compared with the wearer's own.
    pub is_judged: bool,
    /// Found to be faster than those.
    pub is_fast: bool,
    /// Found to be smaller than those.
    pub is_small: bool,
}

/// One set.
#[derive(Clone, Debug, Default)]
pub struct FoundSet {
    /// What it was taken for, in a word or two.
    pub movement: String,
    /// Its repetitions.
    pub reps: Vec<FoundRep>,
}

/// Everything that was found in a recording.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The sets in their order.
    pub sets: Vec<FoundSet>,
    /// From and to, seconds, where readings are missing.
    pub gaps: Vec<(f64, f64)>,
    /// Repetitions that were probably done in them.
    pub not_seen: u32,
}

impl Found {
    /// All repetitions.
    pub fn reps(&self) -> impl Iterator<Item = &FoundRep> {
        self.sets.iter().flat_map(|set| &set.reps)
    }
}

/// Lets the coach find.
pub fn find(samples: &[Sample], placement: Placement) -> Result<Found, String> {
    let plan = Plan {
        exercise: built_in("auto").map_err(|error| error.to_string())?,
        sensors: vec![WornSensor {
            family: WornSensor::IMPORTED.to_owned(),
            placement,
            name: String::new(),
        }],
        setup: Setup::Inferred,
        goal: Default::default(),
        settings: Default::default(),
        conduct: Default::default(),
        programme: None,
    };
    let mut coach = Coach::new(&plan).map_err(|error| error.to_string())?;
    let sensor = SensorId(0);
    let inputs = samples.iter().map(|sample| Input::Sample {
        sensor,
        sample: *sample,
    });
    let mut events: Vec<Event> = Vec::new();
    for input in inputs {
        events.extend(coach.handle(&input).into_iter().filter(is_needed));
    }
    events.extend(coach.finish());
    Ok(gathered(&events))
}

fn is_needed(event: &Event) -> bool {
    !matches!(event, Event::Posture(_) | Event::Signal(_))
}

fn gathered(events: &[Event]) -> Found {
    let mut found = Found::default();
    let mut sets: BTreeMap<u32, FoundSet> = BTreeMap::new();
    // Where each repetition is, by its number.
    let mut places: BTreeMap<u32, (u32, usize)> = BTreeMap::new();
    for event in events {
        match event {
            Event::Rep(rep) => {
                let set = sets.entry(rep.set).or_default();
                places.insert(rep.number, (rep.set, set.reps.len()));
                set.reps.push(FoundRep {
                    start: rep.start.seconds(),
                    turn: rep.turn.seconds(),
                    end: rep.end.seconds(),
                    hold_s: None,
                    is_judged: false,
                    is_fast: false,
                    is_small: false,
                });
            }
            Event::Judged(judged) => {
                let rep = places
                    .get(&judged.rep)
                    .and_then(|(set, index)| sets.get_mut(set)?.reps.get_mut(*index));
                let Some(rep) = rep else { continue };
                let broke = |quantity: Quantity| {
                    let mut findings = judged.findings.iter();
                    findings.any(|finding| finding.quantity == quantity)
                };
                let hold = judged.quantities.get(&Quantity::THold);
                rep.hold_s = hold.map(|hold| hold.value);
                rep.is_judged = judged.quantities.contains_key(&Quantity::OwnTimePct);
                rep.is_fast = broke(Quantity::OwnTimePct);
                rep.is_small = broke(Quantity::OwnRomPct);
            }
            Event::Recognized { set, movement, .. } => {
                sets.entry(*set).or_default().movement = movement.words().to_owned();
            }
            Event::Gap {
                from,
                to,
                reps_not_seen,
                ..
            } => {
                found.gaps.push((from.seconds(), to.seconds()));
                found.not_seen += reps_not_seen;
            }
            _ => {}
        }
    }
    found.sets = sets
        .into_values()
        .filter(|set| !set.reps.is_empty())
        .collect();
    found
}
