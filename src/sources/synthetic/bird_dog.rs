//! The bird-dog: opposite arm and leg reach out from hands and knees, the trunk stays where it is.

use super::body::Dof;
use super::exercises::LEVEL;
use super::faults::Fault;
use super::script::{PlannedRep, Script};
use super::trajectory::slow_end;
use crate::input::Side;

/// One repetition, as the wearer means to do it. Angles in degrees from the start pose.
#[derive(Clone, Debug)]
struct Rep {
    side: Side,
    up: f64,
    hold: f64,
    down: f64,
    reset: f64,
    /// Elevation of the thigh in the hold.
    leg: f64,
    /// Pitch and roll of pelvis and thorax in the hold; roll is positive towards the lifted leg.
    pelvis_pitch: f64,
    pelvis_roll: f64,
    thorax_pitch: f64,
    thorax_roll: f64,
    /// How far the leg drops in the hold, degrees.
    lost: f64,
    /// Gravity-free acceleration of the pelvis in the hold, m/s², beyond the natural one.
    wobble: f64,
}

impl Rep {
    /// What the slow ends of lifting and lowering add to a hold, or to a rest, as it is measured.
    fn slow_ends(&self) -> f64 {
        let range = LEVEL + self.leg;
        slow_end(range, self.up, 15.0) + slow_end(range, self.down, 15.0)
    }
}

/// Plans one set.
pub(crate) fn perform_set(script: &mut Script<'_>, set: u32) {
    let count = script.scenario.reps;
    for (index, side) in sides(script, set).into_iter().enumerate() {
        let index = index as u32;
        let mut rep = natural(script, side);
        let mut faults = Vec::new();
        for (fault, factor) in script.scenario.faults_in(set, index) {
            if fault == Fault::NoReset && index + 1 == count {
                // After the last one the wearer stays, as everybody does.
                continue;
            }
            let target = fault.target(script.scenario.exercise, factor);
            let way = f64::from(index) / f64::from(count.max(4) - 3);
            apply(&mut rep, fault, target, way);
            if !fault.is_of_set() {
                faults.push(fault.name().to_owned());
            }
        }
        perform(script, set, &rep, faults);
    }
}

/// Left and right in turn; uneven where that is the fault.
fn sides(script: &Script<'_>, set: u32) -> Vec<Side> {
    let count = script.scenario.reps as usize;
    let mut sides: Vec<Side> = [Side::Left, Side::Right]
        .into_iter()
        .cycle()
        .take(count)
        .collect();
    for (fault, factor) in script.scenario.faults_in(set, 0) {
        if fault == Fault::UnevenSides {
            let more = fault.target(script.scenario.exercise, factor).ceil() as usize;
            // Each right one done on the left makes a difference of two.
            let turned = sides.iter_mut().rev().filter(|side| **side == Side::Right);
            turned
                .take(more.div_ceil(2))
                .for_each(|side| *side = Side::Left);
        }
    }
    sides
}

fn natural(script: &mut Script<'_>, side: Side) -> Rep {
    let timing = script.scenario.exercise.timing(script.scenario.tempo);
    let chance = &mut script.chance;
    Rep {
        side,
        up: timing.out * (1.0 + chance.vary(0.05)),
        hold: timing.turn * (1.0 + chance.vary(0.03)),
        down: timing.back * (1.0 + chance.vary(0.05)),
        reset: timing.rest * (1.0 + chance.vary(0.08)),
        leg: -6.0 + chance.vary(2.5),
        pelvis_pitch: 1.8 + chance.vary(0.8),
        pelvis_roll: 2.6 + chance.vary(0.8),
        thorax_pitch: -0.8 + chance.vary(0.8),
        thorax_roll: 1.6 + chance.vary(0.8),
        lost: 0.0,
        wobble: 0.0,
    }
}

fn apply(rep: &mut Rep, fault: Fault, target: f64, way: f64) {
    // The natural sway swings about the angle that is meant; half a degree of it is taken off
    // again by a limit that must be exceeded for a time.
    match fault {
        Fault::Arched | Fault::Tucked => rep.pelvis_pitch = target,
        Fault::Rolled => rep.pelvis_roll = target,
        Fault::ThoraxRolled => rep.thorax_roll = target,
        Fault::Scissors => {
            rep.thorax_roll = -0.65 * target;
            rep.pelvis_roll = 0.35 * target;
        }
        Fault::ChestDropped => rep.thorax_pitch = target,
        Fault::LegTooHigh | Fault::LegTooLow => rep.leg = target,
        // The slow ends of the strokes belong to a hold as it is measured.
        Fault::HoldShort | Fault::HoldTooLong => rep.hold = target - rep.slow_ends(),
        Fault::HoldLost => rep.lost = target,
        Fault::Sway => rep.wobble = target,
        Fault::FastUp => rep.up = target,
        Fault::FastDown => rep.down = target,
        Fault::NoReset => rep.reset = target - rep.slow_ends(),
        Fault::HoldFatigue => rep.pelvis_pitch += target * way,
        _ => {}
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Left => Side::Right,
        Side::Right => Side::Left,
    }
}

