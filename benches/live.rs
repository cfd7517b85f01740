//! What a live session costs: from the arrival of a packet to what is written because of it, the share of a core, and
//! memory over a day. Goals: median ≤ 5 ms, p99 ≤ 20 ms at 200 packets a second; ≤ 1 % of a core; flat memory.
//!
//! `cargo bench --bench live [SECONDS]`: the wall's time that the first part takes, 90 if nothing is said.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use backcoach::coach::{Coach, Conduct, Event, Goal, Plan, Setup, WornSensor};
use backcoach::exercise;
use backcoach::input::Input;
use backcoach::recording::{Durability, Header, Recorder, Writer};
use backcoach::report::Collector;
use backcoach::session::{self, Observer};
use backcoach::sources::live::{SessionClock, along, ticks};
use backcoach::sources::synthetic::{LinkModel, Radio, Scenario};
use backcoach::sources::{Inputs, given};
use backcoach::ui::lines::{Form, Transcript};
use backcoach::ui::signal::Signal;
use backcoach::units::HostTime;
use futures_util::stream;
use tokio::sync::mpsc;

const EXERCISE: &str = "hyperext_45";
const TICK: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    let said = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let seconds: f64 = said.unwrap_or(90.0);
    println!("what                                          measured");
    delay(seconds)?;
    day()?;
    Ok(())
}

fn plan(scenario: &Scenario, conduct: Conduct) -> Result<Plan, Box<dyn Error>> {
    Ok(Plan {
        exercise: exercise::built_in(EXERCISE)?,
        sensors: vec![WornSensor {
            family: "backcoach".to_owned(),
            placement: scenario.sensors[0].placement,
            name: "synthetic".to_owned(),
        }],
        setup: Setup::Guided,
        goal: Goal {
            reps: Some(scenario.reps),
            sets: Some(scenario.sets),
            rest_s: Some(scenario.rest),
            fewer: 0,
        },
        settings: Default::default(),
        conduct,
        programme: None,
    })
}

/// 200 packets a second in real time, with everything that watches a live session.
fn delay(seconds: f64) -> Result<(), Box<dyn Error>> {
    let mut scenario = Scenario::new(EXERCISE)?;
    scenario.sensors[0].rate_hz = 200.0;
    scenario.reps = 20;
    scenario.link = LinkModel::Radio(Radio {
        readings_per_packet: 1,
        interval: 0.005,
        jitter: 0.0005,
        ..Radio::good()
    });
    let plan = plan(&scenario, Conduct::Lead)?;
    let inputs = scenario.perform().inputs;
    let folder = tempfile::tempdir()?;
    let header = Header::new(plan.clone(), jiff::Timestamp::now());
    let path = folder.path().join("live.backcoach.jsonl");
    let mut recorder = Recorder::create(&path, &header, Durability::Live)?;
    let lines = File::create(folder.path().join("lines.txt"))?;
    let mut transcript = Transcript::new(lines, Form::Lines, &plan);
    let mut collector = Collector::new(&plan);
    let mut coach = Coach::new(&plan)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let (used_before, began) = (cpu_seconds(), std::time::Instant::now());
    let mut stopwatch = runtime.block_on(async {
        let clock = SessionClock::begin();
        let mut stopwatch = Stopwatch::new(clock);
        let arriving = arriving(inputs, clock, seconds);
        let inputs = along(arriving, ticks(clock, TICK));
        let observers: &mut [&mut dyn Observer] = &mut [
            &mut recorder,
            &mut transcript,
            &mut collector,
            &mut stopwatch,
        ];
        session::run(inputs, &mut coach, observers, std::future::pending()).await?;
        Ok::<_, Box<dyn Error>>(stopwatch)
    })?;
    let share = (cpu_seconds() - used_before) / began.elapsed().as_secs_f64();
    recorder.finish(None)?;
    stopwatch
        .events
        .print("packet to cue, count or call, written");
    stopwatch.packets.print("packet to all of it observed");
    println!("{:<46}{:.2} %", "share of one core", 100.0 * share);
    Ok(())
}

/// Packets as a radio gives them: a task waits, stamps and queues.
fn arriving(inputs: Vec<Input>, clock: SessionClock, seconds: f64) -> Inputs<'static> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let began = tokio::time::Instant::now();
    tokio::spawn(async move {
        for input in inputs {
            let due = input.at().seconds().max(0.0);
            if due > seconds {
                break;
            }
            tokio::time::sleep_until(began + Duration::from_secs_f64(due)).await;
            if sender.send(Ok(moved(input, clock.now()))).is_err() {
                break;
            }
        }
    });
    Box::pin(stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    }))
}

