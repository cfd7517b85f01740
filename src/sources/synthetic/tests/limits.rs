//! What clean is, and that faults are.

use super::*;

/// The limits for a hint, by quantity: a clean session stays inside every one of them.
fn info_limits(exercise: Exercise) -> Vec<(&'static str, Bound)> {
    use Bound::{Above, Below};
    let back = vec![
        ("top_min", Below(-5.0)),
        ("top", Above(10.0)),
        ("peak", Below(60.0)),
        ("t_lower", Below(1.5)),
        ("t_raise", Below(1.0)),
        ("omega_peak", Above(95.0)),
        ("t_hold", Below(0.5)),
        ("t_turn", Above(3.0)),
        ("t_turn", Below(0.3)),
        ("side_max_abs", Above(8.0)),
        ("stick_ratio", Below(0.25)),
        ("sparc_raise", Below(-2.0)),
        ("sparc_lower", Below(-2.0)),
        ("lumflex_min", Below(-10.0)),
        ("lumflex_pct_turn", Above(60.0)),
        ("pelvis_share", Below(0.40)),
        ("peak", Above(90.0)),
    ];
    match exercise {
        Exercise::Hyperext45 | Exercise::Hyperext90 => back,
        Exercise::Superman => vec![
            ("lift", Above(25.0)),
            ("lift", Below(12.0)),
            ("t_hold", Above(10.0)),
            ("side_max_abs", Above(8.0)),
        ],
        Exercise::GoodMorning => vec![
            ("peak", Below(60.0)),
            ("peak", Above(95.0)),
            ("lumflex_pct_turn", Above(60.0)),
            ("pelvis_share", Below(0.60)),
            ("top_min", Below(-8.0)),
            ("omega_peak", Above(112.0)),
            ("side_max_abs", Above(8.0)),
            ("knee_forward", Above(25.0)),
            ("t_lower", Below(1.5)),
            ("t_raise", Below(1.0)),
        ],
        Exercise::Drill(_) => Vec::new(),
        Exercise::BirdDog => vec![
            ("pelvis_pitch_max", Above(6.0)),
            ("pelvis_pitch_min", Below(-8.0)),
            ("lumflex_min", Below(-8.0)),
            ("lumflex_max", Above(8.0)),
            ("pelvis_roll_max", Above(6.0)),
            ("thorax_roll_max", Above(8.0)),
            ("scissors_max", Above(10.0)),
            ("thorax_pitch_max_abs", Above(6.0)),
            ("leg_max", Above(5.0)),
            ("leg_hold", Below(-20.0)),
            ("t_hold", Below(6.0)),
            ("t_hold", Above(12.0)),
            ("hold_drop", Above(8.0)),
            ("sway_acc", Above(0.35)),
            ("sway_rms_sigma", Above(1.5)),
            ("sway_rms_theta", Above(1.5)),
            ("t_up", Below(1.0)),
            ("t_down", Below(1.0)),
            ("t_reset", Below(1.0)),
        ],
    }
}

fn set_info_limits() -> Vec<(&'static str, Bound)> {
    use Bound::Above;
    vec![
        ("rom_loss", Above(15.0)),
        ("velocity_loss", Above(20.0)),
        ("t_raise_slope", Above(5.0)),
        ("top_drift", Above(8.0)),
        ("lumflex_drift", Above(8.0)),
        ("pitch_or_roll_trend", Above(4.0)),
        ("side_difference", Above(1.0)),
        ("side_bias", Above(6.0)),
    ]
}

#[test]
fn a_clean_performance_is_inside_every_limit() {
    for exercise in Exercise::SCRIPTED {
        for (seed, body) in Body::ALL.into_iter().enumerate() {
            for tempo in Tempo::ALL {
                let mut scenario = Scenario::of(exercise);
                (scenario.body, scenario.tempo, scenario.seed) = (body, tempo, seed as u64);
                scenario.sensors = Vec::new();
                let truth = scenario.perform().truth;
                for rep in &truth.reps {
                    for (name, bound) in info_limits(exercise) {
                        let Some(&value) = rep.quantities.get(name) else {
                            continue;
                        };
                        assert!(
                            !bound.broken_by(value),
                            "{exercise:?} {tempo:?} {seed}: {name} {value}"
                        );
                    }
                }
                for (name, bound) in set_info_limits() {
                    if let Some(&value) = truth.sets[0].quantities.get(name) {
                        assert!(
                            !bound.broken_by(value),
                            "{exercise:?} {tempo:?} {seed}: {name} {value}"
                        );
                    }
                }
            }
        }
    }
}

/// Every fault, alone, in all bodies and tempi: its quantity is beyond the limit by about its factor.
#[test]
fn every_fault_reaches_its_factor() {
    let mut misses = Vec::new();
    for exercise in Exercise::SCRIPTED {
        for fault in exercise.faults() {
            for (seed, (tempo, factor)) in [
                (Tempo::Slow, 1.5),
                (Tempo::Normal, 1.25),
                (Tempo::Brisk, 1.5),
            ]
            .into_iter()
            .enumerate()
            {
                let mut scenario = Scenario::of(exercise).with_fault(fault, factor);
                (scenario.body, scenario.tempo, scenario.seed) =
                    (Body::ALL[2 * seed], tempo, seed as u64);
                scenario.sensors = Vec::new();
                (scenario.reps, scenario.sets) = if fault.is_of_set() { (8, 2) } else { (4, 1) };
                misses.extend(misses_of(&scenario, fault, factor));
            }
        }
    }
    assert!(
        misses.is_empty(),
        "{} of them:\n{}",
        misses.len(),
        misses.join("\n")
    );
}

fn misses_of(scenario: &Scenario, fault: Fault, factor: f64) -> Option<String> {
    let truth = scenario.perform().truth;
    let rule = scenario.governing(fault).unwrap();
    let target = fault.target(scenario.exercise, factor);
    let values: Vec<f64> = if rule.of_set {
        vec![
            truth.sets[1]
                .quantities
                .get(rule.quantity)
                .copied()
                .unwrap_or(f64::NAN),
        ]
    } else {
        let reps = truth
            .reps
            .iter()
            .filter(|rep| rep.faults.iter().any(|name| name == fault.name()));
        reps.map(|rep| quantity(rep, rule.quantity)).collect()
    };
    // Sway rides on everything; uneven sides come in whole repetitions, trends out of a few.
    let slack = match fault {
        Fault::Jerked => 0.5,
        Fault::StickingPoint => 0.4 * target,
        Fault::Shallow if scenario.exercise == Exercise::Superman => 2.0,
        Fault::UnevenSides => 2.0,
        Fault::NoReset | Fault::NoHold => 0.25 * target,
        _ if rule.of_set => 0.12 * target.abs() + 1.0,
        _ => 0.12 * target.abs(),
    };
    assert!(!values.is_empty());
    let bad = values
        .iter()
        .find(|v| (**v - target).abs() > slack || !rule.bound.broken_by(**v));
    bad.map(|v| {
        format!(
            "{:?} {fault} x{factor} {:?}: {} {v:.2}, meant {target:.2}",
            scenario.exercise, scenario.tempo, rule.quantity
        )
    })
}
