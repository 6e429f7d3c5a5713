//! What has to be done every hour, or every minute: work as any other, a row for each kind and period, so that several
//! servers do it once.

use domain::calendar::Instant;
use serde_json::Value;

use super::{JobKind, MINUTE};
use crate::{
    CoreError, Portal, accounts, contacts, customers,
    db::{execute, row},
    files, imports, incidents, mail, sessions,
};

/// What recurs, and how often, in milliseconds.
const RECURRING: [(JobKind, i64); 5] = [
    (JobKind::Tidy, 60 * MINUTE),
    (JobKind::CloseSilent, 60 * MINUTE),
    (JobKind::Reminders, 60 * MINUTE),
    (JobKind::Terms, 60 * MINUTE),
    (JobKind::Warnings, MINUTE),
];

/// How long work that is done is kept for administrators to see, in milliseconds. What was given up is kept until they have
/// it tried again.
const KEPT: i64 = 30 * 24 * 60 * MINUTE;

/// What was to be told so long ago is no news any more, in days: the portal was down, or it was entered too late.
pub(crate) const STALE: i32 = 7;

/// Queues what recurs and is due in this period, unless the last of its kind is still to be done. To be called every few
/// seconds.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn plan(portal: &Portal) -> Result<(), CoreError> {
    let now = portal.now();
    for (kind, every) in RECURRING {
        let period = now.0.div_euclid(every);
        let key = format!("{}:{period}", kind.name());
        let there: Option<(i64,)> = row!(
            portal.db().read().await?,
            "SELECT id FROM jobs WHERE key = $1 OR (kind = $2 AND state = 'waiting') LIMIT 1",
            &key,
            kind.name(),
        )?;
        if there.is_some() {
            continue;
        }
        let mut tx = portal.db().write().await?;
        // The last of its kind is all that is worth looking at; and if the clock is set back, its period comes again.
        execute!(
            tx,
            "DELETE FROM jobs WHERE kind = $1 AND state = 'done' AND id < (
                 SELECT MAX(id) FROM jobs WHERE kind = $1 AND state = 'done'
             )",
            kind.name(),
        )?;
        let job = super::NewJob {
            kind,
            key,
            payload: Value::Null,
            run_at: now,
        };
        super::add(portal, &mut tx, &job).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Does work of the kinds that are done here: all but mail. Says what was done, where that is worth a line of the log.
///
/// # Errors
/// [`CoreError`] if the database fails; what was done until then stays done.
pub async fn run(portal: &Portal, kind: JobKind) -> Result<(), CoreError> {
    let (done, what) = match kind {
        JobKind::Mail => (0, ""),
        JobKind::Tidy => (tidy(portal).await?, "records that nobody needs deleted"),
        JobKind::CloseSilent => (
            incidents::close_silent(portal).await?,
            "resolutions that nobody answered count as accepted",
        ),
        JobKind::Reminders => (
            contacts::remind(portal).await?,
            "reminders of certifications queued",
        ),
        JobKind::Terms => (
            customers::tell_of_ends(portal).await?,
            "mails about the end of a term queued",
        ),
        JobKind::Warnings => (
            incidents::warn(portal).await?,
            "warnings of due times queued",
        ),
    };
    if done > 0 {
        portal.wake();
        tracing::info!(done, "{what}");
    }
    Ok(())
}

/// Deletes ended sessions, files that nobody imported or sent to their end, forgotten tries to sign in, mails put aside that
/// were dealt with and work that was done long ago.
async fn tidy(portal: &Portal) -> Result<u64, CoreError> {
    let sessions = sessions::delete_expired(portal).await?;
    let tries = accounts::forget_tries(portal).await?;
    let imports = imports::delete_expired(portal).await?;
    let files = files::delete_abandoned(portal).await?;
    let mails = mail::forget(portal).await?;
    let mut tx = portal.db().write().await?;
    let done = execute!(
        tx,
        "DELETE FROM jobs WHERE state = 'done' AND done_at <= $1",
        portal.now().0.saturating_sub(KEPT),
    )?;
    tx.commit().await?;
    Ok(sessions + tries + imports + files + mails + done)
}

/// Of the days before an end on which somebody is told of it, the one whose mail is due with `left` days to go: none if
/// none was reached yet, or the last one so long ago that it is no news.
pub(crate) fn due_before(days: &[u32], left: i32) -> Option<u32> {
    days.iter()
        .copied()
        .filter(|days| i32::try_from(*days).is_ok_and(|days| left <= days && left >= 0))
        .min()
        .filter(|days| i32::try_from(*days).is_ok_and(|days| days - left < STALE))
}

/// Whether an instant lies so long ago that what was due then is no news any more.
pub(crate) fn is_stale(due: Instant, now: Instant) -> bool {
    now.ms_since(due) > i64::from(STALE) * 24 * 60 * MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_day_that_was_reached_is_due_unless_it_is_no_news() {
        let days = [90, 30, 7];
        for (left, due) in [
            (91, None),
            (90, Some(90)),
            (84, Some(90)),
            (83, None),
            (31, None),
            (30, Some(30)),
            (24, Some(30)),
            (23, None),
            (7, Some(7)),
            (1, Some(7)),
            (0, None),
            (-1, None),
        ] {
            assert_eq!(due_before(&days, left), due, "{left}");
        }
    }
}
