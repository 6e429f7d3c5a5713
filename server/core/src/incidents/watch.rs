//! What whoever has a page open asks again and again: whether there is more to see.

use domain::{
    incident::IncidentNumber,
    people::{Actor, Operation, allows},
};

use crate::{CoreError, Portal, accounts, audit, db::row};

/// How many events of an incident `actor` may see: as many as [`get`](super::get()) would give. `None` both if there is no
/// such incident and if it is not for them to see.
///
/// It counts, and gives no place in the history: a gap would tell a customer of a note.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn shown(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
) -> Result<Option<u32>, CoreError> {
    let mut reader = portal.db().read().await?;
    let found: Option<(i64, i64)> = row!(
        reader,
        "SELECT id, customer_id FROM incidents WHERE year = $1 AND number = $2",
        i64::from(number.year),
        i64::from(number.count),
    )?;
    let Some((incident, customer)) = found else {
        drop(reader);
        audit::not_there(portal, actor, Operation::ReadIncident).await?;
        return Ok(None);
    };
    let relation = accounts::relation(&mut reader, actor, customer).await?;
    if !allows(actor, relation, Operation::ReadIncident) {
        drop(reader);
        audit::refused(portal, actor, Operation::ReadIncident).await?;
        return Ok(None);
    }
    let counted: Option<(i64,)> = row!(
        reader,
        "SELECT COUNT(*) FROM events WHERE incident_id = $1 AND ($2 OR NOT internal)",
        incident,
        allows(actor, relation, Operation::ReadNotes),
    )?;
    let (count,) = counted.ok_or(sqlx::Error::RowNotFound)?;
    u32::try_from(count)
        .map(Some)
        .map_err(|error| CoreError::stored("number of events", error))
}

/// Whether the queue is for `actor` to see, without reading it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn sees_desk(portal: &Portal, actor: Actor) -> Result<bool, CoreError> {
    audit::permitted(portal, actor, Operation::ReadDesk).await
}
