//! Requests to Control: what starts a sensor, what stops it, and signals to the wearer.

use std::collections::VecDeque;
use std::time::Duration;

use backcoach_protocol::control::{Answer, Command, Cue, CueActuators, Pattern, Reply, Request};

use super::super::{Dialogue, DialogueError, Heard, Pulse, Script, Step, Write};
use super::{BATTERY, CONTROL, INFO, STATUS};
use crate::input::Channel;

/// The specification gives a sensor one second for a reply; a radio may take as long again.
const REPLY: Duration = Duration::from_secs(2);

/// Info, then stop (a stream left over from an earlier host), then start.
pub(super) struct Opening {
    steps: VecDeque<Step>,
    asked: Option<u8>,
    refused: Option<String>,
}

impl Opening {
    pub(super) fn new(_rate_hz: f64) -> Opening {
        let read = |channel, is_required| Step::Read {
            channel,
            is_required,
        };
        Opening {
            steps: VecDeque::from([
                read(INFO, true),
                read(STATUS, false),
                read(BATTERY, false),
                ask(1, Command::Stop),
                ask(2, Command::Start),
            ]),
            asked: None,
            refused: None,
        }
    }
}

impl Dialogue for Opening {
    fn step(&mut self) -> Result<Step, DialogueError> {
        if let Some(reason) = self.refused.take() {
            return Err(DialogueError::Refused { reason });
        }
        let step = self.steps.pop_front().unwrap_or(Step::Done);
        self.asked = match &step {
            Step::Ask { write, .. } => write.bytes.get(1).copied(),
            _ => None,
        };
        Ok(step)
    }

    fn heard(&mut self, channel: Channel, bytes: &[u8]) -> Heard {
        let reply = match Reply::parse(bytes) {
            Ok(reply) if channel == CONTROL => reply,
            _ => return Heard::Other,
        };
        if self.asked != Some(reply.reference) {
            return Heard::Other;
        }
        if let Answer::Refused { refusal, .. } = reply.answer {
            self.refused = Some(format!("{refusal:?}"));
        }
        Heard::Answer
    }
}

pub(super) fn closing() -> Script {
    Script::new([Step::Send(request(3, Command::Stop))])
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
    Some(request(4, Command::Cue(cue)))
}

fn ask(reference: u8, command: Command) -> Step {
    Step::Ask {
        write: request(reference, command),
        within: REPLY,
    }
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
