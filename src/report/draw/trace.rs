//! The counting angle over the whole session.

use plotters_backend::DrawingBackend;

use super::super::data::{Limit, RepReport, Report, Target, TargetEnd, Trace};
use super::super::numbers::number;
use super::axis::Plot;
use super::marks::Mark;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::coach::Verdict;
use crate::exercise::{Comparator, Severity};

/// Room for the words beside the plot.
const LABELS: i32 = 2_450;

/// The strip of verdicts above the plot.
const RIBBON: i32 = 420;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let caption = "angle by which repetitions are counted, with its standard error; above it the verdict of each repetition";
    let below = pen.heading(area, "The whole session", caption)?;
    let plot_area = Area {
        left: below.left + 750,
        top: below.top + RIBBON + 90,
        right: below.right - LABELS,
        bottom: below.bottom - 400,
    };
    let (from, to) = span(report);
    let plot = Plot::new(plot_area, (from, to), value_range(report));
    if report.trace.at_s.is_empty() {
        return empty(pen, plot_area);
    }
    let labels = targets(pen, &plot, report)?;
    plot.level_grid(pen, 5, "°")?;
    plot.time_ticks(pen, from)?;
    shading(pen, &plot, report)?;
    gaps(pen, &plot, report)?;
    limit_lines(pen, &plot, report)?;
    curve(pen, &plot, &report.trace)?;
    ribbon(pen, &plot, report)?;
    write_labels(pen, &plot, labels)
}

fn empty<B: DrawingBackend>(pen: &mut Pen<B>, area: Area) -> Drawn {
    pen.fill(area, theme::tint(theme::GRID, 0.5))?;
    let letters = Letters::new(size::BODY, theme::SOFT).align(Align::Center);
    let center = ((area.left + area.right) / 2, (area.top + area.bottom) / 2);
    pen.text(
        "No angle was recorded: the start pose was never known.",
        center,
        letters,
    )
}

/// From the first to the last moment that the angle or a repetition shows.
fn span(report: &Report) -> (f64, f64) {
    let trace = &report.trace;
    let from = trace.at_s.first().copied().unwrap_or(0.0);
    let to = trace.at_s.last().map_or(0.0, |last| last + trace.step_s);
    (from, to)
}

/// Everything that is drawn, with a little room.
fn value_range(report: &Report) -> (f64, f64) {
    let trace = &report.trace;
    let mut low = trace.low_deg.iter().copied().fold(0.0, f64::min);
    let mut high = trace.high_deg.iter().copied().fold(10.0, f64::max);
    for target in &report.targets {
        for edge in [target.low_deg, target.high_deg].into_iter().flatten() {
            // A far limit that nobody came near would only squeeze the curve.
            if edge < high * 1.35 && edge > low - 0.35 * high {
                low = low.min(edge);
                high = high.max(edge);
            }
        }
    }
    let room = (high - low) * 0.06;
    (low - room, high + room)
}

/// Words beside the plot: where they want to be, and what they say.
type Labels = Vec<(i32, String, plotters_backend::BackendColor)>;

/// Shades what is asked for.
fn targets<B: DrawingBackend>(
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

/// Tints the time of each repetition that is not simply good.
fn shading<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, report: &Report) -> Drawn {
    for rep in &report.reps {
        let (left, right) = (plot.x(rep.start_s), plot.x(rep.end_s));
        let mark = Mark::Verdict(rep.verdict);
        let alpha = if rep.verdict == Verdict::Good {
            0.05
        } else {
            0.17
        };
        let area = Area {
            left,
            right: right.max(left + 20),
            ..plot.area
        };
        pen.fill(area, theme::tint(mark.color(), alpha))?;
    }
    Ok(())
}

