//! What cannot wait for the end of a repetition is told while it lasts.

use backcoach::coach::{Coach, CueKind, Event, Plan, Setup, WornSensor};
use backcoach::exercise::built_in;
use backcoach::input::Placement;
use backcoach::sources::synthetic::{Fault, Scenario};

fn events_of(fault: Fault) -> Vec<Event> {
    let performance = Scenario::new("hyperext_45")
        .unwrap()
        .with_fault(fault, 1.5)
        .perform();
    let plan = Plan {
        exercise: built_in("hyperext_45").unwrap(),
        sensors: vec![WornSensor {
            family: "backcoach".to_owned(),
            placement: Placement::T7,
            name: String::new(),
        }],
        setup: Setup::Guided,
        goal: Default::default(),
        settings: Default::default(),
        conduct: Default::default(),
        programme: None,
    };
    let mut coach = Coach::new(&plan).unwrap();
    performance
        .inputs
        .iter()
        .flat_map(|input| coach.handle(input))
        .collect()
}

fn position(events: &[Event], test: impl Fn(&Event) -> bool) -> usize {
    events.iter().position(test).unwrap()
}

#[test]
fn a_drop_is_told_once_and_before_its_repetition_is_counted() {
    let events = events_of(Fault::Dropped);
    let is_pause = |event: &Event| matches!(event, Event::Cue(cue) if cue.kind == CueKind::Pause && cue.rep == Some(1));
    let pause = position(&events, is_pause);
    let count = position(
        &events,
        |event| matches!(event, Event::Rep(rep) if rep.number == 1),
    );
    assert!(pause < count);
    assert_eq!(events.iter().filter(|event| is_pause(event)).count(), 1);
}

#[test]
fn going_past_the_line_is_told_before_the_pause_is_over() {
    let events = events_of(Fault::PastTheLine);
    let told = events.iter().find_map(|event| match event {
        Event::Cue(cue) if cue.rule.as_deref() == Some("HX-OVER") && cue.rep == Some(1) => {
            Some(cue.at)
        }
        _ => None,
    });
    let judged = events.iter().find_map(|event| match event {
        Event::Judged(judged) if judged.rep == 1 => Some(judged.at),
        _ => None,
    });
    assert!(told.unwrap() < judged.unwrap());
}
