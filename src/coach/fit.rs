//! What is known of how one sensor sits on its wearer, and the posture that follows.

use nalgebra::{UnitVector3, Vector3};

use super::event::Mounting;
use super::moment::Tilt;
use crate::input::{Placement, Segment};
use crate::motion::angles::{between, limb_elevation};
use crate::motion::calibration::Alignment;
use crate::motion::{Attitude, Validity};
use crate::units::{Angle, STANDARD_GRAVITY, SessionTime};

/// A step of the sensor's time that is longer is a gap: the heading is not carried over it, seconds.
const LONGEST_STEP_SECS: f64 = 0.2;

/// The mean direction of up over the current stillness.
#[derive(Clone, Copy, Debug, Default)]
pub struct StillMean {
    sum: Vector3<f64>,
}

impl StillMean {
    /// Takes one direction; anything but stillness begins anew.
    pub fn update(&mut self, up: UnitVector3<f64>, is_still: bool) {
        if is_still {
            self.sum += up.into_inner();
        } else {
            *self = StillMean::default();
        }
    }

    /// The mean, if there is any.
    pub fn mean(&self) -> Option<UnitVector3<f64>> {
        UnitVector3::try_new(self.sum, 1e-9)
    }
}

/// How one sensor sits, as far as it is known.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Where it is worn.
    pub placement: Placement,
    /// Up while standing, sensor frame.
    pub standing: Option<UnitVector3<f64>>,
    /// Up in the start pose, sensor frame.
    pub start: Option<UnitVector3<f64>>,
    /// The mounting, once known: trunk sensors only.
    pub alignment: Option<Alignment>,
    /// How it became known.
    pub how: Option<Mounting>,
    /// θ0 and σ0 of the start pose.
    pub neutral: Option<(Angle, Angle)>,
    /// While the mounting is unknown, any turn away from the start pose is taken for the exercise's own direction.
    pub is_provisional: bool,
    /// Direction of up while still.
    pub still: StillMean,
    /// Inclination expected in the start pose, to which θ is unwrapped.
    expected: Angle,
    last_theta: Option<Angle>,
    heading: Angle,
    last_at: Option<SessionTime>,
}

impl Fit {
    /// Nothing is known yet; `expected` is the inclination of the start pose.
    pub fn new(placement: Placement, expected: Angle) -> Fit {
        Fit {
            placement,
            standing: None,
            start: None,
            alignment: None,
            how: None,
            neutral: None,
            is_provisional: false,
            still: StillMean::default(),
            expected,
            last_theta: None,
            heading: Angle::ZERO,
            last_at: None,
        }
    }

    /// Whether it is worn on the trunk, so that its mounting has to be known.
    pub fn is_trunk(&self) -> bool {
        matches!(self.placement.segment(), Segment::Thorax | Segment::Pelvis)
    }

    /// Forgets all but the place.
    pub fn reset(&mut self) {
        *self = Fit::new(self.placement, self.expected);
    }

    /// θ and σ for a direction of up, θ unwrapped to the start pose.
    pub fn angles(&self, up: UnitVector3<f64>) -> Option<(Angle, Angle)> {
        let Some(alignment) = self.alignment else {
            let start = self.start.filter(|_| self.is_provisional)?;
            return Some((self.expected + between(up, start), Angle::ZERO));
        };
        let (theta, sigma) = alignment.angles(up);
        Some((
            theta.unwrapped_near(self.last_theta.unwrap_or(self.expected)),
            sigma,
        ))
    }

    /// Takes the start pose from a direction of up. The mounting of a trunk sensor must be known.
    pub fn take_start_pose(&mut self, up: UnitVector3<f64>) {
        self.start = Some(up);
        self.last_theta = None;
        self.neutral = self
            .angles(up)
            .or((!self.is_trunk()).then_some((Angle::ZERO, Angle::ZERO)));
    }

    /// Error that the calibration adds to every angle.
    pub fn residual(&self) -> Angle {
        self.alignment
            .map_or(Angle::ZERO, |alignment| alignment.residual)
    }

    /// The posture at one attitude; `None` while the mounting is unknown.
    pub fn tilt(&mut self, attitude: &Attitude) -> Option<Tilt> {
        let step = self
            .last_at
            .map_or(0.0, |last| attitude.at.seconds_since(last));
        self.last_at = Some(attitude.at);
        if let Some(rate) = attitude.rate
            && (0.0..=LONGEST_STEP_SECS).contains(&step)
        {
            self.heading += Angle::from_radians(rate.dot(&attitude.up) * step);
        }
        let (theta, sigma) = if self.is_trunk() {
            self.angles(attitude.up)?
        } else {
            // Without a standing pose the start pose is taken for the limb hanging straight down.
            (
                limb_elevation(attitude.up, self.standing.or(self.start)?),
                Angle::ZERO,
            )
        };
        self.last_theta = Some(theta);
        let error = Angle::from_radians(attitude.error.radians().hypot(self.residual().radians()));
        Some(Tilt {
            at: attitude.at,
            theta,
            sigma,
            turn: self
                .start
                .map_or(Angle::ZERO, |start| between(attitude.up, start)),
            from_standing: self
                .standing
                .map_or(Angle::ZERO, |standing| between(attitude.up, standing)),
            heading: self.heading,
            shake: (attitude.force - attitude.up.into_inner() * STANDARD_GRAVITY).norm(),
            rate: attitude.rate.map_or(0.0, |rate| rate.norm()),
            error,
            validity: attitude.validity.max(if error.degrees() > 20.0 {
                Validity::Invalid
            } else {
                Validity::Good
            }),
        })
    }
}
