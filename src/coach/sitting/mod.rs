//! Hours of a posture: breaks and variety first, and a slump only for whoever chose to be told of it.
//!
//! ```text
//! Input ─► worn ─► Attitude ─► setup, fit ─► Tilt ─► second ─► Second ─► lasting ─► nudges ─► Cue
//!                     └─► gait ──────────────────────────────────┴─► bout, tally ─► Day
//! ```
//!
//! Everything is decided once a second, and nothing grows: a day takes as much memory as a minute. What was not seen
//! is no evidence: a gap ends what was lasting and is told as time that was not seen.

mod bout;
mod lasting;
mod nudges;
mod second;
mod setup;
mod stand;
mod tally;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity)]
mod tests;

use super::abilities::check_names;
use super::commands::PAIN_TEXT;
use super::error::PlanError;
use super::event::{Cue, CueKind, Day, Event, Finding, Posture, PostureMode, SignalPoint, Sitting};
use super::gait::Gait;
use super::plan::Plan;
use super::worn::{Seen, Worn};
use crate::exercise::{Quantity, Severity};
use crate::input::{Command, Input, Placement, Segment, SensorId};
use crate::motion::Attitude;
use crate::units::{Angle, SessionTime, round_to};
use bout::Bout;

use lasting::{Lasting, Shown};
use nudges::Nudges;
use second::{Bucket, Second};
use setup::{POSE_ERROR, SitSetup};
use stand::Stand;
use tally::{Rest, Tally};

/// The day so far is told this often, seconds seen.
const DAY_EVERY_S: f64 = 300.0;

/// Nearer to the wearer's own upright than this is sitting tall, percent of the way to the slump; as far behind it is
/// leaning back. This sorts, and judges nothing.
const TALL_PCT: f64 = 30.0;

/// A worse error than this is no place on the way from tall to slump, percent of the way.
const WORST_ERROR_PCT: f64 = 25.0;

/// Without a rule that says otherwise, a slump begins here, percent.
const SLUMP_PCT: f64 = 85.0;

/// Without a rule that says otherwise, a lean begins here, degrees.
const LEAN_DEG: f64 = 10.0;

/// A second of another sensor is taken together with one of the leading sensor if it is no older, seconds.
const TOGETHER_SECS: i64 = 2;

/// The whole line of a posture session.
pub(super) struct SittingCoach {
    placements: Vec<Placement>,
    worn: Vec<Worn>,
    setup: SitSetup,
    /// Which sensor posture is told by.
    lead: usize,
    /// Which sensor tells sitting from standing.
    pelvis: Option<usize>,
    gait: Gait,
    open: Vec<Option<Bucket>>,
    closed: Vec<Option<Second>>,
    stand: Stand,
    rules: Vec<Lasting>,
    nudges: Nudges,
    sitting: Bout,
    walkless: Bout,
    tally: Tally,
    slump_limit: f64,
    lean_limit: f64,
    day_told_s: f64,
    now: SessionTime,
    is_finished: bool,
    seen: Vec<Seen>,
}

