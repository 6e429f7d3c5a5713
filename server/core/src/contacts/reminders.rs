//! Reminders of a certification that will expire: stored with it, and queued as mail when their day has come.

use domain::people::Certification;
use serde_json::json;

use crate::{
    CoreError, Portal, accounts,
    db::{Tx, execute, rows},
    mail::{self, MailKind, NewMail, To},
    work,
};

/// Plans the reminders of a certification that was added or changed, in the transaction of that change.
///
/// Where the last day moved, its reminders move along and are due anew; one that was sent for the same day stays sent.
/// One whose day has passed already is kept as well: whoever sends them leaves it out.
pub(crate) async fn plan_reminders(
    tx: &mut Tx,
    certification_id: i64,
    certification: &Certification,
) -> Result<(), CoreError> {
    for (days, due) in certification.reminders() {
        execute!(
            tx,
            "INSERT INTO reminders (certification_id, days_before, due_on) VALUES ($1, $2, $3)
             ON CONFLICT (certification_id, days_before) DO UPDATE SET
                 sent_at = CASE WHEN reminders.due_on = excluded.due_on THEN reminders.sent_at END,
                 due_on = excluded.due_on",
            certification_id,
            i64::from(days),
            due.to_string(),
        )?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct DueRow {
    certification_id: i64,
    person_id: i64,
    days_before: i64,
    due_on: String,
    expires_on: String,
    plan_version: String,
    zone: String,
}

/// Queues the reminders whose day has come in the zone of the customer, and marks them as sent. Left out are those of a
/// certification that another one follows, those that a later one has overtaken, and those whose day is long past. Gives
/// how many there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn remind(portal: &Portal) -> Result<u64, CoreError> {
    let due: Vec<DueRow> = rows!(
        portal.db().read().await?,
        "SELECT reminders.certification_id, certifications.person_id, reminders.days_before, reminders.due_on,
                certifications.expires_on, customers.plan_version, customers.zone
         FROM reminders JOIN certifications ON certifications.id = reminders.certification_id
             JOIN people ON people.id = certifications.person_id JOIN customers ON customers.id = people.customer_id
         WHERE reminders.sent_at IS NULL AND people.left_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM certifications AS later WHERE later.person_id = certifications.person_id
                 AND later.track = certifications.track AND later.expires_on > certifications.expires_on
         ) ORDER BY reminders.certification_id, reminders.days_before",
    )?;
    let mut queued = 0;
    for row in due {
        let Some(today) = accounts::today(portal, &row.plan_version, &row.zone) else {
            continue;
        };
        let left = accounts::date(&row.expires_on)?.epoch_days() - today.epoch_days();
        let days = work::due_before(&domain::people::REMINDERS, left);
        if days.map(i64::from) != Some(row.days_before) {
            continue;
        }
        let mut tx = portal.db().write().await?;
        // Whoever corrects the certification meanwhile plans its reminders anew.
        let marked = execute!(
            tx,
            "UPDATE reminders SET sent_at = $1
             WHERE certification_id = $2 AND days_before = $3 AND due_on = $4 AND sent_at IS NULL",
            portal.now().0,
            row.certification_id,
            row.days_before,
            &row.due_on,
        )?;
        if marked == 1 {
            let mail = NewMail {
                key: format!(
                    "certification:{}:{}:{}",
                    row.certification_id, row.days_before, row.due_on
                ),
                to: To::Person(row.person_id),
                kind: MailKind::CertificationExpires,
                incident: None,
                seq: None,
                data: json!({"certification": row.certification_id, "days": row.days_before}),
            };
            queued += u64::from(mail::queue(portal, &mut tx, &mail).await?);
        }
        tx.commit().await?;
    }
    Ok(queued)
}
