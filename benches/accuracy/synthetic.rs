//! The synthetic wearer: counts, rules, angles and delays against known truth.
//!
//! Body sizes × tempi × sensor places × mountings × radios, clean and with every fault. A rule is *true* of a
//! repetition whose noise-free quantity lies beyond 1.3 times its limit (faults are put in at 1.5 times) and
//! *false* of one that lies inside the limit by the same factor; between the two nobody is asked.

use std::collections::BTreeMap;

use backcoach::coach::{Coach, Event, Finding, Judgement, Plan, Rep, RepKind, Setup, WornSensor};
use backcoach::exercise::{Comparator, Exercise, Quantity, Rule, Severity, built_in};
use backcoach::input::{Placement, Side};
use backcoach::motion::Validity;
use backcoach::recording::truth::TrueRep;
use backcoach::sources::synthetic::{
    self, Body, GapKind, LinkModel, Performance, Radio, Scenario, Tempo,
};
use backcoach::units::SessionTime;
use serde::Serialize;

/// A true value lies clearly beyond, or clearly inside, a limit by this factor.
const CLEARLY: f64 = 1.3;

/// Faults are put in at this many times their limit.
const FAULT_FACTOR: f64 = 1.5;

/// A repetition that overlaps a gap by this margin is not asked about, seconds.
const GAP_MARGIN_SECS: f64 = 0.6;

/// Everything measured.
#[derive(Default, Serialize)]
pub struct Results {
    counts: BTreeMap<String, Counts>,
    rules: BTreeMap<String, Rates>,
    angles: BTreeMap<String, Rms>,
    #[serde(skip)]
    delays: Vec<f64>,
    #[serde(skip)]
    cue_delays: Vec<f64>,
    #[serde(skip)]
    wrong: Vec<String>,
}

#[derive(Default, Serialize)]
struct Counts {
    sessions: u32,
    exact: u32,
    reps: u32,
    missed: u32,
    phantom: u32,
    doubtful: u32,
}

#[derive(Default, Serialize)]
struct Rates {
    hits: u32,
    misses: u32,
    quiet: u32,
    false_alarms: u32,
}

#[derive(Default, Serialize)]
struct Rms {
    squares: f64,
    samples: f64,
}

/// Runs everything; `quick` thins out the grid.
pub fn measure(quick: bool) -> Results {
    let mut results = Results::default();
    for exercise in synthetic::Exercise::SCRIPTED {
        for (number, places) in worn(exercise).iter().enumerate() {
            for (k, (body, tempo, link)) in grid(quick).into_iter().enumerate() {
                let mut scenario = scenario(exercise, places, (number * 1000 + k) as u64);
                (scenario.body, scenario.tempo, scenario.link) = (body, tempo, link);
                results.add(&scenario, places, "clean");
            }
            let factors: &[u64] = if quick { &[1] } else { &[1, 2, 3] };
            for fault in exercise.faults() {
                for seed in factors {
                    let mut scenario =
                        scenario(exercise, places, 7000 + seed).with_fault(fault, FAULT_FACTOR);
                    scenario.body = Body::ALL[(*seed as usize * 2) % Body::ALL.len()];
                    results.add(&scenario, places, "faulty");
                }
            }
        }
    }
    results
}

fn worn(exercise: synthetic::Exercise) -> Vec<Vec<Placement>> {
    use Placement::{Sacrum, Sternum, T7, Thigh};
    let leg = Thigh(Some(Side::Left));
    match exercise.id() {
        "bird_dog" => vec![
            vec![leg, Sacrum],
            vec![leg, Thigh(Some(Side::Right)), Sacrum, T7],
            vec![Sacrum],
        ],
        "superman" => vec![vec![T7], vec![T7, Sacrum]],
        "good_morning" => vec![
            vec![T7],
            vec![Sacrum],
            vec![T7, Sacrum],
            vec![T7, Thigh(Some(Side::Right))],
        ],
        _ => vec![vec![T7], vec![Sternum], vec![Sacrum], vec![T7, Sacrum]],
    }
}

fn grid(quick: bool) -> Vec<(Body, Tempo, LinkModel)> {
    let radios = || {
        [
            LinkModel::Radio(Radio::good()),
            LinkModel::Radio(Radio::crowded()),
            LinkModel::Radio(Radio::good().with_gap(GapKind::Silent, Some(45.0), 4.0)),
        ]
    };
    let mut grid = Vec::new();
    for (b, body) in Body::ALL.into_iter().enumerate() {
        for (t, tempo) in [Tempo::Slow, Tempo::Normal, Tempo::Brisk]
            .into_iter()
            .enumerate()
        {
            for (l, link) in radios().into_iter().enumerate() {
                if !quick || (b + t + l) % 5 == 0 {
                    grid.push((body, tempo, link));
                }
            }
        }
    }
    grid
}

