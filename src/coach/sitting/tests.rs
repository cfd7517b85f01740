//! The whole line on a sitter whose day is known.

use std::collections::BTreeMap;

use crate::coach::{Coach, CueKind, Day, Event, Notice, Plan, PostureMode, Setup, WornSensor};
use crate::exercise::built_in;
use crate::input::{Command, Input, LinkChange, Placement, SensorId};
use crate::sources::synthetic::{Act, GapKind, LinkModel, Radio, Sitter};
use crate::units::HostTime;

fn plan(sitter: &Sitter) -> Plan {
    let family = match sitter.link {
        LinkModel::Direct => WornSensor::IMPORTED,
        LinkModel::Radio(_) => "backcoach",
    };
    Plan {
        exercise: built_in("sitting").unwrap(),
        sensors: sitter
            .sensors
            .iter()
            .map(|worn| WornSensor {
                family: family.to_owned(),
                placement: worn.placement,
                name: String::new(),
            })
            .collect(),
        setup: Setup::Guided,
        goal: Default::default(),
        settings: BTreeMap::new(),
        conduct: Default::default(),
        programme: None,
    }
}

fn run(plan: &Plan, inputs: &[Input]) -> Vec<Event> {
    let mut coach = Coach::new(plan).unwrap();
    let mut events = Vec::new();
    for input in inputs {
        events.extend(
            coach
                .handle(input)
                .into_iter()
                .filter(|event| !matches!(event, Event::Posture(_) | Event::Signal(_))),
        );
    }
    events.extend(coach.finish());
    events
}

/// The day of a sitter, strapped on in any way whatever, as readings without packets.
fn day(placement: Placement, acts: &[Act], seed: u64) -> Vec<Event> {
    let mut sitter = Sitter::new(placement, acts.to_vec());
    sitter.seed = seed;
    sitter.link = LinkModel::Direct;
    sitter.sensors = vec![Sitter::sensor(placement).mounted_at_random(seed)];
    run(&plan(&sitter), &sitter.perform().inputs)
}

/// The rules that were told, with the minute.
fn told(events: &[Event]) -> Vec<(String, u32)> {
    let nudge = |event: &Event| match event {
        Event::Cue(cue) if cue.kind == CueKind::Nudge => Some((
            cue.rule.clone().unwrap_or_default(),
            (cue.at.seconds() / 60.0) as u32,
        )),
        _ => None,
    };
    events.iter().filter_map(nudge).collect()
}

fn rules(events: &[Event]) -> Vec<String> {
    let mut rules: Vec<String> = told(events).into_iter().map(|(rule, _)| rule).collect();
    rules.dedup();
    rules
}

fn summary(events: &[Event]) -> &Day {
    match events.last() {
        Some(Event::Day(day)) => day,
        other => panic!("{other:?}"),
    }
}

fn lean(minutes: f64, lean_deg: f64) -> Act {
    Act::Sit {
        minutes,
        slouch_pct: 40.0,
        lean_deg,
        restless: true,
    }
}

fn still(minutes: f64) -> Act {
    Act::Sit {
        minutes,
        slouch_pct: 45.0,
        lean_deg: 0.0,
        restless: false,
    }
}

const PLACES: [Placement; 4] = [
    Placement::T7,
    Placement::Sternum,
    Placement::Sacrum,
    Placement::FrontPelvis,
];

#[test]
fn each_posture_rule_is_told_at_half_as_much_again_and_not_at_half() {
    let cases: [(&str, Vec<Act>, Vec<Vec<Act>>); 3] = [
        (
            "PO-SLOUCH",
            vec![Act::sit(15.0, 127.0)],
            vec![
                vec![Act::sit(15.0, 43.0)],
                vec![Act::sit(5.0, 127.0), Act::sit(9.0, 43.0)],
            ],
        ),
        (
            "PO-LEAN",
            vec![lean(15.0, 15.0)],
            vec![
                vec![lean(15.0, -5.0)],
                vec![lean(5.0, 15.0), lean(9.0, 0.0)],
            ],
        ),
        (
            "PO-STILL",
            vec![still(31.0)],
            vec![
                vec![Act::sit(31.0, 45.0)],
                vec![still(10.0), Act::sit(10.0, 20.0)],
            ],
        ),
    ];
    for (rule, with, without) in cases {
        for (placement, seed) in PLACES.into_iter().zip(3..) {
            let events = day(placement, &with, seed);
            assert_eq!(rules(&events), [rule], "{placement}: {:?}", told(&events));
            for acts in &without {
                let events = day(placement, acts, seed);
                assert_eq!(told(&events), [], "{rule} at {placement} in {acts:?}");
            }
        }
    }
}

