//! Before a programme and after it: the red-flag question, what has to be true for some steps, how it feels; and the log.

use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::Zoned;
use jiff::civil::Time;

use super::home::Home;
use super::live::{Ran, Said};
use super::questions::Asker;
use super::talk::say;
use super::{Usage, diary, programmes};
use crate::coach::{Occasion, PlannedStep};
use crate::programme::advice::{Due, History, Rule, advise, gate_due, is_early, is_loaded_paused};
use crate::programme::log::{Answered, CheckIn, CheckOut, Entry, Score};
use crate::programme::safety::{ASK, FIRST, RED_FLAGS, RedFlags};
use crate::programme::{Class, Gate, Programme, Step};

/// What is asked before a programme and after it, and its answers.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How it feels (with --programme)")]
pub(super) struct Answers {
    /// Ask nothing: what is not given here is not known
    #[arg(long)]
    no_questions: bool,
    /// Pain before, from 0 to 10
    #[arg(long, value_name = "N", value_parser = str::parse::<Score>)]
    pain_before: Option<Score>,
    /// Pain after, from 0 to 10
    #[arg(long, value_name = "N", value_parser = str::parse::<Score>)]
    pain_after: Option<Score>,
    /// How hard it was, from 0 to 10
    #[arg(long, value_name = "N", value_parser = str::parse::<Score>)]
    effort: Option<Score>,
    /// When you got up
    #[arg(long, value_name = "HH:MM", value_parser = time)]
    woke: Option<Time>,
    /// The answer to the red-flag question that is asked before the first session and after pain
    #[arg(long, value_enum, value_name = "ANSWER")]
    red_flags: Option<RedFlagsName>,
    /// What is true of you, for steps that ask for it
    #[arg(long, value_delimiter = ',', value_name = "GATES", value_parser = str::parse::<Gate>)]
    allow: Vec<Gate>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RedFlagsName {
    /// None of them is true
    None,
    /// One that a doctor should hear of soon
    Soon,
    /// One of the first three
    Urgent,
}

fn time(text: &str) -> Result<Time, String> {
    Time::strptime("%H:%M", text).map_err(|_| format!("`{text}` is no time of day such as 06:45"))
}

/// What is known before a session.
pub(super) struct Before {
    check_in: CheckIn,
    /// The steps that may be done, by their places in the programme.
    pub steps: Vec<usize>,
}

/// There is to be no exercise.
pub(super) struct Refused;

impl Answers {
    /// Refuses answers to what is not asked: only a programme asks.
    pub(super) fn are_none(&self) -> Result<(), Usage> {
        let Answers {
            no_questions,
            pain_before,
            pain_after,
            effort,
            woke,
            red_flags,
            allow,
        } = self;
        let is_none = !no_questions
            && [pain_before, pain_after, effort]
                .iter()
                .all(|score| score.is_none())
            && woke.is_none()
            && red_flags.is_none()
            && allow.is_empty();
        if is_none {
            return Ok(());
        }
        Err(Usage(
            "how it feels is asked with a programme; add `--programme beginner`, or leave it out"
                .to_owned(),
        ))
    }

    /// Whoever can be asked.
    fn asker(&self) -> Option<Asker<impl std::io::BufRead + use<>>> {
        (!self.no_questions).then(Asker::at_terminal).flatten()
    }

