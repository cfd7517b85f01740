//! Face down, and on hands and knees.

use super::super::fault::{self, Aim, DrillFault, above, below, of_set};
use super::super::pose::{Pose, arm, leg};
use super::super::rep::{FROM_THE_MIDDLE, Rep};
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps, Sides};
use super::supine::{ROLL, UNEVEN_SIDES};
use super::{AN, AP, DOWN_TO_FOURS, DOWN_TO_THE_BELLY, FOURS, PRONE, SA, ST, T7, TH, WR};

const LIFTED: Pose = Pose {
    trail_arm: arm(-101.0, -101.0),
    ..PRONE
        .bent(88.0, 91.5)
        .leaning(-1.5, -3.0)
        .each_leg(leg(105.0, 105.0), leg(90.0, 90.0))
};

pub(super) static PRONE_ALT: Drill = Drill {
    id: "prone_alt",
    prefix: "PA",
    way_in: DOWN_TO_THE_BELLY,
    start: PRONE,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(LIFTED, [1.8, 1.5, 1.3], [4.2, 3.6, 3.2]),
                Key::new(PRONE, [1.8, 1.5, 1.3], [2.2, 1.9, 1.7]),
            ],
            &[
                (Signal::LimbTurn, &[TH, AN, WR]),
                (Signal::Burst, &[SA, T7]),
            ],
            &[10.0, 3.0],
        )
        .by_sides(Sides::Alternate)
        .zone(4.0),
    ),
    faults: &[
        DrillFault::of(
            "arched",
            "-ARCH",
            above("pelvis_tilt_max", 10.0, 35.0),
            pelvis_tilt,
        ),
        DrillFault::of(
            "tucked",
            "-ROUND",
            below("pelvis_tilt_min", -12.0, -35.0),
            pelvis_tilt,
        ),
        DrillFault::of(
            "rolled",
            "-ROT",
            above("pelvis_roll", 10.0, 40.0),
            fault::pelvis_roll,
        ),
        DrillFault::of(
            "too-high",
            "-LIFT",
            above("thorax_pitch", 30.0, 55.0),
            chest_up,
        ),
        DrillFault::of(
            "thorax-rolled",
            "-ROTT",
            above("thorax_roll", 12.0, 40.0),
            fault::thorax_roll,
        ),
        DrillFault::of(
            "lumbar-change",
            "-LUM",
            above("lumflex_change", 12.0, 40.0),
            |rep, aim| {
                rep.keep_far(0.8);
                rep.far().pose.pelvis.theta = rep.far().pose.thorax.theta + aim.target;
            },
        ),
        DrillFault::of(
            "scissors",
            "-DISS",
            above("scissors", 10.0, 45.0),
            |rep, aim| {
                rep.keep_far(0.8);
                rep.far().pose.thorax.sigma = -0.6 * aim.sign * aim.target;
                rep.far().pose.pelvis.sigma = 0.4 * aim.sign * aim.target;
            },
        ),
        DrillFault::of(
            "leg-too-high",
            "-LEGHI",
            above("limb_elev_max", 20.0, 45.0),
            |rep, aim| {
                rep.far().pose.lead = leg(90.0 + aim.target, 90.0 + aim.target);
            },
        ),
        DrillFault::of("shallow", "-ROM", below("rom", 8.0, 5.4), fault::shallow),
        DrillFault::of(
            "hold-short",
            "-HOLDMIN",
            below("t_hold", 1.0, 0.6),
            fault::held_for,
        ),
        DrillFault::of(
            "hold-too-long",
            "-HOLDMAX",
            above("t_hold", 10.0, 30.0),
            fault::held_for,
        ),
        DrillFault::of(
            "hold-lost",
            "-LOST",
            above("hold_breaks", 1.5, 4.0),
            |rep, aim| {
                rep.keep_far(2.4 * aim.target.ceil());
                rep.breaks = aim.target.ceil() as u32;
            },
        ),
        DrillFault::of(
            "sway",
            "-SWAY",
            above("sway_acc", 0.50, 2.0),
            fault::swaying,
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTUP",
            below("t_raise", 0.7, 0.35),
            fault::raise_in,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTDN",
            below("t_lower", 0.7, 0.35),
            fault::lower_in,
        ),
        DrillFault::of(
            "high-speed",
            "-VEL",
            above("speed_peak", 54.0, 150.0),
            fault::peak_speed,
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("speed_peak_lower", 108.0, 200.0),
            fault::lower_peak_speed,
        ),
        DrillFault::of(
            "no-reset",
            "-RESET",
            below("t_reset", 1.0, 0.4),
            fault::no_reset,
        ),
        UNEVEN_SIDES,
        DrillFault::of(
            "hold-fatigue",
            "-FATIGUE",
            of_set(above("arch_growth", 4.0, 20.0)),
            |rep, aim| {
                rep.far().pose.pelvis.theta += aim.trend(aim.target);
            },
        ),
    ],
};

