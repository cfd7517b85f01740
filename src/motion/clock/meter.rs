//! How well a sensor and its link do: rate, loss, clock, delay.
//!
//! Fed with the inputs of one sensor, live or from a recording, so that both are told the same. What is measured is
//! what reaches the coach: the numbers of the sensor's own count and clock against the host's time of arrival.
//!
//! | figure | from |
//! |---|---|
//! | rate | readings, and those lost between them, over the time in which they arrived |
//! | loss | holes in the count, or where there is none, in the stamps; what is missed while the link is down is told apart |
//! | clock | the slope of the earliest arrivals of each second against the stamps, by least squares |
//! | delay | how far each packet lies above the line under the earliest arrivals (`envelope`) |
//! | jitter | the mean change of the delay from one packet to the next |
//!
//! Limits: the smallest delay of a link is unknown, so delays are what comes on top of it. The rate is off by a delay
//! over the time watched: half a percent after ten seconds.

use serde::Serialize;

use super::envelope::{Envelope, Limits};
use crate::input::{Channel, Input, LinkChange};
use crate::sensors::{Decode, Frame, SensorNote};
use crate::units::HostTime;

/// Rates that are believed, Hz.
const RATES: std::ops::RangeInclusive<f64> = 0.5..=10_000.0;

/// Stamps that leave room for so many readings and more show a loss, where the sensor does not count.
const HOLE: f64 = 3.0;

/// A stamp that goes back, or ahead of what arrives by this much, begins another count of time, seconds.
const JUMP: f64 = 10.0;

/// Delays are sorted into milliseconds up to here; beyond it only the longest is known.
const DELAYS_MS: usize = 3000;

/// Points that the clock's line is laid through; more are joined in pairs.
const POINTS: usize = 20_000;

/// Fewer give no line.
const FEWEST: usize = 5;

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Packets that could be read.
    pub packets: u64,
    /// Packets that could not.
    pub damaged: u64,
    /// What was wrong with the first of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
    /// Readings in the packets.
    pub readings: u64,
    /// The time in which readings arrived, seconds; while the link was down it stands still.
    pub seconds: f64,
    /// The rate the sensor says it runs at, Hz.
    pub nominal_hz: Option<f64>,
    /// The rate it runs at by the host's clock, Hz.
    pub measured_hz: Option<f64>,
    /// Readings lost while the link stood; `None` where the sensor neither counts nor stamps.
    pub lost: Option<u64>,
    /// Readings missed while the link was down, as far as the sensor's count tells.
    pub missed: u64,
    /// The longest time without a packet while the link stood, seconds.
    pub longest_silence: f64,
    /// The sensor's clock.
    pub clock: Option<ClockFigures>,
    /// What the link adds to its smallest delay.
    pub delay: Option<DelayFigures>,
    /// How often the sensor began its count anew.
    pub restarts: u32,
    /// How often the link was lost.
    pub losses: u32,
    /// For how long it was down, seconds.
    pub outage: f64,
    /// Readings at the end of the sensor's range.
    pub clipped: u64,
    /// The charge last told, percent.
    pub battery: Option<u8>,
    /// The strength of the signal last told, dBm.
    pub rssi: Option<i8>,
}

impl Figures {
    /// The share of readings that were lost while the link stood.
    pub fn loss(&self) -> Option<f64> {
        let lost = self.lost? as f64;
        let all = lost + self.readings as f64;
        (all > 0.0).then(|| lost / all)
    }
}

/// Session time is kept in microseconds.
const RESOLUTION_S: f64 = 1e-6;

/// How a sensor's clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ClockFigures {
    /// How much faster it runs than the host's, millionths.
    pub drift_ppm: f64,
    /// Twice the standard error of that, millionths: in ten seconds no clock shows its drift.
    pub within_ppm: f64,
}

/// Delays above the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DelayFigures {
    /// Half of the packets come within, milliseconds.
    pub median_ms: f64,
    /// All but one in twenty come within, milliseconds.
    pub p95_ms: f64,
    /// The longest, milliseconds.
    pub longest_ms: f64,
    /// The mean change from packet to packet, milliseconds.
    pub jitter_ms: f64,
}

/// Measures one sensor.
pub struct Meter {
    decoder: Option<Box<dyn Decode>>,
    figures: Figures,
    /// The stretch of even count and standing link that goes on.
    run: Option<Run>,
    was_linked: bool,
    down_since: Option<HostTime>,
    /// When the link last came back, seconds.
    back_at: f64,
    delays: Delays,
    line: Line,
}

