//! Signals as bells: each has its own rhythm, and they never sound at once.
//!
//! A terminal has one bell of one pitch, so the rhythm is all there is. What is more pressing cuts short what is less;
//! signals of the same moment are weighed before the first stroke, so that a fault is not taken for a repetition.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use super::signal::{Links, Signal};
use crate::coach::Event;
use crate::session::Observer;

/// Signals that come this close together are of one moment. Short against the 20 ms in which a cue must be out.
const MOMENT: Duration = Duration::from_millis(8);

/// Silence between two rhythms, so that they are told apart.
const REST: Duration = Duration::from_millis(350);

/// What had to wait longer than this is no longer true.
const STALE: Duration = Duration::from_secs(2);

/// Signals that may wait for a thread that writes to a slow terminal.
const MOST_WAITING: usize = 16;

/// When the strokes of a signal come, milliseconds after the first.
fn rhythm(signal: Signal) -> &'static [u64] {
    match signal {
        Signal::Rep | Signal::Beat => &[0],
        Signal::LastRep => &[0, 180],
        Signal::Go => &[0, 100],
        Signal::RightAgain => &[0, 400],
        Signal::Nudge => &[0, 500],
        Signal::Fault => &[0, 150, 300],
        Signal::Pause => &[0, 120, 240, 360, 480, 600],
        Signal::Done => &[0, 180, 700, 880],
        Signal::LinkLost => &[0, 600, 1200, 1800],
        Signal::LinkBack => &[0, 600],
    }
}

/// Which bell sounds when. It is told the time and writes nothing.
#[derive(Debug, Default)]
pub struct Bells {
    /// What sounds, when it began, and how many of its strokes are done.
    playing: Option<(Signal, Instant, usize)>,
    /// What comes next, and when it was asked for.
    waiting: Option<(Signal, Instant)>,
    /// The stroke before.
    last: Option<Instant>,
}

impl Bells {
    /// Asks for a signal.
    pub fn ring(&mut self, signal: Signal, now: Instant) {
        let is_outdone =
            |other: Option<Signal>| other.is_some_and(|other| other.urgency() >= signal.urgency());
        let playing = self.playing.map(|(signal, ..)| signal);
        if is_outdone(self.waiting.map(|(signal, _)| signal)) {
            return;
        }
        // A count or a beat that comes late says something false.
        if is_outdone(playing) && signal.urgency() <= Signal::Rep.urgency() {
            return;
        }
        if playing.is_some_and(|playing| playing.urgency() < signal.urgency()) {
            self.playing = None;
        }
        self.waiting = Some((signal, now));
    }

    /// Whether a stroke is due; it counts as done then.
    pub fn strike(&mut self, now: Instant) -> bool {
        self.begin_waiting(now);
        let Some((signal, began, done)) = self.playing else {
            return false;
        };
        let strokes = rhythm(signal);
        let is_due = stroke_at(began, strokes, done).is_some_and(|at| at <= now);
        if is_due {
            self.last = Some(now);
            self.playing = (done + 1 < strokes.len()).then_some((signal, began, done + 1));
        }
        is_due
    }

    /// When to ask again, if anything is going on.
    pub fn next(&self) -> Option<Instant> {
        match self.playing {
            Some((signal, began, done)) => stroke_at(began, rhythm(signal), done),
            None => self.waiting.map(|(_, asked)| self.earliest(asked)),
        }
    }

    fn begin_waiting(&mut self, now: Instant) {
        let Some((signal, asked)) = self.waiting else {
            return;
        };
        if self.playing.is_some() || now < self.earliest(asked) {
            return;
        }
        self.waiting = None;
        if now.saturating_duration_since(asked) <= STALE {
            self.playing = Some((signal, now, 0));
        }
    }

    fn earliest(&self, asked: Instant) -> Instant {
        let moment = asked + MOMENT;
        self.last.map_or(moment, |last| moment.max(last + REST))
    }
}

fn stroke_at(began: Instant, strokes: &[u64], index: usize) -> Option<Instant> {
    let after = strokes.get(index)?;
    Some(began + Duration::from_millis(*after))
}

