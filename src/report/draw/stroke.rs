//! A line with a width, as the outline that is filled.

use ab_glyph::{Point, point};

/// Directions that differ by less than this cosine meet in a common edge; sharper turns overlap instead.
const GENTLE: f32 = 0.3;

/// How much of its half width a line reaches beyond an end or a sharp turn.
const REACH: f32 = 0.4;

/// The sides of all segments, each segment turning the same way, so that where they overlap they add up.
///
/// Neighbors share the edge between them as long as the turn is gentle: two that overlap would show as beads.
pub(super) fn outline(points: &[Point], half: f32) -> Vec<(Point, Point)> {
    let points = without_repeats(points);
    let directions: Vec<Point> = points
        .windows(2)
        .map(|pair| direction(pair[0], pair[1]))
        .collect();
    let mut sides = Vec::with_capacity(directions.len() * 4);
    for (index, along) in directions.iter().enumerate() {
        let (from, to) = (points[index], points[index + 1]);
        let before = index.checked_sub(1).map(|before| directions[before]);
        let after = directions.get(index + 1).copied();
        let begin = edge(from, *along, before, -REACH * half, half);
        let end = edge(to, *along, after, REACH * half, half);
        sides.push((begin.left, end.left));
        sides.push((end.right, begin.right));
        // A common edge would be drawn down and up again.
        if !end.is_common {
            sides.push((end.left, end.right));
        }
        if !begin.is_common {
            sides.push((begin.right, begin.left));
        }
    }
    sides
}

fn without_repeats(points: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for next in points {
        let moved = kept
            .last()
            .is_none_or(|last| (next.x - last.x).hypot(next.y - last.y) > 1e-3);
        if moved {
            kept.push(*next);
        }
    }
    kept
}

fn direction(from: Point, to: Point) -> Point {
    let length = (to.x - from.x).hypot(to.y - from.y);
    point((to.x - from.x) / length, (to.y - from.y) / length)
}

/// The two corners where a segment ends.
struct Edge {
    left: Point,
    right: Point,
    is_common: bool,
}

/// On the bisector of a gentle turn, else straight and a little further.
fn edge(at: Point, along: Point, neighbor: Option<Point>, reach: f32, half: f32) -> Edge {
    let sum = neighbor
        .filter(|other| along.x * other.x + along.y * other.y > GENTLE)
        .map(|other| point(along.x + other.x, along.y + other.y));
    let (aside, reach) = match sum {
        Some(sum) => {
            // Twice the cosine of half the turn is how long the sum of two unit vectors is.
            let longer = 2.0 * half / (sum.x * sum.x + sum.y * sum.y);
            (point(-sum.y * longer, sum.x * longer), 0.0)
        }
        None => (point(-along.y * half, along.x * half), reach),
    };
    let (x, y) = (at.x + along.x * reach, at.y + along.y * reach);
    Edge {
        left: point(x + aside.x, y + aside.y),
        right: point(x - aside.x, y - aside.y),
        is_common: sum.is_some(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_gentle_turn_has_one_common_edge() {
        let points = [point(0.0, 0.0), point(10.0, 0.0), point(20.0, 2.0)];
        let sides = outline(&points, 1.0);
        // Two long sides of each segment and one edge at each end of the line.
        assert_eq!(sides.len(), 6);
        assert_eq!(sides[0].1, sides[3].0);
        assert_eq!(sides[1].0, sides[4].1);
    }

    #[test]
    fn points_on_one_place_draw_nothing() {
        assert!(outline(&[point(1.0, 1.0); 5], 1.0).is_empty());
        assert!(outline(&[], 1.0).is_empty());
    }
}
