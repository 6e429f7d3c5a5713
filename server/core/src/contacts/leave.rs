//! Somebody left a customer.

use domain::people::{Actor, Role};

use super::{NotChanged, manage, others_coordinate, record};
use crate::{CoreError, Portal, audit::Kind, db::execute, people::shut_out};

/// Says that a contact has left: they can sign in no more, their sessions end, their links stop working, and their seat
/// is free. What they filed stays under their name.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn leave(
    portal: &Portal,
    actor: Actor,
    person: i64,
) -> Result<Result<(), NotChanged>, CoreError> {
    let Some((mut tx, person, customer)) = manage(portal, actor, person).await? else {
        return Ok(Err(NotChanged::NotFound));
    };
    if actor.person() == Some(person.id) {
        return Ok(Err(NotChanged::Yourself));
    }
    if person.role == Role::Coordinator
        && !others_coordinate(&mut tx, person.id, customer.id).await?
    {
        return Ok(Err(NotChanged::LastCoordinator));
    }
    execute!(
        tx,
        "UPDATE people SET left_at = $1, designated_at = NULL WHERE id = $2",
        portal.now().0,
        person.id,
    )?;
    shut_out(&mut tx, person.id).await?;
    let about = (&person, &customer);
    record(portal, &mut tx, actor, Kind::PersonLeft, about).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
