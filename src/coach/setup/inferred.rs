//! The set-up that asks for nothing: the first stillness is the start pose, the first large movement the direction.

use nalgebra::UnitVector3;

use super::SetupLine;
use crate::coach::event::{Event, Mounting, SetupStep};
use crate::coach::fit::StillMean;
use crate::coach::plan::Setup;
use crate::motion::Attitude;
use crate::motion::angles::between;
use crate::motion::calibration::Alignment;
use crate::units::{Angle, SessionTime};

/// A sensor that is silent for this long is not waited for, seconds.
const SILENT_SECS: f64 = 1.0;

/// Without a stillness before it, the first moments tell the start pose, seconds.
const FIRST_SECS: f64 = 0.3;

/// It is over when it has come back by this much.
const DIRECTION_BACK_DEG: f64 = 5.0;

/// Error of an inclination whose plane was only inferred.
const INFERRED_ERROR: Angle = Angle::from_degrees(3.0);

/// What the inferred set-up has seen of one sensor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inferred {
    first: Option<SessionTime>,
    opening: StillMean,
    furthest: Option<(UnitVector3<f64>, Angle)>,
    is_fixed: bool,
}

impl SetupLine {
    pub(super) fn infer(
        &mut self,
        index: usize,
        attitude: &Attitude,
        is_still: bool,
        events: &mut Vec<Event>,
    ) {
        let at = attitude.at;
        let theta = Angle::from_degrees(self.pose.theta_deg);
        let seen = &mut self.inferred[index];
        let fit = &mut self.fits[index];
        let first = *seen.first.get_or_insert(at);
        if seen.is_fixed {
            return;
        }
        let Some(start) = fit.start else {
            // The first moments, until a stillness says better.
            seen.opening.update(attitude.up, true);
            if at.seconds_since(first) >= FIRST_SECS {
                fit.is_provisional = fit.is_trunk();
                fit.start = seen.opening.mean();
                fit.neutral = Some((
                    if fit.is_trunk() { theta } else { Angle::ZERO },
                    Angle::ZERO,
                ));
                fit.how.get_or_insert(Mounting::StartPose);
                self.go_to_ready(at, events);
            }
            return;
        };
        let reach = between(attitude.up, start);
        if is_still && reach.degrees() < self.direction_deg / 2.0 {
            if let Some(up) = fit.still.mean() {
                fit.start = Some(up);
            }
            return;
        }
        if !fit.is_trunk() {
            seen.is_fixed = reach.degrees() >= self.direction_deg;
            return;
        }
        let furthest = seen.furthest.map_or(Angle::ZERO, |(_, reach)| reach);
        let turns_back = fit.turns_back;
        let mounted = |furthest| {
            let bent = if turns_back {
                mirrored(furthest, start)
            } else {
                furthest
            };
            Alignment::from_bend(start, bent, theta)
        };
        if reach.degrees() >= self.direction_deg && reach > furthest {
            seen.furthest = Some((attitude.up, reach));
            fit.alignment = mounted(attitude.up);
            fit.neutral = Some((theta, Angle::ZERO));
        } else if let Some((up, reach_then)) = seen.furthest
            && reach_then.degrees() - reach.degrees()
                > DIRECTION_BACK_DEG.min(self.direction_deg / 2.0)
        {
            seen.is_fixed = true;
            if let Some(alignment) = mounted(up) {
                // Nothing tells how well the first movement followed the exercise's plane: say as much as a planning figure.
                let alignment = Alignment {
                    residual: INFERRED_ERROR,
                    ..alignment
                };
                self.mount(index, alignment, Mounting::FirstMovement, at, events);
                self.take_inferred_neutral(index, start, events, at);
            }
        }
    }

    fn go_to_ready(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        let is_silent = |heard: &Option<SessionTime>| {
            heard.is_none_or(|heard| at.seconds_since(heard) > SILENT_SECS)
        };
        let mut all = self.fits.iter().zip(&self.heard);
        let is_known = all.all(|(fit, heard)| fit.start.is_some() || is_silent(heard));
        if is_known && !self.is_ready() {
            self.go_to(SetupStep::Ready, at, events);
        }
    }

    fn take_inferred_neutral(
        &mut self,
        index: usize,
        start: UnitVector3<f64>,
        events: &mut Vec<Event>,
        at: SessionTime,
    ) {
        let fit = &mut self.fits[index];
        fit.start = Some(start);
        fit.neutral = Some((Angle::from_degrees(self.pose.theta_deg), Angle::ZERO));
        self.tell_neutral(index, at, events);
    }

    /// Whatever was seen before, this is the start pose: the direction is taken from the first movement out of it.
    pub fn infer_from_here(&mut self) {
        self.mode = Setup::Inferred;
        self.step = SetupStep::StandStill;
        for (fit, seen) in self.fits.iter_mut().zip(&mut self.inferred) {
            fit.reset();
            *seen = Inferred::default();
        }
    }
}

/// The direction as far beyond `axis` on its other side.
fn mirrored(direction: UnitVector3<f64>, axis: UnitVector3<f64>) -> UnitVector3<f64> {
    UnitVector3::new_normalize(
        axis.into_inner() * (2.0 * axis.dot(&direction)) - direction.into_inner(),
    )
}
