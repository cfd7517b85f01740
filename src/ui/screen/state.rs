//! What happened so far, folded from inputs and events. No clock: the time is that of the latest of them.

use std::collections::BTreeMap;

use crate::coach::{
    Call, Check, Cue, CueKind, Event, Judgement, Notice, Phase, Plan, Rep, SetupStep, SignalPoint,
    Sitting, Verdict,
};
use crate::input::{Command, Input, LinkChange, SensorId, Side};
use crate::ui::clean;
use crate::ui::lines::looks_in_words;
use crate::units::SessionTime;

use super::target::Target;

/// How long a cue stays, seconds: until it was read and acted on.
const CUE_SECS: f64 = 6.0;

/// How long a word that leads stays, seconds.
const CALL_SECS: f64 = 2.5;

/// How long a line of talk stays, seconds.
const NOTE_SECS: f64 = 10.0;

/// Marks of repetitions that are remembered; a screen shows fewer.
const MOST_MARKS: usize = 60;

/// Sets that are remembered.
const MOST_SETS: usize = 99;

/// Whether the session is being recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    /// Nobody has said.
    #[default]
    Unknown,
    /// It is.
    On,
    /// It is not, and why: `disk full`.
    Failed(String),
}

/// One sensor's link.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Link {
    /// Where it is worn, as a code.
    pub place: String,
    pub state: LinkState,
    pub rssi_dbm: Option<i8>,
    pub battery_percent: Option<u8>,
}

/// Whether a sensor is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LinkState {
    #[default]
    Awaited,
    Up,
    Lost,
}

/// What a cue is: decides color and shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// It leads.
    Lead,
    /// Well done.
    Good,
    /// Change something.
    Fault,
    /// Stop.
    Stop,
}

/// A cue or a call while it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub tone: Tone,
    pub text: String,
    until: SessionTime,
}

/// A line of talk while it is shown; its time begins with the first input after it.
#[derive(Clone, Debug, PartialEq)]
struct Note {
    text: String,
    until: Option<SessionTime>,
}

/// How a repetition was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RepMark {
    /// Its number in the session.
    pub rep: u32,
    pub verdict: Verdict,
    /// The wearer says that it was none.
    pub is_taken_back: bool,
}

/// Everything that the screen knows.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The plan of the whole session.
    programme: Plan,
    /// The plan of the exercise at hand.
    pub plan: Plan,
    /// Which exercise of how many, where there are several.
    pub step_of: Option<(u32, usize)>,
    pub target: Target,
    pub is_synthetic: bool,
    pub recording: Recording,
    pub now: SessionTime,
    pub phase: Phase,
    pub phase_until: Option<SessionTime>,
    pub step: Option<SetupStep>,
    /// Why the step has to be done again.
    pub again: Option<String>,
    pub count_in: Option<u8>,
    pub checks: Vec<Check>,
    pub links: Vec<Link>,
    pub set: u32,
    /// Counted in the set.
    pub reps: u32,
    /// Of these, by side: left, right.
    pub sides: [u32; 2],
    /// How many more there were as the wearer says, for each set that they corrected.
    more: BTreeMap<u32, i64>,
    pub is_estimated: bool,
    pub marks: Vec<RepMark>,
    /// Of the set, taken back before they were judged.
    taken_back: Vec<u32>,
    /// Number and counted repetitions of each.
    pub sets_done: Vec<(u32, u32)>,
    pub is_in_pain: bool,
    pub pause_reason: Option<String>,
    pub signal: Option<SignalPoint>,
    /// Of a posture session.
    pub sitting: Option<Sitting>,
    cue: Option<Word>,
    call: Option<Word>,
    note: Option<Note>,
}

impl State {
    pub fn new(plan: &Plan, is_synthetic: bool) -> State {
        let links = plan.sensors.iter().map(|worn| Link {
            place: worn.placement.to_string(),
            ..Link::default()
        });
        State {
            links: links.collect(),
            target: Target::of(plan),
            programme: plan.clone(),
            plan: plan.clone(),
            step_of: None,
            is_synthetic,
            recording: Recording::Unknown,
            now: SessionTime::ZERO,
            phase: Phase::Waiting,
            phase_until: None,
            step: None,
            again: None,
            count_in: None,
            checks: Vec::new(),
            set: 0,
            reps: 0,
            sides: [0; 2],
            more: BTreeMap::new(),
            is_estimated: false,
            marks: Vec::new(),
            taken_back: Vec::new(),
            sets_done: Vec::new(),
            is_in_pain: false,
            pause_reason: None,
            signal: None,
            sitting: None,
            cue: None,
            call: None,
            note: None,
        }
    }

    pub fn note(&mut self, text: &str) {
        self.note = Some(Note {
            text: clean(text),
            until: None,
        });
    }

