//! Key poses: how every segment stands, and what the body rests on.
//!
//! Angles in degrees, lengths in shares of the standing height. A pose is written for the right side as
//! the leading one: σ leans towards it, a yaw above 0 turns away from it, `out` lifts a limb to its own
//! side. Done on the left it is the mirror image.

use nalgebra::Vector3;

use crate::input::Side;
use crate::sources::synthetic::body::{Body, Dof, Landmark, Movement};

/// How a segment of the trunk stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trunk {
    pub theta: f64,
    pub sigma: f64,
    pub yaw: f64,
}

impl Trunk {
    /// Lying on a side, rolled by so much about the long axis, forward positive; the head end points where it did.
    pub(crate) fn rolled(self, by: f64) -> Trunk {
        let (axis, side) = (self.sigma.to_radians(), by.to_radians());
        // On the side the up-vector is (0, cos σ, -sin σ); rolled, its part across the long axis turns.
        let up = Vector3::new(
            -axis.sin() * side.sin(),
            axis.cos(),
            -axis.sin() * side.cos(),
        );
        let theta = (-up.x).atan2(up.y);
        let sigma = (-up.z).clamp(-1.0, 1.0).asin();
        // The long axis of a segment is seen from above at atan2(-sin σ cos θ … ): its turn is taken back.
        let seen = |theta: f64, sigma: f64| {
            let level = Vector3::new(theta.sin(), theta.cos() * sigma.sin(), 0.0);
            (-level.y).atan2(level.x)
        };
        Trunk {
            theta: theta.to_degrees(),
            sigma: sigma.to_degrees(),
            yaw: self.yaw + (seen(0.0, axis) - seen(theta, sigma)).to_degrees(),
        }
    }
}

/// A leg: inclination of thigh and shank (0 hangs, 90 points backward, -90 forward), and how far it is lifted aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Leg {
    pub thigh: f64,
    pub shank: f64,
    pub out: f64,
}

/// An arm, likewise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arm {
    pub upper: f64,
    pub fore: f64,
    pub out: f64,
}

/// What the body rests on: this part of it stays where it is while the rest moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Feet,
    LeadFoot,
    TrailFoot,
    Knees,
    /// The hips themselves; their height is what `at` says.
    Hips,
    Shoulders,
    Elbows,
    /// Hands on a bar; its height is what `at` says.
    Hands,
}

impl Anchor {
    fn landmark(self, lead: Side) -> Landmark {
        match self {
            Anchor::Feet => Landmark::Ankle(None),
            Anchor::LeadFoot => Landmark::Ankle(Some(lead)),
            Anchor::TrailFoot => Landmark::Ankle(Some(opposite(lead))),
            Anchor::Knees => Landmark::Knee(None),
            Anchor::Hips => Landmark::Hip,
            Anchor::Shoulders => Landmark::Shoulder,
            Anchor::Elbows => Landmark::Elbow,
            Anchor::Hands => Landmark::Hand,
        }
    }

    /// How high the joint is above what it rests on, share of the height.
    fn height(self) -> f64 {
        match self {
            // What is left of the hips' height below thigh and shank.
            Anchor::Feet | Anchor::LeadFoot | Anchor::TrailFoot => 0.039,
            Anchor::Knees => 0.030,
            Anchor::Shoulders => 0.060,
            Anchor::Elbows => 0.020,
            Anchor::Hips | Anchor::Hands => 0.0,
        }
    }
}

/// How the whole body stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pose {
    pub thorax: Trunk,
    pub pelvis: Trunk,
    pub lead: Leg,
    pub trail: Leg,
    pub lead_arm: Arm,
    pub trail_arm: Arm,
    /// Both shoulders above where they hang.
    pub shrug: f64,
    pub anchor: Anchor,
    /// Where the anchor is: forward, to the leading side, up.
    pub at: [f64; 3],
}

impl Pose {
    /// Upright, arms hanging.
    pub(crate) const STANDING: Pose = Pose {
        thorax: trunk(0.0),
        pelvis: trunk(0.0),
        lead: leg(0.0, 0.0),
        trail: leg(0.0, 0.0),
        lead_arm: arm(0.0, 0.0),
        trail_arm: arm(0.0, 0.0),
        shrug: 0.0,
        anchor: Anchor::Feet,
        at: [0.0; 3],
    };

    /// The same with the trunk at these inclinations.
    pub(crate) const fn bent(self, thorax: f64, pelvis: f64) -> Pose {
        Pose {
            thorax: Trunk {
                theta: thorax,
                ..self.thorax
            },
            pelvis: Trunk {
                theta: pelvis,
                ..self.pelvis
            },
            ..self
        }
    }

    /// The same with the trunk rolled or leaning to the leading side.
    pub(crate) const fn leaning(self, thorax: f64, pelvis: f64) -> Pose {
        Pose {
            thorax: Trunk {
                sigma: thorax,
                ..self.thorax
            },
            pelvis: Trunk {
                sigma: pelvis,
                ..self.pelvis
            },
            ..self
        }
    }

    /// The same with the trunk turned, degrees to the leading side.
    pub(crate) const fn turned(self, thorax: f64, pelvis: f64) -> Pose {
        Pose {
            thorax: Trunk {
                yaw: -thorax,
                ..self.thorax
            },
            pelvis: Trunk {
                yaw: -pelvis,
                ..self.pelvis
            },
            ..self
        }
    }

    /// The same with both legs like this.
    pub(crate) const fn legs(self, thigh: f64, shank: f64) -> Pose {
        Pose {
            lead: leg(thigh, shank),
            trail: leg(thigh, shank),
            ..self
        }
    }

