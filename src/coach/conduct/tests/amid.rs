//! Programmes: one exercise after the other.

use super::*;
use crate::coach::{PlanError, PlannedProgramme, PlannedStep, SetupStep};
use crate::programme::Class;

/// A programme of exercises, all with the same amount.
fn programme(exercises: &[&str], goal: Goal) -> Plan {
    let step = |id: &&str| PlannedStep {
        class: Class::Loaded,
        exercise: built_in(id).unwrap(),
        goal,
        settings: Default::default(),
    };
    Plan {
        exercise: built_in(exercises[0]).unwrap(),
        sensors: vec![WornSensor {
            family: WornSensor::IMPORTED.to_owned(),
            placement: Placement::T7,
            name: String::new(),
        }],
        setup: Setup::Guided,
        goal,
        settings: Default::default(),
        conduct: Conduct::Lead,
        programme: Some(PlannedProgramme {
            id: "p".to_owned(),
            name: "P".to_owned(),
            version: 1,
            class: Class::WarmUp,
            then: exercises[1..].iter().map(step).collect(),
        }),
    }
}

fn begun(exercises: &[&str], goal: Goal) -> Session {
    let mut session = Session::of(&programme(exercises, goal));
    session.set_up();
    session.hold(3.0);
    session
}

/// The exercises that were begun, and when.
fn exercises(session: &Session) -> Vec<(u32, f64)> {
    let begun = |event: &Event| match event {
        Event::Exercise { at, index, .. } => Some((*index, at.seconds())),
        _ => None,
    };
    session.events.iter().filter_map(begun).collect()
}

fn indices(session: &Session) -> Vec<u32> {
    exercises(session).iter().map(|(index, _)| *index).collect()
}

fn bow(session: &mut Session, count: u32) {
    for _ in 0..count {
        session.turn(75.0, 2.5);
        session.turn(0.0, 2.0);
        session.hold(1.2);
    }
}

fn setup_steps(session: &Session) -> Vec<SetupStep> {
    let step = |event: &Event| match event {
        Event::Setup { step, .. } => Some(*step),
        _ => None,
    };
    session.events.iter().filter_map(step).collect()
}

#[test]
fn one_exercise_follows_the_other_with_one_set_up() {
    let mut session = begun(&["hyperext_45", "good_morning"], goal(2, 1, 20.0));
    session.reps(2);
    session.hold(4.0);
    assert_eq!(indices(&session), [0, 1]);
    assert!(session.has(Call::NextExercise) && !session.has(Call::AllDone));
    assert_eq!(session.phase(), SettingUp);
    session.turn(0.0, 2.0);
    session.hold(6.0);
    assert_eq!(session.phase(), Exercising);
    bow(&mut session, 2);
    session.hold(5.0);
    assert_eq!(session.phase(), Finished);
    assert_eq!(session.ended(), [2, 2]);
    let numbers: Vec<u32> = session
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Rep(rep) => Some(rep.number),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [1, 2, 1, 2]);
    let bends = setup_steps(&session);
    let bends = bends.iter().filter(|step| **step == SetupStep::BendOnce);
    assert_eq!(bends.count(), 1, "the mounting is measured once");
    let phases = session.phases();
    let finished = phases.iter().filter(|phase| **phase == Finished);
    assert_eq!(finished.count(), 1);
}

#[test]
fn the_next_exercise_is_named_with_its_pose() {
    let mut session = begun(&["hyperext_45", "good_morning"], goal(2, 1, 20.0));
    session.reps(2);
    session.hold(6.0);
    let said = session.events.iter().find_map(|event| match event {
        Event::Call {
            call: Call::NextExercise,
            text,
            ..
        } => Some(text.clone()),
        _ => None,
    });
    assert_eq!(said.unwrap(), "Next: Good morning. Standing upright");
}

#[test]
fn stillness_from_before_is_no_start_pose_of_the_next_exercise() {
    // Both begin on a 45° bench, so that the wearer lies in the next start pose already.
    let mut session = begun(&["hyperext_45", "hyperext_45"], goal(2, 1, 20.0));
    session.reps(2);
    session.hold(12.0);
    let (_, begun) = exercises(&session)[1];
    let ready = session.events.iter().rev().find_map(|event| match event {
        Event::Setup {
            at,
            step: SetupStep::Ready,
        } => Some(at.seconds()),
        _ => None,
    });
    let waited = ready.unwrap() - begun;
    assert!((1.9..3.0).contains(&waited), "{waited}");
    session.reps(2);
    session.hold(5.0);
    assert_eq!(session.ended(), [2, 2]);
}

#[test]
fn next_goes_on_to_the_next_exercise_but_not_by_a_second_press() {
    let mut session = begun(&["hyperext_45", "good_morning"], goal(8, 3, 60.0));
    let since = session.phases().len();
    session.command(Command::Next);
    session.hold(0.2);
    assert_eq!(indices(&session), [0], "{:?}", &session.phases()[since..]);
    session.reps(2);
    session.command(Command::Next);
    session.hold(0.2);
    assert_eq!(indices(&session), [0, 1]);
    assert_eq!(session.ended(), [2]);
}

#[test]
fn next_in_a_rest_is_the_next_set() {
    let mut session = begun(&["hyperext_45", "good_morning"], goal(2, 2, 60.0));
    session.reps(2);
    session.hold(4.0);
    assert_eq!(session.phase(), Resting);
    session.command(Command::Next);
    session.hold(0.2);
    assert_eq!(indices(&session), [0]);
    assert!(matches!(session.phase(), CountIn | Arming));
}

