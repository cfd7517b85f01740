//! A repetition against the wearer's own first ones.
//!
//! What is small or hasty differs from one body, one age and one exercise to the next; what one person does in one
//! session does not. So the first repetitions of the session are the measure of the later ones, and are not
//! themselves judged by it.

use super::RepView;
use crate::coach::event::Measured;
use crate::coach::reps::median;
use crate::coach::trace::{Phases, TracePoint};
use crate::exercise::Quantity;
use crate::input::Side;

/// So many repetitions in a row are the measure. A median of five is not moved by two odd ones; where repetitions
/// scatter by 10 %, which is usual, it is good to 6 %: well inside limits of 20 % and more. More would leave nothing
/// of a set of eight to ten to judge.
const FIRST_REPS: usize = 5;

/// They agree while each is this near to their median, as a share of it: the hand-marked correct repetitions of
/// UCI 730 lie within a quarter of their person's median. Somebody who is less even has no "own" to be held to.
const AGREE_SHARE: f64 = 0.25;

/// They are looked for among the first so many: whoever comes to them later may have tired or hurried by then.
const LOOKED_AT: usize = 10;

/// One number of the wearer's own: those of the first repetitions, and what is usual once they agree.
#[derive(Clone, Debug, Default)]
struct Usual {
    first: Vec<f64>,
    value: Option<f64>,
}

impl Usual {
    fn note(&mut self, value: f64) {
        if self.value.is_some() || self.first.len() >= LOOKED_AT || !value.is_finite() {
            return;
        }
        self.first.push(value);
        let Some(latest) = self.first.last_chunk::<FIRST_REPS>() else {
            return;
        };
        self.value = median(latest.to_vec()).filter(|middle| {
            let near = |value: &f64| (value - middle).abs() <= AGREE_SHARE * middle;
            *middle > 0.0 && latest.iter().all(near)
        });
    }

    fn percent(&self, value: f64) -> Option<f64> {
        let usual = self.value.filter(|_| value.is_finite());
        usual.map(|usual| 100.0 * value / usual)
    }
}

/// What is usual for the wearer, learnt from the first repetitions of the session; each side has its own.
#[derive(Clone, Debug, Default)]
pub struct Own {
    sides: Vec<(Option<Side>, Usual, Usual)>,
}

/// What one repetition is in percent of the wearer's own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OwnPct {
    /// Its range; `None` while nothing is usual yet.
    pub rom: Option<f64>,
    /// Its time beyond half of the way, the pause at the far end included.
    pub time: Option<f64>,
}

/// Seconds that a repetition spends beyond half of its way, the pause at the far end included.
///
/// When it departs and when it is back is known to some tenths of a second, and people linger there; when it passes the
/// middle, where it is fastest, is known to one reading. And people told to be too fast leave out the pause rather than
/// move faster: of the hand-marked repetitions of UCI 730 the ways take as long as before in half of the exercises.
pub fn outer_secs(points: &[TracePoint], phases: &Phases) -> f64 {
    let within = |point: &&TracePoint| (phases.start..=phases.end).contains(&point.at());
    let signal = || points.iter().filter(within).map(|point| point.signal_deg);
    let most = signal().fold(f64::NEG_INFINITY, f64::max);
    let least = signal().fold(f64::INFINITY, f64::min);
    let half = least + (most - least) / 2.0;
    let steps = points.windows(2).filter_map(|pair| match pair {
        [one, next] if within(&one) && one.signal_deg >= half => {
            Some(next.at().seconds_since(one.at()))
        }
        _ => None,
    });
    steps.sum()
}

impl Own {
    /// Compares a repetition with the ones before it. Degrees, seconds.
    pub fn percent(&self, side: Option<Side>, rom_deg: f64, secs: f64) -> OwnPct {
        let usual = self.sides.iter().find(|(of, ..)| *of == side);
        OwnPct {
            rom: usual.and_then(|(_, rom, _)| rom.percent(rom_deg)),
            time: usual.and_then(|(_, _, time)| time.percent(secs)),
        }
    }

