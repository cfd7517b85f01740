//! The mark of each verdict: a shape and a color that mean the same everywhere on the page.

use plotters_backend::{BackendColor, BackendCoord, DrawingBackend};

use super::super::data::RepReport;
use super::pen::{Area, Drawn, Line, Pen};
use super::theme;
use crate::coach::Verdict;
use crate::exercise::Severity;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Verdict(Verdict),
    NotSeen,
    TakenBack,
}

impl Mark {
    /// The mark of a repetition.
    pub(super) fn of(rep: &RepReport) -> Mark {
        match rep.taken_back {
            true => Mark::TakenBack,
            false => Mark::Verdict(rep.verdict),
        }
    }

    pub(super) fn color(self) -> BackendColor {
        match self {
            Mark::Verdict(Verdict::Good) => theme::GREEN,
            Mark::Verdict(Verdict::Warning) => theme::ORANGE,
            Mark::Verdict(Verdict::Partial) => theme::SKY,
            Mark::Verdict(Verdict::Doubtful) => theme::PURPLE,
            Mark::NotSeen | Mark::TakenBack => theme::GREY,
        }
    }

    /// Draws the shape: disc, triangle, half disc, ring, empty square, cross.
    pub(super) fn draw<B: DrawingBackend>(
        self,
        pen: &mut Pen<B>,
        (x, y): BackendCoord,
        radius: i32,
    ) -> Drawn {
        let color = self.color();
        let outline = Line {
            color,
            width: (radius / 3).max(12) as u32,
        };
        match self {
            Mark::Verdict(Verdict::Good) => pen.disc((x, y), radius, color),
            Mark::Verdict(Verdict::Warning) => {
                let (up, down, half) = (radius * 6 / 5, radius * 4 / 5, radius * 6 / 5);
                pen.polygon(
                    &[(x, y - up), (x + half, y + down), (x - half, y + down)],
                    color,
                )
            }
            Mark::Verdict(Verdict::Partial) => {
                pen.ring((x, y), radius - radius / 6, outline)?;
                pen.polygon(&half_disc((x, y), radius), color)
            }
            Mark::Verdict(Verdict::Doubtful) => pen.ring((x, y), radius - radius / 6, outline),
            Mark::NotSeen => {
                let side = radius * 4 / 5;
                let corners = [
                    (x - side, y - side),
                    (x + side, y - side),
                    (x + side, y + side),
                    (x - side, y + side),
                    (x - side, y - side),
                ];
                pen.path(&corners, outline)
            }
            Mark::TakenBack => {
                let arm = radius * 4 / 5;
                pen.line((x - arm, y - arm), (x + arm, y + arm), outline)?;
                pen.line((x - arm, y + arm), (x + arm, y - arm), outline)
            }
        }
    }

    /// Fills an area in the mark's color and pattern, so that it reads in grey too.
    pub(super) fn fill<B: DrawingBackend>(self, pen: &mut Pen<B>, area: Area) -> Drawn {
        let color = self.color();
        match self {
            Mark::Verdict(Verdict::Good) => pen.fill(area, color),
            Mark::Verdict(Verdict::Warning) => {
                pen.fill(area, color)?;
                pen.hatch(area, 160, true, theme::tint(theme::INK, 0.45))
            }
            Mark::Verdict(Verdict::Partial) => {
                pen.fill(area, theme::tint(color, 0.55))?;
                pen.hatch(area, 160, false, theme::BLUE)
            }
            Mark::Verdict(Verdict::Doubtful) => {
                pen.fill(area, theme::tint(color, 0.35))?;
                pen.hatch(area, 110, true, color)
            }
            Mark::NotSeen => {
                pen.fill(area, theme::tint(color, 0.18))?;
                pen.hatch(area, 110, false, theme::FAINT)
            }
            Mark::TakenBack => {
                let middle = (area.top + area.bottom) / 2;
                let struck = Line { color, width: 24 };
                pen.line((area.left, middle), (area.right, middle), struck)
            }
        }
    }
}

/// The lower half of a disc.
fn half_disc((x, y): BackendCoord, radius: i32) -> Vec<BackendCoord> {
    (0..=16)
        .map(|corner| {
            let turn = f64::from(corner) / 16.0 * std::f64::consts::PI;
            let (sine, cosine) = turn.sin_cos();
            let offset = |part: f64| (part * f64::from(radius)).round() as i32;
            (x + offset(cosine), y + offset(sine))
        })
        .collect()
}

/// A severity's mark: a dot for what was noted, a triangle for a warning, a square for a pause.
pub(super) fn severity<B: DrawingBackend>(
    pen: &mut Pen<B>,
    severity: Severity,
    (x, y): BackendCoord,
    radius: i32,
) -> Drawn {
    match severity {
        Severity::Info => pen.ring(
            (x, y),
            radius * 3 / 4,
            Line {
                color: theme::SOFT,
                width: 24,
            },
        ),
        Severity::Warn => Mark::Verdict(Verdict::Warning).draw(pen, (x, y), radius),
        Severity::Stop => pen.fill(
            Area {
                left: x - radius,
                top: y - radius,
                right: x + radius,
                bottom: y + radius,
            },
            theme::VERMILION,
        ),
    }
}
