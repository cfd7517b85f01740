//! Posture to events: sets, repetitions, quantities, rules, cues.
//!
//! ```text
//! Input ─► worn ─► Attitude ─► setup, fit ─► Tilt ─► moment ─► Moment
//!                                                               │
//!        Event ◄─ cues ◄─ judge ◄─ rules ◄─ quantities ◄─ trace ◄─ counting, reps
//! ```
//!
//! Where the plan asks for it, `conduct` leads: it hears the events, and decides when there is something to count.
//!
//! [`Coach::handle`] is the one entry. Counting (`reps`) shares no number with judging (`rules`); which cue is
//! given is decided in `cues` alone.
//!
//! **Invariant:** no I/O, no clock, no randomness. Time is what inputs say.

mod abilities;
mod auto;
mod commands;
mod conduct;
mod counting;
mod cues;
mod error;
mod event;
mod fit;
mod gait;
mod holds;
mod judge;
mod lateness;
mod ledger;
mod line;
mod looks;
mod moment;
mod plan;
mod programme;
pub mod quantities;
mod reps;
mod rules;
mod sets;
mod setup;
mod sitting;
mod trace;
mod watch;
mod worn;

pub use error::PlanError;
pub use event::{
    Call, Check, CheckState, Cue, CueKind, Day, Doubt, Event, Extent, Finding, Judgement, Measured,
    Mounting, Movement, Need, Notice, Phase, Posture, PostureMode, Rep, RepKind, SetupStep,
    SignalPoint, Sitting, Verdict, WornLooks,
};
pub use ledger::{Ledger, Occasion};
pub use line::Coach;
pub use plan::{Conduct, Goal, Plan, PlannedProgramme, PlannedStep, Setup, WornSensor};
pub use programme::ProgrammeCoach;

use abilities::{check_names, counted_by, is_of_hold, is_sideways};
use conduct::Conductor;
use counting::Counting;
use judge::Judge;
use lateness::Lateness;
use moment::{Aligner, LOST_SECS, Moment, Tilt};
use quantities::Neutral;
use rules::RuleState;
use setup::SetupLine;
use worn::{Seen, Worn};

use crate::exercise::{Confidence, MeasuredOn};
use crate::input::{Command, Input, Placement, Segment, SensorId};
use crate::motion::{Attitude, Validity};
use crate::units::{Angle, SessionTime};

/// The setting that holds the wearer's own full bend of the lower back, degrees.
const FULL_BEND: &str = "lumflex_full_deg";

/// A start pose that moved by more than this means that the sensor moved on the body, degrees (SLIP).
const SLIPPED_DEG: f64 = 8.0;

/// The start pose is looked at again after it was held this long between sets, seconds.
const RECHECK_SECS: f64 = 2.0;

/// The whole line in one call, for exercises of repetitions.
struct RepCoach {
    placements: Vec<Placement>,
    worn: Vec<Worn>,
    setup: SetupLine,
    /// Which sensor is counted by.
    lead: usize,
    /// When each sensor was heard last.
    heard: Vec<Option<SessionTime>>,
    /// How late the readings of each usually are.
    lateness: Vec<Lateness>,
    /// For how long each has been still, seconds.
    still_secs: Vec<f64>,
    /// Leads the session, where the plan asks for it.
    conductor: Option<Conductor>,
    aligner: Aligner,
    counting: Counting,
    now: SessionTime,
    is_finished: bool,
    /// Set while the coach waits to be ready, so that the neutral is taken over once.
    was_ready: bool,
    /// The counting signal is not of low confidence.
    is_sure: bool,
    /// The settings that the wearer gave.
    chosen: Vec<String>,
    /// Sets after which the start pose was looked at again.
    rechecked: u32,
    seen: Vec<Seen>,
}

impl RepCoach {
    /// A coach for a plan.
    ///
    /// # Errors
    /// What the worn sensors cannot do, and what could.
    pub fn new(plan: &Plan) -> Result<RepCoach, PlanError> {
        check_names(plan)?;
        let placements: Vec<Placement> =
            plan.sensors.iter().map(|sensor| sensor.placement).collect();
        let (by, lead) = counted_by(&plan.exercise, &placements)?;
        let is_sure = by.confidence() != Confidence::Low;
        let judged = plan.exercise.judged_rules(&placements);
        let rules = judged.into_iter().map(|rule| {
            RuleState::new(
                rule,
                plan.exercise
                    .limits(rule, |name| plan.settings.get(name).copied()),
            )
        });
        let judge = Judge::new(rules.collect());
        let lumflex_full = plan.setting(FULL_BEND).filter(|full| *full > 0.0);
        let mut coach = RepCoach {
            worn: plan.sensors.iter().map(Worn::new).collect(),
            setup: SetupLine::new(plan, by),
            lead,
            heard: vec![None; placements.len()],
            lateness: vec![Lateness::default(); placements.len()],
            still_secs: vec![0.0; placements.len()],
            conductor: Conductor::new(plan, lead),
            aligner: Aligner::new(placements.len()),
            counting: Counting::new(plan, by, placements[lead], judge, lumflex_full),
            placements,
            now: SessionTime::ZERO,
            is_finished: false,
            was_ready: false,
            is_sure,
            chosen: plan.settings.keys().cloned().collect(),
            rechecked: 0,
            seen: Vec::new(),
        };
        if let Some(conductor) = &coach.conductor {
            coach.counting.lead();
            if conductor.is_deceived() {
                coach.setup.want_way();
            }
        }
        Ok(coach)
    }

