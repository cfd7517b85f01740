//! Programmes from the command line: files, the gate, a session from end to end, the log and what follows from it.

use crate::support::{Workplace, stderr, stdout};

/// Two short steps that a sensor between the shoulder blades counts.
const TWO: &str = r#"id = "two"
name = "Two short steps"
summary = "For a try."
version = 1
per_week = [1, 3]

[[step]]
exercise = "good_morning"
class = "warm_up"
sets = 1
reps = 3
rest_s = 6

[[step]]
exercise = "hyperext_45"
class = "loaded"
sets = 1
reps = 3
rest_s = 10
"#;

fn place() -> Workplace {
    let place = Workplace::new();
    place.write("two.toml", TWO);
    place
}

#[test]
fn the_built_in_programmes_are_listed_shown_and_sound() {
    let place = place();
    let listed = stdout(&place.run("programmes").success());
    assert!(listed.contains("beginner") && listed.contains("mcgill_style"));
    let shown = stdout(&place.run("programmes show mcgill_style").success());
    assert!(
        shown.contains("sets of 8, 6, 4 a side, 8 s each"),
        "{shown}"
    );
    assert!(shown.contains("curl-up"), "{shown}");
    let text = place.run("programmes show beginner --toml").success();
    place.write("mine.toml", stdout(&text));
    let checked = place.run("programmes check mine.toml").success();
    assert!(stdout(&checked).contains("`beginner` is sound, with 8 steps"));
}

#[test]
fn a_file_with_faults_ends_with_4_and_their_lines() {
    let place = place();
    place.write("bad.toml", TWO.replace("reps = 3", "reps = 300"));
    let checked = place.run("programmes check bad.toml").code(4);
    let said = stderr(&checked);
    assert!(
        said.contains("bad.toml:11: `reps` lies between 1 and 100"),
        "{said}"
    );
    assert!(said.contains("bad.toml:18:"), "{said}");
    place.run("programmes show no_such").code(2);
    place.run("coach --programme no_such --simulate").code(2);
}

#[test]
fn before_the_first_programme_the_red_flag_question_has_to_be_answered() {
    let place = place();
    let refused = place
        .run("coach --programme two.toml --no-questions")
        .code(4);
    let said = stderr(&refused);
    assert!(
        said.contains("urgent medical care") && said.contains("--red-flags none"),
        "{said}"
    );
    let refused = place
        .run("coach --programme two.toml --no-questions --red-flags urgent")
        .code(4);
    assert!(stderr(&refused).contains("Do not exercise now. Seek urgent medical care."));
    let advice = stdout(&place.run("programmes advice --json").success());
    assert!(advice.starts_with("{\"rule\":\"PR-GATE\""), "{advice}");
    // It was true the last time: it is asked again.
    let again = place
        .run("coach --programme two.toml --no-questions")
        .code(4);
    assert!(stderr(&again).contains("That has to be answered"));
}

#[test]
fn what_asks_for_a_yes_is_left_out_without_one() {
    let place = place();
    let gated = TWO
        .replace("rest_s = 6", "rest_s = 6\ngates = [\"taught\"]")
        .replace("rest_s = 10", "rest_s = 10\ngates = [\"no_acute_back\"]");
    place.write("gated.toml", gated);
    let refused = place
        .run("coach --programme gated.toml --no-questions --red-flags none")
        .code(2);
    let said = stderr(&refused);
    assert!(
        said.contains("left out: good_morning") && said.contains("`--allow taught` if so"),
        "{said}"
    );
    assert!(said.contains("left out: hyperext_45"), "{said}");
}

