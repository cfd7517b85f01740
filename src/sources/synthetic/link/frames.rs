//! The sensor's side of the radio: readings into frames, frames into bytes, and what it says about itself.

use std::ops::Range;

use backcoach_protocol::data::{
    Flags, FrameBuilder, Header, Position, RawSample, Stream, TICKS_PER_SECOND,
};
use backcoach_protocol::info::{Actuators, Axes, Config, Info, Protocol, Rate, Settings, Streams};
use backcoach_protocol::list::List;

use super::{GapKind, Placed, Radio};
use crate::sources::synthetic::chance::Chance;
use crate::sources::synthetic::sensor::{Measured, Reading};

/// Configuration generation that all frames name.
const GENERATION: u8 = 1;
/// How far a crystal may be off, parts in a million.
const CRYSTAL_PPM: f64 = 40.0;
/// Compact frames need a full one at least this often, s.
const ANCHOR_EVERY: f64 = 0.9;

/// Readings of one stretch without a break in index and time.
pub(super) struct Frame {
    gyro: bool,
    pub(super) readings: Range<usize>,
    run: u8,
    /// Running number of the first reading within its run.
    index: u32,
    flags: Flags,
    ticks: u32,
}

/// Cuts the readings into frames.
pub(super) fn frames(
    measured: &Measured,
    radio: &Radio,
    gaps: &[Placed],
    chance: &mut Chance,
) -> Vec<Frame> {
    let size = batch(measured, radio);
    let mut sender = Sender {
        crystal: 1.0 + 1e-6 * chance.between(-CRYSTAL_PPM, CRYSTAL_PPM),
        // A sensor is switched on at any time before: its clock may be about to wrap.
        clock: chance.uniform() * f64::from(u32::MAX),
        run: chance.below(16) as u8,
        run_start: 0,
        fresh: true,
        overrun: false,
    };
    let mut frames = Vec::new();
    let mut begin = 0;
    let mut within: Option<usize> = None;
    for (number, reading) in measured.readings.iter().enumerate() {
        let gap = gaps
            .iter()
            .position(|gap| gap.kind.drops_readings() && gap.holds(reading.at));
        if gap.is_some() && within.is_none() {
            sender.push(measured, begin..number, &mut frames);
        }
        if let Some(over) = within.filter(|_| within != gap) {
            sender.after(gaps[over].kind, number, reading);
            begin = number;
        }
        within = gap;
        if within.is_none() && number + 1 - begin == size {
            sender.push(measured, begin..number + 1, &mut frames);
            begin = number + 1;
        }
    }
    if within.is_none() {
        sender.push(measured, begin..measured.readings.len(), &mut frames);
    }
    frames
}

fn batch(measured: &Measured, radio: &Radio) -> usize {
    let gyro = measured
        .readings
        .first()
        .is_some_and(|reading| reading.gyro.is_some());
    match (radio.compact, gyro) {
        (false, _) => radio.readings_per_packet.clamp(1, 200),
        (true, true) => 1,
        (true, false) => 2,
    }
}

/// The sensor's counters.
struct Sender {
    crystal: f64,
    clock: f64,
    run: u8,
    run_start: usize,
    fresh: bool,
    overrun: bool,
}

impl Sender {
    fn push(&mut self, measured: &Measured, readings: Range<usize>, frames: &mut Vec<Frame>) {
        let Some(first) = measured.readings.get(readings.start) else {
            return;
        };
        if readings.is_empty() {
            return;
        }
        let clipped = measured.readings[readings.clone()]
            .iter()
            .any(|r| r.clipped);
        frames.push(Frame {
            gyro: first.gyro.is_some(),
            run: self.run,
            index: (readings.start - self.run_start) as u32,
            flags: Flags {
                clipped,
                overrun: std::mem::take(&mut self.overrun),
                time_reset: std::mem::take(&mut self.fresh),
            },
            ticks: self.ticks(first.at),
            readings,
        });
    }

    fn ticks(&self, at: f64) -> u32 {
        let ticks = self.clock + at * self.crystal * f64::from(TICKS_PER_SECOND);
        ticks.round().rem_euclid(4_294_967_296.0) as u32
    }

