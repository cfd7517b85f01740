//! Finds repetitions in one angle over time.
//!
//! A repetition is an excursion: the signal leaves the level where it rested, travels far enough, and comes back.
//! Two thresholds keep it apart from fidgeting: it must travel at least the exercise's minimum, and it is over only
//! when most of the way back is done and the movement has slowed down, or when the signal turns outward again after
//! falling by half (somebody who never quite returns still does repetitions). The resting level is followed, for
//! people do not come back to the same degree each time.
//!
//! What is counted is not judged here: no rule's limit appears in this file.

use super::event::{Doubt, RepKind};
use crate::exercise::Signal;
use crate::motion::Validity;
use crate::units::SessionTime;

/// What the detector says about one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The signal leaves its resting level.
    Departed,
    /// It came back without having travelled far enough.
    Abandoned,
    /// A repetition is complete enough to be counted.
    Counted(Excursion),
    /// The movement that was counted has come to rest, or the next one begins.
    Settled,
}

/// One counted excursion. Angles in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excursion {
    /// When the signal left its resting level.
    pub start: SessionTime,
    /// When it was furthest.
    pub turn: SessionTime,
    /// When it was counted.
    pub counted: SessionTime,
    /// The furthest value.
    pub peak_deg: f64,
    /// Travel from the resting level to the furthest value.
    pub rom_deg: f64,
    /// What kind of repetition.
    pub kind: RepKind,
    /// Why it is doubtful, if it is.
    pub doubt: Option<Doubt>,
}

/// One sample of the signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When.
    pub at: SessionTime,
    /// Degrees, 0 in the start pose.
    pub value_deg: f64,
    /// Whether it can be used.
    pub validity: Validity,
}

/// A stretch that was not seen for less than this hides no repetition, seconds: half of the shortest.
pub const UNSEEN_SECS: f64 = 0.5;

/// Degrees and seconds of the detector that are the same for every exercise.
mod tuning {
    /// A departure needs this much travel; fidgeting that gets so far and no further is abandoned again.
    pub const DEPARTURE_DEG: f64 = 10.0;
    /// Movement has not begun while the signal is no further than this from its resting level.
    pub const AT_REST_DEG: f64 = 2.0;
    /// Back means: no further from the resting level than this share of the excursion. Two thirds of the way
    /// back are more than any bounce at the far end, and tired people do not come back all the way.
    pub const BACK_SHARE: f64 = 0.35;
    /// It must have stayed there this long (exercises.md 3.0.1).
    pub const BACK_SECS: f64 = 0.15;
    /// ... and move slower than this, or than this share of its fastest return: the end of a smooth movement, not its middle.
    pub const SLOW_DEG_PER_SEC: f64 = 20.0;
    pub const SLOW_SHARE: f64 = 0.45;
    /// Whoever lingers there is back, however unquiet.
    pub const LINGER_SECS: f64 = 0.6;
    /// A turn outward after falling by this share of the excursion begins another repetition ...
    pub const REVERSAL_FALL_SHARE: f64 = 0.5;
    /// ... once it has risen again by this share.
    pub const REVERSAL_RISE_SHARE: f64 = 0.15;
    /// The resting level follows a slow change with this time constant ...
    pub const LEVEL_SECS: f64 = 2.0;
    /// ... but never further than this from the start pose, degrees.
    pub const LEVEL_BOUND_DEG: f64 = 25.0;
    /// Speed is taken over this span: longer than a sample of a slow sensor, shorter than any turn.
    pub const SPEED_SECS: f64 = 0.08;
    /// Movement has come to rest below this speed.
    pub const SETTLED_DEG_PER_SEC: f64 = 6.0;
    /// It is taken to have settled at the latest this long after the count.
    pub const SETTLE_PATIENCE_SECS: f64 = 2.0;
    /// An excursion with both less than this share of the wearer's own travel and of their own time is unlike
    /// the others: it is kept, and doubted.
    pub const UNLIKE_SHARE: f64 = 0.5;
    /// An excursion is like those before it while its travel and its time are within these shares of theirs.
    pub const LIKE: std::ops::RangeInclusive<f64> = 0.6..=1.7;
    /// How many repetitions tell what is usual.
    pub const USUAL_REPS: usize = 3;
}

