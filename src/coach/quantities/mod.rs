//! What rules may measure, computed: one family a file.
//!
//! Each function takes the stretch that a repetition was done in and returns a number in the quantity's unit,
//! or nothing where it cannot be measured; nothing is never a fault.

mod breath;
mod held;
mod hold;
mod own;
mod set;
mod signal;
mod smoothness;
mod spine;
mod stretch;
mod tempo;
mod tilt;
mod trend;
mod trunk;
mod vertical;

pub use held::{HoldView, measure_hold};
pub use own::{Own, OwnPct, outer_secs};
pub use set::{RepRecord, SetView, measure_set};
pub use smoothness::{log_dimensionless_jerk, spectral_arc_length};
pub use stretch::Stretch;
pub use tempo::PAUSE_DEG_PER_SEC;

use super::event::Measured;
use super::moment::Tilt;
use super::trace::{Phases, TracePoint};
use crate::exercise::{Effort, Exercise, HoldAt, Quantity};
use crate::input::{Segment, Side};
use crate::units::{Angle, SessionTime};

/// The angles of the start pose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Neutral {
    /// θ0 and σ0 of the thorax.
    pub thorax: Option<(Angle, Angle)>,
    /// θ0 and σ0 of the pelvis.
    pub pelvis: Option<(Angle, Angle)>,
}

/// What the set showed before a repetition.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Before {
    /// Time from the departure before to this one, seconds; `None` for the first of a set.
    pub period_secs: Option<f64>,
    /// Largest lumbar flexion of the first repetition of the set, degrees; `None` during the first.
    pub first_lumflex_deg: Option<f64>,
}

/// Everything that a repetition is measured from.
#[derive(Clone, Copy, Debug)]
pub struct RepView<'a> {
    /// The trace from before the departure to the end of what is known.
    pub points: &'a [TracePoint],
    /// Speed of the signal at each point, degrees per second.
    pub speeds: &'a [f64],
    /// The phases of the repetition.
    pub phases: Phases,
    /// Where the pause in the start pose ends: the next departure, or now.
    pub hold_end: SessionTime,
    /// How the exercise is done.
    pub exercise: &'a Exercise,
    /// The segment that is counted by.
    pub counting: Segment,
    /// The start pose.
    pub neutral: Neutral,
    /// The wearer's own full bend of the lumbar spine, degrees, where it is known.
    pub lumflex_full_deg: Option<f64>,
    /// The wearer's own full extension of the lumbar spine, degrees (positive), where it is known.
    pub lumext_full_deg: Option<f64>,
    /// What the set showed before this repetition.
    pub before: Before,
    /// Which side was done, where it is known.
    pub side: Option<Side>,
    /// Time at rest before this repetition, seconds; `None` for the first of a set.
    pub reset_secs: Option<f64>,
    /// What it is in percent of the wearer's own first repetitions.
    pub own: OwnPct,
}

