//! What was found against what is true.

use serde::Serialize;

use super::found::{Found, FoundRep, FoundSet};
use super::labels::Recording;
use super::truth::{Meant, TrueSet, Truth};

/// A repetition belongs to a set if its turn is no further outside than this, seconds: labels follow a metronome or
/// an eye.
const NEAR_SECS: f64 = 1.5;

/// A set was found if this share of its repetitions was, and is one if this share of its repetitions is of one.
const SHARE: f64 = 0.5;

/// One recording.
#[derive(Debug, Serialize)]
pub struct Matched {
    /// The file.
    pub file: String,
    /// Where the sensor was.
    pub place: String,
    /// What was done.
    pub exercise: String,
    /// The sensor is on what moves; absent where that is not said.
    pub is_on_what_moves: Option<bool>,
    /// Nothing of it is exercise.
    pub is_idle: bool,
    /// Its length.
    pub seconds: f64,
    /// The true count.
    pub expected: Option<u32>,
    /// What was counted.
    pub counted: u32,
    /// What was said to be done unseen.
    pub not_seen: u32,
    /// True repetitions of which half or more lies where readings are missing.
    pub in_gaps: u32,
    /// Counted where nothing is exercise, and for how long that is.
    pub outside: u32,
    /// Seconds that are no exercise.
    pub outside_seconds: f64,
    /// Sets that were found.
    pub found_sets: u32,
    /// Of these, sets that are one.
    pub true_found_sets: u32,
    /// The true sets.
    pub sets: Vec<MatchedSet>,
}

/// One true set.
#[derive(Debug, Serialize)]
pub struct MatchedSet {
    /// What was done.
    pub exercise: String,
    /// `well`, `fast` or `small`.
    pub meant: &'static str,
    /// The true count.
    pub expected: Option<u32>,
    /// What was counted in it.
    pub counted: u32,
    /// It was found.
    pub is_found: bool,
    /// What it was taken for.
    pub taken_for: String,
    /// Where its first repetition was found to begin, from where it does, seconds.
    pub start_error: Option<f64>,
    /// Where its last one was found to end, likewise.
    pub end_error: Option<f64>,
    /// Its repetitions that were compared with the wearer's own.
    pub judged: u32,
    /// Of these, found to be faster.
    pub fast: u32,
    /// Of these, found to be smaller.
    pub small: u32,
    /// How long each was held, seconds.
    pub holds: Vec<f64>,
}

/// Compares one recording.
pub fn compare(recording: &Recording, truth: &Truth, found: &Found) -> Matched {
    let sets: Vec<MatchedSet> = (0..truth.sets.len())
        .map(|index| matched(index, truth, found))
        .collect();
    let of_one = |set: &&FoundSet| {
        (0..truth.sets.len()).any(|index| {
            let inside = set
                .reps
                .iter()
                .filter(|rep| nearest(rep, truth) == Some(index));
            inside.count() as f64 >= SHARE * set.reps.len() as f64
        })
    };
    let outside = found.reps().filter(|rep| nearest(rep, truth).is_none());
    let exercise: f64 = truth
        .sets
        .iter()
        .map(|set| set.span.end - set.span.start)
        .sum();
    Matched {
        file: recording.file.clone(),
        place: recording.place.clone(),
        exercise: recording.exercise.clone(),
        is_on_what_moves: recording.main_unit,
        is_idle: truth.is_idle,
        seconds: truth.seconds,
        expected: truth.reps,
        counted: number(found.reps().count()),
        not_seen: found.not_seen,
        in_gaps: number(truth.sets.iter().map(|set| in_gaps(set, found)).sum()),
        outside: number(outside.count()),
        outside_seconds: (truth.seconds - exercise).max(0.0),
        found_sets: number(found.sets.len()),
        true_found_sets: number(found.sets.iter().filter(of_one).count()),
        sets,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The true set that a repetition belongs to.
fn nearest(rep: &FoundRep, truth: &Truth) -> Option<usize> {
    let away = |set: &TrueSet| {
        (set.span.start - rep.turn)
            .max(rep.turn - set.span.end)
            .max(0.0)
    };
    let sets = truth.sets.iter().map(away).enumerate();
    let (index, secs) = sets.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (secs <= NEAR_SECS).then_some(index)
}

fn in_gaps(set: &TrueSet, found: &Found) -> usize {
    // In one piece: a slow radio has many short ones.
    let missed = |from: f64, to: f64| -> f64 {
        let cut = found.gaps.iter().map(|(a, b)| b.min(to) - a.max(from));
        cut.fold(0.0, f64::max)
    };
    let spans = set.rep_spans.iter();
    spans
        .filter(|span| missed(span.start, span.end) >= SHARE * (span.end - span.start))
        .count()
}

fn matched(index: usize, truth: &Truth, found: &Found) -> MatchedSet {
    let set = &truth.sets[index];
    let of_it = |rep: &&FoundRep| nearest(rep, truth) == Some(index);
    let reps: Vec<&FoundRep> = found.reps().filter(of_it).collect();
    let needed = set.reps.map_or(1.0, |reps| SHARE * f64::from(reps));
    let is_found = !reps.is_empty() && reps.len() as f64 >= needed;
    let taken_for = found
        .sets
        .iter()
        .max_by_key(|found| found.reps.iter().filter(of_it).count())
        .map(|found| found.movement.clone());
    let has_edges = is_found && set.is_exact;
    let edge =
        |value: Option<f64>, edge: f64| value.filter(|_| has_edges).map(|value| value - edge);
    let judged: Vec<&&FoundRep> = reps.iter().filter(|rep| rep.is_judged).collect();
    MatchedSet {
        exercise: set.exercise.clone(),
        meant: match set.meant {
            Meant::Well => "well",
            Meant::Fast => "fast",
            Meant::Small => "small",
        },
        expected: set.reps,
        counted: number(reps.len()),
        is_found,
        taken_for: taken_for.filter(|_| is_found).unwrap_or_default(),
        start_error: edge(reps.first().map(|rep| rep.start), set.span.start),
        end_error: edge(reps.last().map(|rep| rep.end), set.span.end),
        judged: number(judged.len()),
        fast: number(judged.iter().filter(|rep| rep.is_fast).count()),
        small: number(judged.iter().filter(|rep| rep.is_small).count()),
        holds: reps.iter().filter_map(|rep| rep.hold_s).collect(),
    }
}
