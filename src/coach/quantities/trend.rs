//! Whether something grows over a set, and how surely.

/// Values that are looked at one by one; of more, neighbors are joined, so that the cost is bounded: 780 slopes.
const MOST_VALUES: usize = 40;

/// Samples of the bootstrap: the 5th and 95th of a hundred are then the 10th lowest and highest.
const SAMPLES: usize = 200;

/// Fewer values have no trend (exercises.md 7.1).
const LEAST_VALUES: usize = 6;

/// The Theil–Sen slope per step of values that were measured one after another (position, value): the median of the
/// slopes of all pairs, which a third of odd values does not move (Theil 1950, Sen 1968).
pub(super) fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (k, (x1, y1)) in points.iter().enumerate() {
        let later = points[k + 1..].iter().filter(|(x2, _)| x2 != x1);
        slopes.extend(later.map(|(x2, y2)| (y2 - y1) / (x2 - x1)));
    }
    if slopes.is_empty() {
        return None;
    }
    let (count, middle) = (slopes.len(), slopes.len() / 2);
    let (below, at, _) = slopes.select_nth_unstable_by(middle, f64::total_cmp);
    if count % 2 == 1 {
        return Some(*at);
    }
    let before = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some((*at + before) / 2.0)
}

/// The slope, where its sign is sure: the same at both ends of the 90 % interval of a bootstrap over the values.
///
/// Its chance is a fixed sequence (a linear congruence, Knuth's MMIX), so that the same values give the same answer.
pub(super) fn sure_slope(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < LEAST_VALUES {
        return None;
    }
    let points = joined(points);
    let found = slope(&points)?;
    let mut state: u64 = 1;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        points[((state >> 33) as usize) % points.len()]
    };
    let mut slopes: Vec<f64> = (0..SAMPLES)
        .filter_map(|_| {
            let sample: Vec<(f64, f64)> = (0..points.len()).map(|_| draw()).collect();
            slope(&sample)
        })
        .collect();
    slopes.sort_by(f64::total_cmp);
    let cut = slopes.len() / 20;
    let (low, high) = (*slopes.get(cut)?, *slopes.get(slopes.len() - 1 - cut)?);
    (low > 0.0 || high < 0.0).then_some(found)
}

/// No more than [`MOST_VALUES`]: neighbors joined to their mean.
fn joined(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let size = points.len().div_ceil(MOST_VALUES).max(1);
    let mean = |part: &[(f64, f64)]| {
        let (x, y) = part
            .iter()
            .fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let count = part.len() as f64;
        (x / count, y / count)
    };
    points.chunks(size).map(mean).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn points(values: &[f64]) -> Vec<(f64, f64)> {
        values
            .iter()
            .enumerate()
            .map(|(k, value)| (k as f64, *value))
            .collect()
    }

    #[test]
    fn one_odd_value_does_not_move_the_slope() {
        let mut values: Vec<f64> = (0..9).map(|k| 50.0 + 2.0 * f64::from(k)).collect();
        values[4] = 500.0;
        assert_eq!(slope(&points(&values)), Some(2.0));
        assert_eq!(slope(&points(&[1.0])), None);
        assert_eq!(slope(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn an_even_number_of_slopes_has_a_middle() {
        let four = points(&[0.0, 4.0, 4.0, 10.0]);
        let mut slopes = [4.0, 2.0, 10.0 / 3.0, 0.0, 3.0, 6.0];
        slopes.sort_by(f64::total_cmp);
        assert_eq!(slope(&four), Some((slopes[2] + slopes[3]) / 2.0));
    }

    #[test]
    fn a_steady_loss_is_sure_and_a_wobble_is_not() {
        let fading: Vec<f64> = (0..12)
            .map(|k| 80.0 - 2.0 * f64::from(k) + f64::from(k * 7 % 5) - 2.0)
            .collect();
        let found = sure_slope(&points(&fading)).unwrap();
        assert!((found + 2.0).abs() < 0.4, "{found}");
        let wobble: Vec<f64> = (0..12).map(|k| 80.0 + f64::from(k * 7 % 5)).collect();
        assert_eq!(sure_slope(&points(&wobble)), None);
        assert_eq!(sure_slope(&points(&fading[..5])), None);
        assert_eq!(sure_slope(&points(&fading)), Some(found), "the same twice");
    }

    #[test]
    fn a_very_long_set_is_looked_at_in_parts() {
        let long: Vec<f64> = (0..500).map(|k| f64::from(k) * 0.5).collect();
        let found = sure_slope(&points(&long)).unwrap();
        assert!((found - 0.5).abs() < 1e-9);
        assert!(joined(&points(&long)).len() <= MOST_VALUES);
    }
}
