//! A line to its fields, a field to its number.

use std::borrow::Cow;
use std::fmt;

use nalgebra::Vector3;

use super::columns::Columns;
use crate::units::{Acceleration, AngularRate};

/// One row that could be read. Ordered by time, then by its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The table's own time, nanoseconds: whole numbers, so that 19 digits stay exact.
    pub nanos: i128,
    pub order: u64,
    pub accel: Acceleration,
    pub gyro: Option<AngularRate>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Row) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Row {}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Row) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Row) -> std::cmp::Ordering {
        (self.nanos, self.order).cmp(&(other.nanos, other.order))
    }
}

/// Why a row is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowProblem {
    /// A field is empty or not a number: nothing was measured.
    Incomplete(String),
    /// A field is something else.
    Unreadable(String),
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowProblem::Incomplete(problem) | RowProblem::Unreadable(problem) => {
                f.write_str(problem)
            }
        }
    }
}

impl Row {
    /// Reads a line.
    pub(super) fn read(line: &str, columns: &Columns, order: u64) -> Result<Row, RowProblem> {
        let cells = Cells {
            fields: fields(line.trim_end_matches('\r'), columns.delimiter),
            columns,
        };
        cells.no_more_than_named()?;
        let accel = cells.vector(columns.accel, columns.accel_unit.factor())?;
        let gyro = columns
            .gyro
            .map(|gyro| cells.vector(gyro, columns.gyro_unit.factor()));
        let gyro = match gyro {
            None | Some(Err(RowProblem::Incomplete(_))) => None,
            Some(gyro) => Some(AngularRate::from_radians_per_second(gyro?)),
        };
        Ok(Row {
            nanos: cells.time()?,
            order,
            accel: Acceleration::from_meters_per_second_squared(accel),
            gyro,
        })
    }
}

struct Cells<'a> {
    fields: Vec<Cow<'a, str>>,
    columns: &'a Columns,
}

impl Cells<'_> {
    /// Numbers beyond the last column show that the delimiter stands within numbers as well.
    fn no_more_than_named(&self) -> Result<(), RowProblem> {
        let (found, named) = (self.fields.len(), self.columns.names.len());
        let is_split = self.columns.delimiter == ',' && found >= 2 * named - 1 && found > named;
        if is_split
            && self.fields[named..]
                .iter()
                .all(|field| !field.trim().is_empty())
        {
            return Err(RowProblem::Unreadable(format!(
                "has {found} fields, the header {named}; if decimals have a comma, save the table with semicolons between its fields"
            )));
        }
        Ok(())
    }

    fn text(&self, at: usize) -> Result<Cow<'_, str>, RowProblem> {
        let missing = || RowProblem::Unreadable(format!("has no field `{}`", self.name(at)));
        let text = self.fields.get(at).ok_or_else(missing)?.trim();
        if matches!(
            text.to_ascii_lowercase().as_str(),
            "" | "nan" | "na" | "n/a" | "null" | "none" | "-"
        ) {
            return Err(RowProblem::Incomplete(format!(
                "`{}` is empty",
                self.name(at)
            )));
        }
        let decimal_comma =
            self.columns.delimiter != ',' && text.contains(',') && !text.contains('.');
        Ok(if decimal_comma {
            Cow::Owned(text.replace(',', "."))
        } else {
            Cow::Borrowed(text)
        })
    }

    fn vector(&self, at: [usize; 3], factor: f64) -> Result<Vector3<f64>, RowProblem> {
        let [x, y, z] = at.map(|at| self.number(at));
        Ok(Vector3::new(x?, y?, z?) * factor)
    }

    fn number(&self, at: usize) -> Result<f64, RowProblem> {
        let text = self.text(at)?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number.abs() < MOST => Ok(number),
            Ok(_) => Err(RowProblem::Incomplete(format!(
                "`{}` is `{}`, which no sensor measures",
                self.name(at),
                shortened(&text)
            ))),
            Err(_) => Err(self.not_a_number(at, &text)),
        }
    }

    fn time(&self) -> Result<i128, RowProblem> {
        let text = self.text(self.columns.time)?;
        let exponent = self.columns.time_unit.factor().log10().round() as i32 + 9;
        decimal(&text, exponent).ok_or_else(|| {
            // Too large for its unit is something else than no number, and has another remedy.
            if decimal(&text, 0).is_some() {
                RowProblem::Unreadable(format!(
                    "`{}` is `{}` {}, which is no time; give its unit, such as `--time-unit ns`",
                    self.name(self.columns.time),
                    shortened(&text),
                    self.columns.time_unit.name()
                ))
            } else {
                self.not_a_number(self.columns.time, &text)
            }
        })
    }

    fn not_a_number(&self, at: usize, text: &str) -> RowProblem {
        RowProblem::Unreadable(format!(
            "`{}` is `{}`, which is not a number",
            self.name(at),
            shortened(text)
        ))
    }

    fn name(&self, at: usize) -> &str {
        self.columns.names.get(at).map_or("?", String::as_str)
    }
}

