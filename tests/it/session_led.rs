//! Sessions that the coach leads, as the synthetic wearer lives them: what is done in a set is counted, what is done
//! between sets is not, whatever the radio does.

use backcoach::coach::{Call, Coach, Conduct, Event, Goal, Phase, Plan, Rep, WornSensor};
use backcoach::exercise::built_in;
use backcoach::input::{Channel, Command, Input, LinkChange, Placement, SensorId, Side};
use backcoach::sources::synthetic::{
    self, GapKind, LinkModel, Performance, Radio, Scenario, Tempo,
};
use backcoach::units::HostTime;
use proptest::prelude::*;

pub(crate) const SETS: u32 = 3;
pub(crate) const REPS: u32 = 8;

/// Whoever is led rests as long as the coach says.
pub(crate) const REST: f64 = 30.0;

pub(crate) fn plan(scenario: &Scenario, conduct: Conduct) -> Plan {
    let sensor = |worn: &synthetic::WornSensor| WornSensor {
        family: "backcoach".to_owned(),
        placement: worn.placement,
        name: String::new(),
    };
    Plan {
        exercise: built_in(scenario.exercise.id()).unwrap(),
        sensors: scenario.sensors.iter().map(sensor).collect(),
        setup: Default::default(),
        goal: Goal {
            reps: Some(scenario.reps),
            sets: Some(scenario.sets),
            rest_s: Some(REST),
            fewer: 0,
        },
        settings: Default::default(),
        conduct,
        programme: None,
    }
}

pub(crate) fn scenario(id: &str) -> Scenario {
    let mut scenario = Scenario::new(id).unwrap();
    (scenario.sets, scenario.reps) = (SETS, REPS);
    (scenario.rest, scenario.leave_between_sets) = (REST + 6.0, true);
    if id == "bird_dog" {
        let places = [
            Placement::Sacrum,
            Placement::Thigh(Some(Side::Left)),
            Placement::Thigh(Some(Side::Right)),
        ];
        scenario.sensors = places.map(synthetic::WornSensor::new).into();
    }
    scenario
}

/// What reached the program, with ticks ten times a second as in a live session.
pub(crate) fn ticked(performance: &Performance) -> Vec<Input> {
    let end = performance.inputs.last().unwrap().at().micros() + 15_000_000;
    let ticks = (0..end).step_by(100_000).map(|micros| Input::Tick {
        at: HostTime::from_micros(micros),
    });
    let mut inputs: Vec<Input> = performance.inputs.iter().cloned().chain(ticks).collect();
    inputs.sort_by_key(Input::at);
    inputs
}

pub(crate) fn led(plan: &Plan, inputs: &[Input]) -> Vec<Event> {
    let mut coach = Coach::new(plan).unwrap();
    let mut events: Vec<Event> = inputs
        .iter()
        .flat_map(|input| coach.handle(input))
        .collect();
    events.extend(coach.finish());
    events
}

pub(crate) fn reps(events: &[Event]) -> Vec<&Rep> {
    let reps = events.iter().filter_map(|event| match event {
        Event::Rep(rep) => Some(rep),
        _ => None,
    });
    reps.collect()
}

pub(crate) fn phases(events: &[Event]) -> Vec<Phase> {
    let phase = |event: &Event| match event {
        Event::Phase { phase, .. } => Some(*phase),
        _ => None,
    };
    events.iter().filter_map(phase).collect()
}

/// True repetitions that were counted not once, and counted ones that are none, outside gaps.
pub(crate) fn wrong(performance: &Performance, events: &[Event], margin: f64) -> Vec<String> {
    let gaps = &performance.truth.gaps;
    let is_hidden = |from: f64, to: f64| {
        gaps.iter()
            .any(|gap| gap.from - margin < to && from < gap.to + margin)
    };
    let mut free = reps(events);
    let mut wrong = Vec::new();
    for truth in &performance.truth.reps {
        let is_it = |rep: &&Rep| (truth.start..truth.back).contains(&rep.turn.seconds());
        match free.iter().position(is_it) {
            Some(at) => drop(free.remove(at)),
            None if is_hidden(truth.start, truth.end) => {}
            None => wrong.push(format!("missed at {:.1}", truth.turn)),
        }
    }
    free.retain(|rep| !is_hidden(rep.start.seconds(), rep.end.seconds()));
    wrong.extend(
        free.iter()
            .map(|rep| format!("phantom at {:.1}", rep.turn.seconds())),
    );
    wrong
}

