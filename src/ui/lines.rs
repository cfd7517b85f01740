//! Events as lines for people and for programs.

use std::io::{self, Write};

use super::clean;
use super::signal::Links;
use crate::coach::{
    Check, CheckState, CueKind, Day, Event, Extent, Finding, Judgement, Mounting, Need, Notice,
    Phase, Plan, Rep, RepKind, SetupStep, Verdict, WornLooks,
};
use crate::exercise::{Kind, Severity};
use crate::input::{SensorId, Side};
use crate::session::Observer;
use crate::units::{SessionTime, round_to};

/// Writes each event as it comes.
pub struct Transcript<'a, W> {
    out: W,
    form: Form,
    plan: &'a Plan,
    links: Links,
    is_at_once: bool,
    /// Of the latest line: what was noticed later is said later.
    told: SessionTime,
}

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A sentence each, for people; what follows from each single sample is left out.
    Lines,
    /// JSON, one event a line.
    Json {
        /// Also those that follow from each single sample.
        all: bool,
    },
}

impl<'a, W: Write> Transcript<'a, W> {
    /// Writes to `out`.
    pub fn new(out: W, form: Form, plan: &'a Plan) -> Transcript<'a, W> {
        Transcript {
            out,
            form,
            plan,
            links: Links::default(),
            is_at_once: false,
            told: SessionTime::ZERO,
        }
    }

    /// Writes to `out` and hands over every line at once, whatever waits in between: for sessions that are done now.
    pub fn at_once(out: W, form: Form, plan: &'a Plan) -> Transcript<'a, W> {
        Transcript {
            is_at_once: true,
            ..Transcript::new(out, form, plan)
        }
    }

    /// Hands over what waits to be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn place(&self, sensor: SensorId) -> String {
        match self.plan.sensor(sensor) {
            Some(worn) => worn.placement.to_string(),
            None => format!("sensor {}", sensor.0),
        }
    }

    fn line(&mut self, event: &Event) -> Option<(SessionTime, String)> {
        Some(match event {
            Event::Exercise { at, index, id } => {
                let number = u64::from(*index) + 1;
                let steps = self.plan.steps();
                (*at, format!("exercise {number} of {steps}: {}", clean(id)))
            }
            Event::Setup { at, step } => (*at, format!("set-up: {}", step_in_words(*step))),
            Event::Mounted {
                at,
                sensor,
                how,
                residual,
            } => (
                *at,
                format!(
                    "{}: {}, to within {residual}",
                    self.place(*sensor),
                    mounting_in_words(*how)
                ),
            ),
            Event::Neutral {
                at, sensor, theta, ..
            } => (
                *at,
                format!("{}: start pose at {theta}", self.place(*sensor)),
            ),
            Event::Gap {
                from,
                to,
                sensor,
                lost,
                reps_not_seen,
            } => (
                *from,
                self.gap(*sensor, to.seconds_since(*from), *lost, *reps_not_seen),
            ),
            Event::SetStarted { at, set } => (*at, format!("set {set} begins")),
            Event::Recognized {
                at,
                set,
                movement,
                confidence,
            } => (
                *at,
                format!(
                    "set {set}: looks like {} ({:.0} % sure)",
                    movement.words(),
                    confidence * 100.0
                ),
            ),
            Event::SetEnded { at, set, reps, .. } => (
                *at,
                format!("set {set} ends: {}", counted(*reps, self.noun())),
            ),
            Event::Rep(rep) => (rep.at, rep_in_words(rep)),
            Event::Judged(judgement) => (judgement.at, judgement_in_words(judgement, self.noun())),
            Event::Finding(finding) if finding.rep.is_none() => {
                (finding.at, finding_in_words(finding))
            }
            Event::Cue(cue) => (
                cue.at,
                format!("cue: {}{}", clean(&cue.text), cue_mark(cue.kind)),
            ),
            Event::Undone { at, rep } => (*at, format!("rep {rep} taken back")),
            Event::Corrected {
                at,
                set,
                counted,
                said,
            } => (
                *at,
                format!("set {set}: {counted} counted, {said} as you say"),
            ),
            Event::Call { at, text, .. } => (*at, format!("call: {}", clean(text))),
            Event::Phase { at, phase, until } => {
                let until = until.map_or(String::new(), |until| {
                    format!(" for {:.0} s", until.seconds_since(*at).max(0.0))
                });
                (*at, format!("{}{until}", phase_in_words(*phase)))
            }
            Event::Readiness { at, checks } => (*at, self.checks(checks)),
            Event::Notice { at, sensor, .. } if self.links.is_first(event) => {
                (*at, format!("{}: linked", self.place(*sensor)))
            }
            Event::Notice { at, sensor, notice } => (
                *at,
                format!("{}: {}", self.place(*sensor), notice_in_words(notice)),
            ),
            Event::Day(day) => (day.at, day_in_words(day)),
            Event::Posture(_) | Event::Signal(_) | Event::Sitting(_) | Event::Finding(_) => {
                return None;
            }
        })
    }

    fn checks(&self, checks: &[Check]) -> String {
        let one = |check: &Check| {
            let need = match check.need {
                Need::Link => "link",
                Need::Readings => "readings",
                Need::Battery => "battery",
            };
            let state = match check.state {
                CheckState::Met => "ok",
                CheckState::Awaited => "awaited",
                CheckState::Poor => "poor",
                CheckState::Unknown => "not known",
            };
            format!("{} {need}: {state}", self.place(check.sensor))
        };
        let checks: Vec<String> = checks.iter().map(one).collect();
        format!("ready? {}", checks.join(", "))
    }

    /// What is counted.
    fn noun(&self) -> &'static str {
        match self.plan.exercise.kind {
            Kind::Hold => "hold",
            _ => "rep",
        }
    }

