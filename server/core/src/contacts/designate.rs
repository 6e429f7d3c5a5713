//! Designating a contact, which takes a seat, and withdrawing it, which frees the seat (section 4).

use domain::people::{Actor, Bar};

use super::{NotChanged, bars_today, certification_bar, manage, record};
use crate::{
    CoreError, Portal,
    audit::Kind,
    db::{execute, is_check_violation},
};

/// Why a contact was not designated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDesignated {
    /// There is no such contact, or they are not for who asks to manage.
    NotFound,
    /// Their certification does not satisfy section 4 today: why not.
    NotCertified(Bar),
    /// Every seat is taken.
    NoSeat,
}

/// Makes a contact a Designated Customer Support Contact. Done already, nothing changes.
///
/// That no more are designated than there are seats is stated in the schema: of many at once, as many as there are free
/// seats succeed.
///
/// # Errors
/// [`CoreError`] if the database fails, or the customer's plan is not loaded.
pub async fn designate(
    portal: &Portal,
    actor: Actor,
    person: i64,
) -> Result<Result<(), NotDesignated>, CoreError> {
    let Some((mut tx, person, customer)) = manage(portal, actor, person).await? else {
        return Ok(Err(NotDesignated::NotFound));
    };
    let bars = bars_today(portal, &mut tx, person.id, &customer)
        .await?
        .ok_or_else(|| CoreError::stored("plan", &customer.plan_version))?;
    if let Some(bar) = bars.into_iter().find(certification_bar) {
        return Ok(Err(NotDesignated::NotCertified(bar)));
    }
    let designated = execute!(
        tx,
        "UPDATE people SET designated_at = $1 WHERE id = $2 AND designated_at IS NULL",
        portal.now().0,
        person.id,
    );
    match designated {
        Ok(0) => return Ok(Ok(())),
        Ok(_) => {}
        Err(error) if is_check_violation(&error) => {
            tx.rollback().await?;
            return Ok(Err(NotDesignated::NoSeat));
        }
        Err(error) => return Err(error.into()),
    }
    let about = (&person, &customer);
    record(portal, &mut tx, actor, Kind::Designated, about).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes a designation back and frees the seat. Done already, nothing changes.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn withdraw(
    portal: &Portal,
    actor: Actor,
    person: i64,
) -> Result<Result<(), NotChanged>, CoreError> {
    let Some((mut tx, person, customer)) = manage(portal, actor, person).await? else {
        return Ok(Err(NotChanged::NotFound));
    };
    let withdrawn = execute!(
        tx,
        "UPDATE people SET designated_at = NULL WHERE id = $1 AND designated_at IS NOT NULL",
        person.id,
    )?;
    if withdrawn == 1 {
        let about = (&person, &customer);
        record(portal, &mut tx, actor, Kind::Withdrawn, about).await?;
        tx.commit().await?;
    }
    Ok(Ok(()))
}