fn gaps<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, report: &Report) -> Drawn {
    let counting = report.sensors.iter().position(|sensor| sensor.counts);
    let (from, to) = span(report);
    for gap in &report.gaps.spans {
        let of_counting = counting.is_none_or(|index| index == usize::from(gap.sensor));
        if !of_counting || gap.to_s < from || gap.from_s > to {
            continue;
        }
        let (left, right) = (plot.x(gap.from_s), plot.x(gap.to_s));
        let area = Area {
            left,
            right: right.max(left + 20),
            ..plot.area
        };
        pen.fill(area, theme::tint(theme::GREY, 0.25))?;
        pen.hatch(area, 190, true, theme::FAINT)?;
        let text = format!("{} s missing", number(gap.to_s - gap.from_s, 1));
        let letters = Letters::new(size::TINY, theme::INK).align(Align::Center);
        let width = pen.width(&text, letters);
        if width + 160 < area.width() {
            let center = (left + right) / 2;
            let middle = (area.top + area.bottom) / 2;
            let plate = Area {
                left: center - width / 2 - 70,
                right: center + width / 2 + 70,
                top: middle - 200,
                bottom: middle + 110,
            };
            pen.fill(plate, theme::PAPER)?;
            pen.text(&text, (center, middle + 30), letters)?;
        }
    }
    Ok(())
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

fn curve<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, trace: &Trace) -> Drawn {
    // Longer than this without a value is not joined by a line, seconds.
    let hole = (trace.step_s * 2.5).max(0.5);
    let mut begin = 0;
    for index in 1..=trace.at_s.len() {
        let breaks = match (trace.at_s.get(index), trace.at_s.get(index - 1)) {
            (Some(at), Some(before)) => at - before > hole,
            _ => true,
        };
        if breaks {
            piece(pen, plot, trace, begin..index)?;
            begin = index;
        }
    }
    Ok(())
}

fn piece<B: DrawingBackend>(
    pen: &mut Pen<B>,
    plot: &Plot,
    trace: &Trace,
    part: std::ops::Range<usize>,
) -> Drawn {
    let mut line = Vec::new();
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for index in part {
        let (x, middle) = (
            plot.x(trace.at_s[index]),
            plot.x(trace.at_s[index] + trace.step_s / 2.0),
        );
        let (low, high, error) = (
            trace.low_deg[index],
            trace.high_deg[index],
            trace.error_deg[index],
        );
        above.push((x, plot.y(high + error)));
        below.push((x, plot.y(low - error)));
        let (first, second) = if trace.rising[index] {
            (low, high)
        } else {
            (high, low)
        };
        line.push((x, plot.y(first)));
        if first != second {
            line.push((middle, plot.y(second)));
        }
    }
    above.extend(below.into_iter().rev());
    pen.polygon(&above, theme::tint(theme::BLUE, 0.20))?;
    pen.path(
        &line,
        Line {
            color: theme::BLUE,
            width: stroke::TRACE,
        },
    )
}

/// The verdicts above the plot, with as many numbers as fit.
fn ribbon<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, report: &Report) -> Drawn {
    let bottom = plot.area.top - 60;
    let letters = Letters::new(size::TINY, theme::INK).align(Align::Center);
    let mut free = i32::MIN;
    for rep in &report.reps {
        let (left, right) = (plot.x(rep.start_s), plot.x(rep.end_s));
        let area = Area {
            left,
            right: (right - 20).max(left + 30),
            top: bottom - 130,
            bottom,
        };
        Mark::Verdict(rep.verdict).fill(pen, area)?;
        let text = rep.number.to_string();
        let half = pen.width(&text, letters) / 2;
        let center = (left + right) / 2;
        if center - half > free && is_numbered(rep, report.reps.len()) {
            pen.text(&text, (center, bottom - 190), letters)?;
            free = center + half + 90;
        }
    }
    Ok(())
}

/// Of many repetitions, only every fifth or tenth has its number written.
fn is_numbered(rep: &RepReport, all: usize) -> bool {
    let every = match all {
        0..=30 => 1,
        31..=120 => 5,
        121..=400 => 20,
        _ => 100,
    };
    rep.number.is_multiple_of(every) || rep.number == 1
}

/// Writes the words beside the plot, moved apart where they would touch.
fn write_labels<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, mut labels: Labels) -> Drawn {
    const STEP: i32 = 300;
    labels.sort_by_key(|(y, _, _)| *y);
    let mut free = plot.area.top + 60;
    for (y, text, color) in labels {
        let baseline = (y + 80).max(free);
        let letters = Letters::new(size::SMALL, color).bold();
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
