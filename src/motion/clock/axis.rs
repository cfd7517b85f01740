//! Where each frame's readings lie on the sensor's own time axis.
//!
//! The axis runs in seconds of the sensor: by its stamps where it stamps, by its count where it counts,
//! by the readings that arrived where it does neither. Stamps are smoothed, as they tell of packets and
//! are rounded; what was sent twice is cut off; a frame that fits nowhere must be confirmed by the next
//! one before the axis begins anew, so that one damaged number cannot move time.

use crate::motion::cadence::Cadence;
use crate::sensors::Frame;

/// Rates that are believed, Hz; others count as the default.
const RATES: std::ops::RangeInclusive<f64> = 0.5..=10_000.0;

/// The rate of a sensor that says nothing sensible, Hz.
const DEFAULT_RATE: f64 = 100.0;

/// A stamp or count this far off where it should be is another epoch, seconds.
const JUMP: f64 = 1.0;

/// A frame from up to this long ago was sent twice or late; from longer ago the sensor may have begun
/// anew, seconds.
const STALE: f64 = 3.0;

/// The share of a stamp's deviation that the axis takes over at once.
const STAMP_TRUST: f64 = 0.1;

/// Stamps are averaged to a rate over about this long, seconds.
const RATE_MEMORY: f64 = 120.0;

/// Two frames confirm each other if they are no further apart than this, seconds.
const CONFIRMS: f64 = 10.0;

/// Where the readings of a frame lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Placed {
    /// On the axis as it is.
    Follows(Span),
    /// On a new axis, which begins with this frame.
    Anew(Span),
    /// Nowhere: sent before, or so far off that the next frame must confirm it.
    Stale,
}

/// An even row of readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// Place of the first new reading, seconds.
    pub(super) first: f64,
    /// Seconds between readings.
    pub(super) step: f64,
    /// Readings at the start of the frame that were there before.
    pub(super) skip: usize,
    /// What is missing before the first one.
    pub(super) missing: Missing,
}

/// What lies between a frame and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nothing.
    Nothing,
    /// So many readings.
    Readings(u32),
    /// The count goes on, the clock has jumped: the sensor paused.
    Unknown,
}

/// The sensor's time axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    kind: Kind,
    declared_rate: f64,
    step: Step,
    /// Readings a second that the count is worth; differs from the declared one once it is known better.
    count_rate: f64,
    last: Option<Last>,
    pending: Option<Signature>,
    reconnected: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// By stamps.
    Stamped,
    /// By the sensor's count.
    Counted,
    /// By the readings that arrived.
    Arrived,
}

/// The newest reading, and the newest frame.
#[derive(Clone, Copy, Debug)]
struct Last {
    place: f64,
    index: u64,
    readings: usize,
    /// Stamp of the newest frame, and the place it stands for.
    time: u64,
    stamp: f64,
}

#[derive(Clone, Copy, Debug)]
struct Signature {
    time: Option<u64>,
    index: Option<u64>,
}

/// Seconds of the sensor's clock between readings, averaged.
#[derive(Clone, Debug)]
struct Step {
    seconds: f64,
    readings: f64,
    seen: f64,
    cadence: Cadence,
}

impl Axis {
    /// An axis without any frame.
    pub(super) fn new() -> Axis {
        Axis {
            kind: Kind::Arrived,
            declared_rate: DEFAULT_RATE,
            step: Step::at(DEFAULT_RATE),
            count_rate: DEFAULT_RATE,
            last: None,
            pending: None,
            reconnected: false,
        }
    }

    /// How the axis is kept.
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// Seconds of the axis between readings.
    pub(super) fn step(&self) -> f64 {
        match self.kind {
            Kind::Stamped => self.step.value(),
            Kind::Counted | Kind::Arrived => 1.0 / self.count_rate,
        }
    }

    /// The link was lost and is back.
    pub(super) fn reconnected(&mut self) {
        self.reconnected = true;
    }

    /// From the next reading on the count is worth this rate, Hz.
    pub(super) fn set_count_rate(&mut self, rate: f64) {
        self.count_rate = sane_rate(rate);
    }

    /// So many readings were lost before the next one, though nobody counted them.
    pub(super) fn insert(&mut self, readings: u32) {
        let step = self.step();
        if let Some(last) = &mut self.last {
            last.place += f64::from(readings) * step;
        }
    }

