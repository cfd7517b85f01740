//! What the wearer knows how to do: five exercises with a script of their own, and all others as tables.

use std::f64::consts::FRAC_PI_2;

use super::drill::Drill;
use super::faults::Fault::{self, *};

/// An exercise the synthetic wearer can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exercise {
    /// Back extension on a 45° bench.
    Hyperext45,
    /// Back extension on a horizontal Roman chair.
    Hyperext90,
    /// Chest and legs lifted, lying face down.
    Superman,
    /// Opposite arm and leg on hands and knees.
    BirdDog,
    /// Standing forward bend from the hips.
    GoodMorning,
    /// Any other: a table of poses and moves.
    Drill(&'static Drill),
}

/// How fast the wearer moves by nature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tempo {
    /// As a careful beginner.
    Slow,
    /// As coaches ask for.
    #[default]
    Normal,
    /// As fast as the limits allow.
    Brisk,
}

impl Tempo {
    /// All three.
    pub const ALL: [Tempo; 3] = [Tempo::Slow, Tempo::Normal, Tempo::Brisk];

    fn pick<T>(self, [slow, normal, brisk]: [T; 3]) -> T {
        match self {
            Tempo::Slow => slow,
            Tempo::Normal => normal,
            Tempo::Brisk => brisk,
        }
    }
}

/// Durations of a repetition's phases, s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub out: f64,
    pub turn: f64,
    pub back: f64,
    pub rest: f64,
}

/// The pose an exercise starts from, and what a repetition is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pose {
    /// Inclination of the trunk, degrees.
    pub trunk: f64,
    /// Inclination of the thighs and shanks, degrees.
    pub thigh: f64,
    pub shank: f64,
    /// Inclination of the arms, degrees.
    pub arm: f64,
    /// Height of the hips, share of the standing height of the hips.
    pub hips: f64,
}

const HYPEREXTENSION_FAULTS: &[Fault] = &[
    Shallow,
    Deep,
    PastTheLine,
    SinkingTop,
    FastLowering,
    Dropped,
    FastRaise,
    HighSpeed,
    Bounced,
    Twisted,
    NoHold,
    Hang,
    Rounded,
    PelvisPinned,
    LumbarExtension,
    StickingPoint,
    Jerked,
    SideBias,
    RangeFading,
    TempoSlowing,
    VelocityLoss,
    TopDrift,
    StrapSlip,
];

const SUPERMAN_FAULTS: &[Fault] = &[
    Shallow,
    TooHigh,
    HoldTooLong,
    Twisted,
    RangeFading,
    StrapSlip,
];

const BIRD_DOG_FAULTS: &[Fault] = &[
    Arched,
    Tucked,
    Rolled,
    ThoraxRolled,
    Scissors,
    ChestDropped,
    LegTooHigh,
    LegTooLow,
    HoldShort,
    HoldTooLong,
    HoldLost,
    Sway,
    FastUp,
    FastDown,
    NoReset,
    UnevenSides,
    HoldFatigue,
    StrapSlip,
];

const GOOD_MORNING_FAULTS: &[Fault] = &[
    Shallow,
    Deep,
    FastLowering,
    Dropped,
    FastRaise,
    HighSpeed,
    Bounced,
    Twisted,
    Rounded,
    PelvisPinned,
    LeaningBack,
    KneesBent,
    StickingPoint,
    Jerked,
    RangeFading,
    TempoSlowing,
    VelocityLoss,
    RoundingCreep,
    StrapSlip,
];

impl Exercise {
    /// Those with a script of their own; [`Exercise::all`] has every one.
    pub const SCRIPTED: [Exercise; 5] = [
        Exercise::Hyperext45,
        Exercise::Hyperext90,
        Exercise::Superman,
        Exercise::BirdDog,
        Exercise::GoodMorning,
    ];

    /// Every exercise, hold and practice.
    pub fn all() -> impl Iterator<Item = Exercise> {
        Exercise::SCRIPTED
            .into_iter()
            .chain(Drill::all().map(Exercise::Drill))
    }

    /// Whether it is held rather than repeated.
    pub fn is_hold(self) -> bool {
        matches!(self, Exercise::Drill(drill) if drill.is_hold())
    }

