//! What several tests need.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

/// A folder of its own for one test, and the program run in it.
pub struct Workplace(TempDir);

impl Workplace {
    pub fn new() -> Workplace {
        Workplace(tempfile::tempdir().unwrap())
    }

    /// A workplace with a synthetic recording in it: `session.backcoach.jsonl`.
    pub fn with_session() -> Workplace {
        let place = Workplace::new();
        place.write(SESSION, session());
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs `backcoach` with arguments parted by spaces.
    pub fn run(&self, arguments: &str) -> Assert {
        backcoach(self.0.path())
            .args(arguments.split_whitespace())
            .assert()
    }
}

/// The name of the recording in [`Workplace::with_session`].
pub const SESSION: &str = "session.backcoach.jsonl";

/// The arguments that make it, but for its name.
pub const MAKE_SESSION: &str =
    "simulate hyperext_45 --reps 3 --seed 5 --created 2026-01-31T18:00:00Z";

fn backcoach(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("backcoach"));
    command
        .current_dir(folder)
        .env("BACKCOACH_DATA", folder.join("data"));
    command
}

/// A short synthetic session over a radio, made once.
pub fn session() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let place = Workplace::new();
        place.run(&format!("{MAKE_SESSION} -o {SESSION}")).success();
        place.read(SESSION)
    })
}

pub fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

pub fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// A table of someone who bends forward by 60° and back, `reps` times, with an accelerometer alone.
pub fn bending_table(reps: u32) -> String {
    let mut text = "t,ax,ay,az\n".to_owned();
    let still = 3.0;
    let period = 4.0;
    let length = 2.0 * still + period * f64::from(reps);
    for row in 0..(length * 50.0) as u32 {
        let at = f64::from(row) / 50.0;
        let phase = ((at - still) / period).clamp(0.0, f64::from(reps));
        let angle = 30.0_f64.to_radians() * (1.0 - (std::f64::consts::TAU * phase).cos());
        let _ = writeln!(
            text,
            "{at:.3},{:.4},{:.4},0.0",
            -9.81 * angle.sin(),
            9.81 * angle.cos()
        );
    }
    text
}
