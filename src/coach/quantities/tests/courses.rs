//! Synthetic courses: what each quantity must say of a movement that was made with known numbers.

use super::super::*;
use super::bench;
use crate::coach::moment::{Moment, Tilt};
use crate::coach::trace::tests::{course, trace_of};
use crate::coach::trace::{phases, speeds};
use crate::motion::Validity;
use nalgebra::Vector3;
use std::f64::consts::TAU;

/// A trunk segment at rest with a gyroscope.
fn tilt(theta: f64, sigma: f64) -> Tilt {
    Tilt {
        at: SessionTime::ZERO,
        theta: Angle::from_degrees(theta),
        sigma: Angle::from_degrees(sigma),
        turn: Angle::ZERO,
        from_standing: None,
        heading: Angle::ZERO,
        shake: 0.0,
        push: Vector3::zeros(),
        climb: 0.0,
        climb_error: 0.0,
        rate: 0.001,
        error: Angle::from_degrees(1.0),
        validity: Validity::Good,
    }
}

fn heading(degrees: f64) -> Tilt {
    Tilt {
        heading: Angle::from_degrees(degrees),
        ..tilt(0.0, 0.0)
    }
}

fn lifted(lift: f64) -> Tilt {
    Tilt {
        push: Vector3::new(0.0, 0.0, lift as f32),
        ..tilt(0.0, 0.0)
    }
}

fn rated(rate: f64) -> Tilt {
    Tilt {
        rate,
        ..tilt(0.0, 0.0)
    }
}

/// One repetition: what is worn says a function of time and signal.
struct Rep {
    moves: Vec<(f64, f64)>,
    exercise: Exercise,
    neutral: Neutral,
    before: Before,
    full_deg: Option<f64>,
    extension_deg: Option<f64>,
    /// The signal itself, where no moves make it.
    drawn: Option<Vec<f64>>,
}

/// Out to 75° in 2.5 s, a pause, back in 1.5 s, a pause.
fn steady() -> Rep {
    rep(&[(75.0, 2.5), (75.0, 0.5), (0.0, 1.5), (0.0, 1.0)])
}

fn rep(moves: &[(f64, f64)]) -> Rep {
    let zero = Some((Angle::ZERO, Angle::ZERO));
    Rep {
        moves: moves.to_vec(),
        exercise: bench(),
        neutral: Neutral {
            thorax: zero,
            pelvis: zero,
        },
        before: Before::default(),
        full_deg: None,
        extension_deg: None,
        drawn: None,
    }
}

impl Rep {
    fn measure(
        &self,
        quantity: Quantity,
        worn: impl Fn(f64, f64) -> (Option<Tilt>, Option<Tilt>),
    ) -> Option<f64> {
        let values = self.values();
        self.measure_each(quantity, |k| worn(k as f64 * 0.01, values[k]))
    }

    fn values(&self) -> Vec<f64> {
        if let Some(drawn) = &self.drawn {
            return drawn.clone();
        }
        let mut all = vec![(0.0, 1.0)];
        all.extend_from_slice(&self.moves);
        course(&all)
    }

    fn measure_each(
        &self,
        quantity: Quantity,
        worn: impl Fn(usize) -> (Option<Tilt>, Option<Tilt>),
    ) -> Option<f64> {
        let values = self.values();
        let mut points = trace_of(&values);
        for (k, point) in points.iter_mut().enumerate() {
            (point.moment.thorax, point.moment.pelvis) = worn(k);
        }
        let peak = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let turn = values.iter().position(|v| *v >= peak - 1e-9).unwrap();
        let departed = values.iter().position(|v| *v > peak * 0.15).unwrap();
        let phases = phases(&points, points[departed].at(), points[turn].at(), true).unwrap();
        let view = RepView {
            points: &points,
            speeds: &speeds(&points),
            phases,
            hold_end: points.last().unwrap().at(),
            exercise: &self.exercise,
            counting: Segment::Thorax,
            neutral: self.neutral,
            lumflex_full_deg: self.full_deg,
            lumext_full_deg: self.extension_deg,
            before: self.before,
            side: None,
            reset_secs: None,
            own: OwnPct::default(),
        };
        measure_rep(quantity, 0.3, &view).map(|measured| measured.value)
    }

    /// Without any trunk sensor.
    fn bare(&self, quantity: Quantity) -> Option<f64> {
        self.measure(quantity, |_, _| (None, None))
    }
}

fn thorax(tilt: Tilt) -> (Option<Tilt>, Option<Tilt>) {
    (Some(tilt), None)
}

fn both(thorax: Tilt, pelvis: Tilt) -> (Option<Tilt>, Option<Tilt>) {
    (Some(thorax), Some(pelvis))
}

