//! Watches a session go by and keeps what a report needs: little, however long the session is.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::coach::{
    Event, Judgement, Measured, Phase, Plan, Posture, Rep, RepKind, SignalPoint, Verdict,
};
use crate::exercise::Quantity;
use crate::input::{Input, LinkChange, SensorId};
use crate::motion::Validity;
use crate::session::Observer;
use crate::units::round_to;

use super::data::{
    Accuracy, Counts, GapSpan, Gaps, Origin, RepReport, Report, SensorReport, SetReport,
};
use super::errors::Errors;
use super::gyroscopes::Gyroscopes;
use super::laying::Laying;
use super::numbers::{clean, finite};
use super::posture::{self, PostureWatch};
use super::sensors::SensorWatch;
use super::stops::Stops;
use super::summary::{self, Facts};
use super::tally::Tally;
use super::thinning::Thinning;
use super::words::Words;
use super::{limits, measures, trend};

/// Repetitions listed one by one; more are counted only.
const REPS: usize = 4_000;

/// Gaps listed one by one: of more, the longest.
const GAPS: usize = 400;

/// Sets listed.
const SETS: usize = 200;

/// Watches a session go by.
#[derive(Debug)]
pub struct Collector {
    plan: Plan,
    sensors: Vec<SensorWatch>,
    gyroscopes: Gyroscopes,
    thinning: Thinning,
    laying: Laying,
    tally: Tally,
    errors: Errors,
    reps: BTreeMap<u32, RepReport>,
    unlisted: Counts,
    undone: BTreeSet<u32>,
    words: Words,
    stops: Stops,
    /// The session has not begun yet: sensors are awaited, or the wearer is led through the set-up.
    is_early: bool,
    sets: BTreeMap<u32, SetReport>,
    gaps: Gaps,
    not_seen: u32,
    span: Option<(f64, f64)>,
    posture: Option<PostureWatch>,
}

impl Collector {
    /// A collector for a session that follows this plan.
    pub fn new(plan: &Plan) -> Collector {
        Collector {
            sensors: plan
                .sensors
                .iter()
                .map(|_| SensorWatch::default())
                .collect(),
            gyroscopes: Gyroscopes::new(plan),
            plan: plan.clone(),
            thinning: Thinning::new(),
            laying: Laying::new(),
            tally: Tally::default(),
            errors: Errors::default(),
            reps: BTreeMap::new(),
            unlisted: Counts::default(),
            undone: BTreeSet::new(),
            words: Words::default(),
            stops: Stops::default(),
            is_early: false,
            sets: BTreeMap::new(),
            gaps: Gaps::default(),
            not_seen: 0,
            span: None,
            posture: PostureWatch::new(plan),
        }
    }

    /// Takes in what reached the coach.
    pub fn input(&mut self, input: &Input) {
        let at_s = input.at().seconds();
        self.span = Some(match self.span {
            Some((from, to)) if !self.is_early => (from.min(at_s), to.max(at_s)),
            _ => (at_s, at_s),
        });
        self.stops.input(input);
        match input {
            Input::Packet {
                sensor,
                channel,
                bytes,
                ..
            } => {
                self.sensor(*sensor, SensorWatch::packet);
                self.gyroscopes.packet(*sensor, *channel, bytes);
            }
            Input::Link {
                sensor,
                change: LinkChange::Connected,
                ..
            } => self.gyroscopes.reconnected(*sensor),
            Input::Sample { sensor, sample } => self.sensor(*sensor, |watch| watch.sample(sample)),
            _ => {}
        }
    }

