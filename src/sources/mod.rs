//! Where the inputs of a session come from. Each source makes [`Inputs`]; nothing after it knows which one it was.

use futures_util::stream::BoxStream;

use crate::input::Input;
use crate::recording::RecordingError;

// Sensors over Bluetooth.
pub mod ble;
// Tables of samples written by other programs.
pub mod csv;
// Any source of inputs, made worse.
pub mod faulty;
// What live sessions share: one clock, ticks, several sources at once.
pub mod live;
// Recordings, played again.
pub mod replay;
// A person who does not exist, wearing sensors.
pub mod synthetic;

/// Inputs in the order in which they reach the coach.
pub type Inputs<'a> = BoxStream<'a, Result<Input, SourceError>>;

/// Why a source can give no more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// A table.
    #[error(transparent)]
    Csv(#[from] csv::CsvError),
    /// Bluetooth.
    #[error(transparent)]
    Ble(#[from] ble::BleError),
}

/// Inputs that are all there already.
pub fn given<'a>(inputs: impl IntoIterator<Item = Input, IntoIter: Send + 'a>) -> Inputs<'a> {
    Box::pin(futures_util::stream::iter(inputs.into_iter().map(Ok)))
}
