//! The set-up that leads the wearer: stand still, bend once, hold the start pose.

use super::{LIMB_DEG, SetupLine, sensor_id};
use crate::coach::event::{Event, Mounting, Notice, SetupStep};
use crate::coach::fit::StillMean;
use crate::coach::looks::looks_worn;
use crate::coach::plan::Setup;
use crate::motion::Attitude;
use crate::motion::angles::between;
use crate::motion::calibration::{Bend, BendSettings};
use crate::units::SessionTime;

/// Standing still takes this long, seconds (exercises.md 2.6 A).
const STAND_SECS: f64 = 3.0;

/// A stillness is known to have begun this long before it is noticed, seconds.
const MARGIN_SECS: f64 = 0.5;

/// Holding the start pose takes this long, seconds (2.6 B).
const POSE_SECS: f64 = 2.0;

/// Where the way into the start pose has to be seen and was not, whoever stays still for this long is there already, seconds.
const STAYED_SECS: f64 = 8.0;

/// Sensors that were still within this time of each other were still together, seconds.
const TOGETHER_SECS: f64 = 0.5;

impl SetupLine {
    pub(super) fn guided(
        &mut self,
        index: usize,
        attitude: &Attitude,
        still_secs: f64,
        events: &mut Vec<Event>,
    ) {
        let at = attitude.at;
        match self.step {
            SetupStep::StandStill => {
                // Stillness from before the wearer was asked, on a table or on the bench, is not standing.
                let asked_secs = self.announced.map_or(0.0, |asked| at.seconds_since(asked));
                if still_secs.min(asked_secs + MARGIN_SECS) >= STAND_SECS {
                    self.fits[index].standing = self.fits[index].still.mean();
                    self.done[index] = Some(at);
                }
                if self.is_done_together(at) {
                    self.begin_bends();
                    self.go_to(SetupStep::BendOnce, at, events);
                }
            }
            SetupStep::BendOnce => self.bend(index, attitude, still_secs > 0.0, events),
            SetupStep::HoldStartPose => {
                let has_moved = |standing| between(attitude.up, standing).degrees() > LIMB_DEG;
                self.has_moved |= self.fits[index].standing.is_some_and(has_moved);
                let asked_secs = self.announced.map_or(0.0, |asked| at.seconds_since(asked));
                let needed_secs = if self.wants_way && !self.has_moved {
                    STAYED_SECS
                } else {
                    POSE_SECS
                };
                let is_asked = !(self.wants_way || self.is_carried_on);
                let is_held = still_secs >= needed_secs && (is_asked || asked_secs >= needed_secs);
                if is_held && self.is_in_start_pose(index) {
                    self.done[index] = Some(at);
                }
                if self.is_done_together(at) {
                    self.take_start_poses(at, events);
                }
            }
            SetupStep::Ready | SetupStep::SitTall | SetupStep::Slump => {}
        }
    }

    fn begin_bends(&mut self) {
        for (fit, bend) in self.fits.iter().zip(&mut self.bends) {
            *bend = fit
                .standing
                .filter(|_| fit.is_trunk() && fit.alignment.is_none())
                .map(|up| Bend::new(BendSettings::default(), up));
        }
    }

    fn bend(&mut self, index: usize, attitude: &Attitude, is_still: bool, events: &mut Vec<Event>) {
        let at = attitude.at;
        if let Some(bend) = &mut self.bends[index] {
            match bend.update(attitude, is_still) {
                None => return,
                Some(Ok(alignment)) => {
                    self.bends[index] = None;
                    self.mount(index, alignment, Mounting::Bend, at, events);
                    let placement = self.fits[index].placement;
                    if let Some(looks) = looks_worn(&self.families[index], placement, &alignment) {
                        events.push(Event::Notice {
                            at,
                            sensor: sensor_id(index),
                            notice: Notice::LooksWorn { looks },
                        });
                    }
                }
                Some(Err(error)) => {
                    let notice = Notice::CalibrationFailed {
                        reason: error.to_string(),
                    };
                    events.push(Event::Notice {
                        at,
                        sensor: sensor_id(index),
                        notice,
                    });
                    self.restart(at, events);
                    return;
                }
            }
        }
        if self.bends.iter().all(Option::is_none) {
            if self.is_hold {
                self.stand_for_start(at, events);
            } else {
                self.go_to(SetupStep::HoldStartPose, at, events);
            }
        }
    }

    /// Angles of a hold count from standing.
    pub(super) fn stand_for_start(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for index in 0..self.fits.len() {
            let fit = &mut self.fits[index];
            if let Some(standing) = fit.standing {
                fit.take_start_pose(standing);
            }
            self.tell_neutral(index, at, events);
        }
        self.go_to(SetupStep::Ready, at, events);
    }

    /// Begins now; what was seen before is forgotten.
    pub fn begin(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        match self.asked {
            Setup::Guided => self.restart(at, events),
            Setup::Inferred => self.infer_from_here(),
        }
    }

    /// The step at hand is asked for again, because readings were missing: what was done before it stands.
    pub fn resume(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for fit in &mut self.fits {
            fit.still = StillMean::default();
        }
        if self.step == SetupStep::BendOnce {
            self.begin_bends();
        }
        if self.step != SetupStep::Ready {
            let has_moved = self.has_moved;
            self.go_to(self.step, at, events);
            self.has_moved = has_moved;
        }
    }

    /// Whether every sensor has done the step, at about the same time.
    fn is_done_together(&self, at: SessionTime) -> bool {
        self.done
            .iter()
            .all(|done| done.is_some_and(|done| at.seconds_since(done).abs() <= TOGETHER_SECS))
    }
}
