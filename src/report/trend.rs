//! How the repetitions changed: fatigue as it shows in range and speed.

use crate::exercise::Quantity;
use crate::units::round_to;

use super::data::{RepReport, SetReport, Trend};
use super::numbers::{counted, mean, median, number, theil_sen};

/// Fewer repetitions say nothing about a trend.
const LEAST_REPS: usize = 6;

/// From here on a change is a sign of fading: reference section 5.5 on fatigue trends, engineering choices there.
mod sign {
    /// Loss of range, percent.
    pub const ROM_LOSS: f64 = 15.0;
    /// Loss of raise speed, percent.
    pub const VELOCITY_LOSS: f64 = 20.0;
    /// Growth of the time of a repetition, percent of the first three.
    pub const TEMPO_DRIFT: f64 = 25.0;
    /// Growth of the side tilt, degrees.
    pub const SIDE_TILT: f64 = 4.0;
    /// Growth of the lumbar flexion at the far end, degrees.
    pub const LUMBAR_FLEXION: f64 = 8.0;
    /// Loss of smoothness, spectral arc length.
    pub const SMOOTHNESS: f64 = 0.4;
}

pub(super) fn trend(reps: &[RepReport], sets: &[SetReport]) -> Trend {
    let rom: Vec<Option<f64>> = reps
        .iter()
        .map(|rep| (!rep.taken_back).then_some(rep.rom_deg))
        .collect();
    let speed: Vec<Option<f64>> = reps
        .iter()
        .map(|rep| rep.raise_speed.filter(|_| !rep.taken_back))
        .collect();
    let rom_percent = against_first_three(&rom);
    let raise_speed_percent = against_first_three(&speed);
    let (signs, signs_of_set) = signs(reps, sets);
    Trend {
        rom_slope: slope(&rom_percent),
        raise_speed_slope: slope(&raise_speed_percent),
        signs,
        signs_of_set,
        rom_percent,
        raise_speed_percent,
    }
}

/// Each value in percent of the mean of the first three there are.
fn against_first_three(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let first: Vec<f64> = values.iter().flatten().copied().take(3).collect();
    let base = mean(&first).filter(|base| *base > 1e-6);
    values
        .iter()
        .map(|value| Some(round_to((*value)? / base? * 100.0, 10.0)))
        .collect()
}

fn slope(values: &[Option<f64>]) -> Option<f64> {
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| Some((index as f64, (*value)?)))
        .collect();
    (points.len() >= LEAST_REPS)
        .then(|| theil_sen(&points))
        .flatten()
        .map(|slope| round_to(slope, 100.0))
}

/// The signs of fading in the set that shows most of them, and its number where there are several.
fn signs(reps: &[RepReport], sets: &[SetReport]) -> (Vec<String>, Option<u32>) {
    let mut most: (Vec<String>, Option<u32>) = (Vec::new(), None);
    for set in sets {
        let of_set: Vec<&RepReport> = reps
            .iter()
            .filter(|rep| rep.set == set.set && !rep.taken_back)
            .collect();
        let found = signs_of_set(&of_set, set);
        if found.len() > most.0.len() {
            most = (found, (sets.len() > 1).then_some(set.set));
        }
    }
    most
}

fn signs_of_set(reps: &[&RepReport], set: &SetReport) -> Vec<String> {
    let mut found = Vec::new();
    let mut percent = |value: Option<f64>, from: f64, what: &str| {
        if let Some(value) = value.filter(|value| *value >= from) {
            found.push(format!("{what} {} %", number(value, 0)));
        }
    };
    percent(set.rom_loss, sign::ROM_LOSS, "range down by");
    percent(
        set.velocity_loss,
        sign::VELOCITY_LOSS,
        "raise speed down by",
    );
    percent(
        tempo_drift(reps),
        sign::TEMPO_DRIFT,
        "repetitions longer by",
    );
    let mut growth = |quantity: Quantity, from: f64, what: &str| {
        if let Some(value) = last_against_first(reps, quantity).filter(|value| *value >= from) {
            found.push(format!("{what} {}°", number(value, 0)));
        }
    };
    growth(Quantity::SideMax, sign::SIDE_TILT, "side tilt up by");
    growth(
        Quantity::LumflexChange,
        sign::LUMBAR_FLEXION,
        "lumbar flexion up by",
    );
    let rougher = last_against_first(reps, Quantity::SparcRaise);
    if rougher.is_some_and(|change| change <= -sign::SMOOTHNESS) {
        found.push("raise less smooth".to_owned());
    }
    found
}

/// Median of the last three minus median of the first three.
fn last_against_first(reps: &[&RepReport], quantity: Quantity) -> Option<f64> {
    let values: Vec<f64> = reps
        .iter()
        .filter_map(|rep| rep.measured.get(&quantity).copied())
        .collect();
    change(&values)
}

fn change(values: &[f64]) -> Option<f64> {
    let tail = values.len().checked_sub(3)?;
    (values.len() >= LEAST_REPS).then_some(())?;
    Some(median(&values[tail..])? - median(&values[..3])?)
}

/// How much longer the last three are than the first three, percent.
fn tempo_drift(reps: &[&RepReport]) -> Option<f64> {
    let times: Vec<f64> = reps.iter().map(|rep| rep.end_s - rep.start_s).collect();
    let first = times.get(..3).and_then(median).filter(|time| *time > 0.0)?;
    Some(change(&times)? / first * 100.0)
}

/// The trend in one line, for above the chart.
pub(super) fn in_words(trend: &Trend, reps: usize) -> String {
    match (trend.rom_slope, trend.raise_speed_slope) {
        (Some(rom), Some(speed)) => format!(
            "range {} %, speed {} % a repetition",
            signed(rom),
            signed(speed)
        ),
        (Some(rom), None) => format!("range {} % a repetition", signed(rom)),
        _ if reps == 0 => String::new(),
        _ => format!(
            "{}: too few for a trend",
            counted(reps as u64, "repetition", "repetitions")
        ),
    }
}

fn signed(value: f64) -> String {
    let text = number(value, 1);
    if value >= 0.05 {
        format!("+{text}")
    } else {
        text
    }
}

/// The signs of fading in one sentence; empty if there are none.
pub(super) fn signs_in_words(trend: &Trend) -> String {
    match (trend.signs.is_empty(), trend.signs_of_set) {
        (true, _) => String::new(),
        (false, Some(set)) => format!("in set {set}, {}", trend.signs.join(", ")),
        (false, None) => trend.signs.join(", "),
    }
}
