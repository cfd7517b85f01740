//! Inclination against an optical reference, on a folder in the layout of the BROAD extract.
//!
//! `labels.json` lists `files`, each with `file` and `groups`; a file is CSV with the header
//! `t,ax,ay,az,gx,gy,gz,ux,uy,uz,m`: seconds, m/s², rad/s, the true up in the sensor frame, and 1 in
//! `m` where the sample counts. The error is the angle between estimated and true up: root mean square
//! over `m` = 1 in each trial, then the mean over trials. Where the reference's clock has been
//! corrected, say so beside the figure.

use std::fmt;
use std::fs;
use std::path::Path;

use backcoach::input::Sample;
use backcoach::motion::orientation::{Orientation, Settings};
use backcoach::motion::{Attitude, Validity};
use backcoach::units::{Acceleration, AngularRate, SessionTime};
use nalgebra::{Quaternion, UnitQuaternion, UnitVector3, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

/// Figures of every case over every trial of a folder.
#[derive(serde::Serialize)]
pub struct Table {
    rows: Vec<Row>,
}

/// One way of running the filter, over all trials.
#[derive(serde::Serialize)]
pub struct Row {
    /// What was done to the recordings, and by which filter.
    pub case: &'static str,
    /// Mean over trials of the root-mean-square error, degrees.
    pub all: f64,
    /// The same over trials in the group `slow`; not a number without any.
    pub slow: f64,
    /// The worst trial, degrees.
    pub worst: f64,
    /// The share of samples whose error is within twice the stated one; the mean stated error, degrees.
    pub within: f64,
    pub stated: f64,
    /// The share of samples that is said to be good, and the root-mean-square error of these, degrees.
    pub good: f64,
    pub good_error: f64,
}

#[derive(Deserialize)]
struct Labels {
    files: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    file: String,
    #[serde(default)]
    groups: Vec<String>,
}

struct Trial {
    slow: bool,
    points: Vec<Point>,
}

#[derive(Clone)]
struct Point {
    sample: Sample,
    up: UnitVector3<f64>,
    counts: bool,
}

/// One estimate beside the truth.
struct Outcome {
    degrees: f64,
    stated: f64,
    good: bool,
}

/// Runs every case over every trial of the folder.
///
/// # Errors
/// A file that cannot be read, with its name.
pub fn measure(folder: &Path) -> Result<Table, String> {
    let trials = read(folder)?;
    let row = |case, outcomes: &dyn Fn(&Trial) -> Vec<Outcome>| Row::of(case, &trials, outcomes);
    let ours = |points: &[Point]| run(points);
    Ok(Table {
        rows: vec![
            row("as recorded", &|trial| ours(&trial.points)),
            row("as recorded, plain VQF", &|trial| run_plain(&trial.points)),
            row("every 2nd sample", &|trial| ours(&every(&trial.points, 2))),
            row("every 2nd sample, plain VQF", &|trial| {
                run_plain(&every(&trial.points, 2))
            }),
            row("every 5th sample", &|trial| ours(&every(&trial.points, 5))),
            row("5 % lost at random", &|trial| {
                ours(&lose(&trial.points, 0.05, 1))
            }),
            row("5 % lost one by one", &|trial| {
                ours(&lose_singles(&trial.points, 0.05))
            }),
            row("5 % lost in runs of 0.25 s", &|trial| {
                ours(&lose(&trial.points, 0.05, 12))
            }),
            row("5 % lost in runs of 1 s", &|trial| {
                ours(&lose(&trial.points, 0.05, 50))
            }),
            row("gyroscope off by 5 °/s", &|trial| {
                ours(&biased(&trial.points, 5.0))
            }),
            row("begun in the movement", &|trial| {
                ours(from_movement(&trial.points))
            }),
            row("accelerometer alone", &|trial| {
                ours(&without_gyroscope(&trial.points))
            }),
            row("accelerometer alone, every 10th", &|trial| {
                ours(&every(&without_gyroscope(&trial.points), 10))
            }),
            row("gyroscope away 2 s in 10", &|trial| {
                ours(&gyroscope_at_times(&trial.points))
            }),
        ],
    })
}

impl Row {
    fn of(case: &'static str, trials: &[Trial], outcomes: &dyn Fn(&Trial) -> Vec<Outcome>) -> Row {
        let results: Vec<(bool, Vec<Outcome>)> = trials
            .iter()
            .map(|trial| (trial.slow, outcomes(trial)))
            .collect();
        let errors: Vec<f64> = results.iter().map(|(_, all)| rms(all.iter())).collect();
        let slow = results
            .iter()
            .zip(&errors)
            .filter(|((slow, _), _)| *slow)
            .map(|(_, error)| *error);
        let every = || results.iter().flat_map(|(_, all)| all);
        Row {
            case,
            all: mean(errors.iter().copied()),
            slow: mean(slow),
            worst: errors.iter().copied().fold(f64::NAN, f64::max),
            within: share(every(), |one| one.degrees <= 2.0 * one.stated),
            stated: mean(every().map(|one| one.stated)),
            good: share(every(), |one| one.good),
            good_error: rms(every().filter(|one| one.good)),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<34}{:>8}{:>8}{:>8}{:>10}{:>12}{:>8}{:>12}",
            "inclination error, °",
            "all",
            "slow",
            "worst",
            "stated",
            "within 2x",
            "good",
            "good's own"
        )?;
        for row in &self.rows {
            writeln!(
                f,
                "{:<34}{:>8.2}{:>8.2}{:>8.2}{:>10.2}{:>11.1}%{:>7.0}%{:>12.2}",
                row.case,
                row.all,
                row.slow,
                row.worst,
                row.stated,
                100.0 * row.within,
                100.0 * row.good,
                row.good_error
            )?;
        }
        Ok(())
    }
}

