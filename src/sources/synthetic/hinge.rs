//! Repetitions in which the trunk turns about the hips: hyperextension, good morning, superman.

use super::body::Dof;
use super::exercises::Exercise;
use super::faults::Fault;
use super::script::{PlannedRep, Script};
use super::trajectory::{minimum_jerk, minimum_jerk_speed};
use crate::input::Side;

/// One repetition, as the wearer means to do it. Angles in degrees from the pose of the exercise.
#[derive(Clone, Debug)]
struct Rep {
    out: f64,
    turn: f64,
    back: f64,
    rest: f64,
    /// Where the thorax turns and where it ends.
    peak: f64,
    top: f64,
    /// What the pelvis does of it, and where it ends.
    pelvis_share: f64,
    pelvis_top: f64,
    /// Roll of the whole trunk around the turn.
    side: f64,
    /// How uneven the strokes are: a second, shorter stroke laid over each, as a share.
    uneven: f64,
    /// Length of the dip at the turn, where it bounces, s.
    bounce: Option<f64>,
    /// Speed in the middle of the raise against its mean, where it sticks.
    stick: Option<f64>,
    /// How far the knees come forward, degrees.
    knees: f64,
}

/// Where the trunk was in the start pose, degrees: what the wearer comes back to.
#[derive(Clone, Copy)]
struct Line {
    thorax: f64,
    pelvis: f64,
}

/// Plans one set.
pub(crate) fn perform_set(script: &mut Script<'_>, set: u32) {
    let count = script.scenario.reps;
    let line = Line {
        thorax: script.movement.planned(Dof::ThoraxPitch).to_degrees(),
        pelvis: script.movement.planned(Dof::PelvisPitch).to_degrees(),
    };
    for index in 0..count {
        let mut rep = natural(script);
        let mut faults = Vec::new();
        for (fault, factor) in script.scenario.faults_in(set, index) {
            let rest = rep.rest;
            apply(
                &mut rep,
                script,
                fault,
                factor,
                f64::from(index) / f64::from(count.max(2) - 1),
            );
            if fault == Fault::NoHold && index + 1 == count {
                // After the last one the wearer stays, as everybody does.
                rep.rest = rest;
            } else if !fault.is_of_set() {
                faults.push(fault.name().to_owned());
            }
        }
        perform(script, set, line, &rep, faults);
    }
}

fn natural(script: &mut Script<'_>) -> Rep {
    let exercise = script.scenario.exercise;
    let timing = exercise.timing(script.scenario.tempo);
    let chance = &mut script.chance;
    let mut about = |value: f64| value * (1.0 + chance.vary(0.028));
    let (out, turn, back, rest) = (
        about(timing.out),
        about(timing.turn),
        about(timing.back),
        about(timing.rest),
    );
    let peak = about(exercise.range(script.scenario.tempo));
    let top = if exercise == Exercise::Superman {
        0.0
    } else {
        0.6 + chance.vary(1.1)
    };
    Rep {
        out,
        turn,
        back,
        rest,
        peak,
        top,
        pelvis_share: exercise.pelvis_share() + chance.vary(0.015),
        pelvis_top: top + chance.vary(0.8),
        side: chance.vary(1.4),
        uneven: chance.between(0.05, 0.14) * chance.sign(),
        bounce: None,
        stick: None,
        knees: 0.0,
    }
}

