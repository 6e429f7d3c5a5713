//! The open drafts that concern somebody.

use domain::{
    calendar::Instant,
    people::{Actor, Operation, allows},
};

use crate::{CoreError, Portal, db::rows};

/// A draft as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// The line that names it.
    pub title: String,
    /// The name of whoever prepared it.
    pub prepared_by: String,
    /// When, UTC.
    pub prepared_at: Instant,
    /// The name of whoever is to file it.
    pub handed_to: String,
    /// Whether that is who asks; else they prepared it.
    pub handed_to_you: bool,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    id: i64,
    title: String,
    prepared_by: String,
    prepared_at: i64,
    handed_to: String,
    handed_to_id: i64,
}

/// The open drafts that were handed to `actor` or prepared by them, the newest first. `None` for whoever is no customer's
/// contact.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(portal: &Portal, actor: Actor) -> Result<Option<Vec<Row>>, CoreError> {
    let Actor::Contact {
        contact, customer, ..
    } = actor
    else {
        return Ok(None);
    };
    if !allows(
        actor,
        actor.relation_to(customer),
        Operation::PrepareIncident,
    ) {
        return Ok(None);
    }
    let rows: Vec<ListRow> = rows!(
        portal.db().read().await?,
        "SELECT drafts.id, drafts.title, preparing.name AS prepared_by, drafts.prepared_at,
                filing.name AS handed_to, drafts.handed_to AS handed_to_id
         FROM drafts JOIN people AS preparing ON preparing.id = drafts.prepared_by
         JOIN people AS filing ON filing.id = drafts.handed_to
         WHERE drafts.customer_id = $1 AND (drafts.handed_to = $2 OR drafts.prepared_by = $2)
             AND drafts.incident_id IS NULL AND drafts.discarded_at IS NULL
         ORDER BY drafts.id DESC",
        customer,
        contact,
    )?;
    let rows = rows.into_iter().map(|row| Row {
        id: row.id,
        title: row.title,
        prepared_by: row.prepared_by,
        prepared_at: Instant(row.prepared_at),
        handed_to: row.handed_to,
        handed_to_you: row.handed_to_id == contact,
    });
    Ok(Some(rows.collect()))
}
