#![allow(clippy::unwrap_used, clippy::panic)]

mod amid;

use crate::coach::{
    Call, Coach, Conduct, CueKind, Event, Goal, Notice, Phase, Plan, Setup, WornSensor,
};
use crate::exercise::built_in;
use crate::input::{Command, Input, LinkChange, Placement, Sample, SensorId};
use crate::motion::angles::up_at;
use crate::units::{Acceleration, Angle, AngularRate, HostTime, STANDARD_GRAVITY, SessionTime};
use nalgebra::Vector3;

/// Inclination on the bench, degrees.
const BENCH: f64 = 45.0;

/// A wearer who does as the test says, and the coach who watches.
struct Session {
    coach: Coach,
    events: Vec<Event>,
    /// Milliseconds.
    now: i64,
    theta: f64,
    sensors: u8,
    /// Sensors that are silent.
    silent: Vec<u8>,
}

impl Session {
    fn new(conduct: Conduct, goal: Goal) -> Session {
        Session::wearing(conduct, goal, &[Placement::T7])
    }

    fn wearing(conduct: Conduct, goal: Goal, places: &[Placement]) -> Session {
        let sensor = |placement: &Placement| WornSensor {
            family: WornSensor::IMPORTED.to_owned(),
            placement: *placement,
            name: String::new(),
        };
        let plan = Plan {
            exercise: built_in("hyperext_45").unwrap(),
            sensors: places.iter().map(sensor).collect(),
            setup: Setup::Guided,
            goal,
            settings: Default::default(),
            conduct,
            programme: None,
        };
        Session::of(&plan)
    }

    fn of(plan: &Plan) -> Session {
        Session {
            coach: Coach::new(plan).unwrap(),
            events: Vec::new(),
            now: 0,
            theta: 0.0,
            sensors: plan.sensors.len() as u8,
            silent: Vec::new(),
        }
    }

    /// Set up, and counted in as far as the first number.
    fn ready(conduct: Conduct, goal: Goal) -> Session {
        let mut session = Session::new(conduct, goal);
        session.set_up();
        session
    }

    fn set_up(&mut self) {
        self.hold(4.5);
        self.turn(50.0, 2.0);
        self.turn(0.0, 2.0);
        self.hold(2.0);
        self.turn(BENCH, 2.0);
        self.hold(3.0);
        assert_eq!(self.phase(), Phase::CountIn);
    }

    fn give(&mut self, input: &Input) {
        self.events.extend(self.coach.handle(input));
    }

    fn at(&self) -> HostTime {
        HostTime::from_micros(self.now * 1000)
    }

    fn advance(&mut self, theta: f64) {
        self.now += 10;
        let rate = (theta - self.theta).to_radians() / 0.01;
        self.theta = theta;
        for id in (0..self.sensors)
            .filter(|id| !self.silent.contains(id))
            .collect::<Vec<_>>()
        {
            let force = up_at(Angle::from_degrees(theta)).into_inner() * STANDARD_GRAVITY;
            self.give(&Input::Sample {
                sensor: SensorId(id),
                sample: Sample {
                    at: SessionTime::from_micros(self.now * 1000),
                    accel: Acceleration::from_meters_per_second_squared(force),
                    gyro: Some(AngularRate::from_radians_per_second(Vector3::new(
                        0.0, 0.0, -rate,
                    ))),
                    clipped: false,
                },
            });
        }
        if self.now % 100 == 0 {
            self.give(&Input::Tick { at: self.at() });
        }
    }

    /// Keeps still.
    fn hold(&mut self, secs: f64) {
        for _ in 0..(secs * 100.0).round() as u32 {
            self.advance(self.theta);
        }
    }

    /// Bends to an inclination, smoothly.
    fn turn(&mut self, to: f64, secs: f64) {
        let (from, steps) = (self.theta, (secs * 100.0).round());
        for step in 1..=steps as u32 {
            let x = f64::from(step) / steps;
            let share = x * x * x * (10.0 - 15.0 * x + 6.0 * x * x);
            self.advance(from + (to - from) * share);
        }
    }

    fn rep(&mut self) {
        self.turn(BENCH + 70.0, 2.2);
        self.turn(BENCH, 1.6);
        self.hold(1.2);
    }

    fn reps(&mut self, count: u32) {
        (0..count).for_each(|_| self.rep());
    }

    /// Gets up, stands about, and lies down on the bench again.
    fn walk_about(&mut self, secs: f64) {
        self.turn(0.0, 2.0);
        self.hold(secs / 2.0);
        self.turn(60.0, 1.5);
        self.turn(0.0, 1.5);
        self.hold(secs / 2.0);
        self.turn(BENCH + 15.0, 2.0);
        self.turn(BENCH, 1.0);
    }