#[test]
fn after_pain_nobody_is_sent_on_and_whoever_goes_on_does_something_else() {
    let mut session = begun(&["hyperext_45", "good_morning"], goal(8, 2, 20.0));
    session.reps(2);
    session.command(Command::Pain);
    session.hold(120.0);
    assert_eq!((session.phase(), indices(&session)), (Paused, vec![0]));
    session.command(Command::Next);
    session.hold(0.2);
    assert_eq!(indices(&session), [0, 1]);
    assert_eq!(session.phase(), SettingUp);
}

#[test]
fn pain_in_the_last_exercise_ends_the_programme_when_the_wearer_goes_on() {
    let mut session = begun(&["hyperext_45"], goal(8, 2, 20.0));
    session.reps(2);
    session.command(Command::Pain);
    session.hold(5.0);
    session.command(Command::Next);
    session.hold(0.2);
    assert_eq!(session.phase(), Finished);
}

#[test]
fn two_pauses_end_an_exercise_whatever_sets_are_left() {
    let mut session = begun(&["hyperext_45", "good_morning"], goal(8, 3, 20.0));
    session.rep();
    for _ in 0..2 {
        session.turn(BENCH + 75.0, 0.45);
        session.turn(BENCH, 2.0);
        session.hold(6.0);
        assert!(session.count() >= 2);
    }
    session.hold(2.0);
    assert_eq!(indices(&session), [0, 1]);
}

#[test]
fn enough_of_the_last_exercise_ends_the_programme_once() {
    let mut session = begun(&["hyperext_45"], goal(8, 3, 20.0));
    for _ in 0..2 {
        session.turn(BENCH + 75.0, 0.45);
        session.turn(BENCH, 2.0);
        session.hold(6.0);
    }
    session.hold(5.0);
    let calls = session.calls();
    let ends = calls.iter().filter(|call| **call == Call::AllDone);
    assert_eq!((session.phase(), ends.count()), (Finished, 1));
}

#[test]
fn the_start_pose_of_another_step_held_for_long_means_that_step() {
    let plan = programme(
        &["hyperext_45", "good_morning", "hyperext_90"],
        goal(2, 1, 20.0),
    );
    let mut session = Session::of(&plan);
    session.hold(4.5);
    session.turn(50.0, 2.0);
    session.turn(0.0, 2.0);
    session.hold(2.0);
    // Standing still is the start pose of the second step, and of waiting.
    session.hold(15.0);
    assert_eq!(indices(&session), [0]);
    session.turn(90.0, 2.0);
    session.hold(8.0);
    assert_eq!(indices(&session), [0]);
    session.hold(3.5);
    assert_eq!(indices(&session), [0, 2]);
    session.hold(3.0);
    assert_eq!(session.phase(), CountIn);
}

#[test]
fn sets_get_shorter_where_the_programme_says_so() {
    let goal = Goal {
        fewer: 1,
        ..goal(3, 2, 10.0)
    };
    let mut session = begun(&["hyperext_45", "good_morning"], goal);
    session.reps(3);
    session.hold(4.0);
    session.walk_about(10.0);
    session.hold(6.0);
    session.reps(2);
    session.hold(5.0);
    assert_eq!(session.ended(), [3, 2]);
    assert_eq!(indices(&session), [0, 1]);
}

#[test]
fn without_a_leader_the_wearer_says_when_the_next_exercise_begins() {
    let mut plan = programme(&["hyperext_45", "good_morning"], goal(2, 1, 20.0));
    plan.conduct = Conduct::Watch;
    let mut session = Session::of(&plan);
    session.hold(4.5);
    session.turn(50.0, 2.0);
    session.turn(0.0, 2.0);
    session.hold(2.0);
    session.turn(BENCH, 2.0);
    session.hold(3.0);
    session.reps(4);
    assert_eq!(indices(&session), [0]);
    session.command(Command::Next);
    session.turn(0.0, 2.0);
    session.hold(4.0);
    bow(&mut session, 3);
    let more = session.coach.finish();
    session.events.extend(more);
    assert_eq!(indices(&session), [0, 1]);
    assert_eq!(session.ended(), [4, 3]);
}

#[test]
fn a_programme_is_refused_for_what_one_of_its_steps_cannot_be_counted_by() {
    let mut plan = programme(&["hyperext_45", "sitting"], goal(2, 1, 20.0));
    let refusal = Coach::new(&plan).err();
    assert!(matches!(refusal, Some(PlanError::NoStep { .. })));
    plan = programme(&["hyperext_45", "pelvic_tilt"], goal(2, 1, 20.0));
    let refusal = Coach::new(&plan).err().map(|error| error.to_string());
    assert!(refusal.unwrap().contains("`pelvic_tilt` cannot be counted"));
    let kept = plan.with_steps(|index| index == 0).unwrap();
    assert_eq!(kept.steps(), 1);
    assert!(Coach::new(&kept).is_ok());
}

#[test]
fn a_plan_with_a_programme_comes_back_from_json_and_an_old_one_still_reads() {
    let plan = programme(&["hyperext_45", "good_morning"], goal(2, 1, 20.0));
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
    let alone = plan.step(1).unwrap();
    let json = serde_json::to_string(&alone).unwrap();
    assert!(!json.contains("\"programme\":") && !json.contains("\"fewer\":"));
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), alone);
}

#[test]
fn steps_of_a_plan_can_be_left_out_from_the_first_on() {
    let plan = programme(
        &["hyperext_45", "good_morning", "superman"],
        goal(2, 1, 20.0),
    );
    let rest = plan.with_steps(|index| index != 0).unwrap();
    assert_eq!(
        (rest.steps(), rest.exercise.id.as_str()),
        (2, "good_morning")
    );
    assert_eq!(rest.class_at(0), Some(Class::Loaded));
    assert_eq!(rest.id(), "p");
    assert!(plan.with_steps(|_| false).is_none());
}
