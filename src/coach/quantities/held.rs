//! What is measured of a hold: how long, how still, how the pose changed from the one it was set in.
//!
//! The set pose is the mean of the first 2 s (of what there is, where the hold is shorter). Angles are those of the
//! segment that the hold is tested by, unless the name says otherwise.
//!
//! | quantity | formula | unit | needs | source |
//! |---|---|---|---|---|
//! | `hold_time` | end − start | s | – | exercises.md 4.1 |
//! | `held_breaks` | times the test failed for a moment | – | – | 4.1 |
//! | `hold_drift` | mean of the last 2 s − mean of the first 2 s of θ, σ; the larger | ° | 5 s | 7.1 `drift` |
//! | `hold_theta_fall`, `…_rise` | largest held fall, rise of θ from the set pose | ° | a | 4.2 |
//! | `hold_theta_max`, `…_min` | largest, smallest held θ | ° | a | 4.2 |
//! | `hold_side`, `hold_side_abs` | largest held \|σ − σ_set\|, \|σ\| | ° | a | 4.2 |
//! | `hold_axis_sag` | largest held \|long axis − set\|, long axis = asin(u_y) | ° | a | 4.2 |
//! | `hold_roll` | largest held change of atan2(u_z, u_x) | ° | a, long axis below 50° | 3.16, 4.2 |
//! | `hold_lumflex_min`, `…_max` | smallest, largest held lumflex − set | ° | two sensors | 4.2 |
//! | `hold_lumflex_pct` | 100 · largest held lumflex / own full bend | % | two sensors, own full bend | 4.2 |
//! | `hold_chest`, `hold_pelvis` | largest held \|θ_T − set\|, \|θ_P − set\| | ° | that sensor | 4.2 |
//! | `hold_tuck` | mean of θ_P0 − θ_P | ° | a, start pose | 3.8, 4.2 |
//! | `hold_sway_acc` | mean \|a_lin\| without 0.5 s at each end | m/s² | a, 3 s | 7.1 |
//! | `hold_sway_angle` | √mean((x − mean x)²) of θ, σ; the larger | ° | a, 3 s | 7.1 `sway_rms` |
//! | `hold_sway_growth` | mean \|a_lin\| of the last over the first third | – | a, 9 s | 4.1 HD-SHAKE |
//! | `hold_bounce` | 2√2 RMS of what is faster than 0.5 Hz in θ, σ; the worst 4 s | ° | a | 4.2 TW-BOUNCE |
//! | `hold_creep` | largest rise of ∬ a_lin·u over the quietest moment of each second | cm | gyroscope | 4.2 WS-RISE |
//! | `breath_…` | see `breath` | | | 4.6 |

use super::hold::CUT_SECS;
use super::tilt::{less_sure, lumflex, worth};
use super::trunk::{Pick, has_gyroscope, long_axis_turn, pelvis, thorax};
use super::{Neutral, Stretch, blurred, breath};
use crate::coach::event::Measured;
use crate::coach::trace::TracePoint;
use crate::exercise::Quantity;
use crate::input::{Segment, Side};
use crate::motion::Validity;
use crate::motion::travel::way;
use crate::units::SessionTime;
use nalgebra::Vector3;

/// A pelvis further from its neutral is in another pose, degrees: double knee-to-chest tucks it by 25.
const LARGEST_TUCK_DEG: f64 = 60.0;

/// Everything that a hold is measured from.
#[derive(Clone, Copy, Debug)]
pub struct HoldView<'a> {
    /// The trace of the hold, oldest first; points outside of it do no harm. Its signal is not looked at.
    pub points: &'a [TracePoint],
    /// When the hold began: the first moment of the stillness by which it was found.
    pub start: SessionTime,
    /// When it ended: the last moment at which its test was true.
    pub end: SessionTime,
    /// How often its test failed for a moment and was true again.
    pub breaks: u32,
    /// The segment whose angles are tested: thorax or pelvis.
    pub tested: Segment,
    /// The start pose, if one was taken before the hold.
    pub neutral: Neutral,
    /// The wearer's own full bend of the lumbar spine, degrees, where it is known.
    pub lumflex_full_deg: Option<f64>,
    /// Which side is held, where it is known.
    pub side: Option<Side>,
}

/// The pose is set in so much time, and as much at the end is compared with it, seconds (exercises.md 4.1).
const SET_SECS: f64 = 2.0;

/// A shorter hold has no drift: its two ends would be the same seconds.
const LEAST_DRIFT_SECS: f64 = 5.0;

/// Sway of a shorter hold says nothing, seconds (exercises.md 3.2, BD-SWAY1).
const LEAST_SWAY_SECS: f64 = 3.0;

