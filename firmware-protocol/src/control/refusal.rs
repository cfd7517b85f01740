//! A refusal is a number on the wire and a sentence for people, which says what to do.

use core::{fmt, num::NonZeroU8};

/// Why a sensor did not do what was asked: any number but zero, so that codes of later versions pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusal(NonZeroU8);

impl Refusal {
    /// The sensor does not know the opcode, or lacks what it needs.
    pub const UNSUPPORTED: Refusal = Refusal::known(1);
    /// The request has not the length of its opcode.
    pub const BAD_LENGTH: Refusal = Refusal::known(2);
    /// A value is not one of those allowed.
    pub const BAD_VALUE: Refusal = Refusal::known(3);
    /// Something asked for before is not done yet; ask again.
    pub const BUSY: Refusal = Refusal::known(4);
    /// Not now: mostly, stop the stream first.
    pub const WRONG_STATE: Refusal = Refusal::known(5);
    /// The battery is too low for it.
    pub const LOW_BATTERY: Refusal = Refusal::known(6);
    /// It was tried and failed; Status has the error.
    pub const FAILED: Refusal = Refusal::known(7);

    /// A refusal by its number, `None` for 0, which means ok.
    #[must_use]
    pub const fn new(code: u8) -> Option<Refusal> {
        match NonZeroU8::new(code) {
            Some(code) => Some(Refusal(code)),
            None => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0.get()
    }

    const fn known(code: u8) -> Refusal {
        Refusal(NonZeroU8::MIN.saturating_add(code - 1))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            Refusal::UNSUPPORTED => "the sensor does not support this",
            Refusal::BAD_LENGTH => "the sensor expected another length",
            Refusal::BAD_VALUE => "the sensor does not take this value",
            Refusal::BUSY => "the sensor is busy; try again",
            Refusal::WRONG_STATE => "the sensor cannot do this now; stop the stream first",
            Refusal::LOW_BATTERY => "the sensor's battery is too low",
            Refusal::FAILED => "the sensor tried and failed; its status has the error",
            Refusal(code) => {
                return write!(
                    f,
                    "the sensor refused with code {code}, which this version does not know"
                );
            }
        };
        f.write_str(text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn refusals_say_what_to_do() {
        assert_eq!(Refusal::FAILED.code(), 7);
        assert_eq!(
            Refusal::WRONG_STATE.to_string(),
            "the sensor cannot do this now; stop the stream first"
        );
        assert_eq!(
            Refusal::new(99).unwrap().to_string(),
            "the sensor refused with code 99, which this version does not know"
        );
    }
}
