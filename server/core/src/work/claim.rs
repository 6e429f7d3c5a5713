//! Claiming work, and what came of it.

use serde_json::Value;

use super::{JobKind, MINUTE, MOST_WAIT};
use crate::{
    CoreError, Portal,
    db::{ClaimedRow, Tx, claim_jobs, execute},
};

/// How long a claim holds unless it is [renewed](renew), in milliseconds.
pub const LEASE: i64 = MINUTE;

/// After so many tries work is given up. With the waits in between ([`back_off`]) they take five days; counted, not timed,
/// so that a clock that jumps gives nothing up.
pub const MOST_ATTEMPTS: i64 = 126;

/// The most characters that are kept of an error.
const MOST_ERROR: usize = 500;

/// Work that a server has claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The id of its row.
    pub id: i64,
    /// What is to be done.
    pub kind: JobKind,
    /// What it is about.
    pub key: String,
    /// What whoever does it needs to know.
    pub payload: Value,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// By whom.
    pub by: String,
}

/// Claims up to `most` pieces of work that are due for the server `by`, whose name no other server has. What another
/// server holds is left out, unless its lease has ended.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn claim(portal: &Portal, by: &str, most: i64) -> Result<Vec<Claimed>, CoreError> {
    let mut tx = portal.db().write().await?;
    let rows = claim_jobs(&mut tx, by, portal.now().0, (LEASE, MOST_WAIT), most).await?;
    tx.commit().await?;
    let known = |row: ClaimedRow| {
        let Some(kind) = JobKind::parse(&row.kind) else {
            // A newer server's, which claims it when this lease ends.
            tracing::warn!(kind = row.kind, key = row.key, "work of an unknown kind");
            return None;
        };
        Some(Claimed {
            id: row.id,
            kind,
            key: row.key,
            // Whoever does it says what it misses; meanwhile it keeps nothing else from being done.
            payload: serde_json::from_str(&row.payload).unwrap_or_default(),
            attempts: row.attempts,
            by: by.to_owned(),
        })
    };
    let mut claimed = Vec::new();
    for job in rows.into_iter().filter_map(known) {
        if job.attempts > MOST_ATTEMPTS {
            // It never came to say why it failed.
            give_up(portal, &job, "it broke off again and again").await?;
        } else {
            claimed.push(job);
        }
    }
    Ok(claimed)
}

/// Holds a claim for another [`LEASE`]. `false` if it is held no more: the lease had ended, and somebody else has it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn renew(portal: &Portal, job: &Claimed) -> Result<bool, CoreError> {
    let mut tx = portal.db().write().await?;
    let held = execute!(
        tx,
        "UPDATE jobs SET claimed_until = $1 WHERE id = $2 AND claimed_by = $3 AND attempts = $4",
        portal.now().0.saturating_add(LEASE),
        job.id,
        &job.by,
        job.attempts,
    )?;
    tx.commit().await?;
    Ok(held == 1)
}

/// Records that it is done. Nothing if the claim is held no more: then whoever holds it does it once more.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn done(portal: &Portal, job: &Claimed) -> Result<(), CoreError> {
    let mut tx = portal.db().write().await?;
    finish(portal, &mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// The same in the transaction of what was done.
pub(crate) async fn finish(portal: &Portal, tx: &mut Tx, job: &Claimed) -> Result<(), CoreError> {
    execute!(
        tx,
        "UPDATE jobs SET state = 'done', done_at = $1, claimed_by = NULL, claimed_until = NULL, last_error = NULL
         WHERE id = $2 AND claimed_by = $3 AND attempts = $4",
        portal.now().0,
        job.id,
        &job.by,
        job.attempts,
    )?;
    Ok(())
}

/// Records that it failed, and why. It is tried again after a while that doubles, from a minute to an hour; after
/// [`MOST_ATTEMPTS`] it is given up, which is `true`.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn failed(portal: &Portal, job: &Claimed, why: &str) -> Result<bool, CoreError> {
    if job.attempts >= MOST_ATTEMPTS {
        give_up(portal, job, why).await?;
        return Ok(true);
    }
    let mut tx = portal.db().write().await?;
    execute!(
        tx,
        "UPDATE jobs SET run_at = $1, claimed_by = NULL, claimed_until = NULL, last_error = $2
         WHERE id = $3 AND claimed_by = $4 AND attempts = $5",
        portal.now().0.saturating_add(back_off(job.attempts)),
        short(why),
        job.id,
        &job.by,
        job.attempts,
    )?;
    tx.commit().await?;
    Ok(false)
}

/// Records that it can never be done, and why; administrators see it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn give_up(portal: &Portal, job: &Claimed, why: &str) -> Result<(), CoreError> {
    let mut tx = portal.db().write().await?;
    abandon(portal, &mut tx, job, why).await?;
    Ok(tx.commit().await?)
}

/// The same in the transaction of what came of it.
pub(crate) async fn abandon(
    portal: &Portal,
    tx: &mut Tx,
    job: &Claimed,
    why: &str,
) -> Result<(), CoreError> {
    execute!(
        tx,
        "UPDATE jobs SET state = 'given_up', done_at = $1, claimed_by = NULL, claimed_until = NULL, last_error = $2
         WHERE id = $3 AND claimed_by = $4 AND attempts = $5",
        portal.now().0,
        short(why),
        job.id,
        &job.by,
        job.attempts,
    )?;
    Ok(())
}

/// How long one waits after the try of this number, in milliseconds.
fn back_off(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    MINUTE
        .saturating_mul(2_i64.saturating_pow(doublings))
        .min(MOST_WAIT)
}

/// As much of an error as is kept. PostgreSQL has no text with a NUL in it.
pub(crate) fn short(why: &str) -> String {
    why.chars()
        .filter(|c| *c != '\0')
        .take(MOST_ERROR)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour_and_all_of_them_are_five_days() {
        let minutes: Vec<_> = (1..=8).map(|tries| back_off(tries) / MINUTE).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(back_off(i64::MAX), MOST_WAIT);
        let all: i64 = (1..MOST_ATTEMPTS).map(back_off).sum();
        let five_days = 5 * 24 * 60 * MINUTE;
        assert!((five_days..five_days + MOST_WAIT).contains(&all), "{all}");
    }
}
