//! Setting and changing passwords. Whoever does it ends every other session of theirs.

use domain::people::{Actor, Operation, allows};

use super::{
    Person,
    devices::known_device,
    find, hold_person,
    links::{LinkKind, end_links, open_link, use_link},
    password,
    rules::{PasswordProblem, check_password},
    second_factor,
    sign_in::{entry, seconds},
    signed_in,
    tries::{self, EVERYWHERE},
};
use crate::{
    CoreError, Portal,
    audit::{self, Kind},
    db::{Tx, execute, row},
};

/// What came of a link that somebody followed with a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The password is set; the link works no more. A [second factor](Person::second_factor) is asked for as ever.
    Done(Box<Person>),
    /// The password cannot be taken; the link still works.
    Refused(PasswordProblem),
    /// The link was never made, was used, or has expired: never said which.
    Gone,
}

/// What came of a change of one's own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordChange {
    /// It is changed, and every other session has ended.
    Done,
    /// The new one cannot be taken.
    Refused(PasswordProblem),
    /// The old one is wrong.
    Wrong,
    /// Too much was tried in vain; nothing was looked at.
    Wait {
        /// For how long, in whole seconds.
        seconds: i64,
    },
    /// Nobody is signed in.
    NotPermitted,
}

/// Sets the password of whoever a link was made for: an invitation is accepted, or a forgotten password replaced. Every
/// session of theirs ends.
///
/// # Errors
/// [`CoreError`] if the database or the hashing fails.
pub async fn accept_link(
    portal: &Portal,
    token: &str,
    new_password: &str,
) -> Result<Accepted, CoreError> {
    let followed = open_link(portal, &mut portal.db().read().await?, token).await?;
    let Some(followed) = followed else {
        return Ok(Accepted::Gone);
    };
    if let Err(problem) = check_password(new_password, &followed.person, &vendors(portal)) {
        return Ok(Accepted::Refused(problem));
    }
    let hash = password::hash(portal, new_password).await?;
    let mut tx = portal.db().write().await?;
    hold_person(&mut tx, followed.person.id).await?;
    let used = use_link(portal, &mut tx, token).await?;
    let person = find(&mut tx, followed.person.id).await?;
    let Some(person) = person.filter(|_| used) else {
        tx.rollback().await?;
        return Ok(Accepted::Gone);
    };
    execute!(
        tx,
        "UPDATE people SET password_hash = $1 WHERE id = $2",
        hash,
        person.id
    )?;
    let kind = match followed.kind {
        LinkKind::Invitation => Kind::InvitationAccepted,
        LinkKind::Reset => Kind::PasswordChanged,
    };
    let about = entry(&person, kind);
    audit::write(portal, &mut tx, about, audit::NOTHING, audit::NOTHING).await?;
    close(portal, &mut tx, &person, None).await?;
    tx.commit().await?;
    Ok(Accepted::Done(Box::new(person)))
}

/// Changes one's own password. Every session but `current`, by its id, ends.
///
/// # Errors
/// [`CoreError`] if the database or the hashing fails.
pub async fn change_password(
    portal: &Portal,
    actor: Actor,
    old_password: &str,
    new_password: &str,
    current: Option<&str>,
) -> Result<PasswordChange, CoreError> {
    let Some(id) = actor
        .person()
        .filter(|id| allows(actor, actor.relation_to_person(*id), Operation::ChangeSelf))
    else {
        return Ok(PasswordChange::NotPermitted);
    };
    let (person, old_hash) = {
        let mut reader = portal.db().read().await?;
        let Some(person) = find(&mut reader, id).await? else {
            return Ok(PasswordChange::NotPermitted);
        };
        let hash: Option<(Option<String>,)> =
            row!(reader, "SELECT password_hash FROM people WHERE id = $1", id)?;
        (person, hash.and_then(|(hash,)| hash))
    };
    let one = match tries::admit(portal, &format!("own password\0{id}"), None, EVERYWHERE).await? {
        Ok(one) => one,
        Err(wait) => {
            audit::refused(portal, actor, Operation::ChangeSelf).await?;
            return Ok(PasswordChange::Wait {
                seconds: seconds(wait),
            });
        }
    };
    let short_enough = old_password.chars().nth(super::MOST_PASSWORD).is_none();
    if !short_enough || !password::verify(portal, old_password, old_hash.clone()).await? {
        audit::refused(portal, actor, Operation::ChangeSelf).await?;
        return Ok(PasswordChange::Wrong);
    }
    let problem = if old_password == new_password {
        Some(PasswordProblem::Same)
    } else {
        check_password(new_password, &person, &vendors(portal)).err()
    };
    let hash = match problem {
        None => Some(password::hash(portal, new_password).await?),
        Some(_) => None,
    };
    let mut tx = portal.db().write().await?;
    tries::succeeded(&mut tx, &one).await?;
    if let Some(hash) = hash {
        // Somebody who changed it meanwhile, elsewhere, has the last word.
        let changed = execute!(
            tx,
            "UPDATE people SET password_hash = $1 WHERE id = $2 AND password_hash = $3 AND left_at IS NULL",
            hash,
            id,
            old_hash,
        )?;
        if changed == 0 {
            tx.rollback().await?;
            audit::refused(portal, actor, Operation::ChangeSelf).await?;
            return Ok(PasswordChange::Wrong);
        }
        let about = entry(&person, Kind::PasswordChanged);
        audit::write(portal, &mut tx, about, audit::NOTHING, audit::NOTHING).await?;
        close(portal, &mut tx, &person, current).await?;
    }
    tx.commit().await?;
    Ok(problem.map_or(PasswordChange::Done, PasswordChange::Refused))
}

/// With a new password nothing stays open that the old one opened: sessions, and links to yet another one.
async fn close(
    portal: &Portal,
    tx: &mut Tx,
    person: &Person,
    keep: Option<&str>,
) -> Result<(), CoreError> {
    end_links(tx, person.id).await?;
    signed_in::end_all(portal, tx, person, keep).await?;
    // Whoever tried codes had the old password: its owner, who has chosen a new one, does not wait for them.
    tries::forget(tx, &second_factor::account(person.id)).await
}

/// The browser of somebody who signed in from it before.
pub(super) async fn known_browser(
    portal: &Portal,
    person: i64,
    carried: Option<&str>,
) -> Result<Option<String>, CoreError> {
    let Some(carried) = carried else {
        return Ok(None);
    };
    let hash: Option<(Option<String>,)> = row!(
        portal.db().read().await?,
        "SELECT password_hash FROM people WHERE id = $1",
        person
    )?;
    let hash = hash.and_then(|(hash,)| hash);
    Ok(hash.and_then(|hash| known_device(&hash, person, carried)))
}

/// The names of the vendors of the plans that are loaded.
fn vendors(portal: &Portal) -> Vec<&str> {
    portal
        .plans()
        .iter()
        .map(|plan| plan.vendor.as_str())
        .collect()
}
