//! Where exercise is: chains of alike repetitions become sets.
//!
//! Each step of [`super::strokes::STEPS_DEG`] has its chain; a chain speaks for repetitions of its own size only, so
//! that one movement is counted once. Three alike repetitions in a row are exercise: two happen by chance (sitting
//! down and getting up bends the trunk twice). From then on each further one is counted at once. What is done while
//! walking is not counted.

use std::collections::VecDeque;

use super::alone::{STILL_SECS, may_be_alone, stays};
use super::chain::{Chain, Cycle, Usual, median};
use super::place::{PER_SEC, Place, Places, Space};
use super::recognize::{Kind, recognize};
use super::strokes::STEPS_DEG;
use crate::coach::gait::Gait;
use crate::input::Segment;
use crate::motion::Attitude;
use crate::units::SessionTime;

/// So many alike repetitions in a row are exercise.
const ENOUGH: usize = 3;

/// A chain speaks for repetitions of at least so many of its steps: smaller ones are no clear strokes of it.
const FEWEST_STEPS: f64 = 1.8;

/// Repetitions of a set that tell what is usual.
const REMEMBERED: usize = 5;

/// Places remembered: the longest repetition and the rest before it.
const PATH_SECS: f64 = 60.0;

/// The gait is asked so often, seconds.
const GAIT_EVERY: f64 = 1.0;

/// The spaces that are looked at, in the order of [`Finder::paths`].
const SPACES: [Space; 2] = [Space::Tilt, Space::Heading];

/// Repetitions of all chains remembered, whatever became of them: those of one minute.
const RECENT: usize = 128;

/// The end of one repetition may lie so much in the next, seconds: where movement rests is found to a few readings.
const OVERLAP_SECS: f64 = 0.3;

/// What goes before a set is as large as its repetitions within this factor: lying down for sit-ups, or bending to pick something up,
/// goes the same way, and people begin a set fresh and even.
const SIMILAR: f64 = 1.5;

/// Where one movement is seen by several chains at once, one that sees so much more of it is waited for.
const MORE: f64 = 1.5;

/// What was found.
// A handful at a time: an allocation for each repetition would be no gain.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A set begins; its first repetitions follow at once.
    Started,
    /// The movement of the set under way is this, with this confidence.
    Recognized(Kind),
    /// A repetition of the set under way.
    Rep(Cycle),
    /// The set under way is over.
    Ended,
}

/// Finds exercise in the attitudes of one sensor.
#[derive(Clone, Debug)]
pub struct Finder {
    segment: Segment,
    places: Places,
    paths: [VecDeque<Place>; 2],
    chains: Vec<Chain>,
    recent: VecDeque<Cycle>,
    gait: Gait,
    gait_asked: SessionTime,
    walked: Option<SessionTime>,
    set: Option<Set>,
    /// A repetition that may be one by itself, until it is seen whether the wearer stays where it ended.
    alone: Option<Cycle>,
    /// Up to here everything was counted.
    counted: Option<SessionTime>,
}

#[derive(Clone, Debug)]
struct Set {
    space: Space,
    cycles: VecDeque<Cycle>,
    usual: Usual,
    /// The first way out began between both ends, and the way back passed it: then the last one that only comes back as far leads
    /// to where the wearer came from. Who lies down, does five sit-ups and gets up lies down six times.
    began_halfway: bool,
    told: Option<Kind>,
}

impl Finder {
    /// A finder for a sensor worn on this segment, that has seen nothing.
    pub fn new(segment: Segment) -> Finder {
        Finder {
            segment,
            places: Places::default(),
            paths: Default::default(),
            chains: SPACES
                .iter()
                .flat_map(|space| STEPS_DEG.map(|step| Chain::new(*space, step)))
                .collect(),
            recent: VecDeque::new(),
            gait: Gait::default(),
            gait_asked: SessionTime::ZERO,
            walked: None,
            set: None,
            alone: None,
            counted: None,
        }
    }

    /// Takes in one attitude.
    pub fn update(&mut self, attitude: &Attitude, found: &mut Vec<Found>) {
        self.gait.update(attitude);
        if let Some(place) = self.places.update(attitude) {
            self.place(place, found);
        }
    }

