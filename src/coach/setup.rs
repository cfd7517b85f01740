//! From strapping on to "go": how angles get tied to the body.
//!
//! Guided: stand still, bend once, hold the start pose; hands and eyes stay free, for each step is recognized by
//! stillness alone. Inferred, for recordings in which nobody did this: the first stillness is the start pose,
//! and the first large movement is the direction of the exercise.

use nalgebra::UnitVector3;

use super::event::{Event, Mounting, Notice, SetupStep};
use super::fit::{Fit, StillMean};
use super::plan::{Plan, Setup};
use crate::exercise::{Exercise, Pose, Signal, SignalAngle};
use crate::input::{Segment, SensorId};
use crate::motion::Attitude;
use crate::motion::angles::between;
use crate::motion::calibration::{Alignment, Bend, BendSettings};
use crate::units::{Angle, SessionTime};

/// Standing still takes this long, seconds (exercises.md 2.6 A).
const STAND_SECS: f64 = 3.0;

/// A stillness is known to have begun this long before it is noticed, seconds.
const MARGIN_SECS: f64 = 0.5;

/// Holding the start pose takes this long, seconds (2.6 B).
const POSE_SECS: f64 = 2.0;

/// Sensors that were still within this time of each other were still together, seconds.
const TOGETHER_SECS: f64 = 0.5;

/// The pelvis may lie this much further from the trunk's line than the thorax does: backs are curved.
const PELVIS_MARGIN_DEG: f64 = 20.0;

/// A sensor that is silent for this long is not waited for, seconds.
const SILENT_SECS: f64 = 1.0;

/// Without a stillness before it, the first moments tell the start pose, seconds.
const FIRST_SECS: f64 = 0.3;

/// A movement of this size tells the direction of the exercise, three times what sways and fidgets reach; in an
/// exercise of smaller movements its least repetition does.
const DIRECTION_DEG: f64 = 20.0;

/// It is over when it has come back by this much.
const DIRECTION_BACK_DEG: f64 = 5.0;

/// The set-up of all worn sensors.
#[derive(Clone, Debug)]
pub struct SetupLine {
    /// What the plan asks for; `mode` is what is done.
    asked: Setup,
    mode: Setup,
    pose: Pose,
    step: SetupStep,
    /// When the step was announced.
    announced: Option<SessionTime>,
    /// A movement of this size tells the direction of the exercise, degrees.
    direction_deg: f64,
    /// When each sensor was heard last.
    heard: Vec<Option<SessionTime>>,
    fits: Vec<Fit>,
    bends: Vec<Option<Bend>>,
    done: Vec<Option<SessionTime>>,
    inferred: Vec<Inferred>,
}

/// What the inferred set-up has seen of one sensor.
#[derive(Clone, Copy, Debug, Default)]
struct Inferred {
    first: Option<SessionTime>,
    opening: StillMean,
    furthest: Option<(UnitVector3<f64>, Angle)>,
    is_fixed: bool,
}

impl SetupLine {
    /// The set-up that a plan asks for.
    pub fn new(plan: &Plan, exercise: &Exercise, signal: &Signal) -> SetupLine {
        let expected = Angle::from_degrees(exercise.pose.theta_deg);
        let turns_back = signal.angle == SignalAngle::ThetaFall;
        let fits: Vec<Fit> = plan
            .sensors
            .iter()
            .map(|worn| Fit::new(worn.placement, expected, turns_back))
            .collect();
        SetupLine {
            asked: plan.setup,
            mode: plan.setup,
            pose: exercise.pose.clone(),
            step: SetupStep::StandStill,
            announced: None,
            direction_deg: DIRECTION_DEG.min(signal.min_rom_deg),
            heard: vec![None; fits.len()],
            bends: vec![None; fits.len()],
            done: vec![None; fits.len()],
            inferred: vec![Inferred::default(); fits.len()],
            fits,
        }
    }

    /// Whether repetitions may be counted.
    pub fn is_ready(&self) -> bool {
        self.step == SetupStep::Ready
    }

    /// What is known of one sensor.
    pub fn fit(&self, index: usize) -> &Fit {
        &self.fits[index]
    }

    /// What is known of one sensor, to be used or amended.
    pub fn fit_mut(&mut self, index: usize) -> &mut Fit {
        &mut self.fits[index]
    }

    /// Begins anew, in the way that the plan asks for.
    pub fn restart(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        self.mode = self.asked;
        for (index, fit) in self.fits.iter_mut().enumerate() {
            fit.reset();
            self.bends[index] = None;
            self.inferred[index] = Inferred::default();
        }
        self.go_to(SetupStep::StandStill, at, events);
    }

    /// Whether the wearer's sides are known: not where the mounting is inferred.
    pub fn knows_sides(&self) -> bool {
        self.mode == Setup::Guided
    }

