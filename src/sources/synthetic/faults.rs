//! The faults that can be put into a performance, by name.
//!
//! A fault comes with a factor: the quantity that governs it reaches `factor` times its limit where
//! the fault is to exceed one, and limit / `factor` where it is to stay below one. The limits are
//! those of the exercise reference, written down here once more on purpose: this module shares
//! nothing with the coach. Angles stay within what a body can do, and a short repetition stays a
//! repetition, so very large factors saturate (see [`Governing::possible`]).

use std::fmt;
use std::str::FromStr;

/// Something done wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Does not go deep enough.
    Shallow,
    /// Goes deeper than hips allow.
    Deep,
    /// Rises past the straight line at the top.
    PastTheLine,
    /// Stops short of the top.
    SinkingTop,
    /// Lowers too fast.
    FastLowering,
    /// Lets go: lowering as in a fall.
    Dropped,
    /// Raises too fast.
    FastRaise,
    /// Moves faster at its peak than the limit, both ways.
    HighSpeed,
    /// Reverses at the bottom by bouncing.
    Bounced,
    /// Twists or leans to one side.
    Twisted,
    /// No pause at the top.
    NoHold,
    /// Rests at the bottom.
    Hang,
    /// Bends the lumbar spine at the turn.
    Rounded,
    /// The pelvis hardly takes part.
    PelvisPinned,
    /// Arches the lumbar spine at the top.
    LumbarExtension,
    /// Nearly stops half-way up.
    StickingPoint,
    /// Raises in jerks.
    Jerked,
    /// Superman: lifts the chest too high.
    TooHigh,
    /// Leans back at the end of a good morning.
    LeaningBack,
    /// Bends the knees in a good morning.
    KneesBent,
    /// Bird-dog: the pelvis tips forward, the low back arches.
    Arched,
    /// Bird-dog: the pelvis tucks, the low back rounds.
    Tucked,
    /// Bird-dog: the pelvis opens towards the lifted leg.
    Rolled,
    /// Bird-dog: the thorax rolls.
    ThoraxRolled,
    /// Bird-dog: thorax and pelvis roll against each other.
    Scissors,
    /// Bird-dog: the chest sinks.
    ChestDropped,
    /// Bird-dog: the leg goes above horizontal.
    LegTooHigh,
    /// Bird-dog: the leg stays low.
    LegTooLow,
    /// The hold is too short.
    HoldShort,
    /// The hold is too long.
    HoldTooLong,
    /// Bird-dog: the leg drops during the hold and comes back.
    HoldLost,
    /// Bird-dog: wobbles during the hold.
    Sway,
    /// Bird-dog: lifts too fast.
    FastUp,
    /// Bird-dog: returns too fast.
    FastDown,
    /// Bird-dog: no pause before the next repetition.
    NoReset,
    /// Bird-dog: more repetitions on one side.
    UnevenSides,
    /// Bird-dog: the pelvis tips further from repetition to repetition.
    HoldFatigue,
    /// The range shrinks over the set.
    RangeFading,
    /// The raise slows down over the set.
    TempoSlowing,
    /// Raise speed is lost over the set.
    VelocityLoss,
    /// The top sinks over the set.
    TopDrift,
    /// The back rounds more and more over the set.
    RoundingCreep,
    /// Twists or leans to the same side in every repetition, a little.
    SideBias,
    /// The strap turns on the body between two sets.
    StrapSlip,
    /// One that only an exercise given as a table knows, by its name.
    Named(&'static str),
}

use Fault::*;

/// How a quantity is held against its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A fault is larger than this.
    Above(f64),
    /// A fault is smaller than this.
    Below(f64),
}

impl Bound {
    /// The value at `factor` times the limit, kept within what is possible.
    fn at(self, factor: f64, possible: f64) -> f64 {
        match self {
            Bound::Above(limit) => (limit * factor).min(possible.max(limit)),
            // A limit below zero is exceeded by going further down.
            Bound::Below(limit) if limit < 0.0 => (limit * factor).max(possible.min(limit)),
            Bound::Below(limit) => (limit / factor).max(possible.min(limit)),
        }
    }

    /// Whether a value is a fault.
    pub fn broken_by(self, value: f64) -> bool {
        match self {
            Bound::Above(limit) => value > limit,
            Bound::Below(limit) => value < limit,
        }
    }
}

