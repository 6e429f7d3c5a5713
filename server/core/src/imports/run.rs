//! The import itself: one transaction, in which every row is judged anew.

use domain::people::Actor;
use serde::{Deserialize, Serialize};

use super::{Counts, ImportKind, ImportRow, Report, decide, importer, kind, report, stored_lines};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::{Lock, execute, is_unique_violation, lock, row},
};

/// How often an import begins anew because somebody added the same at the same moment.
const MOST_TRIES: u32 = 3;

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What it brought.
    pub kind: ImportKind,
    /// The name of the file.
    pub file_name: String,
    /// How many rows were added, changed nothing, and were left out as bad.
    pub counts: Counts,
}

/// Why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// There is no such file, it has waited for too long, or somebody else uploaded it: never said which.
    NotThere,
    /// A row is bad, and the import was to be refused then.
    Bad(Report),
    /// No row would add anything.
    NothingToAdd(Report),
}

/// What is kept of it.
#[derive(Serialize, Deserialize)]
struct Stored {
    added: usize,
    unchanged: usize,
    left_out: usize,
}

impl Done {
    /// What a row of the table says.
    pub(super) fn read(row: &ImportRow, result: &str) -> Result<Self, CoreError> {
        let stored: Stored = serde_json::from_str(result)
            .map_err(|error| CoreError::stored("result of an import", error))?;
        Ok(Self {
            kind: kind(&row.kind)?,
            file_name: row.file_name.clone(),
            counts: Counts {
                adds: stored.added,
                unchanged: stored.unchanged,
                bad: stored.left_out,
            },
        })
    }
}

/// Imports a file that waits: its good rows, or with `all_or_nothing` nothing at all if one is bad. Asked for twice, it is
/// imported once, and both are told what came of it.
///
/// # Errors
/// [`CoreError`] if the database fails; then nothing was imported.
pub async fn run(
    portal: &Portal,
    actor: Actor,
    id: &str,
    all_or_nothing: bool,
) -> Result<Result<Done, NotRun>, CoreError> {
    let Some(person) = importer(portal, actor).await? else {
        return Ok(Err(NotRun::NotThere));
    };
    let mut tries = 0;
    loop {
        tries += 1;
        match run_once(portal, actor, person, id, all_or_nothing).await {
            // Somebody added the same, or took the last seat, after the rows were judged: judged again, they are bad.
            Err(CoreError::Database(error)) if tries < MOST_TRIES && collides(&error) => {}
            other => return other,
        }
    }
}

fn collides(error: &sqlx::Error) -> bool {
    is_unique_violation(error)
        || error
            .as_database_error()
            .is_some_and(sqlx::error::DatabaseError::is_check_violation)
}

async fn run_once(
    portal: &Portal,
    actor: Actor,
    person: i64,
    id: &str,
    all_or_nothing: bool,
) -> Result<Result<Done, NotRun>, CoreError> {
    let mut tx = portal.db().write().await?;
    // Holds the row, so that a second click waits here and then finds it done.
    let found: Option<ImportRow> = row!(
        tx,
        "UPDATE imports SET expires_at = expires_at WHERE id = $1 AND person_id = $2 AND expires_at > $3
         RETURNING kind, file_name, content, expires_at, result",
        id,
        person,
        portal.now().0,
    )?;
    let Some(found) = found else {
        return Ok(Err(NotRun::NotThere));
    };
    if let Some(result) = &found.result {
        return Done::read(&found, result).map(Ok);
    }
    let kind = kind(&found.kind)?;
    let lines = stored_lines(kind, &found.content)?;
    if kind == ImportKind::Certifications {
        lock(&mut tx, Lock::Certifications).await?;
    }
    let additions = decide(portal, &mut tx, kind, &lines).await?;
    let report = report(found, kind, lines, additions.outcomes());
    let counts = report.counts();
    if all_or_nothing && counts.bad > 0 {
        return Ok(Err(NotRun::Bad(report)));
    }
    if counts.adds == 0 {
        return Ok(Err(NotRun::NothingToAdd(report)));
    }
    additions.insert(portal, &mut tx, actor).await?;
    let stored = Stored {
        added: counts.adds,
        unchanged: counts.unchanged,
        left_out: counts.bad,
    };
    let entry = Entry {
        actor,
        kind: Kind::Imported,
        customer: None,
        subject: &report.file_name,
    };
    let after = Written {
        kind: kind.name(),
        all_or_nothing,
        counts: &stored,
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&after)).await?;
    let result = serde_json::to_string(&stored)
        .map_err(|error| CoreError::stored("result of an import", error))?;
    execute!(
        tx,
        "UPDATE imports SET imported_at = $1, result = $2, content = $3 WHERE id = $4",
        portal.now().0,
        result,
        Vec::<u8>::new(),
        id,
    )?;
    tx.commit().await?;
    Ok(Ok(Done {
        kind,
        file_name: report.file_name,
        counts,
    }))
}

/// What the audit log keeps of an import as a whole; each record that it added has an entry of its own.
#[derive(Serialize)]
struct Written<'a> {
    kind: &'a str,
    all_or_nothing: bool,
    #[serde(flatten)]
    counts: &'a Stored,
}
