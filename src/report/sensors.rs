//! What a report says of each sensor.

use crate::coach::{Mounting, Notice, WornSensor};
use crate::input::Sample;
use crate::units::{Angle, round_to};

use super::data::{CalibrationQuality, SensorReport};
use super::numbers::{clean, finite};

/// Watches one sensor.
#[derive(Clone, Debug, Default)]
pub(super) struct SensorWatch {
    received: u64,
    readings: u64,
    span: Option<(f64, f64)>,
    gap_s: f64,
    lost: u64,
    gyroscope: Option<bool>,
    mounting: Option<(Mounting, f64)>,
    pub(super) neutral_deg: Option<f64>,
    bad_packets: u64,
    clipped: u64,
    slips: u64,
}

impl SensorWatch {
    pub(super) fn packet(&mut self) {
        self.received += 1;
    }

    pub(super) fn sample(&mut self, sample: &Sample) {
        self.received += 1;
        *self.gyroscope.get_or_insert(false) |= sample.gyro.is_some();
    }

    pub(super) fn reading(&mut self, at_s: f64) {
        self.readings += 1;
        let (from, to) = self.span.unwrap_or((at_s, at_s));
        self.span = Some((from.min(at_s), to.max(at_s)));
    }

    pub(super) fn mounted(&mut self, how: Mounting, residual: Angle) {
        self.mounting = Some((how, residual.degrees()));
    }

    pub(super) fn gap(&mut self, seconds: f64, lost: Option<u32>) {
        self.gap_s += seconds;
        self.lost = self.lost.saturating_add(u64::from(lost.unwrap_or(0)));
    }

    pub(super) fn notice(&mut self, notice: &Notice) {
        match notice {
            Notice::BadPacket { .. } => self.bad_packets = self.bad_packets.saturating_add(1),
            Notice::Clipped => self.clipped = self.clipped.saturating_add(1),
            Notice::Slipped { .. } => self.slips = self.slips.saturating_add(1),
            _ => {}
        }
    }

    /// Readings a second outside gaps.
    fn rate_hz(&self) -> Option<f64> {
        let (from, to) = self.span?;
        let seen_s = to - from - self.gap_s;
        (self.readings > 1 && seen_s > 0.5)
            .then(|| finite(round_to((self.readings - 1) as f64 / seen_s, 10.0)))
            .flatten()
    }

    fn quality(&self) -> CalibrationQuality {
        match self.mounting {
            None if self.neutral_deg.is_some() => CalibrationQuality::StartPose,
            None => CalibrationQuality::Unknown,
            Some((Mounting::FirstMovement, _)) => CalibrationQuality::Inferred,
            Some((_, residual)) if residual.abs() <= 2.0 => CalibrationQuality::Good,
            Some((_, residual)) if residual.abs() <= 5.0 => CalibrationQuality::Fair,
            Some(_) => CalibrationQuality::Rough,
        }
    }

    pub(super) fn report(
        &self,
        worn: &WornSensor,
        counts: bool,
        gyroscope: Option<bool>,
    ) -> SensorReport {
        SensorReport {
            family: clean(&worn.family, 40),
            name: clean(&worn.name, 60),
            placement: worn.placement,
            place: worn.placement.description(),
            counts,
            rate_hz: self.rate_hz(),
            gyroscope: gyroscope.or(self.gyroscope),
            mounting: self.mounting.map(|(how, _)| how),
            residual_deg: self
                .mounting
                .and_then(|(_, residual)| finite(round_to(residual, 100.0))),
            neutral_deg: self.neutral_deg.map(|angle| round_to(angle, 100.0)),
            quality: self.quality(),
            received: self.received,
            lost: self.lost,
            bad_packets: self.bad_packets,
            clipped: self.clipped,
            slips: self.slips,
        }
    }
}
