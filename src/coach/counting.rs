//! From moments to repetitions, verdicts and sets.

mod detector;
mod follow;
mod gate;

pub use gate::Gate;

use detector::Detector;
use follow::Follow;

use super::event::{Event, Extent, Rep, RepKind, SignalPoint};
use super::holds::HoldDetector;
use super::judge::{Judge, OpenRep};
use super::moment::Moment;
use super::plan::Plan;
use super::quantities::{HoldView, Neutral, Own, PAUSE_DEG_PER_SEC, RepView, outer_secs};
use super::reps::{Change, Excursion, Point, RepDetector, UNSEEN_SECS};
use super::sets::{Early, Set};
use super::trace::{Phases, Trace, coarse_phases, phases, speeds};
use super::watch::Now;
use crate::exercise::{Confidence, CountedBy, Effort, Exercise, HoldAt, Signal, SignalAngle};
use crate::input::{Placement, Segment, Side};
use crate::motion::Validity;
use crate::units::{Angle, SessionTime};

/// Stretch before a departure that belongs to the picture of a repetition, seconds.
const BEFORE_SECS: f64 = 3.0;

/// A pause is looked at this much longer than a good one takes, then the repetition is judged, seconds.
const PAUSE_MARGIN_SECS: f64 = 1.0;

/// Readings this late are not on their way any more, seconds: twice as long as any sensible batch takes.
const UNSEEN_LATE_SECS: f64 = 1.0;

/// The setting that says how long the wearer means to hold, seconds.
pub const TARGET_HOLD: &str = "target_hold_s";

/// Counts and judges by one signal.
pub struct Counting {
    exercise: Exercise,
    /// The signal of repetitions; none where a pose is held.
    signal: Option<Signal>,
    is_estimated: bool,
    segment: Segment,
    /// The side that the counting sensor's own place tells.
    worn_side: Option<Side>,
    lumflex_full_deg: Option<f64>,
    lumext_full_deg: Option<f64>,
    detector: Detector,
    follow: Follow,
    trace: Trace,
    pub(super) judge: Judge,
    set: Option<Set>,
    /// The set before, which may still be corrected.
    ended: Option<Set>,
    /// The wearer has begun the next set: what is said of the count is about that one.
    has_begun: bool,
    /// What was said of it.
    early: Early,
    gate: Gate,
    /// The coach leads: what was not seen is no quiet.
    leads: bool,
    /// When the signal was seen last.
    seen: Option<SessionTime>,
    sets: u32,
    reps: u32,
    open: Option<Open>,
    /// End of the last repetition, for the rest before the next.
    last_end: Option<SessionTime>,
    neutral_shift: Option<f64>,
    pub(super) neutral: Neutral,
    pub(super) has_gyro: bool,
    /// What is usual for the wearer, from the first repetitions of the session.
    own: Own,
}

/// A counted repetition on its way to a verdict.
struct Open {
    rep: OpenRep,
    excursion: Excursion,
    phases: Option<Phases>,
    /// Time beyond half of the way, seconds.
    outer_s: f64,
    settled: Option<SessionTime>,
    side: Option<Side>,
    reset_secs: Option<f64>,
}

impl Counting {
    /// Nothing was seen yet.
    pub fn new(
        plan: &Plan,
        by: CountedBy<'_>,
        placement: Placement,
        judge: Judge,
        lumflex_full_deg: Option<f64>,
    ) -> Counting {
        Counting {
            exercise: plan.exercise.clone(),
            signal: match by {
                CountedBy::Signal(signal) => Some(signal.clone()),
                CountedBy::Test(_) => None,
            },
            is_estimated: by.confidence() == Confidence::Low,
            segment: placement.segment(),
            worn_side: placement.side(),
            lumflex_full_deg,
            lumext_full_deg: plan.setting("lumext_full_deg").filter(|full| *full > 0.0),
            detector: match by {
                CountedBy::Signal(signal) => Detector::Reps(RepDetector::new(signal)),
                CountedBy::Test(test) => {
                    let chosen = plan.setting(TARGET_HOLD);
                    let target = HoldDetector::target_secs(plan.exercise.hold.as_ref(), chosen);
                    Detector::Holds(HoldDetector::new(test, target))
                }
            },
            follow: Follow::default(),
            trace: Trace::default(),
            judge,
            set: None,
            ended: None,
            has_begun: false,
            early: Early::default(),
            gate: Gate::Open,
            leads: false,
            seen: None,
            sets: 0,
            reps: 0,
            open: None,
            last_end: None,
            neutral_shift: None,
            neutral: Neutral::default(),
            has_gyro: false,
            own: Own::default(),
        }
    }

