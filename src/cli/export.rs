use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{ArgGroup, Args};

use super::opened::Opened;
use super::output::spare_recordings;
use super::progress::Progress;
use super::table::TableOptions;
use super::{EXIT_CODES, Outcome, run};
use crate::coach::{Event, Judgement, Plan, Posture, Rep};
use crate::exercise::Quantity;
use crate::input::{Input, Sample, SensorId};
use crate::motion::clock::{Clock, Settings};
use crate::sensors::{self, Decode};
use crate::session::{Ended, Observer};
use crate::units::round_to;

/// Write what is in a recording as a table (CSV): samples, angles, repetitions or events
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true), after_help = format!("\
Examples:
  backcoach export session.backcoach.jsonl --angles -o angles.csv
  backcoach export session.backcoach.jsonl --reps

Times are seconds since the start, angles degrees, accelerations m/s², rates rad/s, all in the sensor's own frame.

{EXIT_CODES}"))]
pub(super) struct Export {
    /// The recording, or a table (CSV)
    file: PathBuf,
    /// Each reading: time, specific force, angular rate
    #[arg(long, group = "what")]
    samples: bool,
    /// Each reading: the direction of up in the sensor's frame, inclination θ, side tilt σ, error, validity
    #[arg(long, group = "what")]
    angles: bool,
    /// Each repetition with everything that was measured of it
    #[arg(long, group = "what")]
    reps: bool,
    /// Each event, as JSON beside its time
    #[arg(long, group = "what")]
    events: bool,
    /// Where to write [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    table: TableOptions,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        if let Some(output) = &self.output {
            spare_recordings(output, &self.file)?;
        }
        let progress = match self.output {
            Some(_) => Progress::Shown,
            None => Progress::Silent,
        };
        let mut opened = Opened::open(&self.file, &self.table, progress)?;
        let plan = opened.plan.clone();
        let out: Box<dyn Write> = match &self.output {
            Some(path) => Box::new(
                File::create(path)
                    .with_context(|| format!("{}: cannot be written", path.display()))?,
            ),
            None => Box::new(io::stdout().lock()),
        };
        let mut out = csv::Writer::from_writer(out);
        let ended = if self.samples {
            let mut samples = Samples::new(&mut out, &plan)?;
            run::run(&plan, opened.inputs(), &mut [&mut samples])?
        } else if self.angles {
            let mut angles = Angles::new(&mut out, &plan)?;
            run::run(&plan, opened.inputs(), &mut [&mut angles])?
        } else if self.reps {
            let mut reps = Reps::default();
            let ended = run::run(&plan, opened.inputs(), &mut [&mut reps])?;
            reps.write(&mut out)?;
            ended
        } else {
            out.write_record(["t", "event", "json"])?;
            let mut events = Events { out: &mut out };
            run::run(&plan, opened.inputs(), &mut [&mut events])?
        };
        out.flush()?;
        Ok(match ended {
            Ended::Stopped => Outcome::Interrupted,
            Ended::Exhausted => opened.say_losses(),
        })
    }
}

type Out = csv::Writer<Box<dyn Write>>;

/// The csv crate wraps the system's errors; a closed pipe must stay one.
fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn place(plan: &Plan, sensor: SensorId) -> String {
    plan.sensor(sensor)
        .map_or_else(String::new, |worn| worn.placement.to_string())
}

/// Readings as they were measured, packets decoded.
struct Samples<'a> {
    out: &'a mut Out,
    plan: &'a Plan,
    sensors: Vec<(Option<Box<dyn Decode>>, Clock)>,
}

impl<'a> Samples<'a> {
    fn new(out: &'a mut Out, plan: &'a Plan) -> csv::Result<Samples<'a>> {
        out.write_record([
            "t",
            "sensor",
            "placement",
            "ax",
            "ay",
            "az",
            "gx",
            "gy",
            "gz",
            "clipped",
        ])?;
        let line = |worn: &crate::coach::WornSensor| {
            let decoder = sensors::find(&worn.family).map(|sensor| sensor.decoder());
            (decoder, Clock::new(Settings::default()))
        };
        Ok(Samples {
            out,
            plan,
            sensors: plan.sensors.iter().map(line).collect(),
        })
    }

    fn write(&mut self, sensor: SensorId, sample: &Sample) -> io::Result<()> {
        let mut row = vec![
            sample.at.seconds().to_string(),
            sensor.0.to_string(),
            place(self.plan, sensor),
        ];
        let accel = sample.accel.meters_per_second_squared();
        row.extend(accel.iter().map(f64::to_string));
        match sample.gyro {
            Some(gyro) => row.extend(gyro.radians_per_second().iter().map(f64::to_string)),
            None => row.extend(["", "", ""].map(str::to_owned)),
        }
        row.push(sample.clipped.to_string());
        self.out.write_record(row).map_err(as_io)
    }
}

