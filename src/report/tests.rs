//! Reports on sessions made by hand: the numbers as data, the pictures for being there.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixtures::{self, Script};
use super::*;
use crate::coach::{
    Coach, Cue, CueKind, Event, Extent, Finding, Goal, Judgement, Measured, Phase, Plan, Rep,
    RepKind, Setup, SignalPoint, Verdict, WornSensor,
};
use crate::exercise::built_in;
use crate::exercise::{Quantity, Severity, Unit};
use crate::input::{Command, Input, Placement, SensorId, Side};
use crate::motion::Validity;
use crate::sources::synthetic::{
    self, Fault, Gap, GapKind, LinkModel, PlannedFault, Radio, Scenario, Which,
};
use crate::units::{Angle, HostTime, SessionTime};

fn svg(report: &Report) -> String {
    render_svg(report, PageSize::default()).unwrap()
}

fn scripts() -> Vec<(&'static str, Script)> {
    vec![
        ("clean", fixtures::clean()),
        ("faulty", fixtures::faulty()),
        ("bird_dog", fixtures::bird_dog()),
        ("empty", fixtures::empty()),
        ("long", fixtures::long()),
    ]
}

/// `REPORT_PICTURES=folder` keeps the pictures to look at.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("REPORT_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn every_session_has_a_picture_with_its_texts() {
    for (name, script) in scripts() {
        let report = fixtures::report(&script);
        let file = render_png(&report, PageSize::default()).unwrap();
        keep(&format!("{name}.png"), &file);
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), (1654, 2339));
        let ink = pixels.iter().filter(|part| **part < 128).count();
        assert!(ink > 20_000, "{name}: only {ink} dark parts");
        let texts: BTreeMap<String, String> = info
            .utf8_text
            .iter()
            .map(|chunk| (chunk.keyword.clone(), chunk.get_text().unwrap()))
            .collect();
        assert_eq!(texts["Software"], "backcoach 0.1.0");
        assert_eq!(texts["Synthetic"], "yes");
        assert_eq!(texts["Rule set"], report.rule_set);
        assert_eq!(
            Some(&texts["Recording SHA-256"]),
            report.origin.recording_sha256.as_ref()
        );
    }
}

