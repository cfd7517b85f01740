//! How a sensor sits on its segment: one still pose and one bend.
//!
//! Standing still tells where the segment's Y axis (head) is in the sensor's frame. A slow forward
//! bend turns the segment about its -Z axis, so the direction that the body turned about tells the
//! rest (Kong et al. 2016, Sensors 16(12):2011, with the principal axis of a planar movement). After
//! this any rotation of the housing on the strap gives the same angles.

use nalgebra::{Matrix3, SymmetricEigen, UnitQuaternion, UnitVector3, Vector3};

use super::Attitude;
use super::angles::{between, inclination, side_tilt, up_at};
use crate::units::{Angle, SessionTime};

/// How one sensor sits on its segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// Turns sensor coordinates into segment coordinates.
    pub segment_from_sensor: UnitQuaternion<f64>,
    /// Angle error that the calibration itself leaves.
    pub residual: Angle,
}

impl Alignment {
    /// The alignment that puts `up` at inclination `theta` without side tilt and lets the segment bend forward as
    /// up moves towards `bent` (any vector in the plane of the bend, sensor frame).
    ///
    /// `None` if `bent` is parallel to `up`, so that no plane is given.
    pub fn from_bend(
        up: UnitVector3<f64>,
        bent: UnitVector3<f64>,
        theta: Angle,
    ) -> Option<Alignment> {
        let lean = UnitVector3::try_new(bent.into_inner() - up.into_inner() * up.dot(&bent), 1e-6)?;
        // Bending forward moves up from up_at(θ) towards up_at(θ + 90°).
        let ahead = up_at(theta + Angle::from_degrees(90.0));
        let sensor = basis(up.into_inner(), lean.into_inner());
        let segment = basis(up_at(theta).into_inner(), ahead.into_inner());
        let rotation = nalgebra::Rotation3::from_matrix_unchecked(segment * sensor.transpose());
        Some(Alignment {
            segment_from_sensor: UnitQuaternion::from_rotation_matrix(&rotation),
            residual: Angle::ZERO,
        })
    }

    /// The up-vector in the segment's frame.
    pub fn up_in_segment(&self, up_in_sensor: UnitVector3<f64>) -> UnitVector3<f64> {
        self.segment_from_sensor * up_in_sensor
    }

    /// Inclination θ and side tilt σ for an up-vector in the sensor's frame.
    pub fn angles(&self, up_in_sensor: UnitVector3<f64>) -> (Angle, Angle) {
        let up = self.up_in_segment(up_in_sensor);
        (inclination(up), side_tilt(up))
    }
}

/// Two orthogonal unit vectors and their cross product as columns.
fn basis(first: Vector3<f64>, second: Vector3<f64>) -> Matrix3<f64> {
    Matrix3::from_columns(&[first, second, first.cross(&second)])
}

/// Limits of the bend. Times and angles, so that they hold at every rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BendSettings {
    /// A smaller bend does not tell the direction well enough.
    pub least: Angle,
    /// A larger bend is not the slow bow that was asked for.
    pub most: Angle,
    /// Back upright means within this of where it began.
    pub upright: Angle,
    /// Share of the rotation that must be about one axis.
    pub planarity: f64,
    /// A bend that takes longer was interrupted, seconds.
    pub longest_secs: f64,
}

impl Default for BendSettings {
    /// 30–85° (five more than are asked for) and 0.90 of the rotation about one axis; upright again within 8°, the
    /// shift at which a sensor counts as moved.
    fn default() -> BendSettings {
        BendSettings {
            least: Angle::from_degrees(30.0),
            most: Angle::from_degrees(85.0),
            upright: Angle::from_degrees(8.0),
            planarity: 0.90,
            longest_secs: 15.0,
        }
    }
}

/// Why a bend does not calibrate.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BendError {
    /// Not far enough.
    #[error("the bend was only {0}; bend forward to about 50°")]
    TooSmall(Angle),
    /// Too far.
    #[error("the bend was {0}; about 50° is enough")]
    TooLarge(Angle),
    /// Not one plane.
    #[error("the bend went sideways; bend straight forward and come back the same way")]
    NotPlanar,
    /// Not back where it began.
    #[error(
        "the pose after the bend is {0} away from the one before; stand as before, and check the strap"
    )]
    NotBack(Angle),
    /// Never finished.
    #[error("the bend took too long; bend forward and back in about 4 seconds")]
    TooLong,
}

