//! What a session needs of its sensors before it begins, and whether it is there.

use super::super::event::{Check, CheckState, Need};
use crate::input::SensorId;
use crate::units::SessionTime;

/// A sensor that says nothing for this long is awaited again, seconds: more than any stall of a link that recovers.
const SILENT_SECS: f64 = 3.0;

/// Readings a second that angles can be judged by: 25 Hz, less what a link loses.
const ENOUGH_HZ: f64 = 22.0;

/// Fewer readings a second show no repetition.
const LEAST_HZ: f64 = 10.0;

/// The first look at the rate takes this long, seconds; later ones are longer, so that the answer does not flutter.
const FIRST_LOOK_SECS: f64 = 0.5;

/// ... and later ones this long.
const LOOK_SECS: f64 = 2.0;

/// Charge for a session, percent.
const ENOUGH_PERCENT: u8 = 15;

/// What is known of one sensor.
#[derive(Clone, Copy, Debug, Default)]
struct Sensor {
    is_lost: bool,
    heard: Option<SessionTime>,
    /// The look at the rate that goes on: since when, and readings since.
    look: Option<(SessionTime, u32)>,
    rate_hz: Option<f64>,
    percent: Option<u8>,
    /// The wearer goes on without it.
    is_waived: bool,
}

/// Watches what a session needs.
#[derive(Clone, Debug)]
pub struct Readiness {
    sensors: Vec<Sensor>,
    said: Vec<Check>,
}

impl Readiness {
    /// Nothing was heard yet of so many sensors.
    pub fn new(sensors: usize) -> Readiness {
        Readiness {
            sensors: vec![Sensor::default(); sensors],
            said: Vec::new(),
        }
    }

    /// A reading came.
    pub fn reading(&mut self, index: usize, at: SessionTime) {
        let Some(sensor) = self.sensors.get_mut(index) else {
            return;
        };
        let is_back = sensor
            .heard
            .is_none_or(|heard| at.seconds_since(heard) > SILENT_SECS);
        if is_back {
            (sensor.look, sensor.rate_hz) = (None, None);
        }
        sensor.heard = Some(at);
        let Some((since, count)) = &mut sensor.look else {
            sensor.look = Some((at, 0));
            return;
        };
        *count = count.saturating_add(1);
        let secs = at.seconds_since(*since);
        let needed = sensor.rate_hz.map_or(FIRST_LOOK_SECS, |_| LOOK_SECS);
        if secs >= needed {
            sensor.rate_hz = Some(f64::from(*count) / secs);
            sensor.look = Some((at, 0));
        }
    }

    /// The link came or went.
    pub fn link(&mut self, sensor: SensorId, stands: bool) {
        if let Some(sensor) = self.sensors.get_mut(usize::from(sensor.0)) {
            sensor.is_lost = !stands;
        }
    }

    /// Charge left.
    pub fn battery(&mut self, sensor: SensorId, percent: u8) {
        if let Some(sensor) = self.sensors.get_mut(usize::from(sensor.0)) {
            sensor.percent = Some(percent);
        }
    }

    /// Whether a sensor speaks.
    pub fn speaks(&self, index: usize, now: SessionTime) -> bool {
        self.sensors
            .get(index)
            .is_some_and(|sensor| sensor.speaks(now))
    }

    /// The wearer goes on without what is missing. Says whether anything is.
    pub fn waive(&mut self, now: SessionTime) -> bool {
        for sensor in &mut self.sensors {
            sensor.is_waived = !sensor.is_ready(now);
        }
        self.sensors.iter().any(|sensor| sensor.is_waived)
    }

    /// Whether nothing is awaited.
    pub fn is_met(&self, now: SessionTime) -> bool {
        let mut sensors = self.sensors.iter();
        sensors.all(|sensor| sensor.is_waived || sensor.is_ready(now))
    }

