//! The host's side of a dialogue, with a clock that nobody waits for.

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::{Dialogue, DialogueError, Heard, MOST_STEPS, Step, Write};

use super::{Peripheral, Sent};

/// What was said.
#[derive(Debug)]
pub struct Conversation {
    pub written: Vec<Write>,
    /// Everything that came, in order, with the time of the conversation, as a recording would hold it.
    pub packets: Vec<(Duration, Channel, Vec<u8>)>,
    pub took: Duration,
    pub end: Result<(), End>,
}

/// Why it ended early.
#[derive(Debug, PartialEq)]
pub enum End {
    Dialogue(DialogueError),
    /// A value that is needed could not be read.
    NotRead(Channel),
}

struct Host<'a> {
    peripheral: &'a mut dyn Peripheral,
    now: Duration,
    /// On its way.
    coming: Vec<(Duration, Sent)>,
    conversation: Conversation,
}

/// Talks until the dialogue is done. Panics if it never is.
pub fn converse(dialogue: &mut dyn Dialogue, peripheral: &mut dyn Peripheral) -> Conversation {
    let mut host = Host {
        peripheral,
        now: Duration::ZERO,
        coming: Vec::new(),
        conversation: Conversation {
            written: Vec::new(),
            packets: Vec::new(),
            took: Duration::ZERO,
            end: Ok(()),
        },
    };
    for _ in 0..MOST_STEPS {
        match host.step(dialogue) {
            Ok(true) => continue,
            // What is still on its way comes all the same.
            Ok(false) => {
                let coming = host.coming.drain(..);
                let late = coming.map(|(at, sent)| (at, sent.channel, sent.bytes));
                host.conversation.packets.extend(late);
            }
            Err(end) => host.conversation.end = Err(end),
        }
        host.conversation.took = host.now;
        return host.conversation;
    }
    panic!("no end after {MOST_STEPS} steps: {:?}", host.conversation);
}

impl Host<'_> {
    /// Takes a step; false if it was the last.
    fn step(&mut self, dialogue: &mut dyn Dialogue) -> Result<bool, End> {
        match dialogue.step().map_err(End::Dialogue)? {
            Step::Read {
                channel,
                is_required,
            } => match self.peripheral.read(channel) {
                Some(bytes) => {
                    dialogue.heard(channel, &bytes);
                    self.conversation.packets.push((self.now, channel, bytes));
                }
                None if is_required => return Err(End::NotRead(channel)),
                None => {}
            },
            Step::Send(write) => self.write(write),
            Step::Ask { write, within } => {
                self.write(write);
                if !self.listen(dialogue, within, true) {
                    dialogue.unanswered().map_err(End::Dialogue)?;
                }
            }
            Step::Pause(time) => {
                self.listen(dialogue, time, false);
            }
            Step::Done => return Ok(false),
        }
        Ok(true)
    }

    fn write(&mut self, write: Write) {
        let sent = self.peripheral.written(&write);
        let now = self.now;
        self.coming
            .extend(sent.into_iter().map(|sent| (now + sent.after, sent)));
        self.coming.sort_by_key(|(at, _)| *at);
        self.conversation.written.push(write);
    }

    /// Lets time pass; with a question, until it is answered.
    fn listen(&mut self, dialogue: &mut dyn Dialogue, time: Duration, asks: bool) -> bool {
        let until = self.now + time;
        while self.coming.first().is_some_and(|(at, _)| *at <= until) {
            let (at, sent) = self.coming.remove(0);
            self.now = self.now.max(at);
            let heard = dialogue.heard(sent.channel, &sent.bytes);
            self.conversation
                .packets
                .push((self.now, sent.channel, sent.bytes));
            if asks && heard == Heard::Answer {
                return true;
            }
        }
        self.now = until;
        false
    }
}
