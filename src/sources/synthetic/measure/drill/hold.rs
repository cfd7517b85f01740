//! One hold.

use nalgebra::Vector3;

use super::paths::{Course, Paths, Start, start_of, times};
use super::{HELD, Quantities, STEP, kept, kept_abs, kept_low, trunk_of};
use crate::input::{Placement, Segment};
use crate::recording::truth::{RepKind, TrueRep};
use crate::sources::synthetic::drill::hold::{STILL, is_inside, test_of};
use crate::sources::synthetic::drill::{Drill, Hold, Test};
use crate::sources::synthetic::measure::{largest, mean, smallest};
use crate::sources::synthetic::script::{PlannedRep, Script};

/// What the pose is set in, from the beginning of the hold, s.
const SET: f64 = 2.0;

/// Every hold of the session.
pub(super) fn all(script: &Script<'_>, _drill: &Drill, hold: &Hold) -> Vec<TrueRep> {
    script
        .reps
        .iter()
        .map(|plan| one(script, hold, plan))
        .collect()
}

fn one(script: &Script<'_>, hold: &Hold, plan: &PlannedRep) -> TrueRep {
    let (test, of_pelvis) = test_of(hold, script.scenario);
    let trunk = trunk_of(script.scenario);
    let pose = script.start_poses[plan.set as usize - 1];
    let paths = Paths::sample(
        &script.movement,
        plan.leave,
        plan.back + 0.5,
        pose,
        trunk,
        |_| 0.0,
    );
    let tested = if of_pelvis {
        &paths.pelvis
    } else {
        &paths.thorax
    };
    let (from, to) = span(test, tested, &paths, plan);
    let mut holding = Holding {
        script,
        paths: &paths,
        trunk,
        from,
        to,
        q: Quantities::new(),
    };
    holding.put("hold_time", to - from);
    let breaks = holding.breaks(test, tested);
    holding.put("held_breaks", breaks);
    holding.angles();
    holding.quiet();
    holding.breath(trunk);
    let quantities = holding.q;
    TrueRep {
        set: plan.set,
        start: from,
        turn: 0.5 * (from + to),
        back: to,
        end: plan.end,
        kind: RepKind::Full,
        side: plan.side,
        faults: plan.faults.clone(),
        quantities,
    }
}

/// From when the test is true and the trunk slow, to when it is so no more.
fn span(test: &Test, course: &Course, paths: &Paths, plan: &PlannedRep) -> (f64, f64) {
    let inside = |index: usize| is_inside(test, course.theta[index], course.sigma[index]);
    let speed = speed_of(course);
    let time = |index: usize| plan.leave + STEP * index as f64;
    let (arrive, depart) = (paths.index(plan.arrive), paths.index(plan.depart));
    let quiet = |index: &usize| inside(*index) && speed[*index] < STILL;
    let last = course.theta.len() - 1;
    let from = (0..=arrive).rev().take_while(quiet).last();
    let to = (depart..=last).take_while(quiet).last();
    (time(from.unwrap_or(arrive)), time(to.unwrap_or(depart)))
}

/// How fast the segment turns, °/s, near enough while it is slow.
fn speed_of(course: &Course) -> Vec<f64> {
    let [theta, sigma, heading] =
        [&course.theta, &course.sigma, &course.heading].map(|values| Paths::speed(values));
    let length = |index: usize| theta[index].hypot(sigma[index]).hypot(heading[index]);
    (0..course.theta.len()).map(length).collect()
}

struct Holding<'a> {
    script: &'a Script<'a>,
    paths: &'a Paths,
    trunk: Placement,
    from: f64,
    to: f64,
    q: Quantities,
}

