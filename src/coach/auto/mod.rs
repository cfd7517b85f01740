//! The coach for whatever is done: no exercise is named, and what repeats itself is found, counted and described.
//!
//! ```text
//! Input ─► worn ─► Attitude ─► place ─► strokes ─► chain ─► finder ─► Event
//!                                └─ gait ───────────────────┴─► recognize
//! ```
//!
//! One sensor anywhere on the body, mounted in any way. A [`place::Place`] is where it points; the path of places is cut
//! into [`strokes`] at its turning points; a stroke out and one back are a repetition, and alike ones in a row are a [`chain`];
//! the [`finder`] says which chains are exercise. Nothing is learned of a person, and there is one set of numbers for
//! all people and places.
//!
//! A repetition may be told late: the first ones of a set when there are enough of them. Its `at` is when it was told, its
//! start, turn and end are when it was.

pub mod alone;
pub mod calm;
pub mod chain;
pub mod finder;
mod judged;
pub mod place;
pub mod recognize;
pub mod strokes;

#[cfg(test)]
mod tests;

use super::abilities::check_names;
use super::commands::PAIN_TEXT;
use super::error::PlanError;
use super::event::{Cue, CueKind, Event, Extent, Posture, Rep, RepKind};
use super::plan::Plan;
use super::worn::{Seen, Worn};
use crate::input::{Command, Input, Placement, Segment, SensorId};
use crate::motion::Attitude;
use crate::units::{Angle, SessionTime};
use chain::Cycle;
use finder::{Finder, Found};
use judged::{Judged, Told};

/// The whole line where no exercise is named.
pub(super) struct AutoCoach {
    placements: Vec<Placement>,
    worn: Vec<Worn>,
    finder: Finder,
    judged: Judged,
    now: SessionTime,
    set: u32,
    reps: u32,
    reps_of_set: u32,
    is_finished: bool,
    seen: Vec<Seen>,
    found: Vec<Found>,
}

/// The sensor that is counted by: the first one of the plan.
const LEAD: usize = 0;

impl AutoCoach {
    /// A coach for a plan that names no exercise.
    pub fn new(plan: &Plan) -> Result<AutoCoach, PlanError> {
        check_names(plan)?;
        let placements: Vec<Placement> =
            plan.sensors.iter().map(|sensor| sensor.placement).collect();
        let lead = placements.get(LEAD);
        let segment = lead.map_or(Segment::Thorax, |placement| placement.segment());
        Ok(AutoCoach {
            judged: Judged::new(plan, &placements),
            placements,
            worn: plan.sensors.iter().map(Worn::new).collect(),
            finder: Finder::new(segment),
            now: SessionTime::ZERO,
            set: 0,
            reps: 0,
            reps_of_set: 0,
            is_finished: false,
            seen: Vec::new(),
            found: Vec::new(),
        })
    }

    /// Takes one input and says what follows from it.
    pub fn handle(&mut self, input: &Input) -> Vec<Event> {
        let mut events = Vec::new();
        if !matches!(input, Input::Sample { .. }) {
            self.now = self.now.max(input.at());
        }
        match input {
            Input::Packet { sensor, .. }
            | Input::Sample { sensor, .. }
            | Input::Link { sensor, .. } => self.see(*sensor, input, &mut events),
            Input::Command { at, command } => self.command((*at).into(), *command, &mut events),
            Input::Tick { .. } => {}
        }
        events
    }

    /// Nothing more will come: the set under way is ended. Calling it again says nothing more.
    pub fn finish(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if !std::mem::replace(&mut self.is_finished, true) {
            self.find(&mut events, |finder, found| finder.finish(found));
        }
        events
    }