    fn command(&mut self, command: Command) {
        let at = self.at();
        self.give(&Input::Command { at, command });
    }

    fn link(&mut self, change: LinkChange) {
        let (at, sensor) = (self.at(), SensorId(0));
        self.give(&Input::Link { sensor, at, change });
    }

    fn phases(&self) -> Vec<Phase> {
        let phase = |event: &Event| match event {
            Event::Phase { phase, .. } => Some(*phase),
            _ => None,
        };
        self.events.iter().filter_map(phase).collect()
    }

    fn phase(&self) -> Phase {
        *self.phases().last().unwrap()
    }

    fn calls(&self) -> Vec<Call> {
        let call = |event: &Event| match event {
            Event::Call { call, .. } => Some(*call),
            _ => None,
        };
        self.events.iter().filter_map(call).collect()
    }

    fn has(&self, call: Call) -> bool {
        self.calls().contains(&call)
    }

    fn count(&self) -> usize {
        let is_rep = |event: &&Event| matches!(event, Event::Rep(_));
        self.events.iter().filter(is_rep).count()
    }

    /// Counted repetitions of each ended set.
    fn ended(&self) -> Vec<u32> {
        let set = |event: &Event| match event {
            Event::SetEnded { reps, .. } => Some(*reps),
            _ => None,
        };
        self.events.iter().filter_map(set).collect()
    }
}

fn goal(reps: u32, sets: u32, rest: f64) -> Goal {
    Goal {
        reps: Some(reps),
        sets: Some(sets),
        rest_s: Some(rest),
        fewer: 0,
    }
}

use Phase::{Arming, CountIn, Exercising, Finished, Paused, Resting, SettingUp, Waiting};

#[test]
fn a_session_goes_from_the_first_reading_to_all_done_without_a_hand() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 2, 20.0));
    session.hold(3.0);
    session.reps(3);
    session.hold(4.0);
    assert_eq!(session.phase(), Resting);
    session.walk_about(20.0);
    session.hold(6.0);
    session.reps(3);
    session.hold(6.0);
    let expected = [
        Waiting, SettingUp, CountIn, Exercising, Resting, Arming, CountIn, Exercising, Finished,
    ];
    assert_eq!(session.phases(), expected);
    assert_eq!(session.ended(), [3, 3]);
    let calls = [
        Call::CountIn(3),
        Call::CountIn(2),
        Call::CountIn(1),
        Call::Go,
        Call::LastRep,
        Call::SetDone,
    ];
    assert_eq!(session.calls()[..6], calls);
    assert_eq!(session.calls().last(), Some(&Call::AllDone));
}

#[test]
fn the_count_in_takes_a_second_a_number() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 1, 20.0));
    session.hold(3.0);
    let times: Vec<f64> = session
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Call { at, .. } => Some(at.seconds()),
            _ => None,
        })
        .collect();
    assert_eq!(times.len(), 4);
    for pair in times.windows(2) {
        assert!((pair[1] - pair[0] - 1.0).abs() < 0.02, "{times:?}");
    }
}

#[test]
fn a_repetition_begun_in_the_count_in_counts() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 1, 20.0));
    session.rep();
    assert_eq!(session.phase(), Exercising);
    assert!(!session.has(Call::Go));
    assert_eq!(session.count(), 1);
}

#[test]
fn extra_repetitions_done_at_once_belong_to_the_set() {
    let mut session = Session::ready(Conduct::Lead, goal(2, 2, 30.0));
    session.hold(3.0);
    session.reps(4);
    session.hold(5.0);
    assert_eq!(session.ended(), [4]);
    assert_eq!(session.phase(), Resting);
}

#[test]
fn whoever_is_back_early_begins_early() {
    let mut session = Session::ready(Conduct::Lead, goal(2, 2, 60.0));
    session.hold(3.0);
    session.reps(2);
    session.hold(4.0);
    session.walk_about(6.0);
    session.hold(2.6);
    assert_eq!(session.phase(), CountIn);
    assert_eq!(session.count(), 2);
}

#[test]
fn whoever_rests_in_the_start_pose_keeps_the_rest() {
    let mut session = Session::ready(Conduct::Lead, goal(2, 2, 40.0));
    session.hold(3.0);
    session.reps(2);
    session.hold(30.0);
    assert_eq!(session.phase(), Resting);
    session.hold(15.0);
    assert_eq!(session.phase(), Exercising);
    session.hold(60.0);
    session.reps(2);
    session.hold(6.0);
    assert_eq!(session.ended(), [2, 2]);
}

