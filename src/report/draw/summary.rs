//! What to take home, in words.

use plotters_backend::DrawingBackend;

use super::super::data::Report;
use super::pen::{Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size};

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let summary = &report.summary;
    let (well, rest) = area.cut_left(6_200);
    let nothing = match report.faults.is_empty() {
        true => "Nothing to change: go on like this.".to_owned(),
        false => "Nothing asked for a correction; what was noted stands below.".to_owned(),
    };
    let positive = summary
        .positive
        .clone()
        .unwrap_or_else(|| "The session is recorded.".to_owned());
    block(
        pen,
        Area {
            right: well.right - 500,
            ..well
        },
        "WENT WELL",
        theme::GREEN,
        &[positive],
    )?;
    let mut lines = summary.change.clone();
    let judged = report.counts.standing() - report.counts.doubtful;
    if lines.is_empty() && judged > 0 {
        lines.push(nothing);
    }
    let name = if lines.is_empty() {
        "TO KNOW"
    } else {
        "NEXT TIME"
    };
    match (&summary.note, lines.len()) {
        (None, _) => block(pen, rest, name, theme::ORANGE, &lines),
        (Some(note), 0) => block(pen, rest, name, theme::ORANGE, std::slice::from_ref(note)),
        (Some(note), _) => {
            let (change, known) = rest.cut_left(7_600);
            block(
                pen,
                Area {
                    right: change.right - 500,
                    ..change
                },
                name,
                theme::ORANGE,
                &lines,
            )?;
            block(
                pen,
                known,
                "TO KNOW",
                theme::GREY,
                std::slice::from_ref(note),
            )
        }
    }
}

fn block<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    name: &str,
    color: plotters_backend::BackendColor,
    texts: &[String],
) -> Drawn {
    pen.line(
        (area.left, area.top),
        (area.left, area.bottom),
        Line { color, width: 50 },
    )?;
    let left = area.left + 280;
    let label = Letters::new(size::TINY, theme::SOFT).bold();
    pen.text(name, (left, area.top + 190), label)?;
    let body = Letters::new(size::BODY, theme::INK);
    let lines = if texts.len() > 1 { 2 } else { 4 };
    let mut baseline = area.top + 620;
    for text in texts {
        baseline = pen.paragraph(text, (left, baseline), (area.right - left, lines), body)? + 90;
    }
    Ok(())
}
