//! What the exercise asks of the counting angle: bands, limit lines, and the words beside them.

use plotters_backend::DrawingBackend;

use super::super::data::{Limit, Report, Target, TargetEnd};
use super::super::numbers::number;
use super::axis::Plot;
use super::pen::{Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::exercise::{Comparator, Severity};

/// Room for the words beside the plot.
pub(super) const LABELS: i32 = 2_450;

/// Words beside the plot: where they want to be, and what they say.
pub(super) type Labels = Vec<(i32, String, plotters_backend::BackendColor)>;

/// What a dashed line asks, beside it.
pub(super) fn limit_labels(plot: &Plot, report: &Report) -> Labels {
    let mut labels: Labels = warnings(report)
        .filter(|limit| plot.shows_y(limit.value))
        .map(|limit| {
            let sign = if limit.when == Comparator::Above {
                ">"
            } else {
                "<"
            };
            let text = format!("warning {sign} {}°", number(limit.value, 0));
            (plot.y(limit.value), text, theme::VERMILION)
        })
        .collect();
    labels.dedup_by(|a, b| a.1 == b.1);
    labels
}

/// Shades what is asked for.
pub(super) fn targets<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    report: &Report,
) -> Result<Labels, super::ReportError> {
    let mut labels = Labels::new();
    for target in &report.targets {
        band(pen, plot, target)?;
        let name = match target.end {
            TargetEnd::Far => "far end",
            TargetEnd::Start => "start pose",
        };
        let y = plot.y(band_middle(target));
        labels.push((y, format!("{name} {}", range(target)), theme::GREEN));
    }
    Ok(labels)
}

pub(super) fn band<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, target: &Target) -> Drawn {
    let (low, high) = band_edges(target);
    let top = high.map_or(plot.area.top, |value| plot.y(value));
    let bottom = low.map_or(plot.area.bottom, |value| plot.y(value));
    pen.fill(
        Area {
            top,
            bottom,
            ..plot.area
        },
        theme::tint(theme::GREEN, 0.11),
    )
}

/// An open side of the start pose reaches to 0, that of the far end to the edge.
fn band_edges(target: &Target) -> (Option<f64>, Option<f64>) {
    match target.end {
        TargetEnd::Start => (
            target.low_deg.or(target.high_deg.map(|high| high.min(0.0))),
            target.high_deg.or(target.low_deg.map(|low| low.max(0.0))),
        ),
        TargetEnd::Far => (target.low_deg.or(Some(0.0)), target.high_deg),
    }
}

fn band_middle(target: &Target) -> f64 {
    match (band_edges(target), target.end) {
        ((Some(low), Some(high)), _) => (low + high) / 2.0,
        ((Some(low), None), _) => low * 1.12,
        _ => 0.0,
    }
}

fn range(target: &Target) -> String {
    match (target.low_deg, target.high_deg) {
        (Some(low), Some(high)) => format!("{} to {}°", number(low, 0), number(high, 0)),
        (Some(low), None) => format!("≥ {}°", number(low, 0)),
        (None, Some(high)) => format!("≤ {}°", number(high, 0)),
        (None, None) => String::new(),
    }
}

/// Limits for warnings, dashed.
pub(super) fn limit_lines<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    report: &Report,
) -> Drawn {
    for limit in warnings(report).filter(|limit| plot.shows_y(limit.value)) {
        let line = Line {
            color: theme::VERMILION,
            width: stroke::THIN,
        };
        pen.dashed(plot.y(limit.value), plot.area.left, plot.area.right, line)?;
    }
    Ok(())
}

fn warnings(report: &Report) -> impl Iterator<Item = &Limit> {
    report
        .targets
        .iter()
        .flat_map(|target| &target.limits)
        .filter(|limit| limit.severity == Severity::Warn)
}

/// Writes the words beside the plot, moved apart where they would touch.
pub(super) fn write_labels<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    mut labels: Labels,
) -> Drawn {
    const STEP: i32 = 300;
    labels.sort_by_key(|(y, _, _)| *y);
    let mut free = plot.area.top + 60;
    for (y, text, color) in labels {
        let baseline = (y + 80).max(free);
        let letters = Letters::new(size::SMALL, color);
        let letters = if color.rgb == theme::GREEN.rgb {
            letters.bold()
        } else {
            letters
        };
        pen.fitted(
            &text,
            (plot.area.right + 140, baseline),
            LABELS - 140,
            letters,
        )?;
        free = baseline + STEP;
    }
    Ok(())
}

/// Both sides of a limit in words, for captions.
pub(super) fn side(when: Comparator) -> &'static str {
    match when {
        Comparator::Above => "≤",
        Comparator::Below => "≥",
    }
}
