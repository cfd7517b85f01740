#![allow(clippy::unwrap_used)]

use super::*;
use crate::motion::stillness::Stillness;
use crate::motion::{Attitude, Validity};
use crate::units::Angle;
use nalgebra::UnitQuaternion;

const RATE: f64 = 100.0;

/// Something of a course that is exact: height and pitch by minimum-jerk moves.
struct Course {
    heights: Vec<f64>,
    lifts: Vec<f64>,
    pitches: Vec<f64>,
}

/// Moves to a height (m) with a pitch (degrees) within seconds, after two seconds of rest.
fn course(moves: &[(f64, f64, f64)]) -> Course {
    let mut all = Course {
        heights: Vec::new(),
        lifts: Vec::new(),
        pitches: Vec::new(),
    };
    let (mut height, mut pitch) = (0.0, 0.0_f64);
    for &(to, leaned, secs) in std::iter::once(&(0.0, 0.0, 2.0)).chain(moves) {
        let steps = (secs * RATE) as usize;
        for k in 1..=steps {
            let x = k as f64 / steps as f64;
            let share = x.powi(3) * (10.0 - 15.0 * x + 6.0 * x * x);
            let bend = 60.0 * x * (1.0 - x) * (1.0 - 2.0 * x) / (secs * secs);
            all.heights.push(height + (to - height) * share);
            all.lifts.push((to - height) * bend);
            all.pitches
                .push((pitch + (leaned - pitch) * share).to_radians());
        }
        (height, pitch) = (to, leaned);
    }
    all
}

/// Twelve uniform numbers make a normal one; a linear congruence makes those.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let mut sum = -6.0;
        for _ in 0..12 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            sum += (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        }
        sum
    }
}

/// Heights that the filter finds with a biased, noisy sensor that is worn askew.
fn followed(course: &Course, bias: Vector3<f64>, noise: f64, seed: u64) -> Vec<TravelPoint> {
    let mounting = UnitQuaternion::from_euler_angles(0.4, -0.9, 1.3);
    let mut random = Noise(seed);
    let (mut travel, mut stillness) = (Travel::new(), Stillness::new());
    let mut before = 0.0;
    let count = course.heights.len();
    (0..count)
        .map(|k| {
            let lean = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), course.pitches[k]);
            let up = UnitVector3::new_normalize(mounting * (lean * Vector3::y()));
            let shake = Vector3::new(random.next(), random.next(), random.next()) * noise;
            let force = up.into_inner() * (STANDARD_GRAVITY + course.lifts[k]) + bias + shake;
            let turned = (course.pitches[k] - before) * RATE;
            before = course.pitches[k];
            let at = SessionTime::from_seconds(k as f64 / RATE);
            let is_still = stillness.update(&Attitude {
                at,
                up,
                world_from_sensor: UnitQuaternion::identity(),
                rate: Some(mounting * Vector3::z() * turned),
                force,
                error: Angle::from_degrees(0.5),
                validity: Validity::Good,
            });
            travel.update(at, up, force, is_still)
        })
        .collect()
}

/// Largest and last error of the height, cm.
fn errors(course: &Course, found: &[TravelPoint]) -> (f64, f64) {
    let errors: Vec<f64> = course
        .heights
        .iter()
        .zip(found)
        .map(|(height, point)| (point.height_m - height) * 100.0)
        .collect();
    let largest = errors
        .iter()
        .fold(0.0_f64, |most, error| most.max(error.abs()));
    (largest, *errors.last().unwrap())
}

fn repeated(reps: usize, moves: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    (0..reps).flat_map(|_| moves.iter().copied()).collect()
}

fn biases() -> [Vector3<f64>; 3] {
    [
        Vector3::new(0.05, 0.0, 0.0),
        Vector3::new(-0.03, 0.03, 0.03),
        Vector3::new(0.0, -0.05, 0.02),
    ]
}

#[test]
fn without_bias_or_noise_only_what_is_unknown_is_wrong() {
    for secs in [1.0, 2.0, 4.0] {
        let squat = course(&repeated(
            3,
            &[(-0.45, 40.0, secs), (0.0, 0.0, secs), (0.0, 0.0, 1.0)],
        ));
        let found = followed(&squat, Vector3::zeros(), 0.0, 1);
        assert!(
            errors(&squat, &found).0 < 3.0,
            "{secs} s: {:?}",
            errors(&squat, &found)
        );
    }
}

#[test]
fn squats_with_a_pause_are_followed_with_a_biased_sensor() {
    let squat = course(&repeated(
        10,
        &[(-0.45, 40.0, 2.0), (0.0, 0.0, 2.0), (0.0, 0.0, 1.0)],
    ));
    for (seed, bias) in (1..).zip(biases()) {
        let found = followed(&squat, bias, 0.03, seed);
        let (largest, last) = errors(&squat, &found);
        assert!(largest < 15.0, "{bias:?}: {largest}");
        assert!(last.abs() < 8.0, "{bias:?}: {last}");
        // The first squat leans a sensor whose other axes nobody knows yet; the others are right.
        for rep in 2..10 {
            let (top, bottom) = (200 + rep * 500 - 20, 200 + rep * 500 + 200);
            let depth = (found[top].height_m - found[bottom].height_m) * 100.0;
            assert!((depth - 45.0).abs() < 5.0, "{bias:?}, rep {rep}: {depth}");
        }
    }
}

