//! Each labelled stretch, cut out and counted by the exercise that fits it best. A file without labelled stretches is
//! counted whole. What the program has no definition for is said, not guessed.

use std::collections::BTreeMap;
use std::fs;

use backcoach::coach::{Coach, Doubt, Event, Plan, Rep, Setup, WornSensor};
use backcoach::exercise::Exercise;
use backcoach::input::{Input, Placement, Sample, SensorId};
use serde::Serialize;

use super::labels::Recording;

/// Everything that was counted.
#[derive(Debug, Default, Serialize)]
pub struct Given {
    /// The stretches.
    pub counted: Vec<Counted>,
    /// How many stretches there are without a definition, or without a true count, by exercise.
    pub not_counted: BTreeMap<String, u32>,
}

/// One counted stretch.
#[derive(Debug, Serialize)]
pub struct Counted {
    /// The recording.
    pub file: String,
    /// Where the sensor was.
    pub placement: String,
    /// What was done, in the words of the labels.
    pub exercise: String,
    /// The definition it was counted by.
    pub counted_as: String,
    /// The true count.
    pub expected: u32,
    /// Full and partial repetitions, and those of which a part was not seen.
    pub counted: u32,
    /// Those that are perhaps none: much smaller and shorter than the person's others.
    pub doubtful: u32,
}

/// A set that is labelled by its repetitions alone is given with so much of the rest around it, seconds.
const AROUND_SECS: f64 = 3.0;

/// The definition that fits a label, for a sensor that it counts by.
fn definition(exercise: &str, placement: Placement) -> Option<&'static str> {
    use Placement as P;
    let is_trunk = matches!(placement, P::T7 | P::Sternum | P::Sacrum);
    let is_chest = matches!(placement, P::T7 | P::Sternum);
    let is = |words: &[&str]| words.iter().any(|word| exercise.contains(word));
    match () {
        () if is(&["bird-dog"]) => Some("bird_dog"),
        () if is(&["flexion-extension", "bending without bending"]) && is_trunk => {
            Some("good_morning")
        }
        () if is(&["rotation"]) && is_chest => Some("side_twist"),
        () if is(&["Squat", "bending at knees"]) => Some("squat"),
        () if is(&["Situp"]) => Some("roll_up"),
        () if is(&["side-lying leg raise"]) && !is_trunk => Some("lat_leg_raise"),
        () if is(&["supine straight leg raise"]) && !is_trunk => Some("leg_lift"),
        () => None,
    }
}

impl Given {
    /// Counts the stretches of one recording.
    pub fn count(&mut self, recording: &Recording, samples: &[Sample]) -> Result<(), String> {
        for (name, rows, reps) in stretches(recording, samples) {
            let placement = recording.placement();
            let Some(id) = definition(&name, placement) else {
                *self.not_counted.entry(name).or_default() += 1;
                continue;
            };
            let Some(expected) = reps else {
                let name = format!("{name} (no true count)");
                *self.not_counted.entry(name).or_default() += 1;
                continue;
            };
            let rows = rows[0].min(samples.len())..rows[1].min(samples.len()).max(rows[0]);
            let (counted, doubtful) = count(&samples[rows], id, placement)?;
            self.counted.push(Counted {
                file: recording.file.clone(),
                placement: recording.place.clone(),
                exercise: name,
                counted_as: id.to_owned(),
                expected,
                counted,
                doubtful,
            });
        }
        Ok(())
    }

    /// The counts by exercise and placement, each miss, and what was not counted.
    pub fn table(&self) -> String {
        let mut text = table(&self.counted);
        for one in self
            .counted
            .iter()
            .filter(|one| one.counted != one.expected)
        {
            text += &format!(
                "  {} {} at {}: {} counted, {} done\n",
                one.file, one.exercise, one.placement, one.counted, one.expected
            );
        }
        text + &format!(
            "  not counted, for want of a definition or of a true count: {:?}\n",
            self.not_counted
        )
    }
}

