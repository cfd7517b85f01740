//! How the sensors are doing, said every few seconds: for a recording that is not coached.

use std::io::{self, Write};

use serde::Serialize;

use super::shown::Stage;
use crate::coach::{Event, Notice, Plan};
use crate::input::{Input, LinkChange, SensorId};
use crate::session::Observer;
use crate::units::{SessionTime, round_to};

/// Said so often, seconds.
const EVERY_SECS: f64 = 5.0;

/// Counts what arrives and what is lost.
pub(super) struct Meter<W> {
    out: W,
    is_json: bool,
    since: SessionTime,
    sensors: Vec<Gauge>,
}

/// One sensor.
#[derive(Clone, Debug, Serialize)]
struct Gauge {
    placement: String,
    /// Readings since the last line.
    #[serde(skip)]
    readings: u64,
    /// Readings a second since the last line.
    rate_hz: f64,
    /// Readings that the sensor counted and that never arrived.
    lost: u64,
    /// Stretches without readings, for sensors that do not count them as well.
    gaps: u32,
    connected: bool,
    battery_percent: Option<u8>,
    rssi_dbm: Option<i8>,
}

#[derive(Serialize)]
struct Line<'a> {
    at: f64,
    sensors: &'a [Gauge],
}

impl<W: Write> Meter<W> {
    pub(super) fn new(out: W, is_json: bool, plan: &Plan) -> Meter<W> {
        let gauge = |worn: &crate::coach::WornSensor| Gauge {
            placement: worn.placement.to_string(),
            readings: 0,
            rate_hz: 0.0,
            lost: 0,
            gaps: 0,
            connected: true,
            battery_percent: None,
            rssi_dbm: None,
        };
        Meter {
            out,
            is_json,
            since: SessionTime::ZERO,
            sensors: plan.sensors.iter().map(gauge).collect(),
        }
    }

    fn of(&mut self, sensor: SensorId) -> Option<&mut Gauge> {
        self.sensors.get_mut(usize::from(sensor.0))
    }

    fn say_if_due(&mut self, now: SessionTime) -> io::Result<()> {
        let passed = now.seconds_since(self.since);
        if passed < EVERY_SECS {
            return Ok(());
        }
        self.since = now;
        for gauge in &mut self.sensors {
            gauge.rate_hz = round_to(gauge.readings as f64 / passed, 10.0);
            gauge.readings = 0;
        }
        if self.is_json {
            let line = Line {
                at: now.seconds(),
                sensors: &self.sensors,
            };
            serde_json::to_writer(&mut self.out, &line)?;
            return writeln!(self.out);
        }
        let gauges: Vec<String> = self.sensors.iter().map(in_words).collect();
        writeln!(self.out, "{:>9.2}  {}", now.seconds(), gauges.join("; "))
    }
}

fn in_words(gauge: &Gauge) -> String {
    let mut parts = vec![if gauge.connected {
        format!("{} readings/s", gauge.rate_hz)
    } else {
        "link lost".to_owned()
    }];
    parts.push(format!("{} lost", gauge.lost));
    if gauge.gaps > 0 {
        parts.push(format!("{} gaps", gauge.gaps));
    }
    parts.extend(
        gauge
            .battery_percent
            .map(|percent| format!("battery {percent} %")),
    );
    parts.extend(gauge.rssi_dbm.map(|dbm| format!("{dbm} dBm")));
    format!("{}: {}", gauge.placement, parts.join(", "))
}

impl<W: Write> Observer for Meter<W> {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        if let Input::Link { sensor, change, .. } = input
            && let Some(gauge) = self.of(*sensor)
        {
            match change {
                LinkChange::Connected => gauge.connected = true,
                LinkChange::Lost => gauge.connected = false,
                LinkChange::Battery { percent } => gauge.battery_percent = Some(*percent),
                LinkChange::Rssi { dbm } => gauge.rssi_dbm = Some(*dbm),
            }
        }
        self.say_if_due(input.at())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Posture(posture) => {
                if let Some(gauge) = self.of(posture.sensor) {
                    gauge.readings += 1;
                }
            }
            Event::Gap { sensor, lost, .. } => {
                if let Some(gauge) = self.of(*sensor) {
                    gauge.gaps += 1;
                    gauge.lost += u64::from(lost.unwrap_or(0));
                }
            }
            Event::Notice {
                sensor,
                notice: Notice::Battery { percent },
                ..
            } => {
                if let Some(gauge) = self.of(*sensor) {
                    gauge.battery_percent = Some(*percent);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl<W: Write> Stage for Meter<W> {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coach::Posture;
    use crate::input::Segment;
    use crate::motion::Validity;
    use crate::units::{Angle, HostTime};

    fn plan() -> Plan {
        serde_json::from_str(include_str!("../../recording/test_plan.json")).unwrap()
    }

    fn metered(is_json: bool) -> String {
        let mut out = Vec::new();
        let mut meter = Meter::new(&mut out, is_json, &plan());
        let sensor = SensorId(0);
        for reading in 0..500 {
            let at = SessionTime::from_seconds(f64::from(reading) / 100.0);
            let posture = Posture {
                at,
                sensor,
                segment: Segment::Thorax,
                up: [0.0, 0.0, 1.0],
                theta: None,
                sigma: None,
                error: Angle::ZERO,
                validity: Validity::Good,
            };
            meter.event(&Event::Posture(posture)).unwrap();
        }
        let gap = Event::Gap {
            sensor,
            from: SessionTime::ZERO,
            to: SessionTime::ZERO,
            lost: Some(7),
            reps_not_seen: 0,
        };
        meter.event(&gap).unwrap();
        let at = HostTime::from_seconds(4.0);
        let change = LinkChange::Battery { percent: 81 };
        meter.input(&Input::Link { sensor, at, change }).unwrap();
        for at in [4.9, 5.0] {
            let at = HostTime::from_seconds(at);
            meter.input(&Input::Tick { at }).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rate_loss_and_battery_are_said_together() {
        let said = metered(false);
        assert_eq!(said.lines().count(), 1);
        assert!(
            said.contains("100 readings/s, 7 lost, 1 gaps, battery 81 %"),
            "{said}"
        );
    }

    #[test]
    fn as_json_it_is_one_object_a_line() {
        let line: serde_json::Value = serde_json::from_str(&metered(true)).unwrap();
        assert_eq!(line["sensors"][0]["rate_hz"], 100.0);
        assert_eq!(line["sensors"][0]["lost"], 7);
    }
}
