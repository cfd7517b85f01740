//! Which event is which signal. The same signal is a bell pattern, a buzz on the sensor and a word on the screen, so
//! that ear, skin and eye are told the same.

use std::collections::BTreeSet;

use crate::coach::{Call, CueKind, Event, Notice};
use crate::input::SensorId;
use crate::sensors::Pulse;

/// Something that the wearer is to notice without looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A repetition was counted.
    Rep,
    /// One is left.
    LastRep,
    /// Take it or leave it.
    Nudge,
    /// Change something.
    Fault,
    /// A fault is gone.
    RightAgain,
    /// Stop and think.
    Pause,
    /// Three, two, one; also the tempo.
    Beat,
    /// Begin.
    Go,
    /// A set, or all of them, is done.
    Done,
    /// The link was lost.
    LinkLost,
    /// The link is back.
    LinkBack,
}

impl Signal {
    /// The signal of an event, if it is one.
    pub fn of(event: &Event) -> Option<Signal> {
        Some(match event {
            Event::Rep(_) => Signal::Rep,
            Event::Cue(cue) => match cue.kind {
                CueKind::Nudge => Signal::Nudge,
                CueKind::Correct => Signal::Fault,
                CueKind::RightAgain => Signal::RightAgain,
                CueKind::Pause => Signal::Pause,
            },
            Event::Call { call, .. } => match call {
                Call::CountIn(_) | Call::Lift | Call::Hold | Call::Lower => Signal::Beat,
                Call::Go => Signal::Go,
                Call::LastRep => Signal::LastRep,
                Call::Halfway => Signal::LastRep,
                Call::HeldLongEnough => Signal::Done,
                Call::SetDone | Call::AllDone | Call::NextExercise => Signal::Done,
                Call::TakePose => Signal::Beat,
            },
            Event::Notice { notice, .. } => match notice {
                Notice::LinkLost => Signal::LinkLost,
                Notice::LinkBack => Signal::LinkBack,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// How pressing it is: where only one can be given, it is that of the highest.
    pub fn urgency(self) -> u8 {
        match self {
            Signal::Beat => 0,
            Signal::Rep => 1,
            Signal::LinkBack | Signal::Nudge => 2,
            Signal::RightAgain => 3,
            Signal::Go => 4,
            Signal::LastRep => 5,
            Signal::Done => 6,
            Signal::Fault => 7,
            Signal::LinkLost => 8,
            Signal::Pause => 9,
        }
    }

    /// The buzz on the sensor; what is heard often is not buzzed.
    pub fn pulse(self) -> Option<Pulse> {
        match self {
            Signal::Rep | Signal::Beat | Signal::Nudge => Some(Pulse::Short),
            Signal::LastRep => Some(Pulse::Double),
            Signal::Fault => Some(Pulse::Long),
            Signal::RightAgain | Signal::Go => Some(Pulse::Rising),
            Signal::Pause => Some(Pulse::Triple),
            Signal::Done => Some(Pulse::Falling),
            // Nothing reaches a sensor whose link is lost.
            Signal::LinkLost | Signal::LinkBack => None,
        }
    }
}

/// Tells a sensor's first link, which is no news, from one that is back.
#[derive(Clone, Debug, Default)]
pub struct Links {
    lost: BTreeSet<SensorId>,
}

impl Links {
    /// Whether a sensor is linked for the first time by this event. Each event is to be told once.
    pub fn is_first(&mut self, event: &Event) -> bool {
        let Event::Notice { sensor, notice, .. } = event else {
            return false;
        };
        match notice {
            Notice::LinkLost => {
                self.lost.insert(*sensor);
                false
            }
            Notice::LinkBack => !self.lost.contains(sensor),
            _ => false,
        }
    }

    /// The signal of an event, if it is one that is to be noticed. Each event is to be told once.
    pub fn signal(&mut self, event: &Event) -> Option<Signal> {
        let is_first = self.is_first(event);
        Signal::of(event).filter(|_| !is_first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SessionTime;

    #[test]
    fn the_first_link_is_no_signal_and_each_later_one_is() {
        let mut links = Links::default();
        let mut tell = |sensor, notice| {
            let (at, sensor) = (SessionTime::ZERO, SensorId(sensor));
            links.signal(&Event::Notice { at, sensor, notice })
        };
        assert_eq!(tell(0, Notice::LinkBack), None);
        assert_eq!(tell(0, Notice::LinkLost), Some(Signal::LinkLost));
        assert_eq!(tell(0, Notice::LinkBack), Some(Signal::LinkBack));
        assert_eq!(tell(1, Notice::LinkBack), None);
    }
}
