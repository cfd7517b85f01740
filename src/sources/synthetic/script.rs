//! What happens in a session, in order: the wearer plans it here, as strokes of the body's coordinates.

use super::bird_dog;
use super::body::{Dof, Movement};
use super::chance::{Chance, Purpose};
use super::drill::way::Stage;
use super::exercises::Exercise;
use super::hinge;
use super::trajectory::Ripple;
use super::{Scenario, WornSensor};
use crate::input::{Segment, Side};
use crate::recording::truth::Stretch;

/// A repetition as it is planned; what it really became is measured on the movement.
#[derive(Clone, Debug)]
pub(crate) struct PlannedRep {
    pub set: u32,
    pub side: Option<Side>,
    pub faults: Vec<String>,
    /// Start of the way out, arrival at the turn, departure from it, arrival back, end of the hold there.
    pub leave: f64,
    pub arrive: f64,
    pub depart: f64,
    pub back: f64,
    pub end: f64,
}

/// The session under construction, and its clock.
pub(crate) struct Script<'a> {
    pub scenario: &'a Scenario,
    pub chance: Chance,
    pub movement: Movement,
    pub now: f64,
    pub reps: Vec<PlannedRep>,
    pub not_reps: Vec<Stretch>,
    pub still: Vec<Stretch>,
    /// The last stretch in which the start pose was held before each set.
    pub start_poses: Vec<(f64, f64)>,
    /// When the straps slip.
    pub slip_at: Option<f64>,
    /// Where a drill is done, and the pose the wearer is in.
    pub stage: Stage,
}

pub(super) const SIDES: [Side; 2] = [Side::Left, Side::Right];

