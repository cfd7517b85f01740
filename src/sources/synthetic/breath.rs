//! Breathing on purpose: breaths with a time of their own, that move belly and chest.

use super::trajectory::minimum_jerk;

/// One breath.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Breath {
    /// When it begins, s.
    pub from: f64,
    /// How long air goes in, and how long out, s.
    pub inhale: f64,
    pub exhale: f64,
}

impl Breath {
    fn to(&self) -> f64 {
        self.from + self.inhale + self.exhale
    }

    /// How full the lungs are, 0 to 1.
    fn fill(&self, t: f64) -> f64 {
        let since = t - self.from;
        if since < self.inhale {
            minimum_jerk(since / self.inhale)
        } else {
            1.0 - minimum_jerk((since - self.inhale) / self.exhale)
        }
    }
}

/// All breaths of a session in order, and how far they tip a sensor, radians.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Breathing {
    pub breaths: Vec<Breath>,
    pub chest: f64,
    pub belly: f64,
}

impl Breathing {
    /// How full the lungs are, 0 to 1; empty before the first breath and after the last.
    pub(crate) fn fill(&self, t: f64) -> f64 {
        let begun = self.breaths.partition_point(|breath| breath.from <= t);
        match begun.checked_sub(1).and_then(|last| self.breaths.get(last)) {
            Some(breath) if t < breath.to() => breath.fill(t),
            _ => 0.0,
        }
    }

    /// Breaths a minute, and the time out over the time in, of those that lie within a stretch.
    pub(crate) fn rate_and_ratio(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let within: Vec<&Breath> = self
            .breaths
            .iter()
            .filter(|breath| from <= breath.from && breath.to() <= to)
            .collect();
        let (first, last) = (within.first()?, within.last()?);
        let sum = |time: fn(&Breath) -> f64| within.iter().map(|breath| time(breath)).sum::<f64>();
        let rate = 60.0 * within.len() as f64 / (last.to() - first.from);
        Some((
            rate,
            sum(|breath| breath.exhale) / sum(|breath| breath.inhale),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breath_fills_and_empties_and_is_counted() {
        let breaths = (0..6)
            .map(|number| Breath {
                from: 10.0 * f64::from(number),
                inhale: 4.0,
                exhale: 6.0,
            })
            .collect();
        let breathing = Breathing {
            breaths,
            chest: 0.0,
            belly: 0.0,
        };
        assert_eq!(breathing.fill(-1.0), 0.0);
        assert!((breathing.fill(14.0) - 1.0).abs() < 1e-12);
        assert!((breathing.fill(17.0) - 0.5).abs() < 1e-12);
        assert!(breathing.fill(61.0) == 0.0);
        let (rate, ratio) = breathing.rate_and_ratio(0.0, 60.0).unwrap_or_default();
        assert!((rate - 6.0).abs() < 1e-9 && (ratio - 1.5).abs() < 1e-9);
    }
}
