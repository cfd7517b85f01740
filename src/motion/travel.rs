//! How far a sensor went up or down.
//!
//! Specific force along up, less 1 g, is the vertical acceleration; integrated twice it is the way. Any bias of
//! the accelerometer grows with the square of time, so that integration alone is lost after seconds: 0.05 m/s² are
//! 0.1 m after 2 s and 2.5 m after 10 s. Two answers, for two uses:
//!
//! - [`Travel`], live and for hours: a Kalman filter of height, vertical speed and the three biases of the
//!   accelerometer. While the wearer is still the speed is known to be 0, which also corrects the height gained by
//!   a wrong speed since (they are correlated) and teaches the bias along up. Otherwise nothing but a weak pull of
//!   the height towards the level of long standing (`LEVEL_PULL`) keeps it bounded.
//! - [`way`], afterwards: between moments of known rest the speed's error is taken off on a straight line.
//!
//! **What it costs.** The pull moves nothing within a movement of 2 to 8 s between two rests (less than 1 cm of a
//! 45 cm squat) and brings a level that is kept for minutes slowly back to 0. Repetitions without any rest between
//! them leave the bias of the leaned-over sensor unknown: the level then wanders by up to 45 cm within tens of seconds
//! (0.05 m/s², 40° of lean), and the first ways out are wrong by up to 15 cm of 45, the later ones by less.
//!
//! Needs a gyroscope: up from the accelerometer alone follows every acceleration and hides it.

use std::collections::VecDeque;

use nalgebra::{Matrix3, UnitVector3, Vector3};

use crate::units::{STANDARD_GRAVITY, SessionTime};

/// Height and vertical speed of a sensor at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TravelPoint {
    /// Above the level of the start, meters.
    pub height_m: f64,
    /// Upward, m/s.
    pub speed_mps: f64,
    /// Standard error of the height, meters.
    pub error_m: f64,
}

/// Bias of an accelerometer before anything is known of it, m/s² (standard deviation): 10 mg is what the data sheets of
/// common parts promise after soldering.
const BIAS: f64 = 0.1;

/// Wander of the bias, (m/s²)²/s: 0.02 m/s² within an hour, as warming up does.
const BIAS_WANDER: f64 = 1e-7;

/// Noise of the acceleration that is not bias, (m/s)²/s: 0.03 m/s² at 100 Hz, three times what a common part has,
/// for the strap moves too.
const NOISE: f64 = 1e-5;

/// How still a still person is, m/s: the trunk of somebody who stands breathes and sways by millimeters a second.
const STILL_SPEED: f64 = 0.01;

/// Stillness is looked at this often, seconds: oftener would count the same evidence twice.
const LOOK_SECS: f64 = 0.05;

/// How far back it is looked, seconds, and by how much the speed may have changed since, m/s. A calf raise of 6 cm in
/// 2 s is too slow and too straight for the usual test of stillness, but changes its speed by more than this.
const WINDOW_SECS: f64 = 0.5;

/// See [`WINDOW_SECS`].
const SPEED_CHANGE: f64 = 0.008;

/// A speed this many standard errors off 0 is no stillness, whatever it looks like: a slow, even way.
const GATE: f64 = 2.5;

/// Whoever looks still for long although the gate is shut is still, and the filter is wrong: its error grows by this
/// much, m/s each second.
const DOUBT: f64 = 0.03;

/// ... after this long, seconds: the middle of a calf raise lowered in 3 s looks even, and is no stillness.
const DOUBT_AFTER_SECS: f64 = 1.0;

/// Strength of the pull towards the level of the start, m²·s: the variance of one glance a second that finds the wearer at
/// that level. A level that is kept for 2 min with rests is pulled by some 4 cm; without any rest, when nothing else
/// is known, height and speed come back within a few seconds. Ten times stronger, slow squats are pulled visibly (by
/// 20 cm at 4 s each way); ten times weaker, calf raises without a rest run off by 20 cm.
const LEVEL_PULL: f64 = 1.0;

/// A longer step of time is a gap: how fast the wearer goes after it nobody knows. Seconds.
const LONGEST_STEP_SECS: f64 = 0.2;

/// Nobody's trunk is faster upward after a gap, m/s (standard deviation), nor elsewhere by more, m.
const AFTER_GAP: [f64; 2] = [0.5, 0.3];

/// Follows height and vertical speed, sample by sample.
#[derive(Clone, Debug)]
pub struct Travel {
    last_at: Option<SessionTime>,
    height: f64,
    speed: f64,
    /// Of the accelerometer, sensor frame, m/s².
    bias: Vector3<f64>,
    of: Covariance,
    looked_at: Option<SessionTime>,
    /// Time and the integral of the vertical acceleration, every [`LOOK_SECS`].
    window: VecDeque<(SessionTime, f64)>,
    gained: f64,
    /// For how long it has looked still while the gate was shut, seconds.
    doubted: f64,
}

