//! Pulls from a bar or a cable, upright or lying.

use super::super::fault::{self, DrillFault, above, below};
use super::super::pose::{Anchor, Pose};
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps};
use super::rows::SWING;
use super::{AP, BB, DIRECT, DOWN_TO_THE_BACK, ON_A_CHAIR, SA, ST, STANDING, SUPINE_BENT, T7, WR};

/// Hanging from a bar that is a quarter above the height.
const HANGING: Pose = STANDING
    .bent(0.0, 0.0)
    .legs(-8.0, 45.0)
    .arms(-178.0, -180.0)
    .on(Anchor::Hands, [0.0, 0.0, 1.26]);
const CHIN_UP: Pose = HANGING.bent(-4.0, -2.0).arms(-55.0, -168.0);

pub(super) static PULL_UP: Drill = Drill {
    id: "pull_up",
    prefix: "PL",
    way_in: DIRECT,
    start: HANGING,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(CHIN_UP, [2.0, 1.7, 1.4], [0.6, 0.5, 0.4]),
                Key::new(HANGING, [2.5, 2.1, 1.8], [1.5, 1.2, 1.0]),
            ],
            &[(Signal::TravelUp, &[SA, AP, T7, ST])],
            &[30.0],
        )
        .zone(10.0),
    ),
    faults: &[
        SWINGING,
        DrillFault::of(
            "kipping",
            "-KIP",
            above("trunk_speed_peak", 60.0, 180.0),
            |rep, aim| {
                // The speed of a bump A·sin⁴ of length T peaks at 4.08 A / T.
                let secs = rep.far().secs;
                rep.far().through[0] = 1.05 * aim.target * secs / 4.08;
            },
        ),
        SIDE,
        TWIST,
        DrillFault::of("shallow", "-ROM", below("rom", 32.0, 16.0), fault::shallow),
        FAST_LOWERING,
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 0.8, 0.45),
            fault::raise_in,
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("drop_speed", 1.9, 3.2),
            fault::sink_speed,
        ),
    ],
};

const SWINGING: DrillFault = DrillFault::of(
    "swinging",
    "-SWING",
    above("trunk_range", 20.0, 50.0),
    SWING,
);
const SIDE: DrillFault = DrillFault::of(
    "side-lean",
    "-SIDE",
    above("trunk_side", 12.0, 40.0),
    fault::side_lean,
);
const TWIST: DrillFault = DrillFault::of(
    "twisted",
    "-TWIST",
    above("trunk_twist", 15.0, 50.0),
    fault::twisted,
);
const PITCH: DrillFault = DrillFault::of(
    "pitching",
    "-SHRUG",
    above("trunk_pitch", 8.0, 30.0),
    fault::pitching,
);
const FAST_LOWERING: DrillFault = DrillFault::of(
    "fast-lowering",
    "-FASTL",
    below("t_lower", 1.0, 0.45),
    fault::lower_in,
);
const FAST_RAISE: DrillFault = DrillFault::of(
    "fast-raise",
    "-FASTR",
    below("t_raise", 0.6, 0.38),
    fault::raise_in,
);
const BOUNCED: DrillFault = DrillFault::of(
    "bounced",
    "-BOUNCE",
    below("t_turn", 0.30, 0.12),
    fault::bounced,
);

const REACHING_UP: Pose = ON_A_CHAIR.bent(-3.0, -18.0).arms(-172.0, -176.0);
const BAR_DOWN: Pose = REACHING_UP.bent(-8.0, -20.0).arms(-38.0, -164.0);

pub(super) static PULL_DOWN: Drill = Drill {
    id: "pull_down",
    prefix: "PL",
    way_in: DIRECT,
    start: REACHING_UP,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(BAR_DOWN, [1.9, 1.6, 1.3], [0.6, 0.5, 0.4]),
                Key::new(REACHING_UP, [2.4, 2.0, 1.7], [1.4, 1.1, 0.9]),
            ],
            &[(Signal::TravelDown, &[WR, BB])],
            &[30.0],
        )
        .zone(10.0),
    ),
    faults: &[
        DrillFault::of(
            "leaning-back",
            "-LEANBACK",
            below("theta_min", -35.0, -55.0),
            fault::leaning,
        ),
        SWINGING,
        SIDE,
        DrillFault::of("shallow", "-ROM", below("rom", 32.0, 16.0), fault::shallow),
        FAST_LOWERING,
        FAST_RAISE,
    ],
};

const SHRUGGED: Pose = Pose {
    shrug: 0.045,
    ..STANDING
};