#[track_caller]
fn close(found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.unwrap();
    assert!(
        (found - expected).abs() <= tolerance,
        "{found}, expected {expected} ± {tolerance}"
    );
}

#[test]
fn the_signal_swings_to_both_sides() {
    let swung = rep(&[
        (30.0, 2.0),
        (-20.0, 3.0),
        (-20.0, 0.5),
        (0.0, 1.0),
        (0.0, 0.5),
    ]);
    close(swung.bare(Quantity::Swing), 50.0, 0.5);
    close(steady().bare(Quantity::Swing), 75.0, 0.5);
}

#[test]
fn a_hold_that_sinks_sags() {
    let sunk = rep(&[
        (30.0, 1.5),
        (30.0, 1.0),
        (22.0, 4.0),
        (22.0, 1.0),
        (0.0, 1.5),
        (0.0, 1.0),
    ]);
    close(sunk.bare(Quantity::Sag), 8.0, 0.5);
    let kept = rep(&[(30.0, 1.5), (30.0, 4.0), (0.0, 1.5), (0.0, 1.0)]);
    close(kept.bare(Quantity::Sag), 0.0, 0.3);
    assert_eq!(
        steady().bare(Quantity::Sag),
        None,
        "half a second is no hold"
    );
}

#[test]
fn times_and_their_ratios_are_those_of_the_course() {
    let rep = steady();
    close(rep.bare(Quantity::TempoRatio), 2.5 / 1.5, 0.1);
    close(rep.bare(Quantity::BackOutRatio), 1.5 / 2.5, 0.05);
    // A minimum-jerk move is above 70 % from 0.60 of its time on.
    close(rep.bare(Quantity::TFar), 0.4 * 2.5 + 0.5 + 0.4 * 1.5, 0.08);
    assert_eq!(rep.bare(Quantity::Period), None);
    let later = Rep {
        before: Before {
            period_secs: Some(6.5),
            first_lumflex_deg: None,
        },
        ..steady()
    };
    close(later.bare(Quantity::Period), 6.5, 1e-9);
}

#[test]
fn speeds_are_those_of_the_course() {
    let rep = steady();
    close(rep.bare(Quantity::SpeedPeakRaise), 1.875 * 50.0, 2.0);
    close(rep.bare(Quantity::SpeedMeanRaise), 50.0, 2.5);
    close(rep.bare(Quantity::SpeedMeanLower), 30.0, 1.5);
    close(rep.bare(Quantity::SpeedRatioOut), 1.875, 0.1);
    // A slow way with a jerk of 15° within 0.3 s in its middle.
    let mut jerked = steady();
    jerked.moves = vec![(60.0, 4.0), (60.0, 0.5), (0.0, 1.5), (0.0, 1.0)];
    let smooth = jerked.values();
    let mut share = course(&[(0.0, 2.85), (1.0, 0.3)]);
    share.resize(smooth.len(), 1.0);
    let whole = smooth
        .iter()
        .zip(&share)
        .map(|(value, share)| value * (0.8 + 0.2 * share));
    jerked.drawn = Some(whole.collect());
    assert!(jerked.bare(Quantity::SpeedRatioOut).unwrap() > 3.0);
    // Down smoothly, and down with a flop of the last 25°.
    let smooth = rep.bare(Quantity::SpeedEnd).unwrap();
    let flop = self::rep(&[(75.0, 2.5), (25.0, 2.5), (0.0, 0.4), (0.0, 1.0)]);
    close(flop.bare(Quantity::SpeedEnd), 1.875 * 25.0 / 0.4, 8.0);
    assert!(smooth < 94.0, "{smooth}");
}

#[test]
fn the_trunk_is_measured_against_standing_and_against_the_start() {
    let mut rep = steady();
    rep.neutral.thorax = Some((Angle::from_degrees(10.0), Angle::from_degrees(-5.0)));
    let leaned = |_: f64, s: f64| thorax(tilt(10.0 + s, -5.0 + 0.1 * s));
    close(rep.measure(Quantity::ThetaMax, leaned), 85.0, 0.5);
    // The slow ends do not belong to the movement, and the least must last.
    close(rep.measure(Quantity::ThetaMin, leaned), 10.0, 4.0);
    close(rep.measure(Quantity::TrunkRange, leaned), 75.0, 0.5);
    close(rep.measure(Quantity::TrunkPitch, leaned), 75.0, 0.5);
    close(rep.measure(Quantity::TrunkSide, leaned), 7.5, 0.2);
    close(rep.measure(Quantity::TiltChange, leaned), 75.0, 0.5);
    close(
        rep.measure(Quantity::TrunkLevel, |_, _| thorax(tilt(63.0, 0.0))),
        63.0,
        1e-6,
    );
    assert_eq!(rep.bare(Quantity::ThetaMax), None);
}

