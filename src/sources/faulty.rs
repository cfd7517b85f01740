//! Any source of inputs, made worse: what radios and hosts do to packets, by a seed.

use std::collections::VecDeque;

use super::synthetic::chance::{Chance, Purpose};
use crate::input::Input;

/// What is done to packets (and to readings without packets, where that makes sense), as
/// probabilities for each. The wearer's commands, ticks and connection changes are left alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Damage {
    /// One is lost.
    pub loss: f64,
    /// A burst of losses begins.
    pub burst: f64,
    /// How many are lost in a burst, on average.
    pub burst_length: f64,
    /// One arrives twice.
    pub duplicate: f64,
    /// One changes places with the next; the times of arrival stay in order.
    pub reorder: f64,
    /// Bits of one are flipped (packets only).
    pub flip: f64,
    /// The end of one is cut off (packets only).
    pub truncate: f64,
}

/// A source of inputs, made worse.
pub struct Faulty<I> {
    source: I,
    damage: Damage,
    chance: Chance,
    /// Packets still to be lost in the present burst.
    burst: usize,
    ready: VecDeque<Input>,
}

impl<I: Iterator<Item = Input>> Faulty<I> {
    /// Damages what comes from `source`; the same seed damages it in the same way.
    pub fn new(source: I, damage: Damage, seed: u64) -> Faulty<I> {
        Faulty {
            source,
            damage,
            chance: Chance::new(seed, Purpose::Damage),
            burst: 0,
            ready: VecDeque::new(),
        }
    }

    /// Whether one is lost, alone or in a burst.
    fn loses(&mut self) -> bool {
        if self.burst > 0 {
            self.burst -= 1;
            return true;
        }
        if self.chance.happens(self.damage.burst) {
            let length = self.chance.wait(self.damage.burst_length.max(1.0));
            self.burst = length.min(1e6) as usize;
            return true;
        }
        self.chance.happens(self.damage.loss)
    }

    fn spoil(&mut self, input: &mut Input) {
        let Input::Packet { bytes, .. } = input else {
            return;
        };
        if !bytes.is_empty() && self.chance.happens(self.damage.flip) {
            for _ in 0..=self.chance.below(3) {
                let at = self.chance.below(bytes.len());
                bytes[at] ^= 1 << self.chance.below(8);
            }
        }
        if self.chance.happens(self.damage.truncate) {
            bytes.truncate(self.chance.below(bytes.len()));
        }
    }

    /// What becomes of one input.
    fn pass(&mut self, mut input: Input) {
        if !is_data(&input) {
            self.ready.push_back(input);
            return;
        }
        if self.loses() {
            return;
        }
        self.spoil(&mut input);
        if self.chance.happens(self.damage.duplicate) {
            self.ready.push_back(input.clone());
        }
        self.ready.push_back(input);
        if self.chance.happens(self.damage.reorder) {
            self.swap_with_next();
        }
    }

    fn swap_with_next(&mut self) {
        let Some(mut later) = self.source.next() else {
            return;
        };
        match self.ready.pop_back() {
            Some(mut earlier) if is_data(&later) => {
                exchange_times(&mut earlier, &mut later);
                self.ready.extend([later, earlier]);
            }
            earlier => self.ready.extend(earlier.into_iter().chain([later])),
        }
    }
}

impl<I: Iterator<Item = Input>> Iterator for Faulty<I> {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        while self.ready.is_empty() {
            let input = self.source.next()?;
            self.pass(input);
        }
        self.ready.pop_front()
    }
}

fn is_data(input: &Input) -> bool {
    matches!(input, Input::Packet { .. } | Input::Sample { .. })
}

/// Arrival happens in order whatever arrives; a reading without a packet keeps its own time.
fn exchange_times(earlier: &mut Input, later: &mut Input) {
    if let (Input::Packet { at: a, .. }, Input::Packet { at: b, .. }) = (earlier, later) {
        std::mem::swap(a, b);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::input::{Channel, Command, SensorId};
    use crate::units::HostTime;

    fn packets(count: i64) -> Vec<Input> {
        (0..count)
            .map(|number| Input::Packet {
                sensor: SensorId(0),
                at: HostTime::from_micros(number),
                channel: Channel(1),
                bytes: number.to_le_bytes().to_vec(),
            })
            .collect()
    }

    fn damaged(damage: Damage) -> Vec<Input> {
        Faulty::new(packets(10_000).into_iter(), damage, 3).collect()
    }

    #[test]
    fn without_damage_everything_passes() {
        assert_eq!(damaged(Damage::default()), packets(10_000));
    }

    #[test]
    fn losses_come_as_often_as_asked_and_the_same_for_a_seed() {
        let damage = Damage {
            loss: 0.05,
            burst: 0.001,
            burst_length: 20.0,
            ..Damage::default()
        };
        let left = damaged(damage).len();
        assert!((9_100..9_500).contains(&left), "{left}");
        assert_eq!(damaged(damage), damaged(damage));
    }

    #[test]
    fn duplicates_and_reordering_keep_arrival_in_order_and_lose_nothing() {
        let damage = Damage {
            duplicate: 0.1,
            reorder: 0.1,
            ..Damage::default()
        };
        let passed = damaged(damage);
        assert!(passed.len() > 10_500);
        assert!(passed.windows(2).all(|pair| pair[0].at() <= pair[1].at()));
        let mut seen: Vec<&Vec<u8>> = passed.iter().filter_map(bytes_of).collect();
        assert!(!seen.is_sorted_by_key(|bytes| i64::from_le_bytes(bytes[..].try_into().unwrap())));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 10_000);
    }

    #[test]
    fn flips_and_cuts_change_packets() {
        let damage = Damage {
            flip: 0.2,
            truncate: 0.1,
            ..Damage::default()
        };
        let passed = damaged(damage);
        let changed = passed.iter().zip(packets(10_000)).filter(|(a, b)| *a != b);
        assert!((2_400..3_200).contains(&changed.count()));
    }

    #[test]
    fn commands_are_left_alone() {
        let command = Input::Command {
            at: HostTime::ZERO,
            command: Command::Pain,
        };
        let damage = Damage {
            loss: 1.0,
            ..Damage::default()
        };
        let passed: Vec<Input> =
            Faulty::new(vec![command.clone()].into_iter(), damage, 1).collect();
        assert_eq!(passed, [command]);
    }

    fn bytes_of(input: &Input) -> Option<&Vec<u8>> {
        match input {
            Input::Packet { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}
