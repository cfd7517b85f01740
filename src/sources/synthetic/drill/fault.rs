//! What can be done wrong: a name, the rule it is to fire, the quantity it moves, and how.

use super::hold::Held;
use super::rep::Rep;
use super::{Act, Drill};
use crate::input::{Placement, Side};
use crate::sources::synthetic::body::Body;
use crate::sources::synthetic::faults::{Bound, Governing};
use crate::sources::synthetic::trajectory::{minimum_jerk, minimum_jerk_speed};

/// Something done wrong in one exercise.
#[derive(Clone, Copy)]
pub struct DrillFault {
    /// As typed on the command line.
    pub name: &'static str,
    /// The id of the rule in the exercise files; with a leading `-`, the exercise's own letters go before it.
    pub rule: &'static str,
    /// The quantity of the truth that it moves, and the limit of that rule.
    pub governing: Governing,
    /// The one sensor with which it is seen, where another one sees something else.
    pub seen_at: Option<Placement>,
    pub(crate) change: Change,
}

/// How it is done.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    Rep(fn(&mut Rep, &Aim<'_>)),
    Hold(fn(&mut Held, &Aim<'_>)),
}

/// What a fault is to reach, and in whom.
pub(crate) struct Aim<'a> {
    /// The value of the governing quantity.
    pub target: f64,
    /// Which repetition of how many, from 0.
    pub index: u32,
    pub count: u32,
    pub body: Body,
    /// -1 or 1, drawn for this repetition: to which side, where either will do.
    pub sign: f64,
    /// How far the signal goes in a natural repetition, in its unit, and how high the hips travel, m.
    pub range: f64,
    pub travel: f64,
    /// How far the signal goes between both ends of the movement, and the zone in which it is held.
    pub sweep: f64,
    pub zone: f64,
    /// The share of the way from the start pose to the far one at which the signal has a value.
    pub share_at: &'a dyn Fn(f64) -> f64,
}

impl Aim<'_> {
    /// How much of the set is over, 0 to 1.
    pub(crate) fn way(&self) -> f64 {
        f64::from(self.index) / f64::from(self.count.max(2) - 1)
    }

    /// What a straight trend is at this repetition, whose last three differ from its first three by `difference`.
    pub(crate) fn trend(&self, difference: f64) -> f64 {
        let last = f64::from(self.count.max(2) - 1);
        difference * self.way() * last / (last - 2.0).max(1.0)
    }
}