    /// The list, if it has changed since it was asked for last.
    pub fn news(&mut self, now: SessionTime) -> Option<Vec<Check>> {
        let checks: Vec<Check> = self
            .sensors
            .iter()
            .enumerate()
            .flat_map(|(index, sensor)| {
                let id = SensorId(u8::try_from(index).unwrap_or(u8::MAX));
                [
                    (Need::Link, sensor.link(now)),
                    (Need::Readings, sensor.readings(now)),
                    (Need::Battery, sensor.battery()),
                ]
                .map(|(need, state)| Check {
                    sensor: id,
                    need,
                    state,
                })
            })
            .collect();
        (checks != self.said).then(|| {
            self.said.clone_from(&checks);
            checks
        })
    }
}

impl Sensor {
    fn speaks(&self, now: SessionTime) -> bool {
        self.heard
            .is_some_and(|heard| now.seconds_since(heard) <= SILENT_SECS)
    }

    fn is_ready(&self, now: SessionTime) -> bool {
        let is_there = |state| !matches!(state, CheckState::Awaited);
        is_there(self.link(now)) && is_there(self.readings(now))
    }

    /// Who speaks is connected, whether the source tells of links or not.
    fn link(&self, now: SessionTime) -> CheckState {
        if self.is_lost || !self.speaks(now) {
            CheckState::Awaited
        } else {
            CheckState::Met
        }
    }

    fn readings(&self, now: SessionTime) -> CheckState {
        match self.rate_hz.filter(|_| self.speaks(now)) {
            Some(rate) if rate >= ENOUGH_HZ => CheckState::Met,
            Some(rate) if rate >= LEAST_HZ => CheckState::Poor,
            _ => CheckState::Awaited,
        }
    }

    fn battery(&self) -> CheckState {
        match self.percent {
            None => CheckState::Unknown,
            Some(percent) if percent >= ENOUGH_PERCENT => CheckState::Met,
            Some(_) => CheckState::Poor,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> SessionTime {
        SessionTime::from_seconds(seconds)
    }

    fn states(readiness: &mut Readiness, now: f64) -> Vec<CheckState> {
        let checks = readiness.news(at(now)).unwrap();
        checks.iter().map(|check| check.state).collect()
    }

    fn heard(readiness: &mut Readiness, hertz: f64, from: f64, to: f64) {
        let mut now = from;
        while now < to {
            readiness.reading(0, at(now));
            now += 1.0 / hertz;
        }
    }

    #[test]
    fn readings_must_come_and_often_enough() {
        use CheckState::{Awaited, Met, Poor, Unknown};
        for (hertz, expected) in [(100.0, Met), (25.0, Met), (15.0, Poor), (4.0, Awaited)] {
            let mut readiness = Readiness::new(1);
            assert_eq!(states(&mut readiness, 0.0), [Awaited, Awaited, Unknown]);
            heard(&mut readiness, hertz, 0.0, 3.0);
            assert_eq!(states(&mut readiness, 3.0), [Met, expected, Unknown]);
            assert_eq!(readiness.is_met(at(3.0)), expected != Awaited);
        }
    }

    #[test]
    fn silence_is_told_and_its_end_looks_at_the_rate_anew() {
        let mut readiness = Readiness::new(1);
        heard(&mut readiness, 50.0, 0.0, 2.0);
        assert!(readiness.is_met(at(4.0)));
        assert!(!readiness.is_met(at(5.1)));
        heard(&mut readiness, 50.0, 10.0, 10.3);
        assert!(!readiness.is_met(at(10.3)));
        heard(&mut readiness, 50.0, 10.3, 10.7);
        assert!(readiness.is_met(at(10.7)));
    }

    #[test]
    fn a_low_battery_is_said_and_stops_nobody() {
        let mut readiness = Readiness::new(1);
        heard(&mut readiness, 50.0, 0.0, 2.0);
        readiness.battery(SensorId(0), 14);
        assert_eq!(states(&mut readiness, 2.0)[2], CheckState::Poor);
        assert!(readiness.is_met(at(2.0)));
    }

    #[test]
    fn the_list_is_given_when_it_changes_only() {
        let mut readiness = Readiness::new(1);
        assert!(readiness.news(at(0.0)).is_some());
        assert!(readiness.news(at(1.0)).is_none());
    }
}
