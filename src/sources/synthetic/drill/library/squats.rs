//! Squats, deadlifts and the stiff-leg deadlift.

use super::super::fault::{self, DrillFault, above, below, of_set};
use super::super::pose::Pose;
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps};
use super::{AP, BB, DIRECT, SA, ST, STANDING, T7};

const SQUATTING: Pose = STANDING
    .bent(38.0, 27.0)
    .legs(-92.0, 28.0)
    .arms(-70.0, -70.0);

pub(super) static SQUAT: Drill = Drill {
    id: "squat",
    prefix: "SQ",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(Reps::new(
        First::Lower,
        &[
            Key::new(SQUATTING, [3.2, 2.5, 2.0], [0.5, 0.35, 0.25]),
            Key::new(STANDING, [2.4, 1.9, 1.6], [1.7, 1.4, 1.1]),
        ],
        &[(Signal::TravelDown, &[SA, AP, T7, ST])],
        &[35.0],
    )),
    faults: &[
        LEAN,
        HIPS_FIRST,
        WINK,
        ROUNDED,
        SIDE,
        TWIST,
        SHALLOW,
        THIGHS_HIGH,
        BOUNCE,
        FAST_LOWERING,
        FAST_RAISE,
        SINKING,
        DROPPED,
    ],
};

const LEAN: DrillFault = DrillFault::of(
    "lean",
    "-LEAN",
    above("theta_max", 60.0, 100.0),
    fault::leaning,
);
const HIPS_FIRST: DrillFault = DrillFault::of(
    "hips-first",
    "-HIPS",
    above("hips_first", 12.0, 35.0),
    fault::hips_first,
);
const WINK: DrillFault = DrillFault::of(
    "wink",
    "-WINK",
    above("pelvis_tuck", 15.0, 35.0),
    |rep, aim| {
        rep.tuck_at_the_end(aim.target, (aim.share_at)(0.78 * aim.range));
    },
);
const ROUNDED: DrillFault = DrillFault::of(
    "rounded",
    "-ROUND",
    above("lumflex_max_pct", 90.0, 130.0),
    fault::rounded,
);
const SIDE: DrillFault = DrillFault::of(
    "side-lean",
    "-SIDE",
    above("trunk_side", 10.0, 35.0),
    fault::side_lean,
);
const TWIST: DrillFault = DrillFault::of(
    "twisted",
    "-TWIST",
    above("trunk_twist", 12.0, 50.0),
    fault::twisted,
);
const SHALLOW: DrillFault = DrillFault::of(
    "shallow",
    "-DEPTH-TRAVEL",
    below("vert_travel", 30.0, 17.0),
    fault::shallow,
);
const THIGHS_HIGH: DrillFault = DrillFault::of(
    "thighs-high",
    "-DEPTH",
    below("limb_elev_max", -15.0, -45.0),
    |rep, aim| {
        // The elevation of a thigh is 0 where it is level.
        let share = (90.0 + aim.target) / -rep.far().pose.lead.thigh;
        rep.go_as_far_as(share);
    },
);
const BOUNCE: DrillFault = DrillFault::of(
    "bounced",
    "-BOUNCE",
    above("turn_acc_vertical", 6.0, 14.0),
    |rep, aim| {
        rep.far().pause = 0.0;
        rep.jolt(0.0, 0.36, aim.target);
    },
);
const FAST_LOWERING: DrillFault = DrillFault::of(
    "fast-lowering",
    "-FASTL",
    below("t_lower", 1.2, 0.5),
    fault::lower_in,
);
const FAST_RAISE: DrillFault = DrillFault::of(
    "fast-raise",
    "-FASTR",
    below("t_raise", 0.8, 0.4),
    fault::raise_in,
);
const SINKING: DrillFault = DrillFault::of(
    "sinking",
    "-VEL",
    above("drop_speed", 1.2, 2.5),
    fault::sink_speed,
);
const DROPPED: DrillFault = DrillFault::of(
    "dropped",
    "-DROP",
    above("drop_speed", 1.6, 2.8),
    fault::sink_speed,
);