/// Where the readings have come to.
#[derive(Clone, Debug)]
struct Run {
    /// When its newest packet came.
    arrived: f64,
    /// The sensor's axis after the newest reading, seconds, and its count.
    place: f64,
    next_index: Option<u64>,
    envelope: Envelope,
}

impl Meter {
    /// For a sensor with this decoder; one without takes samples only.
    pub fn new(decoder: Option<Box<dyn Decode>>) -> Meter {
        Meter {
            decoder,
            figures: Figures::default(),
            run: None,
            was_linked: false,
            down_since: None,
            back_at: f64::NEG_INFINITY,
            delays: Delays::default(),
            line: Line::default(),
        }
    }

    /// Takes an input of this sensor; all others are to be kept from it.
    pub fn input(&mut self, input: &Input) {
        match input {
            Input::Packet {
                at, channel, bytes, ..
            } => self.packet(*at, *channel, bytes),
            Input::Link { at, change, .. } => self.link(*at, *change),
            Input::Sample { sample, .. } => {
                self.figures.readings += 1;
                self.figures.clipped += u64::from(sample.clipped);
            }
            Input::Command { .. } | Input::Tick { .. } => {}
        }
    }

    /// What was measured so far.
    pub fn figures(&self) -> Figures {
        let mut figures = self.figures.clone();
        if figures.seconds > 0.0 {
            // The readings of the very first packet came before the time began.
            let all = figures.readings + figures.lost.unwrap_or(0);
            let timed = all.saturating_sub(self.line.first_readings);
            figures.measured_hz = (timed > 0).then(|| timed as f64 / figures.seconds);
        }
        figures.delay = self.delays.figures();
        figures.clock = self.line.figures();
        figures
    }

    fn link(&mut self, at: HostTime, change: LinkChange) {
        match change {
            LinkChange::Connected => {
                if let Some(decoder) = self.decoder.as_mut().filter(|_| self.was_linked) {
                    decoder.reconnected();
                }
                self.was_linked = true;
                self.back_at = at.seconds();
                if let Some(since) = self.down_since.take() {
                    self.figures.outage += (at.seconds() - since.seconds()).max(0.0);
                }
            }
            LinkChange::Lost => {
                self.figures.losses += 1;
                self.down_since = Some(at);
            }
            LinkChange::Battery { percent } => self.figures.battery = Some(percent),
            LinkChange::Rssi { dbm } => self.figures.rssi = Some(dbm),
        }
    }

    fn packet(&mut self, at: HostTime, channel: Channel, bytes: &[u8]) {
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        match decoder.decode(channel, bytes) {
            Ok(decoded) => {
                self.figures.packets += 1;
                for note in decoded.notes {
                    if let SensorNote::Battery(percent) = note {
                        self.figures.battery = Some(percent);
                    }
                }
                for frame in &decoded.frames {
                    self.frame(at.seconds(), frame);
                }
            }
            Err(error) => {
                self.figures.damaged += 1;
                let damage = &mut self.figures.damage;
                damage.get_or_insert_with(|| error.to_string());
            }
        }
    }

    fn frame(&mut self, arrived: f64, frame: &Frame) {
        let count = frame.readings.len() as u64;
        if count == 0 || !RATES.contains(&frame.nominal_rate) {
            return;
        }
        let clipped = frame.readings.iter().filter(|reading| reading.clipped);
        self.figures.clipped += clipped.count() as u64;
        self.figures.readings += count;
        self.figures.nominal_hz = Some(frame.nominal_rate);
        let step = 1.0 / frame.nominal_rate;
        let is_stamped = frame.time.is_some();
        let is_numbered = frame.index.is_some();
        if is_stamped || is_numbered {
            self.figures.lost.get_or_insert(0);
        }
        let before = self.run.take();
        let first = match (frame.time, frame.index, &before) {
            (Some(nanos), ..) => nanos as f64 * 1e-9,
            (None, Some(index), _) => index as f64 * step,
            (None, None, Some(run)) => run.place,
            (None, None, None) => 0.0,
        };
        let place = first + count as f64 * step;
        let was_down = self.is_relinked();
        let run = before.filter(|run| {
            let passed = arrived - run.arrived;
            let moved = first - run.place;
            let follows = !frame.restarted && moved > -1.0 && moved < passed + JUMP;
            self.figures.restarts += u32::from(!follows);
            follows
        });
        let Some(mut run) = run else {
            self.line.begin(is_stamped, count);
            self.line.add(place, arrived);
            let limits = Limits {
                slope: if is_stamped { 500e-6 } else { 0.03 },
                level_before: 10.0,
            };
            self.run = Some(Run {
                arrived,
                place,
                next_index: frame.index.map(|index| index.saturating_add(count)),
                envelope: Envelope::new(place, arrived, limits),
            });
            return;
        };
        let lost = match (frame.index, run.next_index) {
            (Some(index), Some(next)) => index.saturating_sub(next),
            _ if is_stamped && first - run.place > HOLE * step => {
                ((first - run.place) / step).round() as u64
            }
            _ => 0,
        };
        // A sensor that kept what it could tells what it could not only after that.
        let is_of_outage =
            self.figures.losses > 0 && run.envelope.time_of(run.place) <= self.back_at;
        if was_down || is_of_outage {
            self.figures.missed += lost;
        } else if let Some(all) = &mut self.figures.lost {
            *all += lost;
        }
        if was_down {
            // The time it took is no time of the link.
            self.line.first_readings += count;
        } else {
            let passed = (arrived - run.arrived).max(0.0);
            self.figures.seconds += passed;
            self.figures.longest_silence = self.figures.longest_silence.max(passed);
        }
        run.envelope.add(place, arrived);
        let late = run.envelope.lateness(place, arrived).max(0.0);
        self.delays.add(late, was_down);
        self.line.add(place, arrived);
        run.next_index = frame.index.map(|index| index.saturating_add(count));
        (run.place, run.arrived) = (place.max(run.place), arrived);
        self.run = Some(run);
    }

