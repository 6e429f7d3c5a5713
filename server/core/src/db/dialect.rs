//! All in which SQLite and PostgreSQL truly differ.

use std::{fs, io, path::Path, str::FromStr, thread, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use super::{Db, Lock, Tx};
use crate::error::OpenError;

/// Takes SQLite's write lock at once: a transaction that reads first and writes later could fail in between.
pub(super) const SQLITE_BEGIN: &str = "BEGIN IMMEDIATE";

pub(super) static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("src/db/migrations/sqlite");
pub(super) static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("src/db/migrations/postgres");

/// How long one waits for another program's lock on SQLite's file.
const BUSY: Duration = Duration::from_secs(5);
/// What a connection keeps of SQLite's file, in KiB (negative, as its pragma wants it): the system keeps it, too.
const SQLITE_CACHE: &str = "-1024";
/// How long a request waits for a connection before it fails.
const ACQUIRE: Duration = Duration::from_secs(10);

/// The address of a database in memory is refused: the readers would each see one of their own.
pub(super) async fn open_sqlite(url: &str, connections: u32) -> Result<Db, OpenError> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(OpenError::Url("the portal keeps nothing in memory"));
    }
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A number that was shown to a customer survives a power failure.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("cache_size", SQLITE_CACHE);
    let folder = options.get_filename().parent().unwrap_or(Path::new(""));
    if folder != Path::new("") {
        fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
    }
    // The writer first: it makes the file that the readers open.
    let writer: SqlitePool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .connect_with(options.clone())
        .await?;
    // Reading is work for a processor, seldom for the disk: more at once would only take more memory.
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let readers = u32::try_from(processors)
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let readers = SqlitePoolOptions::new()
        .max_connections(connections.clamp(1, readers))
        .acquire_timeout(ACQUIRE)
        .connect_with(options.pragma("query_only", "ON"))
        .await?;
    Ok(Db::Sqlite { writer, readers })
}

pub(super) async fn open_postgres(url: &str, connections: u32) -> Result<Db, OpenError> {
    let options = PgConnectOptions::from_str(url)?.application_name("portal");
    // A pool tries again until its time is over, and then says nothing else.
    let first = timeout(ACQUIRE, PgConnection::connect_with(&options))
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the server does not answer"))
        .map_err(sqlx::Error::Io)??;
    first.close().await?;
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await?;
    Ok(Db::Postgres(pool))
}

/// `SQLite` has one writer at a time in any case.
pub(super) async fn lock(tx: &mut Tx, what: Lock) -> Result<(), sqlx::Error> {
    let Tx::Postgres(tx) = tx else {
        return Ok(());
    };
    // A kind in the highest bits, so that none of them waits for another.
    let key = match what {
        Lock::Administrators => 1 << 60,
        Lock::Certifications => 2 << 60,
        Lock::Customer(id) => (3 << 60) | id,
        Lock::SigningKeys => 6 << 60,
        Lock::FormSecret => 7 << 60,
    };
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(key)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Runs the migrations on a connection that does not enforce foreign keys: `SQLite` changes a column only by making its
/// table anew, and whatever refers to the table would forbid to drop the old one. So they are checked afterwards.
pub(super) async fn migrate_sqlite(writer: &SqlitePool) -> Result<(), MigrateError> {
    let options = writer.connect_options().as_ref().clone();
    let one = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.foreign_keys(false))
        .await?;
    let migrated = SQLITE_MIGRATIONS.run(&one).await;
    let broken = sqlx::query("PRAGMA foreign_key_check")
        .fetch_optional(&one)
        .await;
    one.close().await;
    migrated?;
    let broken = broken?;
    match broken {
        None => Ok(()),
        Some(_) => Err(MigrateError::Execute(sqlx::Error::Protocol(
            "a row refers to one that does not exist".to_owned(),
        ))),
    }
}

