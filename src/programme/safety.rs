//! What is said and asked before exercising and when it hurts (exercises.md 6.3).
//!
//! General fitness: nothing here finds out what is wrong with anybody. The answers are not scored; one yes is enough to
//! exercise another day and to ask somebody who can look.

use serde::{Deserialize, Serialize};

/// Said before the first session.
pub const FIRST: &str = "\
This program is for general fitness. It cannot tell whether an exercise is right for you. If you have back pain, had \
surgery, are pregnant, or have osteoporosis, a heart or nerve condition, ask a health professional first.";

/// Said before the first session, and when something hurts.
pub const RED_FLAGS: &str = "\
Do not exercise now, and seek urgent medical care, if you have new numbness around the groin, inner thighs or seat; new \
trouble starting, holding or feeling bladder or bowel; or new or worsening weakness or pain in both legs.
Contact a doctor soon for pain after a fall or accident, or with osteoporosis or long-term steroids; with fever or \
feeling very unwell; new back pain after cancer; pain that is constant, worse lying down and disturbs sleep; or weight \
loss without a reason.";

/// Said when something hurt.
pub const PAIN: &str = "\
You said that it hurts. Rest. If it does not settle, or you feel numbness, tingling or weakness in a leg, contact a \
professional.";

/// Asked after [`RED_FLAGS`].
pub const ASK: &str =
    "Is any of these true of you? [u] one of the first three, [d] one of the others, [n] none";

/// Said to whoever answers that one of the first three is.
pub const URGENT: &str = "Do not exercise now. Seek urgent medical care.";

/// Said to whoever answers that one of the others is.
pub const SOON: &str = "Do not exercise now. Contact a doctor soon.";

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedFlags {
    /// None of them.
    None,
    /// One that a doctor should hear of soon.
    Soon,
    /// One of the first three.
    Urgent,
}

impl RedFlags {
    /// What is said, where there is to be no exercise.
    pub const fn refusal(self) -> Option<&'static str> {
        match self {
            RedFlags::None => None,
            RedFlags::Soon => Some(SOON),
            RedFlags::Urgent => Some(URGENT),
        }
    }
}
