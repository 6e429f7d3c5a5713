//! What happened to an incident. Rows are added and never changed; the database itself refuses it.

use domain::{
    calendar::Instant,
    incident::{Event, IncidentNumber, fold},
};

use super::{file::set_state, from_json, to_json};
use crate::{
    CoreError, Portal,
    db::{Tx, execute, row, rows},
};

/// Adds an event and brings the incident's row up to date, in one transaction. An event that changes nothing in the
/// incident's state is kept all the same. `false` if there is no such incident.
///
/// No permission is checked: the vendor's operations will, and so far only the sample data come here.
pub(crate) async fn append(
    portal: &Portal,
    number: IncidentNumber,
    at: Instant,
    by: Option<&str>,
    event: &Event,
) -> Result<bool, CoreError> {
    let mut tx = portal.db().write().await?;
    // The update of the row that it begins with makes a second writer on PostgreSQL wait here.
    let found: Option<(i64,)> = row!(
        tx,
        "UPDATE incidents SET state = state WHERE year = $1 AND number = $2 RETURNING id",
        i64::from(number.year),
        i64::from(number.count),
    )?;
    let Some((incident,)) = found else {
        return Ok(false);
    };
    append_in(&mut tx, incident, at, by, event).await?;
    tx.commit().await?;
    Ok(true)
}

/// The same inside of a transaction that holds the incident's row.
pub(crate) async fn append_in(
    tx: &mut Tx,
    incident: i64,
    at: Instant,
    by: Option<&str>,
    event: &Event,
) -> Result<(), CoreError> {
    let stored: Vec<(String,)> = rows!(
        tx,
        "SELECT event FROM events WHERE incident_id = $1 ORDER BY seq",
        incident
    )?;
    let mut events = stored
        .iter()
        .map(|(event,)| from_json("event", event))
        .collect::<Result<Vec<Event>, _>>()?;
    events.push(event.clone());
    let seq = i64::try_from(events.len()).map_err(|error| CoreError::stored("events", error))?;
    insert(tx, incident, seq, at, by, event).await?;
    let state =
        fold(&events).ok_or_else(|| CoreError::stored("events", "the first is not the notice"))?;
    set_state(tx, incident, state).await
}

/// Inserts an event and nothing else.
pub(super) async fn insert(
    tx: &mut Tx,
    incident: i64,
    seq: i64,
    at: Instant,
    by: Option<&str>,
    event: &Event,
) -> Result<(), CoreError> {
    execute!(
        tx,
        "INSERT INTO events (incident_id, seq, at, by_name, event) VALUES ($1, $2, $3, $4, $5)",
        incident,
        seq,
        at.0,
        by,
        to_json("event", event)?,
    )?;
    Ok(())
}
