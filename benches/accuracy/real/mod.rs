//! Repetitions of real people: folders with `labels.json` and CSV files `t,ax,ay,az,gx,gy,gz`.
//!
//! Two tables. **Given**: each labelled stretch is cut out and counted by the exercise that fits it ([`given`]).
//! **Not given**: whole files, nothing is said, the coach finds and counts by itself ([`found`], [`matching`]). What has no
//! definition, or no true count, is said and not guessed.
//!
//! ```text
//! labels ─► truth ─┐
//!                  ├─► matching ─► tables
//! samples ─► found ┘
//! ```

mod found;
mod given;
mod labels;
mod matching;
mod samples;
mod tables;
mod truth;

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

/// What was measured of one set of recordings.
#[derive(Debug, Serialize)]
pub struct Measured {
    given: given::Given,
    not_given: Vec<matching::Matched>,
}

/// Measures a folder.
pub fn measure(folder: &Path) -> Result<Measured, String> {
    let recordings = labels::read(folder)?;
    let mut given = given::Given::default();
    let mut not_given = Vec::new();
    for recording in &recordings {
        let samples = samples::read(&folder.join(&recording.file))?;
        given.count(recording, &samples)?;
        let truth = truth::of(recording, &samples);
        let found = found::find(&samples, recording.placement())?;
        not_given.push(matching::compare(recording, &truth, &found));
    }
    Ok(Measured { given, not_given })
}

impl Measured {
    /// The tables; with every miss where that is asked for.
    pub fn table(&self, name: &str, is_verbose: bool) -> String {
        let mut text = String::new();
        if !self.given.counted.is_empty() {
            _ = writeln!(text, "{name}: stretch given\n{}", self.given.table());
        }
        _ = writeln!(
            text,
            "{name}: nothing given\n{}",
            tables::table(&self.not_given)
        );
        if is_verbose {
            text += &tables::misses(&self.not_given);
        }
        text
    }
}