/// Larger numbers than this are damage, whatever the unit.
const MOST: f64 = 1e7;

fn shortened(text: &str) -> String {
    text.chars().take(40).filter(|c| !c.is_control()).collect()
}

/// Parts a line into its fields. A field in quotes may hold the delimiter, and doubled quotes; none spans lines.
pub(super) fn fields(line: &str, delimiter: char) -> Vec<Cow<'_, str>> {
    if !line.contains('"') {
        return line.split(delimiter).map(Cow::Borrowed).collect();
    }
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let field = fields.last_mut().map_or_else(String::new, std::mem::take);
        let mut field = field;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            letter if letter == delimiter && !quoted => {
                if let Some(last) = fields.last_mut() {
                    *last = field;
                }
                fields.push(String::new());
                continue;
            }
            letter => field.push(letter),
        }
        if let Some(last) = fields.last_mut() {
            *last = field;
        }
    }
    fields.into_iter().map(Cow::Owned).collect()
}

/// Reads a decimal number times ten to the `exponent` as a whole number, exactly as far as it goes.
///
/// Nanoseconds since 1970 have 19 digits, more than an `f64` holds.
pub(super) fn decimal(text: &str, exponent: i32) -> Option<i128> {
    let (mantissa, power) = match text.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let mut exponent = exponent.checked_add(power)?;
    let mut value: i128 = 0;
    for (at, digit) in whole.bytes().chain(part.bytes()).enumerate() {
        if at >= whole.len() {
            exponent = exponent.checked_sub(1)?;
        }
        value = value
            .checked_mul(10)?
            .checked_add(i128::from(digit - b'0'))?;
        // Digits far behind the nanosecond say nothing more.
        if at >= whole.len() && exponent < -3 {
            break;
        }
    }
    let scale = 10_i128.checked_pow(exponent.unsigned_abs());
    let value = match (exponent >= 0, scale) {
        (true, scale) if value != 0 => value.checked_mul(scale?)?,
        (true, _) => 0,
        (false, Some(scale)) => (value + scale / 2) / scale,
        (false, None) => 0,
    };
    (value.unsigned_abs() < MOST_NANOS).then_some(if negative { -value } else { value })
}

/// Times beyond this (about 3000 years) are damage.
const MOST_NANOS: u128 = 100_000_000_000_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_nineteen_digits_stays_exact() {
        assert_eq!(
            decimal("1681234567890123456", 0),
            Some(1_681_234_567_890_123_456)
        );
        assert_eq!(
            decimal("1681234567.890123", 9),
            Some(1_681_234_567_890_123_000)
        );
        assert_eq!(decimal("1.681E+3", 9), Some(1_681_000_000_000));
        assert_eq!(decimal("-0.5", 9), Some(-500_000_000));
        assert_eq!(decimal(".25", 9), Some(250_000_000));
        assert_eq!(decimal("0.00000000049", 9), Some(0));
        assert_eq!(
            decimal("0.3333333333333333333333333333333333333333333333", 9),
            Some(333_333_333)
        );
        for bad in [
            "",
            ".",
            "-",
            "1.2.3",
            "1e",
            "1e99",
            "0x10",
            "12:30",
            "१",
            "99999999999999999999999999999999999999999",
        ] {
            assert_eq!(decimal(bad, 9), None, "{bad}");
        }
        assert_eq!(decimal("0e99", 9), Some(0));
        assert_eq!(decimal("1e-99", 9), Some(0));
    }

    #[test]
    fn quotes_hold_delimiters() {
        assert_eq!(
            fields(r#""a,b",c,"d""e",,"#, ','),
            ["a,b", "c", "d\"e", "", ""]
        );
        assert_eq!(fields(r#""open,c"#, ','), ["open,c"]);
    }
}
