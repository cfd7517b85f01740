//! Which sensors have a gyroscope: samples tell it, packets only once they are decoded.

use std::fmt;

use crate::coach::Plan;
use crate::input::{Channel, SensorId};
use crate::sensors::{self, Decode};

/// Listens to each sensor until a reading with an angular rate came.
pub(super) struct Gyroscopes(Vec<Ear>);

/// One sensor.
struct Ear {
    /// Gone once there is nothing more to learn.
    decoder: Option<Box<dyn Decode>>,
    has: Option<bool>,
}

impl Gyroscopes {
    pub(super) fn new(plan: &Plan) -> Gyroscopes {
        let ear = |family: &str| Ear {
            decoder: sensors::find(family).map(|sensor| sensor.decoder()),
            has: None,
        };
        Gyroscopes(plan.sensors.iter().map(|worn| ear(&worn.family)).collect())
    }

    pub(super) fn packet(&mut self, sensor: SensorId, channel: Channel, bytes: &[u8]) {
        let Some(ear) = self.0.get_mut(usize::from(sensor.0)) else {
            return;
        };
        let Some(decoder) = &mut ear.decoder else {
            return;
        };
        // A packet that cannot be read is a notice among the events.
        let Ok(decoded) = decoder.decode(channel, bytes) else {
            return;
        };
        let mut readings = decoded.frames.iter().flat_map(|frame| &frame.readings);
        if let Some(first) = readings.next() {
            let has = first.gyro.is_some() || readings.any(|reading| reading.gyro.is_some());
            ear.has = Some(has);
            if has {
                ear.decoder = None;
            }
        }
    }

    pub(super) fn reconnected(&mut self, sensor: SensorId) {
        let ear = self.0.get_mut(usize::from(sensor.0));
        if let Some(decoder) = ear.and_then(|ear| ear.decoder.as_mut()) {
            decoder.reconnected();
        }
    }

    /// Of a sensor of the plan, as far as its packets tell.
    pub(super) fn has(&self, index: usize) -> Option<bool> {
        self.0.get(index)?.has
    }
}

impl fmt::Debug for Gyroscopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|ear| ear.has))
            .finish()
    }
}
