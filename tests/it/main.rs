//! Everything that is tested from outside, in one program: one link step, and no helper unused.
#![allow(clippy::unwrap_used, clippy::panic)]

mod commands;
mod damage;
mod equivalence;
mod families;
mod house_rules;
mod laws;
mod peripherals;
mod readme;
mod recordings;
mod support;
mod tables;
mod told_at_once;
