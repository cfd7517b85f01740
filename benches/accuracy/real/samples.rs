//! The samples of a recording.

use std::path::Path;

use backcoach::input::Sample;
use backcoach::units::{Acceleration, AngularRate, SessionTime};
use nalgebra::Vector3;

/// Reads the samples of a recording.
pub fn read(path: &Path) -> Result<Vec<Sample>, String> {
    let problem = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(problem)?;
    let mut samples = Vec::new();
    for row in reader.records() {
        let row = row.map_err(problem)?;
        let number = |index: usize| {
            row.get(index)
                .and_then(|field| field.trim().parse::<f64>().ok())
        };
        let triple = |first: usize| {
            Some(Vector3::new(
                number(first)?,
                number(first + 1)?,
                number(first + 2)?,
            ))
        };
        let (Some(t), Some(accel)) = (number(0), triple(1)) else {
            continue;
        };
        samples.push(Sample {
            at: SessionTime::from_seconds(t),
            accel: Acceleration::from_meters_per_second_squared(accel),
            gyro: triple(4).map(AngularRate::from_radians_per_second),
            clipped: false,
        });
    }
    Ok(samples)
}
