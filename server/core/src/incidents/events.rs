//! What happened to an incident. Rows are added and never changed; the database itself refuses it. Each carries the hash of
//! the one before (`domain::incident::history`), and the incident's row the hash of the last one.

use domain::{
    attainment::{Month, Verdict},
    calendar::{Explanation, Instant},
    incident::{
        By, Entry, Event, IncidentNumber, Party, Standing, Who,
        history::{BEGINNING, Link},
    },
};

use super::{from_json, to_json};
use crate::{
    CoreError, Portal,
    db::{Held, Tx, execute, notify, row, rows},
    files,
    mail::{self, Happened},
};

#[derive(sqlx::FromRow)]
struct EventRow {
    seq: i64,
    at: i64,
    by_name: Option<String>,
    by_id: Option<i64>,
    party: String,
    prev_hash: String,
    event: String,
}

/// The events of an incident, in order, each with its place and the hash that it carries.
pub(super) async fn links(
    held: &mut dyn Held,
    incident: i64,
    number: IncidentNumber,
) -> Result<Vec<Link>, CoreError> {
    let stored: Vec<EventRow> = rows!(
        held,
        "SELECT seq, at, by_name, by_id, party, prev_hash, event FROM events WHERE incident_id = $1 ORDER BY seq",
        incident,
    )?;
    stored
        .into_iter()
        .map(|row| {
            let party = Party::parse(&row.party)
                .ok_or_else(|| CoreError::stored("party of an event", &row.party))?;
            // Before people had a place in the history, only their names were kept.
            let who = row.by_name.map(|name| Who {
                id: row.by_id.unwrap_or_default(),
                name,
            });
            Ok(Link {
                number,
                seq: u32::try_from(row.seq)
                    .map_err(|error| CoreError::stored("place of an event", error))?,
                before: row.prev_hash,
                entry: Entry {
                    at: Instant(row.at),
                    by: By { party, who },
                    event: from_json("event", &row.event)?,
                },
            })
        })
        .collect()
}

/// The events from one place to another that everybody may know of who sees the incident.
pub(crate) async fn told(
    held: &mut dyn Held,
    incident: i64,
    number: IncidentNumber,
    (first, last): (u32, u32),
) -> Result<Vec<Entry>, CoreError> {
    Ok(links(held, incident, number)
        .await?
        .into_iter()
        .filter(|link| (first..=last).contains(&link.seq) && !link.entry.event.internal())
        .map(|link| link.entry)
        .collect())
}

/// What the events of an incident add up to now.
pub(crate) async fn current(
    held: &mut dyn Held,
    incident: i64,
    number: IncidentNumber,
) -> Result<Standing, CoreError> {
    let links = links(held, incident, number).await?;
    standing(links.iter().map(|link| &link.entry))
}

/// What a history adds up to.
pub(super) fn standing<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
) -> Result<Standing, CoreError> {
    Standing::of(entries).ok_or_else(|| CoreError::stored("events", "the first is not the notice"))
}

/// The hash that the next event carries.
fn hash(link: &Link) -> Result<String, CoreError> {
    link.hash()
        .map_err(|error| CoreError::stored("event", error))
}

/// An incident whose row a transaction holds, with its history.
pub(crate) struct History {
    incident: i64,
    number: IncidentNumber,
    head: String,
    /// What the events add up to.
    pub standing: Standing,
}

impl History {
    /// Reads it.
    pub(crate) async fn read(
        tx: &mut Tx,
        incident: i64,
        number: IncidentNumber,
    ) -> Result<Self, CoreError> {
        let links = links(tx, incident, number).await?;
        let standing = standing(links.iter().map(|link| &link.entry))?;
        let head = links
            .last()
            .map_or_else(|| Ok(BEGINNING.to_owned()), hash)?;
        let kept: Option<(String,)> =
            row!(tx, "SELECT head FROM incidents WHERE id = $1", incident)?;
        if kept.is_none_or(|(kept,)| kept != head) {
            // Going on from here would cover up that it was changed.
            return Err(CoreError::stored(
                "history",
                format!("the last event of {number} is not the one that was recorded"),
            ));
        }
        Ok(Self {
            incident,
            number,
            head,
            standing,
        })
    }

