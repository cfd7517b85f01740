//! What was noted, with its numbers and the cue.

use plotters_backend::DrawingBackend;

use super::super::data::{Fault, Report};
use super::super::numbers::{decimals, number, with_unit};
use super::super::summary::capital;
use super::marks;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::exercise::{Comparator, Severity};

/// Left edges of the columns, from the left of the table.
mod column {
    pub const FAULT: i32 = 360;
    pub const COUNT: i32 = 4_950;
    pub const LIMIT: i32 = 8_850;
    pub const MEDIAN: i32 = 9_950;
    pub const WORST: i32 = 11_150;
    pub const CUE: i32 = 11_450;
    pub const RULE: i32 = 15_150;
    pub const END: i32 = 18_000;
}

const ROW: i32 = 440;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let below = pen.heading(area, "What was noted", caption(report))?;
    if report.faults.is_empty() {
        let text = if report.counts.standing() == 0 {
            "Nothing was judged."
        } else if report.stops.is_empty() {
            "No limit was passed."
        } else {
            "No limit was passed before you stopped; that tells nothing of why it hurt."
        };
        return pen.text(
            text,
            (below.left, below.top + 380),
            Letters::new(size::BODY, theme::SOFT),
        );
    }
    table_head(pen, below)?;
    let room = (below.height() - 500) / ROW;
    let all = report.faults.len() as i32;
    let shown = if all > room { room - 1 } else { all };
    for (index, fault) in report.faults.iter().take(shown.max(0) as usize).enumerate() {
        row(pen, below, below.top + 700 + index as i32 * ROW, fault)?;
    }
    if all > shown {
        let text = format!("and {} more in --json", all - shown);
        let baseline = below.top + 700 + shown * ROW;
        pen.text(
            &text,
            (below.left + column::FAULT, baseline),
            Letters::new(size::SMALL, theme::SOFT),
        )?;
    }
    Ok(())
}

fn caption(report: &Report) -> &'static str {
    let has = |severity: Severity| report.faults.iter().any(|fault| fault.severity == severity);
    match (
        has(Severity::Info),
        has(Severity::Warn),
        has(Severity::Stop),
    ) {
        (false, false, false) => "",
        (_, _, true) => "square: asked for a pause; triangle: asked for a cue; ring: noted only",
        (_, true, false) => "triangle: asked for a cue; ring: noted only",
        (_, false, false) => "noted only: none of it asked for a cue",
    }
}

fn table_head<B: DrawingBackend>(pen: &mut Pen<B>, area: Area) -> Drawn {
    let left = Letters::new(size::TINY, theme::SOFT);
    let right = left.align(Align::Right);
    let baseline = area.top + 200;
    for (x, name, letters) in [
        (column::FAULT, "what", left),
        (column::COUNT, "in how many", left),
        (column::LIMIT, "limit", right),
        (column::MEDIAN, "median", right),
        (column::WORST, "furthest", right),
        (column::CUE, "cue", left),
        (column::RULE, "rule, sources", left),
    ] {
        pen.text(name, (area.left + x, baseline), letters)?;
    }
    pen.level(
        baseline + 110,
        area.left,
        area.right,
        Line {
            color: theme::FAINT,
            width: stroke::HAIR,
        },
    )
}

fn row<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, baseline: i32, fault: &Fault) -> Drawn {
    let at = |x: i32| (area.left + x, baseline);
    let body = Letters::new(size::SMALL, theme::INK);
    let number_letters = body.align(Align::Right);
    let soft = Letters::new(size::TINY, theme::SOFT);
    marks::severity(pen, fault.severity, (area.left + 130, baseline - 80), 100)?;
    pen.fitted(
        &capital(&fault.fault),
        at(column::FAULT),
        column::COUNT - column::FAULT - 200,
        body,
    )?;
    let share = Area {
        left: area.left + column::COUNT,
        right: area.left + column::COUNT + 750,
        top: baseline - 150,
        bottom: baseline - 10,
    };
    share_bar(pen, share, fault)?;
    pen.text(&share_text(fault), at(column::COUNT + 850), body)?;
    pen.text(&limit(fault), at(column::LIMIT), number_letters)?;
    pen.text(
        &with_unit(fault.median, fault.unit),
        at(column::MEDIAN),
        number_letters,
    )?;
    pen.text(
        &with_unit(fault.worst, fault.unit),
        at(column::WORST),
        number_letters.bold(),
    )?;
    let cue = fault.cue.as_deref().unwrap_or("");
    pen.fitted(
        &capital(cue),
        at(column::CUE),
        column::RULE - column::CUE - 200,
        body,
    )?;
    pen.fitted(
        &rule(fault),
        at(column::RULE),
        column::END - column::RULE,
        soft,
    )?;
    pen.level(
        baseline + 130,
        area.left,
        area.right,
        Line {
            color: theme::GRID,
            width: stroke::HAIR,
        },
    )
}

fn share_bar<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, fault: &Fault) -> Drawn {
    pen.fill(area, theme::GRID)?;
    let filled = (f64::from(area.width()) * fault.percent.clamp(0.0, 100.0) / 100.0).round() as i32;
    let color = if fault.severity >= Severity::Warn {
        theme::ORANGE
    } else {
        theme::GREY
    };
    pen.fill(
        Area {
            right: area.left + filled.max(20),
            ..area
        },
        color,
    )
}

fn share_text(fault: &Fault) -> String {
    let of = if fault.of_set { " of sets" } else { "" };
    format!("{} · {} %{of}", fault.count, number(fault.percent, 0))
}

/// The mildest limit that was passed, and the one for a warning: `> 8 / 12°`.
fn limit(fault: &Fault) -> String {
    let sign = match fault.when {
        Some(Comparator::Above) => "> ",
        Some(Comparator::Below) => "< ",
        None => "",
    };
    let shown: Vec<String> = fault
        .limits
        .iter()
        .take(2)
        .map(|limit| number(limit.value, decimals(fault.unit)))
        .collect();
    format!("{sign}{}{}", shown.join(" / "), fault.unit)
}

/// The rule's name and the keys of its sources.
fn rule(fault: &Fault) -> String {
    let keys: Vec<&str> = fault
        .sources
        .iter()
        .map(|source| source.split(':').next().unwrap_or(source))
        .collect();
    if keys.is_empty() {
        fault.rule.clone()
    } else {
        format!("{} · {}", fault.rule, keys.join(", "))
    }
}
