//! From moments to repetitions, verdicts and sets.

mod gate;

pub use gate::Gate;

use super::event::{Event, Rep, RepKind, SignalPoint};
use super::judge::{Judge, OpenRep};
use super::moment::Moment;
use super::quantities::{Neutral, Own, PAUSE_DEG_PER_SEC, RepView, outer_secs};
use super::reps::{Change, Excursion, Point, RepDetector, UNSEEN_SECS};
use super::sets::{Early, Set};
use super::trace::{Phases, Trace, TracePoint, coarse_phases, phases, speeds};
use super::watch::Now;
use crate::exercise::{Confidence, Effort, Exercise, HoldAt, Signal, SignalAngle};
use crate::input::{Segment, Side};
use crate::motion::Validity;
use crate::units::{Angle, SessionTime};

/// Stretch before a departure that belongs to the picture of a repetition, seconds.
const BEFORE_SECS: f64 = 3.0;

/// A pause is looked at this much longer than a good one takes, then the repetition is judged, seconds.
const PAUSE_MARGIN_SECS: f64 = 1.0;

/// Readings this late are not on their way any more, seconds: twice as long as any sensible batch takes.
const UNSEEN_LATE_SECS: f64 = 1.0;

/// A roll of the trunk smaller than this does not tell which side was lifted, degrees.
const SIDE_ROLL_DEG: f64 = 1.5;

/// Counts and judges by one signal.
pub struct Counting {
    exercise: Exercise,
    signal: Signal,
    segment: Segment,
    /// The side that the counting sensor's own place tells.
    worn_side: Option<Side>,
    lumflex_full_deg: Option<f64>,
    detector: RepDetector,
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
        exercise: &Exercise,
        signal: &Signal,
        segment: Segment,
        worn_side: Option<Side>,
        judge: Judge,
        lumflex_full_deg: Option<f64>,
    ) -> Counting {
        Counting {
            exercise: exercise.clone(),
            signal: signal.clone(),
            segment,
            worn_side,
            lumflex_full_deg,
            detector: RepDetector::new(signal),
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
        self.detector = RepDetector::new(&self.signal);
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
        match self.detector.update(Point {
            at,
            value_deg,
            validity,
        }) {
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
        let is_held = self.exercise.rep.hold == HoldAt::Peak
            && signal_deg >= self.signal.min_rom_deg
            && speed.abs() < PAUSE_DEG_PER_SEC;
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
        if self.is_between_sets() || self.gate == Gate::Shut {
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

    fn signal_at(&self, moment: Moment) -> Option<TracePoint> {
        let trunk = |moment: &Moment| match self.segment {
            Segment::Pelvis => Some((moment.pelvis?, self.neutral.pelvis?)),
            _ => Some((moment.thorax?, self.neutral.thorax?)),
        };
        let (tilt, signal) = match self.signal.angle {
            SignalAngle::Eta | SignalAngle::ThetaRise => {
                let (tilt, (theta0, _)) = trunk(&moment)?;
                (tilt, tilt.theta - theta0)
            }
            SignalAngle::ThetaFall => {
                let (tilt, (theta0, _)) = trunk(&moment)?;
                (tilt, theta0 - tilt.theta)
            }
            SignalAngle::LimbTurn => (moment.limb?, moment.limb?.turn),
            SignalAngle::Burst => {
                let (tilt, _) = trunk(&moment)?;
                (tilt, tilt.turn)
            }
        };
        let signal_deg = signal.degrees();
        signal_deg.is_finite().then_some(TracePoint {
            moment,
            signal_deg,
            error: tilt.error,
            validity: tilt.validity,
        })
    }

    fn count(&mut self, excursion: Excursion, events: &mut Vec<Event>) {
        self.close(excursion.counted, excursion.start, events);
        let at = excursion.counted;
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
            rom: Angle::from_degrees(excursion.rom_deg),
            peak: Angle::from_degrees(excursion.peak_deg),
            error,
            kind: excursion.kind,
            doubt: excursion.doubt,
            estimated: self.signal.confidence == Confidence::Low,
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
        if takes_back {
            self.undo(at, events);
        }
    }

    /// Which side was done: the side of the limb that moved, or what the roll of the trunk tells.
    fn side_at(&mut self, turn: SessionTime) -> Option<Side> {
        let neutral = self.neutral;
        let segment = self.segment;
        let point = self.trace.between(turn, turn).first()?;
        if let Some(side) = point.moment.limb_side.or(self.worn_side) {
            return Some(side);
        }
        if !self.exercise.rep.alternates_sides {
            return None;
        }
        let (tilt, (_, sigma0)) = match segment {
            Segment::Pelvis => (point.moment.pelvis?, neutral.pelvis?),
            _ => (point.moment.thorax?, neutral.thorax?),
        };
        let roll = (tilt.sigma - sigma0).degrees();
        // On all fours the lifted left leg opens the pelvis to the left: the right side goes down.
        (roll.abs() >= SIDE_ROLL_DEG).then_some(if roll > 0.0 { Side::Left } else { Side::Right })
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
            open.phases = match self.signal.angle {
                SignalAngle::Burst => coarse_phases(points, start, turn, counted),
                _ => phases(points, start, turn, self.has_gyro),
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
            side: open.side,
            reset_secs: open.reset_secs,
            own: self.own.percent(open.side, open.rep.rom_deg, open.outer_s),
        };
        look(&mut self.judge, &view)
    }
}
