//! A hold as the wearer means to do it: into a pose, kept with tremor, sway and breath, and out again.

use super::fault::{Aim, Change};
use super::pose::Pose;
use super::{Drill, Hold, Test, at_tempo};
use crate::input::{Placement, Segment, Side};
use crate::sources::synthetic::Scenario;
use crate::sources::synthetic::body::Dof;
use crate::sources::synthetic::breath::{Breath, Breathing};
use crate::sources::synthetic::script::{PlannedRep, Script};
use crate::sources::synthetic::trajectory::{minimum_jerk, slow_end};

/// What a body that keeps still sways by all the same, m/s².
const NATURAL: f64 = 0.05;

/// Until here what is set is the pose that changes are measured against, s.
const SET: f64 = 2.6;

/// One hold.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub side: Side,
    /// What is rested in, and what is held.
    pub start: Pose,
    pub pose: Pose,
    /// What the pose has become some time before the end.
    pub late: Pose,
    pub secs: f64,
    pub hold: f64,
    /// What the moves in and out add to the hold as it is measured, s.
    ends: f64,
    rest: f64,
    /// Gravity-free acceleration of the hips, m/s², and how much more of it there is in the last third.
    pub sway: f64,
    pub growth: f64,
    /// How often the pose is lost for a moment, and where the body is then.
    pub breaks: u32,
    pub lost: Pose,
    /// -1 or 1: the way in which θ has more room within the test of the hold.
    pub roomier: f64,
    /// An oscillation of the trunk: from its lowest to its highest point, degrees.
    pub bounce: f64,
    /// Breaths a minute, exhale over inhale, tips of chest and belly, degrees.
    pub breathing: Option<[f64; 4]>,
}

impl Held {
    /// Lasts so long, as it is measured: the slow ends of the moves belong to it.
    pub(crate) fn last_for(&mut self, secs: f64) {
        self.hold = secs - self.ends;
    }

    /// Lasts this share of the time, as it is measured.
    pub(crate) fn last_by(&mut self, share: f64) {
        self.last_for(share * (self.hold + self.ends));
    }

    /// Breathes in another way.
    pub(crate) fn breathe(&mut self, change: impl Fn([f64; 4]) -> [f64; 4]) {
        self.breathing = self.breathing.map(change);
    }
}

/// Plans one set.
pub(crate) fn perform_set(script: &mut Script<'_>, drill: &'static Drill, hold: &Hold, set: u32) {
    let count = script.scenario.reps;
    for index in 0..count {
        let side = match (hold.alternates, index % 2) {
            (true, 0) => Side::Left,
            _ => Side::Right,
        };
        let mut held = natural(script, drill, hold, side);
        let mut faults = Vec::new();
        let sign = script.chance.sign();
        for (fault, factor) in script.scenario.faults_in(set, index) {
            let Some(found) = drill.fault(fault.name()) else {
                continue;
            };
            let Change::Hold(change) = found.change else {
                continue;
            };
            let aim = Aim {
                target: found.governing.target(factor),
                index,
                count,
                body: script.scenario.body,
                sign,
                range: 0.0,
                travel: 0.0,
                sweep: 0.0,
                zone: 0.0,
                share_at: &|share| share,
            };
            change(&mut held, &aim);
            if !found.governing.of_set {
                faults.push(fault.name().to_owned());
            }
        }
        perform(script, hold, set, &held, faults);
    }
}

fn natural(script: &mut Script<'_>, drill: &Drill, hold: &Hold, side: Side) -> Held {
    let target = at_tempo(hold.target, script.scenario.tempo);
    let chance = &mut script.chance;
    let mut pose = hold.pose;
    pose.thorax.theta += chance.vary(0.8);
    pose.pelvis.theta += chance.vary(0.6);
    let mut late = pose;
    late.thorax.theta += chance.vary(0.7);
    late.pelvis.theta += chance.vary(0.6);
    let test = test_of(hold, script.scenario);
    let (lost, roomier) = lost(&pose, test);
    let secs = hold.secs * (1.0 + chance.vary(0.05));
    Held {
        side,
        start: drill.start,
        pose,
        late,
        secs,
        ends: ends(drill, &pose, test, secs),
        hold: target * (1.0 + chance.vary(0.025)),
        rest: hold.rest * (1.0 + chance.vary(0.08)),
        sway: hold.sway * (1.0 + chance.vary(0.08)),
        growth: 1.0,
        breaks: 0,
        lost,
        roomier,
        bounce: 0.0,
        breathing: hold.breathing,
    }
}

/// The test by which the sensors worn know the hold, and whether it is of the pelvis.
pub(crate) fn test_of<'a>(hold: &'a Hold, scenario: &Scenario) -> (&'a Test, bool) {
    let worn = |places: &[Placement]| {
        scenario
            .sensors
            .iter()
            .map(|sensor| sensor.placement)
            .find(|placement| places.contains(placement))
    };
    let found = hold
        .tests
        .iter()
        .find_map(|test| Some((test, worn(test.placements)?.segment() == Segment::Pelvis)));
    found.unwrap_or((&hold.tests[0], false))
}

