//! Samples to seconds: what a day is made of.

use crate::coach::moment::Tilt;
use crate::motion::Validity;
use crate::units::SessionTime;

/// The mean of one second of one sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Second {
    /// Which second of the session.
    pub number: i64,
    /// Mean θ, degrees.
    pub theta: f64,
    /// Mean σ, degrees.
    pub sigma: f64,
    /// The largest standard error of both, degrees.
    pub error: f64,
}

impl Second {
    /// The number of the second that a moment lies in.
    pub fn number_of(at: SessionTime) -> i64 {
        // A float-to-integer `as` saturates.
        at.seconds().floor() as i64
    }

    /// Its end.
    pub fn end(number: i64) -> SessionTime {
        SessionTime::from_seconds(number as f64 + 1.0)
    }
}

/// Adds up the samples of one second.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// Which second.
    pub number: i64,
    samples: u32,
    good: u32,
    theta: f64,
    sigma: f64,
    error: f64,
}

impl Bucket {
    /// An empty one.
    pub fn new(number: i64) -> Bucket {
        Bucket {
            number,
            samples: 0,
            good: 0,
            theta: 0.0,
            sigma: 0.0,
            error: 0.0,
        }
    }

    /// Takes one sample of this second.
    pub fn add(&mut self, tilt: &Tilt) {
        self.samples += 1;
        if tilt.validity == Validity::Good {
            self.good += 1;
            self.theta += tilt.theta.degrees();
            self.sigma += tilt.sigma.degrees();
            self.error = self.error.max(tilt.error.degrees());
        }
    }

    /// The second, if most of its samples can be trusted.
    pub fn close(&self) -> Option<Second> {
        let count = f64::from(self.good);
        (self.good > 0 && 2 * self.good >= self.samples).then(|| Second {
            number: self.number,
            theta: self.theta / count,
            sigma: self.sigma / count,
            error: self.error,
        })
    }
}
