//! What live sessions share: one clock for everything that comes in, ticks, and several sources as one.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::time::Instant;

use super::Inputs;
use crate::input::Input;
use crate::units::HostTime;

/// The host's clock of a session: zero at its beginning, never set, never going back.
#[derive(Clone, Copy, Debug)]
pub struct SessionClock {
    began: Instant,
    speed: f64,
}

impl SessionClock {
    /// Begins now.
    pub fn begin() -> SessionClock {
        SessionClock::at_speed(1.0)
    }

    /// Begins now and runs so many times as fast as the wall's: for simulated wearers.
    pub fn at_speed(speed: f64) -> SessionClock {
        SessionClock {
            began: Instant::now(),
            speed,
        }
    }

    /// Now.
    pub fn now(&self) -> HostTime {
        HostTime::from_seconds(self.began.elapsed().as_secs_f64() * self.speed)
    }
}

/// Says what time it is, again and again.
pub fn ticks(clock: SessionClock, every: Duration) -> Inputs<'static> {
    let every = every
        .div_f64(clock.speed.max(1e-6))
        .max(Duration::from_millis(1));
    let interval = tokio::time::interval(every);
    Box::pin(stream::unfold(interval, move |mut interval| async move {
        interval.tick().await;
        Some((Ok(Input::Tick { at: clock.now() }), interval))
    }))
}

/// Several sources as one. It ends when `main` does, whatever the others still have.
pub fn along<'a>(main: Inputs<'a>, others: Inputs<'a>) -> Inputs<'a> {
    let marked = main.map(Some).chain(stream::once(async { None }));
    let both = stream::select(marked, others.map(Some));
    Box::pin(
        both.take_while(|input| std::future::ready(input.is_some()))
            .filter_map(std::future::ready),
    )
}