impl RepView<'_> {
    /// From departure until back at rest.
    fn movement(&self) -> Stretch<'_> {
        self.stretch(self.phases.start, self.phases.end)
    }

    /// From the way back to the end of the pause in the start pose.
    fn top(&self) -> Stretch<'_> {
        self.stretch(self.phases.left, self.hold_end)
    }

    /// The pause at the far end.
    fn far_end(&self) -> Stretch<'_> {
        self.stretch(self.phases.arrived, self.phases.left)
    }

    /// One effort of the repetition.
    fn effort(&self, effort: Effort) -> Stretch<'_> {
        let (_, from, to) = self.phases.effort(effort, self.exercise.rep.first);
        self.stretch(from, to)
    }

    fn stretch(&self, from: SessionTime, to: SessionTime) -> Stretch<'_> {
        let first = self.points.partition_point(|point| point.at() < from);
        let last = self
            .points
            .partition_point(|point| point.at() <= to)
            .max(first);
        Stretch {
            points: &self.points[first..last],
            speeds: &self.speeds[first..last],
        }
    }

    /// σ − σ0 at the far end, degrees, signed.
    pub fn side_at_turn(&self) -> Option<f64> {
        tilt::side_at_turn(self)
    }

    /// Lumbar flexion at the far end, degrees.
    pub fn lumflex_at_turn(&self) -> Option<f64> {
        tilt::lumflex_at_turn(self)
    }

    /// Largest held lumbar flexion, degrees.
    pub fn lumflex_max(&self, persistence_secs: f64) -> Option<f64> {
        spine::largest_lumflex(persistence_secs, self)
    }

    fn is_held_at_peak(&self) -> bool {
        self.exercise.rep.hold == HoldAt::Peak
    }

    /// The posture of the segment that is counted by, or of the thorax or pelvis for a limb.
    fn counting_tilt(&self, point: &TracePoint) -> Option<Tilt> {
        match self.counting {
            Segment::Thorax => point.moment.thorax,
            Segment::Pelvis => point.moment.pelvis,
            _ => point.moment.pelvis.or(point.moment.thorax),
        }
    }

    /// θ0 and σ0 of the segment that [`RepView::counting_tilt`] gives.
    fn counting_neutral(&self) -> (Angle, Angle) {
        let neutral = match self.counting {
            Segment::Thorax => self.neutral.thorax,
            Segment::Pelvis => self.neutral.pelvis,
            _ => self.neutral.pelvis.or(self.neutral.thorax),
        };
        neutral.unwrap_or_default()
    }
}

/// Measures one quantity of a repetition; `None` where it cannot be seen.
///
/// `persistence_secs` is how long a held extreme must last.
pub fn measure_rep(
    quantity: Quantity,
    persistence_secs: f64,
    view: &RepView<'_>,
) -> Option<Measured> {
    use Quantity as Q;
    match quantity {
        Q::Peak | Q::Rom | Q::TopMin | Q::TopLevel | Q::SpeedPastLine | Q::Swing | Q::Sag => {
            signal::measure(quantity, persistence_secs, view)
        }
        Q::TLower
        | Q::TRaise
        | Q::TTurn
        | Q::THold
        | Q::TReset
        | Q::TFar
        | Q::Period
        | Q::TempoRatio
        | Q::BackOutRatio => tempo::measure_time(quantity, view),
        Q::SpeedPeak
        | Q::SpeedPeakLower
        | Q::SpeedPeakRaise
        | Q::SpeedMeanLower
        | Q::SpeedMeanRaise
        | Q::SpeedRatioOut
        | Q::SpeedEnd
        | Q::TurnAcc
        | Q::Stick => tempo::measure_speed(quantity, view),
        Q::SparcLower => smoothness::measure(Effort::Lower, view),
        Q::SparcRaise => smoothness::measure(Effort::Raise, view),
        Q::LdljOut | Q::LdljBack | Q::LdljAcc | Q::JerkRms => {
            smoothness::measure_jerk(quantity, view)
        }
        Q::ThetaMax
        | Q::ThetaMin
        | Q::TrunkRange
        | Q::ThetaFar
        | Q::TrunkLevel
        | Q::TrunkPitch
        | Q::TrunkSide
        | Q::TrunkRoll
        | Q::TrunkTwist
        | Q::PelvisTwist
        | Q::TiltChange
        | Q::TrunkSpeedPeak
        | Q::TurnRange
        | Q::HipsFirst
        | Q::Wobble
        | Q::SwayGyro => trunk::measure(quantity, persistence_secs, view),
        Q::LumflexMaxPct
        | Q::LumflexEndPct
        | Q::LumflexCreep
        | Q::PelvisTuck
        | Q::SlopeGap
        | Q::Rocking
        | Q::PhaseCorr
        | Q::TwistGap => spine::measure(quantity, persistence_secs, view),
        Q::VertTravel | Q::DropSpeed | Q::TurnAccVertical | Q::Impact => {
            vertical::measure(quantity, view)
        }
        Q::SideMax
        | Q::TwistMax
        | Q::PelvisRoll
        | Q::ThoraxRoll
        | Q::Scissors
        | Q::PelvisTiltMax
        | Q::PelvisTiltMin
        | Q::ThoraxPitch
        | Q::LumflexMin
        | Q::LumflexTurnPct
        | Q::LumflexChange
        | Q::PelvisShare => tilt::measure(quantity, persistence_secs, view),
        Q::LimbElevMax
        | Q::LimbElevHold
        | Q::ThighForward
        | Q::HoldBreaks
        | Q::SwayAcc
        | Q::SwayAngle => hold::measure(quantity, persistence_secs, view),
        Q::OwnRomPct | Q::OwnTimePct => own::measure(quantity, view),
        // Of sets, of holds of their own, and of what lasts: measured elsewhere.
        _ => None,
    }
}

