//! The least that keeping an incident can cost: a row of its size, in a transaction of its own, durable.

use std::{
    path::Path,
    process,
    time::{Duration, Instant},
};

use sqlx::{
    Connection as _, Executor as _, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{Outcome, portal::FILINGS, process::cpu};

/// What the insertions took.
pub struct Inserted {
    pub per_second: f64,
    /// Of this program, which is the whole database if it is SQLite.
    pub cpu: Duration,
    pub median: Duration,
    pub p99: Duration,
    /// Whether what is committed is on the disk.
    pub durable: bool,
}

/// The texts of the incident filed last, in bytes, with its first event.
pub async fn row_bytes(url: &str) -> Outcome<usize> {
    const SIZE: &str =
        "SELECT CAST(octet_length(incidents.form_key) + octet_length(title) + octet_length(search)
            + octet_length(plan_version) + octet_length(calendar_version) + octet_length(release)
            + octet_length(answers) + octet_length(outcome) + octet_length(explanation)
            + octet_length(description) + octet_length(steps) + octet_length(business_impact)
            + octet_length(event) AS BIGINT)
        FROM incidents JOIN events ON incident_id = id AND seq = 1 ORDER BY id DESC LIMIT 1";
    let size: i64 = if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await?;
        sqlx::query_scalar(SIZE).fetch_one(&mut connection).await?
    } else {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::query_scalar(SIZE).fetch_one(&mut connection).await?
    };
    Ok(usize::try_from(size)?)
}

/// Into a file that is opened as the portal opens its own.
pub async fn sqlite(file: &Path, row_bytes: usize) -> Outcome<Inserted> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    connection
        .execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
        .await?;
    let text = "x".repeat(row_bytes);
    repeat(true, async || {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO bare (text) VALUES ($1)")
            .bind(&text)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    })
    .await
}

/// Into a table of this database.
pub async fn postgres(url: &str, row_bytes: usize) -> Outcome<Inserted> {
    let mut connection = PgConnection::connect(url).await?;
    let durable: bool = sqlx::query_scalar(
        "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'",
    )
    .fetch_one(&mut connection)
    .await?;
    connection
        .execute("CREATE TABLE bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text TEXT NOT NULL)")
        .await?;
    let text = "x".repeat(row_bytes);
    repeat(durable, async || {
        let mut tx = connection.begin().await?;
        sqlx::query("INSERT INTO bare (text) VALUES ($1)")
            .bind(&text)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    })
    .await
}

async fn repeat(
    durable: bool,
    mut insert: impl AsyncFnMut() -> Result<(), sqlx::Error>,
) -> Outcome<Inserted> {
    let (before, began) = (cpu(process::id())?, Instant::now());
    let mut took = Vec::new();
    while began.elapsed() < FILINGS.time && took.len() < FILINGS.requests as usize {
        let start = Instant::now();
        insert().await?;
        took.push(start.elapsed());
    }
    let (wall, spent) = (began.elapsed(), cpu(process::id())?.saturating_sub(before));
    took.sort_unstable();
    let rows = u32::try_from(took.len())?;
    let at = |per_cent: usize| took.get(took.len() * per_cent / 100).copied();
    Ok(Inserted {
        per_second: f64::from(rows) / wall.as_secs_f64(),
        cpu: spent.checked_div(rows).ok_or("nothing was inserted")?,
        median: at(50).unwrap_or_default(),
        p99: at(99).unwrap_or_default(),
        durable,
    })
}
