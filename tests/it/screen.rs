//! The whole terminal in a pseudo-terminal: taken, drawn, resized, given back, whatever ends the session.
//!
//! The program under test is this test program itself, which runs [`session_on_a_screen`] as its child.
#![cfg(unix)]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use backcoach::coach::Coach;
use backcoach::recording::Reader;
use backcoach::session;
use backcoach::sources::live::{SessionClock, along};
use backcoach::sources::replay::{Speed, inputs, paced};
use backcoach::ui::keys::keys;
use backcoach::ui::quit::Quit;
use backcoach::ui::screen::{Options, Screen, give_back_on_panic, is_wanted};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Says that this process is the child, and how it is to behave.
const ROLE: &str = "BACKCOACH_SCREEN_TEST";

/// Names the file into which the child writes its process number.
const NUMBER: &str = "BACKCOACH_SCREEN_TEST_NUMBER";

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
#[ignore = "runs as the child of the other tests"]
fn session_on_a_screen() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    if let Some(path) = std::env::var_os(NUMBER) {
        std::fs::write(path, std::process::id().to_string()).unwrap();
    }
    assert!(is_wanted(), "a pseudo-terminal is a terminal");
    give_back_on_panic(|panic| {
        let text = panic.payload().downcast_ref::<&str>();
        text.is_some_and(|text| text.starts_with("harmless"))
    });
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/hyperext_45-clean.backcoach.jsonl");
    let file = std::io::BufReader::new(std::fs::File::open(file).unwrap());
    let mut reader = Reader::new(file).unwrap();
    let plan = reader.header().plan.clone();
    let mut coach = Coach::new(&plan).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let quit = Quit::new();
        quit.follow_signals().unwrap();
        let clock = SessionClock::begin();
        let options = Options {
            synthetic: true,
            quiet: false,
            color: true,
        };
        let mut screen = Screen::open(&plan, options).unwrap();
        screen.note("replayed");
        let given = paced(inputs(&mut reader), Speed::Times(12.0));
        let given = along(given, keys(clock, quit.clone()).unwrap());
        if role == "panic" {
            let _ = std::thread::spawn(|| panic!("harmless background panic")).join();
            std::thread::sleep(Duration::from_secs(2));
            panic!("something is broken");
        }
        let stop = async move { quit.asked().await };
        session::run(given, &mut coach, &mut [&mut screen], stop)
            .await
            .unwrap();
    });
}

/// A child in a pseudo-terminal, and what its terminal shows.
struct Run {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    terminal: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

impl Run {
    fn start(role: &str, environment: &[(&str, &str)]) -> Run {
        let pair = native_pty_system().openpty(size(80, 24)).unwrap();
        // The shell tells afterwards in which state the terminal was left.
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", "\"$0\" \"$@\"; code=$?; stty -a; exit $code"]);
        command.arg(std::env::current_exe().unwrap());
        command.args([
            "--ignored",
            "--exact",
            "--nocapture",
            "screen::session_on_a_screen",
        ]);
        command.env(ROLE, role);
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let terminal = vt100::Parser::new(cells(24), cells(80), 0);
        let (terminal, raw) = (Arc::new(Mutex::new(terminal)), Arc::default());
        let (shown, kept) = (Arc::clone(&terminal), Arc::<Mutex<Vec<u8>>>::clone(&raw));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                shown.lock().unwrap().process(&bytes[..count]);
                kept.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Run {
            child,
            master: pair.master,
            keyboard,
            terminal,
            raw,
        }
    }

    fn text(&self) -> String {
        self.terminal.lock().unwrap().screen().contents()
    }

    /// Waits until the terminal is as said.
    fn wait(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so(self.terminal.lock().unwrap().screen()) {
            assert!(Instant::now() < until, "never {what}:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn wait_for_text(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn resize(&self, columns: u16, rows: u16) {
        let mut terminal = self.terminal.lock().unwrap();
        terminal.screen_mut().set_size(cells(rows), cells(columns));
        drop(terminal);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// The end: the terminal is as before, and the exit code.
    fn end(mut self) -> (u32, String) {
        let code = self.child.wait().unwrap().exit_code();
        self.wait("as before", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor()
        });
        self.wait_for_text("icanon");
        let text = self.text();
        let is_on = |flag: &str| text.split_whitespace().any(|word| word == flag);
        assert!(is_on("icanon") && is_on("echo") && is_on("isig"), "{text}");
        (code, text)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

fn rows_with_blocks(screen: &vt100::Screen) -> usize {
    let text = screen.contents();
    let above_gauge = text.lines().take_while(|line| !line.contains('['));
    above_gauge.filter(|line| line.contains("██")).count()
}

#[test]
fn a_session_is_led_counted_resized_and_ended_by_a_key() {
    let mut run = Run::start("session", &[]);
    run.wait("taken", |screen| {
        screen.alternate_screen() && screen.hide_cursor()
    });
    run.wait_for_text("Hyperextension");
    run.wait_for_text("SIMULATED");
    run.wait_for_text("step 1 of 3");
    run.wait_for_text("far end");
    run.wait("a count of 12 rows", |screen| {
        rows_with_blocks(screen) >= 12
    });

    run.resize(120, 40);
    run.wait("drawn over 120 x 40", |screen| {
        let last = screen.rows(0, 120).last().unwrap_or_default();
        last.contains("p PAIN") && rows_with_blocks(screen) >= 18
    });
    run.resize(24, 7);
    run.wait("drawn over 24 x 7", |screen| {
        !screen.contents().contains("p PAIN") && rows_with_blocks(screen) <= 6
    });
    run.resize(80, 24);
    run.wait_for_text("p PAIN");

    run.press("p");
    run.wait_for_text("contact a professional");
    let raw = Arc::clone(&run.raw);
    run.press("q");
    let (code, _) = run.end();
    assert_eq!(code, 0);
    assert!(raw.lock().unwrap().contains(&0x07), "no bell was rung");
}

#[test]
fn control_c_is_a_key_and_ends_cleanly() {
    let mut run = Run::start("session", &[("NO_COLOR", "1")]);
    run.wait_for_text("Hyperextension");
    run.press("\u{3}");
    assert_eq!(run.end().0, 0);
}

#[test]
fn the_signal_to_terminate_gives_the_terminal_back() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("number");
    let run = Run::start("session", &[(NUMBER, file.to_str().unwrap())]);
    run.wait_for_text("Hyperextension");
    let number = std::fs::read_to_string(file).unwrap();
    let status = std::process::Command::new("sh")
        .args(["-c", &format!("kill -TERM {number}")])
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(run.end().0, 0);
}

#[test]
fn a_panic_is_read_on_the_terminal_as_it_was_and_a_harmless_one_is_not_seen() {
    let run = Run::start("panic", &[]);
    run.wait("taken", vt100::Screen::alternate_screen);
    std::thread::sleep(Duration::from_millis(500));
    let is_undisturbed = run.terminal.lock().unwrap().screen().alternate_screen();
    assert!(is_undisturbed, "the harmless panic touched the terminal");
    run.wait("given back", |screen| !screen.alternate_screen());
    let raw = Arc::clone(&run.raw);
    let (code, _) = run.end();
    assert_ne!(code, 0);
    let raw = String::from_utf8_lossy(&raw.lock().unwrap()).into_owned();
    let (before, after) = raw.rsplit_once("\u{1b}[?1049l").unwrap();
    assert!(after.contains("something is broken"), "{after}");
    assert!(!before.contains("broken") && !raw.contains("harmless"));
}