    /// Finds the place of a frame. No reading measured by now can lie beyond `latest`.
    pub(super) fn place(&mut self, frame: &Frame, latest: f64) -> Placed {
        let kind = kind_of(frame);
        let rate = sane_rate(frame.nominal_rate);
        let broken = frame.restarted
            || kind != self.kind
            || rate != self.declared_rate
            || (self.reconnected && kind == Kind::Arrived);
        let placed = match self.last {
            Some(last) if !broken => self.follow(frame, last, latest),
            _ => self.begin(kind, rate),
        };
        self.remember(frame, &placed);
        placed
    }

    fn follow(&mut self, frame: &Frame, last: Last, latest: f64) -> Placed {
        let span = match self.kind {
            Kind::Stamped => self.by_stamp(frame, last),
            Kind::Counted => self.by_count(frame, last),
            Kind::Arrived => Some(Span {
                first: last.place + self.step(),
                step: self.step(),
                skip: 0,
                missing: Missing::Nothing,
            }),
        };
        let readings = frame.readings.len();
        match span {
            Some(span) if span.skip >= readings && last.place - span.first < STALE => Placed::Stale,
            Some(span) if span.skip < readings && span.end(readings) <= latest + JUMP => {
                Placed::Follows(span)
            }
            _ if self.confirms(frame) => {
                let (kind, rate) = (self.kind, self.declared_rate);
                self.begin(kind, rate)
            }
            _ => Placed::Stale,
        }
    }

    /// A frame that does not fit is believed if the link was lost before, or if it goes on from another
    /// one that did not fit.
    fn confirms(&mut self, frame: &Frame) -> bool {
        let now = Signature {
            time: frame.time,
            index: frame.index,
        };
        let Some(before) = self.pending.replace(now) else {
            return self.reconnected;
        };
        let near = |from: Option<u64>, to: Option<u64>, limit: f64| match (from, to) {
            (Some(from), Some(to)) => to > from && ((to - from) as f64) < limit,
            _ => true,
        };
        near(before.time, now.time, CONFIRMS * 1e9)
            && near(before.index, now.index, CONFIRMS * self.declared_rate)
    }

    fn begin(&mut self, kind: Kind, rate: f64) -> Placed {
        if rate != self.declared_rate || self.last.is_none() {
            self.count_rate = rate;
            self.step = Step::at(rate);
        }
        self.declared_rate = rate;
        self.kind = kind;
        self.last = None;
        Placed::Anew(Span {
            first: 0.0,
            step: self.step(),
            skip: 0,
            missing: Missing::Nothing,
        })
    }

    fn by_count(&self, frame: &Frame, last: Last) -> Option<Span> {
        let ahead = frame.index?.wrapping_sub(last.index).wrapping_sub(1) as i64;
        let step = self.step();
        let (skip, lost) = overlap(ahead);
        let first = last.place
            + step
                * (1.0
                    + if skip < frame.readings.len() {
                        f64::from(lost)
                    } else {
                        ahead as f64
                    });
        Some(Span {
            first,
            step,
            skip,
            missing: Missing::readings(lost),
        })
    }

    fn by_stamp(&mut self, frame: &Frame, last: Last) -> Option<Span> {
        let since = frame.time?.wrapping_sub(last.time) as i64 as f64 * 1e-9;
        let step = self.step();
        let stamp = last.stamp + since;
        let ahead = frame
            .index
            .map(|index| index.wrapping_sub(last.index).wrapping_sub(1) as i64);
        if since <= 0.0 && ahead.is_none_or(|ahead| ahead < 0) {
            return Some(Span {
                first: stamp,
                step,
                skip: usize::MAX,
                missing: Missing::Nothing,
            });
        }
        let (skip, counted) = ahead.map_or((0, 0), overlap);
        if skip >= frame.readings.len() {
            return None;
        }
        let first = stamp + step * skip as f64;
        let late = first - (last.place + step * (1.0 + f64::from(counted)));
        if late < -JUMP {
            return None;
        }
        let missing = self.missing(ahead.is_some(), counted, late, last.readings);
        let first = match missing {
            Missing::Nothing => {
                last.place + step + (STAMP_TRUST * late).clamp(-0.25 * step, 0.25 * step)
            }
            _ => first.max(last.place + 0.5 * step),
        };
        let sent = match (frame.index, missing) {
            (Some(_), _) => ahead.unwrap_or(0).max(0) as f64 + last.readings as f64,
            (None, Missing::Readings(lost)) => last.readings as f64 + f64::from(lost),
            (None, _) => last.readings as f64,
        };
        if missing != Missing::Unknown && skip == 0 {
            self.step.learn(since, sent);
        }
        Some(Span {
            first,
            step: self.step(),
            skip,
            missing,
        })
    }

