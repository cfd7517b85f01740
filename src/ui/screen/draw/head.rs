//! The first row: exercise and set; whether it is a person; whether it is recorded.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::state::{Recording, Tone};
use super::super::view::View;
use super::{Theme, text};

/// Columns below which the exercise goes unnamed.
const SHORTEST_TITLE: u16 = 10;

/// Draws it. What must not be missed stands on the right and goes first.
pub(super) fn draw(view: &View, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let mut right = area;
    let mut push = |label: &str, style: Style| {
        let width = text::width(label).min(right.width);
        let at = Rect::new(right.right() - width, right.y, width, right.height);
        text::put(label, at, style, buffer);
        right.width = (right.width - width).saturating_sub(1);
    };
    match &view.recording {
        Recording::Failed(why) if why.is_empty() => {
            push(" ✖ NOT RECORDING ", theme.alert(Tone::Stop))
        }
        Recording::Failed(why) => push(
            &format!(" ✖ NOT RECORDING: {why} "),
            theme.alert(Tone::Stop),
        ),
        Recording::On => push("● recording ", theme.tone(Tone::Good)),
        Recording::Unknown => {}
    }
    if view.is_synthetic {
        push(" SIMULATED ", theme.alert(Tone::Lead));
    }
    if let Some(set) = &view.set {
        push(set, theme.strong());
    }
    // A few letters of a name tell nobody anything.
    if right.width >= SHORTEST_TITLE {
        text::put(&format!(" {}", view.title), right, theme.soft(), buffer);
    }
}
