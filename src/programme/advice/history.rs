//! The log, session by session.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::programme::Class;
use crate::programme::log::{Answered, CheckIn, CheckOut, Done, Entry, Morning};

/// One session of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Session<'l> {
    /// Its recording.
    pub id: &'l str,
    /// When it was noted first.
    pub at: Timestamp,
    /// The wearer's day.
    pub day: Date,
    /// What was said before it.
    pub check_in: Option<&'l CheckIn>,
    /// What was done, in order.
    pub done: Vec<&'l Done>,
    /// What was said after it.
    pub check_out: Option<&'l CheckOut>,
}

/// A log, session by session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History<'l> {
    /// The sessions, the oldest first.
    pub sessions: Vec<Session<'l>>,
    /// The mornings, in order.
    pub mornings: Vec<&'l Morning>,
    /// Answers to the red-flag question, in order.
    pub answers: Vec<&'l Answered>,
}

impl<'l> History<'l> {
    /// What people did; or, where `synthetic`, what the synthetic wearer did, which has no mornings and no answers.
    pub fn of(entries: &'l [Entry], synthetic: bool) -> History<'l> {
        let mut history = History::default();
        for entry in entries {
            history.add(entry, synthetic);
        }
        history.sessions.sort_by_key(|session| session.at);
        history.mornings.sort_by_key(|morning| morning.at);
        history.answers.sort_by_key(|answered| answered.at);
        history
    }

    fn add(&mut self, entry: &'l Entry, synthetic: bool) {
        match entry {
            Entry::RedFlags(answered) if !synthetic => self.answers.push(answered),
            Entry::Morning(morning) if !synthetic => self.mornings.push(morning),
            Entry::CheckIn(entry) if entry.synthetic == synthetic => {
                self.session(&entry.session, entry.at, entry.day).check_in = Some(entry);
            }
            Entry::Exercise(entry) if entry.synthetic == synthetic => {
                let session = self.session(&entry.session, entry.at, entry.day);
                session.done.push(entry);
            }
            Entry::CheckOut(entry) if entry.synthetic == synthetic => {
                self.session(&entry.session, entry.at, entry.day).check_out = Some(entry);
            }
            _ => {}
        }
    }

    /// Sessions are noted one after the other: the one that is meant is among the latest.
    fn session(&mut self, id: &'l str, at: Timestamp, day: Date) -> &mut Session<'l> {
        let known = self.sessions.iter().rposition(|session| session.id == id);
        let index = known.unwrap_or_else(|| {
            self.sessions.push(Session {
                id,
                at,
                day,
                check_in: None,
                done: Vec::new(),
                check_out: None,
            });
            self.sessions.len() - 1
        });
        &mut self.sessions[index]
    }

    /// The latest session in which anything was done.
    pub fn latest(&self) -> Option<&Session<'l>> {
        let mut sessions = self.sessions.iter().rev();
        sessions.find(|session| session.done.iter().any(|done| done.reps > 0 || done.pain))
    }

    /// The exercises that were ever done, in the order of their names.
    pub fn exercises(&self) -> Vec<&'l str> {
        let done = self.sessions.iter().flat_map(|session| &session.done);
        let mut names: Vec<&str> = done.map(|done| done.exercise.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl<'l> Session<'l> {
    /// By how much pain rose; `None` unless it was asked before and after.
    pub fn pain_up(&self) -> Option<i16> {
        let before = self.check_in?.pain?;
        Some(self.check_out?.pain?.above(before))
    }

    /// What became of one exercise in it, where it was done in parts the last of them.
    pub fn of(&self, exercise: &str) -> Option<&'l Done> {
        let mut done = self.done.iter().rev().copied();
        done.find(|done| done.exercise == exercise && done.reps > 0)
    }

    /// What was done with a load.
    pub fn loaded(&self) -> impl Iterator<Item = &'l Done> + '_ {
        let done = self.done.iter().copied();
        done.filter(|done| done.class == Some(Class::Loaded) && done.reps > 0)
    }
}