    /// The wearer wants to go on: what can be taken from this moment is taken.
    pub fn skip(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        match self.step {
            SetupStep::StandStill | SetupStep::BendOnce => {
                self.mode = Setup::Inferred;
                // Half of the sensors measured and half inferred would not agree about the pose.
                self.fits.iter_mut().for_each(|fit| fit.alignment = None);
            }
            SetupStep::HoldStartPose => {
                // Who taps the housing to go on is not still at that moment.
                for fit in &mut self.fits {
                    if let (None, Some(up)) = (fit.still.mean(), fit.latest) {
                        fit.still.update(up, true);
                    }
                }
                self.take_start_poses(at, events);
            }
            SetupStep::Ready | SetupStep::SitTall | SetupStep::Slump => {}
        }
    }

    /// Takes the attitude of one sensor and how long it has been still, seconds.
    pub fn update(
        &mut self,
        index: usize,
        attitude: &Attitude,
        still_secs: f64,
        events: &mut Vec<Event>,
    ) {
        let is_still = still_secs > 0.0;
        self.fits[index].still.update(attitude.up, is_still);
        self.fits[index].latest = Some(attitude.up);
        self.heard[index] = Some(attitude.at);
        match self.mode {
            Setup::Guided => {
                if self.announced.is_none() {
                    self.go_to(SetupStep::StandStill, attitude.at, events);
                }
                self.guided(index, attitude, still_secs, events);
            }
            Setup::Inferred => self.infer(index, attitude, is_still, events),
        }
    }

    fn guided(
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
                if still_secs >= POSE_SECS && self.is_in_start_pose(index) {
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
                .filter(|_| fit.is_trunk())
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
            self.go_to(SetupStep::HoldStartPose, at, events);
        }
    }

    fn mount(
        &mut self,
        index: usize,
        alignment: Alignment,
        how: Mounting,
        at: SessionTime,
        events: &mut Vec<Event>,
    ) {
        let fit = &mut self.fits[index];
        (fit.alignment, fit.how) = (Some(alignment), Some(how));
        events.push(Event::Mounted {
            at,
            sensor: sensor_id(index),
            how,
            residual: alignment.residual,
        });
    }

    fn is_in_start_pose(&self, index: usize) -> bool {
        let fit = &self.fits[index];
        if !fit.is_trunk() {
            return true;
        }
        let Some((theta, _)) = fit.still.mean().and_then(|up| fit.angles(up)) else {
            return false;
        };
        let margin = if fit.placement.segment() == Segment::Pelvis {
            PELVIS_MARGIN_DEG
        } else {
            0.0
        };
        let off = (theta - Angle::from_degrees(self.pose.theta_deg))
            .wrapped()
            .degrees();
        off.abs() <= self.pose.tolerance_deg + margin
    }

    /// Whether every sensor has done the step, at about the same time.
    fn is_done_together(&self, at: SessionTime) -> bool {
        self.done
            .iter()
            .all(|done| done.is_some_and(|done| at.seconds_since(done).abs() <= TOGETHER_SECS))
    }

    fn take_start_poses(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for index in 0..self.fits.len() {
            self.take_start_pose(index, at, events);
        }
        self.go_to(SetupStep::Ready, at, events);
    }

    /// Takes the current stillness of one sensor for its start pose.
    pub fn take_start_pose(&mut self, index: usize, at: SessionTime, events: &mut Vec<Event>) {
        let fit = &mut self.fits[index];
        let Some(up) = fit.still.mean() else { return };
        fit.take_start_pose(up);
        if fit.how.is_none() {
            fit.how = Some(Mounting::StartPose);
        }
        if let Some((theta, sigma)) = fit.neutral {
            events.push(Event::Neutral {
                at,
                sensor: sensor_id(index),
                theta,
                sigma,
            });
        }
    }

    /// How far the current stillness of one sensor lies from its start pose, if it is about that pose at all.
    pub fn shift_from_start(&self, index: usize) -> Option<Angle> {
        let fit = &self.fits[index];
        let off = between(fit.still.mean()?, fit.start?);
        (off.degrees() <= self.pose.tolerance_deg.min(30.0)).then_some(off)
    }

    fn infer(
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
        if let Some((theta, sigma)) = fit.neutral {
            events.push(Event::Neutral {
                at,
                sensor: sensor_id(index),
                theta,
                sigma,
            });
        }
    }

    fn go_to(&mut self, step: SetupStep, at: SessionTime, events: &mut Vec<Event>) {
        self.step = step;
        self.announced = Some(at);
        self.done.fill(None);
        events.push(Event::Setup { at, step });
    }
}

/// The direction as far beyond `axis` on its other side.
fn mirrored(direction: UnitVector3<f64>, axis: UnitVector3<f64>) -> UnitVector3<f64> {
    UnitVector3::new_normalize(
        axis.into_inner() * (2.0 * axis.dot(&direction)) - direction.into_inner(),
    )
}

/// Error of an inclination whose plane was only inferred.
const INFERRED_ERROR: Angle = Angle::from_degrees(3.0);

fn sensor_id(index: usize) -> SensorId {
    SensorId(u8::try_from(index).unwrap_or(u8::MAX))
}
