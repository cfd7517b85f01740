//! Requests to Control: what starts a sensor, what stops it, and signals to the wearer.
//!
//! ```text
//! Info ─► stop (a stream left over from an earlier host) ─► configure, if need be ─► latency ─► start
//! ```
//!
//! Every request has a reference of its own, so a late reply is never taken for another's.

use std::collections::VecDeque;
use std::time::Duration;

use backcoach_protocol::ParseError;
use backcoach_protocol::control::{
    Answer, Command, Cue, CueActuators, Pattern, Refusal, Reply, Request,
};
use backcoach_protocol::data::Stream;
use backcoach_protocol::info::{Info, Rate, Settings};

use super::super::{Dialogue, DialogueError, Heard, Pulse, Step, Write};
use super::{BATTERY, CONTROL, INFO, STATUS};
use crate::input::Channel;

/// The specification gives a sensor one second for a reply; a radio may take as long again.
const REPLY: Duration = Duration::from_secs(2);

/// A busy sensor is asked again after this.
const BUSY: Duration = Duration::from_millis(500);

/// So often a question is asked.
const TIMES: u32 = 3;

/// No sample waits longer than this in the sensor, ms.
const LATENCY_MILLIS: u16 = 50;

/// Lifting stays below ±8 g and trunks turn slower than ±1000 °/s.
const ACCEL_RANGE_G: u16 = 8;
const GYRO_RANGE_DPS: u16 = 1000;

/// Signals have a reference that no question has.
const CUE_REFERENCE: u8 = 0xff;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Todo {
    Read {
        channel: Channel,
        is_required: bool,
    },
    /// A command, and how often it may still be given.
    Ask(Command, u32),
    Pause,
    /// All that follows from Info.
    Plan,
}

/// What was asked last.
#[derive(Clone, Copy, Debug)]
struct Asked {
    reference: u8,
    command: Command,
    times: u32,
}

/// A conversation with one sensor.
pub(super) struct Talk {
    rate_hz: f64,
    todo: VecDeque<Todo>,
    info: Option<Result<Info, ParseError>>,
    asked: Option<Asked>,
    reference: u8,
    /// Whether it matters what the sensor says.
    is_opening: bool,
    failed: Option<DialogueError>,
}

impl Talk {
    /// Until readings flow.
    pub(super) fn opening(rate_hz: f64) -> Talk {
        let read = |channel, is_required| Todo::Read {
            channel,
            is_required,
        };
        let todo = [
            read(INFO, true),
            read(STATUS, false),
            read(BATTERY, false),
            Todo::Plan,
        ];
        Talk::new(rate_hz, true, &todo)
    }

    /// Until the sensor rests. Samples that it holds back come before the reply.
    pub(super) fn closing() -> Talk {
        Talk::new(0.0, false, &[Todo::Ask(Command::Stop, 1)])
    }

    fn new(rate_hz: f64, is_opening: bool, todo: &[Todo]) -> Talk {
        Talk {
            rate_hz,
            todo: todo.iter().copied().collect(),
            info: None,
            asked: None,
            reference: 0,
            is_opening,
            failed: None,
        }
    }

    fn plan(&mut self) -> Result<(), DialogueError> {
        let info = match self.info.take() {
            Some(Ok(info)) => info,
            Some(Err(error)) => return Err(unfit(error)),
            None => {
                return Err(DialogueError::Unfit {
                    reason: "its description (Info) was not read; switch it off and on".to_owned(),
                });
            }
        };
        let wanted = settings(&info, self.rate_hz);
        self.todo.push_back(Todo::Ask(Command::Stop, TIMES));
        if !is_the_same(wanted, info.config.settings) {
            self.todo
                .push_back(Todo::Ask(Command::Configure(wanted), TIMES));
        }
        self.todo.extend([
            Todo::Ask(
                Command::SetLatency {
                    millis: LATENCY_MILLIS,
                },
                1,
            ),
            Todo::Ask(Command::Start, TIMES),
        ]);
        Ok(())
    }

    fn ask(&mut self, command: Command, times: u32) -> Step {
        self.reference = self.reference % (CUE_REFERENCE - 1) + 1;
        self.asked = Some(Asked {
            reference: self.reference,
            command,
            times,
        });
        Step::Ask {
            write: request(self.reference, command),
            within: REPLY,
        }
    }

    fn refused(&mut self, asked: Asked, refusal: Refusal) {
        if !self.is_needed(asked.command) {
            return;
        }
        if refusal == Refusal::BUSY && asked.times > 1 {
            self.todo
                .push_front(Todo::Ask(asked.command, asked.times - 1));
            self.todo.push_front(Todo::Pause);
            return;
        }
        let what = match asked.command {
            Command::Configure(_) => "to configure it",
            _ => "to start it",
        };
        let todo = match refusal {
            Refusal::LOW_BATTERY => "charge it",
            _ => "switch it off and on, and update its firmware",
        };
        self.failed = Some(DialogueError::Refused {
            reason: format!("asked {what}: {refusal}; {todo}"),
        });
    }

    /// Without these there are no readings, or none that can be used. One that does not stop may not have run.
    fn is_needed(&self, command: Command) -> bool {
        self.is_opening && matches!(command, Command::Configure(_) | Command::Start)
    }
}