/// A shorter hold has no thirds worth comparing, seconds.
const LEAST_THIRDS_SECS: f64 = 9.0;

/// Quieter than this nothing is said of growth, m/s²: it is the sensor's own noise that would be compared.
const LEAST_SWAY: f64 = 0.03;

/// Faster than this is bouncing, Hz, and so long is looked at once, seconds: two swings of the slowest.
const BOUNCE_HERTZ: f64 = 0.5;
const BOUNCE_SECS: f64 = 4.0;

impl HoldView<'_> {
    /// Its time, seconds.
    pub fn secs(&self) -> f64 {
        self.end.seconds_since(self.start)
    }

    /// A part of it. Holds have no speed of a signal.
    fn between(&self, from: SessionTime, to: SessionTime) -> Stretch<'_> {
        let first = self.points.partition_point(|point| point.at() < from);
        let last = self.points.partition_point(|point| point.at() <= to);
        Stretch {
            points: self.points.get(first..last).unwrap_or_default(),
            speeds: &[],
        }
    }

    pub(super) fn whole(&self) -> Stretch<'_> {
        self.between(self.start, self.end)
    }

    /// Its first seconds, in which the pose was set.
    fn set(&self) -> Stretch<'_> {
        self.between(self.start, self.start.plus_seconds(SET_SECS).min(self.end))
    }

    /// Without its ends; `None` if it is too short to tell.
    pub(super) fn middle(&self) -> Option<Stretch<'_>> {
        (self.secs() >= LEAST_SWAY_SECS).then(|| {
            self.between(
                self.start.plus_seconds(CUT_SECS),
                self.end.plus_seconds(-CUT_SECS),
            )
        })
    }

    /// The last seconds of [`HoldView::middle`]. The trace of a very long hold is thinned out towards its beginning.
    pub(super) fn latest(&self, secs: f64) -> Option<Stretch<'_>> {
        self.middle()?;
        let end = self.end.plus_seconds(-CUT_SECS);
        let from = self.start.plus_seconds(CUT_SECS);
        Some(self.between(from.max(end.plus_seconds(-secs)), end))
    }

    pub(super) fn pick(&self) -> Pick {
        match self.tested {
            Segment::Pelvis => pelvis,
            _ => thorax,
        }
    }
}

/// Measures one quantity of a hold; `None` where it cannot be seen.
///
/// `persistence_secs` is how long a held extreme must last.
pub fn measure_hold(
    quantity: Quantity,
    persistence_secs: f64,
    view: &HoldView<'_>,
) -> Option<Measured> {
    use Quantity as Q;
    let hold = persistence_secs;
    let (whole, pick) = (view.whole(), view.pick());
    let of = |point: &TracePoint| pick(&point.moment);
    let theta = |point: &TracePoint| Some(of(point)?.theta.degrees());
    let sigma = |point: &TracePoint| Some(of(point)?.sigma.degrees());
    match quantity {
        // What the test itself says needs no more certainty than the test had.
        Q::HoldTime => certain(view.secs()),
        Q::HeldBreaks => certain(f64::from(view.breaks)),
        Q::HoldDrift => worth(whole, of, drift(view)),
        Q::HoldThetaFall => {
            let set = view.set().mean(theta)?;
            let fall = |point: &TracePoint| Some(set - theta(point)?);
            worth(whole, of, whole.held_max(hold, fall).map(positive))
        }
        Q::HoldThetaRise => {
            let set = view.set().mean(theta)?;
            let rise = |point: &TracePoint| Some(theta(point)? - set);
            worth(whole, of, whole.held_max(hold, rise).map(positive))
        }
        Q::HoldThetaMax => worth(whole, of, whole.held_max(hold, theta)),
        Q::HoldThetaMin => worth(whole, of, whole.held_min(hold, theta)),
        Q::HoldSide => worth(whole, of, departure(view, hold, sigma)),
        Q::HoldSideAbs => {
            let side = |point: &TracePoint| sigma(point).map(f64::abs);
            worth(whole, of, whole.held_max(hold, side))
        }
        Q::HoldAxisSag => {
            let axis = |point: &TracePoint| {
                let along = of(point)?.up().y.clamp(-1.0, 1.0);
                Some(along.asin().to_degrees())
            };
            worth(whole, of, departure(view, hold, axis))
        }
        Q::HoldRoll => {
            let start = set_up(view)?;
            let roll = |point: &TracePoint| long_axis_turn(&of(point)?, start);
            worth(whole, of, whole.held_max(hold, roll))
        }
        Q::HoldLumflexMin => {
            let set = view.set().mean(lumflex)?;
            let change = |point: &TracePoint| Some(lumflex(point)? - set);
            worth(whole, less_sure, whole.held_min(hold, change))
        }
        Q::HoldLumflexMax => {
            let set = view.set().mean(lumflex)?;
            let change = |point: &TracePoint| Some(lumflex(point)? - set);
            worth(whole, less_sure, whole.held_max(hold, change))
        }
        Q::HoldLumflexPct => {
            let share = whole.held_max(hold, lumflex)? / view.lumflex_full_deg? * 100.0;
            worth(whole, less_sure, Some(share))
        }
        Q::HoldChest => {
            let chest = |point: &TracePoint| Some(point.moment.thorax?.theta.degrees());
            worth(whole, |p| p.moment.thorax, departure(view, hold, chest))
        }
        Q::HoldPelvis => {
            let tilt = |point: &TracePoint| Some(point.moment.pelvis?.theta.degrees());
            worth(whole, |p| p.moment.pelvis, departure(view, hold, tilt))
        }
        Q::HoldTuck => {
            let (theta0, _) = view.neutral.pelvis?;
            let tuck =
                whole.mean(|point| Some((theta0 - point.moment.pelvis?.theta).wrapped().degrees()));
            // Counted from standing it says where the pelvis is, not how it is tucked.
            let tuck = tuck.filter(|tuck| tuck.abs() < LARGEST_TUCK_DEG);
            worth(whole, |p| p.moment.pelvis, tuck)
        }
        Q::HoldSwayAcc => {
            let middle = view.middle()?;
            worth(middle, of, middle.mean(|point| Some(of(point)?.shake)))
        }
        Q::HoldSwayAngle => {
            let middle = view.middle()?;
            let (of_theta, of_sigma) = (middle.deviation(theta)?, middle.deviation(sigma)?);
            worth(middle, of, Some(of_theta.max(of_sigma)))
        }
        Q::HoldSwayGrowth => worth(whole, of, sway_growth(view)),
        Q::HoldBounce => worth(whole, of, bounce(view)),
        Q::HoldCreep => worth(whole, of, creep(view)),
        Q::BreathRate | Q::BreathRatio | Q::BreathMotion | Q::BreathBelly => {
            breath::measure(quantity, view)
        }
        _ => None,
    }
}

