//! The truth: what a planned repetition became, measured on the noise-free movement.

use std::collections::BTreeMap;

use super::Scenario;
use super::body::{Dof, Movement};
use super::exercises::{Exercise, LEVEL};
use super::faults::Fault;
use super::script::{PlannedRep, Script};
use crate::input::{Placement, Side};
use crate::recording::truth::{RepKind, TrueRep, TrueSet, Truth};

/// Step of the measurement, s.
const STEP: f64 = 0.005;

/// The angles of the start pose, radians: what everything is relative to.
#[derive(Clone, Copy, Debug, Default)]
struct Neutral {
    theta_t: f64,
    theta_p: f64,
    sigma_t: f64,
    sigma_p: f64,
}

type Quantities = BTreeMap<String, f64>;

/// Measures the whole session.
pub(crate) fn truth(script: &Script<'_>) -> Truth {
    let scenario = script.scenario;
    let mut reps = Vec::new();
    for (index, plan) in script.reps.iter().enumerate() {
        let neutral = neutral(&script.movement, script.start_poses[plan.set as usize - 1]);
        let next = script
            .reps
            .get(index + 1)
            .filter(|next| next.set == plan.set);
        let measuring = Measuring {
            scenario,
            movement: &script.movement,
            plan,
            neutral,
        };
        reps.push(match scenario.exercise {
            Exercise::BirdDog => measuring.bird_dog(next),
            _ => measuring.hinge(),
        });
    }
    Truth {
        generator: format!(
            "{} synthetic wearer",
            concat!("backcoach ", env!("CARGO_PKG_VERSION"))
        ),
        seed: scenario.seed,
        exercise: scenario.exercise.id().to_owned(),
        height: scenario.body.height,
        sets: (1..=scenario.sets)
            .map(|set| true_set(script, set, &reps))
            .collect(),
        reps,
        not_reps: script.not_reps.clone(),
        still: script.still.clone(),
        gaps: Vec::new(),
    }
}

fn neutral(movement: &Movement, (from, to): (f64, f64)) -> Neutral {
    let mean_of = |dof: Dof| mean(&sampled(from, to, |t| movement.value(dof, t)));
    Neutral {
        theta_t: mean_of(Dof::ThoraxPitch),
        theta_p: mean_of(Dof::PelvisPitch),
        sigma_t: mean_of(Dof::ThoraxRoll),
        sigma_p: mean_of(Dof::PelvisRoll),
    }
}

fn sampled(from: f64, to: f64, value: impl Fn(f64) -> f64) -> Vec<f64> {
    let count = ((to - from) / STEP).round().max(1.0) as usize;
    (0..=count)
        .map(|i| value(from + (to - from) * i as f64 / count as f64))
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn largest_abs(values: &[f64]) -> f64 {
    values.iter().copied().fold(
        0.0,
        |worst: f64, v| if v.abs() > worst.abs() { v } else { worst },
    )
}

struct Measuring<'a> {
    scenario: &'a Scenario,
    movement: &'a Movement,
    plan: &'a PlannedRep,
    neutral: Neutral,
}

