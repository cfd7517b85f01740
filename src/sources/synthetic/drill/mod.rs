//! Exercises as data: key poses, the moves between them, and faults as changes of both.
//!
//! A [`Drill`] is a table. Its repetition leaves a start pose, goes through key poses by minimum-jerk
//! moves with pauses between, and comes back (`rep`); a hold goes into a pose and stays (`hold`). The
//! hips go where the chain puts them when the pose's anchor (a foot, the shoulders, the hands on a
//! bar) stays where it is, so that squats, steps and pull-ups travel as far as the legs or arms say;
//! between two key poses the hips move by the same minimum-jerk course as the joints, so that a
//! planted foot slides by some centimeters: only sensors on that leg would know.

pub(super) mod counted;
pub(super) mod fault;
pub(super) mod hold;
mod library;
mod play;
pub(super) mod pose;
pub(super) mod rep;
pub(super) mod signal;
pub(super) mod way;

pub use fault::DrillFault;

use super::exercises::Tempo;
use super::faults::Fault;
use crate::input::{Placement, Side};
use pose::Pose;
use signal::Signal;

/// An exercise, a hold or a practice that the wearer can do, as data.
pub struct Drill {
    /// The name in exercise files and on the command line.
    pub id: &'static str,
    /// What the ids of its rules begin with.
    pub(crate) prefix: &'static str,
    /// The poses on the way from standing to the start pose, with the time into each, s.
    pub(crate) way_in: &'static [(Pose, f64)],
    /// Where repetitions start, or where holds are rested from.
    pub(crate) start: Pose,
    pub(crate) act: Act,
    /// What a fault can be.
    pub(crate) faults: &'static [DrillFault],
}

/// What is done from the start pose.
pub(crate) enum Act {
    Reps(Reps),
    Hold(Hold),
}

/// One key pose: how long the move into it takes and how long it is kept, slow, normal and brisk, s.
pub(crate) struct Key {
    pub pose: Pose,
    pub secs: [f64; 3],
    pub pause: [f64; 3],
    /// What goes out and back again on the way, degrees: trunk, leading thigh, leading shank.
    pub through: [f64; 3],
}

impl Key {
    pub(crate) const fn new(pose: Pose, secs: [f64; 3], pause: [f64; 3]) -> Key {
        Key {
            pose,
            secs,
            pause,
            through: [0.0; 3],
        }
    }

    pub(crate) const fn through(self, trunk: f64, thigh: f64, shank: f64) -> Key {
        Key {
            through: [trunk, thigh, shank],
            ..self
        }
    }
}

/// Which way a repetition begins, in the words of the exercise files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    Raise,
    Lower,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sides {
    /// Both sides do the same.
    Both,
    /// Left and right in turn.
    Alternate,
    /// One set on the left, the next on the right.
    BySet,
}

/// Repetitions.
pub(crate) struct Reps {
    pub first: First,
    pub sides: Sides,
    /// The way out, the turn, and whatever comes after; the last key is the way back to the start pose.
    pub keys: &'static [Key],
    /// What each placement sees of it; the first whose place is worn counts.
    pub signals: &'static [(Signal, &'static [Placement])],
    /// A whole repetition, in the unit of the signal, for each entry of `signals`.
    pub full: &'static [f64],
    /// A jolt where the foot or the seat lands on the way out, at this share of it: m/s² above gravity.
    pub landing: Option<(f64, f64)>,
    /// What is done once at the end of a set: this share of the way to the far pose, kept for so long, s.
    pub finish: Option<(f64, f64)>,
    /// The hold zone about the far end, in the unit of the signal.
    pub hold_zone: f64,
}

impl Reps {
    /// Ordinary repetitions: out, turn, back.
    pub(crate) const fn new(
        first: First,
        keys: &'static [Key],
        signals: &'static [(Signal, &'static [Placement])],
        full: &'static [f64],
    ) -> Reps {
        Reps {
            first,
            sides: Sides::Both,
            keys,
            signals,
            full,
            landing: None,
            finish: None,
            hold_zone: 8.0,
        }
    }

    pub(crate) const fn by_sides(self, sides: Sides) -> Reps {
        Reps { sides, ..self }
    }

    pub(crate) const fn zone(self, hold_zone: f64) -> Reps {
        Reps { hold_zone, ..self }
    }
}

/// Ranges of θ and |σ| of the trunk by which one is in a hold, degrees.
pub(crate) struct Test {
    pub placements: &'static [Placement],
    pub theta: [f64; 2],
    pub side: [f64; 2],
}