fn scenario(exercise: synthetic::Exercise, places: &[Placement], seed: u64) -> Scenario {
    let mut scenario = Scenario::of(exercise);
    scenario.seed = seed;
    let sensor = |(k, place): (usize, &Placement)| {
        synthetic::WornSensor::new(*place).mounted_at_random(seed * 10 + k as u64)
    };
    scenario.sensors = places.iter().enumerate().map(sensor).collect();
    scenario
}

/// The wearer's own full bend, where the exercise asks for it.
fn settings(exercise: &Exercise, body: Body) -> BTreeMap<String, f64> {
    let full = exercise.settings.get_key_value("lumflex_full_deg");
    full.map(|(name, _)| (name.clone(), body.lumflex_max_deg))
        .into_iter()
        .collect()
}

/// Everything the coach says of a performance.
fn events_of(
    performance: &Performance,
    exercise: Exercise,
    places: &[Placement],
    body: Body,
) -> Vec<Event> {
    let sensor = |placement: &Placement| WornSensor {
        family: "backcoach".to_owned(),
        placement: *placement,
        name: String::new(),
    };
    let plan = Plan {
        sensors: places.iter().map(sensor).collect(),
        setup: Setup::Guided,
        goal: Default::default(),
        settings: settings(&exercise, body),
        conduct: Default::default(),
        exercise,
        programme: None,
    };
    let mut coach = Coach::new(&plan).expect("the grid wears what can count");
    let mut events: Vec<Event> = performance
        .inputs
        .iter()
        .flat_map(|input| coach.handle(input))
        .collect();
    events.extend(coach.finish());
    events
}

impl Results {
    fn add(&mut self, scenario: &Scenario, places: &[Placement], kind: &str) {
        let id = scenario.exercise.id();
        let exercise = built_in(id).expect("the wearer does what the library has");
        let performance = scenario.perform();
        let events = events_of(&performance, exercise.clone(), places, scenario.body);
        let names: Vec<String> = places.iter().map(ToString::to_string).collect();
        let group = format!("{id:<13} {:<16} {kind}", names.join("+"));
        let faults: Vec<String> = scenario
            .faults
            .iter()
            .map(|fault| fault.fault.to_string())
            .collect();
        let label = format!(
            "{group} {} {:?} seed {}",
            faults.join(","),
            scenario.tempo,
            scenario.seed
        );
        let pairs = self.count(&group, &label, &performance, &events, places, &exercise);
        self.judge(&exercise, &performance, &events, places, &pairs, &label);
        self.cue(&events, &pairs);
        if kind == "clean" {
            self.angle(scenario, &performance, &events);
        }
    }

    /// Pairs true repetitions with counted ones and counts what has no partner.
    fn count(
        &mut self,
        group: &str,
        label: &str,
        performance: &Performance,
        events: &[Event],
        places: &[Placement],
        exercise: &Exercise,
    ) -> Vec<(TrueRep, Rep)> {
        let gaps: Vec<(f64, f64)> = performance
            .truth
            .gaps
            .iter()
            .filter(|gap| gap.to - gap.from > 0.15)
            .map(|gap| (gap.from - GAP_MARGIN_SECS, gap.to + GAP_MARGIN_SECS))
            .collect();
        let in_gap =
            |from: f64, to: f64| gaps.iter().any(|(start, end)| from < *end && *start < to);
        let one_leg = is_one_leg(exercise, places);
        let expected: Vec<&TrueRep> = performance
            .truth
            .reps
            .iter()
            .filter(|rep| !one_leg || rep.side == Some(Side::Left))
            .collect();
        let counted: Vec<&Rep> = events
            .iter()
            .filter_map(|event| {
                if let Event::Rep(rep) = event {
                    Some(rep)
                } else {
                    None
                }
            })
            .collect();
        let mut free: Vec<&Rep> = counted.clone();
        let (mut pairs, mut missed) = (Vec::new(), 0);
        for rep in &expected {
            let partner = free.iter().position(|found| {
                let turn = found.turn.seconds();
                rep.start - 0.3 < turn && turn < rep.back + 0.3
            });
            match partner {
                Some(index) if in_gap(rep.start, rep.end) => drop(free.remove(index)),
                Some(index) => pairs.push(((*rep).clone(), free.remove(index).clone())),
                None if in_gap(rep.start, rep.end) => {}
                None => missed += 1,
            }
        }
        let phantom = free
            .iter()
            .filter(|rep| !in_gap(rep.start.seconds(), rep.end.seconds()))
            .count() as u32;
        let counts = self.counts.entry(group.to_owned()).or_default();
        counts.sessions += 1;
        counts.exact += u32::from(missed == 0 && phantom == 0);
        counts.reps += expected.len() as u32;
        counts.missed += missed;
        counts.phantom += phantom;
        counts.doubtful += counted
            .iter()
            .filter(|rep| {
                rep.kind == RepKind::Doubtful && !in_gap(rep.start.seconds(), rep.end.seconds())
            })
            .count() as u32;
        if missed + phantom > 0 {
            self.wrong
                .push(format!("{label}: {missed} missed, {phantom} phantom"));
        }
        if gaps.is_empty() {
            self.delays.extend(
                pairs
                    .iter()
                    .map(|(truth, rep)| rep.at.seconds() - truth.back),
            );
        }
        pairs
    }

