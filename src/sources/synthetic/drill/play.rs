//! A set of repetitions: natural ones, what is wrong in them, and the strokes that they become.

use super::counted::Aims;
use super::fault::{Aim, Change};
use super::rep::{FROM_THE_MIDDLE, Jolt, Move, Rep};
use super::way::in_pieces;
use super::{Drill, Reps, Sides, at_tempo};
use crate::input::Side;
use crate::sources::synthetic::body::Dof;
use crate::sources::synthetic::exercises::Tempo;
use crate::sources::synthetic::faults::Fault;
use crate::sources::synthetic::script::{PlannedRep, Script};

/// Plans one set.
pub(crate) fn perform_set(script: &mut Script<'_>, drill: &'static Drill, reps: &Reps, set: u32) {
    let count = script.scenario.reps;
    let sides = sides(script, reps, set);
    let aims = Aims::new(script.scenario, drill, reps);
    for (index, side) in (0..count).zip(sides) {
        let mut rep = natural(script, drill, reps, side);
        let mut faults = Vec::new();
        let sign = script.chance.sign();
        for (fault, factor) in script.scenario.faults_in(set, index) {
            let Some(found) = drill.fault(fault.name()) else {
                continue;
            };
            let Change::Rep(change) = found.change else {
                continue;
            };
            let side_aims = &aims[usize::from(side == Side::Right)];
            let aim = Aim {
                target: found.governing.target(factor),
                index,
                count,
                body: script.scenario.body,
                sign,
                range: side_aims.range,
                travel: side_aims.travel,
                sweep: side_aims.sweep,
                zone: reps.hold_zone,
                share_at: &|value| side_aims.share_at(value),
            };
            change(&mut rep, &aim);
            if !found.governing.of_set {
                faults.push(fault.name().to_owned());
            }
        }
        if index == 0 && rep.goes_from_end_to_end() {
            // From the middle it is a shorter way than from the other end.
            rep.moves[0].secs *= FROM_THE_MIDDLE;
        }
        let is_last = index + 1 == count;
        perform(script, set, reps, &rep, is_last, faults);
    }
    if let Some((share, secs)) = reps.finish {
        finish(script, drill, reps, set, share, secs);
    }
}

/// The last position of a set, kept for a while.
fn finish(script: &mut Script<'_>, drill: &Drill, reps: &Reps, set: u32, share: f64, secs: f64) {
    let (mut share, mut secs) = (share, secs + script.chance.vary(1.0));
    for (fault, factor) in script.scenario.faults_in(set, 0) {
        let Some(found) = drill.fault(fault.name()) else {
            continue;
        };
        let target = found.governing.target(factor);
        match found.governing.quantity {
            "final_hold" => secs = target,
            "final_level_pct" => share = target / 100.0,
            _ => {}
        }
    }
    let far = reps.keys.first().map_or(drill.start, |key| key.pose);
    let pose = drill.start.towards(&far, share);
    let at = script.now;
    script.assume(&pose, Side::Right, at, 1.2, 0.0);
    // Whoever is done does not keep still any longer, and gets up from where they are.
    script.now += 1.2 + secs;
    script.stage.finals.push((at + 1.2, script.now));
}

/// Whose turn it is in each repetition of a set; uneven where that is the fault.
fn sides(script: &Script<'_>, reps: &Reps, set: u32) -> Vec<Side> {
    let count = script.scenario.reps as usize;
    let turns = [Side::Left, Side::Right];
    match reps.sides {
        Sides::Both => vec![Side::Right; count],
        // The right side first: a limb worn without a side is the right one.
        Sides::BySet => vec![turns[set as usize % 2]; count],
        Sides::Alternate => {
            let mut sides: Vec<Side> = turns.into_iter().cycle().take(count).collect();
            for (fault, factor) in script.scenario.faults_in(set, 0) {
                if fault.name() == Fault::UnevenSides.name() {
                    let target = fault.target(script.scenario.exercise, factor);
                    // Each right one done on the left makes a difference of two.
                    let turned = sides.iter_mut().rev().filter(|side| **side == Side::Right);
                    let more = (target.ceil() as usize).div_ceil(2);
                    turned.take(more).for_each(|side| *side = Side::Left);
                }
            }
            sides
        }
    }
}

fn natural(script: &mut Script<'_>, drill: &Drill, reps: &Reps, side: Side) -> Rep {
    let tempo = script.scenario.tempo;
    let chance = &mut script.chance;
    // Nobody repeats anything exactly: 2.8 % in time and in range, a degree in every angle of the trunk.
    let size = 1.0 + chance.vary(0.022);
    let moves = reps
        .keys
        .iter()
        .map(|key| {
            let mut pose = drill.start.towards(&key.pose, size);
            let is_back = key.pose == drill.start;
            let loose = if is_back { 0.4 } else { 0.8 };
            pose.thorax.theta += chance.vary(loose);
            pose.pelvis.theta += chance.vary(0.6 * loose);
            let lean = chance.vary(loose);
            pose.thorax.sigma += lean;
            pose.pelvis.sigma += 0.8 * lean;
            pose.thorax.yaw += chance.vary(loose);
            Move {
                pose,
                secs: at_tempo(key.secs, tempo) * (1.0 + chance.vary(0.028)),
                pause: at_tempo(key.pause, tempo) * (1.0 + chance.vary(0.05)),
                through: key.through.map(|degrees| degrees * size),
                pieces: 1,
            }
        })
        .collect();
    let jolts = reps.landing.iter().map(|(share, strength)| Jolt {
        at: landing_at(reps, *share, tempo),
        secs: 0.10,
        strength: *strength * (1.0 + chance.vary(0.15)),
    });
    let jolts = jolts.collect();
    Rep {
        side,
        start: drill.start,
        moves,
        far: 0,
        first: reps.first,
        is_cycle: reps.keys.last().is_some_and(|key| key.pose != drill.start),
        uneven: chance.between(0.04, 0.12) * chance.sign(),
        bounce: None,
        jolts,
        sway: 0.0,
        wobble: 0.0,
        breaks: 0,
        rock: 0.0,
        sag: 0.0,
    }
}

