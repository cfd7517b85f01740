//! Compressed content: a reference sample, then blocks of differences packed in as few bits as they take.
//!
//! ```text
//! reference │ w c ▒▒▒▒▒▒▒ │ w c ▒▒▒ │ …      w bits for each difference, c samples
//! ```
//!
//! Bits are taken lowest first, values one after another, channel by channel; each block ends on a whole byte. A block
//! that is cut means that the frame is damaged: it is dropped whole, as everything behind builds on it.

/// The most samples in a frame. A width of zero takes no bytes, so that the frame's length alone is no bound.
const MOST_SAMPLES: usize = 4096;

/// The widest difference, bits.
const WIDEST: u8 = 32;

/// Values of all samples one after another, `channels` each; the reference has `bytes` for each channel.
pub(super) fn expand(content: &[u8], channels: usize, bytes: usize) -> Result<Vec<i64>, String> {
    let (reference, mut blocks) = content.split_at_checked(channels * bytes).ok_or_else(|| {
        format!(
            "expected a reference of {} bytes, got {}",
            channels * bytes,
            content.len()
        )
    })?;
    let mut values: Vec<i64> = reference.chunks_exact(bytes).map(signed).collect();
    let mut current = values.clone();
    while !blocks.is_empty() {
        let [width, count, rest @ ..] = blocks else {
            return Err("a single byte is left after the last block".to_owned());
        };
        let count = usize::from(*count);
        if *width > WIDEST {
            return Err(format!("differences of {width} bits"));
        }
        if values.len() + count * channels > MOST_SAMPLES * channels {
            return Err(format!("more than {MOST_SAMPLES} samples"));
        }
        let needed = (usize::from(*width) * count * channels).div_ceil(8);
        let (packed, rest) = rest
            .split_at_checked(needed)
            .ok_or_else(|| format!("expected a block of {needed} bytes, got {}", rest.len()))?;
        for number in 0..count * channels {
            let value = &mut current[number % channels];
            *value += difference(packed, number * usize::from(*width), *width);
            values.push(*value);
        }
        blocks = rest;
    }
    Ok(values)
}

/// A little-endian number in two's complement, of up to eight bytes.
pub(super) fn signed(bytes: &[u8]) -> i64 {
    let shifted = (0..).step_by(8).zip(bytes);
    let number = shifted.fold(0, |number, (shift, byte)| {
        number | u64::from(*byte) << shift
    });
    extend(number, 8 * bytes.len() as u32)
}

fn difference(packed: &[u8], first_bit: usize, width: u8) -> i64 {
    // 32 bits that begin inside a byte reach into five.
    let window = packed.iter().skip(first_bit / 8).take(5);
    let shifted = (0..).step_by(8).zip(window);
    let number = shifted.fold(0, |number, (shift, byte)| {
        number | u64::from(*byte) << shift
    });
    extend(number >> (first_bit % 8), u32::from(width))
}

/// The lowest bits as a number in two's complement.
fn extend(number: u64, bits: u32) -> i64 {
    if bits == 0 {
        return 0;
    }
    let unused = 64 - bits.min(64);
    (number << unused).cast_signed() >> unused
}
