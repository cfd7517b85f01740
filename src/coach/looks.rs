//! Whether a sensor sits where it was said to sit, by its own axes.
//!
//! The calibration finds every mounting, so that no angle is wrong for it. What may be wrong is the place: on the belly
//! instead of the back it is pressed on in other poses, and the belly moves with each breath. So the wearer is asked.

use nalgebra::Vector3;

use super::event::WornLooks;
use crate::input::Placement;
use crate::motion::calibration::Alignment;
use crate::sensors::{self, WornAsMeant};

/// An axis within 45 degrees of where it should not point: housings sit askew by up to 30.
const PLAINLY: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// How a sensor of this family looks worn, where that is not what was said; nothing where its axes are not documented.
pub fn looks_worn(family: &str, placement: Placement, alignment: &Alignment) -> Option<WornLooks> {
    let worn = sensors::find(family)?.abilities().worn?;
    looks(worn, placement, alignment)
}

fn looks(worn: WornAsMeant, placement: Placement, alignment: &Alignment) -> Option<WornLooks> {
    let in_segment =
        |axis: [i8; 3]| alignment.segment_from_sensor * Vector3::from(axis).map(f64::from);
    // Segment frame: X forward, Y towards the head.
    let (ahead, headward) = (in_segment(worn.off_skin).x, in_segment(worn.head).y);
    let is_meant_behind = match placement {
        Placement::T7 | Placement::Sacrum => true,
        Placement::Sternum | Placement::FrontPelvis => false,
        _ => return None,
    };
    if is_meant_behind && ahead > PLAINLY {
        Some(WornLooks::InFront)
    } else if !is_meant_behind && ahead < -PLAINLY {
        Some(WornLooks::Behind)
    } else {
        (headward < -PLAINLY).then_some(WornLooks::UpsideDown)
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::UnitQuaternion;

    use super::*;
    use crate::units::Angle;

    const WORN: WornAsMeant = WornAsMeant {
        head: [0, 1, 0],
        off_skin: [0, 0, 1],
    };

    /// Turned about the body's long axis, then about its forward axis, degrees.
    fn mounted(about_y: f64, about_x: f64) -> Alignment {
        let turn =
            |axis, degrees: f64| UnitQuaternion::from_axis_angle(&axis, degrees.to_radians());
        Alignment {
            segment_from_sensor: turn(Vector3::x_axis(), about_x)
                * turn(Vector3::y_axis(), about_y),
            residual: Angle::ZERO,
        }
    }

    #[test]
    fn askew_is_nobodys_business_and_elsewhere_is_asked_about() {
        // Off the skin is backward on the back.
        assert_eq!(looks(WORN, Placement::T7, &mounted(-90.0, 0.0)), None);
        assert_eq!(looks(WORN, Placement::T7, &mounted(-60.0, 30.0)), None);
        assert_eq!(
            looks(WORN, Placement::T7, &mounted(90.0, 0.0)),
            Some(WornLooks::InFront)
        );
        assert_eq!(looks(WORN, Placement::Sternum, &mounted(90.0, 0.0)), None);
        assert_eq!(
            looks(WORN, Placement::FrontPelvis, &mounted(-90.0, 0.0)),
            Some(WornLooks::Behind)
        );
        assert_eq!(
            looks(WORN, Placement::Sacrum, &mounted(-90.0, 180.0)),
            Some(WornLooks::UpsideDown)
        );
        assert_eq!(
            looks(WORN, Placement::Thigh(None), &mounted(90.0, 0.0)),
            None
        );
    }
}
