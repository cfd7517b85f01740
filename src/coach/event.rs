//! Everything that the coach says.
//!
//! As JSON: angles in degrees, times in seconds since the start of the session.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::exercise::{Quantity, Severity, Unit};
use crate::input::{Segment, SensorId, Side};
use crate::motion::Validity;
use crate::units::{Angle, SessionTime};

/// One thing that the coach says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
#[non_exhaustive]
pub enum Event {
    /// Where a segment is now: one for each sample. Not kept in recordings, for it follows from the inputs.
    Posture(Posture),
    /// The signal that repetitions are counted by: one for each sample of the counting sensor once the start pose is known. Not kept either.
    Signal(SignalPoint),
    /// Another exercise of the programme begins: sets and repetitions are counted from 1 again.
    Exercise {
        /// When.
        at: SessionTime,
        /// Which step of the plan, from 0.
        index: u32,
        /// The exercise's id.
        id: String,
    },
    /// What the wearer is asked to do now.
    Setup {
        /// When.
        at: SessionTime,
        /// The step that begins.
        step: SetupStep,
    },
    /// How a sensor sits on the body is known.
    Mounted {
        /// When.
        at: SessionTime,
        /// Which sensor.
        sensor: SensorId,
        /// How it became known.
        how: Mounting,
        /// What is left unexplained: the angle error that the calibration itself adds.
        residual: Angle,
    },
    /// The start pose was held: angles count from here.
    Neutral {
        /// When.
        at: SessionTime,
        /// Which sensor.
        sensor: SensorId,
        /// Inclination θ0.
        theta: Angle,
        /// Side tilt σ0.
        sigma: Angle,
    },
    /// Readings are missing.
    Gap {
        /// Which sensor.
        sensor: SensorId,
        /// The last reading before.
        from: SessionTime,
        /// The first reading after.
        to: SessionTime,
        /// How many are missing, where the sensor counts.
        lost: Option<u32>,
        /// Repetitions that were probably done meanwhile, from the tempo of the set; never counted.
        reps_not_seen: u32,
    },
    /// A set begins.
    SetStarted {
        /// When.
        at: SessionTime,
        /// Its number, from 1.
        set: u32,
    },
    /// A set is over.
    SetEnded {
        /// When.
        at: SessionTime,
        /// Its number.
        set: u32,
        /// Counted repetitions, partial ones included, whatever the wearer says of the count.
        reps: u32,
        /// What was measured of the set as a whole, but for repetitions that the wearer took back.
        quantities: BTreeMap<Quantity, Measured>,
    },
    /// What is done was recognized, as far as a motion sensor can tell; said again when that changes. Only where no
    /// exercise was named.
    Recognized {
        /// When.
        at: SessionTime,
        /// The set.
        set: u32,
        /// What it looks like.
        movement: Movement,
        /// How sure that is, from 0 to 1: a share of evidence, not a measured probability.
        confidence: f64,
    },
    /// A repetition is counted: its number is said now.
    Rep(Rep),
    /// A repetition is judged: everything of it is known, its pause included.
    Judged(Judgement),
    /// A rule's limit was passed.
    Finding(Finding),
    /// The wearer is told something.
    Cue(Cue),
    /// The last counted repetition was taken back on the wearer's word: it stays counted, and is no part of verdicts.
    Undone {
        /// When.
        at: SessionTime,
        /// Its number.
        rep: u32,
    },
    /// The wearer's own count of a set, beside the automatic one and never over it. Repetitions counted afterwards
    /// add to both.
    Corrected {
        /// When.
        at: SessionTime,
        /// The set; the one to come where it was begun and nothing of it is counted yet.
        set: u32,
        /// As counted.
        counted: u32,
        /// As the wearer says.
        said: u32,
    },
    /// What the session waits for before it can begin; said again whenever it changes.
    Readiness {
        /// When.
        at: SessionTime,
        /// One for each thing that is needed.
        checks: Vec<Check>,
    },
    /// The session that the coach leads goes on to another phase.
    Phase {
        /// When.
        at: SessionTime,
        /// Which.
        phase: Phase,
        /// When it will end, where that is known.
        until: Option<SessionTime>,
    },
    /// A word that leads, and corrects nothing: count-in, tempo, the last repetition.
    Call {
        /// When.
        at: SessionTime,
        /// Which.
        call: Call,
        /// The word.
        text: String,
    },
    /// How the wearer sits now: one for each second of a posture session. Not kept in recordings, for it follows from the inputs.
    Sitting(Sitting),
    /// A posture session so far: said every few minutes and at its end.
    Day(Day),
    /// Something about a sensor or its data.
    Notice {
        /// When.
        at: SessionTime,
        /// Which sensor.
        sensor: SensorId,
        /// What.
        notice: Notice,
    },
}

