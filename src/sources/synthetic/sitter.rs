//! A day at a desk: somebody who sits in one way for a while, then in another, stands, walks and comes back.

use super::body::{Body, Dof, Movement};
use super::chance::{Chance, Purpose};
use super::script::{SIDES, natural_unrest, stretch};
use super::trajectory::Ripple;
use super::{LinkModel, Performance, Radio, SensorModel, Wearing, WornSensor};
use crate::input::Placement;
use crate::recording::truth::{Stretch, Truth};

/// Inclination of thorax and pelvis while sitting tall, degrees: in a chair the pelvis leans back.
const TALL_DEG: [f64; 2] = [2.0, -24.0];

/// How far both go from there into a full slump, degrees: the upper back forward, the pelvis back.
const SLUMP_DEG: [f64; 2] = [23.0, -15.0];

/// How much lower the hips are on a chair, share of the height.
const CHAIR: f64 = 0.25;

/// Time to get up, to sit down, or to take another position, s.
const MOVE_SECS: f64 = 2.4;

/// Readings a second: posture needs few, and hours have many.
const RATE_HZ: f64 = 25.0;

/// Somebody who sits, and what they do all day.
#[derive(Clone, Debug)]
pub struct Sitter {
    /// Who.
    pub body: Body,
    /// What is worn.
    pub sensors: Vec<WornSensor>,
    /// How what they read reaches the program.
    pub link: LinkModel,
    /// Whether the day begins with sitting tall and slumping, as asked for.
    pub calibration: bool,
    /// What is done, in order.
    pub acts: Vec<Act>,
    /// Fixes everything that is left to chance.
    pub seed: u64,
}

/// One thing that is done for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Sitting in one way.
    Sit {
        /// For how long, minutes.
        minutes: f64,
        /// How far into the wearer's own slump, percent.
        slouch_pct: f64,
        /// Tilt to the right, degrees.
        lean_deg: f64,
        /// Moves a little every now and then, without another position.
        restless: bool,
    },
    /// Standing.
    Stand {
        /// For how long, minutes.
        minutes: f64,
    },
    /// Walking.
    Walk {
        /// For how long, minutes.
        minutes: f64,
    },
}

impl Act {
    /// Sitting as people do, a little restless.
    pub fn sit(minutes: f64, slouch_pct: f64) -> Act {
        Act::Sit {
            minutes,
            slouch_pct,
            lean_deg: 0.0,
            restless: true,
        }
    }

    /// For how long, minutes.
    pub fn minutes(self) -> f64 {
        match self {
            Act::Sit { minutes, .. } | Act::Stand { minutes } | Act::Walk { minutes } => minutes,
        }
    }

    fn what(self) -> String {
        match self {
            Act::Sit {
                slouch_pct,
                lean_deg,
                ..
            } => format!("sitting at {slouch_pct:.0} %, leaning {lean_deg:.0} degrees"),
            Act::Stand { .. } => "standing".to_owned(),
            Act::Walk { .. } => "walking".to_owned(),
        }
    }
}

impl Sitter {
    /// Somebody who does this, with one sensor over a good radio.
    pub fn new(placement: Placement, acts: Vec<Act>) -> Sitter {
        Sitter {
            body: Body::MEDIUM,
            sensors: vec![Sitter::sensor(placement)],
            link: LinkModel::Radio(Radio::good()),
            calibration: true,
            acts,
            seed: 1,
        }
    }

    /// A sensor for long days: few readings a second, on a strap that follows the trunk.
    pub fn sensor(placement: Placement) -> WornSensor {
        WornSensor {
            rate_hz: RATE_HZ,
            model: SensorModel {
                soft_tissue_hz: 0.0,
                ..SensorModel::consumer()
            },
            ..WornSensor::new(placement)
        }
    }