    pub fn set_recording(&mut self, recording: Recording) {
        self.recording = match recording {
            Recording::Failed(why) => Recording::Failed(clean(&why)),
            other => other,
        };
    }

    /// The word to show now: a correction before a word that leads.
    pub fn word(&self) -> Option<&Word> {
        let current = |word: &Option<Word>| word.as_ref().is_some_and(|word| self.now < word.until);
        [&self.cue, &self.call]
            .into_iter()
            .find(|word| current(word))?
            .as_ref()
    }

    /// The line of talk to show now.
    pub fn talk(&self) -> Option<&str> {
        let note = self.note.as_ref()?;
        let is_over = note.until.is_some_and(|until| until <= self.now);
        (!is_over).then_some(note.text.as_str())
    }

    pub fn input(&mut self, input: &Input) {
        self.advance(input.at());
        match input {
            Input::Link { sensor, change, .. } => self.link(*sensor, *change),
            Input::Command { command, .. } => self.command(*command),
            Input::Packet { sensor, .. } | Input::Sample { sensor, .. } => {
                if let Some(link) = self.link_mut(*sensor)
                    && link.state == LinkState::Awaited
                {
                    link.state = LinkState::Up;
                }
            }
            Input::Tick { .. } => {}
        }
    }

    fn advance(&mut self, at: SessionTime) {
        self.now = self.now.max(at);
        if let Some(note) = &mut self.note {
            note.until
                .get_or_insert_with(|| self.now.plus_seconds(NOTE_SECS));
        }
    }

    fn link_mut(&mut self, sensor: SensorId) -> Option<&mut Link> {
        self.links.get_mut(usize::from(sensor.0))
    }

