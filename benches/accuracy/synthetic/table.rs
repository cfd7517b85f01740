//! What was measured, as text.

use super::truth::CLEARLY;
use super::{Errors, Results};

/// A hold is to be measured this well, s, and the breath, per minute.
const HOLD_SECS: f64 = 0.3;
const BREATHS: f64 = 1.0;

impl Results {
    /// The tables.
    pub fn table(&self, is_verbose: bool) -> String {
        let mut text = String::from("synthetic wearer: counting, outside gaps\n");
        text += &format!(
            "{:<46} {:>8} {:>8} {:>6} {:>7} {:>8} {:>8}\n",
            "exercise, sensors", "sessions", "exact %", "reps", "missed", "phantom", "doubtful"
        );
        for (group, counts) in &self.counts {
            let exact = f64::from(counts.exact) / f64::from(counts.sessions) * 100.0;
            text += &format!(
                "{group:<46} {:>8} {exact:>8.1} {:>6} {:>7} {:>8} {:>8}\n",
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
        text += &errors(
            "holds, seconds measured less true",
            &self.holds,
            HOLD_SECS,
            "s",
        );
        text += &errors(
            "breathing, breaths a minute measured less true",
            &self.breaths,
            BREATHS,
            "/min",
        );
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

/// One row for each group.
fn errors(
    title: &str,
    groups: &std::collections::BTreeMap<String, Errors>,
    wanted: f64,
    unit: &str,
) -> String {
    let mut text = format!(
        "\n{title}\n{:<30} {:>6} {:>14} {:>8} {:>8}\n",
        "exercise",
        "holds",
        format!("within {wanted} %"),
        "mean",
        "worst"
    );
    for (group, Errors(errors)) in groups {
        let count = errors.len().max(1) as f64;
        let within = errors.iter().filter(|error| error.abs() <= wanted).count() as f64;
        let mean = errors.iter().sum::<f64>() / count;
        let worst =
            errors.iter().copied().fold(
                0.0_f64,
                |worst, e| if e.abs() > worst.abs() { e } else { worst },
            );
        text += &format!(
            "{group:<30} {:>6} {:>14.1} {mean:>8.2} {worst:>8.2} {unit}\n",
            errors.len(),
            within / count * 100.0
        );
    }
    text
}
