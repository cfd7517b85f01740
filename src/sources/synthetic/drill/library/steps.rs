//! Lunges, the step-up and the calf raise.

use super::super::fault::{self, Aim, DrillFault, above, below, of_set};
use super::super::pose::{Anchor, Leg, Pose, leg};
use super::super::rep::Rep;
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps, Sides};
use super::{AP, DIRECT, SA, ST, STANDING, T7};

/// Half the distance of the feet: where a foot is under its hip.
const ASIDE: f64 = 0.05;

const FORWARD: Pose = STANDING
    .bent(8.0, 5.0)
    .each_leg(leg(-75.0, 5.0), leg(26.0, 74.0))
    .on(Anchor::LeadFoot, [0.42, ASIDE, 0.0]);
const BACKWARD: Pose = STANDING
    .bent(17.0, 11.0)
    .each_leg(leg(-74.0, 12.0), leg(22.0, 72.0))
    .on(Anchor::LeadFoot, [0.0, ASIDE, 0.0]);
const SIDEWAYS: Pose = STANDING
    .bent(28.0, 20.0)
    .leaning(5.0, 3.0)
    .each_leg(
        Leg {
            thigh: -70.0,
            shank: 26.0,
            out: 12.0,
        },
        Leg {
            thigh: -8.0,
            shank: 4.0,
            out: 34.0,
        },
    )
    .on(Anchor::LeadFoot, [0.0, 0.36, 0.0]);

const fn lunge(keys: &'static [Key]) -> Act {
    Act::Reps(Reps {
        sides: Sides::Alternate,
        landing: Some((0.55, 2.2)),
        ..Reps::new(
            First::Lower,
            keys,
            &[(Signal::TravelDown, &[SA, AP, T7, ST])],
            &[20.0],
        )
    })
}

const OUT: [f64; 3] = [2.1, 1.8, 1.5];
const PAUSE: [f64; 3] = [0.5, 0.4, 0.3];
const BACK: Key = Key::new(STANDING, [1.8, 1.5, 1.25], [1.4, 1.1, 0.9]);

pub(super) static LUNGE_FWD: Drill = Drill {
    id: "lunge_fwd",
    prefix: "LU",
    way_in: DIRECT,
    start: STANDING,
    act: lunge(&[Key::new(FORWARD, OUT, PAUSE), BACK]),
    faults: &[
        DrillFault::of(
            "lean",
            "-LEAN",
            above("theta_max", 30.0, 70.0),
            fault::leaning,
        ),
        SIDE,
        LEANING_BACK,
        TWIST,
        SHALLOW,
        WOBBLE,
        STOMP,
        FAST_LOWERING,
        FAST_RAISE,
        DROPPED,
        UNEVEN,
        UNEVEN_TIME,
    ],
};

pub(super) static LUNGE_REV: Drill = Drill {
    id: "lunge_rev",
    prefix: "LU",
    way_in: DIRECT,
    start: STANDING,
    act: lunge(&[Key::new(BACKWARD, OUT, PAUSE), BACK]),
    faults: &[
        DrillFault::of(
            "lean",
            "-LEAN",
            above("theta_max", 40.0, 80.0),
            fault::leaning,
        ),
        SIDE,
        LEANING_BACK,
        TWIST,
        SHALLOW,
        WOBBLE,
        STOMP,
        FAST_LOWERING,
        FAST_RAISE,
        DROPPED,
        UNEVEN,
        UNEVEN_TIME,
    ],
};

pub(super) static LUNGE_LAT: Drill = Drill {
    id: "lunge_lat",
    prefix: "LU",
    way_in: DIRECT,
    start: STANDING,
    act: lunge(&[Key::new(SIDEWAYS, OUT, PAUSE), BACK]),
    faults: &[
        DrillFault::of(
            "lean",
            "-LEAN",
            above("theta_max", 55.0, 95.0),
            fault::leaning,
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE",
            above("trunk_side", 20.0, 45.0),
            fault::side_lean,
        ),
        LEANING_BACK,
        TWIST,
        SHALLOW,
        WOBBLE,
        STOMP,
        FAST_LOWERING,
        FAST_RAISE,
        DROPPED,
        UNEVEN,
        UNEVEN_TIME,
    ],
};

const SIDE: DrillFault = DrillFault::of(
    "side-lean",
    "-SIDE",
    above("trunk_side", 12.0, 40.0),
    fault::side_lean,
);
const LEANING_BACK: DrillFault = DrillFault::of(
    "leaning-back",
    "-BACK",
    below("theta_min", -8.0, -25.0),
    fault::leaning,
);
const TWIST: DrillFault = DrillFault::of(
    "twisted",
    "-TWIST",
    above("trunk_twist", 20.0, 60.0),
    fault::twisted,
);
const SHALLOW: DrillFault =
    DrillFault::of("shallow", "-ROM", below("rom", 18.0, 10.5), fault::shallow);
