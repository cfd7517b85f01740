//! Sessions made by hand, shared by the tests and the bench: what a coach would say, without a coach.

use std::collections::BTreeMap;

use backcoach::coach::{
    Cue, CueKind, Event, Extent, Finding, Judgement, Measured, Mounting, Plan, Posture, Rep,
    RepKind, Setup, SignalPoint, Verdict, WornSensor,
};
use backcoach::exercise::{Exercise, Quantity, Severity};
use backcoach::input::{Input, Placement, Sample, Segment, SensorId, Side};
use backcoach::motion::Validity;
use backcoach::report::{Collector, Origin, Report};
use backcoach::units::{Acceleration, Angle, AngularRate, SessionTime};

/// One repetition to be made.
#[derive(Clone, Debug)]
pub struct Way {
    /// Furthest, degrees.
    pub peak: f64,
    /// Where it ends, degrees.
    pub top: f64,
    /// Going, staying, coming and pausing, seconds.
    pub times: [f64; 4],
    /// Side tilt, degrees.
    pub side: f64,
    /// What is measured besides.
    pub besides: Vec<(Quantity, f64)>,
    /// Left or right.
    pub body_side: Option<Side>,
    /// What kind.
    pub kind: RepKind,
    /// Readings are missing for so many seconds after it.
    pub gap_after: f64,
}

/// A session to be made.
pub struct Script {
    /// What is done.
    pub plan: Plan,
    /// The repetitions of each set.
    pub sets: Vec<Vec<Way>>,
    /// Readings a second.
    pub rate: f64,
    /// Standard error, degrees.
    pub error: f64,
    /// How it was calibrated.
    pub mounting: Option<(Mounting, f64)>,
}

fn plan(exercise: &str, sensors: &[(Placement, &str)]) -> Plan {
    let exercise: Exercise = toml::from_str(exercise).expect("the library's exercises are valid");
    Plan {
        exercise,
        sensors: sensors
            .iter()
            .map(|(placement, name)| WornSensor {
                family: "backcoach".to_owned(),
                placement: *placement,
                name: (*name).to_owned(),
            })
            .collect(),
        setup: Setup::Guided,
        goal: Default::default(),
        settings: BTreeMap::new(),
        conduct: Default::default(),
        programme: None,
    }
}

/// A plan for the bench, one sensor between the shoulder blades.
pub fn hyperextension() -> Plan {
    plan(
        include_str!("../../exercises/hyperext_45.toml"),
        &[(Placement::T7, "Tag 4C1F")],
    )
}

/// Irregularity without chance: a number between -1 and 1.
fn wobble(index: usize, which: f64) -> f64 {
    (index as f64 * 2.399 + which * 1.7).sin()
}

fn way(index: usize) -> Way {
    let w = |which: f64| wobble(index, which);
    Way {
        peak: 74.0 + 4.0 * w(1.0),
        top: 1.0 + 1.5 * w(2.0),
        times: [
            2.3 + 0.25 * w(3.0),
            0.55 + 0.1 * w(4.0),
            1.6 + 0.15 * w(5.0),
            1.3 + 0.3 * w(6.0),
        ],
        side: 4.0 + 1.5 * w(7.0),
        besides: Vec::new(),
        body_side: None,
        kind: RepKind::Full,
        gap_after: 0.0,
    }
}

/// Twelve good repetitions.
pub fn clean() -> Script {
    Script {
        plan: hyperextension(),
        sets: vec![(0..12).map(way).collect()],
        rate: 100.0,
        error: 1.1,
        mounting: Some((Mounting::Bend, 0.8)),
    }
}

/// Fourteen repetitions with most of what can go wrong, and a gap.
pub fn faulty() -> Script {
    let mut ways: Vec<Way> = (0..14).map(way).collect();
    for (index, way) in ways.iter_mut().enumerate() {
        let late = index as f64 / 13.0;
        way.peak -= 16.0 * late;
        way.times[2] += 0.9 * late;
        way.side += 7.0 * late;
    }
    for index in [1, 4, 5] {
        ways[index].top = -13.0 - index as f64 * 0.4;
    }
    for index in [2, 6, 9] {
        ways[index].times[0] = 1.1;
    }
    for index in [8, 12] {
        ways[index].peak = 41.0;
        ways[index].kind = RepKind::Partial;
    }
    ways[6].gap_after = 4.2;
    ways[7].kind = RepKind::Doubtful;
    ways[10].side = 16.0;
    ways[11].times[3] = 0.3;
    Script {
        sets: vec![ways],
        error: 2.4,
        mounting: Some((Mounting::FirstMovement, 3.6)),
        ..clean()
    }
}

