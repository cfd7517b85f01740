//! All repetitions on one axis.

use plotters_backend::{BackendCoord, DrawingBackend};

use super::super::data::{Overlay, Report};
use super::super::numbers::counted;
use super::asked;
use super::axis::Plot;
use super::marks::Mark;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::coach::Verdict;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let overlay = &report.overlay;
    let below = pen.heading(area, "Every repetition", &caption(overlay))?;
    let plot_area = Area {
        left: below.left + 750,
        bottom: below.bottom - 400,
        ..below
    };
    let plot = Plot::new(plot_area, (0.0, 100.0), value_range(overlay));
    if overlay.curves.is_empty() {
        return nothing(pen, plot_area, "No repetition was seen whole.");
    }
    for target in &report.targets {
        asked::band(pen, &plot, target)?;
    }
    plot.level_grid(pen, 4, "°")?;
    ticks(pen, &plot)?;
    curves(pen, &plot, overlay)?;
    spread(pen, &plot, overlay)?;
    pen.path(
        &points(&plot, &overlay.mean_deg),
        Line {
            color: theme::INK,
            width: stroke::STRONG,
        },
    )
}

fn caption(overlay: &Overlay) -> String {
    match overlay.reps {
        0 => String::new(),
        1 => "one repetition, from leaving the start pose until back".to_owned(),
        reps => format!(
            "mean of {} ± 1 SD",
            counted(u64::from(reps), "repetition", "repetitions")
        ),
    }
}

/// Words in the middle of an empty chart.
pub(super) fn nothing<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, text: &str) -> Drawn {
    pen.fill(area, theme::tint(theme::GRID, 0.5))?;
    let letters = Letters::new(size::BODY, theme::SOFT).align(Align::Center);
    let center = (area.left + area.right) / 2;
    pen.text(text, (center, (area.top + area.bottom) / 2), letters)
}

fn value_range(overlay: &Overlay) -> (f64, f64) {
    let values = || {
        overlay
            .curves
            .iter()
            .flat_map(|curve| curve.values_deg.iter().copied())
    };
    let low = values().fold(0.0, f64::min);
    let high = values().fold(10.0, f64::max);
    let room = (high - low) * 0.06;
    (low - room, high + room)
}

fn ticks<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot) -> Drawn {
    for (percent, text, align) in [
        (0.0, "leaves start pose", Align::Left),
        (50.0, "half time", Align::Center),
        (100.0, "back", Align::Right),
    ] {
        let letters = Letters::new(size::TINY, theme::SOFT).align(align);
        pen.text(text, (plot.x(percent), plot.area.bottom + 300), letters)?;
    }
    Ok(())
}

/// Single repetitions, the good ones thin and first.
fn curves<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, overlay: &Overlay) -> Drawn {
    // Many lines over one another must not become a wall.
    let alpha = (12.0 / overlay.curves.len() as f64).clamp(0.12, 0.7);
    for good in [true, false] {
        for curve in overlay
            .curves
            .iter()
            .filter(|curve| (curve.verdict == Verdict::Good) == good)
        {
            let (color, alpha, width) = match good {
                true => (theme::GREY, alpha, stroke::THIN),
                false => (
                    Mark::Verdict(curve.verdict).color(),
                    (alpha * 1.6).min(0.95),
                    stroke::TRACE,
                ),
            };
            let line = Line {
                color: theme::tint(color, alpha),
                width,
            };
            pen.path(&points(plot, &curve.values_deg), line)?;
        }
    }
    Ok(())
}

fn spread<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, overlay: &Overlay) -> Drawn {
    let edge = |sign: f64| -> Vec<BackendCoord> {
        let values: Vec<f64> = overlay
            .mean_deg
            .iter()
            .zip(&overlay.sd_deg)
            .map(|(mean, sd)| mean + sign * sd)
            .collect();
        points(plot, &values)
    };
    let mut around = edge(1.0);
    around.extend(edge(-1.0).into_iter().rev());
    pen.polygon(&around, theme::tint(theme::BLUE, 0.22))
}

fn points(plot: &Plot, values: &[f64]) -> Vec<BackendCoord> {
    values
        .iter()
        .enumerate()
        .map(|(percent, value)| (plot.x(percent as f64), plot.y(*value)))
        .collect()
}
