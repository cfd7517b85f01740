//! Live sessions of the synthetic wearer: the program as a child, in its own time or faster.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use backcoach::coach::Event;
use backcoach::recording::{Entry, Reader};

use crate::support::{Workplace, stderr, stdout};

/// Short, and as fast as the machine lets it.
const SHORT: &str = "--simulate --speed 40 --reps 3 --sets 1 --rest 10";

/// The program, keeping its sessions in the workplace.
fn backcoach(place: &Workplace, arguments: &str) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("backcoach"));
    command
        .args(arguments.split_whitespace())
        .current_dir(place.path(""))
        .env("BACKCOACH_DATA", place.path("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits, and fails where a session does not end.
fn finished(mut child: Child) -> Output {
    let began = Instant::now();
    // Read along, or a full pipe stops the child.
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let out = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let err = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stderr.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            panic!("the session did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Output {
        status,
        stdout: out.join().unwrap(),
        stderr: err.join().unwrap(),
    }
}

fn run(place: &Workplace, arguments: &str) -> Output {
    finished(backcoach(place, arguments).spawn().unwrap())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The one recording among the sessions.
fn recording(place: &Workplace) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir(place.path("data/sessions"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn true_reps(recording: &Path) -> usize {
    let reader = Reader::new(BufReader::new(File::open(recording).unwrap())).unwrap();
    assert!(reader.header().synthetic);
    reader.header().truth.as_ref().unwrap().reps.len()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Starts a session that would take minutes, and waits until it runs.
fn running(place: &Workplace, arguments: &str) -> Child {
    let mut child = backcoach(place, arguments).spawn().unwrap();
    let mut out = BufReader::with_capacity(1, child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(!first.is_empty(), "nothing was shown");
    child.stdout = Some(out.into_inner());
    child
}

#[test]
fn a_session_counts_what_was_done_and_leaves_a_recording_and_a_report_without_a_key() {
    let place = Workplace::new();
    let output = run(
        &place,
        "coach hyperext_45 --simulate --speed 40 --reps 4 --sets 2 --rest 20 --json",
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let events: Vec<Event> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let reps = events
        .iter()
        .filter(|event| matches!(event, Event::Rep(_)))
        .count();
    let recording = recording(&place);
    assert_eq!((reps, true_reps(&recording)), (8, 8));
    assert!(
        recording
            .to_str()
            .unwrap()
            .ends_with("-hyperext_45.backcoach.jsonl")
    );
    let name = recording.to_str().unwrap();
    assert!(
        std::fs::read(name.replace(".backcoach.jsonl", ".png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let told = text(&output.stderr);
    assert!(told.contains("8 repetitions"), "{told}");
    let verified = stdout(&place.run(&format!("verify {name}")).success());
    assert!(
        verified.ends_with("all as they were given live\n"),
        "{verified}"
    );
}

#[test]
fn what_is_shown_live_is_what_a_replay_shows() {
    let place = Workplace::new();
    let arguments = format!("coach good_morning {SHORT} --link crowded --gap 25+4 --on T7 --on SA");
    let live = run(&place, &format!("{arguments} --json -o a.backcoach.jsonl"));
    assert_eq!(live.status.code(), Some(0), "{}", text(&live.stderr));
    let replayed = stdout(&place.run("replay a.backcoach.jsonl --json").success());
    assert_eq!(text(&live.stdout), replayed);
    assert!(
        replayed.contains("\"event\":\"gap\""),
        "the link was never lost"
    );
}

#[test]
fn a_recording_says_how_it_ends_and_what_it_begins_with_and_the_synthetic_wearer_is_told_nothing_of_health()
 {
    let place = Workplace::new();
    let output = run(
        &place,
        "record --exercise superman --guided --simulate --speed 200 -o a.backcoach.jsonl",
    );
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.contains("Recording. Ctrl-C, or q and Enter, ends it."),
        "{told}"
    );
    assert!(told.contains("2. bend forward once"), "{told}");
    assert!(!told.contains("for general fitness"), "{told}");
    let remembered = std::fs::read_to_string(place.path("data/remembered.json"));
    assert!(!remembered.is_ok_and(|text| text.contains("\"is_first_told\": true")));
}

#[test]
fn a_session_that_was_ended_by_a_word_is_whole() {
    for command in ["record --exercise hyperext_45", "posture"] {
        let place = Workplace::new();
        let mut started = backcoach(
            &place,
            &format!("{command} --simulate --speed 20 -o a.backcoach.jsonl"),
        );
        let mut child = started.stdin(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        child.stdin.take().unwrap().write_all(b"q\n").unwrap();
        let output = finished(child);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        place.run("verify a.backcoach.jsonl").success();
    }
}

#[test]
fn a_recording_without_coaching_says_how_the_sensors_are_doing_and_reports_like_any_other() {
    let place = Workplace::new();
    let output = run(
        &place,
        "record --exercise hyperext_45 --guided --simulate --speed 40 -o a.backcoach.jsonl",
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("readings/s, 0 lost"), "{shown}");
    assert!(!shown.contains("rep 1"), "{shown}");
    place.run("verify a.backcoach.jsonl").success();
    let page = stdout(&place.run("report a.backcoach.jsonl --json").success());
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    assert_eq!(
        page["counts"]["counted"],
        true_reps(&place.path("a.backcoach.jsonl"))
    );
}

#[test]
#[cfg(unix)]
fn the_first_ctrl_c_ends_cleanly_and_so_do_the_signals_to_terminate_and_to_hang_up() {
    for name in ["INT", "TERM", "HUP"] {
        let place = Workplace::new();
        let child = running(&place, "coach hyperext_45 --simulate --speed 5");
        signal(&child, name);
        let output = finished(child);
        assert_eq!(
            output.status.code(),
            Some(130),
            "{name}: {}",
            text(&output.stderr)
        );
        let recording = recording(&place);
        let mut reader = Reader::new(BufReader::new(File::open(&recording).unwrap())).unwrap();
        assert!(reader.by_ref().all(|entry| entry.is_ok()));
        let end = reader.damage().end.clone().unwrap();
        assert_eq!(end.cause.as_deref(), Some("interrupted"), "{name}");
        assert!(!reader.damage().is_loss(), "{name}: the wearer ended it");
        let home = place.path("data");
        place
            .run(&format!("verify {}", recording.display()))
            .success();
        let listed = stdout(
            &place
                .run(&format!("sessions --data {}", home.display()))
                .success(),
        );
        assert!(listed.contains(" whole "), "{listed}");
        let picture = recording
            .to_str()
            .unwrap()
            .replace(".backcoach.jsonl", ".png");
        assert!(Path::new(&picture).exists(), "{name}: no report");
    }
}

#[test]
#[cfg(unix)]
fn the_second_ctrl_c_ends_at_once_and_the_recording_can_be_closed_later() {
    let place = Workplace::new();
    let child = running(&place, "coach hyperext_45 --simulate --speed 5");
    // Twice while the program does not run: it finds both when it goes on.
    signal(&child, "INT");
    signal(&child, "TERM");
    let output = finished(child);
    assert_eq!(output.status.code(), Some(130));
    let recording = recording(&place);
    let mut reader = Reader::new(BufReader::new(File::open(&recording).unwrap())).unwrap();
    assert!(reader.by_ref().all(|entry| entry.is_ok()));
}

#[test]
#[cfg(unix)]
fn killed_at_any_instant_the_recording_reads_and_lacks_at_most_the_last_second() {
    // Four at a time; spread over a second and a half by a fixed sequence.
    std::thread::scope(|scope| {
        for lane in 0..4 {
            scope.spawn(move || {
                for number in (lane..20).step_by(4) {
                    kill_after(Duration::from_millis((number * 389 + 7) % 1500), number);
                }
            });
        }
    });
}

/// Kills a session so long after its first line, and looks at what is left.
#[cfg(unix)]
fn kill_after(wait: Duration, seed: u64) {
    let place = Workplace::new();
    let speed = 2.0;
    let mut child = backcoach(
        &place,
        &format!("coach hyperext_45 --simulate --speed {speed} --seed {seed} --json"),
    )
    .spawn()
    .unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    let began = Instant::now();
    std::thread::sleep(wait);
    // Before the signal: what happens while it is on its way is not counted.
    let shown_for = began.elapsed().as_secs_f64() * speed;
    signal(&child, "KILL");
    assert_eq!(child.wait().unwrap().code(), None);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();

    let mut reader = Reader::new(BufReader::new(File::open(recording(&place)).unwrap())).unwrap();
    let (mut last, mut events) = (0.0_f64, 0);
    for entry in reader.by_ref() {
        match entry.unwrap() {
            Entry::Input(input) => last = last.max(input.at().seconds()),
            Entry::Event(_) => events += 1,
        }
    }
    let missing = shown_for - last;
    assert!(missing <= 1.0, "seed {seed}: {missing:.2} s are missing");
    let shown = 1 + rest.matches('\n').count();
    assert!(
        events >= shown,
        "seed {seed}: {shown} events were shown and {events} recorded"
    );
    assert!(reader.damage().damaged_lines <= 1 && reader.damage().is_unfinished);
}

#[test]
#[cfg(unix)]
fn a_session_that_was_cut_off_is_offered_closed_and_reported() {
    let place = Workplace::new();
    let child = running(&place, "coach hyperext_45 --simulate --speed 20");
    let home = place.path("data");
    let home = home.to_str().unwrap();
    let listed = stdout(&place.run(&format!("sessions --data {home}")).success());
    assert!(listed.contains("running"), "{listed}");
    let run_close = place
        .run(&format!("sessions close --data {home}"))
        .success();
    assert!(stderr(&run_close).contains("no session is to be closed"));
    std::thread::sleep(Duration::from_millis(1500));
    signal(&child, "KILL");
    finished(child);

    let recording = recording(&place);
    let listed = stdout(
        &place
            .run(&format!("sessions --json --data {home}"))
            .success(),
    );
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["state"], "unfinished");
    let next = run(
        &place,
        "record --exercise superman --simulate --speed 200 -o b.backcoach.jsonl",
    );
    assert!(
        text(&next.stderr)
            .contains("1 session ended without being closed; `backcoach sessions close`")
    );

    let before = std::fs::read(&recording).unwrap();
    let closed = place.run(&format!("sessions close --data {home}"));
    assert!(stderr(&closed).contains("closed, "), "{}", stderr(&closed));
    assert!(
        std::fs::read(&recording).unwrap().starts_with(&before),
        "something was taken away"
    );
    let picture = recording
        .to_str()
        .unwrap()
        .replace(".backcoach.jsonl", ".png");
    assert!(Path::new(&picture).exists());
    let listed = stdout(&place.run(&format!("sessions --data {home}")).success());
    assert!(listed.contains("incomplete"), "{listed}");
    let again = place
        .run(&format!("sessions close {}", recording.display()))
        .code(1);
    assert!(stderr(&again).contains("is closed already"));
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_full_disk_the_session_goes_on_and_says_so() {
    let place = Workplace::new();
    let program = assert_cmd::cargo::cargo_bin!("backcoach");
    // 200 blocks of 512 or 1024 bytes, as the shell has it: less than the session writes.
    let script = format!(
        "ulimit -f 200; exec {} coach hyperext_45 {SHORT} --sets 2 --json",
        program.display()
    )
    .replace("--sets 1", "");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .current_dir(place.path(""))
        .env("BACKCOACH_DATA", place.path("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = finished(command.spawn().unwrap());
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("not recorded from here on"), "{told}");
    assert_eq!(
        text(&output.stdout).matches("\"event\":\"rep\"").count(),
        6,
        "the session stopped"
    );
    let mut reader = Reader::new(BufReader::new(File::open(recording(&place)).unwrap())).unwrap();
    assert!(reader.by_ref().all(|entry| entry.is_ok()));
    assert!(reader.damage().damaged_lines <= 1);
}

#[test]
fn where_nothing_can_be_written_the_session_goes_on_and_says_so() {
    let place = Workplace::new();
    // A file where the folder should be.
    place.write("data", "");
    let output = run(&place, &format!("coach hyperext_45 {SHORT} --json"));
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("this session is not recorded"), "{told}");
    assert_eq!(text(&output.stdout).matches("\"event\":\"rep\"").count(), 3);
    let output = run(&place, "record --exercise superman --simulate --speed 200");
    assert_eq!(
        output.status.code(),
        Some(1),
        "a recording was all that was wanted"
    );
}

#[test]
fn a_recording_that_exists_is_never_written_over() {
    let place = Workplace::new();
    place.write("a.backcoach.jsonl", "precious");
    let output = run(
        &place,
        &format!("coach hyperext_45 {SHORT} -o a.backcoach.jsonl"),
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("never overwritten"));
    assert_eq!(place.read("a.backcoach.jsonl"), b"precious");
}

#[test]
fn options_that_do_not_fit_together_are_refused_before_anything_begins() {
    let place = Workplace::new();
    let said = |arguments: &str| {
        let output = run(&place, arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments}: {}",
            text(&output.stderr)
        );
        text(&output.stderr)
    };
    assert!(said("coach hyperext_45 --seed 3").contains("add `--simulate`"));
    assert!(
        said("coach hyperext_45 --sensor a --sensor b --on T7")
            .contains("2 sensors but 1 place; give each sensor its own")
    );
    assert!(said("coach superman --sensor a --on WR").contains("cannot be counted"));
    assert!(said("coach superman --sensor a --on T7 --sensor b --on T7").contains("both be worn"));
    assert!(said("posture --sensor a --on WR").contains("wear one at"));
    said("coach superman --no-setup");
    assert!(said("coach hyperext_45 --simulate --on BB").contains("cannot be counted"));
    assert!(
        said("coach hyperext_45 --simulate --set nothing=1").contains("has no setting `nothing`")
    );
    said("coach hyperext_45 --simulate --sensor a");
    said("coach hyperext_45 --speed 3");
    assert!(!place.path("data").exists());
}

#[test]
fn a_reader_that_leaves_early_ends_the_session_properly() {
    let place = Workplace::new();
    let mut child = running(&place, "coach hyperext_45 --simulate --speed 10 --json");
    drop(child.stdout.take());
    let stderr = child.stderr.take().unwrap();
    let told = std::io::read_to_string(stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{told}");
    let mut reader = Reader::new(BufReader::new(File::open(recording(&place)).unwrap())).unwrap();
    assert!(reader.by_ref().all(|entry| entry.is_ok()));
    let end = reader.damage().end.clone().unwrap();
    assert_eq!(end.cause.as_deref(), Some("its output was closed"));
}