/// The same input at another time.
fn moved(mut input: Input, to: HostTime) -> Input {
    match &mut input {
        Input::Packet { at, .. }
        | Input::Link { at, .. }
        | Input::Command { at, .. }
        | Input::Tick { at } => *at = to,
        Input::Sample { .. } => {}
    }
    input
}

/// Delays, milliseconds.
#[derive(Default)]
struct Delays(Vec<f64>);

impl Delays {
    fn print(&mut self, what: &str) {
        self.0.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let index = (share * self.0.len() as f64) as usize;
            self.0
                .get(index.min(self.0.len().saturating_sub(1)))
                .copied()
        };
        match (at(0.5), at(0.99), self.0.last()) {
            (Some(median), Some(p99), Some(worst)) => println!(
                "{what:<46}median {median:.2} ms, p99 {p99:.2} ms, worst {worst:.2} ms ({})",
                self.0.len()
            ),
            _ => println!("{what:<46}nothing came"),
        }
    }
}

/// The last observer: when it is asked, everybody before it is done.
struct Stopwatch {
    clock: SessionClock,
    arrived: Option<f64>,
    packets: Delays,
    events: Delays,
}

impl Stopwatch {
    fn new(clock: SessionClock) -> Stopwatch {
        Stopwatch {
            clock,
            arrived: None,
            packets: Delays::default(),
            events: Delays::default(),
        }
    }

    fn millis(&self, since: f64) -> f64 {
        1e3 * (self.clock.now().seconds() - since)
    }
}

impl Observer for Stopwatch {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        self.arrived = None;
        if let Input::Packet { at, .. } = input {
            self.arrived = Some(at.seconds());
            self.packets.0.push(self.millis(at.seconds()));
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let (Some(arrived), Some(_)) = (self.arrived, Signal::of(event)) {
            self.events.0.push(self.millis(arrived));
        }
        Ok(())
    }
}

/// A simulated day, as fast as it goes: a session of some minutes again and again, the sensor restarting each time.
fn day() -> Result<(), Box<dyn Error>> {
    let mut scenario = Scenario::new(EXERCISE)?;
    scenario.reps = 20;
    scenario.sets = 2;
    let plan = plan(&scenario, Conduct::Watch)?;
    let performance = scenario.perform();
    let length = performance
        .inputs
        .last()
        .map_or(1.0, |input| input.at().seconds())
        + 5.0;
    let header = Header::new(plan.clone(), jiff::Timestamp::now());
    let mut writing = Writing(Writer::new(io::sink(), &header)?);
    let mut transcript = Transcript::new(io::sink(), Form::Lines, &plan);
    let mut collector = Collector::new(&plan);
    let mut coach = Coach::new(&plan)?;
    let mut hours = Hours::default();
    let inputs = performance.inputs;
    let rounds = (24.0 * 3600.0 / length) as u32 + 1;
    let endless = (0..rounds).flat_map(move |round| {
        let from = f64::from(round) * length;
        let inputs = inputs.clone();
        inputs.into_iter().map(move |input| {
            let at = HostTime::from_seconds(input.at().seconds() + from);
            moved(input, at)
        })
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let observers: &mut [&mut dyn Observer] =
            &mut [&mut writing, &mut transcript, &mut collector, &mut hours];
        session::run(
            given(endless),
            &mut coach,
            observers,
            std::future::pending(),
        )
        .await
    })?;
    for (hour, kilobytes, reps) in hours.seen {
        let what = format!("memory after {hour} h");
        let megabytes = kilobytes / 1024.0;
        println!("{what:<46}{megabytes:.1} MB ({reps} repetitions)");
    }
    Ok(())
}

struct Writing(Writer<io::Sink>);

impl Observer for Writing {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        self.0.input(input).map_err(io::Error::other)
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.0.event(event).map_err(io::Error::other)
    }
}

/// Looks at the memory at some hours.
#[derive(Default)]
struct Hours {
    reps: u32,
    seen: Vec<(u32, f64, u32)>,
}

impl Observer for Hours {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        const AT: [u32; 5] = [1, 6, 12, 18, 24];
        let hour = AT.get(self.seen.len()).copied().unwrap_or(u32::MAX);
        if input.at().seconds() >= 3600.0 * f64::from(hour) {
            self.seen.push((hour, resident_kilobytes(), self.reps));
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.reps += u32::from(matches!(event, Event::Rep(_)));
        Ok(())
    }
}

/// Time that this process has computed, seconds; nothing where the system does not say.
fn cpu_seconds() -> f64 {
    /// Linux tells it to programs in hundredths of a second, whatever it counts in itself.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(11).take(2);
    fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS
}

fn resident_kilobytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    // Said at once: a day takes a while.
    let _ = io::stdout().flush();
    number.and_then(|number| number.parse().ok()).unwrap_or(0.0)
}