impl DrillFault {
    /// A fault of a repetition.
    pub(crate) const fn of(
        name: &'static str,
        rule: &'static str,
        governing: Governing,
        change: fn(&mut Rep, &Aim<'_>),
    ) -> DrillFault {
        DrillFault {
            name,
            rule,
            governing,
            seen_at: None,
            change: Change::Rep(change),
        }
    }

    /// A fault of a hold.
    pub(crate) const fn held(
        name: &'static str,
        rule: &'static str,
        governing: Governing,
        change: fn(&mut Held, &Aim<'_>),
    ) -> DrillFault {
        DrillFault {
            name,
            rule,
            governing,
            seen_at: None,
            change: Change::Hold(change),
        }
    }

    /// The same, seen with this sensor alone.
    pub(crate) const fn seen_at(self, placement: Placement) -> DrillFault {
        DrillFault {
            seen_at: Some(placement),
            ..self
        }
    }
}

/// A fault is a quantity above this; a body reaches `possible`.
pub(crate) const fn above(quantity: &'static str, limit: f64, possible: f64) -> Governing {
    Governing {
        quantity,
        bound: Bound::Above(limit),
        possible,
        of_set: false,
    }
}

/// A fault is a quantity below this.
pub(crate) const fn below(quantity: &'static str, limit: f64, possible: f64) -> Governing {
    Governing {
        bound: Bound::Below(limit),
        ..above(quantity, limit, possible)
    }
}

/// The same of a whole set.
pub(crate) const fn of_set(governing: Governing) -> Governing {
    Governing {
        of_set: true,
        ..governing
    }
}

/// Faults that every exercise of a kind has.
pub(super) fn common(drill: &Drill) -> impl Iterator<Item = &'static DrillFault> {
    match drill.act {
        Act::Reps(_) => REPS.iter(),
        Act::Hold(_) => [].iter(),
    }
}

const REPS: &[DrillFault] = &[
    DrillFault::of(
        "range-fading",
        "-FROM",
        of_set(above("rom_loss", 25.0, 50.0)),
        |rep, aim| {
            let step = 1.0 / f64::from(aim.count.max(4) - 1);
            let loss = aim.target / 100.0;
            let fade = aim.way() * loss / (1.0 - step - step * (1.0 - loss));
            rep.go_as_far_as((aim.share_at)(aim.range * (1.0 - fade)));
        },
    ),
    DrillFault::of(
        "tempo-slowing",
        "-FTEMPO",
        of_set(above("tempo_trend", 5.0, 30.0)),
        |rep, aim| {
            let past = f64::from(aim.index);
            let middle = 0.5 * f64::from(aim.count.max(2) - 1);
            // In shares of the median, which is the time in the middle of the set.
            let step = aim.target / 100.0;
            let first = 1.0 - step * middle.min(0.6 / step);
            rep.raise_in(|secs| secs * (first + step * past) / first);
        },
    ),
    DrillFault::of(
        "velocity-loss",
        "-VL",
        of_set(above("velocity_loss", 35.0, 70.0)),
        |rep, aim| {
            let loss = aim.target / 100.0 * aim.way();
            rep.raise_in(|secs| secs / (1.0 - loss));
        },
    ),
];

// What several exercises share, as changes.

pub(crate) fn shallow(rep: &mut Rep, aim: &Aim<'_>) {
    rep.go_as_far_as((aim.share_at)(aim.target));
}

pub(crate) fn lower_in(rep: &mut Rep, aim: &Aim<'_>) {
    rep.lower_in(|_| aim.target);
}

pub(crate) fn raise_in(rep: &mut Rep, aim: &Aim<'_>) {
    rep.raise_in(|_| aim.target);
}

/// Both ways so fast that the signal peaks at the target: a minimum-jerk move peaks at 1.875 times its mean.
pub(crate) fn peak_speed(rep: &mut Rep, aim: &Aim<'_>) {
    rep.raise_in(|_| 1.875 * aim.range / aim.target);
    lower_peak_speed(rep, aim);
}

pub(crate) fn lower_peak_speed(rep: &mut Rep, aim: &Aim<'_>) {
    rep.lower_in(|_| 1.875 * aim.range / aim.target);
}

pub(crate) fn raise_peak_speed(rep: &mut Rep, aim: &Aim<'_>) {
    rep.raise_in(|_| 1.875 * aim.range / aim.target);
}

/// Sinks so fast, m/s.
pub(crate) fn sink_speed(rep: &mut Rep, aim: &Aim<'_>) {
    rep.lower_in(|_| 1.875 * aim.travel / aim.target);
}

/// Reverses by bouncing, so that it is near the far end for this time.
pub(crate) fn bounced(rep: &mut Rep, aim: &Aim<'_>) {
    rep.bounce(aim.target, aim.range);
}

/// Leans to a side in the far pose.
pub(crate) fn side_lean(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.6);
    let by = aim.sign * aim.target - rep.far().pose.thorax.sigma;
    rep.far().pose.thorax.sigma += by;
    rep.far().pose.pelvis.sigma += by;
}

/// The pelvis alone rolls or drops to a side.
pub(crate) fn pelvis_roll(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.6);
    rep.far().pose.pelvis.sigma = rep.start.pelvis.sigma + aim.sign * aim.target;
}

pub(crate) fn thorax_roll(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.6);
    rep.far().pose.thorax.sigma = rep.start.thorax.sigma + aim.sign * aim.target;
}

/// Turns the whole trunk in the far pose.
pub(crate) fn twisted(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.6);
    rep.far().pose.thorax.yaw += aim.sign * aim.target;
    rep.far().pose.pelvis.yaw += aim.sign * aim.target;
}

/// The trunk inclines to this in the far pose, the pelvis along.
pub(crate) fn leaning(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.5);
    let by = aim.target - rep.far().pose.thorax.theta;
    rep.incline(by);
}

/// The same, against the start pose, to either side.
pub(crate) fn pitching(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.6);
    let by = rep.start.thorax.theta + aim.sign * aim.target - rep.far().pose.thorax.theta;
    rep.incline(by);
}

