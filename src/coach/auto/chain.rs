//! Strokes that belong together: out and back again, and the same once more.
//!
//! Out and back is a repetition if the way back goes against the way out and is about as long. Repetitions are
//! alike if they go the same way, about as far, in about the same time. Whoever passes the middle (bends forward and
//! backward, to the left and to the right) goes out to one side first and comes back across to the other: that is
//! one repetition, and the first way out is then half as long as the way back.

use std::collections::VecDeque;

use nalgebra::Vector4;

use super::place::{Place, Space};
use super::strokes::{Cut, Stroke, Strokes};
use crate::units::SessionTime;

/// A way out so much longer than the way back came from elsewhere, if it came by the place it went back to ...
const FROM_ELSEWHERE: f64 = 1.25;
/// ... as near as this share of the way back.
const NEAR_SHARE: f64 = 0.2;
/// How opposite the way back is to the way out, as a cosine: within 45°, for a limb is lifted and lowered in a loop.
const OPPOSITE: f64 = -0.7;
/// How long the way back is, as a share of the way out: from the middle to one side and all the way to the other is
/// more than twice as far where the other side goes further.
const BACK: std::ops::RangeInclusive<f64> = 0.4..=2.8;
/// How alike ways out are, as a cosine: within 41°.
const SAME_WAY: f64 = 0.75;
/// How alike repetitions are in size, as a factor: tired people do two thirds of what they did when fresh, and each of two
/// is that far from what is usual.
const SAME_SIZE: f64 = 1.5 * 1.5;
/// Neither way is shorter than this share of the usual shorter way: halves are what a set ends with, on the way to something else.
const SHORTER: f64 = 0.5;
/// The same for the first one, whose way out may begin in the middle.
const FIRST_SHORTER: f64 = 0.35;
/// A way is only part of another if it is no longer than this share of it: the middle between half and the whole.
const HALF_SHARE: f64 = 0.75;
/// How alike they are in time: in the whole of it, or in its outer half.
const SAME_TIME: std::ops::RangeInclusive<f64> = 0.4..=2.5;
/// Faster ones are steps, shivers and bounces, seconds.
const SHORTEST_SECS: f64 = 1.0;
/// Longer ones are other things in between, seconds: a long hold of ten seconds and a slow way there and back.
const LONGEST_SECS: f64 = 30.0;
/// A repetition is so many standard deviations of shaking large: from 3.5 below to 3.5 above, where shaking is found
/// once in two thousand readings each.
const SHAKEN: f64 = 7.0;
/// Most of the way is done from this share on.
const MOST_SHARE: f64 = 0.7;
/// It rests where it gets no further than this share of the way ...
const REST_SHARE: f64 = 0.02;
/// ... in so long, seconds: a twelfth of the way in a second, slower than any repetition moves but at its ends.
const REST_OVER_SECS: f64 = 0.25;
/// So near the turn, as a share of the way, is held.
const HELD_SHARE: f64 = 0.2;
/// The longest rest between two repetitions of a set, seconds, and in usual repetitions: whichever is more.
pub const REST_SECS: f64 = 12.0;
/// See [`REST_SECS`].
pub const REST_REPS: f64 = 2.0;
/// A turn of the heading that brings along a tilt is one where it is larger than the tilt by this factor; up to there it may
/// be the heading that is brought along, or that drifts.
const HEADING_OVER_TILT: f64 = 1.3;
/// A tilt is brought along by a turn of the heading that is larger by this factor. In between either may be counted.
const TILT_UNDER_HEADING: f64 = 1.5;
/// Repetitions remembered.
const REMEMBERED: usize = 5;

/// Out and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cycle {
    /// Leaves its rest, or the far end of the repetition before.
    pub start: SessionTime,
    /// Where it leaves from.
    pub from: Place,
    /// Furthest.
    pub turn: Place,
    /// Back.
    pub end: SessionTime,
    /// Where it came back to.
    pub to: Place,
    /// Seconds near the turn.
    pub hold_s: f64,
    /// Seconds beyond half of the shorter way. This is less or more where the wearer came from the middle once and across it
    /// another time; the whole time is less or more where they rested in the middle.
    pub outer_s: f64,
    /// How much the sensor is pushed along the vertical, m/s² RMS without the mean.
    pub lift_rms: f64,
}

impl Cycle {
    /// About how far it goes down and up again, meters: the pushes of an even swing over the time of the repetition. It is
    /// no measure, but tells a squat from a bow.
    pub fn travel_m(&self) -> f64 {
        let omega = std::f64::consts::TAU / self.seconds().max(0.1);
        2.0 * std::f64::consts::SQRT_2 * self.lift_rms / (omega * omega)
    }

