//! A programme: one exercise after the other, with the same sensors.
//!
//! ```text
//! step 0 ─► step 1 ─► … : the coach of each takes over what the one before knows of sensors and mountings
//! ```
//!
//! Each step is led by a coach of its own, as it would be alone; here is decided only when the next one begins: its sets
//! are done, the wearer goes on ([`crate::input::Command::Next`]), enough was seen of it (PR-STOPSET), or the wearer
//! holds the start pose of another step.

use std::collections::BTreeMap;

use super::RepCoach;
use super::conduct::Place;
use super::error::PlanError;
use super::event::{CueKind, Event};
use super::plan::Plan;
use crate::exercise::{Exercise, RuleKind, Severity};
use crate::input::{Command, Input};
use crate::programme::advice::{SoFar, stop_set};
use crate::units::SessionTime;

/// The start pose of another step, held this long while one is waited for, means that step, seconds: five times as long
/// as a start pose is held, and longer than one is adjusted.
const OTHER_POSE_SECS: f64 = 10.0;

/// A pose nearer to upright than this is simply standing, degrees: being in it tells nothing of what is meant.
const STANDING_DEG: f64 = 20.0;

/// Leads through the steps of a programme.
pub struct ProgrammeCoach {
    /// The plan of each step by itself.
    steps: Vec<Plan>,
    /// Sets done of each.
    sets_done: Vec<u32>,
    step: usize,
    coach: RepCoach,
    enough: Enough,
    has_begun: bool,
    /// The start pose of another step is held: of which, and since when.
    other_pose: Option<(usize, SessionTime)>,
}

impl ProgrammeCoach {
    /// A coach for a plan with a programme.
    ///
    /// # Errors
    /// What the worn sensors cannot do in any of the steps, and what could.
    pub fn new(plan: &Plan) -> Result<ProgrammeCoach, PlanError> {
        let steps: Vec<Plan> = (0..plan.steps())
            .filter_map(|index| plan.step(index))
            .collect();
        for step in &steps {
            if !step.exercise.kind.is_in_sets() {
                let exercise = step.exercise.id.clone();
                return Err(PlanError::NoStep { exercise });
            }
            RepCoach::new(step)?;
        }
        let mut coach = RepCoach::new(plan)?;
        coach.place(if steps.len() > 1 {
            Place::Amid
        } else {
            Place::Last
        });
        Ok(ProgrammeCoach {
            sets_done: vec![0; steps.len()],
            steps,
            step: 0,
            coach,
            enough: Enough::of(&plan.exercise),
            has_begun: false,
            other_pose: None,
        })
    }

    /// Takes one input and says what follows from it. Same inputs, same events.
    pub fn handle(&mut self, input: &Input) -> Vec<Event> {
        let mut events = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true) {
            events.push(self.begins(input.at()));
        }
        let goes_on = self.goes_on_unled(input);
        let told = self.coach.handle(input);
        self.hear(&told);
        events.extend(told);
        if goes_on || self.coach.is_over() {
            self.switch_to(self.step + 1, &mut events);
        } else if let Some(step) = self.posed_step() {
            self.switch_to(step, &mut events);
        }
        events
    }

    /// Nothing more will come: what is open is ended. Calling it again says nothing more.
    pub fn finish(&mut self) -> Vec<Event> {
        self.coach.finish()
    }

    /// Which step is being done, from 0.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Goes to another step of the programme, later or earlier: what is open of this one is ended. Of a step that was
    /// begun before, the sets that are left are done. Says whether there is such a step to go to.
    pub fn switch_to(&mut self, step: usize, events: &mut Vec<Event>) -> bool {
        let Some(plan) = self.steps.get(step).filter(|_| step != self.step) else {
            return false;
        };
        let mut plan = plan.clone();
        let done = self.sets_done.get(step).copied().unwrap_or(0);
        plan.goal.sets = plan.goal.sets.map(|sets| sets.saturating_sub(done).max(1));
        let mut ended = Vec::new();
        self.coach.end_open_set(&mut ended);
        self.hear(&ended);
        events.extend(ended);
        let at = self.coach.now;
        self.step = step;
        self.enough = Enough::of(&plan.exercise);
        self.other_pose = None;
        events.push(self.begins(at));
        let place = if step + 1 < self.steps.len() {
            Place::Amid
        } else {
            Place::Last
        };
        self.coach.next_exercise(&plan, place, events).is_ok()
    }

    fn begins(&self, at: SessionTime) -> Event {
        let id = self.steps.get(self.step).map(|plan| &plan.exercise.id);
        Event::Exercise {
            at,
            index: u32::try_from(self.step).unwrap_or(u32::MAX),
            id: id.cloned().unwrap_or_default(),
        }
    }

    /// Where nobody leads, the wearer says when the next exercise begins.
    fn goes_on_unled(&self, input: &Input) -> bool {
        let is_next = matches!(
            input,
            Input::Command {
                command: Command::Next,
                ..
            }
        );
        is_next && self.coach.conductor.is_none() && self.coach.setup.is_ready()
    }

    fn hear(&mut self, events: &[Event]) {
        for event in events {
            if let Event::SetEnded { reps, .. } = event
                && *reps > 0
                && let Some(done) = self.sets_done.get_mut(self.step)
            {
                *done = done.saturating_add(1);
            }
            self.enough.hear(event);
        }
        if self.enough.is_enough()
            && let Some(conductor) = &mut self.coach.conductor
        {
            conductor.end_exercise();
        }
    }

    /// The step whose start pose is held while another one's is waited for, where the poses can be told apart.
    fn posed_step(&mut self) -> Option<usize> {
        let now = self.coach.now;
        let Some(step) = self.other_pose_held() else {
            self.other_pose = None;
            return None;
        };
        let (held, since) = *self.other_pose.get_or_insert((step, now));
        if held != step {
            self.other_pose = Some((step, now));
            return None;
        }
        (now.seconds_since(since) >= OTHER_POSE_SECS).then_some(step)
    }

    /// The next step whose start pose the still wearer is in, while in none like that of this step.
    fn other_pose_held(&self) -> Option<usize> {
        let conductor = self.coach.conductor.as_ref()?;
        let is_still = self.coach.still_secs.iter().all(|still| *still > 0.0);
        if !conductor.awaits_pose() || !is_still {
            return None;
        }
        let own = &self.steps.get(self.step)?.exercise.pose;
        if self.coach.setup.is_in(own)? {
            return None;
        }
        let later = self.steps.iter().enumerate().skip(self.step + 1);
        let is_held = |plan: &Plan| {
            let pose = &plan.exercise.pose;
            pose.theta_deg.abs() >= STANDING_DEG && self.coach.setup.is_in(pose) == Some(true)
        };
        let mut held = later.filter(|(_, plan)| is_held(plan));
        held.next().map(|(index, _)| index)
    }
}