/// How the wearer sits in one second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sitting {
    /// The end of the second.
    pub at: SessionTime,
    /// 0 in the wearer's own upright, 100 in their own slump; `None` where it cannot be told.
    pub slouch_pct: Option<f64>,
    /// Standard error of it.
    pub error_pct: Option<f64>,
    /// Side tilt against the wearer's own upright, right side down positive.
    pub lean: Option<Angle>,
    /// What the wearer does.
    pub mode: PostureMode,
    /// Minutes since the last break, by what the worn sensors can tell of one.
    pub since_break_min: f64,
}

/// What a second of a day was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostureMode {
    /// Behind the wearer's own upright: leaning back.
    Reclined,
    /// Near the wearer's own upright.
    Tall,
    /// Between there and the limit for a slump.
    Easy,
    /// Beyond that limit.
    Slumped,
    /// Tilted to a side beyond the limit for leaning.
    Leaning,
    /// Standing, where a sensor at the pelvis tells it.
    Standing,
    /// Walking.
    Walking,
    /// Seen, but without the set-up not to be sorted.
    Unsorted,
}

impl PostureMode {
    /// All of them, in the order in which they are shown.
    pub const ALL: [PostureMode; 8] = [
        PostureMode::Reclined,
        PostureMode::Tall,
        PostureMode::Easy,
        PostureMode::Slumped,
        PostureMode::Leaning,
        PostureMode::Standing,
        PostureMode::Walking,
        PostureMode::Unsorted,
    ];

    /// In a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            PostureMode::Reclined => "leaning back",
            PostureMode::Tall => "tall",
            PostureMode::Easy => "at ease",
            PostureMode::Slumped => "slumped",
            PostureMode::Leaning => "to one side",
            PostureMode::Standing => "standing",
            PostureMode::Walking => "walking",
            PostureMode::Unsorted => "not sorted",
        }
    }
}

/// A posture session so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// Up to when.
    pub at: SessionTime,
    /// Seconds that were seen.
    pub seen_s: f64,
    /// Seconds since the set-up that were not seen.
    pub unseen_s: f64,
    /// Seconds in each mode; those without any are left out.
    pub modes_s: BTreeMap<PostureMode, f64>,
    /// Seconds at each step of the way from upright to slump: ten percent a step, the first from -50 and below, the
    /// last from 150 on. Walking and standing are left out.
    pub slouch_s: Vec<f64>,
    /// Changes of position.
    pub changes: u32,
    /// The same for each hour seen.
    pub changes_per_hour: Option<f64>,
    /// Breaks: walks, and where the pelvis tells it stands, of more than a minute.
    pub breaks: u32,
    /// The longest time without a break, minutes.
    pub longest_min: f64,
    /// Times that the wearer was told something, by rule.
    pub nudges: BTreeMap<String, u32>,
}

impl Day {
    /// Steps of [`Day::slouch_s`].
    pub const STEPS: usize = 21;

    /// Where a step begins, percent; the first reaches down as far as there is anything.
    pub fn step_from(step: usize) -> f64 {
        step as f64 * 10.0 - 50.0
    }
}

/// One thing that a session needs before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Of which sensor.
    pub sensor: SensorId,
    /// What.
    pub need: Need,
    /// How it stands.
    pub state: CheckState,
}

/// What a session needs of a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The link stands.
    Link,
    /// Readings come, often enough to judge by.
    Readings,
    /// Charge for a session.
    Battery,
}

/// How something needed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As it should be.
    Met,
    /// Not yet: the session waits for it.
    Awaited,
    /// Poor; the session goes on all the same.
    Poor,
    /// Not known; the session goes on all the same.
    Unknown,
}

/// Where a led session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Sensors are awaited.
    Waiting,
    /// The wearer is led through the set-up.
    SettingUp,
    /// The start pose is held; three, two, one.
    CountIn,
    /// Repetitions are counted.
    Exercising,
    /// Between two sets; nothing is counted.
    Resting,
    /// The rest is over; the start pose is awaited.
    Arming,
    /// Something asked for a pause; nothing is counted.
    Paused,
    /// All sets are done.
    Finished,
}

