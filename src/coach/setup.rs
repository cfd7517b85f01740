//! From strapping on to "go": how angles get tied to the body.
//!
//! Guided: stand still, bend once, hold the start pose; hands and eyes stay free, for each step is recognized by
//! stillness alone. Inferred, for recordings in which nobody did this: the first stillness is the start pose,
//! and the first large movement is the direction of the exercise.

mod guided;
mod inferred;

use inferred::Inferred;

use nalgebra::UnitVector3;

use super::event::{Event, Mounting, SetupStep};
use super::fit::Fit;
use super::plan::{Plan, Setup};
use crate::exercise::{CountedBy, Kind, Pose, SignalAngle, Unit};
use crate::input::{Placement, Segment, SensorId};
use crate::motion::Attitude;
use crate::motion::angles::between;
use crate::motion::calibration::{Alignment, Bend};
use crate::units::{Angle, SessionTime};

/// The pelvis may lie this much further from the trunk's line than the thorax does: backs are curved.
const PELVIS_MARGIN_DEG: f64 = 20.0;

/// A limb is in the start pose within this of where it was held, degrees: half of the least repetition of any limb.
const LIMB_DEG: f64 = 15.0;

/// Within this of standing a start pose is upright, degrees: nothing has to be done to get there.
const UPRIGHT_DEG: f64 = 30.0;

/// A movement of this size tells the direction of the exercise, three times what sways and fidgets reach; in an
/// exercise of smaller movements its least repetition does.
const DIRECTION_DEG: f64 = 20.0;

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
    /// Another exercise was done before: being still from then on is no start pose of this one.
    is_carried_on: bool,
    /// A pose is held: nothing starts from it, so that it is not taken before.
    is_hold: bool,
    /// When each sensor was heard last.
    heard: Vec<Option<SessionTime>>,
    fits: Vec<Fit>,
    /// The family of each sensor.
    families: Vec<String>,
    bends: Vec<Option<Bend>>,
    done: Vec<Option<SessionTime>>,
    /// Limbs alone cannot tell the start pose from standing: the way there must be seen, or long stillness.
    wants_way: bool,
    /// Some sensor has turned since the step was announced.
    has_moved: bool,
    inferred: Vec<Inferred>,
}