const ON_THE_BOX: Pose = STANDING
    .bent(45.0, 33.0)
    .legs(-92.0, 14.0)
    .arms(-70.0, -70.0);

pub(super) static BOX_SQUAT: Drill = Drill {
    id: "box_squat",
    prefix: "SQ",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(Reps {
        landing: Some((0.985, 1.5)),
        ..Reps::new(
            First::Lower,
            &[
                Key::new(ON_THE_BOX, [3.2, 2.6, 2.1], [1.2, 0.9, 0.7]),
                Key::new(STANDING, [2.3, 1.9, 1.6], [1.7, 1.4, 1.1]),
            ],
            &[(Signal::TravelDown, &[SA, AP, T7, ST])],
            &[30.0],
        )
    }),
    faults: &[
        DrillFault::of(
            "lean",
            "SQ-LEAN",
            above("theta_max", 70.0, 105.0),
            fault::leaning,
        ),
        HIPS_FIRST,
        WINK,
        ROUNDED,
        SIDE,
        TWIST,
        DrillFault::of("plop", "BX-PLOP", above("impact", 5.0, 20.0), |rep, aim| {
            rep.land_with(aim.target);
        }),
        DrillFault::of(
            "rocking",
            "BX-ROCK",
            above("turn_range", 10.0, 40.0),
            |rep, aim| {
                rep.keep_far(2.0);
                rep.rock = aim.target;
            },
        ),
        FAST_LOWERING,
        FAST_RAISE,
        SINKING,
        DROPPED,
    ],
};

const AT_THE_BAR: Pose = STANDING.bent(60.0, 40.0).legs(-62.0, 18.0).arms(-4.0, -4.0);

pub(super) static DEADLIFT: Drill = Drill {
    id: "deadlift",
    prefix: "DL",
    way_in: DIRECT,
    start: AT_THE_BAR,
    act: Act::Reps(Reps::new(
        First::Raise,
        &[
            Key::new(STANDING, [2.3, 1.8, 1.4], [1.0, 0.8, 0.7]),
            Key::new(AT_THE_BAR, [2.6, 2.1, 1.7], [1.6, 1.3, 1.1]),
        ],
        &[
            (Signal::ThetaFall, &[T7, ST]),
            (Signal::ThetaFall, &[SA]),
            (Signal::TravelUp, &[BB]),
        ],
        &[35.0, 25.0, 35.0],
    )),
    faults: &[
        DrillFault::of(
            "not-finished",
            "-LOCK",
            above("theta_min", 10.0, 30.0),
            fault::leaning,
        ),
        DrillFault::of(
            "leaning-back",
            "-BACK",
            below("theta_min", -12.0, -30.0),
            fault::leaning,
        ),
        HIPS_FIRST,
        DrillFault::of(
            "rounded",
            "-ROUND",
            above("lumflex_max_pct", 90.0, 130.0),
            |rep, aim| {
                let bent = aim.target / 100.0 * aim.body.lumflex_max_deg;
                let pose = &mut rep.last().pose;
                pose.pelvis.theta = pose.thorax.theta - bent;
            },
        ),
        DrillFault::of(
            "rounding-creep",
            "-DRIFT",
            above("lumflex_creep", 8.0, 25.0),
            |rep, aim| {
                // The first one is what the others are measured against.
                if aim.index > 0 {
                    rep.last().pose.pelvis.theta -= aim.target;
                }
            },
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE",
            above("side_max", 10.0, 35.0),
            fault::side_lean,
        ),
        DrillFault::of(
            "fast-lowering",
            "-DROP",
            below("t_lower", 0.8, 0.4),
            fault::lower_in,
        ),
        DrillFault::of(
            "jerked",
            "-FASTR",
            above("speed_peak_raise", 150.0, 400.0),
            fault::raise_peak_speed,
        ),
        DrillFault::of(
            "dropped",
            "-FALL",
            above("speed_peak_lower", 300.0, 480.0),
            fault::lower_peak_speed,
        ),
    ],
};

const HINGED: Pose = STANDING.bent(76.0, 58.0).legs(-9.0, -8.0);

