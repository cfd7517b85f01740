//! The options that say what a table of samples is.

use std::path::Path;

use anyhow::Context;
use clap::Args;

use super::Usage;
use crate::coach::{Goal, Plan, Setup, WornSensor};
use crate::exercise::{self, Exercise};
use crate::input::Placement;
use crate::sources::csv::{AccelUnit, GyroUnit, Layout, TimeUnit};

/// What a table does not say of itself.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Tables (CSV)")]
pub(super) struct TableOptions {
    /// The exercise that was done: a name from `backcoach exercises`, or a TOML file
    #[arg(long, value_name = "ID")]
    pub exercise: Option<String>,
    /// Where the sensor was worn: T7, ST, SA, AP, TH, AN, WR, BB (limbs may name a side: TH-L)
    #[arg(long, value_name = "P")]
    placement: Option<Placement>,
    /// The table begins with the set-up: stand still, bend forward once, hold the start pose
    #[arg(long)]
    guided: bool,
    /// The name of the time column
    #[arg(long, value_name = "NAME")]
    time: Option<String>,
    /// The names of the acceleration columns, gravity included
    #[arg(long, value_name = "X,Y,Z", value_parser = three_names)]
    accel: Option<[String; 3]>,
    /// The names of the gyroscope columns
    #[arg(long, value_name = "X,Y,Z", value_parser = three_names)]
    gyro: Option<[String; 3]>,
    /// The unit of time: s, ms, us, ns [default: s]
    #[arg(long, value_name = "UNIT")]
    time_unit: Option<TimeUnit>,
    /// The unit of acceleration: m/s2, g, mg [default: m/s2]
    #[arg(long, value_name = "UNIT")]
    accel_unit: Option<AccelUnit>,
    /// The unit of the gyroscope: rad/s, deg/s [default: rad/s]
    #[arg(long, value_name = "UNIT")]
    gyro_unit: Option<GyroUnit>,
}

impl TableOptions {
    /// The plan that a table is read by.
    pub(super) fn plan(&self, file: &str) -> anyhow::Result<Plan> {
        let (Some(exercise), Some(placement)) = (&self.exercise, self.placement) else {
            return Err(Usage(format!(
                "{file}: is not a recording; for a table say what was done and where the sensor was, such as `--exercise hyperext_45 --placement T7`"
            ))
            .into());
        };
        Ok(Plan {
            exercise: find_exercise(exercise)?,
            sensors: vec![WornSensor {
                family: "csv".to_owned(),
                placement,
                name: file.to_owned(),
            }],
            setup: if self.guided {
                Setup::Guided
            } else {
                Setup::Inferred
            },
            goal: Goal::default(),
            settings: Default::default(),
            conduct: Default::default(),
            programme: None,
        })
    }

    pub(super) fn layout(&self) -> Layout {
        Layout {
            time: self.time.clone(),
            accel: self.accel.clone(),
            gyro: self.gyro.clone(),
            time_unit: self.time_unit,
            accel_unit: self.accel_unit,
            gyro_unit: self.gyro_unit,
        }
    }
}

/// An exercise by its name, or from the user's own file.
pub(super) fn find_exercise(name: &str) -> anyhow::Result<Exercise> {
    let path = Path::new(name);
    let is_path =
        path.extension().is_some_and(|end| end == "toml") || path.components().count() > 1;
    if is_path {
        let text = read_text(path)?;
        Ok(Exercise::parse(&text, name)?)
    } else {
        exercise::built_in(name).map_err(|error| Usage(error.to_string()).into())
    }
}

/// A text file of the user's own, of a size that a person could have written.
pub(super) fn read_text(path: &Path) -> anyhow::Result<String> {
    use std::io::Read;
    const LARGEST: u64 = 1 << 20;
    let name = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("{name}: cannot be opened"))?;
    let mut text = String::new();
    let length = file
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("{name}: cannot be read as text"))?;
    anyhow::ensure!(
        length as u64 <= LARGEST,
        "{name}: is larger than {LARGEST} bytes; this is no exercise file"
    );
    Ok(text)
}

fn three_names(text: &str) -> Result<[String; 3], String> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    <[String; 3]>::try_from(names)
        .map_err(|names| format!("takes three names, as in `X,Y,Z`, and got {}", names.len()))
}
