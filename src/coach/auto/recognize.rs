//! What a movement looks like: its axis against the vertical, its range, the pose it starts from, how far it lifts.
//!
//! One sensor tells a tilt from a turn and a large one from a small one. Which way is forward it does not tell; but
//! housings are flat and are worn flat against the body, and by their makers' common convention the sensor's z-axis stands on
//! the face. So a trunk that tilts along z bends forward or backward, and one that tilts across it bends to the side. This is a
//! convention and no measurement, which is why nothing that rests on it is told with more than [`BY_CONVENTION`].

use std::collections::VecDeque;

use nalgebra::Vector3;

use super::chain::{Cycle, median};
use super::place::Space;
use crate::coach::event::Movement;
use crate::input::Segment;

/// A movement with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// What it looks like.
    pub movement: Movement,
    /// 0 to 1.
    pub confidence: f64,
}

/// Confidence in what rests on the housing's z-axis pointing away from the body.
const BY_CONVENTION: f64 = 0.8;

/// Confidence that what turns about the vertical by gyroscope is a twist: only a wearer who turns on their feet and back
/// looks the same.
const OF_TWIST: f64 = 0.9;

/// Confidence that a limb that tilts is lifted: it may be held up by the rest of the body that moves.
const OF_LIMB: f64 = 0.6;

/// More of a direction than this is along it, less than the rest is across it, as a share of squares: up to 33° off.
const ALONG: f64 = 0.7;

/// Up is along the face's axis beyond this share: the trunk lies, rather than stands or sits. 45°.
const LIES: f64 = 0.7;

/// From lying on the back to sitting up and a little forward is at least so far, degrees: 90 and what the back curls.
const SIT_UP_DEG: f64 = 110.0;

/// Confidence that such a large way is a sit-up: whoever bends from far back to far forward goes as far.
const OF_SIT_UP: f64 = 0.5;

/// Movements that push the body up against gravity, m/s² RMS: squats are at 1.4, slow bows at 0.2 to 0.6.
const PUSHED: f64 = 1.0;

/// Jumps and drops, m/s² RMS: burpees are at 5, sit-ups at 1 to 2.
const THROWN: f64 = 3.0;

/// Whoever goes down and up by this much squats, meters: a bow of the whole trunk while seated lowers the upper back by 0.2 m, half
/// a squat the whole trunk by 0.3 m.
const SQUAT_M: f64 = 0.25;

/// ... while the trunk tilts by no more than this, degrees: beyond it is a burpee, or something else that one word does not hold.
const SQUAT_TILT_DEG: f64 = 60.0;

/// Names the movement of alike repetitions of a sensor worn on `segment`.
pub fn recognize(cycles: &VecDeque<Cycle>, space: Space, segment: Segment) -> Kind {
    let is_trunk = matches!(segment, Segment::Thorax | Segment::Pelvis);
    let (movement, confidence) = match space {
        Space::Heading if is_trunk => (Movement::Twist, OF_TWIST),
        Space::Heading => (Movement::Unknown, 0.0),
        Space::Tilt if is_trunk => of_trunk(cycles),
        Space::Tilt if segment == Segment::Bar => (Movement::Unknown, 0.0),
        Space::Tilt => (Movement::LimbLift, OF_LIMB),
    };
    Kind {
        movement,
        confidence,
    }
}

