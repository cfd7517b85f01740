//! Loss that nobody counts: sensors that neither stamp nor number their readings.
//!
//! When a stall ends, what was held back arrives in a burst and the delay is what it was before. When
//! readings were thrown away instead, there is a silence, and from then on *every* packet seems
//! later by what was lost. So a silence opens a case, one packet on time closes it, and two seconds
//! without any decide it.

/// Shifts up to this many readings are jitter.
const READINGS: f64 = 3.0;

/// Shifts up to this are the link's, seconds: the usual connection intervals reach 50 ms and may be
/// changed on the way.
const LINK: f64 = 0.05;

/// A case is decided this long after the last silence, seconds.
const DECIDED_AFTER: f64 = 2.0;

/// And not before so many packets.
const DECIDED_BY: u32 = 5;

/// The delay before a silence is the least within one to two of these, seconds.
const MEMORY: f64 = 1.5;

/// Watches lateness for shifts that never come back.
#[derive(Clone, Debug, Default)]
pub(super) struct Suspicion {
    last_arrival: Option<f64>,
    recent: Least,
    older: Option<f64>,
    case: Option<Case>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Least {
    since: f64,
    lateness: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    silence_ended: f64,
    before: f64,
    least: f64,
    packets: u32,
}

impl Suspicion {
    /// Whether a case is open: arrivals are not to be believed until it is decided.
    pub(super) fn is_open(&self) -> bool {
        self.case.is_some()
    }

    /// Takes in a packet of some `seconds` of readings, each `step` long, that arrived so late. The
    /// answer is the number of readings that must be missing.
    pub(super) fn watch(
        &mut self,
        arrival: f64,
        lateness: f64,
        seconds: f64,
        step: f64,
    ) -> Option<u32> {
        let threshold = (READINGS * step).max(LINK);
        let silence = self.last_arrival.map_or(0.0, |last| arrival - last);
        self.last_arrival = Some(arrival);
        if silence - seconds > threshold {
            self.open(arrival, lateness);
        }
        let Some(case) = &mut self.case else {
            self.remember(arrival, lateness);
            return None;
        };
        case.packets += 1;
        case.least = case.least.min(lateness);
        let shift = case.least - case.before;
        if shift <= threshold {
            self.case = None;
            self.remember(arrival, lateness);
            return None;
        }
        if arrival - case.silence_ended < DECIDED_AFTER || case.packets < DECIDED_BY {
            return None;
        }
        *self = Suspicion {
            last_arrival: self.last_arrival,
            ..Suspicion::default()
        };
        Some((shift / step).round().min(1e6) as u32)
    }

    fn open(&mut self, arrival: f64, lateness: f64) {
        let known = [self.recent.lateness, self.older]
            .into_iter()
            .flatten()
            .reduce(f64::min);
        match (&mut self.case, known) {
            (Some(case), _) => case.silence_ended = arrival,
            (None, Some(before)) => {
                self.case = Some(Case {
                    silence_ended: arrival,
                    before,
                    least: lateness,
                    packets: 0,
                });
            }
            (None, None) => {}
        }
    }

    fn remember(&mut self, arrival: f64, lateness: f64) {
        if arrival - self.recent.since > MEMORY {
            self.older = self.recent.lateness;
            self.recent = Least {
                since: arrival,
                lateness: None,
            };
        }
        let least = self
            .recent
            .lateness
            .map_or(lateness, |least| least.min(lateness));
        self.recent.lateness = Some(least);
    }
}