/// Bells beside plain lines: on stderr, where that is a terminal. A [`super::screen::Screen`] rings by itself.
#[derive(Debug)]
pub struct Ringer {
    signals: Option<SyncSender<Signal>>,
    links: Links,
}

impl Ringer {
    /// Rings unless `quiet`, and only where a terminal can.
    pub fn open(quiet: bool) -> Ringer {
        let is_heard = !quiet && io::stderr().is_terminal();
        Ringer {
            signals: is_heard
                .then(|| ring_in_thread(io::stderr()).ok())
                .flatten(),
            links: Links::default(),
        }
    }
}

impl Observer for Ringer {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let (Some(signals), Some(signal)) = (&self.signals, self.links.signal(event)) {
            // Full means that the terminal takes nothing: then nobody hears it either.
            let _ = signals.try_send(signal);
        }
        Ok(())
    }
}

/// A thread that rings what it is sent, until the sender is gone.
fn ring_in_thread(mut terminal: impl Write + Send + 'static) -> io::Result<SyncSender<Signal>> {
    let (sender, receiver) = mpsc::sync_channel(MOST_WAITING);
    std::thread::Builder::new()
        .name("bell".into())
        .spawn(move || {
            let mut bells = Bells::default();
            loop {
                let now = Instant::now();
                if bells.strike(now) && terminal.write_all(b"\x07").is_err() {
                    return;
                }
                let wait = bells
                    .next()
                    .map_or(STALE, |at| at.saturating_duration_since(Instant::now()));
                match receiver.recv_timeout(wait) {
                    Ok(signal) => bells.ring(signal, Instant::now()),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
    Ok(sender)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    /// When strokes sound, milliseconds, given what is asked for when.
    fn heard(asked: &[(u64, Signal)]) -> Vec<u64> {
        let began = Instant::now();
        let mut bells = Bells::default();
        let mut heard = Vec::new();
        for millis in 0..6000 {
            let now = began + Duration::from_millis(millis);
            for (at, signal) in asked {
                if *at == millis {
                    bells.ring(*signal, now);
                }
            }
            if bells.strike(now) {
                heard.push(millis);
            }
        }
        assert_eq!(bells.next(), None, "nothing is left over");
        heard
    }

    #[test]
    fn a_rep_is_one_stroke_at_once() {
        assert_eq!(heard(&[(10, Signal::Rep)]), [18]);
    }

    #[test]
    fn a_fault_is_not_drowned_by_the_rep_of_the_same_moment() {
        let fault = [8, 158, 308];
        assert_eq!(heard(&[(0, Signal::Rep), (0, Signal::Fault)]), fault);
        assert_eq!(heard(&[(0, Signal::Fault), (0, Signal::Rep)]), fault);
        assert_eq!(heard(&[(0, Signal::Fault), (200, Signal::Rep)]), fault);
    }

    #[test]
    fn what_is_more_pressing_cuts_short_what_is_less() {
        let heard = heard(&[(0, Signal::Fault), (100, Signal::LinkLost)]);
        assert_eq!(heard, [8, 358, 958, 1558, 2158]);
    }

    #[test]
    fn what_is_less_pressing_waits_its_turn() {
        let heard = heard(&[(0, Signal::Fault), (100, Signal::LastRep)]);
        assert_eq!(heard, [8, 158, 308, 658, 838]);
    }

    #[test]
    fn the_rhythms_of_what_must_not_be_mixed_up_differ() {
        let all = [
            Signal::Rep,
            Signal::LastRep,
            Signal::Fault,
            Signal::Pause,
            Signal::Done,
            Signal::LinkLost,
        ];
        for (index, one) in all.iter().enumerate() {
            for other in &all[..index] {
                assert_ne!(rhythm(*one), rhythm(*other));
            }
        }
    }

    #[test]
    fn the_thread_writes_what_is_due_and_ends_with_its_sender() {
        let (reader, writer) = std::io::pipe().unwrap();
        let signals = ring_in_thread(writer).unwrap();
        signals.send(Signal::Fault).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        drop(signals);
        let written = std::io::read_to_string(reader).unwrap();
        assert_eq!(written, "\x07\x07\x07");
    }
}
