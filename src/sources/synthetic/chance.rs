//! Randomness that a seed fixes for good: a named generator, and distributions spelled out here,
//! so that no library update changes a session.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is used for. Each has its own, so that another sensor or
/// another radio leaves the movement as it was.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Movement,
    Sensor(usize),
    Link(usize),
    Damage,
}

/// A stream of random numbers.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Chance {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(match purpose {
            Purpose::Movement => 0,
            Purpose::Damage => 1,
            Purpose::Sensor(index) => 1_000 + index as u64,
            Purpose::Link(index) => 2_000 + index as u64,
        });
        Chance(generator)
    }

    /// Even in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Even between two bounds.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// True with this probability.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A whole number below `bound`, 0 if that is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.uniform() * bound as f64) as usize
    }

    /// Standard normal (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Normal with this standard deviation, held within 1.7 of them: people vary, and clean stays clean.
    pub(crate) fn vary(&mut self, deviation: f64) -> f64 {
        self.normal().clamp(-1.7, 1.7) * deviation
    }

    /// -1 or 1.
    pub(crate) fn sign(&mut self) -> f64 {
        if self.happens(0.5) { 1.0 } else { -1.0 }
    }

    /// Exponential waiting time with this mean.
    pub(crate) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.uniform()).ln()
    }
}
