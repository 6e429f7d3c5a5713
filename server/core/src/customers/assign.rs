//! Which account manager looks after which customer.

use domain::people::{Actor, Operation, Role};
use serde::Serialize;

use super::{MANAGER, read};
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::execute,
    forms::{NotSaved, Wrong, Wrongs},
};

/// An assignment as the audit log keeps it.
#[derive(Serialize)]
pub(crate) struct Assignment<'a> {
    pub(crate) account_manager: &'a str,
}

/// Assigns an account manager to a customer; nothing happens if they look after it already.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn assign(
    portal: &Portal,
    actor: Actor,
    customer: i64,
    person: i64,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let mut tx = portal.db().write().await?;
    let Some((own, ..)) = read(&mut tx, customer).await? else {
        return Ok(Err(NotSaved::NotFound));
    };
    let Some(person) = accounts::find(&mut tx, person)
        .await?
        .filter(|person| person.role == Role::AccountManager)
    else {
        let wrongs = Wrongs::one(MANAGER, Wrong::NotOffered);
        return Ok(Err(NotSaved::Invalid(wrongs)));
    };
    let assigned = execute!(
        tx,
        "INSERT INTO assignments (customer_id, person_id) VALUES ($1, $2)
         ON CONFLICT (customer_id, person_id) DO NOTHING",
        customer,
        person.id,
    )?;
    if assigned == 1 {
        let entry = Entry {
            actor,
            kind: Kind::Assigned,
            customer: Some(customer),
            subject: &own.name,
        };
        let after = Assignment {
            account_manager: &person.email,
        };
        audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&after)).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes an assignment back. `false` if there was none, or it is not for `actor` to take back.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn unassign(
    portal: &Portal,
    actor: Actor,
    customer: i64,
    person: i64,
) -> Result<bool, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(false);
    }
    let mut tx = portal.db().write().await?;
    let own = read(&mut tx, customer).await?;
    let person = accounts::find(&mut tx, person).await?;
    let Some(((own, ..), person)) = own.zip(person) else {
        return Ok(false);
    };
    let unassigned = execute!(
        tx,
        "DELETE FROM assignments WHERE customer_id = $1 AND person_id = $2",
        customer,
        person.id,
    )?;
    if unassigned == 0 {
        return Ok(false);
    }
    let entry = Entry {
        actor,
        kind: Kind::Unassigned,
        customer: Some(customer),
        subject: &own.name,
    };
    let before = Assignment {
        account_manager: &person.email,
    };
    audit::write(portal, &mut tx, entry, Some(&before), audit::NOTHING).await?;
    tx.commit().await?;
    Ok(true)
}