    /// An ordinary morning or more: mostly at ease, a slump, a lean, standing, a walk now and then.
    pub fn day(placement: Placement, minutes: f64, seed: u64) -> Sitter {
        let mut chance = Chance::new(seed, Purpose::Damage);
        let mut acts = Vec::new();
        let mut left = minutes;
        while left > 0.0 {
            let minutes = chance.between(6.0, 24.0).min(left.max(0.5));
            let act = match chance.below(10) {
                0 => Act::Stand {
                    minutes: 0.4 * minutes,
                },
                1 | 2 => Act::Walk {
                    minutes: chance.between(1.5, 5.0),
                },
                3 | 4 => Act::sit(minutes, chance.between(92.0, 115.0)),
                5 => Act::Sit {
                    minutes,
                    slouch_pct: chance.between(30.0, 70.0),
                    lean_deg: 14.0 * chance.sign(),
                    restless: true,
                },
                6 => Act::Sit {
                    minutes: minutes + 10.0,
                    slouch_pct: chance.between(35.0, 65.0),
                    lean_deg: 0.0,
                    restless: false,
                },
                _ => Act::sit(minutes, chance.between(10.0, 75.0)),
            };
            left -= act.minutes();
            acts.push(act);
        }
        Sitter {
            seed,
            ..Sitter::new(placement, acts)
        }
    }

    /// Plays the day.
    pub fn perform(&self) -> Performance {
        let mut desk = Desk {
            chance: Chance::new(self.seed, Purpose::Movement),
            movement: Movement::new(self.body),
            now: 0.0,
            is_up: true,
            acts: Vec::new(),
            still: Vec::new(),
        };
        natural_unrest(&mut desk.movement, &mut desk.chance);
        desk.arrive();
        if self.calibration {
            desk.calibrate();
        }
        for act in &self.acts {
            desk.act(*act);
        }
        desk.now += 2.0;
        desk.movement.finish();
        let truth = Truth {
            generator: format!("synthetic sitter {}", env!("CARGO_PKG_VERSION")),
            seed: self.seed,
            exercise: "sitting".to_owned(),
            height: self.body.height,
            not_reps: desk.acts,
            still: desk.still,
            ..Truth::default()
        };
        let wearing = Wearing {
            sensors: &self.sensors,
            link: &self.link,
            seed: self.seed,
        };
        wearing.perform(&desk.movement, None, desk.now, truth)
    }
}

/// The day under construction, and its clock.
struct Desk {
    chance: Chance,
    movement: Movement,
    now: f64,
    is_up: bool,
    acts: Vec<Stretch>,
    still: Vec<Stretch>,
}

impl Desk {
    /// The wearer sits down and moves about a little, with the sensor on.
    fn arrive(&mut self) {
        let hips = self.movement.body.hip_height();
        self.movement.track(Dof::HipZ).glide_to(-10.0, 1.0, hips);
        self.now = 1.0;
        self.take(50.0, 0.0);
        self.fidget(2.5);
    }

    /// Tall and still, then slumped and still.
    fn calibrate(&mut self) {
        for (pct, what) in [(0.0, "sitting tall"), (100.0, "slump")] {
            self.take(pct, 0.0);
            let from = self.now;
            self.now += 9.5 + self.chance.between(0.0, 1.0);
            self.still.push(stretch(from, self.now, what));
        }
    }

    fn act(&mut self, act: Act) {
        let from = self.now;
        let until = from + 60.0 * act.minutes();
        match act {
            Act::Sit {
                slouch_pct,
                lean_deg,
                restless,
                ..
            } => {
                self.take(slouch_pct, lean_deg);
                while restless && self.now + 90.0 < until {
                    self.now += self.chance.between(20.0, 70.0);
                    let seconds = self.chance.between(2.0, 4.0);
                    self.fidget(seconds);
                }
            }
            Act::Stand { .. } => self.get_up(),
            Act::Walk { .. } => {
                self.get_up();
                self.walk(until);
            }
        }
        self.now = self.now.max(until);
        self.acts.push(stretch(from, self.now, &act.what()));
    }

