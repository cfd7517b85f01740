//! backcoach.
