//! Tall and slump: how angles get tied to a body that sits.
//!
//! Sitting tall tells where up is; letting go into a slump tells which way is forward, for the upper back tips forward
//! in it and the pelvis tips backward. Both are recognized by stillness. Whoever goes on without the slump is told
//! of breaks and of variety only: nothing then says which way is forward, nor how far a slump goes.

use nalgebra::{UnitVector3, Vector3};

use crate::coach::event::{Event, Mounting, Notice, SetupStep};
use crate::coach::fit::{Fit, StillMean};
use crate::coach::plan::{Plan, Setup};
use crate::input::{Segment, SensorId};
use crate::motion::Attitude;
use crate::motion::angles::between;
use crate::motion::calibration::Alignment;
use crate::units::{Angle, SessionTime};

/// Each of the two poses is held this long, seconds (exercises.md 4.3).
const HOLD_SECS: f64 = 5.0;

/// A stillness is known to have begun this long before it is noticed, seconds.
const MARGIN_SECS: f64 = 0.5;

/// Sensors that were still within this time of each other were still together, seconds.
const TOGETHER_SECS: f64 = 0.5;

/// A pose is kept while the trunk stays within this of where it began, degrees: breathing and swaying are less. Slow
/// movement would pass for stillness otherwise.
const POSE_DEG: f64 = 3.0;

/// A smaller way from tall to slump is no scale: its error would be a quarter of it, degrees.
const LEAST_DEG: f64 = 8.0;

/// A larger one is something else, such as lying down or strapping the sensor on, degrees.
const MOST_DEG: f64 = 60.0;

/// Without a slump for this long the session goes on without it, seconds.
const PATIENCE_SECS: f64 = 120.0;

/// Without being asked, a stillness this long is a pose, seconds.
const INFERRED_SECS: f64 = 2.0;

/// How well people come back to their own upright; taken for the error of both poses.
pub(super) const POSE_ERROR: Angle = Angle::from_degrees(1.0);

/// The set-up of all worn sensors.
#[derive(Clone, Debug)]
pub struct SitSetup {
    mode: Setup,
    lead: usize,
    step: SetupStep,
    announced: Option<SessionTime>,
    fits: Vec<Fit>,
    poses: Vec<Pose>,
    tall: Vec<Option<UnitVector3<f64>>>,
    /// θ of the slump, where it was held.
    slump: Vec<Option<Angle>>,
    done: Vec<Option<SessionTime>>,
    /// The stillness that was no slump was told of.
    is_told: bool,
    has_moved: bool,
}

impl SitSetup {
    /// The set-up of a plan; posture is told by the sensor `lead`.
    pub fn new(plan: &Plan, lead: usize) -> SitSetup {
        let sensors = plan.sensors.iter();
        let fits: Vec<Fit> = sensors
            .map(|worn| Fit::new(worn.placement, Angle::ZERO, false))
            .collect();
        let count = fits.len();
        SitSetup {
            mode: plan.setup,
            lead,
            step: SetupStep::SitTall,
            announced: None,
            fits,
            poses: vec![Pose::default(); count],
            tall: vec![None; count],
            slump: vec![None; count],
            done: vec![None; count],
            is_told: false,
            has_moved: false,
        }
    }

    /// Whether posture may be told.
    pub fn is_ready(&self) -> bool {
        self.step == SetupStep::Ready
    }

    /// What is known of one sensor.
    pub fn fit_mut(&mut self, index: usize) -> &mut Fit {
        &mut self.fits[index]
    }

    /// θ of the wearer's slump at one sensor, where it was held: 0 is sitting tall.
    pub fn slump(&self, index: usize) -> Option<Angle> {
        self.slump[index]
    }

    /// Begins anew.
    pub fn restart(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        self.fits.iter_mut().for_each(Fit::reset);
        self.poses.fill(Pose::default());
        self.tall.fill(None);
        self.slump.fill(None);
        self.go_to(SetupStep::SitTall, at, events);
    }

