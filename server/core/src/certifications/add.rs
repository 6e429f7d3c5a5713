//! Adding one.

use domain::people::{Actor, Certification, Operation};

use super::{CertificationForm, Entered, NotAdded, kept, remind, unfit};
use crate::{
    CoreError, Portal,
    accounts::{self, Person},
    audit::{self, Entry, Kind},
    db::{Lock, Tx, lock, row},
    forms::NotSaved,
};

/// Adds a certification of a contact and gives its id.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add(
    portal: &Portal,
    actor: Actor,
    person: i64,
    form: &CertificationForm,
) -> Result<Result<i64, NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCertifications).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let (certification, wrongs) = form.read();
    let certification = match wrongs.or(certification) {
        Ok(certification) => certification,
        Err(not_saved) => return Ok(Err(not_saved)),
    };
    let mut tx = portal.db().write().await?;
    let Some(person) = accounts::find(&mut tx, person).await? else {
        return Ok(Err(NotSaved::NotFound));
    };
    match add_in(portal, &mut tx, actor, &person, &certification).await? {
        Ok(id) => {
            tx.commit().await?;
            Ok(Ok(id))
        }
        Err(not_added) => {
            tx.rollback().await?;
            Ok(Err(NotSaved::Invalid(not_added.into())))
        }
    }
}

/// The same inside of a transaction, without a check of who asks: the caller made it. Nothing is written where the
/// answer is [`NotAdded`], so that the transaction can go on.
async fn add_in(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    person: &Person,
    new: &Certification,
) -> Result<Result<i64, NotAdded>, CoreError> {
    // Two who add at once would each not see the other's.
    lock(tx, Lock::Certifications).await?;
    let held = kept(tx, person.id).await?;
    if let Some(not_added) = unfit(portal, person, new, &held) {
        return Ok(Err(not_added));
    }
    let inserted: Option<(i64,)> = row!(
        tx,
        "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO NOTHING RETURNING id",
        person.id,
        &new.track,
        &new.level,
        &new.number,
        new.issued.to_string(),
        new.expires.to_string(),
    )?;
    let Some((id,)) = inserted else {
        return Ok(Err(NotAdded::NumberTaken));
    };
    remind(tx, id, new).await?;
    let entry = Entry {
        actor,
        kind: Kind::CertificationAdded,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    audit::write(portal, tx, entry, audit::NOTHING, Some(&Entered::from(new))).await?;
    Ok(Ok(id))
}
