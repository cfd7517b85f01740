//! Practices: the slouch drill and slow breathing.

use super::super::fault::{self, DrillFault, above, below, of_set};
use super::super::pose::Pose;
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Hold, Key, Reps, Test};
use super::{AP, DIRECT, DOWN_TO_THE_BACK, ON_A_CHAIR, ROLLED_ASIDE, SA, ST, SUPINE_BENT, T7};

/// As tall as one can sit.
const TALL: Pose = ON_A_CHAIR.bent(-3.0, -12.0);
const SLUMPED: Pose = ON_A_CHAIR.bent(21.0, -37.0);

/// How far down from the tall end the last position is: a tenth and a little.
const RELEASED: f64 = 0.13;

pub(super) static SLOUCH_OVERCORRECT: Drill = Drill {
    id: "slouch_overcorrect",
    prefix: "SO",
    way_in: DIRECT,
    start: TALL,
    act: Act::Reps(
        Reps {
            finish: Some((RELEASED, 42.0)),
            ..Reps::new(
                First::Lower,
                &[
                    Key::new(SLUMPED, [1.9, 1.6, 1.35], [0.6, 0.5, 0.4]),
                    Key::new(TALL, [1.9, 1.6, 1.35], [1.2, 1.0, 0.9]),
                ],
                &[
                    (Signal::ThetaRise, &[T7, ST]),
                    (Signal::ThetaFall, &[SA, AP]),
                ],
                &[12.0, 12.0],
            )
        }
        .zone(5.0),
    ),
    faults: &[
        DrillFault::of("shallow", "-RANGE", below("rom", 12.0, 8.0), fault::shallow),
        DrillFault::of(
            "fast-lowering",
            "-TEMPO-DOWN",
            below("t_lower", 0.8, 0.4),
            fault::lower_in,
        ),
        DrillFault::of(
            "fast-raise",
            "-TEMPO-UP",
            below("t_raise", 0.8, 0.4),
            fault::raise_in,
        ),
        DrillFault::of(
            "final-tall",
            "-FINAL-TALL",
            of_set(below("final_level_pct", 5.0, 1.0)),
            |_, _| {},
        ),
        DrillFault::of(
            "final-low",
            "-FINAL-LOW",
            of_set(above("final_level_pct", 25.0, 80.0)),
            |_, _| {},
        ),
        DrillFault::of(
            "final-short",
            "-HOLD",
            of_set(below("final_hold", 30.0, 5.0)),
            |_, _| {},
        ),
    ],
};

/// Breaths a minute, exhale over inhale, tips of chest and belly, degrees.
const SLOW: [f64; 4] = [6.0, 1.4, 0.7, 1.7];

pub(super) static DIAPHRAGM_BREATHING: Drill = Drill {
    id: "diaphragm_breathing",
    prefix: "BT",
    way_in: DOWN_TO_THE_BACK,
    start: ROLLED_ASIDE,
    act: Act::Hold(Hold {
        pose: SUPINE_BENT.bent(-90.0, -91.0),
        alternates: false,
        secs: 2.0,
        target: [330.0, 310.0, 300.0],
        rest: 8.0,
        tests: &[Test {
            placements: &[ST, AP],
            theta: [-115.0, -25.0],
            side: [0.0, 30.0],
        }],
        sway: 0.01,
        breathing: Some(SLOW),
    }),
    faults: &[
        DrillFault::held(
            "hurried",
            "-RATE",
            above("breath_rate", 10.0, 24.0),
            |held, aim| {
                held.breathe(|[_, ratio, chest, belly]| [aim.target, ratio, chest, belly]);
            },
        ),
        DrillFault::held(
            "short-exhale",
            "-RATIO",
            below("breath_ratio", 1.0, 0.5),
            |held, aim| {
                held.breathe(|[rate, _, chest, belly]| [rate, aim.target, chest, belly]);
            },
        ),
        DrillFault::held(
            "chest-breathing",
            "-BELLY",
            below("breath_belly", 1.0, 0.3),
            |held, aim| {
                held.breathe(|[rate, ratio, _, belly]| [rate, ratio, belly / aim.target, belly]);
            },
        ),
        DrillFault::held(
            "moving",
            "-STILL",
            above("breath_motion", 0.3, 1.5),
            |held, aim| {
                held.sway = aim.target;
            },
        ),
        DrillFault::held(
            "too-short",
            "-SHORT",
            below("hold_time", 270.0, 60.0),
            |held, aim| {
                held.last_for(aim.target);
            },
        ),
    ],
};
