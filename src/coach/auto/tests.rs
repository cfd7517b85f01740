//! Movements made up in full, so that what is true of them is known.

use nalgebra::{UnitQuaternion, UnitVector3, Vector3};

use super::chain::Cycle;
use super::finder::{Finder, Found};
use crate::coach::event::Movement;
use crate::input::Segment;
use crate::motion::{Attitude, Validity};
use crate::units::{Angle, STANDARD_GRAVITY, SessionTime};

/// Where the trunk is at one moment: degrees forward, to the side and about the vertical; force along up, m/s².
#[derive(Clone, Copy, Default)]
struct Pose {
    forward: f64,
    side: f64,
    heading: f64,
    lift: f64,
}

impl Pose {
    fn world_from_sensor(self) -> UnitQuaternion<f64> {
        let turn =
            |axis, degrees: f64| UnitQuaternion::from_axis_angle(&axis, degrees.to_radians());
        // Worn in some odd way, the face outward: y is up and z backward but for a turn in the plane of the face.
        let mounted = turn(Vector3::z_axis(), 35.0);
        let upright = turn(Vector3::x_axis(), 90.0);
        turn(Vector3::z_axis(), self.heading)
            * turn(Vector3::y_axis(), self.side)
            * turn(Vector3::x_axis(), self.forward)
            * upright
            * mounted
    }
}

struct Wearer {
    finder: Finder,
    found: Vec<Found>,
    hz: f64,
    has_gyro: bool,
    /// Degrees per second that the gyroscope is off about the vertical.
    drift: f64,
}

impl Wearer {
    fn new(hz: f64) -> Wearer {
        Wearer {
            finder: Finder::new(Segment::Thorax),
            found: Vec::new(),
            hz,
            has_gyro: true,
            drift: 0.0,
        }
    }

    fn moves(mut self, secs: f64, pose: impl Fn(f64) -> Pose) -> Wearer {
        for k in 1..(secs * self.hz) as u32 {
            let t = f64::from(k) / self.hz;
            let now = pose(t).world_from_sensor();
            let before = pose(t - 1.0 / self.hz).world_from_sensor();
            let up = UnitVector3::new_normalize(now.inverse() * Vector3::z());
            let rate = (before.inverse() * now).scaled_axis() * self.hz
                + up.into_inner() * self.drift.to_radians();
            let attitude = Attitude {
                at: SessionTime::from_seconds(t),
                up,
                world_from_sensor: now,
                rate: self.has_gyro.then_some(rate),
                force: up.into_inner() * (STANDARD_GRAVITY + pose(t).lift),
                error: Angle::from_degrees(0.5),
                validity: Validity::Good,
            };
            self.finder.update(&attitude, &mut self.found);
        }
        self
    }

    fn done(mut self) -> (Vec<Cycle>, Vec<Movement>) {
        self.finder.finish(&mut self.found);
        let mut cycles = Vec::new();
        let mut movements = Vec::new();
        for found in self.found {
            match found {
                Found::Rep(cycle) => cycles.push(cycle),
                Found::Recognized(kind) => movements.push(kind.movement),
                Found::Started | Found::Ended => {}
            }
        }
        (cycles, movements)
    }

    fn reps(self) -> usize {
        self.done().0.len()
    }
}