impl Measuring<'_> {
    fn rep(&self, turn: f64, whole: bool, quantities: Quantities) -> TrueRep {
        TrueRep {
            set: self.plan.set,
            start: self.plan.leave,
            turn,
            end: self.plan.end,
            kind: if whole {
                RepKind::Full
            } else {
                RepKind::Partial
            },
            side: self.plan.side,
            faults: self.plan.faults.clone(),
            quantities,
        }
    }

    fn thorax(&self, t: f64) -> f64 {
        (self.movement.value(Dof::ThoraxPitch, t) - self.neutral.theta_t).to_degrees()
    }

    fn pelvis(&self, t: f64) -> f64 {
        (self.movement.value(Dof::PelvisPitch, t) - self.neutral.theta_p).to_degrees()
    }

    fn thorax_roll(&self, t: f64) -> f64 {
        (self.movement.value(Dof::ThoraxRoll, t) - self.neutral.sigma_t).to_degrees()
    }

    fn pelvis_roll(&self, t: f64) -> f64 {
        (self.movement.value(Dof::PelvisRoll, t) - self.neutral.sigma_p).to_degrees()
    }

    /// Against standing, where both are upright.
    fn lumflex(&self, t: f64) -> f64 {
        (self.movement.value(Dof::ThoraxPitch, t) - self.movement.value(Dof::PelvisPitch, t))
            .to_degrees()
    }

    /// Hyperextension, good morning, superman.
    fn hinge(&self) -> TrueRep {
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
        put("t_lower", plan.arrive - plan.leave);
        put("t_raise", plan.back - plan.depart);
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
        let (lower, raise) = (fastest(plan.leave, turn), fastest(turn, plan.back));
        put("omega_peak_lower", lower);
        put("omega_peak_raise", raise);
        put("omega_peak", lower.max(raise));
        let bend = |t: f64| (signal(t + 0.004) - 2.0 * signal(t) + signal(t - 0.004)) / 1.6e-5;
        put(
            "turn_acc",
            largest(&sampled(turn - 0.15, turn + 0.15, |t| bend(t).abs())),
        );
        put("raise_speed", rom / (plan.back - plan.depart));
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

    /// Opposite arm and leg.
    fn bird_dog(&self, next: Option<&PlannedRep>) -> TrueRep {
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

/// Degrees per second, of a signal in degrees.
fn speed(signal: &impl Fn(f64) -> f64, t: f64) -> f64 {
    (signal(t + 0.002) - signal(t - 0.002)) / 0.004
}

/// How long something holds without a break around a moment, looked for between two bounds, s.
fn around(at: f64, low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let walk = |step: f64| {
        let mut t = at;
        while (low..=high).contains(&t) && holds(t) {
            t += step;
        }
        (t - at).abs()
    };
    (walk(STEP) + walk(-STEP) - STEP).max(0.0)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn true_set(script: &Script<'_>, set: u32, reps: &[TrueRep]) -> TrueSet {
    let reps: Vec<&TrueRep> = reps.iter().filter(|rep| rep.set == set).collect();
    let of = |name: &str| -> Vec<f64> {
        reps.iter()
            .filter_map(|rep| rep.quantities.get(name).copied())
            .collect()
    };
    let mut q = Quantities::new();
    let mut put = |name: &str, value: Option<f64>| value.map(|v| q.insert(name.to_owned(), v));
    put(
        "rom_loss",
        first_and_last(&of("rom")).map(|(a, b)| 100.0 * (a - b) / a),
    );
    put("top_drift", first_and_last(&of("top")).map(|(a, b)| b - a));
    put(
        "lumflex_drift",
        first_and_last(&of("lumflex_turn")).map(|(a, b)| b - a),
    );
    put("t_raise_slope", slope_percent(&of("t_raise")));
    put("velocity_loss", velocity_loss(&of("raise_speed")));
    let sides = of("side_at_turn");
    put("side_bias", (!sides.is_empty()).then(|| mean(&sides)));
    let trend = |name: &str| first_and_last(&of(name)).map(|(a, b)| b - a);
    let tipping = trend("pelvis_pitch_max")
        .into_iter()
        .chain(trend("pelvis_roll_max"));
    put("pitch_or_roll_trend", tipping.reduce(f64::max));
    if script.scenario.exercise == Exercise::BirdDog {
        let count = |side| reps.iter().filter(|rep| rep.side == Some(side)).count() as f64;
        put(
            "side_difference",
            Some((count(Side::Left) - count(Side::Right)).abs()),
        );
    }
    if set > 1 {
        put("slip", Some(script.scenario.slip_degrees()));
    }
    TrueSet {
        set,
        start: reps.first().map_or(0.0, |rep| rep.start),
        end: reps.last().map_or(0.0, |rep| rep.end),
        faults: set_faults(script.scenario, set),
        quantities: q,
    }
}

fn set_faults(scenario: &Scenario, set: u32) -> Vec<String> {
    let faults = scenario.faults_in(set, 0).map(|(fault, _)| fault);
    let of_set =
        faults.filter(|fault| fault.is_of_set() && (*fault != Fault::StrapSlip || set > 1));
    of_set.map(|fault| fault.name().to_owned()).collect()
}

/// Means of the first three and the last three, where there are six or more.
fn first_and_last(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len();
    (count >= 6).then(|| (mean(&values[..3]), mean(&values[count - 3..])))
}

/// Median of the slopes between all pairs, in percent of the mean of the first three per repetition.
fn slope_percent(values: &[f64]) -> Option<f64> {
    let (first, _) = first_and_last(values)?;
    let mut slopes = Vec::new();
    for (i, a) in values.iter().enumerate() {
        for (j, b) in values.iter().enumerate().skip(i + 1) {
            slopes.push((b - a) / (j - i) as f64);
        }
    }
    Some(100.0 * median(&slopes) / first)
}

/// Loss of the last against the best of the first three, percent.
fn velocity_loss(values: &[f64]) -> Option<f64> {
    let best = largest(values.get(..3)?);
    let last = values.last()?;
    Some(100.0 * (best - last) / best)
}
