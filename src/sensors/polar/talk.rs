//! What starts a Polar device and what lets it rest.
//!
//! ```text
//! features ─► SDK mode, where there is one ─► angular rate: settings, start ─► acceleration: settings, start
//! ```
//!
//! One request at a time. Only acceleration is needed: whatever else is refused or unanswered is done without. SDK mode
//! cannot be switched while anything is measured, so what an earlier host left running is stopped first.

use std::collections::VecDeque;
use std::time::Duration;

use super::control::{
    Answer, Assembler, Choice, Features, Measurement, Said, opcode, settings, status, why,
};
use super::{BATTERY, CONTROL};
use crate::input::Channel;
use crate::sensors::{Dialogue, DialogueError, Heard, Step, Write};

/// An answer may take so long (the maker's own program waits as long).
const ANSWER: Duration = Duration::from_secs(5);

/// On the way out nobody waits that long.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// Between stop and start again.
const SETTLE: Duration = Duration::from_millis(300);

/// Numbers of measurements are below this.
const MEASUREMENTS: u8 = 16;

/// A request to the control point.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Request {
    Running,
    SdkMode,
    Settings(Measurement),
    Start(Measurement, Choice),
    Stop(Measurement),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Todo {
    Read {
        channel: Channel,
        is_required: bool,
    },
    Ask(Request),
    Pause,
    /// All that follows from what the device has.
    Plan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Stream,
    Rest,
}

/// A conversation with one device.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    goal: Goal,
    todo: VecDeque<Todo>,
    asked: Option<Request>,
    features: Option<Features>,
    assembler: Assembler,
    /// Requests that were already made a second time.
    repeated: Vec<Request>,
    /// Questions in a row without an answer.
    unheard: u32,
    failed: Option<DialogueError>,
}

impl Talk {
    /// Until readings flow.
    pub(super) fn opening() -> Talk {
        Talk::new(Goal::Stream)
    }

    /// Until nothing is measured any more.
    pub(super) fn closing() -> Talk {
        Talk::new(Goal::Rest)
    }

    fn new(goal: Goal) -> Talk {
        let read = |channel, is_required| Todo::Read {
            channel,
            is_required,
        };
        let todo = match goal {
            Goal::Stream => vec![read(CONTROL, true), read(BATTERY, false), Todo::Plan],
            Goal::Rest => vec![read(CONTROL, false), Todo::Plan],
        };
        Talk {
            goal,
            todo: todo.into(),
            asked: None,
            features: None,
            assembler: Assembler::default(),
            repeated: Vec::new(),
            unheard: 0,
            failed: None,
        }
    }

    fn plan(&mut self) -> Result<(), DialogueError> {
        let plan = match self.goal {
            Goal::Stream => start(self.features)?,
            Goal::Rest => rest(self.features),
        };
        self.todo.extend(plan.into_iter().map(Todo::Ask));
        Ok(())
    }

    fn ask(&mut self, request: Request) -> Step {
        let write = Write {
            channel: CONTROL,
            bytes: request.bytes(),
            acknowledged: true,
        };
        self.asked = Some(request);
        self.assembler = Assembler::default();
        Step::Ask {
            write,
            within: match self.goal {
                Goal::Stream => ANSWER,
                Goal::Rest => LAST_ANSWER,
            },
        }
    }

    fn answered(&mut self, request: Request, answer: &Answer) {
        match (&request, answer.status) {
            (Request::Running, 0) => self.stop_all(&answer.parameters),
            (Request::Settings(measurement), 0) => {
                let choice = Choice::of(*measurement, &settings(&answer.parameters));
                self.first(Request::Start(*measurement, choice));
            }
            (Request::Start(measurement, _), status::ALREADY) if !self.is_repeated(&request) => {
                let stop = Request::Stop(*measurement);
                self.again(request, &[stop]);
            }
            (Request::SdkMode, status::WRONG_STATE) if !self.is_repeated(&request) => {
                let both = [Measurement::ACC, Measurement::GYRO].map(Request::Stop);
                self.again(request, &both);
            }
            (Request::Settings(Measurement::ACC) | Request::Start(Measurement::ACC, _), 1..) => {
                self.failed = Some(DialogueError::Refused {
                    reason: why(answer.status).to_owned(),
                });
            }
            _ => {}
        }
    }

