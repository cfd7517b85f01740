//! Little-endian fields by byte position. Readers check the length of a packet once and then ask for
//! fields; a field outside the bytes reads as zero and is not written, so that nothing here can panic.

use core::ops::Range;

use crate::{EmitError, ParseError};

pub(crate) fn u8_at(bytes: &[u8], position: usize) -> u8 {
    bytes.get(position).copied().unwrap_or(0)
}

pub(crate) fn u16_at(bytes: &[u8], field: Range<usize>) -> u16 {
    u16::from_le_bytes(array(bytes, field))
}

/// Three bytes on the wire.
pub(crate) fn u24_at(bytes: &[u8], field: Range<usize>) -> u32 {
    let [a, b, c] = array(bytes, field);
    u32::from_le_bytes([a, b, c, 0])
}

pub(crate) fn u32_at(bytes: &[u8], field: Range<usize>) -> u32 {
    u32::from_le_bytes(array(bytes, field))
}

pub(crate) fn u64_at(bytes: &[u8], field: Range<usize>) -> u64 {
    u64::from_le_bytes(array(bytes, field))
}

pub(crate) fn array<const N: usize>(bytes: &[u8], field: Range<usize>) -> [u8; N] {
    bytes
        .get(field)
        .and_then(|found| found.try_into().ok())
        .unwrap_or([0; N])
}

pub(crate) fn put(buffer: &mut [u8], field: Range<usize>, value: &[u8]) {
    if let Some(slot) = buffer.get_mut(field)
        && slot.len() == value.len()
    {
        slot.copy_from_slice(value);
    }
}

pub(crate) fn put_u8(buffer: &mut [u8], position: usize, value: u8) {
    if let Some(slot) = buffer.get_mut(position) {
        *slot = value;
    }
}

/// Refuses a packet that ends before `needed` bytes.
pub(crate) fn at_least(what: &'static str, bytes: &[u8], needed: usize) -> Result<(), ParseError> {
    let got = bytes.len();
    if got < needed {
        Err(ParseError::TooShort { what, needed, got })
    } else {
        Ok(())
    }
}

/// Refuses a packet that is not exactly `expected` bytes.
pub(crate) fn exactly(what: &'static str, bytes: &[u8], expected: usize) -> Result<(), ParseError> {
    let got = bytes.len();
    if got == expected {
        Ok(())
    } else {
        Err(ParseError::WrongLength {
            what,
            expected,
            got,
        })
    }
}

/// Refuses a buffer that cannot take `needed` bytes.
pub(crate) fn room(buffer: &[u8], needed: usize) -> Result<(), EmitError> {
    let got = buffer.len();
    if got < needed {
        Err(EmitError::BufferTooSmall { needed, got })
    } else {
        Ok(())
    }
}