    /// Whether its end is not the start pose: a hold is over, or a last position is kept.
    pub(crate) fn ends_by_itself(self) -> bool {
        matches!(self, Exercise::Drill(drill) if drill.ends_by_itself())
    }

    /// About how long one repetition or hold takes with its rest, s, at most.
    pub fn longest_secs(self) -> f64 {
        match self {
            Exercise::Drill(drill) => drill.longest_secs(),
            _ => 8.0,
        }
    }

    /// The name in exercise files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Exercise::Hyperext45 => "hyperext_45",
            Exercise::Hyperext90 => "hyperext_90",
            Exercise::Superman => "superman",
            Exercise::BirdDog => "bird_dog",
            Exercise::GoodMorning => "good_morning",
            Exercise::Drill(drill) => drill.id,
        }
    }

    /// The faults that can be put into it.
    pub fn faults(self) -> Vec<Fault> {
        let scripted = match self {
            Exercise::Drill(drill) => return drill.named_faults(),
            Exercise::Hyperext45 | Exercise::Hyperext90 => HYPEREXTENSION_FAULTS,
            Exercise::Superman => SUPERMAN_FAULTS,
            Exercise::BirdDog => BIRD_DOG_FAULTS,
            Exercise::GoodMorning => GOOD_MORNING_FAULTS,
        };
        scripted.to_vec()
    }

    pub(crate) fn pose(self) -> Pose {
        let pose = |trunk, thigh, shank, arm, hips| Pose {
            trunk,
            thigh,
            shank,
            arm,
            hips,
        };
        match self {
            Exercise::Hyperext45 => pose(45.0, 45.0, 45.0, -20.0, 0.95),
            Exercise::Hyperext90 => pose(90.0, 90.0, 90.0, 30.0, 0.95),
            Exercise::Superman => pose(90.0, 90.0, 90.0, -80.0, 0.12),
            Exercise::BirdDog => pose(90.0, 0.0, 90.0, 0.0, 0.50),
            Exercise::GoodMorning | Exercise::Drill(_) => pose(0.0, 0.0, 0.0, -20.0, 1.0),
        }
    }

    pub(crate) fn timing(self, tempo: Tempo) -> Timing {
        let timing = |out, turn, back, rest| Timing {
            out,
            turn,
            back,
            rest,
        };
        match self {
            Exercise::Hyperext45
            | Exercise::Hyperext90
            | Exercise::GoodMorning
            | Exercise::Drill(_) => tempo.pick([
                timing(3.4, 0.7, 2.6, 1.7),
                timing(2.6, 0.4, 2.0, 1.4),
                timing(1.9, 0.25, 1.75, 1.1),
            ]),
            Exercise::Superman => tempo.pick([
                timing(1.8, 3.5, 2.4, 2.0),
                timing(1.4, 2.0, 2.0, 1.5),
                timing(1.2, 1.2, 1.75, 1.1),
            ]),
            Exercise::BirdDog => tempo.pick([
                timing(2.6, 8.5, 2.4, 2.4),
                timing(2.0, 8.0, 2.0, 1.9),
                timing(1.5, 7.2, 1.5, 1.5),
            ]),
        }
    }

    /// How far the trunk goes in a good repetition, degrees from the start pose.
    pub(crate) fn range(self, tempo: Tempo) -> f64 {
        match self {
            Exercise::Hyperext45 | Exercise::Hyperext90 => tempo.pick([76.0, 74.0, 68.0]),
            Exercise::Superman => tempo.pick([-18.0, -17.0, -16.0]),
            Exercise::BirdDog | Exercise::Drill(_) => 0.0,
            Exercise::GoodMorning => tempo.pick([78.0, 75.0, 70.0]),
        }
    }

    /// The pelvis's part of it.
    pub(crate) fn pelvis_share(self) -> f64 {
        match self {
            Exercise::Superman => 0.1,
            Exercise::GoodMorning => 0.76,
            _ => 0.72,
        }
    }

    /// The range that counts as a whole repetition, degrees.
    pub(crate) fn full_range(self) -> f64 {
        match self {
            Exercise::Superman => 12.0,
            Exercise::BirdDog => 70.0,
            _ => 60.0,
        }
    }
}

/// The inclination of a thigh that is level, degrees: the pose in which its elevation is 0.
pub(crate) const LEVEL: f64 = FRAC_PI_2 * 180.0 / std::f64::consts::PI;