/// A pose just outside the test, and which way θ has more room.
fn lost(pose: &Pose, (test, of_pelvis): (&Test, bool)) -> (Pose, f64) {
    /// Beyond the bound by this, so that nobody doubts it.
    const BEYOND: f64 = 9.0;
    let trunk = if of_pelvis { pose.pelvis } else { pose.thorax };
    let [low, high] = test.theta;
    let roomier = if high - trunk.theta > trunk.theta - low {
        1.0
    } else {
        -1.0
    };
    let mut lost = *pose;
    if test.side[0] > 0.0 {
        let by = trunk.sigma.abs() - test.side[0] + BEYOND;
        lost.thorax.sigma -= by * trunk.sigma.signum();
        lost.pelvis.sigma -= by * trunk.sigma.signum();
        return (lost, roomier);
    }
    let by = if roomier > 0.0 {
        low - BEYOND - trunk.theta
    } else {
        high + BEYOND - trunk.theta
    };
    lost.thorax.theta += by;
    lost.pelvis.theta += by;
    (lost, roomier)
}

/// How long the trunk is within the test and slow, on the way in and on the way out.
fn ends(drill: &Drill, pose: &Pose, (test, of_pelvis): (&Test, bool), secs: f64) -> f64 {
    const STEP: f64 = 0.01;
    let of = |pose: &Pose| if of_pelvis { pose.pelvis } else { pose.thorax };
    let (from, to) = (of(&drill.start), of(pose));
    let angle = (to.theta - from.theta).hypot(to.sigma - from.sigma);
    let end = |secs: f64| {
        let slow = slow_end(angle, secs, STILL);
        let within = (0..(slow / STEP) as u32).take_while(|step| {
            let share = 1.0 - minimum_jerk(f64::from(*step) * STEP / secs);
            let mix = |a: f64, b: f64| a + share * (b - a);
            is_inside(test, mix(from.theta, to.theta), mix(from.sigma, to.sigma))
        });
        within.count() as f64 * STEP
    };
    end(secs) + end(0.9 * secs)
}

/// A trunk that turns more slowly than this is still, °/s.
pub(crate) const STILL: f64 = 15.0;

/// Whether the test of a hold is true of these angles, degrees.
pub(crate) fn is_inside(test: &Test, theta: f64, sigma: f64) -> bool {
    let [low, high] = test.theta;
    let [least, most] = test.side;
    (low..=high).contains(&theta) && (least..=most).contains(&sigma.abs())
}

fn perform(script: &mut Script<'_>, hold: &Hold, set: u32, held: &Held, faults: Vec<String>) {
    let leave = script.now;
    let arrive = leave + held.secs;
    let depart = arrive + held.hold;
    let back = depart + 0.9 * held.secs;
    script.assume(&held.pose, held.side, leave, held.secs, 0.08);
    let (from, to) = (arrive + SET, depart - 0.25 * held.hold);
    if to > from + 0.5 {
        script.drift_towards(&held.pose, &held.late, held.side, from, to - from);
    }
    if held.growth > 1.0 {
        // Another sway takes over for the last third: laid over the first it could as well cancel it.
        let third = depart - held.hold / 3.0;
        let all = held.sway.hypot(NATURAL) * held.growth;
        script.sway(arrive - 0.4, third + 0.2, held.sway);
        script.sway(
            third - 0.2,
            depart + 0.3,
            (all.powi(2) - NATURAL.powi(2)).sqrt(),
        );
    } else {
        script.sway(arrive - 0.4, depart + 0.3, held.sway);
    }
    for number in 0..held.breaks {
        let room = (held.hold - SET - 1.0) / f64::from(held.breaks);
        let length = 1.6_f64.min(0.8 * room);
        let at = arrive + SET + room * (f64::from(number) + 0.5) - 0.5 * length;
        script.bump_towards(&held.pose, &held.lost, held.side, at, length);
    }
    if held.bounce > 0.0 {
        for dof in [Dof::ThoraxPitch, Dof::PelvisPitch] {
            script.ripple_deg(dof, arrive + SET, depart - 0.5, 0.5 * held.bounce, 0.7);
        }
    }
    breathe(script, held, arrive, depart);
    script.now = depart;
    script.assume(&held.start, held.side, depart, back - depart, -0.08);
    script.now = back + held.rest;
    script.reps.push(PlannedRep {
        set,
        side: hold.alternates.then_some(held.side),
        faults,
        leave,
        arrive,
        depart,
        back,
        end: script.now,
    });
}

/// Breaths, one after the other, each a little different.
fn breathe(script: &mut Script<'_>, held: &Held, arrive: f64, depart: f64) {
    let Some([rate, ratio, chest, belly]) = held.breathing else {
        return;
    };
    let period = 60.0 / rate;
    let mut now = arrive + 0.5;
    let mut breaths = Vec::new();
    while now + 1.1 * period < depart {
        let secs = period * (1.0 + script.chance.vary(0.025));
        let inhale = secs / (1.0 + ratio);
        breaths.push(Breath {
            from: now,
            inhale,
            exhale: secs - inhale,
        });
        now += secs;
    }
    let breathing = script
        .movement
        .breath
        .get_or_insert_with(Breathing::default);
    breathing.chest = chest.to_radians();
    breathing.belly = belly.to_radians();
    breathing.breaths.extend(breaths);
}