#[derive(Clone, Copy, Debug)]
enum State {
    Rest,
    Out(Outing),
    Settling {
        since: SessionTime,
        lowest_deg: f64,
    },
    /// The wearer ended the set on the way: the rest of that excursion is nobody's repetition.
    Ended,
}

#[derive(Clone, Copy, Debug)]
struct Outing {
    start: SessionTime,
    from_deg: f64,
    turn: SessionTime,
    peak_deg: f64,
    /// Lowest value since the peak.
    valley_deg: f64,
    fastest_return: f64,
    back_since: Option<SessionTime>,
    is_doubtful: bool,
}

/// Follows one signal and finds its repetitions.
#[derive(Clone, Debug)]
pub struct RepDetector {
    signal: Signal,
    state: State,
    /// The level where the signal rests, degrees.
    level_deg: f64,
    last: Option<Point>,
    /// Speed of the signal, degrees per second.
    speed: f64,
    /// When the signal was last at its resting level.
    left_level: SessionTime,
    /// When the signal came back after a stretch that was not seen, until it has rested.
    resumed: Option<SessionTime>,
    /// Travel and duration of earlier repetitions, the latest last.
    usual: Vec<(f64, f64)>,
    /// The median of their durations: asked for at every sample, it changes with a repetition only.
    usual_secs: Option<f64>,
}

impl RepDetector {
    /// A detector with the numbers of an exercise's signal.
    pub fn new(signal: &Signal) -> RepDetector {
        RepDetector {
            signal: signal.clone(),
            state: State::Rest,
            level_deg: 0.0,
            last: None,
            speed: 0.0,
            left_level: SessionTime::ZERO,
            resumed: None,
            usual: Vec::new(),
            usual_secs: None,
        }
    }

    /// Begins anew, as if nothing had been seen.
    pub fn restart(&mut self) {
        *self = RepDetector::new(&self.signal);
    }

    /// Whether the signal is away from its resting level.
    pub fn is_out(&self) -> bool {
        matches!(self.state, State::Out(_))
    }

    /// Speed of the signal, degrees per second, positive outward.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// When the signal left its resting level, if it is away from it.
    pub fn out_since(&self) -> Option<SessionTime> {
        match &self.state {
            State::Out(outing) => Some(outing.start),
            _ => None,
        }
    }

    /// The median time of the repetitions so far, seconds.
    pub fn usual_secs(&self) -> Option<f64> {
        self.usual_secs
    }

    /// Takes one point of the signal. Points that cannot be used count as not seen.
    pub fn update(&mut self, point: Point) -> Option<Change> {
        if point.validity == Validity::Invalid || !point.value_deg.is_finite() {
            return None;
        }
        let unseen_secs = self
            .last
            .map_or(0.0, |last| point.at.seconds_since(last.at));
        if unseen_secs >= UNSEEN_SECS {
            self.last = None;
            self.resume(point);
        }
        if self.last.is_none() && !self.is_out() {
            self.left_level = point.at;
        }
        let step = self
            .last
            .map_or(0.0, |last| point.at.seconds_since(last.at))
            .clamp(0.0, 1.0);
        if let Some(last) = self.last
            && step > 0.0
        {
            let share = 1.0 - (-step / tuning::SPEED_SECS).exp();
            self.speed += ((point.value_deg - last.value_deg) / step - self.speed) * share;
        }
        self.last = Some(point);
        match self.state {
            State::Rest => self.rest(point, step),
            State::Out(outing) => self.out(point, outing),
            State::Settling { since, lowest_deg } => self.settle(point, since, lowest_deg),
            State::Ended => self.wait_for_rest(point, step),
        }
    }

