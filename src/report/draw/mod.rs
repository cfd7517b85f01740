//! The page: one chart per file, drawn through plotters' backend interface.
//!
//! Everything is laid out in hundredths of a millimeter on an A4 page, so that one drawing code serves
//! every size: [`raster`] maps the units to pixels and smooths edges and letters, plotters' own backend
//! writes them as SVG.
//!
//! Colors are those of Okabe and Ito (2008), told apart by color-blind people; shapes, hatching and words
//! repeat what they say, for a page printed in grey.

mod asked;
mod axis;
mod counts;
mod coverage;
mod faults;
mod font;
mod footer;
mod header;
mod marks;
mod overlay;
mod pen;
mod png_file;
mod posture;
mod raster;
mod strips;
mod stroke;
mod summary;
mod theme;
mod trace;
mod trend;

use plotters::backend::SVGBackend;
use plotters_backend::DrawingBackend;

use super::data::Report;
use font::Fonts;
use pen::{Area, Drawn, Pen};
use raster::Raster;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A page too small to read or too large to hold.
    #[error("a page {width} pixels wide cannot be drawn; choose between {least} and {most}", least = PageSize::LEAST, most = PageSize::MOST)]
    Size {
        /// The width asked for.
        width: u32,
    },
    /// The built-in font is damaged.
    #[error("the built-in font cannot be read; the program file seems damaged, install it again")]
    Font,
    /// The drawing failed.
    #[error("the page could not be drawn: {0}")]
    Draw(String),
    /// The picture could not be packed.
    #[error("the picture could not be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// How large the A4 page becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    width: u32,
}

impl PageSize {
    const LEAST: u32 = 600;
    const MOST: u32 = 4000;

    /// A page so many pixels wide; the height follows. 1654 is 200 dots an inch on A4.
    ///
    /// # Errors
    /// Less than 600 cannot be read, more than 4000 takes more than 64 MB.
    pub fn from_width(width: u32) -> Result<PageSize, ReportError> {
        if (PageSize::LEAST..=PageSize::MOST).contains(&width) {
            Ok(PageSize { width })
        } else {
            Err(ReportError::Size { width })
        }
    }

    /// Width and height in pixels.
    pub fn pixels(self) -> (u32, u32) {
        let height = f64::from(self.width) * f64::from(theme::PAGE.1) / f64::from(theme::PAGE.0);
        (self.width, height.round() as u32)
    }
}

impl Default for PageSize {
    /// 200 dots an inch.
    fn default() -> PageSize {
        PageSize { width: 1654 }
    }
}

/// The page as a PNG, with text chunks that say what it shows.
///
/// # Errors
/// A damaged program file, or memory that ran out while packing.
pub fn render_png(report: &Report, size: PageSize) -> Result<Vec<u8>, ReportError> {
    let (width, height) = size.pixels();
    let mut raster = Raster::new(width, height, Fonts::load()?);
    let pen = Pen::new(&mut raster, Fonts::load()?);
    page(&mut pen.of_holds(report.is_of_holds()), report)?;
    png_file::encode(&raster, report)
}

/// The page as an SVG with its fonts inside.
///
/// # Errors
/// A damaged program file.
pub fn render_svg(report: &Report, size: PageSize) -> Result<String, ReportError> {
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, theme::PAGE_UNITS);
    let pen = Pen::new(&mut backend, Fonts::load()?);
    let mut pen = pen.of_holds(report.is_of_holds());
    pen.fill(theme::WHOLE_PAGE, theme::PAPER)?;
    page(&mut pen, report)?;
    pen::drew(backend.present())?;
    drop(backend);
    Ok(sized(&text, size))
}

/// Gives the drawing its size and its fonts; the units of the drawing stay as its view box.
fn sized(svg: &str, size: PageSize) -> String {
    let (width, height) = size.pixels();
    let (units_wide, units_high) = theme::PAGE_UNITS;
    let body = svg.split_once(">\n").map_or("", |(_, body)| body);
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {units_wide} {units_high}\" xmlns=\"http://www.w3.org/2000/svg\">\n{}{body}",
        font::style_sheet()
    )
}

/// Lays out the page.
fn page<B: DrawingBackend>(pen: &mut Pen<B>, report: &Report) -> Drawn {
    let (left, right) = (theme::MARGIN, theme::PAGE.0 - theme::MARGIN);
    let row = |top: i32, bottom: i32| Area {
        left,
        top,
        right,
        bottom,
    };
    header::draw(pen, row(1_250, 4_300), report)?;
    if let Some(day) = &report.posture {
        posture::numbers(pen, row(4_650, 6_950), day)?;
        summary::draw(pen, row(7_250, 9_200), report)?;
        posture::course(pen, row(9_500, 15_500), day)?;
        posture::histogram(pen, row(15_900, 21_300), day)?;
        posture::told(pen, row(21_700, 27_300), day)?;
        return footer::draw(pen, row(27_500, 28_800), report);
    }
    counts::draw(pen, row(4_650, 6_950), report)?;
    summary::draw(pen, row(7_250, 9_200), report)?;
    trace::draw(pen, row(9_500, 14_350), report)?;
    let middle = row(14_700, 18_750);
    overlay::draw(
        pen,
        Area {
            right: 10_150,
            ..middle
        },
        report,
    )?;
    trend::draw(
        pen,
        Area {
            left: 10_850,
            ..middle
        },
        report,
    )?;
    strips::draw(pen, row(19_100, 23_200), report)?;
    faults::draw(pen, row(23_550, 27_350), report)?;
    footer::draw(pen, row(27_500, 28_800), report)
}
