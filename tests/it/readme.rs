//! What the README tells people to type works as it stands there.

use std::path::Path;

use crate::support::Workplace;

/// The lines of the README's shell blocks that begin with a program's name.
fn told(program: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut is_shell = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_shell = line == "```sh";
        } else if is_shell && let Some(arguments) = line.strip_prefix(program) {
            lines.push(arguments.trim().to_owned());
        }
    }
    lines
}

/// A workplace with the folders that the README speaks of.
fn clone() -> Workplace {
    let place = Workplace::new();
    for folder in ["recordings", "exercises", "programmes"] {
        std::fs::create_dir(place.path(folder)).unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = place.path(folder).join(entry.file_name());
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    place
}

#[test]
fn every_command_of_the_readme_runs_in_the_order_given() {
    let place = clone();
    let commands = told("backcoach ");
    assert!(commands.len() > 15, "the commands were not found");
    for arguments in &commands {
        place.run(arguments).success();
    }
    assert!(place.read("report.png").starts_with(b"\x89PNG"));
    assert!(place.read("back.png").starts_with(b"\x89PNG"));
}

#[test]
fn the_picture_of_the_readme_is_made_by_its_first_command() {
    let place = clone();
    let commands = told("cargo run --release -- ");
    let [command] = commands.as_slice() else {
        panic!("one command was expected: {commands:?}");
    };
    place.run(command).success();
    assert!(place.read("report.png").len() > 50_000);
}
