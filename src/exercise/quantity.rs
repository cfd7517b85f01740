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
    Swing, "swing", Degrees, Hold, "largest minus smallest signal from this departure to the next, on both sides of the start pose";
    Sag, "sag", Degrees, Back, "fall of the signal during the pause at the far end: its largest minus its mean over the last half second";
    // Time
    TLower, "t_lower", Seconds, Lower, "time of the lowering";
    TRaise, "t_raise", Seconds, Raise, "time of the raise";
    TTurn, "t_turn", Seconds, Back, "time within 5 degrees of the far end";
    THold, "t_hold", Seconds, Hold, "time of the pause: inside the hold zone and slower than 15 degrees a second";
    TReset, "t_reset", Seconds, Out, "time at rest before this repetition began; none for the first of a set";
    TFar, "t_far", Seconds, Back, "time above 70 % of the largest signal";
    Period, "period", Seconds, Out, "time from the departure before to this one; none for the first of a set";
    TempoRatio, "tempo_ratio", Ratio, Back, "time of the lowering over time of the raise";
    BackOutRatio, "back_out_ratio", Ratio, Back, "time of the way back over time of the way out";
    // Against the wearer's own first repetitions of the session
    OwnRomPct, "own_rom_pct", Percent, Back, "travel of the signal in percent of the wearer's own: the median of the first five in a row of this session that agree within a quarter; none before";
    OwnTimePct, "own_time_pct", Percent, Back, "time beyond half of the way, the pause at the far end included, in percent of the wearer's own, likewise";
    // Speed
    SpeedPeak, "speed_peak", DegreesPerSecond, Back, "largest speed of the signal in the repetition";
    SpeedPeakLower, "speed_peak_lower", DegreesPerSecond, Lower, "largest speed of the signal while lowering";
    SpeedPeakRaise, "speed_peak_raise", DegreesPerSecond, Raise, "largest speed of the signal in the raise";
    SpeedMeanLower, "speed_mean_lower", DegreesPerSecond, Lower, "mean speed of the signal while lowering: its way over its time";
    SpeedMeanRaise, "speed_mean_raise", DegreesPerSecond, Raise, "mean speed of the signal in the raise: its way over its time";
    SpeedRatioOut, "speed_ratio_out", Ratio, Back, "largest over mean speed on the way out; one smooth move has 1.9";
    SpeedEnd, "speed_end", DegreesPerSecond, Back, "largest speed of the signal within the last 30 degrees of the way back";
    TurnAcc, "turn_acc", DegreesPerSecondSquared, Back, "largest angular acceleration within 150 ms of the turn";
    Stick, "stick", Ratio, Raise, "lowest speed in the middle 20 to 80 % of the raise over its mean speed";
    SparcLower, "sparc_lower", Plain, Lower, "smoothness of the lowering, spectral arc length (Balasubramanian 2015); nearer 0 is smoother";
    SparcRaise, "sparc_raise", Plain, Raise, "smoothness of the raise, spectral arc length";
    LdljOut, "ldlj_out", Plain, Back, "smoothness of the way out, log dimensionless jerk of the speed (Balasubramanian 2015); nearer 0 is smoother; shaken by little tremor";
    LdljBack, "ldlj_back", Plain, Back, "smoothness of the way back, log dimensionless jerk of the speed";
    LdljAcc, "ldlj_acc", Plain, Back, "log dimensionless jerk of the gravity-free acceleration over the repetition (Melendez-Calderon 2021)";
    JerkRms, "jerk_rms", MetersPerSecondCubed, Back, "root mean square of the change of the gravity-free acceleration; compares repetitions of the same tempo only";
    // Sideways and around
    SideMax, "side_max", Degrees, Back, "largest held side tilt of the counting sensor against the start pose, without sign";
    TwistMax, "twist_max", Degrees, Back, "largest heading change since the repetition began, without sign; needs a gyroscope and an upright trunk";
    PelvisRoll, "pelvis_roll", Degrees, Back, "largest held |sigma - sigma0| of the pelvis";
    ThoraxRoll, "thorax_roll", Degrees, Back, "largest held |sigma - sigma0| of the thorax";
    Scissors, "scissors", Degrees, Back, "largest held difference of the rolls of thorax and pelvis";
    PelvisTwist, "pelvis_twist", Degrees, Back, "largest heading change of the pelvis since the repetition began, without sign; needs a gyroscope and an upright trunk";
    TwistGap, "twist_gap", Degrees, Back, "largest held difference of the heading changes of thorax and pelvis; needs two gyroscopes and an upright trunk";
    // The trunk, whether or not it counts
    ThetaMax, "theta_max", Degrees, Back, "largest held theta of the trunk against standing";
    ThetaMin, "theta_min", Degrees, Back, "smallest held theta of the trunk against standing";
    TrunkRange, "trunk_range", Degrees, Back, "range of theta of the trunk in the repetition";
    ThetaFar, "theta_far", Degrees, Back, "mean theta of the trunk in the pause at the far end, against standing; at the turn where there is none";
    TrunkLevel, "trunk_level", Degrees, Back, "mean theta of the trunk in the repetition, against standing";
    TrunkPitch, "trunk_pitch", Degrees, Back, "largest held |theta - theta0| of the trunk";
    TrunkSide, "trunk_side", Degrees, Back, "largest held |sigma - sigma0| of the trunk";
    TrunkRoll, "trunk_roll", Degrees, Back, "largest held turn of the trunk about its long axis against the start pose; for lying poses";
    TrunkTwist, "trunk_twist", Degrees, Back, "largest heading change of the trunk since the repetition began, without sign; needs a gyroscope and an upright trunk";
    TiltChange, "tilt_change", Degrees, Back, "the larger of trunk_pitch and trunk_side";
    TrunkSpeedPeak, "trunk_speed_peak", DegreesPerSecond, Back, "largest speed of rotation of the trunk; needs a gyroscope";
    TurnRange, "turn_range", Degrees, Back, "range of theta of the trunk during the pause at the far end; none where there is no pause";
    HipsFirst, "hips_first", Degrees, Raise, "rise of theta of the trunk in the first 30 % of the raise: the hips go up before the shoulders";
    // Pelvis, thorax and spine
    PelvisTiltMax, "pelvis_tilt_max", Degrees, Back, "largest held theta_P - theta_P0: forward tilt of the pelvis";
    PelvisTiltMin, "pelvis_tilt_min", Degrees, Back, "smallest held theta_P - theta_P0: backward tilt of the pelvis is negative";
    ThoraxPitch, "thorax_pitch", Degrees, Back, "largest held |theta_T - theta_T0|";
    LumflexMin, "lumflex_min", Degrees, Hold, "smallest held lumbar flexion against standing; extension is negative";
    LumflexTurnPct, "lumflex_turn_pct", Percent, Back, "lumbar flexion at the far end as a share of the wearer's own full bend";
    LumflexChange, "lumflex_change", Degrees, Back, "largest held |lumflex - lumflex0|";
    LumflexMaxPct, "lumflex_max_pct", Percent, Back, "largest held lumbar flexion as a share of the wearer's own full bend";
    LumflexEndPct, "lumflex_end_pct", Percent, Hold, "largest held lumbar extension as a share of the wearer's own full extension (lumext_full_deg); extension is positive";
    LumflexCreep, "lumflex_creep", Degrees, Back, "largest held lumbar flexion of this repetition minus that of the first of the set; none for the first";
    PelvisTuck, "pelvis_tuck", Degrees, Back, "fall of theta_P within the last 20 % of the way out";
    SlopeGap, "slope_gap", Degrees, Back, "|theta_P - theta_P0| minus |theta_T - theta_T0| at the far end: how much steeper the pelvis lies than the thorax";
    Rocking, "rocking", Degrees, Back, "by how much thorax and pelvis tip the same way: the smaller of their ranges where they go together, 0 where they do not";
    PhaseCorr, "phase_corr", Plain, Back, "correlation of theta_T with theta_P over the repetition, from -1 (opposite) to 1 (together)";
    PelvisShare, "pelvis_share", Ratio, Back, "range of the pelvis over range of the thorax";
    // Limbs
    LimbElevMax, "limb_elev_max", Degrees, Back, "largest held elevation of the limb against the horizontal, far end up positive";
    LimbElevHold, "limb_elev_hold", Degrees, Back, "mean elevation of the limb during the hold";
    ThighForward, "thigh_forward", Degrees, Back, "largest held forward turn of the thigh against standing";
    // Holds
    HoldBreaks, "hold_breaks", Count, Back, "times the hold was lost and found again: limb down by 15 degrees, or pelvis away by 8";
    SwayAcc, "sway_acc", MetersPerSecondSquared, Back, "mean gravity-free acceleration of the hold without 0.5 s at each end; none below 3 s";
    SwayAngle, "sway_angle", Degrees, Back, "root mean square of sigma and theta about their mean in the hold, the larger one";
    SwayGyro, "sway_gyro", DegreesPerSecond, Back, "root mean square of the speed of rotation in the hold without 0.5 s at each end; none below 3 s or without a gyroscope";
    Wobble, "wobble", DegreesPerSecond, Back, "root mean square of the speed of rotation of the trunk in the half second around the far end; needs a gyroscope";
    // Up and down
    VertTravel, "vert_travel", Centimeters, Back, "vertical way of the sensor in the repetition, between two still moments";
    DropSpeed, "drop_speed", MetersPerSecond, Back, "largest downward speed of the sensor";
    TurnAccVertical, "turn_acc_vertical", MetersPerSecondSquared, Back, "largest upward acceleration above gravity within 150 ms of the turn";
    Impact, "impact", MetersPerSecondSquared, Back, "largest measured force above gravity, per mass, in the repetition";
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
    RomSymmetry, "rom_symmetry", Percent, Set, "symmetry index of the travel of both sides: their medians' difference over their mean; four repetitions a side or more";
    TimeSymmetry, "time_symmetry", Percent, Set, "symmetry index of the time of both sides, way out and way back together; four repetitions a side or more";
    RomConsistency, "rom_consistency", Percent, Set, "standard deviation of the travel over its mean; five repetitions or more";
    TempoConsistency, "tempo_consistency", Percent, Set, "standard deviation of the raise time over its mean; five repetitions or more";
    RomTrend, "rom_trend", PercentPerRep, Set, "Theil-Sen slope of the travel over its median; six repetitions or more, and only where its sign is sure (bootstrap, 90 %)";
    SpeedTrend, "speed_trend", PercentPerRep, Set, "Theil-Sen slope of the mean raise speed over its median; six repetitions or more, and only where its sign is sure (bootstrap, 90 %)";
    TrunkLevelGrowth, "trunk_level_growth", Degrees, Set, "change of the trunk's mean theta: last three repetitions minus first three";
    TiltGrowth, "tilt_growth", Degrees, Set, "change of the trunk's side tilt: last three repetitions minus first three";
    SparcDrop, "sparc_drop", Plain, Set, "loss of smoothness: mean spectral arc length of first three repetitions minus last three, the worse of both ways";
    FormFading, "form_fading", Count, Set, "how many signs of tiring show: travel -15 %, raise time +25 %, raise speed -20 %, side tilt +4 degrees, lumbar flexion +8 degrees, smoothness -0.4";
    FinalLevelPct, "final_level_pct", Percent, Set, "where the signal stays after the last repetition: 0 at its smallest (most upright), 100 at its usual far end";
    FinalHold, "final_hold", Seconds, Set, "time at rest from the last repetition to the end of the set";
    HoldTimeSymmetry, "hold_time_symmetry", Percent, Set, "symmetry index of the times of left and right holds";
    // Holds of their own
    HoldTime, "hold_time", Seconds, Held, "time of the hold";
    HeldBreaks, "held_breaks", Count, Held, "times the hold was lost for a moment and found again";
    HoldDrift, "hold_drift", Degrees, Held, "mean of the last 2 s minus mean of the first 2 s, of theta or sigma, the larger without sign; none below 5 s";
    HoldThetaFall, "hold_theta_fall", Degrees, Held, "largest held fall of theta from the set pose";
    HoldThetaRise, "hold_theta_rise", Degrees, Held, "largest held rise of theta from the set pose";
    HoldThetaMax, "hold_theta_max", Degrees, Held, "largest held theta against standing";
    HoldThetaMin, "hold_theta_min", Degrees, Held, "smallest held theta against standing";
    HoldSide, "hold_side", Degrees, Held, "largest held |sigma| from the set pose";
    HoldSideAbs, "hold_side_abs", Degrees, Held, "largest held |sigma| against standing";
    HoldAxisSag, "hold_axis_sag", Degrees, Held, "largest held change of the long axis's elevation from the set pose, without sign";
    HoldRoll, "hold_roll", Degrees, Held, "largest held turn about the long axis from the set pose; for lying poses";
    HoldLumflexMin, "hold_lumflex_min", Degrees, Held, "smallest held lumbar flexion from the set pose; extension is negative";
    HoldLumflexMax, "hold_lumflex_max", Degrees, Held, "largest held lumbar flexion from the set pose";
    HoldLumflexPct, "hold_lumflex_pct", Percent, Held, "largest held lumbar flexion against standing as a share of the wearer's own full bend";
    HoldChest, "hold_chest", Degrees, Held, "largest held |theta_T| from the set pose";
    HoldPelvis, "hold_pelvis", Degrees, Held, "largest held |theta_P| from the set pose";
    HoldTuck, "hold_tuck", Degrees, Held, "mean backward tilt of the pelvis during the hold against the start pose: theta_P0 - theta_P";
    HoldSwayAcc, "hold_sway_acc", MetersPerSecondSquared, Held, "mean gravity-free acceleration of the hold without 0.5 s at each end; none below 3 s";
    HoldSwayAngle, "hold_sway_angle", Degrees, Held, "root mean square of sigma and theta about their mean in the hold, the larger one; none below 3 s";
    HoldSwayGrowth, "hold_sway_growth", Ratio, Held, "mean gravity-free acceleration of the last third over that of the first third; none below 9 s";
    HoldBounce, "hold_bounce", Degrees, Held, "largest oscillation of theta or sigma faster than 0.5 Hz, peak to peak";
    HoldCreep, "hold_creep", Centimeters, Held, "upward travel during the hold; only as sure as the sensor's own drift allows, none where that is larger";
    BreathRate, "breath_rate", PerMinute, Held, "breaths a minute, from the slow tilt of chest or belly; none where movement hides it";
    BreathRatio, "breath_ratio", Ratio, Held, "time of breathing out over time of breathing in";
    BreathMotion, "breath_motion", MetersPerSecondSquared, Held, "movement other than breathing: root mean square of the gravity-free acceleration";
    BreathBelly, "breath_belly", Ratio, Held, "amplitude of breathing at the pelvis or belly sensor over that at the chest sensor";
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
            Q::PelvisRoll
            | Q::PelvisTiltMax
            | Q::PelvisTiltMin
            | Q::PelvisTuck
            | Q::PelvisTwist
            | Q::ArchGrowth
            | Q::HoldPelvis
            | Q::HoldTuck => MeasuredOn::Pelvis,
            Q::ThoraxRoll | Q::ThoraxPitch | Q::HoldChest => MeasuredOn::Thorax,
            Q::Scissors
            | Q::TwistGap
            | Q::LumflexMin
            | Q::LumflexTurnPct
            | Q::LumflexChange
            | Q::LumflexMaxPct
            | Q::LumflexEndPct
            | Q::LumflexCreep
            | Q::LumflexGrowth
            | Q::PelvisShare
            | Q::SlopeGap
            | Q::Rocking
            | Q::PhaseCorr
            | Q::HoldLumflexMin
            | Q::HoldLumflexMax
            | Q::HoldLumflexPct
            | Q::BreathBelly => MeasuredOn::ThoraxAndPelvis,
            Q::LimbElevMax | Q::LimbElevHold => MeasuredOn::Limb,
            Q::ThighForward => MeasuredOn::Thigh,
            Q::HoldBreaks | Q::SideCountGap => MeasuredOn::PelvisOrLimb,
            Q::SittingMin => MeasuredOn::Pelvis,
            Q::SwayAcc | Q::SwayAngle | Q::SwayGyro | Q::SideSymmetry => MeasuredOn::Trunk,
            Q::ThetaMax
            | Q::ThetaMin
            | Q::TrunkRange
            | Q::ThetaFar
            | Q::TrunkLevel
            | Q::TrunkPitch
            | Q::TrunkSide
            | Q::TrunkRoll
            | Q::TrunkTwist
            | Q::TiltChange
            | Q::TrunkSpeedPeak
            | Q::TurnRange
            | Q::HipsFirst
            | Q::Wobble
            | Q::JerkRms
            | Q::LdljAcc
            | Q::VertTravel
            | Q::DropSpeed
            | Q::TurnAccVertical
            | Q::Impact
            | Q::TrunkLevelGrowth
            | Q::TiltGrowth => MeasuredOn::Trunk,
            Q::HoldTime
            | Q::HeldBreaks
            | Q::HoldDrift
            | Q::HoldThetaFall
            | Q::HoldThetaRise
            | Q::HoldThetaMax
            | Q::HoldThetaMin
            | Q::HoldSide
            | Q::HoldSideAbs
            | Q::HoldAxisSag
            | Q::HoldRoll
            | Q::HoldSwayAcc
            | Q::HoldSwayAngle
            | Q::HoldSwayGrowth
            | Q::HoldBounce
            | Q::HoldCreep
            | Q::HoldTimeSymmetry
            | Q::BreathRate
            | Q::BreathRatio
            | Q::BreathMotion => MeasuredOn::Tested,
            Q::SlouchPct | Q::Lean | Q::PostureRange | Q::NoWalkMin => MeasuredOn::Trunk,
            Q::NeutralShift => MeasuredOn::Any,
            _ => MeasuredOn::Counting,
        }
    }

    /// The setting with the wearer's own range that it is a share of, where it is one.
    pub const fn own_range(self) -> Option<&'static str> {
        use Quantity as Q;
        match self {
            Q::LumflexTurnPct | Q::LumflexMaxPct | Q::HoldLumflexPct => Some("lumflex_full_deg"),
            Q::LumflexEndPct => Some("lumext_full_deg"),
            _ => None,
        }
    }

    /// The smallest limit, degrees, that a sensor can vouch for; none where the error of an angle is not the
    /// measure. One segment's tilt: 5; the angle between two segments: 8.
    pub const fn finest_limit(self) -> Option<f64> {
        use Quantity as Q;
        match (self, self.measured_on()) {
            // A spread about the wearer's own mean: a constant error cancels.
            (Q::SwayAngle | Q::PostureRange | Q::HoldSwayAngle | Q::HoldBounce, _) => None,
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
    /// One on the upper body or the pelvis; of both, the one on the upper body, unless the quantity says otherwise.
    Trunk,
    /// The one that a hold is tested by.
    Tested,
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
            MeasuredOn::CountingTrunk
            | MeasuredOn::Trunk
            | MeasuredOn::Tested
            | MeasuredOn::ThoraxAndPelvis => is_thorax || is_pelvis,
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
            MeasuredOn::Tested => "the sensor that the hold is tested by",
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
    /// Hundredths a repetition.
    PercentPerRep,
    /// One number over another of its kind.
    Ratio,
    /// A number of things.
    Count,
    /// Centimeters.
    Centimeters,
    /// m/s.
    MetersPerSecond,
    /// m/s².
    MetersPerSecondSquared,
    /// m/s³.
    MetersPerSecondCubed,
    /// Times a minute.
    PerMinute,
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
            Unit::PercentPerRep => " %/rep",
            Unit::Centimeters => " cm",
            Unit::MetersPerSecond => " m/s",
            Unit::MetersPerSecondSquared => " m/s²",
            Unit::MetersPerSecondCubed => " m/s³",
            Unit::PerMinute => " /min",
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
    /// One hold, for exercises that are holds: judged when it ends.
    Held,
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
