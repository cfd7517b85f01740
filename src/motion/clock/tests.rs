//! A simulated sensor and link, and what the clock must make of them.

use nalgebra::Vector3;
use proptest::prelude::*;

use super::*;
use crate::sensors::Reading;
use crate::units::{Acceleration, STANDARD_GRAVITY};

/// What the simulated sensor says about time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tells {
    Both,
    Stamp,
    Count,
    Nothing,
}

const ALL: [Tells; 4] = [Tells::Both, Tells::Stamp, Tells::Count, Tells::Nothing];

/// A sensor with an even true rate, its packets and their delays.
#[derive(Clone, Copy)]
struct Simulated {
    tells: Tells,
    nominal: f64,
    /// True rate over nominal, less one.
    rate_error: f64,
    /// Sensor seconds in a true second, less one.
    drift: f64,
    per_packet: usize,
}

const PLAIN: Simulated = Simulated {
    tells: Tells::Both,
    nominal: 100.0,
    rate_error: 0.0,
    drift: 0.0,
    per_packet: 4,
};

/// The smallest delay of the simulated link, seconds.
const LEAST_DELAY: f64 = 0.01;

impl Simulated {
    /// True time of the sample with this number.
    fn taken(&self, number: u64) -> f64 {
        1.0 + number as f64 / (self.nominal * (1.0 + self.rate_error))
    }

    fn frame(&self, packet: u64) -> Frame {
        let first = packet * self.per_packet as u64;
        let stamp = 5e9 + self.taken(first) * (1.0 + self.drift) * 1e9;
        let reading = Reading {
            accel: Acceleration::from_g(Vector3::z()),
            gyro: None,
            clipped: false,
        };
        Frame {
            index: matches!(self.tells, Tells::Both | Tells::Count).then_some(1000 + first),
            time: matches!(self.tells, Tells::Both | Tells::Stamp).then_some(stamp as u64),
            restarted: false,
            nominal_rate: self.nominal,
            readings: vec![reading; self.per_packet],
        }
    }

    /// When the packet arrives if it is `delay` later than possible.
    fn arrives(&self, packet: u64, delay: f64) -> HostTime {
        let last = self.taken((packet + 1) * self.per_packet as u64 - 1);
        HostTime::from_seconds(last + LEAST_DELAY + delay)
    }

    fn packets(&self, seconds: f64) -> u64 {
        (seconds * self.nominal * (1.0 + self.rate_error) / self.per_packet as f64) as u64
    }
}