#[test]
fn a_break_is_offered_after_its_minutes_and_a_walk_begins_a_new_count() {
    for (placement, rule) in [(Placement::Sacrum, "PO-SIT"), (Placement::T7, "PO-MOVE")] {
        let long = day(placement, &[Act::sit(67.0, 45.0)], 1);
        assert_eq!(told(&long), [(rule.to_owned(), 45)], "{placement}");
        let walk = |minutes| {
            let acts = [
                Act::sit(30.0, 45.0),
                Act::Walk { minutes },
                Act::sit(30.0, 45.0),
            ];
            day(placement, &acts, 2)
        };
        let short = walk(0.5);
        assert_eq!(
            rules(&short),
            [rule],
            "{placement}: half a minute is no break"
        );
        let whole = walk(1.5);
        assert_eq!(told(&whole), [], "{placement}");
        assert_eq!(summary(&whole).breaks, 1);
        let half = day(placement, &[Act::sit(22.0, 45.0)], 3);
        assert_eq!(told(&half), [], "{placement}");
    }
}

#[test]
fn only_the_pelvis_tells_standing_from_sitting() {
    let acts = [
        Act::sit(3.0, 40.0),
        Act::Walk { minutes: 1.5 },
        Act::sit(40.0, 40.0),
        Act::Stand { minutes: 3.0 },
        Act::sit(12.0, 40.0),
    ];
    let pelvis = day(Placement::Sacrum, &acts, 5);
    assert_eq!(told(&pelvis), []);
    let standing = summary(&pelvis).modes_s[&PostureMode::Standing];
    assert!((170.0..=185.0).contains(&standing), "{standing} s");
    assert_eq!(summary(&pelvis).breaks, 2);
    // The upper back claims no sitting: it only knows that nobody walked.
    let back = day(Placement::T7, &acts, 5);
    assert_eq!(rules(&back), ["PO-MOVE"]);
    assert!(!summary(&back).modes_s.contains_key(&PostureMode::Standing));
}

#[test]
fn the_day_is_what_was_done() {
    let acts = [
        Act::sit(6.0, 0.0),
        Act::sit(6.0, 60.0),
        Act::sit(6.0, 110.0),
        lean(6.0, 16.0),
        Act::sit(3.0, -70.0),
        Act::Walk { minutes: 3.0 },
    ];
    for placement in PLACES {
        let events = day(placement, &acts, 7);
        let summary = summary(&events);
        let truth = [
            (PostureMode::Tall, 360.0),
            (PostureMode::Easy, 360.0),
            (PostureMode::Slumped, 360.0),
            (PostureMode::Leaning, 360.0),
            (PostureMode::Reclined, 180.0),
            (PostureMode::Walking, 180.0),
        ];
        for (mode, secs) in truth {
            let seen = summary.modes_s.get(&mode).copied().unwrap_or(0.0);
            assert!(
                (seen - secs).abs() <= 20.0,
                "{placement} {mode:?}: {seen} s of {secs}"
            );
        }
        assert_eq!(summary.unseen_s, 0.0);
        assert!((5..=7).contains(&summary.changes), "{}", summary.changes);
        let sorted: f64 = summary.slouch_s.iter().sum();
        assert!((summary.seen_s - sorted - 180.0).abs() < 20.0);
    }
}

#[test]
fn what_was_not_seen_is_no_evidence_and_is_said() {
    let mut sitter = Sitter::new(Placement::T7, vec![Act::sit(18.0, 120.0)]);
    // Out of range in the middle: nine minutes before, and less than ten after.
    let radio = Radio::good().with_gap(GapKind::OutOfRange, Some(540.0), 30.0);
    sitter.link = LinkModel::Radio(radio);
    let performance = sitter.perform();
    let events = run(&plan(&sitter), &performance.inputs);
    assert_eq!(told(&events), []);
    let unseen = summary(&events).unseen_s;
    assert!((26.0..=32.0).contains(&unseen), "{unseen} s");
    sitter.link = LinkModel::Radio(Radio::good());
    let events = run(&plan(&sitter), &sitter.perform().inputs);
    assert_eq!(rules(&events), ["PO-SLOUCH"]);
}

#[test]
fn at_most_two_nudges_in_any_hour_and_breaks_first() {
    let events = day(Placement::Sacrum, &[Act::sit(150.0, 120.0)], 9);
    let told = told(&events);
    for (_, minute) in &told {
        let in_hour = told
            .iter()
            .filter(|(_, other)| (*minute..minute + 60).contains(other));
        assert!(in_hour.count() <= 2, "{told:?}");
    }
    let breaks: Vec<u32> = told
        .iter()
        .filter(|(rule, _)| rule == "PO-SIT")
        .map(|(_, minute)| *minute)
        .collect();
    assert_eq!(breaks.len(), 3, "{told:?}");
    assert_eq!(breaks[0], 45);
}

