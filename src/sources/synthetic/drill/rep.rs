//! A repetition as the wearer means to do it, and the ways in which faults change it.

use super::First;
use super::pose::Pose;
use crate::input::Side;

/// One move into a pose.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub pose: Pose,
    pub secs: f64,
    /// How long the pose is kept; below 0 the next move begins before this one is over.
    pub pause: f64,
    pub through: [f64; 3],
    /// In how many strokes it comes.
    pub pieces: u32,
}

/// A short push of the hips, m/s² upward at its middle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jolt {
    /// From the arrival in the far pose, s.
    pub at: f64,
    pub secs: f64,
    pub strength: f64,
}

/// One repetition.
#[derive(Clone, Debug)]
pub(crate) struct Rep {
    pub side: Side,
    pub start: Pose,
    pub moves: Vec<Move>,
    pub(super) far: usize,
    pub(super) first: First,
    pub(super) is_cycle: bool,
    /// How uneven the strokes are: a second, shorter stroke laid over each, as a share.
    pub(super) uneven: f64,
    /// The bounce: how deep as a share of the way, and how long, s.
    pub(super) bounce: Option<(f64, f64)>,
    pub(super) jolts: Vec<Jolt>,
    /// Gravity-free acceleration of the hips in the far pose, m/s²; 0 is the natural one.
    pub sway: f64,
    /// Wobble of the trunk around the turn: RMS of its rate, °/s.
    pub wobble: f64,
    /// How often the hold is lost and found again.
    pub breaks: u32,
    /// How far the trunk rocks to and fro while the far pose is kept, degrees.
    pub rock: f64,
    /// A slow sinking back while the far pose is kept, as a share of the way.
    pub sag: f64,
}

impl Rep {
    /// The move into the far pose.
    pub(crate) fn far(&mut self) -> &mut Move {
        &mut self.moves[self.far]
    }

    /// The pose after the far one: where the repetition ends, or its other end.
    pub(crate) fn last(&mut self) -> &mut Move {
        let last = self.moves.len() - 1;
        &mut self.moves[last]
    }

    /// Whether it does not come back to the start pose, but goes on to the other end of the movement.
    pub(super) fn goes_from_end_to_end(&self) -> bool {
        self.is_cycle
    }

    /// Every pose of the repetition.
    pub(crate) fn poses(&mut self) -> impl Iterator<Item = &mut Pose> {
        self.moves.iter_mut().map(|step| &mut step.pose)
    }

    /// Stays in the far pose for at least so long, so that what is wrong there can be seen.
    pub(crate) fn keep_far(&mut self, secs: f64) {
        self.far().pause = self.far().pause.max(secs);
    }

    /// Goes this share of the way to the far pose.
    pub(crate) fn go_as_far_as(&mut self, share: f64) {
        let start = self.start;
        for step in self.moves.iter_mut().take(self.far + 1) {
            step.pose = start.towards(&step.pose, share);
        }
    }

    /// Inclines the trunk in the far pose by so much more.
    pub(crate) fn incline(&mut self, by: f64) {
        self.far().pose.thorax.theta += by;
        self.far().pose.pelvis.theta += 0.85 * by;
    }

    /// Times of the way out and of the way back, s.
    pub(crate) fn times(&self) -> (f64, f64) {
        let time = |moves: &[Move]| moves.iter().map(|step| step.secs).sum::<f64>();
        let (out, back) = self.moves.split_at(self.far + 1);
        (time(out), time(back))
    }

    fn retime(&mut self, out: bool, change: impl Fn(f64) -> f64) {
        let (before, after) = self.times();
        let now = if out { before } else { after };
        let ratio = change(now) / now;
        let far = self.far;
        for (index, step) in self.moves.iter_mut().enumerate() {
            if (index <= far) == out {
                step.secs *= ratio;
                // Strokes that overlap keep their shape.
                step.pause = step.pause.max(0.0) + ratio * step.pause.min(0.0);
            }
        }
    }

    /// Changes the time of the raise.
    pub(crate) fn raise_in(&mut self, change: impl Fn(f64) -> f64) {
        self.retime(self.first == First::Raise, change);
    }

    /// Changes the time of the lowering.
    pub(crate) fn lower_in(&mut self, change: impl Fn(f64) -> f64) {
        self.retime(self.first == First::Lower, change);
    }

    /// Does all of it, with the pause after it, in so many seconds.
    pub(crate) fn within(&mut self, secs: f64) {
        let all: f64 = self.moves.iter().map(|step| step.secs + step.pause).sum();
        for step in &mut self.moves {
            step.secs *= secs / all;
            step.pause *= secs / all;
        }
    }

