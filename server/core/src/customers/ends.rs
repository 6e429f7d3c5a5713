//! Mail about the end of a Subscription Term.

use serde_json::json;

use crate::{
    CoreError, Portal, accounts,
    db::rows,
    mail::{self, MailKind, NewMail, To},
    work,
};

/// How many days before a term ends its coordinators and account managers are told.
const TOLD: [u32; 3] = [90, 30, 7];

#[derive(sqlx::FromRow)]
struct TermRow {
    id: i64,
    ends_on: String,
    plan_version: String,
    zone: String,
}

/// Queues a mail about each term that ends in 90, 30 or 7 days, to the customer's coordinators and its account managers,
/// once for each of those days. Gives how many there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub(crate) async fn tell_of_ends(portal: &Portal) -> Result<u64, CoreError> {
    let terms: Vec<TermRow> = rows!(
        portal.db().read().await?,
        "SELECT id, ends_on, plan_version, zone FROM customers ORDER BY id",
    )?;
    let mut queued = 0;
    for row in terms {
        let Some(today) = accounts::today(portal, &row.plan_version, &row.zone) else {
            continue;
        };
        let left = accounts::date(&row.ends_on)?.epoch_days() - today.epoch_days();
        let Some(days) = work::due_before(&TOLD, left) else {
            continue;
        };
        let mut tx = portal.db().write().await?;
        let people: Vec<(i64,)> = rows!(
            tx,
            "SELECT id FROM people WHERE left_at IS NULL AND ((customer_id = $1 AND role = 'coordinator')
                 OR id IN (SELECT person_id FROM assignments WHERE customer_id = $1)) ORDER BY id",
            row.id,
        )?;
        for (person,) in people {
            let mail = NewMail {
                key: format!("term:{}:{}:{days}:{person}", row.id, row.ends_on),
                to: To::Person(person),
                kind: MailKind::TermEnds,
                incident: None,
                seq: None,
                data: json!({"customer": row.id, "ends": row.ends_on, "days": days}),
            };
            queued += u64::from(mail::queue(portal, &mut tx, &mail).await?);
        }
        tx.commit().await?;
    }
    Ok(queued)
}
