//! Hours of a posture: how the time went, the way from upright to slump, and what was told.

use plotters_backend::{BackendColor, DrawingBackend};

use super::super::data::PostureReport;
use super::super::numbers::number;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::coach::{Day, PostureMode};
use crate::exercise::Quantity;

/// Width of the names at the left of the rows.
const NAMES: i32 = 2_500;

/// Width of the numbers at their right.
const SHARES: i32 = 2_600;

fn color(mode: PostureMode) -> BackendColor {
    match mode {
        PostureMode::Reclined => theme::GREY,
        PostureMode::Tall => theme::SKY,
        PostureMode::Easy => theme::BLUE,
        PostureMode::Slumped => theme::ORANGE,
        PostureMode::Leaning => theme::PURPLE,
        PostureMode::Standing | PostureMode::Walking => theme::GREEN,
        PostureMode::Unsorted => theme::FAINT,
    }
}

/// The day in a few large numbers.
pub(super) fn numbers<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    report: &PostureReport,
) -> Drawn {
    let Some(day) = &report.day else {
        let letters = Letters::new(size::BODY, theme::SOFT);
        return pen.text(
            "The set-up was not done.",
            (area.left, area.top + 1_000),
            letters,
        );
    };
    let rate = day
        .changes_per_hour
        .map_or("–".to_owned(), |rate| number(rate, 0));
    let nudges: u32 = day.nudges.values().sum();
    let tiles = [
        (minutes(day.seen_s), "minutes seen"),
        (day.breaks.to_string(), "breaks"),
        (number(day.longest_min, 0), "minutes at most without one"),
        (rate, "changes of position an hour"),
        (nudges.to_string(), "nudges"),
    ];
    let width = area.width() / tiles.len() as i32;
    for (at, (value, what)) in (0..).zip(&tiles) {
        let left = area.left + at * width;
        let large = Letters::new(size::COUNT, theme::INK).bold();
        pen.text(value, (left, area.top + 1_150), large)?;
        let small = Letters::new(size::SMALL, theme::SOFT);
        pen.paragraph(what, (left, area.top + 1_620), (width - 400, 2), small)?;
    }
    Ok(())
}

fn minutes(seconds: f64) -> String {
    number(seconds / 60.0, 0)
}

/// A row for each mode, over time, with its share; nudges above.
pub(super) fn course<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    report: &PostureReport,
) -> Drawn {
    let caption = "each minute in the row of what most of it was; triangles are nudges";
    let area = pen.heading(area, "How the time went", caption)?;
    let (Some(day), Some(first), Some(last)) =
        (&report.day, report.minutes.first(), report.minutes.last())
    else {
        return Ok(());
    };
    let rows: Vec<PostureMode> = PostureMode::ALL
        .into_iter()
        .filter(|mode| day.modes_s.contains_key(mode))
        .collect();
    let plot = Area {
        left: area.left + NAMES,
        right: area.right - SHARES,
        top: area.top + 450,
        bottom: area.bottom - 550,
    };
    let (from, to) = (first.at_s, last.at_s + 60.0);
    let x = |at_s: f64| {
        plot.left + (f64::from(plot.width()) * (at_s - from) / (to - from)).round() as i32
    };
    time_axis(pen, plot, from, to)?;
    let height = (plot.height() / rows.len().max(1) as i32).min(620);
    for (row, mode) in (0..).zip(&rows) {
        let top = plot.top + row * height;
        let line = Area {
            top: top + 90,
            bottom: top + height - 90,
            ..plot
        };
        pen.fill(line, theme::tint(theme::GRID, 0.6))?;
        for minute in report.minutes.iter().filter(|minute| minute.mode == *mode) {
            let block = Area {
                left: x(minute.at_s),
                right: x(minute.at_s + 60.0),
                ..line
            };
            pen.fill(block, color(*mode))?;
        }
        named(pen, day, *mode, (area, plot), line.bottom - 60)?;
    }
    for nudge in &report.nudges {
        let (at, top) = (x(nudge.at_s), plot.top - 60);
        let corners = [(at - 110, top - 190), (at + 110, top - 190), (at, top)];
        pen.polygon(&corners, theme::INK)?;
    }
    Ok(())
}

