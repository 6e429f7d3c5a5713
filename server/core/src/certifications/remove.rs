//! Removing one that should never have been entered.

use domain::people::{Actor, Operation};

use super::{Entered, kept};
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::{Lock, execute, lock},
};

/// Removes a certification of a contact, and its reminders with it. `false` if there is none, or it is not for `actor`
/// to remove.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn remove(
    portal: &Portal,
    actor: Actor,
    person: i64,
    certification: i64,
) -> Result<bool, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCertifications).await? {
        return Ok(false);
    }
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::Certifications).await?;
    let Some(person) = accounts::find(&mut tx, person).await? else {
        return Ok(false);
    };
    let held = kept(&mut tx, person.id).await?;
    let Some(before) = held.iter().find(|kept| kept.id == certification) else {
        return Ok(false);
    };
    execute!(
        tx,
        "DELETE FROM certifications WHERE id = $1",
        certification
    )?;
    let entry = Entry {
        actor,
        kind: Kind::CertificationRemoved,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    let before = Entered::from(&before.certification);
    audit::write(portal, &mut tx, entry, Some(&before), audit::NOTHING).await?;
    tx.commit().await?;
    Ok(true)
}