/// Keeps the closed days from being changed until the transaction ends: a promise is computed from them. Any number may
/// hold them at once. SQLite has one writer at a time anyway.
pub(crate) async fn hold_closed_days(tx: &mut Tx) -> Result<(), sqlx::Error> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => run_alone(tx, "LOCK TABLE closed_days IN SHARE MODE").await,
    }
}

/// Waits until nobody [holds](hold_closed_days) the closed days, and lets nobody hold or change them until the transaction
/// ends. They can be read meanwhile.
pub(crate) async fn lock_closed_days(tx: &mut Tx) -> Result<(), sqlx::Error> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => {
            run_alone(tx, "LOCK TABLE closed_days IN SHARE ROW EXCLUSIVE MODE").await
        }
    }
}

/// Work that was claimed.
#[derive(sqlx::FromRow)]
pub(crate) struct ClaimedRow {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) payload: String,
    pub(crate) attempts: i64,
}

/// Which work can be claimed at $1, with a lease of $3 and no wait longer than $4; it is put where the claim wants it. What
/// lies twice as far ahead was written by a clock that was wrong: the clocks of servers may differ by as much as a lease.
macro_rules! claim {
    ($before:literal, $after:literal) => {
        concat!(
            "UPDATE jobs SET claimed_by = $2, claimed_until = $1 + $3, attempts = attempts + 1 WHERE id ",
            $before,
            "SELECT id FROM jobs WHERE state = 'waiting' AND (run_at <= $1 OR run_at > $1 + 2 * $4)
                 AND (claimed_until IS NULL OR claimed_until <= $1 OR claimed_until > $1 + 2 * $3)
             ORDER BY CASE WHEN kind = 'mail' THEN 1 ELSE 0 END, run_at, id LIMIT $5",
            $after,
            " RETURNING id, kind, key, payload, attempts"
        )
    };
}

/// Claims work for `by` until the lease ends: what is due at `now` and held by nobody. `lease` and `most_wait` are in
/// milliseconds.
pub(crate) async fn claim_jobs(
    tx: &mut Tx,
    by: &str,
    now: i64,
    (lease, most_wait): (i64, i64),
    most: i64,
) -> Result<Vec<ClaimedRow>, sqlx::Error> {
    match tx {
        Tx::Sqlite(tx) => {
            sqlx::query_as(claim!("IN (", ")"))
                .bind(now)
                .bind(by)
                .bind(lease)
                .bind(most_wait)
                .bind(most)
                .fetch_all(&mut **tx)
                .await
        }
        // Several claim at once: each passes over what another one is about to take. The array is made once, where a set
        // could be looked for anew.
        Tx::Postgres(tx) => {
            sqlx::query_as(claim!("= ANY (ARRAY(", " FOR UPDATE SKIP LOCKED))"))
                .bind(now)
                .bind(by)
                .bind(lease)
                .bind(most_wait)
                .bind(most)
                .fetch_all(&mut **tx)
                .await
        }
    }
}

/// The channel on which servers tell each other what happened.
const CHANNEL: &str = "portal_news";
/// After how long without a word it is asked whether the connection is still there.
const SILENCE: Duration = Duration::from_mins(1);

/// Tells every server of the same database, once the transaction is committed. SQLite's has none beside it.
pub(crate) async fn notify(tx: &mut Tx, payload: &str) -> Result<(), sqlx::Error> {
    let Tx::Postgres(tx) = tx else {
        return Ok(());
    };
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(payload)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// Gives `heard` what servers tell: nothing at first, for something may have been missed before, and then each payload.
/// Ends with an error once the connection is lost; returns at once on SQLite.
pub(crate) async fn listen(db: &Db, heard: impl Fn(Option<&str>)) -> Result<(), sqlx::Error> {
    let Db::Postgres(pool) = db else {
        return Ok(());
    };
    // A connection of its own: it is never given back, and none that answers requests is missing.
    let options = pool.connect_options().as_ref().clone();
    let own = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options)
        .await?;
    let mut listener = PgListener::connect_with(&own).await?;
    // It would make another one by itself, and what was missed meanwhile could be overlooked.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    heard(None);
    loop {
        let Ok(told) = timeout(SILENCE, listener.try_recv()).await else {
            // What lies between may have forgotten the connection without a word.
            timeout(ACQUIRE, sqlx::query("SELECT 1").execute(&mut listener))
                .await
                .map_err(|_| lost())??;
            continue;
        };
        let told = told?.ok_or_else(lost)?;
        heard(Some(told.payload()));
    }
}