#[test]
fn a_repetition_straight_out_of_a_rest_in_the_start_pose_is_not_lost() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 2, 60.0));
    session.hold(3.0);
    session.reps(3);
    session.hold(15.0);
    assert_eq!(session.phase(), Resting);
    session.reps(3);
    session.hold(6.0);
    assert_eq!(session.ended(), [3, 3]);
    assert_eq!(session.phase(), Finished);
}

#[test]
fn fidgeting_in_the_start_pose_begins_no_set() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 2, 60.0));
    session.hold(3.0);
    session.reps(3);
    session.hold(15.0);
    session.turn(BENCH + 30.0, 1.0);
    session.turn(BENCH, 1.0);
    session.hold(3.0);
    assert_eq!((session.phase(), session.count()), (Resting, 3));
}

#[test]
fn whoever_comes_late_and_begins_at_once_loses_nothing() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 2, 20.0));
    session.hold(3.0);
    session.reps(3);
    session.hold(4.0);
    session.walk_about(30.0);
    assert_eq!(session.phase(), Arming);
    session.hold(0.9);
    session.reps(3);
    session.hold(6.0);
    assert_eq!(session.ended(), [3, 3]);
}

#[test]
fn a_sensor_lost_in_the_set_up_is_told_and_the_set_up_goes_on() {
    let mut session = Session::new(Conduct::Lead, goal(3, 1, 20.0));
    session.hold(4.5);
    session.silent.push(0);
    session.hold(5.0);
    assert_eq!(session.phase(), Waiting);
    session.silent.clear();
    session.hold(1.0);
    assert_eq!(session.phase(), SettingUp);
    session.turn(50.0, 2.0);
    session.turn(0.0, 2.0);
    session.hold(2.0);
    session.turn(BENCH, 2.0);
    session.hold(3.0);
    assert_eq!(session.phase(), CountIn);
}

#[test]
fn a_second_sensor_that_never_speaks_can_be_gone_on_without() {
    let mut session = Session::wearing(
        Conduct::Lead,
        goal(2, 1, 20.0),
        &[Placement::T7, Placement::Sacrum],
    );
    session.silent.push(1);
    session.hold(5.0);
    assert_eq!(session.phase(), Waiting);
    session.turn(BENCH, 2.0);
    session.command(Command::Next);
    session.hold(3.0);
    session.hold(3.5);
    session.reps(2);
    session.hold(6.0);
    assert_eq!(session.ended(), [2]);
    assert_eq!(session.phase(), Finished);
}

#[test]
fn a_lost_link_ends_neither_the_set_nor_the_calibration() {
    let mut session = Session::ready(Conduct::Lead, goal(5, 1, 20.0));
    session.hold(3.0);
    session.reps(2);
    session.link(LinkChange::Lost);
    session.silent.push(0);
    session.hold(30.0);
    assert_eq!(session.phase(), Exercising);
    session.silent.clear();
    session.link(LinkChange::Connected);
    session.hold(2.0);
    session.reps(3);
    session.hold(6.0);
    assert_eq!(session.ended(), [5]);
    let mounted = session
        .events
        .iter()
        .filter(|event| matches!(event, Event::Mounted { .. }));
    assert_eq!(mounted.count(), 1);
}

#[test]
fn a_set_ends_when_the_link_stays_dead_in_the_middle_of_a_repetition() {
    for conduct in [Conduct::Lead, Conduct::Watch] {
        let mut session = Session::new(conduct, goal(5, 2, 20.0));
        session.hold(4.5);
        session.turn(50.0, 2.0);
        session.turn(0.0, 2.0);
        session.hold(2.0);
        session.turn(BENCH, 2.0);
        session.hold(6.5);
        session.reps(2);
        session.turn(BENCH + 70.0, 2.2);
        session.silent.push(0);
        session.hold(55.0);
        assert!(session.ended().is_empty(), "{conduct:?}");
        session.hold(10.0);
        assert_eq!(session.ended(), [3], "{conduct:?}");
        let last = session.events.iter().rev().find_map(|event| match event {
            Event::Rep(rep) => Some(rep.doubt),
            _ => None,
        });
        assert_eq!(last, Some(Some(crate::coach::Doubt::NotSeen)));
    }
}