/// Watches one bend out of a known still pose.
#[derive(Clone, Debug)]
pub struct Bend {
    settings: BendSettings,
    upright: UnitVector3<f64>,
    started: Option<SessionTime>,
    furthest: UnitVector3<f64>,
    reach: Angle,
    /// Sum of ω ωᵀ dt over the bend, rad²/s.
    scatter: Matrix3<f64>,
    last: Option<SessionTime>,
    has_gyro: bool,
}

impl Bend {
    /// Waits for a bend out of the pose in which up was `upright` (sensor frame).
    pub fn new(settings: BendSettings, upright: UnitVector3<f64>) -> Bend {
        Bend {
            settings,
            upright,
            started: None,
            furthest: upright,
            reach: Angle::ZERO,
            scatter: Matrix3::zeros(),
            last: None,
            has_gyro: true,
        }
    }

    /// Takes one attitude; `is_still` says whether the wearer is at rest. Returns the outcome when the bend is over.
    pub fn update(
        &mut self,
        attitude: &Attitude,
        is_still: bool,
    ) -> Option<Result<Alignment, BendError>> {
        let angle = between(attitude.up, self.upright);
        let step = self
            .last
            .map_or(0.0, |last| attitude.at.seconds_since(last).clamp(0.0, 0.1));
        self.last = Some(attitude.at);
        let Some(started) = self.started else {
            // Ten degrees: well outside quiet standing sway, well inside the smallest bend.
            if angle.degrees() > 10.0 {
                self.started = Some(attitude.at);
            }
            return None;
        };
        match attitude.rate {
            Some(rate) => self.scatter += rate * rate.transpose() * step,
            None => self.has_gyro = false,
        }
        if angle > self.reach {
            self.reach = angle;
            self.furthest = attitude.up;
        }
        if attitude.at.seconds_since(started) > self.settings.longest_secs {
            return Some(Err(BendError::TooLong));
        }
        let is_back = is_still && angle < self.reach * 0.5;
        is_back.then(|| self.finish(angle))
    }

    fn finish(&self, left_over: Angle) -> Result<Alignment, BendError> {
        if self.reach < self.settings.least {
            return Err(BendError::TooSmall(self.reach));
        }
        if self.reach > self.settings.most {
            return Err(BendError::TooLarge(self.reach));
        }
        if left_over > self.settings.upright {
            return Err(BendError::NotBack(left_over));
        }
        let by_gravity = Alignment::from_bend(self.upright, self.furthest, Angle::ZERO)
            .ok_or(BendError::NotPlanar)?;
        let Some(axis) = self.axis()? else {
            return Ok(Alignment {
                residual: left_over / 2.0,
                ..by_gravity
            });
        };
        // The axis, made orthogonal to up; forward is where up came from, so that its sign follows gravity.
        let lean =
            UnitVector3::try_new(axis.cross(&self.upright), 1e-6).ok_or(BendError::NotPlanar)?;
        let towards = if lean.dot(&self.furthest) < 0.0 {
            -lean
        } else {
            lean
        };
        let by_rate =
            Alignment::from_bend(self.upright, towards, Angle::ZERO).ok_or(BendError::NotPlanar)?;
        let disagreement = by_rate
            .segment_from_sensor
            .angle_to(&by_gravity.segment_from_sensor);
        if disagreement > SIDEWAYS {
            return Err(BendError::NotPlanar);
        }
        Ok(Alignment {
            residual: Angle::from_radians(disagreement / 2.0).max(left_over / 2.0),
            ..by_rate
        })
    }

    /// The principal axis of the rotation; `None` without a gyroscope.
    fn axis(&self) -> Result<Option<Vector3<f64>>, BendError> {
        let total = self.scatter.trace();
        if !self.has_gyro || total <= 0.0 || !total.is_finite() {
            return Ok(None);
        }
        let eigen = SymmetricEigen::new(self.scatter);
        let largest = eigen.eigenvalues.imax();
        if eigen.eigenvalues[largest] / total < self.settings.planarity {
            return Err(BendError::NotPlanar);
        }
        Ok(Some(eigen.eigenvectors.column(largest).into_owned()))
    }
}

