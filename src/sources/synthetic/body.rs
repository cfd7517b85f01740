//! The body: a rigid chain of segments, where its joints are, and where sensors sit on it.
//!
//! ```text
//!   hip ── pelvis ── L5 ── lumbar ── T12 ── thorax ── shoulders ── upper arms ── forearms
//!    └── thighs ── shanks
//! ```
//!
//! Each segment has the ISB frame of [`crate::units`] and stands in the world by three angles: its
//! inclination `theta`, its roll `sigma` and its heading, with
//! `world_from_segment = Rz(heading) · standing · Rx(sigma) · Rz(-theta)`, so that the up-vector in
//! the segment is `(-sin θ cos σ, cos θ cos σ, -sin σ)`. Lengths are shares of the height after
//! Drillis & Contini (1966) as tabled by Winter, rounded.

use nalgebra::{Matrix3, Rotation3, UnitQuaternion, Vector3};

use super::breath::Breathing;
use super::trajectory::{Ripple, Track};
use crate::input::{Placement, Segment, Side};

/// The wearer's build.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Standing height, m.
    pub height: f64,
    /// Lumbar flexion from standing at the end of a full forward bend, degrees. 52 is the mean of
    /// healthy adults.
    pub lumflex_max_deg: f64,
    /// The same backwards, positive degrees.
    pub lumext_max_deg: f64,
}

impl Body {
    /// Five builds from small to tall, with different ranges of the lumbar spine.
    pub const ALL: [Body; 5] = [
        Body::new(1.50, 56.0, 18.0),
        Body::new(1.62, 48.0, 14.0),
        Body::new(1.72, 52.0, 15.0),
        Body::new(1.83, 50.0, 16.0),
        Body::new(1.95, 45.0, 12.0),
    ];

    /// The build in the middle of [`Body::ALL`].
    pub const MEDIUM: Body = Body::ALL[2];

    const fn new(height: f64, lumflex_max_deg: f64, lumext_max_deg: f64) -> Body {
        Body {
            height,
            lumflex_max_deg,
            lumext_max_deg,
        }
    }

    pub(crate) fn hip_height(self) -> f64 {
        0.530 * self.height
    }

    /// Where a sensor sits in its segment's frame, m from the segment's upper joint (pelvis: the hips; thorax: T12).
    pub(crate) fn lever(self, placement: Placement) -> Vector3<f64> {
        let h = self.height;
        let outward = outward(placement.side());
        match placement {
            Placement::T7 => Vector3::new(-0.055 * h, 0.080 * h, 0.0),
            Placement::Sternum => Vector3::new(0.070 * h, 0.055 * h, 0.0),
            Placement::Sacrum => Vector3::new(-0.060 * h, 0.045 * h, 0.0),
            Placement::FrontPelvis => Vector3::new(0.060 * h, 0.040 * h, 0.0),
            Placement::Thigh(_) => Vector3::new(0.045 * h, -0.120 * h, 0.010 * h * outward),
            Placement::Ankle(_) => Vector3::new(0.010 * h, -0.220 * h, 0.020 * h * outward),
            Placement::Wrist(_) => Vector3::new(0.015 * h, -0.130 * h, 0.0),
            Placement::Bar => Vector3::new(0.0, -0.150 * h, 0.0),
        }
    }
}

/// A coordinate of the body: an angle in radians, or a position of the hips in meters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dof {
    Heading,
    HipX,
    HipY,
    HipZ,
    PelvisPitch,
    PelvisRoll,
    PelvisYaw,
    ThoraxPitch,
    ThoraxRoll,
    ThoraxYaw,
    Thigh(Side),
    Shank(Side),
    UpperArm(Side),
    Forearm(Side),
    /// How far thigh and shank, or upper arm and forearm, lean to the wearer's right at their upper end.
    LegRoll(Side),
    ArmRoll(Side),
    /// Both shoulders above where they hang, m.
    Shrug,
}

const DOFS: usize = 23;

impl Dof {
    fn index(self) -> usize {
        let sided = |at: usize, side: Side| at + usize::from(side == Side::Right);
        match self {
            Dof::Heading => 0,
            Dof::HipX => 1,
            Dof::HipY => 2,
            Dof::HipZ => 3,
            Dof::PelvisPitch => 4,
            Dof::PelvisRoll => 5,
            Dof::PelvisYaw => 6,
            Dof::ThoraxPitch => 7,
            Dof::ThoraxRoll => 8,
            Dof::ThoraxYaw => 9,
            Dof::Thigh(side) => sided(10, side),
            Dof::Shank(side) => sided(12, side),
            Dof::UpperArm(side) => sided(14, side),
            Dof::Forearm(side) => sided(16, side),
            Dof::LegRoll(side) => sided(18, side),
            Dof::ArmRoll(side) => sided(20, side),
            Dof::Shrug => 22,
        }
    }
}

/// A part of the body that can rest on something; without a side, the middle between both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Landmark {
    Hip,
    Knee(Option<Side>),
    Ankle(Option<Side>),
    Shoulder,
    Elbow,
    Hand,
}