/// Whether enough was seen of an exercise (PR-STOPSET).
#[derive(Debug, Default)]
struct Enough {
    /// The rules whose faults are of the kind that goes first, and in how many repetitions in a row each warned.
    warned: BTreeMap<String, u32>,
    so_far: SoFar,
    stopped_in: Option<Option<u32>>,
}

impl Enough {
    fn of(exercise: &Exercise) -> Enough {
        let safety = exercise
            .rules
            .iter()
            .filter(|rule| rule.kind == RuleKind::Safety);
        Enough {
            warned: safety.map(|rule| (rule.id.clone(), 0)).collect(),
            ..Enough::default()
        }
    }

    fn hear(&mut self, event: &Event) {
        match event {
            Event::Cue(cue) if cue.kind == CueKind::Pause && cue.rule.is_some() => {
                // Two rules about one repetition are one stop.
                if self.stopped_in.replace(cue.rep) != Some(cue.rep) || cue.rep.is_none() {
                    self.so_far.stops = self.so_far.stops.saturating_add(1);
                }
            }
            Event::Judged(judgement) => {
                for (rule, row) in &mut self.warned {
                    let is_warned = judgement
                        .findings
                        .iter()
                        .any(|finding| finding.rule == *rule && finding.severity >= Severity::Warn);
                    *row = if is_warned { row.saturating_add(1) } else { 0 };
                }
                self.so_far.warned_in_a_row = self.warned.values().copied().max().unwrap_or(0);
            }
            _ => {}
        }
    }

    /// Pain is the wearer's own word: nobody is sent on by it, so it is not counted here.
    fn is_enough(&self) -> bool {
        stop_set(&self.so_far)
    }
}

impl RepCoach {
    fn place(&mut self, place: Place) {
        if let Some(conductor) = &mut self.conductor {
            conductor.place(place);
        }
    }

    fn is_over(&self) -> bool {
        self.conductor
            .as_ref()
            .is_some_and(|conductor| conductor.is_over())
    }

    /// Ends what is open of the exercise; what waits to be said still waits.
    fn end_open_set(&mut self, events: &mut Vec<Event>) {
        let mut ended = Vec::new();
        self.counting.end_set(self.now, &mut ended);
        for event in ended {
            match &mut self.conductor {
                Some(conductor) => conductor.say(event, self.now, events),
                None => events.push(event),
            }
        }
    }

    /// Takes up another exercise with the same sensors: their clocks, filters and mountings stay as they are, and only
    /// the start pose is taken anew.
    ///
    /// # Errors
    /// What the worn sensors cannot do; the exercise before goes on then.
    fn next_exercise(
        &mut self,
        plan: &Plan,
        place: Place,
        events: &mut Vec<Event>,
    ) -> Result<(), PlanError> {
        let mut next = RepCoach::new(plan)?;
        let at = self.now;
        next.now = at;
        next.worn = std::mem::take(&mut self.worn);
        next.heard = std::mem::take(&mut self.heard);
        next.lateness = std::mem::take(&mut self.lateness);
        next.still_secs = std::mem::take(&mut self.still_secs);
        if let (Some(conductor), Some(before)) = (&mut next.conductor, self.conductor.take()) {
            conductor.follow(before);
            conductor.announce(plan, at, events);
        }
        next.place(place);
        next.setup.carry_on(&self.setup, at, events);
        *self = next;
        Ok(())
    }
}
