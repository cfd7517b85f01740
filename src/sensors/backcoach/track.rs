//! Where a frame belongs: from counters that wrap to counters that do not.
//!
//! A frame is placed against the last one of its run by the signed difference of their counters, so wraps at 2³² (index,
//! and time after 36.4 hours) do not matter, and a frame that goes back shows. It is a duplicate or a straggler, and is
//! dropped. A new run, or a frame that says so, begins anew with the numbers as the sensor gives them.
//!
//! If nothing but frames that go back comes for [`LASTING`], then the one before them was wrong, or a reboot went
//! unseen: they are believed, as a restart. Otherwise one damaged number could silence a sensor for good.

use backcoach_protocol::data::{Expander, Frame, Header, Place, TICKS_PER_SECOND};

/// Frames that go back for so long are the truth, ticks: more than a radio can bring late out of order.
const LASTING: i32 = 2 * TICKS_PER_SECOND.cast_signed();

/// 10⁹ ns / 32768 ticks, reduced.
const NANOS_PER_64_TICKS: u128 = 1_953_125;

/// The place of a frame's first reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Running number, unwrapped.
    pub(super) index: u64,
    /// The sensor's clock, unwrapped, nanoseconds.
    pub(super) nanos: u64,
    /// Neither follows on the last frame.
    pub(super) restarted: bool,
}

/// The frames of one sensor, one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    expander: Expander,
    run: Option<Run>,
    /// The run before, whose frames may still come late.
    previous: Option<Begun>,
    doubt: Option<Doubt>,
    relinked: bool,
}

/// The run that goes on.
#[derive(Clone, Copy, Debug)]
struct Run {
    begun: Begun,
    last: Place,
    /// Samples in the last frame.
    count: u32,
    /// The last place, unwrapped.
    index: u64,
    ticks: u64,
    /// A restart that no frame with readings has told yet.
    untold: bool,
}

/// How a run began.
#[derive(Clone, Copy, Debug)]
struct Begun {
    number: u8,
    first: Place,
}

/// The first of several frames that went back.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    number: u8,
    timestamp: u32,
}

enum Verdict {
    Follows,
    Begins,
    Stale,
}

impl Track {
    /// The link was lost and is back. The low bits of compact frames mean nothing now, and the next frame may be of a
    /// sensor that was switched off and on.
    pub(super) fn reconnected(&mut self) {
        self.expander = Expander::new();
        self.previous = None;
        self.doubt = None;
        self.relinked = true;
    }

    /// The place of the frame's first reading; `None` if it has no readings, goes back, or cannot be placed.
    pub(super) fn place(&mut self, frame: &Frame<'_>) -> Option<Spot> {
        let mut expander = self.expander;
        let Ok(place) = expander.expand(frame) else {
            self.expander = expander;
            return None;
        };
        let header = &frame.header;
        // A frame is at most as long as one attribute, so its count fits.
        let count = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let run = match (self.verdict(header, place), self.run) {
            (Verdict::Follows, Some(run)) => run.followed(place, count),
            (Verdict::Stale, _) if !self.lasts(header.run, place) => return None,
            _ => self.begin(header, place, count),
        };
        // Only now: compact frames go on from the last frame that was believed, not from a straggler.
        self.expander = expander;
        self.doubt = None;
        self.relinked = false;
        let untold = run.untold && frame.is_empty();
        self.run = Some(Run { untold, ..run });
        (!frame.is_empty()).then(|| Spot {
            index: run.index,
            nanos: nanos(run.ticks),
            restarted: run.untold,
        })
    }

    fn verdict(&self, header: &Header, place: Place) -> Verdict {
        let Some(run) = &self.run else {
            return Verdict::Begins;
        };
        let same = header.run == run.begun.number;
        let resets = header.flags.time_reset && (self.relinked || place != run.begun.first);
        match (same, run.leads_to(place)) {
            (true, _) if resets => Verdict::Begins,
            (true, true) => Verdict::Follows,
            _ if self.relinked => Verdict::Begins,
            (true, false) => Verdict::Stale,
            (false, _) if self.is_straggler(run, header, place) => Verdict::Stale,
            (false, _) => Verdict::Begins,
        }
    }

    /// Whether the frame is a late one of the run before. The sensor's clock runs through all runs.
    fn is_straggler(&self, run: &Run, header: &Header, place: Place) -> bool {
        self.previous.is_some_and(|previous| {
            let late = if header.flags.time_reset {
                place == previous.first
            } else {
                step(run.begun.first.timestamp, place.timestamp) < 0
            };
            header.run == previous.number && late
        })
    }

    /// Whether frames have gone back, yet forward among themselves, for so long that they must be right.
    fn lasts(&mut self, number: u8, place: Place) -> bool {
        let timestamp = place.timestamp;
        let since = match self.doubt {
            Some(doubt) if doubt.number == number => step(doubt.timestamp, timestamp),
            _ => -1,
        };
        if since < 0 {
            self.doubt = Some(Doubt { number, timestamp });
        }
        since > LASTING
    }

    /// Only a stream that was joined in the middle begins without a restart to tell.
    fn begin(&mut self, header: &Header, place: Place, count: u32) -> Run {
        let ended = self.run.take().map(|run| run.begun);
        let untold = ended.is_some() || header.flags.time_reset;
        self.previous = if self.relinked { None } else { ended };
        let begun = Begun {
            number: header.run,
            first: place,
        };
        Run {
            begun,
            last: place,
            count,
            index: u64::from(place.index),
            ticks: u64::from(place.timestamp),
            untold,
        }
    }
}

impl Run {
    /// Whether a frame at this place can come behind the last one, with or without a loss between.
    fn leads_to(&self, place: Place) -> bool {
        let samples = step(self.last.index, place.index);
        samples >= 0
            && samples.cast_unsigned() >= self.count
            && step(self.last.timestamp, place.timestamp) >= 0
    }

    fn followed(self, place: Place, count: u32) -> Run {
        let forward = |from: u32, to: u32| u64::from(to.wrapping_sub(from));
        Run {
            last: place,
            count,
            index: self
                .index
                .saturating_add(forward(self.last.index, place.index)),
            ticks: self
                .ticks
                .saturating_add(forward(self.last.timestamp, place.timestamp)),
            ..self
        }
    }
}

/// From one wrapping counter to another, the short way.
fn step(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from).cast_signed()
}

/// Ticks in whole nanoseconds, rounded down; saturates after 584 years.
fn nanos(ticks: u64) -> u64 {
    u64::try_from(u128::from(ticks) * NANOS_PER_64_TICKS / 64).unwrap_or(u64::MAX)
}