    /// Readings are missing. Gives how many repetitions of the set under way would have fitted in: whole ones, at its
    /// pace, and only if the next one was due. Later than that the wearer may have stopped, and nobody knows.
    pub fn gap(&self, from: SessionTime, to: SessionTime) -> u32 {
        let (Some(set), unseen) = (&self.set, to.seconds_since(from)) else {
            return 0;
        };
        let starts = set.cycles.iter().map(|cycle| cycle.start);
        let next = starts.clone().skip(1);
        let pace = starts.zip(next).map(|(one, next)| next.seconds_since(one));
        let (Some(pace), Some(last)) = (median(pace), set.cycles.back()) else {
            return 0;
        };
        let pace = pace.max(set.usual.seconds).max(1.0);
        if from.seconds_since(last.end) > pace {
            return 0;
        }
        let whole = (unseen / pace).floor();
        let fits = unseen - whole * pace >= set.usual.seconds;
        // A float-to-integer `as` saturates.
        whole as u32 + u32::from(fits)
    }

    /// The set under way is over: the wearer said so.
    pub fn end_set(&mut self, found: &mut Vec<Found>) {
        if self.set.take().is_some() {
            found.push(Found::Ended);
        }
        self.chains.iter_mut().for_each(Chain::forget);
    }

    /// Nothing more will come.
    pub fn finish(&mut self, found: &mut Vec<Found>) {
        if let Some(place) = self.places.finish() {
            self.place(place, found);
        }
        for index in 0..self.chains.len() {
            let cycle = self.look(index, Chain::finish);
            if let Some(cycle) = cycle {
                self.cycle(index, cycle, found);
            }
        }
        if self.set.take().is_some() {
            found.push(Found::Ended);
        }
    }

    fn place(&mut self, place: Place, found: &mut Vec<Found>) {
        for (path, space) in self.paths.iter_mut().zip(SPACES) {
            path.push_back(place.within(space));
            while path.len() > (PATH_SECS * PER_SEC) as usize {
                path.pop_front();
            }
        }
        if place.at.seconds_since(self.gait_asked) >= GAIT_EVERY {
            self.gait_asked = place.at;
            if self.gait.is_walking() {
                self.walked = Some(place.at);
            }
        }
        for index in 0..self.chains.len() {
            let cycle = self.look(index, Chain::update);
            if let Some(cycle) = cycle {
                self.cycle(index, cycle, found);
            }
        }
        self.look_at_alone(&place, found);
        let is_over = self.set.as_ref().is_some_and(|set| {
            let last = set.cycles.back().map_or(place.at, |cycle| cycle.end);
            let rested = place.at.seconds_since(last);
            rested > set.usual.longest_rest() + set.usual.seconds
        });
        if is_over {
            self.set = None;
            found.push(Found::Ended);
        }
    }

    fn look(
        &mut self,
        index: usize,
        look: impl FnOnce(&mut Chain, &VecDeque<Place>, &VecDeque<Place>) -> Option<Cycle>,
    ) -> Option<Cycle> {
        let chain = self.chains.get_mut(index)?;
        let [tilt, heading] = &self.paths;
        match chain.space {
            Space::Tilt => look(chain, tilt, heading),
            Space::Heading => look(chain, heading, tilt),
        }
    }

    fn cycle(&mut self, index: usize, cycle: Cycle, found: &mut Vec<Found>) {
        let was_walked = self.walked.is_some_and(|walked| walked >= cycle.start);
        if was_walked || self.gait.is_walking() {
            self.chains
                .iter_mut()
                .for_each(|chain| chain.cycles.clear());
            return;
        }
        self.recent.push_back(cycle);
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        let fresh = self.fresh(index);
        if let Some(set) = &mut self.set
            && fresh.back() == Some(&cycle)
            && set.usual.is_like(&cycle)
        {
            if set.began_halfway && cycle.is_half_back() {
                self.counted = Some(cycle.end);
                return;
            }
            // Those before it in the chain are like it, though they may not have been like the set.
            found.extend(fresh.iter().copied().map(Found::Rep));
            set.cycles.extend(fresh);
            while set.cycles.len() > REMEMBERED {
                set.cycles.pop_front();
            }
            if let Some(usual) = Usual::of(set.cycles.iter()) {
                set.usual = usual;
            }
            self.counted = Some(cycle.end);
            self.recognize(found);
            return;
        }
        if self.set.is_none() && self.begins_alone(index, &fresh) {
            self.alone = fresh.back().copied();
        }
        self.begin(index, fresh, found);
    }

