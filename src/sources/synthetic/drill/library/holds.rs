//! Holds of strength.

use super::super::fault::{DrillFault, above, below};
use super::super::pose::{Anchor, Leg, Pose};
use super::super::{Act, Drill, Hold, Test};
use super::{AP, DIRECT, DOWN_TO_THE_BELLY, KNEELING, PRONE, SA, ST, STANDING, T7};

/// Held for less, or for more, than this, s.
pub(super) const fn too_short(limit: f64) -> DrillFault {
    DrillFault::held(
        "too-short",
        "-SHORT",
        below("hold_time", limit, 4.0),
        |held, aim| {
            held.last_for(aim.target);
        },
    )
}

pub(super) const fn too_long(limit: f64) -> DrillFault {
    DrillFault::held(
        "too-long",
        "-LONG",
        above("hold_time", limit, 400.0),
        |held, aim| {
            held.last_for(aim.target);
        },
    )
}

pub(super) const fn broken(limit: f64) -> DrillFault {
    DrillFault::held(
        "broken",
        "-BREAK",
        above("held_breaks", limit, 6.0),
        |held, aim| {
            held.breaks = aim.target.ceil() as u32;
        },
    )
}

pub(super) const fn drifting(limit: f64) -> DrillFault {
    DrillFault::held(
        "drifting",
        "-DRIFT",
        above("hold_drift", limit, 20.0),
        |held, aim| {
            // Where the hold ends at its test's bounds, away from the nearer one.
            held.late.thorax.theta = held.pose.thorax.theta + held.roomier * aim.target;
            held.late.pelvis.theta = held.pose.pelvis.theta + held.roomier * aim.target;
        },
    )
}

pub(super) const SHAKING: DrillFault = DrillFault::held(
    "shaking",
    "-SHAKE",
    above("hold_sway_growth", 1.5, 4.0),
    |held, aim| {
        held.growth = aim.target;
    },
);

/// Sways as much as this, m/s².
const SWAY: DrillFault = DrillFault::held(
    "sway",
    "-SWAY",
    above("hold_sway_acc", 0.50, 2.0),
    |held, aim| {
        held.sway = aim.target;
    },
);

/// The trunk rolls or leans by so much.
pub(super) const fn leaning(rule: &'static str, limit: f64) -> DrillFault {
    DrillFault::held(
        "rolled",
        rule,
        above("hold_side", limit, 30.0),
        |held, aim| {
            held.late.thorax.sigma = held.pose.thorax.sigma + aim.sign * aim.target;
            held.late.pelvis.sigma = held.pose.pelvis.sigma + aim.sign * aim.target;
        },
    )
}

const ON_ELBOWS: Pose = STANDING
    .bent(80.0, 81.0)
    .legs(82.0, 82.0)
    .arms(0.0, -88.0)
    .on(Anchor::Elbows, [0.0; 3]);

pub(super) static PLANK: Drill = Drill {
    id: "plank",
    prefix: "PK",
    way_in: &[],
    start: KNEELING,
    act: Act::Hold(Hold {
        pose: ON_ELBOWS,
        alternates: false,
        secs: 2.2,
        target: [31.0, 26.0, 23.0],
        rest: 9.0,
        tests: &[
            Test {
                placements: &[T7, ST],
                theta: [55.0, 105.0],
                side: [0.0, 25.0],
            },
            Test {
                placements: &[SA, AP],
                theta: [50.0, 115.0],
                side: [0.0, 25.0],
            },
        ],
        sway: 0.10,
        breathing: None,
    }),
    faults: &[
        DrillFault::held(
            "sagging",
            "-SAG",
            above("hold_theta_fall", 10.0, 22.0),
            |held, aim| {
                held.late.thorax.theta = held.pose.thorax.theta - aim.target;
                held.late.pelvis.theta = held.pose.pelvis.theta + 0.3 * aim.target;
            },
        ),
        DrillFault::held(
            "arched",
            "-LUMEXT",
            below("hold_lumflex_min", -12.0, -30.0),
            |held, aim| {
                held.late.pelvis.theta = held.pose.pelvis.theta - aim.target;
            },
        ),
        DrillFault::held(
            "piked",
            "-PIKE",
            above("hold_theta_rise", 12.0, 22.0),
            |held, aim| {
                held.late.thorax.theta = held.pose.thorax.theta + aim.target;
                held.late.pelvis.theta = held.pose.pelvis.theta - 0.2 * aim.target;
            },
        ),
        leaning("-ROLL", 10.0),
        SWAY,
        too_short(18.0),
        too_long(40.0),
        broken(2.5),
        drifting(10.0),
        SHAKING,
    ],
};