#[test]
fn the_pelvis_speaks_for_the_trunk_where_nothing_else_is_worn() {
    let mut rep = steady();
    rep.neutral.thorax = None;
    let bent = |_: f64, s: f64| (None, Some(tilt(s, 0.0)));
    close(rep.measure(Quantity::ThetaMax, bent), 75.0, 0.5);
    let both_worn = |_: f64, s: f64| both(tilt(s, 0.0), tilt(20.0, 0.0));
    close(steady().measure(Quantity::ThetaMax, both_worn), 75.0, 0.5);
}

#[test]
fn lying_on_the_side_a_roll_is_one_about_the_long_axis() {
    let mut rep = rep(&[(18.0, 1.0), (18.0, 1.0), (0.0, 1.0), (0.0, 0.5)]);
    // On the right side (σ = 90°), head a little up, rolled by the signal.
    let lying = |roll: f64| {
        let (sin, cos) = roll.to_radians().sin_cos();
        let up = Vector3::new(sin, 0.1, -cos).normalize();
        tilt(
            (-up.x).atan2(up.y).to_degrees(),
            (-up.z).asin().to_degrees(),
        )
    };
    rep.neutral.thorax = Some((lying(0.0).theta, lying(0.0).sigma));
    close(
        rep.measure(Quantity::TrunkRoll, |_, s| thorax(lying(s))),
        18.0,
        0.3,
    );
    let upright = rep.measure(Quantity::TrunkRoll, |_, s| thorax(tilt(0.0, s)));
    assert_eq!(upright, None, "upright, nothing shows it");
}

#[test]
fn twists_need_a_gyroscope_and_an_upright_trunk() {
    let rep = rep(&[(40.0, 1.5), (40.0, 0.5), (0.0, 1.5), (0.0, 1.0)]);
    let turned = |_: f64, s: f64| both(heading(s), heading(0.3 * s));
    close(rep.measure(Quantity::TrunkTwist, turned), 40.0, 0.5);
    close(rep.measure(Quantity::PelvisTwist, turned), 12.0, 0.3);
    close(rep.measure(Quantity::TwistGap, turned), 28.0, 0.5);
    let no_gyro = |_: f64, _: f64| {
        let still = Tilt {
            rate: 0.0,
            ..tilt(0.0, 0.0)
        };
        both(still, still)
    };
    for quantity in [
        Quantity::TrunkTwist,
        Quantity::PelvisTwist,
        Quantity::TwistGap,
    ] {
        assert_eq!(rep.measure(quantity, no_gyro), None);
    }
    let bent = |_: f64, s: f64| {
        thorax(Tilt {
            heading: Angle::from_degrees(s),
            ..tilt(60.0, 0.0)
        })
    };
    assert_eq!(rep.measure(Quantity::TrunkTwist, bent), None);
}

#[test]
fn rates_of_rotation_are_measured_where_they_belong() {
    let long = rep(&[(75.0, 2.0), (75.0, 5.0), (0.0, 2.0), (0.0, 1.0)]);
    close(
        long.measure(Quantity::TrunkSpeedPeak, |t, _| {
            thorax(rated(if t > 8.5 { 1.0 } else { 0.1 }))
        }),
        57.3,
        0.1,
    );
    let at_turn = |t: f64, _: f64| thorax(rated(if (t - 3.0).abs() < 0.5 { 0.5 } else { 0.0 }));
    close(long.measure(Quantity::Wobble, at_turn), 28.65, 0.1);
    close(
        long.measure(Quantity::SwayGyro, |_, _| both(rated(9.0), rated(0.1))),
        5.73,
        0.01,
    );
    assert_eq!(
        steady().measure(Quantity::SwayGyro, |_, _| thorax(rated(0.1))),
        None
    );
    for quantity in [
        Quantity::TrunkSpeedPeak,
        Quantity::Wobble,
        Quantity::SwayGyro,
    ] {
        assert_eq!(long.measure(quantity, |_, _| thorax(rated(0.0))), None);
    }
}

#[test]
fn rocking_while_seated_is_the_range_of_the_pause() {
    let seated = rep(&[(45.0, 2.0), (45.0, 2.0), (0.0, 1.5), (0.0, 1.0)]);
    let rocked = |t: f64, s: f64| thorax(tilt(s + 6.0 * (TAU * t).sin(), 0.0));
    close(seated.measure(Quantity::TurnRange, rocked), 12.0, 1.5);
    let quick = rep(&[(45.0, 1.0), (0.0, 1.0), (0.0, 1.0)]);
    assert_eq!(quick.measure(Quantity::TurnRange, rocked), None);
}