fn perform(script: &mut Script<'_>, set: u32, rep: &Rep, faults: Vec<String>) {
    let leave = script.now;
    let arrive = leave + rep.up;
    let depart = arrive + rep.hold;
    let back = depart + rep.down;
    limbs(script, rep, leave, depart);
    trunk(script, rep, leave, depart);
    weight(script, rep, leave, depart);
    unrest(script, rep, arrive, depart);
    let end = back + rep.reset;
    script.now = end;
    script.reps.push(PlannedRep {
        set,
        side: Some(rep.side),
        faults,
        leave,
        arrive,
        depart,
        back,
        end,
    });
}

/// The foot slides back, then leg and arm rise.
fn limbs(script: &mut Script<'_>, rep: &Rep, leave: f64, depart: f64) {
    let (leg, arm) = (rep.side, other(rep.side));
    script.turn(Dof::Thigh(leg), leave, rep.up, LEVEL + rep.leg);
    script.turn(Dof::Shank(leg), leave, rep.up, LEVEL + 0.8 * rep.leg);
    let slide = (-14.0_f64).to_radians();
    let shank = script.movement.track(Dof::Shank(leg));
    shank.bump(leave, rep.up, slide);
    shank.bump(depart, rep.down, slide);
    let reach = -LEVEL + 5.0;
    let late = 0.12 * rep.up;
    for dof in [Dof::UpperArm(arm), Dof::Forearm(arm)] {
        script.turn(dof, leave + late, rep.up - late, reach);
        script.turn(dof, depart, rep.down, 0.0);
    }
    script.turn(Dof::Thigh(leg), depart, rep.down, 0.0);
    script.turn(Dof::Shank(leg), depart, rep.down, LEVEL);
}

/// What the trunk does, which should be little.
fn trunk(script: &mut Script<'_>, rep: &Rep, leave: f64, depart: f64) {
    let towards = match rep.side {
        Side::Left => 1.0,
        Side::Right => -1.0,
    };
    for (dof, by) in [
        (Dof::PelvisPitch, rep.pelvis_pitch),
        (Dof::PelvisRoll, towards * rep.pelvis_roll),
        (Dof::ThoraxPitch, rep.thorax_pitch),
        (Dof::ThoraxRoll, towards * rep.thorax_roll),
    ] {
        let neutral = script.movement.planned(dof).to_degrees();
        script.turn(dof, leave, rep.up, neutral + by);
        script.turn(dof, depart, rep.down, neutral);
    }
}

/// The hips move over the knee that stays, and a little forward.
fn weight(script: &mut Script<'_>, rep: &Rep, leave: f64, depart: f64) {
    let heading = script.movement.planned(Dof::Heading);
    let left = match rep.side {
        Side::Left => -0.022,
        Side::Right => 0.022,
    };
    let forward = 0.015;
    let east = forward * heading.cos() - left * heading.sin();
    let north = forward * heading.sin() + left * heading.cos();
    for (dof, by) in [(Dof::HipX, east), (Dof::HipY, north)] {
        let track = script.movement.track(dof);
        track.glide_by(leave - 0.1, rep.up, by);
        track.glide_by(depart + 0.1, rep.down, -by);
    }
}

/// Balancing on two points is never still; wobbling and a dropped leg come on top.
fn unrest(script: &mut Script<'_>, rep: &Rep, arrive: f64, depart: f64) {
    let (from, to) = (arrive - 0.5, depart + 0.3);
    let acceleration = |hertz: f64| (std::f64::consts::TAU * hertz).powi(2);
    // The mean length of the sum of two crossed sinusoids of acceleration A is about 0.96 A.
    let strength = (rep.wobble / 0.96).max(0.10);
    for (dof, hertz) in [(Dof::HipX, 1.7), (Dof::HipY, 1.3)] {
        let hertz = hertz * script.chance.between(0.93, 1.07);
        script.ripple(dof, from, to, strength / acceleration(hertz), hertz);
    }
    if rep.wobble > 0.0 {
        // Three degrees RMS is the limit of the angle where 0.5 m/s² is that of the acceleration.
        let degrees = 3.2 * std::f64::consts::SQRT_2 * rep.wobble / 0.5;
        script.ripple_deg(Dof::PelvisRoll, from, to, degrees, 0.45);
        script.ripple_deg(Dof::ThoraxRoll, from, to, 0.7 * degrees, 0.45);
    }
    if rep.lost > 0.0 {
        let length = 1.8_f64.min(0.6 * (depart - arrive));
        let start = 0.5 * (arrive + depart) - 0.5 * length;
        let drop = -rep.lost.to_radians();
        script
            .movement
            .track(Dof::Thigh(rep.side))
            .bump(start, length, drop);
        script
            .movement
            .track(Dof::Shank(rep.side))
            .bump(start, length, drop);
        script
            .movement
            .track(Dof::PelvisPitch)
            .bump(start, length, (-3.0_f64).to_radians());
    }
}
