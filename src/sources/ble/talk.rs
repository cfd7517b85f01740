//! Takes the steps of a dialogue on a connection.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, timeout_at};

use super::trouble::Trouble;
use crate::input::Channel;
use crate::sensors::{Dialogue, DialogueError, Heard, Step, Write};

/// No family needs as many: a driver that goes in circles is ended.
const MOST_STEPS: usize = 1000;

/// What a dialogue does with a connection. Each call ends by itself, within its own time.
pub(super) trait Gatt: Sync {
    fn read(&self, channel: Channel) -> impl Future<Output = Result<Vec<u8>, Trouble>> + Send;
    fn write(&self, write: &Write) -> impl Future<Output = Result<(), Trouble>> + Send;
}

/// Why a dialogue did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// The connection.
    Link(Trouble),
    /// The sensor.
    Sensor(DialogueError),
}

impl From<DialogueError> for Failed {
    fn from(error: DialogueError) -> Failed {
        Failed::Sensor(error)
    }
}

/// Goes through a dialogue. `ear` has every notification; `read` is told what was read.
pub(super) async fn talk(
    dialogue: &mut dyn Dialogue,
    gatt: &impl Gatt,
    ear: &mut UnboundedReceiver<(Channel, Vec<u8>)>,
    read: &mut (dyn FnMut(Channel, &[u8]) + Send),
) -> Result<(), Failed> {
    for _ in 0..MOST_STEPS {
        while let Ok((channel, bytes)) = ear.try_recv() {
            dialogue.heard(channel, &bytes);
        }
        match dialogue.step()? {
            Step::Done => return Ok(()),
            Step::Pause(pause) => sleep(pause).await,
            Step::Send(write) => gatt.write(&write).await.map_err(Failed::Link)?,
            Step::Ask { write, within } => {
                gatt.write(&write).await.map_err(Failed::Link)?;
                if !is_answered(dialogue, ear, within).await {
                    dialogue.unanswered()?;
                }
            }
            Step::Read {
                channel,
                is_required,
            } => match gatt.read(channel).await {
                Ok(bytes) => {
                    read(channel, &bytes);
                    dialogue.heard(channel, &bytes);
                }
                Err(trouble) if is_required || trouble == Trouble::NoLink => {
                    return Err(Failed::Link(trouble));
                }
                Err(_) => {}
            },
        }
    }
    let reason = format!("its driver was not done after {MOST_STEPS} steps");
    Err(Failed::Sensor(DialogueError::Unfit { reason }))
}

/// Listens until the answer is there. It may have come before the write was acknowledged.
async fn is_answered(
    dialogue: &mut dyn Dialogue,
    ear: &mut UnboundedReceiver<(Channel, Vec<u8>)>,
    within: Duration,
) -> bool {
    let end = Instant::now() + within;
    while let Ok(Some((channel, bytes))) = timeout_at(end, ear.recv()).await {
        if dialogue.heard(channel, &bytes) == Heard::Answer {
            return true;
        }
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    const ASKED: Channel = Channel(1);

    /// Answers every write by sending it back, after as many that it ignores.
    struct Echo {
        ignores: Mutex<u32>,
        ear: UnboundedSender<(Channel, Vec<u8>)>,
    }

    impl Gatt for Echo {
        async fn read(&self, channel: Channel) -> Result<Vec<u8>, Trouble> {
            match channel {
                Channel(0) => Ok(vec![42]),
                _ => Err(Trouble::Missing("that".to_owned())),
            }
        }
        async fn write(&self, write: &Write) -> Result<(), Trouble> {
            let mut ignores = self.ignores.lock().unwrap();
            if *ignores > 0 {
                *ignores -= 1;
            } else {
                self.ear.send((Channel(2), vec![0])).unwrap();
                self.ear.send((ASKED, write.bytes.clone())).unwrap();
            }
            Ok(())
        }
    }

    /// Reads, asks, and asks again if nothing was answered.
    struct Asker {
        steps: Vec<Step>,
        heard: Vec<(u8, Vec<u8>)>,
        may_ask_again: bool,
    }

    fn ask() -> Step {
        Step::Ask {
            write: Write {
                channel: ASKED,
                bytes: vec![7],
                acknowledged: true,
            },
            within: Duration::from_millis(30),
        }
    }

    impl Dialogue for Asker {
        fn step(&mut self) -> Result<Step, DialogueError> {
            Ok(self.steps.pop().unwrap_or(Step::Done))
        }
        fn heard(&mut self, channel: Channel, bytes: &[u8]) -> Heard {
            self.heard.push((channel.0, bytes.to_vec()));
            if channel == ASKED {
                Heard::Answer
            } else {
                Heard::Other
            }
        }
        fn unanswered(&mut self) -> Result<(), DialogueError> {
            if !std::mem::take(&mut self.may_ask_again) {
                return Err(DialogueError::NoAnswer);
            }
            self.steps.push(ask());
            Ok(())
        }
    }

    async fn play(
        ignores: u32,
        may_ask_again: bool,
        required: bool,
    ) -> (Result<(), Failed>, Asker) {
        let (sender, mut ear) = unbounded_channel();
        let gatt = Echo {
            ignores: Mutex::new(ignores),
            ear: sender,
        };
        let read = |channel, is_required| Step::Read {
            channel: Channel(channel),
            is_required,
        };
        let mut asker = Asker {
            steps: vec![ask(), read(5, required), read(0, true)],
            heard: Vec::new(),
            may_ask_again,
        };
        let mut reads = Vec::new();
        let mut keep = |channel: Channel, bytes: &[u8]| reads.push((channel, bytes.to_vec()));
        let result = talk(&mut asker, &gatt, &mut ear, &mut keep).await;
        assert_eq!(reads, [(Channel(0), vec![42])]);
        (result, asker)
    }

    #[tokio::test]
    async fn what_is_read_and_what_is_answered_is_heard() {
        let (result, asker) = play(0, false, false).await;
        assert_eq!(result, Ok(()));
        assert_eq!(asker.heard, [(0, vec![42]), (2, vec![0]), (1, vec![7])]);
    }

    #[tokio::test]
    async fn a_question_may_be_asked_again_if_the_driver_says_so() {
        assert_eq!(play(1, true, false).await.0, Ok(()));
        let (result, _) = play(2, true, false).await;
        assert_eq!(result, Err(Failed::Sensor(DialogueError::NoAnswer)));
    }

    #[tokio::test]
    async fn only_what_is_required_must_be_readable() {
        let (result, _) = play(0, false, true).await;
        assert_eq!(
            result,
            Err(Failed::Link(Trouble::Missing("that".to_owned())))
        );
    }

    struct Forever;

    impl Dialogue for Forever {
        fn step(&mut self) -> Result<Step, DialogueError> {
            Ok(Step::Pause(Duration::ZERO))
        }
    }

    #[tokio::test]
    async fn a_dialogue_without_end_is_ended() {
        let (sender, mut ear) = unbounded_channel();
        let gatt = Echo {
            ignores: Mutex::new(0),
            ear: sender,
        };
        let result = talk(&mut Forever, &gatt, &mut ear, &mut |_, _| {}).await;
        assert!(matches!(
            result,
            Err(Failed::Sensor(DialogueError::Unfit { .. }))
        ));
    }
}