impl Observer for Samples<'_> {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        match input {
            Input::Sample { sensor, sample } => self.write(*sensor, sample),
            Input::Packet {
                sensor,
                at,
                channel,
                bytes,
            } => {
                let Some((Some(decoder), clock)) = self.sensors.get_mut(usize::from(sensor.0))
                else {
                    return Ok(());
                };
                // A packet that cannot be read is a notice among the events.
                let Ok(decoded) = decoder.decode(*channel, bytes) else {
                    return Ok(());
                };
                let samples: Vec<Sample> = decoded
                    .frames
                    .iter()
                    .flat_map(|frame| clock.frame(*at, frame).samples)
                    .collect();
                samples
                    .iter()
                    .try_for_each(|sample| self.write(*sensor, sample))
            }
            Input::Link {
                sensor,
                change: crate::input::LinkChange::Connected,
                ..
            } => {
                if let Some((decoder, clock)) = self.sensors.get_mut(usize::from(sensor.0)) {
                    clock.reconnected();
                    if let Some(decoder) = decoder {
                        decoder.reconnected();
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Where each sensor points.
struct Angles<'a> {
    out: &'a mut Out,
    plan: &'a Plan,
}

impl<'a> Angles<'a> {
    fn new(out: &'a mut Out, plan: &'a Plan) -> csv::Result<Angles<'a>> {
        out.write_record([
            "t",
            "sensor",
            "placement",
            "up_x",
            "up_y",
            "up_z",
            "theta_deg",
            "sigma_deg",
            "error_deg",
            "validity",
        ])?;
        Ok(Angles { out, plan })
    }
}

impl Observer for Angles<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Event::Posture(Posture {
            at,
            sensor,
            up,
            theta,
            sigma,
            error,
            validity,
            ..
        }) = event
        else {
            return Ok(());
        };
        let degrees = |angle: f64| round_to(angle, 1e4).to_string();
        let mut row = vec![
            at.seconds().to_string(),
            sensor.0.to_string(),
            place(self.plan, *sensor),
        ];
        row.extend(up.map(|component| round_to(component, 1e7).to_string()));
        row.push(theta.map_or_else(String::new, |theta| degrees(theta.degrees())));
        row.push(sigma.map_or_else(String::new, |sigma| degrees(sigma.degrees())));
        row.push(degrees(error.degrees()));
        row.push(name_of(validity)?);
        self.out.write_record(row).map_err(as_io)
    }
}

