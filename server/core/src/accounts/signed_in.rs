//! The sessions in which somebody is signed in, as they see them themselves.

use data_encoding::HEXLOWER;
use domain::{
    calendar::Instant,
    people::{Actor, Operation, allows},
};
use sha2::{Digest as _, Sha256};

use super::{Person, find, sign_in::entry};
use crate::{
    CoreError, Portal,
    audit::{self, Kind},
    db::{Tx, execute, rows},
    sessions::kept,
};

/// A session in which somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// What it is called in forms.
    pub handle: String,
    /// It is the one that asks.
    pub current: bool,
    /// Since when.
    pub begun_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// From which address it was begun.
    pub address: String,
    /// What its browser calls itself.
    pub agent: String,
}

fn handle(id: &str) -> String {
    let hash = Sha256::digest(id.as_bytes());
    HEXLOWER.encode(hash.get(..16).unwrap_or_default())
}

fn own(actor: Actor, operation: Operation) -> Option<i64> {
    let person = actor.person()?;
    allows(actor, actor.relation_to_person(person), operation).then_some(person)
}

/// Id, begin, last use, address, agent.
type SessionRow = (String, i64, i64, Option<String>, Option<String>);

/// One's own sessions, the one used last first; `current` is the id of the one that asks.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn sessions(
    portal: &Portal,
    actor: Actor,
    current: Option<&str>,
) -> Result<Vec<SignedIn>, CoreError> {
    let Some(person) = own(actor, Operation::ReadSelf) else {
        return Ok(Vec::new());
    };
    let found: Vec<SessionRow> = rows!(
        portal.db().read().await?,
        "SELECT id, begun_at, seen_at, address, agent FROM sessions
         WHERE person_id = $1 AND begun_at IS NOT NULL AND seen_at IS NOT NULL AND expires_at > $2
         ORDER BY seen_at DESC, id",
        person,
        portal.now().0,
    )?;
    let current = current.map(kept);
    Ok(found
        .into_iter()
        .map(|(id, begun_at, seen_at, address, agent)| SignedIn {
            handle: handle(&id),
            current: current.as_ref() == Some(&id),
            begun_at: Instant(begun_at),
            seen_at: Instant(seen_at),
            address: address.unwrap_or_default(),
            agent: agent.unwrap_or_default(),
        })
        .collect())
}

/// Ends one of one's own sessions. `false` if there is none with this handle (any more).
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn end_session(portal: &Portal, actor: Actor, wanted: &str) -> Result<bool, CoreError> {
    let Some(person) = own(actor, Operation::ChangeSelf) else {
        return Ok(false);
    };
    let mut tx = portal.db().write().await?;
    let ids: Vec<(String,)> = rows!(tx, "SELECT id FROM sessions WHERE person_id = $1", person)?;
    let Some((id,)) = ids.into_iter().find(|(id,)| handle(id) == wanted) else {
        tx.rollback().await?;
        return Ok(false);
    };
    let ended = execute!(tx, "DELETE FROM sessions WHERE id = $1", id)?;
    if let Some(person) = find(&mut tx, person).await? {
        write(portal, &mut tx, &person, ended).await?;
    }
    tx.commit().await?;
    Ok(ended == 1)
}

/// Ends all of one's own sessions but `current`, by its id, and says how many there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn end_other_sessions(
    portal: &Portal,
    actor: Actor,
    current: Option<&str>,
) -> Result<u64, CoreError> {
    let Some(person) = own(actor, Operation::ChangeSelf) else {
        return Ok(0);
    };
    let mut tx = portal.db().write().await?;
    let ended = match find(&mut tx, person).await? {
        Some(person) => end_all(portal, &mut tx, &person, current).await?,
        None => 0,
    };
    tx.commit().await?;
    Ok(ended)
}

/// Ends every session of a person but one, those included that wait for the second step.
pub(crate) async fn end_all(
    portal: &Portal,
    tx: &mut Tx,
    person: &Person,
    keep: Option<&str>,
) -> Result<u64, CoreError> {
    let ended = execute!(
        tx,
        "DELETE FROM sessions WHERE person_id = $1 AND id <> $2",
        person.id,
        keep.map(kept).unwrap_or_default(),
    )?;
    if ended > 0 {
        write(portal, tx, person, ended).await?;
    }
    Ok(ended)
}

async fn write(portal: &Portal, tx: &mut Tx, person: &Person, ended: u64) -> Result<(), CoreError> {
    let after = serde_json::json!({ "sessions": ended });
    let about = entry(person, Kind::SessionsEnded);
    audit::write(portal, tx, about, audit::NOTHING, Some(&after)).await
}
