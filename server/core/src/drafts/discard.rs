//! Discarding a draft.

use domain::people::{Actor, Operation, allows};

use crate::{CoreError, Portal, db::execute};

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
        return Ok(false);
    };
    if !allows(
        actor,
        actor.relation_to(customer),
        Operation::PrepareIncident,
    ) {
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
    tx.commit().await?;
    Ok(discarded == 1)
}