/// On the elbow of the leading side, the body in one line: its long axis rises by 11°.
const ON_THE_SIDE: Pose = Pose {
    lead: Leg {
        thigh: 0.0,
        shank: 0.0,
        out: -79.0,
    },
    trail: Leg {
        thigh: 0.0,
        shank: 0.0,
        out: 79.0,
    },
    ..STANDING
        .leaning(79.0, 79.0)
        .on(Anchor::Hips, [0.0, 0.0, 0.155])
};

pub(super) static SIDE_PLANK: Drill = Drill {
    id: "side_plank",
    prefix: "SP",
    way_in: &[],
    start: KNEELING,
    act: Act::Hold(Hold {
        pose: ON_THE_SIDE,
        alternates: true,
        secs: 2.6,
        target: [15.0, 13.0, 12.0],
        rest: 7.0,
        tests: &[Test {
            placements: &[SA, AP, T7, ST],
            theta: [-180.0, 180.0],
            side: [55.0, 90.0],
        }],
        sway: 0.14,
        breathing: None,
    }),
    faults: &[
        DrillFault::held(
            "sagging",
            "-SAG",
            above("hold_axis_sag", 10.0, 20.0),
            |held, aim| {
                // The long axis rises by what the roll to the side leaves: the hips sink as it nears 90°.
                held.late.thorax.sigma = held.pose.thorax.sigma + aim.target;
                held.late.pelvis.sigma = held.pose.pelvis.sigma + aim.target;
            },
        ),
        DrillFault::held(
            "rolled",
            "-ROLL",
            above("hold_roll", 15.0, 30.0),
            |held, aim| {
                held.late.thorax = held.pose.thorax.rolled(aim.sign * aim.target);
                held.late.pelvis = held.pose.pelvis.rolled(aim.sign * aim.target);
            },
        ),
        too_short(9.0),
        too_long(20.0),
        broken(2.5),
        SHAKING,
        DrillFault::held(
            "uneven-time",
            "-SYM",
            super::super::fault::of_set(above("hold_time_symmetry", 10.0, 60.0)),
            uneven_time,
        ),
    ],
};

/// The left side is held for less than the right one, percent of their mean.
pub(super) fn uneven_time(held: &mut super::super::hold::Held, aim: &super::super::fault::Aim<'_>) {
    if held.side == crate::input::Side::Left {
        let s = aim.target / 100.0;
        held.last_by((1.0 - 0.5 * s) / (1.0 + 0.5 * s));
    }
}

/// Resting bent forward: who stands at the wall looks to a sensor on the back like one who sits there.
pub(super) const HANDS_ON_THE_KNEES: Pose = STANDING
    .bent(46.0, 38.0)
    .legs(-22.0, 14.0)
    .arms(-25.0, -25.0);

const AT_THE_WALL: Pose = STANDING.bent(1.0, -1.0).legs(-86.0, 2.0).arms(-60.0, -60.0);

