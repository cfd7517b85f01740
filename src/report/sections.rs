//! One report for each exercise of a session.

use std::io;

use super::collector::Collector;
use super::data::{Origin, Report};
use crate::coach::{Event, Plan};
use crate::input::Input;
use crate::session::Observer;

/// Watches a session go by, exercise by exercise.
#[derive(Debug)]
pub struct Sections {
    plan: Plan,
    /// Of the exercises before.
    done: Vec<Collector>,
    collector: Collector,
    step: u32,
    /// How the sensors sit, which is known once for all exercises.
    mounted: Vec<Event>,
}

impl Sections {
    /// Sections for a session that follows this plan.
    pub fn new(plan: &Plan) -> Sections {
        Sections {
            collector: Collector::new(&plan.step(0).unwrap_or_else(|| plan.clone())),
            plan: plan.clone(),
            done: Vec::new(),
            step: 0,
            mounted: Vec::new(),
        }
    }

    /// Takes in what reached the coach.
    pub fn input(&mut self, input: &Input) {
        self.collector.input(input);
    }

    /// Takes in what the coach said.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Exercise { index, .. } if *index != self.step => self.go_on(*index),
            Event::Mounted { sensor, .. } => {
                let is_other = |known: &Event| !matches!(known, Event::Mounted { sensor: other, .. } if other == sensor);
                self.mounted.retain(is_other);
                self.mounted.push(event.clone());
            }
            _ => {}
        }
        self.collector.event(event);
    }

    fn go_on(&mut self, step: u32) {
        let Some(plan) = usize::try_from(step)
            .ok()
            .and_then(|step| self.plan.step(step))
        else {
            return;
        };
        let mut next = Collector::new(&plan);
        for event in &self.mounted {
            next.event(event);
        }
        self.step = step;
        self.done.push(std::mem::replace(&mut self.collector, next));
    }

    /// The reports, in the order in which the exercises were done: of those in which something was counted or stopped,
    /// and one at least. `origin` is what only the caller knows of the data.
    pub fn finish(self, origin: &Origin) -> Vec<Report> {
        let all = self.done.into_iter().chain([self.collector]);
        let mut reports: Vec<Report> = all
            .map(|collector| collector.finish(origin.clone()))
            .collect();
        let is_empty = |report: &Report| {
            report.counts.counted == 0 && report.stops.is_empty() && report.posture.is_none()
        };
        match reports.iter().position(|report| !is_empty(report)) {
            Some(_) => reports.retain(|report| !is_empty(report)),
            None => reports.truncate(1),
        }
        reports
    }
}

/// A report never ends a session.
impl Observer for Sections {
    fn input(&mut self, input: &Input) -> io::Result<()> {
        Sections::input(self, input);
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        Sections::event(self, event);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::fixtures;
    use super::*;
    use crate::coach::{PlannedProgramme, PlannedStep};
    use crate::programme::Class;
    use crate::units::SessionTime;

    /// The clean session once for each step that is named, in a programme of three.
    fn reports(done: &[u32]) -> Vec<Report> {
        let script = fixtures::clean();
        let mut plan = script.plan.clone();
        let step = PlannedStep {
            class: Class::Loaded,
            exercise: crate::exercise::built_in("good_morning").unwrap(),
            goal: plan.goal,
            settings: plan.settings.clone(),
        };
        plan.programme = Some(PlannedProgramme {
            id: "p".to_owned(),
            name: "P".to_owned(),
            version: 1,
            class: Class::WarmUp,
            then: vec![step.clone(), step],
        });
        let mut sections = Sections::new(&plan);
        for index in 0..3 {
            sections.event(&Event::Exercise {
                at: SessionTime::ZERO,
                index,
                id: String::new(),
            });
            if done.contains(&index) {
                let mut events = Vec::new();
                fixtures::play(&script, &mut |input| sections.input(&input), &mut events);
                events.iter().for_each(|event| sections.event(event));
            }
        }
        sections.finish(&fixtures::origin())
    }

    #[test]
    fn each_exercise_has_a_report_of_its_own() {
        let alone = fixtures::report(&fixtures::clean());
        let reports = reports(&[0, 2]);
        let names: Vec<&str> = reports.iter().map(|one| one.exercise.as_str()).collect();
        assert_eq!(names, ["hyperext_45", "good_morning"]);
        for report in &reports {
            assert_eq!(report.counts, alone.counts);
        }
        assert_eq!(reports[0], alone);
    }

    #[test]
    fn where_nothing_was_done_there_is_one_report_all_the_same() {
        assert_eq!(reports(&[1]).len(), 1);
        assert_eq!(reports(&[]).len(), 1);
    }
}