    fn see(&mut self, sensor: SensorId, input: &Input, events: &mut Vec<Event>) {
        let index = usize::from(sensor.0);
        let Some(worn) = self.worn.get_mut(index) else {
            return;
        };
        let mut seen = std::mem::take(&mut self.seen);
        worn.input(input, &mut seen);
        for one in seen.drain(..) {
            match one {
                Seen::Attitude(attitude, _) => self.attitude(index, &attitude, events),
                Seen::Gap(gap) => {
                    let reps_not_seen = if index == LEAD {
                        self.finder.gap(gap.from, gap.to)
                    } else {
                        0
                    };
                    events.push(Event::Gap {
                        sensor,
                        from: gap.from,
                        to: gap.to,
                        lost: gap.lost,
                        reps_not_seen,
                    });
                }
                Seen::Notice(at, notice) => events.push(Event::Notice { at, sensor, notice }),
                Seen::Tap(at, 2) => self.command(at, Command::Next, events),
                Seen::Tap(..) => {}
            }
        }
        self.seen = seen;
    }

    fn attitude(&mut self, index: usize, attitude: &Attitude, events: &mut Vec<Event>) {
        self.now = self.now.max(attitude.at);
        let Some(placement) = self.placements.get(index) else {
            return;
        };
        events.push(Event::Posture(Posture {
            at: attitude.at,
            sensor: SensorId(u8::try_from(index).unwrap_or(u8::MAX)),
            segment: placement.segment(),
            up: attitude.up.into_inner().into(),
            // Which way is forward is not known here.
            theta: None,
            sigma: None,
            error: attitude.error,
            validity: attitude.validity,
        }));
        if index == LEAD {
            self.find(events, |finder, found| finder.update(attitude, found));
        }
    }

    fn find(&mut self, events: &mut Vec<Event>, look: impl FnOnce(&mut Finder, &mut Vec<Found>)) {
        let mut found = std::mem::take(&mut self.found);
        look(&mut self.finder, &mut found);
        for one in found.drain(..) {
            self.tell(one, events);
        }
        self.found = found;
    }

    fn tell(&mut self, found: Found, events: &mut Vec<Event>) {
        let (at, set) = (self.now, self.set);
        match found {
            Found::Started => {
                self.set += 1;
                self.reps_of_set = 0;
                self.judged.new_set();
                events.push(Event::SetStarted { at, set: self.set });
            }
            Found::Recognized(kind) => events.push(Event::Recognized {
                at,
                set,
                movement: kind.movement,
                confidence: kind.confidence,
            }),
            Found::Rep(cycle) => {
                self.reps += 1;
                self.reps_of_set += 1;
                let rep = rep(&cycle, at, set, self.reps);
                let told = Told {
                    at,
                    set,
                    number: rep.number,
                    rom_deg: rep.rom.value(),
                };
                events.push(Event::Rep(rep));
                self.judged.rep(&cycle, told, events);
            }
            Found::Ended => events.push(Event::SetEnded {
                at,
                set,
                reps: self.reps_of_set,
                quantities: Default::default(),
            }),
        }
    }

    fn command(&mut self, at: SessionTime, command: Command, events: &mut Vec<Event>) {
        self.now = self.now.max(at);
        match command {
            Command::Pain => {
                events.push(Event::Cue(Cue {
                    at,
                    rep: None,
                    kind: CueKind::Pause,
                    rule: None,
                    text: PAIN_TEXT.to_owned(),
                }));
                self.find(events, |finder, found| finder.end_set(found));
            }
            Command::Start | Command::Stop | Command::Recalibrate => {
                self.find(events, |finder, found| finder.end_set(found));
            }
            Command::Next | Command::Undo | Command::Missed => {}
        }
    }
}

fn rep(cycle: &Cycle, at: SessionTime, set: u32, number: u32) -> Rep {
    let rom = Angle::from_degrees(
        cycle
            .from
            .turn_to(&cycle.turn)
            .max(cycle.turn.turn_to(&cycle.to)),
    );
    Rep {
        number,
        set,
        side: None,
        start: cycle.start,
        turn: cycle.turn.at,
        end: cycle.end,
        at,
        rom: Extent::Turn(rom),
        peak: Extent::Turn(Angle::from_degrees(cycle.from.turn_to(&cycle.turn))),
        error: Angle::from_degrees(cycle.turn.error_deg),
        kind: RepKind::Full,
        doubt: None,
        estimated: false,
    }
}
