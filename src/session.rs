//! The loop: source, coach, observers.
//!
//! ```text
//! source ─► input ─► coach ─► events
//!             └────────┴──────► recorder, screen, report
//! ```
//!
//! It is used live, in replays and for reports alike, and it decides nothing: what it gives the coach is what the
//! source gave it, and every observer sees the same.

use std::io;

use futures_util::StreamExt;

use crate::coach::{Coach, Event};
use crate::input::Input;
use crate::recording::Recorder;
use crate::sources::{Inputs, SourceError};

/// A source that never has to wait would never let the stop signal through: now and then it has to.
const INPUTS_BETWEEN_BREATHS: u32 = 512;

/// Sees everything that goes in and comes out.
pub trait Observer {
    /// An input, before the coach has it.
    ///
    /// # Errors
    /// That nothing more can be shown: the session ends.
    fn input(&mut self, _input: &Input) -> io::Result<()> {
        Ok(())
    }

    /// An event, after the input it follows from.
    ///
    /// # Errors
    /// That nothing more can be shown: the session ends.
    fn event(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }
}

/// A recorder never ends a session: it stops and says so by itself.
impl Observer for Recorder {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        Recorder::input(self, input);
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        Recorder::event(self, event);
        Ok(())
    }
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The source had no more.
    Exhausted,
    /// It was told to stop.
    Stopped,
}

/// Why a session ended early.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The source failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// An observer cannot go on.
    #[error("the session's output failed: {0}")]
    Output(#[from] io::Error),
}

/// Runs a session until its source has no more, or `stop` comes.
///
/// What is open then is ended by [`Coach::finish`], also when the source failed.
///
/// # Errors
/// What the source or an observer failed with.
pub async fn run(
    mut inputs: Inputs<'_>,
    coach: &mut Coach,
    observers: &mut [&mut dyn Observer],
    stop: impl Future<Output = ()>,
) -> Result<Ended, SessionError> {
    tokio::pin!(stop);
    let mut since_breath = 0;
    let ended = loop {
        let next = tokio::select! {
            biased;
            () = &mut stop => break Ok(Ended::Stopped),
            next = inputs.next() => next,
        };
        match next {
            Some(Ok(input)) => take(&input, coach, observers)?,
            Some(Err(error)) => break Err(error.into()),
            None => break Ok(Ended::Exhausted),
        }
        since_breath += 1;
        if since_breath == INPUTS_BETWEEN_BREATHS {
            since_breath = 0;
            tokio::task::yield_now().await;
        }
    };
    tell(&coach.finish(), observers)?;
    ended
}

fn take(input: &Input, coach: &mut Coach, observers: &mut [&mut dyn Observer]) -> io::Result<()> {
    for observer in observers.iter_mut() {
        observer.input(input)?;
    }
    tell(&coach.handle(input), observers)
}

fn tell(events: &[Event], observers: &mut [&mut dyn Observer]) -> io::Result<()> {
    for event in events {
        for observer in observers.iter_mut() {
            observer.event(event)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::recording::{Damage, Reader};
    use crate::sources::given;
    use crate::units::HostTime;
    use futures_util::stream;

    #[derive(Default)]
    struct Counter {
        inputs: u32,
        fail_at: Option<u32>,
    }

    impl Observer for Counter {
        fn input(&mut self, _input: &Input) -> io::Result<()> {
            self.inputs += 1;
            if self.fail_at == Some(self.inputs) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            Ok(())
        }
    }

    fn coach() -> Coach {
        let plan = serde_json::from_str(include_str!("recording/test_plan.json")).unwrap();
        Coach::new(&plan).unwrap()
    }

    fn ticks(count: i64) -> Inputs<'static> {
        given((0..count).map(|tick| Input::Tick {
            at: HostTime::from_micros(tick),
        }))
    }

    fn run_to_end(
        inputs: Inputs<'_>,
        observer: &mut Counter,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, SessionError> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(inputs, &mut coach(), &mut [observer], stop))
    }

    #[test]
    fn every_input_is_seen_once() {
        let mut counter = Counter::default();
        let ended = run_to_end(ticks(2000), &mut counter, std::future::pending());
        assert_eq!((ended.unwrap(), counter.inputs), (Ended::Exhausted, 2000));
    }

    #[test]
    fn a_source_that_never_waits_can_be_stopped() {
        let mut counter = Counter::default();
        let endless = stream::repeat_with(|| Ok(Input::Tick { at: HostTime::ZERO }));
        let stop = tokio::time::Duration::from_millis(20);
        let ended = run_to_end(Box::pin(endless), &mut counter, async move {
            tokio::time::sleep(stop).await;
        });
        assert_eq!(ended.unwrap(), Ended::Stopped);
        assert!(counter.inputs > 0);
    }

    #[test]
    fn an_output_that_is_gone_ends_the_session() {
        let mut counter = Counter {
            fail_at: Some(3),
            ..Counter::default()
        };
        let ended = run_to_end(ticks(10), &mut counter, std::future::pending());
        assert!(matches!(ended, Err(SessionError::Output(_))));
        assert_eq!(counter.inputs, 3);
    }

    #[test]
    fn a_failing_source_says_why_after_what_came_before() {
        let problem = Reader::new(&b""[..])
            .map(|_| Damage::default())
            .unwrap_err();
        let inputs = ticks(2).chain(stream::iter([Err(problem.into())]));
        let mut counter = Counter::default();
        let ended = run_to_end(Box::pin(inputs), &mut counter, std::future::pending());
        assert!(matches!(ended, Err(SessionError::Source(_))));
        assert_eq!(counter.inputs, 2);
    }
}
