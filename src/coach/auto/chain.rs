//! Strokes that belong together: out and back again, and the same once more.
//!
//! Out and back is a repetition if the way back goes against the way out and is about as long. Repetitions are
//! alike if they go the same way, about as far, in about the same time. Whoever passes the middle (bends forward and
//! backward, to the left and to the right) goes out to one side first and comes back across to the other: that is
//! one repetition, and the first way out is then half as long as the way back.

use std::collections::VecDeque;

use nalgebra::Vector4;

use super::place::Place;
use super::strokes::{Cut, Stroke, Strokes};
use crate::units::SessionTime;

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
/// Neither way is shorter than this share of the usual shorter way.
const SHORTER: f64 = 0.4;
/// A way is only part of another if it is no longer than this share of it: the middle between half and the whole.
const HALF_SHARE: f64 = 0.75;
/// How alike they are in time.
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
}

impl Cycle {
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
            seconds: median(cycles.map(Cycle::seconds))?,
            way: way.try_normalize(1e-6)?,
        })
    }

    /// Whether a repetition is like these.
    pub fn is_like(&self, cycle: &Cycle) -> bool {
        let way = cycle.way();
        let (size, usual) = (cycle.size(), self.size);
        size.0 >= usual.0 * SHORTER
            && size.0 <= usual.1 * SAME_SIZE
            && usual.0 <= size.1 * SAME_SIZE
            && SAME_TIME.contains(&(cycle.seconds() / self.seconds))
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

/// Repetitions at one step.
#[derive(Clone, Debug)]
pub struct Chain {
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
    pub fn new(step_deg: f64) -> Chain {
        Chain {
            strokes: Strokes::new(step_deg),
            out: None,
            is_back: false,
            cycles: VecDeque::new(),
        }
    }

    /// Takes in the next place. `path` holds the places up to it. Gives a repetition when one is complete; whether
    /// it is like those before shows in [`Chain::cycles`], which then has only this one.
    pub fn update(&mut self, place: &Place, path: &VecDeque<Place>) -> Option<Cycle> {
        let cycle = match self.strokes.update(place)? {
            Cut::Turned(stroke) => self.turned(stroke, path),
            Cut::Rested(stroke) if !self.is_back => {
                let out = self.out?;
                let cycle = self.close(out, stroke, path)?;
                self.is_back = true;
                Some(cycle)
            }
            Cut::Rested(_) => None,
        }?;
        self.add(cycle);
        Some(cycle)
    }

    /// Nothing is under way, and nothing is alike any more.
    pub fn forget(&mut self) {
        *self = Chain::new(self.strokes.step_deg());
    }

    /// Nothing more will come: the stroke under way is as long as it gets.
    pub fn finish(&mut self, path: &VecDeque<Place>) -> Option<Cycle> {
        let open = self.strokes.open()?;
        let cycle = self.turned(open, path)?;
        self.add(cycle);
        Some(cycle)
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
        let share = back.length() / out.length();
        if out.likeness(&back) > OPPOSITE || !BACK.contains(&share) {
            return None;
        }
        let cycle = cycle(out, back, path);
        let is_seen = cycle.size().1 >= SHAKEN * cycle.turn.noise_deg.max(cycle.to.noise_deg);
        (is_seen && (SHORTEST_SECS..=LONGEST_SECS).contains(&cycle.seconds())).then_some(cycle)
    }

    fn add(&mut self, cycle: Cycle) {
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
    }
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
    let held = |place: &&Place| place.distance(&turn) <= out.length() * HELD_SHARE;
    let edge = |place: Option<&Place>| place.map_or(turn.at, |place| place.at);
    let hold_from = edge(before().take_while(held).last());
    let hold_to = edge(after().take_while(held).last());
    Cycle {
        start: rest(before(), &turn, out.length(), out.from.at),
        from: out.from,
        turn,
        end: rest(after(), &turn, back.length(), back.to.at),
        to: back.to,
        hold_s: hold_to.seconds_since(hold_from).max(0.0),
    }
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
    let mut moving = away.clone().take_while(is_within).peekable();
    let mut ahead = away.take_while(is_within);
    let mut next = ahead.next();
    while let Some(place) = moving.next() {
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