/// Bird-dog with sensors on the pelvis and the right thigh, sides taking turns.
pub fn bird_dog() -> Script {
    let ways = (0..12).map(|index| Way {
        peak: 82.0 + 3.0 * wobble(index, 1.0),
        top: 2.0,
        times: [2.0, 6.5 + 2.0 * wobble(index, 2.0), 1.9, 1.4],
        side: 0.0,
        besides: vec![
            (
                Quantity::PelvisRoll,
                if index % 2 == 1 {
                    9.0 + 3.0 * wobble(index, 3.0)
                } else {
                    4.0
                },
            ),
            (Quantity::PelvisTiltMax, 5.0 + 2.0 * wobble(index, 4.0)),
            (Quantity::SwayAcc, 0.28 + 0.1 * wobble(index, 5.0)),
        ],
        body_side: Some(if index % 2 == 0 {
            Side::Left
        } else {
            Side::Right
        }),
        ..way(index)
    });
    Script {
        plan: plan(
            include_str!("../../exercises/bird_dog.toml"),
            &[
                (Placement::Thigh(Some(Side::Right)), "Thigh tag"),
                (Placement::Sacrum, "Belt tag"),
            ],
        ),
        sets: vec![ways.collect()],
        rate: 50.0,
        error: 1.6,
        mounting: Some((Mounting::StartPose, 1.2)),
    }
}

/// A recording in which nothing happened.
pub fn empty() -> Script {
    Script {
        sets: Vec::new(),
        mounting: None,
        ..clean()
    }
}

/// Two sets of thirty, tiring.
pub fn long() -> Script {
    let set = |of: usize| -> Vec<Way> {
        (0..30)
            .map(|index| {
                let mut way = way(index + 30 * of);
                let tired = (index as f64 / 29.0) * (0.6 + 0.4 * of as f64);
                way.peak -= 17.0 * tired;
                way.times[2] *= 1.0 + 0.55 * tired;
                way.side += 6.0 * tired;
                way
            })
            .collect()
    };
    Script {
        sets: vec![set(0), set(1)],
        ..clean()
    }
}

/// Sets of ten until the time is full.
#[allow(dead_code)] // the bench's
pub fn lasting(seconds: f64) -> Script {
    let sets = (seconds / 75.0).ceil() as usize;
    Script {
        sets: (0..sets)
            .map(|set| (0..10).map(|index| way(index + set * 10)).collect())
            .collect(),
        ..clean()
    }
}

/// Where the data is said to come from.
pub fn origin() -> Origin {
    Origin {
        file: "hyperextension-clean.backcoach.jsonl".to_owned(),
        title: None,
        started: "2026-05-09T18:30:00+02:00[+02:00]".parse().ok(),
        synthetic: true,
        recording_sha256: Some(
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        ),
        program_version: "0.1.0".to_owned(),
        lines_damaged: 0,
        gyroscope: vec![Some(true), Some(true)],
    }
}

/// The report on a script.
pub fn report(script: &Script) -> Report {
    let mut collector = Collector::new(&script.plan);
    let mut events = Vec::new();
    play(script, &mut |input| collector.input(&input), &mut events);
    for event in &events {
        collector.event(event);
    }
    collector.finish(origin())
}

/// The inputs and events of a script.
pub fn play(script: &Script, input: &mut dyn FnMut(Input), events: &mut Vec<Event>) {
    let mut stage = Stage {
        script,
        input,
        events,
        at: 0.0,
        number: 0,
    };
    stage.set_up();
    for (index, ways) in script.sets.iter().enumerate() {
        stage.set(index as u32 + 1, ways);
    }
    stage.still(2.0, 0.0);
}