#[test]
fn hips_that_rise_first_are_seen_in_the_first_third_of_the_raise() {
    // Lowering first: the raise begins at 4 s and takes 1.5 s.
    let rise = |from: f64| {
        move |t: f64, _: f64| thorax(tilt(30.0 + 12.0 * ((t - from) / 0.4).clamp(0.0, 1.0), 0.0))
    };
    close(steady().measure(Quantity::HipsFirst, rise(4.05)), 12.0, 1.0);
    close(steady().measure(Quantity::HipsFirst, rise(4.6)), 0.0, 0.1);
    // Raise first: the trunk tips further before the signal rises.
    let mut lift = rep(&[(50.0, 2.0), (50.0, 0.5), (0.0, 2.0), (0.0, 0.5)]);
    lift.exercise.rep.first = Effort::Raise;
    let tipped = |t: f64, s: f64| {
        thorax(tilt(
            60.0 - s + 10.0 * ((t - 0.5) / 0.4).clamp(0.0, 1.0),
            0.0,
        ))
    };
    close(lift.measure(Quantity::HipsFirst, tipped), 10.0, 0.5);
}

#[test]
fn the_lumbar_spine_is_measured_in_shares_of_the_wearers_own() {
    let mut rep = steady();
    let rounded = |_: f64, s: f64| both(tilt(s, 0.0), tilt(0.6 * s, 0.0));
    let arched = |_: f64, s: f64| both(tilt(s, 0.0), tilt(1.4 * s, 0.0));
    assert_eq!(
        rep.measure(Quantity::LumflexMaxPct, rounded),
        None,
        "own full bend unknown"
    );
    assert_eq!(rep.measure(Quantity::LumflexEndPct, arched), None);
    assert_eq!(
        rep.measure(Quantity::LumflexCreep, rounded),
        None,
        "the first of a set"
    );
    (rep.full_deg, rep.extension_deg) = (Some(60.0), Some(40.0));
    rep.before.first_lumflex_deg = Some(22.0);
    close(rep.measure(Quantity::LumflexMaxPct, rounded), 50.0, 0.5);
    close(rep.measure(Quantity::LumflexEndPct, arched), 75.0, 1.0);
    close(rep.measure(Quantity::LumflexCreep, rounded), 8.0, 0.3);
    assert_eq!(
        rep.measure(Quantity::LumflexMaxPct, |_, s| thorax(tilt(s, 0.0))),
        None
    );
}

#[test]
fn a_pelvis_that_tucks_at_depth_is_seen() {
    let tucked = |_: f64, s: f64| {
        both(
            tilt(s, 0.0),
            tilt(0.5 * s.min(60.0) - 0.8 * (s - 60.0).max(0.0), 0.0),
        )
    };
    close(steady().measure(Quantity::PelvisTuck, tucked), 12.0, 0.3);
    let free = |_: f64, s: f64| both(tilt(s, 0.0), tilt(0.5 * s, 0.0));
    close(steady().measure(Quantity::PelvisTuck, free), 0.0, 0.1);
}

#[test]
fn thorax_and_pelvis_are_compared() {
    let rep = steady();
    let bridge = |_: f64, s: f64| both(tilt(-0.2 * s, 0.0), tilt(-0.4 * s, 0.0));
    close(rep.measure(Quantity::SlopeGap, bridge), 15.0, 0.2);
    close(rep.measure(Quantity::Rocking, bridge), 15.0, 0.2);
    close(rep.measure(Quantity::PhaseCorr, bridge), 1.0, 1e-6);
    let opposite = |_: f64, s: f64| both(tilt(0.1 * s, 0.0), tilt(-0.4 * s, 0.0));
    close(rep.measure(Quantity::Rocking, opposite), 0.0, 1e-9);
    close(rep.measure(Quantity::PhaseCorr, opposite), -1.0, 1e-6);
    let still = |_: f64, s: f64| both(tilt(0.01 * s, 0.0), tilt(-0.4 * s, 0.0));
    assert_eq!(rep.measure(Quantity::PhaseCorr, still), None);
    close(rep.measure(Quantity::Rocking, still), 0.0, 1e-9);
}

/// A squat of 45 cm whose vertical acceleration is exact but for a bias.
fn squat(bias: f64) -> (Rep, Vec<f64>) {
    let rep = rep(&[(45.0, 2.0), (45.0, 0.5), (0.0, 1.5), (0.0, 1.0)]);
    let depths = rep.values();
    let lifts = (0..depths.len())
        .map(|k| {
            let at = |k: usize| depths[k.min(depths.len() - 1)];
            let bend = at(k + 1) - 2.0 * at(k) + at(k.saturating_sub(1));
            -bend / 100.0 * 1e4 + bias
        })
        .collect();
    (rep, lifts)
}