    /// The shorter and the longer of both ways, degrees. They differ where the wearer came from, or went on to, the
    /// other side of the middle.
    pub fn size(&self) -> (f64, f64) {
        let (out, back) = (self.from.distance(&self.turn), self.turn.distance(&self.to));
        (out.min(back), out.max(back))
    }

    /// The way out is clearly shorter than the way back.
    pub fn is_half_out(&self) -> bool {
        self.from.distance(&self.turn) < HALF_SHARE * self.turn.distance(&self.to)
    }

    /// The way back is clearly shorter than the way out.
    pub fn is_half_back(&self) -> bool {
        self.turn.distance(&self.to) < HALF_SHARE * self.from.distance(&self.turn)
    }

    /// Seconds from leaving to being back.
    pub fn seconds(&self) -> f64 {
        self.end.seconds_since(self.start)
    }

    /// The way back, turned around: where both sides are passed, it is the whole way.
    pub fn way(&self) -> Vector4<f64> {
        self.turn.x - self.to.x
    }
}

/// What repetitions of a chain have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// The shorter and the longer way, degrees.
    pub size: (f64, f64),
    /// Seconds.
    pub seconds: f64,
    /// Seconds beyond half of the shorter way.
    pub outer_s: f64,
    /// The direction out, of length 1.
    pub way: Vector4<f64>,
}

impl Usual {
    /// Of some repetitions.
    pub fn of<'c>(cycles: impl Iterator<Item = &'c Cycle> + Clone) -> Option<Usual> {
        let way: Vector4<f64> = cycles.clone().map(Cycle::way).sum();
        Some(Usual {
            size: (
                median(cycles.clone().map(|cycle| cycle.size().0))?,
                median(cycles.clone().map(|cycle| cycle.size().1))?,
            ),
            seconds: median(cycles.clone().map(Cycle::seconds))?,
            outer_s: median(cycles.map(|cycle| cycle.outer_s))?,
            way: way.try_normalize(1e-6)?,
        })
    }

    /// Whether a repetition is like these.
    pub fn is_like(&self, cycle: &Cycle) -> bool {
        self.likens(cycle, SHORTER)
    }

    /// Whether a repetition is like these, and perhaps their first one.
    pub fn is_like_first(&self, cycle: &Cycle) -> bool {
        self.likens(cycle, FIRST_SHORTER)
    }

    fn likens(&self, cycle: &Cycle, shorter: f64) -> bool {
        let way = cycle.way();
        let (size, usual) = (cycle.size(), self.size);
        size.0 >= usual.0 * shorter
            && size.0 <= usual.1 * SAME_SIZE
            && usual.0 <= size.1 * SAME_SIZE
            && (SAME_TIME.contains(&(cycle.seconds() / self.seconds))
                || SAME_TIME.contains(&(cycle.outer_s / self.outer_s)))
            && way.dot(&self.way) >= SAME_WAY * way.norm()
    }

    /// The longest rest until the next one, seconds.
    pub fn longest_rest(&self) -> f64 {
        (self.seconds * REST_REPS).max(REST_SECS)
    }
}

/// The middle one; `None` of none.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Repetitions at one step, in one space.
#[derive(Clone, Debug)]
pub struct Chain {
    /// What it is followed by.
    pub space: Space,
    strokes: Strokes,
    /// A stroke that waits for its way back.
    out: Option<Stroke>,
    /// The way back that is open was taken for one already.
    is_back: bool,
    /// Alike repetitions, one after the other, the latest last.
    pub cycles: VecDeque<Cycle>,
}

impl Chain {
    /// An empty chain of strokes of at least this step.
    pub fn new(space: Space, step_deg: f64) -> Chain {
        Chain {
            space,
            strokes: Strokes::new(step_deg),
            out: None,
            is_back: false,
            cycles: VecDeque::new(),
        }
    }

    /// Takes in the newest place of `path`, the places in its own space; `aside` are those in the other one. Gives a repetition when one is complete; whether
    /// it is like those before shows in [`Chain::cycles`], which then has only this one.
    pub fn update(&mut self, path: &VecDeque<Place>, aside: &VecDeque<Place>) -> Option<Cycle> {
        let cycle = match self.strokes.update(path.back()?)? {
            Cut::Turned(stroke) => self.turned(stroke, path),
            Cut::Rested(stroke) if !self.is_back => {
                let out = self.out?;
                let cycle = self.close(out, stroke, path)?;
                self.is_back = true;
                Some(cycle)
            }
            Cut::Rested(_) => None,
        }?;
        self.add(cycle, aside)
    }