#[test]
fn the_wearers_own_limits_hold_within_their_bounds() {
    let mut sitter = Sitter::new(Placement::T7, vec![Act::sit(5.0, 75.0)]);
    sitter.link = LinkModel::Direct;
    let mut plan = plan(&sitter);
    let inputs = sitter.perform().inputs;
    assert_eq!(told(&run(&plan, &inputs)), []);
    plan.settings = [
        ("slouch_pct".to_owned(), 62.0),
        ("slouch_min".to_owned(), 3.0),
    ]
    .into();
    assert_eq!(rules(&run(&plan, &inputs)), ["PO-SLOUCH"]);
    plan.settings.insert("slouch_pct".to_owned(), 40.0);
    assert_eq!(
        Coach::new(&plan).err().unwrap().to_string(),
        "`slouch_pct` of `sitting` lies between 60 and 95; here 40"
    );
}

#[test]
fn a_limb_alone_tells_no_posture() {
    let sitter = Sitter::new(Placement::Thigh(None), Vec::new());
    assert_eq!(
        Coach::new(&plan(&sitter)).err().unwrap().to_string(),
        "`sitting` needs a sensor on the trunk; wear one at T7, ST, SA or AP"
    );
}

#[test]
fn without_the_slump_only_variety_and_breaks_are_told() {
    let mut sitter = Sitter::new(Placement::T7, vec![still(31.0), Act::sit(20.0, 130.0)]);
    (sitter.link, sitter.calibration) = (LinkModel::Direct, false);
    let mut plan = plan(&sitter);
    plan.setup = Setup::Inferred;
    let events = run(&plan, &sitter.perform().inputs);
    assert_eq!(rules(&events), ["PO-STILL", "PO-MOVE"]);
    assert!(summary(&events).slouch_s.iter().all(|secs| *secs == 0.0));
}

#[test]
fn going_on_by_hand_takes_the_moment_for_the_pose() {
    let mut sitter = Sitter::new(Placement::T7, vec![Act::sit(4.0, 100.0)]);
    sitter.link = LinkModel::Direct;
    let inputs = sitter.perform().inputs;
    let mut coach = Coach::new(&plan(&sitter)).unwrap();
    // Before anything was seen there is nothing to take.
    let next = |seconds| Input::Command {
        at: HostTime::from_seconds(seconds),
        command: Command::Next,
    };
    assert!(coach.handle(&next(0.0)).is_empty());
    let mut steps = Vec::new();
    let mut hands = [10.0, 19.5].into_iter().peekable();
    for input in &inputs {
        if let Some(at) = hands.next_if(|at| input.at().seconds() >= *at) {
            steps.extend(coach.handle(&next(at)));
        }
        coach.handle(input);
    }
    assert!(matches!(coach.finish().last(), Some(Event::Day(_))));
    assert!(coach.finish().is_empty());
    assert_eq!(
        steps
            .iter()
            .filter(|event| matches!(event, Event::Setup { .. }))
            .count(),
        2
    );
}

#[test]
fn a_slump_that_is_none_is_asked_for_again() {
    let mut sitter = Sitter::new(
        Placement::T7,
        vec![Act::sit(1.0, 20.0), Act::sit(4.0, 100.0)],
    );
    (sitter.link, sitter.calibration) = (LinkModel::Direct, false);
    // Tall is missing: sitting at ease is taken for it, and the next position is too near to be a slump.
    sitter.acts.insert(0, still(0.5));
    let events = run(&plan(&sitter), &sitter.perform().inputs);
    let reasons: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Notice {
                notice: Notice::CalibrationFailed { reason },
                ..
            } => Some(reason.as_str()),
            _ => None,
        })
        .collect();
    assert!(
        reasons
            .iter()
            .any(|reason| reason.starts_with("the slump was only")),
        "{reasons:?}"
    );
}

#[test]
fn a_lost_link_and_pain_are_told() {
    let sitter = Sitter::new(Placement::T7, Vec::new());
    let mut coach = Coach::new(&plan(&sitter)).unwrap();
    let at = HostTime::from_seconds(1.0);
    let lost = coach.handle(&Input::Link {
        sensor: SensorId(0),
        at,
        change: LinkChange::Lost,
    });
    assert!(matches!(
        lost[..],
        [Event::Notice {
            notice: Notice::LinkLost,
            ..
        }]
    ));
    let pain = coach.handle(&Input::Command {
        at,
        command: Command::Pain,
    });
    assert!(matches!(&pain[..], [Event::Cue(cue)] if cue.kind == CueKind::Pause));
}