/// Words that lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Three, two, one.
    CountIn(u8),
    /// Begin.
    Go,
    /// Tempo: up, or out.
    Lift,
    /// Tempo: stay.
    Hold,
    /// Tempo: down, or back.
    Lower,
    /// Half of the hold is done.
    Halfway,
    /// The hold was kept as long as was meant.
    HeldLongEnough,
    /// One repetition is left in the set.
    LastRep,
    /// The set is done.
    SetDone,
    /// The rest is over soon: take the start pose.
    TakePose,
    /// Another exercise begins.
    NextExercise,
    /// All sets are done.
    AllDone,
}

/// Where a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posture {
    /// When.
    pub at: SessionTime,
    /// Whose sensor.
    pub sensor: SensorId,
    /// Which part of the body.
    pub segment: Segment,
    /// Up in the sensor's own frame.
    pub up: [f64; 3],
    /// Inclination θ; `None` before the mounting is known.
    pub theta: Option<Angle>,
    /// Side tilt σ.
    pub sigma: Option<Angle>,
    /// Standard error of both.
    pub error: Angle,
    /// Whether they can be used.
    pub validity: Validity,
}

/// The angle that repetitions are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalPoint {
    /// When.
    pub at: SessionTime,
    /// 0 in the start pose, growing towards the far end.
    pub value: Angle,
    /// Standard error.
    pub error: Angle,
    /// Whether it can be used.
    pub validity: Validity,
}

/// The steps of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// Stand still.
    StandStill,
    /// Bend forward once, slowly, and come back.
    BendOnce,
    /// Take the start pose and hold it.
    HoldStartPose,
    /// Sit tall and hold still: for postures.
    SitTall,
    /// Let go into a slump and hold still: for postures.
    Slump,
    /// Go.
    Ready,
}

/// How a mounting became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mounting {
    /// Measured by standing still and one bend.
    Bend,
    /// Inferred from the first large movement: side and twist are of low confidence.
    FirstMovement,
    /// Only the turn away from the start pose is known, which is all that a limb needs.
    StartPose,
    /// Measured by sitting tall and letting go into a slump.
    Slump,
}

/// A repetition, as counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rep {
    /// Its number, from 1; each exercise of a programme begins anew.
    pub number: u32,
    /// The set, from 1.
    pub set: u32,
    /// Which side, where it is known.
    pub side: Option<Side>,
    /// Leaves the start pose.
    pub start: SessionTime,
    /// Furthest.
    pub turn: SessionTime,
    /// Back.
    pub end: SessionTime,
    /// When the count was made.
    pub at: SessionTime,
    /// Travel of the signal; of a hold, its time.
    pub rom: Extent,
    /// Largest signal; of a hold, its time.
    pub peak: Extent,
    /// Standard error of the angle that it was told by.
    pub error: Angle,
    /// What kind of repetition.
    pub kind: RepKind,
    /// Why it is doubtful, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// The count rests on a signal of low confidence.
    pub estimated: bool,
}

/// How a sensor looks worn, other than was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WornLooks {
    /// Its mark points to the feet.
    UpsideDown,
    /// On the belly or the chest.
    InFront,
    /// On the back.
    Behind,
}

/// How far or how long, by what was counted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extent {
    /// An angle.
    Turn(Angle),
    /// A way, centimeters.
    Travel {
        /// Centimeters.
        cm: f64,
    },
    /// A time, seconds.
    Held {
        /// Seconds.
        seconds: f64,
    },
}

impl Extent {
    /// A number in the unit of a signal.
    pub fn new(value: f64, unit: Unit) -> Extent {
        match unit {
            Unit::Centimeters => Extent::Travel { cm: value },
            Unit::Seconds => Extent::Held { seconds: value },
            _ => Extent::Turn(Angle::from_degrees(value)),
        }
    }

    /// The number, in its unit.
    pub fn value(self) -> f64 {
        match self {
            Extent::Turn(angle) => angle.degrees(),
            Extent::Travel { cm } => cm,
            Extent::Held { seconds } => seconds,
        }
    }

    /// What the number means.
    pub fn unit(self) -> Unit {
        match self {
            Extent::Turn(_) => Unit::Degrees,
            Extent::Travel { .. } => Unit::Centimeters,
            Extent::Held { .. } => Unit::Seconds,
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Extent::Turn(angle) => angle.fmt(f),
            Extent::Travel { cm } => write!(f, "{cm:.0} cm"),
            Extent::Held { seconds } => write!(f, "{seconds:.1} s"),
        }
    }
}

