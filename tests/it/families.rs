//! `backcoach sensors`: what each family gives, and what it cannot.

use backcoach::sensors::SENSORS;

use crate::support::{Workplace, stderr, stdout};

#[test]
fn every_family_is_listed_with_what_it_cannot() {
    let run = Workplace::new().run("sensors").success();
    let told = stdout(&run);
    for sensor in SENSORS {
        let tested = match sensor.abilities().is_tried {
            true => "(tested on hardware)",
            false => "(untested on hardware)",
        };
        let head = format!("{}: {} {tested}\n", sensor.family(), sensor.name());
        assert!(told.contains(&head), "no `{head}` in:\n{told}");
    }
    assert!(told.contains("  gyroscope  Verity Sense only\n"), "{told}");
    assert!(told.contains("  own clock  no\n"), "{told}");
    assert!(!told.contains('\u{1b}') && stderr(&run).is_empty());
}

#[test]
fn the_families_as_json_say_the_same() {
    let run = Workplace::new().run("sensors --json").success();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&stdout(&run)).unwrap();
    let families: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["family"].as_str())
        .collect();
    let known: Vec<&str> = SENSORS.iter().map(|sensor| sensor.family()).collect();
    assert_eq!(families, known);
    let polar = rows.iter().find(|row| row["family"] == "polar").unwrap();
    assert_eq!(polar["gyroscope"]["has"], "some");
    assert_eq!(polar["gyroscope"]["when"], "Verity Sense only");
    assert_eq!(polar["clock"]["has"], "yes");
    assert_eq!(polar["tested_on_hardware"], false);
}