/// The name of a row and its share.
fn named<B: DrawingBackend>(
    pen: &mut Pen<B>,
    day: &Day,
    mode: PostureMode,
    (area, plot): (Area, Area),
    baseline: i32,
) -> Drawn {
    let seconds = day.modes_s.get(&mode).copied().unwrap_or(0.0);
    let share = 100.0 * seconds / day.seen_s.max(1.0);
    let ink = Letters::new(size::BODY, theme::INK);
    pen.text(mode.words(), (area.left, baseline), ink)?;
    let text = format!("{} min", minutes(seconds));
    let right = Letters::new(size::BODY, theme::SOFT).align(Align::Right);
    pen.text(&text, (area.right, baseline), right)?;
    let bold = ink.bold().align(Align::Right);
    let at = plot.right + 1_150;
    pen.text(&format!("{} %", number(share, 0)), (at, baseline), bold)
}

fn time_axis<B: DrawingBackend>(pen: &mut Pen<B>, plot: Area, from: f64, to: f64) -> Drawn {
    const STEPS: [f64; 8] = [60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0];
    const MOST: f64 = 9.0;
    let step = STEPS
        .into_iter()
        .find(|step| (to - from) / step <= MOST)
        .unwrap_or(28_800.0);
    let letters = Letters::new(size::TINY, theme::SOFT).align(Align::Center);
    let grid = Line {
        color: theme::GRID,
        width: stroke::THIN,
    };
    let mut at = (from / step).ceil() * step;
    while at <= to {
        let x = plot.left + (f64::from(plot.width()) * (at - from) / (to - from)) as i32;
        pen.line((x, plot.top), (x, plot.bottom), grid)?;
        let minutes = (at / 60.0).round() as i64;
        let label = format!("{}:{:02}", minutes / 60, minutes % 60);
        pen.text(&label, (x, plot.bottom + 300), letters)?;
        at += step;
    }
    let right = Letters::new(size::TINY, theme::SOFT).align(Align::Right);
    pen.text(
        "hours:minutes",
        (plot.right + SHARES, plot.bottom + 300),
        right,
    )
}

