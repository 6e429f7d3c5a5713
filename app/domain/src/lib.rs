//! What the plan says, as pure functions: the same code answers in the browser and on the server.
//!
//! Nothing here does I/O, reads a clock or draws chance; the caller passes all of it in. The cargo feature
//! `server` adds what the browser never needs: reading plan documents and building calendars from rules.

pub mod attainment;
pub mod calendar;
pub mod certificate;
pub mod incident;
mod named;
pub mod people;
pub mod plan;
pub mod text;
pub mod triage;
