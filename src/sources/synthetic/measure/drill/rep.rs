//! One repetition.

use super::paths::{Paths, signal_of};
use super::{HELD, Quantities, STEP, kept_low, trunk_of};
use crate::input::{Placement, Side};
use crate::recording::truth::{RepKind, TrueRep};
use crate::sources::synthetic::drill::counted::{counting, on_the_side};
use crate::sources::synthetic::drill::{Drill, First, Reps};
use crate::sources::synthetic::measure::smoothness::sparc;
use crate::sources::synthetic::measure::{largest, largest_abs, mean, smallest};
use crate::sources::synthetic::script::{PlannedRep, Script};

/// Every repetition of the session.
pub(super) fn all(script: &Script<'_>, _drill: &Drill, reps: &Reps) -> Vec<TrueRep> {
    let of = |index: usize| script.reps.get(index);
    let beside = |plan: &PlannedRep, other: Option<&PlannedRep>| {
        other.filter(|other| other.set == plan.set).cloned()
    };
    script
        .reps
        .iter()
        .enumerate()
        .map(|(index, plan)| {
            let before = beside(plan, index.checked_sub(1).and_then(of));
            let after = beside(plan, of(index + 1));
            Measuring::new(script, reps, plan, after).rep(before)
        })
        .collect()
}

pub(super) struct Measuring<'a> {
    pub script: &'a Script<'a>,
    pub reps: &'a Reps,
    pub plan: &'a PlannedRep,
    pub next: Option<PlannedRep>,
    pub paths: Paths,
    pub full: f64,
    /// Leaving the start pose and being back in it, where one goes from end to end.
    pub leave: f64,
    pub back: f64,
    pub placement: Placement,
    pub trunk: Placement,
    pub q: Quantities,
}

