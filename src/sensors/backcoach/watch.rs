//! What changed from one Status to the next.
//!
//! Taps and presses are counters modulo 256, so that a lost notification loses none. The first Status only says where
//! they stand. A counter that goes back is an old Status that came late, and counts nothing; after a lost link it is a
//! sensor that was switched off and on, and counting begins from there.

use backcoach_protocol::status::Status;

use crate::sensors::SensorNote;

/// Follows the Status of one sensor.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    last: Option<Status>,
    relinked: bool,
}

impl Watch {
    /// The link was lost and is back.
    pub(super) fn reconnected(&mut self) {
        self.relinked = true;
    }

    /// What this Status says that the last one did not.
    pub(super) fn notes(&mut self, now: Status) -> Vec<SensorNote> {
        let relinked = std::mem::take(&mut self.relinked);
        let Some(before) = self.last else {
            self.last = Some(now);
            return states(None, &now);
        };
        let mut notes = Vec::new();
        match Presses::between(&before, &now) {
            Some(presses) => presses.tell(&mut notes),
            None if relinked => {}
            None => return notes,
        }
        notes.extend(states((!relinked).then_some(&before), &now));
        self.last = Some(now);
        notes
    }
}

/// How far the counters of what people do have come.
struct Presses {
    buttons: u8,
    taps: u8,
    double_taps: u8,
}

impl Presses {
    /// `None` if any counter went back.
    fn between(before: &Status, now: &Status) -> Option<Presses> {
        let forward = |from: u8, to: u8| {
            let step = to.wrapping_sub(from);
            (step.cast_signed() >= 0).then_some(step)
        };
        Some(Presses {
            buttons: forward(before.presses, now.presses)?,
            taps: forward(before.taps, now.taps)?,
            double_taps: forward(before.double_taps, now.double_taps)?,
        })
    }

    fn tell(&self, notes: &mut Vec<SensorNote>) {
        let mut times = |note: SensorNote, count: u8| {
            notes.extend(std::iter::repeat_n(note, usize::from(count)));
        };
        times(SensorNote::Button, self.buttons);
        times(SensorNote::Tap(1), self.taps);
        times(SensorNote::Tap(2), self.double_taps);
    }
}

/// The states that differ from those before, or all.
fn states(before: Option<&Status>, now: &Status) -> Vec<SensorNote> {
    let mut notes = Vec::new();
    if let Some(worn) = now.worn
        && before.is_none_or(|before| before.worn != now.worn)
    {
        notes.push(SensorNote::Worn(worn));
    }
    if before.is_none_or(|before| before.lost != now.lost) {
        notes.push(SensorNote::Overruns(now.lost));
    }
    if before.is_none_or(|before| before.clipped != now.clipped) {
        notes.push(SensorNote::Clips(now.clipped));
    }
    notes
}
