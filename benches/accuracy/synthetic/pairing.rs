//! Which counted repetition is which true one, and what has no partner.

use backcoach::coach::{Event, Extent, Rep, RepKind};
use backcoach::exercise::{Exercise, Quantity};
use backcoach::input::{Placement, Side};
use backcoach::recording::truth::TrueRep;
use backcoach::sources::synthetic::Performance;

use super::Results;

/// A repetition that overlaps a gap by this margin is not asked about, seconds.
const GAP_MARGIN_SECS: f64 = 0.6;

impl Results {
    /// Pairs true repetitions with counted ones and counts what has no partner.
    pub fn count(
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

    /// How long the holds were, and how fast the breath went, less what is true.
    pub fn held(
        &mut self,
        exercise: &Exercise,
        kind: &str,
        label: &str,
        events: &[Event],
        pairs: &[(TrueRep, Rep)],
    ) {
        let group = format!("{:<21} {kind}", exercise.id);
        for (truth, rep) in pairs {
            if rep.kind == RepKind::Doubtful {
                continue;
            }
            if let (Extent::Held { seconds }, Some(secs)) =
                (rep.rom, truth.quantities.get("hold_time"))
            {
                let error = seconds - secs;
                self.holds.entry(group.clone()).or_default().0.push(error);
                if error.abs() > 0.3 {
                    self.wrong.push(format!(
                        "{label} hold {}: {seconds:.2} s for {secs:.2} s",
                        rep.number
                    ));
                }
            }
            let measured = events.iter().find_map(|event| match event {
                Event::Judged(judged) if judged.rep == rep.number => {
                    judged.quantities.get(&Quantity::BreathRate)
                }
                _ => None,
            });
            if let (Some(measured), Some(rate)) = (measured, truth.quantities.get("breath_rate")) {
                let error = measured.value - rate;
                self.breaths.entry(group.clone()).or_default().0.push(error);
                if error.abs() > 1.0 {
                    self.wrong.push(format!(
                        "{label} hold {}: {:.1} breaths a minute for {rate:.1}",
                        rep.number, measured.value
                    ));
                }
            }
        }
    }
}

/// Whether only one of two sides is worn.
pub fn is_one_leg(exercise: &Exercise, places: &[Placement]) -> bool {
    let worn = |side| places.contains(&Placement::Thigh(Some(side)));
    exercise.rep.alternates_sides && worn(Side::Left) && !worn(Side::Right)
}
