use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::Args;
use serde::Serialize;

use super::{EXIT_CODES, Outcome};
use crate::sensors::{Has, SENSORS, Sensor};

/// List the families of sensors, with what each gives and what it cannot
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach sensors
  backcoach sensors --json

{EXIT_CODES}"))]
pub(super) struct Sensors {
    /// Print a JSON array, one object a family
    #[arg(long)]
    json: bool,
}

/// One family, in the words of its driver.
#[derive(Debug, Serialize)]
struct Row {
    family: &'static str,
    name: &'static str,
    gyroscope: Ability,
    clock: Ability,
    numbering: Ability,
    cues: Ability,
    rates_hz: &'static str,
    delay: &'static str,
    axes: &'static str,
    remarks: &'static str,
    service: &'static str,
    tested_on_hardware: bool,
}

/// Whether it has something, and under which condition.
#[derive(Debug, Serialize)]
struct Ability {
    has: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'static str>,
}

impl From<Has> for Ability {
    fn from(has: Has) -> Ability {
        let (has, when) = match has {
            Has::Yes => ("yes", None),
            Has::Some(when) => ("some", Some(when)),
            Has::No => ("no", None),
        };
        Ability { has, when }
    }
}

impl Ability {
    /// `yes`, `no`, or the condition.
    fn words(&self) -> &'static str {
        self.when.unwrap_or(self.has)
    }
}

impl From<&dyn Sensor> for Row {
    fn from(sensor: &dyn Sensor) -> Row {
        let abilities = sensor.abilities();
        Row {
            family: sensor.family(),
            name: sensor.name(),
            gyroscope: abilities.gyroscope.into(),
            clock: abilities.clock.into(),
            numbering: abilities.numbering.into(),
            cues: abilities.cues.into(),
            rates_hz: abilities.rates,
            delay: abilities.delay,
            axes: abilities.axes,
            remarks: abilities.remarks,
            service: sensor.service(),
            tested_on_hardware: abilities.is_tried,
        }
    }
}

impl Sensors {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let rows: Vec<Row> = SENSORS.iter().map(|sensor| Row::from(*sensor)).collect();
        let text = if self.json {
            serde_json::to_string_pretty(&rows)? + "\n"
        } else {
            rows.iter().map(in_words).collect::<Vec<_>>().join("\n")
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    }
}

fn in_words(row: &Row) -> String {
    let tested = if row.tested_on_hardware {
        "tested on hardware"
    } else {
        "untested on hardware"
    };
    let mut text = format!("{}: {} ({tested})\n", row.family, row.name);
    let lines = [
        ("gyroscope", row.gyroscope.words()),
        ("own clock", row.clock.words()),
        ("numbering", row.numbering.words()),
        ("cues", row.cues.words()),
        ("rate, Hz", row.rates_hz),
        ("delay", row.delay),
        ("axes", row.axes),
        ("remarks", row.remarks),
    ];
    for (what, words) in lines.into_iter().filter(|(_, words)| !words.is_empty()) {
        let _ = writeln!(text, "  {what:<10} {words}");
    }
    text
}
