//! `labels.json`, as it is written.

use std::fs;
use std::path::Path;

use backcoach::input::Placement;
use serde::Deserialize;

#[derive(Deserialize)]
struct Labels {
    #[serde(default)]
    dataset: String,
    files: Vec<Recording>,
}

/// One file.
#[derive(Deserialize)]
pub struct Recording {
    /// The set of recordings it is from.
    #[serde(skip)]
    pub dataset: String,
    /// Its name.
    pub file: String,
    /// Where the sensor was, in the words of its makers.
    #[serde(default, rename = "placement")]
    pub place: String,
    /// What was done.
    #[serde(default)]
    pub exercise: String,
    /// The exercise in a word or two, where the makers only numbered it.
    pub exercise_as_drawn: Option<String>,
    /// Whether the sensor is on the limb that moves, where one is.
    pub main_unit: Option<bool>,
    /// A number, `{"total": n}`, a number for each kind, or nothing.
    #[serde(default)]
    reps: serde_json::Value,
    /// Stretches by row.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// Sets by second.
    #[serde(default)]
    pub sets: Vec<Set>,
    /// Repetitions by row: first, last, and 1 correct, 2 fast, 3 low amplitude.
    #[serde(default)]
    pub rep_rows: Option<Vec<[usize; 3]>>,
}

/// A labelled stretch.
#[derive(Deserialize)]
pub struct Block {
    /// What was done.
    pub name: String,
    /// First row, and the one after the last.
    pub rows: [usize; 2],
    /// How often.
    pub reps: Option<u32>,
}

/// A labelled set.
#[derive(Deserialize)]
pub struct Set {
    /// What was done.
    pub exercise: String,
    /// From here, seconds.
    pub t0: f64,
    /// To here, seconds.
    pub t1: f64,
    /// How often.
    pub reps: u32,
    /// From and to, seconds, of each.
    #[serde(default)]
    pub rep_times: Vec<[f64; 2]>,
}

impl Recording {
    /// The true count of the whole file, where it is one number.
    pub fn reps(&self) -> Option<u32> {
        let number = self
            .reps
            .as_u64()
            .or_else(|| self.reps.get("total")?.as_u64())?;
        u32::try_from(number).ok()
    }

    /// The nearest place that the program knows.
    pub fn placement(&self) -> Placement {
        let is = |words: &[&str]| words.iter().any(|word| self.place.contains(word));
        match () {
            () if is(&["pelvis", "waist", "sacrum"]) => Placement::Sacrum,
            () if is(&["belly"]) => Placement::FrontPelvis,
            () if is(&["chest"]) => Placement::Sternum,
            () if is(&["thigh"]) => Placement::Thigh(None),
            () if is(&["shank", "ankle"]) => Placement::Ankle(None),
            () if is(&["forearm", "wrist"]) => Placement::Wrist(None),
            () => Placement::T7,
        }
    }
}

/// Reads the labels of a folder.
pub fn read(folder: &Path) -> Result<Vec<Recording>, String> {
    let path = folder.join("labels.json");
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| problem(&error))?;
    let labels: Labels = serde_json::from_str(&text).map_err(|error| problem(&error))?;
    let dataset = labels.dataset;
    let named = |recording| Recording {
        dataset: dataset.clone(),
        ..recording
    };
    Ok(labels.files.into_iter().map(named).collect())
}
