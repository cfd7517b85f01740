//! What the sensors that are worn can count and judge, and with which limits.

use std::fmt;

use super::{Comparator, Confidence, Exercise, HoldTest, Rule, Severity, Signal};
use crate::input::Placement;

/// Why a rule is not judged with the sensors that are worn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotJudged {
    /// None of these places has a sensor.
    NotWorn(Vec<Placement>),
    /// A second sensor is missing, at one of these places.
    SecondNotWorn(Vec<Placement>),
    /// The sensor here shows the same thing better, by another rule.
    SeenBetter(Placement),
    /// It follows the sensor that counts, and that one is here.
    CountedAt(Placement),
}

impl fmt::Display for NotJudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotJudged::NotWorn(places) => write!(f, "needs a sensor at {}", either(places)),
            NotJudged::SecondNotWorn(places) => {
                write!(f, "needs a second sensor at {}", either(places))
            }
            NotJudged::SeenBetter(place) => {
                write!(f, "the sensor at {place} shows it better, by another rule")
            }
            NotJudged::CountedAt(place) => write!(
                f,
                "repetitions are counted by the sensor at {place}, to which this rule does not apply"
            ),
        }
    }
}

/// What an exercise is counted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CountedBy<'e> {
    /// The excursions of a signal.
    Signal(&'e Signal),
    /// A pose that is held.
    Test(&'e HoldTest),
}

impl CountedBy<'_> {
    /// Where a sensor must be worn for it; any one of them.
    pub fn placements(&self) -> &[Placement] {
        match self {
            CountedBy::Signal(signal) => &signal.placements,
            CountedBy::Test(test) => &test.placements,
        }
    }

    /// How far the count can be believed.
    pub fn confidence(&self) -> Confidence {
        match self {
            CountedBy::Signal(signal) => signal.confidence,
            CountedBy::Test(test) => test.confidence,
        }
    }
}

fn either(places: &[Placement]) -> String {
    let codes: Vec<_> = places.iter().map(Placement::to_string).collect();
    codes.join(" or ")
}

/// The first of `worn` that is at one of `places`, whatever its side.
fn first_worn(places: &[Placement], worn: &[Placement]) -> Option<Placement> {
    places.iter().find_map(|place| {
        worn.iter()
            .copied()
            .find(|worn| worn.without_side() == place.without_side())
    })
}

/// The limits of a rule with the wearer's settings in them, in the quantity's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// From here on it is noted.
    pub info: Option<f64>,
    /// From here on the wearer is told.
    pub warn: Option<f64>,
    /// From here on the set is paused.
    pub stop: Option<f64>,
}

impl Limits {
    /// The gravest limit that `value` lies beyond; what is not a number lies beyond none.
    pub fn severity(&self, when: Comparator, value: f64) -> Option<Severity> {
        [
            (self.stop, Severity::Stop),
            (self.warn, Severity::Warn),
            (self.info, Severity::Info),
        ]
        .into_iter()
        .find(|(limit, _)| limit.is_some_and(|limit| when.is_beyond(value, limit)))
        .map(|(_, severity)| severity)
    }
}

impl Rule {
    /// Whether the places of the worn sensors are those it asks for.
    ///
    /// A rule on the counting angle also asks that the counting sensor be one of them, which only the exercise
    /// knows: [`Exercise::judged_rules`].
    pub fn is_judged_by(&self, worn: &[Placement]) -> bool {
        self.missing(worn).is_none()
    }

    fn missing(&self, worn: &[Placement]) -> Option<NotJudged> {
        if first_worn(&self.placements, worn).is_none() {
            return Some(NotJudged::NotWorn(self.placements.clone()));
        }
        if !self.with.is_empty() && first_worn(&self.with, worn).is_none() {
            return Some(NotJudged::SecondNotWorn(self.with.clone()));
        }
        first_worn(&self.unless, worn).map(NotJudged::SeenBetter)
    }
}

impl Exercise {
    /// What counts with these sensors, and where: the first entry one of whose places is worn, with its side where
    /// that was said.
    pub fn counted_by(&self, worn: &[Placement]) -> Option<(CountedBy<'_>, Placement)> {
        let signals = self.signals.iter().map(CountedBy::Signal);
        signals
            .chain(self.tests.iter().map(CountedBy::Test))
            .find_map(|by| Some((by, first_worn(by.placements(), worn)?)))
    }