    /// Whether neither a set nor a repetition is under way.
    pub fn is_between_sets(&self) -> bool {
        self.set.is_none() && !self.detector.is_out()
    }

    /// Sets that were ended.
    pub fn sets_done(&self) -> u32 {
        self.sets - u32::from(self.set.is_some())
    }

    /// The start pose was found moved by this much, degrees.
    pub fn moved(&mut self, shift_deg: f64) {
        self.neutral_shift = Some(shift_deg);
    }

    /// The set-up begins anew: what was under way is ended.
    pub fn restart(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        self.end_set(at, events);
        self.detector.restart();
        self.follow = Follow::default();
        self.trace = Trace::default();
        self.early.takes_first = false;
    }

    /// Readings are missing. Returns how many repetitions were probably done meanwhile.
    ///
    /// A pause that ran into the gap is not judged: nobody knows how long it was.
    pub fn gap(&mut self, from: SessionTime, to: SessionTime, events: &mut Vec<Event>) -> u32 {
        let secs = to.seconds_since(from);
        if secs < UNSEEN_SECS {
            return 0;
        }
        self.settle(from, events);
        if let Some(open) = &mut self.open {
            open.rep.cut_short();
        }
        self.close(from, from, events);
        if let Some(set) = &mut self.set {
            set.has_gap = true;
            if self.leads {
                set.forgive(secs);
            }
        }
        let Some(period) = self.set.as_ref().and_then(Set::usual_period) else {
            return 0;
        };
        // The repetition at hand is counted, doubtfully; only those that began after it are missing then.
        let missing = match self.detector.out_since() {
            Some(start) => (to.seconds_since(start) / period).floor(),
            // From rest: whole periods, and one more where a whole repetition fits into what is left over.
            None => {
                let whole = (secs / period).floor();
                let fits = self
                    .detector
                    .usual_secs()
                    .is_some_and(|usual| secs - whole * period >= usual);
                whole + f64::from(u8::from(fits))
            }
        };
        missing.clamp(0.0, 1000.0) as u32
    }

    /// Takes one moment.
    pub fn moment(&mut self, moment: Moment, events: &mut Vec<Event>) {
        let Some(point) = self.signal_at(moment) else {
            return;
        };
        let at = point.at();
        let value_deg = point.signal_deg;
        let (value, error, validity) =
            (Angle::from_degrees(value_deg), point.error, point.validity);
        events.push(Event::Signal(SignalPoint {
            at,
            value,
            error,
            validity,
        }));
        self.seen = Some(at);
        self.trace.push(point);
        if self.gate == Gate::Shut {
            return;
        }
        let pose = self.pose_at(&moment);
        let point = Point {
            at,
            value_deg,
            validity,
        };
        match self.detector.update(point, pose) {
            Some(Change::Departed) => {
                self.close(at, at, events);
                self.judge.begin();
            }
            Some(Change::Counted(excursion)) if self.is_foreign(&excursion) => {
                self.detector.disown(&excursion);
                self.early.takes_first = false;
            }
            Some(Change::Counted(excursion)) => {
                self.gate = Gate::Open;
                self.count(excursion, events);
            }
            Some(Change::Settled) => self.settle(at, events),
            Some(Change::Abandoned) => self.early.takes_first = false,
            None => {}
        }
        if validity == Validity::Good && self.gate == Gate::Open {
            self.watch(&moment, value_deg, events);
        }
        self.pass_time(at, events);
    }