    /// Takes one input and says what follows from it. Same inputs, same events.
    pub fn handle(&mut self, input: &Input) -> Vec<Event> {
        let mut events = Vec::new();
        // A sample says itself when it was measured: it is believed once its clock was.
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
        self.advance(&mut events);
        self.conduct(&mut events);
        events
    }

    /// Nothing more will come: what is open is ended. Calling it again says nothing more.
    pub fn finish(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if !std::mem::replace(&mut self.is_finished, true) {
            let last = self.now;
            self.now = last.plus_seconds(3600.0);
            self.advance_moments(&mut events);
            self.now = last;
            self.counting.end_set(last, &mut events);
            if let Some(conductor) = &mut self.conductor {
                conductor.finish(&mut events);
            }
        }
        events
    }

    /// Lets one sensor's line look at an input and takes what it saw.
    fn see(&mut self, sensor: SensorId, input: &Input, events: &mut Vec<Event>) {
        let index = usize::from(sensor.0);
        let Some(worn) = self.worn.get_mut(index) else {
            return;
        };
        let mut seen = std::mem::take(&mut self.seen);
        worn.input(input, &mut seen);
        // A posture and a signal for each sample, as a rule.
        events.reserve(2 * seen.len());
        for one in seen.drain(..) {
            match one {
                Seen::Attitude(attitude, still_secs) => {
                    self.attitude(index, &attitude, still_secs, events)
                }
                Seen::Gap(gap) => {
                    self.advance_moments(events);
                    let reps_not_seen = if index == self.lead {
                        self.counting.gap(gap.from, gap.to, events)
                    } else {
                        0
                    };
                    let (from, to, lost) = (gap.from, gap.to, gap.lost);
                    events.push(Event::Gap {
                        sensor,
                        from,
                        to,
                        lost,
                        reps_not_seen,
                    });
                }
                Seen::Notice(at, notice) => events.push(Event::Notice { at, sensor, notice }),
                // A double tap is the wearer's way to say "go on" (a single one happens by itself).
                Seen::Tap(at, 2) => match &mut self.conductor {
                    Some(conductor) => conductor.double_tap(),
                    None => self.command(at, Command::Next, events),
                },
                Seen::Tap(..) => {}
            }
        }
        self.seen = seen;
    }

    fn attitude(
        &mut self,
        index: usize,
        attitude: &Attitude,
        still_secs: f64,
        events: &mut Vec<Event>,
    ) {
        self.now = self.now.max(attitude.at);
        self.lateness[index].reading(self.heard[index], attitude.at, self.now);
        self.heard[index] = Some(attitude.at);
        self.still_secs[index] = still_secs;
        if let Some(conductor) = &mut self.conductor {
            conductor.reading(index, attitude.at);
        }
        let conductor = self.conductor.as_ref();
        if conductor.is_none_or(|conductor| !conductor.holds_setup()) {
            self.setup.update(index, attitude, still_secs, events);
        }
        // Whoever sits through a rest may happen to lean as in the start pose.
        let conductor = self.conductor.as_ref();
        if index == self.lead && conductor.is_none_or(Conductor::is_near_pose) {
            self.recheck(attitude.at, still_secs, events);
        }
        self.rest_arm(index, attitude.at, still_secs, events);
        let placement = self.placements[index];
        let tilt = self.setup.fit_mut(index).tilt(attitude, still_secs > 0.0);
        events.push(Event::Posture(Posture {
            at: attitude.at,
            sensor: SensorId(index as u8),
            segment: placement.segment(),
            up: attitude.up.into_inner().into(),
            theta: tilt.map(|tilt| tilt.theta),
            sigma: tilt
                .filter(|_| is_trunk(placement.segment()))
                .map(|tilt| tilt.sigma),
            error: tilt.map_or(attitude.error, |tilt| tilt.error),
            validity: attitude.validity,
        }));
        let Some(tilt) = tilt else { return };
        if index == self.lead {
            self.aligner.push_lead(tilt);
        }
        self.aligner.push_other(index, tilt);
    }

    fn advance(&mut self, events: &mut Vec<Event>) {
        self.advance_moments(events);
        // What a batch still holds has not happened yet.
        let late_secs = self.lateness[self.lead].extra_secs();
        let seen = self.heard[self.lead].unwrap_or(self.now);
        let until = self.now.plus_seconds(-late_secs).max(seen);
        self.counting.pass_time(until.min(self.now), events);
    }