    /// Whether the link was down since the last frame; asked once for each.
    fn is_relinked(&mut self) -> bool {
        let losses = self.figures.losses;
        std::mem::replace(&mut self.line.losses_seen, losses) != losses
    }
}

/// Delays, counted by the millisecond, so that a day takes no more memory than a minute.
#[derive(Clone, Debug, Default)]
struct Delays {
    counts: Vec<u32>,
    all: u64,
    longest: f64,
    last: Option<f64>,
    changes: f64,
    steps: u64,
}

impl Delays {
    fn add(&mut self, late: f64, is_first: bool) {
        if self.counts.is_empty() {
            self.counts = vec![0; DELAYS_MS + 1];
        }
        let bin = ((late * 1e3) as usize).min(DELAYS_MS);
        self.counts[bin] = self.counts[bin].saturating_add(1);
        self.all += 1;
        self.longest = self.longest.max(late);
        if let Some(last) = self.last.replace(late).filter(|_| !is_first) {
            self.changes += (late - last).abs();
            self.steps += 1;
        }
    }

    fn figures(&self) -> Option<DelayFigures> {
        (self.steps > 0).then(|| DelayFigures {
            median_ms: self.quantile(0.5),
            p95_ms: self.quantile(0.95),
            longest_ms: self.longest * 1e3,
            jitter_ms: self.changes / self.steps as f64 * 1e3,
        })
    }

    /// The middle of the millisecond that holds it.
    fn quantile(&self, share: f64) -> f64 {
        let wanted = (self.all as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bin, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= wanted && bin < DELAYS_MS {
                return (bin as f64 + 0.5).min(self.longest * 1e3);
            }
        }
        self.longest * 1e3
    }
}

/// The earliest arrivals of each second, over the longest stretch of even stamps.
#[derive(Clone, Debug, Default)]
struct Line {
    is_stamped: bool,
    points: Vec<(f64, f64)>,
    bin: f64,
    open: Option<(f64, f64, f64)>,
    /// The result of the longest stretch before this one.
    best: Option<(usize, ClockFigures)>,
    /// Readings of packets that began a stretch: no time belongs to them.
    first_readings: u64,
    losses_seen: u32,
}

impl Line {
    fn begin(&mut self, is_stamped: bool, first_readings: u64) {
        self.best = self.with_this();
        self.is_stamped = is_stamped;
        self.points.clear();
        (self.bin, self.open) = (1.0, None);
        self.first_readings += first_readings;
    }

    fn add(&mut self, place: f64, arrived: f64) {
        let delay = arrived - place;
        match &mut self.open {
            Some((began, lowest_at, lowest)) if place - *began < self.bin => {
                if delay < *lowest {
                    (*lowest_at, *lowest) = (place, delay);
                }
            }
            open => {
                if let Some((_, at, lowest)) = open.replace((place, place, delay)) {
                    self.points.push((at, lowest));
                }
            }
        }
        if self.points.len() >= POINTS {
            self.bin *= 2.0;
            let lower = |pair: &[(f64, f64)]| match *pair {
                [one, other] if other.1 < one.1 => other,
                [one, ..] => one,
                [] => (0.0, 0.0),
            };
            self.points = self.points.chunks(2).map(lower).collect();
        }
    }