    /// Adds events, brings the incident's row up to date, and queues the mail that tells of them. The first of them
    /// carries the key of the form that they came of.
    pub(crate) async fn append(
        &mut self,
        portal: &Portal,
        tx: &mut Tx,
        at: Instant,
        by: &By,
        events: &[Event],
        form_key: Option<&str>,
    ) -> Result<(), CoreError> {
        let mut promise = None;
        let first = self.standing.entries.saturating_add(1);
        for (index, event) in events.iter().enumerate() {
            let link = Link {
                number: self.number,
                seq: self.standing.entries.saturating_add(1),
                before: std::mem::take(&mut self.head),
                entry: Entry {
                    at,
                    by: by.clone(),
                    event: event.clone(),
                },
            };
            insert(tx, self.incident, &link, form_key.filter(|_| index == 0)).await?;
            if let Event::Attached { file, .. } = event {
                files::keep(tx, self.incident, file, at.0).await?;
            }
            self.head = hash(&link)?;
            self.standing.add(&link.entry);
            promise = moved(event).or(promise);
        }
        project(tx, self.incident, &self.standing, &self.head, promise).await?;
        let happened = Happened {
            incident: self.incident,
            first,
            by,
            events,
            standing: &self.standing,
        };
        mail::tell(portal, tx, &happened).await
    }
}

/// Why the Response is due at another time from this event on.
pub(super) fn moved(event: &Event) -> Option<&Explanation> {
    match event {
        Event::Rescheduled { explanation, .. } => Some(explanation),
        Event::Designated {
            moved: Some(moved), ..
        } => Some(&moved.explanation),
        _ => None,
    }
}

/// The first event of an incident, and the hash that its row keeps.
pub(super) fn notice(number: IncidentNumber, entry: Entry) -> Result<(Link, String), CoreError> {
    let link = Link {
        number,
        seq: 1,
        before: BEGINNING.to_owned(),
        entry,
    };
    let head = hash(&link)?;
    Ok((link, head))
}

/// Inserts an event, and tells the other servers of it.
pub(super) async fn insert(
    tx: &mut Tx,
    incident: i64,
    link: &Link,
    form_key: Option<&str>,
) -> Result<(), CoreError> {
    let Entry { at, by, event } = &link.entry;
    execute!(
        tx,
        "INSERT INTO events (incident_id, seq, at, by_name, by_id, party, prev_hash, internal, form_key, event)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        incident,
        i64::from(link.seq),
        at.0,
        by.who.as_ref().map(|who| &who.name),
        by.id(),
        by.party.name(),
        &link.before,
        event.internal(),
        form_key,
        to_json("event", event)?,
    )?;
    notify(tx, &link.number.to_string()).await?;
    Ok(())
}

/// Brings the row of an incident up to what its events add up to.
async fn project(
    tx: &mut Tx,
    incident: i64,
    standing: &Standing,
    head: &str,
    promise: Option<&Explanation>,
) -> Result<(), CoreError> {
    let month = promise.map(|promise| Month::of(promise.due.date()).index());
    let promise = promise
        .map(|promise| to_json("explanation", promise))
        .transpose()?;
    let changed = execute!(
        tx,
        "UPDATE incidents SET due_at = $1, severity = $2, state = $3, responded_at = $4, assigned_to = $5,
             next_due_at = $6, waiting_since = $7, contested = $8, escalated = $9, head = $10,
             promise = COALESCE($11, promise), due_month = COALESCE($12, due_month), due_severity = $13,
             response = CASE WHEN excluded THEN $14 ELSE $15 END
         WHERE id = $16",
        standing.due.0,
        i16::from(standing.severity.number()),
        standing.state().name(),
        standing.responded.map(|at| at.0),
        standing.assigned.as_ref().map(|who| who.id),
        standing.next_due().map(|at| at.0),
        standing.waiting.map(|at| at.0),
        standing.contested(),
        standing.escalated,
        head,
        promise,
        month,
        i16::from(standing.due_severity.number()),
        Verdict::of(standing, true).name(),
        Verdict::of(standing, false).name(),
        incident,
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(sqlx::Error::RowNotFound.into())
    }
}

/// Chains the events of an incident from before they carried hashes, and projects them anew.
pub(super) async fn chain(
    tx: &mut Tx,
    incident: i64,
    number: IncidentNumber,
) -> Result<(), CoreError> {
    let mut links = links(tx, incident, number).await?;
    let mut before = BEGINNING.to_owned();
    let mut promise = None;
    for link in &mut links {
        execute!(
            tx,
            "UPDATE events SET prev_hash = $1 WHERE incident_id = $2 AND seq = $3 AND prev_hash = ''",
            &before,
            incident,
            i64::from(link.seq),
        )?;
        link.before = before;
        before = hash(link)?;
    }
    for link in &links {
        promise = moved(&link.entry.event).or(promise);
    }
    let standing = standing(links.iter().map(|link| &link.entry))?;
    project(tx, incident, &standing, &before, promise).await
}
