//! Generated motion, with plain VQF as the oracle.

use nalgebra::Quaternion;
use proptest::prelude::*;

use super::*;
use crate::units::{Acceleration, AngularRate, STANDARD_GRAVITY};

/// A sensor that bends, leans and twists at once, `pace` times as fast as a careful exercise.
fn pose(pace: f64, at: f64) -> UnitQuaternion<f64> {
    let wave = |hertz: f64, phase: f64| (2.0 * PI * hertz * pace * at + phase).sin();
    UnitQuaternion::from_euler_angles(
        0.9 * wave(0.21, 0.0),
        0.5 * wave(0.33, 1.0),
        0.7 * wave(0.13, 2.0),
    )
}

/// What a perfect sensor 0.3 m from the center of the turn feels; still before `begins`.
fn felt(pace: f64, begins: f64, at: f64) -> Sample {
    let pose_at = |at: f64| pose(pace, (at - begins).max(0.0));
    let tiny = 1e-4;
    let (before, now, after) = (pose_at(at - tiny), pose_at(at), pose_at(at + tiny));
    let arm = Vector3::new(0.0, 0.3, 0.0);
    let own = (before * arm + after * arm - now * arm * 2.0) / (tiny * tiny);
    let own = if at < begins + 0.01 {
        Vector3::zeros()
    } else {
        own
    };
    let force = now.inverse() * (own + Vector3::z() * STANDARD_GRAVITY);
    let rate = (before.inverse() * after).scaled_axis() / (2.0 * tiny);
    sample(at, force, Some(rate))
}

fn sample(at: f64, force: Vector3<f64>, rate: Option<Vector3<f64>>) -> Sample {
    Sample {
        at: SessionTime::from_seconds(at),
        accel: Acceleration::from_meters_per_second_squared(force),
        gyro: rate.map(AngularRate::from_radians_per_second),
        clipped: false,
    }
}

fn recording(pace: f64, rate: f64, seconds: f64) -> Vec<Sample> {
    (0..(seconds * rate) as u32)
        .map(|k| felt(pace, 3.0, f64::from(k) / rate))
        .collect()
}

fn true_up(pace: f64, at: SessionTime) -> Vector3<f64> {
    pose(pace, (at.seconds() - 3.0).max(0.0)).inverse() * Vector3::z()
}

fn with_bias(samples: &[Sample], degrees_per_second: f64) -> Vec<Sample> {
    let bias = Vector3::repeat(degrees_per_second.to_radians());
    let off =
        |rate: AngularRate| AngularRate::from_radians_per_second(rate.radians_per_second() + bias);
    samples
        .iter()
        .map(|sample| Sample {
            gyro: sample.gyro.map(off),
            ..*sample
        })
        .collect()
}

fn run(samples: &[Sample]) -> Vec<Attitude> {
    let mut orientation = Orientation::new(Settings::default());
    samples
        .iter()
        .filter_map(|sample| orientation.update(sample))
        .collect()
}

/// Root mean square of the inclination error after the first ten seconds, degrees.
fn error(pace: f64, attitudes: &[Attitude]) -> f64 {
    let errors = attitudes
        .iter()
        .filter(|attitude| attitude.at.seconds() > 10.0)
        .map(|attitude| attitude.up.angle(&true_up(pace, attitude.at)).to_degrees());
    let (sum, count) = errors.fold((0.0, 0.0), |(sum, count), error| {
        (sum + error * error, count + 1.0)
    });
    f64::sqrt(sum / count)
}

/// The same for `vqf-rs` as it comes.
fn plain_error(pace: f64, rate: f64, samples: &[Sample]) -> f64 {
    let mut vqf = vqf_rs::VQF::new(1.0 / rate, None, None, None);
    let oracle = |sample: &Sample| {
        let turned = sample.gyro.unwrap().radians_per_second();
        vqf.update(
            turned.into(),
            sample.accel.meters_per_second_squared().into(),
            None,
        );
        let q = vqf.quat_6d();
        let world_from_sensor =
            UnitQuaternion::from_quaternion(Quaternion::new(q.0, q.1, q.2, q.3));
        Attitude {
            at: sample.at,
            up: UnitVector3::new_normalize(world_from_sensor.inverse() * Vector3::z()),
            world_from_sensor,
            rate: None,
            force: Vector3::zeros(),
            error: Angle::ZERO,
            validity: Validity::Good,
        }
    };
    error(pace, &samples.iter().map(oracle).collect::<Vec<_>>())
}

