use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::home::HomeOptions;
use super::table::{find_exercise, read_text};
use super::talk::{clean, say};
use super::{EXIT_CODES, Outcome, Usage, diary};
use crate::coach::{Goal, PlannedStep};
use crate::exercise::Exercise;
use crate::programme::advice::{Advice, History, RULES, advise};
use crate::programme::log::{Entry, Morning, Score};
use crate::programme::{self, Programme, ProgrammeError, Step};

/// List the programmes, show one, check your own file; what follows from what was done
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach programmes
  backcoach programmes show beginner
  backcoach programmes check mine.toml
  backcoach programmes advice
  backcoach programmes pain 3

A programme is done with `backcoach coach --programme beginner`. A file with faults ends with 4.

{EXIT_CODES}"))]
pub(super) struct Programmes {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the programmes
    List,
    /// Show what is done in a programme, and why
    Show {
        /// Its name, or a TOML file
        id: String,
        /// Print the definition itself, as a start for your own
        #[arg(long)]
        toml: bool,
    },
    /// Check a programme file
    Check {
        /// The file
        file: PathBuf,
    },
    /// Say what follows from the log of your sessions: when to do more, when less
    Advice {
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
        /// Show the rules themselves, with their numbers
        #[arg(long)]
        rules: bool,
        /// Of the sessions of the synthetic wearer
        #[arg(long)]
        synthetic: bool,
        #[command(flatten)]
        home: HomeOptions,
    },
    /// Note how much it hurts this morning, from 0 to 10
    Pain {
        /// From 0, none, to 10
        #[arg(value_parser = str::parse::<Score>)]
        score: Score,
        #[command(flatten)]
        home: HomeOptions,
    },
}

impl Programmes {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let text = match self.action.unwrap_or(Action::List) {
            Action::List => list()?,
            Action::Show { id, toml: true } => definition(&id)?,
            Action::Show { id, toml: false } => show(&Found::find(&id)?)?,
            Action::Check { file } => return check(&file),
            Action::Advice { rules: true, .. } => rules(),
            Action::Advice {
                json,
                synthetic,
                home,
                ..
            } => advice(&home, json, synthetic)?,
            Action::Pain { score, home } => return pain(&home, score),
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    }
}

/// A programme with the folder that its own exercise files lie in.
pub(super) struct Found {
    pub programme: Programme,
    folder: PathBuf,
}

impl Found {
    /// A programme by its name, or from the user's own file.
    pub(super) fn find(name: &str) -> anyhow::Result<Found> {
        let path = Path::new(name);
        let is_path =
            path.extension().is_some_and(|end| end == "toml") || path.components().count() > 1;
        if !is_path {
            let programme = match programme::built_in(name) {
                Err(error @ ProgrammeError::Unknown { .. }) => {
                    return Err(Usage(error.to_string()).into());
                }
                other => other?,
            };
            let folder = PathBuf::new();
            return Ok(Found { programme, folder });
        }
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let programme = Programme::parse(&read_text(path)?, name)?;
        Ok(Found { programme, folder })
    }

    /// The steps with their exercises in full.
    pub(super) fn steps(&self) -> anyhow::Result<Vec<PlannedStep>> {
        self.programme
            .steps
            .iter()
            .map(|step| self.step(step))
            .collect()
    }

    pub(super) fn step(&self, step: &Step) -> anyhow::Result<PlannedStep> {
        let exercise = self.exercise(step)?;
        if !exercise.kind.is_in_sets() {
            let id = clean(&exercise.id);
            return Err(Usage(format!("`{id}` is not done in sets: it is no step")).into());
        }
        // A side, where sides alternate: both are counted.
        let sides = exercise.sides();
        Ok(PlannedStep {
            class: step.class,
            goal: Goal {
                reps: Some(step.reps.saturating_mul(sides)),
                sets: Some(step.sets),
                rest_s: Some(step.rest_s),
                fewer: step.fewer.saturating_mul(sides),
            },
            settings: step
                .chosen()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            exercise,
        })
    }

    fn exercise(&self, step: &Step) -> anyhow::Result<Exercise> {
        if step.is_file() {
            let path = self.folder.join(&step.exercise);
            return find_exercise(&path.display().to_string());
        }
        find_exercise(&step.exercise)
    }
}

fn list() -> anyhow::Result<String> {
    let mut text = String::new();
    for built_in in programme::library() {
        let programme = Programme::parse(built_in.text, built_in.path)?;
        let [least, most] = programme.per_week;
        let _ = writeln!(
            text,
            "{:<14} {:<28} {:>2} steps   {least} to {most} times a week",
            programme.id,
            programme.name,
            programme.steps.len(),
        );
    }
    Ok(text)
}

fn definition(id: &str) -> anyhow::Result<String> {
    let found = Found::find(id)?;
    let built_in = programme::library()
        .iter()
        .find(|built_in| built_in.id == found.programme.id && found.folder == Path::new(""));
    match built_in {
        Some(built_in) => Ok(built_in.text.to_owned()),
        None => read_text(id.as_ref()),
    }
}

