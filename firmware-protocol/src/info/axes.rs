//! A chip is soldered as the board wants it, so the sensor says how it sits in the housing.
//!
//! The housing's frame is right-handed and seen from its front face: +X to the right, +Y up along the
//! mark (the mark points to the wearer's head when worn as meant), +Z out of the face, off the skin.
//!
//! ```text
//!        mark
//!         ▲ +Y
//!     ┌───┼───┐
//!     │   │   │
//!     │   ⊙───┼──► +X        ⊙ +Z towards the reader
//!     │  face │
//!     └───────┘
//! ```
//!
//! | byte | field |
//! |---|---|
//! | 0 | where the chip's x axis points: 1, 2, 3 for the housing's +X, +Y, +Z; −1, −2, −3 (0xff, 0xfe, 0xfd) for the opposite |
//! | 1 | the same for the chip's y axis |
//! | 2 | the same for the chip's z axis |

use core::ops::Neg;

use crate::{
    ParseError,
    bytes::{array, at_least},
};

/// A direction along one of the housing's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignedAxis {
    /// +X, to the right.
    PlusX,
    /// +Y, along the mark.
    PlusY,
    /// +Z, out of the face.
    PlusZ,
    /// −X, to the left.
    MinusX,
    /// −Y, against the mark.
    MinusY,
    /// −Z, into the skin.
    MinusZ,
}

impl SignedAxis {
    const fn code(self) -> i8 {
        match self {
            SignedAxis::PlusX => 1,
            SignedAxis::PlusY => 2,
            SignedAxis::PlusZ => 3,
            SignedAxis::MinusX => -1,
            SignedAxis::MinusY => -2,
            SignedAxis::MinusZ => -3,
        }
    }

    const fn from_code(code: i8) -> Option<SignedAxis> {
        match code {
            1 => Some(SignedAxis::PlusX),
            2 => Some(SignedAxis::PlusY),
            3 => Some(SignedAxis::PlusZ),
            -1 => Some(SignedAxis::MinusX),
            -2 => Some(SignedAxis::MinusY),
            -3 => Some(SignedAxis::MinusZ),
            _ => None,
        }
    }

    const fn vector(self) -> [i8; 3] {
        match self {
            SignedAxis::PlusX => [1, 0, 0],
            SignedAxis::PlusY => [0, 1, 0],
            SignedAxis::PlusZ => [0, 0, 1],
            SignedAxis::MinusX => [-1, 0, 0],
            SignedAxis::MinusY => [0, -1, 0],
            SignedAxis::MinusZ => [0, 0, -1],
        }
    }
}

/// How the chip sits in its housing: always a turn, never a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Axes {
    axes: [SignedAxis; 3],
}

impl Default for Axes {
    /// The chip's axes are the housing's.
    fn default() -> Axes {
        Axes {
            axes: [SignedAxis::PlusX, SignedAxis::PlusY, SignedAxis::PlusZ],
        }
    }
}

impl Axes {
    /// Length on the wire.
    pub const LEN: usize = 3;

    /// Where the chip's x, y and z axes point, or `None` if that is no turn: an axis named twice, or
    /// left-handed.
    #[must_use]
    pub fn new(axes: [SignedAxis; 3]) -> Option<Axes> {
        let [x, y, z] = axes.map(SignedAxis::vector);
        let cross = [
            x[1] * y[2] - x[2] * y[1],
            x[2] * y[0] - x[0] * y[2],
            x[0] * y[1] - x[1] * y[0],
        ];
        (cross == z).then_some(Axes { axes })
    }

    /// Where the chip's x, y and z axes point.
    #[must_use]
    pub const fn directions(&self) -> [SignedAxis; 3] {
        self.axes
    }

    /// A vector along the chip's axes, seen along the housing's.
    ///
    /// Turn counts into a wider type first: −32768 has no opposite among the `i16`.
    #[must_use]
    pub fn housing_from_chip<T: Copy + Default + Neg<Output = T>>(&self, vector: [T; 3]) -> [T; 3] {
        let mut housing = [T::default(); 3];
        let [x, y, z] = &mut housing;
        for (axis, value) in self.axes.into_iter().zip(vector) {
            match axis {
                SignedAxis::PlusX => *x = value,
                SignedAxis::PlusY => *y = value,
                SignedAxis::PlusZ => *z = value,
                SignedAxis::MinusX => *x = -value,
                SignedAxis::MinusY => *y = -value,
                SignedAxis::MinusZ => *z = -value,
            }
        }
        housing
    }

    /// Reads the axes. Never panics, whatever the bytes; those behind [`Axes::LEN`] are not looked at.
    ///
    /// # Errors
    ///
    /// If bytes are missing, name no axis, or are no turn.
    pub fn parse(bytes: &[u8]) -> Result<Axes, ParseError> {
        at_least("axes", bytes, Axes::LEN)?;
        let [x, y, z] = array::<3>(bytes, 0..Axes::LEN);
        let axis = |byte: u8| SignedAxis::from_code(byte.cast_signed());
        let axes = match (axis(x), axis(y), axis(z)) {
            (Some(x), Some(y), Some(z)) => Axes::new([x, y, z]),
            _ => None,
        };
        axes.ok_or(ParseError::BadValue {
            what: "axes",
            got: u32::from_be_bytes([0, x, y, z]),
            expected: "three different ones of ±1, ±2, ±3 that are right-handed",
        })
    }

    /// Writes the axes.
    #[must_use]
    pub fn emit(&self) -> [u8; Axes::LEN] {
        self.axes.map(|axis| axis.code().cast_unsigned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn exactly_twenty_four_of_all_triples_are_turns() {
        let turns = (0..=0xff_ffff_u32)
            .map(|number| number.to_be_bytes())
            .filter(|[_, bytes @ ..]| Axes::parse(bytes).is_ok_and(|axes| axes.emit() == *bytes));
        assert_eq!(turns.count(), 24);
    }

    #[test]
    fn gravity_along_the_chip_is_seen_along_the_housing() {
        // The chip's x points down the housing, its y to the right, its z out.
        let axes = Axes::parse(&[0xfe, 0x01, 0x03]).unwrap();
        assert_eq!(axes.housing_from_chip([-10, 20, 30]), [20, 10, 30]);
        assert_eq!(
            Axes::default().housing_from_chip([1.0, 2.0, 3.0]),
            [1.0, 2.0, 3.0]
        );
    }

    #[test]
    fn a_mirror_is_refused() {
        let expected = "three different ones of ±1, ±2, ±3 that are right-handed";
        let error = Axes::parse(&[2, 1, 3]).unwrap_err();
        assert_eq!(
            error,
            ParseError::BadValue {
                what: "axes",
                got: 0x02_01_03,
                expected
            }
        );
    }
}