    fn judge(
        &mut self,
        exercise: &Exercise,
        performance: &Performance,
        events: &[Event],
        places: &[Placement],
        pairs: &[(TrueRep, Rep)],
        label: &str,
    ) {
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
        let is_at_pelvis = exercise.counting_placement(places) == Some(Placement::Sacrum);
        for rule in exercise.judged_rules(places) {
            let Some((tier, limit)) = tier(rule) else {
                continue;
            };
            // The truth of the signal is that of the thorax; at the pelvis other numbers are true.
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
            if rule.quantity.scope() == backcoach::exercise::Scope::Set {
                self.judge_set(rule, tier, limit, performance, events, label);
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

    fn judge_set(
        &mut self,
        rule: &Rule,
        tier: Severity,
        limit: f64,
        performance: &Performance,
        events: &[Event],
        label: &str,
    ) {
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
    fn cue(&mut self, events: &[Event], pairs: &[(TrueRep, Rep)]) {
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
    fn angle(&mut self, scenario: &Scenario, performance: &Performance, events: &[Event]) {
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

    /// The tables.
    pub fn table(&self, is_verbose: bool) -> String {
        let mut text = String::from("synthetic wearer: counting, outside gaps\n");
        text += &format!(
            "{:<38} {:>8} {:>8} {:>6} {:>7} {:>8} {:>8}\n",
            "exercise, sensors", "sessions", "exact %", "reps", "missed", "phantom", "doubtful"
        );
        for (group, counts) in &self.counts {
            let exact = f64::from(counts.exact) / f64::from(counts.sessions) * 100.0;
            text += &format!(
                "{group:<38} {:>8} {exact:>8.1} {:>6} {:>7} {:>8} {:>8}\n",
                counts.sessions, counts.reps, counts.missed, counts.phantom, counts.doubtful
            );
        }
        text += &format!(
            "\nrules, at {CLEARLY} x their limit\n{:<20} {:>6} {:>14} {:>6} {:>14}\n",
            "rule", "true", "sensitivity %", "false", "specificity %"
        );
        for (rule, rates) in &self.rules {
            let (positive, negative) =
                (rates.hits + rates.misses, rates.quiet + rates.false_alarms);
            let share = |part: u32, whole: u32| {
                if whole == 0 {
                    "-".to_owned()
                } else {
                    format!("{:.1}", f64::from(part) / f64::from(whole) * 100.0)
                }
            };
            text += &format!(
                "{rule:<20} {positive:>6} {:>14} {negative:>6} {:>14}\n",
                share(rates.hits, positive),
                share(rates.quiet, negative)
            );
        }
        text += "\ninclination against truth, sensor frame\n";
        for (speed, rms) in &self.angles {
            text += &format!(
                "{speed:<8} {:.2}° RMS\n",
                (rms.squares / rms.samples).sqrt()
            );
        }
        for (what, delays) in [("count", &self.delays), ("cue", &self.cue_delays)] {
            let mut delays = delays.clone();
            delays.sort_by(f64::total_cmp);
            let (Some(median), Some(late)) = (
                delays.get(delays.len() / 2),
                delays.get(delays.len() * 95 / 100),
            ) else {
                continue;
            };
            text += &format!(
                "\n{what} after the true end of the movement: median {:.0} ms, 95 % within {:.0} ms\n",
                median * 1e3,
                late * 1e3
            );
        }
        if is_verbose {
            text += &format!("\n{}\n", self.wrong.join("\n"));
        }
        text
    }
}

/// Whether only one of two sides is worn.
fn is_one_leg(exercise: &Exercise, places: &[Placement]) -> bool {
    let worn = |side| places.contains(&Placement::Thigh(Some(side)));
    exercise.rep.alternates_sides && worn(Side::Left) && !worn(Side::Right)
}

/// The limit that a rule is measured at: that of a warning, or what it has.
fn tier(rule: &Rule) -> Option<(Severity, f64)> {
    let tiers = [
        (Severity::Warn, rule.warn),
        (Severity::Info, rule.info),
        (Severity::Stop, rule.stop),
    ];
    tiers
        .into_iter()
        .find_map(|(severity, limit)| Some((severity, limit?)))
}

/// Whether a rule is clearly true or clearly false of true numbers; `None` in between, or where truth does not say.
fn is_true(rule: &Rule, limit: f64, truth: &BTreeMap<String, f64>) -> Option<bool> {
    let main = side_of(rule.when, true_value(rule.quantity, truth)?, limit)?;
    let Some(condition) = &rule.only_if else {
        return Some(main);
    };
    let other = side_of(
        condition.when,
        true_value(condition.quantity, truth)?,
        condition.limit,
    );
    match (main, other) {
        (true, Some(true)) => Some(true),
        (false, _) | (_, Some(false)) => Some(false),
        _ => None,
    }
}

/// Clearly beyond, clearly inside, or neither.
fn side_of(when: Comparator, value: f64, limit: f64) -> Option<bool> {
    let (outer, inner) = match (when, limit >= 0.0) {
        (Comparator::Above, true) | (Comparator::Below, false) => {
            (limit * CLEARLY, limit / CLEARLY)
        }
        _ => (limit / CLEARLY, limit * CLEARLY),
    };
    if when.is_beyond(value, outer) || value == outer {
        Some(true)
    } else if !when.is_beyond(value, inner) {
        Some(false)
    } else {
        None
    }
}

/// What the truth calls a quantity.
fn true_value(quantity: Quantity, truth: &BTreeMap<String, f64>) -> Option<f64> {
    use Quantity as Q;
    let name = match quantity {
        Q::Peak => "peak",
        Q::Rom => "rom",
        Q::TopMin => "top_min",
        Q::TopLevel => "top",
        Q::TLower => {
            return truth
                .get("t_lower")
                .or_else(|| truth.get("t_down"))
                .copied();
        }
        Q::TRaise => return truth.get("t_raise").or_else(|| truth.get("t_up")).copied(),
        Q::TTurn => "t_turn",
        Q::THold => "t_hold",
        Q::TReset => "t_reset",
        Q::SpeedPeak => "omega_peak",
        Q::SpeedPeakLower => "omega_peak_lower",
        Q::TurnAcc => "turn_acc",
        Q::Stick => "stick_ratio",
        Q::SparcLower => "sparc_lower",
        Q::SparcRaise => "sparc_raise",
        Q::SideMax => "side_max_abs",
        Q::PelvisRoll => "pelvis_roll_max",
        Q::ThoraxRoll => "thorax_roll_max",
        Q::Scissors => "scissors_max",
        Q::PelvisTiltMax => "pelvis_pitch_max",
        Q::PelvisTiltMin => "pelvis_pitch_min",
        Q::ThoraxPitch => "thorax_pitch_max_abs",
        Q::LumflexMin => "lumflex_min",
        Q::LumflexTurnPct => "lumflex_pct_turn",
        Q::PelvisShare => "pelvis_share",
        Q::LimbElevMax => "leg_max",
        Q::LimbElevHold => "leg_hold",
        Q::ThighForward => "knee_forward",
        Q::SwayAcc => "sway_acc",
        Q::SideBias => "side_bias_abs",
        Q::RomLoss => "rom_loss",
        Q::TempoTrend => "t_raise_slope",
        Q::VelocityLoss => "velocity_loss",
        Q::TopRise => "top_drift",
        Q::LumflexGrowth => "lumflex_drift",
        Q::ArchGrowth => "pitch_or_roll_trend",
        Q::SideCountGap => "side_difference",
        Q::NeutralShift => "slip",
        // Drills name their truth as exercise files do.
        _ => quantity.name(),
    };
    truth.get(name).copied()
}
