//! The sensors that a person wears: which, and where.

use std::time::Duration;

use clap::Args;

use crate::cli::Usage;
use crate::cli::home::{KnownSensor, Memory};
use crate::cli::talk::say;
use crate::coach::WornSensor;
use crate::input::Placement;
use crate::sources::Inputs;
use crate::sources::ble::{Found, Handle, Radio, Wanted};
use crate::sources::live::SessionClock;

/// A sensor is looked for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Coaching is best at this many readings a second; a driver takes what its family has nearest.
const RATE_HZ: f64 = 100.0;

/// Which sensors are worn, and where.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct SensorOptions {
    /// A sensor by its name, address or family; give it again for a second sensor, each with its --on [default: the one used last, or the only one heard]
    #[arg(long, value_name = "SENSOR")]
    pub sensor: Vec<String>,
    /// Where it is worn: T7, ST, SA, AP, TH, AN, WR, BB (limbs may name a side: TH-L); one for each sensor, in their order.
    /// Without --sensor it is the place of the one sensor heard [default: a Polar H10 is worn at ST, any other sensor at
    /// the first place of the exercise's row]
    #[arg(long, value_name = "PLACE")]
    pub on: Vec<Placement>,
}

/// Sensors that were found, ready to stream.
pub(in crate::cli) struct Ready {
    radio: Radio,
    found: Vec<Found>,
    /// As the plan names them.
    pub worn: Vec<WornSensor>,
}

impl SensorOptions {
    /// Refuses places that belong to no sensor, and sensors without a place where that is not plain.
    pub(in crate::cli) fn check(&self) -> Result<(), Usage> {
        let (sensors, places) = (self.sensor.len(), self.on.len());
        let twice = (1..places).find(|&index| self.on[..index].contains(&self.on[index]));
        if let Some(place) = twice.map(|index| self.on[index]) {
            return Err(Usage(format!(
                "two sensors cannot both be worn at {place}; give each its own place, as in `--sensor A --on T7 --sensor B --on SA`"
            )));
        }
        let is_plain = sensors == 0 || places == sensors || (sensors == 1 && places == 0);
        if is_plain {
            return Ok(());
        }
        Err(Usage(format!(
            "{} but {}; give each sensor its own place, as in `--sensor A --on T7 --sensor B --on SA`",
            counted(sensors, "sensor"),
            counted(places, "place"),
        )))
    }

    /// Finds the sensors and says where each belongs.
    ///
    /// # Errors
    /// Why a sensor cannot be used.
    pub(in crate::cli) async fn find(
        &self,
        usual: Placement,
        memory: &Memory,
    ) -> anyhow::Result<Ready> {
        let wanted = self.wanted(memory);
        let radio = Radio::open().await?;
        let found = radio
            .find(&wanted, PATIENCE, &mut |news: &str| say(news))
            .await?;
        let worn = found
            .iter()
            .enumerate()
            .map(|(index, found)| WornSensor {
                family: found
                    .sensor
                    .map_or_else(String::new, |sensor| sensor.family().to_owned()),
                placement: self.place(index, found, usual, memory),
                name: found.name.clone(),
            })
            .collect();
        Ok(Ready { radio, found, worn })
    }

    fn wanted(&self, memory: &Memory) -> Vec<Wanted> {
        if !self.sensor.is_empty() {
            let said = self.sensor.iter().enumerate();
            return said
                .map(|(index, said)| Wanted {
                    said: Some(said.clone()),
                    last: memory.sensors.get(index).map(|known| known.id.clone()),
                })
                .collect();
        }
        // As many as places were given, or as many as last time.
        let count = match self.on.len() {
            0 => memory.sensors.len().max(1),
            count => count,
        };
        (0..count)
            .map(|index| Wanted {
                said: None,
                last: memory.sensors.get(index).map(|known| known.id.clone()),
            })
            .collect()
    }

    fn place(&self, index: usize, found: &Found, usual: Placement, memory: &Memory) -> Placement {
        if let Some(place) = self.on.get(index) {
            return *place;
        }
        // One sensor goes where this exercise wants it; of several, each to where it was.
        let several = memory.sensors.len() > 1;
        let known = memory.sensors.iter().find(|known| known.id == found.id);
        known
            .filter(|_| several && self.sensor.is_empty())
            .and_then(|known| known.placement)
            .unwrap_or_else(|| usual_placement(usual, &found.name))
    }
}

fn counted(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}

/// Where a sensor is usually worn: a chest strap on the chest, another where the exercise counts best.
fn usual_placement(best: Placement, name: &str) -> Placement {
    const STRAPS: [&str; 2] = ["Polar H10", "Polar H9"];
    if STRAPS.iter().any(|strap| name.starts_with(strap)) {
        return Placement::Sternum;
    }
    best
}

impl Ready {
    /// What is to be remembered of them.
    pub(in crate::cli) fn known(&self) -> Vec<KnownSensor> {
        let sensors = self.found.iter().zip(&self.worn);
        sensors
            .map(|(found, worn)| KnownSensor {
                id: found.id.clone(),
                name: found.name.clone(),
                placement: Some(worn.placement),
            })
            .collect()
    }

    /// Connects, and streams until the handle is closed.
    pub(super) fn stream(self, clock: SessionClock) -> (Inputs<'static>, Handle) {
        self.radio.stream(self.found, RATE_HZ, clock)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn options(sensors: &[&str], on: &[Placement]) -> SensorOptions {
        SensorOptions {
            sensor: sensors.iter().map(|said| (*said).to_owned()).collect(),
            on: on.to_vec(),
        }
    }

    fn remembered(ids: &[&str]) -> Memory {
        let known = |id: &&str| KnownSensor {
            id: (*id).to_owned(),
            name: String::new(),
            placement: None,
        };
        Memory {
            sensors: ids.iter().map(known).collect(),
            ..Memory::default()
        }
    }

    #[test]
    fn each_sensor_has_its_place_or_the_usage_is_wrong() {
        let (t7, sa) = (Placement::T7, Placement::Sacrum);
        for good in [
            options(&[], &[]),
            options(&[], &[t7]),
            options(&["a"], &[]),
            options(&["a", "b"], &[t7, sa]),
        ] {
            assert!(good.check().is_ok(), "{good:?}");
        }
        for (bad, why) in [
            (options(&["a", "b"], &[t7]), "2 sensors but 1 place"),
            (options(&["a"], &[t7, sa]), "1 sensor but 2 places"),
            (options(&["a", "b"], &[sa, sa]), "both be worn at SA"),
            (options(&[], &[t7, sa, t7]), "both be worn at T7"),
        ] {
            let said = bad.check().unwrap_err().0;
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn without_a_word_the_sensors_used_last_are_wanted() {
        let wanted = options(&[], &[]).wanted(&remembered(&["x", "y"]));
        let last: Vec<_> = wanted
            .iter()
            .filter_map(|one| one.last.as_deref())
            .collect();
        assert_eq!(last, ["x", "y"]);
        assert_eq!(
            options(&[], &[]).wanted(&remembered(&[])),
            [Wanted::default()]
        );
        assert_eq!(
            options(&[], &[Placement::T7])
                .wanted(&remembered(&["x", "y"]))
                .len(),
            1
        );
    }

    #[test]
    fn a_chest_strap_is_worn_on_the_chest_and_others_where_they_count_best() {
        let best = Placement::Sacrum;
        assert_eq!(usual_placement(best, "Polar H10 1A2B"), Placement::Sternum);
        assert_eq!(usual_placement(best, "BC-1"), best);
    }
}
