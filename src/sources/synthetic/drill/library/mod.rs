//! Every drill, by what the body is on. Angles from `reference/exercises.md` sections 3 and 4.

mod breathing;
mod fours;
mod holds;
mod pulls;
mod rows;
mod squats;
mod steps;
mod stretches;
mod supine;
mod twists;

use super::Drill;
use super::pose::{Anchor, Pose};
use crate::input::Placement;

/// In the order of the reference.
pub(super) static ALL: &[&Drill] = &[
    &fours::PRONE_ALT,
    &squats::SLDL,
    &squats::DEADLIFT,
    &rows::BENT_ROW,
    &squats::SQUAT,
    &squats::BOX_SQUAT,
    &supine::LEG_LIFT,
    &steps::LUNGE_FWD,
    &steps::LUNGE_REV,
    &steps::LUNGE_LAT,
    &steps::STEP_UP,
    &supine::PELVIC_TILT,
    &fours::CAT_COW,
    &supine::BRIDGE,
    &supine::ROLL_UP,
    &twists::BAND_ROTATION,
    &twists::SIDE_TWIST,
    &twists::LAT_LEG_RAISE,
    &supine::ROLLING_KNEES,
    &fours::KNEEL_BACK_EXT,
    &steps::CALF_RAISE,
    &pulls::PULL_UP,
    &pulls::PULL_DOWN,
    &pulls::SHRUG,
    &rows::REAR_FLY,
    &pulls::FACE_PULL,
    &pulls::STRAIGHT_ARM_PULLDOWN,
    &pulls::PULL_OVER,
    &holds::PLANK,
    &holds::SIDE_PLANK,
    &holds::WALL_SIT,
    &holds::SPHINX,
    &stretches::KNEE_TO_CHEST,
    &stretches::CHILDS_POSE,
    &stretches::THREAD_NEEDLE,
    &stretches::DOWN_DOG,
    &stretches::TOWEL_HAMSTRING,
    &stretches::CALF_STRETCH,
    &stretches::DRAW_IN,
    &breathing::SLOUCH_OVERCORRECT,
    &breathing::DIAPHRAGM_BREATHING,
];

const T7: Placement = Placement::T7;
const ST: Placement = Placement::Sternum;
const SA: Placement = Placement::Sacrum;
const AP: Placement = Placement::FrontPelvis;
const TH: Placement = Placement::Thigh(None);
const AN: Placement = Placement::Ankle(None);
const WR: Placement = Placement::Wrist(None);
const BB: Placement = Placement::Bar;

const STANDING: Pose = Pose::STANDING;

/// Upright on the knees, a little forward.
const KNEELING: Pose = STANDING
    .bent(18.0, 14.0)
    .legs(0.0, 90.0)
    .on(Anchor::Knees, [0.0; 3]);

/// On hands and knees, the back in its natural curve.
const FOURS: Pose = STANDING
    .bent(91.0, 87.0)
    .legs(0.0, 90.0)
    .on(Anchor::Knees, [0.0; 3]);

/// Face down, arms and legs long.
const PRONE: Pose = STANDING
    .bent(90.0, 90.0)
    .legs(90.0, 90.0)
    .arms(-86.0, -86.0)
    .on(Anchor::Hips, [0.1, 0.0, 0.063]);

/// Sitting on the floor, knees bent, hands behind.
const ON_THE_FLOOR: Pose = STANDING
    .bent(6.0, -14.0)
    .legs(-125.0, -25.0)
    .arms(15.0, 15.0)
    .on(Anchor::Hips, [0.0, 0.0, 0.055]);

/// On the back, legs long.
const SUPINE: Pose = STANDING
    .bent(-90.0, -90.0)
    .legs(-90.0, -90.0)
    .arms(-90.0, -90.0)
    .on(Anchor::Shoulders, [-0.30, 0.0, 0.0]);

/// On the back, knees bent, feet on the floor.
const SUPINE_BENT: Pose = SUPINE.legs(-145.0, -18.0);

/// The same, rolled to a side to rest: flat on the back one looks like who holds something there.
const ROLLED_ASIDE: Pose = SUPINE_BENT.leaning(48.0, 48.0);

/// On a chair, tall: there the pelvis leans back.
const ON_A_CHAIR: Pose = STANDING
    .bent(0.0, -16.0)
    .legs(-88.0, 2.0)
    .arms(-25.0, -70.0)
    .on(Anchor::Hips, [-0.15, 0.0, 0.280]);

const DOWN_TO_FOURS: &[(Pose, f64)] = &[(KNEELING, 1.9)];
const DOWN_TO_THE_BELLY: &[(Pose, f64)] = &[(KNEELING, 1.9), (FOURS, 1.7)];
const DOWN_TO_THE_BACK: &[(Pose, f64)] = &[(KNEELING, 1.9), (ON_THE_FLOOR, 2.1)];
const DIRECT: &[(Pose, f64)] = &[];