/// The stretches that are given: name, rows and true count.
fn stretches(recording: &Recording, samples: &[Sample]) -> Vec<(String, [usize; 2], Option<u32>)> {
    let drawn = recording.exercise_as_drawn.as_ref();
    let blocks = recording.blocks.iter().map(|block| {
        let name = drawn.map_or_else(
            || block.name.clone(),
            |drawn| format!("{drawn}, {}", block.name),
        );
        (name, block.rows, block.reps)
    });
    let row = |secs: f64| samples.partition_point(|sample| sample.at.seconds() < secs);
    let sets = recording.sets.iter().map(|set| {
        let rows = [row(set.t0 - AROUND_SECS), row(set.t1 + AROUND_SECS)];
        (set.exercise.clone(), rows, Some(set.reps))
    });
    let parts: Vec<_> = blocks.chain(sets).collect();
    if parts.is_empty() {
        vec![(
            recording.exercise.clone(),
            [0, samples.len()],
            recording.reps(),
        )]
    } else {
        parts
    }
}

/// Counts one stretch: repetitions, and what is perhaps none.
fn count(samples: &[Sample], id: &str, placement: Placement) -> Result<(u32, u32), String> {
    let exercise = exercise(id)?;
    let sensor = WornSensor {
        family: WornSensor::IMPORTED.to_owned(),
        placement,
        name: String::new(),
    };
    let plan = Plan {
        exercise,
        sensors: vec![sensor],
        setup: Setup::Inferred,
        goal: Default::default(),
        settings: Default::default(),
        conduct: Default::default(),
        programme: None,
    };
    let mut coach = Coach::new(&plan).map_err(|error| error.to_string())?;
    let mut events = Vec::new();
    for sample in samples {
        events.extend(coach.handle(&Input::Sample {
            sensor: SensorId(0),
            sample: *sample,
        }));
    }
    events.extend(coach.finish());
    if std::env::var_os("BACKCOACH_SHOW").is_some() {
        for event in &events {
            if let Event::Rep(rep) = event {
                eprintln!(
                    "   {:?} {} {} {} rom {} peak {}",
                    rep.kind, rep.start, rep.turn, rep.end, rep.rom, rep.peak
                );
            } else if event.is_kept() && !matches!(event, Event::Judged(_) | Event::Finding(_)) {
                eprintln!("   {event:?}");
            }
        }
    }
    let reps = events.iter().filter_map(|event| {
        if let Event::Rep(rep) = event {
            Some(rep)
        } else {
            None
        }
    });
    let (unlike, sure): (Vec<&Rep>, Vec<&Rep>) =
        reps.partition(|rep| rep.doubt == Some(Doubt::Unlike));
    Ok((sure.len() as u32, unlike.len() as u32))
}

fn exercise(id: &str) -> Result<Exercise, String> {
    let text = fs::read_to_string(format!(
        "{}/exercises/{id}.toml",
        env!("CARGO_MANIFEST_DIR")
    ))
    .map_err(|e| e.to_string())?;
    toml::from_str(&text).map_err(|e| e.to_string())
}

/// A table of the counts by exercise and placement.
fn table(counted: &[Counted]) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        groups
            .entry((&one.exercise, &one.placement))
            .or_default()
            .push(one);
    }
    let mut text = format!(
        "{:<44} {:<22} {:>6} {:>8} {:>9} {:>6}\n",
        "exercise", "placement", "sets", "exact %", "within 1 %", "MAE"
    );
    for ((exercise, placement), group) in groups {
        let n = group.len() as f64;
        let error = |one: &Counted| f64::from(one.counted.abs_diff(one.expected));
        let share =
            |most: f64| group.iter().filter(|one| error(one) <= most).count() as f64 / n * 100.0;
        let mae = group.iter().map(|one| error(one)).sum::<f64>() / n;
        text += &format!(
            "{exercise:<44.44} {placement:<22.22} {n:>6} {:>8.1} {:>9.1} {mae:>6.2}\n",
            share(0.0),
            share(1.0)
        );
    }
    text
}
