//! One cue at a time: color, shape and words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::state::{Recording, Tone};
use super::super::view::View;
use super::theme::shape;
use super::{Theme, letters, text};

/// Largest letters of a cue, in multiples of five dots.
const LARGEST: usize = 3;

/// Draws the cue; `is_alone` where there is no head to say what else must be said.
pub(super) fn draw(view: &View, theme: Theme, area: Rect, is_alone: bool, buffer: &mut Buffer) {
    let mut area = area;
    if is_alone {
        area = leave_marks(view, theme, area, buffer);
    }
    let Some((tone, words)) = &view.word else {
        return;
    };
    let shape = shape(*tone);
    let line = format!("{shape} {words}");
    if area.height > 2 && letters::draw(&line, LARGEST, area, theme.tone(*tone), buffer) {
        return;
    }
    let style = theme.alert(*tone);
    let rows = match text::width(&line) {
        fitting if fitting <= area.width => 1,
        _ => 2,
    };
    let rows = rows.min(area.height);
    let top = area.y + (area.height - rows) / 2;
    let middle = Rect::new(area.x, top, area.width, rows);
    buffer.set_style(middle, style);
    text::put_wrapped(&[line], middle, style, buffer);
}

/// Short marks at the right end, and what is left of the area.
fn leave_marks(view: &View, theme: Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let mut rest = area;
    let marks = [
        (view.is_synthetic, "SIM", Tone::Lead),
        (
            matches!(view.recording, Recording::Failed(_)),
            "✖REC",
            Tone::Stop,
        ),
    ];
    for (_, mark, tone) in marks.into_iter().filter(|(is_shown, ..)| *is_shown) {
        let width = text::width(mark).min(rest.width);
        let at = Rect::new(rest.right() - width, rest.y, width, rest.height);
        text::put(mark, at, theme.alert(tone), buffer);
        rest.width = (rest.width - width).saturating_sub(1);
    }
    rest
}
