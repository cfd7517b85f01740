//! A recording played again: the same inputs, in their own time or as fast as they can be taken.

use std::fmt;
use std::io::BufRead;
use std::str::FromStr;
use std::sync::mpsc;
use std::thread::Scope;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::time::Instant;

use super::{Inputs, SourceError};
use crate::input::Input;
use crate::recording::{Entry, Reader, RecordingError};
use crate::units::SessionTime;

/// How fast a recording is played.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Speed {
    /// Without waiting.
    #[default]
    Max,
    /// So many times as fast as it was: positive and finite.
    Times(f64),
}

/// A speed that is neither a positive number nor `max`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no speed; give a positive number, such as 1 or 2.5, or `max`")]
pub struct BadSpeed(String);

impl FromStr for Speed {
    type Err = BadSpeed;

    fn from_str(text: &str) -> Result<Speed, BadSpeed> {
        if text.eq_ignore_ascii_case("max") {
            return Ok(Speed::Max);
        }
        match text.parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
            _ => Err(BadSpeed(text.to_owned())),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Speed::Max => f.write_str("max"),
            Speed::Times(times) => write!(f, "{times}"),
        }
    }
}

/// The inputs of a recording as fast as they can be taken. What was found damaged stays with the reader.
pub fn inputs<R: BufRead + Send>(reader: &mut Reader<R>) -> Inputs<'_> {
    Box::pin(stream::iter(reader.filter_map(input_of)))
}

/// Inputs that are handed over at a time, and how many times the reading may be ahead.
const BATCH: usize = 256;
const BATCHES_AHEAD: usize = 4;

/// The same inputs in the same order, read by a thread of their own: a second core reads while the first coaches.
///
/// Where the inputs are no longer wanted, the thread ends within a batch.
pub fn read_ahead<'scope, R: BufRead + Send>(
    scope: &'scope Scope<'scope, '_>,
    reader: &'scope mut Reader<R>,
) -> Inputs<'static> {
    let (sender, receiver) = mpsc::sync_channel(BATCHES_AHEAD);
    scope.spawn(move || {
        let mut inputs = reader.filter_map(input_of);
        loop {
            let batch: Vec<_> = inputs.by_ref().take(BATCH).collect();
            if batch.is_empty() || sender.send(batch).is_err() {
                break;
            }
        }
    });
    Box::pin(stream::iter(receiver.into_iter().flatten()))
}

fn input_of(entry: Result<Entry, RecordingError>) -> Option<Result<Input, SourceError>> {
    match entry {
        Ok(Entry::Input(input)) => Some(Ok(input)),
        Ok(Entry::Event(_)) => None,
        Err(error) => Some(Err(error.into())),
    }
}

/// Holds inputs back so that they come at a speed; times that run backwards wait for nothing.
pub fn paced(inputs: Inputs<'_>, speed: Speed) -> Inputs<'_> {
    let Speed::Times(times) = speed else {
        return inputs;
    };
    let mut pace = None;
    Box::pin(inputs.then(move |input| {
        let due = input.as_ref().ok().and_then(|input| {
            let pace = pace.get_or_insert_with(|| Pace::begin(input.at(), times));
            pace.due(input.at())
        });
        async move {
            if let Some(due) = due {
                tokio::time::sleep_until(due).await;
            }
            input
        }
    }))
}

/// The moments at which inputs are due, counted from the first one, so that delays do not add up.
struct Pace {
    began: Instant,
    first: SessionTime,
    times: f64,
}

impl Pace {
    fn begin(first: SessionTime, times: f64) -> Pace {
        Pace {
            began: Instant::now(),
            first,
            times,
        }
    }

    fn due(&self, at: SessionTime) -> Option<Instant> {
        let wait = at.seconds_since(self.first) / self.times;
        let wait = Duration::try_from_secs_f64(wait).ok()?;
        self.began.checked_add(wait)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::recording::{Header, Writer};
    use crate::units::HostTime;
    use futures_util::FutureExt;

    #[test]
    fn a_speed_is_a_positive_number_or_max() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("2.5".parse(), Ok(Speed::Times(2.5)));
        for bad in ["0", "-1", "NaN", "inf", "fast", ""] {
            assert_eq!(bad.parse::<Speed>(), Err(BadSpeed(bad.to_owned())));
        }
    }

    #[test]
    fn inputs_read_ahead_are_those_read_along_even_if_given_up() {
        let plan = serde_json::from_str(include_str!("../recording/test_plan.json")).unwrap();
        let header = Header::new(plan, jiff::Timestamp::UNIX_EPOCH);
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file, &header).unwrap();
        let along: Vec<Input> = (0..BATCH * (BATCHES_AHEAD + 3) + 1)
            .map(|tick| Input::Tick {
                at: HostTime::from_micros(tick as i64),
            })
            .collect();
        for input in &along {
            writer.input(input).unwrap();
        }
        let ahead = |most: usize| -> Vec<Input> {
            let mut reader = Reader::new(&file[..]).unwrap();
            std::thread::scope(|scope| {
                let inputs = read_ahead(scope, &mut reader)
                    .take(most)
                    .map(Result::unwrap);
                inputs.collect().now_or_never().unwrap()
            })
        };
        assert_eq!(ahead(usize::MAX), along);
        assert_eq!(ahead(10), along[..10]);
    }

    #[test]
    fn paced_inputs_come_in_their_own_time() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let ticks = [0.0, 1.0, 0.5, 2.0].map(|at| Input::Tick {
            at: HostTime::from_seconds(at),
        });
        let inputs = super::super::given(ticks.clone());
        let began = std::time::Instant::now();
        let came: Vec<Input> = runtime.block_on(async {
            paced(inputs, Speed::Times(20.0))
                .map(Result::unwrap)
                .collect()
                .await
        });
        assert_eq!(came, ticks);
        assert!(began.elapsed() >= Duration::from_millis(100));
    }
}
