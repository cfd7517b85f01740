//! Which column is what, and in which unit.

use std::str::FromStr;

use super::{CsvError, row};

/// Defines a unit: its variants, how they are written, how many base units they are.
macro_rules! unit {
    ($(#[$doc:meta])* $name:ident: $($(#[$variant_doc:meta])* $variant:ident = $factor:literal, $written:literal $(or $alias:literal)*;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// How many base units one of these is.
            pub(super) const fn factor(self) -> f64 {
                match self { $($name::$variant => $factor,)* }
            }

            /// As written on the command line.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $written,)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownUnit;

            fn from_str(text: &str) -> Result<$name, UnknownUnit> {
                match text.trim() {
                    $($written $(| $alias)* => Ok($name::$variant),)*
                    _ => Err(UnknownUnit {
                        given: text.to_owned(),
                        known: [$($written,)*].join(", "),
                    }),
                }
            }
        }
    };
}

unit! {
    /// The unit of the time column.
    TimeUnit:
    /// Seconds.
    Seconds = 1.0, "s" or "sec" or "seconds";
    /// Milliseconds.
    Milliseconds = 1e-3, "ms" or "msec";
    /// Microseconds.
    Microseconds = 1e-6, "us" or "µs" or "μs";
    /// Nanoseconds.
    Nanoseconds = 1e-9, "ns";
}

unit! {
    /// The unit of the acceleration columns.
    AccelUnit:
    /// m/s².
    MetersPerSecondSquared = 1.0, "m/s2" or "m/s²" or "m/s^2" or "ms-2";
    /// Standard gravity.
    G = 9.806_65, "g" or "G";
    /// Thousandths of it.
    MilliG = 0.009_806_65, "mg";
}

unit! {
    /// The unit of the gyroscope columns.
    GyroUnit:
    /// Radians per second.
    RadiansPerSecond = 1.0, "rad/s";
    /// Degrees per second.
    DegreesPerSecond = 0.017_453_292_519_943_295, "deg/s" or "°/s" or "dps";
}

/// A unit that is not one of those that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no unit `{given}`; use one of {known}")]
pub struct UnknownUnit {
    given: String,
    known: String,
}

/// What the user says about a table; what is left open is found by the usual names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The name of the time column.
    pub time: Option<String>,
    /// The names of the acceleration columns: x, y, z.
    pub accel: Option<[String; 3]>,
    /// The names of the gyroscope columns: x, y, z.
    pub gyro: Option<[String; 3]>,
    /// The unit of time; seconds, unless the header says otherwise.
    pub time_unit: Option<TimeUnit>,
    /// The unit of acceleration; m/s², unless the header says otherwise.
    pub accel_unit: Option<AccelUnit>,
    /// The unit of the gyroscope; rad/s, unless the header says otherwise.
    pub gyro_unit: Option<GyroUnit>,
}

/// Where the numbers stand in a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    pub delimiter: char,
    pub time: usize,
    pub accel: [usize; 3],
    pub gyro: Option<[usize; 3]>,
    pub time_unit: TimeUnit,
    pub accel_unit: AccelUnit,
    pub gyro_unit: GyroUnit,
    /// The names, for messages.
    pub names: Vec<String>,
}

const TIME_NAMES: &[&str] = &[
    "t",
    "time",
    "timestamp",
    "seconds_elapsed",
    "elapsed",
    "seconds",
];
const ACCEL_NAMES: &[&str] = &["a", "acc", "accel", "acceleration", "accelerometer"];
const GYRO_NAMES: &[&str] = &["g", "w", "gyr", "gyro", "gyroscope", "angular_velocity"];
const AXES: [char; 3] = ['x', 'y', 'z'];