    /// Everything before a session of a person.
    ///
    /// # Errors
    /// That the log cannot be read or written.
    pub(super) fn before(
        &self,
        home: &Home,
        programme: &Programme,
        steps: &[PlannedStep],
    ) -> anyhow::Result<Result<Before, Refused>> {
        let log = diary::read(home)?;
        let history = History::of(&log.entries, false);
        let now = Zoned::now();
        let mut asker = self.asker();
        if let Some(due) = gate_due(&history)
            && self.red_flags(home, due, &now, asker.as_mut())?.is_err()
        {
            return Ok(Err(Refused));
        }
        for one in advise(&history, now.timestamp(), now.date()) {
            // The gate has just been asked about.
            if one.rule != Rule::Gate {
                say(programmes::in_words(&one).trim_end());
            }
        }
        let pain = self.pain_before.or_else(|| {
            let asker = asker.as_mut()?;
            asker.score("How much does your back hurt now?")
        });
        let anything_new = asker
            .as_mut()
            .and_then(|asker| asker.yes("Is anything new since the last session?"));
        let woke = self.woke.or_else(|| {
            let asker = asker.as_mut()?;
            asker.ask("When did you get up? (HH:MM, Enter leaves it out)", time)
        });
        if anything_new == Some(true) && self.news(home, &now, asker.as_mut())?.is_err() {
            return Ok(Err(Refused));
        }
        let awake_min = woke.map(|woke| minutes_since(woke, now.time()));
        let is_paused = is_loaded_paused(&history, now.date());
        let mut may = May {
            answers: self,
            asker: asker.as_mut(),
            known: Vec::new(),
            is_paused,
        };
        let kept = programme
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| may.be_done(step))
            .map(|(index, _)| index)
            .collect();
        tell_early(steps, awake_min);
        Ok(Ok(Before {
            check_in: CheckIn {
                at: now.timestamp(),
                day: now.date(),
                session: String::new(),
                programme: Some(programme.id.clone()),
                pain,
                anything_new,
                awake_min,
                synthetic: false,
            },
            steps: kept,
        }))
    }

    /// Before a session of the synthetic wearer, which is asked nothing.
    pub(super) fn before_synthetic(programme: &Programme) -> Before {
        let now = Zoned::now();
        Before {
            check_in: CheckIn {
                at: now.timestamp(),
                day: now.date(),
                session: String::new(),
                programme: Some(programme.id.clone()),
                pain: None,
                anything_new: None,
                awake_min: None,
                synthetic: true,
            },
            steps: (0..programme.steps.len()).collect(),
        }
    }

    /// Asks the red-flag question and keeps the answer.
    fn red_flags<R: std::io::BufRead>(
        &self,
        home: &Home,
        due: Due,
        now: &Zoned,
        asker: Option<&mut Asker<R>>,
    ) -> anyhow::Result<Result<(), Refused>> {
        if due == Due::Never {
            say(FIRST);
        }
        say(RED_FLAGS);
        let given = self.red_flags.map(|given| match given {
            RedFlagsName::None => RedFlags::None,
            RedFlagsName::Soon => RedFlags::Soon,
            RedFlagsName::Urgent => RedFlags::Urgent,
        });
        let answer = given.or_else(|| asker?.ask(ASK, red_flag));
        let Some(answer) = answer else {
            say(
                "That has to be answered before a programme begins; give `--red-flags none` if none of it is true of you.",
            );
            return Ok(Err(Refused));
        };
        let at = now.timestamp();
        diary::add(home, &[Entry::RedFlags(Answered { at, answer })])?;
        remember_as_told(home);
        Ok(match answer.refusal() {
            Some(refusal) => {
                say(refusal);
                Err(Refused)
            }
            None => Ok(()),
        })
    }

    /// Something is new: it may be one of those things.
    fn news<R: std::io::BufRead>(
        &self,
        home: &Home,
        now: &Zoned,
        asker: Option<&mut Asker<R>>,
    ) -> anyhow::Result<Result<(), Refused>> {
        self.red_flags(home, Due::PainSince, now, asker)
    }

    /// What is asked after a session, where somebody can be.
    pub(super) fn after(&self) -> super::live::Ask {
        let answers = self.clone();
        Box::new(move || {
            let mut asker = answers.asker();
            let mut score = |given: Option<Score>, question: &str| {
                given.or_else(|| asker.as_mut()?.score(question))
            };
            Said {
                pain: score(answers.pain_after, "How much does your back hurt now?"),
                effort: score(answers.effort, "How hard was it?"),
            }
        })
    }
}

fn red_flag(answer: &str) -> Result<RedFlags, String> {
    match answer.to_ascii_lowercase().as_str() {
        "n" | "none" => Ok(RedFlags::None),
        "d" | "doctor" => Ok(RedFlags::Soon),
        "u" | "urgent" => Ok(RedFlags::Urgent),
        _ => Err("answer u, d or n".to_owned()),
    }
}

/// The text of the first session was shown, and need not be again.
fn remember_as_told(home: &Home) {
    let mut memory = home.memory();
    memory.is_first_told = true;
    // Where it cannot be remembered it is said once more, which does no harm.
    let _ = home.remember(&memory);
}