fn check(file: &Path) -> anyhow::Result<Outcome> {
    let name = file.display().to_string();
    match Programme::parse(&read_text(file)?, &name) {
        Ok(programme) => {
            let steps = programme.steps.len();
            let folder = file.parent().map(Path::to_owned).unwrap_or_default();
            let found = Found { programme, folder };
            if let Err(error) = found.steps() {
                say(&format!("{name}: {error:#}"));
                return Ok(Outcome::NotMet);
            }
            let id = clean(&found.programme.id);
            writeln!(
                io::stdout(),
                "{}: `{id}` is sound, with {steps} steps",
                clean(&name)
            )?;
            Ok(Outcome::Done)
        }
        Err(error @ ProgrammeError::Invalid(_)) => {
            say(&error.to_string());
            Ok(Outcome::NotMet)
        }
        Err(error) => Err(error.into()),
    }
}

fn show(found: &Found) -> anyhow::Result<String> {
    let programme = &found.programme;
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(&clean(line));
        text.push('\n');
    };
    let [least, most] = programme.per_week;
    line(&format!("{} ({})", programme.name, programme.id));
    line(&programme.summary);
    line(&format!("  {least} to {most} times a week"));
    line("");
    for (number, step) in (1..).zip(&programme.steps) {
        let exercise = found.exercise(step)?;
        line(&format!(
            "  {number}. {} ({}, {})",
            exercise.name,
            exercise.id,
            step.class.word()
        ));
        line(&format!("     {}", amount(step, &exercise)));
        for gate in &step.gates {
            line(&format!("     Only if: {}", gate.question()));
        }
        if let Some(why) = &step.why {
            line(&format!("     {why}"));
        }
    }
    if !programme.left_out.is_empty() {
        line("");
        line("Left out:");
        for what in &programme.left_out {
            line(&format!("  {what}"));
        }
    }
    line("");
    line("Sources:");
    for source in programme.sources.values() {
        line(&format!("  {source}"));
    }
    Ok(text)
}

fn amount(step: &Step, exercise: &Exercise) -> String {
    let each = match exercise.sides() {
        1 => "",
        _ => " a side",
    };
    let reps: Vec<String> = (0..step.sets)
        .map(|set| step.reps.saturating_sub(step.fewer.saturating_mul(set)))
        .map(|reps| reps.to_string())
        .collect();
    let reps = match step.fewer {
        0 => format!("{} of {}", counted(step.sets, "set"), step.reps),
        _ => format!("sets of {}", reps.join(", ")),
    };
    let hold = step
        .hold_s
        .map_or_else(String::new, |hold| format!(", {hold} s each"));
    let rest = if step.sets > 1 {
        format!(", {} s rest", step.rest_s)
    } else {
        String::new()
    };
    format!("{reps}{each}{hold}{rest}")
}

fn rules() -> String {
    let mut text = String::new();
    for rule in RULES {
        let _ = writeln!(
            text,
            "{:<11} when {}\n{:<11} {}\n{:<11} because {}",
            rule.id, rule.when, "", rule.asks, "", rule.why
        );
    }
    text
}

fn advice(home: &HomeOptions, json: bool, synthetic: bool) -> anyhow::Result<String> {
    let log = diary::read(&home.home()?)?;
    let now = jiff::Zoned::now();
    let history = History::of(&log.entries, synthetic);
    let advice = advise(&history, now.timestamp(), now.date());
    let mut text = String::new();
    if json {
        for one in &advice {
            let _ = writeln!(text, "{}", serde_json::to_string(one)?);
        }
        return Ok(text);
    }
    if history.sessions.is_empty() {
        text.push_str(
            "Nothing was logged yet: do a programme with `backcoach coach --programme beginner`.\n",
        );
    } else if advice.is_empty() {
        text.push_str("Nothing to change: go on as you do.\n");
    }
    for one in &advice {
        text.push_str(&in_words(one));
    }
    Ok(text)
}

/// Advice with its rule and its reason.
pub(super) fn in_words(advice: &Advice) -> String {
    let id = advice.rule.text().id;
    clean(&format!("{} [{id}: {}]", advice.text, advice.why)) + "\n"
}

fn pain(home: &HomeOptions, score: Score) -> anyhow::Result<Outcome> {
    let home = home.home()?;
    let log = diary::read(&home)?;
    let now = jiff::Zoned::now();
    let morning = Morning {
        at: now.timestamp(),
        day: now.date(),
        pain: score,
    };
    diary::add(&home, &[Entry::Morning(morning)])?;
    let mut entries = log.entries;
    entries.push(Entry::Morning(morning));
    let history = History::of(&entries, false);
    let (of_pain, _): (Vec<Advice>, Vec<Advice>) = advise(&history, now.timestamp(), now.date())
        .into_iter()
        .partition(|one| is_of_pain(one));
    for one in &of_pain {
        say(&in_words(one));
    }
    Ok(Outcome::Done)
}

fn is_of_pain(advice: &Advice) -> bool {
    use crate::programme::advice::Rule;
    matches!(advice.rule, Rule::Gate | Rule::Pain2)
}

fn counted(number: u32, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}
