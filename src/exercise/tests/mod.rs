//! One file for each part.

mod library;
mod messages;
mod schema;
mod worn;
