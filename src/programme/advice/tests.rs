//! Each limit of each rule, on both sides.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::*;
use crate::programme::Class;
use crate::programme::log::{Answered, CheckIn, CheckOut, Done, Entry, Morning, Score};
use crate::programme::safety::RedFlags;

/// Noon of the day on which all is looked at.
fn now() -> Timestamp {
    "2026-03-31T12:00:00Z".parse().unwrap()
}

fn today() -> Date {
    day(now())
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn hours_ago(hours: f64) -> Timestamp {
    now() - SignedDuration::from_secs_f64(hours * 3600.0)
}

fn score(value: u8) -> Option<Score> {
    Score::new(value)
}

/// A session under construction.
struct Built(Vec<Entry>);

impl Built {
    fn session(name: &str, at: Timestamp) -> Built {
        Built(vec![Entry::CheckIn(CheckIn {
            at,
            day: day(at),
            session: name.to_owned(),
            programme: None,
            pain: score(2),
            anything_new: None,
            awake_min: None,
            synthetic: false,
        })])
    }

    fn check_in(&mut self) -> &mut CheckIn {
        match &mut self.0[0] {
            Entry::CheckIn(entry) => entry,
            _ => unreachable!(),
        }
    }

    fn done(mut self, exercise: &str, class: Class, change: impl FnOnce(&mut Done)) -> Built {
        let check_in = self.check_in().clone();
        let mut done = Done {
            at: check_in.at,
            day: check_in.day,
            session: check_in.session,
            index: 0,
            exercise: exercise.to_owned(),
            version: 1,
            class: Some(class),
            sets_planned: Some(2),
            reps_planned: Some(20),
            sets: 2,
            reps: 20,
            judged: 20,
            warned: 0,
            stops: 0,
            rom_loss_pct: None,
            active_s: 60.0,
            pain: false,
            synthetic: false,
        };
        change(&mut done);
        self.0.push(Entry::Exercise(done));
        self
    }

    fn after(mut self, pain: Option<u8>) -> Vec<Entry> {
        let check_in = self.check_in().clone();
        self.0.push(Entry::CheckOut(CheckOut {
            at: check_in.at,
            day: check_in.day,
            session: check_in.session,
            pain: pain.and_then(score),
            effort: None,
            synthetic: false,
        }));
        self.0
    }
}

fn one(exercise: &str, class: Class, change: impl FnOnce(&mut Done)) -> Vec<Entry> {
    Built::session("a", hours_ago(2.0))
        .done(exercise, class, change)
        .after(Some(2))
}

fn said(entries: &[Entry]) -> Vec<Rule> {
    let history = History::of(entries, false);
    let advice = advise(&history, now(), today());
    advice.into_iter().map(|advice| advice.rule).collect()
}

fn says(entries: &[Entry], rule: Rule) -> bool {
    said(entries).contains(&rule)
}

fn nothing(_: &mut Done) {}

#[test]
fn warm_up_is_three_minutes_of_movement_before_the_first_load() {
    let warmed = |secs: f64| {
        Built::session("a", hours_ago(2.0))
            .done("cat_cow", Class::WarmUp, |done| done.active_s = secs)
            .done("hyperext_45", Class::Loaded, nothing)
            .done("childs_pose", Class::Stretch, nothing)
            .after(Some(2))
    };
    assert!(says(&warmed(179.0), Rule::Warm));
    assert!(!says(&warmed(180.0), Rule::Warm));
    // What comes after the load warms nobody up for it.
    let late = Built::session("a", hours_ago(2.0))
        .done("hyperext_45", Class::Loaded, nothing)
        .done("cat_cow", Class::WarmUp, |done| done.active_s = 300.0)
        .after(Some(2));
    assert!(says(&late, Rule::Warm));
    assert!(!says(&one("bird_dog", Class::Control, nothing), Rule::Warm));
}

#[test]
fn a_stretch_belongs_after_strengthening_and_not_before() {
    let order = |classes: &[Class]| {
        let mut session = Built::session("a", hours_ago(2.0));
        for class in classes {
            session = session.done(class.word(), *class, nothing);
        }
        says(&session.after(Some(2)), Rule::Order)
    };
    assert!(order(&[Class::Control]));
    assert!(order(&[Class::Stretch, Class::Control]));
    assert!(!order(&[Class::Control, Class::Stretch]));
    assert!(!order(&[Class::WarmUp]));
}

#[test]
fn more_than_three_loaded_sessions_in_seven_days_are_many() {
    let sessions = |hours: &[f64]| -> Vec<Entry> {
        let exercises = ["squat", "deadlift", "good_morning", "bent_row", "sldl"];
        let each = hours.iter().zip(exercises);
        each.flat_map(|(hours, exercise)| {
            Built::session(exercise, hours_ago(*hours))
                .done(exercise, Class::Loaded, nothing)
                .after(Some(2))
        })
        .collect()
    };
    assert!(!says(&sessions(&[150.0, 100.0, 50.0]), Rule::Freq));
    assert!(says(&sessions(&[167.0, 150.0, 100.0, 50.0]), Rule::Freq));
    assert!(!says(&sessions(&[168.0, 150.0, 100.0, 50.0]), Rule::Freq));
}

#[test]
fn the_same_lift_is_left_alone_for_a_day_and_a_half() {
    let twice = |first: &str, second: &str, apart: f64| {
        let mut entries = Built::session("a", hours_ago(5.0 + apart))
            .done(first, Class::Loaded, nothing)
            .after(Some(2));
        entries.extend(
            Built::session("b", hours_ago(5.0))
                .done(second, Class::Loaded, nothing)
                .after(Some(2)),
        );
        says(&entries, Rule::Freq)
    };
    assert!(twice("deadlift", "deadlift", 35.9));
    assert!(!twice("deadlift", "deadlift", 36.0));
    assert!(!twice("deadlift", "squat", 20.0));
}

/// Two sessions, a week apart.
fn two(
    class: Class,
    change: impl Fn(usize, &mut Done),
    pain_after: impl Fn(usize) -> Option<u8>,
) -> Vec<Entry> {
    (0..2)
        .flat_map(|index| {
            let at = hours_ago(170.0 * (2 - index) as f64);
            Built::session(&index.to_string(), at)
                .done("bridge", class, |done| change(index, done))
                .after(pain_after(index))
        })
        .collect()
}

#[test]
fn a_step_more_is_for_two_good_sessions_in_a_row() {
    let well = |_: usize, _: &mut Done| {};
    let same = |_: usize| Some(2);
    assert!(says(&two(Class::Control, well, same), Rule::Up));
    assert!(!says(&one("bridge", Class::Control, nothing), Rule::Up));
    let one_short = |index: usize, done: &mut Done| done.reps -= u32::from(index == 0);
    assert!(!says(&two(Class::Control, one_short, same), Rule::Up));
    let a_set_short = |index: usize, done: &mut Done| done.sets -= u32::from(index == 1);
    assert!(!says(&two(Class::Control, a_set_short, same), Rule::Up));
    let warned = |count| move |_: usize, done: &mut Done| done.warned = count;
    assert!(says(&two(Class::Control, warned(2), same), Rule::Up));
    assert!(!says(&two(Class::Control, warned(3), same), Rule::Up));
    assert!(says(&two(Class::Control, well, |_| Some(1)), Rule::Up));
    assert!(!says(&two(Class::Control, well, |_| Some(3)), Rule::Up));
    // Not asked is not known.
    assert!(!says(&two(Class::Control, well, |_| None), Rule::Up));
    let unjudged = |_: usize, done: &mut Done| done.judged = 0;
    assert!(!says(&two(Class::Control, unjudged, same), Rule::Up));
    // Already a step more the second time.
    let grown = |index: usize, done: &mut Done| {
        done.reps_planned = Some(18 + 2 * index as u32);
    };
    assert!(!says(&two(Class::Control, grown, same), Rule::Up));
}

#[test]
fn a_step_more_is_one_of_several_and_never_two() {
    for (class, more) in [
        (Class::Loaded, "not both"),
        (Class::Hold, "1 or 2 seconds longer"),
        (Class::Control, "1 or 2 repetitions more"),
    ] {
        let entries = two(class, |_, _| {}, |_| Some(2));
        let history = History::of(&entries, false);
        let advice = advise(&history, now(), today());
        let up = advice
            .iter()
            .find(|advice| advice.rule == Rule::Up)
            .unwrap();
        assert!(up.text.contains(more), "{}", up.text);
    }
}

#[test]
fn a_week_is_held_against_the_four_before() {
    let weeks = |latest: u32, first_hours: f64| {
        let mut entries = Vec::new();
        for (index, reps) in [20, 20, 20, 20, 20, latest].into_iter().enumerate() {
            let at = match index {
                0 => hours_ago(first_hours),
                _ => hours_ago(168.0 * (5 - index) as f64 + 24.0),
            };
            entries.extend(
                Built::session(&index.to_string(), at)
                    .done("bridge", Class::Control, |done| done.reps = reps)
                    .after(Some(2)),
            );
        }
        says(&entries, Rule::Cap)
    };
    let long_ago = 36.0 * 24.0;
    assert!(!weeks(24, long_ago));
    assert!(weeks(25, long_ago));
    assert!(weeks(25, 35.0 * 24.0));
    // Who began less than five weeks ago has no usual week.
    assert!(!weeks(60, 34.9 * 24.0));
}

#[test]
fn a_step_less_is_for_many_corrections_or_a_shrinking_range_or_pain() {
    let warned = |count| one("bridge", Class::Control, |done| done.warned = count);
    assert!(!says(&warned(6), Rule::Down));
    assert!(says(&warned(7), Rule::Down));
    let loss = |pct| {
        one("bridge", Class::Control, |done| {
            done.rom_loss_pct = Some(pct)
        })
    };
    assert!(!says(&loss(25.0), Rule::Down));
    assert!(says(&loss(25.1), Rule::Down));
    let pain = |after| {
        Built::session("a", hours_ago(2.0))
            .done("bridge", Class::Control, nothing)
            .after(Some(after))
    };
    assert!(!says(&pain(3), Rule::Down));
    assert!(says(&pain(4), Rule::Down));
}

#[test]
fn pain_that_rises_by_two_asks_for_a_professional() {
    let pain = |after| {
        Built::session("a", hours_ago(2.0))
            .done("bridge", Class::Control, nothing)
            .after(after)
    };
    assert!(!says(&pain(Some(3)), Rule::Pain1));
    assert!(says(&pain(Some(4)), Rule::Pain1));
    assert!(!says(&pain(None), Rule::Pain1));
    let history_text = pain(Some(4));
    let history = History::of(&history_text, false);
    let first = advise(&history, now(), today());
    assert!(first[0].text.contains("professional"), "{}", first[0].text);
}

/// A session each day for so many days, each followed by a morning with so much pain; 2 before each.
fn mornings(pains: &[(i64, u8)]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (days_ago, pain) in pains {
        let at = hours_ago(24.0 * (*days_ago as f64 + 1.0));
        entries.extend(
            Built::session(&days_ago.to_string(), at)
                .done("hyperext_45", Class::Loaded, nothing)
                .after(Some(2)),
        );
        let at = hours_ago(24.0 * *days_ago as f64 + 4.0);
        entries.push(Entry::Morning(Morning {
            at,
            day: day(at),
            pain: score(*pain).unwrap(),
        }));
    }
    entries
}

#[test]
fn two_worse_mornings_pause_loads() {
    let is_paused = |pains: &[(i64, u8)]| {
        let entries = mornings(pains);
        is_loaded_paused(&History::of(&entries, false), today())
    };
    assert!(!is_paused(&[(1, 4)]));
    assert!(is_paused(&[(3, 4), (1, 4)]));
    assert!(!is_paused(&[(3, 3), (1, 4)]));
    // A week later it has passed.
    assert!(is_paused(&[(6, 4), (0, 4)]));
    assert!(!is_paused(&[(7, 4), (0, 4)]));
    // A second word on the same morning is no second morning.
    let mut twice = mornings(&[(1, 4)]);
    twice.push(twice[twice.len() - 1].clone());
    assert!(!is_loaded_paused(&History::of(&twice, false), today()));
    assert!(says(&mornings(&[(3, 4), (1, 4)]), Rule::Pain2));
}

#[test]
fn a_morning_without_exercise_the_day_before_says_nothing() {
    let mut entries = mornings(&[(3, 4)]);
    let at = hours_ago(4.0);
    entries.push(Entry::Morning(Morning {
        at,
        day: day(at),
        pain: score(10).unwrap(),
    }));
    assert!(!is_loaded_paused(&History::of(&entries, false), today()));
}

fn answered(hours: f64, answer: RedFlags) -> Entry {
    let at = hours_ago(hours);
    Entry::RedFlags(Answered { at, answer })
}

#[test]
fn the_red_flag_question_is_due_at_first_after_yes_and_after_pain() {
    let due = |entries: &[Entry]| gate_due(&History::of(entries, false));
    assert_eq!(due(&[]), Some(Due::Never));
    assert_eq!(due(&[answered(50.0, RedFlags::None)]), None);
    assert_eq!(due(&[answered(50.0, RedFlags::Soon)]), Some(Due::WasTrue));
    assert_eq!(due(&[answered(50.0, RedFlags::Urgent)]), Some(Due::WasTrue));
    assert_eq!(
        due(&[
            answered(50.0, RedFlags::Urgent),
            answered(1.0, RedFlags::None)
        ]),
        None
    );
    let after = |entries: Vec<Entry>| {
        let mut all = vec![answered(500.0, RedFlags::None)];
        all.extend(entries);
        due(&all)
    };
    let hurt = one("bridge", Class::Control, |done| done.pain = true);
    assert_eq!(after(hurt.clone()), Some(Due::PainSince));
    assert_eq!(after(one("bridge", Class::Control, nothing)), None);
    assert_eq!(after(mornings(&[(1, 4)])), Some(Due::PainSince));
    assert_eq!(after(mornings(&[(1, 3)])), None);
    let rose = |pain| {
        Built::session("a", hours_ago(2.0))
            .done("bridge", Class::Control, nothing)
            .after(Some(pain))
    };
    assert_eq!(after(rose(4)), Some(Due::PainSince));
    assert_eq!(after(rose(3)), None);
    // Answered since.
    let mut settled = hurt;
    settled.push(answered(1.0, RedFlags::None));
    assert_eq!(due(&settled), None);
}

#[test]
fn a_red_flag_is_said_first_and_in_the_words_of_its_group() {
    for (answer, words) in [
        (RedFlags::Urgent, "urgent medical care"),
        (RedFlags::Soon, "doctor soon"),
    ] {
        let entries = [answered(1.0, answer)];
        let advice = advise(&History::of(&entries, false), now(), today());
        assert_eq!(advice[0].rule, Rule::Gate);
        assert!(advice[0].text.contains(words));
    }
    assert!(!says(&[answered(1.0, RedFlags::None)], Rule::Gate));
}

#[test]
fn deep_bending_waits_an_hour_after_getting_up() {
    let bent = |exercise: &str, awake: Option<u32>| {
        let mut session = Built::session("a", hours_ago(2.0));
        session.check_in().awake_min = awake;
        says(
            &session
                .done(exercise, Class::Loaded, nothing)
                .after(Some(2)),
            Rule::Morning,
        )
    };
    assert!(bent("good_morning", Some(59)));
    assert!(!bent("good_morning", Some(60)));
    assert!(!bent("good_morning", None));
    assert!(!bent("hyperext_45", Some(5)));
    for exercise in numbers::BENDS {
        assert!(crate::exercise::built_in(exercise).is_ok(), "{exercise}");
    }
}

#[test]
fn an_exercise_ends_by_pain_two_stops_or_three_warnings_in_a_row() {
    let so_far = |pain, stops, warned_in_a_row| {
        stop_set(&SoFar {
            pain,
            stops,
            warned_in_a_row,
        })
    };
    assert!(!so_far(false, 1, 2));
    assert!(so_far(true, 0, 0));
    assert!(so_far(false, 2, 0));
    assert!(so_far(false, 0, 3));
    assert!(says(
        &one("bridge", Class::Control, |done| done.stops = 2),
        Rule::StopSet
    ));
    assert!(!says(
        &one("bridge", Class::Control, |done| done.stops = 1),
        Rule::StopSet
    ));
}

#[test]
fn the_synthetic_wearer_is_nobody() {
    let mut entries = one("bridge", Class::Control, |done| done.stops = 2);
    for entry in &mut entries {
        match entry {
            Entry::CheckIn(entry) => entry.synthetic = true,
            Entry::Exercise(entry) => entry.synthetic = true,
            Entry::CheckOut(entry) => entry.synthetic = true,
            _ => {}
        }
    }
    assert_eq!(said(&entries), []);
    let history = History::of(&entries, true);
    assert_eq!(history.sessions.len(), 1);
    assert!(!advise(&history, now(), today()).is_empty());
}

#[test]
fn every_rule_has_its_words_and_its_numbers_in_them() {
    for rule in RULES {
        assert_eq!(rule.rule.text(), &rule);
        let json = serde_json::to_string(&rule.rule).unwrap();
        assert_eq!(json, format!("\"{}\"", rule.id));
    }
    use numbers as n;
    for (rule, shown) in [
        (
            Rule::Warm,
            vec![format!("{} minutes", n::WARM_UP_SECS / 60.0)],
        ),
        (
            Rule::Freq,
            vec![
                format!("than {} loaded", n::LOADED_A_WEEK),
                format!("within {} hours", n::LOADED_APART_HOURS),
            ],
        ),
        (
            Rule::Up,
            vec![
                format!("in {} sessions", n::GOOD_SESSIONS),
                format!("{} %", n::WELL_PCT),
            ],
        ),
        (
            Rule::Cap,
            vec![
                format!("{} %", n::CAP_PCT),
                format!("{} weeks", n::CAP_WEEKS),
            ],
        ),
        (
            Rule::Down,
            vec![
                format!("{} % of", n::DOWN_WARNED_PCT),
                format!("{} % within", n::DOWN_ROM_LOSS_PCT),
                format!("by {} of 10", n::PAIN_UP),
            ],
        ),
        (
            Rule::StopSet,
            vec![
                format!("{} times", n::STOPS_END),
                format!("{} repetitions", n::WARNED_IN_A_ROW_END),
            ],
        ),
        (Rule::Pain1, vec![format!("by {} of 10", n::PAIN_UP)]),
        (
            Rule::Pain2,
            vec![format!(
                "on {} mornings within {} days",
                n::WORSE_MORNINGS,
                n::MORNINGS_DAYS
            )],
        ),
        (Rule::Morning, vec![format!("{} minutes", n::EARLY_MIN)]),
    ] {
        for shown in shown {
            assert!(rule.text().when.contains(&shown), "{rule:?}: {shown}");
        }
    }
}

#[test]
fn no_advice_frightens_blames_or_diagnoses() {
    for rule in RULES {
        let text = format!("{} {} {}", rule.when, rule.asks, rule.why).to_lowercase();
        for word in [
            "danger",
            "damage",
            "injur",
            "wrong",
            "correct posture",
            "safe ",
            "cure",
            "treat",
        ] {
            assert!(!text.contains(word), "{}: {word}", rule.id);
        }
    }
}