impl Holding<'_> {
    fn put(&mut self, name: &str, value: f64) {
        if value.is_finite() {
            self.q.insert(name.to_owned(), value);
        }
    }

    fn part<'b>(&self, values: &'b [f64]) -> &'b [f64] {
        self.paths.part(values, self.from, self.to)
    }

    /// Mean of the first two seconds.
    fn set(&self, values: &[f64]) -> f64 {
        mean(self.paths.part(values, self.from, self.from + SET))
    }

    fn last(&self, values: &[f64]) -> f64 {
        mean(self.paths.part(values, self.to - SET, self.to))
    }

    fn breaks(&self, test: &Test, course: &Course) -> f64 {
        let (a, b) = (self.paths.index(self.from), self.paths.index(self.to));
        let inside: Vec<bool> = (a..b)
            .map(|index| is_inside(test, course.theta[index], course.sigma[index]))
            .collect();
        inside.windows(2).filter(|pair| pair[0] && !pair[1]).count() as f64
    }

    fn angles(&mut self) {
        let course = match self.trunk.segment() {
            Segment::Pelvis => &self.paths.pelvis,
            _ => &self.paths.thorax,
        };
        let less = |values: &[f64], zero: f64| -> Vec<f64> {
            values.iter().map(|value| value - zero).collect()
        };
        let theta = self.part(&course.theta).to_vec();
        let sigma = self.part(&course.sigma).to_vec();
        let against = less(&theta, self.set(&course.theta));
        let side = less(&sigma, self.set(&course.sigma));
        let drift = (self.last(&course.theta) - self.set(&course.theta))
            .abs()
            .max((self.last(&course.sigma) - self.set(&course.sigma)).abs());
        let ups: Vec<Vector3<f64>> = theta
            .iter()
            .zip(&sigma)
            .map(|(theta, sigma)| up(theta.to_radians(), sigma.to_radians()))
            .collect();
        let axis: Vec<f64> = ups
            .iter()
            .map(|up| up.y.clamp(-1.0, 1.0).asin().to_degrees())
            .collect();
        let about: Vec<f64> = ups.iter().map(|up| up.z.atan2(up.x).to_degrees()).collect();
        let begin = (SET / STEP) as usize;
        let axis0 = mean(&axis[..begin.min(axis.len())]);
        let about0 = mean(&about[..begin.min(about.len())]);
        let lumflex = self.paths.lumflex();
        let lum = self.part(&lumflex).to_vec();
        let lum0 = self.set(&lumflex);
        let rest = self.script.start_poses.first().copied().unwrap_or_default();
        let lying: Start = start_of(
            &self.script.movement,
            Segment::Pelvis,
            &times(rest.0, rest.1),
        );
        let pelvis = self.part(&self.paths.pelvis.theta).to_vec();
        let (thorax0, pelvis0) = (
            self.set(&self.paths.thorax.theta),
            self.set(&self.paths.pelvis.theta),
        );
        let chest = less(self.part(&self.paths.thorax.theta), thorax0);
        let hips = less(&pelvis, pelvis0);
        let hips_side = self.part(&self.paths.pelvis.sigma).to_vec();
        let full = self.script.scenario.body.lumflex_max_deg;
        let bounce = bounce(&theta);
        self.put("hold_drift", drift);
        self.put("hold_theta_fall", -kept_low(&against, HELD));
        self.put("hold_theta_rise", kept(&against, HELD));
        self.put("hold_theta_max", kept(&theta, HELD));
        self.put("hold_theta_min", kept_low(&theta, HELD));
        self.put("hold_side", kept_abs(&side, HELD));
        self.put("hold_side_abs", kept_abs(&sigma, HELD));
        self.put("hold_axis_sag", kept_abs(&less(&axis, axis0), HELD));
        self.put("hold_roll", kept_abs(&less(&about, about0), HELD));
        self.put("hold_lumflex_min", kept_low(&less(&lum, lum0), HELD));
        self.put("hold_lumflex_max", kept(&less(&lum, lum0), HELD));
        self.put("hold_lumflex_pct", 100.0 * kept(&lum, HELD) / full);
        self.put("hold_chest", kept_abs(&chest, HELD));
        self.put("hold_pelvis", kept_abs(&hips, HELD));
        self.put("hold_pelvis_side", kept_abs(&hips_side, HELD));
        self.put("hold_tuck", lying.theta - mean(&pelvis));
        self.put("hold_bounce", bounce);
    }

    /// Sway: accelerations and angles, half a second cut off at both ends.
    fn quiet(&mut self) {
        let (from, to) = (self.from + 0.5, self.to - 0.5);
        if to - from < 1.5 {
            return;
        }
        let lengths: Vec<f64> = self.paths.acceleration().iter().map(|a| a.norm()).collect();
        let within = |from, to| mean(self.paths.part(&lengths, from, to));
        let third = (to - from) / 3.0;
        let course = match self.trunk.segment() {
            Segment::Pelvis => &self.paths.pelvis,
            _ => &self.paths.thorax,
        };
        let spread = |values: &[f64]| {
            let part = self.paths.part(values, from, to);
            let middle = mean(part);
            mean(
                &part
                    .iter()
                    .map(|value| (value - middle).powi(2))
                    .collect::<Vec<f64>>(),
            )
            .sqrt()
        };
        let angle = spread(&course.theta).max(spread(&course.sigma));
        let height = self.paths.height();
        let creep = 100.0 * (self.last(&height) - self.set(&height));
        self.put("hold_sway_acc", within(from, to));
        self.put("hold_sway_angle", angle);
        self.put(
            "hold_sway_growth",
            within(to - third, to) / within(from, from + third),
        );
        self.put("hold_creep", creep);
        self.put("breath_motion", within(from, to));
    }

    fn breath(&mut self, trunk: Placement) {
        let Some(breathing) = &self.script.movement.breath else {
            return;
        };
        let Some((rate, ratio)) = breathing.rate_and_ratio(self.from, self.to) else {
            return;
        };
        let belly = breathing.belly / breathing.chest;
        self.put("breath_rate", rate);
        self.put("breath_ratio", ratio);
        if matches!(trunk, Placement::Sternum | Placement::FrontPelvis) {
            self.put("breath_belly", belly);
        }
    }
}

/// Up in a segment, from its angles.
fn up(theta: f64, sigma: f64) -> Vector3<f64> {
    Vector3::new(
        -theta.sin() * sigma.cos(),
        theta.cos() * sigma.cos(),
        -sigma.sin(),
    )
}

/// What is faster than 0.5 Hz, from its lowest to its highest within two seconds: what is left when the mean of a
/// second on both sides is taken off.
fn bounce(values: &[f64]) -> f64 {
    let half = (1.0 / STEP) as usize;
    if values.len() < 4 * half {
        return 0.0;
    }
    let mut sums = vec![0.0];
    for value in values {
        sums.push(sums.last().copied().unwrap_or(0.0) + value);
    }
    let fast: Vec<f64> = (half..values.len() - half)
        .map(|index| {
            let around = sums[index + half] - sums[index - half];
            values[index] - around / (2 * half) as f64
        })
        .collect();
    let most = fast
        .chunks(2 * half)
        .map(|part| largest(part) - smallest(part));
    most.fold(0.0, f64::max)
}
