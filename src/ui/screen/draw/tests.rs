//! Pictures of the phases of a session at several sizes, as a terminal would show them.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::super::state::{Recording, State};
use super::{Theme, draw};
use crate::coach::{
    Call, Check, CheckState, Conduct, Cue, CueKind, Event, Extent, Judgement, Need, Phase, Plan,
    PostureMode, Rep, RepKind, SetupStep, SignalPoint, Sitting, Verdict,
};
use crate::input::{Command, Input, LinkChange, Placement, SensorId};
use crate::motion::Validity;
use crate::units::{Angle, HostTime, SessionTime};

const SIZES: [(u16, u16); 5] = [(20, 6), (40, 12), (80, 24), (120, 40), (200, 60)];

fn plan() -> Plan {
    let text = include_str!("../../../recording/test_plan.json");
    let mut plan: Plan = serde_json::from_str(text).unwrap();
    plan.exercise = crate::exercise::built_in("hyperext_45").unwrap();
    plan.sensors[0].placement = Placement::T7;
    plan.conduct = Conduct::Lead;
    plan.goal.reps = Some(12);
    plan.goal.sets = Some(3);
    plan
}

fn at(seconds: f64) -> SessionTime {
    SessionTime::from_seconds(seconds)
}

/// A session, told step by step.
struct Told(State);

impl Told {
    fn new() -> Told {
        Told(State::new(&plan(), true))
    }

    fn event(mut self, event: Event) -> Told {
        self.0.event(&event);
        self
    }

    fn input(mut self, input: Input) -> Told {
        self.0.input(&input);
        self
    }

    fn phase(self, seconds: f64, phase: Phase, until: Option<f64>) -> Told {
        let until = until.map(at);
        let at = at(seconds);
        self.event(Event::Phase { at, phase, until })
    }

    fn link(self, change: LinkChange) -> Told {
        let at = HostTime::from_seconds(self.0.now.seconds());
        let sensor = SensorId(0);
        self.input(Input::Link { sensor, at, change })
    }

    fn linked(mut self) -> Told {
        self.0.set_recording(Recording::On);
        self.link(LinkChange::Connected)
            .link(LinkChange::Rssi { dbm: -61 })
            .link(LinkChange::Battery { percent: 83 })
    }

    fn step(self, step: SetupStep) -> Told {
        let told = self.linked().phase(1.0, Phase::SettingUp, None);
        told.event(Event::Setup { at: at(1.0), step })
    }

    fn reps(self, reps: u32) -> Told {
        let mut told = self.linked().phase(10.0, Phase::Exercising, None);
        told = told.event(Event::SetStarted {
            at: at(10.0),
            set: 2,
        });
        for number in 1..=reps {
            told = told.rep(number);
        }
        told.angle(10.0 + 4.0 * f64::from(reps) + 2.0, 43.3)
    }

    fn rep(self, number: u32) -> Told {
        let end = 10.0 + 4.0 * f64::from(number);
        let verdict = if number % 4 == 3 {
            Verdict::Warning
        } else {
            Verdict::Good
        };
        self.event(Event::Rep(Rep {
            number,
            set: 2,
            side: None,
            start: at(end - 3.0),
            turn: at(end - 1.5),
            end: at(end),
            at: at(end),
            rom: Extent::Turn(Angle::from_degrees(72.0)),
            peak: Extent::Turn(Angle::from_degrees(70.0)),
            error: Angle::from_degrees(2.0),
            kind: RepKind::Full,
            doubt: None,
            estimated: false,
        }))
        .event(Event::Judged(Judgement {
            at: at(end),
            rep: number,
            set: 2,
            verdict,
            quantities: Default::default(),
            findings: Vec::new(),
        }))
    }

    fn angle(self, seconds: f64, degrees: f64) -> Told {
        self.event(Event::Signal(SignalPoint {
            at: at(seconds),
            value: Angle::from_degrees(degrees),
            error: Angle::from_degrees(2.2),
            validity: Validity::Good,
        }))
    }

    fn cue(self, kind: CueKind, text: &str) -> Told {
        let at = self.0.now;
        self.event(Event::Cue(Cue {
            at,
            rep: None,
            kind,
            rule: None,
            text: text.to_owned(),
        }))
    }

    fn command(self, command: Command) -> Told {
        let at = HostTime::from_seconds(self.0.now.seconds());
        self.input(Input::Command { at, command })
    }

    fn buffer(&self, theme: Theme, (width, height): (u16, u16)) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        draw(&self.0.view(), theme, buffer.area, &mut buffer);
        buffer
    }

    /// The picture as lines.
    fn lines(&self, size: (u16, u16)) -> Vec<String> {
        lines(&self.buffer(Theme::PLAIN, size))
    }

    fn text(&self, size: (u16, u16)) -> String {
        self.lines(size).join("\n")
    }
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let row = |y| {
        let symbols = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol());
        symbols.collect::<String>().trim_end().to_owned()
    };
    (0..buffer.area.height).map(row).collect()
}