    /// What a gap does to the counters; `next` is the first reading after it.
    fn after(&mut self, gap: GapKind, number: usize, next: &Reading) {
        match gap {
            GapKind::Silent => {}
            GapKind::Overrun => self.overrun = true,
            GapKind::OutOfRange | GapKind::Reboot => {
                self.run = (self.run + 1) % 16;
                self.run_start = number;
                self.fresh = true;
            }
        }
        if gap == GapKind::Reboot {
            self.clock = 0.3 * f64::from(TICKS_PER_SECOND)
                - next.at * self.crystal * f64::from(TICKS_PER_SECOND);
        }
    }
}

/// A frame as bytes; in the compact form sometimes with its anchor before it.
pub(super) fn packets(measured: &Measured, frame: &Frame, compact: bool) -> Vec<Vec<u8>> {
    let full = Position::Full {
        index: frame.index,
        timestamp: frame.ticks,
    };
    let readings = &measured.readings[frame.readings.clone()];
    if !compact {
        return packet(frame, frame.flags, full, readings)
            .into_iter()
            .collect();
    }
    let every = (ANCHOR_EVERY * measured.rate_hz).max(1.0) as u32;
    let size = readings.len() as u32;
    let due = frame.index % every < size;
    let anchored = due || frame.flags.time_reset || frame.flags.overrun;
    let anchor = anchored
        .then(|| packet(frame, frame.flags, full, &[]))
        .flatten();
    let flags = Flags {
        clipped: frame.flags.clipped,
        ..Flags::default()
    };
    let position = Position::compact(frame.index, frame.ticks);
    let samples = packet(frame, flags, position, readings);
    anchor.into_iter().chain(samples).collect()
}

fn packet(
    frame: &Frame,
    flags: Flags,
    position: Position,
    readings: &[Reading],
) -> Option<Vec<u8>> {
    let gyro = frame.gyro;
    let stream = if gyro {
        Stream::AccelGyro
    } else {
        Stream::Accel
    };
    let mut buffer = vec![0; position.header_len() + readings.len() * stream.sample_len()];
    let header = Header {
        stream,
        flags,
        run: frame.run,
        generation: GENERATION,
        position,
    };
    let mut builder = FrameBuilder::new(&mut buffer, header).ok()?;
    for reading in readings {
        let sample = RawSample {
            accel: reading.accel,
            gyro: reading.gyro,
        };
        builder.push(sample).ok()?;
    }
    let length = builder.finish();
    buffer.truncate(length);
    Some(buffer)
}

/// The Info characteristic of this sensor.
pub(super) fn info(measured: &Measured) -> Vec<u8> {
    let gyro = measured
        .readings
        .first()
        .is_some_and(|reading| reading.gyro.is_some());
    let rate = Rate::from_sixteenths_hz((measured.rate_hz * 16.0).round() as u16);
    let settings = Settings {
        stream: if gyro {
            Stream::AccelGyro
        } else {
            Stream::Accel
        },
        rate,
        accel_range_g: measured.accel_range_g,
        gyro_range_dps: if gyro { measured.gyro_range_dps } else { 0 },
    };
    let info = Info {
        protocol: Protocol::CURRENT,
        device_id: [0x5e, 0, 0, 0, 0, 0, 0, measured.sensor.0],
        streams: if gyro { Streams::Both } else { Streams::Accel },
        rates: list(&[rate]),
        accel_ranges_g: list(&[settings.accel_range_g]),
        gyro_ranges_dps: list(if gyro {
            std::slice::from_ref(&measured.gyro_range_dps)
        } else {
            &[]
        }),
        config: Config {
            generation: GENERATION,
            settings,
            accel_scale: measured.accel_scale,
            gyro_scale: if gyro { measured.gyro_scale } else { 0.0 },
        },
        actuators: Actuators::default(),
        buffer_depth: 256,
        axes: Axes::default(),
    };
    let mut buffer = vec![0; Info::MAX_LEN];
    // The buffer has room for the longest Info there is; an empty one would be refused by any reader.
    let length = info.emit(&mut buffer).unwrap_or(0);
    buffer.truncate(length);
    buffer
}

/// A list on the wire; ours have one value or none, which always fits.
fn list<T: Copy + Default>(values: &[T]) -> List<T> {
    List::from_slice(values).unwrap_or_default()
}