/// Gravity and gyroscope may disagree by this much about the direction of the bend, radians (about 15°): at 50°
/// of bend it is the side tilt of 8° that the calibration allows, and some sensor error.
const SIDEWAYS: f64 = 0.26;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::motion::Validity;

    /// A bend to `reach` degrees and back in 4 s, seen by a sensor mounted at `segment_from_sensor`.
    fn bend(
        segment_from_sensor: UnitQuaternion<f64>,
        reach: f64,
        side: f64,
        gyro: bool,
    ) -> Option<Result<Alignment, BendError>> {
        let up_at_time = |t: f64| {
            let phase = if t < 4.0 {
                (1.0 - (t * std::f64::consts::PI / 2.0).cos()) / 2.0
            } else {
                0.0
            };
            let flexion =
                UnitQuaternion::from_axis_angle(&-Vector3::z_axis(), (reach * phase).to_radians());
            let lean =
                UnitQuaternion::from_axis_angle(&Vector3::x_axis(), (side * phase).to_radians());
            (flexion * lean).inverse() * Vector3::y_axis()
        };
        let sensor_from_segment = segment_from_sensor.inverse();
        let mut watch = Bend::new(
            BendSettings::default(),
            sensor_from_segment * up_at_time(0.0),
        );
        for k in 0..600 {
            let t = f64::from(k) * 0.01;
            let (now, next) = (up_at_time(t), up_at_time(t + 0.01));
            let rate = now.cross(&next) * -100.0;
            let attitude = Attitude {
                at: SessionTime::from_seconds(t),
                up: sensor_from_segment * now,
                world_from_sensor: UnitQuaternion::identity(),
                rate: gyro.then(|| sensor_from_segment * rate),
                force: Vector3::zeros(),
                error: Angle::ZERO,
                validity: Validity::Good,
            };
            if let Some(outcome) = watch.update(&attitude, t > 4.5) {
                return Some(outcome);
            }
        }
        None
    }

    fn mountings() -> impl Iterator<Item = UnitQuaternion<f64>> {
        (0..40).map(|k| {
            let k = f64::from(k);
            UnitQuaternion::from_euler_angles(k * 1.3, k * 0.7, k * 2.1)
        })
    }

    #[test]
    fn any_mounting_is_found_with_and_without_a_gyroscope() {
        for mounting in mountings() {
            for gyro in [true, false] {
                let found = bend(mounting, 50.0, 0.0, gyro).unwrap().unwrap();
                let off = found.segment_from_sensor.angle_to(&mounting).to_degrees();
                assert!(off < 0.5, "off by {off}° with gyro {gyro}");
            }
        }
    }

    #[test]
    fn a_small_bend_is_refused_with_what_it_was() {
        let refused = bend(UnitQuaternion::identity(), 20.0, 0.0, true)
            .unwrap()
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the bend was only 20.0°; bend forward to about 50°"
        );
    }

    #[test]
    fn an_alignment_puts_the_start_pose_where_it_was_said_to_be() {
        for theta in [0.0, 45.0, 90.0] {
            let up = UnitVector3::new_normalize(Vector3::new(0.2, -0.5, 0.8));
            let bent = UnitVector3::new_normalize(Vector3::new(0.9, 0.1, 0.3));
            let alignment = Alignment::from_bend(up, bent, Angle::from_degrees(theta)).unwrap();
            let (start, side) = alignment.angles(up);
            assert!((start.degrees() - theta).abs() < 1e-6 && side.degrees().abs() < 1e-6);
            let (further, side) = alignment.angles(bent);
            let travelled = (further - start).wrapped();
            assert!(
                (travelled.degrees() - between(up, bent).degrees()).abs() < 1e-6
                    && side.degrees().abs() < 1e-6
            );
        }
    }

    #[test]
    fn a_pose_without_movement_gives_no_plane() {
        let up = UnitVector3::new_normalize(Vector3::new(0.0, 0.6, 0.8));
        assert_eq!(Alignment::from_bend(up, up, Angle::ZERO), None);
    }
}
