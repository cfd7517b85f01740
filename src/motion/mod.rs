//! Readings to posture, each angle with its error.
//!
//! ```text
//! Frame ─► Sample ─► Attitude ─► Posture
//!     clock     orientation   calibration, angles
//! ```
//!
//! Each stage is a struct with one `update`; none knows what exercise is done.

/// How far apart samples usually are.
pub(crate) mod cadence;

/// Sensor time to session time; gaps.
pub mod clock;

/// Samples to attitude.
pub mod orientation;

/// Whether the wearer holds still.
pub mod stillness;

pub mod travel;

/// θ, σ and their kin from the up-vector.
pub mod angles;

/// One still pose and one bend: how a sensor sits on its segment.
pub mod calibration;

use nalgebra::{UnitQuaternion, UnitVector3, Vector3};
use serde::{Deserialize, Serialize};

use crate::units::{Angle, SessionTime};

/// How far an angle can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// As good as its error says.
    Good,
    /// Usable for counting, too uncertain to correct anybody by (fast movement without a gyroscope,
    /// just after a gap, clipped).
    Uncertain,
    /// Not to be used: nothing was measured, or the filter has just begun.
    Invalid,
}

/// Where one sensor points at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attitude {
    /// When.
    pub at: SessionTime,
    /// The direction of up, sensor frame.
    pub up: UnitVector3<f64>,
    /// Orientation of the sensor; its heading starts anywhere and drifts.
    pub world_from_sensor: UnitQuaternion<f64>,
    /// Angular rate without its bias, rad/s, sensor frame; `None` without a gyroscope.
    pub rate: Option<Vector3<f64>>,
    /// Specific force as measured, m/s², sensor frame.
    pub force: Vector3<f64>,
    /// Standard error of the inclination.
    pub error: Angle,
    /// Whether `error` can be believed.
    pub validity: Validity,
}