    fn link(&mut self, sensor: SensorId, change: LinkChange) {
        let Some(link) = self.link_mut(sensor) else {
            return;
        };
        match change {
            LinkChange::Connected => link.state = LinkState::Up,
            LinkChange::Lost => link.state = LinkState::Lost,
            LinkChange::Battery { percent } => link.battery_percent = Some(percent),
            LinkChange::Rssi { dbm } => link.rssi_dbm = Some(dbm),
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Pain => self.is_in_pain = true,
            // What is said on pain stays until the wearer goes on, not until some movement is taken for a set.
            Command::Next | Command::Start => self.is_in_pain = false,
            // What was to be corrected was measured from what is set up anew.
            Command::Recalibrate => (self.cue, self.call) = (None, None),
            _ => {}
        }
    }

    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Signal(point) => {
                self.advance(point.at);
                self.signal = Some(*point);
            }
            Event::Sitting(sitting) => {
                self.advance(sitting.at);
                self.sitting = Some(*sitting);
            }
            Event::Exercise { at, index, .. } => self.exercise(*at, *index),
            Event::Setup { at, step } => self.setup(*at, *step),
            Event::Readiness { checks, .. } => self.checks.clone_from(checks),
            Event::Phase { at, phase, until } => self.enter(*at, *phase, *until),
            Event::SetStarted { at, set } => self.begin_set(*at, *set),
            Event::SetEnded { at, set, reps, .. } => self.end_set(*at, *set, *reps),
            Event::Rep(rep) => self.rep(rep),
            Event::Judged(judgement) => self.judged(judgement),
            Event::Undone { rep, .. } => self.undone(*rep),
            Event::Corrected {
                at,
                set,
                counted,
                said,
            } => self.corrected(*at, *set, i64::from(*said) - i64::from(*counted)),
            Event::Cue(cue) => self.cue(cue),
            Event::Call { at, call, text } => self.call(*at, *call, text),
            Event::Notice { sensor, notice, .. } => self.notice(*sensor, notice),
            _ => {}
        }
    }

    /// Another exercise of the programme: everything of the one before is over.
    fn exercise(&mut self, at: SessionTime, index: u32) {
        self.advance(at);
        let step = usize::try_from(index).ok();
        let Some(plan) = step.and_then(|step| self.programme.step(step)) else {
            return;
        };
        let steps = self.programme.steps();
        self.step_of = (steps > 1).then_some((index.saturating_add(1), steps));
        self.target = Target::of(&plan);
        self.plan = plan;
        (self.set, self.reps, self.sides) = (0, 0, [0; 2]);
        self.more.clear();
        self.marks.clear();
        self.taken_back.clear();
        self.sets_done.clear();
        self.is_estimated = false;
        (self.again, self.signal, self.cue) = (None, None, None);
    }

    fn setup(&mut self, at: SessionTime, step: SetupStep) {
        self.advance(at);
        self.step = Some(step);
        self.again = None;
        // A coach that leads names the phases itself.
        if self.plan.conduct == crate::coach::Conduct::Watch {
            self.phase = match step {
                SetupStep::Ready => Phase::Exercising,
                _ => Phase::SettingUp,
            };
        }
    }

    fn enter(&mut self, at: SessionTime, phase: Phase, until: Option<SessionTime>) {
        self.advance(at);
        self.phase = phase;
        self.phase_until = until;
        if phase != Phase::CountIn {
            self.count_in = None;
        }
        if phase == Phase::Exercising {
            self.is_in_pain = false;
        }
        if phase != Phase::Paused {
            self.pause_reason = None;
        }
        // What was to be corrected in the phase before is no longer.
        if matches!(phase, Phase::Resting | Phase::Finished | Phase::CountIn) {
            self.cue = None;
            self.call = None;
        }
    }

    fn begin_set(&mut self, at: SessionTime, set: u32) {
        self.advance(at);
        self.set = set;
        self.reps = 0;
        self.sides = [0; 2];
        self.marks.clear();
        self.taken_back.clear();
        if self.plan.conduct == crate::coach::Conduct::Watch {
            self.phase = Phase::Exercising;
        }
    }

    fn end_set(&mut self, at: SessionTime, set: u32, reps: u32) {
        self.advance(at);
        self.reps = reps;
        if self.sets_done.len() < MOST_SETS {
            self.sets_done.push((set, reps));
        }
    }

    fn rep(&mut self, rep: &Rep) {
        self.advance(rep.at);
        self.set = self.set.max(rep.set);
        self.reps += 1;
        self.is_estimated = rep.estimated;
        match rep.side {
            Some(Side::Left) => self.sides[0] += 1,
            Some(Side::Right) => self.sides[1] += 1,
            None => {}
        }
    }

    fn judged(&mut self, judgement: &Judgement) {
        if self.marks.len() >= MOST_MARKS {
            self.marks.remove(0);
        }
        self.marks.push(RepMark {
            rep: judgement.rep,
            verdict: judgement.verdict,
            is_taken_back: self.taken_back.contains(&judgement.rep),
        });
    }

    /// It stays counted: what the wearer says stands beside the count.
    fn undone(&mut self, rep: u32) {
        match self.marks.iter_mut().find(|mark| mark.rep == rep) {
            Some(mark) => mark.is_taken_back = true,
            None if self.taken_back.len() < MOST_MARKS => self.taken_back.push(rep),
            None => {}
        }
    }

    fn corrected(&mut self, at: SessionTime, set: u32, more: i64) {
        if set > self.set {
            // It was begun, and nothing of it is counted yet.
            self.begin_set(at, set);
        }
        if self.more.len() < MOST_SETS || self.more.contains_key(&set) {
            self.more.insert(set, more);
        }
    }

    /// What the wearer says of a set in which so many were counted, where that is another number.
    pub fn said(&self, set: u32, counted: u32) -> Option<u32> {
        let more = *self.more.get(&set)?;
        let said = u32::try_from((i64::from(counted) + more).max(0)).unwrap_or(u32::MAX);
        (said != counted).then_some(said)
    }

    fn cue(&mut self, cue: &Cue) {
        self.advance(cue.at);
        let tone = match cue.kind {
            CueKind::RightAgain => Tone::Good,
            CueKind::Nudge => Tone::Lead,
            CueKind::Correct => Tone::Fault,
            CueKind::Pause => Tone::Stop,
        };
        let text = clean(&cue.text);
        if tone == Tone::Stop {
            self.pause_reason = Some(text.clone());
        }
        self.cue = Some(Word {
            tone,
            text,
            until: cue.at.plus_seconds(CUE_SECS),
        });
    }

    fn call(&mut self, at: SessionTime, call: Call, text: &str) {
        self.advance(at);
        if let Call::CountIn(left) = call {
            self.count_in = Some(left);
            return;
        }
        let tone = match call {
            Call::SetDone | Call::AllDone => Tone::Good,
            _ => Tone::Lead,
        };
        self.call = Some(Word {
            tone,
            text: clean(text),
            until: at.plus_seconds(CALL_SECS),
        });
    }

    fn notice(&mut self, sensor: SensorId, notice: &Notice) {
        match notice {
            Notice::LinkLost => self.link(sensor, LinkChange::Lost),
            Notice::LinkBack => self.link(sensor, LinkChange::Connected),
            Notice::Battery { percent } => {
                let percent = *percent;
                self.link(sensor, LinkChange::Battery { percent });
            }
            Notice::CalibrationFailed { reason } => self.again = Some(clean(reason)),
            Notice::Slipped { by } => {
                self.note(&format!(
                    "The sensor moved by {by}: hold the start pose again"
                ));
            }
            Notice::LooksWorn { looks } => self.note(looks_in_words(*looks)),
            Notice::Clipped | Notice::BadPacket { .. } => {}
        }
    }
}
