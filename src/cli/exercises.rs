use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::table::{find_exercise, read_text};
use super::talk::{clean, say};
use super::{EXIT_CODES, Outcome};
use crate::exercise::{self, Confidence, Exercise, ExerciseError, Kind, Rule};
use crate::input::Placement;

/// List the exercises, show one, or check your own file
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach exercises
  backcoach exercises show hyperext_45
  backcoach exercises show hyperext_45 --toml > mine.toml
  backcoach exercises check mine.toml

A file with faults ends with 4.

{EXIT_CODES}"))]
pub(super) struct Exercises {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the exercises
    List,
    /// Show how an exercise is done, counted and judged
    Show {
        /// Its name, or a TOML file
        id: String,
        /// Print the definition itself, as a start for your own
        #[arg(long)]
        toml: bool,
    },
    /// Check an exercise file
    Check {
        /// The file
        file: PathBuf,
    },
}

impl Exercises {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let text = match self.action.unwrap_or(Action::List) {
            Action::List => list()?,
            Action::Show { id, toml: true } => definition(&id)?,
            Action::Show { id, toml: false } => show(&find_exercise(&id)?),
            Action::Check { file } => return check(&file),
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    }
}

/// One table for each kind, then what is not covered, and why.
fn list() -> anyhow::Result<String> {
    let exercises = exercise::library()
        .iter()
        .map(|built_in| Exercise::parse(built_in.text, built_in.path))
        .collect::<Result<Vec<Exercise>, _>>()?;
    let mut text = String::new();
    for (kind, title) in [
        (Kind::Reps, "Repetitions"),
        (Kind::Hold, "Holds"),
        (Kind::Posture, "Posture"),
        (Kind::Auto, "Whatever is done"),
    ] {
        let of_kind = || exercises.iter().filter(move |one| one.kind == kind);
        let wide = |of: fn(&Exercise) -> String| {
            let widths = of_kind().map(|one| of(one).chars().count());
            widths.max().unwrap_or(0)
        };
        let counted = |one: &Exercise| codes(&counting_places(one));
        let (ids, names) = (wide(|one| one.id.clone()), wide(|one| one.name.clone()));
        let counts = wide(counted).max("counted at".len());
        let _ = writeln!(
            text,
            "{title}\n  {:<ids$}  {:<names$}  {:<counts$}  judged at",
            "", "", "counted at"
        );
        for one in of_kind() {
            let _ = writeln!(
                text,
                "  {:<ids$}  {:<names$}  {:<counts$}  {} ({} rules)",
                one.id,
                one.name,
                counted(one),
                codes(&judging_places(one)),
                one.rules.len()
            );
            if !one.cannot_see.is_empty() {
                let _ = writeln!(
                    text,
                    "  {:<ids$}  not seen: {}",
                    "",
                    one.cannot_see.join("; ")
                );
            }
        }
        text.push('\n');
    }
    text.push_str("Not covered\n");
    for entry in exercise::not_covered() {
        let _ = writeln!(text, "  {}: {}", entry.name, entry.reason);
    }
    let _ = writeln!(text, "\nPlaces: {}", legend(&exercises));
    Ok(text)
}

/// Where a sensor can be worn for whatever is done: trunk first.
const ANYWHERE: [Placement; 7] = [
    Placement::T7,
    Placement::Sternum,
    Placement::Sacrum,
    Placement::FrontPelvis,
    Placement::Thigh(None),
    Placement::Ankle(None),
    Placement::Wrist(None),
];

/// What the codes of the places mean.
fn legend(exercises: &[Exercise]) -> String {
    let mut places: Vec<Placement> = Vec::new();
    let all = exercises
        .iter()
        .flat_map(|one| counting_places(one).into_iter().chain(judging_places(one)));
    for place in all {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let words = places
        .iter()
        .map(|place| format!("{place} {}", place.description()));
    words.collect::<Vec<_>>().join(", ")
}

fn codes(places: &[Placement]) -> String {
    let codes: Vec<String> = places.iter().map(Placement::to_string).collect();
    if codes.is_empty() {
        "-".to_owned()
    } else {
        codes.join(" ")
    }
}

/// Where a sensor can be worn to count, best first; to watch, for a posture.
fn counting_places(exercise: &Exercise) -> Vec<Placement> {
    let signals = exercise.signals.iter().map(|signal| &signal.placements);
    let tests = exercise.tests.iter().map(|test| &test.placements);
    if exercise.kind == Kind::Auto {
        return ANYWHERE.to_vec();
    }
    once_each(signals.chain(tests).flatten())
}

/// Where a sensor can be worn to judge.
fn judging_places(exercise: &Exercise) -> Vec<Placement> {
    once_each(exercise.rules.iter().flat_map(|rule| &rule.placements))
}

fn once_each<'p>(all: impl Iterator<Item = &'p Placement>) -> Vec<Placement> {
    let mut places = Vec::new();
    for place in all {
        if !places.contains(place) {
            places.push(*place);
        }
    }
    places
}