#[test]
fn vertical_travel_is_right_with_a_biased_sensor() {
    for bias in [0.0, 0.05, -0.1] {
        let (rep, lifts) = squat(bias);
        let worn = |k: usize| thorax(lifted(lifts[k]));
        close(rep.measure_each(Quantity::VertTravel, worn), 45.0, 1.5);
        close(
            rep.measure_each(Quantity::DropSpeed, worn),
            1.875 * 0.45 / 2.0,
            0.02,
        );
        let no_gyro = |k: usize| {
            thorax(Tilt {
                rate: 0.0,
                ..lifted(lifts[k])
            })
        };
        assert_eq!(rep.measure_each(Quantity::VertTravel, no_gyro), None);
    }
}

#[test]
fn a_bounce_pushes_up_and_a_stomp_hits() {
    let bounced = rep(&[(45.0, 0.6), (0.0, 0.6), (0.0, 1.0)]);
    let at_turn = |t: f64, _: f64| thorax(lifted(if (t - 1.6).abs() < 0.1 { 7.0 } else { -1.0 }));
    close(
        bounced.measure(Quantity::TurnAccVertical, at_turn),
        7.0,
        1e-5,
    );
    let landed = |t: f64, _: f64| thorax(lifted(if (2.0..2.03).contains(&t) { 9.0 } else { 0.0 }));
    close(bounced.measure(Quantity::Impact, landed), 9.0, 1e-5);
    close(
        bounced.measure(Quantity::TurnAccVertical, landed),
        0.0,
        1e-5,
    );
    let sideways = |t: f64, _: f64| {
        let push = Vector3::new(
            if (2.0..2.03).contains(&t) {
                9.80665
            } else {
                0.0
            },
            0.0,
            0.0,
        );
        thorax(Tilt {
            push,
            ..tilt(0.0, 0.0)
        })
    };
    close(
        bounced.measure(Quantity::Impact, sideways),
        STANDARD * (2.0_f64.sqrt() - 1.0),
        1e-4,
    );
}

const STANDARD: f64 = crate::units::STANDARD_GRAVITY;

#[test]
fn one_smooth_move_has_little_jerk_and_a_hesitating_one_more() {
    let smooth = steady();
    // A minimum-jerk move has −5.32; its slow ends do not belong to the phase.
    close(smooth.bare(Quantity::LdljOut), -5.3, 0.5);
    close(smooth.bare(Quantity::LdljBack), -5.3, 0.5);
    let halted = rep(&[
        (40.0, 1.0),
        (40.0, 0.3),
        (75.0, 1.0),
        (75.0, 0.5),
        (0.0, 1.5),
        (0.0, 1.0),
    ]);
    assert!(
        halted.bare(Quantity::LdljOut).unwrap() < smooth.bare(Quantity::LdljOut).unwrap() - 1.0
    );
}

#[test]
fn the_jerk_of_a_sine_is_that_of_a_sine() {
    let rep = steady();
    let shaken = |hertz: f64| move |t: f64, _: f64| thorax(lifted(2.0 * (TAU * hertz * t).sin()));
    let rms = |hertz: f64| 2.0 * TAU * hertz / 2.0_f64.sqrt();
    close(
        rep.measure(Quantity::JerkRms, shaken(1.0)),
        rms(1.0),
        0.06 * rms(1.0),
    );
    // −ln(T/A² · mean(|da/dt|²) · T) for T of the movement, some 4.3 s.
    let found = rep.measure(Quantity::LdljAcc, shaken(1.0)).unwrap();
    let expected = -(4.3_f64.powi(2) * TAU.powi(2) / 2.0).ln();
    assert!((found - expected).abs() < 0.4, "{found}, {expected}");
    assert!(rep.measure(Quantity::LdljAcc, shaken(3.0)).unwrap() < found - 1.0);
    assert_eq!(rep.bare(Quantity::JerkRms), None);
}

/// A hold of some seconds at 50 points a second.
struct Hold {
    points: Vec<TracePoint>,
    tested: Segment,
    neutral: Neutral,
    full_deg: Option<f64>,
}

fn hold(secs: f64, worn: impl Fn(f64) -> (Option<Tilt>, Option<Tilt>)) -> Hold {
    let points = (0..=(secs * 50.0) as usize).map(|k| {
        let at = k as f64 / 50.0;
        let (thorax, pelvis) = worn(at);
        TracePoint {
            moment: Moment {
                at: SessionTime::from_seconds(at),
                thorax,
                pelvis,
                limb: None,
                limb_side: None,
            },
            signal_deg: 0.0,
            error: Angle::ZERO,
            validity: Validity::Good,
        }
    });
    Hold {
        points: points.collect(),
        tested: Segment::Thorax,
        neutral: Neutral::default(),
        full_deg: None,
    }
}

impl Hold {
    fn of_pelvis(mut self) -> Hold {
        self.tested = Segment::Pelvis;
        self
    }

