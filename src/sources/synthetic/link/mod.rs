//! The radio between sensor and host: packets of the open protocol, late, in bursts, or not at all.
//!
//! A sensor gathers readings into Data frames; each goes out at the next connection event and
//! arrives a little later. Timestamps come from the sensor's crystal, which is good to some parts
//! in a million and is not the clock that paces the readings.

mod frames;

use super::chance::Chance;
use super::sensor::Measured;
use crate::input::{Channel, Input, LinkChange};
use crate::recording::truth::TrueGap;
use crate::units::HostTime;
use frames::{frames, info, packets};

/// The Info characteristic in the driver's list.
pub const INFO: Channel = Channel(0);
/// The Data characteristic in the driver's list.
pub const DATA: Channel = Channel(2);

/// How readings reach the program.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkModel {
    /// As if from a file: every reading with its true time, no packets.
    Direct,
    /// As packets over a radio.
    Radio(Radio),
}

/// How a radio link behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Radio {
    /// Readings in a packet; with compact frames as many as 20 bytes take.
    pub readings_per_packet: usize,
    /// Frames for links of 20 bytes.
    pub compact: bool,
    /// Time between connection events, s.
    pub interval: f64,
    /// Mean extra delay of a packet, s.
    pub jitter: f64,
    /// Probability that the link stalls at a packet; all that follows then arrives at once.
    pub stall: f64,
    /// Mean length of a stall, s.
    pub stall_length: f64,
    /// Probability that a packet is lost for good.
    pub loss: f64,
    /// What else goes wrong.
    pub gaps: Vec<Gap>,
}

impl Radio {
    /// A strap a meter from the host.
    pub fn good() -> Radio {
        Radio {
            readings_per_packet: 4,
            compact: false,
            interval: 0.030,
            jitter: 0.002,
            stall: 0.0,
            stall_length: 0.0,
            loss: 0.0,
            gaps: Vec::new(),
        }
    }

    /// A phone in the next room: jitter, bursts, single packets lost.
    pub fn crowded() -> Radio {
        Radio {
            interval: 0.050,
            jitter: 0.012,
            stall: 0.01,
            stall_length: 0.25,
            loss: 0.02,
            ..Radio::good()
        }
    }

    /// The same link with one more thing going wrong.
    #[must_use]
    pub fn with_gap(mut self, kind: GapKind, at: Option<f64>, seconds: f64) -> Radio {
        self.gaps.push(Gap { kind, at, seconds });
        self
    }
}

/// A time in which readings do not arrive as they should.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// In which way.
    pub kind: GapKind,
    /// When it begins, s; left to chance where nothing is said.
    pub at: Option<f64>,
    /// How long it lasts, s.
    pub seconds: f64,
}

/// What becomes of the readings in a gap, and of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    /// Packets vanish; the connection does not notice.
    Silent,
    /// The connection is lost and comes back: a new run of the same clock.
    OutOfRange,
    /// The sensor could not keep up and threw readings away.
    Overrun,
    /// The sensor restarted: a new run, and its clock begins at zero.
    Reboot,
}

impl GapKind {
    /// The sensor makes no frames of readings in such a gap.
    fn drops_readings(self) -> bool {
        self != GapKind::Silent
    }

    fn breaks_the_connection(self) -> bool {
        matches!(self, GapKind::OutOfRange | GapKind::Reboot)
    }
}

/// What came through, and what did not.
pub(crate) struct Delivered {
    pub inputs: Vec<Input>,
    pub gaps: Vec<TrueGap>,
}

