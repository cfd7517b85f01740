//! Repetitions on the back.

use super::super::fault::{self, DrillFault, above, below, of_set};
use super::super::pose::{Anchor, Leg, Pose, leg};
use super::super::signal::Signal;
use super::super::{Act, Drill, First, Key, Reps, Sides};
use super::{AN, AP, DOWN_TO_THE_BACK, SA, ST, SUPINE, SUPINE_BENT, T7, TH};

pub(super) const ROLL: DrillFault = DrillFault::of(
    "rolled",
    "-ROLL",
    above("pelvis_roll", 10.0, 40.0),
    fault::pelvis_roll,
);
const BOUNCED: DrillFault = DrillFault::of(
    "bounced",
    "-BOUNCE",
    below("t_turn", 0.30, 0.12),
    fault::bounced,
);

pub(super) const UNEVEN_SIDES: DrillFault = DrillFault::of(
    "uneven-sides",
    "-ALT",
    of_set(above("side_count_gap", 1.5, 6.0)),
    |_, _| {},
);

const LEGS_UP: Pose = SUPINE.bent(-90.0, -106.0).legs(-176.0, -174.0);

pub(super) static LEG_LIFT: Drill = Drill {
    id: "leg_lift",
    prefix: "LL",
    way_in: DOWN_TO_THE_BACK,
    start: SUPINE,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(LEGS_UP, [2.6, 2.1, 1.8], [0.8, 0.6, 0.5]),
                Key::new(SUPINE, [4.2, 3.6, 3.1], [1.7, 1.4, 1.2]),
            ],
            &[
                (Signal::LimbTurn, &[TH]),
                (Signal::LimbTurn, &[AN]),
                (Signal::ThetaFall, &[AP, SA]),
            ],
            &[70.0, 70.0, 12.0],
        )
        .zone(10.0),
    ),
    faults: &[
        DrillFault::of(
            "arched",
            "-ARCH",
            above("pelvis_tilt_max", 10.0, 30.0),
            |rep, aim| {
                let far = rep.far().pose;
                let mut low = rep.start.towards(&far, 0.3);
                low.pelvis.theta = rep.start.pelvis.theta + aim.target;
                rep.come_back_by(low, 0.6, 0.3);
            },
        ),
        ROLL,
        DrillFault::of(
            "head-up",
            "-HEAD",
            above("thorax_pitch", 10.0, 40.0),
            |rep, aim| {
                rep.keep_far(0.8);
                rep.far().pose.thorax.theta = rep.start.thorax.theta + aim.target;
            },
        ),
        DrillFault::of(
            "shallow",
            "-ANGLE",
            below("limb_elev_max", 75.0, 40.0),
            |rep, aim| {
                let pose = &mut rep.far().pose;
                pose.lead = leg(-90.0 - aim.target, -90.0 - aim.target);
                pose.trail = pose.lead;
            },
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 2.0, 0.6),
            fault::lower_in,
        ),
        DrillFault::of(
            "fast-raise",
            "-SWING",
            below("t_raise", 1.0, 0.45),
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
            above("speed_peak_lower", 250.0, 420.0),
            fault::lower_peak_speed,
        ),
        BOUNCED,
    ],
};

const FLATTENED: Pose = SUPINE_BENT.bent(-90.0, -101.5);

