//! A report as plain data: every number of the picture, and nothing that the picture decides by itself.
//!
//! As JSON: angles in degrees, times in seconds since the start of the session.

use serde::Serialize;

use crate::coach::{Day, Mounting, PostureMode, RepKind, Verdict};
use crate::exercise::{Comparator, Evidence, Quantity, RuleKind, Severity, Unit};
use crate::input::{Placement, Side};

/// Where the data of a report came from, as the caller knows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Origin {
    /// The file's name, without its folder; untrusted text.
    pub file: String,
    /// A name for the session or the wearer, if one is to be shown; untrusted text.
    pub title: Option<String>,
    /// When the session began, in the zone in which it is to be shown.
    pub started: Option<jiff::Zoned>,
    /// Made by the synthetic wearer, not by a person.
    pub synthetic: bool,
    /// SHA-256 of the recording, hexadecimal.
    pub recording_sha256: Option<String>,
    /// The version of this program.
    pub program_version: String,
    /// Lines of the recording that could not be read.
    pub lines_damaged: u64,
    /// For each sensor of the plan, whether it has a gyroscope, where that is known.
    pub gyroscope: Vec<Option<bool>>,
}

/// One session's report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Where the data came from.
    pub origin: Origin,
    /// The exercise's id.
    pub exercise: String,
    /// The name that people know.
    pub exercise_name: String,
    /// Exercise id and version of its rules.
    pub rule_set: String,
    /// From the first to the last thing that was seen, seconds.
    pub duration_s: f64,
    /// The sensors, in the plan's order.
    pub sensors: Vec<SensorReport>,
    /// How many repetitions of which verdict.
    pub counts: Counts,
    /// The sets.
    pub sets: Vec<SetReport>,
    /// The counting angle over the whole session.
    pub trace: Trace,
    /// What the exercise asks of the counting angle.
    pub targets: Vec<Target>,
    /// Where readings are missing.
    pub gaps: Gaps,
    /// Where the wearer stopped because something was wrong.
    pub stops: Vec<Stop>,
    /// Every repetition.
    pub reps: Vec<RepReport>,
    /// Repetitions that were counted but are too many to be listed.
    pub reps_not_listed: u32,
    /// All repetitions laid over one another.
    pub overlay: Overlay,
    /// Measures of each repetition beside their limits.
    pub strips: Vec<Strip>,
    /// What was noted, most pressing first.
    pub faults: Vec<Fault>,
    /// How the repetitions changed.
    pub trend: Trend,
    /// What to take home.
    pub summary: Summary,
    /// How far the angles can be trusted.
    pub accuracy: Accuracy,
    /// Hours of a posture, where that was kept in place of repetitions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posture: Option<PostureReport>,
}

impl Report {
    /// Whether what is counted are holds of a pose.
    pub fn is_of_holds(&self) -> bool {
        let first = self.strips.first();
        first.is_some_and(|strip| strip.quantity == Quantity::HoldTime)
    }
}

/// Hours of a posture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostureReport {
    /// The day in numbers; `None` if the set-up was never done.
    pub day: Option<Day>,
    /// Minute by minute; of very long days the first ones.
    pub minutes: Vec<PostureMinute>,
    /// What the wearer was told, in order.
    pub nudges: Vec<Nudge>,
    /// Nudges that are counted but not listed.
    pub nudges_not_listed: u32,
    /// The limits of the rules that were judged, the wearer's own settings included.
    pub limits: Vec<PostureLimit>,
}

/// One minute of a posture session.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PostureMinute {
    /// Where it begins.
    pub at_s: f64,
    /// What most of its seconds were.
    pub mode: PostureMode,
    /// The mean way from upright to slump, percent.
    pub slouch_pct: Option<f64>,
}

/// Something that the wearer was told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nudge {
    /// When.
    pub at_s: f64,
    /// The rule.
    pub rule: String,
    /// The words.
    pub text: String,
}

/// A rule on what lasts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostureLimit {
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub about: String,
    /// What is measured.
    pub quantity: Quantity,
    /// Which side is meant.
    pub when: Comparator,
    /// In the quantity's unit.
    pub value: f64,
    /// For so many minutes; 0 where the quantity is a time itself.
    pub after_min: f64,
}

/// One sensor and what is known of its data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensorReport {
    /// The driver's family.
    pub family: String,
    /// The device's name.
    pub name: String,
    /// Where it was worn.
    pub placement: Placement,
    /// The place in words.
    pub place: &'static str,
    /// Whether repetitions were counted by it.
    pub counts: bool,
    /// Readings a second outside gaps, Hz.
    pub rate_hz: Option<f64>,
    /// Whether it has a gyroscope, where known.
    pub gyroscope: Option<bool>,
    /// How the mounting became known; `None` if it never did.
    pub mounting: Option<Mounting>,
    /// Angle error that the calibration adds, degrees.
    pub residual_deg: Option<f64>,
    /// Inclination of the start pose, degrees.
    pub neutral_deg: Option<f64>,
    /// The calibration in one word.
    pub quality: CalibrationQuality,
    /// Packets that arrived, or samples where there are no packets.
    pub received: u64,
    /// Readings that the sensor counted and that never arrived.
    pub lost: u64,
    /// Packets that could not be read.
    pub bad_packets: u64,
    /// Times that readings hit the end of the range.
    pub clipped: u64,
    /// Times that the sensor seemed to have moved on the body.
    pub slips: u64,
}

