//! What is kept of a session, as data.

/// What is true of a session whose movement is known.
pub mod truth;
