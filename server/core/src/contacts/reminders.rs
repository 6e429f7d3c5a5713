//! Reminders of a certification that will expire: stored with it, to be sent when the portal can send mail.

use domain::people::Certification;

use crate::{
    CoreError,
    db::{Tx, execute},
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
