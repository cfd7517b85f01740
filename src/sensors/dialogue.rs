//! What a host and a sensor say to each other before the readings flow, and after.
//!
//! A [`Dialogue`] is a state machine without a clock or a radio: it says the next [`Step`], the host takes it and tells
//! what was heard. So a test can be the sensor, and every driver is driven by the same few lines (`sources::ble`).
//!
//! What a host does, and what a driver may count on:
//!
//! 1. It takes one [`Step`] after the other until [`Step::Done`] or an error, and has subscribed before the first.
//! 2. It gives [`Dialogue::heard`] every packet as it comes, during a [`Step::Pause`] too, and every value that was read.
//!    A driver sorts them out itself: an answer may come late, twice, in parts, or never.
//! 3. A [`Step::Ask`] ends with the first [`Heard::Answer`] after its write, or with [`Dialogue::unanswered`] when its time is
//!    over. [`Heard::Answer`] at any other time means nothing.
//! 4. Every dialogue ends within [`MOST_STEPS`] steps, whatever the sensor says; a host may give up beyond.

use std::time::Duration;

use crate::input::Channel;

/// The most steps of a conversation.
pub const MOST_STEPS: usize = 100;

/// Bytes for one characteristic of the sensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where to.
    pub channel: Channel,
    /// What.
    pub bytes: Vec<u8>,
    /// Whether the sensor is to acknowledge it (a GATT write with response).
    pub acknowledged: bool,
}

/// What the host does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read a characteristic. The value goes to [`Dialogue::heard`] and, as a packet of that channel, into the session.
    Read {
        /// Which.
        channel: Channel,
        /// Without it the sensor is of no use; otherwise a failed read is passed over in silence.
        is_required: bool,
    },
    /// Write, and go on.
    Send(Write),
    /// Write, then wait until [`Dialogue::heard`] says [`Heard::Answer`].
    Ask {
        /// The question.
        write: Write,
        /// How long the answer may take; after that, [`Dialogue::unanswered`].
        within: Duration,
    },
    /// Let time pass.
    Pause(Duration),
    /// Nothing is left to be done.
    Done,
}

/// What a packet was to a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The answer to the question that was asked.
    Answer,
    /// Something else: readings, or the answer to an older question.
    Other,
}

/// A conversation with one sensor on one connection.
pub trait Dialogue: Send {
    /// The next step.
    ///
    /// # Errors
    /// The sensor answered, and the answer was no.
    fn step(&mut self) -> Result<Step, DialogueError>;

    /// Takes a value that was read, or a packet that came.
    fn heard(&mut self, _channel: Channel, _bytes: &[u8]) -> Heard {
        Heard::Other
    }

    /// No answer came in time. A driver that can do without it, or asks again, goes on.
    ///
    /// # Errors
    /// The sensor cannot be used without the answer.
    fn unanswered(&mut self) -> Result<(), DialogueError> {
        Err(DialogueError::NoAnswer)
    }
}

/// Why a sensor could not be started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialogueError {
    /// It did not answer.
    #[error("the sensor did not answer; switch it off and on, and close other apps that use it")]
    NoAnswer,
    /// It answered that it cannot.
    #[error("the sensor refused: {reason}")]
    Refused {
        /// Its reason, and what to do about it.
        reason: String,
    },
    /// It cannot give what is needed.
    #[error("the sensor cannot be used: {reason}")]
    Unfit {
        /// What is missing.
        reason: String,
    },
}

/// Steps that need no answer, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Script {
    steps: std::collections::VecDeque<Step>,
}

impl Script {
    /// A dialogue that takes these steps and is done.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Script {
        Script {
            steps: steps.into_iter().collect(),
        }
    }
}

impl Dialogue for Script {
    fn step(&mut self) -> Result<Step, DialogueError> {
        Ok(self.steps.pop_front().unwrap_or(Step::Done))
    }
}