    /// Goes on after a stretch that was not seen.
    fn resume(&mut self, point: Point) {
        match &mut self.state {
            State::Out(outing) => outing.is_doubtful = true,
            State::Settling { lowest_deg, .. } => {
                self.level_deg = bounded(*lowest_deg);
                self.state = State::Rest;
            }
            State::Rest | State::Ended => {}
        }
        self.resumed = Some(point.at);
    }

    /// The set is ended: an excursion that has fallen by half is counted, and none begins before the signal is back at rest.
    pub fn finish(&mut self) -> Option<Change> {
        let (State::Out(outing), Some(last)) = (self.state, self.last) else {
            return None;
        };
        let excursion = outing.peak_deg - outing.from_deg.max(0.0);
        let has_fallen =
            outing.peak_deg - outing.valley_deg >= excursion * tuning::REVERSAL_FALL_SHARE;
        self.state = State::Ended;
        has_fallen.then(|| self.count(outing, last.at)).flatten()
    }

    /// Nothing more will be seen: an excursion under way that went far enough is counted, doubtfully, for its end was not seen.
    pub fn cut_off(&mut self) -> Option<Change> {
        let (State::Out(mut outing), Some(last)) = (self.state, self.last) else {
            return None;
        };
        self.state = State::Ended;
        outing.is_doubtful = true;
        self.count(outing, last.at)
    }

    /// Whether nothing is under way: neither an excursion nor the end of one.
    pub fn is_at_rest(&self) -> bool {
        matches!(self.state, State::Rest | State::Ended)
    }

    /// Looks away until now and begins anew: the next excursion begins once the signal was at rest. What is usual is kept.
    pub fn rearm(&mut self) {
        *self = RepDetector {
            state: State::Ended,
            usual: std::mem::take(&mut self.usual),
            usual_secs: self.usual_secs,
            ..RepDetector::new(&self.signal)
        };
    }

    /// Whether an excursion that was just counted is of the size and the pace of those before it. Without any
    /// before it nobody knows: then it must at least be whole.
    pub fn is_like_before(&self, excursion: &Excursion) -> bool {
        let secs = excursion.counted.seconds_since(excursion.start);
        let before = &self.usual[..self
            .usual
            .len()
            .saturating_sub(usize::from(excursion.kind != RepKind::Doubtful))];
        let of = |pick: fn(&(f64, f64)) -> f64| median(before.iter().map(pick).collect());
        match (of(|usual| usual.0), of(|usual| usual.1)) {
            (Some(rom), Some(usual_secs)) => {
                tuning::LIKE.contains(&(excursion.rom_deg / rom))
                    && tuning::LIKE.contains(&(secs / usual_secs))
            }
            _ => excursion.kind == RepKind::Full,
        }
    }

    /// The excursion that was just counted was none.
    pub fn disown(&mut self, excursion: &Excursion) {
        if excursion.kind != RepKind::Doubtful {
            self.usual.pop();
            self.usual_secs = median(self.usual.iter().map(|(_, secs)| *secs).collect());
        }
    }

    fn rest(&mut self, point: Point, step: f64) -> Option<Change> {
        let value = point.value_deg;
        if value <= self.level_deg + tuning::AT_REST_DEG.min(self.signal.min_rom * 0.2) {
            self.left_level = point.at;
            self.resumed = None;
        }
        if value - self.level_deg >= self.departure_deg() {
            self.state = State::Out(Outing {
                start: self.left_level,
                from_deg: self.level_deg,
                turn: point.at,
                peak_deg: value,
                valley_deg: value,
                fastest_return: 0.0,
                back_since: None,
                // It may have left while nobody looked.
                is_doubtful: self.resumed.take().is_some(),
            });
            return Some(Change::Departed);
        }
        let share = if value < self.level_deg {
            1.0
        } else {
            1.0 - (-step / tuning::LEVEL_SECS).exp()
        };
        self.level_deg += (value - self.level_deg) * share;
        self.level_deg = bounded(self.level_deg);
        None
    }

    fn wait_for_rest(&mut self, point: Point, step: f64) -> Option<Change> {
        self.left_level = point.at;
        if point.value_deg > self.signal.rest {
            return None;
        }
        self.level_deg = bounded(point.value_deg);
        self.state = State::Rest;
        self.rest(point, step)
    }

