//! The tables of what was found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::matching::{Matched, MatchedSet};

/// All tables that these recordings can fill.
pub fn table(all: &[Matched]) -> String {
    let parts = [
        files(all),
        sets(all),
        idle(all),
        gaps(all),
        wearers_own(all),
        confusion(all),
        holds(all),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Errors of counts.
#[derive(Default)]
struct Errors(Vec<(f64, f64)>);

impl Errors {
    fn add(&mut self, expected: u32, counted: u32) {
        self.0.push((f64::from(expected), f64::from(counted)));
    }

    fn share(&self, is: impl Fn(f64, f64) -> bool) -> f64 {
        let right = self
            .0
            .iter()
            .filter(|(expected, counted)| is(*expected, *counted));
        100.0 * right.count() as f64 / self.0.len() as f64
    }

    fn row(&self) -> String {
        let error = |expected: f64, counted: f64| (counted - expected).abs();
        let mae = self.0.iter().map(|(a, b)| error(*a, *b)).sum::<f64>() / self.0.len() as f64;
        format!(
            "{:>6} {:>8.1} {:>9.1} {:>11.1} {mae:>6.2}",
            self.0.len(),
            self.share(|a, b| error(a, b) < 0.5),
            self.share(|a, b| error(a, b) < 1.5),
            self.share(|a, b| error(a, b) <= 0.1 * a),
        )
    }
}

const HEAD: &str = "     n  exact %  within 1 within 10 %    MAE";

fn place(one: &Matched) -> String {
    match one.is_on_what_moves {
        Some(true) => "on what moves".to_owned(),
        Some(false) => format!("{}, limb moves", one.place),
        None => one.place.clone(),
    }
}

fn files(all: &[Matched]) -> String {
    let mut groups: BTreeMap<(String, &str), Errors> = BTreeMap::new();
    for one in all.iter().filter(|one| !one.is_idle) {
        let Some(expected) = one.expected else {
            continue;
        };
        // Numbered exercises are one group, for each is done once by each person.
        let exercise = if one.is_on_what_moves.is_some() {
            "all"
        } else {
            &one.exercise
        };
        let group = groups.entry((place(one), exercise)).or_default();
        group.add(expected, one.counted);
    }
    rows("whole files", groups)
}

fn sets(all: &[Matched]) -> String {
    let mut groups: BTreeMap<(String, &str), Errors> = BTreeMap::new();
    let mut edges: BTreeMap<(String, &str), Vec<f64>> = BTreeMap::new();
    let mut found: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    for one in all.iter().filter(|one| !one.is_idle) {
        let counts = found.entry(place(one)).or_default();
        if one.expected.is_some() {
            counts[2] += one.found_sets;
            counts[3] += one.true_found_sets;
        }
        for set in &one.sets {
            let Some(expected) = set.expected else {
                continue;
            };
            let exercise = if one.is_on_what_moves.is_some() {
                set.meant
            } else {
                &set.exercise
            };
            counts[0] += 1;
            counts[1] += u32::from(set.is_found);
            let key = (place(one), exercise);
            groups
                .entry(key.clone())
                .or_default()
                .add(expected, set.counted);
            let errors = edges.entry(key).or_default();
            errors.extend(
                [set.start_error, set.end_error]
                    .into_iter()
                    .flatten()
                    .map(f64::abs),
            );
        }
    }
    let mut text = rows("sets, by where their repetitions turn", groups);
    if text.is_empty() {
        return text;
    }
    for (place, [sets, seen, told, true_ones]) in found {
        _ = writeln!(
            text,
            "  {place}: {seen} of {sets} sets found, {true_ones} of {told} found sets are one"
        );
    }
    for ((place, exercise), mut errors) in edges {
        if let (Some(half), Some(most)) = (quantile(&mut errors, 0.5), quantile(&mut errors, 0.9)) {
            _ = writeln!(
                text,
                "  {place}, {exercise}: limits off by {half:.1} s (median), {most:.1} s (nine of ten)"
            );
        }
    }
    text
}

fn rows(title: &str, groups: BTreeMap<(String, &str), Errors>) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut text = format!("{title:<68} {HEAD}\n");
    for ((place, exercise), errors) in groups {
        _ = writeln!(text, "{exercise:<44.44} {place:<23.23} {}", errors.row());
    }
    text
}

fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    values.get((last as f64 * share).round() as usize).copied()
}