pub(super) static SHRUG: Drill = Drill {
    id: "shrug",
    prefix: "PL",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(SHRUGGED, [1.4, 1.2, 1.0], [1.3, 1.1, 0.9]),
                Key::new(STANDING, [1.9, 1.6, 1.4], [1.3, 1.0, 0.9]),
            ],
            &[(Signal::TravelUp, &[WR, BB])],
            &[4.0],
        )
        .zone(1.0),
    ),
    faults: &[
        PITCH,
        SWINGING,
        SIDE,
        DrillFault::of(
            "no-hold",
            "-HOLD",
            below("t_far", 0.5, 0.25),
            fault::far_for,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 0.8, 0.4),
            fault::lower_in,
        ),
        FAST_RAISE,
    ],
};

const REACHING_OUT: Pose = STANDING.bent(-2.0, 0.0).arms(-88.0, -88.0);
const AT_THE_FACE: Pose = REACHING_OUT.bent(-3.0, 0.0).arms(-78.0, -150.0);

pub(super) static FACE_PULL: Drill = Drill {
    id: "face_pull",
    prefix: "PL",
    way_in: DIRECT,
    start: REACHING_OUT,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(AT_THE_FACE, [1.8, 1.5, 1.2], [0.7, 0.6, 0.5]),
                Key::new(REACHING_OUT, [2.2, 1.8, 1.5], [1.4, 1.1, 0.9]),
            ],
            &[(Signal::LimbTurn, &[WR])],
            &[40.0],
        )
        .zone(10.0),
    ),
    faults: &[
        SWINGING,
        PITCH,
        SIDE,
        TWIST,
        DrillFault::of("shallow", "-ROM", below("rom", 45.0, 20.0), fault::shallow),
        FAST_LOWERING,
        FAST_RAISE,
    ],
};

const ARMS_HIGH: Pose = STANDING
    .bent(12.0, 8.0)
    .legs(-8.0, 5.0)
    .arms(-125.0, -125.0);
const ARMS_LOW: Pose = ARMS_HIGH.bent(13.0, 8.5).arms(-18.0, -18.0);

pub(super) static STRAIGHT_ARM_PULLDOWN: Drill = Drill {
    id: "straight_arm_pulldown",
    prefix: "PL",
    way_in: DIRECT,
    start: ARMS_HIGH,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(ARMS_LOW, [2.6, 2.3, 2.1], [0.7, 0.5, 0.4]),
                Key::new(ARMS_HIGH, [2.8, 2.4, 2.2], [1.4, 1.1, 0.9]),
            ],
            &[(Signal::LimbTurn, &[WR])],
            &[60.0],
        )
        .zone(10.0),
    ),
    faults: &[
        SWINGING,
        SIDE,
        TWIST,
        DrillFault::of("shallow", "-ROM", below("rom", 50.0, 30.0), fault::shallow),
        FAST_LOWERING,
        FAST_RAISE,
        DrillFault::of(
            "high-speed",
            "-VEL",
            above("speed_peak", 188.0, 420.0),
            fault::peak_speed,
        ),
        BOUNCED,
    ],
};

const ARMS_OVER_THE_CHEST: Pose = SUPINE_BENT.arms(-180.0, -180.0);
const ARMS_OVER_THE_HEAD: Pose = SUPINE_BENT.bent(-89.0, -90.0).arms(-246.0, -246.0);

pub(super) static PULL_OVER: Drill = Drill {
    id: "pull_over",
    prefix: "PL",
    way_in: DOWN_TO_THE_BACK,
    start: ARMS_OVER_THE_CHEST,
    act: Act::Reps(
        Reps::new(
            First::Lower,
            &[
                Key::new(ARMS_OVER_THE_HEAD, [2.9, 2.4, 2.1], [0.6, 0.4, 0.4]),
                Key::new(ARMS_OVER_THE_CHEST, [2.3, 1.9, 1.6], [1.5, 1.2, 1.0]),
            ],
            &[(Signal::LimbTurn, &[WR])],
            &[45.0],
        )
        .zone(10.0),
    ),
    faults: &[
        DrillFault::of(
            "swinging",
            "-SWING",
            above("trunk_range", 20.0, 40.0),
            |rep, aim| {
                // On the back the chest can only come up.
                rep.keep_far(0.4);
                let theta = rep.start.thorax.theta + aim.target;
                rep.far().pose.thorax.theta = theta;
                rep.far().pose.pelvis.theta += 0.6 * aim.target;
            },
        ),
        SIDE,
        DrillFault::of("shallow", "-ROM", below("rom", 40.0, 25.0), fault::shallow),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.5, 0.5),
            fault::lower_in,
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 0.7, 0.4),
            fault::raise_in,
        ),
        DrillFault::of(
            "high-speed",
            "-VEL",
            above("speed_peak", 140.0, 400.0),
            fault::peak_speed,
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("speed_peak_lower", 280.0, 480.0),
            fault::lower_peak_speed,
        ),
        BOUNCED,
    ],
};
