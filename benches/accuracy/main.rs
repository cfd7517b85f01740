//! Accuracy on recorded people and sensors: `cargo bench --bench accuracy -- FOLDER`.
//!
//! The recordings are not part of the project; the folder's layout is described in each module.

mod broad;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`; only the folders are ours.
    let folders: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .map(PathBuf::from)
        .collect();
    for folder in &folders {
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
