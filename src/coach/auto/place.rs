//! Where a sensor points at one moment, in four numbers that can be subtracted.
//!
//! Three are the direction of up in the sensor's own frame: known from gravity, free of drift, and needing neither a
//! mounting nor a start pose. The fourth is the heading about the vertical, which only a gyroscope knows, and which drifts;
//! it is compared over the seconds of one repetition only, and never mixed with the others. All are in degrees (a chord of the unit sphere for the
//! first three: 10 for a tilt by 10°, 81 for one by 90°), so that a tilt and a twist weigh the same.

use nalgebra::{Vector3, Vector4};

use super::calm::Calm;
use crate::motion::{Attitude, Validity};
use crate::units::SessionTime;

/// Places a second: a repetition takes a second or more, and its turning points are then known to 5 %.
pub const PER_SEC: f64 = 20.0;

/// What a movement is followed by. One at a time: the heading drifts, and would spoil the tilt, which does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The direction of up.
    Tilt,
    /// The heading.
    Heading,
}

/// Up and heading at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// When.
    pub at: SessionTime,
    /// Up in the sensor frame (three, times a radian in degrees) and heading, degrees.
    pub x: Vector4<f64>,
    /// Force along up beyond 1 g, m/s².
    pub lift: f64,
    /// Standard error of the tilt, degrees.
    pub error_deg: f64,
    /// What of it is shaking that an accelerometer alone took for tilt, degrees; 0 where a gyroscope tells them apart.
    pub noise_deg: f64,
}

impl Place {
    /// The same, with nothing but what one space sees of it.
    pub fn within(&self, space: Space) -> Place {
        let mut x = self.x;
        match space {
            Space::Tilt => x.w = 0.0,
            Space::Heading => x.fixed_rows_mut::<3>(0).fill(0.0),
        }
        Place { x, ..*self }
    }

    /// How far it is to another place, degrees.
    pub fn distance(&self, other: &Place) -> f64 {
        (self.x - other.x).norm()
    }

    /// The turn to another place: the tilt and the change of heading together, degrees. Unlike the distance it
    /// is no chord.
    pub fn turn_to(&self, other: &Place) -> f64 {
        let tilt = self.x.xyz().angle(&other.x.xyz()).to_degrees();
        tilt.hypot(other.x.w - self.x.w)
    }
}

/// Attitudes of one sensor averaged into slots of one twentieth of a second; slower sensors keep a place a sample.
#[derive(Clone, Debug, Default)]
pub struct Places {
    calm: Calm,
    heading_deg: f64,
    last_at: Option<SessionTime>,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    slot: i64,
    at: SessionTime,
    up: Vector3<f64>,
    heading: f64,
    lift: f64,
    error: f64,
    noise: f64,
    count: f64,
}

/// A longer pause between two samples is not bridged by the rate, seconds.
const LONGEST_STEP: f64 = 0.25;

impl Places {
    /// Takes in one attitude; gives the place of the slot before, if this one begins another.
    pub fn update(&mut self, attitude: &Attitude) -> Option<Place> {
        let step = self
            .last_at
            .map_or(0.0, |last| attitude.at.seconds_since(last));
        if step < 0.0 {
            return None;
        }
        let calm = self.calm.update(attitude, step);
        if calm.is_none() && attitude.validity == Validity::Invalid {
            return None;
        }
        self.last_at = Some(attitude.at);
        if let Some(rate) = attitude.rate.filter(|_| step <= LONGEST_STEP) {
            self.heading_deg += (rate.dot(&attitude.up) * step).to_degrees();
        }
        let (at, up) = calm.map_or((attitude.at, attitude.up), |level| (level.at, level.up));
        let noise = calm.map_or(0.0, |level| level.noise_deg);
        // A float-to-integer `as` saturates.
        let slot = (at.seconds() * PER_SEC).floor() as i64;
        let lift = attitude.force.dot(&up) - crate::units::STANDARD_GRAVITY;
        match &mut self.open {
            Some(open) if open.slot == slot => {
                open.at = at;
                open.up += up.into_inner();
                open.heading += self.heading_deg;
                open.lift += lift;
                open.error += attitude.error.degrees();
                open.count += 1.0;
                None
            }
            _ => {
                let done = self.open.take().map(Open::place);
                self.open = Some(Open {
                    slot,
                    at,
                    up: up.into_inner(),
                    heading: self.heading_deg,
                    lift,
                    error: attitude.error.degrees(),
                    noise,
                    count: 1.0,
                });
                done
            }
        }
    }

    /// The place of the slot that is open.
    pub fn finish(&mut self) -> Option<Place> {
        self.open.take().map(Open::place)
    }
}

impl Open {
    fn place(self) -> Place {
        let up = self.up.normalize() * 1.0_f64.to_degrees();
        let heading = self.heading / self.count;
        Place {
            at: self.at,
            x: Vector4::new(up.x, up.y, up.z, heading),
            lift: self.lift / self.count,
            error_deg: self.error / self.count,
            noise_deg: self.noise,
        }
    }
}