impl Dialogue for Talk {
    fn step(&mut self) -> Result<Step, DialogueError> {
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        self.asked = None;
        if self.todo.front() == Some(&Todo::Plan) {
            self.todo.pop_front();
            self.plan()?;
        }
        Ok(match self.todo.pop_front() {
            Some(Todo::Read {
                channel,
                is_required,
            }) => Step::Read {
                channel,
                is_required,
            },
            Some(Todo::Ask(command, times)) => self.ask(command, times),
            Some(Todo::Pause) => Step::Pause(BUSY),
            Some(Todo::Plan) | None => Step::Done,
        })
    }

    fn heard(&mut self, channel: Channel, bytes: &[u8]) -> Heard {
        if channel == INFO {
            self.info = Some(Info::parse(bytes));
            return Heard::Other;
        }
        let (CONTROL, Ok(reply), Some(asked)) = (channel, Reply::parse(bytes), self.asked) else {
            return Heard::Other;
        };
        if (reply.reference, reply.answer.opcode()) != (asked.reference, asked.command.opcode()) {
            return Heard::Other;
        }
        self.asked = None;
        if let Answer::Refused { refusal, .. } = reply.answer {
            self.refused(asked, refusal);
        }
        Heard::Answer
    }

    fn unanswered(&mut self) -> Result<(), DialogueError> {
        let Some(asked) = self.asked.take() else {
            return Ok(());
        };
        if asked.times > 1 {
            self.todo
                .push_front(Todo::Ask(asked.command, asked.times - 1));
        } else if self.is_needed(asked.command) {
            return Err(DialogueError::NoAnswer);
        }
        Ok(())
    }
}

/// What coaching wants of what the sensor offers.
fn settings(info: &Info, rate_hz: f64) -> Settings {
    let stream = if info.streams.contains(Stream::AccelGyro) {
        Stream::AccelGyro
    } else {
        Stream::Accel
    };
    let set = info.config.settings;
    Settings {
        stream,
        rate: rate(&info.rates, rate_hz).unwrap_or(set.rate),
        accel_range_g: range(&info.accel_ranges_g, ACCEL_RANGE_G).unwrap_or(set.accel_range_g),
        gyro_range_dps: match stream {
            Stream::Accel => 0,
            Stream::AccelGyro => {
                range(&info.gyro_ranges_dps, GYRO_RANGE_DPS).unwrap_or(set.gyro_range_dps)
            }
        },
    }
}

/// The lowest rate that is enough, unless it is more than twice that and a lower one is nearer.
fn rate(offered: &[Rate], wanted: f64) -> Option<Rate> {
    let hz = |rate: &Rate| f64::from(rate.hz());
    let enough = offered.iter().filter(|rate| hz(rate) >= wanted).min();
    let below = offered.iter().filter(|rate| hz(rate) < wanted).max();
    let is_near = |rate: &&Rate| {
        hz(rate) <= 2.0 * wanted || below.is_none_or(|below| hz(rate) - wanted < wanted - hz(below))
    };
    enough.filter(is_near).or(below).copied()
}

/// The smallest range that is enough, else the largest.
fn range(offered: &[u16], wanted: u16) -> Option<u16> {
    let enough = offered.iter().filter(|range| **range >= wanted).min();
    enough.or_else(|| offered.iter().max()).copied()
}

/// A gyroscope's range is not looked at where it does not stream.
fn is_the_same(wanted: Settings, set: Settings) -> bool {
    let gyro_range_dps = match wanted.stream {
        Stream::Accel => wanted.gyro_range_dps,
        Stream::AccelGyro => set.gyro_range_dps,
    };
    wanted
        == Settings {
            gyro_range_dps,
            ..set
        }
}

fn unfit(error: ParseError) -> DialogueError {
    let reason = match error {
        // Says itself which side to update.
        ParseError::UnsupportedMajor { .. } => error.to_string(),
        _ => format!("its description (Info) is damaged: {error}; update the sensor's firmware"),
    };
    DialogueError::Unfit { reason }
}

/// A signal of at most a second and a half, on whatever the sensor has.
pub(super) fn pulse(pulse: Pulse) -> Option<Write> {
    let pattern = match pulse {
        Pulse::Short => Pattern::Short,
        Pulse::Double => Pattern::Double,
        Pulse::Triple => Pattern::Triple,
        Pulse::Long => Pattern::Long,
        Pulse::Rising => Pattern::Rising,
        Pulse::Falling => Pattern::Falling,
    };
    let cue = Cue {
        actuators: CueActuators {
            haptic: true,
            led: true,
        },
        pattern,
        intensity: 200,
        repeat: 1,
        max_on_millis: 1500,
    };
    Some(request(CUE_REFERENCE, Command::Cue(cue)))
}

fn request(reference: u8, command: Command) -> Write {
    let mut bytes = [0; Request::MAX_LEN];
    let length = Request { reference, command }
        .emit(&mut bytes)
        .expect("the buffer has the length of the longest request");
    Write {
        channel: CONTROL,
        bytes: bytes[..length].to_vec(),
        acknowledged: true,
    }
}
