//! Whether the histories of incidents are whole: each event carries the hash of the one before, and each row is what its
//! events add up to.

use domain::{
    attainment::{Month, Verdict},
    calendar::Explanation,
    incident::{Event, IncidentNumber, Standing, history},
    people::{Actor, Operation, Relation, allows},
};

use super::{
    events,
    filed::{WhatWasFiled, same_promise},
    from_json, number, severity, state,
};
use crate::{
    CoreError, Portal,
    db::{Held, row, rows},
};

/// How many incidents are chained in one transaction, and checked with one query.
const BATCH: i64 = 200;

/// What is wrong with a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Of which incident.
    pub number: IncidentNumber,
    /// What.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The event at this place does not carry the hash of the one before; one place after the last event, if that is not
    /// what the row says.
    Chain(u32),
    /// An event cannot be read, or the first is not the notice.
    Unreadable(String),
    /// The row says something else than the events add up to; the column's name.
    Row(&'static str),
    /// What was filed (the texts, the answers, the outcome, the first promise, and under what) is not what the notice keeps
    /// the fingerprint of.
    Filed,
}

/// What came of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many incidents were looked at.
    pub incidents: u64,
    /// What is wrong, the lowest number first.
    pub broken: Vec<Broken>,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    id: i64,
    year: i64,
    number: i64,
    head: String,
    due_at: i64,
    severity: i16,
    claimed: i16,
    state: String,
    responded_at: Option<i64>,
    assigned_to: Option<i64>,
    next_due_at: Option<i64>,
    waiting_since: Option<i64>,
    contested: bool,
    escalated: bool,
    excluded: bool,
    due_month: Option<i64>,
    due_severity: Option<i16>,
    response: Option<String>,
    promise: Option<String>,
    #[sqlx(flatten)]
    filed: WhatWasFiled,
}

macro_rules! kept {
    ($rest:literal) => {
        concat!(
            "SELECT id, year, number, head, due_at, severity, claimed, state, responded_at, assigned_to, next_due_at,
                    waiting_since, contested, escalated, excluded, due_month, due_severity, response, promise,
                    customer_id, contact_id, title, description, steps, business_impact, answers, plan_version,
                    calendar_version, tz_version, tier, zone, release, release_name, outcome, explanation
             FROM incidents ",
            $rest
        )
    };
}

const ONE: &str = kept!("WHERE id = $1");

/// Checks the history of every incident. `None` for anybody but the operator at the command line.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn verify(portal: &Portal, actor: Actor) -> Result<Option<Verified>, CoreError> {
    if !allows(actor, Relation::Vendor, Operation::VerifyHistory) {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let mut verified = Verified::default();
    let mut after = (0, 0);
    loop {
        let kept: Vec<KeptRow> = rows!(
            reader,
            kept!("WHERE (year, number) > ($1, $2) ORDER BY year, number LIMIT $3"),
            after.0,
            after.1,
            BATCH,
        )?;
        let Some(last) = kept.last() else {
            return Ok(Some(verified));
        };
        after = (last.year, last.number);
        for row in &kept {
            verified.incidents += 1;
            let number = number(row.year, row.number)?;
            if fault(&mut reader, row, number).await?.is_none() {
                continue;
            }
            // Somebody may have taken a step between the two queries: only what stays so is broken.
            let again: Option<KeptRow> = row!(reader, ONE, row.id)?;
            if let Some(again) = again
                && let Some(fault) = fault(&mut reader, &again, number).await?
            {
                verified.broken.push(Broken { number, fault });
            }
        }
    }
}

