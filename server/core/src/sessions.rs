//! Sessions of the browser, kept in the portal's database, so that several servers share them.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore as Store,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::{
    CoreError, Portal,
    db::{execute, row},
};

/// The name under which a session's data hold the id of the person who is signed in, an integer.
///
/// The store keeps it, and what the following names stand for, in columns of its own as well, so that a person's
/// sessions can be found and shown to them.
pub const PERSON_KEY: &str = "person";

/// The name under which they hold when that person signed in: milliseconds since the Unix epoch, UTC.
pub const BEGUN_KEY: &str = "begun";

/// The name under which they hold the address that it was done from.
pub const ADDRESS_KEY: &str = "address";

/// The name under which they hold what the browser calls itself.
pub const AGENT_KEY: &str = "agent";

/// The name under which they hold the id of somebody who proved the first of two steps, and is not signed in yet: such a
/// session is theirs as well, to be ended with the others.
pub const FIRST_STEP_KEY: &str = "first_step";

/// How often a new id is drawn before giving up. One collision of 128 random bits will never be seen.
const DRAWS: u32 = 3;

/// How often it is written down that a session is used: once a minute, in milliseconds.
const SEEN_EVERY_MS: i64 = 60_000;

/// The most characters that are kept of what a browser calls itself.
const MOST_AGENT: usize = 400;

/// For how long sessions live, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without being used.
    pub idle_ms: i64,
    /// In all, from signing in on.
    pub most_ms: i64,
}

impl Lifetime {
    /// So many hours without being used, and so many in all.
    pub const fn hours(idle: u32, most: u32) -> Self {
        Self {
            idle_ms: idle as i64 * 3_600_000,
            most_ms: most as i64 * 3_600_000,
        }
    }

    /// When a session ends that is used now.
    fn ends(self, begun: Option<i64>, now: i64) -> i64 {
        (now + self.idle_ms).min(begun.unwrap_or(now) + self.most_ms)
    }
}

/// The store that tower-sessions is given. A session ends when the portal's clock says so, by its [`Lifetime`]: what
/// tower-sessions computes from the system's clock does not count.
#[derive(Clone, Debug)]
pub struct SessionStore {
    portal: Portal,
    lifetime: Lifetime,
}

impl SessionStore {
    /// The store in the database of `portal`.
    pub const fn new(portal: Portal, lifetime: Lifetime) -> Self {
        Self { portal, lifetime }
    }
}

/// Deletes the sessions that have ended and says how many there were. To be called now and then.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn delete_expired(portal: &Portal) -> std::result::Result<u64, CoreError> {
    let mut tx = portal.db().write().await?;
    let deleted = execute!(
        tx,
        "DELETE FROM sessions WHERE expires_at <= $1",
        portal.now().0
    )?;
    tx.commit().await?;
    Ok(deleted)
}

tokio::task_local! {
    /// Set while a browser asks for something by itself.
    static BY_ITSELF: ();
}

/// Answers what a browser asks for by itself, without anybody having done something: a session that is loaded meanwhile
/// lives no longer for it.
pub async fn by_itself<F: Future>(answer: F) -> F::Output {
    BY_ITSELF.scope((), answer).await
}

/// What the database keeps of a session's id: whoever reads it, or a backup of it, cannot go on with anybody's session.
pub(crate) fn kept(id: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(id))
}

/// Whose session this is: of whoever is signed in, or proved the first step; nobody's once it has ended. To ask is not to
/// use it: it lives no longer for it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn holder(portal: &Portal, id: &str) -> std::result::Result<Option<i64>, CoreError> {
    let mut reader = portal.db().read().await?;
    let found: Option<(Option<i64>,)> = row!(
        reader,
        "SELECT person_id FROM sessions WHERE id = $1 AND expires_at > $2",
        kept(id),
        portal.now().0,
    )?;
    Ok(found.and_then(|(person,)| person))
}

