//! Who is told by mail what happened to an incident: queued in the transaction of what happened.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    incident::{Audience, By, Event, Standing, audience},
    people::{MailTopic, Role},
};
use serde_json::json;

use super::{MailKind, NewMail, To, queue};
use crate::{
    CoreError, Portal,
    db::{Tx, row, rows},
};

/// What one transaction added to the history of an incident.
pub(crate) struct Happened<'a> {
    /// The id of the incident.
    pub incident: i64,
    /// The place of the first event.
    pub first: u32,
    /// Who did it.
    pub by: &'a By,
    /// What.
    pub events: &'a [Event],
    /// What the history adds up to by now.
    pub standing: &'a Standing,
}

/// Queues one mail for each person whom anything of it concerns, beside whoever did it. Whoever has left gets none.
pub(crate) async fn tell(
    portal: &Portal,
    tx: &mut Tx,
    happened: &Happened<'_>,
) -> Result<(), CoreError> {
    if !portal.tells() {
        return Ok(());
    }
    // Whoever has left reads nothing: then it is every engineer's, as if nobody were assigned.
    let assigned = match &happened.standing.assigned {
        Some(who) => is_here(tx, who.id).await?,
        None => false,
    };
    let mut concerned: BTreeSet<(Audience, Option<i64>)> = BTreeSet::new();
    for event in happened.events {
        for whom in audience(event, happened.by.party, assigned) {
            let named = match (whom, event) {
                (Audience::Named, Event::Watched { who }) => Some(who.id),
                _ => None,
            };
            concerned.insert((whom, named));
        }
    }
    if concerned.is_empty() {
        return Ok(());
    }
    let found: Option<(i64, i64)> = row!(
        tx,
        "SELECT contact_id, customer_id FROM incidents WHERE id = $1",
        happened.incident,
    )?;
    let (filer, customer) = found.ok_or(sqlx::Error::RowNotFound)?;
    let mut told: BTreeMap<i64, MailTopic> = BTreeMap::new();
    for (whom, named) in concerned {
        let (topic, people) = match whom {
            Audience::Filer => (MailTopic::Own, vec![filer]),
            Audience::Assigned => {
                let assigned = happened.standing.assigned.iter();
                (MailTopic::Own, assigned.map(|who| who.id).collect())
            }
            Audience::Watchers => {
                let watchers = happened.standing.watchers.iter();
                (MailTopic::Watched, watchers.map(|who| who.id).collect())
            }
            Audience::Named => (MailTopic::Watched, named.into_iter().collect()),
            Audience::Engineers => (MailTopic::Desk, everyone(tx, Role::Engineer).await?),
            Audience::Managers => (MailTopic::Escalations, managers(tx, customer).await?),
        };
        for person in people {
            // What nobody can do without counts for more.
            let best = told.entry(person).or_insert(topic);
            *best = topic.min(*best);
        }
    }
    if let Some(by) = happened.by.id() {
        told.remove(&by);
    }
    let count = u32::try_from(happened.events.len()).unwrap_or(u32::MAX);
    let last = happened.first.saturating_add(count.saturating_sub(1));
    for (person, topic) in told {
        if !is_here(tx, person).await? {
            continue;
        }
        let mail = NewMail {
            key: format!("event:{}:{last}:{person}", happened.incident),
            to: To::Person(person),
            kind: MailKind::Event,
            incident: Some(happened.incident),
            seq: Some(i64::from(last)),
            data: json!({"first": happened.first, "last": last, "topic": topic.name()}),
        };
        queue(portal, tx, &mail).await?;
    }
    Ok(())
}

/// Everyone of a role who is here.
async fn everyone(tx: &mut Tx, role: Role) -> Result<Vec<i64>, CoreError> {
    let found: Vec<(i64,)> = rows!(
        tx,
        "SELECT id FROM people WHERE role = $1 AND left_at IS NULL ORDER BY id",
        role.name(),
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// The customer's account managers who are here; where there is none the administrators, who can assign one: an escalation
/// is told to somebody.
async fn managers(tx: &mut Tx, customer: i64) -> Result<Vec<i64>, CoreError> {
    let found: Vec<(i64,)> = rows!(
        tx,
        "SELECT people.id FROM assignments JOIN people ON people.id = assignments.person_id
         WHERE assignments.customer_id = $1 AND people.left_at IS NULL ORDER BY people.id",
        customer,
    )?;
    if found.is_empty() {
        return everyone(tx, Role::Administrator).await;
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Whether somebody has not left.
async fn is_here(tx: &mut Tx, person: i64) -> Result<bool, CoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM people WHERE id = $1 AND left_at IS NULL",
        person,
    )?;
    Ok(found.is_some())
}