/// After how long without a word a connection counts as lost, s.
const SUPERVISION: f64 = 1.0;
/// Sends everything a sensor measured.
pub(crate) fn deliver(measured: &Measured, radio: &Radio, chance: &mut Chance) -> Delivered {
    let end = measured.readings.last().map_or(0.0, |reading| reading.at);
    let gaps = placed(&radio.gaps, end, chance);
    let frames = frames(measured, radio, &gaps, chance);
    let mut arrived = vec![false; measured.readings.len()];
    let mut inputs = connect(measured, 0.0);
    for gap in gaps.iter().filter(|gap| gap.kind.breaks_the_connection()) {
        let (from, to) = (gap.begin, gap.begin + gap.seconds);
        inputs.push(change(
            measured,
            from + SUPERVISION.min(0.5 * gap.seconds),
            LinkChange::Lost,
        ));
        inputs.extend(connect(measured, to));
    }
    let mut line = Line::new(radio, chance);
    for frame in &frames {
        let Some(last) = measured.readings.get(frame.readings.end - 1) else {
            continue;
        };
        let silent = |gap: &Placed| gap.kind == GapKind::Silent && gap.holds(last.at);
        let arrival = line.arrival(last.at, &gaps);
        if !gaps.iter().any(silent) && !line.chance.happens(radio.loss) {
            arrived[frame.readings.clone()].fill(true);
            let received = |packet: Vec<u8>| Input::Packet {
                sensor: measured.sensor,
                at: HostTime::from_seconds(arrival),
                channel: DATA,
                bytes: packet,
            };
            inputs.extend(
                packets(measured, frame, radio.compact)
                    .into_iter()
                    .map(received),
            );
        }
    }
    inputs.sort_by_key(Input::at);
    Delivered {
        inputs,
        gaps: missing(measured, &arrived),
    }
}

/// A gap with its beginning settled.
struct Placed {
    kind: GapKind,
    begin: f64,
    seconds: f64,
}

impl Placed {
    fn holds(&self, at: f64) -> bool {
        (self.begin..self.begin + self.seconds).contains(&at)
    }
}

fn placed(gaps: &[Gap], end: f64, chance: &mut Chance) -> Vec<Placed> {
    let settle = |gap: &Gap| Placed {
        kind: gap.kind,
        // Where chance decides: not while the sensor is being calibrated, and not at the very end.
        begin: gap.at.unwrap_or_else(|| chance.between(0.3, 0.85) * end),
        seconds: gap.seconds,
    };
    let mut placed: Vec<Placed> = gaps.iter().map(settle).collect();
    placed.sort_by(|a, b| a.begin.total_cmp(&b.begin));
    placed
}

/// When packets arrive: in order, at connection events, with jitter and stalls.
struct Line<'a> {
    radio: &'a Radio,
    chance: &'a mut Chance,
    phase: f64,
    last: f64,
    stalled_until: f64,
}

impl<'a> Line<'a> {
    fn new(radio: &'a Radio, chance: &'a mut Chance) -> Line<'a> {
        let phase = chance.uniform() * radio.interval;
        Line {
            radio,
            chance,
            phase,
            last: 0.0,
            stalled_until: 0.0,
        }
    }

    /// When a packet that is ready at `ready` arrives.
    fn arrival(&mut self, ready: f64, gaps: &[Placed]) -> f64 {
        let interval = self.radio.interval.max(1e-3);
        let event = ((ready - self.phase) / interval).ceil() * interval + self.phase;
        if self.chance.happens(self.radio.stall) {
            let length = self.chance.wait(self.radio.stall_length.max(1e-3));
            self.stalled_until = event + length.min(3.0);
        }
        let mut at = event + 0.003 + self.chance.wait(self.radio.jitter.max(1e-4)).min(0.2);
        at = at.max(self.stalled_until).max(self.last + 2e-4);
        // What is on its way when the connection breaks arrives at the last moment.
        for gap in gaps.iter().filter(|gap| gap.kind.breaks_the_connection()) {
            if gap.holds(at) {
                at = at.min(gap.begin.max(self.last + 1e-6));
            }
        }
        self.last = at;
        at
    }
}

/// What the host learns when a connection stands: that it does, and what the sensor is.
fn connect(measured: &Measured, at: f64) -> Vec<Input> {
    let info = Input::Packet {
        sensor: measured.sensor,
        at: HostTime::from_seconds(at + 0.001),
        channel: INFO,
        bytes: info(measured),
    };
    vec![change(measured, at, LinkChange::Connected), info]
}

fn change(measured: &Measured, at: f64, change: LinkChange) -> Input {
    Input::Link {
        sensor: measured.sensor,
        at: HostTime::from_seconds(at),
        change,
    }
}

/// The readings that never arrived, as stretches.
fn missing(measured: &Measured, arrived: &[bool]) -> Vec<TrueGap> {
    let mut gaps: Vec<TrueGap> = Vec::new();
    let mut open = false;
    for (reading, arrived) in measured.readings.iter().zip(arrived) {
        match gaps.last_mut() {
            Some(gap) if open && !arrived => gap.to = reading.at,
            _ if !arrived => gaps.push(TrueGap {
                placement: measured.placement,
                from: reading.at,
                to: reading.at,
            }),
            _ => {}
        }
        open = !arrived;
    }
    gaps
}