impl<'a> Script<'a> {
    /// Plans the whole session.
    pub(crate) fn plan(scenario: &'a Scenario) -> Script<'a> {
        let mut script = Script {
            scenario,
            chance: Chance::new(scenario.seed, Purpose::Movement),
            movement: Movement::new(scenario.body),
            now: 0.0,
            reps: Vec::new(),
            not_reps: Vec::new(),
            still: Vec::new(),
            start_poses: Vec::new(),
            slip_at: None,
            stage: Stage::default(),
        };
        natural_unrest(&mut script.movement, &mut script.chance);
        script.arrive();
        // Limbs need no bend, so that nobody asks for one.
        let is_limb = |worn: &WornSensor| {
            !matches!(worn.placement.segment(), Segment::Thorax | Segment::Pelvis)
        };
        let limbs_alone = !scenario.sensors.is_empty() && scenario.sensors.iter().all(is_limb);
        if scenario.calibration && !limbs_alone {
            script.calibrate();
        }
        script.take_pose();
        for set in 1..=scenario.sets {
            script.hold_start_pose();
            match scenario.exercise {
                Exercise::Drill(drill) => script.perform_drill(drill, set),
                Exercise::BirdDog => bird_dog::perform_set(&mut script, set),
                _ => hinge::perform_set(&mut script, set),
            }
            if scenario.exercise.ends_by_itself() {
                script.now += 0.4;
            } else {
                script.stay_still(1.8, "end pose");
            }
            if set < scenario.sets {
                script.rest_between_sets();
            }
        }
        script.leave_pose();
        script.stay_still(2.5, "standing");
        script.movement.finish();
        script
    }

    /// Moves one coordinate, in degrees (or m for a position).
    pub(crate) fn turn(&mut self, dof: Dof, start: f64, duration: f64, target_deg: f64) {
        self.movement
            .track(dof)
            .glide_to(start, duration, target_deg.to_radians());
    }

    /// Moves the whole trunk.
    pub(crate) fn trunk(&mut self, start: f64, duration: f64, thorax_deg: f64, pelvis_deg: f64) {
        self.turn(Dof::ThoraxPitch, start, duration, thorax_deg);
        self.turn(Dof::PelvisPitch, start, duration, pelvis_deg);
    }

    /// Moves the hips forward and up, relative to where they are, in the direction the wearer faces.
    pub(crate) fn shift(&mut self, start: f64, duration: f64, forward: f64, up: f64) {
        let heading = self.movement.planned(Dof::Heading);
        let mut by = |dof, delta| self.movement.track(dof).glide_by(start, duration, delta);
        by(Dof::HipX, forward * heading.cos());
        by(Dof::HipY, forward * heading.sin());
        by(Dof::HipZ, up);
    }

    /// A ripple of an angle within a stretch, degrees.
    pub(crate) fn ripple_deg(&mut self, dof: Dof, from: f64, to: f64, amplitude: f64, hertz: f64) {
        self.ripple(dof, from, to, amplitude.to_radians(), hertz);
    }

    /// A ripple within a stretch, in the coordinate's unit.
    pub(crate) fn ripple(&mut self, dof: Dof, from: f64, to: f64, amplitude: f64, hertz: f64) {
        let phase = self.chance.between(0.0, std::f64::consts::TAU);
        self.movement.ripple(
            dof,
            Ripple {
                from,
                to,
                fade: 0.4_f64.min(0.3 * (to - from)),
                amplitude,
                hertz,
                phase,
            },
        );
    }

    /// Keeps the pose for a while.
    pub(crate) fn stay_still(&mut self, seconds: f64, what: &str) {
        let from = self.now;
        self.now += seconds;
        self.still.push(stretch(from, self.now, what));
    }

    pub(super) fn not_a_rep(&mut self, from: f64, what: &str) {
        self.not_reps.push(stretch(from, self.now, what));
    }

    /// The wearer stands, with the sensors on.
    fn arrive(&mut self) {
        let hips = self.scenario.body.hip_height();
        let heading = self.chance.between(-3.0, 3.0);
        let before = -10.0;
        self.movement.track(Dof::HipZ).glide_to(before, 1.0, hips);
        self.movement
            .track(Dof::Heading)
            .glide_to(before, 1.0, heading);
        let seconds = 4.5 + self.chance.between(0.0, 0.6);
        self.stay_still(seconds, "standing");
    }

    /// One slow bend forward, as asked for to find the sensors' axes.
    fn calibrate(&mut self) {
        let from = self.now;
        // The pelvis takes only part of a bend: who wears a sensor there is asked to go deeper.
        let sensors = &self.scenario.sensors;
        let pelvis = sensors
            .iter()
            .any(|worn| worn.placement.segment() == Segment::Pelvis);
        let asked = if pelvis { 60.0 } else { 50.0 };
        let depth = asked + self.chance.vary(3.0);
        let (down, pause, up) = (
            2.2 + self.chance.vary(0.2),
            0.7 + self.chance.vary(0.1),
            2.1 + self.chance.vary(0.2),
        );
        let hips_back = -0.05 * self.scenario.body.height;
        self.trunk(from, down, depth, 0.62 * depth);
        self.shift(from, down, hips_back, -0.01);
        self.thighs(from, down, -5.0, 0.0);
        let back = from + down + pause;
        self.trunk(back, up, 0.0, 0.0);
        self.shift(back, up, -hips_back, 0.01);
        self.thighs(back, up, 0.0, 0.0);
        self.now = back + up;
        self.not_a_rep(from, "calibration bend");
        // Whoever is asked for a start pose goes there at once; the scripted exercises keep their old pause.
        let pause = match self.scenario.exercise {
            Exercise::Drill(_) => 0.9,
            _ => 2.6,
        };
        self.stay_still(pause, "standing");
    }

    pub(crate) fn thighs(&mut self, start: f64, duration: f64, thigh_deg: f64, shank_deg: f64) {
        for side in SIDES {
            self.turn(Dof::Thigh(side), start, duration, thigh_deg);
            self.turn(Dof::Shank(side), start, duration, shank_deg);
        }
    }

    pub(crate) fn arms(&mut self, start: f64, duration: f64, arm_deg: f64) {
        for side in SIDES {
            self.turn(Dof::UpperArm(side), start, duration, arm_deg);
            self.turn(Dof::Forearm(side), start, duration, arm_deg);
        }
    }

    fn hold_start_pose(&mut self) {
        let from = self.now;
        if self.scenario.exercise.is_hold() {
            // A rest in stillness may be what is held: nobody is asked for it.
            self.start_poses.push((from - 0.2, from));
            return;
        }
        let seconds = 3.4 + self.chance.between(0.0, 0.5);
        self.stay_still(seconds, "start pose");
        self.start_poses.push((from + 0.4, self.now));
    }

    /// A rest between two sets: in place, or getting up and back.
    fn rest_between_sets(&mut self) {
        let from = self.now;
        let rest = self.scenario.rest.max(6.0);
        self.slip_at = Some(from + 0.5 * rest);
        if self.scenario.leave_between_sets {
            self.leave_pose();
            let (to, pose_begins) = (from + rest, self.now);
            self.shuffle(pose_begins, to.max(pose_begins + 2.0));
            self.take_pose();
        } else {
            self.shuffle(from, from + rest);
            match self.scenario.exercise {
                Exercise::Drill(drill) => self.settle_into(drill),
                _ => self.settle(self.scenario.exercise.pose()),
            }
        }
        self.not_a_rep(from, "rest");
    }

    /// Resting is not standing still: weight shifts, the head turns, a strap is pulled straight.
    fn shuffle(&mut self, from: f64, to: f64) {
        let mut t = from + 0.5;
        while t + 3.0 < to {
            let size = self.chance.between(2.0, 7.0) * self.chance.sign();
            let length = self.chance.between(1.2, 2.6);
            let dof = [
                Dof::ThoraxPitch,
                Dof::ThoraxRoll,
                Dof::ThoraxYaw,
                Dof::PelvisRoll,
            ][self.chance.below(4)];
            self.movement.track(dof).bump(t, length, size.to_radians());
            let sideways = 0.02 * self.chance.sign();
            self.movement.track(Dof::HipY).bump(t, length, sideways);
            t += length + self.chance.between(0.2, 1.6);
        }
        self.now = to;
    }
}

/// Sway of a balancing body and the tremor of its muscles: small, always there, never the same.
pub(super) fn natural_unrest(movement: &mut Movement, chance: &mut Chance) {
    use std::f64::consts::TAU;
    let angles = [
        Dof::PelvisPitch,
        Dof::PelvisRoll,
        Dof::ThoraxPitch,
        Dof::ThoraxRoll,
        Dof::ThoraxYaw,
        Dof::Thigh(Side::Left),
        Dof::Thigh(Side::Right),
        Dof::Shank(Side::Left),
        Dof::Shank(Side::Right),
        Dof::Forearm(Side::Left),
        Dof::Forearm(Side::Right),
    ];
    for dof in angles {
        for (amplitude_deg, low, high) in [(0.28, 0.12, 0.4), (0.10, 0.6, 1.3), (0.004, 7.0, 10.5)]
        {
            let amplitude = chance.between(0.6, 1.2) * f64::to_radians(amplitude_deg);
            let hertz = chance.between(low, high);
            let phase = chance.between(0.0, TAU);
            movement.ripple(dof, Ripple::lasting(amplitude, hertz, phase));
        }
    }
    for dof in [Dof::HipX, Dof::HipY] {
        let amplitude = chance.between(0.002, 0.004);
        let hertz = chance.between(0.2, 0.5);
        let phase = chance.between(0.0, TAU);
        movement.ripple(dof, Ripple::lasting(amplitude, hertz, phase));
    }
}

pub(super) fn stretch(from: f64, to: f64, what: &str) -> Stretch {
    Stretch {
        from,
        to,
        what: what.to_owned(),
    }
}
