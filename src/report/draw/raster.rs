//! Page units to pixels, with smooth edges.
//!
//! plotters' own bitmap backend draws in whole pixels and moves letters onto them, which shows in small
//! text. This one keeps fractions: shapes are filled by the area that they cover of each pixel, letters
//! stand where they belong to a quarter of a pixel.

use std::collections::HashMap;
use std::convert::Infallible;
use std::rc::Rc;

use ab_glyph::GlyphId;
use ab_glyph_rasterizer::{Point, Rasterizer, point};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};

use super::font::{Fonts, Weight};
use super::pen::{ASCENT, SIZE_FACTOR};
use super::theme;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// A page of pixels.
pub(super) struct Raster {
    width: usize,
    height: usize,
    /// Pixels for each page unit.
    scale: f32,
    rgb: Vec<u8>,
    coverage: Rasterizer,
    fonts: Fonts,
    glyphs: HashMap<GlyphKey, Rc<GlyphMask>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct GlyphKey {
    weight: Weight,
    id: GlyphId,
    size: u32,
    quarter: u8,
}

/// The coverage of a letter, and where its corner lies from the pen.
struct GlyphMask {
    left: i32,
    top: i32,
    width: usize,
    coverage: Vec<u8>,
}

impl Raster {
    /// A white page.
    pub(super) fn new(width: u32, height: u32, fonts: Fonts) -> Raster {
        let (width, height) = (width as usize, height as usize);
        Raster {
            width,
            height,
            scale: width as f32 / theme::PAGE.0 as f32,
            rgb: vec![255; width * height * 3],
            coverage: Rasterizer::new(0, 0),
            fonts,
            glyphs: HashMap::new(),
        }
    }

