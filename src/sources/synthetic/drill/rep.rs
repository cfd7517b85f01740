//! A repetition as the wearer means to do it, and how it becomes strokes of the body's coordinates.

use super::fault::{Aim, Change};
use super::pose::{Pose, opposite};
use super::signal::{Place, Signal};
use super::way::in_pieces;
use super::{Drill, First, Reps, Sides, at_tempo};
use crate::input::{Placement, Side};
use crate::sources::synthetic::Scenario;
use crate::sources::synthetic::body::{Body, Dof};
use crate::sources::synthetic::exercises::Tempo;
use crate::sources::synthetic::faults::Fault;
use crate::sources::synthetic::script::{PlannedRep, Script};

/// One move into a pose.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub pose: Pose,
    pub secs: f64,
    /// How long the pose is kept; below 0 the next move begins before this one is over.
    pub pause: f64,
    pub through: [f64; 3],
    /// In how many strokes it comes.
    pub pieces: u32,
}

/// A short push of the hips, m/s² upward at its middle.
#[derive(Clone, Copy, Debug)]
struct Jolt {
    /// From the arrival in the far pose, s.
    at: f64,
    secs: f64,
    strength: f64,
}

/// One repetition.
#[derive(Clone, Debug)]
pub(crate) struct Rep {
    pub side: Side,
    pub start: Pose,
    pub moves: Vec<Move>,
    far: usize,
    first: First,
    is_cycle: bool,
    /// How uneven the strokes are: a second, shorter stroke laid over each, as a share.
    pub(super) uneven: f64,
    /// The bounce: how deep as a share of the way, and how long, s.
    bounce: Option<(f64, f64)>,
    jolts: Vec<Jolt>,
    /// Gravity-free acceleration of the hips in the far pose, m/s²; 0 is the natural one.
    pub sway: f64,
    /// Wobble of the trunk around the turn: RMS of its rate, °/s.
    pub wobble: f64,
    /// How often the hold is lost and found again.
    pub breaks: u32,
    /// How far the trunk rocks to and fro while the far pose is kept, degrees.
    pub rock: f64,
    /// A slow sinking back while the far pose is kept, as a share of the way.
    pub sag: f64,
}

impl Rep {
    /// The move into the far pose.
    pub(crate) fn far(&mut self) -> &mut Move {
        &mut self.moves[self.far]
    }

    /// The pose after the far one: where the repetition ends, or its other end.
    pub(crate) fn last(&mut self) -> &mut Move {
        let last = self.moves.len() - 1;
        &mut self.moves[last]
    }

    /// Whether it does not come back to the start pose, but goes on to the other end of the movement.
    fn goes_from_end_to_end(&self) -> bool {
        self.is_cycle
    }

    /// Every pose of the repetition.
    pub(crate) fn poses(&mut self) -> impl Iterator<Item = &mut Pose> {
        self.moves.iter_mut().map(|step| &mut step.pose)
    }

    /// Stays in the far pose for at least so long, so that what is wrong there can be seen.
    pub(crate) fn keep_far(&mut self, secs: f64) {
        self.far().pause = self.far().pause.max(secs);
    }

    /// Goes this share of the way to the far pose.
    pub(crate) fn go_as_far_as(&mut self, share: f64) {
        let start = self.start;
        for step in self.moves.iter_mut().take(self.far + 1) {
            step.pose = start.towards(&step.pose, share);
        }
    }

    /// Inclines the trunk in the far pose by so much more.
    pub(crate) fn incline(&mut self, by: f64) {
        self.far().pose.thorax.theta += by;
        self.far().pose.pelvis.theta += 0.85 * by;
    }

    /// Times of the way out and of the way back, s.
    pub(crate) fn times(&self) -> (f64, f64) {
        let time = |moves: &[Move]| moves.iter().map(|step| step.secs).sum::<f64>();
        let (out, back) = self.moves.split_at(self.far + 1);
        (time(out), time(back))
    }

    fn retime(&mut self, out: bool, change: impl Fn(f64) -> f64) {
        let (before, after) = self.times();
        let now = if out { before } else { after };
        let ratio = change(now) / now;
        let far = self.far;
        for (index, step) in self.moves.iter_mut().enumerate() {
            if (index <= far) == out {
                step.secs *= ratio;
                // Strokes that overlap keep their shape.
                step.pause = step.pause.max(0.0) + ratio * step.pause.min(0.0);
            }
        }
    }

    /// Changes the time of the raise.
    pub(crate) fn raise_in(&mut self, change: impl Fn(f64) -> f64) {
        self.retime(self.first == First::Raise, change);
    }

