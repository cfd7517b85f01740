//! Kills recording sessions at random instants and looks at what is left. Goal: every file reads, and at most the last
//! second is missing.
//!
//! `cargo bench --bench kill [KILLS]`: 200 if nothing is said. A quarter of them is killed while the program starts.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use backcoach::recording::{Entry, Reader};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Sessions that run at once.
const LANES: u64 = 4;
const SPEED: f64 = 2.0;

#[derive(Default)]
struct Found {
    killed: u32,
    files: u32,
    unreadable: u32,
    torn: u32,
    most_missing_s: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let said = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let kills: u64 = said.unwrap_or(200);
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let found = &found;
            scope.spawn(move || {
                for number in (lane..kills).step_by(LANES as usize) {
                    if let Err(error) = kill(number, found) {
                        println!("{number}: {error}");
                    }
                }
            });
        }
    });
    let found = found.into_inner()?;
    println!("killed                       {}", found.killed);
    println!("recordings left              {}", found.files);
    println!("of them unreadable           {}", found.unreadable);
    println!("with a torn last line        {}", found.torn);
    println!("most missing at the end      {:.2} s", found.most_missing_s);
    Ok(())
}

fn kill(number: u64, found: &Mutex<Found>) -> Result<(), Box<dyn Error>> {
    let mut chance = ChaCha8Rng::seed_from_u64(number);
    let home = tempfile::tempdir()?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_backcoach"))
        .args(["coach", "hyperext_45", "--simulate", "--json"])
        .args(["--speed", &SPEED.to_string(), "--seed", &number.to_string()])
        .env("BACKCOACH_DATA", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut shown_for = 0.0;
    if number.is_multiple_of(4) {
        let startup = chance.random_range(0.0..0.4);
        std::thread::sleep(Duration::from_secs_f64(startup));
    } else {
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().ok_or("no output")?).read_line(&mut first)?;
        let began = Instant::now();
        std::thread::sleep(Duration::from_secs_f64(chance.random_range(0.0..3.0)));
        shown_for = began.elapsed().as_secs_f64() * SPEED;
    }
    child.kill()?;
    child.wait()?;
    let mut found = found.lock().map_err(|_| "another lane failed")?;
    found.killed += 1;
    let Ok(folder) = std::fs::read_dir(home.path().join("sessions")) else {
        return Ok(());
    };
    for entry in folder {
        let path = entry?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden && path.extension().is_some_and(|end| end == "jsonl") {
            look_at(&path, shown_for, &mut found);
        }
    }
    Ok(())
}

fn look_at(path: &Path, shown_for: f64, found: &mut Found) {
    found.files += 1;
    match last_of(path) {
        Ok((last, damaged)) => {
            found.torn += u32::from(damaged > 0);
            found.most_missing_s = found.most_missing_s.max(shown_for - last);
        }
        Err(error) => {
            println!("{}: {error}", path.display());
            found.unreadable += 1;
        }
    }
}

/// When the last input came, and how many lines are damaged.
fn last_of(path: &Path) -> Result<(f64, u64), Box<dyn Error>> {
    let mut reader = Reader::new(BufReader::new(File::open(path)?))?;
    let mut last = 0.0_f64;
    for entry in reader.by_ref() {
        if let Entry::Input(input) = entry? {
            last = last.max(input.at().seconds());
        }
    }
    Ok((last, reader.damage().damaged_lines))
}
