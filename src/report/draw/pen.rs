//! What the charts draw with: areas, lines, shapes and measured text, on any of plotters' backends.

use std::convert::Infallible;
use std::error::Error;

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontStyle,
};

use super::ReportError;
use super::font::{Fonts, Weight};
use super::theme::{self, size, stroke};

/// What drawing gives.
pub(super) type Drawn = Result<(), ReportError>;

/// plotters' SVG backend divides sizes by this.
pub(super) const SIZE_FACTOR: f64 = 1.24;

/// plotters' SVG backend puts the baseline of a text anchored at its top this many ems lower.
pub(super) const ASCENT: f64 = 0.76;

/// A rectangle in page units; `bottom` is the larger number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    pub(super) fn width(self) -> i32 {
        self.right - self.left
    }

    pub(super) fn height(self) -> i32 {
        self.bottom - self.top
    }

    /// Two areas side by side, cut at `left + width`.
    pub(super) fn cut_left(self, width: i32) -> (Area, Area) {
        let at = self.left + width;
        (Area { right: at, ..self }, Area { left: at, ..self })
    }
}

/// A line's color and width.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub color: BackendColor,
    pub width: u32,
}

impl BackendStyle for Line {
    fn color(&self) -> BackendColor {
        self.color
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

/// Where a text stands against its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// A text's look.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    pub size: f64,
    pub weight: Weight,
    pub color: BackendColor,
    pub align: Align,
}

impl Letters {
    pub(super) fn new(size: f64, color: BackendColor) -> Letters {
        Letters {
            size,
            weight: Weight::Regular,
            color,
            align: Align::Left,
        }
    }

    pub(super) fn bold(self) -> Letters {
        Letters {
            weight: Weight::Bold,
            ..self
        }
    }

    pub(super) fn align(self, align: Align) -> Letters {
        Letters { align, ..self }
    }
}

/// The look of text as plotters asks for it.
struct Styled {
    letters: Letters,
    width: i32,
}

impl BackendTextStyle for Styled {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        self.letters.color
    }

    fn size(&self) -> f64 {
        self.letters.size * SIZE_FACTOR
    }

    fn style(&self) -> FontStyle {
        match self.letters.weight {
            Weight::Bold => FontStyle::Bold,
            Weight::Regular => FontStyle::Normal,
        }
    }

    fn anchor(&self) -> Pos {
        let across = match self.letters.align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        Pos::new(across, VPos::Top)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name("Inter, Helvetica, Arial, sans-serif")
    }

    fn layout_box(&self, _text: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        Ok(((0, 0), (self.width, self.letters.size as i32)))
    }

    /// Both backends here set text themselves and never ask for its pixels.
    fn draw<E, Put: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _text: &str,
        _at: BackendCoord,
        _put: Put,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}

/// Draws on one page.
pub(super) struct Pen<'a, B: DrawingBackend> {
    backend: &'a mut B,
    fonts: Fonts,
    /// What is counted are holds, and called so.
    of_holds: bool,
}

/// A backend's answer in this module's terms.
pub(super) fn drew<E: Error + Send + Sync>(result: Result<(), DrawingErrorKind<E>>) -> Drawn {
    result.map_err(|error| ReportError::Draw(error.to_string()))
}

impl<'a, B: DrawingBackend> Pen<'a, B> {
    pub(super) fn new(backend: &'a mut B, fonts: Fonts) -> Pen<'a, B> {
        Pen {
            backend,
            fonts,
            of_holds: false,
        }
    }

    /// Calls what is counted holds in place of repetitions.
    pub(super) fn of_holds(mut self, of_holds: bool) -> Pen<'a, B> {
        self.of_holds = of_holds;
        self
    }

    pub(super) fn fill(&mut self, area: Area, color: BackendColor) -> Drawn {
        if area.width() <= 0 || area.height() <= 0 {
            return Ok(());
        }
        drew(self.backend.draw_rect(
            (area.left, area.top),
            (area.right, area.bottom),
            &color,
            true,
        ))
    }

    pub(super) fn line(&mut self, from: BackendCoord, to: BackendCoord, line: Line) -> Drawn {
        drew(self.backend.draw_line(from, to, &line))
    }

    pub(super) fn level(&mut self, y: i32, left: i32, right: i32, line: Line) -> Drawn {
        self.line((left, y), (right, y), line)
    }

    /// A dashed level line.
    pub(super) fn dashed(&mut self, y: i32, left: i32, right: i32, line: Line) -> Drawn {
        const DASH: i32 = 130;
        const PERIOD: i32 = 210;
        let mut from = left;
        while from < right {
            self.level(y, from, (from + DASH).min(right), line)?;
            from += PERIOD;
        }
        Ok(())
    }

    pub(super) fn path(&mut self, points: &[BackendCoord], line: Line) -> Drawn {
        if points.len() < 2 {
            return Ok(());
        }
        drew(self.backend.draw_path(points.iter().copied(), &line))
    }

    pub(super) fn polygon(&mut self, corners: &[BackendCoord], color: BackendColor) -> Drawn {
        if corners.len() < 3 {
            return Ok(());
        }
        drew(self.backend.fill_polygon(corners.iter().copied(), &color))
    }

