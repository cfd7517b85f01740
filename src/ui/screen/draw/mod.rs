//! A view on the cells of a terminal, whatever its size.
//!
//! What goes first where room is short: the count, then the cue, then the angle, then everything else.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::view::{Main, View};

// Half cells.
mod canvas;
// What to correct, what to do.
mod cue;
// The count and the clock.
mod digits;
// Links and keys.
mod foot;
// The angle.
mod gauge;
// Exercise, set, recording.
mod head;
// Words in large letters.
mod letters;
// What most of the picture is for.
mod main;
// Lines of text.
mod text;
// Colors and shapes.
mod theme;

pub(super) use theme::Theme;

/// The parts of the picture; those that have no room are empty.
struct Parts {
    head: Rect,
    main: Rect,
    cue: Rect,
    gauge: Rect,
    foot: Rect,
}

impl Parts {
    fn of(view: &View, area: Rect) -> Parts {
        let has_cue = matches!(view.main, Main::Count(_)) || view.word.is_some();
        let gauge = view.gauge.is_some();
        // Rows of head, cue, gauge and foot.
        let (head, cue, gauge, foot) = match area.height {
            0..=7 => (0, 1, 0, 0),
            8..=11 => (1, 1, 0, 1),
            12..=15 => (1, 1, u16::from(gauge), 2),
            16..=22 => (1, 3, u16::from(gauge), 2),
            23..=31 => (1, 6, if gauge { 3 } else { 0 }, 2),
            32..=47 => (1, 8, if gauge { 4 } else { 0 }, 2),
            _ => (1, 11, if gauge { 5 } else { 0 }, 2),
        };
        // A small screen takes two rows for what is too long for one.
        let is_long =
            (view.word.as_ref()).is_some_and(|(_, words)| text::width(words) + 6 > area.width);
        let cue = if is_long && matches!(area.height, 6..=15) {
            2
        } else {
            cue
        };
        // The smallest screen has no other place to say that the wearer does not exist.
        let has_cue = has_cue || (area.height <= 7 && area.height > 1);
        let cue = if has_cue { cue } else { 0 };
        let mut top = area.y;
        let mut next = |rows: u16| {
            let rows = rows.min(area.bottom().saturating_sub(top));
            let part = Rect::new(area.x, top, area.width, rows);
            top += rows;
            part
        };
        let rest = area.height.saturating_sub(head + cue + gauge + foot);
        Parts {
            head: next(head),
            main: next(rest),
            cue: next(cue),
            gauge: next(gauge),
            foot: next(foot),
        }
    }
}

/// Draws a view.
pub(super) fn draw(view: &View, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    let parts = Parts::of(view, area);
    head::draw(view, theme, parts.head, buffer);
    main::draw(&view.main, theme, parts.main, buffer);
    cue::draw(view, theme, parts.cue, parts.head.is_empty(), buffer);
    if let Some(gauge) = &view.gauge {
        gauge::draw(gauge, theme, parts.gauge, buffer);
    }
    foot::draw(view, theme, parts.foot, buffer);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