fn definition(id: &str) -> anyhow::Result<String> {
    let exercise = find_exercise(id)?;
    let built_in = exercise::library()
        .iter()
        .find(|built_in| built_in.id == exercise.id);
    match built_in {
        Some(built_in) => Ok(built_in.text.to_owned()),
        None => read_text(id.as_ref()),
    }
}

fn check(file: &std::path::Path) -> anyhow::Result<Outcome> {
    let name = file.display().to_string();
    match Exercise::parse(&read_text(file)?, &name) {
        Ok(exercise) => {
            let rules = exercise.rules.len();
            let id = clean(&exercise.id);
            writeln!(
                io::stdout(),
                "{}: `{id}` is sound, with {rules} rules",
                clean(&name)
            )?;
            Ok(Outcome::Done)
        }
        Err(error @ ExerciseError::Invalid(_)) => {
            say(&error.to_string());
            Ok(Outcome::NotMet)
        }
        Err(error) => Err(error.into()),
    }
}

fn show(exercise: &Exercise) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(&clean(line));
        text.push('\n');
    };
    line(&format!("{} ({})", exercise.name, exercise.id));
    line(&exercise.summary);
    line("");
    for (number, step) in (1..).zip(&exercise.setup) {
        line(&format!("  {number}. {step}"));
    }
    if exercise.kind != Kind::Auto {
        line(&format!("  Start pose: {}", exercise.pose.description));
    }
    match exercise.kind {
        Kind::Reps => {
            let dose = &exercise.dose;
            line(&format!(
                "  {} reps, {} sets, {} s rest",
                range(dose.reps),
                range(dose.sets),
                range(dose.rest_s)
            ));
            line("");
            line("Counted with a sensor at:");
            for signal in &exercise.signals {
                line(&format!(
                    "  {}",
                    places_in_words(&signal.placements, signal.confidence)
                ));
            }
        }
        Kind::Hold => {
            let dose = &exercise.dose;
            let target = exercise
                .hold
                .as_ref()
                .map_or([0.0; 2], |hold| hold.target_s);
            line(&format!(
                "  Held {} s, {} times, {} sets, {} s rest",
                range(target),
                range(dose.reps),
                range(dose.sets),
                range(dose.rest_s)
            ));
            line("");
            line("Told by a sensor at:");
            for test in &exercise.tests {
                line(&format!(
                    "  {}",
                    places_in_words(&test.placements, test.confidence)
                ));
            }
        }
        Kind::Auto => {
            line("");
            line("Counted with one sensor at any of:");
            for place in ANYWHERE {
                line(&format!("  {place} ({})", place.description()));
            }
        }
        Kind::Posture => {
            let most = exercise.most_nudges_per_hour.unwrap_or(0);
            line(&format!("  At most {most} nudges an hour"));
            line("");
            line("Watched with a sensor at:");
            for place in judging_places(exercise) {
                line(&format!("  {place} ({})", place.description()));
            }
            line("");
            line("Your own settings:");
            for (name, default) in &exercise.settings {
                let bounds = exercise.bounds.get(name);
                let bounds = bounds.map_or(String::new(), |[least, most]| {
                    format!(", between {least} and {most}")
                });
                line(&format!("  {name}: {default}{bounds}"));
            }
        }
    }
    line("");
    line("Judged:");
    for rule in &exercise.rules {
        line(&format!("  {}", rule_in_words(rule)));
    }
    if !exercise.cannot_see.is_empty() {
        line("");
        line("What no worn sensor sees here:");
        for what in &exercise.cannot_see {
            line(&format!("  {what}"));
        }
    }
    text
}

/// `5-8`, or `3` where both ends are the same.
fn range<T: PartialEq + std::fmt::Display>([least, most]: [T; 2]) -> String {
    if least == most {
        least.to_string()
    } else {
        format!("{least}-{most}")
    }
}

fn places_in_words(places: &[Placement], confidence: Confidence) -> String {
    let placements: Vec<String> = places
        .iter()
        .map(|placement| format!("{placement} ({})", placement.description()))
        .collect();
    let confidence = match confidence {
        Confidence::Low => "; counts are estimates",
        Confidence::Medium | Confidence::High => "",
    };
    format!("{}{confidence}", placements.join(", "))
}

fn rule_in_words(rule: &Rule) -> String {
    let unit = rule.quantity.unit();
    let side = match rule.when {
        exercise::Comparator::Above => "above",
        exercise::Comparator::Below => "below",
    };
    let limits: Vec<String> = [
        (
            if rule.most_per_hour.is_some() {
                "told"
            } else {
                "noted"
            },
            rule.info,
        ),
        ("told", rule.warn),
        ("paused", rule.stop),
    ]
    .into_iter()
    .filter_map(|(what, limit)| Some(format!("{what} {side} {}{unit}", limit?)))
    .collect();
    let placements: Vec<String> = rule.placements.iter().map(Placement::to_string).collect();
    let lasting = rule
        .after_min
        .map_or(String::new(), |minutes| format!(" for {minutes} min"));
    format!(
        "{:<12} {}: {} {}{lasting} [{}]",
        rule.id,
        rule.fault,
        rule.quantity,
        limits.join(", "),
        placements.join(" ")
    )
}