/// Covariance of height `h`, speed `v` and bias `b`.
#[derive(Clone, Copy, Debug)]
struct Covariance {
    hh: f64,
    hv: f64,
    vv: f64,
    hb: Vector3<f64>,
    vb: Vector3<f64>,
    bb: Matrix3<f64>,
}

impl Default for Travel {
    fn default() -> Travel {
        Travel::new()
    }
}

impl Travel {
    /// At level 0 and at rest, as far as is known.
    pub fn new() -> Travel {
        Travel {
            last_at: None,
            height: 0.0,
            speed: 0.0,
            bias: Vector3::zeros(),
            of: Covariance {
                hh: 0.0,
                hv: 0.0,
                vv: STILL_SPEED * STILL_SPEED,
                hb: Vector3::zeros(),
                vb: Vector3::zeros(),
                bb: Matrix3::identity() * BIAS * BIAS,
            },
            looked_at: None,
            window: VecDeque::new(),
            gained: 0.0,
            doubted: 0.0,
        }
    }

    /// The level of this moment is the start's: height 0. What is known of the bias is kept.
    pub fn level(&mut self) {
        self.height = 0.0;
        (self.of.hh, self.of.hv, self.of.hb) = (0.0, 0.0, Vector3::zeros());
    }

    /// Takes one sample: `up` and the specific force `force` (m/s²), both in the sensor's frame, and whether the wearer
    /// seems still ([`crate::motion::stillness`]).
    pub fn update(
        &mut self,
        at: SessionTime,
        up: UnitVector3<f64>,
        force: Vector3<f64>,
        is_still: bool,
    ) -> TravelPoint {
        let step = self.last_at.map_or(0.0, |last| at.seconds_since(last));
        if step < 0.0 || !force.iter().all(|part| part.is_finite()) {
            return self.point();
        }
        self.last_at = Some(at);
        if step > LONGEST_STEP_SECS {
            self.resume();
        } else {
            let lift = force.dot(&up) - STANDARD_GRAVITY;
            self.gained += lift * step;
            self.predict(lift, up.into_inner(), step);
        }
        let since = self.looked_at.map(|looked| at.seconds_since(looked));
        if since.is_none_or(|since| since >= LOOK_SECS - 1e-9) {
            self.looked_at = Some(at);
            self.look(at, up.into_inner(), is_still, since.unwrap_or(LOOK_SECS));
        }
        self.point()
    }

    fn point(&self) -> TravelPoint {
        TravelPoint {
            height_m: self.height,
            speed_mps: self.speed,
            error_m: self.of.hh.max(0.0).sqrt(),
        }
    }

    /// After a gap the level is that of before, within what people do meanwhile.
    fn resume(&mut self) {
        self.window.clear();
        self.gained = 0.0;
        self.speed = 0.0;
        let [speed, height] = AFTER_GAP;
        self.of.hh += height * height;
        (self.of.hv, self.of.vv) = (0.0, speed * speed);
        (self.of.hb, self.of.vb) = (Vector3::zeros(), Vector3::zeros());
    }

    fn predict(&mut self, lift: f64, up: Vector3<f64>, step: f64) {
        let gain = (lift - self.bias.dot(&up)) * step;
        self.height += (self.speed + gain / 2.0) * step;
        self.speed += gain;
        let of = &mut self.of;
        let along = of.bb * up;
        let speed_along = of.vb.dot(&up);
        of.hh += step * (2.0 * of.hv + step * of.vv);
        of.hv += step * (of.vv - of.hb.dot(&up) - step * speed_along);
        of.vv += step * (step * along.dot(&up) - 2.0 * speed_along + NOISE);
        of.hb += of.vb * step;
        of.vb -= along * step;
        for axis in 0..3 {
            of.bb[(axis, axis)] += BIAS_WANDER * step;
        }
    }

    /// Looks whether it is still, and pulls the level.
    fn look(&mut self, at: SessionTime, up: Vector3<f64>, is_still: bool, since: f64) {
        // The window is forgotten with a gap; until it is full again, stillness is not believed.
        self.window.push_back((at, self.gained));
        while self
            .window
            .front()
            .is_some_and(|(first, _)| at.seconds_since(*first) > WINDOW_SECS + 1e-9)
        {
            self.window.pop_front();
        }
        if is_still && self.has_even_speed(up) {
            let expected = self.of.vv + STILL_SPEED * STILL_SPEED;
            if self.speed * self.speed < GATE * GATE * expected {
                self.stand();
                self.doubted = 0.0;
            } else {
                self.doubted += since;
                if self.doubted > DOUBT_AFTER_SECS {
                    self.of.vv += DOUBT * DOUBT * since;
                }
            }
        } else {
            self.doubted = 0.0;
        }
        self.pull(LEVEL_PULL / since.max(LOOK_SECS));
    }

