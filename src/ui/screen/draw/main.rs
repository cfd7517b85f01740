//! What most of the picture is for: the count, the clock, or what to do now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::state::{RepMark, Tone};
use super::super::view::{Count, Main, Steps};
use super::theme::shape;
use super::{Theme, digits, letters, text};
use crate::coach::{CheckState, Verdict};

/// Columns beside the count for what goes with it, and where there is less room.
const ASIDE: u16 = 24;
const NARROW_ASIDE: u16 = 8;

/// Draws it.
pub(super) fn draw(main: &Main, theme: Theme, area: Rect, buffer: &mut Buffer) {
    match main {
        Main::Steps(what) => steps(what, theme, area, buffer),
        Main::Number { number, caption } => {
            let caption = [caption.clone()];
            big(
                &number.to_string(),
                &caption,
                theme.tone(Tone::Lead),
                area,
                buffer,
            );
        }
        Main::Count(what) => count(what, theme, area, buffer),
        Main::Sitting { minutes, lines } => {
            big(&minutes.to_string(), lines, theme.strong(), area, buffer);
        }
        Main::Clock {
            seconds,
            caption,
            lines,
        } => {
            let mut captions = vec![caption.clone()];
            captions.extend(lines.iter().cloned());
            big(
                &clock(*seconds),
                &captions,
                theme.tone(Tone::Lead),
                area,
                buffer,
            );
        }
    }
}