    /// Takes in what the coach said.
    pub fn event(&mut self, event: &Event) {
        if let Some(posture) = &mut self.posture {
            posture.event(event);
        }
        self.stops.event(event);
        match event {
            Event::Posture(posture) => self.posture(posture),
            Event::Signal(point) => self.signal(point),
            Event::Mounted {
                sensor,
                how,
                residual,
                ..
            } => {
                self.sensor(*sensor, |watch| watch.mounted(*how, *residual));
            }
            Event::Neutral { sensor, theta, .. } => {
                self.sensor(*sensor, |watch| watch.neutral_deg = finite(theta.degrees()));
            }
            Event::Gap {
                sensor,
                from,
                to,
                lost,
                reps_not_seen,
            } => {
                let span = GapSpan {
                    sensor: sensor.0,
                    from_s: from.seconds(),
                    to_s: to.seconds(),
                    reps_not_seen: *reps_not_seen,
                };
                self.gap(*sensor, span, *lost);
            }
            Event::SetStarted { at, set } => self.set_started(*set, at.seconds()),
            Event::SetEnded {
                at,
                set,
                quantities,
                ..
            } => self.set_ended(*set, at.seconds(), quantities),
            Event::Rep(rep) => self.rep(rep),
            Event::Judged(judgement) => self.judged(judgement),
            Event::Finding(finding) => self.tally.finding(finding),
            Event::Cue(cue) => {
                if let Some(rule) = &cue.rule {
                    self.tally.cue(rule);
                }
            }
            Event::Undone { rep, .. } => self.undo(*rep),
            Event::Corrected {
                set, counted, said, ..
            } => self.words.corrected(*set, *counted, *said),
            Event::Phase { phase, .. } => {
                // Waiting for a sensor is no part of the session, nor are its gaps.
                self.is_early =
                    self.reps.is_empty() && matches!(phase, Phase::Waiting | Phase::SettingUp);
            }
            Event::Notice { sensor, notice, .. } => {
                self.sensor(*sensor, |watch| watch.notice(notice))
            }
            _ => {}
        }
    }

    fn sensor(&mut self, id: SensorId, watch: impl FnOnce(&mut SensorWatch)) {
        if let Some(sensor) = self.sensors.get_mut(usize::from(id.0)) {
            watch(sensor);
        }
    }

    fn posture(&mut self, posture: &Posture) {
        let at_s = posture.at.seconds();
        self.sensor(posture.sensor, |watch| watch.reading(at_s));
    }

    fn signal(&mut self, point: &SignalPoint) {
        self.thinning.push(point);
        self.laying.point(point);
        self.errors.push(point);
    }

    fn gap(&mut self, sensor: SensorId, span: GapSpan, lost: Option<u32>) {
        if self.is_early {
            return;
        }
        let seconds = finite(span.to_s - span.from_s).unwrap_or(0.0).max(0.0);
        self.sensor(sensor, |watch| watch.gap(seconds, lost));
        self.not_seen = self.not_seen.saturating_add(span.reps_not_seen);
        let gaps = &mut self.gaps;
        gaps.count = gaps.count.saturating_add(1);
        gaps.seconds += seconds;
        gaps.lost = gaps.lost.saturating_add(u64::from(lost.unwrap_or(0)));
        gaps.some_uncounted |= lost.is_none();
        gaps.spans.push(span);
        if gaps.spans.len() > 2 * GAPS {
            keep_longest(&mut gaps.spans);
        }
    }

    fn set_started(&mut self, set: u32, from_s: f64) {
        if self.sets.len() < SETS {
            self.sets.entry(set).or_insert(SetReport {
                set,
                from_s,
                to_s: None,
                reps: 0,
                said: None,
                rom_loss: None,
                tempo_trend: None,
                velocity_loss: None,
                top_rise: None,
            });
        }
    }

    fn set_ended(&mut self, set: u32, to_s: f64, quantities: &BTreeMap<Quantity, Measured>) {
        let value = |quantity: Quantity| quantities.get(&quantity).and_then(|m| finite(m.value));
        if let Some(report) = self.sets.get_mut(&set) {
            report.to_s = Some(to_s);
            report.rom_loss = value(Quantity::RomLoss);
            report.tempo_trend = value(Quantity::TempoTrend);
            report.velocity_loss = value(Quantity::VelocityLoss);
            report.top_rise = value(Quantity::TopRise);
        }
    }