#[async_trait]
impl Store for SessionStore {
    /// Never takes over a session that exists: where the id is taken, another is drawn.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        let now = self.portal.now().0;
        let begun = number(record, BEGUN_KEY);
        for _ in 0..DRAWS {
            let mut tx = self.portal.db().write().await.map_err(backend)?;
            let inserted = execute!(
                tx,
                "INSERT INTO sessions (id, data, person_id, expires_at, begun_at, seen_at, address, agent)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (id) DO NOTHING",
                kept(&record.id.to_string()),
                &data,
                person(record),
                self.lifetime.ends(begun, now),
                begun,
                now,
                text(record, ADDRESS_KEY),
                text(record, AGENT_KEY),
            )
            .map_err(backend)?;
            tx.commit().await.map_err(backend)?;
            if inserted == 1 {
                return Ok(());
            }
            let mut id = [0; 16];
            self.portal.chance().fill(&mut id);
            record.id = Id(i128::from_le_bytes(id));
        }
        Err(Error::Backend("no free session id".to_owned()))
    }

    /// Does nothing if the session is gone: a request that is still running cannot undo a sign-out.
    async fn save(&self, record: &Record) -> Result<()> {
        let now = self.portal.now().0;
        let begun = number(record, BEGUN_KEY);
        let mut tx = self.portal.db().write().await.map_err(backend)?;
        execute!(
            tx,
            "UPDATE sessions SET data = $1, person_id = $2, expires_at = $3, begun_at = $4, seen_at = $5,
                address = $6, agent = $7
             WHERE id = $8",
            encode(record)?,
            person(record),
            self.lifetime.ends(begun, now),
            begun,
            now,
            text(record, ADDRESS_KEY),
            text(record, AGENT_KEY),
            kept(&record.id.to_string()),
        )
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    /// Whoever loads a session uses it, unless it is asked for [`by_itself`].
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        type Row = (String, i64, Option<i64>, Option<i64>);
        let now = self.portal.now().0;
        let found: Option<Row> = {
            let mut reader = self.portal.db().read().await.map_err(backend)?;
            row!(
                reader,
                "SELECT data, expires_at, begun_at, seen_at FROM sessions WHERE id = $1 AND expires_at > $2",
                kept(&id.to_string()),
                now,
            )
            .map_err(backend)?
        };
        let Some((data, mut expires_at, begun, seen)) = found else {
            return Ok(None);
        };
        let used = BY_ITSELF.try_with(|()| ()).is_err();
        if used && seen.is_none_or(|seen| now - seen >= SEEN_EVERY_MS) {
            expires_at = self.lifetime.ends(begun, now);
            let mut tx = self.portal.db().write().await.map_err(backend)?;
            execute!(
                tx,
                "UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3",
                now,
                expires_at,
                kept(&id.to_string()),
            )
            .map_err(backend)?;
            tx.commit().await.map_err(backend)?;
        }
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at) * NANOS_IN_MS)
                .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.portal.db().write().await.map_err(backend)?;
        execute!(
            tx,
            "DELETE FROM sessions WHERE id = $1",
            kept(&id.to_string())
        )
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

const NANOS_IN_MS: i128 = 1_000_000;

fn number(record: &Record, key: &str) -> Option<i64> {
    record.data.get(key).and_then(serde_json::Value::as_i64)
}

fn text(record: &Record, key: &str) -> Option<String> {
    let text = record.data.get(key).and_then(serde_json::Value::as_str)?;
    Some(
        text.chars()
            .filter(|c| !c.is_control())
            .take(MOST_AGENT)
            .collect(),
    )
}

/// Whose it is: of the person who is signed in, or who proved the first step.
fn person(record: &Record) -> Option<i64> {
    number(record, PERSON_KEY).or_else(|| number(record, FIRST_STEP_KEY))
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

/// The database's words stay in the log: tower-sessions hands this error on.
fn backend(error: sqlx::Error) -> Error {
    tracing::error!(%error, "a session could not be read or written");
    Error::Backend("the database failed".to_owned())
}
