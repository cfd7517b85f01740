//! Who does what, wearing what, over which radio.

use backcoach::input::{Placement, Side};
use backcoach::sources::synthetic::{
    Body, Drill, Exercise, GapKind, LinkModel, Radio, Scenario, Tempo, WornSensor,
};

use super::Wanted;

/// Faults are put in at this many times their limit.
const FAULT_FACTOR: f64 = 1.5;

/// One session.
pub struct Case {
    pub scenario: Scenario,
}

/// Every session of an exercise.
pub fn cases(exercise: Exercise, wanted: &Wanted) -> Vec<Case> {
    match exercise {
        Exercise::Drill(drill) => of_a_table(exercise, drill, wanted),
        _ => scripted(exercise, wanted),
    }
}

/// The exercises with a script of their own: places × bodies × tempi × radios.
fn scripted(exercise: Exercise, wanted: &Wanted) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, places) in worn(exercise).iter().enumerate() {
        for (k, (body, tempo, link)) in grid(wanted.is_quick).into_iter().enumerate() {
            let mut scenario = scenario(exercise, places, (number * 1000 + k) as u64);
            (scenario.body, scenario.tempo, scenario.link) = (body, tempo, link);
            cases.push(Case { scenario });
        }
        if wanted.is_clean {
            continue;
        }
        let seeds: &[u64] = if wanted.is_quick { &[1] } else { &[1, 2, 3] };
        for fault in exercise.faults() {
            for seed in seeds {
                let mut scenario =
                    scenario(exercise, places, 7000 + seed).with_fault(fault, FAULT_FACTOR);
                scenario.body = Body::ALL[(*seed as usize * 2) % Body::ALL.len()];
                cases.push(Case { scenario });
            }
        }
    }
    cases
}

/// The tables: clean with each place that counts, and with all that judges; faults with all that judges.
fn of_a_table(exercise: Exercise, drill: &'static Drill, wanted: &Wanted) -> Vec<Case> {
    let mut cases = Vec::new();
    let usual: Vec<Placement> = Scenario::of(exercise)
        .sensors
        .iter()
        .map(|worn| worn.placement)
        .collect();
    let judging = with_the_trunk(drill, &usual);
    let mut places = vec![usual.clone(), judging.clone()];
    for place in drill.placements() {
        let alone = on_both_sides(drill, place);
        if !places.contains(&alone) {
            places.push(alone);
        }
    }
    let grid = grid(wanted.is_quick);
    for (number, places) in places.iter().enumerate() {
        // The usual place is tried widely, every other one in a few sessions.
        let most = if number == 0 { grid.len() } else { 3 };
        for k in 0..most {
            let (body, tempo, link) = grid[(k * 7 + number) % grid.len()].clone();
            let mut scenario = scenario(exercise, places, (number * 1000 + k) as u64);
            (scenario.body, scenario.tempo, scenario.link) = (body, tempo, link);
            // Two sets show what lies between; a hold takes as long as some repetitions.
            scenario.sets = 2;
            scenario.rest = 20.0;
            if drill.is_hold() {
                scenario.reps = 2;
            }
            cases.push(Case { scenario });
        }
    }
    if wanted.is_clean {
        return cases;
    }
    let seeds: &[u64] = if wanted.is_quick { &[1] } else { &[1, 2, 3] };
    for fault in exercise.faults() {
        for seed in seeds {
            let seen_at = drill.fault(fault.name()).and_then(|fault| fault.seen_at);
            let places = seen_at.map_or_else(|| judging.clone(), |place| vec![place]);
            let mut scenario =
                scenario(exercise, &places, 7000 + seed).with_fault(fault, FAULT_FACTOR);
            scenario.body = Body::ALL[(*seed as usize * 2) % Body::ALL.len()];
            if drill.is_hold() {
                scenario.reps = 2;
            }
            // A strap slips between two sets.
            scenario.sets = if fault.name() == "strap-slip" { 2 } else { 1 };
            scenario.rest = 20.0;
            cases.push(Case { scenario });
        }
    }
    cases
}

/// Both segments of the trunk beside the limb that counts; for the breath chest and belly, seen from the front.
fn with_the_trunk(drill: &Drill, usual: &[Placement]) -> Vec<Placement> {
    if drill.id == "diaphragm_breathing" {
        return vec![Placement::Sternum, Placement::FrontPelvis];
    }
    let mut places: Vec<Placement> = usual
        .iter()
        .copied()
        .filter(|place| {
            matches!(
                place,
                Placement::Thigh(_) | Placement::Ankle(_) | Placement::Wrist(_) | Placement::Bar
            )
        })
        .collect();
    places.extend([Placement::T7, Placement::Sacrum]);
    places
}

/// A place, on both limbs where they take turns.
fn on_both_sides(drill: &Drill, place: Placement) -> Vec<Placement> {
    let both =
        |of: fn(Option<Side>) -> Placement| vec![of(Some(Side::Left)), of(Some(Side::Right))];
    match place {
        Placement::Thigh(_) if drill.alternates_sides() => both(Placement::Thigh),
        Placement::Ankle(_) if drill.alternates_sides() => both(Placement::Ankle),
        Placement::Wrist(_) if drill.alternates_sides() => both(Placement::Wrist),
        place => vec![place],
    }
}

fn worn(exercise: Exercise) -> Vec<Vec<Placement>> {
    use Placement::{Sacrum, Sternum, T7, Thigh};
    let leg = Thigh(Some(Side::Left));
    match exercise {
        Exercise::BirdDog => vec![
            vec![leg, Sacrum],
            vec![leg, Thigh(Some(Side::Right)), Sacrum, T7],
            vec![Sacrum],
        ],
        Exercise::Superman => vec![vec![T7], vec![T7, Sacrum]],
        Exercise::GoodMorning => vec![
            vec![T7],
            vec![Sacrum],
            vec![T7, Sacrum],
            vec![T7, Thigh(Some(Side::Right))],
        ],
        _ => vec![vec![T7], vec![Sternum], vec![Sacrum], vec![T7, Sacrum]],
    }
}

fn grid(quick: bool) -> Vec<(Body, Tempo, LinkModel)> {
    let radios = || {
        [
            LinkModel::Radio(Radio::good()),
            LinkModel::Radio(Radio::crowded()),
            LinkModel::Radio(Radio::good().with_gap(GapKind::Silent, Some(45.0), 4.0)),
        ]
    };
    let mut grid = Vec::new();
    for (b, body) in Body::ALL.into_iter().enumerate() {
        for (t, tempo) in Tempo::ALL.into_iter().enumerate() {
            for (l, link) in radios().into_iter().enumerate() {
                if !quick || (b + t + l) % 5 == 0 {
                    grid.push((body, tempo, link));
                }
            }
        }
    }
    grid
}

fn scenario(exercise: Exercise, places: &[Placement], seed: u64) -> Scenario {
    let mut scenario = Scenario::of(exercise);
    scenario.seed = seed;
    let sensor = |(k, place): (usize, &Placement)| {
        WornSensor::new(*place).mounted_at_random(seed * 10 + k as u64)
    };
    scenario.sensors = places.iter().enumerate().map(sensor).collect();
    scenario
}
