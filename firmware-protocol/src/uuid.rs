//! One random 128-bit base, so that nobody else's sensor answers to it. The base is the service; a
//! characteristic counts up in the lower half of the first group, which is bytes 12 and 13 of the
//! little-endian form that firmware stacks ask for.
//!
//! Each address stands here as a number, for Bluetooth libraries, and as canonical text, for people
//! and for scan filters.

/// The service: `9f9ca2e0-d09c-4b91-b386-971cbd3301f9`.
pub const SERVICE: u128 = 0x9f9c_a2e0_d09c_4b91_b386_971c_bd33_01f9;
/// Info: read.
pub const INFO: u128 = characteristic(1);
/// Control: write and indicate.
pub const CONTROL: u128 = characteristic(2);
/// Data: notify.
pub const DATA: u128 = characteristic(3);
/// Status: read and notify.
pub const STATUS: u128 = characteristic(4);

/// [`SERVICE`] as text.
pub const SERVICE_TEXT: &str = "9f9ca2e0-d09c-4b91-b386-971cbd3301f9";
/// [`INFO`] as text.
pub const INFO_TEXT: &str = "9f9ca2e1-d09c-4b91-b386-971cbd3301f9";
/// [`CONTROL`] as text.
pub const CONTROL_TEXT: &str = "9f9ca2e2-d09c-4b91-b386-971cbd3301f9";
/// [`DATA`] as text.
pub const DATA_TEXT: &str = "9f9ca2e3-d09c-4b91-b386-971cbd3301f9";
/// [`STATUS`] as text.
pub const STATUS_TEXT: &str = "9f9ca2e4-d09c-4b91-b386-971cbd3301f9";

const fn characteristic(number: u128) -> u128 {
    SERVICE + (number << 96)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_are_the_same_address() {
        let pairs = [
            (SERVICE, SERVICE_TEXT),
            (INFO, INFO_TEXT),
            (CONTROL, CONTROL_TEXT),
            (DATA, DATA_TEXT),
            (STATUS, STATUS_TEXT),
        ];
        for (number, text) in pairs {
            assert_eq!(text.len(), 36);
            assert_eq!(
                u128::from_str_radix(&text.replace('-', ""), 16).unwrap(),
                number
            );
        }
    }

    #[test]
    fn the_base_is_a_random_uuid_of_version_4() {
        assert_eq!((SERVICE >> 76) & 0xf, 4);
        assert_eq!((SERVICE >> 62) & 0b11, 0b10);
    }
}
