//! Every message of the loader, and hostile files.

use proptest::prelude::*;

use crate::exercise::{Exercise, library, schema};

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

#[test]
fn the_small_exercise_is_good() {
    assert_eq!(messages(SMALL), "");
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
         x.toml:5: an exercise has no field `tempoo`; it has id, name, summary, aliases, version, kind, setup, pose, rep, dose, signal, cannot_see, settings, bounds, rule, sources\n\
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
            "max_rom_deg = 30\nmin_rep_s = 2",
            "x.toml:17: `max_rom_deg` (30) lies above the range of a full repetition (30)",
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

/// The messages of the shipped posture when `from` in it is `to`.
fn posture(from: &str, to: &str) -> String {
    let sitting = library().iter().find(|file| file.id == "sitting").unwrap();
    assert!(sitting.text.contains(from), "{from}");
    let text = sitting.text.replacen(from, to, 1);
    let line = |at: &str| {
        text.lines()
            .position(|line| line == at)
            .map_or(0, |at| at + 1)
    };
    messages(&text).replace(&format!("x.toml:{}:", line(to)), "here:")
}

#[test]
fn the_faults_of_a_posture_are_told() {
    let cases = [
        (
            "after_min = 20",
            "after_min = 200",
            "here: rule PO-STILL: `after_min` lies above 0 and up to 120; here 200",
        ),
        (
            "quantity = \"lean\"",
            "quantity = \"rom\"",
            "here: rule PO-LEAN: `rom` is measured of repetitions; a posture has slouch_pct, lean, posture_range, sitting_min, no_walk_min",
        ),
        (
            "info = 10",
            "info = 4",
            "here: rule PO-LEAN: `info` (4) is finer than the sensor: for `lean` it is at least 5 degrees from 0",
        ),
        (
            "slouch_min = [2, 30]",
            "slouch_min = [12, 30]",
            "here: the default of `slouch_min` (10) lies outside its bounds",
        ),
        (
            "slouch_min = [2, 30]",
            "slouch_min = [2, 130]",
            "here: with `slouch_min` at 130, rule PO-SLOUCH would have to last longer than 120 minutes",
        ),
        (
            "sit_min = [20, 90]",
            "sit_mni = [20, 90]",
            "here: there is no setting `sit_mni` (did you mean `sit_min`?)",
        ),
    ];
    for (from, to, expected) in cases {
        assert_eq!(posture(from, to), expected);
    }
    assert!(posture("[pose]", "[dose]").contains("a posture has no field `dose`"));
    assert!(posture("version = 1", "version = 1\n").is_empty());
    assert!(
        posture("kind = \"posture\"", "kind = \"pose\"")
            .contains("there is no kind `pose`; it is one of reps, hold, posture")
    );
}

#[test]
fn what_lasts_is_no_matter_of_repetitions() {
    assert_eq!(
        changed("\"peak\"", "\"lean\""),
        "x.toml:23: rule A: `lean` is measured over minutes; it needs `kind = \"posture\"`"
    );
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
