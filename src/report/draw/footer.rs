//! What a reader must know before believing the rest.

use plotters_backend::DrawingBackend;

use super::super::data::Report;
use super::pen::{Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    pen.level(
        area.top,
        area.left,
        area.right,
        Line {
            color: theme::FAINT,
            width: stroke::HAIR,
        },
    )?;
    let letters = Letters::new(size::TINY, theme::SOFT);
    let widest = area.width();
    let accuracy = format!(
        "{} For general fitness; does not replace a physiotherapist or doctor.",
        report.accuracy.statement
    );
    let next = pen.paragraph(&accuracy, (area.left, area.top + 340), (widest, 2), letters)?;
    pen.paragraph(
        &identity(report),
        (area.left, next + 30),
        (widest, 2),
        letters,
    )?;
    Ok(())
}

fn identity(report: &Report) -> String {
    let origin = &report.origin;
    let mut parts = vec![
        format!("Rules {}", report.rule_set),
        format!("backcoach {}", origin.program_version),
    ];
    if let Some(hash) = &origin.recording_sha256 {
        parts.push(format!("recording SHA-256 {hash}"));
    }
    if origin.synthetic {
        parts.push("synthetic data, made by the program".to_owned());
    }
    if report.reps_not_listed > 0 {
        parts.push(format!(
            "{} more repetitions are counted but not drawn",
            report.reps_not_listed
        ));
    }
    parts.join("  ·  ")
}
