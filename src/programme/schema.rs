//! The fields of a programme file; the types of [`crate::programme`] say the same to serde.

use super::{Class, Gate};
use crate::exercise::reading::{Holds, LINE, NAME, PARAGRAPH, Shape, optional, required};

/// Most steps of a programme: longer is nobody's session.
pub(super) const MOST_STEPS: usize = 30;

pub(super) const PROGRAMME: Shape = Shape {
    what: "a programme",
    fields: &[
        required("id", NAME),
        required("name", LINE),
        required("summary", PARAGRAPH),
        required("version", Holds::Whole),
        required("per_week", Holds::Wholes),
        optional("left_out", Holds::Texts(200)),
        required("step", Holds::Tables(&STEP, MOST_STEPS)),
        optional("sources", Holds::TextsByName(500)),
    ],
};

const STEP: Shape = Shape {
    what: "a step",
    fields: &[
        required("exercise", Holds::Text(200)),
        required("class", Holds::Word(&Class::WORDS)),
        required("sets", Holds::Whole),
        required("reps", Holds::Whole),
        optional("fewer", Holds::Whole),
        optional("hold_s", Holds::Number),
        required("rest_s", Holds::Number),
        optional("settings", Holds::NumbersByName),
        optional("gates", Holds::Words(&Gate::WORDS)),
        optional("why", Holds::Text(200)),
        optional("sources", Holds::Texts(40)),
    ],
};
