//! Order statistics and robust slopes over small lists, and numbers as text.

use crate::exercise::Unit;

/// Keeps a number that a picture and JSON can show; the rest becomes `None`.
pub(super) fn finite(value: f64) -> Option<f64> {
    (value.is_finite() && value.abs() < 1e9).then_some(value)
}

/// The value below which a share of the list lies, interpolated; `None` for an empty list.
pub(super) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    let (low, high) = (sorted.get(below)?, sorted.get(above)?);
    Some(low + (high - low) * (position - below as f64))
}

/// The value in the middle.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The mean; `None` for an empty list.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// How many points [`theil_sen`] looks at; longer lists are thinned evenly, for its work grows with the square.
const SLOPE_POINTS: usize = 300;

/// The median of the slopes between all pairs (Theil 1950, Sen 1968): one odd repetition cannot turn it.
pub(super) fn theil_sen(points: &[(f64, f64)]) -> Option<f64> {
    let step = points.len().div_ceil(SLOPE_POINTS).max(1);
    let thinned: Vec<(f64, f64)> = points.iter().copied().step_by(step).collect();
    let mut slopes = Vec::new();
    for (index, (x0, y0)) in thinned.iter().enumerate() {
        for (x1, y1) in thinned.iter().skip(index + 1) {
            if x1 != x0 {
                slopes.push((y1 - y0) / (x1 - x0));
            }
        }
    }
    median(&slopes)
}

/// A number with as many decimals as it deserves, and a real minus sign.
pub(super) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let zero = text
        .trim_start_matches('-')
        .chars()
        .all(|c| c == '0' || c == '.');
    if zero {
        text.trim_start_matches('-').to_owned()
    } else {
        text.replace('-', "\u{2212}")
    }
}

/// A number in its unit: whole degrees, tenths of seconds.
pub(super) fn with_unit(value: f64, unit: Unit) -> String {
    format!("{}{unit}", number(value, decimals(unit)))
}

/// Decimals that the sensor can account for.
pub(super) fn decimals(unit: Unit) -> usize {
    match unit {
        Unit::Seconds => 1,
        Unit::Ratio | Unit::Plain | Unit::MetersPerSecondSquared => 2,
        _ => 0,
    }
}

/// A length of time: `48 s`, `5:12`, `1:02:30`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.clamp(0.0, 1e12).round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m}:{s:02} min"),
        (h, m, s) => format!("{h}:{m:02}:{s:02} h"),
    }
}

/// A moment as a clock that began with the session shows it: `0:37`, `1:02:05`.
pub(super) fn clock(seconds: f64) -> String {
    let whole = seconds.clamp(0.0, 1e12).floor() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, m, s) => format!("{m}:{s:02}"),
        (h, m, s) => format!("{h}:{m:02}:{s:02}"),
    }
}

/// A count with its word: `1 set`, `2 sets`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Text from outside made fit for a page: no control or direction marks, single spaces, bounded length.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let mut cleaned = String::new();
    for (kept, c) in text.chars().filter(|c| !is_unprintable(*c)).enumerate() {
        if kept >= longest {
            cleaned.push('…');
            break;
        }
        let c = if c.is_whitespace() { ' ' } else { c };
        if !(c == ' ' && (cleaned.is_empty() || cleaned.ends_with(' '))) {
            cleaned.push(c);
        }
    }
    cleaned.trim_end().to_owned()
}

fn is_unprintable(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_lies_between_two_values() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[f64::NAN]), None);
        assert_eq!(quantile(&[0.0, 10.0], 0.9), Some(9.0));
    }

    #[test]
    fn one_odd_point_does_not_turn_the_slope() {
        let mut points: Vec<(f64, f64)> =
            (0..9).map(|i| (f64::from(i), f64::from(2 * i))).collect();
        points.push((9.0, -500.0));
        assert!((theil_sen(&points).unwrap() - 2.0).abs() < 0.3);
    }

    #[test]
    fn hostile_text_loses_its_marks_and_its_length() {
        assert_eq!(clean("a\u{1b}[31m\tb\u{202e}  c\n", 20), "a[31m b c");
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(clean("\u{0}\u{7f}", 3), "");
    }

    #[test]
    fn numbers_have_a_minus_sign_but_no_minus_zero() {
        assert_eq!(number(-3.26, 1), "\u{2212}3.3");
        assert_eq!(number(-0.01, 1), "0.0");
        assert_eq!(duration(312.0), "5:12 min");
        assert_eq!(duration(3750.0), "1:02:30 h");
    }
}
