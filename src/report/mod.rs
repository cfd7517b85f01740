//! One page on one session, for the wearer and their physiotherapist.
//!
//! ```text
//! inputs, events ─► Collector ─► Report ─► page (PNG, SVG)
//!                                   └────► JSON
//! ```
//!
//! [`Report`] is plain data and holds every number of the picture; the charts in `draw/` decide nothing
//! but where the ink goes. A [`Collector`] observes a session and stays small however long it is.
//!
//! **Invariant:** `draw/` is the only place that names plotters.

mod collector;
mod data;
mod draw;
mod errors;
mod gyroscopes;
mod laying;
mod limits;
mod measures;
mod numbers;
mod posture;
mod sections;
mod sensors;
mod stops;
mod summary;
mod tally;
mod thinning;
mod trend;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use collector::Collector;
pub use data::{
    Accuracy, CalibrationQuality, Counts, Curve, Fault, GapSpan, Gaps, Limit, Nudge, Origin,
    Overlay, PostureLimit, PostureMinute, PostureReport, RepReport, Report, SensorReport,
    SetReport, Stop, StopReason, Strip, Summary, Target, TargetEnd, Trace, Trend,
};
pub use draw::{PageSize, ReportError, render_png, render_svg};
pub use sections::Sections;
