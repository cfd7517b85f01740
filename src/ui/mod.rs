//! Front ends: what the wearer sees, hears and feels. All of them show the same events; none decides anything.

// Signals as bells.
pub mod bell;
// Whose turn it is at the terminal.
pub mod foreground;
// What the wearer asks for, by key or by line.
pub mod keys;
// Events as lines for people and for programs.
pub mod lines;
// The wish to end.
pub mod quit;
// The whole terminal.
pub mod screen;
// Which event is which signal: bell, buzz, word.
pub mod signal;
// Text from outside, made harmless.
mod text;

pub use text::clean;
