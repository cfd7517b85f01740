//! A recording on disk while the session runs.
//!
//! A session is worth more than its recording: when writing fails the recorder stops, says so once, and
//! the session goes on. What was written until then stays readable.
//!
//! A live recording appears under its name once its header is written, so that no name ever stands for nothing, and
//! the recorder holds a lock on it as long as it writes: see [`super::is_in_use`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use super::{Header, RecordingError, Writer};
use crate::coach::Event;
use crate::input::Input;
use crate::units::SessionTime;

/// Lines gather up to so many bytes where nobody waits for them.
const BATCH_BYTES: usize = 1 << 16;

/// Live, the file is synced when so much time has passed, seconds.
const SYNC_EVERY_S: f64 = 1.0;

/// How soon a line must be safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A person is exercising: every line is handed to the system at once, and to the disk each second and at
    /// each repetition.
    Live,
    /// The file can be made again: it is handed to the disk when it is complete.
    Batch,
}

/// Told when writing fails.
type OnFailure = Box<dyn FnMut(&RecordingError) + Send>;

/// Writes a session into a new file, private to the user.
pub struct Recorder {
    state: State,
    on_failure: OnFailure,
    synced: Option<SessionTime>,
}

enum State {
    Writing(Writer<Output>),
    Failed(RecordingError),
}

impl Recorder {
    /// Creates the file and writes the header.
    ///
    /// # Errors
    /// That the file exists, or that the system does not let it be created or written.
    pub fn create(
        path: &Path,
        header: &Header,
        durability: Durability,
    ) -> Result<Recorder, RecordingError> {
        let writer = match durability {
            Durability::Live => begin_live(path, header)?,
            Durability::Batch => {
                Writer::new(Output::new(create_private(path)?, durability), header)?
            }
        };
        Ok(Recorder {
            state: State::Writing(writer),
            on_failure: Box::new(|_| {}),
            synced: None,
        })
    }

    /// Calls `tell` once, as soon as writing fails: the wearer should know that the rest is not kept.
    #[must_use]
    pub fn on_failure(mut self, tell: impl FnMut(&RecordingError) + Send + 'static) -> Recorder {
        self.on_failure = Box::new(tell);
        self
    }

    /// Writes an input. After a failure, does nothing.
    pub fn input(&mut self, input: &Input) {
        self.write(|writer| writer.input(input));
        let at = input.at();
        let due = self
            .synced
            .is_none_or(|synced| at.seconds_since(synced).abs() >= SYNC_EVERY_S);
        if due {
            self.synced = Some(at);
            self.write(sync);
        }
    }

    /// Writes an event that recordings keep. After a failure, does nothing.
    pub fn event(&mut self, event: &Event) {
        self.write(|writer| writer.event(event));
        if matches!(event, Event::Rep(_)) {
            self.write(sync);
        }
    }

    /// Closes the recording with an end line and waits for the disk.
    ///
    /// # Errors
    /// Why writing failed, now or earlier.
    pub fn finish(self, cause: Option<String>) -> Result<(), RecordingError> {
        match self.state {
            State::Writing(writer) => writer.end(cause)?.close().map_err(RecordingError::Write),
            State::Failed(error) => Err(error),
        }
    }

    fn write(&mut self, act: impl FnOnce(&mut Writer<Output>) -> Result<(), RecordingError>) {
        let State::Writing(writer) = &mut self.state else {
            return;
        };
        if let Err(error) = act(writer) {
            (self.on_failure)(&error);
            self.state = State::Failed(error);
        }
    }
}

/// Writes the header under a name beside the final one, then gives the file its name: killed at whatever instant, what
/// has the name has a header.
fn begin_live(path: &Path, header: &Header) -> Result<Writer<Output>, RecordingError> {
    let Some(beside) = name_beside(path) else {
        return Err(RecordingError::Create {
            path: path.to_owned(),
            source: io::ErrorKind::InvalidFilename.into(),
        });
    };
    // Left over by a program of the same number that was killed within its first moments.
    let _ = fs::remove_file(&beside);
    let file = create_private(&beside).map_err(|error| named(error, path))?;
    let begun = begin(file, header).and_then(|writer| {
        give_name(&beside, path)?;
        Ok(writer)
    });
    if begun.is_err() {
        let _ = fs::remove_file(&beside);
    }
    sync_folder(path);
    begun
}

fn begin(file: File, header: &Header) -> Result<Writer<Output>, RecordingError> {
    // Where the system has no locks the recording is made all the same.
    let _ = file.try_lock();
    let mut writer = Writer::new(Output::new(file, Durability::Live), header)?;
    writer.get_mut().sync().map_err(RecordingError::Write)?;
    Ok(writer)
}

/// `.NAME.PROCESS.part` in the same folder.
fn name_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy();
    let process = std::process::id();
    Some(path.with_file_name(format!(".{name}.{process}.part")))
}

/// The wearer chose the final name and knows no other.
fn named(error: RecordingError, name: &Path) -> RecordingError {
    match error {
        RecordingError::Create { source, .. } => RecordingError::Create {
            path: name.to_owned(),
            source,
        },
        other => other,
    }
}