#[test]
fn every_session_has_an_svg_of_the_same_page() {
    for (name, script) in scripts() {
        let svg = render_svg(&fixtures::report(&script), PageSize::default()).unwrap();
        keep(&format!("{name}.svg"), svg.as_bytes());
        assert!(svg.starts_with("<svg width=\"1654\" height=\"2339\" viewBox=\"0 0 21000 29700\""));
        assert!(svg.trim_end().ends_with("</svg>"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }
}

#[test]
fn the_page_can_have_another_size_but_not_any() {
    let report = fixtures::report(&fixtures::clean());
    let small = render_png(&report, PageSize::from_width(827).unwrap()).unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(small))
        .read_info()
        .unwrap();
    assert_eq!((reader.info().width, reader.info().height), (827, 1170));
    let error = PageSize::from_width(100_000).unwrap_err().to_string();
    assert_eq!(
        error,
        "a page 100000 pixels wide cannot be drawn; choose between 600 and 4000"
    );
}

#[test]
fn a_clean_session_has_nothing_to_correct() {
    let report = fixtures::report(&fixtures::clean());
    assert_eq!((report.counts.counted, report.counts.good), (12, 12));
    assert!(report.faults.is_empty() && report.trend.signs.is_empty());
    assert_eq!(
        report.summary.positive.as_deref(),
        Some("All 12 repetitions stayed inside every limit.")
    );
    assert!(report.summary.change.is_empty());
    assert_eq!(report.overlay.reps, 12);
    assert_eq!(
        (report.overlay.mean_deg.len(), report.overlay.sd_deg.len()),
        (101, 101)
    );
    assert_eq!(report.sensors[0].quality, CalibrationQuality::Good);
    assert_eq!(report.sensors[0].rate_hz, Some(100.0));
}

#[test]
fn targets_come_from_the_rules_that_the_worn_sensor_can_judge() {
    let report = fixtures::report(&fixtures::clean());
    let far = report
        .targets
        .iter()
        .find(|target| target.end == TargetEnd::Far)
        .unwrap();
    assert_eq!((far.low_deg, far.high_deg), (Some(60.0), Some(100.0)));
    let start = report
        .targets
        .iter()
        .find(|target| target.end == TargetEnd::Start)
        .unwrap();
    assert_eq!((start.low_deg, start.high_deg), (Some(-5.0), Some(10.0)));
}

#[test]
fn the_wearers_settings_move_the_targets_as_the_coach_moves_its_limits() {
    let mut script = fixtures::clean();
    script.plan.settings = BTreeMap::from([
        ("allow_past_line_deg".to_owned(), 7.0),
        ("target_depth_deg".to_owned(), 90.0),
    ]);
    let report = fixtures::report(&script);
    let low = |end: TargetEnd| {
        report
            .targets
            .iter()
            .find(|t| t.end == end)
            .unwrap()
            .low_deg
    };
    assert_eq!(low(TargetEnd::Start), Some(-12.0));
    assert_eq!(low(TargetEnd::Far), Some(90.0));
}

#[test]
fn a_faulty_session_says_what_and_how_often() {
    let report = fixtures::report(&fixtures::faulty());
    let counts = report.counts;
    assert_eq!(counts.counted, 14);
    assert_eq!(
        (counts.partial, counts.doubtful, counts.not_seen),
        (2, 1, 1)
    );
    assert_eq!(
        counts.good + counts.warning + counts.partial + counts.doubtful,
        counts.counted
    );
    let over = report
        .faults
        .iter()
        .find(|fault| fault.rule == "HX-OVER")
        .unwrap();
    assert_eq!(
        (over.count, over.warned, over.severity),
        (3, 3, Severity::Warn)
    );
    assert_eq!((over.percent, over.worst), (21.4, -15.0));
    assert_eq!(over.cues_given, 3);
    assert!(!over.sources.is_empty());
    assert!(report.trend.signs.len() >= 2);
    assert_eq!(report.gaps.lost, 420);
    assert_eq!(report.summary.change.len(), 2);
    assert_eq!(
        report.summary.change[0],
        "Stop at the straight line: past the line at the top in 3 repetitions (typically −15°, limit −10°)."
    );
}

#[test]
fn the_words_stay_those_of_general_fitness() {
    for (_, script) in scripts() {
        let report = fixtures::report(&script);
        let svg = render_svg(&report, PageSize::default()).unwrap();
        let text = svg.split("</style>").last().unwrap().to_lowercase();
        for word in [
            "danger", "damag", "injur", "safe", "wrong", "risk", "heal", "cure", "pain",
        ] {
            assert!(!text.contains(word), "the page says `{word}`");
        }
        assert!(text.contains("general fitness"));
    }
}

#[test]
fn nothing_is_counted_in_an_empty_session() {
    let report = fixtures::report(&fixtures::empty());
    assert_eq!(report.counts, Counts::default());
    assert!(report.trace.at_s.is_empty() && report.overlay.curves.is_empty());
    assert!(report.summary.positive.is_none() && report.summary.note.is_some());
}

#[test]
fn the_wearers_count_stands_beside_the_automatic_one() {
    let script = fixtures::faulty();
    let mut events = Vec::new();
    fixtures::play(&script, &mut |_| {}, &mut events);
    let mut collector = Collector::new(&script.plan);
    events.iter().for_each(|event| collector.event(event));
    collector.event(&Event::Corrected {
        at: SessionTime::ZERO,
        set: 1,
        counted: 14,
        said: 15,
    });
    let report = collector.finish(fixtures::origin());
    assert_eq!((report.counts.counted, report.counts.said), (14, Some(15)));
    let page = svg(&report);
    assert!(page.contains("15 as you say"));
}

#[test]
fn a_set_that_hurt_is_the_first_thing_to_say() {
    let script = fixtures::clean();
    let mut events = Vec::new();
    fixtures::play(&script, &mut |_| {}, &mut events);
    let mut collector = Collector::new(&script.plan);
    let (ended, before): (Vec<Event>, Vec<Event>) = events
        .into_iter()
        .partition(|event| matches!(event, Event::SetEnded { .. }));
    before.iter().for_each(|event| collector.event(event));
    collector.input(&Input::Command {
        at: HostTime::from_seconds(37.4),
        command: Command::Pain,
    });
    // The coach's answer to it is no second stop.
    collector.event(&Event::Cue(Cue {
        at: SessionTime::from_seconds(37.4),
        rep: None,
        kind: CueKind::Pause,
        rule: None,
        text: "Stop here.".to_owned(),
    }));
    ended.iter().for_each(|event| collector.event(event));
    let report = collector.finish(fixtures::origin());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["stops"],
        serde_json::json!([{"at_s": 37.4, "set": 1, "reason": "pain"}])
    );
    assert_eq!(
        report.summary.change[0],
        "You stopped set 1 at 0:37 because it hurt. Show this page to whoever advises you."
    );
    let page = svg(&report);
    assert!(page.contains("it hurt") && !page.contains("go on like this"));
}