    /// The step of its strokes, degrees.
    pub fn step_deg(&self) -> f64 {
        self.strokes.step_deg()
    }

    /// Nothing is under way, and nothing is alike any more.
    pub fn forget(&mut self) {
        *self = Chain::new(self.space, self.strokes.step_deg());
    }

    /// Nothing more will come: the stroke under way is as long as it gets.
    pub fn finish(&mut self, path: &VecDeque<Place>, aside: &VecDeque<Place>) -> Option<Cycle> {
        let open = self.strokes.open()?;
        let cycle = self.turned(open, path)?;
        self.add(cycle, aside)
    }

    fn turned(&mut self, stroke: Stroke, path: &VecDeque<Place>) -> Option<Cycle> {
        if std::mem::take(&mut self.is_back) {
            // The way back ends here, and was counted when it rested; from here the next one goes out.
            self.out = None;
            return None;
        }
        let Some(out) = self.out.take() else {
            self.out = self.may_go_out(&stroke).then_some(stroke);
            return None;
        };
        if let Some(cycle) = self.close(out, stroke, path) {
            return Some(cycle);
        }
        match self.close_in_passing(out, stroke, path) {
            Some((cycle, rest)) => {
                self.out = rest;
                Some(cycle)
            }
            None => {
                self.out = self.may_go_out(&stroke).then_some(stroke);
                None
            }
        }
    }

    /// Whether a stroke may begin the next repetition: while some were done a moment ago, what goes back where they came
    /// from does not, or one way out that was missed would turn all after it around.
    fn may_go_out(&self, stroke: &Stroke) -> bool {
        let (Some(usual), Some(last)) = (Usual::of(self.cycles.iter()), self.cycles.back()) else {
            return true;
        };
        let way = stroke.to.x - stroke.from.x;
        self.cycles.len() < 2
            || stroke.from.at.seconds_since(last.end) > usual.longest_rest()
            || way.dot(&usual.way) > -SAME_WAY * way.norm()
    }

    /// A stroke may hold more than one way: the wearer came from elsewhere, or went on to something else, without
    /// resting in between. Then the way out begins where it came by the place that it came back to, and the way back ends where it
    /// came by the place, or the middle of the way, that it had left from. What is left of the way back may be the next way out.
    fn close_in_passing(
        &self,
        out: Stroke,
        back: Stroke,
        path: &VecDeque<Place>,
    ) -> Option<(Cycle, Option<Stroke>)> {
        let from = nearest(path, &out, &back.to.x);
        let began = from.map(|from| Stroke { from, ..out });
        if let Some(cycle) = began.and_then(|out| self.close(out, back, path)) {
            return Some((cycle, None));
        }
        let middle = (out.from.x + out.to.x) / 2.0;
        [out.from.x, middle].into_iter().find_map(|left| {
            let to = nearest(path, &back, &left)?;
            let cycle = self.close(out, Stroke { to, ..back }, path)?;
            let rest = Stroke { from: to, ..back };
            let is_stroke = rest.length() >= self.strokes.step_deg();
            Some((cycle, is_stroke.then_some(rest)))
        })
    }

    fn close(&self, out: Stroke, back: Stroke, path: &VecDeque<Place>) -> Option<Cycle> {
        let out = if out.length() > back.length() * FROM_ELSEWHERE {
            nearest(path, &out, &back.to.x)
                .filter(|from| from.distance(&back.to) <= back.length() * NEAR_SHARE)
                .map_or(out, |from| Stroke { from, ..out })
        } else {
            out
        };
        let share = back.length() / out.length();
        if out.likeness(&back) > OPPOSITE || !BACK.contains(&share) {
            return None;
        }
        let cycle = cycle(out, back, path);
        let is_seen = cycle.size().1 >= SHAKEN * cycle.turn.noise_deg.max(cycle.to.noise_deg);
        (is_seen && (SHORTEST_SECS..=LONGEST_SECS).contains(&cycle.seconds())).then_some(cycle)
    }

