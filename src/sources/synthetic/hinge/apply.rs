//! How each fault changes what the wearer means to do.

use super::{BOUNCE_DEPTH, Rep};
use crate::sources::synthetic::faults::Fault;
use crate::sources::synthetic::script::Script;
use crate::sources::synthetic::trajectory::minimum_jerk;

/// Puts a fault into a repetition; `way` is how much of the set is over, 0 to 1.
pub(super) fn apply(rep: &mut Rep, script: &mut Script<'_>, fault: Fault, factor: f64, way: f64) {
    let exercise = script.scenario.exercise;
    let target = fault.target(exercise, factor);
    let range = (rep.peak - rep.top).abs();
    let lumflex_max = script.scenario.body.lumflex_max_deg;
    match fault {
        Fault::Shallow => rep.peak = target * rep.peak.signum(),
        Fault::Deep => rep.peak = target,
        Fault::TooHigh => rep.peak = -target,
        Fault::PastTheLine | Fault::LeaningBack => {
            rep.top = target;
            rep.pelvis_top = 0.45 * target;
        }
        Fault::SinkingTop => {
            rep.top = target;
            rep.pelvis_top = 0.8 * target;
        }
        Fault::FastLowering => rep.out = target,
        Fault::FastRaise => rep.back = target,
        Fault::Dropped => rep.out = 1.875 * range / target,
        Fault::HighSpeed => {
            rep.out = 1.875 * range / target;
            rep.back = rep.out;
        }
        Fault::Bounced => {
            rep.bounce = Some(target / BOUNCE_DWELL);
            rep.peak -= BOUNCE_DEPTH;
        }
        Fault::Twisted => rep.side = target * script.chance.sign(),
        // The slow ends of the strokes belong to the pause as it is measured.
        Fault::NoHold => {
            // Who turns at once does not creep: slow strokes could not reverse within the time.
            rep.back = rep.back.min(1.75);
            rep.out = rep.out.min(1.9);
            rep.rest = rest_for_hold(rep, target);
        }
        Fault::Hang => rep.turn = target - 0.19 * (rep.back + rep.out),
        // The slow ends of the strokes belong to the hold as well.
        Fault::HoldTooLong => rep.turn = target - 0.8,
        Fault::Rounded => rep.pelvis_share = 1.0 - target / 100.0 * lumflex_max / rep.peak,
        Fault::PelvisPinned => {
            rep.pelvis_share = target;
            rep.pelvis_top = target * rep.top;
        }
        Fault::LumbarExtension => {
            rep.top = -2.0;
            rep.pelvis_top = rep.top - target;
        }
        Fault::Jerked => {
            // Spectral arc length falls by about 0.45 with each further piece, from -2.28 for two.
            let pieces = 2.0 + (-2.28 - target).max(0.0) / 0.45;
            rep.jerks = pieces.round() as u32;
        }
        Fault::SideBias => rep.side = target,
        Fault::StickingPoint => rep.stick = Some(target),
        Fault::KneesBent => rep.knees = target,
        Fault::RangeFading => rep.peak *= 1.0 - fading(target / 100.0, way, script.scenario.reps),
        Fault::TempoSlowing => {
            let past = way * f64::from(script.scenario.reps.max(1) - 1);
            // In shares of the mean of the first three, which is one step slower than the first.
            let step = target / 100.0;
            rep.back *= 1.0 + step / (1.0 - step) * past;
        }
        Fault::VelocityLoss => rep.back /= 1.0 - target / 100.0 * way,
        Fault::TopDrift => {
            let drift = spread(target, way, script.scenario.reps);
            rep.top += drift;
            rep.pelvis_top += drift;
        }
        Fault::RoundingCreep => {
            let more = spread(target, way, script.scenario.reps);
            rep.pelvis_share -= more / rep.peak;
        }
        _ => {}
    }
    if !matches!(
        fault,
        Fault::Twisted | Fault::SideBias | Fault::KneesBent | Fault::Rounded
    ) {
        rep.uneven = 0.0;
    }
}

/// The rest between two repetitions (negative: the strokes overlap) after which the top has been
/// held for `hold` seconds: within 8° of the line and slower than 15 °/s.
fn rest_for_hold(rep: &Rep, hold: f64) -> f64 {
    let range = rep.peak - rep.top;
    let angle = |t: f64, rest: f64| {
        range * (1.0 - minimum_jerk(t / rep.back + 1.0) + minimum_jerk((t - rest) / rep.out))
    };
    let held = |rest: f64| {
        let count = (-300..300).filter(|step| {
            let t = f64::from(*step) * 0.005;
            let speed = (angle(t + 0.002, rest) - angle(t - 0.002, rest)) / 0.004;
            angle(t, rest).abs() < 8.0 && speed.abs() < 15.0
        });
        count.count() as f64 * 0.005
    };
    let (mut low, mut high) = (-0.5 * rep.back.min(rep.out), hold);
    for _ in 0..20 {
        let middle = 0.5 * (low + high);
        if held(middle) < hold {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Share of a bump's length within which it is closer than 5° to a peak of [`BOUNCE_DEPTH`].
const BOUNCE_DWELL: f64 = 0.323;

/// What a straight trend must reach at the end, so that the mean of the last three repetitions
/// differs from that of the first three by `difference`.
fn spread(difference: f64, way: f64, reps: u32) -> f64 {
    let last = f64::from(reps.max(2) - 1);
    difference * way * last / (last - 2.0).max(1.0)
}

/// The same for a loss, a share of the mean of the first three.
fn fading(loss: f64, way: f64, reps: u32) -> f64 {
    let step = 1.0 / f64::from(reps.max(4) - 1);
    // Means at step and 1 - step: (1 - s·step)(1 - loss) = 1 - s(1 - step), solved for the slope s.
    way * loss / (1.0 - step - step * (1.0 - loss))
}