/// When the foot or the seat lands, from the arrival in the far pose, s; beyond a share of 1 on the way back.
fn landing_at(reps: &Reps, share: f64, tempo: Tempo) -> f64 {
    let time = |index: usize| {
        reps.keys
            .get(index)
            .map_or(1.0, |key| at_tempo(key.secs, tempo))
    };
    let pause = reps
        .keys
        .first()
        .map_or(0.0, |key| at_tempo(key.pause, tempo));
    if share <= 1.0 {
        -(1.0 - share) * time(0)
    } else {
        pause + (share - 1.0) * time(1)
    }
}

/// Lays the strokes of one repetition into the movement.
fn perform(
    script: &mut Script<'_>,
    set: u32,
    reps: &Reps,
    rep: &Rep,
    is_last: bool,
    faults: Vec<String>,
) {
    let leave = script.now;
    let (mut now, mut arrive, mut depart, mut back) = (leave, leave, leave, leave);
    for (index, step) in rep.moves.iter().enumerate() {
        lay(script, rep, step, now);
        now += step.secs;
        if index == rep.far {
            arrive = now;
            now += rep.bounce.map_or(step.pause, |(_, length)| 0.4 * length);
            depart = now;
        } else {
            if index == rep.far + 1 || index + 1 == rep.moves.len() {
                back = now;
            }
            now += step.pause;
        }
    }
    script.now = now;
    at_the_turn(script, rep, arrive, depart);
    // Who goes from one end to the other comes back to the middle after the last one.
    if is_last && rep.goes_from_end_to_end() {
        let at = script.now;
        let secs = rep.moves.last().map_or(1.5, |step| 0.6 * step.secs);
        script.assume(&rep.start, rep.side, at, secs, 0.0);
        script.now += secs + 0.5;
    }
    let side = (reps.sides != Sides::Both).then_some(rep.side);
    script.reps.push(PlannedRep {
        set,
        side,
        faults,
        leave,
        arrive,
        depart,
        back,
        end: script.now,
    });
}

fn lay(script: &mut Script<'_>, rep: &Rep, step: &Move, start: f64) {
    in_pieces(script, rep, step, start);
    let [trunk, thigh, shank] = step.through.map(f64::to_radians);
    for (dof, by) in [
        (Dof::ThoraxPitch, trunk),
        (Dof::PelvisPitch, 0.7 * trunk),
        (Dof::Thigh(rep.side), thigh),
        (Dof::Shank(rep.side), shank),
    ] {
        if by != 0.0 {
            script.movement.track(dof).bump(start, step.secs, by);
        }
    }
}

/// What happens around the far pose: a bounce, jolts, sway, wobble, a lost hold, sinking.
fn at_the_turn(script: &mut Script<'_>, rep: &Rep, arrive: f64, depart: f64) {
    let far = &rep.moves[rep.far].pose;
    if let Some((depth, length)) = rep.bounce {
        let deeper = rep.start.towards(far, 1.0 + depth / (1.0 - depth));
        let middle = 0.5 * (arrive + depart);
        script.bump_towards(far, &deeper, rep.side, middle - 0.5 * length, length);
    }
    for jolt in &rep.jolts {
        // A bump A·sin⁴ of length T is accelerated by 4π² A / T² at its middle.
        let depth = -jolt.strength * jolt.secs * jolt.secs / (4.0 * std::f64::consts::PI.powi(2));
        let at = arrive + jolt.at - 0.5 * jolt.secs;
        script.movement.track(Dof::HipZ).bump(at, jolt.secs, depth);
    }
    if rep.sway > 0.0 {
        script.sway(arrive - 0.4, depart + 0.4, rep.sway);
    }
    if rep.wobble > 0.0 {
        // RMS of a sinusoid's rate: amplitude · 2πf / √2, half of it each about two axes.
        let hertz = 2.2;
        let amplitude = rep.wobble / (std::f64::consts::TAU * hertz);
        for dof in [
            Dof::ThoraxRoll,
            Dof::PelvisRoll,
            Dof::ThoraxPitch,
            Dof::PelvisPitch,
        ] {
            script.ripple_deg(dof, arrive - 0.7, depart + 0.7, amplitude, hertz);
        }
    }
    for number in 0..rep.breaks {
        let room = (depart - arrive) / f64::from(rep.breaks);
        let length = 1.5_f64.min(0.8 * room);
        let at = arrive + room * (f64::from(number) + 0.5) - 0.5 * length;
        // The limbs sink, and the pelvis goes along to the other side.
        let mut lost = far.towards(&rep.start, 0.9);
        lost.pelvis.sigma += 11.0;
        script.bump_towards(far, &lost, rep.side, at, length);
    }
    if rep.rock != 0.0 {
        let middle = 0.5 * (arrive + depart);
        let by = rep.rock.to_radians();
        for dof in [Dof::ThoraxPitch, Dof::PelvisPitch] {
            script.movement.track(dof).bump(middle - 0.9, 1.8, by);
        }
    }
    if rep.sag != 0.0 {
        let pose = far.towards(&rep.start, rep.sag);
        script.drift_towards(
            far,
            &pose,
            rep.side,
            arrive + 0.3,
            (depart - arrive - 0.5).max(0.5),
        );
    }
}