    /// Changes the time of the lowering.
    pub(crate) fn lower_in(&mut self, change: impl Fn(f64) -> f64) {
        self.retime(self.first == First::Lower, change);
    }

    /// Does all of it, with the pause after it, in so many seconds.
    pub(crate) fn within(&mut self, secs: f64) {
        let all: f64 = self.moves.iter().map(|step| step.secs + step.pause).sum();
        for step in &mut self.moves {
            step.secs *= secs / all;
            step.pause *= secs / all;
        }
    }

    /// Comes back by way of a pose, reached after this share of the time and kept for a while.
    pub(crate) fn come_back_by(&mut self, pose: Pose, share: f64, pause: f64) {
        let at = self.far + 1;
        let whole = self.moves[at].clone();
        let early = Move {
            pose,
            secs: share * whole.secs,
            pause,
            through: [0.0; 3],
            pieces: 1,
        };
        let late = Move {
            secs: (1.0 - share) * whole.secs,
            ..whole
        };
        self.moves.splice(at..=at, [early, late]);
    }

    /// Goes out slowly at first and then all at once: the speed peaks at so many times its mean.
    pub(crate) fn surge_out(&mut self, ratio: f64) {
        // Four fifths of the way are left for the surge, whose own peak is 1.875 times its mean.
        const SURGE: f64 = 0.8;
        let whole = self.far().clone();
        let share = 1.875 * SURGE / ratio;
        let early = Move {
            pose: self.start.towards(&whole.pose, 1.0 - SURGE),
            secs: (1.0 - share) * whole.secs,
            pause: 0.0,
            through: [0.0; 3],
            pieces: 1,
        };
        let late = Move {
            secs: share * whole.secs,
            ..whole
        };
        let far = self.far;
        self.moves.splice(far..=far, [early, late]);
        self.far += 1;
        self.uneven = 0.0;
    }

    /// Reverses by bouncing: within 5 units of the far end for this time.
    pub(crate) fn bounce(&mut self, secs: f64, range: f64) {
        // Share of a bump's length within which it is closer than 5 to a peak of 12.
        const DWELL: f64 = 0.323;
        let depth = 12.0 / range;
        self.go_as_far_as(1.0 - depth);
        self.bounce = Some((depth, secs / DWELL));
        let (out, back) = self.times();
        self.uneven = 0.0;
        // Slow ends would be near the far end for longer.
        self.raise_in(|_| out.min(back).min(1.6));
        self.lower_in(|_| out.min(back).min(1.6));
    }

    /// Lets the hips be pushed up, by so many m/s² beyond gravity, around the arrival in the far pose.
    pub(crate) fn jolt(&mut self, at: f64, secs: f64, strength: f64) {
        self.jolts.push(Jolt { at, secs, strength });
    }

    /// The same where the foot or the seat lands: nothing else does.
    pub(crate) fn land_with(&mut self, strength: f64) {
        if let Some(jolt) = self.jolts.first_mut() {
            jolt.strength = strength;
        }
    }

    /// Does the raise in two: the hips go up and the trunk inclines further, then the trunk follows.
    pub(crate) fn raise_hips_first(&mut self, by: f64) {
        let at = match self.first {
            First::Lower => self.far + 1,
            First::Raise => self.far,
        };
        let from = if at == 0 {
            self.start
        } else {
            self.moves[at - 1].pose
        };
        let whole = self.moves[at].clone();
        // The legs do a third of their work while the trunk goes the wrong way.
        let mut half = from.towards(&whole.pose, 0.35);
        half.thorax = from.thorax;
        half.pelvis = from.pelvis;
        half.thorax.theta += by;
        half.pelvis.theta += 0.9 * by;
        half.anchor = from.anchor;
        let early = Move {
            pose: half,
            secs: 0.30 * whole.secs,
            pause: -0.03 * whole.secs,
            through: [0.0; 3],
            pieces: 1,
        };
        let late = Move {
            secs: 0.73 * whole.secs,
            ..whole
        };
        self.moves.splice(at..=at, [early, late]);
        if at <= self.far {
            self.far += 1;
        }
    }

