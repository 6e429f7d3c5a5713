//! What whoever has a page open asks again and again: whether there is more to see.

use domain::{
    calendar::Instant,
    incident::{IncidentNumber, Stage, State},
    people::{Actor, Operation, allows},
};

use super::{desk::urgency, number, severity, state};
use crate::{
    CoreError, Portal, accounts, audit,
    db::{row, rows},
};

#[derive(sqlx::FromRow)]
struct OwedRow {
    year: i64,
    number: i64,
    severity: i16,
    state: String,
    plan_version: String,
    tier: String,
    zone: String,
    next_due_at: i64,
}

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

/// How near every due time of the queue is by now, which changes without that anything happens. `None` if the queue is not
/// for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn stages(
    portal: &Portal,
    actor: Actor,
) -> Result<Option<Vec<(IncidentNumber, Stage)>>, CoreError> {
    if !sees_desk(portal, actor).await? {
        return Ok(None);
    }
    let owed: Vec<OwedRow> = rows!(
        portal.db().read().await?,
        "SELECT year, number, severity, state, plan_version, tier, zone, next_due_at FROM incidents
         WHERE next_due_at IS NOT NULL AND state NOT IN ('resolved', 'closed', 'withdrawn') ORDER BY id",
    )?;
    let now = portal.now();
    let mut stages = Vec::with_capacity(owed.len());
    for row in owed {
        let response = state(&row.state)? == State::AwaitingResponse;
        let contract = (&*row.plan_version, &*row.zone, &*row.tier);
        let level = severity(row.severity)?;
        let due = Instant(row.next_due_at);
        if let Some(urgency) = urgency(portal, contract, (response, level), due, now) {
            stages.push((number(row.year, row.number)?, urgency.stage));
        }
    }
    Ok(Some(stages))
}
