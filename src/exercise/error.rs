//! What can be wrong with an exercise file, told like a compiler tells it.

use std::fmt;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as the caller named it.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.problem)
    }
}

/// Why there is no exercise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExerciseError {
    /// No built-in exercise has this name.
    #[error("there is no exercise `{}`{}; known ones: {known}. Give a path to use your own file", shown(.name), suggestion(.nearest.as_deref()))]
    Unknown {
        /// The name asked for.
        name: String,
        /// The built-in name most like it.
        nearest: Option<String>,
        /// The built-in names, joined.
        known: String,
    },
    /// The file has faults: all that were found, in the order of their lines.
    ///
    /// Faults of the text and of the fields are looked for first; how the values fit together only in a
    /// file without those.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
}

impl ExerciseError {
    /// The faults of a file; empty for an unknown name.
    pub fn problems(&self) -> &[Problem] {
        match self {
            ExerciseError::Unknown { .. } => &[],
            ExerciseError::Invalid(problems) => problems,
        }
    }
}

/// More than this many lines of faults help nobody.
const MOST_LISTED: usize = 50;

pub(crate) fn list(problems: &[Problem]) -> String {
    let mut lines: Vec<String> = problems
        .iter()
        .take(MOST_LISTED)
        .map(Problem::to_string)
        .collect();
    if problems.len() > MOST_LISTED {
        lines.push(format!("and {} more", problems.len() - MOST_LISTED));
    }
    lines.join("\n")
}

/// Text from a file as it may be put into a message: short, and without control characters.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut out: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

/// The end of a sentence that offers the nearest name, or nothing.
pub(crate) fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

/// The candidate most like `text`, where one is like it at all.
pub(crate) fn nearest<'c>(
    text: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    const LONGEST: usize = 64;
    if LONGEST < text.len() {
        return None;
    }
    let most = (text.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (edits(text, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: the least number of letters to change, insert or leave out.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let names = ["t_lower", "t_raise", "peak"];
        assert_eq!(nearest("t_lowr", names), Some("t_lower"));
        assert_eq!(nearest("peek", names), Some("peak"));
        assert_eq!(nearest("something_else", names), None);
    }

    #[test]
    fn text_from_a_file_cannot_reach_the_terminal_raw() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(shown(&"x".repeat(100)), format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn a_long_list_of_faults_is_cut() {
        let problem = Problem {
            path: "f".into(),
            line: 1,
            problem: "p".into(),
        };
        let text = ExerciseError::Invalid(vec![problem; 52]).to_string();
        assert_eq!(text.lines().count(), 51);
        assert!(text.ends_with("\nand 2 more"));
    }
}