#[test]
fn pain_is_said_where_nothing_was_counted_too() {
    let mut collector = Collector::new(&fixtures::clean().plan);
    collector.input(&Input::Command {
        at: HostTime::from_seconds(5.0),
        command: Command::Pain,
    });
    let report = collector.finish(fixtures::origin());
    assert!(report.summary.change[0].starts_with("You said at 0:05 that it hurt."));
}

#[test]
fn waiting_for_a_sensor_is_no_gap_of_the_session() {
    let mut collector = Collector::new(&fixtures::faulty().plan);
    let at = SessionTime::from_seconds;
    let phase = |phase| Event::Phase {
        at: at(0.0),
        phase,
        until: None,
    };
    let gap = Event::Gap {
        sensor: SensorId(0),
        from: at(1.0),
        to: at(31.0),
        lost: None,
        reps_not_seen: 0,
    };
    collector.event(&phase(Phase::Waiting));
    collector.input(&Input::Tick {
        at: HostTime::from_seconds(1.0),
    });
    collector.event(&gap);
    collector.event(&phase(Phase::CountIn));
    for seconds in [60.0, 90.0] {
        collector.input(&Input::Tick {
            at: HostTime::from_seconds(seconds),
        });
    }
    collector.event(&gap);
    let report = collector.finish(fixtures::origin());
    assert_eq!(report.gaps.count, 1);
    assert!((report.duration_s - 89.0).abs() < 1e-9);
}

#[test]
fn what_is_taken_back_stays_counted_and_is_judged_no_more() {
    let script = fixtures::faulty();
    let mut events = Vec::new();
    fixtures::play(&script, &mut |_| {}, &mut events);
    let mut collector = Collector::new(&script.plan);
    events.iter().for_each(|event| collector.event(event));
    collector.event(&Event::Undone {
        at: SessionTime::ZERO,
        rep: 11,
    });
    collector.event(&Event::Undone {
        at: SessionTime::ZERO,
        rep: 999,
    });
    let report = collector.finish(fixtures::origin());
    let counts = report.counts;
    assert_eq!((counts.counted, counts.undone), (14, 1));
    assert_eq!(
        counts.good + counts.warning + counts.partial + counts.doubtful,
        13
    );
    let numbers: Vec<u32> = report.reps.iter().map(|rep| rep.number).collect();
    assert_eq!(numbers, (1..=14).collect::<Vec<u32>>());
    assert!(
        report
            .reps
            .iter()
            .all(|rep| rep.taken_back == (rep.number == 11))
    );
    assert_eq!(report.trend.rom_percent[10], None);
    assert_eq!(report.sets[0].reps, 14);
    assert!(report.overlay.curves.iter().all(|curve| curve.rep != 11));
    let tilt = report
        .faults
        .iter()
        .find(|fault| fault.rule == "HX-SIDE")
        .unwrap();
    assert!(tilt.worst < 16.0);
}

#[test]
fn a_finding_that_comes_alone_and_with_its_judgement_counts_once() {
    let script = fixtures::clean();
    let mut collector = Collector::new(&script.plan);
    let finding = finding("HX-SIDE", Some(1), 13.0);
    collector.event(&Event::Finding(finding.clone()));
    collector.event(&Event::Judged(Judgement {
        at: SessionTime::ZERO,
        rep: 1,
        set: 1,
        verdict: Verdict::Warning,
        quantities: BTreeMap::new(),
        findings: vec![finding],
    }));
    assert_eq!(collector.finish(Origin::default()).faults[0].count, 1);
}

#[test]
fn the_json_has_every_part_of_the_picture() {
    let report = fixtures::report(&fixtures::bird_dog());
    let json = serde_json::to_value(&report).unwrap();
    for key in [
        "origin",
        "exercise",
        "rule_set",
        "duration_s",
        "sensors",
        "counts",
        "sets",
        "trace",
        "targets",
        "gaps",
        "reps",
        "overlay",
        "strips",
        "faults",
        "trend",
        "summary",
        "accuracy",
    ] {
        assert!(!json[key].is_null(), "`{key}` is missing");
    }
    assert_eq!(json["reps"][1]["side"], "right");
    assert_eq!(json["strips"][4]["quantity"], "pelvis_roll");
    assert_eq!(json["reps"].as_array().unwrap().len(), 12);
}

