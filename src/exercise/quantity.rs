//! The fixed vocabulary of what rules may measure; [`crate::coach`] computes it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::input::Segment;

/// Defines the vocabulary once: variant, name in files, unit, scope, one-line meaning.
macro_rules! quantities {
    ($($variant:ident, $name:literal, $unit:ident, $scope:ident, $meaning:literal;)*) => {
        /// Something that can be measured of a repetition, a set, or a posture that lasts.
        ///
        /// "Signal" is the angle that the exercise is counted by ([`crate::exercise::SignalAngle`]); "held"
        /// extremes are those kept for the rule's persistence, so that one twitch is none. θ, σ, lumflex
        /// and limb elevation are those of [`crate::motion`]; a 0 behind a name means "in the start pose".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Quantity {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant,)*
        }

        impl Quantity {
            /// Every quantity.
            pub const ALL: &'static [Quantity] = &[$(Quantity::$variant,)*];

            /// The name in exercise files.
            pub const fn name(self) -> &'static str {
                match self { $(Quantity::$variant => $name,)* }
            }

            /// What its numbers mean.
            pub const fn unit(self) -> Unit {
                match self { $(Quantity::$variant => Unit::$unit,)* }
            }

            /// What it is measured over.
            pub const fn scope(self) -> Scope {
                match self { $(Quantity::$variant => Scope::$scope,)* }
            }

            /// One line on what it is.
            pub const fn meaning(self) -> &'static str {
                match self { $(Quantity::$variant => $meaning,)* }
            }
        }
    };
}

quantities! {
    // The signal
    Peak, "peak", Degrees, Back, "largest signal of the repetition";
    Rom, "rom", Degrees, Back, "largest minus smallest signal of the repetition";
    TopMin, "top_min", Degrees, Hold, "smallest held signal from the end of the raise to the next departure";
    TopLevel, "top_level", Degrees, Hold, "signal at the top: mean over the pause in the start pose, or the smallest reached where there is none";
    SpeedPastLine, "speed_past_line", DegreesPerSecond, Hold, "largest speed of the signal while it is below 0, past the line";
    // Time
    TLower, "t_lower", Seconds, Lower, "time of the lowering";
    TRaise, "t_raise", Seconds, Raise, "time of the raise";
    TTurn, "t_turn", Seconds, Back, "time within 5 degrees of the far end";
    THold, "t_hold", Seconds, Hold, "time of the pause: inside the hold zone and slower than 15 degrees a second";
    TReset, "t_reset", Seconds, Out, "time at rest before this repetition began; none for the first of a set";
    // Against the wearer's own first repetitions of the session
    OwnRomPct, "own_rom_pct", Percent, Back, "travel of the signal in percent of the wearer's own: the median of the first five in a row of this session that agree within a quarter; none before";
    OwnTimePct, "own_time_pct", Percent, Back, "time beyond half of the way, the pause at the far end included, in percent of the wearer's own, likewise";
    // Speed
    SpeedPeak, "speed_peak", DegreesPerSecond, Back, "largest speed of the signal in the repetition";
    SpeedPeakLower, "speed_peak_lower", DegreesPerSecond, Lower, "largest speed of the signal while lowering";
    TurnAcc, "turn_acc", DegreesPerSecondSquared, Back, "largest angular acceleration within 150 ms of the turn";
    Stick, "stick", Ratio, Raise, "lowest speed in the middle 20 to 80 % of the raise over its mean speed";
    SparcLower, "sparc_lower", Plain, Lower, "smoothness of the lowering, spectral arc length (Balasubramanian 2015); nearer 0 is smoother";
    SparcRaise, "sparc_raise", Plain, Raise, "smoothness of the raise, spectral arc length";
    // Sideways and around
    SideMax, "side_max", Degrees, Back, "largest held side tilt of the counting sensor against the start pose, without sign";
    TwistMax, "twist_max", Degrees, Back, "largest heading change since the repetition began, without sign; needs a gyroscope and an upright trunk";
    PelvisRoll, "pelvis_roll", Degrees, Back, "largest held |sigma - sigma0| of the pelvis";
    ThoraxRoll, "thorax_roll", Degrees, Back, "largest held |sigma - sigma0| of the thorax";
    Scissors, "scissors", Degrees, Back, "largest held difference of the rolls of thorax and pelvis";
    // Pelvis, thorax and spine
    PelvisTiltMax, "pelvis_tilt_max", Degrees, Back, "largest held theta_P - theta_P0: forward tilt of the pelvis";
    PelvisTiltMin, "pelvis_tilt_min", Degrees, Back, "smallest held theta_P - theta_P0: backward tilt of the pelvis is negative";
    ThoraxPitch, "thorax_pitch", Degrees, Back, "largest held |theta_T - theta_T0|";
    LumflexMin, "lumflex_min", Degrees, Hold, "smallest held lumbar flexion against standing; extension is negative";
    LumflexTurnPct, "lumflex_turn_pct", Percent, Back, "lumbar flexion at the far end as a share of the wearer's own full bend";
    LumflexChange, "lumflex_change", Degrees, Back, "largest held |lumflex - lumflex0|";
    PelvisShare, "pelvis_share", Ratio, Back, "range of the pelvis over range of the thorax";
    // Limbs
    LimbElevMax, "limb_elev_max", Degrees, Back, "largest held elevation of the limb against the horizontal, far end up positive";
    LimbElevHold, "limb_elev_hold", Degrees, Back, "mean elevation of the limb during the hold";
    ThighForward, "thigh_forward", Degrees, Back, "largest held forward turn of the thigh against standing";
    // Holds
    HoldBreaks, "hold_breaks", Count, Back, "times the hold was lost and found again: limb down by 15 degrees, or pelvis away by 8";
    SwayAcc, "sway_acc", MetersPerSecondSquared, Back, "mean gravity-free acceleration of the hold without 0.5 s at each end; none below 3 s";
    SwayAngle, "sway_angle", Degrees, Back, "root mean square of sigma and theta about their mean in the hold, the larger one";
    // Sets
    SideBias, "side_bias", Degrees, Set, "mean of sigma - sigma0 at the far end over the set, without sign";
    RomLoss, "rom_loss", Percent, Set, "loss of range: last three repetitions against the first three";
    TempoTrend, "tempo_trend", Percent, Set, "Theil-Sen slope of the raise time per repetition over its median; six repetitions or more";
    VelocityLoss, "velocity_loss", Percent, Set, "loss of mean raise speed: last repetition against the best of the first three";
    TopRise, "top_rise", Degrees, Set, "change of the top level: last three repetitions minus first three";
    ArchGrowth, "arch_growth", Degrees, Set, "change of the larger of held pelvic tilt and roll: last three repetitions minus first three";
    LumflexGrowth, "lumflex_growth", Degrees, Set, "change of the lumbar flexion at the far end: last three repetitions minus first three";
    SideCountGap, "side_count_gap", Count, Set, "difference between the repetitions of both sides";
    SideSymmetry, "side_symmetry", Percent, Set, "symmetry index of roll, sway and hold between sides, the worst that also differs by 3 degrees, 0.1 m/s2 or 2 s";
    NeutralShift, "neutral_shift", Degrees, Set, "how far the start pose moved since the set before";
    // Posture, over minutes
    SlouchPct, "slouch_pct", Percent, Lasting, "where the trunk is between the wearer's own upright (0) and slump (100)";
    Lean, "lean", Degrees, Lasting, "|sigma| against the wearer's own upright";
    PostureRange, "posture_range", Degrees, Lasting, "the larger range of theta and sigma within the last `after_min` minutes";
    SittingMin, "sitting_min", Minutes, Lasting, "time sat since the wearer last walked or stood for more than a minute";
    NoWalkMin, "no_walk_min", Minutes, Lasting, "time since the wearer last walked for more than a minute";
}

