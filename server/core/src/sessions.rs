//! Sessions of the browser, kept in the portal's database, so that several servers share them.

use async_trait::async_trait;
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
/// The store keeps it in a column of its own as well, so that a person's sessions can be found.
pub const PERSON_KEY: &str = "person";

/// How often a new id is drawn before giving up. One collision of 128 random bits will never be seen.
const DRAWS: u32 = 3;

/// The store that tower-sessions is given. A session ends when the portal's clock says so.
#[derive(Clone, Debug)]
pub struct SessionStore(Portal);

impl SessionStore {
    /// The store in the database of `portal`.
    pub const fn new(portal: Portal) -> Self {
        Self(portal)
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

#[async_trait]
impl Store for SessionStore {
    /// Never takes over a session that exists: where the id is taken, another is drawn.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        for _ in 0..DRAWS {
            let mut tx = self.0.db().write().await.map_err(backend)?;
            let inserted = execute!(
                tx,
                "INSERT INTO sessions (id, data, person_id, expires_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (id) DO NOTHING",
                record.id.to_string(),
                &data,
                person(record),
                expiry(record),
            )
            .map_err(backend)?;
            tx.commit().await.map_err(backend)?;
            if inserted == 1 {
                return Ok(());
            }
            let mut id = [0; 16];
            self.0.chance().fill(&mut id);
            record.id = Id(i128::from_le_bytes(id));
        }
        Err(Error::Backend("no free session id".to_owned()))
    }

    /// Does nothing if the session is gone: a request that is still running cannot undo a sign-out.
    async fn save(&self, record: &Record) -> Result<()> {
        let mut tx = self.0.db().write().await.map_err(backend)?;
        execute!(
            tx,
            "UPDATE sessions SET data = $1, person_id = $2, expires_at = $3 WHERE id = $4",
            encode(record)?,
            person(record),
            expiry(record),
            record.id.to_string(),
        )
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut reader = self.0.db().read().await.map_err(backend)?;
        let found: Option<(String, i64)> = row!(
            reader,
            "SELECT data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2",
            id.to_string(),
            self.0.now().0,
        )
        .map_err(backend)?;
        let Some((data, expires_at)) = found else {
            return Ok(None);
        };
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
        let mut tx = self.0.db().write().await.map_err(backend)?;
        execute!(tx, "DELETE FROM sessions WHERE id = $1", id.to_string()).map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

const NANOS_IN_MS: i128 = 1_000_000;

/// When it ends, in milliseconds since the Unix epoch, UTC.
fn expiry(record: &Record) -> i64 {
    let ms = record
        .expiry_date
        .unix_timestamp_nanos()
        .div_euclid(NANOS_IN_MS);
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn person(record: &Record) -> Option<i64> {
    record
        .data
        .get(PERSON_KEY)
        .and_then(serde_json::Value::as_i64)
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

/// The database's words stay in the log: tower-sessions hands this error on.
fn backend(error: sqlx::Error) -> Error {
    tracing::error!(%error, "a session could not be read or written");
    Error::Backend("the database failed".to_owned())
}