    /// Width and height in pixels.
    pub(super) fn pixels(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    /// Red, green and blue of each pixel, row by row.
    pub(super) fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    fn at(&self, (x, y): BackendCoord) -> Point {
        let limit = |value: i32, most: usize| (value as f32 * self.scale).clamp(0.0, most as f32);
        point(limit(x, self.width), limit(y, self.height))
    }

    /// Fills the pixels of a rectangle, whole ones only: edges stay crisp.
    fn fill_pixels(&mut self, from: (i32, i32), to: (i32, i32), color: BackendColor) {
        let clip = |value: i32, most: usize| value.clamp(0, most as i32) as usize;
        let (left, right) = (clip(from.0, self.width), clip(to.0, self.width));
        let (top, bottom) = (clip(from.1, self.height), clip(to.1, self.height));
        if left >= right {
            return;
        }
        for y in top..bottom {
            let row = y * self.width;
            let pixels = &mut self.rgb[(row + left) * 3..(row + right) * 3];
            for pixel in pixels.chunks_exact_mut(3) {
                blend(pixel, color.rgb, color.alpha as f32);
            }
        }
    }

    /// Fills what lines enclose. Shapes that turn the same way add up, those that turn the other way cut out.
    fn fill_lines(&mut self, lines: &[(Point, Point)], color: BackendColor) {
        let ends = || lines.iter().flat_map(|(from, to)| [from, to]);
        let lowest = |of: fn(&Point) -> f32| ends().map(of).fold(f32::MAX, f32::min).floor();
        let highest = |of: fn(&Point) -> f32| ends().map(of).fold(0.0, f32::max).ceil();
        let (left, top) = (lowest(|p| p.x), lowest(|p| p.y));
        // One pixel beyond, where the coverage of the last one ends.
        let (width, height) = (highest(|p| p.x) - left + 1.0, highest(|p| p.y) - top);
        if !(width > 0.0 && height > 0.0) {
            return;
        }
        self.coverage.reset(width as usize, height as usize);
        for (from, to) in lines {
            self.coverage.draw_line(
                point(from.x - left, from.y - top),
                point(to.x - left, to.y - top),
            );
        }
        let (left, top, page_width) = (left as usize, top as usize, self.width);
        let rgb = &mut self.rgb;
        self.coverage.for_each_pixel_2d(|x, y, coverage| {
            let (x, y) = (x as usize + left, y as usize + top);
            if coverage > 0.004 && x < page_width {
                let at = (y * page_width + x) * 3;
                if let Some(pixel) = rgb.get_mut(at..at + 3) {
                    blend(pixel, color.rgb, coverage.min(1.0) * color.alpha as f32);
                }
            }
        });
    }

    fn stroke(&mut self, points: &[Point], width: u32, color: BackendColor) {
        let wanted = width as f32 * self.scale;
        // A line thinner than a pixel is drawn as wide as one, and paler.
        let (half, alpha) = (
            wanted.max(1.0) / 2.0,
            color.alpha * f64::from(wanted.min(1.0)),
        );
        let mut lines = Vec::with_capacity(points.len() * 4);
        for pair in points.windows(2) {
            push_segment(&mut lines, pair[0], pair[1], half);
        }
        let (width, height) = (self.width as f32, self.height as f32);
        for (from, to) in &mut lines {
            for end in [from, to] {
                end.x = end.x.clamp(0.0, width);
                end.y = end.y.clamp(0.0, height);
            }
        }
        self.fill_lines(
            &lines,
            BackendColor {
                alpha,
                rgb: color.rgb,
            },
        );
    }

    fn glyph(&mut self, key: GlyphKey, size: f32) -> Rc<GlyphMask> {
        let fonts = &self.fonts;
        let mask = self
            .glyphs
            .entry(key)
            .or_insert_with(|| Rc::new(mask(fonts, key, size)));
        Rc::clone(mask)
    }

    fn letters(
        &mut self,
        text: &str,
        weight: Weight,
        size: f32,
        (mut x, baseline): (f32, i32),
        color: BackendColor,
    ) {
        for c in text.chars() {
            let (id, advance) = self.fonts.glyph(weight, size, c);
            let left = x.floor();
            let quarter = ((x - left) * 4.0) as u8;
            let key = GlyphKey {
                weight,
                id,
                size: size.to_bits(),
                quarter,
            };
            let mask = self.glyph(key, size);
            self.stamp(
                &mask.coverage,
                mask.width,
                (left as i32 + mask.left, baseline + mask.top),
                color,
            );
            x += advance;
        }
    }

    fn stamp(
        &mut self,
        coverage: &[u8],
        width: usize,
        (left, top): (i32, i32),
        color: BackendColor,
    ) {
        if width == 0 {
            return;
        }
        for (row, line) in coverage.chunks_exact(width).enumerate() {
            let y = top + row as i32;
            for (column, covered) in line.iter().enumerate() {
                let x = left + column as i32;
                let inside =
                    x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
                if *covered > 0 && inside {
                    let at = (y as usize * self.width + x as usize) * 3;
                    blend(
                        &mut self.rgb[at..at + 3],
                        color.rgb,
                        f32::from(*covered) / 255.0 * color.alpha as f32,
                    );
                }
            }
        }
    }
}

impl DrawingBackend for Raster {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        theme::PAGE_UNITS
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        if from.0 == to.0 || from.1 == to.1 {
            let upright = from.0 == to.0;
            self.straight(from, to, upright, style);
            return Ok(());
        }
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        if !fill {
            return self.draw_path([from, (to.0, from.1), to, (from.0, to.1), from], style);
        }
        let (from, to) = (self.at(from), self.at(to));
        let (left, top) = (from.x.round() as i32, from.y.round() as i32);
        // Something thinner than a pixel still shows.
        let (right, bottom) = (
            (to.x.round() as i32).max(left + 1),
            (to.y.round() as i32).max(top + 1),
        );
        self.fill_pixels((left, top), (right, bottom), style.color());
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        let points: Vec<Point> = path.into_iter().map(|at| self.at(at)).collect();
        self.stroke(&points, style.stroke_width(), style.color());
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done {
        let around = self.circle(center, radius as f32);
        if fill {
            let lines: Vec<(Point, Point)> =
                around.windows(2).map(|pair| (pair[0], pair[1])).collect();
            self.fill_lines(&lines, style.color());
        } else {
            self.stroke(&around, style.stroke_width(), style.color());
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Done {
        let corners: Vec<Point> = corners.into_iter().map(|at| self.at(at)).collect();
        let next = corners.iter().cycle().skip(1);
        let lines: Vec<(Point, Point)> = corners.iter().copied().zip(next.copied()).collect();
        self.fill_lines(&lines, style.color());
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        let weight = match style.style() {
            FontStyle::Bold => Weight::Bold,
            _ => Weight::Regular,
        };
        let em = style.size() / SIZE_FACTOR;
        let baseline = (f64::from(at.1) + ASCENT * em) * f64::from(self.scale);
        let width = self.fonts.width(weight, em, text);
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => width / 2.0,
            HPos::Right => width,
        };
        let x = ((f64::from(at.0) - left) * f64::from(self.scale)) as f32;
        let size = em as f32 * self.scale;
        self.letters(
            text,
            weight,
            size,
            (x, baseline.round() as i32),
            style.color(),
        );
        Ok(())
    }
}

impl Raster {
    /// A level or upright line, on whole pixels.
    fn straight<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        upright: bool,
        style: &S,
    ) {
        let (from, to) = (self.at(from), self.at(to));
        let width = style.stroke_width() as f32 * self.scale;
        let thick = width.round().max(1.0);
        let color = style.color();
        let color = BackendColor {
            alpha: color.alpha * f64::from(width.clamp(0.35, 1.0)),
            rgb: color.rgb,
        };
        let (across, begin, end) = match upright {
            true => (from.x, from.y.min(to.y), from.y.max(to.y)),
            false => (from.y, from.x.min(to.x), from.x.max(to.x)),
        };
        let first = (across - thick / 2.0).round() as i32;
        let last = first + thick as i32;
        let (begin, end) = (
            begin.round() as i32,
            (end.round() as i32).max(begin.round() as i32 + 1),
        );
        match upright {
            true => self.fill_pixels((first, begin), (last, end), color),
            false => self.fill_pixels((begin, first), (end, last), color),
        }
    }