/// A segment's inclination, roll and heading, radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stance {
    pub theta: f64,
    pub sigma: f64,
    pub heading: f64,
}

impl Stance {
    /// `world_from_segment`.
    pub(crate) fn rotation(self) -> UnitQuaternion<f64> {
        UnitQuaternion::from_axis_angle(&Vector3::z_axis(), self.heading)
            * standing()
            * UnitQuaternion::from_axis_angle(&Vector3::x_axis(), self.sigma)
            * UnitQuaternion::from_axis_angle(&Vector3::z_axis(), -self.theta)
    }

    fn between(self, other: Stance) -> Stance {
        Stance {
            theta: 0.5 * (self.theta + other.theta),
            sigma: 0.5 * (self.sigma + other.sigma),
            heading: 0.5 * (self.heading + other.heading),
        }
    }
}

/// `world_from_segment` of somebody who stands and looks along the world's X.
fn standing() -> UnitQuaternion<f64> {
    let columns = Matrix3::from_columns(&[Vector3::x(), Vector3::z(), -Vector3::y()]);
    UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(columns))
}

/// A body that moves: what it does at every moment of a session.
#[derive(Clone, Debug)]
pub(crate) struct Movement {
    pub body: Body,
    /// The breath, where it is part of what is done; otherwise each sensor has one of its own.
    pub breath: Option<Breathing>,
    tracks: Vec<Track>,
}

impl Movement {
    pub(crate) fn new(body: Body) -> Movement {
        Movement {
            body,
            breath: None,
            tracks: vec![Track::default(); DOFS],
        }
    }

    pub(crate) fn track(&mut self, dof: Dof) -> &mut Track {
        &mut self.tracks[dof.index()]
    }

    pub(crate) fn ripple(&mut self, dof: Dof, ripple: Ripple) {
        self.track(dof).ripple(ripple);
    }

    pub(crate) fn planned(&self, dof: Dof) -> f64 {
        self.tracks[dof.index()].planned()
    }

    pub(crate) fn finish(&mut self) {
        for track in &mut self.tracks {
            track.finish();
        }
    }

    pub(crate) fn value(&self, dof: Dof, t: f64) -> f64 {
        self.tracks[dof.index()].value(t)
    }

    pub(crate) fn hip(&self, t: f64) -> Vector3<f64> {
        Vector3::new(
            self.value(Dof::HipX, t),
            self.value(Dof::HipY, t),
            self.value(Dof::HipZ, t),
        )
    }

    /// How a segment stands.
    pub(crate) fn stance(&self, segment: Segment, side: Option<Side>, t: f64) -> Stance {
        let side = side.unwrap_or(Side::Right);
        let heading = self.value(Dof::Heading, t);
        let limb = |dof: Dof, roll: Dof| Stance {
            theta: self.value(dof, t),
            sigma: self.value(roll, t),
            heading,
        };
        match segment {
            Segment::Pelvis => Stance {
                theta: self.value(Dof::PelvisPitch, t),
                sigma: self.value(Dof::PelvisRoll, t),
                heading: heading + self.value(Dof::PelvisYaw, t),
            },
            Segment::Thorax => Stance {
                theta: self.value(Dof::ThoraxPitch, t),
                sigma: self.value(Dof::ThoraxRoll, t),
                heading: heading + self.value(Dof::ThoraxYaw, t),
            },
            Segment::Thigh => limb(Dof::Thigh(side), Dof::LegRoll(side)),
            Segment::Shank => limb(Dof::Shank(side), Dof::LegRoll(side)),
            Segment::Forearm | Segment::Bar => limb(Dof::Forearm(side), Dof::ArmRoll(side)),
        }
    }

    /// Where a placement is, world, m.
    pub(crate) fn position(&self, placement: Placement, t: f64) -> Vector3<f64> {
        let stance = self.stance(placement.segment(), placement.side(), t);
        self.position_on(placement, stance, t)
    }

    /// The same, with the stance of its segment at hand.
    pub(crate) fn position_on(&self, placement: Placement, stance: Stance, t: f64) -> Vector3<f64> {
        let (segment, side) = (placement.segment(), placement.side());
        let origin = match segment {
            Segment::Pelvis => self.hip(t),
            Segment::Thorax => self.t12(stance, t),
            Segment::Thigh => self.hip_joint(side, t),
            Segment::Shank => self.knee(side, t),
            Segment::Forearm | Segment::Bar => self.elbow(side, t),
        };
        origin + stance.rotation() * self.body.lever(placement)
    }

    fn hip_joint(&self, side: Option<Side>, t: f64) -> Vector3<f64> {
        let pelvis = self.stance(Segment::Pelvis, None, t).rotation();
        let aside = 0.050 * self.body.height * outward(side);
        self.hip(t) + pelvis * Vector3::new(0.0, 0.0, aside)
    }

