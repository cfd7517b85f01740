//! Holds that stretch or rest.

use super::super::fault::{DrillFault, above, below, of_set};
use super::super::pose::{Anchor, Arm, Pose, leg};
use super::super::{Act, Drill, Hold, Test};
use super::holds::{
    HANDS_ON_THE_KNEES, SHAKING, broken, drifting, leaning, too_long, too_short, uneven_time,
};
use super::{
    AP, DIRECT, DOWN_TO_FOURS, DOWN_TO_THE_BACK, FOURS, KNEELING, ON_THE_FLOOR, ROLLED_ASIDE, SA,
    ST, STANDING, SUPINE_BENT, T7,
};

/// A quiet stretch of about this pose.
const fn stretch(pose: Pose, target: [f64; 3], tests: &'static [Test]) -> Hold {
    Hold {
        pose,
        alternates: false,
        secs: 2.4,
        target,
        rest: 8.0,
        tests,
        sway: 0.04,
        breathing: None,
    }
}

const USUAL: [f64; 3] = [30.0, 26.0, 23.0];

const KNEES_AT_THE_CHEST: Pose = SUPINE_BENT.bent(-90.0, -106.0).legs(-212.0, -100.0);

pub(super) static KNEE_TO_CHEST: Drill = Drill {
    id: "knee_to_chest",
    prefix: "KC",
    way_in: DOWN_TO_THE_BACK,
    start: ROLLED_ASIDE,
    act: Act::Hold(Hold {
        ..stretch(
            KNEES_AT_THE_CHEST,
            USUAL,
            &[
                Test {
                    placements: &[AP, SA],
                    theta: [-135.0, -75.0],
                    side: [0.0, 25.0],
                },
                Test {
                    placements: &[ST, T7],
                    theta: [-110.0, -60.0],
                    side: [0.0, 25.0],
                },
            ],
        )
    }),
    faults: &[
        DrillFault::held(
            "not-curled",
            "-ARCH",
            below("hold_tuck", 5.0, 1.0),
            |held, aim| {
                held.pose.pelvis.theta = SUPINE_BENT.pelvis.theta - aim.target;
                held.late.pelvis.theta = held.pose.pelvis.theta;
            },
        ),
        leaning("-ROLL", 12.0),
        DrillFault::held(
            "head-up",
            "-HEAD",
            above("hold_chest", 10.0, 28.0),
            |held, aim| {
                held.late.thorax.theta = held.pose.thorax.theta + aim.target;
            },
        ),
        too_short(18.0),
        too_long(40.0),
        broken(2.5),
        drifting(10.0),
    ],
};

const ON_THE_HEELS: Pose = FOURS
    .bent(105.0, 73.0)
    .legs(-62.0, 92.0)
    .arms(-100.0, -100.0);

pub(super) static CHILDS_POSE: Drill = Drill {
    id: "childs_pose",
    prefix: "CP",
    way_in: &[],
    start: KNEELING,
    act: Act::Hold(stretch(
        ON_THE_HEELS,
        [46.0, 40.0, 36.0],
        &[
            Test {
                placements: &[T7, ST],
                theta: [80.0, 130.0],
                side: [0.0, 20.0],
            },
            Test {
                placements: &[SA, AP],
                theta: [45.0, 95.0],
                side: [0.0, 20.0],
            },
        ],
    )),
    faults: &[
        DrillFault::held(
            "too-short",
            "CP-HOLD",
            below("hold_time", 27.0, 4.0),
            |held, aim| {
                held.last_for(aim.target);
            },
        ),
        too_long(60.0),
        broken(0.5),
        drifting(6.0),
    ],
};

const THREADED: Pose = Pose {
    lead_arm: Arm {
        upper: -60.0,
        fore: -60.0,
        out: -60.0,
    },
    ..FOURS.bent(98.0, 88.0).leaning(49.0, 4.0)
};

pub(super) static THREAD_NEEDLE: Drill = Drill {
    id: "thread_needle",
    prefix: "TN",
    way_in: DOWN_TO_FOURS,
    start: FOURS,
    act: Act::Hold(Hold {
        alternates: true,
        ..stretch(
            THREADED,
            USUAL,
            &[Test {
                placements: &[T7, ST],
                theta: [45.0, 150.0],
                side: [25.0, 80.0],
            }],
        )
    }),
    faults: &[
        DrillFault::held(
            "hips-rolled",
            "-HIPS",
            above("hold_pelvis_side", 10.0, 30.0),
            |held, aim| {
                held.pose.pelvis.sigma = aim.target;
                held.late.pelvis.sigma = aim.target;
            },
        ),
        too_short(18.0),
        too_long(40.0),
        broken(2.5),
        drifting(10.0),
        DrillFault::held(
            "uneven-time",
            "-SYM",
            of_set(above("hold_time_symmetry", 20.0, 60.0)),
            uneven_time,
        ),
    ],
};

const INVERTED: Pose = STANDING
    .bent(140.0, 120.0)
    .legs(32.0, 30.0)
    .arms(-45.0, -45.0)
    .on(Anchor::Feet, [-0.45, 0.0, 0.0]);

