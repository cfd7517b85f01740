//! A notification of the data characteristic.
//!
//! | byte | field |
//! |---|---|
//! | 0 | measurement, low 6 bits |
//! | 1..9 | `u64`, ns: time of the **last** sample |
//! | 9 | frame type: bit 7 compressed, the rest the format |
//! | 10.. | content |
//!
//! | measurement | frame type | content |
//! |---|---|---|
//! | acceleration | 00, 01, 02 | 3 × `i8`, `i16`, `i24` each sample, in mg |
//! | acceleration | 80 | compressed, 16 bits; g = value × factor |
//! | acceleration | 81 | compressed, 16 bits, in mg; times the factor where one was given |
//! | angular rate | 80 | compressed, 16 bits; °/s = value × factor |
//! | angular rate | 81 | compressed, 32 bits: the bits of an `f32` in °/s |
//! | magnetic field | 80, 81 | compressed, 16 bits, 3 or 4 channels; not used here |

use super::control::Measurement;
use super::delta::{expand, signed};

mod field {
    use std::ops::Range;

    pub(super) const MEASUREMENT: usize = 0;
    pub(super) const STAMP: Range<usize> = 1..9;
    pub(super) const TYPE: usize = 9;
    pub(super) const CONTENT: usize = 10;
}

/// What the numbers of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Thousandths of the unit, times the factor where one was given: mg.
    Thousandths,
    /// The unit once multiplied by the factor: g, °/s, gauss.
    TimesFactor,
    /// The bits of an `f32` in the unit.
    FloatBits,
}

/// A frame, in numbers as they came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawFrame {
    pub(super) measurement: Measurement,
    /// Of the last sample, ns.
    pub(super) stamp: u64,
    pub(super) unit: Unit,
    channels: usize,
    values: Vec<i64>,
}

/// How the content of a frame is laid out.
struct Layout {
    unit: Unit,
    is_compressed: bool,
    channels: usize,
    /// For each value, or each value of the reference.
    bytes: usize,
}

impl RawFrame {
    /// Reads a frame; `None` if it is of a measurement that nobody here asked for. The error says what was expected.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<RawFrame>, String> {
        let (Some(stamp), Some(&kind), Some(content)) = (
            bytes.get(field::STAMP),
            bytes.get(field::TYPE),
            bytes.get(field::CONTENT..),
        ) else {
            return Err(format!(
                "data: expected at least {} bytes, got {}",
                field::CONTENT,
                bytes.len()
            ));
        };
        let measurement = Measurement::from_byte(bytes[field::MEASUREMENT]);
        let ours = [Measurement::ACC, Measurement::GYRO, Measurement::MAG];
        if !ours.contains(&measurement) {
            return Ok(None);
        }
        let layout = layout(measurement, kind).ok_or_else(|| {
            format!(
                "data of {}: unknown frame type {kind:02X}",
                measurement.name()
            )
        })?;
        let values = layout
            .values(content)
            .map_err(|problem| format!("data of {}: {problem}", measurement.name()))?;
        Ok(Some(RawFrame {
            measurement,
            stamp: signed(stamp).cast_unsigned(),
            unit: layout.unit,
            channels: layout.channels,
            values,
        }))
    }

    /// Samples, oldest first; each has at least x, y and z.
    pub(super) fn samples(&self) -> std::slice::ChunksExact<'_, i64> {
        self.values.chunks_exact(self.channels)
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.values.len() / self.channels
    }
}

fn layout(measurement: Measurement, kind: u8) -> Option<Layout> {
    let (unit, is_compressed, channels, bytes) = match (measurement, kind) {
        (Measurement::ACC, 0x00) => (Unit::Thousandths, false, 3, 1),
        (Measurement::ACC, 0x01) => (Unit::Thousandths, false, 3, 2),
        (Measurement::ACC, 0x02) => (Unit::Thousandths, false, 3, 3),
        (Measurement::ACC, 0x81) => (Unit::Thousandths, true, 3, 2),
        (Measurement::ACC | Measurement::GYRO | Measurement::MAG, 0x80) => {
            (Unit::TimesFactor, true, 3, 2)
        }
        (Measurement::GYRO, 0x81) => (Unit::FloatBits, true, 3, 4),
        (Measurement::MAG, 0x81) => (Unit::Thousandths, true, 4, 2),
        _ => return None,
    };
    Some(Layout {
        unit,
        is_compressed,
        channels,
        bytes,
    })
}

impl Layout {
    fn values(&self, content: &[u8]) -> Result<Vec<i64>, String> {
        if self.is_compressed {
            return expand(content, self.channels, self.bytes);
        }
        let sample = self.channels * self.bytes;
        if !content.len().is_multiple_of(sample) {
            return Err(format!(
                "expected whole samples of {sample} bytes, got {} bytes",
                content.len()
            ));
        }
        Ok(content.chunks_exact(self.bytes).map(signed).collect())
    }
}
