//! The angle on its scale: the bands it is meant to reach, where it is, how well that is known.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::state::Tone;
use super::super::view::Gauge;
use super::{Theme, text};

/// Columns for the angle as a number.
const NUMBER: u16 = 13;

/// Draws it: the scale alone on one row, with its numbers and names on three or more.
pub(super) fn draw(gauge: &Gauge, theme: Theme, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 || area.width < 2 * NUMBER {
        return;
    }
    let is_tall = area.height >= 3;
    let first = if is_tall { area.y + 1 } else { area.y };
    let rows = if is_tall { area.height - 2 } else { 1 };
    let scale = Scale {
        left: area.x + NUMBER,
        width: area.width - NUMBER - 1,
        gauge,
    };
    let number = number_of(gauge);
    text::put(
        &number,
        Rect::new(area.x, first, NUMBER, 1),
        theme.strong(),
        buffer,
    );
    for y in first..first + rows {
        scale.track(y, theme, buffer);
    }
    if is_tall {
        scale.edges(area.y, theme, buffer);
        scale.names(first + rows, theme, buffer);
    }
}

fn number_of(gauge: &Gauge) -> String {
    match gauge.reading {
        None => " no angle".to_owned(),
        Some((value, error)) => {
            let doubt = if gauge.is_uncertain { "?" } else { "" };
            format!(" {:>4.0}° ±{:.0}{doubt}", value, error.ceil())
        }
    }
}

struct Scale<'a> {
    left: u16,
    width: u16,
    gauge: &'a Gauge,
}

impl Scale<'_> {
    /// The column of an angle, at the ends for what lies beyond.
    fn column(&self, degrees: f64) -> u16 {
        let last = f64::from(self.width.saturating_sub(1));
        let place = self.gauge.target.place(degrees) * last;
        self.left + place.round().clamp(0.0, last) as u16
    }

    fn bands(&self) -> impl Iterator<Item = ((f64, f64), &'static str)> {
        let target = &self.gauge.target;
        let far = target.far.map(|far| (far, "far end"));
        std::iter::once((target.start, "start pose")).chain(far)
    }

    fn track(&self, y: u16, theme: Theme, buffer: &mut Buffer) {
        let mut put = |x: u16, symbol: char, style: Style| {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.set_char(symbol).set_style(style);
            }
        };
        for x in self.left..self.left + self.width {
            put(x, '─', theme.soft());
        }
        for ((low, high), _) in self.bands() {
            let (low, high) = (self.column(low), self.column(high));
            for x in low..=high {
                put(x, '▒', theme.tone(Tone::Good));
            }
            put(low, '[', theme.tone(Tone::Good));
            put(high, ']', theme.tone(Tone::Good));
        }
        let Some((value, error)) = self.gauge.reading else {
            return;
        };
        let style = theme.tone(self.tone(value));
        for x in self.column(value - error)..=self.column(value + error) {
            put(x, '▓', style);
        }
        let (low, high) = self.gauge.target.scale;
        let pointer = match value {
            beyond if beyond < low => '◀',
            beyond if beyond > high => '▶',
            _ => '█',
        };
        put(self.column(value), pointer, style);
    }

    /// In a band is good, beyond both ends is too far, between them is on the way.
    fn tone(&self, value: f64) -> Tone {
        let target = &self.gauge.target;
        let is_in = |(low, high): (f64, f64)| (low..=high).contains(&value);
        let end = target.far.map_or(f64::INFINITY, |far| far.1);
        if value < target.start.0 || end < value {
            Tone::Fault
        } else if is_in(target.start) || target.far.is_some_and(is_in) {
            Tone::Good
        } else {
            Tone::Lead
        }
    }

    fn edges(&self, y: u16, theme: Theme, buffer: &mut Buffer) {
        let mut free = self.left;
        for ((low, high), _) in self.bands() {
            for degrees in [low, high] {
                let label = format!("{degrees:.0}°");
                let width = label.chars().count() as u16;
                let x = self
                    .column(degrees)
                    .saturating_sub(width / 2)
                    .max(self.left);
                let x = x.min(self.left + self.width.saturating_sub(width));
                // Where two would run together, the first one stands.
                if x >= free {
                    text::put(&label, Rect::new(x, y, width, 1), theme.soft(), buffer);
                    free = x + width + 1;
                }
            }
        }
    }

    fn names(&self, y: u16, theme: Theme, buffer: &mut Buffer) {
        let mut free = self.left;
        for ((low, high), name) in self.bands() {
            let middle = (self.column(low) + self.column(high)) / 2;
            let width = name.chars().count() as u16;
            let x = middle.saturating_sub(width / 2).max(free);
            if x + width <= self.left + self.width {
                text::put(name, Rect::new(x, y, width, 1), theme.soft(), buffer);
                free = x + width + 1;
            }
        }
    }
}