#[test]
fn a_simulated_programme_goes_from_one_exercise_to_the_next_and_is_logged() {
    let place = place();
    let ran = place
        .run("coach --programme two.toml --simulate --speed 300 --plain --mute --on T7")
        .success();
    let said = stdout(&ran);
    assert!(said.contains("exercise 1 of 2: good_morning"), "{said}");
    assert!(said.contains("exercise 2 of 2: hyperext_45"), "{said}");
    assert!(said.contains("call: Next: "), "{said}");
    assert!(said.contains("all done"), "{said}");
    let session = session(&place);
    let replayed = stdout(&place.run(&format!("verify {session}")).success());
    assert!(
        replayed.contains("all as they were given live"),
        "{replayed}"
    );
    for page in [1, 2] {
        let picture = session.replace(".backcoach.jsonl", &format!("-{page}.png"));
        assert!(place.read(&picture).starts_with(b"\x89PNG"), "{picture}");
    }
    let pages = place.run(&format!("report {session} --json")).success();
    let pages: Vec<serde_json::Value> = stdout(&pages)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let counted: Vec<_> = pages
        .iter()
        .map(|page| {
            (
                page["exercise"].as_str(),
                page["counts"]["counted"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        counted,
        [
            (Some("good_morning"), Some(3)),
            (Some("hyperext_45"), Some(3))
        ]
    );
    let reps = stdout(&place.run(&format!("export {session} --reps")).success());
    let exercises: Vec<&str> = reps
        .lines()
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(exercises.len(), 7);
    assert_eq!(
        (exercises[0], exercises[1], exercises[6]),
        ("exercise", "good_morning", "hyperext_45")
    );
    the_log_is_whole_and_private(&place);
}

fn session(place: &Workplace) -> String {
    let folder = std::fs::read_dir(place.path("data/sessions")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names
        .into_iter()
        .find(|name| name.ends_with("-two.backcoach.jsonl"));
    format!("data/sessions/{}", name.unwrap())
}

fn the_log_is_whole_and_private(place: &Workplace) {
    let log = String::from_utf8(place.read("data/log.jsonl")).unwrap();
    let kinds: Vec<bool> = ["check_in", "exercise", "exercise", "check_out"]
        .iter()
        .zip(log.lines())
        .map(|(kind, line)| line.contains(&format!("\"{kind}\":{{")))
        .collect();
    assert_eq!(kinds, [true; 4], "{log}");
    assert!(log.lines().all(|line| line.contains("\"synthetic\":true")));
    assert!(log.contains("\"reps\":3,"), "{log}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = place.path("data/log.jsonl").metadata().unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
    // Nobody's history: nothing follows from it for a person.
    let advice = stdout(&place.run("programmes advice").success());
    assert!(advice.contains("Nothing was logged yet"), "{advice}");
    let advice = stdout(&place.run("programmes advice --synthetic").success());
    assert!(
        advice.contains("PR-WARM") && advice.contains("PR-ORDER"),
        "{advice}"
    );
}

#[test]
fn mornings_are_noted_and_a_damaged_log_still_reads() {
    let place = place();
    place.run("programmes pain 3").success();
    place.run("programmes pain 11").code(2);
    let mut log = place.read("data/log.jsonl");
    let cut = log.len() - 9;
    log.truncate(cut);
    place.write("data/log.jsonl", &log);
    let noted = place.run("programmes pain 4").success();
    assert!(
        stderr(&noted).contains("log.jsonl:1: is damaged"),
        "{}",
        stderr(&noted)
    );
    let log = String::from_utf8(place.read("data/log.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 2);
    assert!(log.lines().nth(1).unwrap().contains("\"pain\":4"));
    place.write("data/log.jsonl", [0xff, 0, b'\n', b'{', b'}']);
    let read = place.run("programmes advice").success();
    assert!(
        stderr(&read).contains("log.jsonl:2: is damaged"),
        "{}",
        stderr(&read)
    );
}

#[test]
fn questions_belong_to_a_programme() {
    let place = place();
    place
        .run("coach hyperext_45 --pain-before 3 --simulate")
        .code(2);
    place
        .run("coach --programme two.toml --reps 5 --simulate")
        .code(2);
    place
        .run("coach --programme two.toml hyperext_45 --simulate")
        .code(2);
    place.run("coach").code(2);
    place
        .run("coach --programme two.toml --simulate --link crowded")
        .code(2);
    place
        .run("coach --programme two.toml --pain-before 11")
        .code(2);
}