#[test]
fn pain_is_answered_in_every_phase_and_only_a_word_goes_on() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 2, 20.0));
    session.hold(3.0);
    session.reps(2);
    session.command(Command::Pain);
    assert_eq!(session.phase(), Paused);
    assert_eq!(session.ended(), [2]);
    session.hold(30.0);
    session.reps(1);
    assert_eq!((session.phase(), session.count()), (Paused, 2));
    session.command(Command::Next);
    assert_eq!(session.phase(), Arming);
    for _ in 0..2 {
        session.command(Command::Pain);
        assert_eq!(session.phase(), Paused);
        session.command(Command::Start);
    }
    let answers = session
        .events
        .iter()
        .filter(|event| matches!(event, Event::Cue(cue) if cue.text.starts_with("Stop here")));
    assert_eq!(answers.count(), 3);
}

#[test]
fn a_drop_pauses_after_the_repetition_and_stillness_goes_on() {
    let mut session = Session::ready(Conduct::Lead, goal(6, 2, 20.0));
    session.hold(3.0);
    session.rep();
    // Fallen, not lowered.
    session.turn(BENCH + 75.0, 0.45);
    assert_eq!(session.phase(), Exercising);
    session.turn(BENCH, 2.0);
    session.hold(1.0);
    assert_eq!((session.phase(), session.count()), (Paused, 2));
    session.turn(BENCH + 70.0, 2.0);
    session.turn(BENCH, 2.0);
    assert_eq!((session.phase(), session.count()), (Paused, 2));
    session.hold(3.6);
    assert_eq!(session.phase(), Exercising);
    session.rep();
    assert_eq!((session.ended(), session.count()), (vec![], 3));
    // A second one ends the set.
    session.turn(BENCH + 75.0, 0.45);
    session.turn(BENCH, 2.0);
    session.hold(2.0);
    assert_eq!(session.phase(), Resting);
    assert_eq!(session.ended(), [4]);
}

#[test]
fn whoever_goes_on_after_a_drop_is_counted_again() {
    let mut session = Session::ready(Conduct::Lead, goal(6, 2, 20.0));
    session.hold(3.0);
    session.rep();
    session.turn(BENCH + 75.0, 0.45);
    session.turn(BENCH, 2.0);
    session.hold(1.0);
    assert_eq!((session.phase(), session.count()), (Paused, 2));
    session.reps(3);
    assert_eq!(session.phase(), Exercising);
    assert!(session.count() >= 4, "{}", session.count());
}

#[test]
fn whoever_is_awaited_for_long_is_asked_again() {
    let mut session = Session::ready(Conduct::Lead, goal(1, 2, 20.0));
    session.hold(3.0);
    session.rep();
    session.hold(6.0);
    session.turn(5.0, 2.0);
    let asked = |session: &Session| {
        let calls = session.calls();
        calls.iter().filter(|call| **call == Call::TakePose).count()
    };
    session.walk_about(22.0);
    let before = asked(&session);
    session.walk_about(45.0);
    assert_eq!(session.phase(), Arming);
    let again = asked(&session) - before;
    assert!((2..=3).contains(&again), "{again}");
}

#[test]
fn the_wearers_count_moves_the_goal_and_not_the_count() {
    let mut session = Session::ready(Conduct::Lead, goal(4, 2, 20.0));
    session.hold(3.0);
    session.reps(2);
    session.command(Command::Missed);
    session.hold(0.2);
    assert!(session.has(Call::LastRep));
    session.rep();
    session.hold(5.0);
    assert_eq!(session.ended(), [3]);
    // In the rest it is still about that set.
    session.command(Command::Undo);
    let said = session.events.iter().rev().find_map(|event| match event {
        Event::Corrected {
            set, counted, said, ..
        } => Some((*set, *counted, *said)),
        _ => None,
    });
    assert_eq!(said, Some((1, 3, 3)));
}

fn corrections(session: &Session) -> Vec<(u32, u32, u32)> {
    let events = session.events.iter();
    events
        .filter_map(|event| match event {
            Event::Corrected {
                set, counted, said, ..
            } => Some((*set, *counted, *said)),
            _ => None,
        })
        .collect()
}

#[test]
fn one_missed_before_the_first_counted_repetition_is_of_the_set_that_begins() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 2, 20.0));
    session.hold(4.0);
    assert_eq!(session.phase(), Exercising);
    session.command(Command::Missed);
    assert_eq!(corrections(&session), [(1, 0, 1)]);
    session.rep();
    session.rep();
    assert!(session.has(Call::SetDone));
    session.hold(5.0);
    assert_eq!(session.ended(), [2]);
    // In the second set it is not about the first.
    session.command(Command::Next);
    session.hold(8.0);
    assert_eq!(session.phase(), Exercising);
    session.command(Command::Missed);
    assert_eq!(corrections(&session)[1..], [(2, 0, 1)]);
    session.command(Command::Undo);
    assert_eq!(corrections(&session)[2..], [(2, 0, 0)]);
}

