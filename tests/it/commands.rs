//! The commands as stories: arguments in; stdout, stderr and status out.

use crate::support::{MAKE_SESSION, SESSION, Workplace, bending_table, stderr, stdout};

#[test]
fn without_a_command_the_help_is_shown_and_the_usage_was_wrong() {
    let run = Workplace::new().run("").code(2);
    assert!(stderr(&run).contains("Usage: backcoach <COMMAND>"));
    Workplace::new().run("--help").success();
    Workplace::new().run("--version").success();
}

#[test]
fn a_replay_tells_what_happened_line_by_line() {
    let run = Workplace::with_session()
        .run("replay session.backcoach.jsonl")
        .success();
    let told = stdout(&run);
    let has = |what: &str| assert!(told.contains(what), "no `{what}` in:\n{told}");
    has("set-up: stand still");
    has("set 1 begins");
    has("rep 3: range");
    has("set 1 ends: 3 reps");
    assert!(!told.contains('\u{1b}'));
    assert_eq!(
        stderr(&run),
        "session.backcoach.jsonl: synthetic, not a person\n"
    );
}

#[test]
fn a_replay_as_json_is_one_event_a_line() {
    let place = Workplace::with_session();
    let kept = stdout(&place.run("replay session.backcoach.jsonl --json").success());
    let all = stdout(
        &place
            .run("replay session.backcoach.jsonl --json --all")
            .success(),
    );
    assert!(all.lines().count() > 100 * kept.lines().count());
    for line in kept.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["event"].is_string());
    }
}

#[test]
fn a_recording_verifies_until_an_event_is_changed() {
    let place = Workplace::with_session();
    let run = place.run("verify session.backcoach.jsonl").success();
    assert!(stdout(&run).ends_with("all as they were given live\n"));

    let text = String::from_utf8(place.read(SESSION)).unwrap();
    let changed: String = text
        .lines()
        .map(|line| reseal(&line.replace("\"number\":2", "\"number\":7")) + "\n")
        .collect();
    place.write("changed.backcoach.jsonl", changed);
    let run = place.run("verify changed.backcoach.jsonl").code(4);
    assert!(
        stderr(&run).contains("is not as it was given live"),
        "{}",
        stderr(&run)
    );
}

/// The line with a check sum that fits what it says now.
fn reseal(line: &str) -> String {
    let covered = &line[18..];
    format!(
        "{{\"crc\":\"{:08x}\",{covered}",
        crc32fast::hash(covered.as_bytes())
    )
}

#[test]
fn a_damaged_recording_is_read_as_far_as_it_goes_and_recovered() {
    let place = Workplace::with_session();
    let mut damaged = place.read(SESSION);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    damaged.truncate(damaged.len() - 10);
    place.write("damaged.backcoach.jsonl", damaged);

    let run = place.run("replay damaged.backcoach.jsonl").code(3);
    assert!(
        stderr(&run).contains("2 lines damaged; no end line"),
        "{}",
        stderr(&run)
    );

    let run = place.run("recover damaged.backcoach.jsonl").code(3);
    assert!(stderr(&run).contains("brought over"));
    let run = place.run("verify damaged.recovered.backcoach.jsonl");
    assert!(
        stderr(&run).contains("ended with: recovered from a damaged file"),
        "{}",
        stderr(&run)
    );
    let run = place.run("recover damaged.backcoach.jsonl").code(1);
    assert!(stderr(&run).contains("exists already"));
    place
        .run("recover session.backcoach.jsonl -o whole.backcoach.jsonl")
        .success();
}

#[test]
fn a_report_is_a_picture_and_its_numbers() {
    let place = Workplace::with_session();
    place
        .run("report session.backcoach.jsonl -o report.png --size 800")
        .success()
        .stdout("");
    assert!(place.read("report.png").starts_with(b"\x89PNG"));
    let run = place.run("report session.backcoach.jsonl --json").success();
    let numbers: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(numbers["origin"]["synthetic"], true);
    assert_eq!(numbers["exercise"], "hyperext_45");
    assert!(!place.path("session.png").exists());

    place.write("other.backcoach.jsonl", place.read(SESSION));
    std::fs::create_dir(place.path("pages")).unwrap();
    place
        .run("report session.backcoach.jsonl other.backcoach.jsonl --svg -o pages")
        .success();
    assert!(place.read("pages/other.svg").starts_with(b"<svg"));
    place
        .run("report session.backcoach.jsonl other.backcoach.jsonl -o report.png")
        .code(2);
}

