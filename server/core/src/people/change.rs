//! Another name, address, role or customer.

use domain::people::{Actor, Operation, Role};

use super::{EMAIL, PersonForm, ROLE, State, hold, is_last_administrator, unassign_all, withdraw};
use crate::{
    CoreError, Portal,
    accounts::{self, Person},
    audit::{self, Entry, Kind},
    db::{Lock, execute, is_unique_violation, lock},
    forms::{NotSaved, Wrong, Wrongs},
};

impl<'a> State<'a> {
    pub(super) fn of(person: &'a Person) -> Self {
        Self {
            name: &person.name,
            email: &person.email,
            role: person.role,
            customer: person
                .customer
                .as_ref()
                .map(|customer| customer.name.as_str()),
        }
    }
}

/// Changes a person who has not left. What they may do follows with their next request: each asks for their role anew.
///
/// A contact who goes to another customer or to the vendor gives their seat back; an account manager who becomes
/// something else gives their customers back. One administrator is left whatever happens at once.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn change(
    portal: &Portal,
    actor: Actor,
    person: i64,
    form: &PersonForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::Administrators).await?;
    let Some(before) = hold(&mut tx, person).await? else {
        return Ok(Err(NotSaved::NotFound));
    };
    let (new, mut wrongs) = form.read(&mut tx).await?;
    if before.role == Role::Administrator
        && wrongs.of(ROLE).is_none()
        && new.role != Role::Administrator
        && is_last_administrator(&mut tx, person).await?
    {
        wrongs.add(ROLE, Wrong::LastAdministrator);
    }
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    // First: the count of seats goes by the customer that they had.
    if before.customer.as_ref().map(|customer| customer.id) != new.customer {
        withdraw(portal, &mut tx, actor, &before).await?;
    }
    if before.role == Role::AccountManager && new.role != Role::AccountManager {
        unassign_all(portal, &mut tx, actor, &before).await?;
    }
    let updated = execute!(
        tx,
        "UPDATE people SET name = $2, email = $3, email_folded = $4, role = $5, customer_id = $6 WHERE id = $1",
        person,
        &new.name,
        &new.email,
        &new.email_folded,
        new.role.name(),
        new.customer,
    );
    match updated {
        Err(error) if is_unique_violation(&error) => {
            tx.rollback().await?;
            return Ok(Err(NotSaved::Invalid(Wrongs::one(EMAIL, Wrong::Taken))));
        }
        updated => updated?,
    };
    let after = accounts::find(&mut tx, person)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let (was, is) = (State::of(&before), State::of(&after));
    if was != is {
        // A customer that they leave reads of it as well as the one that they come to.
        let ids = [&before, &after].map(|one| one.customer.as_ref().map(|customer| customer.id));
        let both: &[Option<i64>] = match ids {
            [Some(from), Some(to)] if from != to => &[Some(from), Some(to)],
            [from, to] => &[from.or(to)],
        };
        for customer in both {
            let entry = Entry {
                actor,
                kind: Kind::PersonChanged,
                customer: *customer,
                subject: &after.email,
            };
            audit::write(portal, &mut tx, entry, Some(&was), Some(&is)).await?;
        }
    }
    tx.commit().await?;
    Ok(Ok(()))
}
