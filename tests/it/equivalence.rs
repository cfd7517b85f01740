//! Live = replay: the same inputs give the same events, one by one, through the loop, or recorded and read again.

use std::io;

use backcoach::coach::{Coach, Event, Plan};
use backcoach::exercise;
use backcoach::input::Input;
use backcoach::input::Placement;
use backcoach::recording::{Entry, Header, Reader, Writer};
use backcoach::session::{self, Observer};
use backcoach::sources::synthetic::{LinkModel, Radio, Scenario, WornSensor};
use backcoach::sources::{Inputs, given, replay};

struct Keeping(Vec<Event>);

impl Observer for Keeping {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.0.push(event.clone());
        Ok(())
    }
}

struct Recording(Writer<Vec<u8>>);

impl Observer for Recording {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        self.0.input(input).map_err(io::Error::other)
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.0.event(event).map_err(io::Error::other)
    }
}

fn two_sensors_over_a_bad_radio(id: &str) -> (Plan, Vec<Input>) {
    let mut scenario = Scenario::new(id).unwrap();
    scenario.reps = 4;
    scenario.sensors = [Placement::T7, Placement::Sacrum]
        .map(WornSensor::new)
        .into();
    scenario.link = LinkModel::Radio(Radio::crowded());
    let worn = |placement| serde_json::json!({"family": "backcoach", "placement": placement});
    let plan = serde_json::json!({
        "exercise": exercise::built_in(id).unwrap(),
        "sensors": [worn("T7"), worn("SA")],
        "setup": "guided",
    });
    (
        serde_json::from_value(plan).unwrap(),
        scenario.perform().inputs,
    )
}

fn through_the_loop(plan: &Plan, inputs: Inputs<'_>, observers: &mut [&mut dyn Observer]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut coach = Coach::new(plan).unwrap();
    let run = session::run(inputs, &mut coach, observers, std::future::pending());
    runtime.block_on(run).unwrap();
}

fn text(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect()
}

#[test]
fn direct_calls_the_loop_and_a_replay_give_the_same_events() {
    for id in ["hyperext_45", "good_morning"] {
        let (plan, inputs) = two_sensors_over_a_bad_radio(id);

        let mut coach = Coach::new(&plan).unwrap();
        let mut direct: Vec<Event> = inputs
            .iter()
            .flat_map(|input| coach.handle(input))
            .collect();
        direct.extend(coach.finish());
        assert!(
            direct.iter().any(|event| matches!(event, Event::Rep(_))),
            "{id}: no rep, nothing is compared"
        );

        let mut looped = Keeping(Vec::new());
        let header = Header::new(plan.clone(), jiff::Timestamp::UNIX_EPOCH);
        let mut recording = Recording(Writer::new(Vec::new(), &header).unwrap());
        through_the_loop(&plan, given(inputs), &mut [&mut looped, &mut recording]);
        assert_eq!(looped.0, direct, "{id}");

        let bytes = recording.0.end(None).unwrap();
        let mut reader = Reader::new(bytes.as_slice()).unwrap();
        let read_plan = reader.header().plan.clone();
        let mut replayed = Keeping(Vec::new());
        through_the_loop(
            &read_plan,
            replay::inputs(&mut reader),
            &mut [&mut replayed],
        );
        assert_eq!(text(&replayed.0), text(&direct), "{id}");

        let recorded =
            Reader::new(bytes.as_slice())
                .unwrap()
                .filter_map(|entry| match entry.unwrap() {
                    Entry::Event(event) => Some(event),
                    Entry::Input(_) => None,
                });
        let kept: Vec<Event> = direct.into_iter().filter(Event::is_kept).collect();
        assert_eq!(text(&recorded.collect::<Vec<_>>()), text(&kept), "{id}");
    }
}
