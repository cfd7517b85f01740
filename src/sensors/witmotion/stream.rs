//! Frames out of a stream of bytes: glued together, or cut in two by the radio's packets.
//!
//! A frame is `55 61` or `55 71` and 18 bytes more, without a check sum. It is believed if what follows it, where
//! something does, begins like a frame too; so `55 61` inside a payload, or the rest of a frame whose other half was
//! lost, is passed over one byte at a time until frames line up again.

/// Bytes of a frame.
pub(super) const LENGTH: usize = 20;

const MARK: u8 = 0x55;
const DATA: u8 = 0x61;
const REGISTERS: u8 = 0x71;

/// A whole frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Accelerations, angular rates and angles: nine counts.
    Data([i16; 9]),
    /// Registers that were asked for.
    Registers(Registers),
}

/// Eight registers in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Registers {
    first: u16,
    values: [i16; 8],
}

impl Registers {
    /// The value of a register, if it is among them.
    pub(super) fn get(&self, register: u8) -> Option<i16> {
        let place = u16::from(register).checked_sub(self.first)?;
        self.values.get(usize::from(place)).copied()
    }
}

/// The bytes that are not yet a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Framer {
    rest: Vec<u8>,
}

impl Framer {
    /// Takes what came; gives the frames that are complete, in order. Keeps less than one frame.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.rest.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(rest) = self.rest.get(at..).filter(|rest| !rest.is_empty()) {
            if !begins_like_a_frame(rest) {
                at += 1;
            } else if rest.len() < LENGTH {
                break;
            } else if begins_like_a_frame(&rest[LENGTH..]) {
                pieces.extend(piece(rest));
                at += LENGTH;
            } else {
                at += 1;
            }
        }
        self.rest.drain(..at);
        pieces
    }

    /// Forgets what is not yet a frame.
    pub(super) fn clear(&mut self) {
        self.rest.clear();
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.rest.len()
    }
}

/// Whether a frame begins here, as far as there are bytes to tell.
fn begins_like_a_frame(bytes: &[u8]) -> bool {
    match bytes {
        [] | [MARK] => true,
        [mark, kind, ..] => *mark == MARK && [DATA, REGISTERS].contains(kind),
        [_] => false,
    }
}

fn piece(bytes: &[u8]) -> Option<Piece> {
    let word = |number: usize| {
        let at = 2 + 2 * number;
        bytes
            .get(at..at + 2)
            .map_or(0, |pair| i16::from_le_bytes([pair[0], pair[1]]))
    };
    match bytes.get(1)? {
        &DATA => Some(Piece::Data(std::array::from_fn(word))),
        _ => Some(Piece::Registers(Registers {
            first: word(0).cast_unsigned(),
            values: std::array::from_fn(|number| word(number + 1)),
        })),
    }
}