/// A trunk that tilts.
fn of_trunk(cycles: &VecDeque<Cycle>) -> (Movement, f64) {
    let middle = |value: fn(&Cycle) -> f64| median(cycles.iter().map(value)).unwrap_or(0.0);
    let (from, to) = (
        middle(|cycle| face(&cycle.to.x.xyz())),
        middle(|cycle| face(&cycle.turn.x.xyz())),
    );
    let tilt = middle(|cycle| cycle.to.turn_to(&cycle.turn));
    let (lift, travel) = (middle(|cycle| cycle.lift_rms), middle(Cycle::travel_m));
    let (lies_from, lies_to) = (from > LIES, to > LIES);
    if lies_from != lies_to && tilt >= SIT_UP_DEG && (PUSHED..THROWN).contains(&lift) {
        return (Movement::SitUp, OF_SIT_UP);
    }
    if lift >= PUSHED {
        let is_squat = travel >= SQUAT_M && tilt <= SQUAT_TILT_DEG && !lies_from && !lies_to;
        return if is_squat {
            (Movement::Squat, BY_CONVENTION)
        } else {
            // Down to the floor and up again, with a jump perhaps.
            (Movement::Unknown, 0.0)
        };
    }
    if lies_from && lies_to {
        // Bridges, rolls, lifts of the chest: the long axis of the body would have to be known.
        return (Movement::Unknown, 0.0);
    }
    let along = middle(|cycle| {
        let (from, to) = (cycle.to.x.xyz(), cycle.turn.x.xyz());
        let up = from + to;
        let across = up.cross(&Vector3::z());
        let (forward, side) = (
            across.cross(&up).try_normalize(1e-6),
            across.try_normalize(1e-6),
        );
        let change = to - from;
        let share = |axis: Option<Vector3<f64>>| axis.map_or(0.0, |axis| change.dot(&axis).powi(2));
        let (forward, side) = (share(forward), share(side));
        forward / (forward + side).max(1e-9)
    });
    if along > ALONG {
        (Movement::Bend, BY_CONVENTION * along)
    } else if along < 1.0 - ALONG {
        (Movement::SideBend, BY_CONVENTION * (1.0 - along))
    } else {
        (Movement::Unknown, 0.0)
    }
}

/// How much of up is along the axis of the housing's face.
fn face(up: &Vector3<f64>) -> f64 {
    up.z.abs() / up.norm().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::super::place::Place;
    use super::*;
    use crate::units::SessionTime;
    use nalgebra::Vector4;

    fn place(secs: f64, up: [f64; 3], heading: f64) -> Place {
        let up = Vector3::from(up).normalize() * 1.0_f64.to_degrees();
        Place {
            at: SessionTime::from_seconds(secs),
            x: Vector4::new(up.x, up.y, up.z, heading),
            lift: 0.0,
            error_deg: 0.5,
            noise_deg: 0.0,
        }
    }

    fn told(from: [f64; 3], turn: [f64; 3], lift_rms: f64) -> Movement {
        let cycle = Cycle {
            start: SessionTime::from_seconds(0.0),
            from: place(0.0, from, 0.0),
            turn: place(1.5, turn, 0.0),
            end: SessionTime::from_seconds(3.0),
            to: place(3.0, from, 0.0),
            hold_s: 0.3,
            outer_s: 1.5,
            lift_rms,
        };
        let cycles = VecDeque::from([cycle; 3]);
        recognize(&cycles, Space::Tilt, Segment::Thorax).movement
    }

    #[test]
    fn bends_go_along_the_face_and_side_bends_across_it() {
        // Worn upright or a quarter turned in its plane: y or x is up.
        assert_eq!(told([0.0, 1.0, 0.0], [0.0, 0.7, -0.7], 0.1), Movement::Bend);
        assert_eq!(told([1.0, 0.0, 0.0], [0.7, 0.0, 0.7], 0.1), Movement::Bend);
        assert_eq!(
            told([0.0, 1.0, 0.0], [0.5, 0.8, 0.0], 0.1),
            Movement::SideBend
        );
        assert_eq!(
            told([0.0, 1.0, 0.0], [0.5, 0.7, 0.5], 0.1),
            Movement::Unknown
        );
    }

    #[test]
    fn a_squat_lifts_and_a_sit_up_gets_up() {
        assert_eq!(
            told([0.0, 1.0, 0.0], [0.0, 0.9, -0.3], 1.5),
            Movement::Squat
        );
        assert_eq!(
            told([0.0, -0.1, 1.0], [0.0, 1.0, -0.3], 1.2),
            Movement::SitUp
        );
        assert_eq!(
            told([0.0, 1.0, 0.0], [0.0, 0.1, 1.0], 4.0),
            Movement::Unknown
        );
        assert_eq!(
            told([0.0, 0.1, 1.0], [0.0, 0.5, 0.9], 0.1),
            Movement::Unknown
        );
    }
}
