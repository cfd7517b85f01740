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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coach::{Coach, Setup, WornSensor};
    use crate::exercise::built_in;
    use crate::input::Placement;
    use crate::report::{Collector, Origin, PageSize, Report, render_png, render_svg};
    use crate::sources::synthetic::{Act, LinkModel, Sitter};

    fn report(acts: Vec<Act>) -> Report {
        let mut sitter = Sitter::new(Placement::Sacrum, acts);
        sitter.link = LinkModel::Direct;
        let plan = Plan {
            exercise: built_in("sitting").unwrap(),
            sensors: vec![WornSensor {
                family: WornSensor::IMPORTED.to_owned(),
                placement: Placement::Sacrum,
                name: String::new(),
            }],
            setup: Setup::Guided,
            goal: Default::default(),
            settings: [("slouch_min".to_owned(), 2.0)].into(),
            conduct: Default::default(),
            programme: None,
        };
        let mut coach = Coach::new(&plan).unwrap();
        let mut collector = Collector::new(&plan);
        for input in &sitter.perform().inputs {
            collector.input(input);
            coach
                .handle(input)
                .iter()
                .for_each(|event| collector.event(event));
        }
        coach
            .finish()
            .iter()
            .for_each(|event| collector.event(event));
        collector.finish(Origin::default())
    }

    #[test]
    fn a_day_has_its_minutes_its_nudges_and_its_page() {
        let acts = vec![
            Act::sit(4.0, 120.0),
            Act::Walk { minutes: 2.0 },
            Act::sit(3.0, 40.0),
        ];
        let report = report(acts);
        let posture = report.posture.as_ref().unwrap();
        let modes: Vec<PostureMode> = posture.minutes.iter().map(|minute| minute.mode).collect();
        assert!((9..=10).contains(&modes.len()), "{modes:?}");
        assert_eq!(modes[1], PostureMode::Slumped);
        assert_eq!(modes[5], PostureMode::Walking);
        assert_eq!(modes[8], PostureMode::Easy);
        assert_eq!(posture.nudges[0].rule, "PO-SLOUCH");
        let slouch = posture
            .limits
            .iter()
            .find(|limit| limit.rule == "PO-SLOUCH");
        assert_eq!(slouch.unwrap().words(), "slouch_pct above 85 % for 2 min");
        let positive = report.summary.positive.as_deref().unwrap();
        assert!(
            positive.starts_with("1 break and 2 changes of position"),
            "{positive}"
        );
        let svg = render_svg(&report, PageSize::default()).unwrap();
        for text in [
            "POSTURE REPORT",
            "How the time went",
            "your limit, 85 %",
            "PO-SLOUCH",
        ] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(!render_png(&report, PageSize::default()).unwrap().is_empty());
    }

    #[test]
    fn without_the_set_up_the_page_says_so() {
        let collector = |plan: &Plan| Collector::new(plan).finish(Origin::default());
        let mut plan: Plan =
            serde_json::from_str(include_str!("../recording/test_plan.json")).unwrap();
        assert_eq!(collector(&plan).posture, None);
        plan.exercise = built_in("sitting").unwrap();
        let report = collector(&plan);
        assert!(
            report
                .summary
                .note
                .as_deref()
                .unwrap()
                .starts_with("The set-up was not done")
        );
        assert!(render_svg(&report, PageSize::default()).is_ok());
    }
}