    /// What runs is stopped; the bits above the type say where it runs: 1 here, 2 in its memory, 3 both.
    fn stop_all(&mut self, states: &[u8]) {
        let online = |number: &u8| {
            let mut states = states.iter();
            states.any(|state| state & 0x3f == *number && state & 0x40 != 0)
        };
        let running: Vec<u8> = (0..MEASUREMENTS).filter(online).collect();
        for number in running
            .into_iter()
            .filter(|number| *number != Measurement::SDK_MODE.0)
        {
            self.first(Request::Stop(Measurement(number)));
        }
    }

    fn is_repeated(&self, request: &Request) -> bool {
        self.repeated.contains(request)
    }

    /// The same again, once, after these.
    fn again(&mut self, request: Request, after: &[Request]) {
        self.repeated.push(request.clone());
        self.first(request);
        self.todo.push_front(Todo::Pause);
        for request in after.iter().rev() {
            self.first(request.clone());
        }
    }

    fn first(&mut self, request: Request) {
        self.todo.push_front(Todo::Ask(request));
    }
}

/// What is asked so that a device streams.
fn start(features: Option<Features>) -> Result<Vec<Request>, DialogueError> {
    let unfit = |reason: &str| DialogueError::Unfit {
        reason: reason.to_owned(),
    };
    let features = features.ok_or_else(|| {
        unfit("it does not say what it measures; switch it off and on, and update its firmware in the maker's app")
    })?;
    if !features.acc {
        return Err(unfit("it does not give out acceleration"));
    }
    let mut requests = Vec::new();
    if features.sdk_mode {
        requests.extend([Request::Running, Request::SdkMode]);
    }
    if features.gyro {
        requests.push(Request::Settings(Measurement::GYRO));
    }
    requests.push(Request::Settings(Measurement::ACC));
    Ok(requests)
}

/// What is asked so that it rests; of a device that is not known, whatever could run here.
fn rest(features: Option<Features>) -> Vec<Request> {
    let mut requests = vec![Request::Stop(Measurement::ACC)];
    if features.is_none_or(|features| features.gyro) {
        requests.push(Request::Stop(Measurement::GYRO));
    }
    if features.is_none_or(|features| features.sdk_mode) {
        requests.push(Request::Stop(Measurement::SDK_MODE));
    }
    requests
}

impl Request {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Request::Running => vec![opcode::RUNNING],
            Request::SdkMode => vec![opcode::START, Measurement::SDK_MODE.0],
            Request::Settings(measurement) => vec![opcode::SETTINGS, measurement.0],
            Request::Start(measurement, choice) => choice.start(*measurement),
            Request::Stop(measurement) => vec![opcode::STOP, measurement.0],
        }
    }

    /// Whether a part of an answer with this beginning answers it. The question what runs names no measurement.
    fn is_answered_by(&self, bytes: &[u8]) -> bool {
        let own = self.bytes();
        let shown = own.len().min(2);
        bytes.get(1..=shown) == own.get(..shown)
    }

    /// Whether there is no use in a device that does not answer it.
    fn is_needed(&self) -> bool {
        matches!(
            self,
            Request::Settings(Measurement::ACC) | Request::Start(Measurement::ACC, _)
        )
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
            Some(Todo::Ask(request)) => self.ask(request),
            Some(Todo::Pause) => Step::Pause(SETTLE),
            Some(Todo::Plan) | None => Step::Done,
        })
    }

    fn heard(&mut self, channel: Channel, bytes: &[u8]) -> Heard {
        let said = match Said::parse(bytes) {
            Ok(said) if channel == CONTROL => said,
            _ => return Heard::Other,
        };
        match (said, self.asked.clone()) {
            (Said::Features(features), None) => self.features = Some(features),
            (Said::Part(part), Some(request)) if request.is_answered_by(bytes) => {
                if let Some(answer) = self.assembler.push(part) {
                    (self.asked, self.unheard) = (None, 0);
                    self.answered(request, &answer);
                    return Heard::Answer;
                }
            }
            _ => {}
        }
        Heard::Other
    }

    fn unanswered(&mut self) -> Result<(), DialogueError> {
        let asked = self.asked.take();
        self.unheard += 1;
        let is_needed = asked.is_some_and(|request| request.is_needed());
        // A device that says nothing twice will not say anything else either.
        if self.goal == Goal::Stream && (is_needed || self.unheard > 1) {
            return Err(DialogueError::NoAnswer);
        }
        Ok(())
    }
}