fn certain(value: f64) -> Option<Measured> {
    value.is_finite().then_some(Measured {
        value,
        validity: Validity::Good,
    })
}

/// A fall that is a rise throughout is none.
fn positive(value: f64) -> f64 {
    value.max(0.0)
}

/// The largest held distance of a value from its mean in the set pose.
fn departure(
    view: &HoldView<'_>,
    hold: f64,
    of: impl Fn(&TracePoint) -> Option<f64>,
) -> Option<f64> {
    let set = view.set().mean(&of)?;
    view.whole()
        .held_max(hold, |point| Some((of(point)? - set).abs()))
}

/// Up in the set pose, segment frame.
fn set_up(view: &HoldView<'_>) -> Option<Vector3<f64>> {
    let pick = view.pick();
    let ups = view.set().points.iter();
    let sum: Vector3<f64> = ups
        .filter_map(|point| Some(pick(&point.moment)?.up()))
        .sum();
    sum.try_normalize(1e-9)
}

fn drift(view: &HoldView<'_>) -> Option<f64> {
    if view.secs() < LEAST_DRIFT_SECS {
        return None;
    }
    let pick = view.pick();
    let (first, last) = (
        view.set(),
        view.between(view.end.plus_seconds(-SET_SECS), view.end),
    );
    let theta = |point: &TracePoint| Some(pick(&point.moment)?.theta.degrees());
    let sigma = |point: &TracePoint| Some(pick(&point.moment)?.sigma.degrees());
    let of_theta = last.mean(theta)? - first.mean(theta)?;
    let of_sigma = last.mean(sigma)? - first.mean(sigma)?;
    Some(of_theta.abs().max(of_sigma.abs()))
}

fn sway_growth(view: &HoldView<'_>) -> Option<f64> {
    if view.secs() < LEAST_THIRDS_SECS {
        return None;
    }
    let pick = view.pick();
    let (from, to) = (
        view.start.plus_seconds(CUT_SECS),
        view.end.plus_seconds(-CUT_SECS),
    );
    let third = to.seconds_since(from) / 3.0;
    let shake = |point: &TracePoint| Some(pick(&point.moment)?.shake);
    let first = view.between(from, from.plus_seconds(third)).mean(shake)?;
    let last = view.between(to.plus_seconds(-third), to).mean(shake)?;
    (first.max(last) >= LEAST_SWAY).then(|| last / first.max(LEAST_SWAY))
}

