//! Pulls done bent over.

use super::super::fault::{self, DrillFault, above, below, of_set};
use super::super::pose::{Arm, Pose};
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps};
use super::{BB, DIRECT, STANDING, WR};

const BENT_OVER: Pose = STANDING.bent(58.0, 46.0).legs(-22.0, 12.0).arms(-4.0, -4.0);
const PULLED: Pose = BENT_OVER.bent(56.5, 45.5).arms(96.0, -8.0);

pub(super) static BENT_ROW: Drill = Drill {
    id: "bent_row",
    prefix: "BR",
    way_in: DIRECT,
    start: BENT_OVER,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(PULLED, [1.7, 1.4, 1.15], [0.6, 0.4, 0.3]),
                Key::new(BENT_OVER, [1.9, 1.6, 1.3], [1.4, 1.1, 0.9]),
            ],
            &[(Signal::TravelUp, &[WR, BB])],
            &[25.0],
        )
        .zone(10.0),
    ),
    faults: &[
        DrillFault::of(
            "swinging",
            "-SWING",
            above("trunk_range", 15.0, 50.0),
            SWING,
        ),
        DrillFault::of(
            "standing-up",
            "-RISE",
            of_set(below("trunk_level_growth", -10.0, -30.0)),
            |rep, aim| {
                let by = aim.trend(aim.target);
                for pose in rep.poses() {
                    pose.thorax.theta += by;
                    pose.pelvis.theta += 0.8 * by;
                }
            },
        ),
        DrillFault::of(
            "upright",
            "-HINGE",
            below("trunk_level", 30.0, 12.0),
            |rep, aim| {
                for pose in rep.poses() {
                    pose.thorax.theta = aim.target;
                    pose.pelvis.theta = 0.8 * aim.target;
                }
            },
        ),
        DrillFault::of(
            "rounded",
            "-ROUND",
            above("lumflex_max_pct", 90.0, 130.0),
            |rep, aim| {
                let bent = aim.target / 100.0 * aim.body.lumflex_max_deg;
                for pose in rep.poses() {
                    pose.pelvis.theta = pose.thorax.theta - bent;
                }
            },
        ),
        DrillFault::of(
            "rounding-creep",
            "-DRIFT",
            above("lumflex_creep", 8.0, 25.0),
            |rep, aim| {
                if aim.index > 0 {
                    for pose in rep.poses() {
                        pose.pelvis.theta -= aim.target;
                    }
                }
            },
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE",
            above("trunk_side", 12.0, 40.0),
            fault::side_lean,
        ),
        DrillFault::of("shallow", "-ROM", below("rom", 22.0, 12.0), fault::shallow),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 0.8, 0.4),
            fault::lower_in,
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 0.6, 0.35),
            fault::raise_in,
        ),
    ],
};

/// Heaves the trunk up with the weight: the range of its inclination is this.
pub(super) const SWING: fn(&mut super::super::rep::Rep, &fault::Aim<'_>) = |rep, aim| {
    rep.keep_far(0.4);
    let by = rep.start.thorax.theta - aim.target - rep.far().pose.thorax.theta;
    rep.far().pose.thorax.theta += by;
    rep.far().pose.pelvis.theta += by;
};

const SPREAD: Pose = Pose {
    lead_arm: WINGS,
    trail_arm: WINGS,
    ..BENT_OVER.bent(57.0, 45.5)
};
const WINGS: Arm = Arm {
    upper: -4.0,
    fore: -4.0,
    out: 76.0,
};

pub(super) static REAR_FLY: Drill = Drill {
    id: "rear_fly",
    prefix: "PL",
    way_in: DIRECT,
    start: BENT_OVER,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(SPREAD, [1.9, 1.6, 1.4], [0.7, 0.5, 0.4]),
                Key::new(BENT_OVER, [2.3, 1.9, 1.6], [1.4, 1.1, 0.9]),
            ],
            &[(Signal::LimbTurn, &[WR])],
            &[50.0],
        )
        .zone(10.0),
    ),
    faults: &[
        DrillFault::of(
            "pitching",
            "-SHRUG",
            above("trunk_pitch", 8.0, 30.0),
            fault::pitching,
        ),
        DrillFault::of(
            "swinging",
            "-SWING",
            above("trunk_range", 20.0, 50.0),
            SWING,
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE",
            above("trunk_side", 12.0, 40.0),
            fault::side_lean,
        ),
        DrillFault::of("shallow", "-ROM", below("rom", 40.0, 24.0), fault::shallow),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.0, 0.4),
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
            above("speed_peak", 169.0, 400.0),
            fault::peak_speed,
        ),
        DrillFault::of(
            "bounced",
            "-BOUNCE",
            below("t_turn", 0.30, 0.12),
            fault::bounced,
        ),
    ],
};
