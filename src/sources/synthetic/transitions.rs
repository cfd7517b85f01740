//! Getting there: walking up, into the start pose, and back to standing.

use super::body::Dof;
use super::exercises::{Exercise, Pose};
use super::script::{SIDES, Script};
use crate::input::Side;

impl Script<'_> {
    /// A few steps: turning a little, swaying over the feet, hips going up and down.
    pub(super) fn walk(&mut self, steps: u32) {
        let from = self.now;
        let step = 0.58 + self.chance.vary(0.04);
        let length = f64::from(steps) * step;
        let turn = self.chance.between(-0.9, 0.9);
        let heading = self.movement.planned(Dof::Heading) + turn;
        self.movement
            .track(Dof::Heading)
            .glide_to(from, length, heading);
        self.shift(
            from,
            length,
            0.32 * self.scenario.body.height * f64::from(steps),
            0.0,
        );
        let to = from + length;
        self.ripple(Dof::HipZ, from, to, 0.018, 1.0 / step);
        self.ripple(Dof::HipY, from, to, 0.020, 0.5 / step);
        self.ripple_deg(Dof::PelvisRoll, from, to, 3.0, 0.5 / step);
        self.ripple_deg(Dof::ThoraxRoll, from, to, 2.0, 0.5 / step);
        self.ripple_deg(Dof::PelvisYaw, from, to, 5.0, 0.5 / step);
        self.ripple_deg(Dof::ThoraxYaw, from, to, 4.0, 0.5 / step);
        self.ripple_deg(Dof::ThoraxPitch, from, to, 1.6, 1.0 / step);
        for side in SIDES {
            self.ripple_deg(Dof::Thigh(side), from, to, 20.0, 0.5 / step);
            self.ripple_deg(Dof::Forearm(side), from, to, 15.0, 0.5 / step);
        }
        self.now = to + 0.3;
    }

    /// From standing into the start pose, as people get there.
    pub(super) fn take_pose(&mut self) {
        let from = self.now;
        let pose = self.scenario.exercise.pose();
        match self.scenario.exercise {
            Exercise::Drill(drill) => self.go_to(drill),
            Exercise::GoodMorning => self.walk(2),
            Exercise::Hyperext45 | Exercise::Hyperext90 => {
                self.walk(3);
                self.onto_the_bench(pose);
            }
            Exercise::BirdDog => {
                self.walk(2);
                self.onto_all_fours();
                self.settle(pose);
            }
            Exercise::Superman => {
                self.walk(2);
                self.onto_all_fours();
                self.lie_down(pose);
            }
        }
        self.not_a_rep(from, "getting into the pose");
    }

    /// Bends over the pad, sets the feet, straightens onto the line.
    fn onto_the_bench(&mut self, pose: Pose) {
        let t = self.now;
        let lean = pose.trunk + self.chance.between(6.0, 18.0);
        self.trunk(t, 1.7, lean, 0.85 * pose.trunk);
        self.thighs(t + 0.6, 1.4, pose.thigh, pose.shank);
        let hips = self.scenario.body.hip_height();
        self.shift(t, 1.6, 0.25, (pose.hips - 1.0) * hips);
        let wriggle = t + 1.8;
        for dof in [Dof::ThoraxRoll, Dof::PelvisRoll] {
            self.ripple_deg(dof, t + 0.4, wriggle + 1.6, 5.0, 0.7);
        }
        self.ripple(Dof::HipY, t + 0.6, wriggle + 1.4, 0.015, 0.8);
        self.now = wriggle + 0.8;
        self.settle(pose);
    }

    /// Down on one knee, then on both, then on the hands.
    fn onto_all_fours(&mut self) {
        let t = self.now;
        let hips = self.scenario.body.hip_height();
        let knees = 0.50 * hips;
        self.trunk(t, 1.5, 28.0, 22.0);
        self.shift(t + 0.1, 1.6, 0.10, knees - hips);
        self.turn(Dof::Thigh(Side::Left), t, 1.2, -50.0);
        self.turn(Dof::Thigh(Side::Left), t + 1.3, 0.9, 0.0);
        for side in SIDES {
            self.turn(Dof::Shank(side), t + 0.3, 1.5, 90.0);
        }
        self.movement.track(Dof::HipZ).bump(t + 1.55, 0.22, -0.008);
        self.trunk(t + 1.9, 1.4, 92.0, 88.0);
        self.shift(t + 1.9, 1.3, 0.05, 0.0);
        self.arms(t + 1.6, 1.5, 0.0);
        for dof in [Dof::ThoraxRoll, Dof::PelvisRoll] {
            self.ripple_deg(dof, t + 0.3, t + 3.6, 4.0, 0.8);
        }
        self.now = t + 3.5;
    }

    /// From hands and knees onto the belly.
    fn lie_down(&mut self, pose: Pose) {
        let t = self.now;
        let hips = self.scenario.body.hip_height();
        self.trunk(t, 1.0, 76.0, 70.0);
        self.shift(t, 1.8, 0.15, (pose.hips - 0.50) * hips);
        self.thighs(t + 0.2, 1.6, pose.thigh, pose.shank);
        self.arms(t + 0.8, 1.5, pose.arm);
        self.now = t + 1.2;
        self.settle(pose);
    }

    /// Into the exact start pose: near the line, never quite on it.
    pub(super) fn settle(&mut self, pose: Pose) {
        let t = self.now;
        let offset = self.chance.vary(0.8);
        let pelvis = pose.trunk + offset + self.chance.vary(0.8);
        self.trunk(t, 1.1, pose.trunk + offset, pelvis);
        self.arms(t, 1.0, pose.arm);
        let tilt = self.chance.vary(0.6);
        self.turn(Dof::ThoraxRoll, t, 1.0, tilt);
        self.turn(Dof::PelvisRoll, t, 1.0, tilt + 0.4);
        self.now = t + 1.3;
    }

    /// Back to standing.
    pub(super) fn leave_pose(&mut self) {
        let from = self.now;
        if let Exercise::Drill(drill) = self.scenario.exercise {
            self.come_from(drill);
            self.not_a_rep(from, "getting up");
            return;
        }
        let hips = self.scenario.body.hip_height();
        let below = self.movement.planned(Dof::HipZ) - hips;
        let floor = self.scenario.exercise.pose().hips < 0.8;
        if floor {
            let t = self.now;
            self.trunk(t, 1.4, 60.0, 55.0);
            self.shift(t + 0.3, 1.3, -0.10, -0.55 * below);
            self.now = t + 1.5;
        }
        let t = self.now;
        let left = self.movement.planned(Dof::HipZ) - hips;
        self.trunk(t, 1.8, 0.0, 0.0);
        self.shift(t, 1.6, -0.20, -left);
        self.thighs(t, 1.7, 0.0, 0.0);
        self.arms(t, 1.5, 0.0);
        self.turn(Dof::ThoraxRoll, t, 1.5, 0.0);
        self.turn(Dof::PelvisRoll, t, 1.5, 0.0);
        for dof in [Dof::ThoraxRoll, Dof::PelvisRoll] {
            self.ripple_deg(dof, t, t + 2.2, 4.0, 0.9);
        }
        self.now = t + 2.3;
        self.walk(2);
        self.not_a_rep(from, "getting up");
    }
}