/// Values on an even grid: their means within steps of `step_secs`, the last known one where a step is empty.
/// `None` where more than a second is missing, or all of it.
pub(super) fn evenly(
    stretch: Stretch<'_>,
    step_secs: f64,
    of: impl Fn(&TracePoint) -> Option<f64>,
) -> Option<Vec<f64>> {
    const LONGEST_GAP_SECS: f64 = 1.0;
    let begin = stretch.points.first()?.at();
    let (mut values, mut sum, mut count) = (Vec::new(), 0.0, 0.0);
    let (mut step, mut empty) = (0_usize, 0);
    for point in stretch.points {
        let Some(value) = of(point) else { continue };
        let at = (point.at().seconds_since(begin) / step_secs) as usize;
        while step < at {
            if count > 0.0 {
                values.push(sum / count);
                empty = 0;
            } else {
                empty += 1;
                values.push(*values.last()?);
            }
            if f64::from(empty) * step_secs > LONGEST_GAP_SECS {
                return None;
            }
            (sum, count) = (0.0, 0.0);
            step += 1;
        }
        sum += value;
        count += 1.0;
    }
    if count > 0.0 {
        values.push(sum / count);
    }
    (!values.is_empty()).then_some(values)
}

/// How far it swings to and fro, peak to peak, degrees: of a sine, 2√2 of its root mean square.
fn bounce(view: &HoldView<'_>) -> Option<f64> {
    const STEP_SECS: f64 = 0.05;
    if view.secs() < BOUNCE_SECS {
        return None;
    }
    let pick = view.pick();
    let swing = |of: &dyn Fn(&TracePoint) -> Option<f64>| {
        let values = evenly(view.whole(), STEP_SECS, of)?;
        // What such a normal curve passes has lost half of its power an octave below the limit: taken off, a swing at the
        // limit keeps three quarters of its height, and slow breathing a tenth.
        let width = std::f64::consts::LN_2.sqrt() / (std::f64::consts::PI * BOUNCE_HERTZ);
        let slow = blurred(&values, width / STEP_SECS);
        let fast: Vec<f64> = values.iter().zip(&slow).map(|(v, s)| v - s).collect();
        let window = (BOUNCE_SECS / STEP_SECS) as usize;
        fast.windows(window.min(fast.len()).max(1))
            .step_by(window / 4)
            .map(|part| part.iter().map(|v| v * v).sum::<f64>() / part.len() as f64)
            .max_by(f64::total_cmp)
            .map(|squared| 8.0_f64.sqrt() * squared.sqrt())
    };
    let theta = swing(&|point| Some(pick(&point.moment)?.theta.degrees()))?;
    let sigma = swing(&|point| Some(pick(&point.moment)?.sigma.degrees()))?;
    Some(theta.max(sigma))
}

/// The largest rise above the set pose, cm.
///
/// The quietest moment of each second is taken for rest, and the way between them is added up: an even creep that never
/// stops looks like rest and is not seen. Each second adds an error of about 1 mm, so that a minute has about 1 cm.
fn creep(view: &HoldView<'_>) -> Option<f64> {
    const REST_EVERY_SECS: f64 = 1.0;
    let (whole, pick) = (view.whole(), view.pick());
    if view.secs() < SET_SECS || !has_gyroscope(whole, pick) {
        return None;
    }
    let begin = whole.points.first()?.at();
    let (mut times, mut lifts, mut unrest) = (Vec::new(), Vec::new(), Vec::new());
    for point in whole.points {
        // A stretch that was not seen cannot be integrated over.
        let tilt = pick(&point.moment)?;
        times.push(point.at().seconds_since(begin));
        lifts.push(f64::from(tilt.push.z));
        unrest.push(tilt.shake + tilt.rate);
    }
    if times.windows(2).any(|pair| pair[1] - pair[0] > 0.5) {
        return None;
    }
    // One sample may be quiet by chance; a tenth of a second is not.
    let rate = times.len() as f64 / times.last()?.max(1.0);
    let unrest = blurred(&unrest, 0.05 * rate);
    let mut rests: Vec<usize> = Vec::new();
    let mut from = 0;
    while from < times.len() {
        let to = times.partition_point(|at| *at < times[from] + REST_EVERY_SECS);
        let quietest = (from..to).min_by(|a, b| unrest[*a].total_cmp(&unrest[*b]))?;
        rests.push(quietest);
        from = to.max(from + 1);
    }
    let heights = way(&times, &lifts, &rests)?.heights_m;
    // Before the first rest nobody knows the speed.
    let (first, last) = (*rests.first()?, *rests.last()?);
    let set = &heights[first..times.partition_point(|at| *at < SET_SECS).max(first + 1)];
    let level = set.iter().sum::<f64>() / set.len() as f64;
    let highest = heights[first..=last]
        .iter()
        .fold(f64::NEG_INFINITY, |most, height| most.max(*height));
    Some((highest - level).max(0.0) * 100.0)
}
