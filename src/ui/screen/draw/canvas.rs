//! A black and white picture in half cells: two dots high, one wide, which makes a dot a square.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Dots, to be put onto cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    dots: Vec<bool>,
}

impl Canvas {
    /// Blank, for so many cells.
    pub fn new(columns: u16, rows: u16) -> Canvas {
        let (width, height) = (usize::from(columns), usize::from(rows) * 2);
        Canvas {
            width,
            height,
            dots: vec![false; width * height],
        }
    }

    /// Fills a rectangle of dots; what lies outside is left out.
    pub fn fill(&mut self, left: usize, top: usize, width: usize, height: usize) {
        let right = (left + width).min(self.width);
        for row in top..(top + height).min(self.height) {
            for column in left..right {
                self.dots[row * self.width + column] = true;
            }
        }
    }

    fn is_set(&self, column: usize, row: usize) -> bool {
        row < self.height && self.dots[row * self.width + column]
    }

    /// Puts the dots onto an area's cells; blank ones leave what is there.
    pub fn paint(&self, area: Rect, style: Style, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        for y in 0..area.height.min((self.height / 2) as u16) {
            for x in 0..area.width.min(self.width as u16) {
                let (column, row) = (usize::from(x), usize::from(y) * 2);
                let symbol = match (self.is_set(column, row), self.is_set(column, row + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => continue,
                };
                if let Some(cell) = buffer.cell_mut((area.x + x, area.y + y)) {
                    cell.set_char(symbol).set_style(style);
                }
            }
        }
    }
}
