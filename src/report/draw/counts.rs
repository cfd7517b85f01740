//! The big numbers.

use plotters_backend::DrawingBackend;

use super::super::data::Report;
use super::marks::Mark;
use super::pen::{Area, Drawn, Letters, Pen};
use super::theme::{self, size};
use crate::coach::Verdict;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let (total, tiles) = area.cut_left(4_300);
    let number = Letters::new(size::COUNT * 1.35, theme::INK).bold();
    let label = Letters::new(size::BODY, theme::SOFT);
    let text = report.counts.counted.to_string();
    let number = pen.shrunk(&text, total.width() - 300, number);
    pen.text(&text, (total.left, area.top + 1_180), number)?;
    let mut what = match report.counts.estimated {
        0 if report.counts.counted == 1 => "repetition counted".to_owned(),
        0 => "repetitions counted".to_owned(),
        estimated => format!("counted, {estimated} estimated"),
    };
    if let Some(said) = report.counts.said_otherwise() {
        what = format!("{}, {said} as you say", what.replace("repetitions ", ""));
    }
    pen.fitted(
        &what,
        (total.left, area.top + 1_640),
        total.width() - 200,
        label,
    )?;
    let groups = groups(report);
    let width = tiles.width() / groups.len() as i32;
    for (index, (mark, name, count)) in groups.iter().enumerate() {
        let left = tiles.left + index as i32 * width;
        tile(
            pen,
            Area {
                left,
                right: left + width,
                ..tiles
            },
            (*mark, name, *count),
        )?;
    }
    bar(
        pen,
        Area {
            top: area.bottom - 230,
            ..area
        },
        &groups,
    )
}

fn groups(report: &Report) -> Vec<(Mark, &'static str, u32)> {
    let counts = &report.counts;
    let mut groups = vec![
        (Mark::Verdict(Verdict::Good), "good", counts.good),
        (
            Mark::Verdict(Verdict::Warning),
            "with warning",
            counts.warning,
        ),
        (Mark::Verdict(Verdict::Partial), "partial", counts.partial),
        (
            Mark::Verdict(Verdict::Doubtful),
            "doubtful",
            counts.doubtful,
        ),
        (Mark::NotSeen, "not seen", counts.not_seen),
    ];
    if counts.undone > 0 {
        groups.push((Mark::TakenBack, "taken back", counts.undone));
    }
    groups
}

fn tile<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    (mark, name, count): (Mark, &str, u32),
) -> Drawn {
    let color = if count == 0 { theme::FAINT } else { theme::INK };
    let number = Letters::new(size::COUNT, color).bold();
    let label = Letters::new(
        size::BODY,
        if count == 0 {
            theme::FAINT
        } else {
            theme::SOFT
        },
    );
    let text = count.to_string();
    let number = pen.shrunk(&text, area.width() - 200, number);
    pen.text(&text, (area.left, area.top + 1_180), number)?;
    mark.draw(pen, (area.left + 130, area.top + 1_545), 120)?;
    pen.fitted(
        name,
        (area.left + 360, area.top + 1_640),
        area.width() - 460,
        label,
    )
}

/// The same numbers as lengths.
fn bar<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, groups: &[(Mark, &str, u32)]) -> Drawn {
    let all: u64 = groups.iter().map(|(_, _, count)| u64::from(*count)).sum();
    if all == 0 {
        return pen.fill(area, theme::GRID);
    }
    let mut before = 0;
    for (mark, _, count) in groups {
        let at = |count: u64| {
            area.left + (area.width() as f64 * count as f64 / all as f64).round() as i32
        };
        let (left, right) = (at(before), at(before + u64::from(*count)));
        before += u64::from(*count);
        if *count > 0 {
            let gap = if before < all { 30 } else { 0 };
            mark.fill(
                pen,
                Area {
                    left,
                    right: (right - gap).max(left + 20),
                    ..area
                },
            )?;
        }
    }
    Ok(())
}