/// Gives a file its final name and never takes one that is taken: a rename would.
fn give_name(beside: &Path, path: &Path) -> Result<(), RecordingError> {
    let exists = || RecordingError::Exists {
        path: path.to_owned(),
    };
    match fs::hard_link(beside, path) {
        Ok(()) => {
            let _ = fs::remove_file(beside);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
        // A file system without second names.
        Err(_) if path.symlink_metadata().is_ok() => Err(exists()),
        Err(_) => fs::rename(beside, path).map_err(|source| RecordingError::Create {
            path: path.to_owned(),
            source,
        }),
    }
}

fn sync(writer: &mut Writer<Output>) -> Result<(), RecordingError> {
    writer.get_mut().sync().map_err(RecordingError::Write)
}

/// A new file that only its owner can read.
pub(super) fn create_private(path: &Path) -> Result<File, RecordingError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => RecordingError::Exists {
            path: path.to_owned(),
        },
        _ => RecordingError::Create {
            path: path.to_owned(),
            source,
        },
    })
}

/// A new file's name is safe only once its folder is. Not every system lets a folder be synced: then it is left.
fn sync_folder(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

/// The file with what waits to be written.
pub(super) struct Output {
    file: File,
    waiting: Vec<u8>,
    durability: Durability,
    /// Syncing can take a tenth of a second on a slow card; the session does not wait for it.
    syncer: Option<Syncer>,
}

impl Output {
    pub(super) fn new(file: File, durability: Durability) -> Output {
        let syncer = (durability == Durability::Live)
            .then(|| Syncer::start(&file))
            .flatten();
        Output {
            file,
            waiting: Vec::new(),
            durability,
            syncer,
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match (&self.syncer, self.durability) {
            (_, Durability::Batch) => Ok(()),
            (Some(syncer), Durability::Live) => syncer.request(),
            (None, Durability::Live) => self.file.sync_data(),
        }
    }

    pub(super) fn close(mut self) -> io::Result<()> {
        self.flush()?;
        if let Some(syncer) = self.syncer.take() {
            syncer.finish()?;
        }
        self.file.sync_all()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.durability == Durability::Live {
            return self.file.write(bytes);
        }
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }
}

/// A thread that syncs when asked. One request waits while one is under way; more are the same request.
struct Syncer {
    requests: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl Syncer {
    fn start(file: &File) -> Option<Syncer> {
        let file = file.try_clone().ok()?;
        let (requests, asked) = mpsc::sync_channel(1);
        let work = move || {
            for () in asked {
                file.sync_data()?;
            }
            Ok(())
        };
        let thread = thread::Builder::new()
            .name("sync".to_owned())
            .spawn(work)
            .ok()?;
        Some(Syncer { requests, thread })
    }

    fn request(&self) -> io::Result<()> {
        match self.requests.try_send(()) {
            Ok(()) | Err(mpsc::TrySendError::Full(())) => Ok(()),
            Err(mpsc::TrySendError::Disconnected(())) => {
                Err(io::Error::other("the disk refused to sync the recording"))
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        drop(self.requests);
        self.thread
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("syncing the recording failed")))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::super::tests::{header, some_entries};
    use super::super::{Entry, Reader};
    use super::*;
    use std::io::BufReader;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn record(recorder: &mut Recorder) {
        for entry in some_entries() {
            match entry {
                Entry::Input(input) => recorder.input(&input),
                Entry::Event(event) => recorder.event(&event),
            }
        }
    }

    #[test]
    fn a_recording_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.backcoach.jsonl");
        let recorder = Recorder::create(&path, &header(), Durability::Live).unwrap();
        recorder.finish(None).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let again = Recorder::create(&path, &header(), Durability::Batch).map(|_| ());
        assert_eq!(
            again.unwrap_err().to_string(),
            format!(
                "{}: exists already; recordings are never overwritten, give another name",
                path.display()
            )
        );
    }

    #[test]
    fn a_live_recording_reads_up_to_its_last_line_without_being_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.backcoach.jsonl");
        let mut recorder = Recorder::create(&path, &header(), Durability::Live).unwrap();
        record(&mut recorder);
        let mut reader = Reader::new(BufReader::new(File::open(&path).unwrap())).unwrap();
        let entries: Vec<Entry> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!(entries, some_entries());
        assert!(reader.damage().is_unfinished);
        recorder.finish(None).unwrap();
    }

    #[test]
    fn a_recording_is_in_use_until_its_recorder_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.backcoach.jsonl");
        let recorder = Recorder::create(&path, &header(), Durability::Live).unwrap();
        assert!(super::super::is_in_use(&path));
        recorder.finish(None).unwrap();
        assert!(!super::super::is_in_use(&path));
    }

    #[test]
    fn nothing_but_the_recording_is_left_in_the_folder_even_if_its_name_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.backcoach.jsonl");
        let recorder = Recorder::create(&path, &header(), Durability::Live).unwrap();
        let again = Recorder::create(&path, &header(), Durability::Live).map(|_| ());
        assert!(matches!(again, Err(RecordingError::Exists { .. })));
        recorder.finish(None).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_stops_the_recorder_once_and_not_the_session() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let writer = Writer::new(Output::new(full, Durability::Batch), &header()).unwrap();
        let told = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&told);
        let mut recorder = Recorder {
            state: State::Writing(writer),
            on_failure: Box::new(|_| {}),
            synced: None,
        }
        .on_failure(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        for _ in 0..1000 {
            record(&mut recorder);
        }
        assert_eq!(told.load(Ordering::Relaxed), 1);
        assert!(matches!(
            recorder.finish(None),
            Err(RecordingError::Write(_))
        ));
    }
}