impl Quantity {
    /// Which sensor shows it.
    pub const fn measured_on(self) -> MeasuredOn {
        use Quantity as Q;
        match self {
            Q::SideMax | Q::SideBias | Q::TwistMax => MeasuredOn::CountingTrunk,
            Q::PelvisRoll | Q::PelvisTiltMax | Q::PelvisTiltMin | Q::ArchGrowth => {
                MeasuredOn::Pelvis
            }
            Q::ThoraxRoll | Q::ThoraxPitch => MeasuredOn::Thorax,
            Q::Scissors
            | Q::LumflexMin
            | Q::LumflexTurnPct
            | Q::LumflexChange
            | Q::LumflexGrowth
            | Q::PelvisShare => MeasuredOn::ThoraxAndPelvis,
            Q::LimbElevMax | Q::LimbElevHold => MeasuredOn::Limb,
            Q::ThighForward => MeasuredOn::Thigh,
            Q::HoldBreaks | Q::SideCountGap => MeasuredOn::PelvisOrLimb,
            Q::SittingMin => MeasuredOn::Pelvis,
            Q::SwayAcc | Q::SwayAngle | Q::SideSymmetry => MeasuredOn::Trunk,
            Q::SlouchPct | Q::Lean | Q::PostureRange | Q::NoWalkMin => MeasuredOn::Trunk,
            Q::NeutralShift => MeasuredOn::Any,
            _ => MeasuredOn::Counting,
        }
    }

