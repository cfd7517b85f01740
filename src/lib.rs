//! backcoach: a motion sensor on the trunk, repetitions counted, form checked, everything kept.
//!
//! The program is a straight line of plain functions and structs, without I/O, clock, task or lock:
//!
//! ```text
//!  packet ─► Reading ─► Attitude ─► Posture ─► Rep ─► Verdict ─► Cue
//!  sensors/   motion/clock  motion/orientation  motion/{calibration,angles}  coach/{sets,reps}  coach/{quantities,rules}  coach/cues
//! ```
//!
//! One entry, [`coach::Coach::handle`], takes every [`input::Input`] and returns its events: same
//! inputs, same events, whether they come from a radio, a file or a test. Around it is one loop
//! ([`session`]): source, coach, observers. Recorder, report and screens observe; none decides.
//!
//! **Invariant:** the modules are listed in reading order, and each imports only from those above it.

// The fixtures that unit tests share with benches name this crate from outside.
#[cfg(test)]
extern crate self as backcoach;

// Angles, times and rates that cannot be mixed up.
pub mod units;

// Lines that show their own damage.
pub mod sealed;

// Everything that can reach the coach.
pub mod input;

// Bytes to readings: one driver per family of sensors.
pub mod sensors;

// Readings to posture, with its error.
pub mod motion;

// Exercises as data: the schema and the library.
pub mod exercise;

// What is done one exercise after the other, what became of it, and what follows from that.
pub mod programme;

// Posture to events: sets, repetitions, quantities, rules, cues.
pub mod coach;

// Sessions in files: written so that nothing is lost, read whatever happened to them.
pub mod recording;

// Where inputs come from: recordings, tables, the synthetic wearer.
pub mod sources;

// The loop: source, coach, observers.
pub mod session;

// One page on one session.
pub mod report;

// What the wearer sees, hears and feels.
pub mod ui;

// The command line: one command per file.
pub mod cli;
