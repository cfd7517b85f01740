//! Type, length, value: one byte, one byte, and as many bytes as the length says.

use crate::{
    EmitError, ParseError,
    bytes::{at_least, put, put_u8, room, u8_at},
};

/// One piece of Info.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// What it is, one of [`kind`](super::kind) or something newer.
    pub kind: u8,
    /// Its value, not yet read.
    pub value: &'a [u8],
}

/// The pieces of Info in their order, known or not. Ends after the first that is cut.
#[derive(Clone, Debug)]
pub struct Tlvs<'a> {
    rest: &'a [u8],
}

impl<'a> Tlvs<'a> {
    /// The pieces in these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Tlvs<'a> {
        Tlvs { rest: bytes }
    }
}

impl<'a> Iterator for Tlvs<'a> {
    type Item = Result<Tlv<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = core::mem::take(&mut self.rest);
        if bytes.is_empty() {
            return None;
        }
        let end = 2 + usize::from(u8_at(bytes, 1));
        if let Err(error) = at_least("a piece of Info", bytes, end) {
            return Some(Err(error));
        }
        let (piece, rest) = bytes.split_at_checked(end)?;
        self.rest = rest;
        Some(Ok(Tlv {
            kind: u8_at(piece, 0),
            value: piece.get(2..)?,
        }))
    }
}

/// Writes pieces one behind the other.
pub(super) struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    pub(super) fn new(buffer: &'b mut [u8]) -> Writer<'b> {
        Writer { buffer, len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// A piece of at most 255 bytes; longer ones do not occur.
    pub(super) fn piece(&mut self, kind: u8, value: &[u8]) -> Result<(), EmitError> {
        let start = self.len + 2;
        self.head(kind, value.len())?;
        put(self.buffer, start..start + value.len(), value);
        Ok(())
    }

    /// A piece that is a list of `u16`.
    pub(super) fn list(
        &mut self,
        kind: u8,
        values: impl ExactSizeIterator<Item = u16>,
    ) -> Result<(), EmitError> {
        let mut at = self.len + 2;
        self.head(kind, 2 * values.len())?;
        for value in values {
            put(self.buffer, at..at + 2, &value.to_le_bytes());
            at += 2;
        }
        Ok(())
    }

    /// Makes room for a piece and writes its type and length.
    fn head(&mut self, kind: u8, value_len: usize) -> Result<(), EmitError> {
        let end = self.len + 2 + value_len;
        room(self.buffer, end)?;
        put_u8(self.buffer, self.len, kind);
        put_u8(self.buffer, self.len + 1, value_len as u8);
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn pieces_come_in_order_known_or_not() {
        let bytes = [0x01, 2, 1, 0, 0xee, 0, 0x03, 1, 3];
        let pieces: Vec<_> = Tlvs::new(&bytes).map(|tlv| tlv.unwrap()).collect();
        let piece = |kind, value| Tlv { kind, value };
        assert_eq!(
            pieces,
            [piece(1, &[1, 0]), piece(0xee, &[]), piece(3, &[3])]
        );
    }

    #[test]
    fn a_cut_piece_is_an_error_and_the_last() {
        let mut pieces = Tlvs::new(&[0x01, 2, 1]);
        let what = "a piece of Info";
        assert_eq!(
            pieces.next(),
            Some(Err(ParseError::TooShort {
                what,
                needed: 4,
                got: 3
            }))
        );
        assert_eq!(pieces.next(), None);
        assert_eq!(
            Tlvs::new(&[0x01]).next(),
            Some(Err(ParseError::TooShort {
                what,
                needed: 2,
                got: 1
            }))
        );
    }
}
