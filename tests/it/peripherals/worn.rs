//! From a wearer to a count through the bytes of foreign sensors.

use backcoach::coach::{Coach, Event, Plan, Setup, WornSensor};
use backcoach::exercise::built_in;
use backcoach::input::{Channel, Input, LinkChange, Placement, Sample, SensorId};
use backcoach::sensors::{find, polar, witmotion};
use backcoach::sources::synthetic::{LinkModel, Scenario, SensorModel, WornSensor as Wearing};
use backcoach::units::{HostTime, STANDARD_GRAVITY};
use nalgebra::Vector3;

use super::host::converse;
use super::{Peripheral, polar::Strap, witmotion::Box20};

/// What a wearer does, reading by reading, and how many repetitions it truly is.
fn wearer(seed: u64, rate_hz: f64, gyro: bool) -> (Vec<Sample>, usize) {
    let mut scenario = Scenario::new("hyperext_45").unwrap();
    scenario.seed = seed;
    scenario.link = LinkModel::Direct;
    scenario.sensors = vec![Wearing {
        rate_hz,
        gyro,
        model: SensorModel::consumer(),
        ..Wearing::new(Placement::T7)
    }];
    let performance = scenario.perform();
    let samples = performance.inputs.iter().filter_map(|input| match input {
        Input::Sample { sample, .. } => Some(*sample),
        _ => None,
    });
    (samples.collect(), performance.truth.reps.len())
}

fn packet(seconds: f64, channel: Channel, bytes: Vec<u8>) -> Input {
    Input::Packet {
        sensor: SensorId(0),
        at: HostTime::from_seconds(seconds),
        channel,
        bytes,
    }
}

/// What the host hears first: the link, and the opening, said before the readings begin.
fn opening(family: &str, peripheral: &mut dyn Peripheral, rate_hz: f64) -> Vec<Input> {
    let conversation = converse(&mut *find(family).unwrap().opening(rate_hz), peripheral);
    assert_eq!(conversation.end, Ok(()));
    let took = conversation.took.as_secs_f64();
    let said = conversation
        .packets
        .into_iter()
        .map(|(at, channel, bytes)| packet(0.01 * at.as_secs_f64() / took, channel, bytes));
    let connected = Input::Link {
        sensor: SensorId(0),
        at: HostTime::ZERO,
        change: LinkChange::Connected,
    };
    [connected].into_iter().chain(said).collect()
}

/// Delays that differ from packet to packet, s: the same every time.
fn jitter(number: usize) -> f64 {
    let mixed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    0.03 * mixed as f64 / f64::from(1 << 24)
}

fn coached(family: &str, inputs: &[Input]) -> Vec<Event> {
    let plan = Plan {
        exercise: built_in("hyperext_45").unwrap(),
        sensors: vec![WornSensor {
            family: family.to_owned(),
            placement: Placement::T7,
            name: String::new(),
        }],
        setup: Setup::Guided,
        goal: Default::default(),
        settings: Default::default(),
        conduct: Default::default(),
        programme: None,
    };
    let mut coach = Coach::new(&plan).unwrap();
    let mut events: Vec<Event> = inputs
        .iter()
        .flat_map(|input| coach.handle(input))
        .collect();
    events.extend(coach.finish());
    events
}

fn counted(events: &[Event]) -> usize {
    events
        .iter()
        .filter(|event| matches!(event, Event::Rep(_)))
        .count()
}

fn gaps(events: &[Event]) -> usize {
    events
        .iter()
        .filter(|event| matches!(event, Event::Gap { .. }))
        .count()
}

/// Thousandths of g along each axis, as an H10 sends them.
fn milli_g(sample: &Sample) -> [u8; 6] {
    let force = sample.accel.meters_per_second_squared() / STANDARD_GRAVITY;
    let counts = force.map(|g| (1000.0 * g).round() as i16);
    let [[a, b], [c, d], [e, f]] = [counts.x, counts.y, counts.z].map(i16::to_le_bytes);
    [a, b, c, d, e, f]
}