pub(super) static DOWN_DOG: Drill = Drill {
    id: "down_dog",
    prefix: "DD",
    way_in: DOWN_TO_FOURS,
    start: FOURS,
    act: Act::Hold(stretch(
        INVERTED,
        USUAL,
        &[
            Test {
                placements: &[T7, ST],
                theta: [112.0, 170.0],
                side: [0.0, 20.0],
            },
            Test {
                placements: &[SA, AP],
                theta: [98.0, 150.0],
                side: [0.0, 20.0],
            },
        ],
    )),
    faults: &[
        leaning("-SIDE", 8.0),
        too_short(18.0),
        too_long(40.0),
        broken(2.5),
        drifting(10.0),
        SHAKING,
    ],
};

const LEANING_BACK: Pose = ON_THE_FLOOR.bent(-14.0, -48.0).legs(-92.0, -90.0);
const OVER_THE_LEGS: Pose = ON_THE_FLOOR
    .bent(27.0, 4.0)
    .legs(-91.0, -89.0)
    .arms(-75.0, -80.0);

pub(super) static TOWEL_HAMSTRING: Drill = Drill {
    id: "towel_hamstring",
    prefix: "TW",
    way_in: &[(KNEELING, 1.9), (ON_THE_FLOOR, 2.1)],
    start: LEANING_BACK,
    act: Act::Hold(stretch(
        OVER_THE_LEGS,
        USUAL,
        &[
            Test {
                placements: &[T7, ST],
                theta: [8.0, 70.0],
                side: [0.0, 20.0],
            },
            Test {
                placements: &[SA, AP],
                theta: [-40.0, 40.0],
                side: [0.0, 20.0],
            },
        ],
    )),
    faults: &[
        DrillFault::held(
            "bouncing",
            "-BOUNCE",
            above("hold_bounce", 5.0, 14.0),
            |held, aim| {
                held.bounce = aim.target;
            },
        ),
        DrillFault::held(
            "rounded",
            "-ROUND",
            above("hold_lumflex_pct", 80.0, 125.0),
            |held, aim| {
                let bent = aim.target / 100.0 * aim.body.lumflex_max_deg;
                held.pose.thorax.theta = 34.0;
                held.pose.pelvis.theta = held.pose.thorax.theta - bent;
                held.late = held.pose;
            },
        ),
        too_short(18.0),
        too_long(40.0),
        broken(2.5),
        drifting(10.0),
    ],
};

pub(super) static CALF_STRETCH: Drill = Drill {
    id: "calf_stretch",
    prefix: "CS",
    way_in: DIRECT,
    start: HANDS_ON_THE_KNEES,
    act: Act::Hold(Hold {
        ..stretch(
            STANDING
                .bent(5.0, 3.0)
                .each_leg(leg(-14.0, 8.0), leg(12.0, 12.0)),
            USUAL,
            &[Test {
                placements: &[SA, AP, T7, ST],
                theta: [-15.0, 35.0],
                side: [0.0, 15.0],
            }],
        )
    }),
    faults: &[
        DrillFault::held(
            "lean",
            "-LEAN",
            above("hold_theta_max", 12.0, 30.0),
            |held, aim| {
                held.late.thorax.theta = aim.target;
                held.late.pelvis.theta = aim.target;
            },
        ),
        DrillFault::held(
            "bouncing",
            "-BOUNCE",
            above("hold_bounce", 5.0, 14.0),
            |held, aim| {
                held.bounce = aim.target;
            },
        ),
        too_short(18.0),
        too_long(40.0),
        broken(0.5),
    ],
};

pub(super) static DRAW_IN: Drill = Drill {
    id: "draw_in",
    prefix: "DI",
    way_in: DOWN_TO_THE_BACK,
    start: ROLLED_ASIDE,
    act: Act::Hold(Hold {
        secs: 2.0,
        ..stretch(
            SUPINE_BENT.bent(-90.0, -91.0),
            [140.0, 125.0, 118.0],
            &[Test {
                placements: &[AP, SA, ST, T7],
                theta: [-120.0, 30.0],
                side: [0.0, 30.0],
            }],
        )
    }),
    faults: &[
        DrillFault::held(
            "tilting",
            "-TILT",
            above("hold_pelvis", 6.0, 20.0),
            |held, aim| {
                held.late.pelvis.theta = held.pose.pelvis.theta - aim.target;
            },
        ),
        too_short(90.0),
        too_long(200.0),
        broken(0.5),
    ],
};

/// One leg up, the towel around its foot.
const LEG_UP: Pose = SUPINE_BENT
    .bent(-90.0, -93.0)
    .each_leg(leg(-168.0, -166.0), leg(-145.0, -18.0));

pub(super) static TOWEL_HAMSTRING_LYING: Drill = Drill {
    id: "towel_hamstring_lying",
    prefix: "TL",
    way_in: DOWN_TO_THE_BACK,
    start: ROLLED_ASIDE,
    act: Act::Hold(stretch(
        LEG_UP,
        USUAL,
        &[Test {
            placements: &[ST, T7, AP, SA],
            theta: [-125.0, -65.0],
            side: [0.0, 25.0],
        }],
    )),
    faults: &[
        DrillFault::held(
            "bouncing",
            "-BOUNCE",
            above("hold_bounce", 5.0, 14.0),
            |held, aim| held.bounce = aim.target,
        ),
        leaning("-ROLL", 8.0),
        too_short(18.0),
        too_long(40.0),
        broken(0.5),
    ],
};