/// Values blurred by a normal curve with a standard deviation of `width` samples; at the ends by what there is of it.
fn blurred(values: &[f64], width: f64) -> Vec<f64> {
    /// Beyond this many standard deviations the curve is below a hundredth of its height.
    const REACH: f64 = 3.0;
    if !(width > 0.0 && width.is_finite()) {
        return values.to_vec();
    }
    let reach = (REACH * width).ceil() as usize;
    let weights: Vec<f64> = (0..=reach)
        .map(|k| (-0.5 * (k as f64 / width).powi(2)).exp())
        .collect();
    (0..values.len())
        .map(|at| {
            let (from, to) = (at.saturating_sub(reach), (at + reach).min(values.len() - 1));
            let (mut sum, mut weight) = (0.0, 0.0);
            for (k, value) in values[from..=to].iter().enumerate() {
                let share = weights[(from + k).abs_diff(at)];
                sum += share * value;
                weight += share;
            }
            sum / weight
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
pub(super) mod tests {
    mod courses;

    use super::*;
    use crate::coach::trace::tests::{course, trace_of};
    use crate::coach::trace::{phases, speeds};
    use crate::exercise::{Dose, Pose, RepShape, Tempo};
    use std::collections::BTreeMap;

    /// An exercise with the pause in the start pose, lowering first.
    pub fn bench() -> Exercise {
        Exercise {
            id: "bench".into(),
            name: "bench".into(),
            summary: String::new(),
            aliases: Vec::new(),
            version: 1,
            kind: Default::default(),
            hold: None,
            tests: Vec::new(),
            most_nudges_per_hour: None,
            bounds: Default::default(),
            setup: Vec::new(),
            pose: Pose {
                description: String::new(),
                theta_deg: 45.0,
                tolerance_deg: 20.0,
                is_line: true,
            },
            rep: RepShape {
                first: Effort::Lower,
                hold: HoldAt::Start,
                hold_zone_deg: 8.0,
                alternates_sides: false,
                tempo: Tempo {
                    lower_s: [2.0, 3.0],
                    raise_s: [1.0, 2.0],
                    hold_s: [1.0, 2.0],
                },
            },
            dose: Dose {
                reps: [8, 15],
                sets: [1, 3],
                rest_s: [60.0, 90.0],
            },
            signals: Vec::new(),
            cannot_see: Vec::new(),
            settings: BTreeMap::new(),
            rules: Vec::new(),
            sources: BTreeMap::new(),
        }
    }

    /// Measures a course: minimum-jerk moves after one second of rest.
    pub fn measure_course(quantity: Quantity, moves: &[(f64, f64)]) -> Option<f64> {
        let mut all = vec![(0.0, 1.0)];
        all.extend_from_slice(moves);
        let values = course(&all);
        let points = trace_of(&values);
        let peak = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let turn = values
            .iter()
            .position(|value| *value >= peak - 1e-9)
            .unwrap();
        let departed = values.iter().position(|value| *value > 10.0).unwrap();
        let phases = phases(&points, points[departed].at(), points[turn].at(), true).unwrap();
        let exercise = bench();
        let view = RepView {
            points: &points,
            speeds: &speeds(&points),
            phases,
            hold_end: points.last().unwrap().at(),
            exercise: &exercise,
            counting: Segment::Thorax,
            neutral: Neutral::default(),
            lumflex_full_deg: None,
            lumext_full_deg: None,
            before: Before::default(),
            side: None,
            reset_secs: None,
            own: OwnPct::default(),
        };
        measure_rep(quantity, 0.3, &view).map(|measured| measured.value)
    }

    fn close(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.unwrap();
        assert!(
            (found - expected).abs() <= tolerance,
            "{found}, expected {expected} ± {tolerance}"
        );
    }

    #[test]
    fn a_steady_repetition_has_the_numbers_it_was_made_with() {
        let steady = [(75.0, 2.5), (75.0, 0.5), (0.0, 1.5), (0.0, 1.0)];
        close(measure_course(Quantity::Peak, &steady), 75.0, 0.5);
        close(measure_course(Quantity::Rom, &steady), 75.0, 0.5);
        close(measure_course(Quantity::TLower, &steady), 2.5, 0.08);
        close(measure_course(Quantity::TRaise, &steady), 1.5, 0.08);
        close(
            measure_course(Quantity::SpeedPeak, &steady),
            1.875 * 75.0 / 1.5,
            2.0,
        );
        close(
            measure_course(Quantity::SpeedPeakLower, &steady),
            1.875 * 75.0 / 2.5,
            2.0,
        );
        close(measure_course(Quantity::THold, &steady), 1.3, 0.15);
        close(measure_course(Quantity::TopLevel, &steady), 0.0, 0.5);
        assert!(measure_course(Quantity::SparcLower, &steady).unwrap() > -1.6);
    }

    #[test]
    fn a_way_that_was_not_seen_has_no_time() {
        // The first reading after a gap is the furthest: the way out fell into the gap.
        let values = course(&[(75.0, 0.01), (75.0, 0.5), (0.0, 1.5), (0.0, 1.0)]);
        let points = trace_of(&values[1..]);
        let first = points[0].at();
        let phases = phases(&points, first, first, true).unwrap();
        let exercise = bench();
        let view = RepView {
            points: &points,
            speeds: &speeds(&points),
            phases,
            hold_end: points.last().unwrap().at(),
            exercise: &exercise,
            counting: Segment::Thorax,
            neutral: Neutral::default(),
            lumflex_full_deg: None,
            lumext_full_deg: None,
            before: Before::default(),
            side: None,
            reset_secs: None,
            own: OwnPct::default(),
        };
        assert!(phases.out_secs < 0.1);
        assert_eq!(measure_rep(Quantity::TLower, 0.3, &view), None);
        assert!(measure_rep(Quantity::TRaise, 0.3, &view).is_some());
    }

    #[test]
    fn a_bounce_turns_fast_and_stays_short() {
        let bounced = [(75.0, 0.7), (0.0, 0.7), (0.0, 1.0)];
        assert!(measure_course(Quantity::TTurn, &bounced).unwrap() < 0.35);
        assert!(measure_course(Quantity::TurnAcc, &bounced).unwrap() > 400.0);
        let calm = [(75.0, 2.0), (75.0, 0.5), (0.0, 2.0), (0.0, 1.0)];
        assert!(measure_course(Quantity::TurnAcc, &calm).unwrap() < 200.0);
    }

    #[test]
    fn going_past_the_line_is_measured_only_if_it_lasts() {
        close(
            measure_course(
                Quantity::TopMin,
                &[
                    (75.0, 2.0),
                    (-12.0, 2.0),
                    (-12.0, 0.6),
                    (0.0, 0.5),
                    (0.0, 0.5),
                ],
            ),
            -12.0,
            0.5,
        );
        let twitch = measure_course(
            Quantity::TopMin,
            &[
                (75.0, 2.0),
                (0.0, 2.0),
                (-12.0, 0.1),
                (0.0, 0.1),
                (0.0, 1.0),
            ],
        );
        assert!(twitch.unwrap() > -3.0);
    }

    #[test]
    fn a_halt_in_the_raise_is_a_sticking_point() {
        let halted = [
            (75.0, 2.0),
            (40.0, 0.8),
            (40.0, 0.4),
            (0.0, 0.8),
            (0.0, 1.0),
        ];
        assert!(measure_course(Quantity::Stick, &halted).unwrap() < 0.1);
        assert!(
            measure_course(Quantity::Stick, &[(75.0, 2.0), (0.0, 1.5), (0.0, 1.0)]).unwrap() > 0.5
        );
    }
}
