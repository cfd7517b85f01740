#![allow(clippy::unwrap_used, clippy::panic)]

mod drills;
mod limits;
mod radio;

use nalgebra::{UnitQuaternion, Vector3};

use super::*;
use crate::recording::truth::{RepKind, TrueRep};
use crate::units::STANDARD_GRAVITY;
use radio::over;

fn ideal(exercise: Exercise, placement: Placement) -> Scenario {
    let mut scenario = Scenario::of(exercise);
    scenario.reps = 2;
    scenario.link = LinkModel::Direct;
    scenario.sensors = vec![WornSensor {
        model: SensorModel::ideal(),
        ..WornSensor::new(placement)
    }];
    scenario
}

fn samples(performance: &Performance) -> Vec<Sample> {
    let of = |input: &Input| match input {
        Input::Sample { sample, .. } => Some(*sample),
        _ => None,
    };
    performance.inputs.iter().filter_map(of).collect()
}

fn quantity(rep: &TrueRep, name: &str) -> f64 {
    *rep.quantities
        .get(name)
        .unwrap_or_else(|| panic!("no {name} in {:?}", rep.quantities))
}

#[test]
fn the_same_seed_gives_the_same_session_and_another_seed_another() {
    let mut scenario = Scenario::of(Exercise::Hyperext45);
    scenario.reps = 2;
    let (first, again) = (scenario.perform(), scenario.perform());
    assert_eq!(first.inputs, again.inputs);
    assert_eq!(first.truth, again.truth);
    scenario.seed = 2;
    assert_ne!(first.truth.reps, scenario.perform().truth.reps);
}

#[test]
fn the_gyroscope_integrates_to_the_true_up() {
    let mut scenario = ideal(Exercise::Hyperext90, Placement::T7);
    scenario.sensors[0].rate_hz = 400.0;
    let performance = scenario.perform();
    let samples = samples(&performance);
    let truth = &performance.true_attitude[0];
    let mut up = truth[0].up;
    for pair in samples.windows(2) {
        let mean = 0.5
            * (pair[0].gyro.unwrap().radians_per_second()
                + pair[1].gyro.unwrap().radians_per_second());
        let dt = pair[1].at.seconds_since(pair[0].at);
        up = UnitQuaternion::from_scaled_axis(-mean * dt) * up;
    }
    let error = up.angle(&truth.last().unwrap().up).to_degrees();
    assert!(error < 0.5, "{error}° after {} samples", samples.len());
}

#[test]
fn at_rest_the_accelerometer_reads_gravity_upwards() {
    let performance = ideal(Exercise::Hyperext45, Placement::T7).perform();
    let still = &performance.truth.still[0];
    let mut seen = 0;
    for (sample, truth) in samples(&performance)
        .iter()
        .zip(&performance.true_attitude[0])
    {
        if (still.from..still.to).contains(&truth.at.seconds()) {
            let force = sample.accel.meters_per_second_squared();
            // Sway and tremor are there and small.
            assert!((force - STANDARD_GRAVITY * truth.up).norm() < 0.15);
            seen += 1;
        }
    }
    assert!(seen > 300);
}

#[test]
fn the_mounting_turns_the_readings_and_nothing_else() {
    let plain = ideal(Exercise::Hyperext45, Placement::T7);
    let mut turned = plain.clone();
    turned.sensors[0] = turned.sensors[0].clone().mounted_at_random(7);
    let back = plain.sensors[0].mounting.inverse() * turned.sensors[0].mounting;
    let (a, b) = (plain.perform(), turned.perform());
    assert_eq!(a.truth, b.truth);
    for (a, b) in samples(&a).iter().zip(&samples(&b)) {
        let difference =
            a.accel.meters_per_second_squared() - back * b.accel.meters_per_second_squared();
        assert!(difference.norm() < 0.01);
    }
}

#[test]
fn specific_force_is_the_second_derivative_of_the_path() {
    // Twice integrated, the force of a rep that starts and ends in one place comes back to it.
    let mut scenario = ideal(Exercise::GoodMorning, Placement::T7);
    scenario.sensors[0].rate_hz = 1000.0;
    let performance = scenario.perform();
    let rep = &performance.truth.reps[0];
    let script = Script::plan(&scenario);
    let (mut velocity, mut path) = (Vector3::zeros(), Vector3::zeros());
    let mut started = None;
    for (sample, truth) in samples(&performance)
        .iter()
        .zip(&performance.true_attitude[0])
    {
        let t = truth.at.seconds();
        if !(rep.start..rep.turn).contains(&t) {
            continue;
        }
        let stance = script
            .movement
            .stance(Placement::T7.segment(), None, t)
            .rotation();
        let world_from_sensor = stance * scenario.sensors[0].mounting;
        let force = world_from_sensor * sample.accel.meters_per_second_squared();
        if started.is_none() {
            started = Some(t);
            let ahead = script.movement.position(Placement::T7, t + 1e-3);
            velocity = (ahead - script.movement.position(Placement::T7, t - 1e-3)) / 2e-3;
        }
        path += velocity * 1e-3;
        velocity += (force - STANDARD_GRAVITY * Vector3::z()) * 1e-3;
    }
    let end = started.unwrap() + (rep.turn - started.unwrap());
    let true_path = script.movement.position(Placement::T7, end)
        - script.movement.position(Placement::T7, started.unwrap());
    assert!((path - true_path).norm() < 0.02, "{path} {true_path}");
}

#[test]
fn the_truth_is_in_order_and_counts_what_was_asked_for() {
    for exercise in Exercise::SCRIPTED {
        for tempo in Tempo::ALL {
            let mut scenario = Scenario::of(exercise);
            (scenario.tempo, scenario.sets, scenario.sensors) = (tempo, 2, Vec::new());
            let truth = scenario.perform().truth;
            assert_eq!(truth.reps.len(), 16);
            let mut last = 0.0;
            for rep in &truth.reps {
                assert!(last <= rep.start && rep.start < rep.turn && rep.turn < rep.end);
                assert_eq!(rep.kind, RepKind::Full, "{exercise:?} {rep:?}");
                last = rep.end;
            }
            assert!(truth.sets[0].end < truth.sets[1].start);
        }
    }
}

#[test]
fn another_sensor_or_radio_leaves_the_movement_as_it_was() {
    let plain = over(Radio::good()).perform().truth;
    let mut other = over(Radio::crowded());
    other.sensors = vec![WornSensor::new(Placement::Sacrum)];
    let other = other.perform().truth;
    assert_eq!(plain.reps, other.reps);
}

#[test]
fn the_truth_reads_back_from_its_text() {
    let truth = over(Radio::crowded()).perform().truth;
    let text = serde_json::to_string(&truth).unwrap();
    assert_eq!(
        serde_json::from_str::<crate::recording::truth::Truth>(&text).unwrap(),
        truth
    );
}

#[test]
fn names_are_told_apart_and_unknown_ones_refused() {
    for fault in Fault::SCRIPTED {
        assert_eq!(fault.name().parse::<Fault>().unwrap(), fault);
        assert!(
            Exercise::SCRIPTED
                .iter()
                .any(|exercise| exercise.faults().contains(&fault)),
            "{fault}"
        );
    }
    assert!(
        "wobbly"
            .parse::<Fault>()
            .unwrap_err()
            .to_string()
            .contains("past-the-line")
    );
    assert!(
        Scenario::new("handstand")
            .unwrap_err()
            .to_string()
            .contains("bird_dog")
    );
    assert_eq!(Scenario::faults_of("superman").unwrap().len(), 6);
}