    fn rep(&mut self, rep: &Rep) {
        self.set_started(rep.set, rep.start.seconds());
        if self.reps.len() >= REPS && !self.reps.contains_key(&rep.number) {
            self.unlisted.counted = self.unlisted.counted.saturating_add(1);
            self.unlisted.estimated += u32::from(rep.estimated);
            return;
        }
        self.laying.rep(rep);
        let mut report = unjudged(rep);
        report.taken_back = self.undone.contains(&rep.number);
        self.reps.insert(rep.number, report);
    }

    fn judged(&mut self, judgement: &Judgement) {
        for finding in &judgement.findings {
            self.tally.finding(finding);
        }
        let Some(rep) = self.reps.get_mut(&judgement.rep) else {
            count(&mut self.unlisted, judgement.verdict);
            return;
        };
        rep.verdict = judgement.verdict;
        for (quantity, measured) in &judgement.quantities {
            if let Some(value) =
                finite(measured.value).filter(|_| measured.validity != Validity::Invalid)
            {
                rep.measured.insert(*quantity, round_to(value, 1e3));
            }
        }
        rep.raise_speed = rep
            .measured
            .get(&Quantity::TRaise)
            .filter(|time| **time > 0.0)
            .and_then(|time| finite(round_to(rep.rom_deg / time, 100.0)));
    }

    fn undo(&mut self, number: u32) {
        if let Some(rep) = self.reps.get_mut(&number) {
            rep.taken_back = true;
            self.undone.insert(number);
        }
    }

    /// The report. `origin` is what only the caller knows of the data.
    pub fn finish(mut self, origin: Origin) -> Report {
        keep_longest(&mut self.gaps.spans);
        let counts = self.counts();
        let sets = self.set_reports();
        let faults = std::mem::take(&mut self.tally).finish(
            &self.plan,
            &counts,
            sets.len() as u32,
            &self.undone,
        );
        let verdicts = self
            .reps
            .values()
            .filter(|rep| !rep.taken_back)
            .map(|rep| (rep.number, rep.verdict))
            .collect();
        let sensors = self.sensor_reports(&origin);
        let accuracy = self.accuracy(&sensors);
        let reps: Vec<RepReport> = self.reps.into_values().collect();
        let trace = self.thinning.finish();
        let trend = trend::trend(&reps, &sets);
        let stops = std::mem::take(&mut self.stops).finish();
        let mut summary = summary::summary(&Facts {
            counts: &counts,
            reps: &reps,
            faults: &faults,
            trend: &trend,
            gaps: &self.gaps,
            sensors: &sensors,
            accuracy: &accuracy,
            has_angle: !trace.at_s.is_empty(),
        });
        let posture = self.posture.map(|watch| watch.finish(&self.plan));
        if let Some(posture) = &posture {
            summary = posture::summary(posture);
        }
        summary::stopped(&mut summary, &stops);
        let exercise = &self.plan.exercise;
        let rule_set = format!("{} v{}", clean(&exercise.id, 40), exercise.version);
        Report {
            exercise: clean(&exercise.id, 40),
            exercise_name: clean(&exercise.name, 80),
            rule_set,
            duration_s: self.span.map_or(0.0, |(from, to)| to - from),
            sensors,
            sets,
            trace,
            targets: limits::targets(&self.plan),
            gaps: self.gaps,
            reps_not_listed: self.unlisted.counted,
            overlay: self.laying.finish(&verdicts),
            strips: measures::strips(&reps, &self.plan),
            faults,
            trend,
            summary,
            accuracy,
            counts,
            reps,
            posture,
            stops,
            origin: cleaned(origin),
        }
    }