    fn advance_moments(&mut self, events: &mut Vec<Event>) {
        let is_ready = self.setup.is_ready();
        while let Some((_, tilts)) = self.aligner.next(self.now) {
            if !is_ready {
                continue;
            }
            if !self.was_ready {
                self.was_ready = true;
                self.take_over_setup();
            }
            if let Some(moment) = self.moment(&tilts) {
                self.counting.neutral = self.neutral();
                self.counting.moment(moment, events);
            }
        }
    }

    /// Joins the tilts of all sensors, by segment.
    fn moment(&self, tilts: &[Option<Tilt>]) -> Option<Moment> {
        let lead = tilts.get(self.lead).copied().flatten()?;
        // With one leg unseen for a moment, the other alone would look like the end of a repetition.
        let is_limb = |placement: &Placement| !is_trunk(placement.segment());
        let is_missing = |(index, placement): (usize, &Placement)| {
            let is_alive =
                self.heard[index].is_some_and(|heard| lead.at.seconds_since(heard) < LOST_SECS);
            is_limb(placement) && tilts[index].is_none() && is_alive
        };
        if is_limb(&self.placements[self.lead])
            && self.placements.iter().enumerate().any(is_missing)
        {
            return None;
        }
        let mut moment = Moment {
            at: lead.at,
            thorax: None,
            pelvis: None,
            limb: None,
            limb_side: None,
        };
        for (index, (placement, tilt)) in self.placements.iter().zip(tilts).enumerate() {
            let Some(tilt) =
                tilt.filter(|tilt| tilt.validity != Validity::Invalid || index == self.lead)
            else {
                continue;
            };
            match placement.segment() {
                segment @ (Segment::Thorax | Segment::Pelvis)
                    if self.speaker(segment) != Some(index) => {}
                Segment::Thorax => moment.thorax = Some(tilt),
                Segment::Pelvis => moment.pelvis = Some(tilt),
                _ if moment.limb.is_none_or(|limb| tilt.turn > limb.turn) => {
                    (moment.limb, moment.limb_side) = (Some(tilt), placement.side());
                }
                _ => {}
            }
        }
        Some(moment)
    }

    fn neutral(&self) -> Neutral {
        let of = |segment| self.setup.fit(self.speaker(segment)?).neutral;
        Neutral {
            thorax: of(Segment::Thorax),
            pelvis: of(Segment::Pelvis),
        }
    }

    /// The sensor that speaks for a segment: the one that is counted by, or the first worn there.
    fn speaker(&self, segment: Segment) -> Option<usize> {
        let is_there = |placement: &Placement| placement.segment() == segment;
        if is_there(&self.placements[self.lead]) {
            return Some(self.lead);
        }
        self.placements.iter().position(is_there)
    }

    /// What was measured and what was inferred decides what may be judged.
    fn take_over_setup(&mut self) {
        let knows_sides = self.setup.knows_sides();
        self.counting.judge.inform_only(|quantity| {
            (!knows_sides && is_sideways(quantity))
                || (!self.is_sure
                    && (quantity.measured_on() == MeasuredOn::Counting || is_of_hold(quantity)))
                // A share of what is usual is no share of one's own.
                || quantity
                    .own_range()
                    .is_some_and(|range| !self.chosen.iter().any(|name| name == range))
        });
        self.counting.has_gyro = self.worn[self.lead].has_gyro();
    }

    /// Before the first repetition of a set an arm starts from wherever it rests: arms may be anywhere while the rest of
    /// the body is in the start pose already. A leg is where the pose has it, and may be held up for long.
    fn rest_arm(
        &mut self,
        index: usize,
        at: SessionTime,
        still_secs: f64,
        events: &mut Vec<Event>,
    ) {
        if !self.setup.is_ready()
            || !matches!(self.placements[self.lead], Placement::Wrist(_))
            || self.counting.is_in_set()
            || still_secs < self.counting.longest_pause_secs()
            || self.setup.limb_elsewhere(index).is_none()
        {
            return;
        }
        self.setup.take_start_pose(index, at, events);
        self.counting.rest_here();
    }

    /// Between sets, in the start pose: did the sensor move on the body?
    fn recheck(&mut self, at: SessionTime, still_secs: f64, events: &mut Vec<Event>) {
        let sets = self.counting.sets_done();
        let is_due =
            self.rechecked < sets && self.setup.is_ready() && self.counting.is_between_sets();
        if !is_due || still_secs < RECHECK_SECS {
            return;
        }
        let Some(shift) = self.setup.shift_from_start(self.lead) else {
            return;
        };
        self.rechecked = sets;
        self.counting.moved(shift.degrees());
        if shift > Angle::from_degrees(SLIPPED_DEG) {
            let sensor = SensorId(self.lead as u8);
            events.push(Event::Notice {
                at,
                sensor,
                notice: Notice::Slipped { by: shift },
            });
            self.setup.take_start_pose(self.lead, at, events);
            self.counting.rest_here();
        }
    }
}

fn is_trunk(segment: Segment) -> bool {
    matches!(segment, Segment::Thorax | Segment::Pelvis)
}
