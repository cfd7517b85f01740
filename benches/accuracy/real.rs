//! Repetitions of real people: folders with `labels.json` and CSV files `t,ax,ay,az,gx,gy,gz`.
//!
//! Each labelled stretch is given (cut out) and counted by the exercise that fits it best. A file without labelled
//! stretches is counted whole. What the program has no definition for is said, not guessed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use backcoach::coach::{Coach, Doubt, Event, Plan, Rep, Setup, WornSensor};
use backcoach::exercise::Exercise;
use backcoach::input::{Input, Placement, Sample, SensorId};
use backcoach::units::{Acceleration, AngularRate, SessionTime};
use nalgebra::Vector3;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Labels {
    files: Vec<Recording>,
}

#[derive(Deserialize)]
struct Recording {
    file: String,
    #[serde(default)]
    placement: String,
    #[serde(default)]
    exercise: String,
    #[serde(default)]
    reps: serde_json::Value,
    #[serde(default)]
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    name: String,
    rows: [usize; 2],
    reps: Option<u32>,
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

/// The definition and placement that fit a label.
fn definition(exercise: &str, placement: &str) -> Option<(&'static str, Placement)> {
    let on_pelvis =
        placement.contains("pelvis") || placement.contains("waist") || placement.contains("sacrum");
    let trunk = if on_pelvis {
        Placement::Sacrum
    } else {
        Placement::T7
    };
    if exercise.contains("bird-dog") {
        Some(("bird_dog", Placement::Thigh(None)))
    } else if exercise == "flexion-extension" || exercise.contains("bending without bending knees")
    {
        Some(("good_morning", trunk))
    } else {
        None
    }
}

/// Counts everything in a folder, and says what it has no definition for.
pub fn measure(folder: &Path) -> Result<(Vec<Counted>, BTreeMap<String, u32>), String> {
    let labels = folder.join("labels.json");
    let text =
        fs::read_to_string(&labels).map_err(|error| format!("{}: {error}", labels.display()))?;
    let labels: Labels =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", labels.display()))?;
    let (mut counted, mut unknown) = (Vec::new(), BTreeMap::new());
    for recording in &labels.files {
        let samples = read(&folder.join(&recording.file))?;
        let whole = Block {
            name: recording.exercise.clone(),
            rows: [0, samples.len()],
            reps: recording
                .reps
                .as_u64()
                .and_then(|reps| u32::try_from(reps).ok()),
        };
        let stretches: Vec<&Block> = if recording.blocks.is_empty() {
            vec![&whole]
        } else {
            recording.blocks.iter().collect()
        };
        for block in stretches {
            let Some((id, placement)) = definition(&block.name, &recording.placement) else {
                *unknown.entry(block.name.clone()).or_default() += 1;
                continue;
            };
            let Some(expected) = block.reps else {
                *unknown
                    .entry(format!("{} (no true count)", block.name))
                    .or_default() += 1;
                continue;
            };
            let rows = block.rows[0].min(samples.len())..block.rows[1].min(samples.len());
            let (full, doubtful) = count(&samples[rows], id, placement)?;
            counted.push(Counted {
                file: recording.file.clone(),
                placement: recording.placement.clone(),
                exercise: block.name.clone(),
                counted_as: id.to_owned(),
                expected,
                counted: full,
                doubtful,
            });
        }
    }
    Ok((counted, unknown))
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

/// Reads the samples of a recording.
pub fn read(path: &Path) -> Result<Vec<Sample>, String> {
    let problem = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(problem)?;
    let mut samples = Vec::new();
    for row in reader.records() {
        let row = row.map_err(problem)?;
        let number = |index: usize| {
            row.get(index)
                .and_then(|field| field.trim().parse::<f64>().ok())
        };
        let triple = |first: usize| {
            Some(Vector3::new(
                number(first)?,
                number(first + 1)?,
                number(first + 2)?,
            ))
        };
        let (Some(t), Some(accel)) = (number(0), triple(1)) else {
            continue;
        };
        samples.push(Sample {
            at: SessionTime::from_seconds(t),
            accel: Acceleration::from_meters_per_second_squared(accel),
            gyro: triple(4).map(AngularRate::from_radians_per_second),
            clipped: false,
        });
    }
    Ok(samples)
}

/// A table of the counts by exercise and placement.
pub fn table(set: &str, counted: &[Counted]) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        groups
            .entry((&one.exercise, &one.placement))
            .or_default()
            .push(one);
    }
    let mut text = format!(
        "{set}\n{:<44} {:<22} {:>6} {:>8} {:>9} {:>6}\n",
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