pub(super) static WALL_SIT: Drill = Drill {
    id: "wall_sit",
    prefix: "WS",
    way_in: DIRECT,
    start: HANDS_ON_THE_KNEES,
    act: Act::Hold(Hold {
        pose: AT_THE_WALL,
        alternates: false,
        secs: 2.2,
        target: [44.0, 38.0, 35.0],
        rest: 9.0,
        tests: &[Test {
            placements: &[T7, ST, SA, AP],
            theta: [-12.0, 25.0],
            side: [0.0, 20.0],
        }],
        sway: 0.06,
        breathing: None,
    }),
    faults: &[
        DrillFault::held(
            "lean",
            "-LEAN",
            above("hold_theta_max", 8.0, 22.0),
            |held, aim| {
                held.late.thorax.theta = aim.target;
                held.late.pelvis.theta = aim.target;
            },
        ),
        DrillFault::held(
            "side-lean",
            "-SIDE",
            above("hold_side_abs", 5.0, 18.0),
            |held, aim| {
                held.late.thorax.sigma = aim.sign * aim.target;
                held.late.pelvis.sigma = aim.sign * aim.target;
            },
        ),
        DrillFault::held(
            "creeping-up",
            "-RISE",
            above("hold_creep", 5.0, 20.0),
            |held, aim| {
                // The hips rise by the cosine of the thigh's inclination.
                let thigh = 0.245 * aim.body.height;
                let cos = held.pose.lead.thigh.to_radians().cos() + 0.01 * aim.target / thigh;
                let angle = -cos.clamp(0.0, 1.0).acos().to_degrees();
                held.late.lead.thigh = angle;
                held.late.trail.thigh = angle;
            },
        ),
        too_short(27.0),
        too_long(60.0),
        broken(0.5),
        drifting(6.0),
        SHAKING,
    ],
};

const ON_FOREARMS: Pose = PRONE
    .bent(54.0, 86.0)
    .arms(5.0, -85.0)
    .on(Anchor::Hips, [0.1, 0.0, 0.063]);

pub(super) static SPHINX: Drill = Drill {
    id: "sphinx",
    prefix: "SX",
    way_in: DOWN_TO_THE_BELLY,
    start: PRONE,
    act: Act::Hold(Hold {
        pose: ON_FOREARMS,
        alternates: false,
        secs: 2.2,
        target: [30.0, 26.0, 23.0],
        rest: 8.0,
        tests: &[
            Test {
                placements: &[T7, ST],
                theta: [20.0, 75.0],
                side: [0.0, 30.0],
            },
            Test {
                placements: &[SA, AP],
                theta: [55.0, 110.0],
                side: [0.0, 30.0],
            },
        ],
        sway: 0.05,
        breathing: None,
    }),
    faults: &[
        DrillFault::held(
            "over-extended",
            "-OVER",
            below("hold_theta_min", 35.0, 23.0),
            |held, aim| {
                held.late.thorax.theta = aim.target;
                held.late.pelvis.theta -= 2.0;
            },
        ),
        DrillFault::held(
            "hips-up",
            "-HIPS",
            below("hold_theta_min", 75.0, 60.0),
            |held, aim| {
                held.late.pelvis.theta = aim.target;
            },
        )
        .seen_at(SA),
        too_short(18.0),
        too_long(40.0),
        broken(2.5),
        drifting(10.0),
    ],
};

/// Face down over a Roman chair, hanging from the hips, and straight.
const HANGING_OVER: Pose = STANDING
    .bent(150.0, 138.0)
    .legs(90.0, 90.0)
    .arms(-60.0, -60.0)
    .on(Anchor::Hips, [0.25, 0.0, 0.50]);
const LEVEL: Pose = HANGING_OVER.bent(90.0, 89.0);

pub(super) static BIERING_SORENSEN: Drill = Drill {
    id: "biering_sorensen",
    prefix: "BS",
    way_in: DIRECT,
    start: HANGING_OVER,
    act: Act::Hold(Hold {
        pose: LEVEL,
        alternates: false,
        secs: 2.2,
        target: [75.0, 60.0, 45.0],
        rest: 12.0,
        tests: &[Test {
            placements: &[T7, ST],
            theta: [80.0, 100.0],
            side: [0.0, 15.0],
        }],
        sway: 0.10,
        breathing: None,
    }),
    faults: &[
        DrillFault::held(
            "sinking",
            "-SINK",
            above("hold_theta_rise", 5.0, 9.0),
            |held, aim| {
                held.late.thorax.theta = held.pose.thorax.theta + aim.target;
                held.late.pelvis.theta = held.pose.pelvis.theta + aim.target;
            },
        ),
        DrillFault::held(
            "over-extended",
            "-OVER",
            above("hold_theta_fall", 5.0, 9.0),
            |held, aim| {
                held.late.thorax.theta = held.pose.thorax.theta - aim.target;
                held.late.pelvis.theta = held.pose.pelvis.theta - 0.5 * aim.target;
            },
        ),
        leaning("-SIDE", 12.0),
        broken(0.5),
        drifting(6.0),
        SHAKING,
    ],
};
