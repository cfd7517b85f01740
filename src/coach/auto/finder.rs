//! Where exercise is: chains of alike repetitions become sets.
//!
//! Each step of [`super::strokes::STEPS_DEG`] has its chain; a chain speaks for repetitions of its own size only, so
//! that one movement is counted once. Three alike repetitions in a row are exercise: two happen by chance (sitting
//! down and getting up bends the trunk twice). From then on each further one is counted at once. What is done while
//! walking is not counted.

use std::collections::VecDeque;

use super::chain::{Chain, Cycle, Usual};
use super::place::{PER_SEC, Place, Places};
use super::recognize::{Kind, recognize};
use super::strokes::STEPS_DEG;
use crate::coach::gait::Gait;
use crate::motion::Attitude;
use crate::units::SessionTime;

/// So many alike repetitions in a row are exercise.
const ENOUGH: usize = 3;

/// A chain speaks for repetitions of at least so many of its steps: smaller ones are no clear strokes of it.
const FEWEST_STEPS: f64 = 2.2;

/// Places remembered: the longest repetition and the rest before it.
const PATH_SECS: f64 = 60.0;

/// The gait is asked so often, seconds.
const GAIT_EVERY: f64 = 1.0;

/// What was found.
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
    places: Places,
    path: VecDeque<Place>,
    chains: Vec<Chain>,
    gait: Gait,
    gait_asked: SessionTime,
    walked: Option<SessionTime>,
    set: Option<Set>,
    /// Up to here everything was counted.
    counted: Option<SessionTime>,
}

#[derive(Clone, Debug)]
struct Set {
    cycles: VecDeque<Cycle>,
    usual: Usual,
    /// The first way out began between both ends, and the way back passed it: then the last one that only comes back as far leads
    /// to where the wearer came from. Who lies down, does five sit-ups and gets up lies down six times.
    began_halfway: bool,
    told: Option<Kind>,
}

impl Default for Finder {
    fn default() -> Finder {
        Finder::new()
    }
}

impl Finder {
    /// A finder that has seen nothing.
    pub fn new() -> Finder {
        Finder {
            places: Places::default(),
            path: VecDeque::new(),
            chains: STEPS_DEG.map(Chain::new).to_vec(),
            gait: Gait::default(),
            gait_asked: SessionTime::ZERO,
            walked: None,
            set: None,
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

    /// Readings are missing. Gives how many repetitions of the set under way would have fitted in.
    pub fn gap(&mut self, from: SessionTime, to: SessionTime) -> u32 {
        let unseen = to.seconds_since(from);
        let Some(set) = &self.set else { return 0 };
        let last = set.cycles.back().map_or(from, |cycle| cycle.end);
        let rested = from.seconds_since(last);
        if unseen < set.usual.seconds || rested > set.usual.longest_rest() {
            return 0;
        }
        // A float-to-integer `as` saturates.
        (unseen / set.usual.seconds).floor() as u32
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
            let path = &self.path;
            let cycle = self
                .chains
                .get_mut(index)
                .and_then(|chain| chain.finish(path));
            if let Some(cycle) = cycle {
                self.cycle(index, cycle, found);
            }
        }
        if self.set.take().is_some() {
            found.push(Found::Ended);
        }
    }

    fn place(&mut self, place: Place, found: &mut Vec<Found>) {
        self.path.push_back(place);
        while self.path.len() > (PATH_SECS * PER_SEC) as usize {
            self.path.pop_front();
        }
        if place.at.seconds_since(self.gait_asked) >= GAIT_EVERY {
            self.gait_asked = place.at;
            if self.gait.is_walking() {
                self.walked = Some(place.at);
            }
        }
        for index in 0..self.chains.len() {
            let Some(chain) = self.chains.get_mut(index) else {
                continue;
            };
            if let Some(cycle) = chain.update(&place, &self.path) {
                self.cycle(index, cycle, found);
            }
        }
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

    fn cycle(&mut self, index: usize, cycle: Cycle, found: &mut Vec<Found>) {
        let was_walked = self.walked.is_some_and(|walked| walked >= cycle.start);
        if was_walked || self.gait.is_walking() {
            self.chains
                .iter_mut()
                .for_each(|chain| chain.cycles.clear());
            return;
        }
        if let Some(set) = &mut self.set
            && self.counted.is_none_or(|counted| cycle.turn.at > counted)
            && set.usual.is_like(&cycle)
        {
            if set.began_halfway && cycle.is_half_back() {
                self.counted = Some(cycle.end);
                return;
            }
            // Those before it that are like it, though not quite like the set, belong to it as well.
            let chain = self.chains.get(index).into_iter();
            let before = chain.flat_map(|chain| chain.cycles.iter().copied());
            let is_new = |one: &Cycle| {
                self.counted.is_none_or(|counted| one.turn.at > counted)
                    && one.turn.at < cycle.turn.at
            };
            let cycles: Vec<Cycle> = before.filter(is_new).chain([cycle]).collect();
            for cycle in cycles {
                set.cycles.push_back(cycle);
                found.push(Found::Rep(cycle));
            }
            while set.cycles.len() > 5 {
                set.cycles.pop_front();
            }
            if let Some(usual) = Usual::of(set.cycles.iter()) {
                set.usual = usual;
            }
            self.counted = Some(cycle.end);
            self.recognize(found);
            return;
        }
        self.begin(index, found);
    }

    fn begin(&mut self, index: usize, found: &mut Vec<Found>) {
        let Some(chain) = self.chains.get(index) else {
            return;
        };
        // Where one ended a moment ago the next one may begin: the tail of a movement is in both.
        let is_new = |cycle: &&Cycle| self.counted.is_none_or(|counted| cycle.turn.at > counted);
        let fresh: VecDeque<Cycle> = chain.cycles.iter().filter(is_new).copied().collect();
        let Some(usual) = Usual::of(fresh.iter()) else {
            return;
        };
        let cycles: VecDeque<Cycle> = fresh
            .into_iter()
            .filter(|cycle| usual.is_like(cycle))
            .collect();
        if cycles.len() < ENOUGH {
            return;
        }
        let steps = usual.size.1 / STEPS_DEG.get(index).copied().unwrap_or(f64::MAX);
        if steps < FEWEST_STEPS {
            return;
        }
        if self.set.take().is_some() {
            found.push(Found::Ended);
        }
        found.push(Found::Started);
        found.extend(cycles.iter().copied().map(Found::Rep));
        self.counted = cycles.back().map(|cycle| cycle.end);
        self.set = Some(Set {
            began_halfway: cycles.front().is_some_and(Cycle::is_half_out),
            cycles,
            usual,
            told: None,
        });
        self.recognize(found);
    }

    fn recognize(&mut self, found: &mut Vec<Found>) {
        let Some(set) = &mut self.set else { return };
        let kind = recognize(&set.cycles);
        if set.told.is_none_or(|told| told.movement != kind.movement) {
            set.told = Some(kind);
            found.push(Found::Recognized(kind));
        }
    }
}
