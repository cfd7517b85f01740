//! Accuracy on recorded people and sensors: `cargo bench --bench accuracy -- FOLDER`.
//!
//! The recordings are not part of the project; the folder's layout is described in each module.

mod broad;
mod real;
mod synthetic;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`; only the folders are ours.
    let folders: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .map(PathBuf::from)
        .collect();
    if folders.is_empty() {
        let has = |name: &str| std::env::args().any(|argument| argument == name);
        println!(
            "{}",
            synthetic::measure(has("--quick")).table(has("--verbose"))
        );
    }
    for folder in &folders {
        if !folder.ends_with("broad") {
            match real::measure(folder) {
                Ok((counted, unknown)) => {
                    println!("{}", real::table(&folder.display().to_string(), &counted));
                    for one in counted.iter().filter(|one| one.counted != one.expected) {
                        println!("  {one:?}");
                    }
                    println!("no definition: {unknown:?}");
                }
                Err(problem) => {
                    eprintln!("{}: {problem}", folder.display());
                    return ExitCode::FAILURE;
                }
            }
            continue;
        }
        match broad::measure(folder) {
            Ok(table) => println!("{table}"),
            Err(problem) => {
                eprintln!("{}: {problem}", folder.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
