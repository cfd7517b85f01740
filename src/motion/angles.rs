//! The angles that rules speak of, from the up-vector of a segment.
//!
//! All but the heading come from gravity alone and do not drift. Angles and signs are those of the
//! project, positive the way people speak: flexion, right side down (see [`crate::units`] for the frame).

use nalgebra::UnitVector3;

use crate::units::Angle;

/// Inclination θ of a segment from its up-vector: 0 upright, 90° chest-down, 180° head down, -90° supine.
///
/// By `atan2`, for an arcsine has no resolution near 90°, where bird-dog and Roman chair live. It is
/// undefined only when lying exactly on a side.
pub fn inclination(up_in_segment: UnitVector3<f64>) -> Angle {
    Angle::from_radians((-up_in_segment.x).atan2(up_in_segment.y))
}

/// Side tilt σ: positive with the right side down. Upright it is a lean, prone it is a roll about the long axis.
pub fn side_tilt(up_in_segment: UnitVector3<f64>) -> Angle {
    Angle::from_radians((-up_in_segment.z).clamp(-1.0, 1.0).asin())
}

/// Elevation of the head end above the horizontal.
pub fn long_axis(up_in_segment: UnitVector3<f64>) -> Angle {
    Angle::from_radians(up_in_segment.y.clamp(-1.0, 1.0).asin())
}

/// Elevation of a limb above the horizontal, its far end up positive.
///
/// `up_standing` is up in the sensor's frame while the limb hung straight down, so that the limb
/// points along `-up_standing`, however the sensor is turned.
pub fn limb_elevation(up: UnitVector3<f64>, up_standing: UnitVector3<f64>) -> Angle {
    Angle::from_radians((-up.dot(&up_standing)).clamp(-1.0, 1.0).asin())
}

/// The angle between two directions, 0 to 180°. By `atan2`, for an arccosine has no resolution near 0.
pub fn between(a: UnitVector3<f64>, b: UnitVector3<f64>) -> Angle {
    Angle::from_radians(a.cross(&b).norm().atan2(a.dot(&b)))
}

/// The up-vector of a segment without side tilt at an inclination θ.
pub fn up_at(theta: Angle) -> UnitVector3<f64> {
    UnitVector3::new_unchecked(nalgebra::Vector3::new(
        -theta.radians().sin(),
        theta.radians().cos(),
        0.0,
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use nalgebra::Vector3;

    /// Half of the square root of two.
    const HALF: f64 = std::f64::consts::FRAC_1_SQRT_2;

    /// Pose, up-vector, θ, σ, elevation of the long axis, degrees.
    const POSES: [(&str, [f64; 3], f64, f64, f64); 12] = [
        ("upright", [0.0, 1.0, 0.0], 0.0, 0.0, 90.0),
        ("forward 45", [-HALF, HALF, 0.0], 45.0, 0.0, 45.0),
        ("prone or on all fours", [-1.0, 0.0, 0.0], 90.0, 0.0, 0.0),
        (
            "bench bottom, hips 90",
            [-HALF, -HALF, 0.0],
            135.0,
            0.0,
            -45.0,
        ),
        (
            "horizontal chair, low",
            [-0.3420, -0.9397, 0.0],
            160.0,
            0.0,
            -70.0,
        ),
        ("supine", [1.0, 0.0, 0.0], -90.0, 0.0, 0.0),
        (
            "supine, pelvis tilted back 10",
            [0.9848, -0.1736, 0.0],
            -100.0,
            0.0,
            -10.0,
        ),
        (
            "upright, lean right 10",
            [0.0, 0.9848, -0.1736],
            0.0,
            10.0,
            80.0,
        ),
        ("upright, twist left 30", [0.0, 1.0, 0.0], 0.0, 0.0, 90.0),
        (
            "prone, turned left 10",
            [-0.9848, 0.0, -0.1736],
            90.0,
            10.0,
            0.0,
        ),
        (
            "supine, turned left 40",
            [0.7660, 0.0, 0.6428],
            -90.0,
            -40.0,
            0.0,
        ),
        (
            "45 bench, twist left 10",
            [-0.6964, HALF, -0.1228],
            44.6,
            7.1,
            45.0,
        ),
    ];

    #[test]
    fn the_reference_poses_have_their_angles() {
        for (pose, up, theta, sigma, elevation) in POSES {
            let up = UnitVector3::new_normalize(Vector3::from(up));
            assert!(
                (inclination(up).degrees() - theta).abs() < 0.06,
                "{pose}: θ {}",
                inclination(up)
            );
            assert!(
                (side_tilt(up).degrees() - sigma).abs() < 0.06,
                "{pose}: σ {}",
                side_tilt(up)
            );
            assert!(
                (long_axis(up).degrees() - elevation).abs() < 0.06,
                "{pose}: long axis {}",
                long_axis(up)
            );
        }
    }

    #[test]
    fn a_limb_is_seen_however_its_sensor_is_turned() {
        let hanging = UnitVector3::new_normalize(Vector3::new(0.3, -0.8, 0.5));
        let across = UnitVector3::new_normalize(hanging.cross(&Vector3::x()));
        assert!((limb_elevation(hanging, hanging).degrees() + 90.0).abs() < 1e-5);
        assert!(limb_elevation(across, hanging).degrees().abs() < 1e-9);
        assert!((between(across, hanging).degrees() - 90.0).abs() < 1e-9);
    }

    #[test]
    fn an_up_vector_made_from_an_inclination_has_it() {
        for degrees in [-170.0, -90.0, 0.0, 45.0, 135.0, 179.0] {
            let theta = inclination(up_at(Angle::from_degrees(degrees)));
            assert!((theta.degrees() - degrees).abs() < 1e-9);
        }
    }
}
