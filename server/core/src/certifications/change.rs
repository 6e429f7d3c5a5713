//! Correcting one.

use domain::people::{Actor, Operation};

use super::{CertificationForm, Entered, Kept, NotAdded, kept, remind, unfit};
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::{Lock, execute, is_unique_violation, lock},
    forms::NotSaved,
};

/// Corrects a certification of a contact. Its reminders are planned anew.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn change(
    portal: &Portal,
    actor: Actor,
    person: i64,
    certification: i64,
    form: &CertificationForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCertifications).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let (new, wrongs) = form.read();
    let new = match wrongs.or(new) {
        Ok(new) => new,
        Err(not_saved) => return Ok(Err(not_saved)),
    };
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::Certifications).await?;
    let Some(person) = accounts::find(&mut tx, person).await? else {
        return Ok(Err(NotSaved::NotFound));
    };
    let (own, others): (Vec<Kept>, Vec<Kept>) = kept(&mut tx, person.id)
        .await?
        .into_iter()
        .partition(|kept| kept.id == certification);
    let Some(before) = own.into_iter().next() else {
        return Ok(Err(NotSaved::NotFound));
    };
    if before.certification == new {
        return Ok(Ok(()));
    }
    if let Some(not_added) = unfit(portal, &person, &new, &others) {
        return Ok(Err(NotSaved::Invalid(not_added.into())));
    }
    let updated = execute!(
        tx,
        "UPDATE certifications SET track = $2, level = $3, number = $4, issued_on = $5, expires_on = $6
         WHERE id = $1",
        certification,
        &new.track,
        &new.level,
        &new.number,
        new.issued.to_string(),
        new.expires.to_string(),
    );
    match updated {
        Err(error) if is_unique_violation(&error) => {
            tx.rollback().await?;
            return Ok(Err(NotSaved::Invalid(NotAdded::NumberTaken.into())));
        }
        updated => updated?,
    };
    remind(&mut tx, certification, &new).await?;
    let entry = Entry {
        actor,
        kind: Kind::CertificationChanged,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    let (before, after) = (Entered::from(&before.certification), Entered::from(&new));
    audit::write(portal, &mut tx, entry, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