/// The low back is bent to this share of its full range in the far pose: the pelvis stays behind.
pub(crate) fn rounded(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.5);
    let pose = &mut rep.far().pose;
    pose.pelvis.theta = pose.thorax.theta - aim.target / 100.0 * aim.body.lumflex_max_deg;
}

/// The chest comes up after the hips: the trunk inclines further before it rises.
pub(crate) fn hips_first(rep: &mut Rep, aim: &Aim<'_>) {
    rep.raise_hips_first(aim.target);
}

/// What the slow ends of both moves add to a pause between them: slower than 15 °/s and within the hold zone.
pub(crate) fn slow_ends(rep: &Rep, aim: &Aim<'_>) -> f64 {
    let end = |secs: f64| {
        const STEPS: u32 = 400;
        let near = (0..STEPS).take_while(|step| {
            let left = f64::from(*step) / f64::from(STEPS);
            let slow = minimum_jerk_speed(left) * aim.sweep / secs < 15.0;
            slow && minimum_jerk(left) * aim.sweep < aim.zone
        });
        near.count() as f64 / f64::from(STEPS) * secs
    };
    let (out, back) = rep.times();
    end(out) + end(back)
}

/// Stays at the far end for so long, as it is measured: the slow ends of both moves belong to the pause.
pub(crate) fn held_for(rep: &mut Rep, aim: &Aim<'_>) {
    turn_within(rep, aim);
    rep.far().pause = (aim.target - slow_ends(rep, aim)).max(0.0);
}

/// Rests for so short before the next one.
pub(crate) fn no_reset(rep: &mut Rep, aim: &Aim<'_>) {
    turn_within(rep, aim);
    rep.last().pause = (aim.target - slow_ends(rep, aim)).max(0.0);
}

/// Who turns at once does not creep: slow moves could not reverse within the time.
fn turn_within(rep: &mut Rep, aim: &Aim<'_>) {
    for _ in 0..20 {
        if slow_ends(rep, aim) <= aim.target {
            break;
        }
        rep.lower_in(|secs| 0.9 * secs);
        rep.raise_in(|secs| 0.9 * secs);
    }
}

/// Is above 70 % of the way for so long: the last 38.6 % of a minimum-jerk move's time belong to it.
pub(crate) fn far_for(rep: &mut Rep, aim: &Aim<'_>) {
    const TAIL: f64 = 0.386;
    let (out, back) = rep.times();
    let tails = TAIL * (out + back);
    let quick = (0.8 * aim.target / tails).min(1.0);
    rep.lower_in(|secs| quick * secs);
    rep.raise_in(|secs| quick * secs);
    rep.far().pause = (aim.target - quick * tails).max(0.0);
}

/// Gravity-free acceleration in the far pose, m/s².
pub(crate) fn swaying(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(4.0);
    rep.sway = aim.target;
}

/// The left side does less of it than the right one, percent of their mean.
pub(crate) fn uneven_range(rep: &mut Rep, aim: &Aim<'_>) {
    if rep.side == Side::Left {
        // (R - L) / ((R + L) / 2) = s, solved for L / R.
        let s = aim.target / 100.0;
        let less = (1.0 - 0.5 * s) / (1.0 + 0.5 * s);
        rep.go_as_far_as((aim.share_at)(aim.range * less));
    }
}

/// The left side is raised faster than the right one, percent of their mean.
pub(crate) const UNEVEN_TIME: DrillFault = DrillFault::of(
    "uneven-time",
    TIME_ASYMMETRY,
    of_set(above("time_symmetry", 15.0, 70.0)),
    |rep, aim| {
        if rep.side == Side::Left {
            let s = aim.target / 100.0;
            rep.raise_in(|secs| secs * (1.0 - 0.5 * s) / (1.0 + 0.5 * s));
        }
    },
);
const TIME_ASYMMETRY: &str = "-ASYM-TIME";

/// The same, where the exercise's own limit and rule are these.
pub(crate) const fn uneven_time(rule: &'static str, limit: f64) -> DrillFault {
    DrillFault {
        rule,
        governing: of_set(above("time_symmetry", limit, 70.0)),
        ..UNEVEN_TIME
    }
}