/// The name that a value has in JSON.
fn name_of(value: &impl serde::Serialize) -> io::Result<String> {
    Ok(match serde_json::to_value(value)? {
        serde_json::Value::String(name) => name,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// Repetitions: written at the end, since a judgement comes after the count and the wearer may take one back.
#[derive(Default)]
struct Reps {
    /// The exercises of a programme, in the order in which they were done; of one exercise alone there is no name.
    exercises: Vec<String>,
    reps: BTreeMap<Numbered, Rep>,
    judgements: BTreeMap<Numbered, Judgement>,
    undone: BTreeSet<Numbered>,
    /// For each set that the wearer corrected: how many more there were than counted.
    more: BTreeMap<Numbered, i64>,
}

/// A number within an exercise, which are themselves counted.
type Numbered = (usize, u32);

impl Observer for Reps {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let now = self.exercises.len();
        match event {
            Event::Exercise { id, .. } => self.exercises.push(id.clone()),
            Event::Rep(rep) => {
                self.reps.insert((now, rep.number), rep.clone());
            }
            Event::Judged(judgement) => {
                self.judgements
                    .insert((now, judgement.rep), judgement.clone());
            }
            Event::Undone { rep, .. } => {
                self.undone.insert((now, *rep));
            }
            Event::Corrected {
                set, counted, said, ..
            } => {
                self.more
                    .insert((now, *set), i64::from(*said) - i64::from(*counted));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Reps {
    fn write(&self, out: &mut Out) -> io::Result<()> {
        let measured = self
            .judgements
            .values()
            .flat_map(|judgement| judgement.quantities.keys());
        let quantities: BTreeSet<Quantity> = measured.copied().collect();
        let mut names: Vec<String> = [
            "rep",
            "set",
            "side",
            "kind",
            "estimated",
            "start",
            "turn",
            "end",
            "rom_deg",
            "peak_deg",
            "error_deg",
            "taken_back",
            "set_counted",
            "set_said",
            "verdict",
            "rules",
        ]
        .map(str::to_owned)
        .into();
        names.extend(quantities.iter().map(|quantity| format!("q_{quantity}")));
        if !self.exercises.is_empty() {
            names.insert(0, "exercise".to_owned());
        }
        out.write_record(&names).map_err(as_io)?;
        for ((stretch, _), rep) in &self.reps {
            let mut row = self.row(*stretch, rep, &quantities)?;
            let exercise = stretch.checked_sub(1).and_then(|at| self.exercises.get(at));
            if let Some(exercise) = exercise {
                row.insert(0, exercise.clone());
            }
            out.write_record(row).map_err(as_io)?;
        }
        Ok(())
    }

    /// Automatically counted repetitions of a set.
    fn counted_in(&self, (stretch, set): Numbered) -> usize {
        let of_exercise = self.reps.range((stretch, 0)..=(stretch, u32::MAX));
        of_exercise.filter(|(_, rep)| rep.set == set).count()
    }

    /// How many there were as the wearer says; empty where nothing was said.
    fn said_of(&self, set: Numbered) -> String {
        let counted = i64::try_from(self.counted_in(set)).unwrap_or(i64::MAX);
        self.more.get(&set).map_or_else(String::new, |more| {
            counted.saturating_add(*more).max(0).to_string()
        })
    }

    fn row(
        &self,
        stretch: usize,
        rep: &Rep,
        quantities: &BTreeSet<Quantity>,
    ) -> io::Result<Vec<String>> {
        let judgement = self.judgements.get(&(stretch, rep.number));
        let rules = judgement
            .into_iter()
            .flat_map(|judgement| &judgement.findings);
        let rules: Vec<&str> = rules.map(|finding| finding.rule.as_str()).collect();
        let degrees = |angle: crate::units::Angle| round_to(angle.degrees(), 1e4).to_string();
        let mut row = vec![
            rep.number.to_string(),
            rep.set.to_string(),
            name_of(&rep.side)?,
            name_of(&rep.kind)?,
            rep.estimated.to_string(),
            rep.start.seconds().to_string(),
            rep.turn.seconds().to_string(),
            rep.end.seconds().to_string(),
            round_to(rep.rom.value(), 1e4).to_string(),
            round_to(rep.peak.value(), 1e4).to_string(),
            degrees(rep.error),
            self.undone.contains(&(stretch, rep.number)).to_string(),
            self.counted_in((stretch, rep.set)).to_string(),
            self.said_of((stretch, rep.set)),
            name_of(&judgement.map(|judgement| judgement.verdict))?,
            rules.join(" "),
        ];
        row.extend(quantities.iter().map(|quantity| {
            let measured = judgement.and_then(|judgement| judgement.quantities.get(quantity));
            measured.map_or_else(String::new, |measured| {
                round_to(measured.value, 1e6).to_string()
            })
        }));
        Ok(row)
    }
}

/// Events, each beside its time and name.
struct Events<'a> {
    out: &'a mut Out,
}

impl Observer for Events<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if !event.is_kept() {
            return Ok(());
        }
        let json = serde_json::to_value(event)?;
        let field = |name: &str| json.get(name).cloned().unwrap_or_default();
        let at = match field("at") {
            serde_json::Value::Null => field("from"),
            at => at,
        };
        let name = name_of(&field("event"))?;
        self.out
            .write_record([at.to_string(), name, serde_json::to_string(event)?])
            .map_err(as_io)
    }
}