fn idle(all: &[Matched]) -> String {
    let mut groups: BTreeMap<&str, (u32, f64, u32)> = BTreeMap::new();
    for one in all {
        let (name, counted, seconds) = if one.is_idle {
            (one.exercise.as_str(), one.counted, one.seconds)
        } else if one.outside_seconds > 1.0 {
            ("outside the sets", one.outside, one.outside_seconds)
        } else {
            continue;
        };
        let group = groups.entry(name).or_default();
        *group = (group.0 + counted, group.1 + seconds, group.2 + 1);
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "{:<58} files  minutes  phantom reps  a minute\n",
        "no exercise"
    );
    for (name, (counted, seconds, files)) in groups {
        let minutes = seconds / 60.0;
        let rate = f64::from(counted) / minutes;
        _ = writeln!(
            text,
            "{name:<58.58} {files:>5} {minutes:>8.1} {counted:>13} {rate:>9.2}"
        );
    }
    text
}

fn gaps(all: &[Matched]) -> String {
    let swallowed: u32 = all.iter().map(|one| one.in_gaps).sum();
    let said: u32 = all.iter().map(|one| one.not_seen).sum();
    if swallowed + said == 0 {
        return String::new();
    }
    format!(
        "gaps: {swallowed} repetitions lie in them by half or more; {said} were said to be done unseen\n"
    )
}

/// Too fast and too small, on purpose, against the wearer's own first repetitions.
fn wearers_own(all: &[Matched]) -> String {
    let on_limb = all.iter().filter(|one| one.is_on_what_moves == Some(true));
    let mut groups: BTreeMap<&str, (u32, u32, u32)> = BTreeMap::new();
    for set in on_limb.flat_map(|one| &one.sets) {
        let group = groups.entry(set.meant).or_default();
        *group = (
            group.0 + set.judged,
            group.1 + set.fast,
            group.2 + set.small,
        );
    }
    if !groups.contains_key("fast") {
        return String::new();
    }
    let mut text = format!(
        "{:<30} judged  told fast %  told small %\n",
        "meant, sensor on what moves"
    );
    for (meant, (judged, fast, small)) in groups {
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(judged);
        _ = writeln!(
            text,
            "{meant:<30} {judged:>6} {:>12.1} {:>13.1}",
            share(fast),
            share(small)
        );
    }
    text
}

fn confusion(all: &[Matched]) -> String {
    let mut groups: BTreeMap<(String, &str), BTreeMap<&str, u32>> = BTreeMap::new();
    for one in all.iter().filter(|one| !one.is_idle) {
        for set in &one.sets {
            let taken = if set.is_found {
                set.taken_for.as_str()
            } else {
                "(not found)"
            };
            let group = groups
                .entry((place(one), set.exercise.as_str()))
                .or_default();
            *group.entry(taken).or_default() += 1;
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut text = "what was done, and what it was taken for (sets)\n".to_owned();
    for ((place, exercise), taken) in groups {
        let taken: Vec<String> = taken
            .iter()
            .map(|(name, sets)| format!("{name} {sets}"))
            .collect();
        _ = writeln!(
            text,
            "{exercise:<44.44} {place:<23.23} {}",
            taken.join(", ")
        );
    }
    text
}

/// Held repetitions: those of a file whose median hold is a second or more.
fn holds(all: &[Matched]) -> String {
    let mut text = String::new();
    let is_held = |one: &&Matched| one.sets.iter().any(|set| set.exercise.contains("bird-dog"));
    for one in all.iter().filter(is_held) {
        let mut holds: Vec<f64> = one.sets.iter().flat_map(|set| set.holds.clone()).collect();
        let (Some(half), Some(least), Some(most)) = (
            quantile(&mut holds, 0.5),
            quantile(&mut holds, 0.0),
            quantile(&mut holds, 1.0),
        ) else {
            continue;
        };
        _ = writeln!(
            text,
            "{:<30} {:>4} holds, {half:>4.1} s (median), {least:.1} to {most:.1} s",
            one.file,
            holds.len()
        );
    }
    if text.is_empty() {
        return text;
    }
    format!("bird-dog: how long each was held (nobody else measured it)\n{text}")
}

/// Every file whose count is not right.
pub fn misses(all: &[Matched]) -> String {
    let mut text = String::new();
    for one in all {
        let is_right = one.expected.is_none_or(|expected| expected == one.counted);
        if is_right {
            continue;
        }
        let of = |set: &MatchedSet| format!("{} {}", set.counted, set.exercise);
        let sets: Vec<String> = one.sets.iter().map(of).collect();
        _ = writeln!(
            text,
            "  {} {}: {} counted, {} done; {} outside; {}",
            one.file,
            one.place,
            one.counted,
            one.expected.unwrap_or_default(),
            one.outside,
            sets.join(", ")
        );
    }
    text
}
