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
/// something else gives their customers back. With another address, role or customer, links that were made before open
/// nothing. One administrator is left whatever happens at once.
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
    let [from, to] = [&before, &after].map(|one| one.customer.as_ref().map(|customer| customer.id));
    if (&before.email, before.role, from) != (&after.email, after.role, to) {
        // They were handed to whoever reads the old address, by whoever kept that customer's contacts.
        accounts::end_links(&mut tx, person).await?;
    }
    if was != is {
        let entry = |customer, subject| Entry {
            actor,
            kind: Kind::PersonChanged,
            customer,
            subject,
        };
        if from.is_some() && to.is_some() && from != to {
            // The customer that they leave reads what they were, the one that they come to what they are: neither learns
            // of the other.
            let left = entry(from, before.email.as_str());
            audit::write(portal, &mut tx, left, Some(&was), audit::NOTHING).await?;
            let come = entry(to, after.email.as_str());
            audit::write(portal, &mut tx, come, audit::NOTHING, Some(&is)).await?;
        } else {
            let changed = entry(from.or(to), after.email.as_str());
            audit::write(portal, &mut tx, changed, Some(&was), Some(&is)).await?;
        }
    }
    tx.commit().await?;
    Ok(Ok(()))
}