/// How long at which step of the way from upright to slump.
pub(super) fn histogram<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    report: &PostureReport,
) -> Drawn {
    let caption = "minutes at each tenth of the way from your own upright (0) to your own slump (100), while seated";
    let area = pen.heading(area, "Between tall and slump", caption)?;
    let Some(day) = report.day.as_ref().filter(|day| has_way(day)) else {
        let letters = Letters::new(size::BODY, theme::SOFT);
        let text = "Not known: tall and slump were not held in the set-up.";
        return pen.text(text, (area.left, area.top + 700), letters);
    };
    let plot = Area {
        left: area.left + 900,
        top: area.top + 500,
        bottom: area.bottom - 750,
        ..area
    };
    let most = day.slouch_s.iter().copied().fold(60.0, f64::max);
    let width = plot.width() / Day::STEPS as i32;
    let limit = report
        .limits
        .iter()
        .find(|limit| limit.quantity == Quantity::SlouchPct);
    let x = |pct: f64| plot.left + ((pct + 50.0) / 10.0 * f64::from(width)) as i32;
    let hair = Line {
        color: theme::FAINT,
        width: stroke::HAIR,
    };
    pen.level(plot.bottom, plot.left, plot.right, hair)?;
    let tiny = Letters::new(size::TINY, theme::SOFT);
    let right = tiny.align(Align::Right);
    for share in [0.5, 1.0] {
        let y = plot.bottom - (share * f64::from(plot.height())) as i32;
        pen.level(
            y,
            plot.left,
            plot.right,
            Line {
                color: theme::GRID,
                ..hair
            },
        )?;
        let label = number(share * most / 60.0, 1);
        pen.text(&label, (plot.left - 150, y + 80), right)?;
    }
    for (step, seconds) in day.slouch_s.iter().enumerate() {
        let left = x(Day::step_from(step));
        let is_beyond = limit.is_some_and(|limit| Day::step_from(step) >= limit.value - 5.0);
        let bar = Area {
            left: left + 40,
            right: left + width - 40,
            top: plot.bottom - (seconds / most * f64::from(plot.height())) as i32,
            bottom: plot.bottom,
        };
        let fill = if is_beyond {
            theme::ORANGE
        } else {
            theme::BLUE
        };
        pen.fill(bar, fill)?;
    }
    let center = tiny.align(Align::Center);
    for pct in (-40..=150).step_by(10) {
        let label = match pct {
            0 => "0 tall".to_owned(),
            100 => "100 slump".to_owned(),
            pct if pct % 50 == 0 => pct.to_string(),
            _ => continue,
        };
        pen.text(&label, (x(f64::from(pct)), plot.bottom + 320), center)?;
    }
    pen.text("minutes", (area.left, plot.top - 120), tiny)?;
    if let Some(limit) = limit {
        let at = x(limit.value);
        let line = Line {
            color: theme::INK,
            width: stroke::THIN,
        };
        pen.line((at, plot.top - 200), (at, plot.bottom), line)?;
        let text = format!("your limit, {} %", number(limit.value, 0));
        pen.text(
            &text,
            (at + 120, plot.top - 60),
            Letters::new(size::TINY, theme::INK),
        )?;
    }
    Ok(())
}

fn has_way(day: &Day) -> bool {
    day.slouch_s.iter().any(|seconds| *seconds > 0.0)
}

/// What was told, and by which rules.
pub(super) fn told<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    report: &PostureReport,
) -> Drawn {
    const LISTED: usize = 10;
    let (left, right) = area.cut_left(9_300);
    let left = Area {
        right: left.right - 500,
        ..left
    };
    let list = pen.heading(left, "Nudges", "take them or leave them")?;
    let ink = Letters::new(size::SMALL, theme::INK);
    let soft = Letters::new(size::SMALL, theme::SOFT);
    if report.nudges.is_empty() {
        pen.text(
            "None: nothing lasted that long.",
            (list.left, list.top + 450),
            soft,
        )?;
    }
    for (row, nudge) in (0..).zip(report.nudges.iter().take(LISTED)) {
        let baseline = list.top + 450 + row * 400;
        pen.text(&clock(nudge.at_s), (list.left, baseline), soft)?;
        pen.fitted(&nudge.text, (list.left + 900, baseline), 5_900, ink)?;
        let rule = soft.align(Align::Right);
        pen.text(&nudge.rule, (list.right, baseline), rule)?;
    }
    let more = report.nudges.len().saturating_sub(LISTED) + report.nudges_not_listed as usize;
    if more > 0 {
        let baseline = list.top + 450 + LISTED as i32 * 400;
        pen.text(&format!("and {more} more"), (list.left, baseline), soft)?;
    }
    let list = pen.heading(right, "Rules", "your own settings in them")?;
    for (row, limit) in (0..).zip(report.limits.iter().take(6)) {
        let baseline = list.top + 450 + row * 800;
        let bold = ink.bold();
        pen.text(&limit.rule, (list.left, baseline), bold)?;
        let from = list.left + 1_900;
        pen.fitted(&limit.about, (from, baseline), list.right - from, ink)?;
        pen.fitted(
            &limit.words(),
            (from, baseline + 340),
            list.right - from,
            soft,
        )?;
    }
    Ok(())
}

/// Hours and minutes since the beginning.
fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).max(0.0) as u64;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
