//! The fields of an exercise file: their names, what they hold, how long they may be.
//!
//! The types of [`crate::exercise`] say the same to serde. Said once more as a table, every fault of a file can be
//! told at once and in plain words, where serde stops at the first one. A test holds both together.

use toml::de::DeTable;

use super::Quantity;

/// A table of the file.
#[derive(Debug)]
pub(crate) struct Shape {
    /// As in "a rule has no field …".
    pub what: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A field of a table.
#[derive(Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub holds: Holds,
    pub required: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    /// One line of text of at most so many characters.
    Text(usize),
    /// A list of such.
    Texts(usize),
    /// A finite number.
    Number,
    /// A whole number from 0.
    Whole,
    /// `true` or `false`.
    Flag,
    /// Two numbers.
    Numbers,
    /// Two whole numbers from 0.
    Wholes,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words, each of them once at most.
    Words(&'static [&'static str]),
    /// The name of a quantity.
    Quantity,
    /// A list of placement codes.
    Placements,
    /// A table.
    Table(&'static Shape),
    /// A table for each, as in `[[rule]]`, at most so many.
    Tables(&'static Shape, usize),
    /// Names of one's own, each with a number.
    NumbersByName,
    /// Names of one's own, each with two numbers.
    PairsByName,
    /// Names of one's own, each with a text of at most so many characters.
    TextsByName(usize),
}

/// Longest list of texts, and most names of one's own.
pub(super) const MOST_ENTRIES: usize = 100;
/// Largest number that can mean anything here.
pub(super) const LARGEST: f64 = 1e6;

pub(crate) const NAME: Holds = Holds::Text(40);
pub(crate) const LINE: Holds = Holds::Text(120);
pub(crate) const PARAGRAPH: Holds = Holds::Text(500);

pub(crate) const fn required(name: &'static str, holds: Holds) -> Field {
    Field {
        name,
        holds,
        required: true,
    }
}

pub(crate) const fn optional(name: &'static str, holds: Holds) -> Field {
    Field {
        name,
        holds,
        required: false,
    }
}

pub(super) const EXERCISE: Shape = Shape {
    what: "an exercise",
    fields: &[
        required("id", NAME),
        required("name", LINE),
        required("summary", PARAGRAPH),
        optional("aliases", Holds::Texts(40)),
        required("version", Holds::Whole),
        optional("kind", KINDS),
        optional("setup", Holds::Texts(200)),
        required("pose", Holds::Table(&POSE)),
        required("rep", Holds::Table(&REP)),
        required("dose", Holds::Table(&DOSE)),
        required("signal", Holds::Tables(&SIGNAL, 20)),
        optional("cannot_see", Holds::Texts(200)),
        optional("settings", Holds::NumbersByName),
        optional("bounds", Holds::PairsByName),
        optional("rule", Holds::Tables(&RULE, 200)),
        optional("sources", Holds::TextsByName(500)),
    ],
};

/// What `kind` may be.
pub(super) const KINDS: Holds = Holds::Word(&["reps", HOLD_KIND, POSTURE_KIND, AUTO_KIND]);

/// The `kind` of a hold.
pub(super) const HOLD_KIND: &str = "hold";

/// The `kind` of a posture.
pub(super) const POSTURE_KIND: &str = "posture";

/// The `kind` of whatever is done.
pub(super) const AUTO_KIND: &str = "auto";

/// Nothing is said of a movement that nobody named.
pub(super) const AUTO: Shape = Shape {
    what: "an exercise that is not named",
    fields: &[
        required("id", NAME),
        required("name", LINE),
        required("summary", PARAGRAPH),
        optional("aliases", Holds::Texts(40)),
        required("version", Holds::Whole),
        required("kind", KINDS),
        optional("setup", Holds::Texts(200)),
        optional("cannot_see", Holds::Texts(200)),
        optional("settings", Holds::NumbersByName),
        optional("bounds", Holds::PairsByName),
        optional("rule", Holds::Tables(&RULE, 200)),
        optional("sources", Holds::TextsByName(500)),
    ],
};

pub(super) const HOLD: Shape = Shape {
    what: "a hold",
    fields: &[
        required("id", NAME),
        required("name", LINE),
        required("summary", PARAGRAPH),
        optional("aliases", Holds::Texts(40)),
        required("version", Holds::Whole),
        required("kind", KINDS),
        optional("setup", Holds::Texts(200)),
        required("pose", Holds::Table(&POSE)),
        required("hold", Holds::Table(&HOLD_SHAPE)),
        required("dose", Holds::Table(&DOSE)),
        required("test", Holds::Tables(&TEST, 20)),
        optional("cannot_see", Holds::Texts(200)),
        optional("settings", Holds::NumbersByName),
        optional("bounds", Holds::PairsByName),
        optional("rule", Holds::Tables(&RULE, 200)),
        optional("sources", Holds::TextsByName(500)),
    ],
};

pub(super) const HOLD_SHAPE: Shape = Shape {
    what: "[hold]",
    fields: &[
        required("target_s", Holds::Numbers),
        optional("alternates_sides", Holds::Flag),
    ],
};

pub(super) const TEST: Shape = Shape {
    what: "a test",
    fields: &[
        required("placements", Holds::Placements),
        optional("theta_deg", Holds::Numbers),
        optional("side_deg", Holds::Numbers),
        required("confidence", CONFIDENCE),
    ],
};

pub(super) const POSTURE: Shape = Shape {
    what: "a posture",
    fields: &[
        required("id", NAME),
        required("name", LINE),
        required("summary", PARAGRAPH),
        optional("aliases", Holds::Texts(40)),
        required("version", Holds::Whole),
        required("kind", KINDS),
        optional("setup", Holds::Texts(200)),
        required("pose", Holds::Table(&POSE)),
        required("most_nudges_per_hour", Holds::Whole),
        optional("cannot_see", Holds::Texts(200)),
        optional("settings", Holds::NumbersByName),
        optional("bounds", Holds::PairsByName),
        optional("rule", Holds::Tables(&POSTURE_RULE, 200)),
        optional("sources", Holds::TextsByName(500)),
    ],
};

pub(super) const POSE: Shape = Shape {
    what: "[pose]",
    fields: &[
        required("description", LINE),
        required("theta_deg", Holds::Number),
        required("tolerance_deg", Holds::Number),
        optional("is_line", Holds::Flag),
    ],
};

pub(super) const REP: Shape = Shape {
    what: "[rep]",
    fields: &[
        required("first", Holds::Word(&["lower", "raise"])),
        required("hold", Holds::Word(&["start", "peak"])),
        required("hold_zone_deg", Holds::Number),
        optional("alternates_sides", Holds::Flag),
        required("tempo", Holds::Table(&TEMPO)),
    ],
};

pub(super) const TEMPO: Shape = Shape {
    what: "tempo",
    fields: &[
        required("lower_s", Holds::Numbers),
        required("raise_s", Holds::Numbers),
        required("hold_s", Holds::Numbers),
    ],
};

pub(super) const DOSE: Shape = Shape {
    what: "[dose]",
    fields: &[
        required("reps", Holds::Wholes),
        required("sets", Holds::Wholes),
        required("rest_s", Holds::Numbers),
    ],
};

/// The words for [`super::SignalAngle`].
const ANGLES: Holds = Holds::Word(&[
    "eta",
    "theta_rise",
    "theta_fall",
    "limb_turn",
    "burst",
    "side",
    "twist",
    "travel_up",
    "travel_down",
]);

const CONFIDENCE: Holds = Holds::Word(&["low", "medium", "high"]);

pub(super) const SIGNAL: Shape = Shape {
    what: "a signal",
    fields: &[
        required("angle", ANGLES),
        required("placements", Holds::Placements),
        required("rest_deg", Holds::Number),
        required("min_rom_deg", Holds::Number),
        optional("full_rom_deg", Holds::Number),
        optional("max_rom_deg", Holds::Number),
        required("min_rep_s", Holds::Number),
        required("max_rep_s", Holds::Number),
        required("confidence", CONFIDENCE),
    ],
};

/// A signal of height: its numbers are centimeters.
pub(super) const TRAVEL: Shape = Shape {
    what: "a signal of travel",
    fields: &[
        required("angle", ANGLES),
        required("placements", Holds::Placements),
        required("rest_cm", Holds::Number),
        required("min_rom_cm", Holds::Number),
        optional("full_rom_cm", Holds::Number),
        optional("max_rom_cm", Holds::Number),
        required("min_rep_s", Holds::Number),
        required("max_rep_s", Holds::Number),
        required("confidence", CONFIDENCE),
    ],
};

const SIDES: Holds = Holds::Word(&["above", "below"]);

pub(super) const RULE: Shape = Shape {
    what: "a rule",
    fields: &[
        required("id", NAME),
        required("fault", Holds::Text(80)),
        required("quantity", Holds::Quantity),
        required("when", SIDES),
        optional("info", Holds::Number),
        optional("warn", Holds::Number),
        optional("stop", Holds::Number),
        optional("only_if", Holds::Table(&CONDITION)),
        optional("allowance", NAME),
        optional("scale_with", NAME),
        optional("persistence_s", Holds::Number),
        optional("vote", Holds::Wholes),
        optional("stop_vote", Holds::Wholes),
        optional("hysteresis", Holds::Number),
        required("placements", Holds::Placements),
        optional("with", Holds::Placements),
        optional("unless", Holds::Placements),
        required("kind", Holds::Word(&["quality", "safety"])),
        optional("cue", Holds::Text(48)),
        required("rationale", PARAGRAPH),
        required("evidence", EVIDENCE),
        optional("sources", Holds::Texts(40)),
    ],
};

pub(super) const POSTURE_RULE: Shape = Shape {
    what: "a posture rule",
    fields: &[
        required("id", NAME),
        required("fault", Holds::Text(80)),
        required("quantity", Holds::Quantity),
        required("when", SIDES),
        required("info", Holds::Number),
        optional("scale_with", NAME),
        optional("after_min", Holds::Number),
        optional("after_with", NAME),
        required("most_per_hour", Holds::Whole),
        optional("hysteresis", Holds::Number),
        required("placements", Holds::Placements),
        optional("unless", Holds::Placements),
        required("cue", Holds::Text(48)),
        required("rationale", PARAGRAPH),
        required("evidence", EVIDENCE),
        optional("sources", Holds::Texts(40)),
    ],
};

const EVIDENCE: Holds = Holds::Word(&["verified", "general", "derived", "engineering"]);

pub(super) const CONDITION: Shape = Shape {
    what: "only_if",
    fields: &[
        required("quantity", Holds::Quantity),
        required("when", SIDES),
        required("limit", Holds::Number),
    ],
};

impl Shape {
    /// The shape that a table has, where one of its fields decides.
    pub fn for_table(&'static self, table: &DeTable<'_>) -> &'static Shape {
        let word = |name: &str| table.get(name).and_then(|value| value.get_ref().as_str());
        match (self.what, word("kind"), word("angle")) {
            ("an exercise", Some(POSTURE_KIND), _) => &POSTURE,
            ("an exercise", Some(HOLD_KIND), _) => &HOLD,
            ("an exercise", Some(AUTO_KIND), _) => &AUTO,
            ("a signal", _, Some("travel_up" | "travel_down")) => &TRAVEL,
            _ => self,
        }
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The names of its fields.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }
}

/// The names of all quantities.
pub(super) fn quantity_names() -> impl Iterator<Item = &'static str> {
    Quantity::ALL.iter().map(|quantity| quantity.name())
}