    /// Whether the speed has not changed within the window, as far as the bias lets tell.
    fn has_even_speed(&self, up: Vector3<f64>) -> bool {
        let Some((began, _)) = self.window.front() else {
            return false;
        };
        let bias = self.bias.dot(&up);
        let (least, most) = self.window.iter().fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(least, most), (at, gained)| {
                let change = gained - bias * at.seconds_since(*began);
                (least.min(change), most.max(change))
            },
        );
        let unsure = (self.of.bb * up).dot(&up).max(0.0).sqrt();
        most - least < SPEED_CHANGE + 2.0 * unsure * WINDOW_SECS
    }

    /// The speed is 0.
    fn stand(&mut self) {
        let of = &mut self.of;
        let scale = 1.0 / (of.vv + STILL_SPEED * STILL_SPEED);
        let miss = -self.speed * scale;
        self.height += of.hv * miss;
        self.speed += of.vv * miss;
        self.bias += of.vb * miss;
        let (hv, vv, vb) = (of.hv, of.vv, of.vb);
        of.hh -= hv * hv * scale;
        of.hv -= hv * vv * scale;
        of.vv -= vv * vv * scale;
        of.hb -= vb * (hv * scale);
        of.vb -= vb * (vv * scale);
        of.bb -= vb * vb.transpose() * scale;
    }

    /// The height is near the level of the start, with a variance that says how little is meant by it. The bias learns
    /// nothing from this: squats are below that level all the time, and a bias learned from them would be wrong.
    fn pull(&mut self, variance: f64) {
        let of = &mut self.of;
        let scale = 1.0 / (of.hh + variance);
        let (hh, hv, hb) = (of.hh, of.hv, of.hb);
        let miss = -self.height * scale;
        self.height += hh * miss;
        self.speed += hv * miss;
        of.hh -= hh * hh * scale;
        of.vv -= hv * hv * scale;
        of.hv -= hh * hv * scale;
        of.vb -= hb * (hv * scale);
        of.hb -= hb * (hh * scale);
    }
}

/// The way of a sensor after the fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// Height above the first moment, meters, one a sample.
    pub heights_m: Vec<f64>,
    /// Upward speed, m/s, one a sample.
    pub speeds_mps: Vec<f64>,
}

impl Way {
    /// Highest minus lowest, meters.
    pub fn range_m(&self) -> f64 {
        let (low, high) = self
            .heights_m
            .iter()
            .fold((0.0_f64, 0.0_f64), |(low, high), height| {
                (low.min(*height), high.max(*height))
            });
        high - low
    }
}

/// The way from vertical accelerations, exact between moments of rest.
///
/// `times` in seconds, ascending; `lifts` the vertical accelerations, m/s², one a time; `rests` the indices of
/// samples at which the sensor was at rest, ascending. The speed that integration finds at a rest is the error gained
/// since the rest before, and is taken off on a straight line (a constant bias). Before the first and after the
/// last rest nothing is taken off. `None` with fewer than two rests, or for samples that are not ascending in time.
pub fn way(times: &[f64], lifts: &[f64], rests: &[usize]) -> Option<Way> {
    let is_ascending = times.windows(2).all(|pair| pair[0] <= pair[1]);
    let are_rests = rests.windows(2).all(|pair| pair[0] < pair[1])
        && rests.last().is_some_and(|last| *last < times.len());
    if times.len() != lifts.len() || rests.len() < 2 || !is_ascending || !are_rests {
        return None;
    }
    let mut speeds = integral(times, lifts, 0.0);
    let (first, mut drift) = (rests[0], 0.0);
    let offset = speeds[first];
    speeds.iter_mut().for_each(|speed| *speed -= offset);
    let measured = speeds.clone();
    for pair in rests.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let secs = times[to] - times[from];
        let gained = measured[to] - measured[from];
        for k in from..=to {
            let share = if secs > 0.0 {
                (times[k] - times[from]) / secs
            } else {
                1.0
            };
            speeds[k] = measured[k] - drift - gained * share;
        }
        drift += gained;
    }
    let last = *rests.last()?;
    speeds[last + 1..]
        .iter_mut()
        .for_each(|speed| *speed -= drift);
    Some(Way {
        heights_m: integral(times, &speeds, 0.0),
        speeds_mps: speeds,
    })
}

/// The integral by trapezoids, one value a sample.
fn integral(times: &[f64], values: &[f64], start: f64) -> Vec<f64> {
    let mut sum = start;
    let mut sums = Vec::with_capacity(values.len());
    for k in 0..values.len() {
        if k > 0 {
            sum += (values[k] + values[k - 1]) / 2.0 * (times[k] - times[k - 1]);
        }
        sums.push(sum);
    }
    sums
}

#[cfg(test)]
mod tests;