async fn fault(
    held: &mut dyn Held,
    row: &KeptRow,
    number: IncidentNumber,
) -> Result<Option<Fault>, CoreError> {
    let links = match events::links(held, row.id, number).await {
        Ok(links) => links,
        Err(error @ CoreError::Stored { .. }) => {
            return Ok(Some(Fault::Unreadable(error.to_string())));
        }
        Err(error) => return Err(error),
    };
    match history::verify(&links, &row.head) {
        Ok(Ok(())) => {}
        Ok(Err(found)) => return Ok(Some(Fault::Chain(found.at))),
        Err(error) => return Ok(Some(Fault::Unreadable(error.to_string()))),
    }
    let Some(standing) = Standing::of(links.iter().map(|link| &link.entry)) else {
        return Ok(Some(Fault::Unreadable(
            "the first event is not the notice".to_owned(),
        )));
    };
    let entries = || links.iter().map(|link| &link.entry.event);
    let moved = entries().rev().find_map(events::moved);
    let due_month = match moved {
        Some(moved) => Month::of(moved.due.date()),
        None => match from_json::<Explanation>("explanation", row.filed.explanation()) {
            Ok(filed) => Month::of(filed.due.date()),
            Err(error) => return Ok(Some(Fault::Unreadable(error.to_string()))),
        },
    };
    if let Some(column) = differs(row, &standing, due_month) {
        return Ok(Some(Fault::Row(column)));
    }
    let kept = match entries().next() {
        Some(Event::Received {
            filed: Some(kept), ..
        }) => Some(kept),
        // Notices from before it was kept.
        _ => None,
    };
    Ok(
        match (
            same_promise(row.promise.as_deref(), moved),
            row.filed.fingerprint(),
        ) {
            (Ok(false), _) => Some(Fault::Row("promise")),
            (Ok(true), Ok(filed)) => kept
                .is_some_and(|kept| *kept != filed)
                .then_some(Fault::Filed),
            (Err(error), _) | (_, Err(error)) => Some(Fault::Unreadable(error.to_string())),
        },
    )
}

/// The first column that is not what the events add up to.
fn differs(row: &KeptRow, standing: &Standing, due_month: Month) -> Option<&'static str> {
    [
        ("due_at", row.due_at == standing.due.0),
        (
            "severity",
            severity(row.severity).ok() == Some(standing.severity),
        ),
        (
            "claimed",
            severity(row.claimed).ok() == Some(standing.claimed),
        ),
        ("state", state(&row.state).ok() == Some(standing.state())),
        (
            "responded_at",
            row.responded_at == standing.responded.map(|at| at.0),
        ),
        (
            "assigned_to",
            row.assigned_to == standing.assigned.as_ref().map(|who| who.id),
        ),
        (
            "next_due_at",
            row.next_due_at == standing.next_due().map(|at| at.0),
        ),
        (
            "waiting_since",
            row.waiting_since == standing.waiting.map(|at| at.0),
        ),
        ("contested", row.contested == standing.contested()),
        ("escalated", row.escalated == standing.escalated),
        ("due_month", row.due_month == Some(due_month.index())),
        (
            "due_severity",
            row.due_severity == Some(i16::from(standing.due_severity.number())),
        ),
        (
            "response",
            row.response.as_deref() == Some(Verdict::of(standing, row.excluded).name()),
        ),
    ]
    .into_iter()
    .find_map(|(column, agrees)| (!agrees).then_some(column))
}

/// Chains the events from before they carried hashes. Does nothing where all of them do.
pub(crate) async fn chain_old(portal: &Portal) -> Result<(), CoreError> {
    loop {
        let mut tx = portal.db().write().await?;
        let old: Vec<(i64, i64, i64)> = rows!(
            tx,
            "SELECT id, year, number FROM incidents WHERE head = '' ORDER BY id LIMIT $1",
            BATCH,
        )?;
        if old.is_empty() {
            tx.rollback().await?;
            return Ok(());
        }
        for (id, year, count) in old {
            // Another server may do the same at the same time: whoever comes second finds it done.
            let held: Option<(String,)> = row!(
                tx,
                "UPDATE incidents SET state = state WHERE id = $1 AND head = '' RETURNING head",
                id,
            )?;
            if held.is_some() {
                events::chain(&mut tx, id, number(year, count)?).await?;
            }
        }
        tx.commit().await?;
    }
}
