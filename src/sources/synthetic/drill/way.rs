//! Getting from pose to pose: strokes of every coordinate at once, the way in and the way out.

use super::pose::Pose;
use super::rep::{Move, Rep};
use super::{Act, Drill};
use crate::input::Side;
use crate::sources::synthetic::body::Dof;
use crate::sources::synthetic::script::Script;

/// Where a drill is done, and the pose the wearer is in.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    /// The spot on the floor that poses are laid out from, m.
    origin: [f64; 2],
    /// What this wearer's poses differ from the table by: thorax, pelvis, roll, degrees.
    offset: [f64; 3],
    posed: Pose,
    /// The last positions of sets, from and to.
    pub finals: Vec<(f64, f64)>,
}

impl Default for Stage {
    fn default() -> Stage {
        Stage {
            origin: [0.0; 2],
            offset: [0.0; 3],
            posed: Pose::STANDING,
            finals: Vec::new(),
        }
    }
}

impl Script<'_> {
    /// Moves the whole body into a pose; `uneven` is the share of a second, shorter stroke within.
    pub(crate) fn assume(&mut self, pose: &Pose, lead: Side, start: f64, secs: f64, uneven: f64) {
        for (dof, target) in self.targets(pose, lead) {
            let delta = target - self.movement.planned(dof);
            if delta.abs() < 1e-12 {
                continue;
            }
            let part = delta * uneven.abs();
            let track = self.movement.track(dof);
            track.glide_by(start, secs, delta - part);
            if part != 0.0 {
                let begin = if uneven > 0.0 {
                    start
                } else {
                    start + 0.25 * secs
                };
                track.glide_by(begin, 0.75 * secs, part);
            }
        }
        self.stage.posed = *pose;
    }

    /// What every coordinate is in a pose, here and with this wearer.
    fn targets(&self, pose: &Pose, lead: Side) -> Vec<(Dof, f64)> {
        let body = self.scenario.body;
        let [thorax, pelvis, roll] = self.stage.offset.map(f64::to_radians);
        let mut all = pose.coordinates(body, lead);
        for (dof, value) in &mut all {
            *value += match dof {
                Dof::ThoraxPitch => thorax,
                Dof::PelvisPitch => pelvis,
                Dof::ThoraxRoll | Dof::PelvisRoll => roll,
                _ => 0.0,
            };
        }
        let hips = pose.frozen(body, lead).hip(0.0);
        let (sin, cos) = self.movement.planned(Dof::Heading).sin_cos();
        let [x, y] = self.stage.origin;
        all.extend([
            (Dof::HipX, x + hips.x * cos - hips.y * sin),
            (Dof::HipY, y + hips.x * sin + hips.y * cos),
            (Dof::HipZ, hips.z),
        ]);
        all
    }

    /// The pose that the last move led to.
    pub(super) fn posed(&self) -> Pose {
        self.stage.posed
    }

    /// Goes from one pose towards another and comes back.
    pub(crate) fn bump_towards(
        &mut self,
        from: &Pose,
        to: &Pose,
        lead: Side,
        start: f64,
        secs: f64,
    ) {
        for (dof, by) in self.between(from, to, lead) {
            self.movement.track(dof).bump(start, secs, by);
        }
    }

    /// Goes slowly from one pose to another.
    pub(crate) fn drift_towards(
        &mut self,
        from: &Pose,
        to: &Pose,
        lead: Side,
        start: f64,
        secs: f64,
    ) {
        for (dof, by) in self.between(from, to, lead) {
            self.movement.track(dof).glide_by(start, secs, by);
        }
    }

    fn between(&self, from: &Pose, to: &Pose, lead: Side) -> Vec<(Dof, f64)> {
        let before = self.targets(from, lead);
        let after = self.targets(to, lead);
        let pairs = before.into_iter().zip(after);
        pairs
            .map(|((dof, a), (_, b))| (dof, b - a))
            .filter(|(_, by)| by.abs() > 1e-12)
            .collect()
    }

    /// Sways about two axes with this gravity-free acceleration, m/s².
    pub(crate) fn sway(&mut self, from: f64, to: f64, strength: f64) {
        // The mean length of the sum of two crossed sinusoids of acceleration A is about 0.96 A.
        let strength = strength / 0.96;
        for (dof, hertz) in [(Dof::HipX, 1.7), (Dof::HipY, 1.3)] {
            let hertz = hertz * self.chance.between(0.93, 1.07);
            let amplitude = strength / (std::f64::consts::TAU * hertz).powi(2);
            self.ripple(dof, from, to, amplitude, hertz);
        }
    }

    /// From standing into the start pose of a drill.
    pub(crate) fn go_to(&mut self, drill: &Drill) {
        self.walk(2);
        self.stage.origin = [
            self.movement.planned(Dof::HipX),
            self.movement.planned(Dof::HipY),
        ];
        self.stage.offset = [0.8, 0.6, 0.5].map(|deviation| self.chance.vary(deviation));
        for (pose, secs) in drill.way_in {
            self.stumble_into(pose, *secs);
        }
        let secs = if drill.way_in.is_empty() { 1.2 } else { 1.8 };
        self.stumble_into(&drill.start, secs);
        self.now += 0.3;
    }

    /// Back to standing.
    pub(crate) fn come_from(&mut self, drill: &Drill) {
        for (pose, secs) in drill.way_in.iter().rev() {
            self.stumble_into(pose, 0.9 * secs);
        }
        self.stage.offset = [0.0; 3];
        self.stumble_into(&Pose::STANDING, 1.7);
        self.now += 0.3;
        self.walk(2);
    }

    /// Back into the start pose after a rest in place.
    pub(crate) fn settle_into(&mut self, drill: &Drill) {
        let at = self.now;
        self.assume(&drill.start, Side::Right, at, 1.1, 0.0);
        self.now += 1.3;
    }

    /// Into a pose on the way, as people get there: not in a straight line.
    fn stumble_into(&mut self, pose: &Pose, secs: f64) {
        let at = self.now;
        let secs = secs * (1.0 + self.chance.vary(0.06));
        let uneven = self.chance.between(0.05, 0.2) * self.chance.sign();
        self.assume(pose, Side::Right, at, secs, uneven);
        let size = self.chance.between(1.5, 3.5);
        for dof in [Dof::ThoraxRoll, Dof::PelvisRoll] {
            self.ripple_deg(dof, at, at + secs, size, 0.8);
        }
        // The next move begins before this one has come to rest.
        self.now += 0.92 * secs;
    }

    /// One set of a drill.
    pub(crate) fn perform_drill(&mut self, drill: &'static Drill, set: u32) {
        match &drill.act {
            Act::Reps(reps) => super::play::perform_set(self, drill, reps, set),
            Act::Hold(hold) => super::hold::perform_set(self, drill, hold, set),
        }
    }
}

/// A move in several strokes, one after the other.
pub(super) fn in_pieces(script: &mut Script<'_>, rep: &Rep, step: &Move, start: f64) {
    let from = script.posed();
    let count = step.pieces.max(1);
    let part = step.secs / f64::from(count);
    for piece in 1..=count {
        let pose = from.towards(&step.pose, f64::from(piece) / f64::from(count));
        let at = start + part * f64::from(piece - 1);
        script.assume(&pose, rep.side, at, part, rep.uneven);
    }
}