    /// Remembers a repetition that was seen well.
    pub fn note(&mut self, side: Option<Side>, rom_deg: f64, secs: f64) {
        let at = self.sides.iter().position(|(of, ..)| *of == side);
        let at = at.unwrap_or_else(|| {
            self.sides.push((side, Usual::default(), Usual::default()));
            self.sides.len() - 1
        });
        if let Some((_, rom, time)) = self.sides.get_mut(at) {
            rom.note(rom_deg);
            time.note(secs);
        }
    }
}

pub(super) fn measure(quantity: Quantity, view: &RepView<'_>) -> Option<Measured> {
    let value = match quantity {
        Quantity::OwnRomPct => view.own.rom?,
        Quantity::OwnTimePct => view.own.time?,
        _ => return None,
    };
    view.movement().measured(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::coach::trace::phases;
    use crate::coach::trace::tests::{course, trace_of};

    fn after(reps: &[(f64, f64)]) -> Own {
        let mut own = Own::default();
        for (rom, secs) in reps {
            own.note(None, *rom, *secs);
        }
        own
    }

    #[test]
    fn the_first_five_are_the_measure_and_not_judged() {
        let even = [
            (70.0, 4.0),
            (72.0, 4.4),
            (68.0, 3.8),
            (71.0, 4.0),
            (69.0, 4.2),
        ];
        assert_eq!(
            after(&even[..4]).percent(None, 35.0, 2.0),
            OwnPct::default()
        );
        let pct = after(&even).percent(None, 35.0, 2.0);
        assert_eq!(pct.rom, Some(50.0));
        assert!((pct.time.unwrap() - 100.0 * 2.0 / 4.0).abs() < 1e-9);
    }

    #[test]
    fn a_first_attempt_that_went_wrong_is_left_out() {
        let late = [
            (20.0, 1.0),
            (70.0, 4.0),
            (70.0, 4.0),
            (70.0, 4.0),
            (70.0, 4.0),
        ];
        assert_eq!(after(&late).percent(None, 70.0, 4.0), OwnPct::default());
        let mut own = after(&late);
        own.note(None, 70.0, 4.0);
        assert_eq!(own.percent(None, 70.0, 4.0).rom, Some(100.0));
    }

    #[test]
    fn whoever_is_uneven_is_held_to_nothing() {
        let reps: Vec<(f64, f64)> = (0..30)
            .map(|k| (if k < 20 { [30.0, 60.0][k % 2] } else { 60.0 }, 3.0))
            .collect();
        let pct = after(&reps).percent(None, 30.0, 1.5);
        assert_eq!((pct.rom, pct.time), (None, Some(50.0)));
    }

    #[test]
    fn it_does_not_follow_haste() {
        let mut own = after(&[(70.0, 4.0); 5]);
        (0..50).for_each(|k| own.note(None, 70.0, 4.0 - 0.05 * f64::from(k)));
        assert_eq!(own.percent(None, 70.0, 2.0).time, Some(50.0));
    }

    #[test]
    fn the_outer_half_holds_the_pause_and_half_of_the_ways() {
        let values = course(&[(0.0, 1.0), (60.0, 1.0), (60.0, 3.0), (0.0, 1.0), (0.0, 1.0)]);
        let points = trace_of(&values);
        let departed = points.iter().find(|point| point.signal_deg > 10.0).unwrap();
        let turned = points.iter().find(|point| point.signal_deg > 59.9).unwrap();
        let phases = phases(&points, departed.at(), turned.at(), true).unwrap();
        assert!((outer_secs(&points, &phases) - 4.0).abs() < 0.05);
    }

    #[test]
    fn each_side_has_its_own() {
        let mut own = Own::default();
        for _ in 0..5 {
            own.note(Some(Side::Left), 60.0, 3.0);
            own.note(Some(Side::Right), 80.0, 3.0);
        }
        assert_eq!(own.percent(Some(Side::Left), 60.0, 3.0).rom, Some(100.0));
        assert_eq!(own.percent(Some(Side::Right), 60.0, 3.0).rom, Some(75.0));
    }
}
