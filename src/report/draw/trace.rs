//! The counting angle over the whole session.

use plotters_backend::DrawingBackend;

use super::super::data::{RepReport, Report, Trace};
use super::super::numbers::number;
use super::asked;
use super::axis::Plot;
use super::marks::Mark;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::coach::Verdict;

/// The strip of verdicts above the plot.
const RIBBON: i32 = 420;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let caption = "angle by which repetitions are counted, with its standard error; above it the verdict of each repetition";
    let below = pen.heading(area, "The whole session", caption)?;
    let plot_area = Area {
        left: below.left + 750,
        top: below.top + RIBBON + 90,
        right: below.right - asked::LABELS,
        bottom: below.bottom - 400,
    };
    let (from, to) = span(report);
    let plot = Plot::new(plot_area, (from, to), value_range(report));
    if report.trace.at_s.is_empty() {
        return empty(pen, plot_area);
    }
    let mut labels = asked::targets(pen, &plot, report)?;
    plot.level_grid(pen, 5, "°")?;
    plot.time_ticks(pen, zero(from))?;
    shading(pen, &plot, report)?;
    gaps(pen, &plot, report)?;
    asked::limit_lines(pen, &plot, report)?;
    curve(pen, &plot, &report.trace)?;
    ribbon(pen, &plot, report)?;
    stops(pen, &plot, report)?;
    labels.extend(asked::limit_labels(&plot, report));
    asked::write_labels(pen, &plot, labels)
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

/// Room before the first and after the last repetition of a set, seconds.
const AROUND_S: f64 = 3.0;

/// When exercise was done: each set from its first to its last repetition, with a little room.
fn exercising(report: &Report) -> Vec<(f64, f64)> {
    let mut sets: Vec<(u32, f64, f64)> = Vec::new();
    for rep in &report.reps {
        match sets.last_mut() {
            Some((set, _, to)) if *set == rep.set => *to = to.max(rep.end_s + AROUND_S),
            _ => sets.push((rep.set, rep.start_s - AROUND_S, rep.end_s + AROUND_S)),
        }
    }
    sets.into_iter().map(|(_, from, to)| (from, to)).collect()
}

/// From the first to the last set, or the stop that ended it, without lying down and getting up; without repetitions all there is.
fn span(report: &Report) -> (f64, f64) {
    let (begin, end) = recorded(report);
    let sets = exercising(report);
    let from = sets.iter().map(|set| set.0).reduce(f64::min);
    let to = sets.iter().map(|set| set.1).reduce(f64::max);
    let stops = || report.stops.iter().filter(|stop| stop.set.is_some());
    let to = to.map(|to| stops().map(|stop| stop.at_s + AROUND_S).fold(to, f64::max));
    let inside = |value: f64| value.clamp(begin, end);
    (from.map_or(begin, inside), to.map_or(end, inside))
}

/// Where the time axis counts from: the start of the session, unless that is days away as in some imported files.
fn zero(from: f64) -> f64 {
    if (0.0..86_400.0).contains(&from) {
        0.0
    } else {
        from
    }
}

/// From the first to the last moment of the trace.
fn recorded(report: &Report) -> (f64, f64) {
    let trace = &report.trace;
    let from = trace.at_s.first().copied().unwrap_or(0.0);
    let to = trace.at_s.last().map_or(0.0, |last| last + trace.step_s);
    (from, to)
}

/// What the angle did during the sets, and what is asked of it, with a little room.
fn value_range(report: &Report) -> (f64, f64) {
    let trace = &report.trace;
    let sets = exercising(report);
    let is_shown =
        |at: &f64| sets.is_empty() || sets.iter().any(|set| set.0 <= *at && *at <= set.1);
    let shown: Vec<usize> = (0..trace.at_s.len())
        .filter(|i| is_shown(&trace.at_s[*i]))
        .collect();
    let mut low = shown.iter().map(|i| trace.low_deg[*i]).fold(0.0, f64::min);
    let mut high = shown
        .iter()
        .map(|i| trace.high_deg[*i])
        .fold(10.0, f64::max);
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

/// Tints the time of each repetition that is not simply good.
fn shading<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, report: &Report) -> Drawn {
    for rep in &report.reps {
        let (left, right) = (plot.x(rep.start_s), plot.x(rep.end_s));
        let mark = Mark::of(rep);
        let alpha = if mark == Mark::Verdict(Verdict::Good) || rep.taken_back {
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
        gap_text(pen, area, gap.to_s - gap.from_s)?;
    }
    Ok(())
}

/// Where the wearer stopped because it hurt.
fn stops<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, report: &Report) -> Drawn {
    let (from, to) = span(report);
    let letters = Letters::new(size::TINY, theme::VERMILION)
        .bold()
        .align(Align::Right);
    let line = Line {
        color: theme::VERMILION,
        width: stroke::TRACE,
    };
    for stop in report
        .stops
        .iter()
        .filter(|stop| (from..=to).contains(&stop.at_s))
    {
        let x = plot.x(stop.at_s);
        pen.line((x, plot.area.top), (x, plot.area.bottom), line)?;
        let x = x - 60;
        pen.text("it hurt", (x, plot.area.bottom - 100), letters)?;
    }
    Ok(())
}

/// How much is missing, in as many words as fit.
fn gap_text<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, seconds: f64) -> Drawn {
    let letters = Letters::new(size::TINY, theme::INK).align(Align::Center);
    let seconds = number(seconds, 1);
    let center = (area.left + area.right) / 2;
    let middle = (area.top + area.bottom) / 2;
    for text in [format!("{seconds} s missing"), format!("{seconds} s")] {
        let half = pen.width(&text, letters) / 2 + 40;
        if 2 * half <= area.width() {
            let plate = Area {
                left: center - half,
                right: center + half,
                top: middle - 200,
                bottom: middle + 110,
            };
            pen.fill(plate, theme::PAPER)?;
            return pen.text(&text, (center, middle + 30), letters);
        }
    }
    Ok(())
}

fn curve<B: DrawingBackend>(pen: &mut Pen<B>, plot: &Plot, trace: &Trace) -> Drawn {
    // Longer than this without a value is not joined by a line, seconds.
    let hole = (trace.step_s * 2.5).max(0.5);
    let mut begin = None;
    for index in 0..=trace.at_s.len() {
        let follows = index > 0
            && trace
                .at_s
                .get(index)
                .is_some_and(|at| at - trace.at_s[index - 1] <= hole);
        // Lying down and getting up lead far away: the line ends where it leaves the chart.
        let shown = index < trace.at_s.len()
            && plot.shows(
                trace.at_s[index],
                trace.low_deg[index],
                trace.high_deg[index],
            );
        if let Some(first) = begin.filter(|_| !(follows && shown)) {
            piece(pen, plot, trace, first..index)?;
            begin = None;
        }
        if shown && begin.is_none() {
            begin = Some(index);
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
        Mark::of(rep).fill(pen, area)?;
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
