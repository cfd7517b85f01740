//! Each measure of each repetition beside its limits.

use plotters_backend::DrawingBackend;

use super::super::data::{Report, Strip};
use super::super::numbers::{decimals, number, with_unit};
use super::asked::side;
use super::axis::Plot;
use super::marks::Mark;
use super::overlay::nothing;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use super::trend::{radius, rep_numbers, set_borders};
use crate::exercise::Severity;
use crate::input::Side;

/// Room for the name and the limit to the left.
const NAMES: i32 = 2_600;

/// Room for the numbers to the right.
const NUMBERS: i32 = 2_450;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let caption = "each mark a repetition, its shape the verdict; dashed red: limit for a warning, dashed grey: for a note";
    let below = pen.heading(area, "Repetition by repetition", caption)?;
    let rows = Area {
        bottom: below.bottom - 380,
        ..below
    };
    if report.reps.is_empty() {
        return nothing(
            pen,
            Area {
                left: rows.left + NAMES,
                right: rows.right - NUMBERS,
                ..rows
            },
            "No repetition to show.",
        );
    }
    column_name(pen, rows)?;
    let height = rows.height() / report.strips.len().max(1) as i32;
    for (index, strip) in report.strips.iter().enumerate() {
        let top = rows.top + index as i32 * height;
        row(
            pen,
            Area {
                top: top + 30,
                bottom: top + height - 30,
                ..rows
            },
            strip,
            report,
        )?;
    }
    let whole = Area {
        left: rows.left + NAMES,
        right: rows.right - NUMBERS,
        ..rows
    };
    let plot = Plot::new(whole, (0.5, report.reps.len() as f64 + 0.5), (0.0, 1.0));
    if !sides(pen, &plot, report)? {
        rep_numbers(pen, &plot, report.reps.len())?;
    }
    Ok(())
}

fn column_name<B: DrawingBackend>(pen: &mut Pen<B>, rows: Area) -> Drawn {
    let letters = Letters::new(size::TINY, theme::SOFT).align(Align::Right);
    pen.text("median (10–90 %)", (rows.right, rows.top - 60), letters)
}

fn row<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, strip: &Strip, report: &Report) -> Drawn {
    let plot_area = Area {
        left: area.left + NAMES,
        right: area.right - NUMBERS,
        ..area
    };
    pen.fill(plot_area, theme::tint(theme::GRID, 0.42))?;
    let plot = Plot::new(
        plot_area,
        (0.5, report.reps.len() as f64 + 0.5),
        value_range(strip),
    );
    names(pen, area, strip)?;
    set_borders(pen, &plot, report)?;
    for limit in strip
        .limits
        .iter()
        .filter(|limit| plot.shows_y(limit.value))
    {
        let color = if limit.severity == Severity::Info {
            theme::FAINT
        } else {
            theme::VERMILION
        };
        pen.dashed(
            plot.y(limit.value),
            plot_area.left,
            plot_area.right,
            Line {
                color,
                width: stroke::THIN,
            },
        )?;
    }
    let radius = radius(&plot, report.reps.len());
    for (index, (value, rep)) in strip.values.iter().zip(&report.reps).enumerate() {
        if let Some(value) = value {
            Mark::of(rep).draw(pen, (plot.x(index as f64 + 1.0), plot.y(*value)), radius)?;
        }
    }
    numbers(pen, area, strip)
}

/// From the smallest to the largest of values and limits, kept readable when one value is far off.
fn value_range(strip: &Strip) -> (f64, f64) {
    let values: Vec<f64> = strip.values.iter().flatten().copied().collect();
    let mut low = values
        .iter()
        .copied()
        .fold(f64::MAX, f64::min)
        .min(strip.median.unwrap_or(0.0));
    let mut high = values
        .iter()
        .copied()
        .fold(f64::MIN, f64::max)
        .max(strip.median.unwrap_or(0.0));
    for limit in &strip.limits {
        let near = limit.value < high * 2.0 + 1.0 && limit.value > low * 0.4 - 1.0;
        if near {
            low = low.min(limit.value);
            high = high.max(limit.value);
        }
    }
    let room = ((high - low) * 0.2).max(high.abs() * 0.08).max(0.1);
    (low - room, high + room)
}

fn names<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, strip: &Strip) -> Drawn {
    let middle = (area.top + area.bottom) / 2;
    let name = Letters::new(size::SMALL, theme::INK).bold();
    let soft = Letters::new(size::TINY, theme::SOFT);
    pen.fitted(strip.name, (area.left, middle - 30), NAMES - 150, name)?;
    pen.fitted(&limits(strip), (area.left, middle + 250), NAMES - 150, soft)
}

/// The limits for a warning, or else those for a note, as what is asked: `≥ 1.5 s`.
fn limits(strip: &Strip) -> String {
    let of = |severity: Severity| -> Vec<String> {
        let mut texts: Vec<String> = strip
            .limits
            .iter()
            .filter(|limit| limit.severity == severity)
            .map(|limit| {
                format!(
                    "{} {}",
                    side(limit.when),
                    with_unit(limit.value, strip.unit)
                )
            })
            .collect();
        texts.dedup();
        texts
    };
    let warn = of(Severity::Warn);
    let texts = if warn.is_empty() {
        of(Severity::Info)
    } else {
        warn
    };
    if texts.is_empty() {
        "no limit".to_owned()
    } else {
        texts.join(", ")
    }
}

fn numbers<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, strip: &Strip) -> Drawn {
    let middle = (area.top + area.bottom) / 2;
    let (Some(median), Some(p10), Some(p90)) = (strip.median, strip.p10, strip.p90) else {
        let soft = Letters::new(size::TINY, theme::FAINT).align(Align::Right);
        return pen.text("not measured", (area.right, middle + 80), soft);
    };
    let bold = Letters::new(size::SMALL, theme::INK)
        .bold()
        .align(Align::Right);
    let soft = Letters::new(size::TINY, theme::SOFT).align(Align::Right);
    let places = decimals(strip.unit);
    pen.text(
        &with_unit(median, strip.unit),
        (area.right, middle - 30),
        bold,
    )?;
    let spread = format!("{} to {}", number(p10, places), number(p90, places));
    pen.text(&spread, (area.right, middle + 250), soft)
}

/// Which side each repetition was of, where sides are known and there is room; says whether it wrote.
fn sides<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    report: &Report,
) -> Result<bool, super::ReportError> {
    let known = report.reps.iter().any(|rep| rep.side.is_some());
    if !known || report.reps.len() > 40 {
        return Ok(false);
    }
    let letters = Letters::new(size::TINY, theme::SOFT).align(Align::Center);
    for (index, rep) in report.reps.iter().enumerate() {
        let side = match rep.side {
            Some(Side::Left) => "L",
            Some(Side::Right) => "R",
            None => "",
        };
        let text = if report.reps.len() <= 24 {
            format!("{}{side}", rep.number)
        } else {
            side.to_owned()
        };
        pen.text(
            &text,
            (plot.x(index as f64 + 1.0), plot.area.bottom + 300),
            letters,
        )?;
    }
    Ok(true)
}