struct Stage<'a> {
    script: &'a Script,
    input: &'a mut dyn FnMut(Input),
    events: &'a mut Vec<Event>,
    at: f64,
    number: u32,
}

impl Stage<'_> {
    fn now(&self) -> SessionTime {
        SessionTime::from_seconds(self.at)
    }

    fn set_up(&mut self) {
        let at = self.now();
        for index in 0..self.script.plan.sensors.len() as u8 {
            if let Some((how, residual)) = self.script.mounting {
                let (sensor, residual) = (SensorId(index), Angle::from_degrees(residual));
                self.events.push(Event::Mounted {
                    at,
                    sensor,
                    how,
                    residual,
                });
                let (theta, sigma) = (Angle::from_degrees(46.0), Angle::ZERO);
                self.events.push(Event::Neutral {
                    at,
                    sensor,
                    theta,
                    sigma,
                });
            }
        }
        if self.script.mounting.is_some() {
            self.still(3.0, 0.0);
        }
    }

    fn still(&mut self, seconds: f64, value: f64) {
        let end = self.at + seconds;
        while self.at < end {
            self.reading(value);
        }
    }

    /// Smoothly from one value to another.
    fn move_to(&mut self, from: f64, to: f64, seconds: f64) {
        let begin = self.at;
        while self.at < begin + seconds {
            let share = (self.at - begin) / seconds;
            let eased = share * share * share * (10.0 - 15.0 * share + 6.0 * share * share);
            self.reading(from + (to - from) * eased);
        }
    }

    fn reading(&mut self, value: f64) {
        let at = self.now();
        let value = value + 0.5 * (self.at * 9.0).sin() * (self.at * 2.3).cos();
        let sensor = SensorId(0);
        let sample = Sample {
            at,
            accel: Acceleration::from_g(nalgebra::Vector3::y()),
            gyro: Some(AngularRate::default()),
            clipped: false,
        };
        (self.input)(Input::Sample { sensor, sample });
        let validity = Validity::Good;
        let error = Angle::from_degrees(self.script.error * (1.0 + 0.4 * (self.at * 0.7).sin()));
        let theta = Some(Angle::from_degrees(46.0 + value));
        let posture = Posture {
            at,
            sensor,
            segment: Segment::Thorax,
            up: [0.0, 1.0, 0.0],
            theta,
            sigma: theta,
            error,
            validity,
        };
        self.events.push(Event::Posture(posture));
        if self.script.mounting.is_some() {
            let value = Angle::from_degrees(value);
            self.events.push(Event::Signal(SignalPoint {
                at,
                value,
                error,
                validity,
            }));
        }
        self.at += 1.0 / self.script.rate;
    }

    fn set(&mut self, set: u32, ways: &[Way]) {
        let at = self.now();
        self.events.push(Event::SetStarted { at, set });
        let mut before = 0.0;
        for way in ways {
            before = self.rep(set, way, before);
        }
        let at = self.now();
        let quantities = set_quantities(ways);
        self.events.push(Event::SetEnded {
            at,
            set,
            reps: ways.len() as u32,
            quantities,
        });
        self.still(12.0, 0.0);
    }

    fn rep(&mut self, set: u32, way: &Way, before: f64) -> f64 {
        self.number += 1;
        let start = self.now();
        self.move_to(before, way.peak, way.times[0]);
        let turn = self.now();
        self.still(way.times[1], way.peak);
        self.move_to(way.peak, way.top, way.times[2]);
        let end = self.now();
        let rep = Rep {
            number: self.number,
            set,
            side: way.body_side,
            start,
            turn,
            end,
            at: end,
            rom: Extent::Turn(Angle::from_degrees(way.peak - way.top.min(before))),
            peak: Extent::Turn(Angle::from_degrees(way.peak)),
            error: Angle::from_degrees(self.script.error),
            kind: way.kind,
            doubt: None,
            estimated: false,
        };
        self.still(0.05, way.top);
        self.events.push(Event::Rep(rep.clone()));
        self.still(way.times[3], way.top);
        self.judge(&rep, way);
        self.gap(way);
        way.top
    }

    fn judge(&mut self, rep: &Rep, way: &Way) {
        let at = self.now();
        let quantities = quantities(rep, way);
        let findings: Vec<Finding> = self
            .script
            .plan
            .exercise
            .rules
            .iter()
            .filter(|rule| {
                let sensors = &self.script.plan.sensors;
                sensors
                    .iter()
                    .any(|s| rule.placements.contains(&s.placement.without_side()))
            })
            .filter_map(|rule| {
                let value = quantities.get(&rule.quantity)?.value;
                let passed =
                    |limit: Option<f64>| limit.filter(|limit| rule.when.is_beyond(value, *limit));
                let (severity, limit) = match (passed(rule.warn), passed(rule.info)) {
                    (Some(limit), _) => (Severity::Warn, limit),
                    (None, Some(limit)) => (Severity::Info, limit),
                    (None, None) => return None,
                };
                Some(Finding {
                    at,
                    rep: Some(rep.number),
                    set: rep.set,
                    rule: rule.id.clone(),
                    fault: rule.fault.clone(),
                    severity,
                    quantity: rule.quantity,
                    value,
                    limit,
                    unit: rule.quantity.unit(),
                })
            })
            .collect();
        let warned = findings
            .iter()
            .find(|finding| finding.severity == Severity::Warn);
        if let Some(finding) = warned {
            self.events.push(Event::Cue(Cue {
                at,
                rep: Some(rep.number),
                kind: CueKind::Correct,
                rule: Some(finding.rule.clone()),
                text: "as the rule says".to_owned(),
            }));
        }
        let verdict = match (rep.kind, warned) {
            (RepKind::Doubtful, _) => Verdict::Doubtful,
            (RepKind::Partial, _) => Verdict::Partial,
            (RepKind::Full, Some(_)) => Verdict::Warning,
            (RepKind::Full, None) => Verdict::Good,
        };
        let (rep, set) = (rep.number, rep.set);
        self.events.push(Event::Judged(Judgement {
            at,
            rep,
            set,
            verdict,
            quantities,
            findings,
        }));
    }

    fn gap(&mut self, way: &Way) {
        if way.gap_after <= 0.0 {
            return;
        }
        let from = self.now();
        self.at += way.gap_after;
        let lost = Some((way.gap_after * self.script.rate) as u32);
        let (sensor, to) = (SensorId(0), self.now());
        self.events.push(Event::Gap {
            sensor,
            from,
            to,
            lost,
            reps_not_seen: 1,
        });
    }
}