    fn measure(&self, quantity: Quantity) -> Option<f64> {
        let view = HoldView {
            points: &self.points,
            start: self.points[0].at(),
            end: self.points.last().unwrap().at(),
            breaks: 2,
            tested: self.tested,
            neutral: self.neutral,
            lumflex_full_deg: self.full_deg,
            side: None,
        };
        measure_hold(quantity, 0.5, &view).map(|measured| measured.value)
    }
}

/// From one value to another between two moments.
fn ramp(t: f64, from: f64, to: f64) -> f64 {
    ((t - from) / (to - from)).clamp(0.0, 1.0)
}

#[test]
fn a_plank_that_sags_falls_and_drifts() {
    let sagged = hold(30.0, |t| {
        thorax(tilt(80.0 - 9.0 * ramp(t, 10.0, 20.0), 1.0))
    });
    close(sagged.measure(Quantity::HoldTime), 30.0, 1e-6);
    close(sagged.measure(Quantity::HeldBreaks), 2.0, 1e-9);
    close(sagged.measure(Quantity::HoldThetaFall), 9.0, 0.1);
    close(sagged.measure(Quantity::HoldThetaRise), 0.0, 0.1);
    close(sagged.measure(Quantity::HoldDrift), 9.0, 0.1);
    close(sagged.measure(Quantity::HoldThetaMax), 80.0, 0.1);
    close(sagged.measure(Quantity::HoldThetaMin), 71.0, 0.1);
    let piked = hold(30.0, |t| {
        thorax(tilt(80.0 + 12.0 * ramp(t, 10.0, 20.0), 1.0))
    });
    close(piked.measure(Quantity::HoldThetaRise), 12.0, 0.1);
    assert_eq!(
        hold(4.0, |_| thorax(tilt(80.0, 0.0))).measure(Quantity::HoldDrift),
        None
    );
}

#[test]
fn tilts_of_a_hold_are_told_from_the_set_pose_and_from_standing() {
    let tipped = hold(10.0, |t| thorax(tilt(80.0, 4.0 - 11.0 * ramp(t, 4.0, 5.0))));
    close(tipped.measure(Quantity::HoldSide), 11.0, 0.1);
    close(tipped.measure(Quantity::HoldSideAbs), 7.0, 0.1);
    let twitch = hold(10.0, |t| {
        thorax(tilt(80.0, if (5.0..5.2).contains(&t) { 30.0 } else { 4.0 }))
    });
    close(twitch.measure(Quantity::HoldSide), 0.0, 0.1);
}

#[test]
fn a_side_plank_sags_and_rolls() {
    // Long axis 10° up, lying on the left (σ = −90° there), rolled about the long axis.
    let lying = |axis: f64, roll: f64| {
        let (rise, level) = axis.to_radians().sin_cos();
        let (sin, cos) = roll.to_radians().sin_cos();
        let up = Vector3::new(level * sin, rise, level * cos);
        (
            None,
            Some(tilt(
                (-up.x).atan2(up.y).to_degrees(),
                (-up.z).asin().to_degrees(),
            )),
        )
    };
    let sagged = hold(20.0, |t| lying(10.0 - 8.0 * ramp(t, 8.0, 12.0), 0.0)).of_pelvis();
    close(sagged.measure(Quantity::HoldAxisSag), 8.0, 0.1);
    close(sagged.measure(Quantity::HoldRoll), 0.0, 0.1);
    let rolled = hold(20.0, |t| lying(10.0, 14.0 * ramp(t, 8.0, 12.0))).of_pelvis();
    close(rolled.measure(Quantity::HoldRoll), 14.0, 0.1);
    close(rolled.measure(Quantity::HoldAxisSag), 0.0, 0.1);
}

#[test]
fn two_sensors_see_the_spine_of_a_hold() {
    let mut sagged = hold(20.0, |t| {
        both(tilt(80.0, 0.0), tilt(85.0 + 9.0 * ramp(t, 8.0, 12.0), 0.0))
    });
    close(sagged.measure(Quantity::HoldLumflexMin), -9.0, 0.1);
    close(sagged.measure(Quantity::HoldLumflexMax), 0.0, 0.1);
    close(sagged.measure(Quantity::HoldPelvis), 9.0, 0.1);
    close(sagged.measure(Quantity::HoldChest), 0.0, 0.1);
    assert_eq!(
        sagged.measure(Quantity::HoldTuck),
        None,
        "no start pose was taken"
    );
    sagged.neutral.pelvis = Some((Angle::from_degrees(95.0), Angle::ZERO));
    close(sagged.measure(Quantity::HoldTuck), 10.0 - 4.5, 0.9);
    let mut rounded = hold(20.0, |_| both(tilt(50.0, 0.0), tilt(20.0, 0.0)));
    assert_eq!(rounded.measure(Quantity::HoldLumflexPct), None);
    rounded.full_deg = Some(60.0);
    close(rounded.measure(Quantity::HoldLumflexPct), 50.0, 0.1);
    assert_eq!(
        hold(20.0, |_| thorax(tilt(0.0, 0.0))).measure(Quantity::HoldLumflexMin),
        None
    );
}