    fn figures(&self) -> Option<ClockFigures> {
        self.with_this().map(|(_, figures)| figures)
    }

    fn with_this(&self) -> Option<(usize, ClockFigures)> {
        let this = self
            .fit()
            .filter(|_| self.is_stamped)
            .map(|figures| (self.points.len(), figures));
        let length = |one: &Option<(usize, ClockFigures)>| one.map_or(0, |(length, _)| length);
        if length(&this) > length(&self.best) {
            this
        } else {
            self.best
        }
    }

    /// Least squares. A delay that grows is a sensor that runs slow.
    fn fit(&self) -> Option<ClockFigures> {
        let points = &self.points;
        if points.len() < FEWEST {
            return None;
        }
        let count = points.len() as f64;
        let mean = |part: fn(&(f64, f64)) -> f64| points.iter().map(part).sum::<f64>() / count;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
        if spread <= 0.0 {
            return None;
        }
        let joint: f64 = points
            .iter()
            .map(|point| (point.0 - x) * (point.1 - y))
            .sum();
        let slope = joint / spread;
        let rest: f64 = points
            .iter()
            .map(|point| (point.1 - y - slope * (point.0 - x)).powi(2))
            .sum();
        // No fit is better than the times that it is made of.
        let error = (rest / (count - 2.0)).sqrt().max(RESOLUTION_S) / spread.sqrt();
        Some(ClockFigures {
            drift_ppm: -slope * 1e6,
            within_ppm: 2.0 * error * 1e6,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::input::SensorId;
    use crate::sensors::{DecodeError, Decoded, Reading};
    use crate::units::Acceleration;
    use nalgebra::Vector3;

    /// Packets of ten readings at 100 Hz; each names its number in two bytes.
    struct Numbered {
        has_count: bool,
        has_clock: bool,
        /// Seconds of its clock in one of the host's.
        pace: f64,
    }

    impl Decode for Numbered {
        fn decode(&mut self, _: Channel, bytes: &[u8]) -> Result<Decoded, DecodeError> {
            let [low, high] = *bytes else {
                return Err(DecodeError::UnknownChannel {
                    family: "numbered",
                    channel: 9,
                });
            };
            let number = u64::from(u16::from_le_bytes([low, high]));
            let reading = Reading {
                accel: Acceleration::from_meters_per_second_squared(Vector3::zeros()),
                gyro: None,
                clipped: false,
            };
            Ok(Decoded {
                frames: vec![Frame {
                    index: self.has_count.then_some(number * 10),
                    time: self
                        .has_clock
                        .then_some((number as f64 * 1e8 * self.pace) as u64),
                    restarted: false,
                    nominal_rate: 100.0,
                    readings: vec![reading; 10],
                }],
                notes: Vec::new(),
            })
        }
    }

    fn meter(has_count: bool, has_clock: bool, pace: f64) -> Meter {
        Meter::new(Some(Box::new(Numbered {
            has_count,
            has_clock,
            pace,
        })))
    }

    fn packet(meter: &mut Meter, number: u16, late: f64) {
        let at = 5.0 + f64::from(number) * 0.1 + late;
        meter.input(&Input::Packet {
            sensor: SensorId(0),
            at: HostTime::from_seconds(at),
            channel: Channel(0),
            bytes: number.to_le_bytes().to_vec(),
        });
    }

    fn link(meter: &mut Meter, seconds: f64, change: LinkChange) {
        meter.input(&Input::Link {
            sensor: SensorId(0),
            at: HostTime::from_seconds(seconds),
            change,
        });
    }

    #[test]
    fn the_rate_is_measured_by_the_hosts_clock() {
        let mut meter = meter(true, true, 1.0);
        (0..600).for_each(|number| packet(&mut meter, number, 0.0));
        let figures = meter.figures();
        assert!((figures.measured_hz.unwrap() - 100.0).abs() < 1e-6);
        assert_eq!((figures.lost, figures.readings), (Some(0), 6000));
        assert!((figures.seconds - 59.9).abs() < 1e-6);
    }

    #[test]
    fn holes_in_the_count_are_losses() {
        for has_clock in [false, true] {
            let mut meter = meter(true, has_clock, 1.0);
            let heard = (0..300).filter(|number| number % 10 != 5);
            heard.for_each(|number| packet(&mut meter, number, 0.0));
            let figures = meter.figures();
            assert_eq!(figures.lost, Some(300));
            assert!((figures.loss().unwrap() - 0.1).abs() < 1e-9);
            assert!((figures.measured_hz.unwrap() - 100.0).abs() < 1e-6);
        }
    }

    #[test]
    fn holes_in_the_stamps_are_losses_too() {
        let mut meter = meter(false, true, 1.0);
        let heard = (0..300).filter(|number| number % 10 != 5);
        heard.for_each(|number| packet(&mut meter, number, 0.0));
        assert_eq!(meter.figures().lost, Some(300));
    }

    #[test]
    fn a_sensor_that_says_nothing_has_no_loss_and_no_clock() {
        let mut meter = meter(false, false, 1.0);
        (0..300).for_each(|number| packet(&mut meter, number, 0.0));
        let figures = meter.figures();
        assert_eq!((figures.lost, figures.clock), (None, None));
        assert!((figures.measured_hz.unwrap() - 100.0).abs() < 1e-6);
    }

    #[test]
    fn a_clock_that_runs_fast_shows_as_much_as_can_be_known() {
        let late = |number: u16| f64::from(u32::from(number) * 37 % 11) / 500.0;
        let mut long = meter(true, true, 1.0 + 60e-6);
        (0..6000).for_each(|number| packet(&mut long, number, late(number)));
        let clock = long.figures().clock.unwrap();
        assert!((clock.drift_ppm - 60.0).abs() < 5.0, "{clock:?}");
        assert!(clock.within_ppm < 10.0, "{clock:?}");
        let mut short = meter(true, true, 1.0 + 60e-6);
        (0..100).for_each(|number| packet(&mut short, number, late(number)));
        let clock = short.figures().clock.unwrap();
        assert!(
            (clock.drift_ppm - 60.0).abs() <= clock.within_ppm + 0.1,
            "{clock:?}"
        );
    }

    #[test]
    fn delays_are_what_comes_on_top_of_the_smallest() {
        let mut meter = meter(true, true, 1.0);
        for number in 0..1000 {
            packet(
                &mut meter,
                number,
                if number % 10 == 9 { 0.08 } else { 0.02 },
            );
        }
        let delay = meter.figures().delay.unwrap();
        assert!(delay.median_ms < 1.0, "{delay:?}");
        assert!((delay.p95_ms - 60.0).abs() < 1.5, "{delay:?}");
        assert!((delay.longest_ms - 60.0).abs() < 0.5, "{delay:?}");
        assert!((delay.jitter_ms - 12.0).abs() < 0.5, "{delay:?}");
    }

    #[test]
    fn what_is_missed_while_the_link_is_down_is_no_loss() {
        let mut meter = meter(true, true, 1.0);
        link(&mut meter, 5.0, LinkChange::Connected);
        (0..100).for_each(|number| packet(&mut meter, number, 0.0));
        link(&mut meter, 15.0, LinkChange::Lost);
        link(&mut meter, 24.0, LinkChange::Connected);
        (200..300).for_each(|number| packet(&mut meter, number, 0.0));
        let figures = meter.figures();
        assert_eq!((figures.lost, figures.missed), (Some(0), 1000));
        assert_eq!((figures.losses, figures.outage), (1, 9.0));
        assert!((figures.measured_hz.unwrap() - 100.0).abs() < 1e-6);
        assert!((figures.longest_silence - 0.1).abs() < 1e-6);
    }

    #[test]
    fn a_sensor_that_was_switched_off_and_on_begins_anew() {
        let mut meter = meter(true, true, 1.0);
        (300..400).for_each(|number| packet(&mut meter, number, 0.0));
        (0..100).for_each(|number| packet(&mut meter, number, 40.0));
        let figures = meter.figures();
        assert_eq!((figures.restarts, figures.lost), (1, Some(0)));
    }

    #[test]
    fn damaged_packets_are_counted_and_the_first_is_told() {
        let mut meter = meter(true, true, 1.0);
        meter.input(&Input::Packet {
            sensor: SensorId(0),
            at: HostTime::ZERO,
            channel: Channel(0),
            bytes: vec![1],
        });
        let figures = meter.figures();
        assert_eq!((figures.packets, figures.damaged), (0, 1));
        assert_eq!(figures.damage.unwrap(), "numbered: there is no channel 9");
    }

    #[test]
    fn memory_is_bounded() {
        let mut line = Line::default();
        line.begin(true, 0);
        (0..100_000).for_each(|second| line.add(f64::from(second), f64::from(second)));
        assert!(line.points.len() <= POINTS);
        assert!(line.fit().unwrap().drift_ppm.abs() < 1e-6);
    }
}