/// What is measured when a fault is looked for: a quantity of the truth and its limit, the one for
/// a warning where there are two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Governing {
    /// The name in [`TrueRep::quantities`](crate::recording::truth::TrueRep::quantities), or in those of the set.
    pub quantity: &'static str,
    /// The limit, in the quantity's unit.
    pub bound: Bound,
    /// As far as a body goes.
    pub possible: f64,
    /// The quantity belongs to the set.
    pub of_set: bool,
}

impl Fault {
    /// Every fault of the exercises with a script of their own.
    pub const SCRIPTED: [Fault; 44] = [
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
        TooHigh,
        LeaningBack,
        KneesBent,
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
        RangeFading,
        TempoSlowing,
        VelocityLoss,
        TopDrift,
        RoundingCreep,
        SideBias,
        StrapSlip,
    ];

    /// The name typed on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Shallow => "shallow",
            Deep => "deep",
            PastTheLine => "past-the-line",
            SinkingTop => "sinking-top",
            FastLowering => "fast-lowering",
            Dropped => "dropped",
            FastRaise => "fast-raise",
            HighSpeed => "high-speed",
            Bounced => "bounced",
            Twisted => "twisted",
            NoHold => "no-hold",
            Hang => "hang",
            Rounded => "rounded",
            PelvisPinned => "pelvis-pinned",
            LumbarExtension => "lumbar-extension",
            StickingPoint => "sticking-point",
            Jerked => "jerked",
            SideBias => "side-bias",
            TooHigh => "too-high",
            LeaningBack => "leaning-back",
            KneesBent => "knees-bent",
            Arched => "arched",
            Tucked => "tucked",
            Rolled => "rolled",
            ThoraxRolled => "thorax-rolled",
            Scissors => "scissors",
            ChestDropped => "chest-dropped",
            LegTooHigh => "leg-too-high",
            LegTooLow => "leg-too-low",
            HoldShort => "hold-short",
            HoldTooLong => "hold-too-long",
            HoldLost => "hold-lost",
            Sway => "sway",
            FastUp => "fast-up",
            FastDown => "fast-down",
            NoReset => "no-reset",
            UnevenSides => "uneven-sides",
            HoldFatigue => "hold-fatigue",
            RangeFading => "range-fading",
            TempoSlowing => "tempo-slowing",
            VelocityLoss => "velocity-loss",
            TopDrift => "top-drift",
            RoundingCreep => "rounding-creep",
            StrapSlip => "strap-slip",
            Named(name) => name,
        }
    }

    /// What it does to which quantity, in one exercise.
    pub(crate) fn governing(self, exercise: super::Exercise) -> Option<Governing> {
        match exercise {
            super::Exercise::Drill(drill) if self != StrapSlip => {
                drill.fault(self.name()).map(|fault| fault.governing)
            }
            _ if matches!(self, Named(_)) => None,
            _ => Some(self.scripted(exercise)),
        }
    }

    fn scripted(self, exercise: super::Exercise) -> Governing {
        use super::Exercise::{GoodMorning, Superman};
        let gm = exercise == GoodMorning;
        let above = |quantity, limit, possible| rep_rule(quantity, Bound::Above(limit), possible);
        let below = |quantity, limit, possible| rep_rule(quantity, Bound::Below(limit), possible);
        match self {
            Shallow if exercise == Superman => below("rom", 12.0, 8.6),
            Shallow => below("peak", 45.0, 33.0),
            Deep if gm => above("peak", 105.0, 130.0),
            Deep => above("peak", 100.0, 130.0),
            PastTheLine => below("top_min", -10.0, -30.0),
            SinkingTop => above("top", 15.0, 24.0),
            FastLowering => below("t_lower", 1.5, 0.5),
            Dropped => above("omega_peak_lower", 200.0, 420.0),
            FastRaise => below("t_raise", 1.0, 0.4),
            HighSpeed if gm => above("omega_peak", 169.0, 400.0),
            HighSpeed => above("omega_peak", 140.0, 400.0),
            Bounced => below("t_turn", 0.30, 0.10),
            Twisted => above("side_max_abs", 12.0, 40.0),
            NoHold => below("t_hold", 0.5, 0.1),
            Hang => above("t_turn", 3.0, 10.0),
            Rounded => above("lumflex_pct_turn", 80.0, 115.0),
            PelvisPinned if gm => below("pelvis_share", 0.53, 0.20),
            PelvisPinned => below("pelvis_share", 0.40, 0.15),
            LumbarExtension => below("lumflex_min", -15.0, -35.0),
            StickingPoint => below("stick_ratio", 0.25, 0.02),
            Jerked => below("sparc_raise", -2.5, -4.2),
            TooHigh => above("lift", 30.0, 60.0),
            LeaningBack => below("top_min", -8.0, -25.0),
            KneesBent => above("knee_forward", 25.0, 70.0),
            Arched => above("pelvis_pitch_max", 10.0, 40.0),
            Tucked => below("pelvis_pitch_min", -12.0, -40.0),
            Rolled => above("pelvis_roll_max", 10.0, 45.0),
            ThoraxRolled => above("thorax_roll_max", 12.0, 45.0),
            Scissors => above("scissors_max", 10.0, 45.0),
            ChestDropped => above("thorax_pitch_max_abs", 10.0, 40.0),
            LegTooHigh => above("leg_max", 10.0, 40.0),
            LegTooLow => below("leg_hold", -20.0, -40.0),
            HoldShort => below("t_hold", 3.0, 1.0),
            HoldTooLong if exercise == Superman => above("t_hold", 10.0, 60.0),
            HoldTooLong => above("t_hold", 12.0, 60.0),
            HoldLost => above("hold_drop", 15.0, 60.0),
            Sway => above("sway_acc", 0.50, 2.0),
            FastUp => below("t_up", 1.0, 0.4),
            FastDown => below("t_down", 1.0, 0.4),
            NoReset => below("t_reset", 1.0, 0.2),
            UnevenSides => of_set("side_difference", Bound::Above(2.0), 6.0),
            HoldFatigue => of_set("pitch_or_roll_trend", Bound::Above(4.0), 20.0),
            RangeFading => of_set("rom_loss", Bound::Above(25.0), 50.0),
            TempoSlowing => of_set("t_raise_slope", Bound::Above(10.0), 40.0),
            VelocityLoss => of_set("velocity_loss", Bound::Above(35.0), 75.0),
            TopDrift => of_set("top_drift", Bound::Above(8.0), 20.0),
            RoundingCreep => of_set("lumflex_drift", Bound::Above(8.0), 35.0),
            SideBias => of_set("side_bias_abs", Bound::Above(6.0), 20.0),
            StrapSlip => of_set("slip", Bound::Above(8.0), 60.0),
            Named(_) => of_set("", Bound::Above(f64::INFINITY), 0.0),
        }
    }

    /// A fault by its name: one of the scripted, or one of a table.
    pub(crate) fn by_name(name: &'static str) -> Fault {
        let scripted = Fault::SCRIPTED
            .into_iter()
            .find(|fault| fault.name() == name);
        scripted.unwrap_or(Named(name))
    }

    /// Whether it is one of the whole set in the exercises with a script of their own.
    pub(crate) fn is_of_set(self) -> bool {
        self >= UnevenSides
    }

    /// The value that the governing quantity is to reach.
    pub(crate) fn target(self, exercise: super::Exercise, factor: f64) -> f64 {
        self.governing(exercise)
            .map_or(f64::NAN, |rule| rule.target(factor))
    }
}

impl Governing {
    /// The value at so many times the limit, kept within what is possible.
    pub fn target(&self, factor: f64) -> f64 {
        self.bound.at(factor, self.possible)
    }
}

fn rep_rule(quantity: &'static str, bound: Bound, possible: f64) -> Governing {
    Governing {
        quantity,
        bound,
        possible,
        of_set: false,
    }
}

fn of_set(quantity: &'static str, bound: Bound, possible: f64) -> Governing {
    Governing {
        of_set: true,
        ..rep_rule(quantity, bound, possible)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fault that nobody has taught the synthetic wearer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{0}`; use one of {all}", all = names().join(", "))]
pub struct UnknownFault(String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Fault, UnknownFault> {
        names()
            .into_iter()
            .find(|name| *name == text.trim())
            .map(Fault::by_name)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

/// Every name, once.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Fault::SCRIPTED.map(Fault::name).to_vec();
    for fault in super::Drill::all().flat_map(super::Drill::faults) {
        if !names.contains(&fault.name) {
            names.push(fault.name);
        }
    }
    names
}
