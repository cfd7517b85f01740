//! Bird-dogs, as they became.

use super::{
    Measuring, Quantities, around, largest, largest_abs, mean, median, sampled, smallest, speed,
};
use crate::input::{Placement, Side};
use crate::recording::truth::TrueRep;
use crate::sources::synthetic::body::Dof;
use crate::sources::synthetic::exercises::LEVEL;
use crate::sources::synthetic::script::PlannedRep;

impl Measuring<'_> {
    /// Opposite arm and leg.
    pub(super) fn bird_dog(&self, next: Option<&PlannedRep>) -> TrueRep {
        let plan = self.plan;
        let leg = Dof::Thigh(plan.side.unwrap_or(Side::Right));
        let elevation = |t: f64| self.movement.value(leg, t).to_degrees() - LEVEL;
        let (from, to) = (plan.leave, plan.back);
        let mut q = Quantities::new();
        let mut put = |name: &str, value: f64| q.insert(name.to_owned(), value);
        let held = sampled(plan.arrive, plan.depart, elevation);
        let middle = median(&held);
        put("leg_max", largest(&sampled(from, to, elevation)));
        put("leg_hold", middle);
        put("hold_drop", middle - smallest(&held));
        let travel = largest(&held) - elevation(plan.leave);
        put("leg_travel", travel);
        put("t_up", plan.arrive - plan.leave);
        put("t_down", plan.back - plan.depart);
        // A lost hold is still one hold: the leg that drops and comes back is not back on the floor.
        let up = |t: f64| (elevation(t) - middle).abs() < 15.0 && speed(&elevation, t).abs() < 15.0;
        let early = around(plan.arrive, plan.leave, plan.depart, up).min(plan.depart - plan.arrive);
        let tail = |at: f64, low: f64, high: f64| around(at, low, high, up);
        let before = tail(plan.arrive, plan.leave, plan.arrive);
        let after = tail(plan.depart, plan.depart, plan.back);
        put("t_hold", plan.depart - plan.arrive + before + after);
        put("t_hold_unbroken", early + before);
        if let Some(next) = next {
            let down = |t: f64| self.limbs_down(plan, next, t);
            put(
                "t_reset",
                around(
                    0.5 * (plan.back + next.leave),
                    plan.depart,
                    next.arrive,
                    down,
                ),
            );
        }
        self.steadiness(&mut q);
        self.posture(&mut q);
        self.rep(
            0.5 * (plan.arrive + plan.depart),
            travel >= self.scenario.exercise.full_range(),
            q,
        )
    }

    /// Both legs are near the floor and slow.
    fn limbs_down(&self, plan: &PlannedRep, next: &PlannedRep, t: f64) -> bool {
        [plan, next].into_iter().all(|rep| {
            let leg = Dof::Thigh(rep.side.unwrap_or(Side::Right));
            let thigh = |t: f64| self.movement.value(leg, t).to_degrees();
            thigh(t).abs() < 15.0 && speed(&thigh, t).abs() < 15.0
        })
    }

    /// Sway in the hold, half a second cut off at both ends.
    fn steadiness(&self, q: &mut Quantities) {
        let (from, to) = (self.plan.arrive + 0.5, self.plan.depart - 0.5);
        if to - from < 0.5 {
            return;
        }
        let mut put = |name: &str, value: f64| q.insert(name.to_owned(), value);
        let pelvis = |t: f64| self.movement.position(Placement::Sacrum, t);
        let h = 0.002;
        let acceleration =
            |t: f64| ((pelvis(t + h) - 2.0 * pelvis(t) + pelvis(t - h)) / (h * h)).norm();
        let count = (100.0 * (to - from)) as usize;
        let lengths: Vec<f64> = (0..count)
            .map(|i| acceleration(from + 0.01 * i as f64))
            .collect();
        put("sway_acc", mean(&lengths));
        let rms = |value: &dyn Fn(f64) -> f64| {
            let values = sampled(from, to, value);
            let middle = mean(&values);
            let squares: Vec<f64> = values.iter().map(|v| (v - middle).powi(2)).collect();
            mean(&squares).sqrt()
        };
        put("sway_rms_sigma", rms(&|t| self.pelvis_roll(t)));
        put("sway_rms_theta", rms(&|t| self.pelvis(t)));
    }

    fn posture(&self, q: &mut Quantities) {
        let (from, to) = (self.plan.leave, self.plan.back);
        let of = |value: &dyn Fn(f64) -> f64| sampled(from, to, value);
        let mut put = |name: &str, value: f64| q.insert(name.to_owned(), value);
        let pitch = of(&|t| self.pelvis(t));
        put("pelvis_pitch_max", largest(&pitch));
        put("pelvis_pitch_min", smallest(&pitch));
        let roll = largest_abs(&of(&|t| self.pelvis_roll(t)));
        put("pelvis_roll", roll);
        put("pelvis_roll_max", roll.abs());
        put(
            "thorax_roll_max",
            largest_abs(&of(&|t| self.thorax_roll(t))).abs(),
        );
        put(
            "thorax_pitch_max_abs",
            largest_abs(&of(&|t| self.thorax(t))).abs(),
        );
        let apart = |t: f64| self.thorax_roll(t) - self.pelvis_roll(t);
        put("scissors_max", largest_abs(&of(&apart)).abs());
        let lumflex = of(&|t| self.thorax(t) - self.pelvis(t));
        put("lumflex_min", smallest(&lumflex));
        put("lumflex_max", largest(&lumflex));
    }
}
