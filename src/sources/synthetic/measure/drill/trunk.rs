//! The trunk, the limb and the forces of one repetition.

use super::paths::{Course, Paths, Start, times};
use super::rep::Measuring;
use super::{HELD, STEP, kept, kept_abs, kept_low};
use crate::input::{Placement, Segment, Side};
use crate::sources::synthetic::drill::counted::on_the_side;
use crate::sources::synthetic::drill::signal::up;
use crate::sources::synthetic::measure::{largest, largest_abs, mean, median, smallest};

impl Measuring<'_> {
    /// The trunk's sensor, and the one that counts where it is on the trunk.
    pub(super) fn trunk(&mut self) {
        let (course, start) = self.of(self.trunk.segment());
        let cut = |values: &[f64]| self.paths.part(values, self.leave, self.back).to_vec();
        let theta = cut(&course.theta);
        let against = |values: &[f64], zero: f64| -> Vec<f64> {
            cut(values).iter().map(|value| value - zero).collect()
        };
        let pitch = kept_abs(&against(&course.theta, start.theta), HELD);
        let side = kept_abs(&against(&course.sigma, start.sigma), HELD);
        let twist = kept_abs(
            &against(
                &course.heading,
                course.heading[self.paths.index(self.leave)],
            ),
            HELD,
        );
        let speeds = Paths::speed(&course.theta);
        let speed = largest_abs(&cut(&speeds)).abs();
        let far = self
            .paths
            .part(&course.theta, self.plan.arrive, self.plan.depart)
            .to_vec();
        let first = hips_first(
            self.paths
                .part(&course.theta, self.raising().0, self.raising().1),
        );
        let counting = self.of(self.placement.segment());
        let is_on_trunk = matches!(self.placement.segment(), Segment::Thorax | Segment::Pelvis);
        let own_side = kept_abs(&against(&counting.0.sigma, counting.1.sigma), HELD);
        let own_turn = &counting.0.heading;
        let own_twist = kept_abs(
            &against(own_turn, own_turn[self.paths.index(self.leave)]),
            HELD,
        );
        let own_bias = mean(
            &self
                .paths
                .part(&counting.0.sigma, self.plan.arrive, self.plan.depart)
                .iter()
                .map(|sigma| sigma - counting.1.sigma)
                .collect::<Vec<f64>>(),
        );
        self.put("theta_max", kept(&theta, HELD));
        self.put("theta_min", kept_low(&theta, HELD));
        self.put("theta_far", mean(&far));
        self.put("trunk_range", largest(&theta) - smallest(&theta));
        self.put("trunk_level", mean(&theta));
        self.put("trunk_pitch", pitch);
        self.put("trunk_side", side);
        self.put("trunk_twist", twist);
        self.put("tilt_change", pitch.max(side));
        self.put("trunk_speed_peak", speed);
        self.put("turn_range", largest(&far) - smallest(&far));
        self.put("hips_first", first);
        if is_on_trunk {
            self.put("side_max", own_side);
            self.put("twist_max", own_twist);
            self.put("side_at_turn", own_bias);
        }
    }

    fn of(&self, segment: Segment) -> (Course, Start) {
        match segment {
            Segment::Pelvis => (self.paths.pelvis.clone(), self.paths.pelvis0),
            _ => (self.paths.thorax.clone(), self.paths.thorax0),
        }
    }

    /// What takes a sensor on the pelvis, on the thorax, or on both.
    pub(super) fn both(&mut self) {
        let cut = |values: &[f64]| self.paths.part(values, self.leave, self.back).to_vec();
        let less = |values: Vec<f64>, zero: f64| -> Vec<f64> {
            values.into_iter().map(|value| value - zero).collect()
        };
        let (t0, p0) = (self.paths.thorax0, self.paths.pelvis0);
        let thorax = less(cut(&self.paths.thorax.theta), t0.theta);
        let pelvis = less(cut(&self.paths.pelvis.theta), p0.theta);
        let thorax_roll = less(cut(&self.paths.thorax.sigma), t0.sigma);
        let pelvis_roll = less(cut(&self.paths.pelvis.sigma), p0.sigma);
        let difference =
            |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
        let scissors = kept_abs(&difference(&thorax_roll, &pelvis_roll), HELD);
        let lumflex = self.paths.lumflex();
        // Until the next one departs: the other end of the movement belongs to it.
        let all = self
            .paths
            .part(&lumflex, self.leave, self.plan.end.max(self.back))
            .to_vec();
        let far =
            |values: &[f64]| mean(self.paths.part(values, self.plan.arrive, self.plan.depart));
        let at_turn = far(&lumflex);
        let lum0 = t0.theta - p0.theta;
        let change: Vec<f64> = all.iter().map(|value| value - lum0).collect();
        let headings = difference(
            &cut(&self.paths.thorax.heading),
            &cut(&self.paths.pelvis.heading),
        );
        let gap0 = t0.heading - p0.heading;
        let gap = kept_abs(&less(headings, gap0), HELD);
        let pelvis_turn = cut(&self.paths.pelvis.heading);
        let pelvis_twist = kept_abs(&less(pelvis_turn.clone(), pelvis_turn[0]), HELD);
        let range = |values: &[f64]| largest(values) - smallest(values);
        let whole_t = self.paths.part(
            &self.paths.thorax.theta,
            self.plan.leave,
            self.plan.end.max(self.back),
        );
        let whole_p = self.paths.part(
            &self.paths.pelvis.theta,
            self.plan.leave,
            self.plan.end.max(self.back),
        );
        let corr = correlation(whole_t, whole_p);
        let rocking = if corr > 0.0 {
            range(whole_t).min(range(whole_p))
        } else {
            0.0
        };
        let slope_gap = (far(&self.paths.pelvis.theta) - p0.theta).abs()
            - (far(&self.paths.thorax.theta) - t0.theta).abs();
        let tuck = self.tuck();
        let body = self.script.scenario.body;
        self.put("thorax_pitch", kept_abs(&thorax, HELD));
        self.put("thorax_roll", kept_abs(&thorax_roll, HELD));
        self.put("pelvis_tilt_max", kept(&pelvis, HELD));
        self.put("pelvis_tilt_min", kept_low(&pelvis, HELD));
        self.put("pelvis_roll", kept_abs(&pelvis_roll, HELD));
        self.put("pelvis_twist", pelvis_twist);
        self.put("pelvis_tuck", tuck);
        self.put("pelvis_share", range(&pelvis) / range(&thorax));
        self.put("scissors", scissors);
        self.put("twist_gap", gap);
        self.put("slope_gap", slope_gap);
        self.put("rocking", rocking);
        self.put("phase_corr", corr);
        self.put("lumflex_min", kept_low(&all, HELD));
        self.put("lumflex_most", kept(&all, HELD));
        self.put("lumflex_turn", at_turn);
        self.put("lumflex_change", kept_abs(&change, HELD));
        self.put("lumflex_turn_pct", 100.0 * at_turn / body.lumflex_max_deg);
        self.put(
            "lumflex_max_pct",
            100.0 * kept(&all, HELD) / body.lumflex_max_deg,
        );
        self.put(
            "lumflex_end_pct",
            -100.0 * kept_low(&all, HELD) / body.lumext_max_deg,
        );
    }

    /// Fall of the pelvis's inclination within the last fifth of the way.
    fn tuck(&self) -> f64 {
        let signal = &self.paths.signal;
        let depart = self.paths.index(self.plan.depart);
        let peak = largest(&signal[..=depart]);
        let from = signal[..=depart]
            .iter()
            .position(|value| *value >= 0.8 * peak);
        let course = &self.paths.pelvis.theta[from.unwrap_or(depart)..=depart];
        let mut highest = f64::NEG_INFINITY;
        course.iter().fold(0.0, |fall: f64, theta| {
            highest = highest.max(*theta);
            fall.max(highest - theta)
        })
    }

    /// A limb that is worn, or the thigh of the side whose turn it is.
    pub(super) fn limb(&mut self) {
        let mut worn = self
            .script
            .scenario
            .sensors
            .iter()
            .map(|sensor| sensor.placement);
        let limb = worn
            .find(|placement| !matches!(placement.segment(), Segment::Thorax | Segment::Pelvis));
        let usual = Placement::Thigh(self.plan.side);
        let limb = on_the_side(
            limb.unwrap_or(usual),
            self.plan.side.unwrap_or(Side::Right),
            self.reps.sides,
        );
        let movement = &self.script.movement;
        let count = self.paths.index(self.back);
        let elevation: Vec<f64> = (0..=count)
            .map(|step| {
                let up = up(movement, limb, self.plan.leave + STEP * step as f64);
                // The far end is down the segment's Y axis.
                (-up.y).clamp(-1.0, 1.0).asin().to_degrees()
            })
            .collect();
        let held = self
            .paths
            .part(&elevation, self.plan.arrive, self.plan.depart)
            .to_vec();
        let thigh = Placement::Thigh(limb.side().or(self.plan.side));
        let forward: Vec<f64> = (0..=count)
            .map(|step| {
                let stance = movement.stance(
                    Segment::Thigh,
                    thigh.side(),
                    self.plan.leave + STEP * step as f64,
                );
                -stance.theta.to_degrees()
            })
            .collect();
        self.put("limb_elev_max", kept(&elevation, HELD));
        self.put("limb_elev_hold", mean(&held));
        self.put("thigh_forward", kept(&forward, HELD));
    }

    pub(super) fn dynamics(&mut self) {
        let cut = |values: &[f64]| self.paths.part(values, self.leave, self.back).to_vec();
        let height = self.paths.height();
        let rise = cut(&height);
        let speeds = cut(&Paths::speed(&height));
        // The landing may be felt a moment after the end.
        let beyond = self.paths.beyond_gravity();
        let impact = largest(self.paths.part(&beyond, self.leave, self.back + 0.2));
        let vertical: Vec<f64> = self.paths.acceleration().iter().map(|a| a.z).collect();
        let turn = 0.5 * (self.plan.arrive + self.plan.depart);
        let upward = largest(self.paths.part(&vertical, turn - 0.15, turn + 0.15));
        let wobble = self.rate(turn - 0.25, turn + 0.25);
        self.put("vert_travel", 100.0 * (largest(&rise) - smallest(&rise)));
        self.put("drop_speed", -smallest(&speeds));
        self.put("impact", impact);
        self.put("turn_acc_vertical", upward);
        self.put("wobble", wobble);
        let (from, to) = (self.plan.arrive + 0.5, self.plan.depart - 0.5);
        if to - from < 2.0 {
            return;
        }
        let lengths: Vec<f64> = self.paths.acceleration().iter().map(|a| a.norm()).collect();
        let sway = mean(self.paths.part(&lengths, from, to));
        let (course, _) = self.of(self.trunk.segment());
        let angle = rms(self.paths.part(&course.sigma, from, to)).max(rms(self.paths.part(
            &course.theta,
            from,
            to,
        )));
        let gyro = self.rate(from, to);
        let breaks = self.breaks(from, to);
        self.put("sway_acc", sway);
        self.put("sway_angle", angle);
        self.put("sway_gyro", gyro);
        self.put("hold_breaks", breaks);
    }

    /// How often the pelvis goes away by 8° within a stretch.
    fn breaks(&self, from: f64, to: f64) -> f64 {
        const AWAY: f64 = 8.0;
        let mut most = 0;
        for course in [&self.paths.pelvis.sigma, &self.paths.pelvis.theta] {
            let part = self.paths.part(course, from, to);
            let middle = median(part);
            let away: Vec<bool> = part
                .iter()
                .map(|value| (value - middle).abs() > AWAY)
                .collect();
            most = most.max(away.windows(2).filter(|pair| !pair[0] && pair[1]).count());
        }
        most as f64
    }

    /// RMS of the rate of turn of the trunk's sensor, °/s.
    fn rate(&self, from: f64, to: f64) -> f64 {
        let turn = |t: f64| {
            self.script
                .movement
                .stance(self.trunk.segment(), None, t)
                .rotation()
        };
        let squares: Vec<f64> = times(from, to)
            .into_iter()
            .map(|t| (turn(t + STEP).angle_to(&turn(t - STEP)).to_degrees() / (2.0 * STEP)).powi(2))
            .collect();
        mean(&squares).sqrt()
    }
}

fn hips_first(raise: &[f64]) -> f64 {
    let Some(first) = raise.first() else {
        return 0.0;
    };
    let early = &raise[..(raise.len() * 3 / 10).max(1)];
    (largest(early) - first).max(0.0)
}

fn rms(values: &[f64]) -> f64 {
    let middle = mean(values);
    let squares: Vec<f64> = values
        .iter()
        .map(|value| (value - middle).powi(2))
        .collect();
    mean(&squares).sqrt()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| f(a - mean_a, b - mean_b))
            .sum()
    };
    let size = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    sum(&|a, b| a * b) / size
}