#[test]
fn the_first_movement_of_a_set_can_be_taken_back_before_it_is_counted() {
    let mut session = Session::ready(Conduct::Lead, goal(4, 1, 20.0));
    session.hold(4.0);
    session.command(Command::Undo);
    session.turn(BENCH + 70.0, 2.2);
    session.command(Command::Undo);
    session.turn(BENCH, 1.6);
    session.hold(1.2);
    // While still, there was nothing to take back.
    assert_eq!(corrections(&session), [(1, 0, 0), (1, 0, 0), (1, 1, 0)]);
    assert_eq!(session.count(), 1);
    session.rep();
    assert!(
        session
            .events
            .iter()
            .any(|event| matches!(event, Event::Undone { rep: 1, .. }))
    );
}

#[test]
fn stop_ends_the_set_and_keeps_the_session() {
    let mut session = Session::ready(Conduct::Lead, goal(8, 2, 30.0));
    session.hold(3.0);
    session.reps(3);
    session.command(Command::Stop);
    assert_eq!(session.phase(), Resting);
    assert_eq!(session.ended(), [3]);
    session.command(Command::Next);
    session.hold(0.1);
    assert!(matches!(session.phase(), CountIn | Arming));
}

#[test]
fn an_abandoned_set_ends_by_quiet() {
    let mut session = Session::ready(Conduct::Lead, goal(8, 2, 60.0));
    session.hold(3.0);
    session.reps(3);
    session.hold(25.0);
    assert_eq!(session.ended(), [3]);
    let until = session.events.iter().find_map(|event| match event {
        Event::Phase {
            at,
            phase: Resting,
            until,
        } => Some(until.unwrap().seconds_since(*at)),
        _ => None,
    });
    // The rest began with the last repetition.
    assert!((35.0..42.0).contains(&until.unwrap()), "{until:?}");
}

#[test]
fn whoever_walks_off_before_the_first_repetition_is_armed_anew() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 1, 20.0));
    session.turn(0.0, 2.0);
    assert_eq!(session.phase(), Arming);
    session.turn(BENCH, 2.0);
    session.hold(6.0);
    assert_eq!(session.phase(), Exercising);
    session.turn(0.0, 2.0);
    session.hold(4.0);
    assert_eq!(session.phase(), Arming);
    assert_eq!(session.count(), 0);
}

#[test]
fn the_tempo_is_called_and_no_cue_is_given_over_it() {
    let mut session = Session::ready(Conduct::Pace, goal(6, 1, 20.0));
    session.hold(3.0);
    for _ in 0..6 {
        // Too fast, so that there is something to say.
        session.turn(BENCH + 70.0, 1.0);
        session.turn(BENCH, 0.9);
        session.hold(1.5);
    }
    let said: Vec<(f64, bool)> = session
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Call { at, .. } => Some((at.seconds(), false)),
            Event::Cue(cue) if cue.kind != CueKind::Pause => Some((cue.at.seconds(), true)),
            _ => None,
        })
        .collect();
    assert!(said.iter().any(|(_, is_cue)| *is_cue), "{said:?}");
    for pair in said.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= 0.8 - 1e-9, "{pair:?}");
    }
    assert!(session.has(Call::Lower) && session.has(Call::Lift) && session.has(Call::Hold));
}

#[test]
fn recalibrating_leads_through_the_set_up_again() {
    let mut session = Session::ready(Conduct::Lead, goal(3, 3, 20.0));
    session.hold(3.0);
    session.reps(2);
    session.command(Command::Recalibrate);
    assert_eq!(session.phase(), SettingUp);
    session.turn(0.0, 2.0);
    session.set_up();
    session.hold(3.0);
    session.reps(3);
    session.hold(5.0);
    assert_eq!(session.ended(), [2, 3]);
}

#[test]
fn readiness_is_said_and_a_low_battery_stops_nobody() {
    let mut session = Session::new(Conduct::Lead, goal(3, 1, 20.0));
    session.link(LinkChange::Battery { percent: 9 });
    session.hold(1.0);
    let lists = session
        .events
        .iter()
        .filter(|event| matches!(event, Event::Readiness { .. }));
    assert!(lists.count() >= 2);
    assert_eq!(session.phase(), SettingUp);
    assert!(session.events.iter().any(|event| matches!(
        event,
        Event::Notice {
            notice: Notice::Battery { percent: 9 },
            ..
        }
    )));
}
