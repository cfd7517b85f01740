//! The standard errors of the counting angle, gathered into tenths of a degree.

use crate::coach::SignalPoint;
use crate::motion::Validity;

/// Bins of a tenth of a degree; the last one takes all that is larger.
const BINS: usize = 301;

/// Gathers errors.
#[derive(Clone, Debug)]
pub(super) struct Errors {
    bins: Vec<u64>,
    all: u64,
    untrusted: u64,
}

impl Default for Errors {
    fn default() -> Errors {
        Errors {
            bins: vec![0; BINS],
            all: 0,
            untrusted: 0,
        }
    }
}

impl Errors {
    pub(super) fn push(&mut self, point: &SignalPoint) {
        let degrees = point.error.degrees();
        if !degrees.is_finite() {
            return;
        }
        self.all += 1;
        self.untrusted += u64::from(point.validity != Validity::Good);
        let bin = (degrees.abs() * 10.0) as usize;
        if let Some(count) = self.bins.get_mut(bin.min(BINS - 1)) {
            *count += 1;
        }
    }

    /// The error below which a share of the readings lies, degrees, to a tenth.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = (share * self.all as f64).ceil() as u64;
        let mut sum = 0;
        let bin = self.bins.iter().position(|count| {
            sum += count;
            sum >= wanted
        })?;
        (self.all > 0).then(|| (bin as f64 + 0.5) / 10.0)
    }

    pub(super) fn untrusted_percent(&self) -> Option<f64> {
        (self.all > 0).then(|| (1000.0 * self.untrusted as f64 / self.all as f64).round() / 10.0)
    }
}
