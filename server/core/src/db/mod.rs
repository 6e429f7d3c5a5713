//! The database: SQLite or PostgreSQL behind one type, and one static SQL text for both.
//!
//! Both accept `$1`, `$2`, … as placeholders. A statement is written once, with [`rows!`], [`row!`] or [`execute!`],
//! over anything that has a connection: a [`Reader`], or a [`Tx`] that an operation borrows to its helpers.

mod dialect;
mod many;
mod search;

use futures_util::future::BoxFuture;
use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
};

pub use search::MOST_SEARCH;
pub(crate) use search::{fold, like, like_any_case};

use crate::error::{NotReady, OpenError};

/// The pools of one engine.
pub(crate) enum Db {
    /// One connection that writes, so that no two writers ever wait inside of SQLite, and many that read.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    /// One pool for everything.
    Postgres(PgPool),
}

/// A connection, of either engine, lent for one statement.
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// A connection to read with.
pub(crate) enum Reader {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A transaction that may write. Whatever is not committed is undone when it is dropped.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What a helper borrows that reads the same inside and outside of a transaction.
pub(crate) trait Held: Send {
    /// Its connection, for one statement.
    fn conn(&mut self) -> Conn<'_>;
}

/// Runs the same statement on the connection of whichever engine `$held` holds.
macro_rules! on {
    ($held:expr, |$conn:ident| $run:expr) => {
        match $held.conn() {
            $crate::db::Conn::Sqlite($conn) => $run,
            $crate::db::Conn::Postgres($conn) => $run,
        }
    };
}

/// `rows!(held, SQL, argument, …)`: every row, as the `FromRow` type that is expected of it.
macro_rules! rows {
    ($held:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::db::on!($held, |conn| sqlx::query_as($sql)$(.bind($argument))*.fetch_all(conn).await)
    };
}

/// `row!(held, SQL, argument, …)`: the row, if there is one.
macro_rules! row {
    ($held:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::db::on!($held, |conn| sqlx::query_as($sql)$(.bind($argument))*.fetch_optional(conn).await)
    };
}

/// `execute!(tx, SQL, argument, …)`: how many rows were changed.
macro_rules! execute {
    ($held:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::db::on!($held, |conn| sqlx::query($sql)$(.bind($argument))*
            .execute(conn).await.map(|done| done.rows_affected()))
    };
}

pub(crate) use dialect::{
    ClaimedRow, claim_jobs, hold_closed_days, listen, lock_closed_days, notify,
};
pub(crate) use many::{Value, insert_many};
pub(crate) use {execute, on, row, rows};

// What every operation does is boxed: it is compiled here, and not once more in each crate that awaits an operation.
impl Db {
    /// Connects; makes SQLite's file, and its folder, if they are missing.
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self, OpenError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => dialect::open_sqlite(url, connections).await,
            Some("postgres" | "postgresql") => dialect::open_postgres(url, connections).await,
            _ => Err(OpenError::Url(
                "the address of the database names neither SQLite nor PostgreSQL",
            )),
        }
    }

    /// A connection to read with.
    pub(crate) fn read(&self) -> BoxFuture<'_, Result<Reader, sqlx::Error>> {
        Box::pin(async move {
            Ok(match self {
                Self::Sqlite { readers, .. } => Reader::Sqlite(readers.acquire().await?),
                Self::Postgres(pool) => Reader::Postgres(pool.acquire().await?),
            })
        })
    }

    /// Begins a transaction that may write.
    pub(crate) fn write(&self) -> BoxFuture<'_, Result<Tx, sqlx::Error>> {
        Box::pin(async move {
            Ok(match self {
                Self::Sqlite { writer, .. } => {
                    Tx::Sqlite(writer.begin_with(dialect::SQLITE_BEGIN).await?)
                }
                Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
            })
        })
    }

    /// Runs the migrations that were not run yet.
    pub(crate) async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        match self {
            Self::Sqlite { writer, .. } => dialect::migrate_sqlite(writer).await,
            Self::Postgres(pool) => dialect::POSTGRES_MIGRATIONS.run(pool).await,
        }
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                // The last connection to close folds the write-ahead log back into the file.
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Held for Reader {
    fn conn(&mut self) -> Conn<'_> {
        Self::conn(self)
    }
}

impl Held for Tx {
    fn conn(&mut self) -> Conn<'_> {
        Self::conn(self)
    }
}

impl Reader {
    /// Its connection, for one statement.
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}

impl Tx {
    /// Its connection, for one statement.
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx),
            Self::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    /// Makes everything that was written in it durable.
    pub(crate) fn commit(self) -> BoxFuture<'static, Result<(), sqlx::Error>> {
        Box::pin(async move {
            match self {
                Self::Sqlite(tx) => tx.commit().await,
                Self::Postgres(tx) => tx.commit().await,
            }
        })
    }

    /// Undoes everything that was written in it, now rather than when the connection is used again.
    pub(crate) fn rollback(self) -> BoxFuture<'static, Result<(), sqlx::Error>> {
        Box::pin(async move {
            match self {
                Self::Sqlite(tx) => tx.rollback().await,
                Self::Postgres(tx) => tx.rollback().await,
            }
        })
    }
}

/// What only one transaction at a time may look at and change, where a constraint cannot hold it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lock {
    /// Who administers the portal: one must be left.
    Administrators,
    /// Who is certified: an import looks at everybody first, and nobody's certifications overlap.
    Certifications,
    /// A customer's subscription.
    Customer(i64),
    /// Which key signs.
    SigningKeys,
    /// What the keys of forms are proven with.
    FormSecret,
}

/// Waits until no other transaction holds the same lock, and holds it to the end of this one.
pub(crate) async fn lock(tx: &mut Tx, what: Lock) -> Result<(), sqlx::Error> {
    dialect::lock(tx, what).await
}

/// Whether an insertion met a row with the same key.
pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether a change met a limit that the schema states with CHECK.
pub(crate) fn is_check_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_check_violation)
}

/// Whether the database answers, and its migrations are those of this program.
pub(crate) async fn ready(db: &Db) -> Result<(), NotReady> {
    let mut reader = db.read().await?;
    let _: Option<(i32,)> = row!(reader, "SELECT CAST(1 AS INTEGER)")?;
    let ours: Vec<(i64, &[u8])> = match db {
        Db::Sqlite { .. } => &dialect::SQLITE_MIGRATIONS,
        Db::Postgres(_) => &dialect::POSTGRES_MIGRATIONS,
    }
    .iter()
    .map(|migration| (migration.version, migration.checksum.as_ref()))
    .collect();
    let applied: Vec<(i64, Vec<u8>)> = match rows!(
        reader,
        "SELECT version, checksum FROM _sqlx_migrations WHERE success"
    ) {
        Ok(applied) => applied,
        // The table itself is missing: nothing was run yet.
        Err(sqlx::Error::Database(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let is_ours =
        |(version, checksum): &(i64, Vec<u8>)| ours.contains(&(*version, checksum.as_slice()));
    let unknown = applied.iter().filter(|one| !is_ours(one)).count();
    let missing = ours.len().saturating_sub(applied.len() - unknown);
    if missing == 0 && unknown == 0 {
        Ok(())
    } else {
        Err(NotReady::Migrations { missing, unknown })
    }
}
