//! Led sessions against the odds: gaps anywhere, batches, sensors without a gyroscope, sensors that die, straps that
//! slip. Nobody touches a key in any of them.

use backcoach::coach::{Conduct, Event, Phase};
use backcoach::input::{Input, Placement, SensorId};
use backcoach::sources::synthetic::{Fault, GapKind, LinkModel, Radio, Scenario, WornSensor};
use backcoach::units::SessionTime;

use crate::session_led::{REPS, faults_of, led, phases, plan, reps, scenario, ticked, wrong};

/// Readings as they come from a sensor that sends them in batches of so many seconds, with ticks ten times a second.
fn batched(inputs: &[Input], secs: f64) -> Vec<Input> {
    let arrives = |input: &Input| match input {
        Input::Sample { sample, .. } => {
            SessionTime::from_seconds((sample.at.seconds() / secs).ceil() * secs + 0.03)
        }
        other => other.at(),
    };
    let mut timed: Vec<(SessionTime, Input)> = inputs
        .iter()
        .map(|input| (arrives(input), input.clone()))
        .collect();
    timed.sort_by_key(|(at, _)| *at);
    timed.into_iter().map(|(_, input)| input).collect()
}

fn direct(id: &str) -> Scenario {
    let mut scenario = scenario(id);
    scenario.link = LinkModel::Direct;
    scenario
}

/// What is wrong with a session of `scenario` whose inputs were changed on the way.
fn faults_with(scenario: &Scenario, change: impl Fn(Vec<Input>) -> Vec<Input>) -> Vec<String> {
    let performance = scenario.perform();
    let inputs = change(ticked(&performance));
    let events = led(&plan(scenario, Conduct::Lead), &inputs);
    let mut faults = wrong(&performance, &events, 0.0);
    let phases = phases(&events);
    if phases.last() != Some(&Phase::Finished) || phases.len() > 20 {
        let last = phases.iter().rev().take(12).rev().collect::<Vec<_>>();
        faults.push(format!("{} phases, last {last:?}", phases.len()));
    }
    faults
}

#[test]
fn gaps_anywhere_hide_no_repetition_but_those_within() {
    let mut faults = Vec::new();
    for (kind, secs) in [
        (GapKind::OutOfRange, 5.0),
        (GapKind::Silent, 2.0),
        (GapKind::OutOfRange, 20.0),
    ] {
        for step in 0..34 {
            let at = 22.0 + f64::from(step) * 4.1;
            let mut scenario = scenario("hyperext_45");
            (scenario.sets, scenario.reps) = (2, 6);
            scenario.seed = 100 + step as u64;
            scenario.link = LinkModel::Radio(Radio::good().with_gap(kind, Some(at), secs));
            let performance = scenario.perform();
            let events = led(&plan(&scenario, Conduct::Lead), &ticked(&performance));
            let found = wrong(&performance, &events, 0.5);
            if !found.is_empty() {
                let gaps: Vec<String> = performance
                    .truth
                    .gaps
                    .iter()
                    .map(|gap| format!("{:.1}-{:.1}", gap.from, gap.to))
                    .collect();
                let said: Vec<String> = events
                    .iter()
                    .filter_map(|event| match event {
                        Event::Phase { at, phase, .. } => {
                            Some(format!("{:.1} {phase:?}", at.seconds()))
                        }
                        _ => None,
                    })
                    .collect();
                faults.push(format!(
                    "{secs} s at {at}: {found:?} gaps {gaps:?} {said:?}"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn batches_are_neither_silence_nor_absence() {
    let mut faults = Vec::new();
    for id in ["hyperext_45", "good_morning"] {
        for (hertz, secs) in [(50.0, 0.7), (52.0, 1.4), (52.0, 2.0)] {
            // Without a gyroscope walking up to the bar looks like a bend.
            for gyro in [true, false] {
                if id == "good_morning" && !gyro {
                    continue;
                }
                let mut scenario = direct(id);
                (scenario.sensors[0].rate_hz, scenario.sensors[0].gyro) = (hertz, gyro);
                let found = faults_with(&scenario, |inputs| batched(&inputs, secs));
                faults.extend(
                    found
                        .iter()
                        .map(|fault| format!("{id} {hertz} Hz each {secs} s gyro {gyro}: {fault}")),
                );
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn without_a_gyroscope_three_sets_are_led_and_counted() {
    let mut faults = Vec::new();
    // Not the good morning: without a gyroscope the steps up to the bar look like a bend.
    for id in ["hyperext_45", "hyperext_90", "superman", "bird_dog"] {
        for hertz in [25.0, 50.0, 200.0] {
            let mut scenario = scenario(id);
            for worn in &mut scenario.sensors {
                (worn.rate_hz, worn.gyro) = (hertz, false);
            }
            let found = faults_of(&scenario);
            faults.extend(found.iter().map(|fault| format!("{id} {hertz}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_second_sensor_that_dies_for_good_stops_nobody() {
    let mut faults = Vec::new();
    for at in [40.0, 63.0, 95.0] {
        let mut scenario = direct("hyperext_45");
        scenario.sensors.push(WornSensor::new(Placement::Sacrum));
        let found = faults_with(&scenario, |mut inputs| {
            inputs.retain(|input| {
                !matches!(input, Input::Sample { sensor, sample } if *sensor == SensorId(1) && sample.at.seconds() > at)
            });
            inputs
        });
        faults.extend(found.iter().map(|fault| format!("{at}: {fault}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_strap_that_slips_by_less_than_the_pose_allows_loses_no_repetition() {
    let mut faults = Vec::new();
    // By 8 and by 12 degrees.
    for factor in [1.0, 1.5] {
        for seed in [1, 2] {
            let mut scenario = scenario("hyperext_45").with_fault(Fault::StrapSlip, factor);
            scenario.seed = seed;
            let found = faults_of(&scenario);
            faults.extend(
                found
                    .iter()
                    .map(|fault| format!("{factor} {seed}: {fault}")),
            );
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn whoever_goes_on_after_a_pause_is_counted_again() {
    let mut scenario = scenario("hyperext_45");
    scenario.sets = 1;
    scenario.reps = REPS;
    let mut scenario = scenario.with_fault(Fault::Dropped, 1.6);
    scenario.faults[0].reps = backcoach::sources::synthetic::Which::Only(vec![3]);
    let performance = scenario.perform();
    let events = led(&plan(&scenario, Conduct::Lead), &ticked(&performance));
    let phases = phases(&events);
    assert!(phases.contains(&Phase::Paused), "{phases:?}");
    let wrong = wrong(&performance, &events, 0.0);
    assert!(
        wrong.len() <= 1 && reps(&events).len() >= 7,
        "{wrong:?} {phases:?}"
    );
}
