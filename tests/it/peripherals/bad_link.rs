//! A peripheral behind a link, or of a kind, that is not as it should be.

use std::time::Duration;

use backcoach::input::Channel;
use backcoach::sensors::Write;

use super::{Peripheral, Sent};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing is read and nothing is answered.
    Dead,
    /// Values are read, nothing is answered.
    Silent,
    /// Every second packet is lost.
    Drops,
    /// Every packet comes twice.
    Doubles,
    /// Every answer comes three seconds late.
    Late,
    /// The answer to a question comes after the next one.
    OneBehind,
    /// Before each answer comes one with a byte changed.
    Damages,
    /// Answers are cut in the middle: both halves come.
    Cuts,
    /// Answers are cut short.
    Shortens,
    /// Between answers comes noise.
    Babbles,
    /// After three writes it is switched off and on.
    Resets,
}

pub const FAULTS: [Fault; 11] = [
    Fault::Dead,
    Fault::Silent,
    Fault::Drops,
    Fault::Doubles,
    Fault::Late,
    Fault::OneBehind,
    Fault::Damages,
    Fault::Cuts,
    Fault::Shortens,
    Fault::Babbles,
    Fault::Resets,
];

pub struct Faulty {
    pub inner: Box<dyn Peripheral>,
    pub fault: Fault,
    pub channels: u8,
    writes: usize,
    packets: usize,
    held: Vec<Sent>,
}

impl Faulty {
    pub fn new(inner: Box<dyn Peripheral>, fault: Fault, channels: u8) -> Faulty {
        Faulty {
            inner,
            fault,
            channels,
            writes: 0,
            packets: 0,
            held: Vec::new(),
        }
    }

    fn through(&mut self, sent: Sent) -> Vec<Sent> {
        self.packets += 1;
        let with = |bytes: Vec<u8>| Sent {
            bytes,
            ..sent.clone()
        };
        match self.fault {
            Fault::Dead | Fault::Silent => Vec::new(),
            Fault::Drops if self.packets % 2 == 1 => Vec::new(),
            Fault::Doubles => vec![sent.clone(), sent],
            Fault::Late => vec![Sent {
                after: sent.after + Duration::from_secs(3),
                ..sent
            }],
            Fault::Damages => {
                let mut damaged = sent.bytes.clone();
                let at = self.packets * 7 % damaged.len().max(1);
                damaged
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|byte| *byte ^= 0x41);
                vec![with(damaged), sent]
            }
            Fault::Cuts => {
                let (first, second) = sent.bytes.split_at(sent.bytes.len() / 2);
                vec![with(first.to_vec()), with(second.to_vec())]
            }
            Fault::Shortens => vec![with(sent.bytes[..sent.bytes.len() / 2].to_vec())],
            Fault::Babbles => {
                let noise = |channel| Sent {
                    channel: Channel(channel),
                    bytes: (0..17)
                        .map(|at| (at * 89 + self.packets * 31) as u8)
                        .collect(),
                    ..sent.clone()
                };
                (0..=self.channels)
                    .map(noise)
                    .chain([sent.clone()])
                    .collect()
            }
            _ => vec![sent],
        }
    }
}

impl Peripheral for Faulty {
    fn read(&mut self, channel: Channel) -> Option<Vec<u8>> {
        (self.fault != Fault::Dead).then(|| self.inner.read(channel))?
    }

    fn written(&mut self, write: &Write) -> Vec<Sent> {
        self.writes += 1;
        if self.fault == Fault::Resets && self.writes == 3 {
            self.inner.reset();
            return Vec::new();
        }
        let sent = self.inner.written(write);
        if self.fault == Fault::OneBehind {
            return std::mem::replace(&mut self.held, sent);
        }
        sent.into_iter()
            .flat_map(|sent| self.through(sent))
            .collect()
    }

    fn readings(&mut self, count: usize) -> Vec<Sent> {
        let sent = self.inner.readings(count);
        // The radio's own check sum keeps damaged readings away.
        if self.fault == Fault::Damages {
            return sent;
        }
        sent.into_iter()
            .flat_map(|sent| self.through(sent))
            .collect()
    }

    fn reset(&mut self) {
        self.inner.reset();
    }
}
