//! Hyperextension, good morning, superman, as they became.

use super::smoothness::sparc;
use super::{Measuring, Quantities, around, largest, largest_abs, mean, sampled, smallest, speed};
use crate::input::Side;
use crate::recording::truth::TrueRep;
use crate::sources::synthetic::body::Dof;
use crate::sources::synthetic::exercises::Exercise;

impl Measuring<'_> {
    /// Hyperextension, good morning, superman.
    pub(super) fn hinge(&self) -> TrueRep {
        let plan = self.plan;
        let lifts = self.scenario.exercise == Exercise::Superman;
        let sign = if lifts { -1.0 } else { 1.0 };
        let signal = |t: f64| sign * self.thorax(t);
        let stretch = |from, to| sampled(from, to, signal);
        let whole = stretch(plan.leave, plan.end.max(plan.back));
        let peak = largest(&whole);
        let rom = peak - smallest(&whole);
        let turn = self.turn(&signal, peak);
        let mut q = Quantities::new();
        let mut put = |name: &str, value: f64| q.insert(name.to_owned(), value);
        put("peak", peak);
        put("rom", rom);
        if lifts {
            put("lift", peak);
        }
        let top = stretch(plan.back.min(plan.end), plan.end);
        put("top", mean(&top));
        put("top_min", smallest(&stretch(plan.depart, plan.end)));
        // A superman begins with the raise, all others with the lowering.
        let (out, back) = ((plan.leave, plan.arrive), (plan.depart, plan.back));
        let (lowering, raising) = if lifts { (back, out) } else { (out, back) };
        put("t_lower", lowering.1 - lowering.0);
        put("t_raise", raising.1 - raising.0);
        let near = |t: f64| (signal(t) - peak).abs() < 5.0;
        put("t_turn", around(turn, plan.leave, plan.back, near));
        let still = |t: f64| speed(&signal, t).abs() < 15.0;
        let held = if lifts {
            around(turn, plan.leave, plan.back, |t| near(t) && still(t))
        } else {
            let times = sampled(plan.depart, plan.end + 0.3, |t| t);
            let nearest = times
                .into_iter()
                .min_by(|a, b| signal(*a).total_cmp(&signal(*b)));
            around(nearest.unwrap_or(plan.end), turn, plan.end + 1.0, |t| {
                signal(t).abs() < 8.0 && still(t)
            })
        };
        put("t_hold", held);
        let fastest = |from, to| largest(&sampled(from, to, |t| speed(&signal, t).abs()));
        let (out, back) = (fastest(plan.leave, turn), fastest(turn, plan.back));
        let (lower, raise) = if lifts { (back, out) } else { (out, back) };
        put("omega_peak_lower", lower);
        put("omega_peak_raise", raise);
        put("omega_peak", lower.max(raise));
        let bend = |t: f64| (signal(t + 0.004) - 2.0 * signal(t) + signal(t - 0.004)) / 1.6e-5;
        put(
            "turn_acc",
            largest(&sampled(turn - 0.15, turn + 0.15, |t| bend(t).abs())),
        );
        put("raise_speed", rom / (raising.1 - raising.0));
        put("sparc_raise", sparc_of(&signal, raising.0, raising.1));
        put("sparc_lower", sparc_of(&signal, lowering.0, lowering.1));
        put("stick_ratio", self.stick_ratio(&signal));
        self.shape(turn, &mut q);
        self.rep(turn, rom >= self.scenario.exercise.full_range(), q)
    }

    /// When the signal is at its peak; the middle of the pause, where it rests there.
    fn turn(&self, signal: &impl Fn(f64) -> f64, peak: f64) -> f64 {
        let (from, to) = (self.plan.leave, self.plan.back);
        let near: Vec<f64> = sampled(from, to, |t| t)
            .into_iter()
            .filter(|&t| signal(t) > peak - 0.5)
            .collect();
        mean(&near)
    }

    fn stick_ratio(&self, signal: &impl Fn(f64) -> f64) -> f64 {
        let (from, to) = (self.plan.depart, self.plan.back);
        let length = to - from;
        let middle = sampled(from + 0.2 * length, to - 0.2 * length, |t| {
            speed(signal, t).abs()
        });
        let all = sampled(from, to, |t| speed(signal, t).abs());
        smallest(&middle) / mean(&all)
    }

    /// Side and back: roll, lumbar flexion, the pelvis's share, the knees.
    fn shape(&self, turn: f64, q: &mut Quantities) {
        let (from, to) = (self.plan.leave, self.plan.end.max(self.plan.back));
        let of = |value: &dyn Fn(f64) -> f64| sampled(from, to, value);
        let mut put = |name: &str, value: f64| q.insert(name.to_owned(), value);
        let side = largest_abs(&of(&|t| self.thorax_roll(t)));
        put("side_max", side);
        put("side_max_abs", side.abs());
        put(
            "pelvis_side_max",
            largest_abs(&of(&|t| self.pelvis_roll(t))),
        );
        put("side_at_turn", self.thorax_roll(turn));
        let lumflex = of(&|t| self.lumflex(t));
        put("lumflex_min", smallest(&lumflex));
        put("lumflex_max", largest(&lumflex));
        put("lumflex_turn", self.lumflex(turn));
        let most = self.scenario.body.lumflex_max_deg;
        put("lumflex_pct_turn", 100.0 * self.lumflex(turn) / most);
        let range = |values: Vec<f64>| largest(&values) - smallest(&values);
        let pelvis = of(&|t| self.pelvis(t));
        put("pelvis_peak", largest(&pelvis));
        put(
            "pelvis_share",
            range(pelvis) / range(of(&|t| self.thorax(t))),
        );
        let knee = |t: f64| -self.movement.value(Dof::Thigh(Side::Right), t).to_degrees();
        if self.scenario.exercise == Exercise::GoodMorning {
            put("knee_forward", largest(&of(&knee)));
        }
    }
}

/// Smoothness of the signal's speed within a stretch.
fn sparc_of(signal: &impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let count = (100.0 * (to - from)).max(1.0) as usize;
    let speeds: Vec<f64> = (0..count)
        .map(|i| speed(signal, from + 0.01 * i as f64).abs())
        .collect();
    sparc(&speeds, 100.0)
}