#[test]
fn calf_raises_of_six_centimeters_are_seen() {
    let raises = course(&repeated(
        15,
        &[
            (0.06, 0.0, 1.0),
            (0.06, 0.0, 1.0),
            (0.0, 0.0, 2.0),
            (0.0, 0.0, 1.0),
        ],
    ));
    for (seed, bias) in (1..).zip(biases()) {
        let found = followed(&raises, bias, 0.03, seed);
        assert!(
            errors(&raises, &found).0 < 4.0,
            "{bias:?}: {:?}",
            errors(&raises, &found)
        );
    }
    let brisk = course(&repeated(20, &[(0.06, 0.0, 0.7), (0.0, 0.0, 0.7)]));
    let found = followed(&brisk, biases()[1], 0.02, 4);
    for rep in 0..20 {
        let (low, high) = (200 + rep * 140, 200 + rep * 140 + 70);
        let rise = (found[high].height_m - found[low].height_m) * 100.0;
        assert!((rise - 6.0).abs() < 1.5, "rep {rep}: {rise}");
    }
}

#[test]
fn whoever_sits_still_on_the_box_is_not_taken_back_up() {
    let box_squat = course(&repeated(
        8,
        &[
            (-0.45, 40.0, 2.0),
            (-0.45, 10.0, 1.0),
            (-0.45, 10.0, 2.0),
            (0.0, 0.0, 1.5),
            (0.0, 0.0, 1.0),
        ],
    ));
    for (seed, bias) in (1..).zip(biases()) {
        let found = followed(&box_squat, bias, 0.03, seed);
        assert!(
            errors(&box_squat, &found).0 < 13.0,
            "{bias:?}: {:?}",
            errors(&box_squat, &found)
        );
        for rep in 0..8 {
            let seated = &found[200 + rep * 750 + 360..200 + rep * 750 + 490];
            let deepest = seated
                .iter()
                .map(|p| p.height_m)
                .fold(f64::INFINITY, f64::min);
            let highest = seated
                .iter()
                .map(|p| p.height_m)
                .fold(f64::NEG_INFINITY, f64::max);
            assert!(
                highest - deepest < 0.04,
                "{bias:?}, rep {rep}: {deepest} to {highest}"
            );
            assert!(highest < -0.33, "{bias:?}, rep {rep}: {highest}");
        }
    }
}

#[test]
fn squats_without_any_rest_wander_but_each_has_its_depth() {
    let squat = course(&repeated(15, &[(-0.45, 40.0, 1.5), (0.0, 0.0, 1.5)]));
    for (seed, bias) in (1..).zip(biases()) {
        let found = followed(&squat, bias, 0.03, seed);
        assert!(
            errors(&squat, &found).0 < 50.0,
            "{bias:?}: {:?}",
            errors(&squat, &found)
        );
        for rep in 1..15 {
            let (top, bottom) = (200 + rep * 300, 200 + rep * 300 + 150);
            let depth = (found[top].height_m - found[bottom].height_m) * 100.0;
            assert!((depth - 45.0).abs() < 18.0, "{bias:?}, rep {rep}: {depth}");
        }
    }
}

#[test]
fn hours_do_not_make_it_run_off() {
    let hour = course(&repeated(
        40,
        &[
            (-0.4, 30.0, 2.0),
            (0.0, 0.0, 2.0),
            (0.0, 0.0, 26.0),
            (0.0, 80.0, 5.0),
            (0.0, 80.0, 20.0),
            (0.0, 0.0, 5.0),
        ],
    ));
    let found = followed(&hour, Vector3::new(0.05, -0.05, 0.05), 0.05, 9);
    assert!(
        found
            .iter()
            .all(|point| point.height_m.abs() < 1.5 && point.error_m < 1.5)
    );
    assert!(
        errors(&hour, &found).1.abs() < 15.0,
        "{:?}",
        errors(&hour, &found)
    );
}

#[test]
fn a_gap_is_not_integrated_over() {
    let mut travel = Travel::new();
    let up = UnitVector3::new_normalize(Vector3::y());
    let rest = Vector3::y() * STANDARD_GRAVITY;
    let mut at = 0.0;
    for k in 0..300 {
        at = f64::from(k) / RATE;
        travel.update(SessionTime::from_seconds(at), up, rest, k > 50);
    }
    let before = travel.update(SessionTime::from_seconds(at + 0.01), up, rest * 1.05, false);
    let after = travel.update(SessionTime::from_seconds(at + 5.0), up, rest * 1.05, false);
    assert!((after.height_m - before.height_m).abs() < 0.01);
    assert!(after.error_m > 0.15, "{after:?}");
}

#[test]
fn between_two_rests_the_way_is_exact_whatever_the_bias() {
    let squat = course(&[(-0.45, 40.0, 2.0), (0.0, 0.0, 1.5), (0.0, 0.0, 1.0)]);
    let times: Vec<f64> = (0..squat.lifts.len()).map(|k| k as f64 / RATE).collect();
    for bias in [0.0, 0.05, -0.2] {
        let lifts: Vec<f64> = squat.lifts.iter().map(|lift| lift + bias).collect();
        let found = way(&times, &lifts, &[0, 399, 560, 649]).unwrap();
        assert!(
            (found.range_m() - 0.45).abs() < 0.01,
            "{bias}: {}",
            found.range_m()
        );
        let fastest = found
            .speeds_mps
            .iter()
            .fold(0.0_f64, |most, speed| most.max(-speed));
        assert!(
            (fastest - 1.875 * 0.45 / 2.0).abs() < 0.01,
            "{bias}: {fastest}"
        );
    }
    assert_eq!(way(&times, &squat.lifts, &[10]), None);
    assert_eq!(way(&times, &squat.lifts, &[10, 9999]), None);
}
