//! Discarding a draft.

use domain::people::{Actor, Operation, allows};

use crate::{
    CoreError, Portal, audit,
    db::{execute, row},
};

/// Discards an open draft: whoever prepared it, whoever it was handed to, and a coordinator of the same customer may.
/// `false` if there is no such draft, it is over already, or it is not for `actor` to discard.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn discard(portal: &Portal, actor: Actor, id: i64) -> Result<bool, CoreError> {
    let Actor::Contact {
        contact,
        customer,
        coordinator,
    } = actor
    else {
        audit::refused(portal, actor, Operation::PrepareIncident).await?;
        return Ok(false);
    };
    if !allows(
        actor,
        actor.relation_to(customer),
        Operation::PrepareIncident,
    ) {
        audit::refused(portal, actor, Operation::PrepareIncident).await?;
        return Ok(false);
    }
    let mut tx = portal.db().write().await?;
    let discarded = execute!(
        tx,
        "UPDATE drafts SET discarded_at = $1
         WHERE id = $2 AND customer_id = $3 AND incident_id IS NULL AND discarded_at IS NULL
             AND ($4 OR prepared_by = $5 OR handed_to = $5)",
        portal.now().0,
        id,
        customer,
        coordinator,
        contact,
    )?;
    if discarded == 1 {
        tx.commit().await?;
        return Ok(true);
    }
    // One that is over already is refused to nobody whose it is.
    let over: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM drafts WHERE id = $1 AND customer_id = $2 AND ($3 OR prepared_by = $4 OR handed_to = $4)",
        id,
        customer,
        coordinator,
        contact,
    )?;
    tx.rollback().await?;
    if over.is_none() {
        audit::refused(portal, actor, Operation::PrepareIncident).await?;
    }
    Ok(false)
}