/// Puts a fault into a repetition; `way` is how much of the set is over, 0 to 1.
fn apply(rep: &mut Rep, script: &mut Script<'_>, fault: Fault, factor: f64, way: f64) {
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
        Fault::HoldTooLong => rep.turn = target + 0.4,
        Fault::Rounded => rep.pelvis_share = 1.0 - target / 100.0 * lumflex_max / rep.peak,
        Fault::PelvisPinned => {
            rep.pelvis_share = target;
            rep.pelvis_top = target * rep.top;
        }
        Fault::LumbarExtension => {
            rep.top = -2.0;
            rep.pelvis_top = rep.top - target;
        }
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
    if !matches!(fault, Fault::Twisted | Fault::KneesBent | Fault::Rounded) {
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
/// How deep a bounce dips, degrees.
const BOUNCE_DEPTH: f64 = 12.0;

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

/// Lays the strokes of one repetition into the movement.
fn perform(script: &mut Script<'_>, set: u32, line: Line, rep: &Rep, faults: Vec<String>) {
    let leave = script.now;
    let arrive = leave + rep.out;
    let depart = arrive + bottom_length(rep);
    let back = depart + rep.back;
    let pelvis_peak = line.pelvis + rep.pelvis_share * rep.peak;
    stroke(
        script,
        Dof::ThoraxPitch,
        leave,
        rep.out,
        line.thorax + rep.peak,
        rep.uneven,
    );
    stroke(
        script,
        Dof::PelvisPitch,
        leave,
        rep.out,
        pelvis_peak,
        -rep.uneven,
    );
    dip(script, rep, arrive, depart);
    raise(script, rep, depart, line);
    lean(script, rep, leave, back);
    legs(script, rep, leave, depart);
    let end = back + rep.rest;
    script.now = end;
    script.reps.push(PlannedRep {
        set,
        side: None,
        faults,
        leave,
        arrive,
        depart,
        back,
        end,
    });
}

fn bottom_length(rep: &Rep) -> f64 {
    rep.bounce.map_or(rep.turn, |dip| 0.4 * dip)
}

/// A stroke with a second, shorter one inside it, early or late.
fn stroke(
    script: &mut Script<'_>,
    dof: Dof,
    start: f64,
    duration: f64,
    target_deg: f64,
    uneven: f64,
) {
    let target = target_deg.to_radians();
    let delta = target - script.movement.planned(dof);
    let track = script.movement.track(dof);
    let part = delta * uneven.abs();
    track.glide_by(start, duration, delta - part);
    if part != 0.0 {
        let begin = if uneven > 0.0 {
            start
        } else {
            start + 0.25 * duration
        };
        track.glide_by(begin, 0.75 * duration, part);
    }
}

/// The bounce: down and up again around the turn, beginning before the way out is over.
fn dip(script: &mut Script<'_>, rep: &Rep, arrive: f64, depart: f64) {
    let Some(length) = rep.bounce else { return };
    let depth = (BOUNCE_DEPTH * rep.peak.signum()).to_radians();
    let start = 0.5 * (arrive + depart - length);
    for (dof, share) in [
        (Dof::ThoraxPitch, 1.0),
        (Dof::PelvisPitch, rep.pelvis_share),
    ] {
        script
            .movement
            .track(dof)
            .bump(start, length, share * depth);
    }
}

fn raise(script: &mut Script<'_>, rep: &Rep, depart: f64, line: Line) {
    for (dof, target) in [
        (Dof::ThoraxPitch, line.thorax + rep.top),
        (Dof::PelvisPitch, line.pelvis + rep.pelvis_top),
    ] {
        match rep.stick {
            None => stroke(script, dof, depart, rep.back, target, rep.uneven),
            Some(ratio) => sticking(script, dof, depart, rep.back, target, ratio),
        }
    }
}

/// Two strokes that overlap so little that the speed between them falls to `ratio` of the mean.
fn sticking(script: &mut Script<'_>, dof: Dof, start: f64, duration: f64, target: f64, ratio: f64) {
    let overlap = sticking_overlap(ratio);
    let one = duration / (2.0 - overlap);
    let half = 0.5 * (target.to_radians() - script.movement.planned(dof));
    let track = script.movement.track(dof);
    track.glide_by(start, one, half);
    track.glide_by(start + one * (1.0 - overlap), one, half);
}

fn sticking_overlap(ratio: f64) -> f64 {
    let (mut low, mut high) = (0.0, 0.8);
    for _ in 0..40 {
        let overlap = 0.5 * (low + high);
        // At the middle both strokes move at the speed of x = overlap / 2.
        let speed = minimum_jerk_speed(0.5 * overlap) * (2.0 - overlap);
        if speed < ratio {
            low = overlap;
        } else {
            high = overlap;
        }
    }
    0.5 * (low + high)
}

/// Twisting or leaning: on the way out, kept around the turn, gone at the end.
fn lean(script: &mut Script<'_>, rep: &Rep, leave: f64, back: f64) {
    let length = back - leave;
    for (dof, share) in [(Dof::ThoraxRoll, 1.0), (Dof::PelvisRoll, 0.8)] {
        let before = script.movement.planned(dof).to_degrees();
        script.turn(dof, leave, 0.42 * length, before + share * rep.side);
        script.turn(dof, leave + 0.62 * length, 0.36 * length, before);
    }
    let yaw = script.chance.vary(1.2).to_radians();
    script
        .movement
        .track(Dof::ThoraxYaw)
        .bump(leave, length, yaw);
}

/// What the legs and hips do: balance in a good morning, lift in a superman, nearly nothing on a bench.
fn legs(script: &mut Script<'_>, rep: &Rep, leave: f64, depart: f64) {
    let height = script.scenario.body.height;
    let share = rep.peak / 75.0;
    match script.scenario.exercise {
        Exercise::GoodMorning => {
            let hips_back = -0.09 * height * share;
            let thigh = -rep.knees.max(7.0 * share.abs());
            let sink = -0.01 * share.abs() - 0.0018 * rep.knees;
            script.shift(leave, rep.out, hips_back, sink);
            script.thighs(leave, rep.out, thigh, 0.6 * rep.knees);
            script.shift(depart, rep.back, -hips_back, -sink);
            script.thighs(depart, rep.back, 0.0, 0.0);
        }
        Exercise::Superman => {
            for (side, lift) in [(Side::Left, 9.0), (Side::Right, 8.0)] {
                script.turn(Dof::Thigh(side), leave, rep.out, 90.0 + lift);
                script.turn(Dof::Thigh(side), depart, rep.back, 90.0);
            }
        }
        _ => {
            script.shift(leave, rep.out, -0.012 * share, -0.006);
            script.shift(depart, rep.back, 0.012 * share, 0.006);
        }
    }
}
