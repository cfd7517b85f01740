//! What sets a WitMotion sensor to a rate, and looks whether it took it.
//!
//! ```text
//! wait 1 s ─► unlock ─► set rate ─► read the rate, up to three times ─► read the battery's voltage
//! ```
//!
//! The sensor wants a pause between commands. Nothing is saved, so that its flash is spared and its owner finds it as it
//! was after switching it off and on. A sensor that does not say its rate is not used: it has no clock that could tell.

use std::collections::VecDeque;
use std::time::Duration;

use super::stream::{Framer, Piece};
use super::{NOTIFY, WRITE, rate_of, register};
use crate::input::Channel;
use crate::sensors::{Dialogue, DialogueError, Heard, Step, Write};

/// After subscribing, before the first command.
const WAKE: Duration = Duration::from_secs(1);

/// Between two commands.
const BETWEEN: Duration = Duration::from_millis(150);

/// How long the answer to a question may take.
const ANSWER: Duration = Duration::from_millis(500);

/// So often each question is asked.
const TIMES: u32 = 3;

/// Below this a rate is no good for counting, Hz.
const LEAST_RATE: f64 = 20.0;

pub(super) const UNLOCK: [u8; 5] = [0xff, 0xaa, 0x69, 0x88, 0xb5];

/// The codes of the two rates that all sources agree on.
const FIFTY: u8 = 0x08;
const HUNDRED: u8 = 0x09;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Todo {
    Pause(Duration),
    Send([u8; 5]),
    /// A register, and how often it may still be asked for.
    Ask(u8, u32),
}

/// The conversation that starts one sensor.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    code: u8,
    todo: VecDeque<Todo>,
    asked: Option<(u8, u32)>,
    framer: Framer,
    /// The rate was set a second time.
    is_second_try: bool,
    failed: Option<DialogueError>,
}

impl Opening {
    pub(super) fn new(rate_hz: f64) -> Opening {
        let code = if rate_hz > 50.0 { HUNDRED } else { FIFTY };
        let mut opening = Opening {
            code,
            todo: VecDeque::from([Todo::Pause(WAKE)]),
            asked: None,
            framer: Framer::default(),
            is_second_try: false,
            failed: None,
        };
        opening.todo.extend(opening.set_rate());
        opening
            .todo
            .extend([Todo::Pause(BETWEEN), Todo::Ask(register::BATTERY, TIMES)]);
        opening
    }

    fn set_rate(&self) -> [Todo; 5] {
        [
            Todo::Send(UNLOCK),
            Todo::Pause(BETWEEN),
            Todo::Send([0xff, 0xaa, register::RATE, self.code, 0]),
            Todo::Pause(BETWEEN),
            Todo::Ask(register::RATE, TIMES),
        ]
    }

    /// The sensor says at which rate it runs.
    fn runs_at(&mut self, code: i16) {
        if code == i16::from(self.code) {
            return;
        }
        if !self.is_second_try {
            self.is_second_try = true;
            for todo in self.set_rate().into_iter().rev() {
                self.todo.push_front(todo);
            }
            self.todo.push_front(Todo::Pause(BETWEEN));
            return;
        }
        let rate = rate_of(code);
        if rate.is_none_or(|rate| rate < LEAST_RATE) {
            let reason = match rate {
                Some(rate) => format!("it stays at {rate} readings a second"),
                None => format!("its rate has the unknown number {code}"),
            };
            let reason =
                format!("{reason}; set 50 Hz or 100 Hz in the maker's app and save it there");
            self.failed = Some(DialogueError::Refused { reason });
        }
    }
}

pub(super) fn read(register: u8) -> [u8; 5] {
    [0xff, 0xaa, 0x27, register, 0]
}

fn write(bytes: [u8; 5]) -> Write {
    Write {
        channel: WRITE,
        bytes: bytes.to_vec(),
        acknowledged: true,
    }
}

impl Dialogue for Opening {
    fn step(&mut self) -> Result<Step, DialogueError> {
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        self.asked = None;
        Ok(match self.todo.pop_front() {
            Some(Todo::Pause(time)) => Step::Pause(time),
            Some(Todo::Send(bytes)) => Step::Send(write(bytes)),
            Some(Todo::Ask(register, times)) => {
                self.asked = Some((register, times));
                Step::Ask {
                    write: write(read(register)),
                    within: ANSWER,
                }
            }
            None => Step::Done,
        })
    }

    fn heard(&mut self, channel: Channel, bytes: &[u8]) -> Heard {
        if channel != NOTIFY {
            return Heard::Other;
        }
        let mut heard = Heard::Other;
        for piece in self.framer.push(bytes) {
            let (Piece::Registers(registers), Some((asked, _))) = (piece, self.asked) else {
                continue;
            };
            // An answer to an older question holds other registers.
            if let Some(value) = registers.get(asked) {
                self.asked = None;
                heard = Heard::Answer;
                if asked == register::RATE {
                    self.runs_at(value);
                }
            }
        }
        heard
    }

    fn unanswered(&mut self) -> Result<(), DialogueError> {
        match self.asked.take() {
            Some((register, times)) if times > 1 => {
                self.todo.push_front(Todo::Ask(register, times - 1));
                Ok(())
            }
            // Readings without a clock and at an unknown rate would be counted wrong.
            Some((register::RATE, _)) => Err(DialogueError::NoAnswer),
            _ => Ok(()),
        }
    }
}
