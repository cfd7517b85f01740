//! What is true of a recording, in seconds.

use std::ops::Range;

use backcoach::input::Sample;

use super::labels::{Block, Recording};

/// What a repetition was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// As it should be, or nothing is said.
    Well,
    /// Too fast on purpose.
    Fast,
    /// Too small on purpose.
    Small,
}

/// A set that was done.
#[derive(Clone, Debug)]
pub struct TrueSet {
    /// What was done.
    pub exercise: String,
    /// Where it lies.
    pub span: Range<f64>,
    /// How often; `None` where nobody counted.
    pub reps: Option<u32>,
    /// What was meant.
    pub meant: Meant,
    /// Its limits are those of the first and the last repetition, and not of a wide stretch.
    pub is_exact: bool,
    /// Where each repetition lies, where that is known.
    pub rep_spans: Vec<Range<f64>>,
}

/// What is true of a recording.
#[derive(Clone, Debug)]
pub struct Truth {
    /// The sets in their order.
    pub sets: Vec<TrueSet>,
    /// The count of the whole.
    pub reps: Option<u32>,
    /// Nothing of it is exercise: steps, jumps, sitting down, lying.
    pub is_idle: bool,
    /// The length of the file, seconds.
    pub seconds: f64,
}

/// What is true of `recording`, whose samples are these.
pub fn of(recording: &Recording, samples: &[Sample]) -> Truth {
    let at = |row: usize| {
        let row = row.min(samples.len().saturating_sub(1));
        samples.get(row).map_or(0.0, |sample| sample.at.seconds())
    };
    let (first, last) = (at(0), at(samples.len()));
    let is_idle = recording.dataset == "sisfall" && !recording.exercise.contains("bending");
    let mut sets = sets(recording, &at);
    if sets.is_empty() && !is_idle {
        sets.push(TrueSet {
            exercise: recording.exercise.clone(),
            span: first..last,
            reps: recording.reps(),
            meant: Meant::Well,
            is_exact: false,
            rep_spans: Vec::new(),
        });
    }
    let counted: Option<u32> = sets.iter().map(|set| set.reps).sum();
    Truth {
        reps: if is_idle { Some(0) } else { counted },
        sets,
        is_idle,
        seconds: last - first,
    }
}

fn sets(recording: &Recording, at: &dyn Fn(usize) -> f64) -> Vec<TrueSet> {
    let blocks = recording
        .blocks
        .iter()
        .map(|block| of_block(recording, block, at));
    let sets = recording.sets.iter().map(|set| TrueSet {
        exercise: set.exercise.clone(),
        span: set.t0..set.t1,
        reps: Some(set.reps),
        meant: Meant::Well,
        is_exact: true,
        rep_spans: set.rep_times.iter().map(|[from, to]| *from..*to).collect(),
    });
    blocks.chain(sets).collect()
}

fn of_block(recording: &Recording, block: &Block, at: &dyn Fn(usize) -> f64) -> TrueSet {
    let meant = match block.name.as_str() {
        "fast" => Meant::Fast,
        "low amplitude" => Meant::Small,
        _ => Meant::Well,
    };
    let kind = match meant {
        Meant::Well => 1,
        Meant::Fast => 2,
        Meant::Small => 3,
    };
    let rows = recording.rep_rows.iter().flatten();
    let rep_spans: Vec<Range<f64>> = rows
        .filter(|row| row[2] == kind)
        .map(|row| at(row[0])..at(row[1]))
        .collect();
    let span = match (rep_spans.first(), rep_spans.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => at(block.rows[0])..at(block.rows[1]),
    };
    let name = recording.exercise_as_drawn.as_ref().unwrap_or(&block.name);
    TrueSet {
        exercise: name.clone(),
        is_exact: !rep_spans.is_empty(),
        span,
        reps: block.reps,
        meant,
        rep_spans,
    }
}