    fn missing(&self, counted: bool, lost: u32, late: f64, before: usize) -> Missing {
        let step = self.step();
        if counted {
            let paused = lost == 0 && late > (3.0 * step).max(0.15);
            return if paused {
                Missing::Unknown
            } else {
                Missing::readings(lost)
            };
        }
        // The step is not known exactly, which adds up over a large frame.
        let doubt = if self.step.seen < 10.0 { 0.02 } else { 0.005 };
        if late > (0.6 * step).max(doubt * before as f64 * step) {
            Missing::readings((late / step).round().clamp(1.0, 1e9) as u32)
        } else {
            Missing::Nothing
        }
    }

    fn remember(&mut self, frame: &Frame, placed: &Placed) {
        let (Placed::Follows(span) | Placed::Anew(span)) = placed else {
            return;
        };
        let readings = frame.readings.len();
        self.pending = None;
        self.reconnected = false;
        self.last = Some(Last {
            place: span.end(readings),
            index: frame
                .index
                .unwrap_or(0)
                .wrapping_add(readings as u64)
                .wrapping_sub(1),
            readings,
            time: frame.time.unwrap_or(0),
            // Deviations that smoothing has not yet taken over stay, so that they cannot add up.
            stamp: match (self.last, frame.time) {
                (Some(last), Some(time)) => {
                    last.stamp + time.wrapping_sub(last.time) as i64 as f64 * 1e-9
                }
                _ => span.first,
            },
        });
    }
}

impl Span {
    /// Place of the last of the frame's readings.
    pub(super) fn end(&self, readings: usize) -> f64 {
        self.first + self.step * readings.saturating_sub(self.skip.saturating_add(1)) as f64
    }
}

impl Missing {
    fn readings(lost: u32) -> Missing {
        if lost == 0 {
            Missing::Nothing
        } else {
            Missing::Readings(lost)
        }
    }
}

impl Step {
    fn at(rate: f64) -> Step {
        // As if half a second had come at the declared rate.
        Step {
            seconds: 0.5,
            readings: 0.5 * rate,
            seen: 0.0,
            cadence: Cadence::default(),
        }
    }

    fn value(&self) -> f64 {
        self.seconds / self.readings
    }

    fn learn(&mut self, seconds: f64, readings: f64) {
        let found = seconds / readings;
        if !(readings > 0.0 && found.is_finite() && RATES.contains(&(1.0 / found))) {
            return;
        }
        self.cadence.push(found);
        self.seen += seconds;
        let off = |value: f64| (value / self.value() - 1.0).abs() > 0.15;
        match self.cadence.typical() {
            // The declared rate is wrong by more than any oscillator: believe the stamps.
            Some(typical) if off(typical) && self.cadence.is_settled() => {
                (self.seconds, self.readings) = (0.5, 0.5 / typical);
            }
            _ if off(found) => {}
            _ => {
                let kept = RATE_MEMORY / (RATE_MEMORY + seconds);
                self.seconds = self.seconds * kept + seconds;
                self.readings = self.readings * kept + readings;
            }
        }
    }
}

/// Readings at the start that were there before, and readings that are missing.
fn overlap(ahead: i64) -> (usize, u32) {
    if ahead < 0 {
        (
            usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX),
            0,
        )
    } else {
        (0, u32::try_from(ahead).unwrap_or(u32::MAX))
    }
}

fn kind_of(frame: &Frame) -> Kind {
    match (frame.time, frame.index) {
        (Some(_), _) => Kind::Stamped,
        (None, Some(_)) => Kind::Counted,
        (None, None) => Kind::Arrived,
    }
}

fn sane_rate(rate: f64) -> f64 {
    if RATES.contains(&rate) {
        rate
    } else {
        DEFAULT_RATE
    }
}