    fn out(&mut self, point: Point, mut outing: Outing) -> Option<Change> {
        let value = point.value_deg;
        if value >= outing.peak_deg {
            (outing.peak_deg, outing.turn, outing.valley_deg) = (value, point.at, value);
            (outing.fastest_return, outing.back_since) = (0.0, None);
        }
        outing.valley_deg = outing.valley_deg.min(value);
        outing.fastest_return = outing.fastest_return.max(-self.speed);
        // The neutral is the lowest level that counts: who starts from beyond it has still only come back to it.
        let from = outing.from_deg.max(0.0);
        let excursion = outing.peak_deg - from;
        let is_back = value
            <= from
                + self
                    .signal
                    .rest
                    .min(excursion * 0.5)
                    .max(excursion * tuning::BACK_SHARE);
        if !is_back {
            outing.back_since = None;
        } else if outing.back_since.is_none() {
            outing.back_since = Some(point.at);
        }
        let back_secs = outing
            .back_since
            .map_or(0.0, |since| point.at.seconds_since(since));
        let is_slow =
            -self.speed < tuning::SLOW_DEG_PER_SEC.max(outing.fastest_return * tuning::SLOW_SHARE);
        let has_returned =
            back_secs >= tuning::BACK_SECS && (is_slow || back_secs >= tuning::LINGER_SECS);
        let has_turned_outward = excursion >= self.signal.min_rom
            && outing.peak_deg - outing.valley_deg >= excursion * tuning::REVERSAL_FALL_SHARE
            && value - outing.valley_deg
                >= (excursion * tuning::REVERSAL_RISE_SHARE).max(5.0_f64.min(self.signal.min_rom));
        if has_returned || has_turned_outward {
            self.level_deg = outing
                .valley_deg
                .min(excursion)
                .max(-tuning::LEVEL_BOUND_DEG);
            self.left_level = point.at;
            self.state = State::Settling {
                since: point.at,
                lowest_deg: outing.valley_deg,
            };
            return Some(self.count(outing, point.at).unwrap_or_else(|| {
                self.state = State::Rest;
                Change::Abandoned
            }));
        }
        self.state = State::Out(outing);
        None
    }

    fn settle(&mut self, point: Point, since: SessionTime, lowest_deg: f64) -> Option<Change> {
        let lowest_deg = lowest_deg.min(point.value_deg);
        let has_settled = self.speed.abs() < tuning::SETTLED_DEG_PER_SEC
            || point.value_deg > lowest_deg + tuning::AT_REST_DEG
            || point.at.seconds_since(since) > tuning::SETTLE_PATIENCE_SECS;
        if has_settled {
            self.level_deg = lowest_deg.clamp(-tuning::LEVEL_BOUND_DEG, f64::INFINITY);
            self.left_level = point.at;
            self.state = State::Rest;
            return Some(Change::Settled);
        }
        self.state = State::Settling { since, lowest_deg };
        None
    }

    fn count(&mut self, outing: Outing, counted: SessionTime) -> Option<Change> {
        let rom_deg = outing.peak_deg - outing.from_deg.max(0.0);
        let secs = counted.seconds_since(outing.start);
        let is_something_else = self.signal.max_rom.is_some_and(|most| rom_deg > most);
        if rom_deg < self.signal.min_rom || secs < self.signal.min_rep_s || is_something_else {
            return None;
        }
        let doubt = if outing.is_doubtful {
            Some(Doubt::NotSeen)
        } else if secs > self.signal.max_rep_s {
            Some(Doubt::TooLong)
        } else {
            self.is_unlike_the_others(rom_deg, secs)
                .then_some(Doubt::Unlike)
        };
        let kind = match (doubt, self.signal.full_rom) {
            (Some(_), _) => RepKind::Doubtful,
            (None, Some(full)) if rom_deg < full => RepKind::Partial,
            _ => RepKind::Full,
        };
        if kind != RepKind::Doubtful {
            self.usual.push((rom_deg, secs));
            // Enough to tell what is usual, and bounded however long the session.
            if self.usual.len() > 15 {
                self.usual.remove(0);
            }
            self.usual_secs = median(self.usual.iter().map(|(_, secs)| *secs).collect());
        }
        Some(Change::Counted(Excursion {
            start: outing.start,
            turn: outing.turn,
            counted,
            peak_deg: outing.peak_deg,
            rom_deg,
            kind,
            doubt,
        }))
    }

