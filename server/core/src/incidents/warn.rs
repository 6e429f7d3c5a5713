//! Warnings of due times: at three quarters and at nine tenths of the target, and once it was missed.

use std::collections::BTreeSet;

use domain::{
    calendar::Instant,
    incident::{Stage, State},
};
use serde_json::json;

use super::{desk::urgency, severity, state};
use crate::{
    CoreError, Portal,
    db::rows,
    mail::{self, MailKind, NewMail, To},
    work,
};

#[derive(sqlx::FromRow)]
struct OwedRow {
    id: i64,
    severity: i16,
    state: String,
    plan_version: String,
    tier: String,
    zone: String,
    assigned_to: Option<i64>,
    next_due_at: i64,
}

/// Queues a mail to the engineer whom an incident is assigned to, or to all of them where it is to nobody, once for each
/// stage that a due time of it comes to. Gives how many mails there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn warn(portal: &Portal) -> Result<u64, CoreError> {
    let now = portal.now();
    let mut reader = portal.db().read().await?;
    let owed: Vec<OwedRow> = rows!(
        reader,
        "SELECT incidents.id, incidents.severity, incidents.state, incidents.plan_version, incidents.tier,
                incidents.zone, people.id AS assigned_to, incidents.next_due_at
         FROM incidents LEFT JOIN people ON people.id = incidents.assigned_to AND people.left_at IS NULL
         WHERE incidents.state NOT IN ('resolved', 'closed', 'withdrawn') AND incidents.next_due_at IS NOT NULL
         ORDER BY incidents.next_due_at, incidents.id",
    )?;
    let engineers: Vec<(i64,)> = rows!(
        reader,
        "SELECT id FROM people WHERE role = 'engineer' AND left_at IS NULL ORDER BY id",
    )?;
    // What those who are owed something were warned of already.
    let warned: Vec<(String,)> = rows!(
        reader,
        "SELECT mails.key FROM mails JOIN incidents ON incidents.id = mails.incident_id
         WHERE mails.kind = 'warning' AND incidents.state NOT IN ('resolved', 'closed', 'withdrawn')",
    )?;
    drop(reader);
    let warned: BTreeSet<_> = warned
        .iter()
        .filter_map(|(key,)| key.rsplit_once(':').map(|(what, _)| what))
        .collect();
    let mut queued = 0;
    for row in owed {
        let due = Instant(row.next_due_at);
        let Some((response, stage)) = stage(portal, &row, due, now)? else {
            continue;
        };
        let what = format!("warning:{}:{}:{}", row.id, row.next_due_at, stage.name());
        if warned.contains(&*what) {
            continue;
        }
        let mut tx = portal.db().write().await?;
        let one = row.assigned_to.map(|id| (id,));
        for (person,) in one
            .as_slice()
            .iter()
            .chain(if one.is_none() { &*engineers } else { &[] })
        {
            let mail = NewMail {
                key: format!("{what}:{person}"),
                to: To::Person(*person),
                kind: MailKind::Warning,
                incident: Some(row.id),
                seq: None,
                data: json!({"response": response, "stage": stage.name(), "due": row.next_due_at}),
            };
            queued += u64::from(mail::queue(portal, &mut tx, &mail).await?);
        }
        tx.commit().await?;
    }
    Ok(queued)
}

/// What is owed by `due`, whether it is the Response, and the stage that it has come to, if that is worth a warning.
fn stage(
    portal: &Portal,
    row: &OwedRow,
    due: Instant,
    now: Instant,
) -> Result<Option<(bool, Stage)>, CoreError> {
    let response = state(&row.state)? == State::AwaitingResponse;
    let contract = (&*row.plan_version, &*row.zone, &*row.tier);
    let level = severity(row.severity)?;
    Ok(urgency(portal, contract, (response, level), due, now)
        .map(|urgency| (response, urgency.stage))
        .filter(|(_, stage)| *stage != Stage::Calm && !work::is_stale(due, now)))
}
