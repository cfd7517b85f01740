//! The sensor's side of a frame: header first, samples as they come, count at the end.

use super::{COMPACT, FULL, Header, Position, RawSample, Stream, field};
use crate::{
    EmitError,
    bytes::{put, put_u8, room},
};

/// Writes one frame into a buffer.
#[derive(Debug)]
pub struct FrameBuilder<'b> {
    buffer: &'b mut [u8],
    stream: Stream,
    position: Position,
    len: usize,
    count: u8,
}

impl<'b> FrameBuilder<'b> {
    /// Begins a frame. A buffer as long as the link's notification payload keeps the frame within it.
    ///
    /// # Errors
    ///
    /// If the buffer cannot take the header.
    pub fn new(buffer: &'b mut [u8], header: Header) -> Result<FrameBuilder<'b>, EmitError> {
        let Header {
            stream,
            flags,
            run,
            generation,
            position,
        } = header;
        let len = position.header_len();
        room(buffer, len)?;
        put_u8(buffer, field::FLAGS, flags.byte() | run << 4);
        put_u8(buffer, field::GENERATION, generation);
        let form = match position {
            Position::Full { index, timestamp } => {
                put(buffer, field::full::INDEX, &index.to_le_bytes());
                put(buffer, field::full::TIMESTAMP, &timestamp.to_le_bytes());
                put_u8(buffer, field::full::COUNT, 0);
                FULL
            }
            Position::Compact {
                index_low,
                timestamp_low,
            } => {
                let [a, b, c, _] = timestamp_low.to_le_bytes();
                put(buffer, field::compact::INDEX, &index_low.to_le_bytes());
                put(buffer, field::compact::TIMESTAMP, &[a, b, c]);
                COMPACT
            }
        };
        put_u8(buffer, field::TYPE, form << 4 | stream.code());
        Ok(FrameBuilder {
            buffer,
            stream,
            position,
            len,
            count: 0,
        })
    }

    /// How many more samples fit.
    #[must_use]
    pub fn room(&self) -> usize {
        let by_bytes = self.buffer.len().saturating_sub(self.len) / self.stream.sample_len();
        by_bytes.min(usize::from(u8::MAX - self.count))
    }

    /// Adds a sample behind those before.
    ///
    /// # Errors
    ///
    /// If the frame is full or the sample is not of the frame's stream; the frame is then unchanged.
    pub fn push(&mut self, sample: RawSample) -> Result<(), EmitError> {
        if sample.gyro.is_some() != (self.stream == Stream::AccelGyro) {
            return Err(EmitError::WrongStream);
        }
        let count = self.count.checked_add(1).ok_or(EmitError::FrameFull)?;
        let end = self.len + self.stream.sample_len();
        room(self.buffer, end)?;
        for value in sample
            .accel
            .into_iter()
            .chain(sample.gyro.into_iter().flatten())
        {
            put(self.buffer, self.len..self.len + 2, &value.to_le_bytes());
            self.len += 2;
        }
        self.count = count;
        Ok(())
    }

    /// Ends the frame and returns its length in bytes.
    ///
    /// A compact frame without a sample says nothing and is not a frame: its length is 0.
    #[must_use]
    pub fn finish(self) -> usize {
        match self.position {
            Position::Full { .. } => put_u8(self.buffer, field::full::COUNT, self.count),
            Position::Compact { .. } if self.count == 0 => return 0,
            Position::Compact { .. } => {}
        }
        self.len
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::data::Flags;

    fn header(stream: Stream, position: Position) -> Header {
        Header {
            stream,
            flags: Flags {
                clipped: true,
                ..Flags::default()
            },
            run: 0x1f,
            generation: 9,
            position,
        }
    }

    #[test]
    fn a_full_frame_is_these_bytes() {
        let mut buffer = [0xaa; 32];
        let position = Position::Full {
            index: 0x0403_0201,
            timestamp: 0x0807_0605,
        };
        let mut frame = FrameBuilder::new(&mut buffer, header(Stream::Accel, position)).unwrap();
        frame
            .push(RawSample {
                accel: [1, -1, 256],
                gyro: None,
            })
            .unwrap();
        assert_eq!(frame.finish(), 18);
        assert_eq!(
            buffer[..18],
            [
                1, 0xf1, 9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0xff, 0xff, 0, 1
            ]
        );
        assert_eq!(buffer[18..], [0xaa; 14]);
    }

    #[test]
    fn a_compact_frame_is_these_bytes() {
        let mut buffer = [0; 20];
        let position = Position::compact(0x0403_0201, 0x0807_0605);
        let mut frame = FrameBuilder::new(&mut buffer, header(Stream::Accel, position)).unwrap();
        assert_eq!(frame.room(), 2);
        frame
            .push(RawSample {
                accel: [1, 2, 3],
                gyro: None,
            })
            .unwrap();
        frame
            .push(RawSample {
                accel: [4, 5, 6],
                gyro: None,
            })
            .unwrap();
        assert_eq!(frame.room(), 0);
        let third = frame.push(RawSample::default());
        assert_eq!(
            third,
            Err(EmitError::BufferTooSmall {
                needed: 26,
                got: 20
            })
        );
        assert_eq!(frame.finish(), 20);
        assert_eq!(
            buffer,
            [
                0x11, 0xf1, 9, 1, 2, 5, 6, 7, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0
            ]
        );
    }

    #[test]
    fn a_sample_of_the_other_stream_is_refused() {
        let mut buffer = [0; 64];
        let position = Position::Full {
            index: 0,
            timestamp: 0,
        };
        let mut frame =
            FrameBuilder::new(&mut buffer, header(Stream::AccelGyro, position)).unwrap();
        assert_eq!(
            frame.push(RawSample::default()),
            Err(EmitError::WrongStream)
        );
    }

    #[test]
    fn the_two_hundred_and_fifty_sixth_sample_is_refused() {
        let mut buffer = [0; 2000];
        let position = Position::Full {
            index: 0,
            timestamp: 0,
        };
        let mut frame = FrameBuilder::new(&mut buffer, header(Stream::Accel, position)).unwrap();
        assert_eq!(frame.room(), 255);
        for _ in 0..255 {
            frame.push(RawSample::default()).unwrap();
        }
        assert_eq!(frame.push(RawSample::default()), Err(EmitError::FrameFull));
        assert_eq!(frame.finish(), 12 + 255 * 6);
        assert_eq!(buffer[3], 255);
    }

    #[test]
    fn a_buffer_shorter_than_the_header_is_refused() {
        let position = Position::Full {
            index: 0,
            timestamp: 0,
        };
        let error = FrameBuilder::new(&mut [0; 11], header(Stream::Accel, position)).unwrap_err();
        assert_eq!(
            error,
            EmitError::BufferTooSmall {
                needed: 12,
                got: 11
            }
        );
    }

    #[test]
    fn a_compact_frame_without_samples_is_no_frame() {
        let mut buffer = [0; 20];
        let frame =
            FrameBuilder::new(&mut buffer, header(Stream::Accel, Position::compact(0, 0))).unwrap();
        assert_eq!(frame.finish(), 0);
    }
}
