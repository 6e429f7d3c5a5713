//! The way back in for somebody who lost their authenticator app and their recovery codes.

use domain::people::{Actor, Operation};

use super::shut_out;
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::execute,
};

/// Removes somebody's authenticator app and recovery codes; their sessions end. Whoever needs a second factor sets up a
/// new one after signing in. `false` if they have none, or they are not for `actor` to manage.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn remove_second_factor(
    portal: &Portal,
    actor: Actor,
    person: i64,
) -> Result<bool, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(false);
    }
    let mut tx = portal.db().write().await?;
    let Some(person) = accounts::find(&mut tx, person).await? else {
        return Ok(false);
    };
    let removed = execute!(
        tx,
        "UPDATE people SET totp_secret = NULL, totp_since = NULL, totp_last_step = 0
         WHERE id = $1 AND totp_since IS NOT NULL",
        person.id,
    )?;
    if removed == 0 {
        return Ok(false);
    }
    execute!(
        tx,
        "DELETE FROM recovery_codes WHERE person_id = $1",
        person.id
    )?;
    shut_out(&mut tx, person.id).await?;
    let entry = Entry {
        actor,
        kind: Kind::SecondFactorOff,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, audit::NOTHING).await?;
    tx.commit().await?;
    Ok(true)
}