/// A calibration in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationQuality {
    /// Measured, at most 2° unexplained.
    Good,
    /// Measured, at most 5° unexplained.
    Fair,
    /// Measured, more than 5° unexplained.
    Rough,
    /// Not measured but inferred: side and twist are of low confidence.
    Inferred,
    /// Only the start pose is known: all that a limb needs.
    StartPose,
    /// Never done.
    Unknown,
}

/// How many repetitions of which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All that were counted, whatever the wearer says: the sum of the next four and of `undone`.
    pub counted: u32,
    /// Nothing to correct.
    pub good: u32,
    /// Some limit for a warning was passed.
    pub warning: u32,
    /// Less than the full way.
    pub partial: u32,
    /// Counted, not judged.
    pub doubtful: u32,
    /// Probably done while readings were missing; never counted.
    pub not_seen: u32,
    /// Counted, and taken back on the wearer's word: in none of the verdicts.
    pub undone: u32,
    /// How many there were as the wearer says, where they corrected the count: a label, in none of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<u32>,
    /// Counted by a signal of low confidence; among the counted.
    pub estimated: u32,
}

impl Counts {
    /// Counted, and not taken back.
    pub fn standing(&self) -> u32 {
        self.counted.saturating_sub(self.undone)
    }

    /// The wearer's own count, where it is another than the automatic one.
    pub fn said_otherwise(&self) -> Option<u32> {
        self.said.filter(|said| *said != self.counted)
    }
}

/// One set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetReport {
    /// Its number, from 1.
    pub set: u32,
    /// Its first moment.
    pub from_s: f64,
    /// Its last moment; absent if it never ended.
    pub to_s: Option<f64>,
    /// Counted repetitions, those that were taken back included.
    pub reps: u32,
    /// Repetitions as the wearer says, where they corrected the count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<u32>,
    /// Loss of range, last three repetitions against the first three, percent.
    pub rom_loss: Option<f64>,
    /// Slope of the raise time, percent of its median for each repetition.
    pub tempo_trend: Option<f64>,
    /// Loss of raise speed, last against the best of the first three, percent.
    pub velocity_loss: Option<f64>,
    /// Change of the top level, degrees.
    pub top_rise: Option<f64>,
}

/// An angle over time, thinned to what a picture can show: the extremes of each stretch are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trace {
    /// Length of a stretch, seconds.
    pub step_s: f64,
    /// Where each stretch begins.
    pub at_s: Vec<f64>,
    /// Smallest value.
    pub low_deg: Vec<f64>,
    /// Largest value.
    pub high_deg: Vec<f64>,
    /// Whether the smallest came first.
    pub rising: Vec<bool>,
    /// Largest standard error.
    pub error_deg: Vec<f64>,
    /// Whether every value could be used to judge by.
    pub trusted: Vec<bool>,
}

/// What the exercise asks of the counting angle at one end of a repetition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Which end.
    pub end: TargetEnd,
    /// Below this is outside the target, degrees.
    pub low_deg: Option<f64>,
    /// Above this is outside the target, degrees.
    pub high_deg: Option<f64>,
    /// The limits behind it.
    pub limits: Vec<Limit>,
}

/// The two ends of a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetEnd {
    /// Where it turns.
    Far,
    /// The start pose.
    Start,
}

/// One limit of one rule, the wearer's own settings included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// The rule's id.
    pub rule: String,
    /// What is measured.
    pub quantity: Quantity,
    /// Which side is outside.
    pub when: Comparator,
    /// In the quantity's unit.
    pub value: f64,
    /// What passing it asks for.
    pub severity: Severity,
}

/// Where readings are missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Gaps {
    /// How many.
    pub count: u32,
    /// Together, seconds, each sensor for itself.
    pub seconds: f64,
    /// Readings known to be lost.
    pub lost: u64,
    /// Whether some gap's losses could not be counted.
    pub some_uncounted: bool,
    /// The longest of them, in order of time.
    pub spans: Vec<GapSpan>,
}

/// One stretch without readings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GapSpan {
    /// Which sensor, by its place in the plan.
    pub sensor: u8,
    /// The last reading before.
    pub from_s: f64,
    /// The first reading after.
    pub to_s: f64,
    /// Repetitions probably done meanwhile.
    pub reps_not_seen: u32,
}

/// A moment at which the wearer stopped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stop {
    /// When.
    pub at_s: f64,
    /// The set that it ended, if one was under way.
    pub set: Option<u32>,
    /// Why.
    pub reason: StopReason,
}

/// Why the wearer stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// It hurt.
    Pain,
}