/// The packets of an H10, from `lost` some of them missing.
fn strapped(samples: &[Sample], is_lost: impl Fn(usize) -> bool) -> Vec<Input> {
    let mut inputs = opening("polar", &mut Strap::h10(), 100.0);
    let mut arrival = 0.0_f64;
    for (number, batch) in samples.chunks(36).enumerate() {
        let last = batch[batch.len() - 1].at.seconds();
        // A short last batch does not overtake the one before.
        arrival = (last + 0.02 + jitter(number)).max(arrival);
        // The clock runs 20 millionths fast and stamps in steps of 1/32768 s.
        let ticks = (last * 1.000_02 * 32_768.0).round();
        let stamp = 599_616_000_000_000_000 + (ticks / 32_768.0 * 1e9) as u64;
        let mut bytes = vec![2];
        bytes.extend(stamp.to_le_bytes());
        bytes.push(1);
        bytes.extend(batch.iter().flat_map(milli_g));
        if !is_lost(number) {
            inputs.push(packet(arrival, polar::DATA, bytes));
        }
    }
    inputs
}

#[test]
fn an_h10_counts_exactly() {
    for seed in 1..=6 {
        let (samples, truth) = wearer(seed, 200.0, false);
        let events = coached("polar", &strapped(&samples, |_| false));
        assert_eq!(counted(&events), truth, "seed {seed}");
        assert_eq!(gaps(&events), 0, "seed {seed}");
    }
}

#[test]
fn a_packet_that_an_h10_lost_is_a_gap_of_as_many_readings() {
    let (samples, _) = wearer(1, 200.0, false);
    let events = coached(
        "polar",
        &strapped(&samples, |number| number == 100 || number == 150),
    );
    let lost: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Gap { lost, .. } => *lost,
            _ => None,
        })
        .collect();
    assert_eq!(lost, [36, 36]);
}

/// The frame of a WitMotion sensor.
fn frame_of_20(sample: &Sample) -> Vec<u8> {
    let counts =
        |value: Vector3<f64>, full: f64| value.map(|v| (v / full * 32_768.0).round() as i16);
    let force = counts(
        sample.accel.meters_per_second_squared() / STANDARD_GRAVITY,
        16.0,
    );
    let rate = sample
        .gyro
        .map_or_else(Vector3::zeros, |rate| rate.radians_per_second());
    // Slow turns are kept from the wearer of such a sensor: its dead band.
    let rate = rate.map(|v| {
        if v.abs() < 0.3_f64.to_radians() {
            0.0
        } else {
            v
        }
    });
    let rate = counts(rate.map(f64::to_degrees), 2000.0);
    let payload = force
        .iter()
        .chain(rate.iter())
        .flat_map(|count| count.to_le_bytes());
    let mut bytes: Vec<u8> = [0x55, 0x61].into_iter().chain(payload).collect();
    bytes.resize(20, 0);
    bytes
}

/// The stream of a box whose oscillator is off by a share, cut and glued as its packets leave.
fn boxed(samples: &[Sample], nominal: f64, glued: usize) -> Vec<Input> {
    // What it streams while it is asked would be of another pose.
    let mut sensor = Box20::new();
    sensor.streams = false;
    let mut inputs = opening("witmotion", &mut sensor, nominal);
    let mut last = 0.0_f64;
    for (number, batch) in samples.chunks(glued).enumerate() {
        let bytes: Vec<u8> = batch.iter().flat_map(frame_of_20).collect();
        let taken = batch[batch.len() - 1].at.seconds();
        // In order, and twice a stall that everything waits for.
        let stall = if [900, 1500].contains(&number) {
            0.4
        } else {
            0.0
        };
        last = (taken + 0.02 + jitter(number) + stall).max(last + 1e-4);
        inputs.push(packet(last, witmotion::NOTIFY, bytes));
    }
    inputs
}