const WOBBLE: DrillFault = DrillFault::of(
    "wobbling",
    "-WOBBLE",
    above("wobble", 25.0, 70.0),
    |rep, aim| {
        rep.keep_far(0.6);
        rep.wobble = aim.target;
    },
);
const STOMP: DrillFault = DrillFault::of("stomp", "-IMPACT", above("impact", 8.0, 20.0), land);
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
const DROPPED: DrillFault = DrillFault::of(
    "dropped",
    "-DROP",
    above("drop_speed", 1.5, 2.4),
    fault::sink_speed,
);
const UNEVEN_TIME: DrillFault = fault::uneven_time("-SYM-TIME", 25.0);
const UNEVEN: DrillFault = DrillFault::of(
    "uneven-range",
    "-SYM-ROM",
    of_set(above("rom_symmetry", 25.0, 60.0)),
    fault::uneven_range,
);

fn land(rep: &mut Rep, aim: &Aim<'_>) {
    rep.land_with(aim.target);
}

const ON_THE_STEP: Pose = STANDING.on(Anchor::LeadFoot, [0.24, ASIDE, 0.165]);

pub(super) static STEP_UP: Drill = Drill {
    id: "step_up",
    prefix: "SU",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(Reps {
        sides: Sides::Alternate,
        // The foot that steps down lands at the end of the way back.
        landing: Some((1.95, 2.5)),
        ..Reps::new(
            First::Raise,
            &[
                Key::new(ON_THE_STEP, [1.7, 1.4, 1.2], [0.8, 0.6, 0.5]).through(17.0, -62.0, 24.0),
                Key::new(STANDING, [2.1, 1.8, 1.6], [1.3, 1.1, 0.9]).through(13.0, -45.0, 22.0),
            ],
            &[(Signal::TravelUp, &[SA, AP, T7, ST])],
            &[15.0],
        )
    }),
    faults: &[
        DrillFault::of(
            "lean",
            "-LEAN",
            above("theta_max", 40.0, 75.0),
            |rep, aim| {
                // A bump sin⁴ is near its top only for a moment: more, so that this is what is held for 0.3 s.
                let held = (std::f64::consts::PI * 0.15 / rep.far().secs).cos().powi(4);
                rep.far().through[0] = aim.target / held;
            },
        ),
        DrillFault::of(
            "not-finished",
            "-STAND",
            above("theta_far", 10.0, 30.0),
            fault::leaning,
        ),
        DrillFault::of(
            "hip-drop",
            "-SIDE",
            above("pelvis_roll", 12.0, 35.0),
            fault::pelvis_roll,
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE-TRUNK",
            above("trunk_side", 12.0, 40.0),
            fault::side_lean,
        ),
        TWIST,
        DrillFault::of(
            "dropped",
            "-DROP",
            above("drop_speed", 1.0, 2.0),
            fault::sink_speed,
        ),
        DrillFault::of("stomp", "-LAND", above("impact", 8.0, 20.0), land),
        FAST_LOWERING,
        FAST_RAISE,
    ],
};

const ON_THE_TOES: Pose = STANDING.on(Anchor::Feet, [0.0, 0.0, 0.046]);

pub(super) static CALF_RAISE: Drill = Drill {
    id: "calf_raise",
    prefix: "CR",
    way_in: DIRECT,
    start: STANDING,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(ON_THE_TOES, [1.6, 1.3, 1.1], [1.5, 1.2, 1.0]),
                Key::new(STANDING, [2.6, 2.2, 1.8], [1.1, 0.9, 0.8]),
            ],
            &[(Signal::TravelUp, &[SA, AP, T7, ST])],
            &[5.0],
        )
        .zone(1.0),
    ),
    faults: &[
        DrillFault::of(
            "lean",
            "-LEAN",
            above("tilt_change", 8.0, 30.0),
            fault::pitching,
        ),
        DrillFault::of("shallow", "-ROM", below("rom", 4.0, 2.6), fault::shallow),
        DrillFault::of("no-hold", "-TOP", below("t_far", 0.5, 0.25), fault::far_for),
        DrillFault::of(
            "hurried",
            "-BOUNCE",
            below("period", 1.5, 0.8),
            |rep, aim| {
                rep.within(aim.target);
            },
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("drop_speed", 0.5, 1.1),
            fault::sink_speed,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.0, 0.4),
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