impl Columns {
    /// Finds the columns in a header line.
    pub(super) fn find(
        file: &str,
        line: u64,
        header: &str,
        layout: &Layout,
    ) -> Result<Columns, CsvError> {
        let delimiter = delimiter_of(header);
        let names: Vec<Name> = row::fields(header, delimiter)
            .iter()
            .map(|name| Name::read(name))
            .collect();
        if names.iter().all(|name| is_number(&name.written, delimiter)) {
            return Err(CsvError::NoHeader {
                file: file.to_owned(),
            });
        }
        let search = Search {
            file,
            line,
            names: &names,
        };
        let time = match &layout.time {
            Some(name) => search.named(name, "--time")?,
            None => search.usual_time()?,
        };
        let accel = match &layout.accel {
            Some(axes) => search.all_named(axes, "--accel")?,
            None => search
                .usual_axes(ACCEL_NAMES)
                .ok_or_else(|| search.missing("ax", "--accel X,Y,Z"))?,
        };
        let gyro = match &layout.gyro {
            Some(axes) => Some(search.all_named(axes, "--gyro")?),
            None => search.usual_axes(GYRO_NAMES),
        };
        let said = |at: usize| names[at].unit.as_deref();
        let header_unit = gyro
            .and_then(|gyro| said(gyro[0]))
            .and_then(|unit| unit.parse().ok());
        Ok(Columns {
            delimiter,
            time,
            accel,
            gyro,
            time_unit: layout
                .time_unit
                .or_else(|| said(time)?.parse().ok())
                .unwrap_or(TimeUnit::Seconds),
            accel_unit: layout
                .accel_unit
                .or_else(|| said(accel[0])?.parse().ok())
                .unwrap_or(AccelUnit::MetersPerSecondSquared),
            gyro_unit: layout
                .gyro_unit
                .or(header_unit)
                .unwrap_or(GyroUnit::RadiansPerSecond),
            names: names.iter().map(|name| name.written.clone()).collect(),
        })
    }
}

/// No column is called so.
fn is_number(name: &str, delimiter: char) -> bool {
    let name = name.trim_matches('"');
    name.parse::<f64>().is_ok()
        || (delimiter != ',' && name.replace(',', ".").parse::<f64>().is_ok())
}

fn delimiter_of(header: &str) -> char {
    [';', '\t']
        .into_iter()
        .find(|delimiter| header.contains(*delimiter))
        .unwrap_or(',')
}

/// A column's name: as written, in its plain form, and the unit it mentions.
#[derive(Debug)]
struct Name {
    written: String,
    plain: String,
    unit: Option<String>,
}

impl Name {
    /// `Acceleration x (m/s^2)` is `acceleration_x` in m/s^2, `time_ms` is `time` in ms.
    fn read(written: &str) -> Name {
        let written = written.trim();
        let (name, mut unit) = match written.split_once(['(', '[']) {
            Some((name, unit)) => (
                name,
                Some(unit.trim_end_matches([')', ']']).trim().to_owned()),
            ),
            None => (written, None),
        };
        let mut plain = name.trim().to_lowercase().replace([' ', '-', '.'], "_");
        if unit.is_none()
            && let Some((stem, suffix)) = plain.rsplit_once('_')
            && suffix.parse::<TimeUnit>().is_ok()
        {
            unit = Some(suffix.to_owned());
            plain = stem.to_owned();
        }
        Name {
            written: written.to_owned(),
            plain,
            unit,
        }
    }
}

struct Search<'a> {
    file: &'a str,
    line: u64,
    names: &'a [Name],
}

impl Search<'_> {
    /// A column by the name that the user gave: as written, or failing that in its plain form.
    fn named(&self, name: &str, option: &'static str) -> Result<usize, CsvError> {
        let exact = |column: &Name| column.written == name.trim();
        let plain = Name::read(name).plain;
        self.names
            .iter()
            .position(exact)
            .or_else(|| self.names.iter().position(|column| column.plain == plain))
            .ok_or_else(|| self.missing(name, option))
    }

    fn all_named(&self, axes: &[String; 3], option: &'static str) -> Result<[usize; 3], CsvError> {
        let [x, y, z] = axes;
        Ok([
            self.named(x, option)?,
            self.named(y, option)?,
            self.named(z, option)?,
        ])
    }

    fn usual_time(&self) -> Result<usize, CsvError> {
        TIME_NAMES
            .iter()
            .find_map(|name| self.names.iter().position(|column| column.plain == *name))
            .ok_or_else(|| self.missing("t", "--time NAME"))
    }

    /// Three columns such as `ax`, `acc_x` or `accelx`.
    fn usual_axes(&self, stems: &[&str]) -> Option<[usize; 3]> {
        stems.iter().find_map(|stem| {
            let of = |axis: char| {
                let spelled = [format!("{stem}{axis}"), format!("{stem}_{axis}")];
                self.names
                    .iter()
                    .position(|column| spelled.contains(&column.plain))
            };
            Some([of(AXES[0])?, of(AXES[1])?, of(AXES[2])?])
        })
    }

    fn missing(&self, wanted: &str, option: &'static str) -> CsvError {
        const LISTED: usize = 30;
        let listed: Vec<&str> = self
            .names
            .iter()
            .take(LISTED)
            .map(|name| name.written.as_str())
            .collect();
        CsvError::NoColumn {
            file: self.file.to_owned(),
            line: self.line,
            wanted: wanted.to_owned(),
            found: listed.join(", "),
            option,
        }
    }
}
