//! Front ends: what the wearer sees, hears and feels. All of them show the same events; none decides anything.

// Events as lines for people and for programs.
pub mod lines;
// Which event is which signal: bell, buzz, word.
pub mod signal;
// Text from outside, made harmless.
mod text;

pub use text::clean;