/// Uneven delays between 0 and 40 ms that need no generator.
fn jitter(packet: u64) -> f64 {
    (packet.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / (1u64 << 24) as f64 * 0.04
}

/// Runs packets through a clock; `delay` decides how late each is, and which never come.
fn run(
    simulated: Simulated,
    seconds: f64,
    delay: impl Fn(u64) -> Option<f64>,
) -> Vec<(u64, Timed)> {
    let mut clock = Clock::new(Settings::default());
    let mut latest = HostTime::ZERO;
    let mut outcome = Vec::new();
    for packet in 0..simulated.packets(seconds) {
        if let Some(delay) = delay(packet) {
            // The link keeps order.
            latest = latest.max(simulated.arrives(packet, delay));
            outcome.push((packet, clock.frame(latest, &simulated.frame(packet))));
        }
    }
    outcome
}

fn gaps(outcome: &[(u64, Timed)]) -> Vec<Gap> {
    outcome.iter().filter_map(|(_, timed)| timed.gap).collect()
}

fn times(outcome: &[(u64, Timed)]) -> Vec<f64> {
    outcome
        .iter()
        .flat_map(|(_, timed)| &timed.samples)
        .map(|sample| sample.at.seconds())
        .collect()
}

/// Session less true time of the first sample of each packet after `from` seconds, the link's least
/// delay taken off.
fn errors(simulated: Simulated, outcome: &[(u64, Timed)], from: f64) -> Vec<f64> {
    outcome
        .iter()
        .filter_map(|(packet, timed)| {
            let taken = simulated.taken(packet * simulated.per_packet as u64);
            let at = timed.samples.first()?.at.seconds();
            (taken > from).then_some(at - taken - LEAST_DELAY)
        })
        .collect()
}

fn largest(values: &[f64]) -> f64 {
    values
        .iter()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

#[test]
fn every_kind_of_sensor_is_timed_to_a_few_milliseconds_through_jitter() {
    for tells in ALL {
        let simulated = Simulated { tells, ..PLAIN };
        let outcome = run(simulated, 120.0, |packet| Some(jitter(packet)));
        assert_eq!(gaps(&outcome), [], "{tells:?}");
        assert!(
            largest(&errors(simulated, &outcome, 40.0)) < 0.004,
            "{tells:?}"
        );
    }
}

#[test]
fn steps_between_samples_do_not_show_the_jitter_of_arrivals() {
    for tells in ALL {
        let simulated = Simulated { tells, ..PLAIN };
        let times = times(&run(simulated, 60.0, |packet| Some(jitter(packet))));
        let steps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let uneven: Vec<f64> = steps
            .iter()
            .skip(2000)
            .map(|step| step / 0.01 - 1.0)
            .collect();
        assert!(largest(&uneven) < 0.005, "{tells:?}: {}", largest(&uneven));
    }
}

#[test]
fn a_rate_one_percent_off_is_found() {
    for tells in ALL {
        for rate_error in [-0.01, 0.01] {
            let simulated = Simulated {
                tells,
                rate_error,
                ..PLAIN
            };
            let outcome = run(simulated, 180.0, |packet| Some(jitter(packet)));
            assert_eq!(gaps(&outcome), [], "{tells:?} {rate_error}");
            let errors = errors(simulated, &outcome, 60.0);
            assert!(
                largest(&errors) < 0.02,
                "{tells:?} {rate_error}: {}",
                largest(&errors)
            );
        }
    }
}

#[test]
fn the_measured_rate_is_the_true_one() {
    for tells in ALL {
        let simulated = Simulated {
            tells,
            rate_error: 0.012,
            ..PLAIN
        };
        let mut clock = Clock::new(Settings::default());
        for packet in 0..simulated.packets(180.0) {
            clock.frame(
                simulated.arrives(packet, jitter(packet)),
                &simulated.frame(packet),
            );
        }
        let rate = clock.rate().unwrap();
        assert!((rate / 101.2 - 1.0).abs() < 0.001, "{tells:?}: {rate}");
    }
}

#[test]
fn a_declared_rate_that_is_plainly_wrong_is_measured_anew() {
    for tells in [Tells::Count, Tells::Nothing] {
        for rate_error in [-0.2, 0.2] {
            let simulated = Simulated {
                tells,
                nominal: 10.0,
                rate_error,
                per_packet: 1,
                ..PLAIN
            };
            let outcome = run(simulated, 240.0, |packet| Some(jitter(packet)));
            let errors = errors(simulated, &outcome, 120.0);
            assert!(
                largest(&errors) < 0.1,
                "{tells:?} {rate_error}: {}",
                largest(&errors)
            );
        }
    }
}

#[test]
fn a_crystal_twenty_millionths_off_stays_in_step_for_half_an_hour() {
    let simulated = Simulated {
        drift: 20e-6,
        ..PLAIN
    };
    let outcome = run(simulated, 1800.0, |packet| Some(jitter(packet)));
    assert!(largest(&errors(simulated, &outcome, 60.0)) < 0.005);
}

#[test]
fn one_lost_packet_is_a_gap_of_exactly_its_samples() {
    for tells in [Tells::Both, Tells::Stamp, Tells::Count] {
        let simulated = Simulated { tells, ..PLAIN };
        let outcome = run(simulated, 60.0, |packet| {
            (packet != 700).then(|| jitter(packet))
        });
        let [gap] = gaps(&outcome)[..] else {
            panic!("{tells:?}: {:?}", gaps(&outcome))
        };
        assert_eq!((gap.lost, gap.suspected), (Some(4), false), "{tells:?}");
        assert!(
            (gap.to.seconds_since(gap.from) - 0.05).abs() < 0.003,
            "{tells:?}"
        );
    }
}

#[test]
fn a_stall_and_its_burst_are_not_loss() {
    for tells in ALL {
        let simulated = Simulated { tells, ..PLAIN };
        let stall = |packet: u64| {
            let held = (500..540).contains(&packet);
            Some(if held {
                (540 - packet) as f64 * 0.04
            } else {
                jitter(packet)
            })
        };
        let outcome = run(simulated, 60.0, stall);
        assert_eq!(gaps(&outcome), [], "{tells:?}");
        assert!(
            largest(&errors(simulated, &outcome, 30.0)) < 0.03,
            "{tells:?}"
        );
    }
}

#[test]
fn uncounted_loss_is_suspected_and_time_is_set_right() {
    let simulated = Simulated {
        tells: Tells::Nothing,
        nominal: 50.0,
        per_packet: 1,
        ..PLAIN
    };
    let outcome = run(simulated, 60.0, |packet| {
        (!(1500..1540).contains(&packet)).then(|| jitter(packet))
    });
    let [gap] = gaps(&outcome)[..] else {
        panic!("{:?}", gaps(&outcome))
    };
    assert!(gap.suspected && gap.lost.is_none());
    let late: Vec<f64> = errors(simulated, &outcome, 36.0);
    assert!(largest(&late) < 0.06, "{}", largest(&late));
}

#[test]
fn a_reboot_begins_a_new_axis_whether_or_not_the_sensor_says_so() {
    for (tells, says) in [
        (Tells::Both, true),
        (Tells::Both, false),
        (Tells::Stamp, false),
        (Tells::Count, false),
    ] {
        let simulated = Simulated { tells, ..PLAIN };
        let mut clock = Clock::new(Settings::default());
        let mut outcome = Vec::new();
        for packet in 0..1500 {
            let (off, counted) = if packet < 750 {
                (0.0, packet)
            } else {
                (2.0, packet - 750)
            };
            let mut frame = simulated.frame(counted);
            frame.restarted = says && packet == 750;
            let at = simulated.arrives(packet, jitter(packet) + off);
            outcome.push((packet, clock.frame(at, &frame)));
        }
        let [gap] = gaps(&outcome)[..] else {
            panic!("{tells:?}: {:?}", gaps(&outcome))
        };
        assert!(
            (gap.to.seconds_since(gap.from) - 2.05).abs() < 0.1,
            "{gap:?}"
        );
        let late: Vec<f64> = errors(simulated, &outcome, 45.0)
            .iter()
            .map(|error| error - 2.0)
            .collect();
        assert!(largest(&late) < 0.04, "{tells:?}: {}", largest(&late));
    }
}

#[test]
fn what_was_sent_twice_is_taken_once() {
    for tells in [Tells::Both, Tells::Stamp, Tells::Count] {
        let simulated = Simulated { tells, ..PLAIN };
        let mut clock = Clock::new(Settings::default());
        let mut taken = 0;
        for packet in 0..500u64 {
            for repeat in [packet, packet, packet.saturating_sub(3)] {
                taken += clock
                    .frame(simulated.arrives(packet, 0.0), &simulated.frame(repeat))
                    .samples
                    .len();
            }
        }
        assert_eq!(taken, 2000, "{tells:?}");
    }
}

#[test]
fn frames_that_overlap_give_each_reading_once() {
    let simulated = Simulated {
        per_packet: 6,
        ..PLAIN
    };
    let mut clock = Clock::new(Settings::default());
    let mut all = Vec::new();
    for packet in 0..200u64 {
        let mut frame = simulated.frame(0);
        frame.index = Some(packet * 4);
        frame.time = Some(packet * 40_000_000);
        all.push((
            packet,
            clock.frame(HostTime::from_seconds(packet as f64 * 0.04), &frame),
        ));
    }
    assert_eq!(gaps(&all), []);
    assert_eq!(times(&all).len(), 6 + 199 * 4);
}

#[test]
fn one_absurd_stamp_moves_nothing() {
    for tells in [Tells::Both, Tells::Stamp, Tells::Count] {
        for absurd in [0, u64::MAX, u64::MAX / 2, 1 << 53] {
            let simulated = Simulated { tells, ..PLAIN };
            let mut clock = Clock::new(Settings::default());
            let mut outcome = Vec::new();
            for packet in 0..1000 {
                let mut frame = simulated.frame(packet);
                if packet == 600 {
                    frame.time = frame.time.map(|_| absurd);
                    frame.index = frame.index.map(|_| absurd);
                }
                outcome.push((packet, clock.frame(simulated.arrives(packet, 0.0), &frame)));
            }
            let lost: Vec<Option<u32>> = gaps(&outcome).iter().map(|gap| gap.lost).collect();
            assert_eq!(lost, [Some(4)], "{tells:?} {absurd}");
            assert!(
                largest(&errors(simulated, &outcome, 0.0)) < 0.005,
                "{tells:?} {absurd}"
            );
        }
    }
}

#[test]
fn a_stream_that_begins_with_a_stall_comes_right() {
    for stall in [0.5, 4.0] {
        for tells in ALL {
            let simulated = Simulated { tells, ..PLAIN };
            let outcome = run(simulated, 90.0, |packet| {
                Some((stall - packet as f64 * 0.04).max(0.0) + jitter(packet))
            });
            assert!(gaps(&outcome).len() <= 1, "{tells:?}");
            let errors = errors(simulated, &outcome, 45.0);
            assert!(
                largest(&errors) < 0.02,
                "{tells:?} {stall}: {}",
                largest(&errors)
            );
        }
    }
}

#[test]
fn a_sensor_that_was_away_leaves_a_gap_and_comes_back_in_place() {
    for tells in ALL {
        let simulated = Simulated { tells, ..PLAIN };
        let mut clock = Clock::new(Settings::default());
        let mut outcome = Vec::new();
        for packet in (0..1000).chain(1500..3000) {
            if packet == 1500 {
                clock.reconnected();
            }
            outcome.push((
                packet,
                clock.frame(
                    simulated.arrives(packet, jitter(packet)),
                    &simulated.frame(packet),
                ),
            ));
        }
        let [gap] = gaps(&outcome)[..] else {
            panic!("{tells:?}: {:?}", gaps(&outcome))
        };
        assert!(
            (gap.to.seconds_since(gap.from) - 20.0).abs() < 0.1,
            "{tells:?}: {gap:?}"
        );
        assert!(
            largest(&errors(simulated, &outcome, 80.0)) < 0.03,
            "{tells:?}"
        );
    }
}

#[test]
fn coarse_stamps_do_not_shake_the_steps() {
    let simulated = Simulated {
        tells: Tells::Stamp,
        nominal: 104.0,
        per_packet: 8,
        ..PLAIN
    };
    let mut clock = Clock::new(Settings::default());
    let mut outcome = Vec::new();
    for packet in 0..1000 {
        let mut frame = simulated.frame(packet);
        frame.time = frame.time.map(|time| time / 1_000_000 * 1_000_000);
        outcome.push((
            packet,
            clock.frame(simulated.arrives(packet, jitter(packet)), &frame),
        ));
    }
    assert_eq!(gaps(&outcome), []);
    let steps: Vec<f64> = times(&outcome)
        .windows(2)
        .skip(4000)
        .map(|pair| (pair[1] - pair[0]) * 104.0 - 1.0)
        .collect();
    assert!(largest(&steps) < 0.02, "{}", largest(&steps));
}

#[test]
fn a_gap_is_written_short_and_reads_back() {
    let gap = Gap {
        from: SessionTime::from_micros(1_500_000),
        to: SessionTime::from_seconds(2.0),
        lost: None,
        suspected: true,
    };
    let text = serde_json::to_string(&gap).unwrap();
    assert_eq!(text, r#"{"from":1.5,"to":2.0,"suspected":true}"#);
    assert_eq!(serde_json::from_str::<Gap>(&text).unwrap(), gap);
}

fn imported(at: f64, force: f64) -> Sample {
    Sample {
        at: SessionTime::from_seconds(at),
        accel: Acceleration::from_meters_per_second_squared(Vector3::z() * force),
        gyro: None,
        clipped: false,
    }
}

#[test]
fn irregular_advertisements_have_gaps_only_where_nothing_was_heard() {
    let mut clock = Clock::new(Settings::default());
    let mut at = 0.0;
    let mut found = Vec::new();
    for step in [
        0.2, 0.25, 0.18, 0.4, 0.22, 0.21, 0.55, 0.24, 37.0, 0.2, 0.23,
    ] {
        at += step;
        if let Some(gap) = clock.sample(&imported(at, STANDARD_GRAVITY)).unwrap() {
            found.push(gap.to.seconds_since(gap.from).round());
        }
    }
    assert_eq!(found, [37.0]);
}

#[test]
fn imported_samples_out_of_order_or_without_a_number_are_refused() {
    let mut clock = Clock::new(Settings::default());
    assert_eq!(clock.sample(&imported(1.0, 9.8)), Ok(None));
    assert_eq!(clock.sample(&imported(1.0, 9.8)), Err(Refusal::NotLater));
    assert_eq!(clock.sample(&imported(0.5, 9.8)), Err(Refusal::NotLater));
    assert_eq!(
        clock.sample(&imported(1.1, f64::NAN)),
        Err(Refusal::NotANumber)
    );
    assert_eq!(clock.sample(&imported(1e8, 9.8)), Err(Refusal::Leap));
    assert_eq!(clock.sample(&imported(1.1, 9.8)), Ok(None));
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let number = prop_oneof![any::<u64>(), 0..5000u64, Just(u64::MAX)];
    let rate = prop_oneof![any::<f64>(), Just(50.0), Just(0.0), Just(f64::NAN)];
    let parts = (
        prop::option::of(number.clone()),
        prop::option::of(number),
        any::<bool>(),
        rate,
        0..40usize,
    );
    parts.prop_map(|(index, time, restarted, nominal_rate, readings)| Frame {
        index,
        time,
        restarted,
        nominal_rate,
        readings: vec![
            Reading {
                accel: Acceleration::default(),
                gyro: None,
                clipped: false
            };
            readings
        ],
    })
}

proptest! {
    #[test]
    fn whatever_comes_times_only_rise(frames in prop::collection::vec((any::<i64>(), any_frame()), 0..60)) {
        let mut clock = Clock::new(Settings::default());
        let mut last = None;
        for (at, frame) in &frames {
            let timed = clock.frame(HostTime::from_micros(*at), frame);
            prop_assert!(timed.samples.len() <= frame.readings.len());
            for sample in &timed.samples {
                prop_assert!(last.is_none_or(|last| sample.at > last));
                last = Some(sample.at);
            }
            if let Some(gap) = timed.gap {
                prop_assert!(gap.from < gap.to);
            }
        }
    }

    #[test]
    fn loss_is_counted_to_the_reading(
        lost in prop::collection::btree_set(1..400u64, 0..60),
        seed in any::<u64>(),
        tells in prop::sample::select(vec![Tells::Both, Tells::Count, Tells::Stamp]),
    ) {
        let simulated = Simulated { tells, ..PLAIN };
        let outcome = run(simulated, 17.0, |packet| {
            (!lost.contains(&packet)).then(|| jitter(packet ^ seed))
        });
        let found: u32 = gaps(&outcome).iter().filter_map(|gap| gap.lost).sum();
        prop_assert_eq!(found, lost.iter().filter(|packet| **packet < 400).count() as u32 * 4);
    }

    #[test]
    fn the_same_frames_give_the_same_times(seed in any::<u64>()) {
        let delays = |packet: u64| (packet % 17 != 3).then(|| jitter(packet ^ seed));
        prop_assert_eq!(run(PLAIN, 10.0, delays), run(PLAIN, 10.0, delays));
    }
}
