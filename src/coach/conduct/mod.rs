//! The session that the coach leads, from the first reading to "all done".
//!
//! ```text
//! Waiting ⇄ SettingUp ─► CountIn ─► Exercising ─► Resting ─► Arming ─► CountIn ─► … ─► Finished
//!                          │  ▲        │  ▲  │       └────────────────────▲
//!                          ▼  │        │  │  └─► Paused ─► Exercising, Arming, Waiting
//!                         Arming ◄─────┘  └── Resting, Arming, Paused by a rule: a repetition straight out of the
//!                                             start pose
//! ```
//!
//! Nothing is counted but from the count-in to the end of the set. In a rest and while the start pose is awaited a
//! repetition counts only if it is done straight out of the held start pose and like those before it, and then the next
//! set has begun: nobody's repetition is lost, and nobody who rests lying in the start pose is hurried.
//!
//! The conductor decides and gives [`Order`]s; `leading` carries them out. It knows nothing of angles.

mod amid;
mod answers;
mod leading;
mod pacer;
mod phases;
mod readiness;
#[cfg(test)]
mod tests;

pub use amid::Place;

use std::collections::VecDeque;

use super::counting::{Gate, TARGET_HOLD};
use super::cues::Voice;
use super::event::{Call, CueKind, Event, Notice, Phase};
use super::holds::HoldDetector;
use super::plan::{Conduct, Goal, Plan};
use crate::exercise::Kind;
use crate::input::{Command, Segment};
use crate::units::SessionTime;
use amid::Leave;
use pacer::Pacer;
use readiness::Readiness;

/// Rest between sets where the plan says nothing, seconds.
const REST_SECS: f64 = 60.0;

/// A start pose nearer to upright than this is simply standing, degrees: being in it tells nothing of what is meant.
const STANDING_DEG: f64 = 20.0;

/// Commands kept for one input.
const MOST_ASKED: usize = 16;

/// What the conductor can see of the line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts {
    /// What time it is.
    pub now: SessionTime,
    /// The set-up is complete.
    pub is_set_up: bool,
    /// ... and the start pose was measured in it.
    pub is_measured: bool,
    /// For how long the sensor that is counted by has said nothing, beyond what its batches take, seconds.
    pub silent_secs: f64,
    /// The wearer is in the start pose.
    pub is_posed: bool,
    /// For how long the wearer has been still, wherever, seconds.
    pub still_secs: f64,
    /// The counting signal is away from its resting level; a pose is held.
    pub is_out: bool,
    /// ... for so long, seconds.
    pub out_secs: f64,
    /// No repetition is under way, nor its last bit.
    pub is_at_rest: bool,
    /// The last repetition waits for its verdict.
    pub is_judging: bool,
    /// A set is under way.
    pub is_in_set: bool,
}

impl Facts {
    /// For how long the start pose has been held still, seconds.
    fn held_secs(&self) -> f64 {
        if self.is_posed { self.still_secs } else { 0.0 }
    }
}

/// What the conductor wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Begin the set-up.
    SetUp,
    /// Go on with the set-up after readings were missing.
    ResumeSetUp,
    /// Take what can be taken of the set-up step at hand, and go on.
    SkipStep,
    /// Do the set-up again.
    Recalibrate,
    /// The start pose is here: infer the rest.
    InferFromHere,
    /// End the set.
    EndSet,
    /// Judge the last repetition, then look away.
    Pause,
    /// Answer that it hurts, and end the set.
    Pain,
}

/// What one look at the facts led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing more.
    Done,
    /// Look again: the phase changed.
    Again,
    /// Do this, then let the conductor look again.
    Order(Order),
}

/// What the wearer asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Command(Command),
    DoubleTap,
}

/// Why a session is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    /// A rule asked for it: the set goes on.
    Rule,
    /// It hurts.
    Pain,
    /// The wearer wants it.
    Asked,
}

/// The set under way, or the one that was last.
#[derive(Clone, Copy, Debug, Default)]
struct SetNow {
    number: u32,
    /// Repetitions, as the wearer says.
    said: u32,
    last_rep: Option<SessionTime>,
    /// Repetitions in which a rule asked for a pause, and the last of them.
    stops: u32,
    stopped_in: Option<u32>,
    has_last_call: bool,
    has_done_call: bool,
}

/// What is remembered of the phase at hand; a new phase begins with nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Here {
    /// The wearer was seen out of the start pose since then, without a break.
    away_since: Option<SessionTime>,
    /// ... once for long enough to have got up.
    has_got_up: bool,
    /// ... ever.
    has_moved: bool,
    /// The start pose was held last.
    poised: Option<SessionTime>,
    /// A repetition was counted.
    has_rep: bool,
    has_pose_call: bool,
    /// When the start pose was asked for again.
    asked_again: Option<SessionTime>,
    /// The number that is called next, and when.
    count: Option<(u8, SessionTime)>,
    /// Of the hold under way, what was called: its half, its end.
    has_called: [bool; 2],
}

