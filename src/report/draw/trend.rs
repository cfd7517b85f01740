//! How range and speed changed over the session.

use plotters_backend::{BackendColor, DrawingBackend};

use super::super::data::{Report, Trend};
use super::super::trend::{in_words, signs_in_words};
use super::axis::{Plot, multiples};
use super::overlay::nothing;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let trend = &report.trend;
    let mut below = pen.heading(area, "Fatigue", &in_words(trend, report.reps.len()))?;
    if !trend.signs.is_empty() {
        let letters = Letters::new(size::SMALL, theme::INK);
        let text = format!("Fading: {}", signs_in_words(trend));
        pen.fitted(&text, (below.left, below.top + 150), below.width(), letters)?;
        below.top += 380;
    }
    let plot_area = Area {
        left: below.left + 750,
        right: below.right - 1_500,
        bottom: below.bottom - 400,
        ..below
    };
    if report.reps.is_empty() {
        return nothing(
            pen,
            Area {
                right: below.right,
                ..plot_area
            },
            "No repetition to compare.",
        );
    }
    let count = report.reps.len() as f64;
    let plot = Plot::new(plot_area, (0.5, count + 0.5), value_range(trend));
    plot.level_grid(pen, 4, " %")?;
    pen.level(
        plot.y(100.0),
        plot_area.left,
        plot_area.right,
        Line {
            color: theme::SOFT,
            width: stroke::HAIR,
        },
    )?;
    set_borders(pen, &plot, report)?;
    let speed = series(
        pen,
        &plot,
        &trend.raise_speed_percent,
        (theme::VERMILION, true),
    )?;
    let rom = series(pen, &plot, &trend.rom_percent, (theme::BLUE, false))?;
    names(
        pen,
        &plot,
        [
            (rom, "range", theme::BLUE),
            (speed, "raise speed", theme::VERMILION),
        ],
    )?;
    rep_numbers(pen, &plot, report.reps.len())?;
    Ok(())
}

fn value_range(trend: &Trend) -> (f64, f64) {
    let values = || {
        trend
            .rom_percent
            .iter()
            .chain(&trend.raise_speed_percent)
            .flatten()
            .copied()
    };
    let low = values().fold(70.0, f64::min).max(0.0);
    let high = values().fold(115.0, f64::max).min(250.0);
    (low - 5.0, high + 5.0)
}

/// Thin upright lines where a new set begins.
pub(super) fn set_borders<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    report: &Report,
) -> Drawn {
    for (index, pair) in report.reps.windows(2).enumerate() {
        if pair[0].set != pair[1].set {
            let x = plot.x(index as f64 + 1.5);
            let line = Line {
                color: theme::FAINT,
                width: stroke::THIN,
            };
            pen.line((x, plot.area.top), (x, plot.area.bottom), line)?;
        }
    }
    Ok(())
}

/// A line with points; gives the height of its last one.
fn series<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    values: &[Option<f64>],
    (color, hollow): (BackendColor, bool),
) -> Result<Option<i32>, super::ReportError> {
    let points: Vec<(i32, i32)> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| Some((plot.x(index as f64 + 1.0), plot.y((*value)?))))
        .collect();
    pen.path(
        &points,
        Line {
            color: theme::tint(color, 0.75),
            width: stroke::THIN,
        },
    )?;
    let radius = radius(plot, values.len());
    for point in &points {
        pen.disc(*point, radius, color)?;
        if hollow {
            pen.disc(*point, radius * 3 / 5, theme::PAPER)?;
        }
    }
    Ok(points.last().map(|(_, y)| *y))
}

/// Points shrink where there are many.
pub(super) fn radius(plot: &Plot, count: usize) -> i32 {
    (plot.area.width() / count.max(1) as i32 / 3).clamp(28, 85)
}

/// The lines' names beside their last points, kept apart.
fn names<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    names: [(Option<i32>, &str, BackendColor); 2],
) -> Drawn {
    let mut there: Vec<(i32, &str, BackendColor)> = names
        .into_iter()
        .filter_map(|(y, name, color)| Some((y?, name, color)))
        .collect();
    there.sort_by_key(|(y, _, _)| *y);
    let mut free = i32::MIN;
    for (y, name, color) in there {
        let baseline = (y + 80).max(free);
        pen.fitted(
            name,
            (plot.area.right + 130, baseline),
            1_400,
            Letters::new(size::SMALL, color).bold(),
        )?;
        free = baseline + 300;
    }
    Ok(())
}

/// Numbers of repetitions below, a handful.
pub(super) fn rep_numbers<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, count: usize) -> Drawn {
    let letters = Letters::new(size::TINY, theme::SOFT).align(Align::Center);
    let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
        .into_iter()
        .find(|step| count / step <= 15)
        .unwrap_or(2000);
    let marked: Vec<f64> = match step {
        // 1, 3, 5 … reads better than 1, 2, 4.
        2 => (1..=count).step_by(2).map(|rep| rep as f64).collect(),
        1 => multiples((1.0, count as f64), 1.0),
        _ => std::iter::once(1.0)
            .chain(multiples((1.0, count as f64), step as f64))
            .collect(),
    };
    for rep in marked {
        pen.text(
            &format!("{rep:.0}"),
            (plot.x(rep), plot.area.bottom + 300),
            letters,
        )?;
    }
    Ok(())
}