    pub(super) fn disc(&mut self, center: BackendCoord, radius: i32, color: BackendColor) -> Drawn {
        drew(
            self.backend
                .draw_circle(center, radius.max(1) as u32, &color, true),
        )
    }

    pub(super) fn ring(&mut self, center: BackendCoord, radius: i32, line: Line) -> Drawn {
        drew(
            self.backend
                .draw_circle(center, radius.max(1) as u32, &line, false),
        )
    }

    /// Slanted lines through an area, rising or falling to the right.
    pub(super) fn hatch(
        &mut self,
        area: Area,
        spacing: i32,
        rising: bool,
        color: BackendColor,
    ) -> Drawn {
        let (width, height) = (area.width(), area.height());
        if width <= 0 || height <= 0 {
            return Ok(());
        }
        let line = Line {
            color,
            width: stroke::THIN,
        };
        let mut offset = spacing / 2;
        while offset < width + height {
            // The line runs from the left or bottom edge to the top or right edge.
            let (from_x, from_y) = (offset.saturating_sub(height).max(0), offset.min(height));
            let (to_x, to_y) = (offset.min(width), (offset - width).max(0));
            let place = |x: i32, y: i32| {
                let x = if rising { x } else { width - x };
                (area.left + x, area.top + y)
            };
            if from_x < to_x {
                self.path(&[place(from_x, from_y), place(to_x, to_y)], line)?;
            }
            offset += spacing;
        }
        Ok(())
    }

    /// Writes one line on a baseline.
    pub(super) fn text(
        &mut self,
        text: &str,
        (x, baseline): BackendCoord,
        letters: Letters,
    ) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        let called = self.of_holds.then(|| {
            let text = text.replace("repetition", "hold");
            text.replace("Repetition", "Hold")
        });
        let text = called.as_deref().unwrap_or(text);
        let top = f64::from(baseline) - ASCENT * letters.size;
        let styled = Styled {
            letters,
            width: self.width(text, letters),
        };
        drew(
            self.backend
                .draw_text(text, &styled, (x, top.round() as i32)),
        )
    }

    /// Writes one line, shortened to fit.
    pub(super) fn fitted(
        &mut self,
        text: &str,
        at: BackendCoord,
        widest: i32,
        letters: Letters,
    ) -> Drawn {
        let text = self.fit(text, widest, letters);
        self.text(&text, at, letters)
    }

    /// How wide a line is.
    pub(super) fn width(&self, text: &str, letters: Letters) -> i32 {
        self.fonts.width(letters.weight, letters.size, text).ceil() as i32
    }

    /// The same look, smaller if the text would be too wide.
    pub(super) fn shrunk(&self, text: &str, widest: i32, letters: Letters) -> Letters {
        let share = f64::from(widest) / f64::from(self.width(text, letters).max(1));
        Letters {
            size: letters.size * share.clamp(0.1, 1.0),
            ..letters
        }
    }

    /// The text, or its beginning and an ellipsis.
    pub(super) fn fit(&self, text: &str, widest: i32, letters: Letters) -> String {
        if self.width(text, letters) <= widest {
            return text.to_owned();
        }
        let mut shorter: String = text.to_owned();
        while shorter.pop().is_some() {
            let candidate = format!("{}…", shorter.trim_end());
            if self.width(&candidate, letters) <= widest {
                return candidate;
            }
        }
        String::new()
    }

    /// The text in at most so many lines, the last one shortened if it has to be.
    pub(super) fn wrap(
        &self,
        text: &str,
        widest: i32,
        most: usize,
        letters: Letters,
    ) -> Vec<String> {
        let mut lines: Vec<String> = vec![String::new()];
        for word in text.split(' ') {
            let count = lines.len();
            let Some(line) = lines.last_mut() else { break };
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            let fits = self.width(&longer, letters) <= widest;
            if fits || line.is_empty() || count >= most {
                *line = longer;
            } else {
                lines.push(word.to_owned());
            }
        }
        lines
            .iter()
            .map(|line| self.fit(line, widest, letters))
            .collect()
    }

    /// Writes wrapped lines, the first on this baseline; gives the baseline after the last.
    pub(super) fn paragraph(
        &mut self,
        text: &str,
        (x, baseline): BackendCoord,
        (widest, most): (i32, usize),
        letters: Letters,
    ) -> Result<i32, ReportError> {
        let step = (letters.size * 1.38) as i32;
        let mut at = baseline;
        for line in self.wrap(text, widest, most, letters) {
            self.text(&line, (x, at), letters)?;
            at += step;
        }
        Ok(at)
    }

    /// A chart's name with what it shows beside it; gives the area below.
    pub(super) fn heading(
        &mut self,
        area: Area,
        name: &str,
        caption: &str,
    ) -> Result<Area, ReportError> {
        let baseline = area.top + size::HEADING as i32;
        let bold = Letters::new(size::HEADING, theme::INK).bold();
        let soft = Letters::new(size::SMALL, theme::SOFT);
        self.text(name, (area.left, baseline), bold)?;
        let left = area.left + self.width(name, bold) + 220;
        self.fitted(caption, (left, baseline), area.right - left, soft)?;
        Ok(Area {
            top: baseline + 200,
            ..area
        })
    }
}
