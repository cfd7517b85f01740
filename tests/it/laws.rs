//! What must hold of the coach for every input: it never falls over, and neither the mounting of a sensor nor the order of
//! the list changes what it says.

use backcoach::coach::{Coach, Conduct, Event, Notice, Plan, SetupStep};
use backcoach::exercise;
use backcoach::input::{Channel, Command, Input, LinkChange, Placement, Sample, SensorId};
use backcoach::sources::synthetic::{LinkModel, Scenario, WornSensor};
use backcoach::units::{Acceleration, AngularRate, HostTime, SessionTime};
use nalgebra::{UnitQuaternion, Vector3};
use proptest::prelude::*;

fn plan(id: &str, worn: &[&str], setup: &str) -> Plan {
    let sensor =
        |placement: &&str| serde_json::json!({"family": "backcoach", "placement": placement});
    let plan = serde_json::json!({
        "exercise": exercise::built_in(id).unwrap(),
        "sensors": worn.iter().map(sensor).collect::<Vec<_>>(),
        "setup": setup,
    });
    serde_json::from_value(plan).unwrap()
}

/// A synthetic session as plain samples.
fn samples(id: &str, worn: &[Placement], calibration: bool) -> Vec<Input> {
    let mut scenario = Scenario::new(id).unwrap();
    scenario.reps = 4;
    scenario.sensors = worn.iter().copied().map(WornSensor::new).collect();
    scenario.link = LinkModel::Direct;
    scenario.calibration = calibration;
    let performed = scenario.perform();
    let mut inputs = performed.inputs;
    if !calibration {
        // Nothing was shown: the recording begins in the start pose and ends with the last repetition.
        let of_set = &performed.truth.reps;
        let (first, last) = (of_set[0].start - 1.0, of_set[of_set.len() - 1].end + 1.0);
        inputs.retain(|input| (first..last).contains(&input.at().seconds()));
    }
    inputs
}

fn events(plan: &Plan, inputs: &[Input]) -> Vec<Event> {
    let mut coach = Coach::new(plan).unwrap();
    let mut events: Vec<Event> = inputs
        .iter()
        .flat_map(|input| coach.handle(input))
        .collect();
    events.extend(coach.finish());
    events
}

fn reps(events: &[Event]) -> Vec<(u32, f64)> {
    let rep = |event: &Event| match event {
        Event::Rep(rep) => Some((rep.number, rep.rom.value())),
        _ => None,
    };
    events.iter().filter_map(rep).collect()
}

fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -30.0..30.0,
        1 => proptest::num::f64::ANY,
        1 => Just(f64::NAN),
        1 => Just(0.0),
    ]
}