impl SetupLine {
    /// The set-up that a plan asks for.
    pub fn new(plan: &Plan, by: CountedBy<'_>) -> SetupLine {
        let exercise = &plan.exercise;
        let expected = Angle::from_degrees(exercise.pose.theta_deg);
        let turns_back =
            matches!(by, CountedBy::Signal(signal) if signal.angle == SignalAngle::ThetaFall);
        let least = match by {
            CountedBy::Signal(signal) if signal.angle.unit() == Unit::Degrees => signal.min_rom,
            _ => DIRECTION_DEG,
        };
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
            direction_deg: DIRECTION_DEG.min(least),
            is_carried_on: false,
            is_hold: exercise.kind == Kind::Hold,
            heard: vec![None; fits.len()],
            families: plan
                .sensors
                .iter()
                .map(|worn| worn.family.clone())
                .collect(),
            bends: vec![None; fits.len()],
            done: vec![None; fits.len()],
            wants_way: !plan.sensors.iter().any(|worn| tells_pose(worn.placement))
                && exercise.pose.theta_deg.abs() > UPRIGHT_DEG,
            has_moved: false,
            inferred: vec![Inferred::default(); fits.len()],
            fits,
        }
    }

    /// Standing still must not be taken for a start pose that the worn sensors cannot tell from it.
    pub fn want_way(&mut self) {
        self.wants_way = true;
    }

    /// The same sensors on the same body for another exercise: how they sit stays known, the start pose is taken anew.
    ///
    /// What was not measured cannot be taken along, and is asked for or inferred as at the beginning.
    pub fn carry_on(&mut self, before: &SetupLine, at: SessionTime, events: &mut Vec<Event>) {
        self.mode = before.mode;
        self.heard.clone_from(&before.heard);
        for (fit, known) in self.fits.iter_mut().zip(&before.fits) {
            fit.latest = known.latest;
            if before.is_mounted() {
                fit.standing = known.standing;
                fit.alignment = known.alignment;
                fit.how = known.how;
            }
        }
        if !before.is_mounted() {
            return;
        }
        if self.is_hold {
            self.stand_for_start(at, events);
        } else {
            self.is_carried_on = true;
            self.go_to(SetupStep::HoldStartPose, at, events);
        }
    }

    /// Whether it was measured how every sensor sits.
    fn is_mounted(&self) -> bool {
        self.mode == Setup::Guided
            && matches!(self.step, SetupStep::HoldStartPose | SetupStep::Ready)
            && self
                .fits
                .iter()
                .all(|fit| !fit.is_trunk() || fit.alignment.is_some())
    }

    /// Whether every trunk sensor is in a pose right now, as far as its mounting is known; `None` where no trunk sensor
    /// could tell.
    pub fn is_in(&self, pose: &Pose) -> Option<bool> {
        let trunk = || self.fits.iter().filter(|fit| fit.is_trunk());
        if !self.is_mounted() || trunk().next().is_none() {
            return None;
        }
        let is_there = |fit: &Fit| fit.latest.is_some_and(|up| is_near(fit, up, pose));
        Some(trunk().all(is_there))
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
        !fit.is_trunk() || fit.still.mean().is_some_and(|up| self.is_expected(fit, up))
    }

    /// Whether a sensor is in the start pose right now, still or not: the one that was taken, or the exercise's own.
    pub fn is_posed(&self, index: usize) -> bool {
        let fit = &self.fits[index];
        let Some(up) = fit.latest else { return false };
        if !fit.is_trunk() {
            return fit
                .start
                .is_some_and(|start| between(up, start).degrees() <= LIMB_DEG);
        }
        let off = |(theta, _): (Angle, Angle)| {
            let (neutral, _) = fit.neutral?;
            Some((theta - neutral).wrapped().degrees().abs())
        };
        let from_own = fit.angles(up).and_then(off);
        from_own.is_some_and(|off| off <= self.pose.tolerance_deg) || self.is_expected(fit, up)
    }

    /// Whether a trunk sensor's direction of up is that of the exercise's start pose.
    fn is_expected(&self, fit: &Fit, up: UnitVector3<f64>) -> bool {
        is_near(fit, up, &self.pose)
    }

    fn take_start_poses(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for index in 0..self.fits.len() {
            self.take_start_pose(index, at, events);
        }
        self.go_to(SetupStep::Ready, at, events);
    }

    /// How far a limb that is still lies from its start pose, if that is another place altogether.
    pub fn limb_elsewhere(&self, index: usize) -> Option<Angle> {
        let fit = &self.fits[index];
        let off = between(fit.still.mean()?, fit.start?);
        (!fit.is_trunk() && off.degrees() > LIMB_DEG).then_some(off)
    }

    /// Takes the current stillness of one sensor for its start pose.
    pub fn take_start_pose(&mut self, index: usize, at: SessionTime, events: &mut Vec<Event>) {
        let fit = &mut self.fits[index];
        let Some(up) = fit.still.mean() else { return };
        fit.take_start_pose(up);
        if fit.how.is_none() {
            fit.how = Some(Mounting::StartPose);
        }
        self.tell_neutral(index, at, events);
    }

    fn tell_neutral(&self, index: usize, at: SessionTime, events: &mut Vec<Event>) {
        if let Some((theta, sigma)) = self.fits[index].neutral {
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
        // Nobody comes back to standing between two holds just to be looked at.
        let fit = self.fits.get(index).filter(|_| !self.is_hold)?;
        let off = between(fit.still.mean()?, fit.start?);
        (off.degrees() <= self.pose.tolerance_deg.min(30.0)).then_some(off)
    }

    fn go_to(&mut self, step: SetupStep, at: SessionTime, events: &mut Vec<Event>) {
        self.step = step;
        self.announced = Some(at);
        self.done.fill(None);
        self.has_moved = false;
        events.push(Event::Setup { at, step });
    }
}

/// Whether a trunk sensor's direction of up is that of a pose.
fn is_near(fit: &Fit, up: UnitVector3<f64>, pose: &Pose) -> bool {
    let Some((theta, _)) = fit.angles(up) else {
        return false;
    };
    let margin = if fit.placement.segment() == Segment::Pelvis {
        PELVIS_MARGIN_DEG
    } else {
        0.0
    };
    let off = (theta - Angle::from_degrees(pose.theta_deg))
        .wrapped()
        .degrees();
    off.abs() <= pose.tolerance_deg + margin
}

/// Whether a sensor there can tell the start pose from standing: the trunk does, and a bar lies where it is gripped.
fn tells_pose(placement: Placement) -> bool {
    !matches!(
        placement,
        Placement::Thigh(_) | Placement::Ankle(_) | Placement::Wrist(_)
    )
}

fn sensor_id(index: usize) -> SensorId {
    SensorId(u8::try_from(index).unwrap_or(u8::MAX))
}
