//! The last rows: how the sensors are, and which keys do what.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::state::{Link, LinkState, Tone};
use super::super::view::View;
use super::{Theme, text};
use crate::ui::keys::KEYS;

/// Charge below this is said loudly, percent: about what one session takes.
const LOW_PERCENT: u8 = 20;

/// Draws the links, and below them the keys or what is being said.
pub(super) fn draw(view: &View, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let mut rows = area.rows();
    if let Some(row) = rows.next() {
        links(&view.links, theme, row, buffer);
    }
    if let Some(row) = rows.next() {
        keys(view.talk.as_deref(), theme, row, buffer);
    }
}

fn links(links: &[Link], theme: Theme, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen { area, buffer };
    for link in links {
        let (label, style) = match link.state {
            LinkState::Awaited => (format!(" ○ {} waiting", link.place), theme.soft()),
            LinkState::Up => (format!(" ● {} link", link.place), theme.tone(Tone::Good)),
            LinkState::Lost => (
                format!(" ✖ {} LINK LOST ", link.place),
                theme.alert(Tone::Stop),
            ),
        };
        pen.put(&label, style);
        if let Some(dbm) = link.rssi_dbm {
            pen.put(&format!(" {dbm} dBm"), theme.soft());
        }
        match link.battery_percent {
            Some(percent) if percent < LOW_PERCENT => {
                pen.put(" ", Style::new());
                pen.put(
                    &format!("▁ battery LOW {percent} %"),
                    theme.alert(Tone::Fault),
                );
            }
            Some(percent) => pen.put(&format!(" battery {percent} %"), theme.soft()),
            None => {}
        }
        pen.put("  ", Style::new());
    }
}

fn keys(talk: Option<&str>, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen { area, buffer };
    let named = named(area.width);
    for (index, (key, what)) in KEYS.iter().enumerate() {
        if width(index, named) > pen.area.width {
            break;
        }
        pen.put(&format!(" {key} "), theme.strong());
        if index < named {
            pen.put(&format!("{what} "), theme.soft());
        }
        // Pain comes first and is never talked over.
        if index == 0
            && let Some(talk) = talk
        {
            pen.put(&format!(" ▶ {talk}"), theme.tone(Tone::Lead));
            break;
        }
    }
}

/// How many keys can be named for all of them to stand there; the first two always are.
fn named(room: u16) -> usize {
    let fits = |named: &usize| {
        (0..KEYS.len())
            .map(|index| width(index, *named))
            .sum::<u16>()
            <= room
    };
    (2..=KEYS.len()).rev().find(fits).unwrap_or(2)
}

fn width(index: usize, named: usize) -> u16 {
    let (key, what) = KEYS[index];
    let name = if index < named {
        text::width(what) + 1
    } else {
        0
    };
    text::width(key) + 2 + name
}

/// Writes one thing after the other.
struct Pen<'a> {
    area: Rect,
    buffer: &'a mut Buffer,
}

impl Pen<'_> {
    fn put(&mut self, label: &str, style: Style) {
        let width = text::width(label).min(self.area.width);
        text::put(label, self.area, style, self.buffer);
        self.area.x += width;
        self.area.width -= width;
    }
}
