//! Sizes and colors of the page, each in one place.

use plotters_backend::BackendColor;

/// A4 in hundredths of a millimeter.
pub(super) const PAGE: (i32, i32) = (21_000, 29_700);

/// The same for backends.
pub(super) const PAGE_UNITS: (u32, u32) = (21_000, 29_700);

/// White space at the sides.
pub(super) const MARGIN: i32 = 1_500;

/// Letter sizes: one printer's point is 35.28 units.
pub(super) mod size {
    pub const TINY: f64 = 212.0;
    pub const SMALL: f64 = 240.0;
    pub const BODY: f64 = 282.0;
    pub const HEADING: f64 = 335.0;
    pub const TITLE: f64 = 780.0;
    pub const COUNT: f64 = 1_050.0;
}

/// Line widths.
pub(super) mod stroke {
    pub const HAIR: u32 = 10;
    pub const THIN: u32 = 16;
    pub const TRACE: u32 = 24;
    pub const STRONG: u32 = 44;
}

const fn solid(red: u8, green: u8, blue: u8) -> BackendColor {
    BackendColor {
        alpha: 1.0,
        rgb: (red, green, blue),
    }
}

/// The same color, thinner.
pub(super) const fn tint(color: BackendColor, alpha: f64) -> BackendColor {
    BackendColor {
        alpha,
        rgb: color.rgb,
    }
}

pub(super) const PAPER: BackendColor = solid(255, 255, 255);
pub(super) const INK: BackendColor = solid(27, 34, 44);
pub(super) const SOFT: BackendColor = solid(92, 102, 114);
pub(super) const FAINT: BackendColor = solid(176, 184, 192);
pub(super) const GRID: BackendColor = solid(229, 233, 236);

// Okabe and Ito's set.
pub(super) const GREEN: BackendColor = solid(0, 158, 115);
pub(super) const ORANGE: BackendColor = solid(230, 159, 0);
pub(super) const VERMILION: BackendColor = solid(213, 94, 0);
pub(super) const SKY: BackendColor = solid(86, 180, 233);
pub(super) const BLUE: BackendColor = solid(0, 114, 178);
pub(super) const PURPLE: BackendColor = solid(160, 85, 130);
pub(super) const GREY: BackendColor = solid(140, 148, 156);