    /// The wearer wants to go on: this moment is taken for the pose, if it can be.
    pub fn skip(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        // Who taps the housing to go on is not still at that moment.
        for (pose, fit) in self.poses.iter_mut().zip(&self.fits) {
            if let (None, Some(up)) = (pose.mean.mean(), fit.latest) {
                pose.mean.update(up, true);
            }
        }
        match self.step {
            SetupStep::SitTall if self.poses[self.lead].mean.mean().is_some() => {
                self.take_tall(at, events);
            }
            SetupStep::Slump => {
                if self.reach().is_some_and(is_slump) {
                    self.take_slump(at, events);
                } else {
                    self.go_without_slump(at, events);
                }
            }
            _ => {}
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
        if self.is_ready() {
            return;
        }
        self.fits[index].latest = Some(attitude.up);
        let at = attitude.at;
        let is_other = self.poses[index].update(attitude.up, at, still_secs > 0.0);
        if index == self.lead && is_other {
            (self.has_moved, self.is_told) = (true, false);
        }
        let held_secs = self.poses[index].held_secs(at);
        if self.mode == Setup::Inferred {
            if index == self.lead && held_secs >= INFERRED_SECS {
                self.take_tall(at, events);
            }
            return;
        }
        let announced = match self.announced {
            Some(announced) => announced,
            None => {
                self.go_to(SetupStep::SitTall, at, events);
                at
            }
        };
        // Stillness from before the wearer was asked is not what was asked for.
        let asked_secs = at.seconds_since(announced);
        if held_secs.min(asked_secs + MARGIN_SECS) >= HOLD_SECS {
            self.done[index] = Some(at);
        }
        let is_held = self.is_done_together(at);
        match self.step {
            SetupStep::SitTall if is_held => self.take_tall(at, events),
            SetupStep::Slump => self.slumping(at, is_held, asked_secs, events),
            _ => {}
        }
    }

    fn slumping(
        &mut self,
        at: SessionTime,
        is_held: bool,
        asked_secs: f64,
        events: &mut Vec<Event>,
    ) {
        if asked_secs > PATIENCE_SECS {
            return self.go_without_slump(at, events);
        }
        let Some(reach) = self.reach().filter(|_| is_held && self.has_moved) else {
            return;
        };
        if is_slump(reach) {
            return self.take_slump(at, events);
        }
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        let is_small = reach.degrees() < LEAST_DEG;
        let reason = if is_small {
            format!("the slump was only {reach} from sitting tall; let go further and hold it")
        } else {
            format!("that was {reach} from sitting tall; sit tall again, then slump")
        };
        let (sensor, notice) = (self.sensor(), Notice::CalibrationFailed { reason });
        events.push(Event::Notice { at, sensor, notice });
        if !is_small {
            self.restart(at, events);
        }
    }

    /// How far the current stillness of the leading sensor is from sitting tall.
    fn reach(&self) -> Option<Angle> {
        Some(between(
            self.poses[self.lead].mean.mean()?,
            self.tall[self.lead]?,
        ))
    }

    /// Whether every sensor that is heard holds still, at about the same time. The leading one has to.
    fn is_done_together(&self, at: SessionTime) -> bool {
        let is_held = |index: usize| {
            self.done[index].is_some_and(|done| at.seconds_since(done).abs() <= TOGETHER_SECS)
        };
        (0..self.fits.len()).all(|index| {
            let fit = &self.fits[index];
            is_held(index) || (index != self.lead && (fit.latest.is_none() || !fit.is_trunk()))
        })
    }

    fn take_tall(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for (tall, pose) in self.tall.iter_mut().zip(&self.poses) {
            *tall = pose.mean.mean();
        }
        if self.mode == Setup::Inferred {
            return self.go_without_slump(at, events);
        }
        self.go_to(SetupStep::Slump, at, events);
    }

    fn take_slump(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for index in 0..self.fits.len() {
            let fit = &mut self.fits[index];
            let (Some(tall), Some(slump)) = (self.tall[index], self.poses[index].mean.mean())
            else {
                continue;
            };
            if !fit.is_trunk() || !is_slump(between(tall, slump)) {
                continue;
            }
            let is_pelvis = fit.placement.segment() == Segment::Pelvis;
            let ahead = if is_pelvis {
                mirrored(slump, tall)
            } else {
                slump
            };
            let Some(alignment) = Alignment::from_bend(tall, ahead, Angle::ZERO) else {
                continue;
            };
            let alignment = Alignment {
                residual: POSE_ERROR,
                ..alignment
            };
            (fit.alignment, fit.how) = (Some(alignment), Some(Mounting::Slump));
            fit.take_start_pose(tall);
            self.slump[index] = Some(alignment.angles(slump).0);
            let sensor = sensor_id(index);
            events.push(Event::Mounted {
                at,
                sensor,
                how: Mounting::Slump,
                residual: POSE_ERROR,
            });
            events.push(Event::Neutral {
                at,
                sensor,
                theta: Angle::ZERO,
                sigma: Angle::ZERO,
            });
        }
        self.go_to(SetupStep::Ready, at, events);
    }

    /// Nothing tells forward from sideways: any two directions will do to see whether the wearer moves.
    fn go_without_slump(&mut self, at: SessionTime, events: &mut Vec<Event>) {
        for (index, fit) in self.fits.iter_mut().enumerate() {
            let Some(tall) = self.tall[index].or(fit.latest) else {
                continue;
            };
            let across = [Vector3::x_axis(), Vector3::z_axis()]
                .into_iter()
                .find_map(|axis| Alignment::from_bend(tall, axis, Angle::ZERO));
            fit.alignment = across;
            fit.how = Some(Mounting::StartPose);
            fit.take_start_pose(tall);
            events.push(Event::Mounted {
                at,
                sensor: sensor_id(index),
                how: Mounting::StartPose,
                residual: POSE_ERROR,
            });
        }
        self.go_to(SetupStep::Ready, at, events);
    }

    fn go_to(&mut self, step: SetupStep, at: SessionTime, events: &mut Vec<Event>) {
        self.step = step;
        self.announced = Some(at);
        self.done.fill(None);
        (self.is_told, self.has_moved) = (false, false);
        events.push(Event::Setup { at, step });
    }

    fn sensor(&self) -> SensorId {
        sensor_id(self.lead)
    }
}

/// A pose that is kept.
#[derive(Clone, Copy, Debug, Default)]
struct Pose {
    began: Option<(UnitVector3<f64>, SessionTime)>,
    mean: StillMean,
}

impl Pose {
    /// Takes one direction of up; says whether it is no part of the pose before.
    fn update(&mut self, up: UnitVector3<f64>, at: SessionTime, is_still: bool) -> bool {
        let is_kept = |(began, _): (UnitVector3<f64>, _)| between(began, up).degrees() <= POSE_DEG;
        let is_other = !is_still || !self.began.is_some_and(is_kept);
        if is_other {
            *self = Pose {
                began: is_still.then_some((up, at)),
                mean: StillMean::default(),
            };
        }
        self.mean.update(up, is_still);
        is_other
    }

    fn held_secs(&self, at: SessionTime) -> f64 {
        self.began.map_or(0.0, |(_, began)| at.seconds_since(began))
    }
}

fn is_slump(reach: Angle) -> bool {
    (LEAST_DEG..=MOST_DEG).contains(&reach.degrees())
}

/// The direction as far beyond `axis` on its other side.
fn mirrored(direction: UnitVector3<f64>, axis: UnitVector3<f64>) -> UnitVector3<f64> {
    UnitVector3::new_normalize(
        axis.into_inner() * (2.0 * axis.dot(&direction)) - direction.into_inner(),
    )
}

fn sensor_id(index: usize) -> SensorId {
    SensorId(u8::try_from(index).unwrap_or(u8::MAX))
}
