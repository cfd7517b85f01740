//! Speed of the whole line, from an input to the events, for each sample: what one core has to do live, and what a
//! replay costs. Goal: 2 µs a sample; 5 µs where nothing is named.

use std::hint::black_box;

use backcoach::coach::{Coach, Event, Goal, Plan, Setup, WornSensor};
use backcoach::exercise;
use backcoach::input::{Input, Placement};
use backcoach::sources::synthetic::{self, LinkModel, Radio, Scenario};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const EXERCISE: &str = "hyperext_45";

/// The same movement where nobody named it.
const NOT_NAMED: &str = "auto";

/// A set-up and two sets, with everything that a session holds: rules, verdicts and the end of a set among it.
fn session(named: &str, placements: &[Placement], link: LinkModel) -> (Plan, Vec<Input>) {
    let is_direct = matches!(link, LinkModel::Direct);
    let mut scenario = Scenario::new(EXERCISE).expect("the exercise is built in");
    scenario.sets = 2;
    scenario.link = link;
    scenario.sensors = placements
        .iter()
        .copied()
        .map(synthetic::WornSensor::new)
        .collect();
    let family = if is_direct {
        WornSensor::IMPORTED
    } else {
        "backcoach"
    };
    let worn = |placement: &Placement| WornSensor {
        family: family.to_owned(),
        placement: *placement,
        name: String::new(),
    };
    let plan = Plan {
        exercise: exercise::built_in(named).expect("the exercise is built in"),
        sensors: placements.iter().map(worn).collect(),
        setup: Setup::Guided,
        goal: Goal::default(),
        settings: Default::default(),
        conduct: Default::default(),
        programme: None,
    };
    (plan, scenario.perform().inputs)
}

/// The whole session; gives how many samples became postures, and how many repetitions were counted.
fn coached(plan: &Plan, inputs: &[Input]) -> (u64, u64) {
    let mut coach = Coach::new(plan).expect("the plan can be coached");
    let (mut postures, mut reps) = (0, 0);
    for input in inputs {
        for event in coach.handle(black_box(input)) {
            postures += u64::from(matches!(event, Event::Posture(_)));
            reps += u64::from(matches!(event, Event::Rep(_)));
        }
    }
    (postures, reps)
}

fn line(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("the line, a sample");
    for (worn, named, placements) in [
        ("one sensor", EXERCISE, &[Placement::T7][..]),
        (
            "two sensors",
            EXERCISE,
            &[Placement::T7, Placement::Sacrum][..],
        ),
        ("one sensor, nothing named", NOT_NAMED, &[Placement::T7][..]),
    ] {
        for (kind, link) in [
            ("packets", LinkModel::Radio(Radio::good())),
            ("samples", LinkModel::Direct),
        ] {
            let (plan, inputs) = session(named, placements, link);
            let (postures, reps) = coached(&plan, &inputs);
            assert!(reps > 0, "a session without repetitions measures nothing");
            group.throughput(Throughput::Elements(postures));
            group.bench_function(format!("{worn}, {kind}"), |bencher| {
                bencher.iter(|| coached(&plan, &inputs));
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = line
}
criterion_main!(benches);
