//! Speed of clock and orientation, for each sample. Goal: both together within 0.6 µs on one core.

use std::hint::black_box;

use backcoach::input::Sample;
use backcoach::motion::clock::{self, Clock};
use backcoach::motion::orientation::{self, Orientation};
use backcoach::motion::stillness::Stillness;
use backcoach::sensors::{Frame, Reading};
use backcoach::units::{Acceleration, AngularRate, HostTime, SessionTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::Vector3;

const SAMPLES: usize = 10_000;

fn reading(k: usize) -> Reading {
    let t = k as f64 * 0.01;
    Reading {
        accel: Acceleration::from_g(Vector3::new(0.3 * t.sin(), 0.1, 0.95)),
        gyro: Some(AngularRate::from_radians_per_second(Vector3::new(
            t.cos(),
            0.2 * t.sin(),
            0.1,
        ))),
        clipped: false,
    }
}

fn samples() -> Vec<Sample> {
    let sample = |k| {
        let Reading {
            accel,
            gyro,
            clipped,
        } = reading(k);
        Sample {
            at: SessionTime::from_micros(k as i64 * 10_000),
            accel,
            gyro,
            clipped,
        }
    };
    (0..SAMPLES).map(sample).collect()
}

fn frames() -> Vec<(HostTime, Frame)> {
    let frame = |packet: usize| {
        let first = packet * 8;
        let frame = Frame {
            index: Some(first as u64),
            time: Some(first as u64 * 10_000_000),
            restarted: false,
            nominal_rate: 100.0,
            readings: (first..first + 8).map(reading).collect(),
        };
        (
            HostTime::from_seconds((first + 8) as f64 * 0.01 + 0.02),
            frame,
        )
    };
    (0..SAMPLES / 8).map(frame).collect()
}

fn speed(criterion: &mut Criterion) {
    let (samples, frames) = (samples(), frames());
    let mut group = criterion.benchmark_group("a sample");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    group.bench_function("orientation", |bencher| {
        bencher.iter(|| {
            let mut orientation = Orientation::new(orientation::Settings::default());
            samples
                .iter()
                .filter_map(|sample| orientation.update(black_box(sample)))
                .count()
        });
    });
    group.bench_function("orientation and stillness", |bencher| {
        bencher.iter(|| {
            let mut orientation = Orientation::new(orientation::Settings::default());
            let mut stillness = Stillness::new();
            let attitudes = samples
                .iter()
                .filter_map(|sample| orientation.update(black_box(sample)));
            attitudes
                .filter(|attitude| stillness.update(attitude))
                .count()
        });
    });
    group.bench_function("clock", |bencher| {
        bencher.iter(|| {
            let mut clock = Clock::new(clock::Settings::default());
            frames
                .iter()
                .map(|(at, frame)| clock.frame(*at, black_box(frame)).samples.len())
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, speed);
criterion_main!(benches);