fn waiting() -> Told {
    let check = |need, state| Check {
        sensor: SensorId(0),
        need,
        state,
    };
    let checks = vec![
        check(Need::Link, CheckState::Met),
        check(Need::Readings, CheckState::Awaited),
        check(Need::Battery, CheckState::Unknown),
    ];
    let told = Told::new().phase(0.0, Phase::Waiting, None);
    told.event(Event::Readiness {
        at: at(0.0),
        checks,
    })
}

fn count_in() -> Told {
    let told = Told::new().linked().phase(9.0, Phase::CountIn, None);
    told.event(Event::Call {
        at: at(9.0),
        call: Call::CountIn(3),
        text: "three".into(),
    })
}

fn faulty() -> Told {
    Told::new()
        .reps(8)
        .cue(CueKind::Correct, "Stop at the straight line")
}

fn resting() -> Told {
    let told = Told::new().reps(12);
    let told = told.event(Event::SetEnded {
        at: at(60.0),
        set: 2,
        reps: 12,
        quantities: Default::default(),
    });
    told.phase(60.0, Phase::Resting, Some(133.5))
}

fn paused() -> Told {
    Told::new()
        .reps(5)
        .cue(CueKind::Pause, "Lower with control")
        .phase(33.0, Phase::Paused, None)
}

fn sitting() -> Told {
    let told = Told::new().linked().phase(9.0, Phase::Exercising, None);
    told.event(Event::Sitting(Sitting {
        at: at(2830.0),
        slouch_pct: Some(34.6),
        error_pct: Some(4.0),
        lean: None,
        mode: PostureMode::Easy,
        since_break_min: 47.2,
    }))
    .cue(CueKind::Nudge, "Time to move")
}

fn finished() -> Told {
    let ended = |set, reps| Event::SetEnded {
        at: at(60.0),
        set,
        reps,
        quantities: Default::default(),
    };
    Told::new()
        .reps(10)
        .event(ended(1, 12))
        .event(ended(2, 10))
        .phase(61.0, Phase::Finished, None)
}

fn phases() -> Vec<(&'static str, Told)> {
    let mut failed = faulty();
    failed
        .0
        .set_recording(Recording::Failed("disk full".into()));
    vec![
        ("waiting", waiting()),
        ("stand", Told::new().step(SetupStep::StandStill)),
        ("bend", Told::new().step(SetupStep::BendOnce)),
        ("pose", Told::new().step(SetupStep::HoldStartPose)),
        ("count_in", count_in()),
        ("exercising", Told::new().reps(7)),
        ("fault", faulty()),
        ("rest", resting()),
        ("paused", paused()),
        ("pain", Told::new().reps(3).command(Command::Pain)),
        ("finished", finished()),
        ("link_lost", Told::new().reps(11).link(LinkChange::Lost)),
        ("sitting", sitting()),
        (
            "battery_low",
            Told::new()
                .reps(11)
                .link(LinkChange::Battery { percent: 9 }),
        ),
        ("not_recording", failed),
    ]
}

#[test]
fn every_phase_at_every_size() {
    for (name, told) in phases() {
        let mut all = String::new();
        for size in SIZES {
            let _ = writeln!(all, "{} x {}", size.0, size.1);
            for line in told.lines(size) {
                let _ = writeln!(all, "|{line}");
            }
        }
        insta::assert_snapshot!(name, all);
    }
}

/// Rows between the first and the last with a large digit in them, in the columns that the count may use.
fn digit_rows(told: &Told, size: (u16, u16)) -> usize {
    let lines = told.lines(size);
    let is_solid = |line: &&String| line.contains("██") || line.contains("▀▀");
    let rows = lines.iter().take_while(|line| !line.contains('['));
    rows.filter(is_solid).count()
}

#[test]
fn the_count_is_read_at_three_meters() {
    for reps in [0, 7, 12, 20, 99] {
        let rows = digit_rows(&Told::new().reps(reps), (80, 24));
        assert!(rows >= 12, "{reps}: {rows} rows");
    }
    assert!(digit_rows(&Told::new().reps(8), (40, 12)) >= 6);
    assert!(digit_rows(&Told::new().reps(11), (120, 40)) >= 20);
}

#[test]
fn no_size_is_too_small_or_too_odd() {
    for (_, told) in phases() {
        for size in [
            (1, 1),
            (2, 30),
            (300, 1),
            (7, 7),
            (19, 5),
            (79, 8),
            (500, 3),
            (13, 100),
        ] {
            told.buffer(Theme::FULL, size);
        }
        for width in (1..130).step_by(3) {
            for height in 1..50 {
                told.buffer(Theme::PLAIN, (width, height));
            }
        }
    }
}

#[test]
fn a_simulated_session_says_so_in_every_picture() {
    for (name, told) in phases() {
        for size in SIZES {
            assert!(told.text(size).contains("SIM"), "{name} at {size:?}");
        }
    }
}