    /// Left and right take turns in a set, so that an amount "a side" is done twice: 2, or else 1.
    pub fn sides(&self) -> u32 {
        let hold = self.hold.as_ref();
        let alternates =
            self.rep.alternates_sides || hold.is_some_and(|hold| hold.alternates_sides);
        1 + u32::from(alternates)
    }

    /// The signal that counts with these sensors, where repetitions are counted.
    pub fn counting_signal(&self, worn: &[Placement]) -> Option<&Signal> {
        match self.counted_by(worn)? {
            (CountedBy::Signal(signal), _) => Some(signal),
            (CountedBy::Test(_), _) => None,
        }
    }

    /// Where the sensor that counts is worn, with its side where that was said.
    pub fn counting_placement(&self, worn: &[Placement]) -> Option<Placement> {
        self.counted_by(worn).map(|(_, place)| place)
    }

    /// For a posture: how long a rule's matter must last, minutes. `chosen` as in [`Exercise::limits`].
    pub fn after_min(&self, rule: &Rule, chosen: impl Fn(&str) -> Option<f64>) -> f64 {
        let minutes = rule.after_min.unwrap_or(0.0);
        minutes * self.factor(rule.after_with.as_deref(), chosen)
    }

    /// The wearer's value of a setting over its default; 1 where there is none.
    fn factor(&self, setting: Option<&str>, chosen: impl Fn(&str) -> Option<f64>) -> f64 {
        setting
            .and_then(|name| {
                let default = self.settings.get(name)?;
                let value = chosen(name).filter(|value| value.is_finite() && 0.0 <= *value);
                Some(value.unwrap_or(*default) / default)
            })
            .filter(|factor| factor.is_finite() && 0.0 < *factor)
            .unwrap_or(1.0)
    }

    /// The rules that these sensors can judge.
    pub fn judged_rules(&self, worn: &[Placement]) -> Vec<&Rule> {
        self.rules
            .iter()
            .filter(|rule| self.reason_not_judged(rule, worn).is_none())
            .collect()
    }

    /// The rules that these sensors cannot judge, and why.
    pub fn not_judged(&self, worn: &[Placement]) -> Vec<(&Rule, NotJudged)> {
        self.rules
            .iter()
            .filter_map(|rule| Some((rule, self.reason_not_judged(rule, worn)?)))
            .collect()
    }

    fn reason_not_judged(&self, rule: &Rule, worn: &[Placement]) -> Option<NotJudged> {
        if let Some(reason) = rule.missing(worn) {
            return Some(reason);
        }
        let condition = rule.only_if.as_ref().map(|condition| condition.quantity);
        let follows_count = std::iter::once(rule.quantity)
            .chain(condition)
            .any(|quantity| quantity.measured_on().is_counting());
        let counting = self.counting_placement(worn)?;
        let applies = rule
            .placements
            .iter()
            .any(|place| place.without_side() == counting.without_side());
        (follows_count && !applies).then_some(NotJudged::CountedAt(counting))
    }

    /// Whether the count with these sensors is to be marked `estimated`.
    pub fn is_estimated(&self, worn: &[Placement]) -> bool {
        self.counted_by(worn)
            .is_some_and(|(by, _)| by.confidence() == Confidence::Low)
    }

    /// The limits of a rule. `chosen` gives the wearer's own value of a setting, where there is one;
    /// the defaults of [`Exercise::settings`] hold otherwise.
    ///
    /// First `scale_with`: each limit times the setting over its default. Then `allowance`: each limit moved away
    /// from zero by the setting. What is not a number, or below zero, changes nothing.
    pub fn limits(&self, rule: &Rule, chosen: impl Fn(&str) -> Option<f64>) -> Limits {
        let value = |name: &str| {
            let default = self.settings.get(name).copied();
            chosen(name)
                .filter(|value| value.is_finite() && 0.0 <= *value)
                .or(default)
        };
        let factor = self.factor(rule.scale_with.as_deref(), &chosen);
        let allowance = rule.allowance.as_deref().and_then(value).unwrap_or(0.0);
        let moved = |limit: f64| limit * factor + allowance.copysign(limit);
        Limits {
            info: rule.info.map(moved),
            warn: rule.warn.map(moved),
            stop: rule.stop.map(moved),
        }
    }
}