fn times() -> impl Strategy<Value = i64> {
    prop_oneof![
        20 => 0..60_000_000_i64,
        1 => any::<i64>(),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    let sensor = prop_oneof![9 => 0..2_u8, 1 => any::<u8>()].prop_map(SensorId);
    let at = || times().prop_map(HostTime::from_micros);
    let command = prop::sample::select(vec![
        Command::Next,
        Command::Start,
        Command::Stop,
        Command::Pain,
        Command::Recalibrate,
        Command::Undo,
        Command::Missed,
    ]);
    let change = prop::sample::select(vec![
        LinkChange::Connected,
        LinkChange::Lost,
        LinkChange::Battery { percent: 255 },
        LinkChange::Rssi { dbm: -128 },
    ]);
    let vector = || [numbers(), numbers(), numbers()].prop_map(Vector3::from);
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    prop_oneof![
        3 => (sensor.clone(), at(), any::<u8>(), bytes).prop_map(|(sensor, at, channel, bytes)| {
            Input::Packet { sensor, at, channel: Channel(channel), bytes }
        }),
        6 => (sensor.clone(), times(), vector(), prop::option::of(vector()), any::<bool>()).prop_map(
            |(sensor, at, force, rate, clipped)| Input::Sample {
                sensor,
                sample: Sample {
                    at: SessionTime::from_micros(at),
                    accel: Acceleration::from_meters_per_second_squared(force),
                    gyro: rate.map(AngularRate::from_radians_per_second),
                    clipped,
                },
            }
        ),
        1 => (sensor, at(), change).prop_map(|(sensor, at, change)| Input::Link { sensor, at, change }),
        1 => (at(), command).prop_map(|(at, command)| Input::Command { at, command }),
        1 => at().prop_map(|at| Input::Tick { at }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_brings_the_coach_down(
        strange in prop::collection::vec((any_input(), 0..2000_usize), 1..40),
        guided in any::<bool>(),
        conduct in prop::sample::select(vec![Conduct::Watch, Conduct::Lead, Conduct::Pace]),
    ) {
        static WORN: std::sync::OnceLock<Vec<Input>> = std::sync::OnceLock::new();
        // Strange inputs in the middle of a real session reach further than strange inputs alone.
        let real = WORN.get_or_init(|| samples("hyperext_45", &[Placement::T7, Placement::Sacrum], true));
        let mut plan = plan("hyperext_45", &["T7", "SA"], if guided { "guided" } else { "inferred" });
        plan.conduct = conduct;
        plan.goal.reps = Some(2);
        let mut coach = Coach::new(&plan).unwrap();
        let mut at = 0;
        for (input, ahead) in &strange {
            for real in real.iter().skip(at).take(*ahead) {
                coach.handle(real);
            }
            at += ahead;
            coach.handle(input);
        }
        coach.finish();
        prop_assert_eq!(coach.finish(), []);
    }
}

/// The same session with the sensors glued on otherwise.
fn turned(inputs: &[Input], mounting: UnitQuaternion<f64>) -> Vec<Input> {
    let turn = |input: &Input| match input {
        Input::Sample { sensor, sample } => Input::Sample {
            sensor: *sensor,
            sample: Sample {
                accel: Acceleration::from_meters_per_second_squared(
                    mounting * sample.accel.meters_per_second_squared(),
                ),
                gyro: sample.gyro.map(|rate| {
                    AngularRate::from_radians_per_second(mounting * rate.radians_per_second())
                }),
                ..*sample
            },
        },
        other => other.clone(),
    };
    inputs.iter().map(turn).collect()
}

#[test]
fn how_a_sensor_is_glued_on_changes_nothing() {
    for (id, setup) in [("hyperext_45", "guided"), ("superman", "inferred")] {
        let inputs = samples(id, &[Placement::T7], setup == "guided");
        let plan = plan(id, &["T7"], setup);
        let straight = reps(&events(&plan, &inputs));
        assert_eq!(straight.len(), 4, "{id}: {straight:?}");
        for k in 0..2 {
            let k = f64::from(k);
            let mounting = UnitQuaternion::from_euler_angles(1.0 + k * 1.3, 2.0 + k * 0.7, k * 2.1);
            let found = reps(&events(&plan, &turned(&inputs, mounting)));
            assert_eq!(found.len(), straight.len(), "{id}");
            for (found, straight) in found.iter().zip(&straight) {
                assert!(
                    (found.1 - straight.1).abs() < 0.1,
                    "{id}: {found:?}, {straight:?}"
                );
            }
        }
    }
}

#[test]
fn the_order_of_the_list_of_sensors_changes_nothing() {
    let inputs = samples("hyperext_45", &[Placement::T7, Placement::Sacrum], true);
    let other = |sensor: SensorId| SensorId(1 - sensor.0);
    let swapped: Vec<Input> = inputs
        .iter()
        .map(|input| match input {
            Input::Sample { sensor, sample } => Input::Sample {
                sensor: other(*sensor),
                sample: *sample,
            },
            rest => rest.clone(),
        })
        .collect();
    let judged = |events: Vec<Event>| -> Vec<Event> {
        let is_told = |event: &Event| {
            matches!(
                event,
                Event::Rep(_) | Event::Judged(_) | Event::Finding(_) | Event::Cue(_)
            )
        };
        events.into_iter().filter(is_told).collect()
    };
    let one = judged(events(
        &plan("hyperext_45", &["T7", "SA"], "guided"),
        &inputs,
    ));
    assert!(!one.is_empty());
    assert_eq!(
        one,
        judged(events(
            &plan("hyperext_45", &["SA", "T7"], "guided"),
            &swapped
        ))
    );
}

fn every_second(inputs: &[Input]) -> Vec<Input> {
    inputs.iter().step_by(2).cloned().collect()
}

#[test]
fn half_the_rate_counts_the_same() {
    let inputs = samples("hyperext_45", &[Placement::T7], true);
    let plan = plan("hyperext_45", &["T7"], "guided");
    let (full, half) = (
        reps(&events(&plan, &inputs)),
        reps(&events(&plan, &every_second(&inputs))),
    );
    assert_eq!(full.len(), 4);
    assert_eq!(full.len(), half.len());
}

fn command(at: f64, command: Command) -> Input {
    Input::Command {
        at: HostTime::from_seconds(at),
        command,
    }
}

/// Puts a command after the `n`-th event that a test picks.
fn with_command_after(
    plan: &Plan,
    inputs: &[Input],
    picks: impl Fn(&Event) -> bool,
    commands: &[Command],
) -> Vec<Event> {
    let mut coach = Coach::new(plan).unwrap();
    let mut events = Vec::new();
    let mut is_given = false;
    for input in inputs {
        let said = coach.handle(input);
        let is_due = !is_given && said.iter().any(&picks);
        events.extend(said);
        if is_due {
            is_given = true;
            for one in commands {
                events.extend(coach.handle(&command(input.at().seconds(), *one)));
            }
        }
    }
    assert!(is_given, "nothing to command at");
    events.extend(coach.finish());
    events
}

#[test]
fn going_on_at_any_step_of_the_set_up_still_counts() {
    let inputs = samples("hyperext_45", &[Placement::T7], true);
    let plan = plan("hyperext_45", &["T7"], "guided");
    let asked = |step: SetupStep| move |event: &Event| matches!(event, Event::Setup { step: now, .. } if *now == step);
    for step in [SetupStep::BendOnce, SetupStep::HoldStartPose] {
        let found = reps(&with_command_after(
            &plan,
            &inputs,
            asked(step),
            &[Command::Next],
        ));
        assert!(found.len() >= 4, "{step:?}: {found:?}");
    }
}

#[test]
fn a_sensor_that_never_speaks_can_be_gone_on_without() {
    let inputs = samples("hyperext_45", &[Placement::T7], false);
    let plan = plan("hyperext_45", &["T7", "SA"], "guided");
    let mut all = vec![command(0.0, Command::Next)];
    all.extend(inputs);
    assert_eq!(reps(&events(&plan, &all)).len(), 4);
}

#[test]
fn taking_back_twice_takes_back_two() {
    let inputs = samples("hyperext_45", &[Placement::T7], true);
    let plan = plan("hyperext_45", &["T7"], "guided");
    let third = |event: &Event| matches!(event, Event::Rep(rep) if rep.number == 3);
    let said = with_command_after(&plan, &inputs, third, &[Command::Undo, Command::Undo]);
    let undone: Vec<u32> = said
        .iter()
        .filter_map(|event| match event {
            Event::Undone { rep, .. } => Some(*rep),
            _ => None,
        })
        .collect();
    assert_eq!(undone, [3, 2]);
    // The automatic count stays as it is; what the wearer says stands beside it.
    assert!(
        said.iter()
            .any(|event| matches!(event, Event::SetEnded { reps: 4, .. }))
    );
    let corrected: Vec<(u32, u32)> = said
        .iter()
        .filter_map(|event| match event {
            Event::Corrected { counted, said, .. } => Some((*counted, *said)),
            _ => None,
        })
        .collect();
    assert_eq!(corrected, [(3, 2), (3, 1)]);
}

#[test]
fn pain_is_answered_before_anything_else_and_ends_the_set() {
    let inputs = samples("hyperext_45", &[Placement::T7], true);
    let plan = plan("hyperext_45", &["T7"], "guided");
    let second = |event: &Event| matches!(event, Event::Rep(rep) if rep.number == 2);
    let said = with_command_after(&plan, &inputs, second, &[Command::Pain]);
    let pain = said
        .iter()
        .position(|event| matches!(event, Event::Cue(cue) if cue.text.starts_with("Stop here")))
        .unwrap();
    let after = &said[pain + 1..];
    let ended = after
        .iter()
        .position(|event| {
            matches!(
                event,
                Event::SetEnded {
                    set: 1,
                    reps: 2,
                    ..
                }
            )
        })
        .unwrap();
    assert!(
        !after[..ended]
            .iter()
            .any(|event| matches!(event, Event::Cue(_)))
    );
}

#[test]
fn a_sample_from_the_far_future_is_refused_and_ends_nothing() {
    let mut inputs = samples("hyperext_45", &[Placement::T7], true);
    let plan = plan("hyperext_45", &["T7"], "guided");
    let expected = events(&plan, &inputs);
    let Some(Input::Sample { sensor, sample }) = inputs.get(inputs.len() * 3 / 4).cloned() else {
        panic!("no samples");
    };
    let far = Sample {
        at: SessionTime::from_seconds(1e8),
        ..sample
    };
    inputs.insert(
        inputs.len() * 3 / 4,
        Input::Sample {
            sensor,
            sample: far,
        },
    );
    let (refused, said): (Vec<Event>, Vec<Event>) =
        events(&plan, &inputs).into_iter().partition(|event| {
            matches!(
                event,
                Event::Notice {
                    notice: Notice::BadPacket { .. },
                    ..
                }
            )
        });
    assert_eq!(refused.len(), 1);
    assert!(said == expected);
}
