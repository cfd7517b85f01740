use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use futures_util::StreamExt;
use serde::Serialize;

use super::diagnosis::{self, Check};
use super::opened::{say_damage, watched};
use super::progress::Progress;
use super::radio::{find_one, interrupted, runtime};
use super::talk::{clean, say};
use super::{EXIT_CODES, Outcome};
use crate::input::{Input, LinkChange, SensorId};
use crate::motion::clock::{Figures, Meter};
use crate::recording::{Entry, Reader};
use crate::sensors::{self, Sensor};
use crate::sources::Inputs;
use crate::sources::ble::{BleError, Found, Handle, Radio};
use crate::sources::live::SessionClock;

/// Readings a second that are asked for, as in a session.
const RATE_HZ: f64 = 100.0;

/// Check a sensor step by step: adapter, link, rate, loss, clock, delay; or the same figures of a recording
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  backcoach doctor
  backcoach doctor --sensor polar --seconds 60
  backcoach doctor session.backcoach.jsonl --json

A step that fails ends the command with 5 where no sensor streams, and with 4 where it streams worse than it should.
A clock shows its drift only after a minute or more: ask for --seconds 120.

{EXIT_CODES}"))]
pub(super) struct Doctor {
    /// A recording (*.backcoach.jsonl) to look at instead of a sensor
    file: Option<PathBuf>,
    /// The sensor: its name, its address, or its family
    #[arg(long, value_name = "X", conflicts_with = "file")]
    sensor: Option<String>,
    /// How long to look at the readings
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=3600), value_name = "N", conflicts_with = "file")]
    seconds: u64,
    /// How long to listen for the sensor
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600), value_name = "N", conflicts_with = "file")]
    wait: u64,
    /// One step a line, as JSON; the last one has the figures
    #[arg(long)]
    json: bool,
}

/// A step as `--json` tells it.
#[derive(Serialize)]
struct Told<'a> {
    step: &'a str,
    ok: bool,
    text: String,
}

