//! Accuracy on recorded people and sensors, and on the synthetic wearer.
//!
//! ```text
//! cargo bench --bench accuracy                          the synthetic wearer
//! cargo bench --bench accuracy -- --quick --verbose     a thinner grid, each miss named
//! cargo bench --bench accuracy -- --only plank --clean  one exercise (or more), without faults
//! cargo bench --bench accuracy -- --files exercises     files as they are now, not as they were built in
//! cargo bench --bench accuracy -- FOLDER [--json OUT]   recordings: a set, or a folder of sets; --verbose names each miss
//! ```
//!
//! A set is a folder with `labels.json` and CSV files. Files with columns `ux,uy,uz` hold an optical reference and
//! are measured by [`broad`], all others are counted by [`real`]. The recordings are not part of the project.

mod broad;
mod real;
mod synthetic;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

/// What was asked for.
#[derive(Default)]
struct Asked {
    folders: Vec<PathBuf>,
    json: Option<PathBuf>,
    wearer: synthetic::Wanted,
    is_verbose: bool,
}

fn main() -> ExitCode {
    let asked = asked();
    match run(&asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Asked {
    let mut asked = Asked::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => asked.json = arguments.next().map(PathBuf::from),
            "--quick" => asked.wearer.is_quick = true,
            "--clean" => asked.wearer.is_clean = true,
            "--only" => asked.wearer.exercises.extend(arguments.next()),
            "--files" => asked.wearer.files = arguments.next().map(PathBuf::from),
            "--verbose" => asked.is_verbose = true,
            // `cargo bench` adds `--bench`.
            flag if flag.starts_with('-') => {}
            folder => asked.folders.push(PathBuf::from(folder)),
        }
    }
    asked
}

fn run(asked: &Asked) -> Result<(), String> {
    let mut results = BTreeMap::new();
    if asked.folders.is_empty() {
        let found = synthetic::measure(&asked.wearer)?;
        println!("{}", found.table(asked.is_verbose));
        results.insert("synthetic".to_owned(), json!(found));
    }
    for folder in &asked.folders {
        for set in sets(folder)? {
            let name = set.file_name().map_or_else(
                || set.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            );
            results.insert(name.clone(), measure(&set, &name, asked.is_verbose)?);
        }
    }
    if let Some(path) = &asked.json {
        let text = serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?;
        fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The folder itself if it is a set, or the sets in it, by name.
fn sets(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let is_set = |path: &Path| path.join("labels.json").is_file();
    if is_set(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut sets: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_set(path))
        .collect();
    sets.sort();
    if sets.is_empty() {
        return Err(format!(
            "{}: no `labels.json` here or one folder down",
            folder.display()
        ));
    }
    Ok(sets)
}

fn measure(set: &Path, name: &str, is_verbose: bool) -> Result<Value, String> {
    if has_reference(set) {
        let table = broad::measure(set)?;
        println!("{name}: inclination against an optical reference\n{table}");
        return Ok(json!(table));
    }
    let measured = real::measure(set)?;
    println!("{}", measured.table(name, is_verbose));
    Ok(json!(measured))
}

/// Whether the recordings of a set have a true up-vector.
fn has_reference(set: &Path) -> bool {
    let Ok(entries) = fs::read_dir(set) else {
        return false;
    };
    let csv = entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "csv"));
    let header = csv.and_then(|path| {
        BufReader::new(fs::File::open(path).ok()?)
            .lines()
            .next()?
            .ok()
    });
    header.is_some_and(|header| header.split(',').any(|column| column.trim() == "ux"))
}