/// Seconds as a person reads them off a clock.
fn clock(seconds: u32) -> String {
    if seconds < 100 {
        seconds.to_string()
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// A number over its captions, which give way to it.
fn big(number: &str, captions: &[String], style: Style, area: Rect, buffer: &mut Buffer) {
    let below = match area.height {
        0..=4 => 0,
        5..=9 => 1,
        10..=19 => 3,
        _ => 5,
    };
    // Air between the number and what is above and below it.
    let air = u16::from(area.height >= 10);
    let rows = area.height.saturating_sub(below + 2 * air);
    let upper = Rect::new(area.x, area.y + air, area.width, rows);
    let lower = Rect::new(area.x, area.bottom() - below, area.width, below);
    number_or_text(number, upper, style, buffer);
    let is_large = below >= 3
        && captions
            .first()
            .is_some_and(|first| letters::draw(first, 1, lower, style, buffer));
    if !is_large {
        text::put_wrapped(captions, lower, style, buffer);
    }
}

fn number_or_text(number: &str, area: Rect, style: Style, buffer: &mut Buffer) {
    if !digits::draw(number, area, style, buffer) {
        let middle = Rect::new(
            area.x,
            area.y + area.height / 2,
            area.width,
            area.height.min(1),
        );
        text::put_centered(number, middle, style, buffer);
    }
}

fn count(count: &Count, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let air = u16::from(area.height >= 14);
    let number = count.reps.to_string();
    let inner = Rect::new(
        area.x,
        area.y + air,
        area.width,
        area.height.saturating_sub(2 * air),
    );
    let taken = digits::width_at(&number, inner.height);
    // Beside the count where it leaves room on its right when it stands in the middle; else it has all.
    let side = inner.width.saturating_sub(taken) / 2;
    let aside = match inner.width {
        _ if inner.height < 6 => 0,
        0..60 if side < NARROW_ASIDE => 0,
        0..60 => side,
        _ => side.max(ASIDE).min(inner.width / 3),
    };
    let middle = Rect {
        x: inner.x + if side >= aside { aside } else { 0 },
        width: inner.width - aside - if side >= aside { aside } else { 0 },
        ..inner
    };
    number_or_text(&number, middle, theme.strong(), buffer);
    let right = Rect::new(inner.right() - aside, inner.y, aside, inner.height);
    beside(count, theme, right, buffer);
}

fn beside(count: &Count, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let mut area = Rect {
        width: area.width.saturating_sub(1),
        ..area
    };
    if area.is_empty() {
        return;
    }
    if let Some(goal) = count.goal {
        let rows = area.height.min(if area.height >= 20 { 6 } else { 3 });
        let top = Rect {
            height: rows,
            ..area
        };
        let goal = format!("of {goal}");
        if !letters::draw(&goal, 2, top, theme.strong(), buffer) {
            text::put_centered(&goal, top, theme.strong(), buffer);
        }
        area = below(area, rows + 1);
    }
    let mut lines = Vec::new();
    if let Some([left, right]) = count.sides {
        lines.push(format!("left {left}  right {right}"));
    }
    if let Some(said) = count.said {
        lines.push(format!("{said} as you say"));
    }
    if count.is_estimated {
        lines.push("estimated".to_owned());
    }
    let rows = text::put_wrapped(&lines, area, theme.strong(), buffer);
    marks(
        &count.marks,
        theme,
        below(area, rows + u16::from(rows > 0)),
        buffer,
    );
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect::new(area.x, area.y + rows, area.width, area.height - rows)
}

/// How each repetition was, the latest last; the oldest give way. One that was taken back is a dash.
fn marks(marks: &[RepMark], theme: Theme, area: Rect, buffer: &mut Buffer) {
    let in_a_row = usize::from(area.width / 2).clamp(1, 10);
    let room = in_a_row * usize::from(area.height);
    let first = marks.len().saturating_sub(room).next_multiple_of(in_a_row);
    let indent = area.width.saturating_sub(in_a_row as u16 * 2) / 2;
    for (index, mark) in marks
        .iter()
        .skip(first.min(marks.len()))
        .take(room)
        .enumerate()
    {
        let (symbol, tone) = match mark.verdict {
            _ if mark.is_taken_back => ("–", None),
            Verdict::Good => ("✔", Some(Tone::Good)),
            Verdict::Warning => ("▲", Some(Tone::Fault)),
            Verdict::Partial => ("½", Some(Tone::Fault)),
            Verdict::Doubtful => ("?", None),
        };
        let style = tone.map_or(theme.soft(), |tone| theme.tone(tone));
        let x = area.x + indent + (index % in_a_row) as u16 * 2;
        let y = area.y + (index / in_a_row) as u16;
        text::put(symbol, Rect::new(x, y, 1, 1), style, buffer);
    }
}

/// What to do now: large, and below it what goes with it.
fn steps(steps: &Steps, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let style = theme.tone(steps.tone);
    let mut area = area;
    if let Some(progress) = &steps.progress
        && area.height >= 8
    {
        area = below(area, u16::from(area.height >= 12));
        text::put_centered(progress, Rect { height: 1, ..area }, theme.soft(), buffer);
        area = below(area, 1);
    }
    let rows = headline_rows(area.height);
    let headline = format!("{} {}", shape(steps.tone), steps.headline);
    let top = Rect {
        height: rows,
        ..area
    };
    if rows < 3 || !letters::draw(&headline, 4, top, style, buffer) {
        let taken = text::put_wrapped(&[headline], area, style, buffer);
        area = below(area, taken);
    } else {
        area = below(area, rows);
    }
    if let Some((first, rest)) = steps.lines.split_first() {
        area = below(
            area,
            first_line(first, rest.len() + steps.checks.len(), theme, area, buffer),
        );
        let taken = text::put_wrapped(rest, area, Style::new(), buffer);
        area = below(area, taken + u16::from(taken > 0));
    }
    checks(&steps.checks, theme, area, buffer);
}

fn headline_rows(height: u16) -> u16 {
    match height {
        0..=5 => height.min(1),
        6..=9 => 3,
        10..=29 => height / 2,
        _ => height / 3,
    }
}

/// The first line in large letters where the others keep their room; the rows that it took.
fn first_line(line: &str, others: usize, theme: Theme, area: Rect, buffer: &mut Buffer) -> u16 {
    let room = area.height.saturating_sub(others as u16 + 2);
    let largest = if area.height >= 24 { 2 } else { 1 };
    let top = Rect {
        height: room.min(if largest == 2 { 12 } else { 6 }),
        ..area
    };
    if room >= 3 && letters::draw(line, largest, top, theme.strong(), buffer) {
        return top.height + 1;
    }
    let taken = text::put_wrapped(&[line.to_owned()], area, theme.strong(), buffer);
    taken + u16::from(area.height > 8)
}

fn checks(checks: &[(CheckState, String)], theme: Theme, area: Rect, buffer: &mut Buffer) {
    for ((state, words), row) in checks.iter().zip(area.rows()) {
        let (symbol, style) = match state {
            CheckState::Met => ("✔", theme.tone(Tone::Good)),
            CheckState::Awaited => ("○", theme.tone(Tone::Lead)),
            CheckState::Poor => ("▲", theme.tone(Tone::Fault)),
            CheckState::Unknown => ("?", theme.soft()),
        };
        text::put_centered(&format!("{symbol} {words}"), row, style, buffer);
    }
}