#[test]
fn without_colors_nothing_is_colored_and_everything_is_said() {
    for (name, told) in phases() {
        let (plain, full) = (
            told.buffer(Theme::PLAIN, (80, 24)),
            told.buffer(Theme::FULL, (80, 24)),
        );
        let is_colored = |buffer: &Buffer| {
            let mut cells = buffer.content().iter();
            cells.any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
        };
        assert!(!is_colored(&plain) && is_colored(&full), "{name}");
        assert_eq!(lines(&plain), lines(&full), "{name}");
    }
}

#[test]
fn pain_is_always_among_the_keys() {
    for (name, told) in phases() {
        for size in SIZES.iter().filter(|size| size.1 >= 12) {
            assert!(told.text(*size).contains("p PAIN"), "{name} at {size:?}");
        }
    }
    let mut told = faulty();
    told.0.note("Reconnecting to T7");
    let text = told.text((80, 24));
    assert!(text.contains("p PAIN") && text.contains("Reconnecting to T7"));
}

#[test]
fn a_lost_link_and_a_failed_recording_stand_out() {
    let told = Told::new().reps(4).link(LinkChange::Lost);
    let buffer = told.buffer(Theme::PLAIN, (80, 24));
    let loud: String = buffer
        .content()
        .iter()
        .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
        .map(|cell| cell.symbol())
        .collect();
    assert!(loud.contains("LINK LOST"), "{loud}");
    let (_, failed) = phases().pop().unwrap();
    assert!(failed.text((80, 24)).contains("✖ NOT RECORDING: disk full"));
    assert!(failed.text((20, 6)).contains("✖REC"));
}

#[test]
fn the_wearers_own_count_stands_beside_and_never_over_ours() {
    let told = Told::new().reps(8).event(Event::Corrected {
        at: at(50.0),
        set: 2,
        counted: 8,
        said: 9,
    });
    assert!(told.text((80, 24)).contains("9 as you say"));
    let before = digit_rows(&Told::new().reps(8), (80, 24));
    assert_eq!(digit_rows(&told, (80, 24)), before);
    // What is counted afterwards adds to both.
    assert!(told.rep(9).text((80, 24)).contains("10 as you say"));
}

fn take_back(told: Told, rep: u32, said: u32) -> Told {
    let undone = Event::Undone { at: at(50.0), rep };
    told.event(undone).event(Event::Corrected {
        at: at(50.0),
        set: 2,
        counted: rep,
        said,
    })
}

#[test]
fn what_is_taken_back_stays_counted_and_loses_its_mark() {
    let told = take_back(Told::new().reps(8), 8, 7);
    let before = digit_rows(&Told::new().reps(8), (80, 24));
    assert_eq!(digit_rows(&told, (80, 24)), before);
    let text = told.text((80, 24));
    assert!(
        text.contains("7 as you say") && text.contains('–'),
        "{text}"
    );
    let done = told
        .event(Event::SetEnded {
            at: at(60.0),
            set: 2,
            reps: 8,
            quantities: Default::default(),
        })
        .phase(61.0, Phase::Finished, None);
    // On the screen these are big letters.
    let main = format!("{:?}", done.0.view().main);
    assert!(main.contains("8 reps, 7 as you say"), "{main}");
}

#[test]
fn a_correction_before_the_first_repetition_is_shown_and_kept() {
    let told = Told::new().reps(8).event(Event::Corrected {
        at: at(50.0),
        set: 3,
        counted: 0,
        said: 1,
    });
    assert!(told.text((80, 24)).contains("1 as you say"));
    let told = told.event(Event::SetStarted {
        at: at(55.0),
        set: 3,
    });
    assert!(told.rep(9).text((80, 24)).contains("2 as you say"));
}

#[test]
fn text_from_devices_and_files_cannot_steer_the_terminal() {
    let mut told = faulty().cue(CueKind::Correct, "a\u{1b}[2Jb");
    told.0.note("x\u{7}\u{9b}1m");
    told.0
        .set_recording(Recording::Failed("\u{1b}]0;owned".into()));
    let is_harmless = |letter: char| !letter.is_control() || letter == '\n';
    assert!(told.text((80, 24)).chars().all(is_harmless));
}

#[test]
fn a_cue_is_gone_after_a_while_and_talk_too() {
    let mut told = faulty();
    told.0.note("Reconnecting");
    let now = told.0.now.seconds();
    let tick = |seconds: f64| Input::Tick {
        at: HostTime::from_seconds(seconds),
    };
    let told = told.input(tick(now + 0.1));
    assert!(told.0.view().word.is_some() && told.0.view().talk.is_some());
    let told = told.input(tick(now + 30.0));
    assert!(told.0.view().word.is_none() && told.0.view().talk.is_none());
}

#[test]
fn small_movements_of_the_angle_are_no_new_picture() {
    let told = Told::new().reps(3).angle(30.0, 43.30);
    let before = told.0.view();
    let told = told.angle(30.005, 43.34);
    assert_eq!(told.0.view(), before);
    assert_ne!(told.angle(30.01, 45.0).0.view(), before);
}
