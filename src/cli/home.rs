//! Where sessions are kept, and what is remembered from one to the next.
//!
//! By the system's convention (on Linux `~/.local/share/backcoach`); `--data` or `BACKCOACH_DATA` name another folder.
//! What people did is theirs: folders are made for their owner alone, and so are the files.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::input::Placement;

/// The end of every recording's name.
pub(super) const RECORDING_END: &str = ".backcoach.jsonl";

/// Where sessions are kept.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct HomeOptions {
    /// The folder of your sessions and of what is remembered [default: $BACKCOACH_DATA, or by the system's convention]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The folder of sessions and of what is remembered. It need not exist.
#[derive(Clone, Debug)]
pub(super) struct Home {
    root: PathBuf,
}

/// What is remembered from one session to the next. A file that cannot be read is as good as none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// The text for the first session was shown.
    pub is_first_told: bool,
    /// The sensors used last, the counting one first.
    pub sensors: Vec<KnownSensor>,
}

/// A sensor that was used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownSensor {
    /// What it is found again by.
    pub id: String,
    /// The name it gave itself; untrusted.
    #[serde(default)]
    pub name: String,
    /// Where it was worn.
    #[serde(default)]
    pub placement: Option<Placement>,
}

impl HomeOptions {
    /// Whether a folder was named.
    pub(super) fn is_given(&self) -> bool {
        self.data.is_some()
    }

    /// The folder that is meant.
    pub(super) fn home(&self) -> anyhow::Result<Home> {
        let said = std::env::var_os("BACKCOACH_DATA");
        Home::at(self.data.clone(), said)
    }
}

impl Home {
    fn at(asked: Option<PathBuf>, said: Option<OsString>) -> anyhow::Result<Home> {
        let said = said.filter(|said| !said.is_empty()).map(PathBuf::from);
        if let Some(root) = asked.or(said) {
            return Ok(Home { root });
        }
        let folders = directories::ProjectDirs::from("", "", "backcoach").context(
            "the system names no home folder to keep sessions in; name a folder with `--data`, or a file with `-o`",
        )?;
        Ok(Home {
            root: folders.data_dir().to_owned(),
        })
    }

    /// The folder of the recordings.
    pub(super) fn sessions(&self) -> PathBuf {
        self.root.join("sessions")
    }

    /// A name for a new recording, that nothing has yet; its folder is made.
    pub(super) fn new_session(
        &self,
        began: &jiff::Zoned,
        exercise: &str,
    ) -> anyhow::Result<PathBuf> {
        let folder = self.sessions();
        create_private_folder(&folder)
            .with_context(|| format!("{}: cannot be created", folder.display()))?;
        let when = began.strftime("%Y-%m-%dT%H-%M-%S");
        let first = folder.join(format!("{when}-{exercise}{RECORDING_END}"));
        let more = (2..1000)
            .map(|number| folder.join(format!("{when}-{exercise}-{number}{RECORDING_END}")));
        std::iter::once(first)
            .chain(more)
            .find(|path| path.symlink_metadata().is_err())
            .with_context(|| format!("{}: has no name left for this second", folder.display()))
    }

    /// Every recording in the folder, the oldest first.
    pub(super) fn recordings(&self) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.sessions();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(error).with_context(|| format!("{}: cannot be read", folder.display()));
            }
        };
        let is_recording = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // Opening anything but a file might wait forever.
            name.ends_with(RECORDING_END) && !name.starts_with('.') && path.is_file()
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(is_recording)
            .collect();
        paths.sort();
        Ok(paths)
    }

    /// What is remembered.
    pub(super) fn memory(&self) -> Memory {
        let text = fs::read(self.memory_file()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Remembers. Killed at whatever instant, either the old or the new is there.
    pub(super) fn remember(&self, memory: &Memory) -> io::Result<()> {
        create_private_folder(&self.root)?;
        let file = self.memory_file();
        let beside = file.with_extension(format!("{}.part", std::process::id()));
        // Left over by a program of the same number that was killed.
        let _ = fs::remove_file(&beside);
        let written = write_new(&beside, &serde_json::to_vec_pretty(memory)?)
            .and_then(|()| fs::rename(&beside, &file));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written
    }

    /// The log of programmes.
    pub(super) fn log_file(&self) -> PathBuf {
        self.root.join("log.jsonl")
    }

    /// Adds lines to the end of the log, which only its owner can read.
    pub(super) fn append_to_log(&self, lines: &[u8]) -> io::Result<()> {
        create_private_folder(&self.root)?;
        let mut options = fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(self.log_file())?;
        file.write_all(lines)?;
        file.sync_all()
    }

    fn memory_file(&self) -> PathBuf {
        self.root.join("remembered.json")
    }
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Writes a new file that only its owner can read, whole or not at all.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    let written = file.write_all(bytes);
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn began() -> jiff::Zoned {
        let at: jiff::Timestamp = "2026-01-31T18:05:09Z".parse().unwrap();
        at.to_zoned(jiff::tz::TimeZone::UTC)
    }

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("deep/data");
        (folder, Home { root })
    }

    #[test]
    fn what_is_asked_for_goes_before_what_the_environment_says() {
        let asked = Home::at(Some("/a".into()), Some("/b".into())).unwrap();
        assert_eq!(asked.sessions(), Path::new("/a/sessions"));
        let said = Home::at(None, Some("/b".into())).unwrap();
        assert_eq!(said.sessions(), Path::new("/b/sessions"));
    }

    #[test]
    fn a_session_is_named_by_its_time_and_exercise_and_never_like_another() {
        let (_folder, home) = home();
        let first = home.new_session(&began(), "superman").unwrap();
        let name = first.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, "2026-01-31T18-05-09-superman.backcoach.jsonl");
        fs::write(&first, "").unwrap();
        let second = home.new_session(&began(), "superman").unwrap();
        assert!(second.ends_with("2026-01-31T18-05-09-superman-2.backcoach.jsonl"));
        fs::write(home.sessions().join("notes.txt"), "").unwrap();
        fs::write(home.sessions().join(".a.backcoach.jsonl"), "").unwrap();
        assert_eq!(home.recordings().unwrap(), [first]);
    }

    #[test]
    #[cfg(unix)]
    fn folders_and_files_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let (_folder, home) = home();
        home.new_session(&began(), "superman").unwrap();
        home.remember(&Memory::default()).unwrap();
        assert_eq!(mode(&home.sessions()), 0o700);
        assert_eq!(mode(&home.root), 0o700);
        assert_eq!(mode(&home.memory_file()), 0o600);
    }

    #[test]
    fn a_file_is_written_new_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        write_new(&path, b"one").unwrap();
        let again = write_new(&path, b"two").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn what_is_remembered_comes_back_and_damage_is_forgotten() {
        let (_folder, home) = home();
        assert_eq!(home.memory(), Memory::default());
        let memory = Memory {
            is_first_told: true,
            sensors: vec![KnownSensor {
                id: "AA:BB".to_owned(),
                name: "Strap".to_owned(),
                placement: Some(Placement::T7),
            }],
        };
        home.remember(&memory).unwrap();
        assert_eq!(home.memory(), memory);
        for damaged in ["", "{", "[1]", "{\"sensors\": 3}", "\u{0}\u{0}"] {
            fs::write(home.memory_file(), damaged).unwrap();
            assert_eq!(home.memory(), Memory::default(), "{damaged}");
        }
    }
}
