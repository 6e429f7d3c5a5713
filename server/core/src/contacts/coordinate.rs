//! Who manages a customer's contacts.

use domain::people::{Actor, Role};
use serde::Serialize;

use super::{NotChanged, manage, others_coordinate};
use crate::{
    CoreError, Portal,
    accounts::end_links,
    audit::{self, Entry, Kind},
    db::execute,
};

#[derive(Serialize)]
struct State {
    role: &'static str,
}

/// Makes a contact a coordinator, or takes that back; it holds from their next request on. A customer keeps at least
/// one. Done already, nothing changes.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn set_coordinator(
    portal: &Portal,
    actor: Actor,
    person: i64,
    coordinator: bool,
) -> Result<Result<(), NotChanged>, CoreError> {
    let Some((mut tx, person, customer)) = manage(portal, actor, person).await? else {
        return Ok(Err(NotChanged::NotFound));
    };
    let role = if coordinator {
        Role::Coordinator
    } else {
        Role::Contact
    };
    if person.role == role {
        return Ok(Ok(()));
    }
    if !coordinator && !others_coordinate(&mut tx, person.id, customer.id).await? {
        return Ok(Err(NotChanged::LastCoordinator));
    }
    execute!(
        tx,
        "UPDATE people SET role = $1 WHERE id = $2",
        role.name(),
        person.id
    )?;
    // Whoever kept a link that was made for a contact does not become a coordinator by it.
    end_links(&mut tx, person.id).await?;
    let entry = Entry {
        actor,
        kind: Kind::PersonChanged,
        customer: Some(customer.id),
        subject: &person.email,
    };
    let state = |role: Role| State { role: role.name() };
    let (before, after) = (state(person.role), state(role));
    audit::write(portal, &mut tx, entry, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
