//! What the architecture promises, checked on the source itself. Each failure says what to do.

use std::path::{Path, PathBuf};

/// A source file: its path below `src`, and its text without the tests at its end.
struct Source {
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    files
        .iter()
        .filter(|file| {
            !file.ends_with("tests.rs")
                && !file.ends_with("fixtures.rs")
                && !file.components().any(|part| part.as_os_str() == "tests")
        })
        .map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            let code = text
                .split("#[cfg(test)]\n#[allow")
                .next()
                .unwrap_or_default();
            let code = code
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            Source {
                path: file
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/"),
                text: without_comments(code),
            }
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

fn without_comments(code: &str) -> String {
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

impl Source {
    /// The module of lib.rs that this file belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

/// The modules in the order of lib.rs.
fn modules() -> Vec<String> {
    let lib = sources()
        .into_iter()
        .find(|source| source.path == "lib.rs")
        .unwrap();
    let names = lib
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// The modules of this crate that a text names in `crate::…`.
fn imported(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("crate::").skip(1) {
        let names = match part.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .collect(),
            None => vec![part],
        };
        for name in names {
            let name: String = name
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            found.push(name);
        }
    }
    found
}

#[test]
fn imports_go_one_way() {
    let order = modules();
    let place = |module: &str| order.iter().position(|name| name == module);
    for source in sources() {
        let Some(own) = place(source.module()) else {
            continue;
        };
        for name in imported(&source.text) {
            let Some(theirs) = place(&name) else { continue };
            assert!(
                theirs <= own,
                "src/{} uses `{name}`, which lib.rs lists below it: move the shared type up, or the user down",
                source.path
            );
        }
    }
}

#[test]
fn the_line_has_no_clock() {
    for source in sources() {
        if source.is_below(&["sources/", "cli/", "session.rs", "ui/"]) {
            continue;
        }
        for clock in [
            "Instant",
            "SystemTime",
            "Timestamp::now",
            "Zoned::now",
            "tokio::time",
        ] {
            let is_named = source
                .text
                .split(|c: char| !(c.is_alphanumeric() || "_:".contains(c)))
                .any(|word| {
                    word == clock
                        || word.ends_with(&format!("::{clock}"))
                        || word.starts_with(&format!("{clock}::"))
                });
            assert!(
                !is_named,
                "src/{} names `{clock}`: the line is told the time, it never asks; take it from the input",
                source.path
            );
        }
    }
}

#[test]
fn each_big_dependency_has_its_one_place() {
    for (name, home) in [
        ("plotters", "report/"),
        ("btleplug", "sources/ble/"),
        ("bluez_async", "sources/ble/"),
        ("dbus", "sources/ble/"),
        ("anyhow", "cli/"),
        ("clap", "cli/"),
        ("ratatui", "ui/"),
    ] {
        for source in sources() {
            let is_named = source.text.contains(&format!("{name}::"))
                || source.text.contains(&format!("use {name}"));
            assert!(
                !is_named || source.is_below(&[home]),
                "src/{} names `{name}`, which belongs to src/{home} alone: pass plain data instead",
                source.path
            );
        }
    }
}

#[test]
fn nothing_panics_by_choice() {
    for source in sources() {
        for call in [".unwrap()", "panic!(", "todo!(", "unimplemented!(", "dbg!("] {
            assert!(
                !source.text.contains(call),
                "src/{} has `{call}`: return an error that says what to do, or `expect` the invariant",
                source.path
            );
        }
    }
}