    /// The smallest limit, degrees, that a sensor can vouch for; none where the error of an angle is not the
    /// measure. One segment's tilt: 5; the angle between two segments: 8.
    pub const fn finest_limit(self) -> Option<f64> {
        use Quantity as Q;
        match (self, self.measured_on()) {
            // A spread about the wearer's own mean: a constant error cancels.
            (Q::SwayAngle | Q::PostureRange, _) => None,
            (_, MeasuredOn::ThoraxAndPelvis) if matches!(self.unit(), Unit::Degrees) => Some(8.0),
            _ if matches!(self.unit(), Unit::Degrees) => Some(5.0),
            _ => None,
        }
    }
}

/// Which sensor shows a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeasuredOn {
    /// The one that counts the repetitions.
    Counting,
    /// The one that counts, worn on the trunk.
    CountingTrunk,
    /// One on the upper body or the pelvis.
    Trunk,
    /// One on the upper body.
    Thorax,
    /// One on the pelvis.
    Pelvis,
    /// One on the upper body together with one on the pelvis.
    ThoraxAndPelvis,
    /// One on an arm or a leg.
    Limb,
    /// One on the thigh.
    Thigh,
    /// One on the pelvis, an arm or a leg.
    PelvisOrLimb,
    /// Any.
    Any,
}

impl MeasuredOn {
    /// Whether a sensor on this segment can show it, alone or as one of two.
    pub const fn accepts(self, segment: Segment) -> bool {
        let is_thorax = matches!(segment, Segment::Thorax);
        let is_pelvis = matches!(segment, Segment::Pelvis);
        let is_limb = matches!(segment, Segment::Thigh | Segment::Shank | Segment::Forearm);
        match self {
            MeasuredOn::Counting | MeasuredOn::Any => true,
            MeasuredOn::CountingTrunk | MeasuredOn::Trunk | MeasuredOn::ThoraxAndPelvis => {
                is_thorax || is_pelvis
            }
            MeasuredOn::Thorax => is_thorax,
            MeasuredOn::Pelvis => is_pelvis,
            MeasuredOn::Limb => is_limb,
            MeasuredOn::Thigh => matches!(segment, Segment::Thigh),
            MeasuredOn::PelvisOrLimb => is_pelvis || is_limb,
        }
    }

    /// Whether it follows the sensor that counts.
    pub const fn is_counting(self) -> bool {
        matches!(self, MeasuredOn::Counting | MeasuredOn::CountingTrunk)
    }
}

impl fmt::Display for MeasuredOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MeasuredOn::Counting => "the sensor that counts",
            MeasuredOn::CountingTrunk => "the sensor that counts, on upper back, chest or pelvis",
            MeasuredOn::Trunk => "upper back, chest or pelvis (T7, ST, SA, AP)",
            MeasuredOn::Thorax => "upper back or chest (T7, ST)",
            MeasuredOn::Pelvis => "pelvis (SA, AP)",
            MeasuredOn::ThoraxAndPelvis => {
                "two sensors, upper back or chest (T7, ST) and pelvis (SA, AP)"
            }
            MeasuredOn::Limb => "thigh, ankle or wrist (TH, AN, WR)",
            MeasuredOn::Thigh => "thigh (TH)",
            MeasuredOn::PelvisOrLimb => "pelvis, thigh, ankle or wrist (SA, AP, TH, AN, WR)",
            MeasuredOn::Any => "any place",
        })
    }
}

/// What the numbers of a quantity mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Degrees.
    Degrees,
    /// Degrees per second.
    DegreesPerSecond,
    /// Degrees per second squared.
    DegreesPerSecondSquared,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hundredths.
    Percent,
    /// One number over another of its kind.
    Ratio,
    /// A number of things.
    Count,
    /// m/s².
    MetersPerSecondSquared,
    /// No unit.
    Plain,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Degrees => "°",
            Unit::DegreesPerSecond => " °/s",
            Unit::DegreesPerSecondSquared => " °/s²",
            Unit::Seconds => " s",
            Unit::Minutes => " min",
            Unit::Percent => " %",
            Unit::MetersPerSecondSquared => " m/s²",
            Unit::Ratio | Unit::Count | Unit::Plain => "",
        })
    }
}

/// What a quantity is measured over: it is judged as soon as that is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The departure of a repetition.
    Out,
    /// The lowering.
    Lower,
    /// The raise.
    Raise,
    /// From departure until back at rest.
    Back,
    /// From back at rest until the next departure, or the end of the set.
    Hold,
    /// The set.
    Set,
    /// What lasts, over minutes: for postures only.
    Lasting,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_itself() {
        for quantity in Quantity::ALL {
            let text = serde_json::to_string(quantity).unwrap();
            assert_eq!(text, format!("\"{}\"", quantity.name()));
            assert_eq!(serde_json::from_str::<Quantity>(&text).unwrap(), *quantity);
        }
    }
}
