//! Any source of inputs, made worse.
