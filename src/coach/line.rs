//! The one entry, whatever is done: repetitions, holds, a programme of them, hours of a posture, or nobody knows yet.

use super::RepCoach;
use super::auto::AutoCoach;
use super::error::PlanError;
use super::event::Event;
use super::plan::Plan;
use super::programme::ProgrammeCoach;
use super::sitting::SittingCoach;
use crate::exercise::Kind;
use crate::input::Input;

/// The whole line in one call.
pub struct Coach(Line);

enum Line {
    Reps(Box<RepCoach>),
    Posture(Box<SittingCoach>),
    Auto(Box<AutoCoach>),
    Programme(Box<ProgrammeCoach>),
}

impl Coach {
    /// A coach for a plan.
    ///
    /// # Errors
    /// What the worn sensors cannot do, and what could.
    pub fn new(plan: &Plan) -> Result<Coach, PlanError> {
        if plan.programme.is_some() {
            let programme = Box::new(ProgrammeCoach::new(plan)?);
            return Ok(Coach(Line::Programme(programme)));
        }
        Ok(Coach(match plan.exercise.kind {
            Kind::Reps | Kind::Hold => Line::Reps(Box::new(RepCoach::new(plan)?)),
            Kind::Posture => Line::Posture(Box::new(SittingCoach::new(plan)?)),
            Kind::Auto => Line::Auto(Box::new(AutoCoach::new(plan)?)),
        }))
    }

    /// Takes one input and says what follows from it. Same inputs, same events.
    pub fn handle(&mut self, input: &Input) -> Vec<Event> {
        match &mut self.0 {
            Line::Reps(coach) => coach.handle(input),
            Line::Posture(coach) => coach.handle(input),
            Line::Auto(coach) => coach.handle(input),
            Line::Programme(coach) => coach.handle(input),
        }
    }

    /// Nothing more will come: what is open is ended. Calling it again says nothing more.
    pub fn finish(&mut self) -> Vec<Event> {
        match &mut self.0 {
            Line::Reps(coach) => coach.finish(),
            Line::Posture(coach) => coach.finish(),
            Line::Auto(coach) => coach.finish(),
            Line::Programme(coach) => coach.finish(),
        }
    }
}
