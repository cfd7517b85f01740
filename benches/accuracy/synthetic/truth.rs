//! What is true of a rule.

use std::collections::BTreeMap;

use backcoach::exercise::{Comparator, Quantity, Rule, Severity};

/// A true value lies clearly beyond, or clearly inside, a limit by this factor.
pub const CLEARLY: f64 = 1.3;

/// The limit that a rule is measured at: that of a warning, or what it has.
pub fn tier(rule: &Rule) -> Option<(Severity, f64)> {
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
pub fn is_true(rule: &Rule, limit: f64, truth: &BTreeMap<String, f64>) -> Option<bool> {
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
pub fn true_value(quantity: Quantity, truth: &BTreeMap<String, f64>) -> Option<f64> {
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
