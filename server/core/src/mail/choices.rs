//! Which mail somebody wants. What they did not choose they get.

use domain::people::{Actor, MailTopic, Operation, Relation, allows};

use super::tokens::Secret;
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    db::{Held, Tx, execute, row, rows},
};

/// A kind of mail that somebody gets, or does without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is about.
    pub topic: MailTopic,
    /// Whether they get it; always so for what is required.
    pub wanted: bool,
}

/// The kinds of mail that there are for `actor`. Nothing if nobody is signed in.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn choices(portal: &Portal, actor: Actor) -> Result<Vec<Choice>, CoreError> {
    let Some(person) = actor
        .person()
        .filter(|id| allows(actor, actor.relation_to_person(*id), Operation::ReadSelf))
    else {
        return Ok(Vec::new());
    };
    let unwanted: Vec<(String,)> = rows!(
        portal.db().read().await?,
        "SELECT topic FROM mail_choices WHERE person_id = $1 AND wanted = $2",
        person,
        false,
    )?;
    Ok(MailTopic::ALL
        .into_iter()
        .filter(|topic| topic.of(actor.role()))
        .map(|topic| Choice {
            topic,
            wanted: topic.required() || !unwanted.iter().any(|(name,)| name == topic.name()),
        })
        .collect())
}

/// Keeps which of the optional mail `actor` wants: of the kinds that there are for them those among `wanted`, and no
/// others. `false` if nobody is signed in.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn choose(
    portal: &Portal,
    actor: Actor,
    wanted: &[MailTopic],
) -> Result<bool, CoreError> {
    let Some(person) = actor
        .person()
        .filter(|id| allows(actor, actor.relation_to_person(*id), Operation::ChangeSelf))
    else {
        return Ok(false);
    };
    let before = choices(portal, actor).await?;
    let mut tx = portal.db().write().await?;
    for Choice { topic, wanted: was } in before {
        let now = wanted.contains(&topic);
        if !topic.required() && was != now {
            keep(portal, &mut tx, actor, person, topic, now).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Which kind of mail a link ends, by what it carries. `None` if it is none of the portal's, or whom it is for has left.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn ended_by(
    portal: &Portal,
    actor: Actor,
    token: &str,
) -> Result<Option<MailTopic>, CoreError> {
    if !allows(actor, Relation::Public, Operation::EndMail) {
        return Ok(None);
    }
    let Some((person, topic)) = Secret::of(portal).await?.ended_by(token) else {
        return Ok(None);
    };
    let person = accounts::person(portal, person).await?;
    Ok(person.map(|_| topic))
}

/// Ends the kind of mail that a link says, for the person whom it says, whoever follows it: it was sent to them. `None`
/// as for [`ended_by`].
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn end(
    portal: &Portal,
    actor: Actor,
    token: &str,
) -> Result<Option<MailTopic>, CoreError> {
    if !allows(actor, Relation::Public, Operation::EndMail) {
        return Ok(None);
    }
    let Some((id, topic)) = Secret::of(portal).await?.ended_by(token) else {
        return Ok(None);
    };
    let mut tx = portal.db().write().await?;
    let Some(person) = accounts::find(&mut tx, id).await? else {
        return Ok(None);
    };
    if wanted(&mut tx, id, topic).await? {
        keep(portal, &mut tx, person.actor, id, topic, false).await?;
    }
    tx.commit().await?;
    Ok(Some(topic))
}

/// Whether somebody wants mail of this kind.
pub(super) async fn wanted(
    held: &mut dyn Held,
    person: i64,
    topic: MailTopic,
) -> Result<bool, CoreError> {
    let unwanted: Option<(String,)> = row!(
        held,
        "SELECT topic FROM mail_choices WHERE person_id = $1 AND topic = $2 AND wanted = $3",
        person,
        topic.name(),
        false,
    )?;
    Ok(topic.required() || unwanted.is_none())
}

async fn keep(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    person: i64,
    topic: MailTopic,
    wanted: bool,
) -> Result<(), CoreError> {
    execute!(
        tx,
        "INSERT INTO mail_choices (person_id, topic, wanted) VALUES ($1, $2, $3)
         ON CONFLICT (person_id, topic) DO UPDATE SET wanted = excluded.wanted",
        person,
        topic.name(),
        wanted,
    )?;
    let email: Option<(String,)> = row!(tx, "SELECT email FROM people WHERE id = $1", person)?;
    let (email,) = email.ok_or(sqlx::Error::RowNotFound)?;
    let entry = Entry {
        actor,
        kind: Kind::PersonChanged,
        customer: actor.customer(),
        subject: &email,
    };
    let value = |wanted: bool| serde_json::json!({ format!("mail_{}", topic.name()): wanted });
    let (before, after) = (value(!wanted), value(wanted));
    audit::write(portal, tx, entry, Some(&before), Some(&after)).await
}
