//! How much of each pixel a shape covers.
//!
//! The edges of a shape are gathered row by row. An edge that passes through a row adds to every pixel to
//! its right the height that it spans there, downward positive and upward negative; so the running sum along
//! a row is the coverage. Only where that sum changes is kept, so that a thin line across the page costs no
//! more than its length.

use ab_glyph::Point;

/// Gathers the edges of one shape.
pub(super) struct Coverage {
    /// For each row, where the running sum changes and by how much.
    rows: Vec<Vec<(i32, f32)>>,
    touched: std::ops::Range<usize>,
}

impl Coverage {
    pub(super) fn new(height: usize) -> Coverage {
        Coverage {
            rows: vec![Vec::new(); height],
            touched: height..0,
        }
    }

    /// Adds an edge. Points lie on the page: x from 0 to its width, y from 0 to its height.
    pub(super) fn edge(&mut self, from: Point, to: Point) {
        let (upper, lower, turn) = if from.y < to.y {
            (from, to, 1.0)
        } else {
            (to, from, -1.0)
        };
        let slope = (lower.x - upper.x) / (lower.y - upper.y);
        if !slope.is_finite() {
            return;
        }
        let first = upper.y.floor().max(0.0) as usize;
        let end = (lower.y.ceil().max(0.0) as usize).min(self.rows.len());
        if first < end {
            self.touched = self.touched.start.min(first)..self.touched.end.max(end);
        }
        for y in first..end {
            let (top, bottom) = (upper.y.max(y as f32), lower.y.min(y as f32 + 1.0));
            let x = |at: f32| upper.x + slope * (at - upper.y);
            passage(&mut self.rows[y], x(top), x(bottom), turn * (bottom - top));
        }
    }

    /// Gives each run of equally covered pixels, as row, columns and coverage, and forgets the shape.
    pub(super) fn drain(&mut self, mut run: impl FnMut(usize, std::ops::Range<i32>, f32)) {
        for y in self.touched.clone() {
            let changes = &mut self.rows[y];
            changes.sort_unstable_by_key(|(x, _)| *x);
            let mut sum = 0.0_f32;
            let mut at = 0;
            for (x, change) in changes.iter() {
                // Less than half a shade is nothing.
                if *x > at && sum.abs() > 0.002 {
                    run(y, at..*x, sum.abs().min(1.0));
                }
                at = *x;
                sum += change;
            }
            changes.clear();
        }
        self.touched = self.rows.len()..0;
    }
}

/// An edge goes through one row from `from` to `to` and spans `height` of it.
fn passage(changes: &mut Vec<(i32, f32)>, from: f32, to: f32, height: f32) {
    let (left, right) = (from.min(to), from.max(to));
    // Mean, over the edge, of how far `x` lies to the right of it.
    let beyond = |x: f32| {
        if x <= left {
            0.0
        } else if x >= right {
            x - (left + right) / 2.0
        } else {
            (x - left) * (x - left) / (2.0 * (right - left))
        }
    };
    let mut before = 0.0;
    for column in left.floor() as i32..=right.ceil() as i32 {
        let covered = beyond(column as f32 + 1.0) - beyond(column as f32);
        changes.push((column, height * (covered - before)));
        before = covered;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use ab_glyph::point;

    fn shape(corners: &[(f32, f32)]) -> Vec<Vec<f32>> {
        let mut coverage = Coverage::new(8);
        for (index, corner) in corners.iter().enumerate() {
            let next = corners[(index + 1) % corners.len()];
            coverage.edge(point(corner.0, corner.1), point(next.0, next.1));
        }
        let mut page = vec![vec![0.0; 8]; 8];
        coverage.drain(|y, columns, covered| {
            columns.for_each(|x| page[y][x as usize] = covered);
        });
        page
    }

    #[test]
    fn a_rectangle_off_the_grid_covers_its_area_and_no_more() {
        let page = shape(&[(1.5, 1.25), (4.0, 1.25), (4.0, 3.0), (1.5, 3.0)]);
        assert!((page[1][1] - 0.375).abs() < 1e-5);
        assert!((page[1][2] - 0.75).abs() < 1e-5);
        assert!((page[2][3] - 1.0).abs() < 1e-5);
        let area: f32 = page.iter().flatten().sum();
        assert!((area - 2.5 * 1.75).abs() < 1e-4);
    }

    #[test]
    fn a_triangle_covers_half_its_box_whichever_way_it_turns() {
        for corners in [
            [(0.0, 0.0), (7.0, 0.0), (0.0, 7.0)],
            [(0.0, 0.0), (0.0, 7.0), (7.0, 0.0)],
        ] {
            let area: f32 = shape(&corners).iter().flatten().sum();
            assert!((area - 24.5).abs() < 1e-3);
        }
    }

    #[test]
    fn a_shape_leaves_nothing_behind() {
        let mut coverage = Coverage::new(4);
        coverage.edge(point(1.0, 0.0), point(1.0, 4.0));
        coverage.drain(|_, _, _| {});
        coverage.drain(|_, _, _| panic!("something was left"));
    }
}