/// The whole line: the synthetic wearer, the coach, the report.
fn coached(scenario: &Scenario) -> Report {
    let sensors = scenario.sensors.iter().map(|worn| WornSensor {
        family: "backcoach".to_owned(),
        placement: worn.placement,
        name: format!("Synthetic {}", worn.placement),
    });
    let plan = Plan {
        exercise: built_in(scenario.exercise.id()).unwrap(),
        sensors: sensors.collect(),
        setup: Setup::Guided,
        goal: Goal::default(),
        settings: BTreeMap::new(),
        conduct: Default::default(),
        programme: None,
    };
    let mut coach = Coach::new(&plan).unwrap();
    let mut collector = Collector::new(&plan);
    for input in scenario.perform().inputs {
        collector.input(&input);
        coach
            .handle(&input)
            .iter()
            .for_each(|event| collector.event(event));
    }
    coach
        .finish()
        .iter()
        .for_each(|event| collector.event(event));
    collector.finish(fixtures::origin())
}

#[test]
fn a_coached_session_is_reported_as_it_was_done() {
    let mut scenario = Scenario::new("hyperext_45").unwrap();
    scenario.reps = 12;
    let report = coached(&scenario);
    keep(
        "real_clean.png",
        &render_png(&report, PageSize::default()).unwrap(),
    );
    assert_eq!(report.counts.counted, 12);
    assert_eq!((report.sensors[0].lost, report.gaps.count), (0, 0));
    assert!(
        report.sensors[0]
            .rate_hz
            .is_some_and(|rate| (rate - 100.0).abs() < 2.0)
    );
    assert!(
        report
            .reps
            .iter()
            .all(|rep| rep.measured.contains_key(&Quantity::TRaise))
    );
}

#[test]
fn coached_faults_and_gaps_are_on_the_page() {
    let mut scenario = Scenario::new("hyperext_45").unwrap();
    (scenario.reps, scenario.sets) = (10, 2);
    for (fault, reps, factor) in [
        (Fault::PastTheLine, vec![2, 3, 4], 1.5),
        (Fault::FastLowering, vec![6, 7], 1.5),
        (Fault::Twisted, vec![8, 9], 1.5),
    ] {
        scenario.faults.push(PlannedFault {
            fault,
            reps: Which::Only(reps),
            factor,
        });
    }
    scenario.link = LinkModel::Radio(Radio {
        gaps: vec![Gap {
            kind: GapKind::OutOfRange,
            at: Some(60.0),
            seconds: 6.0,
        }],
        ..Radio::good()
    });
    let report = coached(&scenario);
    keep(
        "real_faulty.png",
        &render_png(&report, PageSize::default()).unwrap(),
    );
    keep(
        "real_faulty.json",
        serde_json::to_string_pretty(&report).unwrap().as_bytes(),
    );
    assert!(report.faults.iter().any(|fault| fault.rule == "HX-OVER"));
    assert!(report.gaps.seconds > 5.0);
}

#[test]
fn a_coached_bird_dog_with_two_sensors_is_on_the_page() {
    let mut scenario = Scenario::new("bird_dog").unwrap();
    scenario.reps = 10;
    scenario.sensors.insert(
        0,
        synthetic::WornSensor::new(Placement::Thigh(Some(Side::Right))),
    );
    let report = coached(&scenario);
    keep(
        "real_bird_dog.png",
        &render_png(&report, PageSize::default()).unwrap(),
    );
    assert!(report.counts.counted > 0);
    assert_eq!(report.sensors.len(), 2);
}

#[test]
fn hours_of_repetitions_stay_small_and_are_all_counted() {
    let script = fixtures::clean();
    let mut collector = Collector::new(&script.plan);
    for number in 1..=9_000u32 {
        let at = f64::from(number) * 4.0;
        for step in 0..8 {
            collector.event(&Event::Signal(point(
                at + f64::from(step) * 0.3,
                f64::from(step) * 9.0,
            )));
        }
        collector.event(&Event::Rep(rep(number, at, at + 2.0)));
    }
    let report = collector.finish(fixtures::origin());
    assert_eq!(
        (report.counts.counted, report.counts.doubtful),
        (9_000, 9_000)
    );
    assert_eq!(report.reps.len() as u32 + report.reps_not_listed, 9_000);
    assert!(report.trace.at_s.len() <= 3_000 && report.overlay.curves.len() <= 240);
    let picture = render_png(&report, PageSize::default()).unwrap();
    keep("hours.png", &picture);
}

fn point(at_s: f64, degrees: f64) -> SignalPoint {
    SignalPoint {
        at: SessionTime::from_seconds(at_s),
        value: Angle::from_degrees(degrees),
        error: Angle::from_degrees(1.0),
        validity: Validity::Good,
    }
}

