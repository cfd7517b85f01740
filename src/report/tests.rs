//! Reports on sessions made by hand: the numbers as data, the pictures for being there.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

/// `REPORT_PICTURES=folder` keeps the pictures to look at.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("REPORT_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn every_session_has_a_picture() {
    for (name, script) in [
        ("clean", fixtures::clean()),
        ("faulty", fixtures::faulty()),
        ("bird_dog", fixtures::bird_dog()),
        ("empty", fixtures::empty()),
        ("long", fixtures::long()),
    ] {
        let report = fixtures::report(&script);
        keep(
            &format!("{name}.png"),
            &render_png(&report, PageSize::default()).unwrap(),
        );
        keep(
            &format!("{name}.svg"),
            render_svg(&report, PageSize::default()).unwrap().as_bytes(),
        );
    }
}