    /// What cannot wait for the end of the repetition.
    fn watch(&mut self, moment: &Moment, signal_deg: f64, events: &mut Vec<Event>) {
        let is_pause = self.open.is_some();
        if !is_pause && !self.detector.is_out() {
            return;
        }
        let speed = self.detector.speed();
        let is_held = match &self.signal {
            Some(signal) => {
                self.exercise.rep.hold == HoldAt::Peak
                    && signal_deg >= signal.min_rom
                    && speed.abs() < PAUSE_DEG_PER_SEC
            }
            None => true,
        };
        let now = Now {
            moment,
            signal_deg,
            is_pause,
            speed,
            lowers_first: self.exercise.rep.first == Effort::Lower,
            counting: self.segment,
            neutral: self.neutral,
        };
        let (rep, warns) = if is_pause {
            (self.reps, true)
        } else {
            (self.reps + 1, is_held)
        };
        self.judge.watch(&now, warns, rep, events);
    }

    /// Time passes: a pause becomes long enough, a set ends.
    pub fn pass_time(&mut self, now: SessionTime, events: &mut Vec<Event>) {
        let patience = self.exercise.rep.tempo.hold_s[1] + PAUSE_MARGIN_SECS;
        if let Some(settled) = self.open.as_ref().and_then(|open| open.settled)
            && (self.exercise.rep.hold == HoldAt::Peak || now.seconds_since(settled) > patience)
        {
            self.note_unseen(now);
            self.close(now, now, events);
        }
        if self.is_dead(now) {
            self.cut_off(now, events);
        } else if self.is_quiet(now) {
            self.end_set(now, events);
        }
        if self.signal.is_none() && !self.detector.is_out() && self.open.is_none() {
            // A hold is noticed a second after it began, and lasts long enough for that to matter.
            self.trace
                .forget_before(now.plus_seconds(-2.0 * BEFORE_SECS));
        } else if self.is_between_sets() || self.gate == Gate::Shut {
            self.trace
                .forget_before(now.plus_seconds(-2.0 * BEFORE_SECS));
        }
    }

    /// A pause that nobody saw the end of is not judged: when the link is down, time goes on and readings do not.
    fn note_unseen(&mut self, now: SessionTime) {
        let is_unseen = |last: SessionTime| now.seconds_since(last) >= UNSEEN_LATE_SECS;
        if self.trace.last().is_none_or(is_unseen)
            && let Some(open) = &mut self.open
        {
            open.rep.cut_short();
        }
    }

    /// Nothing more will come, or the wearer ends the set.
    pub fn end_set(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        if let Some(Change::Counted(excursion)) = self.detector.finish() {
            self.count(excursion, events);
        }
        self.settle(at, events);
        self.note_unseen(at);
        self.close(at, at, events);
        if let Some(set) = self.set.take() {
            self.judge.set(&set, at, events);
            self.last_end = None;
            self.has_begun = false;
            self.ended = Some(set);
        }
    }

    fn count(&mut self, excursion: Excursion, events: &mut Vec<Event>) {
        self.close(excursion.counted, excursion.start, events);
        // That a hold is over is plain a little later only.
        let at = self
            .seen
            .map_or(excursion.counted, |seen| seen.max(excursion.counted));
        let early = std::mem::take(&mut self.early);
        let mut takes_back = false;
        if self.set.is_none() {
            self.ended = None;
            self.sets += 1;
            let mut set = Set::new(self.sets, excursion.start, self.neutral_shift.take());
            takes_back = set.begun_with(early);
            self.set = Some(set);
            self.judge.new_set();
            events.push(Event::SetStarted { at, set: self.sets });
        }
        self.reps += 1;
        let reset_secs = self
            .last_end
            .map(|end| excursion.start.seconds_since(end).max(0.0));
        let side = self.side_at(excursion.turn);
        let error = self
            .trace
            .between(excursion.turn, excursion.turn)
            .first()
            .map_or(Angle::ZERO, |point| point.error);
        events.push(Event::Rep(Rep {
            number: self.reps,
            set: self.sets,
            side,
            start: excursion.start,
            turn: excursion.turn,
            end: excursion.counted,
            at,
            rom: Extent::new(excursion.rom_deg, self.unit()),
            peak: Extent::new(excursion.peak_deg, self.unit()),
            error,
            kind: excursion.kind,
            doubt: excursion.doubt,
            estimated: self.is_estimated,
        }));
        if let Some(set) = &mut self.set {
            set.counted(self.reps, excursion.start, at);
        }
        self.last_end = Some(at);
        let rep = OpenRep::new(self.reps, self.sets, excursion.kind, excursion.rom_deg);
        self.open = Some(Open {
            rep,
            excursion,
            phases: None,
            outer_s: f64::NAN,
            settled: None,
            side,
            reset_secs,
        });
        if self.signal.is_none() {
            // Nothing of a hold comes after its end.
            self.close(at, at, events);
        }
        if takes_back {
            self.undo(at, events);
        }
    }