fn lost() -> sqlx::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted).into()
}

async fn run_alone(connection: &mut PgConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(connection).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use domain::incident::{Field, State};

    use super::*;

    #[test]
    fn both_folders_have_the_same_migrations() {
        let names = |migrator: &Migrator| -> Vec<_> {
            migrator
                .iter()
                .map(|one| (one.version, one.description.clone()))
                .collect()
        };
        assert_eq!(names(&SQLITE_MIGRATIONS), names(&POSTGRES_MIGRATIONS));
    }

    /// Tables that are made anew keep their rows, and what refers to them.
    #[tokio::test]
    async fn a_database_from_before_the_people_keeps_its_contacts() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("portal.db").display());
        let Db::Sqlite { writer, readers } = open_sqlite(&url, 1).await.unwrap() else {
            panic!("not SQLite");
        };
        let before = SQLITE_MIGRATIONS.iter().take(1).cloned().collect();
        Migrator::with_migrations(before)
            .run(&writer)
            .await
            .unwrap();
        for row in [
            "INSERT INTO customers (name, plan_version, tier, zone) VALUES ('A', '2026.1', 'core', 'seoul')",
            "INSERT INTO contacts (id, customer_id, name, email, email_folded, password_hash)
             VALUES (7, 1, 'B', 'b@a.example', 'b@a.example', 'x')",
            "INSERT INTO incidents VALUES (1, 2026, 1, 1, 7, '123456789012345678901234567890123456', 0, 0, 1,
             'resolved', 0, 'T', 't', '2026.1', 'c', 'z', 'core', 'seoul', 'r', 'r', 'a', '{}', '{}', 'd', '', '')",
            "INSERT INTO sessions VALUES ('s', '{}', 7, 0)",
        ] {
            sqlx::query(row).execute(&writer).await.unwrap();
        }
        migrate_sqlite(&writer).await.unwrap();
        let found: (String, String, i64) = sqlx::query_as(
            "SELECT people.role, people.name, incidents.contact_id FROM people
             JOIN incidents ON incidents.contact_id = people.id",
        )
        .fetch_one(&writer)
        .await
        .unwrap();
        assert_eq!(found, ("contact".to_owned(), "B".to_owned(), 7));
        // Their sessions stood there with ids that open them.
        let sessions: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM sessions")
            .fetch_one(&writer)
            .await
            .unwrap();
        assert_eq!(sessions, (0,));
        // And it is still referred to.
        for broken in ["DELETE FROM people", "UPDATE incidents SET contact_id = 8"] {
            sqlx::query(broken)
                .execute(&writer)
                .await
                .expect_err(broken);
        }
        readers.close().await;
        writer.close().await;
    }

    /// A limit that changes in the domain needs a migration.
    #[test]
    fn the_schema_states_the_limits_of_the_domain() {
        for migrator in [&SQLITE_MIGRATIONS, &POSTGRES_MIGRATIONS] {
            let sql: String = migrator
                .iter()
                .map(|one| one.sql.as_str().to_owned())
                .collect();
            for field in Field::ALL {
                let (name, most) = (field.name(), field.most());
                let limit = if field.optional() {
                    format!("CHECK (length({name}) <= {most})")
                } else {
                    format!("CHECK (length({name}) BETWEEN 1 AND {most})")
                };
                assert!(sql.contains(&limit), "{limit}");
            }
            let states: Vec<_> = State::ALL
                .iter()
                .map(|state| format!("'{}'", state.name()))
                .collect();
            assert!(sql.contains(&format!("state IN ({})", states.join(", "))));
        }
    }
}