#[derive(Serialize)]
struct Sum<'a> {
    sensor: String,
    family: &'a str,
    figures: &'a Figures,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        match self.file.clone() {
            Some(file) => self.look_at(&file),
            None => {
                let runtime = runtime()?;
                let outcome = runtime.block_on(self.examine());
                runtime.shutdown_timeout(Duration::from_secs(1));
                outcome
            }
        }
    }

    /// Step by step, up to the first that fails.
    async fn examine(&self) -> anyhow::Result<Outcome> {
        let radio = self.step("adapter", Radio::open().await)?;
        let adapters = self.step("permission", radio.adapters().await)?;
        self.tell("adapter", true, &adapters.join(", "))?;
        let found =
            match find_one(&radio, self.sensor.clone(), Duration::from_secs(self.wait)).await {
                Ok(found) => found,
                Err(error) => {
                    self.tell("sensor", false, &error.to_string())?;
                    return Err(error);
                }
            };
        let Some(family) = found.sensor else {
            let name = found.name;
            return Err(BleError::Unreadable { name }.into());
        };
        self.tell("sensor", true, &introduction(&found, family))?;
        let name = found.name.clone();
        let clock = SessionClock::begin();
        let (inputs, handle) = radio.stream(vec![found], RATE_HZ, clock);
        let watched = self.watch(inputs, &handle, family).await;
        // The goodbye may take seconds, and Ctrl-C no longer ends the program by itself.
        tokio::select! {
            () = handle.close() => {}
            () = interrupted() => return Ok(Outcome::Interrupted),
        }
        let (figures, outcome) = watched?;
        Ok(outcome.and(self.conclude(&name, family, &figures)?))
    }

    /// Connects, and looks at the readings.
    async fn watch(
        &self,
        mut inputs: Inputs<'static>,
        handle: &Handle,
        family: &'static dyn Sensor,
    ) -> anyhow::Result<(Figures, Outcome)> {
        let mut problems = handle.problems().context("the sensor's problems")?;
        let mut meter = Meter::new(Some(family.decoder()));
        let stop = interrupted();
        tokio::pin!(stop);
        let mut is_connected = false;
        let end = tokio::time::sleep(Duration::from_secs(3600));
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok((meter.figures(), Outcome::Done)),
                () = &mut stop => return Ok((meter.figures(), Outcome::Interrupted)),
                Some(problem) = problems.recv() => if let Some(error) = problem.error {
                    say(&format!("meanwhile: {error}"));
                },
                input = inputs.next() => match input {
                    None => return Ok((meter.figures(), Outcome::Done)),
                    Some(Err(error)) => {
                        self.tell("connection", false, &error.to_string())?;
                        return Err(error.into());
                    }
                    Some(Ok(input)) => {
                        let opens = matches!(input, Input::Link { change: LinkChange::Connected, .. });
                        if opens && !is_connected {
                            is_connected = true;
                            self.tell("connection", true, "connected, services found, sensor started")?;
                            say(&format!("looking at its readings for {} s", self.seconds));
                            let until = Duration::from_secs(self.seconds);
                            end.as_mut().reset(tokio::time::Instant::now() + until);
                        }
                        meter.input(&input);
                    }
                },
            }
        }
    }

    /// The figures of each sensor in a recording.
    fn look_at(&self, file: &std::path::Path) -> anyhow::Result<Outcome> {
        let name = file.display().to_string();
        let source = io::BufReader::with_capacity(1 << 16, watched(file, Progress::Shown)?);
        let mut reader = Reader::new(source).with_context(|| name.clone())?;
        let worn = reader.header().plan.sensors.clone();
        let family = |index: usize| sensors::find(&worn[index].family);
        let mut meters: Vec<Meter> = (0..worn.len())
            .map(|index| Meter::new(family(index).map(|sensor| sensor.decoder())))
            .collect();
        for entry in reader.by_ref() {
            if let Entry::Input(input) = entry.with_context(|| name.clone())?
                && let Some(meter) =
                    of(&input).and_then(|SensorId(id)| meters.get_mut(usize::from(id)))
            {
                meter.input(&input);
            }
        }
        let mut outcome = say_damage(&name, reader.damage());
        for (index, (worn, meter)) in worn.iter().zip(&meters).enumerate() {
            let title = format!("{} {}", worn.placement, clean(&worn.name));
            if !self.json {
                writeln!(io::stdout(), "{} ({})", title.trim(), clean(&worn.family))?;
            }
            match family(index) {
                Some(sensor) => {
                    outcome = outcome.and(self.conclude(title.trim(), sensor, &meter.figures())?);
                }
                None => say(&format!(
                    "{}: has samples without packets: nothing is known of its link",
                    clean(&worn.family)
                )),
            }
        }
        Ok(outcome)
    }

    /// Says what the figures mean.
    fn conclude(
        &self,
        name: &str,
        family: &dyn Sensor,
        figures: &Figures,
    ) -> anyhow::Result<Outcome> {
        let checks = diagnosis::checks(figures);
        for check in &checks {
            self.tell(check.step, check.is_ok, &check.text)?;
        }
        let sensor = clean(name);
        if self.json {
            let sum = Sum {
                sensor,
                family: family.family(),
                figures,
            };
            writeln!(io::stdout(), "{}", serde_json::to_string(&sum)?)?;
        } else {
            writeln!(io::stdout(), "{}", diagnosis::verdict(&checks))?;
        }
        if figures.readings == 0 {
            // A sensor that gives nothing is as good as none.
            return Err(BleError::Silent {
                name: name.to_owned(),
            }
            .into());
        }
        let is_met = checks.iter().all(|check: &Check| check.is_ok);
        Ok(if is_met {
            Outcome::Done
        } else {
            Outcome::NotMet
        })
    }

    fn step<T>(&self, step: &str, result: Result<T, BleError>) -> anyhow::Result<T> {
        match &result {
            Ok(_) => {}
            Err(error) => {
                // A step is named by what failed: without permission there is an adapter all the same.
                let step = match error {
                    BleError::Permission { .. } => "permission",
                    _ => step,
                };
                self.tell(step, false, &error.to_string())?;
            }
        }
        Ok(result?)
    }

    fn tell(&self, step: &str, ok: bool, text: &str) -> anyhow::Result<()> {
        let text = clean(text);
        let mut out = io::stdout();
        if self.json {
            let told = Told { step, ok, text };
            writeln!(out, "{}", serde_json::to_string(&told)?)?;
        } else {
            let mark = if ok { "ok  " } else { "FAIL" };
            writeln!(out, "{mark} {step:<11} {text}")?;
        }
        out.flush()?;
        Ok(())
    }
}

fn introduction(found: &Found, family: &dyn Sensor) -> String {
    let signal = match (found.is_connected, found.rssi) {
        (true, _) => ", connected already".to_owned(),
        (false, Some(rssi)) => format!(", {rssi} dBm"),
        (false, None) => String::new(),
    };
    format!("{} ({}), {}{signal}", found.name, found.id, family.name())
}

/// Whose input it is.
fn of(input: &Input) -> Option<SensorId> {
    match input {
        Input::Packet { sensor, .. }
        | Input::Sample { sensor, .. }
        | Input::Link { sensor, .. } => Some(*sensor),
        Input::Command { .. } | Input::Tick { .. } => None,
    }
}