fn pelvis_tilt(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.8);
    rep.far().pose.pelvis.theta = rep.start.pelvis.theta + aim.target;
}

fn chest_up(rep: &mut Rep, aim: &Aim<'_>) {
    rep.keep_far(0.8);
    rep.far().pose.thorax.theta = rep.start.thorax.theta - aim.target;
}

const CAT: Pose = FOURS.bent(98.0, 64.0);
const COW: Pose = FOURS.bent(87.0, 95.0);

pub(super) static CAT_COW: Drill = Drill {
    id: "cat_cow",
    prefix: "CC",
    way_in: DOWN_TO_FOURS,
    start: FOURS,
    act: Act::Reps(Reps::new(
        First::Raise,
        &[
            Key::new(CAT, [4.0, 3.5, 3.2], [1.1, 0.9, 0.7]),
            Key::new(COW, [4.0, 3.5, 3.2], [1.1, 0.9, 0.7]),
        ],
        &[(Signal::ThetaFall, &[SA]), (Signal::ThetaFall, &[AP])],
        &[15.0, 15.0],
    )),
    faults: &[
        DrillFault::of("shallow", "-ROM", below("swing", 20.0, 13.0), |rep, aim| {
            // From the cat to the cow the pelvis swings by 31°.
            let share = aim.target / (COW.pelvis.theta - CAT.pelvis.theta);
            for pose in rep.poses() {
                *pose = FOURS.towards(pose, share);
            }
        }),
        DrillFault::of(
            "forced-cow",
            "-COW",
            above("lumflex_end_pct", 90.0, 180.0),
            |rep, aim| {
                let pose = &mut rep.last().pose;
                pose.pelvis.theta =
                    pose.thorax.theta + aim.target / 100.0 * aim.body.lumext_max_deg;
            },
        ),
        DrillFault::of(
            "rocking",
            "-ROCK",
            above("rocking", 10.0, 30.0),
            |rep, aim| {
                // Thorax and pelvis go the same way, the thorax by so much.
                for pose in rep.poses() {
                    let pelvis = pose.pelvis.theta - FOURS.pelvis.theta;
                    let share = 1.06 * aim.target / (COW.pelvis.theta - CAT.pelvis.theta);
                    pose.thorax.theta = FOURS.thorax.theta + share * pelvis;
                }
            },
        ),
        ROLL,
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 1.0, 0.4),
            half_cycle,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.0, 0.4),
            half_cycle,
        ),
    ],
};

/// The time from the middle to an end is this.
fn half_cycle(rep: &mut Rep, aim: &Aim<'_>) {
    rep.raise_in(|_| aim.target / FROM_THE_MIDDLE);
    rep.lower_in(|_| aim.target / FROM_THE_MIDDLE);
}

const CHEST_FORWARD: Pose = FOURS.bent(66.0, 74.0).legs(12.0, 90.0);
const ON_THE_HEELS: Pose = FOURS.bent(99.0, 70.0).legs(-42.0, 90.0);

pub(super) static KNEEL_BACK_EXT: Drill = Drill {
    id: "kneel_back_ext",
    prefix: "KB",
    way_in: DOWN_TO_FOURS,
    start: FOURS,
    act: Act::Reps(Reps::new(
        First::Raise,
        &[
            Key::new(CHEST_FORWARD, [3.6, 3.2, 3.0], [5.4, 4.8, 4.3]),
            Key::new(ON_THE_HEELS, [3.6, 3.2, 3.0], [5.4, 4.8, 4.3]),
        ],
        &[
            (Signal::ThetaFall, &[T7, ST]),
            (Signal::ThetaFall, &[SA, AP]),
        ],
        &[18.0, 12.0],
    )),
    faults: &[
        DrillFault::of(
            "hold-short",
            "-HOLD",
            below("t_hold", 3.0, 0.9),
            fault::held_for,
        ),
        DrillFault::of("shallow", "-ROM", below("swing", 20.0, 13.0), |rep, aim| {
            let share = aim.target / (ON_THE_HEELS.thorax.theta - CHEST_FORWARD.thorax.theta);
            for pose in rep.poses() {
                *pose = FOURS.towards(pose, share);
            }
        }),
        DrillFault::of(
            "forced",
            "-OVER",
            above("lumflex_end_pct", 100.0, 200.0),
            |rep, aim| {
                let pose = &mut rep.far().pose;
                pose.pelvis.theta =
                    pose.thorax.theta + aim.target / 100.0 * aim.body.lumext_max_deg;
            },
        ),
        DrillFault::of(
            "rolled",
            "-ROLL",
            above("side_max", 10.0, 35.0),
            fault::side_lean,
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 1.5, 0.5),
            half_cycle,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.5, 0.5),
            half_cycle,
        ),
    ],
};