fn rep(number: u32, start: f64, end: f64) -> Rep {
    Rep {
        number,
        set: 1,
        side: None,
        start: SessionTime::from_seconds(start),
        turn: SessionTime::from_seconds((start + end) / 2.0),
        end: SessionTime::from_seconds(end),
        at: SessionTime::from_seconds(end),
        rom: Extent::Turn(Angle::from_degrees(60.0)),
        peak: Extent::Turn(Angle::from_degrees(63.0)),
        error: Angle::from_degrees(1.0),
        kind: RepKind::Full,
        doubt: None,
        estimated: false,
    }
}

fn finding(rule: &str, rep: Option<u32>, value: f64) -> Finding {
    Finding {
        at: SessionTime::ZERO,
        rep,
        set: 1,
        rule: rule.to_owned(),
        fault: "leaning".to_owned(),
        severity: Severity::Warn,
        quantity: Quantity::SideMax,
        value,
        limit: 12.0,
        unit: Unit::Degrees,
    }
}

/// Any number, the absurd ones often.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => -200.0..200.0,
        1 => prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1e9, -0.0]),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "",
        ".{0,12}",
        "[\u{0}-\u{1f}\u{202e}<&\"']{0,8}",
        "[a-z ]{300}",
        Just("HX-OVER".to_owned())
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let time = || number().prop_map(SessionTime::from_seconds);
    let angle = || number().prop_map(Angle::from_degrees);
    let signal = (time(), angle(), angle()).prop_map(|(at, value, error)| {
        Event::Signal(SignalPoint {
            at,
            value,
            error,
            validity: Validity::Good,
        })
    });
    let counted = (0..5u32, number(), number(), angle(), angle()).prop_map(
        |(number, start, end, rom, peak)| {
            Event::Rep(Rep {
                rom: Extent::Turn(rom),
                peak: Extent::Turn(peak),
                ..rep(number, start, end)
            })
        },
    );
    let judged = (0..6u32, number(), text()).prop_map(|(rep, value, rule)| {
        let measured = Measured {
            value,
            validity: Validity::Uncertain,
        };
        let quantities = Quantity::ALL
            .iter()
            .map(|quantity| (*quantity, measured))
            .collect();
        let findings = vec![finding(&rule, Some(rep), value)];
        Event::Judged(Judgement {
            at: SessionTime::ZERO,
            rep,
            set: 0,
            verdict: Verdict::Warning,
            quantities,
            findings,
        })
    });
    let found =
        (text(), number()).prop_map(|(rule, value)| Event::Finding(finding(&rule, None, value)));
    let gap = (
        time(),
        time(),
        any::<Option<u32>>(),
        any::<u32>(),
        any::<u8>(),
    )
        .prop_map(|(from, to, lost, reps_not_seen, sensor)| Event::Gap {
            sensor: SensorId(sensor),
            from,
            to,
            lost,
            reps_not_seen,
        });
    let started = (time(), any::<u32>()).prop_map(|(at, set)| Event::SetStarted { at, set });
    let undone = (0..6u32).prop_map(|rep| Event::Undone {
        at: SessionTime::ZERO,
        rep,
    });
    let cue = text().prop_map(|rule| {
        let kind = CueKind::Correct;
        Event::Cue(Cue {
            at: SessionTime::ZERO,
            rep: None,
            kind,
            text: rule.clone(),
            rule: Some(rule),
        })
    });
    prop_oneof![4 => signal, 3 => counted, 2 => judged, 1 => found, 1 => gap, 1 => started, 1 => undone, 1 => cue]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_events_give_a_page(events in prop::collection::vec(event(), 0..80), name in text(), at in number()) {
        let mut plan = fixtures::hyperextension();
        plan.exercise.name = name.clone();
        let mut collector = Collector::new(&plan);
        let command = Command::Start;
        collector.input(&Input::Command { at: HostTime::from_seconds(at), command });
        events.iter().for_each(|event| collector.event(event));
        let report = collector.finish(Origin { file: name, ..Origin::default() });
        let counts = report.counts;
        prop_assert_eq!(counts.good + counts.warning + counts.partial + counts.doubtful + counts.undone, counts.counted);
        let json = serde_json::to_string(&report).unwrap();
        prop_assert!(json.len() < 200_000);
        let small = PageSize::from_width(600).unwrap();
        prop_assert!(render_png(&report, small).is_ok());
        let turned = render_svg(&report, small).unwrap().contains('\u{202e}');
        prop_assert!(!turned);
    }
}