fn run(points: &[Point]) -> Vec<Outcome> {
    let mut orientation = Orientation::new(Settings::default());
    let judge = |(point, attitude): (&Point, Attitude)| Outcome {
        degrees: attitude.up.angle(&point.up).to_degrees(),
        stated: attitude.error.degrees(),
        good: attitude.validity == Validity::Good,
    };
    points
        .iter()
        .filter_map(|point| Some((point, orientation.update(&point.sample)?)))
        .filter(|(point, _)| point.counts)
        .map(judge)
        .collect()
}

/// The crate as it comes, which states no error: everything counts as good.
fn run_plain(points: &[Point]) -> Vec<Outcome> {
    let period = points.get(1).map_or(0.02, |second| {
        second.sample.at.seconds_since(points[0].sample.at)
    });
    let mut vqf = vqf_rs::VQF::new(period, None, None, None);
    let mut outcomes = Vec::new();
    for point in points {
        let rate = point
            .sample
            .gyro
            .map_or(Vector3::zeros(), AngularRate::radians_per_second);
        vqf.update(
            rate.into(),
            point.sample.accel.meters_per_second_squared().into(),
            None,
        );
        let q = vqf.quat_6d();
        let world_from_sensor =
            UnitQuaternion::from_quaternion(Quaternion::new(q.0, q.1, q.2, q.3));
        let up = world_from_sensor.inverse() * Vector3::z();
        if point.counts {
            outcomes.push(Outcome {
                degrees: up.angle(&point.up).to_degrees(),
                stated: f64::NAN,
                good: true,
            });
        }
    }
    outcomes
}

fn every(points: &[Point], nth: usize) -> Vec<Point> {
    points.iter().step_by(nth).cloned().collect()
}

/// Takes away a share of the samples, `run` at a time.
fn lose(points: &[Point], part: f64, run: usize) -> Vec<Point> {
    let mut generator = ChaCha8Rng::seed_from_u64(1);
    let mut left = 0;
    let mut kept = Vec::new();
    for point in points {
        if left == 0 && generator.random_bool(part / run as f64) {
            left = run;
        }
        if left == 0 {
            kept.push(point.clone());
        }
        left = left.saturating_sub(1);
    }
    kept
}

/// The same for single samples that have all their neighbors.
fn lose_singles(points: &[Point], part: f64) -> Vec<Point> {
    let mut generator = ChaCha8Rng::seed_from_u64(1);
    let mut last = 0;
    let mut kept = Vec::new();
    for (k, point) in points.iter().enumerate() {
        // Three places after each loss are barred, which the probability makes up for.
        if generator.random_bool(part / (1.0 - 3.0 * part)) && k - last > 3 {
            last = k;
        } else {
            kept.push(point.clone());
        }
    }
    kept
}

fn biased(points: &[Point], degrees_per_second: f64) -> Vec<Point> {
    let bias = Vector3::repeat(degrees_per_second.to_radians());
    changed(points, |gyro, _| {
        gyro.map(|gyro| AngularRate::from_radians_per_second(gyro.radians_per_second() + bias))
    })
}

fn without_gyroscope(points: &[Point]) -> Vec<Point> {
    changed(points, |_, _| None)
}

fn gyroscope_at_times(points: &[Point]) -> Vec<Point> {
    changed(points, |gyro, at| {
        gyro.filter(|_| at.rem_euclid(10.0) < 8.0)
    })
}

fn from_movement(points: &[Point]) -> &[Point] {
    let first = points.iter().position(|point| point.counts).unwrap_or(0);
    &points[first..]
}

fn changed(
    points: &[Point],
    gyro: impl Fn(Option<AngularRate>, f64) -> Option<AngularRate>,
) -> Vec<Point> {
    let mut points = points.to_vec();
    for point in &mut points {
        point.sample.gyro = gyro(point.sample.gyro, point.sample.at.seconds());
    }
    points
}

fn read(folder: &Path) -> Result<Vec<Trial>, String> {
    let path = folder.join("labels.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let labels: Labels =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    labels
        .files
        .iter()
        .map(|label| {
            let path = folder.join(&label.file);
            Ok(Trial {
                slow: label.groups.iter().any(|group| group == "slow"),
                points: read_points(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?,
            })
        })
        .collect()
}

fn read_points(path: &Path) -> Result<Vec<Point>, csv::Error> {
    csv::Reader::from_path(path)?
        .deserialize::<[f64; 11]>()
        .map(|row| {
            let [t, ax, ay, az, gx, gy, gz, ux, uy, uz, m] = row?;
            Ok(Point {
                sample: Sample {
                    at: SessionTime::from_seconds(t),
                    accel: Acceleration::from_meters_per_second_squared(Vector3::new(ax, ay, az)),
                    gyro: Some(AngularRate::from_radians_per_second(Vector3::new(
                        gx, gy, gz,
                    ))),
                    clipped: false,
                },
                up: UnitVector3::new_normalize(Vector3::new(ux, uy, uz)),
                counts: m == 1.0,
            })
        })
        .collect()
}

fn rms<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> f64 {
    mean(outcomes.map(|one| one.degrees * one.degrees)).sqrt()
}

fn share<'a>(outcomes: impl Iterator<Item = &'a Outcome>, holds: impl Fn(&Outcome) -> bool) -> f64 {
    mean(outcomes.map(|one| if holds(one) { 1.0 } else { 0.0 }))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}
