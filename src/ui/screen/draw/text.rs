//! Lines of text.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Text};
use ratatui::widgets::{Paragraph, Widget, Wrap};

/// One line from the left, cut at the area's end.
pub(super) fn put(text: &str, area: Rect, style: Style, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    buffer.set_stringn(area.x, area.y, text, usize::from(area.width), style);
}

/// One line in the middle.
pub(super) fn put_centered(text: &str, area: Rect, style: Style, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    Line::styled(text, style)
        .alignment(Alignment::Center)
        .render(area, buffer);
}

/// Lines in the middle, wrapped at words; the rows that they took, as far as there was room.
pub(super) fn put_wrapped(lines: &[String], area: Rect, style: Style, buffer: &mut Buffer) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let text: Text = lines.iter().map(|line| Line::raw(line.as_str())).collect();
    Paragraph::new(text)
        .style(style)
        .alignment(Alignment::Center)
        .wrap(Wrap { trim: true })
        .render(area, buffer);
    let is_blank = |y: &u16| {
        (area.left()..area.right())
            .all(|x| buffer.cell((x, *y)).is_none_or(|cell| cell.symbol() == " "))
    };
    let last = (area.top()..area.bottom()).rev().find(|y| !is_blank(y));
    last.map_or(0, |last| last + 1 - area.y)
}

/// The columns of a text.
pub(super) fn width(text: &str) -> u16 {
    Line::raw(text).width().min(usize::from(u16::MAX)) as u16
}