    /// Hours of a posture are told by the clock, everything else to the hundredth of a second.
    fn clock(&self, at: SessionTime) -> String {
        match self.plan.exercise.kind {
            Kind::Posture => hours(at.seconds()),
            _ => format!("{:.2}", at.seconds()),
        }
    }

    fn gap(&self, sensor: SensorId, seconds: f64, lost: Option<u32>, reps_not_seen: u32) -> String {
        let lost = lost.map_or(String::new(), |lost| format!(", {lost} readings lost"));
        let reps = match reps_not_seen {
            0 => String::new(),
            1 => "; about 1 rep not seen".to_owned(),
            reps => format!("; about {reps} reps not seen"),
        };
        format!(
            "{}: nothing for {seconds:.1} s{lost}{reps}",
            self.place(sensor)
        )
    }
}

impl<W: Write> Observer for Transcript<'_, W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match self.form {
            Form::Json { all } if all || event.is_kept() => {
                serde_json::to_writer(&mut self.out, event)?;
                writeln!(self.out)?;
            }
            Form::Json { .. } => return Ok(()),
            Form::Lines => match self.line(event) {
                Some((at, line)) => {
                    self.told = self.told.max(at);
                    let clock = self.clock(self.told);
                    writeln!(self.out, "{clock:>9}  {line}")?;
                }
                None => return Ok(()),
            },
        }
        if self.is_at_once {
            self.out.flush()?;
        }
        Ok(())
    }
}

/// A time as `h:mm:ss`.
pub fn hours(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours}:{minutes:02}:{:02}", seconds % 60)
}

fn counted(number: u32, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}

fn rep_in_words(rep: &Rep) -> String {
    let side = match rep.side {
        Some(Side::Left) => ", left",
        Some(Side::Right) => ", right",
        None => "",
    };
    let kind = match rep.kind {
        RepKind::Full => "",
        RepKind::Partial => ", partial",
        RepKind::Doubtful => ", doubtful",
    };
    let estimated = if rep.estimated { ", estimated" } else { "" };
    let number = rep.number;
    let marks = format!("{side}{kind}{estimated}");
    match rep.rom {
        Extent::Turn(range) => format!("rep {number}{marks}: range {range} ± {}", rep.error),
        Extent::Travel { .. } => format!("rep {number}{marks}: range {}", rep.rom),
        Extent::Held { .. } => format!("hold {number}{marks}: {}", rep.rom),
    }
}

/// A question, for the wearer may know better.
pub fn looks_in_words(looks: WornLooks) -> &'static str {
    match looks {
        WornLooks::UpsideDown => {
            "does the sensor's mark point to the feet? Angles are right either way; with the mark to the head it is as in the pictures"
        }
        WornLooks::InFront => {
            "does the sensor sit on the front of the body? Angles are right either way; if so, say ST or AP next time"
        }
        WornLooks::Behind => {
            "does the sensor sit on the back? Angles are right either way; if so, say T7 or SA next time"
        }
    }
}

fn judgement_in_words(judgement: &Judgement, noun: &str) -> String {
    let verdict = match judgement.verdict {
        Verdict::Good => "good",
        Verdict::Warning => "to correct",
        Verdict::Partial => "partial",
        Verdict::Doubtful => "not judged",
    };
    let findings: Vec<String> = judgement.findings.iter().map(finding_in_words).collect();
    let because = if findings.is_empty() { "" } else { ": " };
    format!(
        "{noun} {} {verdict}{because}{}",
        judgement.rep,
        findings.join("; ")
    )
}

/// The shares of what was seen, the largest first.
fn day_in_words(day: &Day) -> String {
    let mut modes: Vec<_> = day.modes_s.iter().collect();
    modes.sort_by(|a, b| b.1.total_cmp(a.1));
    let shares: Vec<String> = modes
        .iter()
        .map(|(mode, seconds)| {
            let share = 100.0 * **seconds / day.seen_s.max(1.0);
            format!("{} {share:.0} %", mode.words())
        })
        .collect();
    let rate = day
        .changes_per_hour
        .map_or(String::new(), |rate| format!(" ({rate:.0} an hour)"));
    format!(
        "so far: {}; {}{rate}, {}, longest without one {:.0} min",
        shares.join(", "),
        counted(day.changes, "change"),
        counted(day.breaks, "break"),
        day.longest_min
    )
}

