//! The exercises that come with the program, and the way from text to a checked [`Exercise`].

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::check::check;
use super::document::{Document, Fault};
use super::error::nearest;
use super::schema::{EXERCISE, Shape};
use super::{Exercise, ExerciseError, Problem};

/// A file that comes with the program, as text: an exercise, or a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name.
    pub id: &'static str,
    /// Where the text lies in the project.
    pub path: &'static str,
    /// The file.
    pub text: &'static str,
}

/// The files of a folder, by their names without the end.
macro_rules! embedded {
    ($folder:literal: $($id:literal)*) => {
        &[$($crate::exercise::BuiltIn {
            id: $id,
            path: concat!($folder, "/", $id, ".toml"),
            text: include_str!(concat!("../../", $folder, "/", $id, ".toml")),
        },)*]
    };
}
pub(crate) use embedded;

/// One line for each file.
static LIBRARY: &[BuiltIn] = embedded! { "exercises":
    "hyperext_45"
    "hyperext_90"
    "superman"
    "prone_alt"
    "bird_dog"
    "good_morning"
    "sldl"
    "deadlift"
    "bent_row"
    "squat"
    "box_squat"
    "leg_lift"
    "lunge_fwd"
    "lunge_rev"
    "lunge_lat"
    "step_up"
    "pelvic_tilt"
    "cat_cow"
    "bridge"
    "roll_up"
    "band_rotation"
    "side_twist"
    "lat_leg_raise"
    "rolling_knees"
    "kneel_back_ext"
    "calf_raise"
    "pull_up"
    "pull_down"
    "straight_arm_pulldown"
    "pull_over"
    "shrug"
    "rear_fly"
    "face_pull"
    "slouch_overcorrect"
    "object_lift"
    "plank"
    "side_plank"
    "wall_sit"
    "sphinx"
    "knee_to_chest"
    "childs_pose"
    "thread_needle"
    "down_dog"
    "towel_hamstring"
    "towel_hamstring_lying"
    "calf_stretch"
    "draw_in"
    "biering_sorensen"
    "diaphragm_breathing"
    "sitting"
    "auto"
};

/// What no worn sensor can count or judge, and what is left out for another reason.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotCovered {
    /// As people call it.
    pub name: String,
    /// Why there is no file for it.
    pub reason: String,
}

/// What is known of and not covered, with the reason.
pub fn not_covered() -> Vec<NotCovered> {
    #[derive(Deserialize)]
    struct Table {
        entry: Vec<NotCovered>,
    }
    let table: Result<Table, _> = toml::from_str(include_str!("../../exercises/not_covered.toml"));
    // A test holds that it can be read.
    table.map_or_else(|_| Vec::new(), |table| table.entry)
}

/// The exercises that come with the program.
pub fn library() -> &'static [BuiltIn] {
    LIBRARY
}

/// The built-in exercise of this name or alias; capitals and `-` for `_` do not matter.
///
/// # Errors
/// [`ExerciseError::Unknown`] when there is none.
pub fn built_in(name: &str) -> Result<Exercise, ExerciseError> {
    let wanted = name.trim().to_ascii_lowercase().replace('-', "_");
    if let Some(found) = LIBRARY.iter().find(|built_in| built_in.id == wanted) {
        return Exercise::parse(found.text, found.path);
    }
    for built_in in LIBRARY {
        let exercise = Exercise::parse(built_in.text, built_in.path)?;
        if exercise.aliases.contains(&wanted) {
            return Ok(exercise);
        }
    }
    let ids = LIBRARY.iter().map(|built_in| built_in.id);
    Err(ExerciseError::Unknown {
        name: name.to_owned(),
        nearest: nearest(&wanted, ids.clone()).map(str::to_owned),
        known: ids.collect::<Vec<_>>().join(", "),
    })
}

impl Exercise {
    /// Reads and checks an exercise file. `path` is its name in messages; nothing is opened.
    ///
    /// ```
    /// use backcoach::exercise::Exercise;
    ///
    /// let error = Exercise::parse("id = 'x'\nname = 7\n", "mine.toml").unwrap_err();
    /// assert_eq!(error.problems()[0].to_string(), "mine.toml:1: an exercise needs `summary`");
    /// ```
    ///
    /// # Errors
    /// [`ExerciseError::Invalid`] with every fault that was found, each with its line.
    pub fn parse(text: &str, path: &str) -> Result<Exercise, ExerciseError> {
        read_checked(text, "an exercise", &EXERCISE, check)
            .map_err(|faults| ExerciseError::Invalid(problems(faults, path)))
    }
}

/// Reads a file and checks it: the text, then each field, then how the values fit together.
///
/// # Errors
/// Every fault of the first of these that has any.
pub(crate) fn read_checked<T: DeserializeOwned>(
    text: &str,
    what: &str,
    shape: &'static Shape,
    check: fn(&T, &Document<'_>) -> Vec<Fault>,
) -> Result<T, Vec<Fault>> {
    let document = Document::read(text, what)?;
    let faults = document.faults(shape);
    if !faults.is_empty() {
        return Err(faults);
    }
    let content = document.content().map_err(|fault| vec![fault])?;
    let faults = check(&content, &document);
    if faults.is_empty() {
        Ok(content)
    } else {
        Err(faults)
    }
}

/// Faults as problems of a file, in the order of their lines.
pub(crate) fn problems(mut faults: Vec<Fault>, path: &str) -> Vec<Problem> {
    faults.sort_by_key(|(line, _)| *line);
    faults
        .into_iter()
        .map(|(line, problem)| Problem {
            path: path.to_owned(),
            line,
            problem,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_covered_says_why() {
        let entries = not_covered();
        assert!(!entries.is_empty());
        assert!(entries.iter().all(|entry| entry.reason.len() > 10));
    }
}