/// Leads a session.
#[derive(Clone, Debug)]
pub struct Conductor {
    goal: Goal,
    rest_secs: f64,
    pose_tells: bool,
    /// The start pose looks like standing to the worn sensors, and is not: limbs hang down in both.
    pose_deceives: bool,
    /// Which sensor is counted by.
    counting: usize,
    readiness: Readiness,
    voice: Voice,
    pacer: Option<Pacer>,
    /// A pose is held, for so long as is meant, seconds: it begins without a count-in.
    hold_secs: Option<f64>,
    phase: Phase,
    since: SessionTime,
    until: Option<SessionTime>,
    here: Here,
    asked: VecDeque<Asked>,
    /// The phase that follows once an order was carried out.
    then: Option<Phase>,
    set: SetNow,
    sets_done: u32,
    set_ended: bool,
    /// A rule asked for a pause, which waits for the repetition at hand.
    stop_waits: bool,
    pause: Pause,
    /// The set-up was begun, and gone on from.
    has_begun: bool,
    was_set_up: bool,
    /// The set-up was skipped: the start pose is where the wearer holds still next.
    needs_pose: bool,
    /// The wearer asked for this set: being out of the start pose ends nothing.
    is_commanded: bool,
    /// The wearer wants the next set without a rest.
    skips_rest: bool,
    /// When readings went missing in the set-up.
    lost_at: Option<SessionTime>,
    /// A double tap said that it hurts.
    pain_tap: Option<SessionTime>,
    has_spoken: bool,
    /// Where the exercise stands in a programme.
    place: Place,
    /// It is to end, whatever is left of it.
    leaves: Option<Leave>,
    /// It is over, and another one follows.
    is_over: bool,
}

impl Conductor {
    /// A conductor for a plan, if the plan asks for one. `counting` is the sensor that is counted by.
    pub fn new(plan: &Plan, counting: usize) -> Option<Conductor> {
        let pacer = || Pacer::new(&plan.exercise, |name| plan.setting(name));
        let pacer = match plan.conduct {
            Conduct::Watch => return None,
            Conduct::Lead => None,
            // A hold has no tempo but its end, which is called in any case.
            Conduct::Pace if plan.exercise.kind == Kind::Hold => None,
            Conduct::Pace => Some(pacer()),
        };
        let hold = plan.exercise.hold.as_ref();
        let hold_secs =
            hold.map(|hold| HoldDetector::target_secs(Some(hold), plan.setting(TARGET_HOLD)));
        let is_low = plan.exercise.pose.theta_deg.abs() >= STANDING_DEG;
        let segments = plan.sensors.iter().map(|worn| worn.placement.segment());
        let has_trunk = segments
            .into_iter()
            .any(|segment| matches!(segment, Segment::Thorax | Segment::Pelvis));
        let rest = plan.goal.rest_s.filter(|rest| rest.is_finite());
        Some(Conductor {
            goal: plan.goal,
            rest_secs: rest.unwrap_or(REST_SECS).clamp(0.0, 3600.0),
            pose_tells: is_low && has_trunk,
            pose_deceives: is_low && !has_trunk,
            counting,
            readiness: Readiness::new(plan.sensors.len()),
            voice: Voice::default(),
            pacer,
            hold_secs,
            phase: Phase::Waiting,
            since: SessionTime::ZERO,
            until: None,
            here: Here::default(),
            asked: VecDeque::new(),
            then: None,
            set: SetNow::default(),
            sets_done: 0,
            set_ended: false,
            stop_waits: false,
            pause: Pause::Asked,
            has_begun: false,
            was_set_up: false,
            needs_pose: false,
            is_commanded: false,
            skips_rest: false,
            lost_at: None,
            pain_tap: None,
            has_spoken: false,
            place: Place::default(),
            leaves: None,
            is_over: false,
        })
    }

    /// Whether standing may be mistaken for the start pose.
    pub fn is_deceived(&self) -> bool {
        self.pose_deceives
    }

    /// Whether repetitions are counted now.
    pub fn gate(&self) -> Gate {
        match self.phase {
            Phase::CountIn | Phase::Exercising => Gate::Open,
            Phase::Arming if self.hold_secs.is_some() && !self.needs_pose => Gate::Open,
            Phase::Resting | Phase::Arming | Phase::Paused if self.here.poised.is_some() => {
                Gate::Poised
            }
            _ => Gate::Shut,
        }
    }

    /// Whether the set-up must not look at readings now.
    pub fn holds_setup(&self) -> bool {
        self.phase == Phase::Waiting || (self.phase == Phase::Paused && !self.was_set_up)
    }

    /// Whether the start pose is about to be held, so that it can be looked at again.
    pub fn is_near_pose(&self) -> bool {
        matches!(
            self.phase,
            Phase::CountIn | Phase::Exercising | Phase::Arming
        )
    }

    /// A reading came.
    pub fn reading(&mut self, index: usize, at: SessionTime) {
        self.readiness.reading(index, at);
    }