    fn counts(&self) -> Counts {
        let mut counts = self.unlisted;
        let judged = counts.good + counts.warning + counts.partial + counts.doubtful;
        counts.doubtful += counts.counted.saturating_sub(judged);
        counts.counted = counts.counted.max(judged);
        for rep in self.reps.values() {
            counts.counted += 1;
            counts.estimated += u32::from(rep.estimated);
            if rep.taken_back {
                counts.undone += 1;
            } else {
                count(&mut counts, rep.verdict);
            }
        }
        counts.not_seen = self.not_seen;
        counts.said = self.words.total(counts.counted);
        counts
    }

    fn set_reports(&mut self) -> Vec<SetReport> {
        for rep in self.reps.values() {
            if let Some(set) = self.sets.get_mut(&rep.set) {
                set.reps += 1;
            }
        }
        for set in self.sets.values_mut() {
            set.said = self.words.said(set.set, set.reps);
        }
        std::mem::take(&mut self.sets).into_values().collect()
    }

    fn sensor_reports(&self, origin: &Origin) -> Vec<SensorReport> {
        let worn = limits::worn(&self.plan);
        let counting = self
            .plan
            .exercise
            .counting_placement(&worn)
            .and_then(|place| worn.iter().position(|worn| *worn == place));
        self.plan
            .sensors
            .iter()
            .zip(&self.sensors)
            .enumerate()
            .map(|(index, (worn, watch))| {
                let known = origin.gyroscope.get(index).copied().flatten();
                let known = known.or_else(|| self.gyroscopes.has(index));
                watch.report(worn, counting == Some(index), known)
            })
            .collect()
    }

    fn accuracy(&self, sensors: &[SensorReport]) -> Accuracy {
        let gyroscope = sensors
            .iter()
            .find(|sensor| sensor.counts)
            .and_then(|sensor| sensor.gyroscope);
        let (median, p95) = (self.errors.quantile(0.5), self.errors.quantile(0.95));
        Accuracy {
            statement: summary::statement(gyroscope, median, p95),
            median_error_deg: median,
            p95_error_deg: p95,
            untrusted_percent: self.errors.untrusted_percent(),
        }
    }
}

/// A report never ends a session.
impl Observer for Collector {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        Collector::input(self, input);
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        Collector::event(self, event);
        Ok(())
    }
}

fn unjudged(rep: &Rep) -> RepReport {
    let degrees =
        |angle: crate::units::Angle| finite(round_to(angle.degrees(), 100.0)).unwrap_or(0.0);
    RepReport {
        number: rep.number,
        set: rep.set,
        taken_back: false,
        side: rep.side,
        kind: rep.kind,
        verdict: if rep.kind == RepKind::Partial {
            Verdict::Partial
        } else {
            Verdict::Doubtful
        },
        estimated: rep.estimated,
        start_s: rep.start.seconds(),
        turn_s: rep.turn.seconds(),
        end_s: rep.end.seconds(),
        rom_deg: rep.rom.value(),
        peak_deg: rep.peak.value(),
        error_deg: degrees(rep.error),
        raise_speed: None,
        measured: BTreeMap::new(),
    }
}

fn count(counts: &mut Counts, verdict: Verdict) {
    let place = match verdict {
        Verdict::Good => &mut counts.good,
        Verdict::Warning => &mut counts.warning,
        Verdict::Partial => &mut counts.partial,
        Verdict::Doubtful => &mut counts.doubtful,
    };
    *place = place.saturating_add(1);
}

/// Keeps the longest gaps, in order of time.
fn keep_longest(spans: &mut Vec<GapSpan>) {
    if spans.len() > GAPS {
        spans.sort_by(|a, b| (b.to_s - b.from_s).total_cmp(&(a.to_s - a.from_s)));
        spans.truncate(GAPS);
    }
    spans.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
}

fn cleaned(origin: Origin) -> Origin {
    Origin {
        file: clean(&origin.file, 120),
        title: origin
            .title
            .map(|title| clean(&title, 120))
            .filter(|title| !title.is_empty()),
        recording_sha256: origin.recording_sha256.map(|hash| clean(&hash, 64)),
        program_version: clean(&origin.program_version, 40),
        ..origin
    }
}