#[test]
fn the_same_seed_gives_the_same_file() {
    let place = Workplace::with_session();
    place
        .run(&format!("{MAKE_SESSION} -o again.backcoach.jsonl"))
        .success();
    assert_eq!(place.read(SESSION), place.read("again.backcoach.jsonl"));
    let run = place
        .run("simulate hyperext_45 -o session.backcoach.jsonl")
        .code(1);
    assert!(stderr(&run).contains("never overwritten"));
}

#[test]
fn a_simulation_that_cannot_be_says_what_can() {
    let place = Workplace::new();
    let said = |arguments: &str| stderr(&place.run(arguments).code(2));
    assert!(said("simulate plank_jack -o a.jsonl").contains("known ones: hyperext_45"));
    assert!(
        said("simulate hyperext_45 --faults lazy -o a.jsonl")
            .contains("there is no fault `lazy`; use one of shallow")
    );
    assert!(said("simulate hyperext_45 --faults rolled -o a.jsonl").contains("its faults are"));
    assert!(
        said("simulate hyperext_45 --sensors T9 -o a.jsonl").contains("there is no placement `T9`")
    );
    assert!(
        said("simulate hyperext_45 --link direct --gap 3+4 -o a.jsonl")
            .contains("a gap needs a radio")
    );
}

#[test]
fn exports_are_tables() {
    let place = Workplace::with_session();
    let first = |what: &str| {
        let table = stdout(
            &place
                .run(&format!("export session.backcoach.jsonl --{what}"))
                .success(),
        );
        assert!(table.lines().count() > 3, "{what}");
        table.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        first("samples"),
        "t,sensor,placement,ax,ay,az,gx,gy,gz,clipped"
    );
    assert_eq!(
        first("angles"),
        "t,sensor,placement,up_x,up_y,up_z,theta_deg,sigma_deg,error_deg,validity"
    );
    assert_eq!(first("events"), "t,event,json");
    assert!(first("reps").starts_with("rep,set,side,kind,estimated,start,turn,end,rom_deg"));
    place.run("export session.backcoach.jsonl").code(2);
    place
        .run("export session.backcoach.jsonl --reps --angles")
        .code(2);
}

#[test]
fn exercises_are_listed_shown_and_checked() {
    let place = Workplace::new();
    assert!(stdout(&place.run("exercises").success()).contains("bird_dog"));
    assert!(
        stdout(&place.run("exercises show superman").success())
            .contains("What no worn sensor sees here")
    );
    let own = place.run("exercises show superman --toml").success();
    place.write("own.toml", stdout(&own));
    assert!(
        stdout(&place.run("exercises check own.toml").success()).contains("`superman` is sound")
    );
    place.write("bad.toml", stdout(&own).replace("version", "vresion"));
    let run = place.run("exercises check bad.toml").code(4);
    assert!(stderr(&run).starts_with("bad.toml:"), "{}", stderr(&run));
    place.run("exercises show nothing").code(2);
}

#[test]
fn completions_and_manual_are_printed() {
    let place = Workplace::new();
    assert!(stdout(&place.run("completions bash").success()).contains("_backcoach"));
    assert!(stdout(&place.run("man").success()).contains(".TH backcoach"));
    std::fs::create_dir(place.path("man1")).unwrap();
    place.run("man --folder man1").success();
    assert!(place.path("man1/backcoach-report.1").exists());
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    use std::process::{Command, Stdio};
    let place = Workplace::with_session();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("backcoach"))
        .args(["export", SESSION, "--angles"])
        .current_dir(place.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_with_130() {
    use std::process::{Command, Stdio};
    let place = Workplace::with_session();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("backcoach"))
        .args(["replay", SESSION, "--speed", "1"])
        .current_dir(place.path(""))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line is out once the session runs and the signal is listened for.
    let mut first = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(child.stdout.as_mut().unwrap()),
        &mut first,
    )
    .unwrap();
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let run = Workplace::new()
        .run("replay nothing.backcoach.jsonl")
        .code(1);
    assert_eq!(
        stderr(&run),
        "error: nothing.backcoach.jsonl: cannot be opened: No such file or directory (os error 2)\n"
    );
}

#[test]
fn names_from_a_file_cannot_steer_the_terminal() {
    let place = Workplace::new();
    place.write("a.csv", bending_table(1).replace("ay", "\u{1b}[2Jay"));
    let run = place
        .run("replay a.csv --exercise good_morning --placement T7")
        .code(1);
    assert!(!stderr(&run).contains('\u{1b}'));
    assert!(stderr(&run).contains("�[2Jay"), "{}", stderr(&run));
}