/// One repetition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepReport {
    /// Its number in the session.
    pub number: u32,
    /// Its set.
    pub set: u32,
    /// Which side, where known.
    pub side: Option<Side>,
    /// What kind of repetition.
    pub kind: RepKind,
    /// The verdict; a repetition that was never judged is doubtful.
    pub verdict: Verdict,
    /// The wearer took it back: it stays counted, and is left out of verdicts, means and trends.
    pub taken_back: bool,
    /// The count rests on a signal of low confidence.
    pub estimated: bool,
    /// Leaves the start pose.
    pub start_s: f64,
    /// Furthest.
    pub turn_s: f64,
    /// Back.
    pub end_s: f64,
    /// Travel, degrees.
    pub rom_deg: f64,
    /// Furthest, degrees.
    pub peak_deg: f64,
    /// Standard error of both, degrees.
    pub error_deg: f64,
    /// Mean speed of the raise, degrees per second.
    pub raise_speed: Option<f64>,
    /// Everything measured, by the names of the exercise files.
    pub measured: std::collections::BTreeMap<Quantity, f64>,
}

/// All repetitions on one axis, from leaving the start pose (0 %) until back (100 %).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Overlay {
    /// Repetitions in the mean: those that were seen whole.
    pub reps: u32,
    /// Mean at each percent, degrees.
    pub mean_deg: Vec<f64>,
    /// Standard deviation at each percent, degrees; empty for fewer than two repetitions.
    pub sd_deg: Vec<f64>,
    /// Single repetitions; of very many, an even choice.
    pub curves: Vec<Curve>,
}

/// One repetition of the overlay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// The repetition's number.
    pub rep: u32,
    /// Its verdict.
    pub verdict: Verdict,
    /// The angle at each percent, degrees.
    pub values_deg: Vec<f64>,
}

/// One measure of every listed repetition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Strip {
    /// Its name for people.
    pub name: &'static str,
    /// What is measured.
    pub quantity: Quantity,
    /// Its unit.
    pub unit: Unit,
    /// For each listed repetition.
    pub values: Vec<Option<f64>>,
    /// The value in the middle; it and the next two leave out what was taken back.
    pub median: Option<f64>,
    /// 10 % of the values are smaller.
    pub p10: Option<f64>,
    /// 90 % of the values are smaller.
    pub p90: Option<f64>,
    /// The limits of the rules on it.
    pub limits: Vec<Limit>,
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// The rule's id.
    pub rule: String,
    /// The fault in plain words.
    pub fault: String,
    /// What it is about.
    pub kind: RuleKind,
    /// The most pressing that was reached.
    pub severity: Severity,
    /// Whether it is about sets, not repetitions.
    pub of_set: bool,
    /// Repetitions (or sets) with it.
    pub count: u32,
    /// Those of them that asked for a cue or a pause.
    pub warned: u32,
    /// Share of the counted repetitions that were not taken back (or of the sets), percent.
    pub percent: f64,
    /// What was measured.
    pub quantity: Quantity,
    /// The unit of the numbers here.
    pub unit: Unit,
    /// Which side of the limits is a fault; `None` if the rule is not in the exercise.
    pub when: Option<Comparator>,
    /// The limits of the rule, mildest first, the wearer's settings included.
    pub limits: Vec<Limit>,
    /// The middle of the values found.
    pub median: f64,
    /// The furthest from the limit.
    pub worst: f64,
    /// What the wearer is told.
    pub cue: Option<String>,
    /// How often it was told.
    pub cues_given: u32,
    /// How well the limit is founded.
    pub evidence: Option<Evidence>,
    /// Where it comes from, in full.
    pub sources: Vec<String>,
}

/// How the repetitions changed over the session.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trend {
    /// Range of each listed repetition, percent of the mean of the first three.
    pub rom_percent: Vec<Option<f64>>,
    /// Raise speed of each listed repetition, percent of the mean of the first three.
    pub raise_speed_percent: Vec<Option<f64>>,
    /// Theil-Sen slope of the range, percentage points for each repetition; six or more.
    pub rom_slope: Option<f64>,
    /// Theil-Sen slope of the raise speed, percentage points for each repetition.
    pub raise_speed_slope: Option<f64>,
    /// Signs that form was fading, in words; of the set that shows most of them.
    pub signs: Vec<String>,
    /// That set's number, where there are several sets.
    pub signs_of_set: Option<u32>,
}

/// What to take home: one good thing, at most two to change.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// What went well; absent where nothing was counted.
    pub positive: Option<String>,
    /// What to change.
    pub change: Vec<String>,
    /// What else should be known when reading the report.
    pub note: Option<String>,
}

/// How far the angles can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accuracy {
    /// The statement on the page.
    pub statement: String,
    /// Middle of the standard errors of the counting angle, degrees.
    pub median_error_deg: Option<f64>,
    /// 95 % of them are smaller, degrees.
    pub p95_error_deg: Option<f64>,
    /// Share of the readings that could not be used to judge by, percent.
    pub untrusted_percent: Option<f64>,
}
