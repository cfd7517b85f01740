//! What counts a repetition, and how far a natural one goes as it is counted.

use super::pose::{Pose, opposite};
use super::signal::{Place, Signal};
use super::{Drill, Reps, Sides};
use crate::input::{Placement, Side};
use crate::sources::synthetic::Scenario;
use crate::sources::synthetic::body::Body;

/// What a scenario's sensors count by: the first entry whose place is worn, and the place as it is worn.
pub(crate) fn counting(reps: &Reps, scenario: &Scenario) -> (usize, Signal, Placement) {
    let worn = |places: &[Placement]| {
        scenario
            .sensors
            .iter()
            .map(|sensor| sensor.placement)
            .find(|placement| places.contains(&placement.without_side()))
    };
    let mut entries = reps.signals.iter().enumerate();
    let found = entries.find_map(|(index, (signal, places))| Some((index, *signal, worn(places)?)));
    let usual = || match reps.signals.first() {
        Some((signal, [place, ..])) => (0, *signal, *place),
        _ => (0, Signal::ThetaRise, Placement::T7),
    };
    found.unwrap_or_else(usual)
}

/// The limb whose turn it is, where sides take turns: the leg, or the arm opposite to it.
pub(crate) fn on_the_side(placement: Placement, side: Side, sides: Sides) -> Placement {
    match placement {
        _ if sides == Sides::Both => placement,
        Placement::Thigh(_) => Placement::Thigh(Some(side)),
        Placement::Ankle(_) => Placement::Ankle(Some(side)),
        Placement::Wrist(_) => Placement::Wrist(Some(opposite(side))),
        other => other,
    }
}

/// How far a natural repetition goes, for each side leading.
pub(super) struct Aims {
    start: Pose,
    far: Pose,
    side: Side,
    body: Body,
    signal: Signal,
    placement: Placement,
    pub(super) range: f64,
    pub(super) travel: f64,
    pub(super) sweep: f64,
}

impl Aims {
    pub(super) fn new(scenario: &Scenario, drill: &Drill, reps: &Reps) -> [Aims; 2] {
        let (_, signal, placement) = counting(reps, scenario);
        [Side::Left, Side::Right].map(|side| {
            let far = reps.keys.first().map_or(drill.start, |key| key.pose);
            let mut aims = Aims {
                start: drill.start,
                far,
                side,
                body: scenario.body,
                signal,
                placement: on_the_side(placement, side, reps.sides),
                range: 0.0,
                travel: 0.0,
                sweep: 0.0,
            };
            aims.range = aims.signal_of(&far).abs().max(1e-3);
            let end = reps.keys.last().map_or(drill.start, |key| key.pose);
            aims.sweep = (aims.signal_of(&far) - aims.signal_of(&end))
                .abs()
                .max(1e-3);
            let rises = [drill.start, far].map(|pose| pose.frozen(scenario.body, side).hip(0.0).z);
            aims.travel = if signal.is_travel() {
                aims.range / 100.0
            } else {
                (rises[1] - rises[0]).abs().max(1e-3)
            };
            aims
        })
    }

    fn signal_of(&self, pose: &Pose) -> f64 {
        let start = self.start.frozen(self.body, self.side);
        let place = Place::mean(&start, self.placement, &[0.0]);
        let body = pose.frozen(self.body, self.side);
        self.signal.value(&body, self.placement, &place, 0.0)
    }

    /// By halving: signals grow with the way.
    pub(super) fn share_at(&self, value: f64) -> f64 {
        let (mut low, mut high) = (0.0, 2.5);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.signal_of(&self.start.towards(&self.far, middle)).abs() < value {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
