//! What a sensor somewhere on the body sees of a movement, from the movement itself.

use nalgebra::Vector3;

use crate::input::Placement;
use crate::sources::synthetic::body::Movement;

/// The signals of the exercise files, in degrees or, for travel, centimeters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    ThetaRise,
    ThetaFall,
    /// Tilt to either side.
    Side,
    /// Heading to either side.
    Twist,
    TravelUp,
    TravelDown,
    /// How far a limb's direction against gravity turns.
    LimbTurn,
    /// Movement, stillness, movement: nothing to measure.
    Burst,
}

impl Signal {
    /// Its sign tells the side.
    pub(crate) fn is_sided(self) -> bool {
        matches!(self, Signal::Side | Signal::Twist)
    }

    pub(crate) fn is_travel(self) -> bool {
        matches!(self, Signal::TravelUp | Signal::TravelDown)
    }

    /// The signal of a placement at a moment, against how the place was then.
    pub(crate) fn value(
        self,
        movement: &Movement,
        placement: Placement,
        neutral: &Place,
        t: f64,
    ) -> f64 {
        let stance = movement.stance(placement.segment(), placement.side(), t);
        match self {
            Signal::ThetaRise => (stance.theta - neutral.theta).to_degrees(),
            Signal::ThetaFall => (neutral.theta - stance.theta).to_degrees(),
            Signal::Side => (stance.sigma - neutral.sigma).to_degrees(),
            Signal::Twist => (stance.heading - neutral.heading).to_degrees(),
            Signal::TravelUp => 100.0 * (movement.position(placement, t).z - neutral.height),
            Signal::TravelDown => 100.0 * (neutral.height - movement.position(placement, t).z),
            Signal::LimbTurn | Signal::Burst => {
                up(movement, placement, t).angle(&neutral.up).to_degrees()
            }
        }
    }
}

/// Up, in the frame of the segment under a placement.
pub(crate) fn up(movement: &Movement, placement: Placement, t: f64) -> Vector3<f64> {
    let stance = movement.stance(placement.segment(), placement.side(), t);
    stance.rotation().inverse() * Vector3::z()
}

/// How a placement was in the start pose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub theta: f64,
    pub sigma: f64,
    pub heading: f64,
    pub height: f64,
    pub up: Vector3<f64>,
}

impl Place {
    /// The mean over some moments.
    pub(crate) fn mean(movement: &Movement, placement: Placement, times: &[f64]) -> Place {
        let mut sum = Place {
            theta: 0.0,
            sigma: 0.0,
            heading: 0.0,
            height: 0.0,
            up: Vector3::zeros(),
        };
        for &t in times {
            let stance = movement.stance(placement.segment(), placement.side(), t);
            sum.theta += stance.theta;
            sum.sigma += stance.sigma;
            sum.heading += stance.heading;
            sum.height += movement.position(placement, t).z;
            sum.up += up(movement, placement, t);
        }
        let count = times.len().max(1) as f64;
        Place {
            theta: sum.theta / count,
            sigma: sum.sigma / count,
            heading: sum.heading / count,
            height: sum.height / count,
            up: sum.up / count,
        }
    }
}
