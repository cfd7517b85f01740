//! Digits as large as the area allows.
//!
//! Each is laid out in bands, stroke, gap, stroke, gap, stroke, in both directions. The gaps stretch with the area and
//! the strokes keep their weight, so that a digit looks the same at every size.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;

/// Five bands by five bands, a bit for each, top to bottom, the left band highest.
const DIGITS: [[u8; 5]; 10] = [
    [0b11111, 0b10001, 0b10001, 0b10001, 0b11111],
    [0b11100, 0b00100, 0b00100, 0b00100, 0b11111],
    [0b11111, 0b00001, 0b11111, 0b10000, 0b11111],
    [0b11111, 0b00001, 0b11111, 0b00001, 0b11111],
    [0b10001, 0b10001, 0b11111, 0b00001, 0b00001],
    [0b11111, 0b10000, 0b11111, 0b00001, 0b11111],
    [0b11111, 0b10000, 0b11111, 0b10001, 0b11111],
    [0b11111, 0b00001, 0b00001, 0b00001, 0b00001],
    [0b11111, 0b10001, 0b11111, 0b10001, 0b11111],
    [0b11111, 0b10001, 0b11111, 0b00001, 0b11111],
];

/// A digit's width over its height in dots: about that of road signs.
const PROPORTION: f64 = 0.62;

/// Narrower than this, digits cannot be told apart; columns.
const NARROWEST: usize = 3;

/// Draws a number or a clock (`7`, `12`, `2:05`) in the middle of an area; `false` where there is no room for it.
pub(super) fn draw(text: &str, area: Rect, style: Style, buffer: &mut Buffer) -> bool {
    let Some(plan) = Plan::of(text, area) else {
        return false;
    };
    let mut canvas = Canvas::new(area.width, area.height);
    let mut left = (usize::from(area.width).saturating_sub(plan.total)) / 2;
    for letter in text.chars() {
        if let Some(digit) = letter.to_digit(10) {
            plan.digit(&mut canvas, left, DIGITS[digit as usize % 10]);
            left += plan.width + plan.space;
        } else {
            plan.colon(&mut canvas, left);
            left += plan.stroke + plan.space;
        }
    }
    canvas.paint(area, style, buffer);
    true
}

/// The columns that a number takes when drawn so many rows high.
pub(super) fn width_at(text: &str, rows: u16) -> u16 {
    let room = Rect::new(0, 0, u16::MAX, rows);
    Plan::of(text, room).map_or(0, |plan| plan.total as u16)
}

/// Sizes, in dots.
struct Plan {
    width: usize,
    height: usize,
    stroke: usize,
    space: usize,
    total: usize,
}

impl Plan {
    fn of(text: &str, area: Rect) -> Option<Plan> {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let colons = text.chars().count() - digits;
        let height = usize::from(area.height) * 2;
        let wanted = (height as f64 * PROPORTION).round() as usize;
        let total = |width: usize| {
            let (stroke, space) = (stroke_of(width), space_of(width));
            let signs = digits + colons;
            digits * width + colons * stroke + signs.saturating_sub(1) * space
        };
        let width = (NARROWEST..=wanted.max(NARROWEST))
            .rev()
            .find(|width| total(*width) <= usize::from(area.width))?;
        (digits > 0 && height >= 6).then(|| Plan {
            width,
            height,
            stroke: stroke_of(width),
            space: space_of(width),
            total: total(width),
        })
    }

    fn digit(&self, canvas: &mut Canvas, left: usize, rows: [u8; 5]) {
        let columns = bands(self.width, self.stroke);
        // Strokes that lie down look heavier than those that stand.
        let heights = bands(self.height, self.stroke.min(self.height / 5).max(1));
        let mut top = 0;
        for (bits, height) in rows.iter().zip(heights) {
            let mut x = left;
            for (index, width) in columns.iter().enumerate() {
                if bits >> (4 - index) & 1 == 1 {
                    canvas.fill(x, top, *width, height);
                }
                x += width;
            }
            top += height;
        }
    }

    fn colon(&self, canvas: &mut Canvas, left: usize) {
        for third in [1, 2] {
            let top = self.height * third / 3 - self.stroke / 2;
            canvas.fill(left, top, self.stroke, self.stroke);
        }
    }
}

fn stroke_of(width: usize) -> usize {
    (width / 4).max(1)
}

fn space_of(width: usize) -> usize {
    (width / 5).max(1)
}

/// Stroke, gap, stroke, gap, stroke; the gaps share what is left.
fn bands(length: usize, stroke: usize) -> [usize; 5] {
    let rest = length.saturating_sub(3 * stroke);
    [stroke, rest / 2, stroke, rest - rest / 2, stroke]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn drawn(text: &str, width: u16, height: u16) -> Option<Vec<String>> {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        draw(text, area, Style::new(), &mut buffer).then(|| {
            let row = |y| {
                (0..width)
                    .map(|x| buffer[(x, y)].symbol().to_owned())
                    .collect()
            };
            (0..height).map(row).collect()
        })
    }

    #[test]
    fn ten_digits_are_ten_pictures_at_every_size() {
        for (width, height) in [(3, 3), (5, 4), (7, 5), (15, 12), (40, 30)] {
            let all: Vec<_> = (0..10)
                .map(|digit| drawn(&digit.to_string(), width, height).unwrap())
                .collect();
            for (index, one) in all.iter().enumerate() {
                assert!(
                    !all[..index].contains(one),
                    "{index} at {width} by {height}"
                );
            }
        }
    }

    #[test]
    fn a_number_fills_the_height_it_is_given() {
        for rows in 3..60 {
            let lines = drawn("12", 200, rows).unwrap();
            let is_blank = |line: &String| line.trim().is_empty();
            assert!(!is_blank(lines.first().unwrap()) && !is_blank(lines.last().unwrap()));
        }
    }

    #[test]
    fn what_has_no_room_is_not_drawn() {
        assert_eq!(drawn("12", 5, 5), None);
        assert_eq!(drawn("12", 40, 2), None);
        assert_eq!(drawn("12", 0, 0), None);
        assert!(drawn("12", 7, 5).is_some());
        assert_eq!(width_at("8", 12), 15);
    }
}