pub(super) static SLDL: Drill = Drill {
    id: "sldl",
    prefix: "GM",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(Reps::new(
        First::Lower,
        &[
            Key::new(HINGED, [3.4, 2.7, 2.1], [0.7, 0.5, 0.3]),
            Key::new(STANDING, [2.7, 2.1, 1.8], [1.7, 1.4, 1.1]),
        ],
        &[(Signal::ThetaRise, &[T7, ST]), (Signal::ThetaRise, &[SA])],
        &[60.0, 50.0],
    )),
    faults: &[
        DrillFault::of("shallow", "-ROM", below("peak", 45.0, 30.0), fault::shallow),
        DrillFault::of("deep", "-DEEP", above("peak", 105.0, 130.0), fault::shallow),
        DrillFault::of(
            "rounded",
            "-ROUND",
            above("lumflex_turn_pct", 80.0, 125.0),
            fault::rounded,
        ),
        DrillFault::of(
            "pelvis-pinned",
            "-RATIO",
            below("pelvis_share", 0.53, 0.2),
            |rep, aim| {
                let pose = &mut rep.far().pose;
                pose.pelvis.theta = aim.target * pose.thorax.theta;
            },
        ),
        DrillFault::of(
            "knees-bent",
            "-KNEE",
            above("thigh_forward", 25.0, 70.0),
            |rep, aim| {
                rep.keep_far(0.5);
                let leg = &mut rep.far().pose.lead;
                leg.thigh = -aim.target;
                leg.shank = 0.6 * aim.target;
                rep.far().pose.trail = rep.far().pose.lead;
            },
        ),
        DrillFault::of(
            "leaning-back",
            "-LEAN",
            below("top_min", -8.0, -20.0),
            |rep, aim| {
                let pose = &mut rep.last().pose;
                pose.thorax.theta = aim.target;
                pose.pelvis.theta = 0.45 * aim.target;
            },
        ),
        DrillFault::of(
            "bounced",
            "-BOUNCE",
            below("t_turn", 0.30, 0.12),
            fault::bounced,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.5, 0.5),
            fault::lower_in,
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 1.0, 0.4),
            fault::raise_in,
        ),
        DrillFault::of(
            "high-speed",
            "-VEL",
            above("speed_peak", 169.0, 400.0),
            fault::peak_speed,
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("speed_peak_lower", 338.0, 480.0),
            fault::lower_peak_speed,
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE",
            above("side_max", 12.0, 40.0),
            fault::side_lean,
        ),
        DrillFault::of(
            "twisted",
            "-TWIST",
            above("twist_max", 15.0, 50.0),
            fault::twisted,
        ),
        DrillFault::of(
            "rounding-creep",
            "-FROUND",
            of_set(above("lumflex_growth", 8.0, 30.0)),
            |rep, aim| rep.far().pose.pelvis.theta -= aim.trend(aim.target),
        ),
    ],
};

const AT_THE_BOX: Pose = STANDING
    .bent(42.0, 30.0)
    .legs(-85.0, 30.0)
    .arms(-10.0, -10.0);

pub(super) static OBJECT_LIFT: Drill = Drill {
    id: "object_lift",
    prefix: "OL",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(Reps::new(
        First::Lower,
        &[
            Key::new(AT_THE_BOX, [2.6, 2.1, 1.7], [1.2, 0.9, 0.7]),
            Key::new(STANDING, [2.4, 2.0, 1.6], [2.4, 2.0, 1.7]),
        ],
        &[(Signal::ThetaRise, &[T7, ST]), (Signal::ThetaRise, &[SA])],
        &[20.0, 15.0],
    )),
    faults: &[
        // From the back: legs nearly straight, the trunk far down, the pelvis behind.
        DrillFault::of(
            "stoop",
            "-STOOP",
            above("theta_max", 60.0, 100.0),
            |rep, aim| {
                rep.keep_far(0.5);
                let pose = &mut rep.far().pose;
                pose.thorax.theta = aim.target;
                pose.pelvis.theta = 0.42 * aim.target;
                *pose = pose.legs(-12.0, 2.0);
            },
        ),
        DrillFault::of(
            "twisted",
            "-TWIST",
            above("trunk_twist", 30.0, 70.0),
            fault::twisted,
        ),
    ],
};
