//! Why a plan cannot be followed.

/// Why a plan cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// No sensor at all.
    #[error("the plan names no sensor; say where one is worn, such as `--placement T7`")]
    NoSensor,
    /// Two sensors at one place.
    #[error(
        "two sensors are worn at {placement}; give each a place of its own (limbs may name a side, as in TH-L)"
    )]
    WornTwice {
        /// The place.
        placement: String,
    },
    /// Nothing that is worn can count this exercise.
    #[error("`{exercise}` cannot be counted with a sensor at {worn}; wear one at {needed}")]
    CannotCount {
        /// The exercise's id.
        exercise: String,
        /// Where sensors are.
        worn: String,
        /// Where one would have to be.
        needed: String,
    },
    /// Nothing is worn that could tell a posture.
    #[error("`{exercise}` needs a sensor on the trunk; wear one at T7, ST, SA or AP")]
    NoTrunkSensor {
        /// The exercise's id.
        exercise: String,
    },
    /// A step of a programme that is not done in sets.
    #[error("`{exercise}` is not one exercise done in sets, and no step of a programme")]
    NoStep {
        /// The exercise's id.
        exercise: String,
    },
    /// A setting outside its bounds.
    #[error("`{setting}` of `{exercise}` lies between {least} and {most}; here {value}")]
    SettingOutOfBounds {
        /// The exercise's id.
        exercise: String,
        /// Its name.
        setting: String,
        /// As given.
        value: String,
        /// The smallest allowed.
        least: String,
        /// The largest allowed.
        most: String,
    },
    /// A sensor of a family that has no driver.
    #[error("there is no driver for sensors of the family `{family}`; known ones: {known}")]
    UnknownFamily {
        /// The name given.
        family: String,
        /// Those that exist.
        known: String,
    },
    /// A setting that the exercise does not have.
    #[error("`{exercise}` has no setting `{setting}`; it has: {known}")]
    UnknownSetting {
        /// The exercise's id.
        exercise: String,
        /// The name given.
        setting: String,
        /// Those that exist.
        known: String,
    },
}