    /// Comes back by way of a pose, reached after this share of the time and kept for a while.
    pub(crate) fn come_back_by(&mut self, pose: Pose, share: f64, pause: f64) {
        let at = self.far + 1;
        let whole = self.moves[at].clone();
        let early = Move {
            pose,
            secs: share * whole.secs,
            pause,
            through: [0.0; 3],
            pieces: 1,
        };
        let late = Move {
            secs: (1.0 - share) * whole.secs,
            ..whole
        };
        self.moves.splice(at..=at, [early, late]);
    }

    /// Goes out slowly at first and then all at once: the speed peaks at so many times its mean.
    pub(crate) fn surge_out(&mut self, ratio: f64) {
        // Four fifths of the way are left for the surge, whose own peak is 1.875 times its mean.
        const SURGE: f64 = 0.8;
        let whole = self.far().clone();
        let share = 1.875 * SURGE / ratio;
        let early = Move {
            pose: self.start.towards(&whole.pose, 1.0 - SURGE),
            secs: (1.0 - share) * whole.secs,
            pause: 0.0,
            through: [0.0; 3],
            pieces: 1,
        };
        let late = Move {
            secs: share * whole.secs,
            ..whole
        };
        let far = self.far;
        self.moves.splice(far..=far, [early, late]);
        self.far += 1;
        self.uneven = 0.0;
    }

    /// Reverses by bouncing: within 5 units of the far end for this time.
    pub(crate) fn bounce(&mut self, secs: f64, range: f64) {
        // Share of a bump's length within which it is closer than 5 to a peak of 12.
        const DWELL: f64 = 0.323;
        let depth = 12.0 / range;
        self.go_as_far_as(1.0 - depth);
        self.bounce = Some((depth, secs / DWELL));
        let (out, back) = self.times();
        self.uneven = 0.0;
        // Slow ends would be near the far end for longer.
        self.raise_in(|_| out.min(back).min(1.6));
        self.lower_in(|_| out.min(back).min(1.6));
    }

    /// Lets the hips be pushed up, by so many m/s² beyond gravity, around the arrival in the far pose.
    pub(crate) fn jolt(&mut self, at: f64, secs: f64, strength: f64) {
        self.jolts.push(Jolt { at, secs, strength });
    }

    /// The same where the foot or the seat lands: nothing else does.
    pub(crate) fn land_with(&mut self, strength: f64) {
        if let Some(jolt) = self.jolts.first_mut() {
            jolt.strength = strength;
        }
    }

    /// Does the raise in two: the hips go up and the trunk inclines further, then the trunk follows.
    pub(crate) fn raise_hips_first(&mut self, by: f64) {
        let at = match self.first {
            First::Lower => self.far + 1,
            First::Raise => self.far,
        };
        let from = if at == 0 {
            self.start
        } else {
            self.moves[at - 1].pose
        };
        let whole = self.moves[at].clone();
        // The legs do a third of their work while the trunk goes the wrong way.
        let mut half = from.towards(&whole.pose, 0.35);
        half.thorax = from.thorax;
        half.pelvis = from.pelvis;
        half.thorax.theta += by;
        half.pelvis.theta += 0.9 * by;
        half.anchor = from.anchor;
        let early = Move {
            pose: half,
            secs: 0.30 * whole.secs,
            pause: -0.03 * whole.secs,
            through: [0.0; 3],
            pieces: 1,
        };
        let late = Move {
            secs: 0.73 * whole.secs,
            ..whole
        };
        self.moves.splice(at..=at, [early, late]);
        if at <= self.far {
            self.far += 1;
        }
    }

    /// Goes into the far pose in two: first nearly all the way with the pelvis tilted further, then it tucks.
    pub(crate) fn tuck_at_the_end(&mut self, by: f64, share: f64) {
        let whole = self.far().clone();
        let mut near = self.start.towards(&whole.pose, share);
        near.pelvis.theta = whole.pose.pelvis.theta;
        let early = Move {
            pose: near,
            secs: 0.75 * whole.secs,
            pause: -0.05 * whole.secs,
            through: whole.through,
            pieces: 1,
        };
        let mut late = Move {
            secs: 0.30 * whole.secs,
            through: [0.0; 3],
            pause: whole.pause.max(0.5),
            ..whole
        };
        late.pose.pelvis.theta -= by;
        let far = self.far;
        self.moves.splice(far..=far, [early, late]);
        self.far += 1;
    }
}

/// The time of a move from the middle to an end, as a share of that from end to end.
pub(crate) const FROM_THE_MIDDLE: f64 = 0.61;