    /// The same with each leg like this, the leading one first.
    pub(crate) const fn each_leg(self, lead: Leg, trail: Leg) -> Pose {
        Pose {
            lead,
            trail,
            ..self
        }
    }

    /// The same with both arms like this.
    pub(crate) const fn arms(self, upper: f64, fore: f64) -> Pose {
        Pose {
            lead_arm: arm(upper, fore),
            trail_arm: arm(upper, fore),
            ..self
        }
    }

    /// The same, resting on something else.
    pub(crate) const fn on(self, anchor: Anchor, at: [f64; 3]) -> Pose {
        Pose { anchor, at, ..self }
    }

    /// Part of the way from one pose to another; beyond 1 further than that. The anchor is the other's.
    pub(crate) fn towards(&self, other: &Pose, share: f64) -> Pose {
        let mix = |a: f64, b: f64| a + share * (b - a);
        let trunk = |a: Trunk, b: Trunk| Trunk {
            theta: mix(a.theta, b.theta),
            sigma: mix(a.sigma, b.sigma),
            yaw: mix(a.yaw, b.yaw),
        };
        let leg = |a: Leg, b: Leg| Leg {
            thigh: mix(a.thigh, b.thigh),
            shank: mix(a.shank, b.shank),
            out: mix(a.out, b.out),
        };
        let arm = |a: Arm, b: Arm| Arm {
            upper: mix(a.upper, b.upper),
            fore: mix(a.fore, b.fore),
            out: mix(a.out, b.out),
        };
        Pose {
            thorax: trunk(self.thorax, other.thorax),
            pelvis: trunk(self.pelvis, other.pelvis),
            lead: leg(self.lead, other.lead),
            trail: leg(self.trail, other.trail),
            lead_arm: arm(self.lead_arm, other.lead_arm),
            trail_arm: arm(self.trail_arm, other.trail_arm),
            shrug: mix(self.shrug, other.shrug),
            anchor: other.anchor,
            at: [0, 1, 2].map(|axis| mix(self.at[axis], other.at[axis])),
        }
    }

    /// Every angle, radians, and the shoulders' lift, m, done with this side leading.
    pub(crate) fn coordinates(&self, body: Body, lead: Side) -> Vec<(Dof, f64)> {
        let trail = opposite(lead);
        let right = mirror(lead);
        let mut all = vec![
            (Dof::ThoraxPitch, self.thorax.theta),
            (Dof::ThoraxRoll, right * self.thorax.sigma),
            (Dof::ThoraxYaw, right * self.thorax.yaw),
            (Dof::PelvisPitch, self.pelvis.theta),
            (Dof::PelvisRoll, right * self.pelvis.sigma),
            (Dof::PelvisYaw, right * self.pelvis.yaw),
        ];
        for (side, leg, arm) in [
            (lead, self.lead, self.lead_arm),
            (trail, self.trail, self.trail_arm),
        ] {
            // A limb lifted to the right leans to the left at its upper end.
            let aside = -mirror(side);
            all.extend([
                (Dof::Thigh(side), leg.thigh),
                (Dof::Shank(side), leg.shank),
                (Dof::LegRoll(side), aside * leg.out),
                (Dof::UpperArm(side), arm.upper),
                (Dof::Forearm(side), arm.fore),
                (Dof::ArmRoll(side), aside * arm.out),
            ]);
        }
        let mut all: Vec<(Dof, f64)> = all
            .into_iter()
            .map(|(dof, degrees)| (dof, degrees.to_radians()))
            .collect();
        all.push((Dof::Shrug, self.shrug * body.height));
        all
    }

    /// The body in this pose, facing along X, the anchor where it belongs: for asking where things are.
    pub(crate) fn frozen(&self, body: Body, lead: Side) -> Movement {
        let mut movement = Movement::new(body);
        for (dof, value) in self.coordinates(body, lead) {
            movement.track(dof).glide_to(-2.0, 1.0, value);
        }
        movement.finish();
        let landmark = self.anchor.landmark(lead);
        let rests = landmark_height(self.anchor, self.at, body, lead);
        let hips = if landmark == Landmark::Hip {
            rests
        } else {
            rests - movement.landmark(landmark, 0.0)
        };
        for (dof, value) in [
            (Dof::HipX, hips.x),
            (Dof::HipY, hips.y),
            (Dof::HipZ, hips.z),
        ] {
            movement.track(dof).glide_to(-2.0, 1.0, value);
        }
        movement.finish();
        movement
    }
}

fn landmark_height(anchor: Anchor, at: [f64; 3], body: Body, lead: Side) -> Vector3<f64> {
    let [forward, aside, up] = at;
    // The wearer faces along X, so that the right is -Y.
    body.height * Vector3::new(forward, -mirror(lead) * aside, up + anchor.height())
}

/// 1 where the right side leads, -1 where the left one does.
pub(crate) fn mirror(lead: Side) -> f64 {
    match lead {
        Side::Left => -1.0,
        Side::Right => 1.0,
    }
}

pub(crate) fn opposite(side: Side) -> Side {
    match side {
        Side::Left => Side::Right,
        Side::Right => Side::Left,
    }
}

pub(crate) const fn trunk(theta: f64) -> Trunk {
    Trunk {
        theta,
        sigma: 0.0,
        yaw: 0.0,
    }
}

pub(crate) const fn leg(thigh: f64, shank: f64) -> Leg {
    Leg {
        thigh,
        shank,
        out: 0.0,
    }
}

pub(crate) const fn arm(upper: f64, fore: f64) -> Arm {
    Arm {
        upper,
        fore,
        out: 0.0,
    }
}