#[test]
fn sway_is_measured_and_its_growth() {
    let shaking = |t: f64| Tilt {
        shake: if t > 20.0 { 0.45 } else { 0.15 },
        ..tilt(80.0 + 2.0 * (TAU * t).sin(), 0.0)
    };
    let swayed = hold(30.0, |t| thorax(shaking(t)));
    close(swayed.measure(Quantity::HoldSwayAcc), 0.25, 0.01);
    close(swayed.measure(Quantity::HoldSwayGrowth), 3.0, 0.1);
    close(
        swayed.measure(Quantity::HoldSwayAngle),
        2.0_f64.sqrt(),
        0.02,
    );
    let short = hold(2.5, |t| thorax(shaking(t)));
    assert_eq!(short.measure(Quantity::HoldSwayAcc), None);
    assert_eq!(short.measure(Quantity::HoldSwayGrowth), None);
}

#[test]
fn bouncing_in_a_stretch_is_told_from_sinking_into_it() {
    let bounced = hold(20.0, |t| {
        thorax(tilt(30.0 + 3.0 * (TAU * 1.5 * t).sin(), 0.0))
    });
    close(bounced.measure(Quantity::HoldBounce), 6.0, 0.3);
    let slow = hold(20.0, |t| {
        thorax(tilt(30.0 + 3.0 * (TAU * 0.6 * t).sin(), 0.0))
    });
    close(slow.measure(Quantity::HoldBounce), 5.0, 0.5);
    let sunk = hold(20.0, |t| thorax(tilt(30.0 + t, 0.0)));
    assert!(sunk.measure(Quantity::HoldBounce).unwrap() < 1.0);
    let breathed = hold(20.0, |t| {
        thorax(tilt(30.0 + 2.0 * (TAU * 0.2 * t).sin(), 0.0))
    });
    assert!(breathed.measure(Quantity::HoldBounce).unwrap() < 1.0);
}

#[test]
fn a_wall_sit_that_is_pushed_up_in_steps_has_risen() {
    // Two quick rises of 4 cm with a biased sensor; the acceleration of a minimum-jerk move.
    let lift = |t: f64| {
        let one = |from: f64| {
            let x = (t - from) / 0.8;
            if (0.0..1.0).contains(&x) {
                0.04 * 60.0 * x * (1.0 - x) * (1.0 - 2.0 * x) / 0.64
            } else {
                0.0
            }
        };
        one(10.0) + one(20.0)
    };
    let worn = |t: f64| {
        let moving = lift(t);
        Tilt {
            shake: moving.abs(),
            ..lifted(moving + 0.03)
        }
    };
    close(
        hold(30.0, |t| thorax(worn(t))).measure(Quantity::HoldCreep),
        8.0,
        1.0,
    );
    let still = hold(30.0, |_| thorax(lifted(0.03)));
    close(still.measure(Quantity::HoldCreep), 0.0, 0.5);
    let no_gyro = hold(30.0, |t| {
        thorax(Tilt {
            rate: 0.0,
            ..worn(t)
        })
    });
    assert_eq!(no_gyro.measure(Quantity::HoldCreep), None);
}

