//! Acceleration and angular rate come in packets of their own, and a reading has both: they meet by time.
//!
//! A frame of acceleration waits until the angular rates reach its end, and takes each reading's rate from between its
//! two neighbors. Where rates fail to come, acceleration goes on without.

use std::collections::VecDeque;

use nalgebra::Vector3;

use super::stamps::Place;
use crate::sensors::{Frame, Reading};
use crate::units::{Acceleration, AngularRate};

/// So many frames may wait; at 208 Hz they hold about a second.
const MOST_WAITING: usize = 4;

/// The most rates that are kept.
const MOST_RATES: usize = 4096;

/// A rate may stand for a moment this far from it, periods.
const REACH: f64 = 1.5;

/// Neighbors further apart than this have lost something between them, periods.
const HOLE: f64 = 3.0;

/// One acceleration, and whether it hit the end of the range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Force {
    pub(super) accel: Acceleration,
    pub(super) clipped: bool,
}

/// One angular rate with its time on the device's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    at: f64,
    rate: Vector3<f64>,
    clipped: bool,
}

/// Accelerations of one packet.
#[derive(Clone, Debug)]
struct Waiting {
    place: Place,
    nominal_rate: f64,
    forces: Vec<Force>,
}

/// Joins the two.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairing {
    /// Angular rates come, or are about to.
    expects_turns: bool,
    waiting: VecDeque<Waiting>,
    turns: VecDeque<Turn>,
    /// Between rates, ns.
    period: f64,
}

impl Pairing {
    /// The measurement of angular rates was started.
    pub(super) fn turns_began(&mut self) {
        self.expects_turns = true;
    }

    /// It ended: what waits goes on without.
    pub(super) fn turns_ended(&mut self) -> Vec<Frame> {
        self.expects_turns = false;
        self.ready()
    }

    /// The link was lost and is back: what waited belongs to the time before, and rates may not come again.
    pub(super) fn reconnected(&mut self) {
        *self = Pairing::default();
    }

    /// Takes accelerations; gives what is complete.
    pub(super) fn forces(
        &mut self,
        place: Place,
        nominal_rate: f64,
        forces: Vec<Force>,
    ) -> Vec<Frame> {
        let mut frames = Vec::new();
        if place.restarted {
            frames.extend(self.waiting.drain(..).map(|frame| frame.without_turns()));
            self.turns.clear();
        }
        self.waiting.push_back(Waiting {
            place,
            nominal_rate,
            forces,
        });
        if self.waiting.len() > MOST_WAITING {
            self.expects_turns = false;
        }
        frames.extend(self.ready());
        frames
    }

    /// Takes angular rates, rad/s, each with whether it hit the end of the range; gives what they complete.
    pub(super) fn turns(&mut self, place: Place, rates: Vec<(Vector3<f64>, bool)>) -> Vec<Frame> {
        self.expects_turns = true;
        self.period = place.period;
        if place.restarted {
            self.turns.clear();
        }
        let times = (0_u32..).map(|number| place.first as f64 + f64::from(number) * place.period);
        self.turns.extend(
            times
                .zip(rates)
                .map(|(at, (rate, clipped))| Turn { at, rate, clipped }),
        );
        let surplus = self.turns.len().saturating_sub(MOST_RATES);
        self.turns.drain(..surplus);
        self.ready()
    }

    fn ready(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.waiting.front() {
            let reached = self
                .turns
                .back()
                .is_some_and(|turn| turn.at + REACH * self.period >= frame.end());
            if self.expects_turns && !reached {
                break;
            }
            let end = frame.end();
            frames.extend(self.waiting.pop_front().map(|frame| self.join(frame)));
            let past = self
                .turns
                .partition_point(|turn| turn.at < end - HOLE * self.period);
            self.turns.drain(..past);
        }
        frames
    }

    fn join(&self, frame: Waiting) -> Frame {
        let turn = |number| self.turn_at(frame.time(number));
        let readings = (0..).zip(&frame.forces).map(|(number, force)| {
            let turn = turn(number);
            Reading {
                accel: force.accel,
                gyro: turn.map(|(rate, _)| AngularRate::from_radians_per_second(rate)),
                clipped: force.clipped || turn.is_some_and(|(_, clipped)| clipped),
            }
        });
        frame.with(readings.collect())
    }

    /// The rate at a time, from between its neighbors.
    fn turn_at(&self, at: f64) -> Option<(Vector3<f64>, bool)> {
        let after = self.turns.partition_point(|turn| turn.at < at);
        let before = after.checked_sub(1).and_then(|index| self.turns.get(index));
        let near = |turn: &&Turn| (turn.at - at).abs() <= REACH * self.period;
        match (before, self.turns.get(after)) {
            (Some(before), Some(after)) if after.at - before.at <= HOLE * self.period => {
                let share = (at - before.at) / (after.at - before.at).max(1.0);
                let rate = before.rate.lerp(&after.rate, share);
                Some((rate, before.clipped || after.clipped))
            }
            (before, after) => [before, after]
                .into_iter()
                .flatten()
                .find(near)
                .map(|turn| (turn.rate, turn.clipped)),
        }
    }
}

impl Waiting {
    fn time(&self, number: u32) -> f64 {
        self.place.first as f64 + f64::from(number) * self.place.period
    }

    /// Time of the last reading.
    fn end(&self) -> f64 {
        let steps = self.forces.len().saturating_sub(1) as f64;
        self.place.first as f64 + steps * self.place.period
    }

    fn without_turns(&self) -> Frame {
        let readings = self.forces.iter().map(|force| Reading {
            accel: force.accel,
            gyro: None,
            clipped: force.clipped,
        });
        self.with(readings.collect())
    }

    fn with(&self, readings: Vec<Reading>) -> Frame {
        Frame {
            index: None,
            time: Some(self.place.first),
            restarted: self.place.restarted,
            nominal_rate: self.nominal_rate,
            readings,
        }
    }
}
