//! The rules in words. A test holds the numbers in them against [`super::numbers`].

use super::Rule;

/// A rule in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// Which.
    pub rule: Rule,
    /// As it is written.
    pub id: &'static str,
    /// When it speaks.
    pub when: &'static str,
    /// What it asks for.
    pub asks: &'static str,
    /// Why.
    pub why: &'static str,
}

/// Every rule, in the order of the sessions' own.
pub const RULES: [RuleText; 11] = [
    RuleText {
        rule: Rule::Gate,
        id: "PR-GATE",
        when: "a red-flag question was answered with yes",
        asks: "no exercise; urgent care or a doctor, as the question says",
        why: "those signs want somebody who can look, and no program can",
    },
    RuleText {
        rule: Rule::Pain1,
        id: "PR-PAIN1",
        when: "pain after a session is higher than before it by 2 of 10 or more",
        asks: "leave the exercise that it came with, and ask a professional",
        why: "it is asked for less when it hurts more; whether it matters is for somebody who can look",
    },
    RuleText {
        rule: Rule::Pain2,
        id: "PR-PAIN2",
        when: "on 2 mornings within 7 days, pain is higher than before the exercise of the day before by 2 of 10 or more",
        asks: "a pause of everything with a load, and ask a professional",
        why: "what is felt the next morning tells more of a load than what is felt during it",
    },
    RuleText {
        rule: Rule::StopSet,
        id: "PR-STOPSET",
        when: "it hurts, or rules asked for a pause 2 times, or the same safety rule spoke in 3 repetitions in a row",
        asks: "the exercise ends there",
        why: "what does not change when it is asked for will not change by more of the same",
    },
    RuleText {
        rule: Rule::Down,
        id: "PR-DOWN",
        when: "more than 30 % of the repetitions had something to correct, or the range fell by more than 25 % within a set, or pain rose by 2 of 10 or more",
        asks: "the amount before this one, next time",
        why: "fewer repetitions that keep their form are worth more than many that lose it",
    },
    RuleText {
        rule: Rule::Freq,
        id: "PR-FREQ",
        when: "more than 3 loaded sessions in 7 days, or the same lift again within 36 hours",
        asks: "days between loads, 48 hours for the same lift; control exercises may be done on most days",
        why: "trials of loaded back extension gained as much from one session a week as from three",
    },
    RuleText {
        rule: Rule::Cap,
        id: "PR-CAP",
        when: "more than 20 % above the mean week of the 4 weeks before",
        asks: "an amount like that of the weeks before",
        why: "what grows slowly is easier to keep up",
    },
    RuleText {
        rule: Rule::Up,
        id: "PR-UP",
        when: "in 2 sessions in a row all was done, no more than 10 % of the repetitions had something to correct, and pain did not rise",
        asks: "one step more: 1 or 2 repetitions, or 1 or 2 seconds of hold, or 2 to 10 % of load, never two at once",
        why: "it has become easy enough for a little more",
    },
    RuleText {
        rule: Rule::Warm,
        id: "PR-WARM",
        when: "less than 3 minutes of movement before the first loaded set",
        asks: "easy movement first; walking before the session counts and is not seen",
        why: "warm-up was asked for by every source that was read",
    },
    RuleText {
        rule: Rule::Order,
        id: "PR-ORDER",
        when: "strengthening was done and no stretch after it",
        asks: "a stretch at the end",
        why: "sources put stretches after strengthening",
    },
    RuleText {
        rule: Rule::Morning,
        id: "PR-MORNING",
        when: "deep or loaded bending within 60 minutes of getting up",
        asks: "start light, bend less",
        why: "discs take up fluid overnight, and bending is stiffer for a while",
    },
];

impl Rule {
    /// The rule in words.
    pub fn text(self) -> &'static RuleText {
        const NONE: RuleText = RULES[0];
        let found = RULES.iter().find(|text| text.rule == self);
        found.unwrap_or(&NONE)
    }
}
