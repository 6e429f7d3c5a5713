//! Work beside the requests: mail to deliver, and what has to be done every hour.
//!
//! A piece of work is a row, written in the transaction of what it comes of. Any server claims it with a lease that it
//! renews as long as it works; a server that is killed lets the lease end, and another one claims it. So everything is done
//! at least once, and whoever does it must bear that it was done before.

mod claim;
mod list;
mod recurring;

use domain::calendar::Instant;
use serde_json::Value;

use crate::{
    CoreError, Portal,
    db::{Tx, execute},
};

pub use claim::{Claimed, LEASE, MOST_ATTEMPTS, claim, done, failed, give_up, renew};
pub(crate) use claim::{abandon, finish, short};
pub use list::{Group, Job, MOST_SHOWN, Stand, list, retry};
pub(crate) use recurring::{due_before, is_stale};
pub use recurring::{plan, run};

/// The longest that anything waits for its time, in milliseconds: of the back-off, and of what is planned. What seems to be
/// due later than that was planned by a clock that was wrong, and is due now.
pub const MOST_WAIT: i64 = 60 * MINUTE;

/// In milliseconds.
const MINUTE: i64 = 60_000;

domain::named! {
    /// What is to be done.
    pub enum JobKind;

    /// Deliver a mail of the outbox; the payload is its id.
    Mail = "mail",
    /// Delete what nobody needs any more.
    Tidy = "tidy",
    /// Close what was resolved so long ago that it counts as accepted.
    CloseSilent = "close_silent",
    /// Remind of certifications that will expire.
    Reminders = "reminders",
    /// Tell of Subscription Terms that will end.
    Terms = "terms",
    /// Warn of due times that come near, or were missed.
    Warnings = "warnings",
}

/// Work to be queued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What is to be done.
    pub kind: JobKind,
    /// What it is about: while a job with this key is kept, another one is not queued. At most 300 characters.
    pub key: String,
    /// What whoever does it needs to know.
    pub payload: Value,
    /// Not before then; at most [`MOST_WAIT`] ahead.
    pub run_at: Instant,
}

/// Queues work, in the transaction of what it comes of. `false` if the same was queued before. After the commit,
/// [`Portal::wake`] saves it the wait for the next look.
pub(crate) async fn add(portal: &Portal, tx: &mut Tx, job: &NewJob) -> Result<bool, CoreError> {
    let added = execute!(
        tx,
        "INSERT INTO jobs (kind, key, payload, run_at, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO NOTHING",
        job.kind.name(),
        &job.key,
        job.payload.to_string(),
        job.run_at.0,
        portal.now().0,
    )?;
    Ok(added == 1)
}
