//! Repetitions in which the trunk turns about the hips: hyperextension, good morning, superman.

mod apply;

use super::body::Dof;
use super::exercises::Exercise;
use super::faults::Fault;
use super::script::{PlannedRep, Script};
use super::trajectory::minimum_jerk_speed;
use crate::input::Side;
use apply::apply;

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
    /// In how many pieces the raise comes.
    jerks: u32,
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
        jerks: 1,
        knees: 0.0,
    }
}

/// How deep a bounce dips, degrees.
const BOUNCE_DEPTH: f64 = 12.0;

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
            None if rep.jerks > 1 => jerking(script, dof, depart, rep.back, target, rep.jerks),
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

/// Separate strokes one after the other.
fn jerking(script: &mut Script<'_>, dof: Dof, start: f64, duration: f64, target: f64, jerks: u32) {
    let part = 1.0 / f64::from(jerks);
    let all = target.to_radians() - script.movement.planned(dof);
    for number in 0..jerks {
        let begin = start + duration * part * f64::from(number);
        let track = script.movement.track(dof);
        track.glide_by(begin, duration * part, all * part);
    }
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
