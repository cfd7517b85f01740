//! The page as a PNG that says what it is.

use png::{BitDepth, ColorType, Compression, Encoder, Filter, PixelDimensions, Unit};

use super::super::data::{PostureReport, Report};
use super::ReportError;
use super::raster::Raster;

/// Width of the paper, meters.
const PAPER_WIDTH_M: f64 = 0.21;

/// Packs the pixels with text chunks beside them. Mostly white rows pack well by their difference to the row above.
pub(super) fn encode(raster: &Raster, report: &Report) -> Result<Vec<u8>, ReportError> {
    let (width, height) = raster.pixels();
    let mut file = Vec::with_capacity(512 * 1024);
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Up);
    let per_meter = (f64::from(width) / PAPER_WIDTH_M).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: per_meter,
        yppu: per_meter,
        unit: Unit::Meter,
    }));
    for (keyword, text) in texts(report) {
        encoder.add_itxt_chunk(keyword.to_owned(), text)?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(raster.rgb())?;
    writer.finish()?;
    Ok(file)
}

fn described(posture: &PostureReport) -> String {
    let Some(day) = &posture.day else {
        return "The set-up was never done. For general fitness.".to_owned();
    };
    format!(
        "{:.0} minutes seen, {} breaks, {} changes of position, {} nudges. For general fitness.",
        day.seen_s / 60.0,
        day.breaks,
        day.changes,
        day.nudges.values().sum::<u32>()
    )
}

fn texts(report: &Report) -> Vec<(&'static str, String)> {
    let origin = &report.origin;
    let mut texts = vec![
        ("Software", format!("backcoach {}", origin.program_version)),
        ("Title", format!("Form report: {}", report.exercise_name)),
        (
            "Description",
            report.posture.as_ref().map(described).unwrap_or_else(|| format!(
                "Repetitions counted: {}. {} good, {} with warning, {} partial, {} doubtful, {} taken back; {} not seen. For general fitness.",
                report.counts.counted,
                report.counts.good,
                report.counts.warning,
                report.counts.partial,
                report.counts.doubtful,
                report.counts.undone,
                report.counts.not_seen
            )),
        ),
        ("Rule set", report.rule_set.clone()),
        (
            "Synthetic",
            if origin.synthetic { "yes" } else { "no" }.to_owned(),
        ),
        ("Source", origin.file.clone()),
    ];
    if let Some(hash) = &origin.recording_sha256 {
        texts.push(("Recording SHA-256", hash.clone()));
    }
    if let Some(started) = &origin.started {
        texts.push(("Creation Time", started.timestamp().to_string()));
    }
    texts
}
