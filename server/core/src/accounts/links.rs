//! Links that work once: an invitation, and the way to a new password.
//!
//! A link carries 32 random bytes; the database keeps only their SHA-256, so that nobody who reads it can follow one.
//! No link is mailed: whoever makes one hands it over.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::{
    calendar::Instant,
    people::{Actor, Operation, Relation, allows},
};
use sha2::{Digest as _, Sha256};

use super::{Person, find, hold_person, relation};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::{Held, Tx, execute, row},
};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Somebody is invited and sets their first password.
    Invitation,
    /// Somebody sets a new password in place of one they have forgotten.
    Reset,
}

impl LinkKind {
    /// Its name in records.
    const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// For how long it works, in milliseconds: an invitation for a week, a way to a new password for an hour.
    const fn lives(self) -> i64 {
        match self {
            Self::Invitation => 7 * 24 * 3_600_000,
            Self::Reset => 3_600_000,
        }
    }
}

/// A link, to be handed over; it is shown once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub kind: LinkKind,
    /// What its address ends with: 43 characters that need no escaping. The page is `/invitation/{token}`.
    pub token: String,
    /// When it stops working.
    pub expires_at: Instant,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// What it is for.
    pub kind: LinkKind,
    /// Whose it is.
    pub person: Person,
}

/// Makes a link for a person: a coordinator for their own colleagues, an administrator for everybody. Earlier links of
/// that person stop working. `None` if there is no such person, or they are not for `actor` to invite.
///
/// Nobody who has a password is invited: they are given a way to a new one, for its shorter time.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn make_link(
    portal: &Portal,
    actor: Actor,
    kind: LinkKind,
    person: i64,
) -> Result<Option<Link>, CoreError> {
    let mut tx = portal.db().write().await?;
    // Whoever goes to another customer meanwhile takes no link along.
    hold_person(&mut tx, person).await?;
    if let Some(person) = find(&mut tx, person).await?
        && may_invite(&mut tx, actor, &person).await?
    {
        let kind = if has_password(&mut tx, person.id).await? {
            LinkKind::Reset
        } else {
            kind
        };
        let link = make_in(portal, &mut tx, actor, kind, &person).await?;
        tx.commit().await?;
        return Ok(Some(link));
    }
    tx.rollback().await?;
    audit::not_there(portal, actor, Operation::ManageContacts).await?;
    Ok(None)
}

async fn may_invite(held: &mut dyn Held, actor: Actor, person: &Person) -> Result<bool, CoreError> {
    if allows(actor, Relation::Vendor, Operation::ManagePeople)
        || allows(actor, Relation::Vendor, Operation::CreateAdministrator)
    {
        return Ok(true);
    }
    let Some(customer) = &person.customer else {
        return Ok(false);
    };
    let relation = relation(held, actor, customer.id).await?;
    Ok(allows(actor, relation, Operation::ManageContacts))
}

async fn has_password(held: &mut dyn Held, person: i64) -> Result<bool, CoreError> {
    let found: Option<(i64,)> = row!(
        held,
        "SELECT id FROM people WHERE id = $1 AND password_hash IS NOT NULL",
        person,
    )?;
    Ok(found.is_some())
}

/// The same inside of a transaction, without a check of who asks and for whom: the caller made it.
pub(crate) async fn make_in(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    kind: LinkKind,
    person: &Person,
) -> Result<Link, CoreError> {
    let mut bytes = [0; 32];
    portal.chance().fill(&mut bytes);
    let link = Link {
        kind,
        token: BASE64URL_NOPAD.encode(&bytes),
        expires_at: Instant(portal.now().0 + kind.lives()),
    };
    end_links(tx, person.id).await?;
    execute!(
        tx,
        "INSERT INTO links (hash, kind, person_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        hash(&link.token),
        kind.name(),
        person.id,
        portal.now().0,
        link.expires_at.0,
    )?;
    let entry = Entry {
        actor,
        kind: match kind {
            LinkKind::Invitation => Kind::InvitationMade,
            LinkKind::Reset => Kind::ResetMade,
        },
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    audit::write(portal, tx, entry, audit::NOTHING, audit::NOTHING).await?;
    Ok(link)
}

/// Whose link this is. `None` if it was never made, was used, or has expired: never said which.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn follow_link(portal: &Portal, token: &str) -> Result<Option<Followed>, CoreError> {
    open_link(portal, &mut portal.db().read().await?, token).await
}

pub(super) async fn open_link(
    portal: &Portal,
    held: &mut dyn Held,
    token: &str,
) -> Result<Option<Followed>, CoreError> {
    let found: Option<(i64, String)> = row!(
        held,
        "SELECT person_id, kind FROM links WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
        hash(token),
        portal.now().0,
    )?;
    let Some((person, kind)) = found else {
        return Ok(None);
    };
    let kind = match kind.as_str() {
        "invitation" => LinkKind::Invitation,
        _ => LinkKind::Reset,
    };
    let person = find(held, person).await?;
    Ok(person.map(|person| Followed { kind, person }))
}

/// Marks a link as used; `false` if somebody else was faster.
pub(super) async fn use_link(portal: &Portal, tx: &mut Tx, token: &str) -> Result<bool, CoreError> {
    let used = execute!(
        tx,
        "UPDATE links SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1",
        portal.now().0,
        hash(token),
    )?;
    Ok(used == 1)
}

/// The SHA-256 of a token, in hexadecimal digits.
pub(super) fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Makes links that were handed to a person useless. To be called once their row is changed, and so held: a link that is
/// made meanwhile is made for whoever they were, and found here, or for whoever they are.
pub(crate) async fn end_links(tx: &mut Tx, person: i64) -> Result<(), CoreError> {
    execute!(
        tx,
        "DELETE FROM links WHERE person_id = $1 AND used_at IS NULL",
        person
    )?;
    Ok(())
}
