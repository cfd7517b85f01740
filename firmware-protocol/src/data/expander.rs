//! A compact frame carries the low bits of its place. Bluetooth keeps notifications in order while a
//! connection lives, so the full place is the nearest one *after* the last that has those low bits.
//!
//! Loss cannot fool this as long as less than half of the low range is lost at once: 256 s of time and
//! 32768 samples (32.8 s at 1000 Hz). A link that is silent for 32 s is dead by the Bluetooth
//! specification (longest supervision timeout), and each new subscription begins with a full frame.
//! What looks like a step back is refused, as is a frame of another run; then compact frames are
//! refused up to the next full frame, which a sensor sends at least once a second.

use core::{error::Error, fmt};

use super::{Frame, Header, Position};

/// Low range of a compact index, and of a compact time; half of each is the longest step believed.
const HALF_INDEX: u16 = 1 << 15;
const HALF_TIME: u32 = 1 << 23;
const TIME_MASK: u32 = (1 << 24) - 1;

/// Where the first sample of a frame belongs, in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Running number of the sample; wraps.
    pub index: u32,
    /// Its data-ready time in ticks of 1/32768 s; wraps.
    pub timestamp: u32,
}

/// A compact frame came that no full frame of its run went before; its samples belong nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAnchored;

impl fmt::Display for NotAnchored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a compact data frame came before a full one of its run; it is dropped up to the next full frame"
        )
    }
}

impl Error for NotAnchored {}

/// Gives each frame of a connection its full place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expander {
    last: Option<(u8, Place)>,
}

impl Expander {
    /// For a new connection: nothing is known yet.
    #[must_use]
    pub const fn new() -> Expander {
        Expander { last: None }
    }

    /// The place of the frame's first sample, from the frame itself or from the frames before it.
    ///
    /// Feed it every frame of the connection in order of arrival.
    ///
    /// # Errors
    ///
    /// If the frame is compact and no full frame of the same run came since the start or the last doubt.
    pub fn expand(&mut self, frame: &Frame<'_>) -> Result<Place, NotAnchored> {
        let Header { run, position, .. } = frame.header;
        let place = match position {
            Position::Full { index, timestamp } => Some(Place { index, timestamp }),
            Position::Compact {
                index_low,
                timestamp_low,
            } => match self.last {
                Some((last_run, last)) if last_run == run => last.next(index_low, timestamp_low),
                _ => None,
            },
        };
        self.last = place.map(|place| (run, place));
        place.ok_or(NotAnchored)
    }
}

impl Place {
    /// The first place at or after this one with these low bits, unless it is doubtful.
    fn next(self, index_low: u16, timestamp_low: u32) -> Option<Place> {
        let samples = index_low.wrapping_sub(self.index as u16);
        let ticks = timestamp_low.wrapping_sub(self.timestamp) & TIME_MASK;
        (samples < HALF_INDEX && ticks < HALF_TIME).then(|| Place {
            index: self.index.wrapping_add(u32::from(samples)),
            timestamp: self.timestamp.wrapping_add(ticks),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::data::{Flags, FrameBuilder, RawSample, Stream};

    fn expand(expander: &mut Expander, run: u8, position: Position) -> Option<(u32, u32)> {
        let header = Header {
            stream: Stream::Accel,
            flags: Flags::default(),
            run,
            generation: 0,
            position,
        };
        let mut buffer = [0; 20];
        let mut builder = FrameBuilder::new(&mut buffer, header).unwrap();
        builder.push(RawSample::default()).unwrap();
        let len = builder.finish();
        let place = expander
            .expand(&Frame::parse(&buffer[..len]).unwrap())
            .ok()?;
        Some((place.index, place.timestamp))
    }

    fn full(index: u32, timestamp: u32) -> Position {
        Position::Full { index, timestamp }
    }

    #[test]
    fn low_bits_are_carried_over_their_wrap() {
        let mut expander = Expander::new();
        expand(&mut expander, 1, full(0x0001_fffe, 0x05ff_fff0)).unwrap();
        let place = expand(
            &mut expander,
            1,
            Position::Compact {
                index_low: 2,
                timestamp_low: 0x10,
            },
        );
        assert_eq!(place, Some((0x0002_0002, 0x0600_0010)));
    }

    #[test]
    fn the_full_counters_may_wrap_too() {
        let mut expander = Expander::new();
        expand(&mut expander, 1, full(u32::MAX, u32::MAX)).unwrap();
        assert_eq!(
            expand(&mut expander, 1, Position::compact(1, 654)),
            Some((1, 654))
        );
    }

    #[test]
    fn thirty_two_lost_seconds_at_a_thousand_hertz_are_bridged() {
        let mut expander = Expander::new();
        expand(&mut expander, 1, full(70_000, 9_000_000)).unwrap();
        let (index, timestamp) = (70_000 + 32_000, 9_000_000 + 32 * 32_768);
        assert_eq!(
            expand(&mut expander, 1, Position::compact(index, timestamp)),
            Some((index, timestamp))
        );
    }

    #[test]
    fn a_compact_frame_first_is_refused() {
        assert_eq!(
            expand(&mut Expander::new(), 0, Position::compact(0, 0)),
            None
        );
    }

    #[test]
    fn another_run_waits_for_its_full_frame() {
        let mut expander = Expander::new();
        expand(&mut expander, 1, full(500, 500)).unwrap();
        assert_eq!(expand(&mut expander, 2, Position::compact(501, 800)), None);
        assert_eq!(expand(&mut expander, 1, Position::compact(502, 900)), None);
        assert_eq!(expand(&mut expander, 2, full(3, 1000)), Some((3, 1000)));
        assert_eq!(
            expand(&mut expander, 2, Position::compact(5, 1600)),
            Some((5, 1600))
        );
    }

    #[test]
    fn a_step_back_is_doubted_until_the_next_full_frame() {
        let mut expander = Expander::new();
        expand(&mut expander, 1, full(500, 5000)).unwrap();
        assert_eq!(expand(&mut expander, 1, Position::compact(499, 5300)), None);
        assert_eq!(expand(&mut expander, 1, Position::compact(502, 5600)), None);
        assert_eq!(expand(&mut expander, 1, full(503, 6000)), Some((503, 6000)));
        assert_eq!(expand(&mut expander, 1, Position::compact(504, 5999)), None);
    }
}