    /// Goes into the far pose in two: first nearly all the way with the pelvis tilted further, then it tucks.
    pub(crate) fn tuck_at_the_end(&mut self, by: f64, share: f64) {
        let whole = self.far().clone();
        let mut near = self.start.towards(&whole.pose, share);
        near.pelvis.theta = whole.pose.pelvis.theta;
        let early = Move {
            pose: near,
            secs: 0.75 * whole.secs,
            pause: -0.05 * whole.secs,
            through: whole.through,
            pieces: 1,
        };
        let mut late = Move {
            secs: 0.30 * whole.secs,
            through: [0.0; 3],
            pause: whole.pause.max(0.5),
            ..whole
        };
        late.pose.pelvis.theta -= by;
        let far = self.far;
        self.moves.splice(far..=far, [early, late]);
        self.far += 1;
    }
}

/// The time of a move from the middle to an end, as a share of that from end to end.
pub(crate) const FROM_THE_MIDDLE: f64 = 0.61;

/// What a scenario's sensors count by: the first entry whose place is worn, and the place as it is worn.
pub(crate) fn counting(reps: &Reps, scenario: &Scenario) -> (usize, Signal, Placement) {
    let worn = |places: &[Placement]| {
        scenario
            .sensors
            .iter()
            .map(|sensor| sensor.placement)
            .find(|placement| places.contains(&placement.without_side()))
    };
    let mut entries = reps.signals.iter().enumerate();
    let found = entries.find_map(|(index, (signal, places))| Some((index, *signal, worn(places)?)));
    let usual = || match reps.signals.first() {
        Some((signal, [place, ..])) => (0, *signal, *place),
        _ => (0, Signal::ThetaRise, Placement::T7),
    };
    found.unwrap_or_else(usual)
}

/// The limb whose turn it is, where sides take turns: the leg, or the arm opposite to it.
pub(crate) fn on_the_side(placement: Placement, side: Side, sides: Sides) -> Placement {
    match placement {
        _ if sides == Sides::Both => placement,
        Placement::Thigh(_) => Placement::Thigh(Some(side)),
        Placement::Ankle(_) => Placement::Ankle(Some(side)),
        Placement::Wrist(_) => Placement::Wrist(Some(opposite(side))),
        other => other,
    }
}

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
    script.now += 1.2 + secs;
    script.stage.finals.push((at + 1.2, script.now));
    // What comes after it is another posture altogether.
    script.restless_until(script.now + 2.5);
    let at = script.now;
    script.assume(&drill.start, Side::Right, at, 1.0, 0.0);
    script.now += 1.2;
}

/// How far a natural repetition goes, for each side leading.
struct Aims {
    start: Pose,
    far: Pose,
    side: Side,
    body: Body,
    signal: Signal,
    placement: Placement,
    range: f64,
    travel: f64,
    sweep: f64,
}

impl Aims {
    fn new(scenario: &Scenario, drill: &Drill, reps: &Reps) -> [Aims; 2] {
        let (_, signal, placement) = counting(reps, scenario);
        [Side::Left, Side::Right].map(|side| {
            let far = reps.keys.first().map_or(drill.start, |key| key.pose);
            let mut aims = Aims {
                start: drill.start,
                far,
                side,
                body: scenario.body,
                signal,
                placement: on_the_side(placement, side, reps.sides),
                range: 0.0,
                travel: 0.0,
                sweep: 0.0,
            };
            aims.range = aims.signal_of(&far).abs().max(1e-3);
            let end = reps.keys.last().map_or(drill.start, |key| key.pose);
            aims.sweep = (aims.signal_of(&far) - aims.signal_of(&end))
                .abs()
                .max(1e-3);
            let rises = [drill.start, far].map(|pose| pose.frozen(scenario.body, side).hip(0.0).z);
            aims.travel = if signal.is_travel() {
                aims.range / 100.0
            } else {
                (rises[1] - rises[0]).abs().max(1e-3)
            };
            aims
        })
    }

    fn signal_of(&self, pose: &Pose) -> f64 {
        let start = self.start.frozen(self.body, self.side);
        let place = Place::mean(&start, self.placement, &[0.0]);
        let body = pose.frozen(self.body, self.side);
        self.signal.value(&body, self.placement, &place, 0.0)
    }

    /// By halving: signals grow with the way.
    fn share_at(&self, value: f64) -> f64 {
        let (mut low, mut high) = (0.0, 2.5);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.signal_of(&self.start.towards(&self.far, middle)).abs() < value {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

/// Whose turn it is in each repetition of a set; uneven where that is the fault.
fn sides(script: &Script<'_>, reps: &Reps, set: u32) -> Vec<Side> {
    let count = script.scenario.reps as usize;
    let turns = [Side::Left, Side::Right];
    match reps.sides {
        Sides::Both => vec![Side::Right; count],
        Sides::BySet => vec![turns[(set as usize + 1) % 2]; count],
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
