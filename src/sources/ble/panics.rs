//! The panic that means nothing.

use std::panic::PanicHookInfo;

/// Whether a panic is the one of bluez-async's clean-up: dropping a stream of messages while one arrives makes a
/// background task unwrap a refusal. Nothing is lost by it, so a panic hook lets it pass without a word.
///
/// **Invariant:** the program is never built with `panic = "abort"`, which would make an end of it.
pub fn is_harmless_panic(info: &PanicHookInfo<'_>) -> bool {
    info.location().is_some_and(|at| is_clean_up(at.file()))
}

fn is_clean_up(file: &str) -> bool {
    let file = file.replace('\\', "/");
    file.contains("/bluez-async-") && file.ends_with("/messagestream.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_clean_up_of_bluez_async_is_harmless() {
        let of = |file: &str| format!("/home/me/.cargo/registry/src/index/{file}");
        assert!(is_clean_up(&of("bluez-async-0.9.0/src/messagestream.rs")));
        assert!(!is_clean_up(&of("bluez-async-0.9.0/src/lib.rs")));
        assert!(!is_clean_up(&of("zbus-6.2.1/src/messagestream.rs")));
        assert!(!is_clean_up("src/sources/ble/radio.rs"));
    }
}
