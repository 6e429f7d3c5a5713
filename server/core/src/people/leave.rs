//! Somebody left, and somebody came back.

use domain::people::{Actor, Operation, Role};

use super::{State, hold, is_last_administrator, shut_out, unassign_all, withdraw};
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::{Lock, execute, lock},
};

/// Why somebody did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLeft {
    /// There is no such person, or they are not for the one who asks to manage.
    NotFound,
    /// Nobody would be left to administer the portal.
    LastAdministrator,
}

/// A person left: their sessions and links end, their seat and their customers are free. What they did stays theirs.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn leave(
    portal: &Portal,
    actor: Actor,
    person: i64,
) -> Result<Result<(), NotLeft>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(Err(NotLeft::NotFound));
    }
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::Administrators).await?;
    let Some(person) = hold(&mut tx, person).await? else {
        return Ok(Err(NotLeft::NotFound));
    };
    if person.role == Role::Administrator && is_last_administrator(&mut tx, person.id).await? {
        return Ok(Err(NotLeft::LastAdministrator));
    }
    withdraw(portal, &mut tx, actor, &person).await?;
    unassign_all(portal, &mut tx, actor, &person).await?;
    execute!(
        tx,
        "UPDATE people SET left_at = $2 WHERE id = $1",
        person.id,
        portal.now().0
    )?;
    shut_out(&mut tx, person.id).await?;
    let entry = Entry {
        actor,
        kind: Kind::PersonLeft,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    let before = State::of(&person);
    audit::write(portal, &mut tx, entry, Some(&before), audit::NOTHING).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Somebody who left is back, with the role and the password that they had; not designated. `false` if nobody of this
/// id left, or they are not for `actor` to manage.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn come_back(portal: &Portal, actor: Actor, person: i64) -> Result<bool, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(false);
    }
    let mut tx = portal.db().write().await?;
    let back = execute!(
        tx,
        "UPDATE people SET left_at = NULL WHERE id = $1 AND left_at IS NOT NULL",
        person
    )?;
    if back == 0 {
        return Ok(false);
    }
    let person = accounts::find(&mut tx, person)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let entry = Entry {
        actor,
        kind: Kind::PersonAdded,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    let after = State::of(&person);
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&after)).await?;
    tx.commit().await?;
    Ok(true)
}
