//! Angles, times and rates that cannot be mixed up.
//!
//! Radians and SI inside, degrees and seconds for people and files. The constructors here are the
//! only scale factors of the program.
//!
//! # Frames
//!
//! All frames are right-handed. The segment frame follows the ISB layout (Wu et al. 2002, J Biomech
//! 35:543-548): X forward, Y towards the head, Z to the wearer's right.
//!
//! ```text
//!          Y head
//!          |
//!          |                world: Z up, heading arbitrary
//!          o------ X forward    sensor: whatever the maker printed on the housing
//!         /
//!        Z right
//! ```
//!
//! Rotations are named `to_from`: `point_in_world = world_from_sensor * point_in_sensor`.
//! The up-vector `u` is the unit vector that points up, given in the frame its name says; an
//! accelerometer at rest reads `+g` along it.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use nalgebra::Vector3;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Standard acceleration of free fall, m/s² (CGPM 1901).
pub const STANDARD_GRAVITY: f64 = 9.806_65;

/// A plane angle. Radians inside; degrees when shown, written or read.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Angle(f64);

impl Angle {
    /// No angle at all.
    pub const ZERO: Angle = Angle(0.0);

    /// An angle given in radians.
    pub const fn from_radians(radians: f64) -> Angle {
        Angle(radians)
    }

    /// An angle given in degrees.
    pub const fn from_degrees(degrees: f64) -> Angle {
        Angle(degrees.to_radians())
    }

    /// The angle in radians.
    pub const fn radians(self) -> f64 {
        self.0
    }

    /// The angle in degrees.
    pub const fn degrees(self) -> f64 {
        self.0.to_degrees()
    }

    /// The angle without its sign.
    pub const fn abs(self) -> Angle {
        Angle(self.0.abs())
    }

    /// The larger of two angles; a NaN gives way to the other.
    pub const fn max(self, other: Angle) -> Angle {
        Angle(self.0.max(other.0))
    }

    /// The smaller of two angles; a NaN gives way to the other.
    pub const fn min(self, other: Angle) -> Angle {
        Angle(self.0.min(other.0))
    }

    /// The same direction within (-180°, 180°].
    pub fn wrapped(self) -> Angle {
        let turn = std::f64::consts::TAU;
        let rest = self.0.rem_euclid(turn);
        Angle(if rest > std::f64::consts::PI {
            rest - turn
        } else {
            rest
        })
    }

    /// The turn of this direction that lies nearest to `reference`, so that a course through ±180° stays continuous.
    pub fn unwrapped_near(self, reference: Angle) -> Angle {
        reference + (self - reference).wrapped()
    }
}

impl fmt::Display for Angle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}°", self.degrees())
    }
}

impl Add for Angle {
    type Output = Angle;
    fn add(self, other: Angle) -> Angle {
        Angle(self.0 + other.0)
    }
}

impl Sub for Angle {
    type Output = Angle;
    fn sub(self, other: Angle) -> Angle {
        Angle(self.0 - other.0)
    }
}

impl Neg for Angle {
    type Output = Angle;
    fn neg(self) -> Angle {
        Angle(-self.0)
    }
}

impl Mul<f64> for Angle {
    type Output = Angle;
    fn mul(self, factor: f64) -> Angle {
        Angle(self.0 * factor)
    }
}

impl Div<f64> for Angle {
    type Output = Angle;
    fn div(self, divisor: f64) -> Angle {
        Angle(self.0 / divisor)
    }
}

impl Serialize for Angle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(round_to(self.degrees(), 1e4))
    }
}

impl<'de> Deserialize<'de> for Angle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Angle, D::Error> {
        f64::deserialize(deserializer).map(Angle::from_degrees)
    }
}

/// Rounds to a multiple of `1 / steps`, so that written numbers stay short and agree between platforms.
pub fn round_to(value: f64, steps: f64) -> f64 {
    // Adding zero takes the sign from a negative zero.
    (value * steps).round() / steps + 0.0
}

/// Angular rate about three axes of a named frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AngularRate(Vector3<f64>);

impl AngularRate {
    /// A rate in rad/s.
    pub const fn from_radians_per_second(rate: Vector3<f64>) -> AngularRate {
        AngularRate(rate)
    }

    /// A rate in °/s.
    pub fn from_degrees_per_second(rate: Vector3<f64>) -> AngularRate {
        AngularRate(rate.map(f64::to_radians))
    }

    /// The rate in rad/s.
    pub const fn radians_per_second(self) -> Vector3<f64> {
        self.0
    }

