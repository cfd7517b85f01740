//! Who, what, when, with which sensors, and how well they were calibrated.

use plotters_backend::DrawingBackend;

use super::super::data::{CalibrationQuality, Report, SensorReport};
use super::super::numbers::{counted, duration, number};
use super::super::summary::capital;
use super::pen::{Align, Area, Drawn, Letters, Line, Pen};
use super::theme::{self, size, stroke};
use crate::coach::Mounting;
use crate::input::Segment;

pub(super) fn draw<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let kicker = Letters::new(size::SMALL, theme::SOFT).bold();
    let name_of_page = if report.posture.is_some() {
        "POSTURE REPORT"
    } else {
        "FORM REPORT"
    };
    pen.text(name_of_page, (area.left, area.top + 240), kicker)?;
    let badge_left = badge(pen, area, report)?;
    let title = Letters::new(size::TITLE, theme::INK).bold();
    pen.fitted(
        &name(report),
        (area.left, area.top + 1_130),
        area.width(),
        title,
    )?;
    let when = Letters::new(size::SMALL, theme::SOFT).align(Align::Right);
    pen.fitted(
        &origin(report),
        (badge_left, area.top + 240),
        badge_left - area.left - 3_000,
        when,
    )?;
    let rule_y = area.top + 1_480;
    pen.level(
        rule_y,
        area.left,
        area.right,
        Line {
            color: theme::FAINT,
            width: stroke::HAIR,
        },
    )?;
    facts(
        pen,
        Area {
            top: rule_y,
            ..area
        },
        report,
    )
}

fn name(report: &Report) -> String {
    match (&report.origin.title, report.exercise_name.is_empty()) {
        (_, true) => report.exercise.clone(),
        (Some(title), _) => format!("{} · {title}", report.exercise_name),
        (None, _) => report.exercise_name.clone(),
    }
}

fn origin(report: &Report) -> String {
    let date = report
        .origin
        .started
        .as_ref()
        .map(|started| started.strftime("%-d %B %Y, %H:%M").to_string());
    match (date, report.origin.file.is_empty()) {
        (Some(date), true) => date,
        (Some(date), false) => format!("{date}  ·  {}", report.origin.file),
        (None, _) => report.origin.file.clone(),
    }
}

/// A dark label where no person was measured; gives the left edge of what is still free.
fn badge<B: DrawingBackend>(
    pen: &mut Pen<B>,
    area: Area,
    report: &Report,
) -> Result<i32, super::ReportError> {
    if !report.origin.synthetic {
        return Ok(area.right);
    }
    let letters = Letters::new(size::SMALL, theme::PAPER).bold();
    let text = "SYNTHETIC: NOT A PERSON";
    let left = area.right - pen.width(text, letters) - 360;
    pen.fill(
        Area {
            left,
            top: area.top - 60,
            right: area.right,
            bottom: area.top + 370,
        },
        theme::INK,
    )?;
    pen.text(text, (left + 180, area.top + 240), letters)?;
    Ok(left - 300)
}

fn facts<B: DrawingBackend>(pen: &mut Pen<B>, area: Area, report: &Report) -> Drawn {
    let columns = [
        ("SESSION", session(report), 3_300),
        ("SENSOR", sensors(report), 6_000),
        ("CALIBRATION", calibration(report), 4_700),
        ("DATA", data(report), 4_000),
    ];
    let label = Letters::new(size::TINY, theme::SOFT).bold();
    let value = Letters::new(size::SMALL, theme::INK);
    let mut left = area.left;
    for (name, lines, width) in columns {
        pen.text(name, (left, area.top + 420), label)?;
        for (row, line) in lines.iter().take(3).enumerate() {
            let baseline = area.top + 790 + row as i32 * 340;
            pen.fitted(line, (left, baseline), width - 300, value)?;
        }
        left += width;
    }
    Ok(())
}

fn session(report: &Report) -> Vec<String> {
    if let Some(posture) = &report.posture {
        let seen = posture.day.as_ref().map_or(0.0, |day| day.seen_s);
        return vec![
            duration(report.duration_s),
            format!("{} seen", duration(seen)),
        ];
    }
    let sets = counted(report.sets.len() as u64, "set", "sets");
    let reps = counted(
        u64::from(report.counts.counted),
        "repetition",
        "repetitions",
    );
    let mut lines = vec![format!("{sets}, {reps}"), duration(report.duration_s)];
    if let Some(said) = report.counts.said_otherwise() {
        lines.push(format!("{said} as you say"));
    } else if report.counts.undone > 0 {
        lines.push(format!("{} taken back", report.counts.undone));
    }
    lines
}