impl<'a> Measuring<'a> {
    fn new(
        script: &'a Script<'a>,
        reps: &'a Reps,
        plan: &'a PlannedRep,
        next: Option<PlannedRep>,
    ) -> Measuring<'a> {
        let (entry, signal, worn) = counting(reps, script.scenario);
        let lead = plan.side.unwrap_or(Side::Right);
        let placement = on_the_side(worn, lead, reps.sides);
        let pose = script.start_poses[plan.set as usize - 1];
        let value = signal_of(&script.movement, signal, placement, pose);
        let turned = if signal.is_sided() && value(plan.arrive) < 0.0 {
            -1.0
        } else {
            1.0
        };
        let trunk = trunk_of(script.scenario);
        let until = next
            .as_ref()
            .map_or(plan.end, |next| next.leave)
            .max(plan.back);
        let paths = Paths::sample(&script.movement, plan.leave, until, pose, trunk, |t| {
            turned * value(t)
        });
        let mut measuring = Measuring {
            script,
            reps,
            plan,
            next,
            paths,
            full: reps.full.get(entry).copied().unwrap_or(0.0),
            leave: plan.leave,
            back: plan.back,
            placement,
            trunk,
            q: Quantities::new(),
        };
        measuring.cross();
        measuring
    }

    /// Where one comes from beyond the start pose and goes beyond it, the repetition is what lies between.
    fn cross(&mut self) {
        // Less is where people come to rest, not an end of the movement.
        const BEYOND: f64 = -3.0;
        let signal = &self.paths.signal;
        let time = |index: usize| self.plan.leave + STEP * index as f64;
        let far = self.paths.index(self.plan.arrive);
        let mut leave = self.plan.leave;
        if signal[0] < BEYOND
            && let Some(at) = signal[..far].iter().rposition(|value| *value <= 0.0)
        {
            leave = time(at);
        }
        let depart = self.paths.index(self.plan.depart);
        let mut back = self.plan.back;
        if signal[self.paths.index(self.plan.back)] < BEYOND
            && let Some(at) = signal[depart..].iter().position(|value| *value <= 0.0)
        {
            back = time(depart + at);
        }
        (self.leave, self.back) = (leave, back);
    }

    pub(super) fn put(&mut self, name: &str, value: f64) {
        if value.is_finite() {
            self.q.insert(name.to_owned(), value);
        }
    }

    fn rep(mut self, before: Option<PlannedRep>) -> TrueRep {
        self.times(before);
        self.signal_itself();
        self.trunk();
        self.both();
        self.limb();
        self.dynamics();
        let rom = self.q.get("rom").copied().unwrap_or(0.0);
        TrueRep {
            set: self.plan.set,
            start: self.leave,
            turn: 0.5 * (self.plan.arrive + self.plan.depart),
            back: self.back,
            end: self.plan.end,
            kind: if rom >= self.full {
                RepKind::Full
            } else {
                RepKind::Partial
            },
            side: self.plan.side,
            faults: self.plan.faults.clone(),
            quantities: self.q,
        }
    }

    pub(super) fn lowering(&self) -> (f64, f64) {
        match self.reps.first {
            First::Lower => (self.leave, self.plan.arrive),
            First::Raise => (self.plan.depart, self.back),
        }
    }

    pub(super) fn raising(&self) -> (f64, f64) {
        match self.reps.first {
            First::Raise => (self.leave, self.plan.arrive),
            First::Lower => (self.plan.depart, self.back),
        }
    }

    fn times(&mut self, before: Option<PlannedRep>) {
        let (lower, raise) = (self.lowering(), self.raising());
        let (t_lower, t_raise) = (lower.1 - lower.0, raise.1 - raise.0);
        self.put("t_lower", t_lower);
        self.put("t_raise", t_raise);
        self.put("tempo_ratio", t_lower / t_raise);
        let (out, back) = (self.plan.arrive - self.leave, self.back - self.plan.depart);
        self.put("back_out_ratio", back / out);
        if let Some(before) = before {
            self.put("period", self.plan.leave - before.leave);
        }
    }

    fn signal_itself(&mut self) {
        let signal = self.paths.signal.clone();
        let (leave, arrive, depart, back) =
            (self.leave, self.plan.arrive, self.plan.depart, self.back);
        let within = |from, to| self.paths.part(&signal, from, to).to_vec();
        let whole = within(leave, back);
        let peak = largest(&whole);
        let speeds = Paths::speed(&signal);
        let speed_in = |(from, to): (f64, f64)| {
            let part = self.paths.part(&speeds, from, to);
            part.iter().map(|speed| speed.abs()).collect::<Vec<f64>>()
        };
        let (lower, raise) = (self.lowering(), self.raising());
        let way_out = speed_in((leave, arrive));
        let (low, rai) = (speed_in(lower), speed_in(raise));
        let near = within(leave, back);
        let far = self.paths.part(&speeds, leave, back).to_vec();
        let zone = self.reps.hold_zone;
        let held = near
            .iter()
            .zip(&far)
            .filter(|(value, speed)| peak - **value < zone && speed.abs() < 15.0);
        let t_hold = held.count() as f64 * STEP;
        let count = |holds: &dyn Fn(f64) -> bool| {
            near.iter().filter(|value| holds(**value)).count() as f64 * STEP
        };
        let t_turn = count(&|value| peak - value < 5.0);
        let t_far = count(&|value| value > 0.7 * peak);
        let middle = 0.5 * (arrive + depart);
        let bends = Paths::speed(&speeds);
        let end_of_back = self
            .paths
            .part(&signal, depart, back)
            .iter()
            .zip(self.paths.part(&speeds, depart, back))
            .filter(|(value, _)| **value <= 30.0)
            .map(|(_, speed)| speed.abs());
        let speed_end = end_of_back.fold(0.0, f64::max);
        let turn_acc = largest_abs(self.paths.part(&bends, middle - 0.15, middle + 0.15)).abs();
        let at_depart = signal[self.paths.index(depart)];
        let to_next = within(leave, self.plan.end.max(back));
        let resting = within(back, self.plan.end.max(back));
        let rom = peak - smallest(&whole);
        let smooth = |(from, to): (f64, f64)| {
            let every = (0.01 / STEP) as usize;
            let speeds = self.paths.part(&speeds, from, to);
            let thinned: Vec<f64> = speeds.iter().step_by(every).map(|v| v.abs()).collect();
            sparc(&thinned, 100.0)
        };
        let (smooth_lower, smooth_raise) = (smooth(lower), smooth(raise));
        let reset = self.reset();
        self.put("peak", peak);
        self.put("rom", rom);
        self.put("swing", largest(&to_next) - smallest(&to_next));
        self.put("sag", peak - at_depart);
        self.put("top_min", kept_low(&resting, HELD));
        self.put("top_level", mean(&resting));
        self.put("t_turn", t_turn);
        self.put("t_far", t_far);
        if zone > 0.0 {
            self.put("t_hold", t_hold);
        }
        if let Some(reset) = reset {
            self.put("t_reset", reset);
        }
        self.put("turn_acc", turn_acc);
        self.put("speed_peak", largest(&low).max(largest(&rai)));
        self.put("speed_peak_lower", largest(&low));
        self.put("speed_peak_raise", largest(&rai));
        self.put("speed_mean_lower", rom / (lower.1 - lower.0));
        self.put("speed_mean_raise", rom / (raise.1 - raise.0));
        self.put("speed_ratio_out", largest(&way_out) / mean(&way_out));
        self.put("speed_end", speed_end);
        self.put("sparc_lower", smooth_lower);
        self.put("sparc_raise", smooth_raise);
        self.put("stick", stick(&rai));
    }

    /// Time at rest before the next one: whatever moves in either of them is near the start pose and slow.
    fn reset(&self) -> Option<f64> {
        let next = self.next.as_ref()?;
        let (_, signal, worn) = counting(self.reps, self.script.scenario);
        let pose = self.script.start_poses[self.plan.set as usize - 1];
        let of = |plan: &PlannedRep| {
            let lead = plan.side.unwrap_or(Side::Right);
            let placement = on_the_side(worn, lead, self.reps.sides);
            let value = signal_of(&self.script.movement, signal, placement, pose);
            let at = super::paths::times(self.plan.depart, next.arrive);
            at.into_iter().map(value).collect::<Vec<f64>>()
        };
        let near = |values: &[f64]| -> Vec<bool> {
            let speeds = Paths::speed(values);
            let pairs = values.iter().zip(&speeds);
            let zone = self.reps.hold_zone;
            pairs
                .map(|(value, speed)| value.abs() < zone && speed.abs() < 15.0)
                .collect()
        };
        let (this, other) = (near(&of(self.plan)), near(&of(next)));
        let rests = this
            .iter()
            .zip(&other)
            .filter(|(this, other)| **this && **other);
        Some(rests.count() as f64 * STEP)
    }
}

fn stick(speeds: &[f64]) -> f64 {
    let count = speeds.len();
    let middle = &speeds[count / 5..(count - count / 5).max(count / 5 + 1).min(count)];
    smallest(middle) / mean(speeds)
}