    fn add(&mut self, cycle: Cycle, aside: &VecDeque<Place>) -> Option<Cycle> {
        let (size, aside) = (cycle.size().1, excursion(aside, cycle.start, cycle.end));
        let is_own = match self.space {
            Space::Tilt => aside < size * TILT_UNDER_HEADING,
            Space::Heading => size >= aside * HEADING_OVER_TILT,
        };
        if !is_own {
            self.cycles.clear();
            return None;
        }
        let usual = Usual::of(self.cycles.iter());
        let is_next = usual.is_some_and(|usual| {
            let rest = self
                .cycles
                .back()
                .map_or(0.0, |last| cycle.start.seconds_since(last.end));
            usual.is_like(&cycle) && rest <= usual.longest_rest()
        });
        if !is_next {
            self.cycles.clear();
        }
        self.cycles.push_back(cycle);
        while self.cycles.len() > REMEMBERED {
            self.cycles.pop_front();
        }
        Some(cycle)
    }
}

/// How far a path went aside from the straight way between two moments, degrees: what drifts steadily has gone nowhere.
fn excursion(path: &VecDeque<Place>, start: SessionTime, end: SessionTime) -> f64 {
    let first = path.partition_point(|place| place.at < start);
    let within = || path.range(first..).take_while(|place| place.at <= end);
    let (Some(from), Some(to)) = (within().next(), within().last()) else {
        return 0.0;
    };
    let secs = to.at.seconds_since(from.at).max(1e-3);
    within()
        .map(|place| {
            let share = place.at.seconds_since(from.at) / secs;
            (place.x - from.x.lerp(&to.x, share)).norm()
        })
        .fold(0.0, f64::max)
}

/// Where a stroke came nearest to `x`.
fn nearest(path: &VecDeque<Place>, stroke: &Stroke, x: &Vector4<f64>) -> Option<Place> {
    let away = |place: &Place| (place.x - x).norm_squared();
    path.iter()
        .rev()
        .skip_while(|place| place.at > stroke.to.at)
        .take_while(|place| place.at >= stroke.from.at)
        .min_by(|a, b| away(a).total_cmp(&away(b)))
        .copied()
}

/// The repetition of a way out and a way back.
fn cycle(out: Stroke, back: Stroke, path: &VecDeque<Place>) -> Cycle {
    let turn = out.to;
    let before = || path.iter().rev().skip_while(|place| place.at > turn.at);
    let after_turn = path.partition_point(|place| place.at < turn.at);
    let after = || path.range(after_turn..);
    let within = |radius: f64| {
        let is_near = move |place: &&Place| place.distance(&turn) <= radius;
        let edge = |place: Option<&Place>| place.map_or(turn.at, |place| place.at);
        let from = edge(before().take_while(is_near).last());
        edge(after().take_while(is_near).last()).seconds_since(from)
    };
    let start = rest(before(), &turn, out.length(), out.from.at);
    let end = rest(after(), &turn, back.length(), back.to.at);
    Cycle {
        start,
        from: out.from,
        turn,
        end,
        to: back.to,
        hold_s: within(out.length() * HELD_SHARE),
        outer_s: within(out.length().min(back.length()) / 2.0),
        lift_rms: lift_rms(path, start, end),
    }
}

/// How much the sensor was pushed along the vertical between two moments, m/s² RMS without the mean.
fn lift_rms(path: &VecDeque<Place>, start: SessionTime, end: SessionTime) -> f64 {
    let first = path.partition_point(|place| place.at < start);
    let lifts = || {
        let within = path.range(first..).take_while(|place| place.at <= end);
        within.map(|place| place.lift)
    };
    let count = (lifts().count() as f64).max(1.0);
    let mean = lifts().sum::<f64>() / count;
    (lifts().map(|lift| (lift - mean).powi(2)).sum::<f64>() / count).sqrt()
}

/// When a movement of this length, followed away from its turning point, has come to rest: most of the way is done, and it gets
/// no further. What happens at rest until `last` is not part of it.
fn rest<'p>(
    away: impl Iterator<Item = &'p Place> + Clone,
    turn: &Place,
    length: f64,
    last: SessionTime,
) -> SessionTime {
    let secs = |a: &Place, b: &Place| a.at.seconds_since(b.at).abs();
    let is_within = |place: &&Place| secs(place, turn) <= last.seconds_since(turn.at).abs();
    let far = move |place: &Place| place.distance(turn);
    let moving = away.clone().take_while(is_within);
    let mut ahead = away.take_while(is_within);
    let mut next = ahead.next();
    for place in moving {
        while let Some(candidate) = next
            && secs(candidate, place) < REST_OVER_SECS
        {
            next = ahead.next();
        }
        let grows = next.is_some_and(|next| far(next) - far(place) > length * REST_SHARE);
        if far(place) >= length * MOST_SHARE && !grows {
            return place.at;
        }
    }
    last
}
