//! Incidents: filed by a contact or logged by an engineer; seen by everybody of the same customer and by the vendor's people
//! whom the permission table names.
//!
//! An incident is its events (`events.rs`); its row is their sum, so that a list is one query. What it was filed
//! under (plan, calendar and time zone data, tier, zone, outcome, explanation) is stored with it and never changed.

mod attainment;
mod deadline;
mod decide;
mod desk;
pub(crate) mod events;
pub(crate) mod file;
mod filed;
mod get;
mod history;
mod life;
mod list;
mod log;
mod people;
mod warn;
mod watch;

use domain::{incident::IncidentNumber, plan::Severity};

use crate::CoreError;

pub(crate) use attainment::count_old;
pub use attainment::{Attained, Scope, attained, counted_customers};
pub use deadline::{Explained, Why, deadline};
pub(crate) use decide::Rules;
pub use desk::{Counts, Desk, DeskFilter, MOST_SHOWN, Next, Owed, Whose, desk};
pub use file::{Filed, NewIncident, NotFiled, Preview, Reviewed, file, review};
pub(crate) use get::as_seen_by;
pub use get::{Incident, get};
pub(crate) use history::chain_old;
pub use history::{Broken, Fault, Verified, verify};
pub use life::{NotTaken, Taken, close_silent, party, take};
pub(crate) use life::{hashed_key, key_of, take_once};
pub use list::{
    Cursor, Due, Filter, MOST_PER_PAGE, MOST_SEARCH, NotACursor, Page, Position, Row, list,
};
pub use log::{Caller, Found, NewNotice, NotLogged, caller, callers, log, review_log};
pub use people::{Nameable, nameable};
pub use warn::warn;
pub use watch::{sees_desk, shown, stages};

/// A stored number.
pub(crate) fn number(year: i64, number: i64) -> Result<IncidentNumber, CoreError> {
    u16::try_from(year)
        .ok()
        .zip(u32::try_from(number).ok())
        .map(|(year, count)| IncidentNumber { year, count })
        .ok_or_else(|| CoreError::stored("incident number", format!("{year}, {number}")))
}

/// A stored severity.
fn severity(number: i16) -> Result<Severity, CoreError> {
    u8::try_from(number)
        .ok()
        .and_then(Severity::new)
        .ok_or_else(|| CoreError::stored("severity", number))
}

/// A stored state.
fn state(name: &str) -> Result<domain::incident::State, CoreError> {
    domain::incident::State::parse(name).ok_or_else(|| CoreError::stored("state", name))
}

/// Stored JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    what: &'static str,
    json: &str,
) -> Result<T, CoreError> {
    serde_json::from_str(json).map_err(|error| CoreError::stored(what, error))
}

/// JSON to be stored.
fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, CoreError> {
    serde_json::to_string(value).map_err(|error| CoreError::stored(what, error))
}
