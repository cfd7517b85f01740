//! Turning to a side, and lifting a leg to it, standing.

use super::super::fault::{self, DrillFault, above, below, of_set};
use super::super::pose::{Anchor, Leg, Pose, leg};
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps, Sides};
use super::{AN, DIRECT, ST, STANDING, T7, TH};

const READY: Pose = STANDING.arms(-70.0, -80.0);
const TURNED: Pose = READY.turned(42.0, 8.0);

const TURNING: &[Key] = &[
    Key::new(TURNED, [2.1, 1.8, 1.55], [1.0, 0.8, 0.6]),
    Key::new(READY, [2.1, 1.8, 1.55], [1.7, 1.4, 1.2]),
];

const fn turning(sides: Sides) -> Act {
    Act::Reps(
        Reps::new(
            First::Raise,
            TURNING,
            &[(Signal::Twist, &[T7, ST])],
            &[30.0],
        )
        .by_sides(sides),
    )
}

pub(super) static BAND_ROTATION: Drill = Drill {
    id: "band_rotation",
    prefix: "RO",
    way_in: DIRECT,
    start: READY,
    act: turning(Sides::BySet),
    faults: &[
        SHALLOW,
        OVER,
        TILT,
        HIPS,
        FAST_RAISE,
        FAST_LOWERING,
        SPEED,
        DROPPED,
        BOUNCED,
        DrillFault::of(
            "snap-back",
            "-SNAP",
            below("back_out_ratio", 0.6, 0.3),
            |rep, aim| {
                let (out, _) = rep.times();
                rep.lower_in(|_| aim.target * out);
            },
        ),
    ],
};

pub(super) static SIDE_TWIST: Drill = Drill {
    id: "side_twist",
    prefix: "RO",
    way_in: DIRECT,
    start: READY,
    act: turning(Sides::Alternate),
    faults: &[
        SHALLOW,
        OVER,
        TILT,
        HIPS,
        FAST_RAISE,
        FAST_LOWERING,
        SPEED,
        BOUNCED,
        DrillFault::of(
            "uneven-range",
            "-SYM",
            of_set(above("rom_symmetry", 20.0, 60.0)),
            fault::uneven_range,
        ),
    ],
};

const SHALLOW: DrillFault =
    DrillFault::of("shallow", "-ROM", below("peak", 25.0, 16.0), fault::shallow);
const OVER: DrillFault = DrillFault::of(
    "over-twisted",
    "-OVER",
    above("twist_gap", 60.0, 95.0),
    |rep, aim| {
        let pose = &mut rep.far().pose;
        pose.thorax.yaw = pose.pelvis.yaw - aim.target;
        rep.raise_in(|secs| 1.6 * secs);
        rep.lower_in(|secs| 1.6 * secs);
    },
);
const TILT: DrillFault = DrillFault::of(
    "tilting",
    "-TILT",
    above("tilt_change", 12.0, 40.0),
    fault::side_lean,
);
const HIPS: DrillFault = DrillFault::of(
    "hips-turning",
    "-HIPS",
    above("pelvis_twist", 20.0, 60.0),
    |rep, aim| {
        rep.keep_far(0.6);
        rep.far().pose.pelvis.yaw = -aim.target;
    },
);
const FAST_RAISE: DrillFault = DrillFault::of(
    "fast-raise",
    "-FASTR",
    below("t_raise", 1.0, 0.4),
    fault::raise_in,
);
const FAST_LOWERING: DrillFault = DrillFault::of(
    "fast-lowering",
    "-FASTL",
    below("t_lower", 1.0, 0.4),
    fault::lower_in,
);
const SPEED: DrillFault = DrillFault::of(
    "high-speed",
    "-VEL",
    above("speed_peak", 112.0, 300.0),
    fault::peak_speed,
);
const DROPPED: DrillFault = DrillFault::of(
    "dropped",
    "-DROP",
    above("speed_peak_lower", 224.0, 400.0),
    fault::lower_peak_speed,
);
const BOUNCED: DrillFault = DrillFault::of(
    "bounced",
    "-BOUNCE",
    below("t_turn", 0.30, 0.12),
    fault::bounced,
);

const ON_ONE_LEG: Pose = STANDING.on(Anchor::TrailFoot, [0.0, -0.05, 0.0]);
const LEG_OUT: Pose = ON_ONE_LEG.leaning(-1.5, -2.0).each_leg(
    Leg {
        thigh: 0.0,
        shank: 0.0,
        out: 34.0,
    },
    leg(0.0, 0.0),
);

pub(super) static LAT_LEG_RAISE: Drill = Drill {
    id: "lat_leg_raise",
    prefix: "LR",
    way_in: DIRECT,
    start: ON_ONE_LEG,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(LEG_OUT, [1.8, 1.5, 1.3], [0.9, 0.7, 0.5]),
                Key::new(ON_ONE_LEG, [2.2, 1.9, 1.6], [1.4, 1.2, 1.0]),
            ],
            &[(Signal::LimbTurn, &[AN, TH])],
            &[20.0],
        )
        .by_sides(Sides::BySet),
    ),
    faults: &[
        DrillFault::of(
            "side-lean",
            "-LEAN",
            above("trunk_side", 12.0, 40.0),
            fault::side_lean,
        ),
        DrillFault::of(
            "pitching",
            "-PITCH",
            above("trunk_pitch", 12.0, 40.0),
            fault::pitching,
        ),
        DrillFault::of("shallow", "-ROM", below("rom", 15.0, 10.0), fault::shallow),
        DrillFault::of(
            "too-high",
            "-HIGH",
            above("rom", 50.0, 75.0),
            fault::shallow,
        ),
        DrillFault::of(
            "fast-raise",
            "-SWING",
            below("t_raise", 0.8, 0.4),
            fault::raise_in,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.0, 0.4),
            fault::lower_in,
        ),
        SPEED,
        BOUNCED,
    ],
};
