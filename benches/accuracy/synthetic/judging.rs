//! What the coach said of each repetition, hold and set, against what is true of it.

use std::collections::BTreeMap;

use backcoach::coach::{Event, Finding, Judgement, Rep, RepKind};
use backcoach::exercise::{Exercise, Quantity, Rule, Scope, Severity};
use backcoach::input::Placement;
use backcoach::motion::Validity;
use backcoach::recording::truth::TrueRep;
use backcoach::sources::synthetic::{self, Performance, Scenario, Tempo};
use backcoach::units::SessionTime;

use super::Results;
use super::pairing::is_one_leg;
use super::truth::{is_true, tier, true_value};

/// What was said of one session.
pub struct Told<'a> {
    pub exercise: &'a Exercise,
    pub performance: &'a Performance,
    pub events: &'a [Event],
    pub places: &'a [Placement],
    pub label: &'a str,
}

impl Results {
    /// Holds every rule that can be judged against every repetition.
    pub fn judge(&mut self, told: &Told<'_>, pairs: &[(TrueRep, Rep)]) {
        let Told {
            exercise,
            events,
            places,
            label,
            ..
        } = *told;
        let judgements: BTreeMap<u32, &Judgement> = events
            .iter()
            .filter_map(|event| {
                if let Event::Judged(judged) = event {
                    Some((judged.rep, judged))
                } else {
                    None
                }
            })
            .collect();
        // The truth of the signal of scripted exercises is that of the thorax; at the pelvis other numbers are true.
        let is_scripted = synthetic::Exercise::SCRIPTED
            .iter()
            .any(|done| done.id() == exercise.id);
        let is_at_pelvis =
            is_scripted && exercise.counting_placement(places) == Some(Placement::Sacrum);
        for rule in exercise.judged_rules(places) {
            let Some((tier, limit)) = tier(rule) else {
                continue;
            };
            if is_at_pelvis && rule.quantity.measured_on().is_counting() {
                continue;
            }
            // Where the count is a guess, the hold is one too, and may only inform.
            if exercise.is_estimated(places)
                && matches!(rule.quantity, Quantity::SwayAcc | Quantity::THold)
            {
                continue;
            }
            // One leg alone does not show the rest before its next turn, nor does half a set show a trend.
            if is_one_leg(exercise, places)
                && matches!(
                    rule.quantity,
                    Quantity::TReset | Quantity::SideCountGap | Quantity::ArchGrowth
                )
            {
                continue;
            }
            if rule.quantity.scope() == Scope::Set {
                self.judge_set(told, rule, tier, limit);
                continue;
            }
            for (index, (truth, rep)) in pairs.iter().enumerate() {
                // The truth of a repetition has the rest after it, the rule judges the one before it.
                let truth = match rule.quantity {
                    Quantity::TReset if index == 0 => continue,
                    Quantity::TReset => &pairs[index - 1].0,
                    _ => truth,
                };
                let Some(judged) = judgements.get(&rep.number) else {
                    continue;
                };
                if rep.kind == RepKind::Doubtful {
                    continue;
                }
                let Some(is_true) = is_true(rule, limit, &truth.quantities) else {
                    continue;
                };
                let fired = judged
                    .findings
                    .iter()
                    .any(|finding| finding.rule == rule.id && finding.severity >= tier);
                let measured = judged
                    .quantities
                    .get(&rule.quantity)
                    .map(|measured| measured.value);
                self.rate(&rule.id, is_true, fired, || {
                    format!(
                        "{label} rep {}: {} true {:?} measured {measured:?} limit {limit}",
                        rep.number,
                        rule.id,
                        true_value(rule.quantity, &truth.quantities)
                    )
                });
            }
        }
    }

    fn judge_set(&mut self, told: &Told<'_>, rule: &Rule, tier: Severity, limit: f64) {
        let Told {
            performance,
            events,
            label,
            ..
        } = *told;
        for set in &performance.truth.sets {
            let Some(is_true) = is_true(rule, limit, &set.quantities) else {
                continue;
            };
            let is_fired = |finding: &Finding| {
                finding.rule == rule.id && finding.set == set.set && finding.severity >= tier
            };
            let fired = events
                .iter()
                .any(|event| matches!(event, Event::Finding(finding) if is_fired(finding)));
            self.rate(&rule.id, is_true, fired, || {
                format!(
                    "{label} set {}: {} true {:?} limit {limit}",
                    set.set,
                    rule.id,
                    true_value(rule.quantity, &set.quantities)
                )
            });
        }
    }

    fn rate(&mut self, rule: &str, is_true: bool, fired: bool, say: impl FnOnce() -> String) {
        let rates = self.rules.entry(rule.to_owned()).or_default();
        match (is_true, fired) {
            (true, true) => rates.hits += 1,
            (true, false) => rates.misses += 1,
            (false, false) => rates.quiet += 1,
            (false, true) => rates.false_alarms += 1,
        }
        if is_true != fired {
            self.wrong.push(say());
        }
    }

    /// Delay of cues after the true end of the movement, or of the repetition where a rule needs its pause. A cue
    /// that comes earlier, while the fault lasts, waited for nothing.
    pub fn cue(&mut self, events: &[Event], pairs: &[(TrueRep, Rep)]) {
        for event in events {
            let Event::Cue(cue) = event else { continue };
            let Some((truth, _)) = pairs.iter().find(|(_, rep)| Some(rep.number) == cue.rep) else {
                continue;
            };
            let at = cue.at.seconds();
            let due = if at > truth.end {
                truth.end
            } else {
                truth.back
            };
            self.cue_delays.push((at - due).max(0.0));
        }
    }

    /// Inclination against truth wherever the posture says that it can be used.
    pub fn angle(&mut self, scenario: &Scenario, performance: &Performance, events: &[Event]) {
        let speed = match scenario.tempo {
            Tempo::Slow => "slow",
            Tempo::Normal => "normal",
            Tempo::Brisk => "brisk",
        };
        let rms = self.angles.entry(speed.to_owned()).or_default();
        let mut next = vec![0; performance.true_attitude.len()];
        for event in events {
            let Event::Posture(posture) = event else {
                continue;
            };
            let index = usize::from(posture.sensor.0);
            if posture.validity == Validity::Invalid {
                continue;
            }
            let truths = &performance.true_attitude[index];
            let at = |k: usize| truths.get(k).map(|truth| truth.at);
            while at(next[index] + 1).is_some_and(|later: SessionTime| later <= posture.at) {
                next[index] += 1;
            }
            let Some(truth) = truths.get(next[index]) else {
                continue;
            };
            let up = nalgebra::Vector3::from(posture.up);
            let error = up
                .cross(&truth.up)
                .norm()
                .atan2(up.dot(&truth.up))
                .to_degrees();
            rms.squares += error * error;
            rms.samples += 1.0;
        }
    }
}