#[test]
fn a_witmotion_counts_exactly_with_jitter_stalls_and_a_rate_that_is_off() {
    for (seed, nominal, off) in [
        (1, 50.0, 1.0),
        (2, 100.0, 0.98),
        (3, 50.0, 1.025),
        (4, 100.0, 1.0),
    ] {
        let (samples, truth) = wearer(seed, nominal * off, true);
        let events = coached("witmotion", &boxed(&samples, nominal, 1));
        let kept: Vec<_> = events.iter().filter(|event| event.is_kept()).collect();
        assert_eq!(
            counted(&events),
            truth,
            "seed {seed}, {nominal} Hz × {off}: {kept:#?}"
        );
        assert_eq!(gaps(&events), 0, "seed {seed}, {nominal} Hz × {off}");
    }
}

/// Samples in counts as one compressed block, 18 bits for each difference.
fn compressed(kind: u8, stamp: u64, samples: &[[i16; 3]]) -> Vec<u8> {
    const WIDTH: usize = 18;
    let mut bytes = vec![kind];
    bytes.extend(stamp.to_le_bytes());
    bytes.push(0x80);
    bytes.extend(samples[0].iter().flat_map(|count| count.to_le_bytes()));
    bytes.extend([WIDTH as u8, (samples.len() - 1) as u8]);
    let differences = samples.windows(2).flat_map(|pair| {
        let of = |axis: usize| i32::from(pair[1][axis]) - i32::from(pair[0][axis]);
        [of(0), of(1), of(2)]
    });
    let bits: Vec<u8> = differences
        .flat_map(|difference| (0..WIDTH).map(move |bit| (difference >> bit & 1) as u8))
        .collect();
    let byte = |bits: &[u8]| (0..).zip(bits).map(|(bit, value)| value << bit).sum::<u8>();
    bytes.extend(bits.chunks(8).map(byte));
    bytes
}

/// The packets of a Verity Sense in SDK mode: both measurements, in batches of their own.
fn clipped_on(samples: &[Sample]) -> Vec<Input> {
    let counts = |value: Vector3<f64>| <[i16; 3]>::from(value.map(|v| v.round() as i16));
    let force = |sample: &Sample| {
        let g = sample.accel.meters_per_second_squared() / STANDARD_GRAVITY;
        counts(g / 0.000_244)
    };
    let turn = |sample: &Sample| {
        let rate = sample.gyro.unwrap().radians_per_second();
        counts(rate.map(f64::to_degrees) / 0.07)
    };
    let mut inputs = opening("polar", &mut Strap::verity_sense(), 100.0);
    let begun = inputs.len();
    let mut send = |kind: u8, size: usize, delay: f64, of: &dyn Fn(&Sample) -> [i16; 3]| {
        let mut arrival = 0.0_f64;
        for (number, batch) in samples.chunks(size).enumerate() {
            let last = batch[batch.len() - 1].at.seconds() + delay;
            // A short last batch does not overtake the one before.
            arrival = (last + 0.03 + jitter(number)).max(arrival);
            let stamp = 762_000_000_000_000_000 + (last * 1e9) as u64;
            let values: Vec<[i16; 3]> = batch.iter().map(of).collect();
            let bytes = compressed(kind, stamp, &values);
            inputs.push(packet(arrival, polar::DATA, bytes));
        }
    };
    send(2, 58, 0.0, &force);
    // Taken at moments of its own, between those of acceleration.
    send(5, 64, 0.002, &turn);
    inputs[begun..].sort_by_key(Input::at);
    inputs
}

#[test]
fn a_verity_sense_counts_exactly_with_both_measurements() {
    for seed in [1, 2, 3, 4] {
        let (samples, truth) = wearer(seed, 208.0, true);
        let events = coached("polar", &clipped_on(&samples));
        assert_eq!(counted(&events), truth, "seed {seed}");
        assert_eq!(gaps(&events), 0, "seed {seed}");
    }
}
