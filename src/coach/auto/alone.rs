//! A repetition that is done once, with nothing like it before or after.
//!
//! One excursion is weak evidence: sitting down, getting up, lying down and picking something up tilt the trunk as well. It
//! is taken for a repetition only if the wearer held still, went slowly there and back to the very pose they left, and held
//! still again, and if nothing pushed the trunk up or down meanwhile: who sits down drops onto the seat and rises from it by a push of
//! the legs, and who bows does not. Between upright and lying even a slow way there and back is how people lie down and get up.
//! A single knee bend is lost with this: a trunk sensor cannot tell it from sitting on a chair for a moment.

use std::collections::VecDeque;

use super::chain::Cycle;
use super::place::Place;

/// Smaller ones are a shift of weight or a look aside, degrees.
const LEAST_DEG: f64 = 12.0;
/// Larger ones may be the way between upright and lying, degrees.
const MOST_DEG: f64 = 75.0;
/// It takes so long, seconds: faster is a nod or a stoop, slower is a stay.
const SECONDS: std::ops::RangeInclusive<f64> = 2.0..=12.0;
/// It ends where it began to within this share of its way ...
const BACK_SHARE: f64 = 0.1;
/// ... or this, degrees, whichever is more: how well people come back to standing.
const BACK_DEG: f64 = 4.0;
/// The wearer holds still for so long before and after, seconds.
pub const STILL_SECS: f64 = 1.0;
/// ... which is to move no further than this, degrees: sway and the tail of the movement.
const STILL_DEG: f64 = 3.0;
/// The trunk is pushed up and down by no more than this from least to most, m/s². Slow bends of people recorded at the waist
/// stay below 1.2, sitting down and getting up begin at 1.7.
const PUSH: f64 = 1.4;
/// Pushes are means over this, seconds: shorter than one lasts, longer than a shiver ...
const PUSH_SECS: f64 = 0.25;
/// ... against the mean over this, seconds: an accelerometer that is off shows other values in other poses.
const POSE_SECS: f64 = 2.0;

/// Whether a repetition may count without others, as far as is known when it ends.
pub fn may_be_alone(cycle: &Cycle, path: &VecDeque<Place>) -> bool {
    let tilt = cycle.from.turn_to(&cycle.turn);
    let size = cycle.size();
    let apart = cycle.from.distance(&cycle.to);
    (LEAST_DEG..=MOST_DEG).contains(&tilt)
        && SECONDS.contains(&cycle.seconds())
        && apart <= BACK_DEG.max(size.1 * BACK_SHARE)
        // Shaking that an accelerometer alone takes for tilt says nothing of stillness.
        && cycle.turn.noise_deg == 0.0
        && holds_still(path, cycle.start.seconds() - STILL_SECS, cycle.start.seconds())
        && push(cycle, path) <= PUSH
}

/// Whether the wearer held still after it; `path` reaches [`STILL_SECS`] beyond its end.
pub fn stays(cycle: &Cycle, path: &VecDeque<Place>) -> bool {
    let end = cycle.end.seconds();
    holds_still(path, end, end + STILL_SECS)
}

fn holds_still(path: &VecDeque<Place>, from: f64, to: f64) -> bool {
    let first = path.partition_point(|place| place.at.seconds() < from);
    let mut within = path
        .range(first..)
        .take_while(|place| place.at.seconds() <= to);
    let Some(begin) = within.next() else {
        return false;
    };
    // A stretch that was not seen all along was not seen to be still.
    begin.at.seconds() - from < STILL_SECS / 2.0
        && within.all(|place| place.distance(begin) <= STILL_DEG)
}

/// From the strongest push down to the strongest push up, m/s².
fn push(cycle: &Cycle, path: &VecDeque<Place>) -> f64 {
    let mean = |around: f64, secs: f64| {
        let first = path.partition_point(|place| place.at.seconds() < around - secs / 2.0);
        let within = path
            .range(first..)
            .take_while(|place| place.at.seconds() <= around + secs / 2.0);
        let (sum, count) = within.fold((0.0, 0.0), |(sum, count), place| {
            (sum + place.lift, count + 1.0)
        });
        sum / f64::max(count, 1.0)
    };
    let first = path.partition_point(|place| place.at < cycle.start);
    let during = path
        .range(first..)
        .take_while(|place| place.at <= cycle.end);
    let (least, most) = during.fold((0.0_f64, 0.0_f64), |(least, most), place| {
        let at = place.at.seconds();
        let push = mean(at, PUSH_SECS) - mean(at, POSE_SECS);
        (least.min(push), most.max(push))
    });
    most - least
}
