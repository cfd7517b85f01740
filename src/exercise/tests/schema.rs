//! The schema, the types and the README say the same.

use crate::exercise::schema::{self, Holds, Shape};
use crate::exercise::*;
use crate::input::Placement::{Ankle, Sacrum};

const README: &str = include_str!("../../../exercises/README.md");

/// The schema and the types name the same fields.
#[test]
fn the_schema_is_that_of_the_types() {
    fn compare(shape: &Shape, value: &serde_json::Value) {
        let object = value.as_object().unwrap();
        let mut names: Vec<_> = shape.names().collect();
        names.sort_unstable();
        let mut keys: Vec<_> = object.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(names, keys, "{}", shape.what);
        for field in shape.fields {
            match field.holds {
                Holds::Table(inner) => compare(inner, &object[field.name]),
                Holds::Tables(inner, _) => compare(inner, &object[field.name][0]),
                _ => {}
            }
        }
    }
    let mut exercise = built_in("hyperext_45").unwrap();
    let all = |rule: &mut Rule| {
        (rule.info, rule.warn, rule.stop) = (Some(1.0), Some(2.0), Some(3.0));
        (rule.allowance, rule.scale_with) = (Some("a".into()), Some("b".into()));
        (rule.with, rule.unless) = (vec![Sacrum], vec![Ankle(None)]);
        rule.only_if = Some(Condition {
            quantity: Quantity::Rom,
            when: Comparator::Above,
            limit: 1.0,
        });
        rule.cue = Some("c".into());
        rule.sources = vec!["s".into()];
    };
    exercise.rules.iter_mut().for_each(all);
    for signal in &mut exercise.signals {
        signal.max_rom = Some(150.0);
    }
    exercise
        .bounds
        .insert("lumflex_full_deg".into(), [30.0, 70.0]);
    let mut value = serde_json::to_value(&exercise).unwrap();
    // In a file these four have their unit behind them.
    for signal in value["signal"].as_array_mut().unwrap() {
        let signal = signal.as_object_mut().unwrap();
        for name in ["rest", "min_rom", "full_rom", "max_rom"] {
            let value = signal.remove(name).unwrap();
            signal.insert(format!("{name}_deg"), value);
        }
    }
    // Left out where it is `reps`, so that recordings made before it read the same.
    value["kind"] = "reps".into();
    compare(&schema::EXERCISE, &value);
}

/// A posture names some of the same fields, and its own.
#[test]
fn the_schema_of_a_posture_is_that_of_the_types() {
    let mut exercise = built_in("sitting").unwrap();
    for rule in &mut exercise.rules {
        (rule.scale_with, rule.after_with) = (Some("a".into()), Some("b".into()));
        (rule.after_min, rule.unless) = (Some(1.0), vec![Ankle(None)]);
        rule.sources = vec!["s".into()];
    }
    let value = serde_json::to_value(&exercise).unwrap();
    let names = |shape: &Shape| shape.names().map(str::to_owned).collect::<Vec<_>>();
    let keys = |value: &serde_json::Value| {
        let keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys
    };
    for name in names(&schema::POSTURE) {
        assert!(keys(&value).contains(&name), "{name}");
    }
    assert_eq!(keys(&value).len(), schema::POSTURE.names().count());
    for name in names(&schema::POSTURE_RULE) {
        assert!(keys(&value["rule"][0]).contains(&name), "{name}");
    }
}

#[test]
fn the_readme_has_every_quantity_as_it_is() {
    let row = |q: &Quantity| {
        let unit = serde_json::to_string(&q.unit()).unwrap();
        let unit = unit.trim_matches('"').replace('_', " ");
        let scope = serde_json::to_string(&q.scope()).unwrap();
        let meaning = q.meaning().replace('|', "\\|");
        format!(
            "| `{q}` | {unit} | {} | {} | {meaning} |\n",
            scope.trim_matches('"'),
            q.measured_on()
        )
    };
    let table: String = Quantity::ALL.iter().map(row).collect();
    assert!(
        README.contains(&table),
        "put this table into exercises/README.md:\n{table}"
    );
}

#[test]
fn the_readme_has_every_field() {
    fn look(shape: &Shape) {
        for field in shape.fields {
            assert!(
                README.contains(&format!("| `{}` |", field.name)),
                "{}",
                field.name
            );
            match field.holds {
                Holds::Table(inner) | Holds::Tables(inner, _) => look(inner),
                Holds::Word(words) => {
                    for word in words {
                        assert!(README.contains(&format!("`{word}`")), "{word}");
                    }
                }
                _ => {}
            }
        }
    }
    look(&schema::EXERCISE);
    look(&schema::TRAVEL);
    look(&schema::HOLD);
    look(&schema::POSTURE);
}

/// A hold names some of the same fields, and its own.
#[test]
fn the_schema_of_a_hold_is_that_of_the_types() {
    let value = serde_json::to_value(built_in("side_plank").unwrap()).unwrap();
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    for key in keys {
        assert!(schema::HOLD.field(key).is_some(), "{key}");
    }
    for key in value["hold"].as_object().unwrap().keys() {
        assert!(schema::HOLD_SHAPE.field(key).is_some(), "{key}");
    }
    for test in value["test"].as_array().unwrap() {
        for key in test.as_object().unwrap().keys() {
            assert!(schema::TEST.field(key).is_some(), "{key}");
        }
    }
}
