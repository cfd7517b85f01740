//! The numbers of all rules, each with its reason. All are starting points (exercises.md 5, mostly chosen there) and none
//! is a medical limit.

/// Movement before the first loaded set, seconds (PR-WARM): the least of "5 to 10 minutes of easy walking" that is not
/// nothing, for walking before the session is not seen.
pub const WARM_UP_SECS: f64 = 180.0;

/// Loaded sessions in seven days (PR-FREQ): trials found one to three a week enough.
pub const LOADED_A_WEEK: usize = 3;

/// Hours between two loaded sessions of the same lift (PR-FREQ): 48 are meant, and whoever comes a little early is let be.
pub const LOADED_APART_HOURS: f64 = 36.0;

/// Sessions in a row in which all went well (PR-UP).
pub const GOOD_SESSIONS: usize = 2;

/// Share of repetitions with something to correct that is still "well", percent (PR-UP).
pub const WELL_PCT: f64 = 10.0;

/// More in seven days than in the mean week of the four before, percent (PR-CAP).
pub const CAP_PCT: f64 = 20.0;

/// Weeks that the mean is taken of (PR-CAP).
pub const CAP_WEEKS: u32 = 4;

/// Share of repetitions with something to correct that asks for less, percent (PR-DOWN).
pub const DOWN_WARNED_PCT: f64 = 30.0;

/// Loss of range within a set that asks for less, percent (PR-DOWN).
pub const DOWN_ROM_LOSS_PCT: f64 = 25.0;

/// So much more pain, of 10, asks for less and for a professional's opinion (PR-DOWN, PR-PAIN1, PR-PAIN2).
pub const PAIN_UP: i16 = 2;

/// Pauses that rules asked for which end an exercise (PR-STOPSET).
pub const STOPS_END: u32 = 2;

/// Repetitions in a row with a warning of the same safety rule which end an exercise (PR-STOPSET).
pub const WARNED_IN_A_ROW_END: u32 = 3;

/// Mornings with more pain than before the day's exercise which pause loads (PR-PAIN2).
pub const WORSE_MORNINGS: usize = 2;

/// Within so many days such mornings count together (PR-PAIN2): chosen here, for what is a week old has passed.
pub const MORNINGS_DAYS: i32 = 7;

/// Soon after getting up, minutes (PR-MORNING).
pub const EARLY_MIN: u32 = 60;

/// Exercises that bend the lower back deeply or under load (PR-MORNING).
pub const BENDS: [&str; 6] = [
    "good_morning",
    "sldl",
    "deadlift",
    "roll_up",
    "towel_hamstring",
    "towel_hamstring_lying",
];