pub(super) static PELVIC_TILT: Drill = Drill {
    id: "pelvic_tilt",
    prefix: "PT",
    way_in: DOWN_TO_THE_BACK,
    start: SUPINE_BENT,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(FLATTENED, [1.5, 1.3, 1.1], [5.4, 4.8, 4.3]),
                Key::new(SUPINE_BENT, [1.5, 1.3, 1.1], [2.0, 1.7, 1.5]),
            ],
            &[(Signal::ThetaFall, &[AP, SA])],
            &[8.0],
        )
        .zone(4.0),
    ),
    faults: &[
        DrillFault::of("shallow", "-ROM", below("peak", 6.0, 4.6), fault::shallow),
        DrillFault::of(
            "hips-lifted",
            "-HIPS",
            above("peak", 25.0, 45.0),
            |rep, aim| {
                let pose = &mut rep.far().pose;
                pose.pelvis.theta = -90.0 - aim.target;
                pose.thorax.theta = -90.0 - 0.6 * aim.target;
            },
        ),
        DrillFault::of(
            "hold-short",
            "-HOLD",
            below("t_far", 3.0, 0.8),
            fault::far_for,
        ),
        DrillFault::of(
            "rolled",
            "-ROLL",
            above("pelvis_roll", 8.0, 30.0),
            fault::pelvis_roll,
        ),
        DrillFault::of(
            "chest-moving",
            "-CHEST",
            above("trunk_range", 6.0, 25.0),
            |rep, aim| {
                rep.far().pose.thorax.theta = rep.start.thorax.theta + aim.target;
            },
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 0.6, 0.35),
            fault::raise_in,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 0.6, 0.35),
            fault::lower_in,
        ),
    ],
};

const BRIDGED: Pose = SUPINE_BENT.bent(-111.0, -119.0).legs(-118.0, -6.0);

pub(super) static BRIDGE: Drill = Drill {
    id: "bridge",
    prefix: "BG",
    way_in: DOWN_TO_THE_BACK,
    start: SUPINE_BENT,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(BRIDGED, [2.1, 1.8, 1.6], [4.4, 3.6, 3.2]),
                Key::new(SUPINE_BENT, [2.5, 2.1, 1.8], [1.9, 1.6, 1.4]),
            ],
            &[
                (Signal::ThetaFall, &[AP, SA]),
                (Signal::ThetaFall, &[ST, T7]),
            ],
            &[18.0, 14.0],
        )
        .zone(5.0),
    ),
    faults: &[
        DrillFault::of("shallow", "-LOW", below("peak", 15.0, 10.0), fault::shallow),
        DrillFault::of(
            "arched",
            "-HIGH",
            above("slope_gap", 18.0, 40.0),
            |rep, aim| {
                let pose = &mut rep.far().pose;
                pose.thorax.theta = -90.0 - 14.0;
                pose.pelvis.theta = -90.0 - 14.0 - aim.target;
            },
        ),
        DrillFault::of(
            "hold-short",
            "-HOLD",
            below("t_hold", 2.0, 0.7),
            fault::held_for,
        ),
        DrillFault::of("sagging", "-SAG", above("sag", 8.0, 18.0), |rep, aim| {
            rep.keep_far(4.5);
            rep.sag = aim.target / aim.range;
        }),
        DrillFault::of(
            "sway",
            "-SWAY",
            above("sway_acc", 0.50, 2.0),
            fault::swaying,
        ),
        BOUNCED,
        DrillFault::of(
            "hip-drop",
            "-DROP",
            above("pelvis_roll", 8.0, 35.0),
            fault::pelvis_roll,
        ),
        DrillFault::of(
            "thorax-rolled",
            "-SIDE",
            above("thorax_roll", 12.0, 35.0),
            fault::thorax_roll,
        ),
        DrillFault::of(
            "fast-raise",
            "-FASTR",
            below("t_raise", 1.0, 0.4),
            fault::raise_in,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTL",
            below("t_lower", 1.0, 0.4),
            fault::lower_in,
        ),
        DrillFault::of(
            "high-speed",
            "-VEL",
            above("speed_peak", 56.0, 180.0),
            fault::peak_speed,
        ),
        DrillFault::of(
            "dropped",
            "-FALL",
            above("speed_peak_lower", 112.0, 220.0),
            fault::lower_peak_speed,
        ),
    ],
};

const FLAT: Pose = SUPINE.arms(85.0, 85.0).on(Anchor::Hips, [0.0, 0.0, 0.055]);
const ROLLED_UP: Pose = FLAT.bent(42.0, 2.0).arms(-80.0, -80.0);