#[test]
fn slow_movement_agrees_with_plain_vqf() {
    let samples = recording(1.0, 200.0, 60.0);
    let (ours, plain) = (
        error(1.0, &run(&samples)),
        plain_error(1.0, 200.0, &samples),
    );
    assert!(ours < 0.3, "{ours}");
    assert!((ours - plain).abs() < 0.3, "{ours} against {plain}");
}

#[test]
fn few_samples_a_second_cost_little_where_plain_vqf_falls_behind() {
    let samples = recording(2.0, 25.0, 60.0);
    let (ours, plain) = (error(2.0, &run(&samples)), plain_error(2.0, 25.0, &samples));
    assert!(ours < 0.5, "{ours}");
    assert!(plain > 2.0 * ours, "{ours} against {plain}");
}

#[test]
fn a_biased_gyroscope_costs_nothing_where_plain_vqf_clips() {
    let samples = with_bias(&recording(1.0, 100.0, 60.0), 6.0);
    let (ours, plain) = (
        error(1.0, &run(&samples)),
        plain_error(1.0, 100.0, &samples),
    );
    assert!(ours < 0.5, "{ours}");
    assert!(plain > 5.0, "{plain}");
}

#[test]
fn a_biased_gyroscope_is_found_out_at_rest() {
    let mut orientation = Orientation::new(Settings::default());
    for k in 0..400 {
        orientation.update(&sample(
            f64::from(k) * 0.01,
            Vector3::z() * 9.8,
            Some(Vector3::repeat(0.1)),
        ));
    }
    assert!((orientation.gyro_bias() - Vector3::repeat(0.1)).norm() < 0.002);
}

#[test]
fn single_lost_samples_are_bridged() {
    let whole = recording(2.0, 50.0, 60.0);
    let lossy: Vec<Sample> = whole
        .iter()
        .enumerate()
        .filter(|(k, _)| k % 13 != 7)
        .map(|(_, s)| *s)
        .collect();
    let (whole, lossy) = (error(2.0, &run(&whole)), error(2.0, &run(&lossy)));
    assert!(lossy < whole + 0.05, "{lossy} against {whole}");
}

#[test]
fn steps_may_be_as_uneven_as_they_like() {
    let samples: Vec<Sample> = (0..6000u32)
        .map(|k| {
            felt(
                1.0,
                3.0,
                f64::from(k) * 0.01 + f64::from(k * 7919 % 5) * 0.0015,
            )
        })
        .collect();
    let error = error(1.0, &run(&samples));
    assert!(error < 0.4, "{error}");
}

#[test]
fn after_a_long_gap_the_tilt_is_taken_anew_and_trusted_later() {
    let samples = recording(0.5, 100.0, 40.0);
    let away = |sample: &&Sample| !(20.0..26.0).contains(&sample.at.seconds());
    let attitudes = run(&samples.iter().filter(away).copied().collect::<Vec<_>>());
    let after = attitudes
        .iter()
        .find(|attitude| attitude.at.seconds() >= 26.0)
        .unwrap();
    assert_eq!(after.validity, Validity::Uncertain);
    assert!(after.up.angle(&true_up(0.5, after.at)).to_degrees() < 4.0);
    let settled = attitudes.last().unwrap();
    assert_eq!(settled.validity, Validity::Good);
    assert!(settled.up.angle(&true_up(0.5, settled.at)).to_degrees() < 0.7);
}