/// Holds.
pub(crate) struct Hold {
    pub pose: Pose,
    pub alternates: bool,
    /// Time into the pose and out of it, how long it is kept, and the rest before the next, s.
    pub secs: f64,
    pub target: [f64; 3],
    pub rest: f64,
    pub tests: &'static [Test],
    /// Tremor and sway: gravity-free acceleration of the hips, m/s².
    pub sway: f64,
    /// Breaths a minute, exhale over inhale, tips of chest and belly, degrees: where breathing is the exercise.
    pub breathing: Option<[f64; 4]>,
}

impl Drill {
    /// Every one.
    pub fn all() -> impl Iterator<Item = &'static Drill> {
        library::ALL.iter().copied()
    }

    /// Looks a fault up by its name.
    pub fn fault(&self, name: &str) -> Option<&'static DrillFault> {
        let own = self.faults.iter().find(|fault| fault.name == name);
        let common = || fault::common(self).find(|fault| fault.name == name);
        own.or_else(common)
    }

    /// Everything that can be done wrong in it.
    pub fn faults(&self) -> impl Iterator<Item = &'static DrillFault> {
        let hidden = |common: &&DrillFault| !self.faults.iter().any(|own| own.name == common.name);
        self.faults.iter().chain(fault::common(self).filter(hidden))
    }

    /// Faults by name, with the slip of a strap, which is nobody's movement.
    pub(crate) fn named_faults(&self) -> Vec<Fault> {
        let mut all: Vec<Fault> = self
            .faults()
            .map(|fault| Fault::by_name(fault.name))
            .collect();
        all.push(Fault::StrapSlip);
        all
    }

    /// The rule of the exercise files that a fault is to fire.
    pub fn rule_of(&self, fault: &DrillFault) -> String {
        match fault.rule.strip_prefix('-') {
            Some(suffix) => format!("{}-{suffix}", self.prefix),
            None => fault.rule.to_owned(),
        }
    }

    /// Whether it is held rather than repeated.
    pub fn is_hold(&self) -> bool {
        matches!(self.act, Act::Hold(_))
    }

    /// Whether its end is not the start pose.
    pub(crate) fn ends_by_itself(&self) -> bool {
        match &self.act {
            Act::Reps(reps) => reps.finish.is_some(),
            Act::Hold(_) => true,
        }
    }

    /// About how long one takes with its rest, s, at most.
    pub(crate) fn longest_secs(&self) -> f64 {
        match &self.act {
            Act::Reps(reps) => reps.keys.iter().map(|key| key.secs[0] + key.pause[0]).sum(),
            Act::Hold(hold) => hold.target[0] + 2.0 * hold.secs + hold.rest,
        }
    }

    /// Whether only one limb does it at a time.
    fn has_sides(&self) -> bool {
        match &self.act {
            Act::Reps(reps) => reps.sides != Sides::Both,
            Act::Hold(hold) => hold.alternates,
        }
    }

    /// Whether left and right take turns.
    pub fn alternates_sides(&self) -> bool {
        match &self.act {
            Act::Reps(reps) => reps.sides == Sides::Alternate,
            Act::Hold(hold) => hold.alternates,
        }
    }

    /// Where sensors are worn where nothing is said: the best place, on both limbs where they take turns.
    pub(crate) fn usual_placements(&self) -> Vec<Placement> {
        let best = self.placements().first().copied().unwrap_or(Placement::T7);
        let both =
            |of: fn(Option<Side>) -> Placement| vec![of(Some(Side::Left)), of(Some(Side::Right))];
        match best {
            Placement::Thigh(_) if self.has_sides() => both(Placement::Thigh),
            Placement::Ankle(_) if self.has_sides() => both(Placement::Ankle),
            best => vec![best],
        }
    }

    /// The places that can count it, best first, without sides.
    pub fn placements(&self) -> Vec<Placement> {
        match &self.act {
            Act::Reps(reps) => reps
                .signals
                .iter()
                .flat_map(|(_, at)| *at)
                .copied()
                .collect(),
            Act::Hold(hold) => hold
                .tests
                .iter()
                .flat_map(|test| test.placements)
                .copied()
                .collect(),
        }
    }
}

impl PartialEq for Drill {
    fn eq(&self, other: &Drill) -> bool {
        self.id == other.id
    }
}

impl Eq for Drill {}

impl std::fmt::Debug for Drill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Slow, normal or brisk.
pub(crate) fn at_tempo([slow, normal, brisk]: [f64; 3], tempo: Tempo) -> f64 {
    match tempo {
        Tempo::Slow => slow,
        Tempo::Normal => normal,
        Tempo::Brisk => brisk,
    }
}