    fn begins_alone(&self, index: usize, fresh: &VecDeque<Cycle>) -> bool {
        let is_tilt = self
            .chains
            .get(index)
            .is_some_and(|chain| chain.space == Space::Tilt);
        let [tilt, _] = &self.paths;
        is_tilt && fresh.back().is_some_and(|cycle| may_be_alone(cycle, tilt))
    }

    /// A repetition by itself begins a set, once the wearer stayed where it ended; others like it join the set.
    fn look_at_alone(&mut self, place: &Place, found: &mut Vec<Found>) {
        let Some(cycle) = self.alone else { return };
        if self.counted.is_some_and(|counted| cycle.turn.at <= counted) || self.set.is_some() {
            self.alone = None;
        } else if place.at.seconds_since(cycle.end) >= STILL_SECS {
            self.alone = None;
            let [tilt, _] = &self.paths;
            if stays(&cycle, tilt) && !self.gait.is_walking() {
                self.start(VecDeque::from([cycle]), Space::Tilt, found);
            }
        }
    }

    /// The repetitions of a chain that were not counted yet. Where one ended a moment ago the next one may begin: the tail of a
    /// movement is in both.
    fn fresh(&self, index: usize) -> VecDeque<Cycle> {
        let is_new = |cycle: &&Cycle| self.counted.is_none_or(|counted| cycle.turn.at > counted);
        self.chains.get(index).map_or_else(VecDeque::new, |chain| {
            chain.cycles.iter().filter(is_new).copied().collect()
        })
    }

    fn begin(&mut self, index: usize, fresh: VecDeque<Cycle>, found: &mut Vec<Found>) {
        let (Some(usual), Some(chain)) = (Usual::of(fresh.iter()), self.chains.get(index)) else {
            return;
        };
        let cycles: VecDeque<Cycle> = fresh
            .into_iter()
            .enumerate()
            .filter(|(index, cycle)| match index {
                0 => usual.is_like_first(cycle),
                _ => usual.is_like(cycle),
            })
            .map(|(_, cycle)| cycle)
            .collect();
        let is_exercise = cycles.len() >= ENOUGH
            && usual.size.1 >= chain.step_deg() * FEWEST_STEPS
            && !self.sees_more(index, &cycles, usual.size.1);
        if !is_exercise {
            return;
        }
        let space = chain.space;
        let cycles = self.with_those_before(cycles, &usual);
        self.start(cycles, space, found);
    }

    /// A set begins with these repetitions.
    fn start(&mut self, cycles: VecDeque<Cycle>, space: Space, found: &mut Vec<Found>) {
        let Some(usual) = Usual::of(cycles.iter()) else {
            return;
        };
        if self.set.take().is_some() {
            found.push(Found::Ended);
        }
        found.push(Found::Started);
        found.extend(cycles.iter().copied().map(Found::Rep));
        self.counted = cycles.back().map(|cycle| cycle.end);
        self.set = Some(Set {
            space,
            began_halfway: cycles.front().is_some_and(Cycle::is_half_out),
            cycles,
            usual,
            told: None,
        });
        self.recognize(found);
    }

    /// Adds what went before the first repetitions of a set and is like them: what is usual was not known by then, and one odd
    /// repetition among the first breaks a chain, though another chain may have seen them.
    fn with_those_before(&self, mut cycles: VecDeque<Cycle>, usual: &Usual) -> VecDeque<Cycle> {
        while let Some(first) = cycles.front() {
            let is_before = |cycle: &&Cycle| {
                let rest = first.start.seconds_since(cycle.end);
                (-OVERLAP_SECS..=usual.longest_rest()).contains(&rest)
                    && self.counted.is_none_or(|counted| cycle.turn.at > counted)
                    && cycle.turn.at < first.start
                    && usual.is_like_first(cycle)
                    && cycle.size().1 <= SIMILAR * usual.size.1
                    && usual.size.1 <= SIMILAR * cycle.size().1
            };
            let before = self.recent.iter().filter(is_before);
            let Some(before) = before.max_by(|a, b| a.end.seconds().total_cmp(&b.end.seconds()))
            else {
                break;
            };
            cycles.push_front(*before);
        }
        cycles
    }