/// Uniform noise from a linear congruence, −1 to 1.
fn noise(seed: u64) -> impl Fn(f64) -> f64 {
    move |t: f64| {
        let mut state = seed.wrapping_add((t * 1000.0).round() as u64);
        for _ in 0..3 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state ^= state >> 29;
        }
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

#[test]
fn breaths_are_counted_to_one_a_minute() {
    for per_minute in [5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0] {
        for (seed, secs) in [(1, 60.0), (2, 40.0), (3, 300.0)] {
            let (first, second) = (noise(seed), noise(seed + 100));
            let breathing = |t: f64| {
                let filling = (TAU * per_minute / 60.0 * t).sin();
                // 0.8° of chest, askew, with a slow drift and noise of half its size.
                let drift = 1.5 * t / secs;
                let theta = -85.0 - 0.7 * filling + drift + 0.4 * first(t);
                thorax(Tilt {
                    shake: 0.05,
                    ..tilt(theta, 0.4 * filling + 0.4 * second(t))
                })
            };
            let found = hold(secs, breathing).measure(Quantity::BreathRate).unwrap();
            assert!(
                (found - per_minute).abs() < 1.0,
                "{per_minute} over {secs} s: {found}"
            );
        }
    }
}

#[test]
fn breathing_that_is_hidden_is_not_told() {
    let (first, second) = (noise(7), noise(8));
    let none = hold(60.0, |t| {
        thorax(tilt(-85.0 + 0.4 * first(t), 0.4 * second(t)))
    });
    assert_eq!(none.measure(Quantity::BreathRate), None);
    let moved = hold(60.0, |t| {
        thorax(Tilt {
            shake: 0.5,
            ..tilt(-85.0 + (TAU * 0.2 * t).sin(), 0.0)
        })
    });
    assert_eq!(moved.measure(Quantity::BreathRate), None);
    close(moved.measure(Quantity::BreathMotion), 0.5, 1e-6);
    let short = hold(15.0, |t| thorax(tilt(-85.0 + (TAU * 0.2 * t).sin(), 0.0)));
    assert_eq!(short.measure(Quantity::BreathRate), None);
}

#[test]
fn breathing_out_longer_than_in_is_seen_at_the_chest() {
    // In for 4 s, out for 6 s: filling tips the chest back.
    let cycle = |t: f64| {
        let at = t.rem_euclid(10.0);
        let half = |x: f64| (1.0 - (std::f64::consts::PI * x).cos()) / 2.0;
        if at < 4.0 {
            half(at / 4.0)
        } else {
            1.0 - half((at - 4.0) / 6.0)
        }
    };
    let breathed = hold(70.0, |t| thorax(tilt(-85.0 - cycle(t), 0.0)));
    close(breathed.measure(Quantity::BreathRatio), 1.5, 0.2);
    let belly = hold(70.0, |t| {
        both(
            tilt(-85.0 - cycle(t), 0.0),
            tilt(-90.0 + 1.5 * cycle(t), 0.0),
        )
    });
    close(belly.measure(Quantity::BreathBelly), 1.5, 0.02);
    assert_eq!(belly.of_pelvis().measure(Quantity::BreathRatio), None);
}

#[test]
fn rolls_and_tilts_are_told_from_the_start_pose() {
    let mut rep = steady();
    let angles =
        |theta: f64, sigma: f64| Some((Angle::from_degrees(theta), Angle::from_degrees(sigma)));
    (rep.neutral.thorax, rep.neutral.pelvis) = (angles(90.0, 2.0), angles(85.0, -1.0));
    let worn = |_: f64, s: f64| {
        let share = s / 75.0;
        both(
            tilt(90.0 - 10.0 * share, 2.0 + 9.0 * share),
            tilt(85.0 + 12.0 * share, -1.0 - 7.0 * share),
        )
    };
    close(rep.measure(Quantity::SideMax, worn), 9.0, 0.1);
    close(rep.measure(Quantity::ThoraxRoll, worn), 9.0, 0.1);
    close(rep.measure(Quantity::PelvisRoll, worn), 7.0, 0.1);
    close(rep.measure(Quantity::Scissors, worn), 16.0, 0.1);
    close(rep.measure(Quantity::PelvisTiltMax, worn), 12.0, 0.1);
    close(
        rep.measure(Quantity::PelvisTiltMin, |_, s| {
            (None, Some(tilt(85.0 - s / 5.0, 0.0)))
        }),
        -15.0,
        0.1,
    );
    close(rep.measure(Quantity::ThoraxPitch, worn), 10.0, 0.1);
    close(rep.measure(Quantity::LumflexMin, worn), 5.0 - 22.0, 0.1);
    close(rep.measure(Quantity::LumflexChange, worn), 22.0, 0.1);
    rep.full_deg = Some(50.0);
    let bent = |_: f64, s: f64| both(tilt(s, 0.0), tilt(0.6 * s, 0.0));
    close(rep.measure(Quantity::LumflexTurnPct, bent), 60.0, 0.5);
    close(rep.measure(Quantity::PelvisShare, bent), 0.6, 0.01);
    close(
        rep.measure(Quantity::TwistMax, |_, s| thorax(heading(-s / 3.0))),
        25.0,
        0.2,
    );
    assert!(rep.bare(Quantity::SparcRaise).unwrap() > -1.6);
}

#[test]
fn sway_of_a_far_pause_is_measured() {
    let long = rep(&[(75.0, 2.0), (75.0, 5.0), (0.0, 2.0), (0.0, 1.0)]);
    let swaying = |t: f64, _: f64| {
        let tilted = tilt(80.0 + 2.0 * (TAU * t).sin(), 0.0);
        both(
            tilt(0.0, 0.0),
            Tilt {
                shake: 0.3,
                ..tilted
            },
        )
    };
    close(long.measure(Quantity::SwayAcc, swaying), 0.3, 1e-6);
    close(
        long.measure(Quantity::SwayAngle, swaying),
        2.0_f64.sqrt(),
        0.1,
    );
    assert_eq!(steady().measure(Quantity::SwayAcc, swaying), None);
}