/// What is wrong with a led session of three sets.
pub(crate) fn faults_of(scenario: &Scenario) -> Vec<String> {
    let performance = scenario.perform();
    let events = led(&plan(scenario, Conduct::Lead), &ticked(&performance));
    let mut faults = wrong(&performance, &events, 0.0);
    let ended = events.iter().filter_map(|event| match event {
        Event::SetEnded { reps, .. } => Some(*reps),
        _ => None,
    });
    let ended: Vec<u32> = ended.collect();
    if ended != [REPS; SETS as usize] {
        faults.push(format!("sets of {ended:?}"));
    }
    let phases = phases(&events);
    if phases.last() != Some(&Phase::Finished) {
        faults.push(format!("{phases:?}"));
    }
    faults
}

#[test]
fn three_sets_with_getting_up_between_are_counted_exactly() {
    let ids = [
        "hyperext_45",
        "hyperext_90",
        "superman",
        "bird_dog",
        "good_morning",
    ];
    let mut faults = Vec::new();
    for id in ids {
        for (seed, tempo) in [(1, Tempo::Normal), (2, Tempo::Slow), (3, Tempo::Brisk)] {
            let mut scenario = scenario(id);
            (scenario.seed, scenario.tempo) = (seed, tempo);
            let found = faults_of(&scenario);
            faults.extend(found.iter().map(|fault| format!("{id} {tempo:?}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn thighs_alone_do_not_take_standing_for_hands_and_knees() {
    let mut scenario = scenario("bird_dog");
    scenario.sensors.remove(0);
    assert_eq!(faults_of(&scenario), Vec::<String>::new());
}

#[test]
fn a_rest_in_the_start_pose_is_a_rest() {
    for id in ["hyperext_45", "superman"] {
        let mut scenario = scenario(id);
        scenario.leave_between_sets = false;
        let performance = scenario.perform();
        let events = led(&plan(&scenario, Conduct::Lead), &ticked(&performance));
        assert_eq!(
            wrong(&performance, &events, 0.0),
            Vec::<String>::new(),
            "{id}"
        );
    }
}

#[test]
fn gaps_in_the_middle_of_a_set_keep_set_calibration_and_goal() {
    for seed in 1..=6 {
        let mut scenario = scenario("hyperext_45");
        scenario.seed = seed;
        let times = scenario.perform().truth;
        // Twice in the first set, and once for twenty seconds in the second.
        let at = |set: u32, rep: usize| {
            let reps: Vec<_> = times.reps.iter().filter(|rep| rep.set == set).collect();
            reps[rep].turn
        };
        let radio = Radio::good()
            .with_gap(GapKind::OutOfRange, Some(at(1, 1)), 3.0)
            .with_gap(GapKind::OutOfRange, Some(at(1, 5)), 3.0)
            .with_gap(GapKind::OutOfRange, Some(at(2, 1)), 20.0);
        scenario.link = LinkModel::Radio(radio);
        let performance = scenario.perform();
        let events = led(&plan(&scenario, Conduct::Lead), &ticked(&performance));
        let wrong = wrong(&performance, &events, 1.0);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
        let mounted = events
            .iter()
            .filter(|event| matches!(event, Event::Mounted { .. }));
        assert_eq!(mounted.count(), 1, "seed {seed}");
        let long = events.iter().filter(|event| match event {
            Event::Gap { from, to, .. } => to.seconds_since(*from) > 2.0,
            _ => false,
        });
        assert_eq!(long.count(), 3, "seed {seed}");
        let sets = events
            .iter()
            .filter(|event| matches!(event, Event::SetEnded { .. }));
        assert_eq!(sets.count(), 3, "seed {seed}");
    }
}

#[test]
fn the_bird_dog_is_called_lift_hold_lower() {
    let mut scenario = scenario("bird_dog");
    scenario.sets = 1;
    let performance = scenario.perform();
    let events = led(&plan(&scenario, Conduct::Pace), &ticked(&performance));
    assert_eq!(wrong(&performance, &events, 0.0), Vec::<String>::new());
    let tempo: Vec<Call> = events
        .iter()
        .filter_map(|event| match event {
            Event::Call { call, .. } if matches!(call, Call::Lift | Call::Hold | Call::Lower) => {
                Some(*call)
            }
            _ => None,
        })
        .collect();
    for call in [Call::Lift, Call::Hold, Call::Lower] {
        assert!(tempo.contains(&call), "{tempo:?}");
    }
}

#[test]
fn a_session_that_nobody_leads_says_nothing_of_phases() {
    let mut scenario = scenario("hyperext_45");
    scenario.sets = 1;
    let performance = scenario.perform();
    let events = led(&plan(&scenario, Conduct::Watch), &ticked(&performance));
    let is_of_leading = |event: &&Event| {
        matches!(
            event,
            Event::Phase { .. } | Event::Call { .. } | Event::Readiness { .. }
        )
    };
    assert_eq!(events.iter().filter(is_of_leading).count(), 0);
    assert_eq!(reps(&events).len(), REPS as usize);
}

/// Where a phase may lead; pain, recalibration and the wearer's own pause may come from nearly anywhere.
fn may_follow(from: Phase, to: Phase) -> bool {
    use Phase::*;
    match to {
        Waiting => matches!(from, SettingUp | Paused),
        SettingUp => from != Finished,
        CountIn => matches!(from, SettingUp | Exercising | Resting | Arming),
        Exercising => matches!(from, CountIn | Resting | Arming | Paused),
        Resting => matches!(from, Exercising | Paused),
        Arming => matches!(from, SettingUp | CountIn | Exercising | Resting | Paused),
        Paused => from != Finished,
        Finished => matches!(from, Exercising | Paused),
    }
}

fn any_word() -> impl Strategy<Value = (u8, usize)> {
    (0..14_u8, 0..1500_usize)
}

/// What happens beside the wearer's movement.
fn word(kind: u8, at: HostTime) -> Input {
    let sensor = SensorId(0);
    let command = |command| Input::Command { at, command };
    let link = |change| Input::Link { sensor, at, change };
    match kind {
        0 | 1 => command(Command::Next),
        2 => command(Command::Start),
        3 => command(Command::Stop),
        4 => command(Command::Pain),
        5 => command(Command::Recalibrate),
        6 => command(Command::Undo),
        7 => command(Command::Missed),
        8 => link(LinkChange::Lost),
        9 => link(LinkChange::Connected),
        10 => link(LinkChange::Battery { percent: 3 }),
        11 => Input::Packet {
            sensor,
            at,
            channel: Channel(9),
            bytes: vec![1, 2, 3],
        },
        _ => Input::Tick { at },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_phases_follow_one_another_as_they_may_and_a_replay_says_the_same(
        words in prop::collection::vec(any_word(), 1..25),
        paced in any::<bool>(),
        skips in prop::collection::vec((0..4000_usize, 0..800_usize), 0..3),
    ) {
        static WORN: std::sync::OnceLock<(Scenario, Vec<Input>)> = std::sync::OnceLock::new();
        let (scenario, real) = WORN.get_or_init(|| {
            let mut scenario = scenario("hyperext_45");
            (scenario.sets, scenario.reps) = (2, 3);
            let inputs = ticked(&scenario.perform());
            (scenario, inputs)
        });
        let mut inputs = Vec::new();
        let mut next = 0;
        for (kind, ahead) in &words {
            let to = (next + ahead).min(real.len() - 1);
            inputs.extend_from_slice(&real[next..to]);
            next = to;
            let at = HostTime::from_micros(real[next].at().micros());
            inputs.push(word(*kind, at));
        }
        inputs.extend_from_slice(&real[next..]);
        for (from, count) in skips {
            let from = from.min(inputs.len());
            inputs.drain(from..(from + count).min(inputs.len()));
        }
        let plan = plan(scenario, if paced { Conduct::Pace } else { Conduct::Lead });
        let events = led(&plan, &inputs);
        let phases = phases(&events);
        prop_assert_eq!(phases.first(), Some(&Phase::Waiting));
        for pair in phases.windows(2) {
            prop_assert!(may_follow(pair[0], pair[1]), "{:?}", phases);
        }
        prop_assert!(phases.len() < 200, "{:?}", phases);
        prop_assert!(events == led(&plan, &inputs));
    }
}