fn measured(value: f64) -> Measured {
    Measured {
        value,
        validity: Validity::Good,
    }
}

fn quantities(rep: &Rep, way: &Way) -> BTreeMap<Quantity, Measured> {
    let at_peak = way.body_side.is_some();
    let (lower, raise) = if at_peak { (2, 0) } else { (0, 2) };
    let mut all = vec![
        (Quantity::Rom, rep.rom.value()),
        (Quantity::Peak, way.peak),
        (Quantity::TLower, way.times[lower]),
        (Quantity::TRaise, way.times[raise]),
        (
            Quantity::THold,
            if at_peak { way.times[1] } else { way.times[3] },
        ),
        (Quantity::TopMin, way.top),
        (Quantity::TopLevel, way.top),
    ];
    if !at_peak {
        all.push((Quantity::SideMax, way.side));
    }
    all.extend(way.besides.iter().copied());
    all.into_iter()
        .map(|(quantity, value)| (quantity, measured(value)))
        .collect()
}

fn set_quantities(ways: &[Way]) -> BTreeMap<Quantity, Measured> {
    let mean = |part: &[Way], of: fn(&Way) -> f64| {
        part.iter().map(of).sum::<f64>() / part.len().max(1) as f64
    };
    if ways.len() < 6 {
        return BTreeMap::new();
    }
    let (first, last) = (&ways[..3], &ways[ways.len() - 3..]);
    let loss = |of: fn(&Way) -> f64| 100.0 * (1.0 - mean(last, of) / mean(first, of));
    BTreeMap::from([
        (Quantity::RomLoss, measured(loss(|way| way.peak))),
        (
            Quantity::VelocityLoss,
            measured(loss(|way| way.peak / way.times[2])),
        ),
    ])
}