fn sensors(report: &Report) -> Vec<String> {
    match report.sensors.as_slice() {
        [] => vec!["none".to_owned()],
        [one] => vec![place(one), device(one)],
        several => several
            .iter()
            .map(|sensor| format!("{}: {}", sensor.placement, readings(sensor)))
            .collect(),
    }
}

fn place(sensor: &SensorReport) -> String {
    format!("{}: {}", sensor.placement, sensor.place)
}

fn device(sensor: &SensorReport) -> String {
    let name = if sensor.name.is_empty() {
        &sensor.family
    } else {
        &sensor.name
    };
    format!("{name}, {}", readings(sensor))
}

fn readings(sensor: &SensorReport) -> String {
    let rate = sensor.rate_hz.map(|rate| format!("{} Hz", number(rate, 0)));
    let kind = sensor.gyroscope.map(|has| {
        if has {
            "gyroscope"
        } else {
            "accelerometer only"
        }
        .to_owned()
    });
    let known: Vec<String> = [rate, kind].into_iter().flatten().collect();
    if known.is_empty() {
        "no readings".to_owned()
    } else {
        known.join(", ")
    }
}

fn calibration(report: &Report) -> Vec<String> {
    match report.sensors.as_slice() {
        [] => vec!["Unknown".to_owned()],
        [one] => {
            let mut lines = vec![capital(quality(one.quality)), how(one)];
            lines.extend(start_pose(one));
            lines
        }
        several => several
            .iter()
            .map(|sensor| {
                format!(
                    "{}: {}{}",
                    sensor.placement,
                    quality(sensor.quality),
                    residual(sensor)
                )
            })
            .collect(),
    }
}

/// The tilt of the start pose; of a limb it says nothing.
fn start_pose(sensor: &SensorReport) -> Option<String> {
    let of_trunk = matches!(
        sensor.placement.segment(),
        Segment::Thorax | Segment::Pelvis
    );
    // Sitting tall is where a posture counts from: 0 by definition.
    let is_posture = sensor.mounting == Some(Mounting::Slump);
    let angle = sensor.neutral_deg.filter(|_| of_trunk && !is_posture)?;
    Some(format!("Start pose at {}° of tilt", number(angle, 0)))
}

fn residual(sensor: &SensorReport) -> String {
    sensor
        .residual_deg
        .map(|residual| format!(", {}° unexplained", number(residual, 1)))
        .unwrap_or_default()
}

fn quality(quality: CalibrationQuality) -> &'static str {
    match quality {
        CalibrationQuality::Good => "good",
        CalibrationQuality::Fair => "fair",
        CalibrationQuality::Rough => "rough",
        CalibrationQuality::Inferred => "not measured, inferred",
        CalibrationQuality::StartPose => "start pose only",
        CalibrationQuality::Unknown => "unknown",
    }
}

fn how(sensor: &SensorReport) -> String {
    match sensor.mounting {
        Some(Mounting::Bend) => format!("One measured bend{}", residual(sensor)),
        Some(Mounting::FirstMovement) => "From the first movement".to_owned(),
        Some(Mounting::Slump) => format!("Tall and slump held{}", residual(sensor)),
        Some(Mounting::StartPose) => format!("From the start pose{}", residual(sensor)),
        None if sensor.quality == CalibrationQuality::StartPose => {
            "All that a limb needs".to_owned()
        }
        None => "No calibration was recorded".to_owned(),
    }
}

fn data(report: &Report) -> Vec<String> {
    let gaps = &report.gaps;
    let lost = match (gaps.lost, gaps.some_uncounted) {
        (0, false) => "No reading lost".to_owned(),
        (0, true) => "Losses not countable".to_owned(),
        (lost, false) => format!("{} lost", counted(lost, "reading", "readings")),
        (lost, true) => format!("At least {} lost", counted(lost, "reading", "readings")),
    };
    let mut lines = match gaps.count {
        0 => vec!["No gaps".to_owned(), lost],
        count => vec![
            format!(
                "{}, {} s",
                counted(u64::from(count), "gap", "gaps"),
                number(gaps.seconds, 1)
            ),
            lost,
        ],
    };
    let bad: u64 = report.sensors.iter().map(|sensor| sensor.bad_packets).sum();
    match (bad, report.origin.lines_damaged) {
        (0, 0) => {}
        (0, lines_damaged) => lines.push(format!(
            "{} unreadable",
            counted(lines_damaged, "line", "lines")
        )),
        (bad, _) => lines.push(format!("{} unreadable", counted(bad, "packet", "packets"))),
    }
    lines
}