/// Minutes since a time of day that has passed.
fn minutes_since(woke: Time, now: Time) -> u32 {
    const DAY: i32 = 24 * 60;
    let minutes = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    u32::try_from((minutes(now) - minutes(woke)).rem_euclid(DAY)).unwrap_or(0)
}

fn tell_early(steps: &[PlannedStep], awake_min: Option<u32>) {
    let Some(awake_min) = awake_min else { return };
    for step in steps {
        if is_early(&step.exercise.id, awake_min) {
            let text = Rule::Morning.text();
            say(&format!(
                "{}: {} [{}: {}]",
                step.exercise.name, text.asks, text.id, text.why
            ));
        }
    }
}

/// Which steps may be done.
struct May<'a, R> {
    answers: &'a Answers,
    asker: Option<&'a mut Asker<R>>,
    /// What was answered already.
    known: Vec<(Gate, bool)>,
    is_paused: bool,
}

impl<R: std::io::BufRead> May<'_, R> {
    fn be_done(&mut self, step: &Step) -> bool {
        let name = &step.exercise;
        if self.is_paused && step.class == Class::Loaded {
            let text = Rule::Pain2.text();
            say(&format!("left out: {name}: {} [{}]", text.asks, text.id));
            return false;
        }
        for gate in &step.gates {
            if !self.is_true(*gate, name) {
                say(&format!(
                    "left out: {name}: {} (`--allow {}` if so)",
                    gate.question(),
                    gate.word()
                ));
                return false;
            }
        }
        true
    }

    fn is_true(&mut self, gate: Gate, name: &str) -> bool {
        if self.answers.allow.contains(&gate) {
            return true;
        }
        // Whether somebody was taught is asked for each exercise by itself.
        let known = self.known.iter().find(|(known, _)| *known == gate);
        if let Some((_, answer)) = known.filter(|_| gate != Gate::Taught) {
            return *answer;
        }
        let asker = self.asker.as_mut();
        let answer = asker.and_then(|asker| asker.yes(&format!("{name}: {}", gate.question())));
        let answer = answer.unwrap_or(false);
        self.known.push((gate, answer));
        answer
    }
}

/// Keeps what became of a session, and says what follows from it.
///
/// # Errors
/// That the log cannot be read or written.
pub(super) fn keep(home: &Home, before: Before, ran: Ran) -> anyhow::Result<()> {
    let Some(ledger) = ran.ledger else {
        return Ok(());
    };
    let now = Zoned::now();
    let (at, day) = (now.timestamp(), now.date());
    let synthetic = before.check_in.synthetic;
    // Without a recording the time has to tell sessions apart.
    let session = if ran.name.is_empty() {
        format!("not recorded, {}", before.check_in.at)
    } else {
        ran.name
    };
    let done = ledger.finish(&Occasion {
        at,
        day,
        session: session.clone(),
        synthetic,
    });
    let mut entries = vec![Entry::CheckIn(CheckIn {
        session: session.clone(),
        ..before.check_in
    })];
    entries.extend(done.into_iter().map(Entry::Exercise));
    let said = ran.said.unwrap_or_default();
    entries.push(Entry::CheckOut(CheckOut {
        at,
        day,
        session,
        pain: said.pain,
        effort: said.effort,
        synthetic,
    }));
    diary::add(home, &entries).context("what was done is not in the log")?;
    if synthetic {
        return Ok(());
    }
    let log = diary::read(home)?;
    let history = History::of(&log.entries, false);
    for one in advise(&history, at, day) {
        say(programmes::in_words(&one).trim_end());
    }
    Ok(())
}

/// The programme's own plan for what is left of it.
pub(super) fn nothing_left() -> Usage {
    Usage("nothing of the programme is left to do; see above why".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_getting_up_has_passed_today_or_yesterday() {
        let at = |text: &str| time(text).unwrap();
        assert_eq!(minutes_since(at("06:45"), at("07:30")), 45);
        assert_eq!(minutes_since(at("23:30"), at("00:15")), 45);
        assert!(time("25:00").is_err() && time("7").is_err());
    }

    #[test]
    fn the_red_flag_question_takes_three_answers() {
        assert_eq!(red_flag("N"), Ok(RedFlags::None));
        assert_eq!(red_flag("d"), Ok(RedFlags::Soon));
        assert_eq!(red_flag("urgent"), Ok(RedFlags::Urgent));
        assert!(red_flag("yes").is_err());
    }
}