    /// Whether every component is a number.
    pub fn is_finite(self) -> bool {
        self.0.iter().all(|component| component.is_finite())
    }
}

/// Specific force along three axes of a named frame: what an accelerometer reads, `+g` upward at rest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Acceleration(Vector3<f64>);

impl Acceleration {
    /// A specific force in m/s².
    pub const fn from_meters_per_second_squared(force: Vector3<f64>) -> Acceleration {
        Acceleration(force)
    }

    /// A specific force in units of standard gravity.
    pub fn from_g(force: Vector3<f64>) -> Acceleration {
        Acceleration(force * STANDARD_GRAVITY)
    }

    /// The specific force in m/s².
    pub const fn meters_per_second_squared(self) -> Vector3<f64> {
        self.0
    }

    /// Whether every component is a number.
    pub fn is_finite(self) -> bool {
        self.0.iter().all(|component| component.is_finite())
    }
}

/// A moment of the session, counted from its start on the host's monotonic clock.
///
/// Kept in whole microseconds, so that a written time reads back to the bit. Sensor clocks are
/// mapped onto this axis by [`crate::motion::clock`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionTime(i64);

/// A moment on the host's monotonic clock, counted from the start of the session: when a packet
/// arrived, which is never when it was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostTime(i64);

/// The largest time that is kept, microseconds: about 30 years. Larger input saturates, so that sums cannot overflow.
const LONGEST_MICROS: i64 = 1_000_000_000_000_000;

macro_rules! moment {
    ($name:ident) => {
        impl $name {
            /// The start of the session.
            pub const ZERO: $name = $name(0);

            /// A moment given in microseconds since the start.
            pub const fn from_micros(micros: i64) -> $name {
                if micros > LONGEST_MICROS {
                    $name(LONGEST_MICROS)
                } else if micros < -LONGEST_MICROS {
                    $name(-LONGEST_MICROS)
                } else {
                    $name(micros)
                }
            }

            /// A moment given in seconds since the start; what is not a number counts as the start.
            pub fn from_seconds(seconds: f64) -> $name {
                $name::from_micros((seconds * 1e6).round() as i64)
            }

            /// Microseconds since the start.
            pub const fn micros(self) -> i64 {
                self.0
            }

            /// Seconds since the start.
            pub const fn seconds(self) -> f64 {
                self.0 as f64 / 1e6
            }

            /// Seconds from `earlier` to this moment, negative if it is the later one.
            pub const fn seconds_since(self, earlier: $name) -> f64 {
                (self.0 - earlier.0) as f64 / 1e6
            }

            /// This moment moved by some seconds.
            pub fn plus_seconds(self, seconds: f64) -> $name {
                $name::from_micros(self.0.saturating_add((seconds * 1e6).round() as i64))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:.2} s", self.seconds())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.seconds())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                f64::deserialize(deserializer).map($name::from_seconds)
            }
        }
    };
}

moment!(SessionTime);
moment!(HostTime);

impl From<HostTime> for SessionTime {
    /// The session's axis *is* the host's monotonic clock.
    fn from(at: HostTime) -> SessionTime {
        SessionTime(at.0)
    }
}

impl AddAssign for Angle {
    fn add_assign(&mut self, other: Angle) {
        self.0 += other.0;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_angle_is_degrees_outside_and_radians_inside() {
        let right = Angle::from_degrees(90.0);
        assert!((right.radians() - std::f64::consts::FRAC_PI_2).abs() < 1e-15);
        assert_eq!(right.to_string(), "90.0°");
        assert_eq!(serde_json::to_string(&right).unwrap(), "90.0");
    }

    #[test]
    fn a_direction_follows_its_reference_through_half_a_turn() {
        let low = Angle::from_degrees(-175.0).unwrapped_near(Angle::from_degrees(170.0));
        assert!((low.degrees() - 185.0).abs() < 1e-9);
    }

    #[test]
    fn a_written_moment_reads_back_to_the_microsecond() {
        for micros in [0, 1, 999_999, 1_234_567, 86_400_000_001, -5] {
            let at = SessionTime::from_micros(micros);
            let text = serde_json::to_string(&at).unwrap();
            assert_eq!(serde_json::from_str::<SessionTime>(&text).unwrap(), at);
        }
    }

    #[test]
    fn absurd_times_saturate() {
        let far = SessionTime::from_seconds(f64::INFINITY);
        assert!(far.plus_seconds(1e300) >= far);
        assert_eq!(SessionTime::from_seconds(f64::NAN), SessionTime::ZERO);
    }
}