/// From 0 to 1, smoothly, between two moments.
fn ramp(t: f64, from: f64, to: f64) -> f64 {
    let share = ((t - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// `count` times out and back, one after `start` and every `period` seconds; out, held and back a quarter of it each.
fn bumps(t: f64, start: f64, period: f64, count: u32) -> f64 {
    let since = t - start;
    let number = (since / period).floor();
    if since < 0.0 || number >= f64::from(count) {
        return 0.0;
    }
    let within = since - number * period;
    ramp(within, 0.0, period * 0.25) - ramp(within, period * 0.5, period * 0.75)
}

/// A sway of the same size both ways, `count` times.
fn swings(t: f64, start: f64, period: f64, count: u32) -> f64 {
    let since = t - start;
    if (0.0..period * f64::from(count)).contains(&since) {
        (std::f64::consts::TAU * since / period).sin()
    } else {
        0.0
    }
}

#[test]
fn bends_are_counted_at_every_rate_and_told_when_they_were() {
    for hz in [12.5, 25.0, 50.0, 104.0, 200.0] {
        let bends = |t| Pose {
            forward: 50.0 * bumps(t, 3.0, 4.0, 6),
            ..Pose::default()
        };
        let (cycles, movements) = Wearer::new(hz).moves(35.0, bends).done();
        assert_eq!(cycles.len(), 6, "{hz} Hz");
        assert_eq!(movements, [Movement::Bend], "{hz} Hz");
        for (number, cycle) in (0..).zip(&cycles) {
            let start = 3.0 + 4.0 * f64::from(number);
            assert!((cycle.start.seconds() - start).abs() < 0.35, "{cycle:?}");
            assert!(
                (cycle.end.seconds() - start - 3.0).abs() < 0.35,
                "{cycle:?}"
            );
            let rom = cycle.from.turn_to(&cycle.turn);
            assert!((rom - 50.0).abs() < 2.0, "{rom}");
        }
    }
}

#[test]
fn to_one_side_and_to_the_other_is_one_repetition() {
    let sways = |t| Pose {
        side: 30.0 * swings(t, 3.0, 4.0, 5),
        ..Pose::default()
    };
    let (cycles, movements) = Wearer::new(50.0).moves(30.0, sways).done();
    assert_eq!(cycles.len(), 5);
    assert_eq!(movements, [Movement::SideBend]);
}

#[test]
fn twists_are_counted_though_the_heading_drifts() {
    for drift in [0.0, 1.0, -2.0] {
        let mut wearer = Wearer::new(50.0);
        wearer.drift = drift;
        let twists = |t| Pose {
            heading: 40.0 * swings(t, 3.0, 4.0, 4),
            ..Pose::default()
        };
        let (cycles, movements) = wearer.moves(30.0, twists).done();
        assert_eq!(cycles.len(), 4, "{drift}");
        assert_eq!(movements, [Movement::Twist]);
    }
}

#[test]
fn tilts_are_counted_without_a_gyroscope() {
    let mut wearer = Wearer::new(25.0);
    wearer.has_gyro = false;
    let bends = |t| Pose {
        forward: 40.0 * bumps(t, 3.0, 5.0, 5),
        ..Pose::default()
    };
    assert_eq!(wearer.moves(40.0, bends).reps(), 5);
}

#[test]
fn small_and_large_sets_in_one_session_are_both_counted() {
    let sets = |t: f64| Pose {
        forward: 60.0 * bumps(t, 3.0, 4.0, 5) + 12.0 * bumps(t, 50.0, 3.0, 6),
        ..Pose::default()
    };
    assert_eq!(Wearer::new(50.0).moves(80.0, sets).reps(), 11);
}

#[test]
fn walking_is_no_exercise() {
    for steps_per_sec in [1.5, 1.9, 2.6] {
        let walk = |t: f64| {
            let step = std::f64::consts::TAU * steps_per_sec * t;
            Pose {
                forward: 4.0 * step.sin(),
                side: 6.0 * (step / 2.0).sin(),
                heading: 10.0 * (step / 2.0).cos(),
                lift: 2.5 * step.sin(),
            }
        };
        assert_eq!(Wearer::new(50.0).moves(60.0, walk).reps(), 0);
    }
}

#[test]
fn breathing_sway_and_changes_of_pose_are_no_exercise() {
    let breath = |t| Pose {
        forward: 2.0 * swings(t, 0.0, 4.0, 100),
        ..Pose::default()
    };
    assert_eq!(Wearer::new(50.0).moves(120.0, breath).reps(), 0);
    let poses = |t: f64| Pose {
        forward: 40.0 * ramp(t, 5.0, 7.0) + 30.0 * ramp(t, 20.0, 22.0) - 60.0 * ramp(t, 40.0, 42.0),
        side: 20.0 * ramp(t, 30.0, 31.0),
        ..Pose::default()
    };
    assert_eq!(Wearer::new(50.0).moves(60.0, poses).reps(), 0);
}

/// Down onto a seat and up again: the trunk bends both times, and is pushed.
#[test]
fn sitting_down_and_getting_up_are_no_repetitions() {
    let seat = |t: f64| Pose {
        forward: 25.0 * (bumps(t, 5.0, 3.0, 1) + bumps(t, 15.0, 3.0, 1))
            - 6.0 * (ramp(t, 6.5, 7.5) - ramp(t, 15.0, 16.0)),
        lift: 2.0 * (swings(t, 5.5, 1.5, 1) - swings(t, 15.5, 1.5, 1)),
        ..Pose::default()
    };
    assert_eq!(Wearer::new(50.0).moves(25.0, seat).reps(), 0);
}

#[test]
fn one_slow_bend_between_two_rests_counts_and_a_pushed_one_does_not() {
    let bend = |push: f64| {
        move |t: f64| Pose {
            forward: 40.0 * bumps(t, 4.0, 6.0, 1),
            lift: push * swings(t, 4.5, 1.2, 1),
            ..Pose::default()
        }
    };
    assert_eq!(Wearer::new(50.0).moves(15.0, bend(0.0)).reps(), 1);
    assert_eq!(Wearer::new(50.0).moves(15.0, bend(2.5)).reps(), 0);
}

#[test]
fn repetitions_after_a_single_one_join_its_set() {
    let bends = |t| Pose {
        forward: 40.0 * bumps(t, 4.0, 8.0, 4),
        ..Pose::default()
    };
    let wearer = Wearer::new(50.0).moves(50.0, bends);
    let sets = wearer
        .found
        .iter()
        .filter(|found| **found == Found::Started)
        .count();
    assert_eq!((sets, wearer.reps()), (1, 4));
}

#[test]
fn a_gap_in_a_set_says_how_many_would_have_fitted_in() {
    let bends = |t| Pose {
        forward: 40.0 * bumps(t, 3.0, 4.0, 5),
        ..Pose::default()
    };
    let mut wearer = Wearer::new(50.0).moves(24.0, bends);
    let at = SessionTime::from_seconds;
    assert_eq!(wearer.finder.gap(at(24.0), at(24.5)), 0);
    let missed = wearer.finder.gap(at(24.0), at(36.0));
    assert!((2..=4).contains(&missed), "{missed}");
    // Long after the set nothing was missed.
    assert_eq!(wearer.finder.gap(at(100.0), at(112.0)), 0);
}