    fn settle(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        if open.settled.is_none() {
            open.settled = Some(at);
            let from = open.excursion.start.plus_seconds(-BEFORE_SECS);
            let points = self.trace.between(from, at);
            let Excursion {
                start,
                turn,
                counted,
                ..
            } = open.excursion;
            open.phases = match self.signal.as_ref().map(|signal| signal.angle) {
                None => None,
                Some(SignalAngle::Burst) => coarse_phases(points, start, turn, counted),
                Some(_) => phases(points, start, turn, self.has_gyro),
            };
            if let Some(phases) = open.phases {
                open.outer_s = outer_secs(points, &phases);
                self.last_end = Some(phases.end);
                let mut rep = open.rep.clone();
                self.view(&open, phases, at, |judge, view| {
                    judge.movement(&mut rep, view, at, events)
                });
                open.rep = rep;
            }
        }
        self.open = Some(open);
    }

    /// Judges the pause too: it ended at `hold_end`, which is known at `at`.
    fn close(&mut self, at: SessionTime, hold_end: SessionTime, events: &mut Vec<Event>) {
        self.settle(at, events);
        let Some(open) = self.open.take() else { return };
        if self.signal.is_none() {
            return self.close_hold(open, at, events);
        }
        let Some(phases) = open.phases else {
            self.judge.close_unseen(open.rep, at, events);
            return;
        };
        let kind = open.rep.kind;
        let rep = open.rep.clone();
        let hold_end = hold_end.max(phases.end);
        let record = self.view(&open, phases, hold_end, |judge, view| {
            judge.close(rep, view, at, events)
        });
        if kind != RepKind::Doubtful {
            self.own.note(open.side, open.rep.rom_deg, open.outer_s);
            if let Some(set) = &mut self.set {
                set.add(open.rep.number, record);
            }
        }
        self.trace
            .forget_before(phases.end.plus_seconds(-BEFORE_SECS));
    }

    /// Judges a hold as far as it was seen.
    fn close_hold(&mut self, open: Open, at: SessionTime, events: &mut Vec<Event>) {
        let Excursion { start, counted, .. } = open.excursion;
        let number = open.rep.number;
        let view = HoldView {
            points: self.trace.between(start, counted),
            start,
            end: counted,
            breaks: self.detector.breaks(),
            tested: self.segment,
            neutral: self.neutral,
            lumflex_full_deg: self.lumflex_full_deg,
            side: open.side,
        };
        let is_whole = open.rep.kind != RepKind::Doubtful;
        let record = self.judge.close_hold(open.rep, &view, at, events);
        if let Some(set) = self.set.as_mut().filter(|_| is_whole) {
            set.add(number, record);
        }
        self.trace.forget_before(counted);
    }

    /// Shows the judge everything that a repetition is measured from.
    fn view<T>(
        &mut self,
        open: &Open,
        phases: Phases,
        hold_end: SessionTime,
        look: impl FnOnce(&mut Judge, &RepView<'_>) -> T,
    ) -> T {
        let from = open.excursion.start.plus_seconds(-BEFORE_SECS);
        let points = self.trace.between(from, hold_end);
        let view = RepView {
            points,
            speeds: &speeds(points),
            phases,
            hold_end,
            exercise: &self.exercise,
            counting: self.segment,
            neutral: self.neutral,
            lumflex_full_deg: self.lumflex_full_deg,
            lumext_full_deg: self.lumext_full_deg,
            before: self.set.as_ref().map(Set::before).unwrap_or_default(),
            side: open.side,
            reset_secs: open.reset_secs,
            own: self.own.percent(open.side, open.rep.rom_deg, open.outer_s),
        };
        look(&mut self.judge, &view)
    }
}
