//! The work in the background as administrators see it, and having it tried again.

use domain::{
    calendar::Instant,
    people::{Actor, Operation},
};

use super::{JobKind, MINUTE};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::{Reader, row, rows},
};

/// The most rows of a kind that are shown.
pub const MOST_SHOWN: i64 = 50;

/// How far back what was done is shown and counted, in milliseconds: a day.
const RECENT: i64 = 24 * 60 * MINUTE;

/// Where a piece of work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stand {
    /// It was tried so often in vain that it is not tried any more.
    GivenUp,
    /// It was tried in vain, and will be again.
    Failing,
    /// A server is at it.
    Running,
    /// It was not tried yet.
    Waiting,
    /// It was done within a day.
    Done,
}

impl Stand {
    /// All of them, what needs somebody first.
    pub const ALL: [Self; 5] = [
        Self::GivenUp,
        Self::Failing,
        Self::Running,
        Self::Waiting,
        Self::Done,
    ];

    /// Its name in records and for the look of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GivenUp => "given_up",
            Self::Failing => "failing",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
        }
    }
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The id of its row.
    pub id: i64,
    /// What is to be done; none if only a newer program knows it.
    pub kind: Option<JobKind>,
    /// What it is about, as records name it.
    pub key: String,
    /// Whom a mail is for, by the address.
    pub to: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    pub error: Option<String>,
    /// When it was queued.
    pub created: Instant,
    /// When it is due, or when it ended.
    pub at: Instant,
}

/// Work of one stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Where it stands.
    pub stand: Stand,
    /// How much there is.
    pub count: i64,
    /// The first of it, at most [`MOST_SHOWN`]: what is due next, or what ended last.
    pub jobs: Vec<Job>,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    kind: String,
    key: String,
    payload: String,
    attempts: i64,
    last_error: Option<String>,
    created_at: i64,
    at: i64,
}

/// Where a row stands at $1, by the name of the [`Stand`].
macro_rules! stand {
    () => {
        "CASE WHEN state <> 'waiting' THEN state WHEN claimed_until > $1 THEN 'running'
              WHEN last_error IS NOT NULL THEN 'failing' ELSE 'waiting' END"
    };
}

/// All work, by where it stands, for an administrator. `None` for anybody else.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(portal: &Portal, actor: Actor) -> Result<Option<Vec<Group>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageWork).await? {
        return Ok(None);
    }
    let now = portal.now().0;
    let recent = now.saturating_sub(RECENT);
    let mut reader = portal.db().read().await?;
    let counts: Vec<(String, i64)> = rows!(
        reader,
        concat!(
            "SELECT stand, COUNT(*) FROM (SELECT ",
            stand!(),
            " AS stand FROM jobs WHERE state <> 'done' OR done_at >= $2) AS stands GROUP BY stand"
        ),
        now,
        recent,
    )?;
    let mut groups = Vec::with_capacity(Stand::ALL.len());
    for stand in Stand::ALL {
        let found: Vec<JobRow> = rows!(
            reader,
            concat!(
                "SELECT id, kind, key, payload, attempts, last_error, created_at, COALESCE(done_at, run_at) AS at
                 FROM jobs WHERE (state <> 'done' OR done_at >= $2) AND ",
                stand!(),
                " = $3 ORDER BY COALESCE(-done_at, run_at), id LIMIT $4"
            ),
            now,
            recent,
            stand.name(),
            MOST_SHOWN,
        )?;
        let mut jobs = Vec::with_capacity(found.len());
        for row in found {
            jobs.push(job(&mut reader, row).await?);
        }
        let count = counts.iter().find(|(name, _)| name == stand.name());
        groups.push(Group {
            stand,
            count: count.map_or(0, |(_, count)| *count),
            jobs,
        });
    }
    Ok(Some(groups))
}

async fn job(reader: &mut Reader, row: JobRow) -> Result<Job, CoreError> {
    let kind = JobKind::parse(&row.kind);
    let mail: Option<i64> = match kind {
        Some(JobKind::Mail) => row.payload.parse().ok(),
        _ => None,
    };
    let to: Option<(Option<String>,)> = match mail {
        Some(mail) => row!(
            reader,
            "SELECT COALESCE(mails.to_address, people.email) FROM mails
             LEFT JOIN people ON people.id = mails.person_id WHERE mails.id = $1",
            mail,
        )?,
        None => None,
    };
    Ok(Job {
        id: row.id,
        kind,
        key: row.key,
        to: to.and_then(|(to,)| to),
        attempts: row.attempts,
        error: row.last_error,
        created: Instant(row.created_at),
        at: Instant(row.at),
    })
}

/// Has work tried again at once that failed or was given up, as if it were new. `Some(false)` if it does not wait for
/// that: it was done meanwhile, or a server is at it. `None` if it is not for `actor` to say so.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn retry(portal: &Portal, actor: Actor, job: i64) -> Result<Option<bool>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageWork).await? {
        return Ok(None);
    }
    let now = portal.now().0;
    let mut tx = portal.db().write().await?;
    let retried: Option<(String,)> = row!(
        tx,
        "UPDATE jobs SET state = 'waiting', run_at = $1, attempts = 0, done_at = NULL
         WHERE id = $2 AND (state = 'given_up' OR (state = 'waiting' AND last_error IS NOT NULL))
             AND (claimed_until IS NULL OR claimed_until <= $1) RETURNING key",
        now,
        job,
    )?;
    let Some((key,)) = retried else {
        return Ok(Some(false));
    };
    let entry = Entry {
        actor,
        kind: Kind::WorkRetried,
        customer: None,
        subject: &key,
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, audit::NOTHING).await?;
    tx.commit().await?;
    portal.wake();
    Ok(Some(true))
}