    /// Takes a seat, or another position in it.
    fn take(&mut self, slouch_pct: f64, lean_deg: f64) {
        let at = self.now;
        if std::mem::replace(&mut self.is_up, false) {
            let low = (self.movement.body.hip_height()) - CHAIR * self.movement.body.height;
            self.movement.track(Dof::HipZ).glide_to(at, MOVE_SECS, low);
            self.lean_forward(at);
        }
        for (dof, tall, slump) in [
            (Dof::ThoraxPitch, TALL_DEG[0], SLUMP_DEG[0]),
            (Dof::PelvisPitch, TALL_DEG[1], SLUMP_DEG[1]),
        ] {
            let target = tall + slouch_pct / 100.0 * slump;
            self.glide(dof, at, target);
        }
        for dof in [Dof::ThoraxRoll, Dof::PelvisRoll] {
            self.glide(dof, at, lean_deg);
        }
        for side in SIDES {
            self.glide(Dof::Thigh(side), at, 85.0);
        }
        self.now += MOVE_SECS;
    }

    fn get_up(&mut self) {
        let at = self.now;
        if std::mem::replace(&mut self.is_up, true) {
            return;
        }
        let high = self.movement.body.hip_height();
        self.movement.track(Dof::HipZ).glide_to(at, MOVE_SECS, high);
        self.lean_forward(at);
        for dof in [
            Dof::ThoraxPitch,
            Dof::PelvisPitch,
            Dof::ThoraxRoll,
            Dof::PelvisRoll,
        ] {
            self.glide(dof, at, 0.0);
        }
        for side in SIDES {
            self.glide(Dof::Thigh(side), at, 0.0);
        }
        self.now += MOVE_SECS;
    }

    /// Nobody gets up or sits down without bending forward.
    fn lean_forward(&mut self, at: f64) {
        for (dof, deg) in [(Dof::ThoraxPitch, 35.0), (Dof::PelvisPitch, 30.0)] {
            let bend = f64::to_radians(deg);
            self.movement.track(dof).bump(at, MOVE_SECS, bend);
        }
    }

    fn glide(&mut self, dof: Dof, at: f64, target_deg: f64) {
        self.movement
            .track(dof)
            .glide_to(at, MOVE_SECS, target_deg.to_radians());
    }

    /// Moves and comes back.
    fn fidget(&mut self, seconds: f64) {
        let size = self.chance.between(4.0, 9.0) * self.chance.sign();
        let dof = [Dof::ThoraxPitch, Dof::ThoraxRoll][self.chance.below(2)];
        self.movement
            .track(dof)
            .bump(self.now, seconds, size.to_radians());
        let with = 0.5 * size.to_radians();
        let pelvis = if dof == Dof::ThoraxPitch {
            Dof::PelvisPitch
        } else {
            Dof::PelvisRoll
        };
        self.movement.track(pelvis).bump(self.now, seconds, with);
        self.now += seconds;
    }

    /// Steps: the trunk goes up and down with each, and sways with every second one.
    fn walk(&mut self, until: f64) {
        let steps = self.chance.between(1.65, 1.95);
        let lift = self.chance.between(0.014, 0.022);
        let (from, to) = (self.now, until.max(self.now + 2.0));
        let sway = f64::to_radians(2.0);
        for (dof, amplitude, hertz) in [
            (Dof::HipZ, lift, steps),
            (Dof::HipY, 0.02, 0.5 * steps),
            (Dof::PelvisRoll, sway, 0.5 * steps),
            (Dof::ThoraxRoll, 0.7 * sway, 0.5 * steps),
            (Dof::ThoraxPitch, 0.5 * sway, steps),
            (Dof::PelvisPitch, 0.5 * sway, steps),
        ] {
            let phase = self.chance.between(0.0, std::f64::consts::TAU);
            self.movement.ripple(
                dof,
                Ripple {
                    from,
                    to,
                    fade: 0.8,
                    amplitude,
                    hertz,
                    phase,
                },
            );
        }
        self.now = to;
    }
}
