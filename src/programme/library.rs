//! The programmes that come with the program, and the way from text to a checked [`Programme`].

use super::Programme;
use super::check::check;
use super::schema::PROGRAMME;
use crate::exercise::reading::{
    embedded, list, nearest, problems, read_checked, shown, suggestion,
};
use crate::exercise::{BuiltIn, Problem};

/// One line for each file.
static LIBRARY: &[BuiltIn] = embedded! { "programmes":
    "beginner"
    "mcgill_style"
};

/// Why there is no programme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgrammeError {
    /// No built-in programme has this name.
    #[error("there is no programme `{}`{}; known ones: {known}. Give a path to use your own file", shown(.name), suggestion(.nearest.as_deref()))]
    Unknown {
        /// The name asked for.
        name: String,
        /// The built-in name most like it.
        nearest: Option<String>,
        /// The built-in names, joined.
        known: String,
    },
    /// The file has faults: all that were found, in the order of their lines.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
}

/// The programmes that come with the program.
pub fn library() -> &'static [BuiltIn] {
    LIBRARY
}

/// The built-in programme of this name; capitals and `-` for `_` do not matter.
///
/// # Errors
/// [`ProgrammeError::Unknown`] when there is none.
pub fn built_in(name: &str) -> Result<Programme, ProgrammeError> {
    let wanted = name.trim().to_ascii_lowercase().replace('-', "_");
    if let Some(found) = LIBRARY.iter().find(|built_in| built_in.id == wanted) {
        return Programme::parse(found.text, found.path);
    }
    let ids = LIBRARY.iter().map(|built_in| built_in.id);
    Err(ProgrammeError::Unknown {
        name: name.to_owned(),
        nearest: nearest(&wanted, ids.clone()).map(str::to_owned),
        known: ids.collect::<Vec<_>>().join(", "),
    })
}

impl Programme {
    /// Reads and checks a programme file. `path` is its name in messages; nothing is opened, so that exercises in files
    /// of their own are not looked at here.
    ///
    /// ```
    /// use backcoach::programme::Programme;
    ///
    /// let error = Programme::parse("id = 'x'\nname = 7\n", "mine.toml").unwrap_err();
    /// assert!(error.to_string().starts_with("mine.toml:1: a programme needs `summary`"));
    /// ```
    ///
    /// # Errors
    /// [`ProgrammeError::Invalid`] with every fault that was found, each with its line.
    pub fn parse(text: &str, path: &str) -> Result<Programme, ProgrammeError> {
        read_checked(text, "a programme", &PROGRAMME, check)
            .map_err(|faults| ProgrammeError::Invalid(problems(faults, path)))
    }
}
