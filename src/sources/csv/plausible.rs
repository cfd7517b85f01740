//! Are the numbers what they are said to be? A wrong unit gives wrong angles without any other sign.

use super::columns::{AccelUnit, Columns, GyroUnit, TimeUnit};
use super::row::Row;
use crate::units::STANDARD_GRAVITY;

/// Sensors of movement run at 1 Hz to 10 kHz: the time from row to row, seconds.
const STEP_S: [f64; 2] = [1e-4, 1.0];

/// People in movement measure this on the median, in g.
const GRAVITY: [f64; 2] = [0.6, 1.8];

/// Faster than the range of common gyroscopes (2000 °/s), rad/s.
const FASTEST: f64 = 36.0;

/// Checks the first rows, given in the order of time.
///
/// # Errors
/// What cannot be, and the remedy.
pub(super) fn check(rows: &[Row], columns: &Columns) -> Result<(), String> {
    check_time(rows, columns.time_unit)?;
    check_gravity(rows, columns.accel_unit)?;
    check_gyro(rows, columns.gyro_unit)
}

fn check_time(rows: &[Row], unit: TimeUnit) -> Result<(), String> {
    let steps = rows
        .windows(2)
        .map(|pair| (pair[1].nanos - pair[0].nanos) as f64 / 1e9)
        .filter(|step| *step > 0.0)
        .collect();
    let Some(step) = median(steps) else {
        return if rows.len() > 1 {
            Err(
                "the time is the same in every row; name the time column with `--time NAME`"
                    .to_owned(),
            )
        } else {
            Ok(())
        };
    };
    if is_within(step, STEP_S) {
        return Ok(());
    }
    let other = TimeUnit::ALL
        .iter()
        .find(|other| is_within(step / unit.factor() * other.factor(), STEP_S));
    let remedy = match other {
        Some(other) => format!(
            "the times are probably in {0}: give `--time-unit {0}`",
            other.name()
        ),
        None => {
            "name the time column with `--time NAME` and its unit with `--time-unit`".to_owned()
        }
    };
    Err(format!(
        "from row to row {step:.3e} s pass, but sensors of movement take 1 to 10000 readings a second; {remedy}"
    ))
}

fn check_gravity(rows: &[Row], unit: AccelUnit) -> Result<(), String> {
    let mut sizes: Vec<f64> = rows
        .iter()
        .map(|row| row.accel.meters_per_second_squared().norm() / STANDARD_GRAVITY)
        .collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| sizes[((sizes.len() - 1) as f64 * share) as usize];
    let (low, middle) = (at(0.1), at(0.5));
    if is_within(middle, GRAVITY) {
        return Ok(());
    }
    // Gravity is always there, so its size hardly changes; what is left without it starts from zero again and again.
    let is_steady = low > 0.5 * middle;
    let other = AccelUnit::ALL
        .iter()
        .find(|other| is_within(middle / unit.factor() * other.factor(), GRAVITY));
    Err(match other {
        Some(other) if is_steady => format!(
            "accelerations are {middle:.3} g on the median, but gravity alone is 1 g; they are probably in {0}: give `--accel-unit {0}`",
            other.name()
        ),
        _ if middle < GRAVITY[0] => format!(
            "accelerations are {middle:.3} g on the median: gravity was taken out, and without it there is no inclination. \
             Export the raw accelerometer (often called `accelerometer` or `acceleration with gravity`, not `linear acceleration`)"
        ),
        _ => format!(
            "accelerations are {middle:.3} g on the median, and no unit makes them gravity; name the columns with `--accel X,Y,Z`"
        ),
    })
}

fn check_gyro(rows: &[Row], unit: GyroUnit) -> Result<(), String> {
    let sizes: Vec<f64> = rows
        .iter()
        .filter_map(|row| Some(row.gyro?.radians_per_second().norm()))
        .collect();
    match median(sizes) {
        Some(middle) if middle > FASTEST && unit == GyroUnit::RadiansPerSecond => Err(format!(
            "the gyroscope reads {middle:.0} rad/s on the median, faster than any person turns; give `--gyro-unit deg/s`"
        )),
        _ => check_turn(rows, unit),
    }
}

/// The gyroscope must turn about as fast as gravity does in the sensor's frame. The units differ by a factor of 57, so a
/// coarse look is enough: stretches of half a second over which gravity turned by ten degrees or more.
fn check_turn(rows: &[Row], unit: GyroUnit) -> Result<(), String> {
    const STRETCH_S: f64 = 0.5;
    const LEAST_TURN: f64 = 0.17;
    const LEAST_STRETCHES: usize = 5;
    let mut ratios = Vec::new();
    let (mut first, mut sum, mut count) = (0, 0.0, 0.0);
    for (at, row) in rows.iter().enumerate() {
        if let Some(gyro) = row.gyro {
            sum += gyro.radians_per_second().norm();
            count += 1.0;
        }
        let seconds = (row.nanos - rows[first].nanos) as f64 / 1e9;
        if seconds < STRETCH_S {
            continue;
        }
        let from = rows[first].accel.meters_per_second_squared();
        let turn = from.angle(&row.accel.meters_per_second_squared());
        if turn > LEAST_TURN && count > 0.0 && seconds < 2.0 * STRETCH_S {
            ratios.push(sum / count * seconds / turn);
        }
        (first, sum, count) = (at, 0.0, 0.0);
    }
    if ratios.len() < LEAST_STRETCHES {
        return Ok(());
    }
    let ratio = median(ratios).unwrap_or(1.0);
    let other = match unit {
        GyroUnit::RadiansPerSecond if ratio > 20.0 => GyroUnit::DegreesPerSecond,
        GyroUnit::DegreesPerSecond if ratio < 0.08 => GyroUnit::RadiansPerSecond,
        _ => return Ok(()),
    };
    Err(format!(
        "the gyroscope turns {ratio:.2} times as far as gravity does; it is probably in {0}: give `--gyro-unit {0}`",
        other.name()
    ))
}

fn is_within(value: f64, [least, most]: [f64; 2]) -> bool {
    (least..=most).contains(&value)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