fn finding_in_words(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Info => " (noted)",
        Severity::Warn => "",
        Severity::Stop => " (stop)",
    };
    format!(
        "{}{severity}, {} {}{} against {}{} [{}]",
        clean(&finding.fault),
        finding.quantity,
        round_to(finding.value, 10.0),
        finding.unit,
        round_to(finding.limit, 10.0),
        finding.unit,
        clean(&finding.rule),
    )
}

fn cue_mark(kind: CueKind) -> &'static str {
    match kind {
        CueKind::RightAgain | CueKind::Nudge | CueKind::Correct => "",
        CueKind::Pause => " (pause)",
    }
}

/// A step of the set-up, as it is asked for.
pub fn step_in_words(step: SetupStep) -> &'static str {
    match step {
        SetupStep::StandStill => "stand still",
        SetupStep::BendOnce => "bend forward once, slowly, and come back",
        SetupStep::HoldStartPose => "take the start pose and hold it",
        SetupStep::SitTall => "sit tall and hold still",
        SetupStep::Slump => "let go into a slump and hold still",
        SetupStep::Ready => "ready",
    }
}

fn phase_in_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Waiting => "waiting for sensors",
        Phase::SettingUp => "set-up",
        Phase::CountIn => "hold still",
        Phase::Exercising => "go",
        Phase::Resting => "rest",
        Phase::Arming => "take the start pose and hold it",
        Phase::Paused => "paused",
        Phase::Finished => "all done",
    }
}

fn mounting_in_words(how: Mounting) -> &'static str {
    match how {
        Mounting::Bend => "axes found by the bend",
        Mounting::FirstMovement => "axes guessed from the first movement",
        Mounting::Slump => "axes found by the slump",
        Mounting::StartPose => "turns are counted from the start pose",
    }
}

fn notice_in_words(notice: &Notice) -> String {
    match notice {
        Notice::BadPacket { problem } => format!("packet skipped: {}", clean(problem)),
        Notice::Clipped => "movement beyond the sensor's range".to_owned(),
        Notice::CalibrationFailed { reason } => format!("once more: {}", clean(reason)),
        Notice::LooksWorn { looks } => looks_in_words(*looks).to_owned(),
        Notice::Slipped { by } => format!("the sensor moved by {by}; hold the start pose again"),
        Notice::LinkLost => "link lost".to_owned(),
        Notice::LinkBack => "link back".to_owned(),
        Notice::Battery { percent } => format!("battery {percent} %"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::coach::Call;

    /// Counts what is handed over, and how much waits for it.
    #[derive(Default)]
    struct Handed {
        waiting: Vec<u8>,
        lines: Vec<String>,
    }

    impl Write for Handed {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.waiting.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            let text = String::from_utf8(std::mem::take(&mut self.waiting)).unwrap();
            self.lines.extend(text.lines().map(str::to_owned));
            Ok(())
        }
    }

    fn plan() -> Plan {
        serde_json::from_str(include_str!("../recording/test_plan.json")).unwrap()
    }

    fn said(form: Form, events: &[Event]) -> Vec<String> {
        let (plan, mut handed) = (plan(), Handed::default());
        let mut transcript = Transcript::at_once(&mut handed, form, &plan);
        for event in events {
            transcript.event(event).unwrap();
        }
        drop(transcript);
        assert!(handed.waiting.is_empty(), "nothing is held back");
        handed.lines
    }

    fn led() -> Vec<Event> {
        let at = SessionTime::from_seconds(1.5);
        let check = |need, state| Check {
            sensor: SensorId(0),
            need,
            state,
        };
        vec![
            Event::Readiness {
                at,
                checks: vec![
                    check(Need::Link, CheckState::Met),
                    check(Need::Battery, CheckState::Unknown),
                ],
            },
            Event::Phase {
                at,
                phase: Phase::Resting,
                until: Some(at.plus_seconds(90.0)),
            },
            Event::Call {
                at,
                call: Call::CountIn(3),
                text: "thr\u{1b}ee".to_owned(),
            },
            Event::Corrected {
                at,
                set: 2,
                counted: 11,
                said: 12,
            },
        ]
    }

    #[test]
    fn a_led_session_is_told_in_words_line_by_line() {
        assert_eq!(
            said(Form::Lines, &led()),
            [
                "     1.50  ready? T7 link: ok, T7 battery: not known",
                "     1.50  rest for 90 s",
                "     1.50  call: thr�ee",
                "     1.50  set 2: 11 counted, 12 as you say",
            ]
        );
    }

    #[test]
    fn as_json_each_event_is_one_line_that_reads_back() {
        let events = led();
        let lines = said(Form::Json { all: false }, &events);
        let read: Vec<Event> = lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(read, events);
    }
}
