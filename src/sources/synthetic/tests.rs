#![allow(clippy::unwrap_used, clippy::panic)]

use nalgebra::{UnitQuaternion, Vector3};

use super::*;
use crate::recording::truth::{RepKind, TrueRep};
use crate::units::STANDARD_GRAVITY;

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
    for exercise in Exercise::ALL {
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

/// The limits for a hint, by quantity: a clean session stays inside every one of them.
fn info_limits(exercise: Exercise) -> Vec<(&'static str, Bound)> {
    use Bound::{Above, Below};
    let back = vec![
        ("top_min", Below(-5.0)),
        ("top", Above(10.0)),
        ("peak", Below(60.0)),
        ("t_lower", Below(1.5)),
        ("t_raise", Below(1.0)),
        ("omega_peak", Above(95.0)),
        ("t_hold", Below(0.5)),
        ("t_turn", Above(3.0)),
        ("t_turn", Below(0.3)),
        ("side_max_abs", Above(8.0)),
        ("stick_ratio", Below(0.25)),
        ("lumflex_min", Below(-10.0)),
        ("lumflex_pct_turn", Above(60.0)),
        ("pelvis_share", Below(0.40)),
        ("peak", Above(90.0)),
    ];
    match exercise {
        Exercise::Hyperext45 | Exercise::Hyperext90 => back,
        Exercise::Superman => vec![
            ("lift", Above(25.0)),
            ("lift", Below(12.0)),
            ("t_hold", Above(10.0)),
            ("side_max_abs", Above(8.0)),
        ],
        Exercise::GoodMorning => vec![
            ("peak", Below(60.0)),
            ("peak", Above(95.0)),
            ("lumflex_pct_turn", Above(60.0)),
            ("pelvis_share", Below(0.60)),
            ("top_min", Below(-8.0)),
            ("omega_peak", Above(112.0)),
            ("side_max_abs", Above(8.0)),
            ("knee_forward", Above(25.0)),
            ("t_lower", Below(1.5)),
            ("t_raise", Below(1.0)),
        ],
        Exercise::BirdDog => vec![
            ("pelvis_pitch_max", Above(6.0)),
            ("pelvis_pitch_min", Below(-8.0)),
            ("lumflex_min", Below(-8.0)),
            ("lumflex_max", Above(8.0)),
            ("pelvis_roll_max", Above(6.0)),
            ("thorax_roll_max", Above(8.0)),
            ("scissors_max", Above(10.0)),
            ("thorax_pitch_max_abs", Above(6.0)),
            ("leg_max", Above(5.0)),
            ("leg_hold", Below(-20.0)),
            ("t_hold", Below(6.0)),
            ("t_hold", Above(12.0)),
            ("hold_drop", Above(8.0)),
            ("sway_acc", Above(0.35)),
            ("sway_rms_sigma", Above(1.5)),
            ("sway_rms_theta", Above(1.5)),
            ("t_up", Below(1.0)),
            ("t_down", Below(1.0)),
            ("t_reset", Below(1.0)),
        ],
    }
}

fn set_info_limits() -> Vec<(&'static str, Bound)> {
    use Bound::Above;
    vec![
        ("rom_loss", Above(15.0)),
        ("velocity_loss", Above(20.0)),
        ("t_raise_slope", Above(5.0)),
        ("top_drift", Above(8.0)),
        ("lumflex_drift", Above(8.0)),
        ("pitch_or_roll_trend", Above(4.0)),
        ("side_difference", Above(1.0)),
        ("side_bias", Above(6.0)),
    ]
}

#[test]
fn a_clean_performance_is_inside_every_limit() {
    for exercise in Exercise::ALL {
        for (seed, body) in Body::ALL.into_iter().enumerate() {
            for tempo in Tempo::ALL {
                let mut scenario = Scenario::of(exercise);
                (scenario.body, scenario.tempo, scenario.seed) = (body, tempo, seed as u64);
                scenario.sensors = Vec::new();
                let truth = scenario.perform().truth;
                for rep in &truth.reps {
                    for (name, bound) in info_limits(exercise) {
                        let Some(&value) = rep.quantities.get(name) else {
                            continue;
                        };
                        assert!(
                            !bound.broken_by(value),
                            "{exercise:?} {tempo:?} {seed}: {name} {value}"
                        );
                    }
                }
                for (name, bound) in set_info_limits() {
                    if let Some(&value) = truth.sets[0].quantities.get(name) {
                        assert!(
                            !bound.broken_by(value),
                            "{exercise:?} {tempo:?} {seed}: {name} {value}"
                        );
                    }
                }
            }
        }
    }
}

/// Every fault, alone, in all bodies and tempi: its quantity is beyond the limit by about its factor.
#[test]
fn every_fault_reaches_its_factor() {
    let mut misses = Vec::new();
    for exercise in Exercise::ALL {
        for &fault in exercise.faults() {
            for (seed, (tempo, factor)) in [
                (Tempo::Slow, 1.5),
                (Tempo::Normal, 1.25),
                (Tempo::Brisk, 1.5),
            ]
            .into_iter()
            .enumerate()
            {
                let mut scenario = Scenario::of(exercise).with_fault(fault, factor);
                (scenario.body, scenario.tempo, scenario.seed) =
                    (Body::ALL[2 * seed], tempo, seed as u64);
                scenario.sensors = Vec::new();
                (scenario.reps, scenario.sets) = if fault.is_of_set() { (8, 2) } else { (4, 1) };
                misses.extend(misses_of(&scenario, fault, factor));
            }
        }
    }
    assert!(
        misses.is_empty(),
        "{} of them:\n{}",
        misses.len(),
        misses.join("\n")
    );
}

fn misses_of(scenario: &Scenario, fault: Fault, factor: f64) -> Option<String> {
    let truth = scenario.perform().truth;
    let rule = scenario.governing(fault);
    let target = fault.target(scenario.exercise, factor);
    let values: Vec<f64> = if rule.of_set {
        vec![
            truth.sets[1]
                .quantities
                .get(rule.quantity)
                .copied()
                .unwrap_or(f64::NAN),
        ]
    } else {
        let reps = truth
            .reps
            .iter()
            .filter(|rep| rep.faults.iter().any(|name| name == fault.name()));
        reps.map(|rep| quantity(rep, rule.quantity)).collect()
    };
    // Sway rides on everything; uneven sides come in whole repetitions, trends out of a few.
    let slack = match fault {
        Fault::StickingPoint => 0.4 * target,
        Fault::Shallow if scenario.exercise == Exercise::Superman => 2.0,
        Fault::UnevenSides => 2.0,
        _ if rule.of_set => 0.12 * target.abs() + 1.0,
        _ => 0.12 * target.abs(),
    };
    assert!(!values.is_empty());
    let bad = values
        .iter()
        .find(|v| (**v - target).abs() > slack || !rule.bound.broken_by(**v));
    bad.map(|v| {
        format!(
            "{:?} {fault} x{factor} {:?}: {} {v:.2}, meant {target:.2}",
            scenario.exercise, scenario.tempo, rule.quantity
        )
    })
}

/// What a host makes of the packets: every reading with its run, number and time.
fn decoded(inputs: &[Input], sensor: u8) -> Vec<(u8, u32, u32, [i16; 3])> {
    use backcoach_protocol::data::{Expander, Frame};
    let mut expander = Expander::new();
    let mut readings = Vec::new();
    for input in inputs {
        let Input::Packet {
            sensor: from,
            channel,
            bytes,
            ..
        } = input
        else {
            continue;
        };
        if *channel != DATA || from.0 != sensor {
            continue;
        }
        let frame = Frame::parse(bytes).unwrap();
        let Ok(place) = expander.expand(&frame) else {
            continue;
        };
        for (number, sample) in frame.samples().enumerate() {
            let index = place.index.wrapping_add(number as u32);
            readings.push((frame.header.run, index, place.timestamp, sample.accel));
        }
    }
    readings
}

fn over(radio: Radio) -> Scenario {
    let mut scenario = Scenario::of(Exercise::Hyperext45);
    (scenario.reps, scenario.link) = (3, LinkModel::Radio(radio));
    scenario
}

#[test]
fn packets_give_back_every_reading() {
    let mut direct = over(Radio::good());
    direct.link = LinkModel::Direct;
    let readings = samples(&direct.perform());
    for compact in [false, true] {
        let performance = over(Radio {
            compact,
            ..Radio::good()
        })
        .perform();
        let decoded = decoded(&performance.inputs, 0);
        assert_eq!(decoded.len(), readings.len());
        assert!(performance.truth.gaps.is_empty());
        let scale = 8.0 * STANDARD_GRAVITY / 32_768.0;
        for (number, (got, sent)) in decoded.iter().zip(&readings).enumerate() {
            assert_eq!(got.1, number as u32);
            let got = Vector3::from(got.3.map(f64::from)) * scale;
            assert!((got - sent.accel.meters_per_second_squared()).norm() < 1e-4);
        }
    }
}

#[test]
fn every_packet_arrives_after_its_readings_and_in_order() {
    let performance = over(Radio::crowded()).perform();
    let times: Vec<SessionTime> = performance.inputs.iter().map(Input::at).collect();
    assert!(times.is_sorted());
    let lost: usize = performance.true_attitude[0].len() - decoded(&performance.inputs, 0).len();
    let share = lost as f64 / performance.true_attitude[0].len() as f64;
    assert!((0.005..0.05).contains(&share), "{share}");
}

#[test]
fn a_lost_connection_comes_back_with_a_new_run_and_its_info() {
    for kind in [
        GapKind::OutOfRange,
        GapKind::Reboot,
        GapKind::Overrun,
        GapKind::Silent,
    ] {
        let performance = over(Radio::good().with_gap(kind, Some(26.0), 5.0)).perform();
        let gaps = &performance.truth.gaps;
        assert_eq!(gaps.len(), 1, "{kind:?} {gaps:?}");
        assert!((gaps[0].from - 26.0).abs() < 0.1 && (gaps[0].to - 31.0).abs() < 0.1);
        let decoded = decoded(&performance.inputs, 0);
        let runs: std::collections::BTreeSet<u8> =
            decoded.iter().map(|reading| reading.0).collect();
        let breaks = matches!(kind, GapKind::OutOfRange | GapKind::Reboot);
        assert_eq!(runs.len(), if breaks { 2 } else { 1 });
        let infos = performance
            .inputs
            .iter()
            .filter(|input| matches!(input, Input::Packet { channel, .. } if *channel == INFO));
        let mut count = 0;
        for info in infos {
            let Input::Packet { bytes, .. } = info else {
                continue;
            };
            let info = backcoach_protocol::info::Info::parse(bytes).unwrap();
            assert!(info.can(&info.config.settings).is_ok());
            count += 1;
        }
        assert_eq!(count, if breaks { 2 } else { 1 });
        if kind == GapKind::Reboot {
            assert!(decoded.last().unwrap().2 < 40 * 32_768);
        }
    }
}

#[test]
fn two_sensors_come_interleaved() {
    let mut scenario = over(Radio::good());
    scenario.sensors.push(WornSensor::new(Placement::Sacrum));
    let performance = scenario.perform();
    assert_eq!(
        decoded(&performance.inputs, 0).len(),
        performance.true_attitude[0].len()
    );
    assert_eq!(
        decoded(&performance.inputs, 1).len(),
        performance.true_attitude[1].len()
    );
    let times: Vec<SessionTime> = performance.inputs.iter().map(Input::at).collect();
    assert!(times.is_sorted());
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
    for fault in Fault::ALL {
        assert_eq!(fault.name().parse::<Fault>().unwrap(), fault);
        assert!(
            Exercise::ALL
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
        Scenario::new("squat")
            .unwrap_err()
            .to_string()
            .contains("bird_dog")
    );
    assert_eq!(Scenario::faults_of("superman").unwrap().len(), 6);
}