    /// Whether another chain is about to speak for much larger repetitions at the same time.
    fn sees_more(&self, index: usize, cycles: &VecDeque<Cycle>, size: f64) -> bool {
        let since = cycles.front().map(|cycle| cycle.start);
        self.chains
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .any(|(_, other)| {
                let overlaps = other
                    .cycles
                    .iter()
                    .filter(|cycle| Some(cycle.turn.at) > since)
                    .count()
                    >= 2;
                overlaps
                    && Usual::of(other.cycles.iter())
                        .is_some_and(|usual| usual.size.1 > size * MORE)
            })
    }

    fn recognize(&mut self, found: &mut Vec<Found>) {
        let Some(set) = &mut self.set else { return };
        let kind = recognize(&set.cycles, set.space, self.segment);
        if set.told.is_none_or(|told| told.movement != kind.movement) {
            set.told = Some(kind);
            found.push(Found::Recognized(kind));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Validity;
    use crate::units::Angle;
    use nalgebra::{UnitQuaternion, UnitVector3, Vector3};

    const PER_REP_SECS: f64 = 4.0;

    /// Bends to `deg` and back, four seconds each, then rest, read 50 times a second.
    fn bends(finder: &mut Finder, from: f64, sizes: &[f64], rest_secs: f64) -> (f64, Vec<Found>) {
        let mut found = Vec::new();
        let secs = sizes.len() as f64 * PER_REP_SECS + rest_secs;
        for k in 0..(secs * 50.0) as usize {
            let at = k as f64 / 50.0;
            let deg = sizes.get((at / PER_REP_SECS) as usize).unwrap_or(&0.0);
            let share = 0.5 - 0.5 * (std::f64::consts::TAU * at / PER_REP_SECS).cos();
            let tilt = (deg * share).to_radians();
            let up = UnitVector3::new_normalize(Vector3::new(tilt.sin(), 0.0, tilt.cos()));
            let attitude = Attitude {
                at: SessionTime::from_seconds(from + at),
                up,
                world_from_sensor: UnitQuaternion::identity(),
                rate: Some(Vector3::zeros()),
                force: up.into_inner() * crate::units::STANDARD_GRAVITY,
                error: Angle::from_degrees(1.0),
                validity: Validity::Good,
            };
            finder.update(&attitude, &mut found);
        }
        (from + secs, found)
    }

    fn reps(found: &[Found]) -> usize {
        found
            .iter()
            .filter(|one| matches!(one, Found::Rep(_)))
            .count()
    }

    #[test]
    fn two_are_none_and_three_are_three() {
        for (done, counted) in [(2, 0), (3, 3), (8, 8)] {
            let mut finder = Finder::new(Segment::Thorax);
            let (_, mut found) = bends(&mut finder, 0.0, &vec![40.0; done], 5.0);
            finder.finish(&mut found);
            assert_eq!(reps(&found), counted, "{done} done");
        }
    }

    #[test]
    fn an_odd_one_does_not_lose_those_before_it() {
        let mut finder = Finder::new(Segment::Thorax);
        let (_, found) = bends(&mut finder, 0.0, &[40.0, 40.0, 90.0, 40.0, 40.0, 40.0], 5.0);
        assert!(reps(&found) >= 5, "{}", reps(&found));
    }

    #[test]
    fn whole_repetitions_fit_into_a_gap_while_the_set_goes_on() {
        let mut finder = Finder::new(Segment::Thorax);
        let (now, _) = bends(&mut finder, 0.0, &[40.0; 5], 1.0);
        let at = |secs: f64| SessionTime::from_seconds(secs);
        assert_eq!(finder.gap(at(now), at(now + 1.5)), 0);
        assert_eq!(finder.gap(at(now), at(now + 9.0)), 2);
        // Later than the next one was due, the wearer may have stopped.
        let (now, _) = bends(&mut finder, now, &[], 6.0);
        assert_eq!(finder.gap(at(now), at(now + 9.0)), 0);
    }
}
