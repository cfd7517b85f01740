use std::collections::BTreeSet;

use super::*;
use crate::exercise;

const MINE: &str = r#"id = "mine"
name = "Mine"
summary = "Two steps."
version = 1
per_week = [1, 3]

[[step]]
exercise = "good_morning"
class = "warm_up"
sets = 1
reps = 3
rest_s = 30

[[step]]
exercise = "hyperext_45"
class = "loaded"
sets = 3
reps = 8
fewer = 2
rest_s = 60
gates = ["taught"]
settings = { allow_past_line_deg = 10 }
"#;

fn faults(text: &str) -> Vec<String> {
    match Programme::parse(text, "mine.toml") {
        Ok(_) => Vec::new(),
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

#[test]
fn every_built_in_programme_is_sound_and_names_exercises_that_exist() {
    for built_in in library() {
        let programme = Programme::parse(built_in.text, built_in.path).unwrap();
        assert_eq!(programme.id, built_in.id);
        for step in &programme.steps {
            assert!(
                exercise::built_in(&step.exercise).is_ok(),
                "{}",
                step.exercise
            );
            assert!(step.why.is_some(), "{}: {}", programme.id, step.exercise);
        }
        let used: BTreeSet<&String> = programme
            .steps
            .iter()
            .flat_map(|step| &step.sources)
            .collect();
        let listed: BTreeSet<&String> = programme.sources.keys().collect();
        assert_eq!(used, listed, "{}", programme.id);
    }
}

#[test]
fn built_in_programmes_warm_up_first_and_stretch_last() {
    for built_in in library() {
        let programme = Programme::parse(built_in.text, built_in.path).unwrap();
        let classes: Vec<Class> = programme.steps.iter().map(|step| step.class).collect();
        assert_eq!(classes.first(), Some(&Class::WarmUp), "{}", programme.id);
        assert_eq!(classes.last(), Some(&Class::Stretch), "{}", programme.id);
        let last_strong = classes.iter().rposition(|class| class.strengthens());
        let first_stretch = classes.iter().position(|class| *class == Class::Stretch);
        assert!(last_strong < first_stretch, "{}", programme.id);
    }
}

#[test]
fn what_is_left_out_of_the_big_three_is_said() {
    let programme = built_in("mcgill_style").unwrap();
    assert!(
        programme
            .left_out
            .iter()
            .any(|what| what.contains("curl-up"))
    );
    assert!(programme.summary.contains("not endorsed"));
    let bird_dog = programme
        .steps
        .iter()
        .find(|step| step.exercise == "bird_dog");
    let bird_dog = bird_dog.unwrap();
    assert_eq!((bird_dog.reps, bird_dog.fewer, bird_dog.sets), (8, 2, 3));
}

#[test]
fn barbell_lifts_and_roll_ups_are_gated_wherever_a_built_in_programme_has_them() {
    for built_in in library() {
        let programme = Programme::parse(built_in.text, built_in.path).unwrap();
        for step in &programme.steps {
            let needed: &[Gate] = match step.exercise.as_str() {
                "good_morning" | "deadlift" | "sldl" | "squat" | "bent_row" => &[Gate::Taught],
                "roll_up" => &[Gate::NoOsteoporosis, Gate::NoAcuteBack],
                "slouch_overcorrect" => &[Gate::PainSettled],
                _ => &[],
            };
            assert!(needed.iter().all(|gate| step.gates.contains(gate)));
        }
    }
}

#[test]
fn a_file_of_ones_own_is_read_with_everything_in_it() {
    let programme = Programme::parse(MINE, "mine.toml").unwrap();
    let step = &programme.steps[1];
    assert_eq!((step.class, step.sets, step.fewer), (Class::Loaded, 3, 2));
    assert_eq!(step.gates, [Gate::Taught]);
    let chosen: Vec<(&str, f64)> = step.chosen().collect();
    assert_eq!(chosen, [("allow_past_line_deg", 10.0)]);
}

#[test]
fn the_hold_of_a_step_is_the_setting_of_its_exercise() {
    let held = MINE.replace(
        "exercise = \"good_morning\"",
        "exercise = \"plank\"\nhold_s = 12",
    );
    let programme = Programme::parse(&held, "mine.toml").unwrap();
    let chosen: Vec<(&str, f64)> = programme.steps[0].chosen().collect();
    assert_eq!(chosen, [("target_hold_s", 12.0)]);
    let none = MINE.replace("reps = 3", "reps = 3\nhold_s = 12");
    let said = faults(&none);
    assert!(
        said[0].contains("has no setting `target_hold_s`"),
        "{said:?}"
    );
}

#[test]
fn each_fault_is_told_with_its_line() {
    for (find, replace, line, said) in [
        (
            "id = \"mine\"",
            "id = \"My own\"",
            1,
            "`id` may hold a-z, 0-9 and _ only",
        ),
        (
            "per_week = [1, 3]",
            "per_week = [3, 1]",
            5,
            "`per_week` is [least, most]",
        ),
        (
            "class = \"warm_up\"",
            "class = \"warmup\"",
            9,
            "there is no class `warmup` (did you mean `warm_up`?)",
        ),
        ("reps = 3", "reps = 0", 11, "`reps` lies between 1 and 100"),
        (
            "reps = 3",
            "repetitions = 3",
            11,
            "a step has no field `repetitions`",
        ),
        (
            "rest_s = 30",
            "rest_s = 6000",
            12,
            "`rest_s` lies between 0 and 600",
        ),
        (
            "exercise = \"hyperext_45\"",
            "exercise = \"hyperext_54\"",
            15,
            "there is no exercise `hyperext_54`",
        ),
        (
            "exercise = \"hyperext_45\"",
            "exercise = \"sitting\"",
            15,
            "`sitting` is not done in sets",
        ),
        ("sets = 3", "sets = 99", 17, "`sets` lies between 1 and 20"),
        (
            "fewer = 2",
            "fewer = 4",
            19,
            "`fewer` leaves nothing for the last set",
        ),
        (
            "gates = [\"taught\"]",
            "gates = [\"tought\"]",
            21,
            "there is no gates `tought`",
        ),
        (
            "gates = [\"taught\"]",
            "gates = [\"taught\", \"taught\"]",
            21,
            "the gate `taught` is there twice",
        ),
        (
            "allow_past_line_deg",
            "allow_past_lime_deg",
            22,
            "has no setting `allow_past_lime_deg`",
        ),
    ] {
        assert!(MINE.contains(find), "{find}");
        let text = MINE.replacen(find, replace, 1);
        let told = faults(&text);
        let wanted = format!("mine.toml:{line}: ");
        let is_told = told
            .iter()
            .any(|told| told.starts_with(&wanted) && told.contains(said));
        assert!(is_told, "{replace}: {told:?}");
    }
}

#[test]
fn hostile_files_are_refused_and_never_panic() {
    let many = format!(
        "{}{}",
        &MINE[..MINE.find("[[step]]").unwrap_or(0)],
        "[[step]]\nexercise = 'x'\nclass = 'loaded'\nsets = 1\nreps = 1\nrest_s = 1\n".repeat(31)
    );
    for text in [
        "",
        "[[[",
        "step = 3",
        "id = \"\\u0000\"",
        "[[step]]\n[[step]]\n",
        "per_week = [1e300, nan]",
        "\u{feff}id = 1",
        &"x = 1\n".repeat(60_000),
        &many,
        &MINE.replace("fewer = 2", "fewer = 4294967295"),
        &MINE.replace("reps = 8", "reps = 4294967296"),
        &MINE.replace("rest_s = 60", "rest_s = inf"),
        &MINE.replace(
            "per_week = [1, 3]",
            "per_week = [1, 3]\nsources = { a = \"\" }",
        ),
    ] {
        assert!(!faults(text).is_empty(), "{text}");
    }
}

#[test]
fn a_step_in_a_file_of_its_own_is_left_to_who_can_open_it() {
    let text = MINE.replace("exercise = \"good_morning\"", "exercise = \"my_own.toml\"");
    let programme = Programme::parse(&text, "mine.toml").unwrap();
    assert!(programme.steps[0].is_file());
}

#[test]
fn the_words_of_files_are_those_of_the_types() {
    for (class, word) in [
        (Class::WarmUp, Class::WORDS[0]),
        (Class::Control, Class::WORDS[1]),
        (Class::Loaded, Class::WORDS[2]),
        (Class::Hold, Class::WORDS[3]),
        (Class::Stretch, Class::WORDS[4]),
    ] {
        assert_eq!(class.word(), word);
        assert_eq!(
            serde_json::to_string(&class).unwrap(),
            format!("\"{word}\"")
        );
    }
    for (gate, word) in Gate::ALL.iter().zip(Gate::WORDS) {
        assert_eq!(serde_json::to_string(gate).unwrap(), format!("\"{word}\""));
        assert_eq!(word.parse::<Gate>().as_ref(), Ok(gate));
    }
    assert!("taut".parse::<Gate>().is_err());
}

#[test]
fn the_guide_names_every_field() {
    let guide = include_str!("../../programmes/README.md");
    for field in [
        "id", "name", "summary", "version", "per_week", "left_out", "sources", "exercise", "class",
        "sets", "reps", "fewer", "hold_s", "rest_s", "settings", "gates", "why",
    ] {
        assert!(guide.contains(&format!("| `{field}` |")), "{field}");
    }
    for word in Class::WORDS.iter().chain(&Gate::WORDS) {
        assert!(guide.contains(&format!("`{word}`")), "{word}");
    }
    for rule in advice::RULES {
        assert!(guide.contains(rule.id), "{}", rule.id);
        assert!(guide.contains(rule.when), "{}", rule.when);
    }
}
