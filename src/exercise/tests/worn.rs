//! What worn sensors count and judge.

use crate::exercise::*;
use crate::input::Placement::{Ankle, FrontPelvis, Sacrum, Sternum, T7, Thigh, Wrist};

fn ids(rules: &[&Rule]) -> Vec<String> {
    rules.iter().map(|rule| rule.id.clone()).collect()
}

#[test]
fn the_first_signal_that_is_worn_counts() {
    let bird_dog = built_in("bird_dog").unwrap();
    let left = Some(crate::input::Side::Left);
    let counts = |worn: &[Placement]| {
        let angle = bird_dog.counting_signal(worn).map(|signal| signal.angle);
        (
            angle,
            bird_dog.counting_placement(worn),
            bird_dog.is_estimated(worn),
        )
    };
    let thigh = Thigh(left);
    assert_eq!(
        counts(&[Sacrum, thigh]),
        (Some(SignalAngle::LimbTurn), Some(thigh), false)
    );
    assert_eq!(
        counts(&[Wrist(None)]),
        (Some(SignalAngle::LimbTurn), Some(Wrist(None)), false)
    );
    assert_eq!(
        counts(&[T7, Sacrum]),
        (Some(SignalAngle::Burst), Some(Sacrum), true)
    );
    assert_eq!(
        counts(&[Ankle(left)]),
        (Some(SignalAngle::Burst), Some(Ankle(left)), true)
    );
    assert_eq!(counts(&[FrontPelvis]), (None, None, false));
}

#[test]
fn rules_are_judged_by_what_is_worn() {
    let hyperext = built_in("hyperext_45").unwrap();
    let judged = |worn: &[Placement]| ids(&hyperext.judged_rules(worn));
    let has = |worn: &[Placement], id: &str| judged(worn).iter().any(|rule| rule == id);
    assert!(has(&[T7], "HX-OVER") && !has(&[T7], "HX-OVER-PELVIS") && !has(&[T7], "HX-ROUND"));
    assert!(!has(&[Sacrum], "HX-OVER") && has(&[Sacrum], "HX-OVER-PELVIS"));
    let both = [Sacrum, Sternum];
    assert!(has(&both, "HX-ROUND") && has(&both, "HX-OVER") && !has(&both, "HX-OVER-PELVIS"));
    for worn in [&[T7][..], &[Sacrum], &both, &[]] {
        let not = hyperext.not_judged(worn);
        assert_eq!(judged(worn).len() + not.len(), hyperext.rules.len());
    }
    let bird_dog = built_in("bird_dog").unwrap();
    let pitch =
        |worn: &[Placement]| ids(&bird_dog.judged_rules(worn)).contains(&"BD-PITCHT".to_owned());
    assert!(pitch(&[T7]) && !pitch(&[T7, Sacrum]));
}

#[test]
fn it_is_said_why_a_rule_is_not_judged() {
    let hyperext = built_in("hyperext_45").unwrap();
    let why = |worn: &[Placement], id: &str| {
        let not = hyperext.not_judged(worn);
        not.iter()
            .find(|(rule, _)| rule.id == id)
            .unwrap()
            .1
            .to_string()
    };
    assert_eq!(why(&[Sacrum], "HX-OVER"), "needs a sensor at T7 or ST");
    assert_eq!(why(&[T7], "HX-ROUND"), "needs a second sensor at SA or AP");
    assert_eq!(
        why(&[T7, Sacrum], "HX-DEEP-PELVIS"),
        "repetitions are counted by the sensor at T7, to which this rule does not apply"
    );
    let bird_dog = built_in("bird_dog").unwrap();
    let not = bird_dog.not_judged(&[T7, Sacrum]);
    let pitch = not.iter().find(|(rule, _)| rule.id == "BD-PITCHT").unwrap();
    assert_eq!(
        pitch.1.to_string(),
        "the sensor at SA shows it better, by another rule"
    );
}

#[test]
fn settings_move_limits() {
    let exercise = built_in("hyperext_45").unwrap();
    let limits = |id: &str, value: Option<f64>| {
        let rule = exercise.rules.iter().find(|rule| rule.id == id).unwrap();
        let limits = exercise.limits(rule, |_| value);
        [limits.info, limits.warn, limits.stop]
    };
    assert_eq!(
        limits("HX-OVER", None),
        [Some(-5.0), Some(-10.0), Some(-20.0)]
    );
    assert_eq!(
        limits("HX-OVER", Some(15.0)),
        [Some(-20.0), Some(-25.0), Some(-35.0)]
    );
    assert_eq!(
        limits("HX-OVER", Some(f64::NAN)),
        [Some(-5.0), Some(-10.0), Some(-20.0)]
    );
    assert_eq!(
        limits("HX-SHALLOW", Some(80.0)),
        [Some(80.0), Some(60.0), None]
    );
    assert_eq!(
        limits("HX-SHALLOW", Some(0.0)),
        [Some(60.0), Some(45.0), None]
    );
    assert_eq!(
        limits("HX-ROUND", Some(100.0)),
        [Some(160.0), Some(180.0), None]
    );
}

#[test]
fn the_gravest_limit_counts() {
    let limits = Limits {
        info: Some(-5.0),
        warn: Some(-10.0),
        stop: None,
    };
    let severity = |value| limits.severity(Comparator::Below, value);
    assert_eq!(severity(-5.0), None);
    assert_eq!(severity(-7.0), Some(Severity::Info));
    assert_eq!(severity(-30.0), Some(Severity::Warn));
    assert_eq!(severity(f64::NAN), None);
}
