//! What stays of a live session: the recording, written while it runs, and the report beside it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use anyhow::Context;

use super::shown::News;
use crate::cli::home::{Home, write_new};
use crate::cli::report::{self, sha256, stem};
use crate::cli::talk;
use crate::coach::Event;
use crate::input::Input;
use crate::recording::{Durability, Header, Recorder, RecordingError};
use crate::report::{Origin, PageSize, Report, render_png};
use crate::session::Observer;

/// So many names are tried where other programs are faster.
const MOST_NAMES: u32 = 20;

/// Where a session is recorded.
#[derive(Clone, Debug)]
pub(super) enum Keep {
    /// Into a new file of the user's folder.
    InHome(Home),
    /// Into this file, which must not exist.
    At(PathBuf),
}

/// The recording of a session that runs.
pub(super) struct Kept {
    path: Option<PathBuf>,
    recorder: Option<Recorder>,
    /// Why it cannot be written, where that showed at once.
    failure: Option<anyhow::Error>,
    began: jiff::Zoned,
    is_synthetic: bool,
}

impl Kept {
    /// Begins the recording. One that cannot be begun is no reason not to exercise: the wearer is told.
    ///
    /// # Errors
    /// That the file the user named exists; where the recording `is_all` that is wanted, also that it cannot be begun.
    pub(super) fn begin(
        keep: &Keep,
        is_all: bool,
        header: &Header,
        news: Sender<News>,
    ) -> anyhow::Result<Kept> {
        let began = header.created.to_zoned(jiff::tz::TimeZone::system());
        let begun = create(keep, &began, header);
        let is_synthetic = header.synthetic;
        match begun {
            Ok((path, recorder)) => {
                let tell = move |error: &RecordingError| {
                    // Whoever listened is gone together with the session.
                    let _ = news.send(News::NotRecorded(format!(
                        "not recorded from here on: {error}"
                    )));
                };
                Ok(Kept {
                    path: Some(path),
                    recorder: Some(recorder.on_failure(tell)),
                    failure: None,
                    began,
                    is_synthetic,
                })
            }
            Err(error) if is_all || exists(&error) => Err(error),
            Err(error) => {
                let why = talk::with_causes(&error);
                let _ = news.send(News::NotRecorded(format!(
                    "this session is not recorded: {why}"
                )));
                Ok(Kept {
                    path: None,
                    recorder: None,
                    failure: Some(error),
                    began,
                    is_synthetic,
                })
            }
        }
    }

    /// Closes the recording. Gives whether all of the session is in it.
    pub(super) fn close(&mut self, cause: Option<String>) -> bool {
        if let Some(error) = self.failure.take() {
            talk::say(&format!("not recorded: {}", talk::with_causes(&error)));
            return false;
        }
        let Some(recorder) = self.recorder.take() else {
            return true;
        };
        let name = self.name();
        match recorder.finish(cause) {
            Ok(()) => {
                talk::say(&format!("{name}: written"));
                true
            }
            Err(error) => {
                talk::say(&format!("{name}: incomplete: {error}"));
                false
            }
        }
    }

    /// Where the data of the report come from.
    pub(super) fn origin(&self) -> Origin {
        let path = self.path.as_deref();
        let file = path.and_then(Path::file_name).unwrap_or_default();
        Origin {
            file: file.to_string_lossy().into_owned(),
            started: Some(self.began.clone()),
            synthetic: self.is_synthetic,
            recording_sha256: path.and_then(|path| sha256(path).ok()),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Origin::default()
        }
    }

    /// Draws the reports beside the recording. Gives whether that was done.
    pub(super) fn draw(&self, pages: &[Report]) -> bool {
        let Some(path) = &self.path else {
            return true;
        };
        let name = self.session();
        let picture = path.with_file_name(format!("{}.png", stem(&name)));
        let mut is_drawn = true;
        for (number, page) in (1..).zip(pages) {
            let picture = report::numbered(&picture, number, pages.len());
            match draw_new(page, picture) {
                Ok(picture) => talk::say(&format!("{}: written", picture.display())),
                Err(error) => {
                    talk::say(&format!("no report: {}", talk::with_causes(&error)));
                    is_drawn = false;
                }
            }
        }
        is_drawn
    }

    /// The name of the recording, without its folder; nothing where there is none.
    pub(super) fn session(&self) -> String {
        let file = self.path.as_deref().and_then(Path::file_name);
        file.unwrap_or_default().to_string_lossy().into_owned()
    }

    fn name(&self) -> String {
        let path = self.path.as_deref();
        path.map_or_else(String::new, |path| path.display().to_string())
    }
}

fn create(
    keep: &Keep,
    began: &jiff::Zoned,
    header: &Header,
) -> anyhow::Result<(PathBuf, Recorder)> {
    let mut tries = 0;
    loop {
        let path = match keep {
            Keep::InHome(home) => home.new_session(began, header.plan.id())?,
            Keep::At(path) => path.clone(),
        };
        tries += 1;
        match Recorder::create(&path, header, Durability::Live) {
            Ok(recorder) => return Ok((path, recorder)),
            // A name that was free a moment ago: another program begins a session just now.
            Err(RecordingError::Exists { .. })
                if matches!(keep, Keep::InHome(_)) && tries < MOST_NAMES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Draws the report under a name, or one like it: what has the name already is somebody's.
fn draw_new(page: &Report, first: PathBuf) -> anyhow::Result<PathBuf> {
    let bytes = render_png(page, PageSize::default())?;
    let name = first.file_stem().unwrap_or_default().to_string_lossy();
    let more = (2..=MOST_NAMES).map(|number| first.with_file_name(format!("{name}-{number}.png")));
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for picture in std::iter::once(first.clone()).chain(more) {
        match write_new(&picture, &bytes) {
            Ok(()) => return Ok(picture),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("{}: cannot be written", picture.display()));
            }
        }
    }
    Err(taken).with_context(|| format!("{}: cannot be written", first.display()))
}

fn exists(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(RecordingError::Exists { .. }))
}

impl Observer for Kept {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        if let Some(recorder) = &mut self.recorder {
            recorder.input(input);
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Some(recorder) = &mut self.recorder {
            recorder.event(event);
        }
        Ok(())
    }
}