    fn is_unlike_the_others(&self, rom_deg: f64, secs: f64) -> bool {
        if self.usual.len() < tuning::USUAL_REPS {
            return false;
        }
        let usual_rom = median(self.usual.iter().map(|(rom, _)| *rom).collect()).unwrap_or(0.0);
        let usual_secs = self.usual_secs().unwrap_or(0.0);
        rom_deg < usual_rom * tuning::UNLIKE_SHARE && secs < usual_secs * tuning::UNLIKE_SHARE
    }

    fn departure_deg(&self) -> f64 {
        tuning::DEPARTURE_DEG.min(self.signal.min_rom / 2.0)
    }
}

/// A resting level no further from the start pose than it may be.
fn bounded(level_deg: f64) -> f64 {
    level_deg.clamp(-tuning::LEVEL_BOUND_DEG, tuning::LEVEL_BOUND_DEG)
}

/// The middle value; `None` of nothing.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coach::trace::tests::course;
    use crate::exercise::{Confidence, SignalAngle};

    fn bench() -> Signal {
        Signal {
            angle: SignalAngle::Eta,
            placements: Vec::new(),
            rest: 15.0,
            min_rom: 30.0,
            full_rom: Some(60.0),
            max_rom: Some(150.0),
            min_rep_s: 0.8,
            max_rep_s: 20.0,
            confidence: Confidence::High,
        }
    }

    fn count(values: &[f64]) -> Vec<RepKind> {
        let mut detector = RepDetector::new(&bench());
        let mut kinds = Vec::new();
        for (k, value) in values.iter().enumerate() {
            let at = SessionTime::from_seconds(k as f64 * 0.01);
            let point = Point {
                at,
                value_deg: *value,
                validity: Validity::Good,
            };
            if let Some(Change::Counted(excursion)) = detector.update(point) {
                kinds.push(excursion.kind);
            }
        }
        kinds
    }

    use RepKind::{Doubtful, Full, Partial};

    #[test]
    fn full_half_and_held_repetitions_are_all_counted() {
        let values = course(&[
            (0.0, 1.0),
            (75.0, 2.0),
            (0.0, 1.5),
            (0.0, 1.0),
            (40.0, 1.0),
            (0.0, 1.0),
            (75.0, 2.0),
            (75.0, 6.0),
            (0.0, 2.0),
            (0.0, 1.0),
        ]);
        assert_eq!(count(&values), [Full, Partial, Full]);
    }

    #[test]
    fn two_half_repetitions_are_not_one() {
        let values = course(&[
            (70.0, 2.0),
            (25.0, 1.0),
            (70.0, 1.0),
            (0.0, 1.5),
            (0.0, 1.0),
        ]);
        assert_eq!(count(&values), [Full, Partial]);
    }

    #[test]
    fn a_bounce_at_the_bottom_is_not_a_repetition() {
        let values = course(&[
            (75.0, 1.5),
            (60.0, 0.4),
            (75.0, 0.4),
            (0.0, 1.5),
            (0.0, 1.0),
        ]);
        assert_eq!(count(&values), [Full]);
    }

    #[test]
    fn fidgeting_is_not_a_repetition() {
        let values = course(&[
            (20.0, 0.8),
            (0.0, 0.8),
            (25.0, 1.0),
            (-5.0, 1.0),
            (12.0, 0.5),
            (0.0, 0.5),
        ]);
        assert_eq!(count(&values), []);
    }

    #[test]
    fn who_never_comes_quite_back_still_does_repetitions() {
        let values = course(&[
            (75.0, 2.0),
            (30.0, 1.5),
            (75.0, 1.5),
            (30.0, 1.5),
            (75.0, 1.5),
            (0.0, 1.5),
            (0.0, 0.5),
        ]);
        assert_eq!(count(&values).len(), 3);
    }

    #[test]
    fn an_excursion_through_a_gap_is_doubtful() {
        let mut detector = RepDetector::new(&bench());
        let values = course(&[(75.0, 2.0), (0.0, 2.0), (0.0, 1.0)]);
        let mut kinds = Vec::new();
        for (k, value) in values.iter().enumerate() {
            if (150..250).contains(&k) {
                continue;
            }
            let at = SessionTime::from_seconds(k as f64 * 0.01);
            if let Some(Change::Counted(excursion)) = detector.update(Point {
                at,
                value_deg: *value,
                validity: Validity::Good,
            }) {
                kinds.push(excursion.kind);
            }
        }
        assert_eq!(kinds, [Doubtful]);
    }

    /// Feeds a course and ends the set after `ended` samples; the kinds counted before, by, and after it.
    fn count_with_end(values: &[f64], ended: usize) -> Vec<RepKind> {
        let mut detector = RepDetector::new(&bench());
        let mut kinds = Vec::new();
        for (k, value) in values.iter().enumerate() {
            let change = detector.update(Point {
                at: SessionTime::from_seconds(k as f64 * 0.01),
                value_deg: *value,
                validity: Validity::Good,
            });
            let last = (k == ended).then(|| detector.finish()).flatten();
            kinds.extend(
                [change, last]
                    .into_iter()
                    .filter_map(|change| match change? {
                        Change::Counted(excursion) => Some(excursion.kind),
                        _ => None,
                    }),
            );
        }
        kinds
    }

    #[test]
    fn a_set_ended_on_the_way_back_counts_its_last_repetition_once() {
        let twice = [(75.0, 2.0), (0.0, 2.0), (0.0, 1.0)].repeat(2);
        assert_eq!(count_with_end(&course(&twice), 305), [Full, Full]);
    }

    #[test]
    fn a_set_ended_at_the_far_end_leaves_no_repetition_behind() {
        let values = course(&[(75.0, 2.0), (75.0, 2.0), (0.0, 2.0), (0.0, 1.0)]);
        assert_eq!(count_with_end(&values, 300), []);
    }

    #[test]
    fn a_gap_far_below_the_start_pose_is_survived() {
        let mut detector = RepDetector::new(&bench());
        let values = course(&[(75.0, 2.0), (-90.0, 1.5), (-75.0, 0.5), (-75.0, 1.0)]);
        for gap in 250..350 {
            for (k, value) in values.iter().enumerate() {
                if (gap..gap + 60).contains(&k) {
                    continue;
                }
                detector.update(Point {
                    at: SessionTime::from_seconds(k as f64 * 0.01),
                    value_deg: *value,
                    validity: Validity::Good,
                });
            }
            detector = RepDetector::new(&bench());
        }
    }

    #[test]
    fn a_brisk_set_without_pauses_is_counted() {
        let mut moves = Vec::new();
        for _ in 0..10 {
            moves.extend([(80.0, 0.8), (0.0, 0.8)]);
        }
        moves.push((0.0, 1.0));
        assert_eq!(count(&course(&moves)).len(), 10);
    }

    #[test]
    fn the_count_comes_within_an_eighth_of_a_second_of_the_end() {
        let mut detector = RepDetector::new(&bench());
        let values = course(&[(75.0, 2.0), (0.0, 1.5), (0.0, 1.0)]);
        let counted = values.iter().enumerate().find_map(|(k, value)| {
            let at = SessionTime::from_seconds(k as f64 * 0.01);
            match detector.update(Point {
                at,
                value_deg: *value,
                validity: Validity::Good,
            })? {
                Change::Counted(excursion) => Some(excursion.counted.seconds()),
                _ => None,
            }
        });
        let late = counted.unwrap() - 3.5;
        assert!(late < 0.125, "{late} s late");
    }
}
