//! Faults told while they last: what asks for a pause, and whatever happens in a hold.
//!
//! Most rules wait for the end of a repetition, so that the wearer hears one thing at a time. Some cannot wait: a
//! fall-like drop, a hold of eight seconds whose pelvis tips in the first, and a top that goes past the line, for the
//! pause there has no end before the next repetition. They are watched point by point;
//! the finding itself is still made from the whole repetition.

use super::moment::{Moment, Tilt};
use super::quantities::Neutral;
use crate::exercise::{Limits, Quantity, Rule, Severity};
use crate::input::Segment;
use crate::motion::Validity;
use crate::units::SessionTime;

/// A speed must last this long, seconds: the speed of the signal is smoothed over about as much already.
const SPEED_SECS: f64 = 0.05;

/// What is true at one moment of a repetition.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// Everything worn.
    pub moment: &'a Moment,
    /// The counting signal, degrees.
    pub signal_deg: f64,
    /// The repetition is over but for its pause in the start pose.
    pub is_pause: bool,
    /// Speed of the signal, degrees per second, positive outward.
    pub speed: f64,
    /// The way out is the lowering.
    pub lowers_first: bool,
    /// The segment that is counted by.
    pub counting: Segment,
    /// The start pose.
    pub neutral: Neutral,
}

/// Watches one rule.
#[derive(Clone, Debug)]
pub struct Watch {
    quantity: Quantity,
    persistence_secs: f64,
    /// Since when each limit has been passed: stop, warn.
    since: [Option<SessionTime>; 2],
    is_told: bool,
}

impl Watch {
    /// A watch for a rule, if its quantity can be told from one moment.
    pub fn new(rule: &Rule) -> Option<Watch> {
        use Quantity as Q;
        let is_speed = matches!(rule.quantity, Q::SpeedPeak | Q::SpeedPeakLower);
        let is_posture = matches!(
            rule.quantity,
            Q::TopMin
                | Q::SideMax
                | Q::PelvisRoll
                | Q::ThoraxRoll
                | Q::Scissors
                | Q::PelvisTiltMax
                | Q::PelvisTiltMin
                | Q::ThoraxPitch
        );
        (rule.only_if.is_none() && (is_speed || is_posture)).then_some(Watch {
            quantity: rule.quantity,
            persistence_secs: if is_speed {
                SPEED_SECS
            } else {
                rule.persistence_s
            },
            since: [None; 2],
            is_told: false,
        })
    }

    /// Another repetition begins.
    pub fn reset(&mut self) {
        (self.since, self.is_told) = ([None; 2], false);
    }

    /// Takes one moment. Returns, once in a repetition, how far a limit was passed and with what value.
    pub fn update(
        &mut self,
        rule: &Rule,
        limits: Limits,
        now: &Now<'_>,
    ) -> Option<(Severity, f64)> {
        let value = value_of(self.quantity, now).filter(|_| !self.is_told)?;
        let tiers = [(Severity::Stop, limits.stop), (Severity::Warn, limits.warn)];
        for ((severity, limit), since) in tiers.into_iter().zip(&mut self.since) {
            if !limit.is_some_and(|limit| rule.when.is_beyond(value, limit)) {
                *since = None;
                continue;
            }
            let began = *since.get_or_insert(now.moment.at);
            if now.moment.at.seconds_since(began) >= self.persistence_secs {
                return Some((severity, value));
            }
        }
        None
    }

    /// The wearer was told: once a repetition is enough.
    pub fn told(&mut self) {
        self.is_told = true;
    }
}

/// A quantity at one moment; `None` where it is not seen well enough to interrupt anybody.
fn value_of(quantity: Quantity, now: &Now<'_>) -> Option<f64> {
    use Quantity as Q;
    let sure = |tilt: Option<Tilt>| tilt.filter(|tilt| tilt.validity == Validity::Good);
    let (thorax, pelvis) = (sure(now.moment.thorax), sure(now.moment.pelvis));
    let roll_t = || Some((thorax?.sigma - now.neutral.thorax?.1).degrees());
    let roll_p = || Some((pelvis?.sigma - now.neutral.pelvis?.1).degrees());
    let counting_is_pelvis =
        now.counting == Segment::Pelvis || (now.counting != Segment::Thorax && pelvis.is_some());
    // What the pause shows is not what the movement shows.
    if now.is_pause != (quantity == Q::TopMin) {
        return None;
    }
    match quantity {
        Q::TopMin => Some(now.signal_deg),
        Q::SpeedPeak => Some(now.speed.abs()),
        Q::SpeedPeakLower => Some(if now.lowers_first {
            now.speed
        } else {
            -now.speed
        }),
        Q::SideMax if counting_is_pelvis => roll_p().map(f64::abs),
        Q::SideMax | Q::ThoraxRoll => roll_t().map(f64::abs),
        Q::PelvisRoll => roll_p().map(f64::abs),
        Q::Scissors => Some((roll_t()? - roll_p()?).abs()),
        Q::PelvisTiltMax | Q::PelvisTiltMin => {
            Some((pelvis?.theta - now.neutral.pelvis?.0).wrapped().degrees())
        }
        Q::ThoraxPitch => Some(
            (thorax?.theta - now.neutral.thorax?.0)
                .wrapped()
                .degrees()
                .abs(),
        ),
        _ => None,
    }
}