pub(super) static ROLL_UP: Drill = Drill {
    id: "roll_up",
    prefix: "RU",
    way_in: DOWN_TO_THE_BACK,
    start: FLAT,
    act: Act::Reps(
        Reps::new(
            First::Raise,
            &[
                Key::new(ROLLED_UP, [5.0, 4.4, 3.9], [0.9, 0.7, 0.5]),
                Key::new(FLAT, [5.2, 4.6, 4.1], [1.8, 1.5, 1.3]),
            ],
            &[
                (Signal::ThetaRise, &[ST, T7]),
                (Signal::ThetaRise, &[AP, SA]),
            ],
            &[80.0, 60.0],
        )
        .zone(15.0),
    ),
    faults: &[
        DrillFault::of("shallow", "-ROM", below("peak", 90.0, 50.0), fault::shallow),
        DrillFault::of(
            "fast-raise",
            "-FASTU",
            below("t_raise", 2.5, 0.8),
            fault::raise_in,
        ),
        DrillFault::of(
            "fast-lowering",
            "-FASTD",
            below("t_lower", 2.5, 0.8),
            fault::lower_in,
        ),
        DrillFault::of(
            "jerked",
            "-JERK",
            above("speed_ratio_out", 3.0, 6.0),
            |rep, aim| {
                rep.surge_out(aim.target);
            },
        ),
        DrillFault::of(
            "plop",
            "-PLOP",
            above("speed_end", 90.0, 220.0),
            |rep, aim| {
                // The last 34° in one go.
                const LAST: f64 = 34.0;
                let far = rep.far().pose;
                let low = rep.start.towards(&far, LAST / aim.range);
                let (_, back) = rep.times();
                let fall = 1.875 * LAST / aim.target;
                rep.come_back_by(low, 1.0 - fall / back, 0.0);
            },
        ),
        DrillFault::of(
            "high-speed",
            "-VEL",
            above("speed_peak", 113.0, 300.0),
            fault::peak_speed,
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("speed_peak_lower", 180.0, 400.0),
            fault::lower_peak_speed,
        ),
        DrillFault::of(
            "side-lean",
            "-SIDE",
            above("side_max", 12.0, 40.0),
            fault::side_lean,
        ),
        DrillFault::of(
            "side-bias",
            "-SYM",
            of_set(above("side_bias", 6.0, 20.0)),
            |rep, aim| {
                let pose = &mut rep.far().pose;
                pose.thorax.sigma += aim.target;
                pose.pelvis.sigma += aim.target;
            },
        ),
    ],
};

const KNEES_ASIDE: Pose = Pose {
    lead: Leg {
        thigh: -145.0,
        shank: -18.0,
        out: -40.0,
    },
    trail: Leg {
        thigh: -145.0,
        shank: -18.0,
        out: 40.0,
    },
    ..SUPINE_BENT.leaning(4.5, 42.0)
};

pub(super) static ROLLING_KNEES: Drill = Drill {
    id: "rolling_knees",
    prefix: "RK",
    way_in: DOWN_TO_THE_BACK,
    start: SUPINE_BENT,
    act: Act::Reps(
        Reps::new(
            First::Lower,
            &[
                Key::new(KNEES_ASIDE, [2.9, 2.5, 2.2], [7.6, 7.0, 6.6]),
                Key::new(SUPINE_BENT, [2.9, 2.5, 2.2], [1.9, 1.6, 1.4]),
            ],
            &[(Signal::Side, &[AP, SA])],
            &[30.0],
        )
        .by_sides(Sides::Alternate),
    ),
    faults: &[
        DrillFault::of("shallow", "-ROM", below("peak", 20.0, 13.0), fault::shallow),
        DrillFault::of(
            "hold-short",
            "-HOLD",
            below("t_hold", 5.0, 1.0),
            fault::held_for,
        ),
        DrillFault::of(
            "shoulder-up",
            "-SHOULDER",
            above("thorax_roll", 15.0, 45.0),
            fault::thorax_roll,
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
            below("t_raise", 1.0, 0.4),
            fault::raise_in,
        ),
        DrillFault::of(
            "dropped",
            "-DROP",
            above("speed_peak", 90.0, 260.0),
            fault::peak_speed,
        ),
        UNEVEN_SIDES,
        DrillFault::of(
            "uneven-range",
            "-SYM",
            of_set(above("rom_symmetry", 20.0, 60.0)),
            fault::uneven_range,
        ),
    ],
};