/// What a movement looks like to one motion sensor on the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// The trunk bends forward, backward, or both.
    Bend,
    /// The trunk bends to the side.
    SideBend,
    /// The trunk turns about the vertical.
    Twist,
    /// The trunk goes down and up again, such as in a squat.
    Squat,
    /// Between lying and sitting.
    SitUp,
    /// A limb is lifted and held.
    LimbLift,
    /// The body rolls while lying.
    Roll,
    /// Repeated, but not to be told.
    Unknown,
}

impl Movement {
    /// In a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            Movement::Bend => "bends",
            Movement::SideBend => "side bends",
            Movement::Twist => "twists",
            Movement::Squat => "squats",
            Movement::SitUp => "sit-ups",
            Movement::LimbLift => "limb lifts",
            Movement::Roll => "rolls",
            Movement::Unknown => "an exercise that is not known",
        }
    }
}

/// Why a repetition is doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Surely one, but part of it was not seen.
    NotSeen,
    /// It took longer than a repetition can.
    TooLong,
    /// Much smaller and much shorter than the wearer's others: perhaps none.
    Unlike,
}

/// What kind of repetition was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepKind {
    /// The full way.
    Full,
    /// Less than the full way.
    Partial,
    /// Part of it was not seen, or its angle cannot be trusted.
    Doubtful,
}

/// The verdict on a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to correct.
    Good,
    /// Some limit for a warning was passed.
    Warning,
    /// Counted, but less than the full way.
    Partial,
    /// Counted, but not to be judged.
    Doubtful,
}

/// Everything that is known of a repetition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// When it was complete.
    pub at: SessionTime,
    /// The repetition's number.
    pub rep: u32,
    /// The set.
    pub set: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Every quantity that could be measured, also those without a fault.
    pub quantities: BTreeMap<Quantity, Measured>,
    /// The rules whose limits were passed, worst first.
    pub findings: Vec<Finding>,
}

/// A number with what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// In the quantity's unit.
    pub value: f64,
    /// The worst validity of the samples behind it.
    pub validity: Validity,
}

/// A rule's limit was passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// When that was certain.
    pub at: SessionTime,
    /// The repetition; `None` for a finding on the set.
    pub rep: Option<u32>,
    /// The set.
    pub set: u32,
    /// The rule's id.
    pub rule: String,
    /// The fault in plain words.
    pub fault: String,
    /// What it asks for.
    pub severity: Severity,
    /// What was measured.
    pub quantity: Quantity,
    /// The value.
    pub value: f64,
    /// The limit that it passed.
    pub limit: f64,
    /// The unit of both.
    pub unit: Unit,
}

/// The wearer is told something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// When.
    pub at: SessionTime,
    /// About which repetition.
    pub rep: Option<u32>,
    /// What kind of cue.
    pub kind: CueKind,
    /// The rule behind it.
    pub rule: Option<String>,
    /// A few words.
    pub text: String,
}

/// Kinds of cues, the most pressing last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CueKind {
    /// A corrected fault stayed away: well done.
    RightAgain,
    /// Take it or leave it: a break, another position.
    Nudge,
    /// Change something.
    Correct,
    /// Pause and ask.
    Pause,
}

/// Something about a sensor or its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Notice {
    /// A packet could not be read; it was skipped.
    BadPacket {
        /// What is wrong with it.
        problem: String,
    },
    /// Readings hit the end of the sensor's range.
    Clipped,
    /// The calibration step has to be done again.
    CalibrationFailed {
        /// Why, and what to do.
        reason: String,
    },
    /// The sensor seems to have moved on the body: angles are not judged until the start pose is held again.
    Slipped {
        /// How far the start pose moved.
        by: Angle,
    },
    /// By its own axes the sensor does not sit as was said. Nothing is wrong with the angles: the wearer is asked.
    LooksWorn {
        /// How it looks.
        looks: WornLooks,
    },
    /// The link was lost.
    LinkLost,
    /// The link is back.
    LinkBack,
    /// Charge left.
    Battery {
        /// 0 to 100.
        percent: u8,
    },
}

impl Event {
    /// Whether recordings keep it: all but what follows from each single sample.
    pub fn is_kept(&self) -> bool {
        !matches!(
            self,
            Event::Posture(_) | Event::Signal(_) | Event::Sitting(_)
        )
    }
}
