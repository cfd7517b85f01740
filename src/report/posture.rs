//! Hours of a posture: minutes, nudges, and what to take home.

use std::collections::BTreeMap;

use crate::coach::{CueKind, Day, Event, Plan, PostureMode, Sitting};
use crate::exercise::{Comparator, Kind};
use crate::units::round_to;

use super::data::{Nudge, PostureLimit, PostureMinute, PostureReport, Summary};
use super::limits;
use super::numbers::{clean, counted, duration, number};

/// Minutes kept one by one: two days.
const MINUTES: usize = 2_880;

/// Nudges listed one by one.
const NUDGES: usize = 100;

/// Watches a posture session go by.
#[derive(Debug)]
pub(super) struct PostureWatch {
    day: Option<Day>,
    minutes: Vec<PostureMinute>,
    open: Option<Minute>,
    nudges: Vec<Nudge>,
    nudges_not_listed: u32,
}

/// A minute under way.
#[derive(Debug, Default)]
struct Minute {
    number: i64,
    modes: BTreeMap<PostureMode, u32>,
    slouch: f64,
    count: u32,
}

impl PostureWatch {
    /// One for a plan whose exercise is a posture.
    pub(super) fn new(plan: &Plan) -> Option<PostureWatch> {
        (plan.exercise.kind == Kind::Posture).then_some(PostureWatch {
            day: None,
            minutes: Vec::new(),
            open: None,
            nudges: Vec::new(),
            nudges_not_listed: 0,
        })
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Sitting(sitting) => self.second(sitting),
            Event::Day(day) => self.day = Some(day.clone()),
            Event::Cue(cue) if cue.kind == CueKind::Nudge && self.nudges.len() < NUDGES => {
                self.nudges.push(Nudge {
                    at_s: cue.at.seconds(),
                    rule: clean(cue.rule.as_deref().unwrap_or_default(), 40),
                    text: clean(&cue.text, 80),
                });
            }
            Event::Cue(cue) if cue.kind == CueKind::Nudge => self.nudges_not_listed += 1,
            _ => {}
        }
    }

    fn second(&mut self, sitting: &Sitting) {
        // The second that ends with a minute is its last.
        let number = ((sitting.at.seconds() - 0.5) / 60.0).floor() as i64;
        if self.open.as_ref().is_none_or(|open| open.number != number) {
            self.close();
            self.open = Some(Minute {
                number,
                ..Minute::default()
            });
        }
        let Some(open) = &mut self.open else { return };
        *open.modes.entry(sitting.mode).or_default() += 1;
        if let Some(pct) = sitting.slouch_pct {
            open.slouch += pct;
            open.count += 1;
        }
    }

    fn close(&mut self) {
        let Some(minute) = self.open.take() else {
            return;
        };
        let most = minute.modes.iter().max_by_key(|(_, seconds)| **seconds);
        if let Some((mode, _)) = most
            && self.minutes.len() < MINUTES
        {
            self.minutes.push(PostureMinute {
                at_s: minute.number as f64 * 60.0,
                mode: *mode,
                slouch_pct: (minute.count > 0)
                    .then(|| round_to(minute.slouch / f64::from(minute.count), 10.0)),
            });
        }
    }

    pub(super) fn finish(mut self, plan: &Plan) -> PostureReport {
        self.close();
        let exercise = &plan.exercise;
        let chosen = |name: &str| plan.settings.get(name).copied();
        let limits = exercise
            .judged_rules(&limits::worn(plan))
            .into_iter()
            .filter_map(|rule| {
                Some(PostureLimit {
                    rule: clean(&rule.id, 40),
                    about: clean(&rule.fault, 80),
                    quantity: rule.quantity,
                    when: rule.when,
                    value: round_to(exercise.limits(rule, chosen).info?, 100.0),
                    after_min: round_to(exercise.after_min(rule, chosen), 100.0),
                })
            })
            .collect();
        PostureReport {
            day: self.day,
            minutes: self.minutes,
            nudges: self.nudges,
            nudges_not_listed: self.nudges_not_listed,
            limits,
        }
    }
}

impl PostureLimit {
    /// In words: `slouch_pct above 85 % for 10 min`.
    pub(super) fn words(&self) -> String {
        let side = match self.when {
            Comparator::Above => "above",
            Comparator::Below => "below",
        };
        let unit = self.quantity.unit();
        let value = number(self.value, 0);
        let lasting = match self.after_min {
            minutes if minutes > 0.0 => format!(" for {} min", number(minutes, 0)),
            _ => String::new(),
        };
        format!("{} {side} {value}{unit}{lasting}", self.quantity)
    }
}

/// A time without a break that is worth a word, minutes.
const LONG_MIN: f64 = 60.0;

/// A share of the time that is worth a word.
const MUCH: f64 = 0.25;

/// What to take home: what there was of variety, and at most two offers.
pub(super) fn summary(report: &PostureReport) -> Summary {
    let Some(day) = &report.day else {
        return Summary {
            positive: None,
            change: Vec::new(),
            note: Some(
                "The set-up was not done, so that nothing was told. Sit tall and hold still, then slump and hold still."
                    .to_owned(),
            ),
        };
    };
    let seen = duration(day.seen_s);
    let breaks = counted(u64::from(day.breaks), "break", "breaks");
    let changes = counted(
        u64::from(day.changes),
        "change of position",
        "changes of position",
    );
    let positive = if day.breaks + day.changes > 0 {
        format!("{breaks} and {changes} in {seen}.")
    } else {
        format!("{seen} seen and recorded: a base to compare with.")
    };
    let mut change = Vec::new();
    if day.longest_min > LONG_MIN {
        change.push(format!(
            "{} min went by without a break: one more in between is an easy change.",
            number(day.longest_min, 0)
        ));
    }
    let slumped = day.modes_s.get(&PostureMode::Slumped).copied();
    let share = slumped.unwrap_or(0.0) / day.seen_s.max(1.0);
    if share > MUCH {
        change.push(format!(
            "{} % of the time beyond the slump you chose to hear about: any other position will do.",
            number(100.0 * share, 0)
        ));
    }
    let note = if day.unseen_s > 60.0 {
        Some(format!(
            "{} not seen: nothing is claimed about them.",
            duration(day.unseen_s)
        ))
    } else if day.slouch_s.iter().all(|seconds| *seconds == 0.0) {
        Some("Without the slump in the set-up only breaks and variety are told.".to_owned())
    } else {
        Some("No posture is the right one: these are numbers to vary, not to keep.".to_owned())
    };
    Summary {
        positive: Some(positive),
        change,
        note,
    }
}