    fn knee(&self, side: Option<Side>, t: f64) -> Vector3<f64> {
        let thigh = self.stance(Segment::Thigh, side, t).rotation();
        let down = Vector3::new(0.0, -0.245 * self.body.height, 0.0);
        self.hip_joint(side, t) + thigh * down
    }

    fn elbow(&self, side: Option<Side>, t: f64) -> Vector3<f64> {
        let h = self.body.height;
        let thorax = self.stance(Segment::Thorax, None, t);
        let worn = side.unwrap_or(Side::Right);
        let arm = Stance {
            theta: self.value(Dof::UpperArm(worn), t),
            sigma: self.value(Dof::ArmRoll(worn), t),
            heading: thorax.heading,
        };
        let up = 0.140 * h + self.value(Dof::Shrug, t);
        let shoulder = Vector3::new(0.0, up, 0.110 * h * outward(side));
        self.t12(thorax, t)
            + thorax.rotation() * shoulder
            + arm.rotation() * Vector3::new(0.0, -0.186 * h, 0.0)
    }

    /// Where a part of the body is that can rest on something, world, m.
    pub(crate) fn landmark(&self, landmark: Landmark, t: f64) -> Vector3<f64> {
        let h = self.body.height;
        let below = |segment, side, length: f64| {
            self.stance(segment, Some(side), t).rotation() * Vector3::new(0.0, -length * h, 0.0)
        };
        let of = |side| match landmark {
            Landmark::Hip => self.hip(t),
            Landmark::Knee(_) => self.knee(Some(side), t),
            Landmark::Ankle(_) => self.knee(Some(side), t) + below(Segment::Shank, side, 0.246),
            Landmark::Elbow => self.elbow(Some(side), t),
            Landmark::Hand => self.elbow(Some(side), t) + below(Segment::Forearm, side, 0.146),
            Landmark::Shoulder => {
                let thorax = self.stance(Segment::Thorax, None, t);
                self.t12(thorax, t) + thorax.rotation() * Vector3::new(0.0, 0.140 * h, 0.0)
            }
        };
        match landmark {
            Landmark::Knee(Some(side)) | Landmark::Ankle(Some(side)) => of(side),
            _ => 0.5 * (of(Side::Left) + of(Side::Right)),
        }
    }

    fn t12(&self, thorax: Stance, t: f64) -> Vector3<f64> {
        let h = self.body.height;
        let pelvis = self.stance(Segment::Pelvis, None, t);
        self.hip(t)
            + pelvis.rotation() * Vector3::new(-0.010 * h, 0.060 * h, 0.0)
            + pelvis.between(thorax).rotation() * Vector3::new(0.0, 0.100 * h, 0.0)
    }
}

/// Towards the outside on this side of the body: the sign of the segment's Z.
fn outward(side: Option<Side>) -> f64 {
    match side {
        Some(Side::Left) => -1.0,
        _ => 1.0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::f64::consts::FRAC_1_SQRT_2;

    use super::*;

    fn up_of(theta: f64, sigma: f64) -> Vector3<f64> {
        let stance = Stance {
            theta: theta.to_radians(),
            sigma: sigma.to_radians(),
            heading: 0.7,
        };
        stance.rotation().inverse() * Vector3::z()
    }

    #[test]
    fn up_vectors_follow_the_project_signs() {
        for (theta, sigma, expected) in [
            (0.0, 0.0, [0.0, 1.0, 0.0]),
            (45.0, 0.0, [-FRAC_1_SQRT_2, FRAC_1_SQRT_2, 0.0]),
            (90.0, 0.0, [-1.0, 0.0, 0.0]),
            (160.0, 0.0, [-0.3420, -0.9397, 0.0]),
            (0.0, 10.0, [0.0, 0.9848, -0.1736]),
            (90.0, 10.0, [-0.9848, 0.0, -0.1736]),
            (44.6, 7.1, [-0.6964, FRAC_1_SQRT_2, -0.1228]),
        ] {
            let difference = up_of(theta, sigma) - Vector3::from(expected);
            assert!(difference.norm() < 2e-3, "{theta} {sigma}: {difference}");
        }
    }

    #[test]
    fn a_standing_body_has_its_sensors_at_plausible_heights() {
        let mut movement = Movement::new(Body::MEDIUM);
        movement
            .track(Dof::HipZ)
            .glide_to(-2.0, 1.0, Body::MEDIUM.hip_height());
        movement.finish();
        let height_of = |placement| movement.position(placement, 0.0).z / Body::MEDIUM.height;
        assert!((0.72..0.80).contains(&height_of(Placement::T7)));
        assert!((0.55..0.60).contains(&height_of(Placement::Sacrum)));
        assert!((0.38..0.45).contains(&height_of(Placement::Thigh(Some(Side::Left)))));
        assert!((0.03..0.10).contains(&height_of(Placement::Ankle(Some(Side::Right)))));
        assert!((0.42..0.60).contains(&height_of(Placement::Wrist(None))));
        assert!(movement.position(Placement::Thigh(Some(Side::Left)), 0.0).y > 0.0);
    }
}
