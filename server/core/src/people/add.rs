//! Somebody new.

use domain::people::{Actor, Operation};

use super::{EMAIL, PersonForm, State};
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::row,
    forms::{NotSaved, Wrong, Wrongs},
};

/// Adds a person without a password, to be invited, and gives their id.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add(
    portal: &Portal,
    actor: Actor,
    form: &PersonForm,
) -> Result<Result<i64, NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let mut tx = portal.db().write().await?;
    let (new, wrongs) = form.read(&mut tx).await?;
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    let inserted: Option<(i64,)> = row!(
        tx,
        "INSERT INTO people (customer_id, role, name, email, email_folded) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (email_folded) DO NOTHING RETURNING id",
        new.customer,
        new.role.name(),
        &new.name,
        &new.email,
        &new.email_folded,
    )?;
    let Some((id,)) = inserted else {
        return Ok(Err(NotSaved::Invalid(Wrongs::one(EMAIL, Wrong::Taken))));
    };
    let person = accounts::find(&mut tx, id)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let entry = Entry {
        actor,
        kind: Kind::PersonAdded,
        customer: new.customer,
        subject: &person.email,
    };
    let after = State::of(&person);
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&after)).await?;
    tx.commit().await?;
    Ok(Ok(id))
}
