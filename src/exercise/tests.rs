//! The library as shipped, and every message of the loader.

use proptest::prelude::*;

use super::schema::{self, Holds, Shape};
use super::*;
use Placement::{Ankle, FrontPelvis, Sacrum, Sternum, T7, Thigh, Wrist};

/// An exercise that is as small as can be; `{}` stands where rules go.
const SMALL: &str = r#"id = "x"
name = "X"
summary = "Something."
version = 1
pose = { description = "Standing", theta_deg = 0, tolerance_deg = 15 }
dose = { reps = [8, 12], sets = [1, 3], rest_s = [60, 90] }
[rep]
first = "lower"
hold = "start"
hold_zone_deg = 8
tempo = { lower_s = [2, 3], raise_s = [1, 2], hold_s = [0, 1] }
[[signal]]
angle = "theta_rise"
placements = ["T7"]
rest_deg = 15
min_rom_deg = 30
min_rep_s = 2
max_rep_s = 20
confidence = "high"
[[rule]]
id = "A"
fault = "f"
quantity = "peak"
when = "above"
info = 90
placements = ["T7"]
kind = "quality"
rationale = "r"
evidence = "engineering"
"#;

fn messages(text: &str) -> String {
    match Exercise::parse(text, "x.toml") {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

/// The messages when `from` in the small exercise is `to`.
fn changed(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    messages(&SMALL.replacen(from, to, 1))
}

/// The messages when the small exercise's rule has these lines instead of its limit.
fn rule(lines: &str) -> String {
    changed("info = 90", lines)
}

fn shipped() -> Vec<Exercise> {
    library()
        .iter()
        .map(|file| Exercise::parse(file.text, file.path).unwrap_or_else(|error| panic!("{error}")))
        .collect()
}

#[test]
fn the_small_exercise_is_good() {
    assert_eq!(messages(SMALL), "");
}

#[test]
fn every_shipped_exercise_is_found_by_its_names() {
    for (exercise, file) in shipped().iter().zip(library()) {
        assert_eq!(exercise.id, file.id);
        assert_eq!(built_in(file.id).as_ref(), Ok(exercise));
        assert_eq!(
            built_in(&file.id.to_uppercase().replace('_', "-")).as_ref(),
            Ok(exercise)
        );
        for alias in &exercise.aliases {
            assert_eq!(built_in(alias).as_ref(), Ok(exercise));
        }
    }
}

#[test]
fn no_name_finds_two_exercises() {
    let mut names: Vec<String> = Vec::new();
    for exercise in shipped() {
        for name in std::iter::once(exercise.id).chain(exercise.aliases) {
            assert!(!names.contains(&name), "{name}");
            names.push(name);
        }
    }
}

#[test]
fn an_unknown_name_is_told_the_nearest() {
    assert_eq!(
        built_in("birddoge").unwrap_err().to_string(),
        "there is no exercise `birddoge` (did you mean `bird_dog`?); known ones: hyperext_45, hyperext_90, superman, bird_dog, good_morning. Give a path to use your own file"
    );
}

#[test]
fn an_exercise_survives_json() {
    for exercise in shipped() {
        let json = serde_json::to_string(&exercise).unwrap();
        assert_eq!(serde_json::from_str::<Exercise>(&json).unwrap(), exercise);
    }
}

#[test]
fn every_rule_says_where_it_comes_from_and_what_to_do() {
    for rule in shipped().iter().flat_map(|exercise| &exercise.rules) {
        let is_own = matches!(rule.evidence, Evidence::Engineering | Evidence::Derived);
        assert!(is_own || !rule.sources.is_empty(), "{}", rule.id);
        let tells = rule.warn.is_some() || rule.stop.is_some();
        assert_eq!(tells, rule.cue.is_some(), "{}", rule.id);
    }
}

#[test]
fn no_shipped_text_frightens_or_blames() {
    const DREAD: [&str; 24] = [
        "danger",
        "damag",
        "injur",
        "wrong",
        "unsafe",
        "safe ",
        "safely",
        " risk",
        "harm",
        "hurt",
        "bad ",
        "poor",
        "fail",
        "must",
        "never do",
        "correct posture",
        "cure",
        "treat",
        "prevent",
        "diagnos",
        "weak",
        "imbalance",
        "relieve",
        "medical",
    ];
    for exercise in shipped() {
        let mut texts = vec![
            &exercise.name,
            &exercise.summary,
            &exercise.pose.description,
        ];
        texts.extend(&exercise.setup);
        texts.extend(&exercise.cannot_see);
        for rule in &exercise.rules {
            texts.extend([&rule.fault, &rule.rationale]);
            texts.extend(&rule.cue);
        }
        for text in texts {
            let text = format!("{} ", text.to_lowercase());
            for word in DREAD {
                assert!(!text.contains(word), "{}: `{word}` in: {text}", exercise.id);
            }
        }
    }
}

#[test]
fn one_angle_excursion_never_pauses_a_set() {
    for rule in shipped().iter().flat_map(|exercise| &exercise.rules) {
        let is_angle = rule.quantity.unit() == Unit::Degrees && rule.quantity.scope() != Scope::Set;
        if rule.stop.is_some() && is_angle && rule.only_if.is_none() {
            assert_eq!(rule.stop_vote, [2, 2], "{}", rule.id);
        }
    }
}

/// The ids of the reference, so that none is lost: those merged into one rule have its name here.
#[test]
fn every_rule_of_the_reference_is_there() {
    let wanted = [
        (
            "hyperext_45",
            "HX-OVER HX-OVER-PELVIS HX-OVER-FAST HX-LUMEXT HX-TOP HX-SHALLOW HX-DEEP HX-DEEP-PELVIS HX-ROUND HX-PINNED HX-FASTL HX-FASTR HX-VEL HX-DROP HX-BOUNCE HX-HOLD HX-HANG HX-SIDE HX-SYM HX-STICK HX-SMOOTHL HX-SMOOTHR HX-FROM HX-FTOP-SINK HX-FTOP-ARCH HX-FTEMPO HX-VL HX-SLIP",
        ),
        (
            "superman",
            "SM-LIFT SM-HOLD SM-HOLDMIN SM-ROM SM-FASTL SM-FASTR SM-VEL SM-DROP SM-BOUNCE SM-SIDE SM-SYM SM-SMOOTHL SM-SMOOTHR SM-LUMEXT SM-FROM SM-FTEMPO SM-VL SM-SLIP",
        ),
        (
            "bird_dog",
            "BD-ARCH BD-ROUND BD-LUM BD-ROT BD-ROTT BD-DISS BD-PITCHT BD-LEGHI BD-LEGLO BD-HOLDMIN BD-HOLDMAX BD-LOST BD-SWAY BD-SWAY-ANGLE BD-FASTUP BD-FASTDN BD-RESET BD-ALT BD-SYM BD-FATIGUE BD-ROM BD-VEL BD-DROP BD-SMOOTHL BD-SMOOTHR BD-FROM BD-FTEMPO BD-VL BD-SLIP",
        ),
        (
            "good_morning",
            "GM-ROM GM-DEEP GM-ROUND GM-RATIO GM-LEAN GM-FASTL GM-FASTR GM-VEL GM-SIDE GM-FROUND GM-KNEE GM-DROP GM-BOUNCE GM-TWIST GM-SMOOTHL GM-SMOOTHR GM-FROM GM-FTEMPO GM-VL GM-SLIP",
        ),
    ];
    for (id, rules) in wanted {
        let exercise = built_in(id).unwrap();
        for rule in rules.split(' ') {
            assert!(exercise.rules.iter().any(|r| r.id == rule), "{id}: {rule}");
        }
    }
    let other = built_in("hyperext_90").unwrap();
    assert_eq!(built_in("hyperext_45").unwrap().rules, other.rules);
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    assert_eq!(
        changed("version = 1", "version ="),
        "x.toml:4: not TOML: string values must be quoted, expected literal string"
    );
    assert_eq!(
        messages(&"#".repeat(256 * 1024 + 1)),
        "x.toml:1: the file has 262145 bytes; an exercise has at most 262144"
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let text = SMALL
        .replace("version = 1", "version = \"one\"\ntempoo = 3")
        .replace("\"peak\"", "\"peek\"")
        .replace("placements = [\"T7\"]\nkind", "placements = [\"T8\"]\nkind");
    assert_eq!(
        messages(&text),
        "x.toml:4: `version` holds text; it takes a whole number from 0\n\
         x.toml:5: an exercise has no field `tempoo`; it has id, name, summary, aliases, version, setup, pose, rep, dose, signal, cannot_see, settings, rule, sources\n\
         x.toml:24: there is no quantity `peek` (did you mean `peak`?); it is one of ".to_owned()
            + &schema::quantity_names().collect::<Vec<_>>().join(", ")
            + "\nx.toml:27: there is no placement `T8`; it is one of T7, ST, SA, AP, TH, AN, WR, BB"
    );
}

#[test]
fn fields_of_the_wrong_kind_are_told() {
    let cases = [
        ("name = \"X\"\n", "", "x.toml:1: an exercise needs `name`"),
        (
            "fault = \"f\"",
            "fautl = \"f\"",
            "x.toml:20: a rule needs `fault`\nx.toml:22: a rule has no field `fautl` (did you mean `fault`?); it has id, fault, quantity, when, info, warn, stop, only_if, allowance, scale_with, persistence_s, vote, stop_vote, hysteresis, placements, with, unless, kind, cue, rationale, evidence, sources",
        ),
        ("name = \"X\"", "name = \" \"", "x.toml:2: `name` is empty"),
        (
            "name = \"X\"",
            "name = \"a\\u001b\"",
            "x.toml:2: `name` holds control characters; write it on one line",
        ),
        (
            "\"f\"",
            "\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"",
            "x.toml:22: `fault` has 82 characters; it may have 80",
        ),
        (
            "info = 90",
            "info = nan",
            "x.toml:25: `info` is not a number that can be measured; give one up to 1000000",
        ),
        (
            "info = 90",
            "info = -inf",
            "x.toml:25: `info` is not a number that can be measured; give one up to 1000000",
        ),
        (
            "info = 90",
            "info = 1e300",
            "x.toml:25: `info` is not a number that can be measured; give one up to 1000000",
        ),
        (
            "info = 90",
            "info = true",
            "x.toml:25: `info` holds true or false; it takes a number",
        ),
        (
            "info = 90",
            "info = 90\nvote = [1, 2, 3]",
            "x.toml:26: `vote` holds a list; it takes two numbers, as in [1, 2]",
        ),
        (
            "info = 90",
            "info = 90\nvote = [-1, 2]",
            "x.toml:26: `vote` holds a number; it takes a whole number from 0",
        ),
        (
            "\"above\"",
            "\"over\"",
            "x.toml:24: there is no when `over`; it is one of above, below",
        ),
        (
            "[\"T7\"]\nkind",
            "[\"TH-L\"]\nkind",
            "x.toml:26: write the placement `TH-L` as `TH`: exercises name no side",
        ),
        (
            "[\"T7\"]\nkind",
            "\"T7\"\nkind",
            "x.toml:26: `placements` holds text; it takes a list of placements, as in [\"T7\", \"ST\"]",
        ),
        (
            "[[rule]]",
            "[rule]",
            "x.toml:20: `rule` holds a table; it takes a table for each, headed [[rule]]",
        ),
        (
            "[rep]",
            "[settings]\n\"a b\" = 1\n[rep]",
            "x.toml:8: the name `a b` in [settings] may hold a-z, 0-9 and _ only, at most 40 of them",
        ),
    ];
    for (from, to, message) in cases {
        assert_eq!(changed(from, to), message);
    }
}

#[test]
fn too_many_rules_are_refused() {
    let one = &SMALL[SMALL.find("[[rule]]").unwrap()..];
    assert_eq!(
        messages(&format!("{SMALL}{}", one.repeat(200))),
        "x.toml:20: `rule` has 201 entries; it may have 200"
    );
}

#[test]
fn an_exercise_that_does_not_fit_together_is_told() {
    let cases = [
        (
            "id = \"x\"",
            "id = \"X y\"",
            "x.toml:1: `id` may hold a-z, 0-9 and _ only, at most 40 of them",
        ),
        (
            "id = \"x\"",
            "id = \"x\"\naliases = [\"x\"]",
            "x.toml:2: the alias `x` is there twice",
        ),
        (
            "version = 1",
            "version = 0",
            "x.toml:4: `version` counts from 1",
        ),
        (
            "theta_deg = 0",
            "theta_deg = 200",
            "x.toml:5: `theta_deg` lies between -180 and 180: 0 upright, 90 chest-down",
        ),
        (
            "tolerance_deg = 15",
            "tolerance_deg = 0",
            "x.toml:5: `tolerance_deg` lies above 0 and up to 90",
        ),
        (
            "hold_zone_deg = 8",
            "hold_zone_deg = -8",
            "x.toml:10: `hold_zone_deg` lies above 0 and up to 90",
        ),
        (
            "lower_s = [2, 3]",
            "lower_s = [3, 2]",
            "x.toml:11: `lower_s` is [least, most], from 0 and in this order; here [3, 2]",
        ),
        (
            "reps = [8, 12]",
            "reps = [0, 12]",
            "x.toml:6: `reps` is [least, most], from 1 and in this order; here [0, 12]",
        ),
        (
            "rest_deg = 15",
            "rest_deg = 30",
            "x.toml:15: `rest_deg` (30) lies below `min_rom_deg` (30), or rest would be a repetition",
        ),
        (
            "min_rep_s = 2",
            "min_rep_s = 20",
            "x.toml:17: `min_rep_s` (20) lies below `max_rep_s` (20)",
        ),
        (
            "min_rep_s = 2",
            "min_rep_s = 0",
            "x.toml:17: `min_rep_s` lies above 0",
        ),
        (
            "min_rep_s = 2",
            "full_rom_deg = 20\nmin_rep_s = 2",
            "x.toml:17: `full_rom_deg` (20) is not below `min_rom_deg` (30)",
        ),
        (
            "\"theta_rise\"",
            "\"limb_turn\"",
            "x.toml:14: `limb_turn` is not seen at T7; it needs TH, AN or WR",
        ),
        (
            "[\"T7\"]\nrest",
            "[\"T7\", \"WR\"]\nrest",
            "x.toml:14: an angle of the trunk is not seen at WR; it needs T7, ST, SA or AP",
        ),
        (
            "[\"T7\"]\nrest",
            "[\"T7\", \"T7\"]\nrest",
            "x.toml:14: T7 counts by an entry above already; name it once",
        ),
        (
            "\"theta_rise\"",
            "\"eta\"",
            "x.toml:13: `eta` counts from the straight line: the start pose must be it (`is_line = true` in [pose])",
        ),
        (
            "\"theta_rise\"",
            "\"burst\"",
            "x.toml:19: counting by `burst` is a guess: its confidence is `low`",
        ),
        (
            "[rep]",
            "[settings]\na = 1\n[rep]",
            "x.toml:8: no rule uses the setting `a`; name it in a rule's `allowance` or `scale_with`, or leave it out",
        ),
    ];
    for (from, to, message) in cases {
        assert_eq!(changed(from, to), message);
    }
}

#[test]
fn a_rule_that_does_not_fit_together_is_told() {
    let cases = [
        (
            "",
            "x.toml:21: rule A: has no limit; give at least one of `info`, `warn`, `stop`",
        ),
        (
            "info = 90\nwarn = 80\ncue = \"c\"",
            "x.toml:26: rule A: `warn` (80) comes before `info` (90); with `when = \"above\"` limits grow from `info` to `stop`",
        ),
        (
            "warn = 4.5\ncue = \"c\"",
            "x.toml:25: rule A: `warn` (4.5) is finer than the sensor: for `peak` it is at least 5 degrees from 0; use `info`, or a wider limit",
        ),
        (
            "info = 90\nhysteresis = -1",
            "x.toml:26: rule A: `hysteresis` is not below 0",
        ),
        (
            "info = 90\nwarn = 95\nhysteresis = 5\ncue = \"c\"",
            "x.toml:27: rule A: `hysteresis` (5) is not smaller than the distance from `info` to `warn` (5): a warning would outlast its cause",
        ),
        (
            "info = 2\nhysteresis = 2",
            "x.toml:26: rule A: `hysteresis` (2) is not smaller than `info` (2): a warning could never end",
        ),
        (
            "info = 90\nvote = [3, 2]",
            "x.toml:26: rule A: `vote` is [k, n]: k of the last n repetitions, 1 to 20; here [3, 2]",
        ),
        (
            "info = 90\nstop_vote = [0, 2]",
            "x.toml:26: rule A: `stop_vote` is [k, n]: k of the last n repetitions, 1 to 20; here [0, 2]",
        ),
        (
            "info = 90\npersistence_s = -0.1",
            "x.toml:26: rule A: `persistence_s` lies between 0 and 10 seconds; here -0.1",
        ),
        (
            "info = 90\nallowance = \"a\"",
            "x.toml:26: rule A: `allowance` names `a`, which [settings] does not have; give it a default there",
        ),
        (
            "info = 90\nwith = [\"ST\"]",
            "x.toml:26: rule A: `with` names ST, which is on the same part of the body as `placements`: a second sensor there adds nothing",
        ),
        (
            "info = 90\nunless = [\"T7\"]",
            "x.toml:27: rule A: T7 is named twice in `placements`, `with` and `unless` together",
        ),
        (
            "warn = 90",
            "x.toml:21: rule A: a rule with `warn` or `stop` needs a `cue`: what the wearer is told",
        ),
        (
            "info = 90\ncue = \"c\"",
            "x.toml:26: rule A: a rule with `info` only is told to nobody; leave out `cue`, or give a `warn`",
        ),
        (
            "info = 90\nsources = [\"s\"]",
            "x.toml:26: rule A: there is no source `s`; add it to [sources]",
        ),
        (
            "info = 90\nonly_if = { quantity = \"thigh_forward\", when = \"above\", limit = 3 }",
            "x.toml:27: rule A: `thigh_forward` cannot be measured at T7; it needs thigh (TH)",
        ),
    ];
    for (lines, message) in cases {
        assert_eq!(rule(lines), message);
    }
}

#[test]
fn a_rule_at_an_impossible_place_is_told() {
    let with = |quantity: &str, limit: &str, placements: &str| {
        let text = SMALL
            .replace("\"peak\"", quantity)
            .replace("info = 90", limit)
            .replace("placements = [\"T7\"]\nkind", placements);
        messages(&text)
    };
    let two = "placements = [\"T7\"]\nwith = [\"SA\"]\nkind";
    let one = "placements = [\"T7\"]\nkind";
    assert_eq!(with("\"lumflex_change\"", "info = 9", two), "");
    let cases = [
        (
            with("\"thigh_forward\"", "info = 9", one),
            "x.toml:26: rule A: `thigh_forward` cannot be measured at T7; it needs thigh (TH)",
        ),
        (
            with("\"scissors\"", "info = 9", one),
            "x.toml:26: rule A: `scissors` needs two sensors; write `placements = [\"T7\", \"ST\"]` and `with = [\"SA\", \"AP\"]`",
        ),
        (
            with("\"lumflex_change\"", "warn = 7\ncue = \"c\"", two),
            "x.toml:25: rule A: `warn` (7) is finer than the sensor: for `lumflex_change` it is at least 8 degrees from 0; use `info`, or a wider limit",
        ),
        (
            with("\"peak\"", "info = 9", "placements = [\"SA\"]\nkind"),
            "x.toml:26: rule A: `peak` follows the sensor that counts, and no [[signal]] counts at SA",
        ),
        (
            with("\"rom_loss\"", "info = 9", one),
            "x.toml:20: rule A: `rom_loss` is measured once a set, so there is nothing to vote on; write `vote = [1, 1]`",
        ),
        (
            with("\"peak\"", "info = 9", "placements = []\nkind"),
            "x.toml:26: rule A: needs at least one placement",
        ),
        (
            changed("\"engineering\"", "\"verified\""),
            "x.toml:29: rule A: evidence from the literature needs `sources`; a limit of one's own is `engineering`",
        ),
        (
            changed("id = \"A\"", "id = \"A b\""),
            "x.toml:21: a rule's `id` may hold A-Z, a-z, 0-9 and - only, as in HX-OVER",
        ),
    ];
    for (found, message) in cases {
        assert_eq!(found, message);
    }
}

#[test]
fn two_rules_of_one_name_are_told() {
    let one = &SMALL[SMALL.find("[[rule]]").unwrap()..];
    assert_eq!(
        messages(&format!("{SMALL}{one}")),
        "x.toml:31: rule A: this id is taken by the rule on line 21"
    );
}

#[test]
fn a_guessed_count_may_only_inform() {
    let text = SMALL
        .replace("\"theta_rise\"", "\"burst\"")
        .replace("\"high\"", "\"low\"")
        .replace("info = 90", "warn = 90\ncue = \"c\"");
    assert_eq!(
        messages(&text),
        "x.toml:25: rule A: the count at T7 is of low confidence, so its rules may only inform: leave out `warn`, or give T7 a rule of its own with `info` only"
    );
}

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
    compare(&schema::EXERCISE, &serde_json::to_value(&exercise).unwrap());
}

const README: &str = include_str!("../../exercises/README.md");

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
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_answered(text in "[\\x00-\\x7f]{0,400}|\\PC{0,100}") {
        let _ = Exercise::parse(&text, "x").map_err(|error| error.to_string());
    }

    /// Cuts, doubles, overwrites and swaps pieces of the shipped files.
    #[test]
    fn any_change_of_a_shipped_file_is_answered(
        file in 0..library().len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, prop::sample::select(vec![
            "", "[[rule]]", "[rule]", "= ", "nan", "-inf", "9e99", "\"\"", "[]", "{}", "99999999999999999999", "\n", "\u{0}", "é", "[[[[[[[[", "a.b.c = 1\n", "TH-L",
        ])), 1..6),
    ) {
        let mut text = library()[file].text.to_owned();
        for (at, length, piece) in edits {
            let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1; } at };
            let from = floor(at.index(text.len() + 1));
            let to = floor((from + length).min(text.len())).max(from);
            text.replace_range(from..to, piece);
        }
        if let Err(error) = Exercise::parse(&text, "x") {
            prop_assert!(!error.problems().is_empty());
            let lines = text.lines().count() + 1;
            prop_assert!(error.problems().iter().all(|p| (1..=lines).contains(&p.line)));
        }
    }
}
