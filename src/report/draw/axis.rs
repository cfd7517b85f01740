//! Numbers to places on the page.

use plotters_backend::DrawingBackend;

use super::super::numbers::number;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};

/// A rectangle with a scale on both sides. Ranges are finite and not empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub area: Area,
    x: (f64, f64),
    y: (f64, f64),
}

impl Plot {
    pub(super) fn new(area: Area, x: (f64, f64), y: (f64, f64)) -> Plot {
        Plot {
            area,
            x: sane(x),
            y: sane(y),
        }
    }

    /// The place of a value, kept inside the plot.
    pub(super) fn x(&self, value: f64) -> i32 {
        place(value, self.x, (self.area.left, self.area.right))
    }

    /// The place of a value, kept inside the plot; larger is higher.
    pub(super) fn y(&self, value: f64) -> i32 {
        place(value, self.y, (self.area.bottom, self.area.top))
    }

    /// Whether a value lies in the range shown.
    pub(super) fn shows_y(&self, value: f64) -> bool {
        (self.y.0..=self.y.1).contains(&value)
    }

    /// Whether a stretch of values at a moment lies, at least in part, in the range shown.
    pub(super) fn shows(&self, at: f64, low: f64, high: f64) -> bool {
        (self.x.0..=self.x.1).contains(&at) && low <= self.y.1 && high >= self.y.0
    }

    /// Level lines with their numbers to the left.
    pub(super) fn level_grid<B: DrawingBackend>(
        &self,
        pen: &mut Pen<B>,
        want: usize,
        unit: &str,
    ) -> Drawn {
        let letters = Letters::new(size::TINY, theme::SOFT).align(Align::Right);
        let step = step(self.y, want, &[1.0, 2.0, 5.0]);
        for value in multiples(self.y, step) {
            let y = self.y(value);
            pen.level(y, self.area.left, self.area.right, GRID)?;
            let text = format!("{}{unit}", number(value, decimals(step)));
            pen.text(&text, (self.area.left - 100, y + 75), letters)?;
        }
        Ok(())
    }

    /// Minutes and seconds below.
    pub(super) fn time_ticks<B: DrawingBackend>(&self, pen: &mut Pen<B>, from: f64) -> Drawn {
        let letters = Letters::new(size::TINY, theme::SOFT).align(Align::Center);
        let span = (self.x.0 - from, self.x.1 - from);
        let step = time_step(span.1 - span.0);
        for value in multiples(span, step) {
            let x = self.x(value + from);
            pen.line((x, self.area.bottom), (x, self.area.bottom + 70), TICK)?;
            pen.text(&clock(value), (x, self.area.bottom + 300), letters)?;
        }
        Ok(())
    }
}

const GRID: Line = Line {
    color: theme::GRID,
    width: stroke::HAIR,
};
const TICK: Line = Line {
    color: theme::FAINT,
    width: stroke::HAIR,
};

fn sane((low, high): (f64, f64)) -> (f64, f64) {
    let limit = |value: f64| {
        if value.is_finite() {
            value.clamp(-1e10, 1e10)
        } else {
            0.0
        }
    };
    let (low, high) = (limit(low), limit(high));
    if high - low > 1e-6 {
        (low, high)
    } else {
        (low - 0.5, low + 0.5)
    }
}

fn place(value: f64, (low, high): (f64, f64), (from, to): (i32, i32)) -> i32 {
    let share = if value.is_finite() {
        ((value - low) / (high - low)).clamp(0.0, 1.0)
    } else {
        0.0
    };
    from + (share * f64::from(to - from)).round() as i32
}

/// The smallest round step that gives at most `want` steps.
fn step((low, high): (f64, f64), want: usize, round: &[f64]) -> f64 {
    let rough = (high - low) / want.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let found = round
        .iter()
        .map(|step| step * power)
        .find(|step| *step >= rough * 0.999);
    found.unwrap_or(10.0 * power)
}

fn decimals(step: f64) -> usize {
    (-step.log10().floor()).clamp(0.0, 3.0) as usize
}

/// Every multiple of a step inside a range; never more than a few dozen.
pub(super) fn multiples((low, high): (f64, f64), step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil();
    let count = ((high / step + 1e-9).floor() - first).clamp(-1.0, 60.0) as i64 + 1;
    (0..count)
        .map(|index| (first + index as f64) * step)
        .collect()
}

/// A step that people know from clocks.
fn time_step(span: f64) -> f64 {
    const STEPS: [f64; 14] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
        21_600.0,
    ];
    let found = STEPS.into_iter().find(|step| span / step <= 12.0);
    found.unwrap_or_else(|| step((0.0, span), 10, &[1.0, 2.0, 5.0]))
}

/// `0:05`, `12:30`, `1:02:00`.
fn clock(seconds: f64) -> String {
    let whole = seconds.round().clamp(0.0, 1e12) as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, m, s) => format!("{m}:{s:02}"),
        (h, m, s) => format!("{h}:{m:02}:{s:02}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        assert_eq!(step((0.0, 90.0), 5, &[1.0, 2.0, 5.0]), 20.0);
        assert_eq!(multiples((-4.0, 21.0), 10.0), [0.0, 10.0, 20.0]);
        assert_eq!(time_step(300.0), 30.0);
        assert_eq!(clock(3725.0), "1:02:05");
    }

    #[test]
    fn nothing_is_placed_outside() {
        let area = Area {
            left: 0,
            top: 0,
            right: 100,
            bottom: 50,
        };
        let plot = Plot::new(area, (f64::NAN, f64::INFINITY), (0.0, 0.0));
        for value in [f64::NAN, f64::INFINITY, -1e300, 7.0] {
            assert!((0..=100).contains(&plot.x(value)) && (0..=50).contains(&plot.y(value)));
        }
        assert!(multiples((0.0, 1e10), 1.0).len() <= 61);
    }
}
