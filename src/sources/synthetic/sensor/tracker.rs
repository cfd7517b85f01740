//! The path of a sensor through space, differentiated: what a perfect one would read.

use nalgebra::{UnitQuaternion, Vector3};

use super::WornSensor;
use crate::sources::synthetic::body::{Movement, Stance};
use crate::sources::synthetic::breath::Breathing;
use crate::sources::synthetic::trajectory::minimum_jerk;
use crate::units::STANDARD_GRAVITY;

/// Motion of a sensor at one instant, sensor frame.
#[derive(Clone, Copy)]
pub(super) struct Motion {
    pub(super) force: Vector3<f64>,
    pub(super) rate: Vector3<f64>,
    pub(super) up: Vector3<f64>,
}

/// Where a sensor is at one instant.
#[derive(Clone, Copy)]
struct Place {
    position: Vector3<f64>,
    world_from_sensor: UnitQuaternion<f64>,
}

/// Step of the differentiation, s.
pub(super) const STEP: f64 = 0.001;

/// A strap that turns on the body: when, and by how much about the segment's left-right axis, radians.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slip {
    pub at: f64,
    pub angle: f64,
}

/// Follows a sensor through space in small steps and differentiates its path.
pub(super) struct Tracker<'a> {
    movement: &'a Movement,
    worn: &'a WornSensor,
    slip: Option<Slip>,
    breath: Breath<'a>,
    /// Angles of the skin under the sensor, and their speeds.
    skin: [(f64, f64); 3],
    pub(super) time: f64,
    places: [Place; 3],
}

/// How breathing tips a sensor.
#[derive(Clone, Copy)]
pub(super) enum Breath<'a> {
    /// As everybody breathes.
    Own {
        amplitude: f64,
        hertz: f64,
        phase: f64,
    },
    /// As the wearer means to.
    Meant {
        breathing: &'a Breathing,
        amplitude: f64,
    },
}

impl Breath<'_> {
    /// How far it tips the sensor, radians.
    fn at(&self, t: f64) -> f64 {
        match self {
            Breath::Own {
                amplitude,
                hertz,
                phase,
            } => amplitude * (std::f64::consts::TAU * hertz * t + phase).sin(),
            Breath::Meant {
                breathing,
                amplitude,
            } => amplitude * breathing.fill(t),
        }
    }
}

impl<'a> Tracker<'a> {
    /// Starts a while before the first reading, so that the skin is at rest.
    pub(super) fn new(
        movement: &'a Movement,
        worn: &'a WornSensor,
        slip: Option<Slip>,
        breath: Breath<'a>,
        start: f64,
    ) -> Tracker<'a> {
        let before = start - 0.5;
        let stance = movement.stance(worn.placement.segment(), worn.placement.side(), before);
        let nowhere = Place {
            position: Vector3::zeros(),
            world_from_sensor: UnitQuaternion::identity(),
        };
        let mut tracker = Tracker {
            movement,
            worn,
            slip,
            breath,
            skin: [stance.theta, stance.sigma, stance.heading].map(|angle| (angle, 0.0)),
            time: before,
            places: [nowhere; 3],
        };
        while tracker.time < start {
            tracker.advance();
        }
        tracker
    }

    pub(super) fn advance(&mut self) {
        self.time += STEP;
        let place = self.place(self.time);
        self.places = [self.places[1], self.places[2], place];
    }

    /// Goes on from a later moment, where nothing between matters: without skin there is nothing that swings.
    pub(super) fn skip_to(&mut self, time: f64) {
        if self.has_skin() || time <= self.time + 3.0 * STEP {
            return;
        }
        self.time = time - 3.0 * STEP;
        for _ in 0..3 {
            self.advance();
        }
    }

    fn has_skin(&self) -> bool {
        let model = &self.worn.model;
        model.soft_tissue_hz > 0.0 && model.soft_tissue_limit_deg > 0.0
    }

    fn place(&mut self, t: f64) -> Place {
        let placement = self.worn.placement;
        let bone = self
            .movement
            .stance(placement.segment(), placement.side(), t);
        let slipped = self
            .slip
            .map_or(0.0, |slip| slip.angle * minimum_jerk(t - slip.at));
        let breath = self.breath.at(t);
        let mut worn = self.on_the_skin(bone);
        worn.theta += breath;
        let lift = bone.rotation() * Vector3::new(0.15 * breath, 0.0, 0.0);
        Place {
            position: self.movement.position_on(placement, bone, t) + lift,
            world_from_sensor: worn.rotation()
                * UnitQuaternion::from_axis_angle(&Vector3::z_axis(), slipped)
                * self.worn.mounting,
        }
    }

    /// A damped spring between bone and sensor: it lags behind, and swings on after a jolt.
    fn on_the_skin(&mut self, bone: Stance) -> Stance {
        let model = &self.worn.model;
        if !self.has_skin() {
            return bone;
        }
        let omega = std::f64::consts::TAU * model.soft_tissue_hz;
        let limit = model.soft_tissue_limit_deg.to_radians();
        let mut worn = [bone.theta, bone.sigma, bone.heading];
        for (angle, (skin, speed)) in worn.iter_mut().zip(&mut self.skin) {
            let pull = omega * (*angle - *skin) - 2.0 * model.soft_tissue_damping * *speed;
            *speed += STEP * omega * pull;
            *skin += STEP * *speed;
            *angle += limit * ((*skin - *angle) / limit).tanh();
        }
        let [theta, sigma, heading] = worn;
        Stance {
            theta,
            sigma,
            heading,
        }
    }

    /// Motion at the middle of the three places: one step before [`Tracker::time`].
    pub(super) fn motion(&self) -> Motion {
        let [before, here, after] = &self.places;
        let acceleration = (after.position - 2.0 * here.position + before.position) / (STEP * STEP);
        let sensor_from_world = here.world_from_sensor.inverse();
        let turned = before.world_from_sensor.inverse() * after.world_from_sensor;
        Motion {
            force: sensor_from_world * (acceleration + STANDARD_GRAVITY * Vector3::z()),
            rate: turned.scaled_axis() / (2.0 * STEP),
            up: sensor_from_world * Vector3::z(),
        }
    }
}

pub(super) fn between(a: &Motion, b: &Motion, share: f64) -> Motion {
    Motion {
        force: a.force.lerp(&b.force, share),
        rate: a.rate.lerp(&b.rate, share),
        up: a.up.lerp(&b.up, share).normalize(),
    }
}