#[test]
fn the_first_sample_sets_the_tilt_even_upside_down() {
    for force in [
        Vector3::z() * -9.8,
        Vector3::x() * 9.8,
        Vector3::new(1.0, -7.0, -6.8),
    ] {
        for rate in [None, Some(Vector3::zeros())] {
            let first = run(&[sample(0.0, force, rate)])[0];
            assert!(first.up.angle(&force).to_degrees() < 0.01);
            assert_eq!(first.validity, Validity::Invalid);
        }
    }
}

#[test]
fn standing_still_becomes_good_within_three_seconds() {
    for rate in [None, Some(Vector3::zeros())] {
        let attitudes = run(&(0..300)
            .map(|k| sample(f64::from(k) * 0.01, Vector3::y() * 9.8, rate))
            .collect::<Vec<_>>());
        assert_eq!(
            attitudes.last().unwrap().validity,
            Validity::Good,
            "{rate:?}"
        );
    }
}

#[test]
fn without_gyroscope_slow_bends_are_within_a_few_degrees_at_every_rate() {
    for rate in [5.0, 25.0, 200.0] {
        let mut samples = recording(0.3, rate, 60.0);
        samples.iter_mut().for_each(|sample| sample.gyro = None);
        let error = error(0.3, &run(&samples));
        assert!(error < 3.0, "{error} at {rate} Hz");
    }
}