impl SittingCoach {
    /// A coach for a plan whose exercise is a posture.
    pub fn new(plan: &Plan) -> Result<SittingCoach, PlanError> {
        check_names(plan)?;
        let placements: Vec<Placement> =
            plan.sensors.iter().map(|sensor| sensor.placement).collect();
        let at = |segment| {
            placements
                .iter()
                .position(|placement| placement.segment() == segment)
        };
        let pelvis = at(Segment::Pelvis);
        let lead = at(Segment::Thorax)
            .or(pelvis)
            .ok_or_else(|| PlanError::NoTrunkSensor {
                exercise: plan.exercise.id.clone(),
            })?;
        let chosen = |name: &str| plan.settings.get(name).copied();
        let rules: Vec<Lasting> = plan
            .exercise
            .judged_rules(&placements)
            .into_iter()
            .map(|rule| Lasting::new(rule, &plan.exercise, chosen))
            .collect();
        let limit = |quantity, default| {
            rules
                .iter()
                .find(|rule| rule.rule.quantity == quantity)
                .map_or(default, Lasting::limit)
        };
        Ok(SittingCoach {
            worn: plan.sensors.iter().map(Worn::new).collect(),
            setup: SitSetup::new(plan, lead),
            lead,
            pelvis,
            gait: Gait::default(),
            open: vec![None; placements.len()],
            closed: vec![None; placements.len()],
            stand: Stand::default(),
            nudges: Nudges::new(plan.exercise.most_nudges_per_hour.unwrap_or(0)),
            sitting: Bout::default(),
            walkless: Bout::default(),
            tally: Tally::new(),
            slump_limit: limit(Quantity::SlouchPct, SLUMP_PCT),
            lean_limit: limit(Quantity::Lean, LEAN_DEG),
            rules,
            day_told_s: 0.0,
            now: SessionTime::ZERO,
            is_finished: false,
            seen: Vec::new(),
            placements,
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

    /// Nothing more will come: the last second is closed and the day told.
    pub fn finish(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if !std::mem::replace(&mut self.is_finished, true) && self.setup.is_ready() {
            if let Some(bucket) = self.open[self.lead] {
                self.close_second(bucket, &mut events);
            }
            events.push(Event::Day(self.day()));
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
                Seen::Attitude(attitude, still_secs) => {
                    self.attitude(index, &attitude, still_secs, events);
                }
                Seen::Gap(gap) => events.push(Event::Gap {
                    sensor,
                    from: gap.from,
                    to: gap.to,
                    lost: gap.lost,
                    reps_not_seen: 0,
                }),
                Seen::Notice(at, notice) => events.push(Event::Notice { at, sensor, notice }),
                Seen::Tap(at, 2) => self.command(at, Command::Next, events),
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
        self.setup.update(index, attitude, still_secs, events);
        if index == self.lead {
            self.gait.update(attitude);
        }
        let tilt = self.setup.fit_mut(index).tilt(attitude, still_secs > 0.0);
        // Before the slump was held, nothing says which way is forward.
        let told = tilt.filter(|_| self.setup.slump(index).is_some());
        events.push(Event::Posture(Posture {
            at: attitude.at,
            sensor: SensorId(u8::try_from(index).unwrap_or(u8::MAX)),
            segment: self.placements[index].segment(),
            up: attitude.up.into_inner().into(),
            theta: told.map(|tilt| tilt.theta),
            sigma: told.map(|tilt| tilt.sigma),
            error: told.map_or(attitude.error, |tilt| tilt.error),
            validity: attitude.validity,
        }));
        let Some(tilt) = tilt.filter(|_| self.setup.is_ready()) else {
            return;
        };
        if let (true, Some(told)) = (index == self.lead, told) {
            events.push(Event::Signal(SignalPoint {
                at: told.at,
                value: told.theta,
                error: told.error,
                validity: told.validity,
            }));
        }
        let number = Second::number_of(attitude.at);
        match self.open[index] {
            Some(open) if number < open.number => return,
            Some(open) if open.number < number => {
                self.closed[index] = open.close();
                if index == self.lead {
                    self.close_second(open, events);
                    self.unseen((number - open.number - 1) as f64);
                }
                self.open[index] = Some(Bucket::new(number));
            }
            Some(_) => {}
            None => self.open[index] = Some(Bucket::new(number)),
        }
        if let Some(open) = &mut self.open[index] {
            open.add(&tilt);
        }
    }

    /// One second of the leading sensor is complete.
    fn close_second(&mut self, bucket: Bucket, events: &mut Vec<Event>) {
        let at = Second::end(bucket.number);
        let is_walking = self.gait.is_walking();
        let second = bucket.close();
        if second.is_none() && !is_walking {
            return self.unseen(1.0);
        }
        let is_standing = self.stands(bucket.number, is_walking);
        let is_up = is_walking || is_standing;
        self.walkless.second(is_walking);
        self.sitting.second(is_up);
        let seated = second.filter(|_| !is_up);
        let way = seated.and_then(|second| self.way(&second));
        let has_axes = self.setup.slump(self.lead).is_some();
        let tilt = seated.map(|second| [second.theta, second.sigma]);
        let sigma = seated.filter(|_| has_axes).map(|second| second.sigma);
        let shown = Shown {
            tilt,
            slouch_pct: way.map(|(pct, _)| pct),
            lean: sigma.map(f64::abs),
            sitting_min: self.sitting.minutes(),
            no_walk_min: self.walkless.minutes(),
            is_up,
        };
        let mode = if is_walking {
            PostureMode::Walking
        } else if is_standing {
            PostureMode::Standing
        } else {
            self.mode(&shown)
        };
        self.tally.second(mode, shown.slouch_pct, tilt);
        events.push(Event::Sitting(Sitting {
            at,
            slouch_pct: shown.slouch_pct.map(|pct| round_to(pct, 10.0)),
            error_pct: way.map(|(_, error)| round_to(error, 10.0)),
            lean: sigma.map(Angle::from_degrees),
            mode,
            since_break_min: round_to(self.bout().minutes(), 100.0),
        }));
        self.judge(&shown, at, events);
        if self.tally.seen_s() - self.day_told_s >= DAY_EVERY_S {
            self.day_told_s = self.tally.seen_s();
            events.push(Event::Day(self.day()));
        }
    }

    fn unseen(&mut self, secs: f64) {
        if secs <= 0.0 {
            return;
        }
        self.tally.unseen(secs);
        self.sitting.unseen(secs);
        self.walkless.unseen(secs);
        self.rules.iter_mut().for_each(|rule| rule.unseen(secs));
    }

    /// Whether the pelvis tells that the wearer stands.
    fn stands(&mut self, number: i64, is_walking: bool) -> bool {
        let theta = self
            .pelvis
            .filter(|pelvis| self.setup.slump(*pelvis).is_some())
            .and_then(|pelvis| {
                // The leading sensor's own second is just being closed.
                let own = self.open[pelvis].filter(|_| pelvis == self.lead);
                own.and_then(|bucket| bucket.close())
                    .or(self.closed[pelvis])
            })
            .filter(|second| (second.number - number).abs() <= TOGETHER_SECS)
            .map(|second| second.theta);
        theta.is_some_and(|theta| self.stand.second(theta, is_walking))
    }

    /// Where on the way from tall to slump, and the standard error of it, both in percent of the way.
    fn way(&self, second: &Second) -> Option<(f64, f64)> {
        let slump = self.setup.slump(self.lead)?.degrees();
        let share = second.theta / slump;
        // Both ends of the way were measured no better than one comes back to them.
        let error = second.error.hypot(share * POSE_ERROR.degrees()) / slump.abs();
        (error * 100.0 <= WORST_ERROR_PCT).then_some((share * 100.0, error * 100.0))
    }

    fn mode(&self, shown: &Shown) -> PostureMode {
        match (shown.slouch_pct, shown.lean) {
            (_, Some(lean)) if lean > self.lean_limit => PostureMode::Leaning,
            (Some(pct), _) if pct > self.slump_limit => PostureMode::Slumped,
            (Some(pct), _) if pct > TALL_PCT => PostureMode::Easy,
            (Some(pct), _) if pct < -TALL_PCT => PostureMode::Reclined,
            (Some(_), _) => PostureMode::Tall,
            (None, _) => PostureMode::Unsorted,
        }
    }

    /// What the time since the last break goes by: the pelvis, where it is worn.
    fn bout(&self) -> &Bout {
        if self.pelvis.is_some() {
            &self.sitting
        } else {
            &self.walkless
        }
    }

    fn day(&self) -> Day {
        let bout = self.bout();
        let rest = Rest {
            breaks: bout.breaks(),
            longest_min: bout.longest_min(),
            nudges: self.nudges.counts.clone(),
        };
        self.tally.day(self.now, rest)
    }

    fn judge(&mut self, shown: &Shown, at: SessionTime, events: &mut Vec<Event>) {
        self.rules.iter_mut().for_each(|rule| rule.second(shown));
        let next_break = self
            .rules
            .iter()
            .filter_map(Lasting::due_in_secs)
            .min_by(f64::total_cmp);
        for rule in &mut self.rules {
            let Some(due) = rule.due() else { continue };
            let about = &rule.rule;
            if due.is_new {
                events.push(Event::Finding(Finding {
                    at,
                    rep: None,
                    set: 0,
                    rule: about.id.clone(),
                    fault: about.fault.clone(),
                    severity: Severity::Info,
                    quantity: about.quantity,
                    value: round_to(due.value, 100.0),
                    limit: due.limit,
                    unit: about.quantity.unit(),
                }));
            }
            let waits_for = next_break.filter(|_| !rule.is_break());
            let most = about.most_per_hour.unwrap_or(u32::MAX);
            if !self.nudges.has_room(&about.id, most, at, waits_for) {
                continue;
            }
            self.nudges.told(&about.id, at);
            events.push(Event::Cue(Cue {
                at,
                rep: None,
                kind: CueKind::Nudge,
                rule: Some(about.id.clone()),
                text: about.cue.clone().unwrap_or_else(|| about.fault.clone()),
            }));
            rule.told();
        }
    }

    fn command(&mut self, at: SessionTime, command: Command, events: &mut Vec<Event>) {
        match command {
            Command::Next => self.setup.skip(at, events),
            Command::Recalibrate => {
                self.rules.iter_mut().for_each(Lasting::over);
                self.open.fill(None);
                self.closed.fill(None);
                self.stand = Stand::default();
                self.setup.restart(at, events);
            }
            Command::Pain => events.push(Event::Cue(Cue {
                at,
                rep: None,
                kind: CueKind::Pause,
                rule: None,
                text: PAIN_TEXT.to_owned(),
            })),
            // Nothing is counted here, so that there is nothing to begin, end or correct.
            Command::Start | Command::Stop | Command::Undo | Command::Missed => {}
        }
    }
}
