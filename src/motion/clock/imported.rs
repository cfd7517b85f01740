//! Gaps in samples that bring their own times.

use crate::input::Sample;
use crate::motion::cadence::Cadence;
use crate::motion::clock::Gap;
use crate::units::SessionTime;

/// A step of this many usual ones is a gap. Sensors that are heard by their advertisements come at random
/// intervals, one or two of them empty as a rule.
const USUAL_STEPS: f64 = 3.0;

/// No step up to this is a gap, seconds: the orientation filter bridges as much without harm.
const SHORTEST: f64 = 0.15;

/// A leap this far ahead must be confirmed by the sample after it, seconds: one damaged time would
/// otherwise end the recording.
const LEAP: f64 = 3600.0;

/// Why an imported sample is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A component is not a number.
    #[error("a value is not a number; the sample is left out")]
    NotANumber,
    /// Its time is not after the last one's.
    #[error(
        "its time is not after the sample before it; sort the file by time, or leave the sample out"
    )]
    NotLater,
    /// Its time leaps ahead by more than an hour, and no other sample has confirmed that yet.
    #[error(
        "its time leaps ahead by more than an hour; the sample is left out unless the next one goes on from it"
    )]
    Leap,
}

/// Checks imported samples in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Imported {
    cadence: Cadence,
    last: Option<SessionTime>,
    leapt_to: Option<SessionTime>,
}

impl Imported {
    pub(super) fn check(&mut self, sample: &Sample) -> Result<Option<Gap>, Refusal> {
        if !sample.accel.is_finite() || !sample.gyro.is_none_or(|gyro| gyro.is_finite()) {
            return Err(Refusal::NotANumber);
        }
        let Some(last) = self.last else {
            self.last = Some(sample.at);
            return Ok(None);
        };
        let step = sample.at.seconds_since(last);
        if step <= 0.0 {
            return Err(Refusal::NotLater);
        }
        if step > LEAP && !self.confirms_leap(sample.at) {
            return Err(Refusal::Leap);
        }
        self.leapt_to = None;
        self.last = Some(sample.at);
        let usual = self.cadence.typical();
        self.cadence.push(step);
        let limit = usual.map_or(1.0, |usual| (USUAL_STEPS * usual).max(SHORTEST));
        Ok((step > limit).then_some(Gap {
            from: last,
            to: sample.at,
            lost: None,
            suspected: false,
        }))
    }

    fn confirms_leap(&mut self, at: SessionTime) -> bool {
        let before = self.leapt_to.replace(at);
        before
            .is_some_and(|before| (0.0..=LEAP).contains(&at.seconds_since(before)) && at != before)
    }
}