    /// The wearer asked for something.
    pub fn command(&mut self, command: Command) {
        self.ask(Asked::Command(command));
    }

    /// The housing was tapped twice.
    pub fn double_tap(&mut self) {
        self.ask(Asked::DoubleTap);
    }

    fn ask(&mut self, asked: Asked) {
        if self.asked.len() < MOST_ASKED {
            self.asked.push_back(asked);
        }
    }

    /// Says a cue in its turn; anything else passes through.
    pub fn say(&mut self, event: Event, now: SessionTime, events: &mut Vec<Event>) {
        match event {
            Event::Cue(_) => self.voice.say(event, now, events),
            _ => events.push(event),
        }
    }

    /// Nothing more will come: what waits is said.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        self.voice.finish(events);
    }

    /// Hears what the line says.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Rep(rep) => {
                if self.set.number != rep.set {
                    self.set = SetNow {
                        number: rep.set,
                        ..SetNow::default()
                    };
                }
                self.set.said = self.set.said.saturating_add(1);
                self.set.last_rep = Some(rep.at);
                self.here.has_rep = true;
                if let Some(pacer) = &mut self.pacer {
                    pacer.counted();
                }
            }
            Event::SetEnded { .. } => {
                self.sets_done = self.sets_done.saturating_add(1);
                self.set_ended = true;
            }
            Event::Corrected { set, said, .. } if *set == self.set.number => self.set.said = *said,
            // The wearer speaks of the next set before anything of it was counted.
            Event::Corrected { set, said, .. } if *set > self.set.number => {
                self.set = SetNow {
                    number: *set,
                    said: *said,
                    ..SetNow::default()
                };
            }
            Event::Cue(cue) if cue.kind == CueKind::Pause && cue.rule.is_some() => {
                // Two rules about one repetition are one stop.
                if self.set.stopped_in.is_none() || self.set.stopped_in != cue.rep {
                    self.set.stopped_in = cue.rep;
                    self.set.stops = self.set.stops.saturating_add(1);
                }
                self.stop_waits = self.gate() == Gate::Open;
            }
            Event::Notice { sensor, notice, .. } => match notice {
                Notice::LinkLost => self.readiness.link(*sensor, false),
                Notice::LinkBack => self.readiness.link(*sensor, true),
                Notice::Battery { percent } => self.readiness.battery(*sensor, *percent),
                _ => {}
            },
            _ => {}
        }
    }

    /// Looks at the facts and goes on as they allow.
    pub fn step(&mut self, facts: &Facts, events: &mut Vec<Event>) -> Step {
        if !std::mem::replace(&mut self.has_spoken, true) {
            self.go(Phase::Waiting, None, facts, events);
        }
        self.voice.pass(facts.now, events);
        if let Some(phase) = self.then.take() {
            self.go(phase, None, facts, events);
            return Step::Again;
        }
        if self.is_over {
            return Step::Done;
        }
        if let Some(asked) = self.asked.pop_front() {
            return self.answer(asked, facts, events);
        }
        if let Some(step) = self.leaving(facts, events) {
            return step;
        }
        match self.phase {
            Phase::Waiting => self.waiting(facts, events),
            Phase::SettingUp => self.setting_up(facts, events),
            Phase::CountIn => self.counting_in(facts, events),
            Phase::Exercising => self.exercising(facts, events),
            Phase::Resting => self.resting(facts, events),
            Phase::Arming => self.arming(facts, events),
            Phase::Paused => self.paused(facts, events),
            Phase::Finished => Step::Done,
        }
    }

    fn go(
        &mut self,
        phase: Phase,
        until: Option<SessionTime>,
        facts: &Facts,
        events: &mut Vec<Event>,
    ) {
        let at = facts.now;
        (self.phase, self.since, self.until) = (phase, at, until);
        self.here = Here::default();
        if phase != Phase::Exercising {
            self.stop_waits = false;
            if let Some(pacer) = &mut self.pacer {
                pacer.stop();
            }
        }
        events.push(Event::Phase { at, phase, until });
    }

    fn call(&mut self, call: Call, facts: &Facts, events: &mut Vec<Event>) {
        let text = match call {
            Call::CountIn(number) => number.to_string(),
            Call::Go => "Go".to_owned(),
            Call::LastRep => "Last one".to_owned(),
            Call::Halfway => "Half of it".to_owned(),
            Call::HeldLongEnough => "And ease off".to_owned(),
            Call::SetDone => "Set done".to_owned(),
            Call::TakePose => "Take the start pose".to_owned(),
            Call::AllDone => "All done".to_owned(),
            Call::Lift => "Lift".to_owned(),
            Call::Hold => "Hold".to_owned(),
            Call::Lower => "Lower".to_owned(),
            Call::NextExercise => "Next".to_owned(),
        };
        self.call_as(call, text, facts, events);
    }

    fn call_as(&mut self, call: Call, text: String, facts: &Facts, events: &mut Vec<Event>) {
        let at = facts.now;
        self.voice.say(Event::Call { at, call, text }, at, events);
    }
}
