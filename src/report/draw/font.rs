//! The page's own font (Inter, SIL Open Font License, `fonts/OFL.txt`), so that it looks the same everywhere.

use ab_glyph::{Font, FontRef, GlyphId, OutlinedGlyph, PxScale, point};
use base64::Engine;

use super::ReportError;

static REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.otf");
static BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.otf");

/// How heavy the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Both weights.
#[derive(Clone)]
pub(super) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    pub(super) fn load() -> Result<Fonts, ReportError> {
        let read =
            |bytes: &'static [u8]| FontRef::try_from_slice(bytes).map_err(|_| ReportError::Font);
        Ok(Fonts {
            regular: read(REGULAR)?,
            bold: read(BOLD)?,
        })
    }

    fn of(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Width of a text whose letters are `size` high (the em), in the same unit.
    pub(super) fn width(&self, weight: Weight, size: f64, text: &str) -> f64 {
        let font = self.of(weight);
        let units = f64::from(font.units_per_em().unwrap_or(1000.0));
        let advances: f64 = text
            .chars()
            .map(|c| f64::from(font.h_advance_unscaled(font.glyph_id(c))))
            .sum();
        advances * size / units
    }

    /// The glyph of a character and how far it moves the pen, for letters `size` high.
    pub(super) fn glyph(&self, weight: Weight, size: f32, c: char) -> (GlyphId, f32) {
        let font = self.of(weight);
        let id = font.glyph_id(c);
        let units = font.units_per_em().unwrap_or(1000.0);
        (id, font.h_advance_unscaled(id) * size / units)
    }

    /// A glyph with its pen at `x` (a fraction of a pixel) on the baseline, the em `size` pixels high.
    pub(super) fn outlined(
        &self,
        weight: Weight,
        id: GlyphId,
        size: f32,
        x: f32,
    ) -> Option<OutlinedGlyph> {
        let font = self.of(weight);
        // The library counts sizes from the top of the tallest letter to the bottom of the lowest.
        let scale =
            PxScale::from(size * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0));
        font.outline_glyph(id.with_scale_and_position(scale, point(x, 0.0)))
    }
}

/// The fonts as a style sheet for SVG.
pub(super) fn style_sheet() -> String {
    let face = |weight: &str, bytes: &[u8]| {
        let data = base64::engine::general_purpose::STANDARD.encode(bytes);
        format!(
            "@font-face{{font-family:Inter;font-weight:{weight};src:url(data:font/otf;base64,{data})}}\n"
        )
    };
    format!(
        "<style>\n{}{}</style>\n",
        face("400", REGULAR),
        face("700", BOLD)
    )
}