#[test]
fn a_gyroscope_that_comes_and_goes_breaks_nothing() {
    let mut samples = recording(0.5, 100.0, 60.0);
    for sample in &mut samples {
        let at = sample.at.seconds();
        if at.rem_euclid(7.0) < 2.0 || at.rem_euclid(1.1) < 0.05 {
            sample.gyro = None;
        }
    }
    let attitudes = run(&samples);
    assert_eq!(attitudes.len(), samples.len());
    for attitude in attitudes
        .iter()
        .filter(|attitude| attitude.at.seconds() > 3.0)
    {
        let error = attitude.up.angle(&true_up(0.5, attitude.at)).to_degrees();
        assert!(error < 6.0, "{error} at {}", attitude.at);
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let good = recording(1.0, 100.0, 8.0);
    let mut bad = Vec::new();
    for one in &good {
        let nowhere = Vector3::new(f64::NAN, 0.0, 9.8);
        bad.push(*one);
        bad.push(sample(one.at.seconds() + 0.001, nowhere, None));
        bad.push(sample(one.at.seconds() + 0.001, Vector3::z() * 1e9, None));
        bad.push(sample(one.at.seconds() + 0.001, Vector3::zeros(), None));
        bad.push(sample(
            one.at.seconds() + 0.001,
            Vector3::z(),
            Some(Vector3::repeat(f64::INFINITY)),
        ));
        bad.push(*one);
        bad.push(sample(one.at.seconds() - 1.0, Vector3::z(), None));
    }
    assert_eq!(run(&good), run(&bad));
}

#[test]
fn a_clipped_sample_is_uncertain_and_its_force_is_not_believed() {
    let mut samples = recording(0.0, 100.0, 10.0);
    samples[900] = Sample {
        clipped: true,
        ..sample(9.0, Vector3::x() * 160.0, Some(Vector3::zeros()))
    };
    let attitudes = run(&samples);
    assert_eq!(attitudes[900].validity, Validity::Uncertain);
    assert!(attitudes[901].up.angle(&attitudes[899].up).to_degrees() < 0.01);
}

#[test]
fn the_stated_error_widens_with_every_reason_to() {
    let calm = run(&recording(0.2, 100.0, 30.0)).last().unwrap().error;
    let brisk = run(&recording(4.0, 100.0, 30.0)).last().unwrap().error;
    assert!(brisk > calm, "{brisk} {calm}");
    let mut alone = recording(2.0, 100.0, 30.0);
    alone.iter_mut().for_each(|sample| sample.gyro = None);
    assert!(run(&alone).last().unwrap().error > brisk);
    let mut clipped = recording(4.0, 100.0, 30.0);
    clipped
        .iter_mut()
        .skip(2900)
        .for_each(|sample| sample.clipped = true);
    assert!(run(&clipped).last().unwrap().error > brisk);
    let gap: Vec<Sample> = recording(4.0, 100.0, 30.0)
        .into_iter()
        .filter(|s| !(28.0..29.9).contains(&s.at.seconds()))
        .collect();
    assert!(run(&gap).last().unwrap().error > brisk);
}

#[test]
fn stated_errors_hold_on_generated_motion() {
    for pace in [0.5, 1.0, 2.0, 3.0] {
        let attitudes = run(&with_bias(&recording(pace, 50.0, 60.0), 2.0));
        let within = attitudes
            .iter()
            .filter(|one| one.up.angle(&true_up(pace, one.at)) <= 2.0 * one.error.radians())
            .count();
        assert!(
            within as f64 >= 0.95 * attitudes.len() as f64,
            "{pace}: {within}"
        );
    }
}

#[test]
fn ten_samples_a_second_are_good_for_exercise_and_not_for_shaking() {
    let share_good = |pace: f64| {
        let attitudes = run(&recording(pace, 10.0, 60.0));
        let good = attitudes
            .iter()
            .filter(|one| one.validity == Validity::Good)
            .count();
        good as f64 / attitudes.len() as f64
    };
    assert!(share_good(1.0) > 0.9, "{}", share_good(1.0));
    assert!(share_good(8.0) < 0.3, "{}", share_good(8.0));
}

#[test]
fn coasting_fast_never_states_more_than_a_right_angle() {
    let attitudes = run(&[
        sample(0.0, Vector3::z() * 9.8, Some(Vector3::x() * 90.0)),
        sample(0.14, Vector3::z() * 9.8, None),
    ]);
    assert!(attitudes[1].error.degrees() <= 90.0 + 1e-9);
    assert_eq!(attitudes[1].validity, Validity::Invalid);
}

#[test]
fn a_turned_sensor_tells_the_same_story() {
    let turn = UnitQuaternion::from_euler_angles(1.0, -2.0, 0.5);
    let turned = |sample: &Sample| Sample {
        accel: Acceleration::from_meters_per_second_squared(
            turn * sample.accel.meters_per_second_squared(),
        ),
        gyro: sample
            .gyro
            .map(|rate| AngularRate::from_radians_per_second(turn * rate.radians_per_second())),
        ..*sample
    };
    let samples = recording(1.0, 100.0, 20.0);
    let straight = run(&samples);
    let through = run(&samples.iter().map(turned).collect::<Vec<_>>());
    for (one, other) in straight.iter().zip(&through) {
        assert!((turn * one.up.into_inner()).angle(&other.up).to_degrees() < 0.05);
    }
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let number = prop_oneof![any::<f64>(), -20.0..20.0, Just(0.0)];
    let vector = [number.clone(), number.clone(), number].prop_map(Vector3::from);
    let step = prop_oneof![0..100_000_000i64, any::<i64>()];
    (
        step,
        vector.clone(),
        prop::option::of(vector),
        any::<bool>(),
    )
        .prop_map(|(at, force, rate, clipped)| Sample {
            at: SessionTime::from_micros(at),
            accel: Acceleration::from_meters_per_second_squared(force),
            gyro: rate.map(AngularRate::from_radians_per_second),
            clipped,
        })
}

proptest! {
    #[test]
    fn whatever_comes_the_answer_is_a_direction_with_an_error(
        mut samples in prop::collection::vec(any_sample(), 0..80),
        sorted in any::<bool>(),
    ) {
        if sorted {
            samples.sort_by_key(|sample| sample.at);
        }
        for attitude in run(&samples) {
            prop_assert!((attitude.up.norm() - 1.0).abs() < 1e-9);
            prop_assert!((attitude.world_from_sensor.norm() - 1.0).abs() < 1e-9);
            prop_assert!(attitude.error.degrees() > 0.0 && attitude.error.degrees() <= 90.0 + 1e-9);
            prop_assert!(attitude.rate.is_none_or(|rate| rate.iter().all(|axis| axis.is_finite())));
        }
    }
}