    /// Points around a circle, the first one again at the end.
    fn circle(&self, (x, y): BackendCoord, radius: f32) -> Vec<Point> {
        let corners = ((radius * self.scale).sqrt() * 8.0).clamp(12.0, 96.0) as usize;
        (0..=corners)
            .map(|corner| {
                let turn = (corner % corners) as f32 / corners as f32 * std::f32::consts::TAU;
                let (sine, cosine) = turn.sin_cos();
                point(
                    ((x as f32 + radius * cosine) * self.scale).clamp(0.0, self.width as f32),
                    ((y as f32 + radius * sine) * self.scale).clamp(0.0, self.height as f32),
                )
            })
            .collect()
    }
}

/// The four sides of a stroked line, always turning the same way; a little longer than the line, to close joints.
fn push_segment(lines: &mut Vec<(Point, Point)>, from: Point, to: Point, half: f32) {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy);
    if length < 1e-3 {
        return;
    }
    let (along_x, along_y) = (dx / length * half * 0.4, dy / length * half * 0.4);
    let (aside_x, aside_y) = (-dy / length * half, dx / length * half);
    let corner = |end: Point, way: f32, side: f32| {
        point(
            end.x + along_x * way + aside_x * side,
            end.y + along_y * way + aside_y * side,
        )
    };
    let corners = [
        corner(from, -1.0, 1.0),
        corner(to, 1.0, 1.0),
        corner(to, 1.0, -1.0),
        corner(from, -1.0, -1.0),
    ];
    for side in 0..4 {
        lines.push((corners[side], corners[(side + 1) % 4]));
    }
}

fn mask(fonts: &Fonts, key: GlyphKey, size: f32) -> GlyphMask {
    let outlined = fonts.outlined(key.weight, key.id, size, f32::from(key.quarter) / 4.0);
    let Some(outlined) = outlined else {
        return GlyphMask {
            left: 0,
            top: 0,
            width: 0,
            coverage: Vec::new(),
        };
    };
    let bounds = outlined.px_bounds();
    let (width, height) = (bounds.width() as usize, bounds.height() as usize);
    let mut coverage = vec![0; width * height];
    outlined.draw(|x, y, covered| {
        if let Some(place) = coverage.get_mut(y as usize * width + x as usize) {
            *place = (covered.clamp(0.0, 1.0) * 255.0).round() as u8;
        }
    });
    GlyphMask {
        left: bounds.min.x as i32,
        top: bounds.min.y as i32,
        width,
        coverage,
    }
}

fn blend(pixel: &mut [u8], (red, green, blue): (u8, u8, u8), alpha: f32) {
    for (part, new) in pixel.iter_mut().zip([red, green, blue]) {
        let old = f32::from(*part);
        *part = (old + (f32::from(new) - old) * alpha + 0.5) as u8;
    }
}
