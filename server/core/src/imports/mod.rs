//! Contacts and certifications from a CSV file: a dry run that says what would become of each row, then the import.
//!
//! The file waits in the database for an hour, for nobody but the administrator who uploaded it. Every look at it computes
//! each row anew, and so does the import, in its one transaction: what is imported is never what was true an hour ago.

mod certifications;
mod contacts;
mod file;
mod run;

use domain::{
    calendar::Instant,
    people::{Actor, Operation},
};

use crate::{
    CoreError, Portal, audit,
    db::{Held, Tx, execute, row},
};

pub use file::{FileProblem, MOST_BYTES, MOST_ROWS};
pub use run::{Done, NotRun, run};

use file::Line;

/// How long a file waits, in milliseconds.
const LIVES: i64 = 3_600_000;

/// The most characters of a file's name that are kept.
const MOST_FILE_NAME: usize = 200;

/// What a file is to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// Contacts of customers.
    Contacts,
    /// Certifications of contacts.
    Certifications,
}

impl ImportKind {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Contacts, Self::Certifications];

    /// Its name in records, forms and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Certifications => "certifications",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The columns, as the first line names them, in the order in which a template has them.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &contacts::COLUMNS,
            Self::Certifications => &certifications::COLUMNS,
        }
    }

    /// Whether a column may be missing.
    pub fn may_miss(self, column: &str) -> bool {
        self == Self::Contacts && column == contacts::DESIGNATED
    }

    /// What it takes to import them.
    const fn operation(self) -> Operation {
        match self {
            Self::Contacts => Operation::ManagePeople,
            Self::Certifications => Operation::ManageCertifications,
        }
    }
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is added.
    Adds,
    /// It is there already, as it stands here: nothing changes.
    ChangesNothing,
    /// It cannot be imported.
    Bad(Reason),
}

/// Why a row cannot be imported. A column is named as in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has more or fewer cells than the first line.
    Cells {
        /// How many it has.
        is: usize,
        /// How many the first line has.
        expected: usize,
    },
    /// A cell is empty.
    Empty(&'static str),
    /// A cell holds more characters than fit.
    TooLong {
        /// Which.
        column: &'static str,
        /// How many fit.
        most: usize,
    },
    /// A cell holds a character that cannot be kept, such as a control character.
    Control(&'static str),
    /// No customer has this name.
    UnknownCustomer,
    /// It is no e-mail address.
    NotAnEmail,
    /// It is neither `contact` nor `coordinator`.
    NotARole,
    /// It is neither `yes` nor `no`.
    NotYesOrNo,
    /// Somebody else has this e-mail address, or this person is recorded differently.
    EmailInUse,
    /// The same is in this line already.
    Twice {
        /// The line.
        line: u64,
    },
    /// The customer has no seat left for another Designated Customer Support Contact (section 4), rows before this one
    /// included.
    NoSeat,
    /// No contact has this e-mail address.
    UnknownPerson,
    /// The plan of the person's customer is not loaded.
    NoPlan,
    /// The plan asks for another track: this one.
    UnknownTrack(String),
    /// The plan's ladder has no such level: these it has.
    UnknownLevel(Vec<String>),
    /// It is no date such as `2026-06-30`.
    NotADate(&'static str),
    /// It would expire before the day of issue.
    ExpiryBeforeIssue,
    /// The one of this number covers some of its days at the same level.
    Overlaps(String),
    /// Another certification has this number, or it is recorded differently.
    NumberInUse,
}

/// A row with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// The line of the file that it begins in, counted from 1.
    pub line: u64,
    /// Its cells, in the order of [`ImportKind::columns`].
    pub cells: Vec<String>,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What would become of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it is to bring.
    pub kind: ImportKind,
    /// Its name.
    pub file_name: String,
    /// Until when it waits.
    pub expires_at: Instant,
    /// Its rows, in its order.
    pub rows: Vec<RowReport>,
}

/// How many rows there are of each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that are added.
    pub adds: usize,
    /// Rows that change nothing.
    pub unchanged: usize,
    /// Rows that cannot be imported.
    pub bad: usize,
}

impl Report {
    /// How many rows there are of each outcome.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            *match row.outcome {
                Outcome::Adds => &mut counts.adds,
                Outcome::ChangesNothing => &mut counts.unchanged,
                Outcome::Bad(_) => &mut counts.bad,
            } += 1;
        }
        counts
    }
}

/// Why a file was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// Only administrators import.
    NotPermitted,
    /// The file as a whole cannot be read.
    File(FileProblem),
}

/// A file that waits, or what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upload {
    /// It waits; this is what would become of it now.
    Waiting(Report),
    /// It was imported.
    Done(Done),
}

/// Whether `actor` may import at all, and so see the page and the templates. A refusal is written down.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn permitted(portal: &Portal, actor: Actor) -> Result<bool, CoreError> {
    for kind in ImportKind::ALL {
        if !audit::permitted(portal, actor, kind.operation()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whoever imports, if they may.
async fn importer(portal: &Portal, actor: Actor) -> Result<Option<i64>, CoreError> {
    let may = permitted(portal, actor).await?;
    Ok(actor.person().filter(|_| may))
}

/// Takes a file and gives the id that it waits under. Nothing of it is imported.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn upload(
    portal: &Portal,
    actor: Actor,
    kind: ImportKind,
    file_name: &str,
    content: &[u8],
) -> Result<Result<String, NotTaken>, CoreError> {
    let Some(person) = importer(portal, actor).await? else {
        return Ok(Err(NotTaken::NotPermitted));
    };
    if let Err(problem) = file::lines(kind, content) {
        return Ok(Err(NotTaken::File(problem)));
    }
    delete_expired(portal).await?;
    let id = portal.new_id();
    let file_name: String = file_name
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_FILE_NAME)
        .collect();
    let mut tx = portal.db().write().await?;
    execute!(
        tx,
        "INSERT INTO imports (id, person_id, kind, file_name, content, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &id,
        person,
        kind.name(),
        file_name,
        content,
        portal.now().0 + LIVES,
    )?;
    tx.commit().await?;
    Ok(Ok(id))
}

#[derive(sqlx::FromRow)]
struct ImportRow {
    kind: String,
    file_name: String,
    content: Vec<u8>,
    expires_at: i64,
    result: Option<String>,
}

/// The file that waits under this id, with what would become of each row now. `None` if there is none, it has waited for
/// too long, or somebody else uploaded it: never said which.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn look(portal: &Portal, actor: Actor, id: &str) -> Result<Option<Upload>, CoreError> {
    let Some(person) = importer(portal, actor).await? else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    let found: Option<ImportRow> = row!(
        reader,
        "SELECT kind, file_name, content, expires_at, result FROM imports
         WHERE id = $1 AND person_id = $2 AND expires_at > $3",
        id,
        person,
        portal.now().0,
    )?;
    let Some(found) = found else {
        return Ok(None);
    };
    if let Some(result) = &found.result {
        return Ok(Some(Upload::Done(Done::read(&found, result)?)));
    }
    let kind = kind(&found.kind)?;
    let lines = stored_lines(kind, &found.content)?;
    let outcomes = decide(portal, &mut reader, kind, &lines).await?.outcomes();
    Ok(Some(Upload::Waiting(report(found, kind, lines, outcomes))))
}

/// Deletes the files that have waited for too long. Gives how many there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn delete_expired(portal: &Portal) -> Result<u64, CoreError> {
    let mut tx = portal.db().write().await?;
    let deleted = execute!(
        tx,
        "DELETE FROM imports WHERE expires_at <= $1",
        portal.now().0
    )?;
    tx.commit().await?;
    Ok(deleted)
}

fn kind(name: &str) -> Result<ImportKind, CoreError> {
    ImportKind::parse(name).ok_or_else(|| CoreError::stored("kind of import", name))
}

/// The rows of a file that was taken.
fn stored_lines(kind: ImportKind, content: &[u8]) -> Result<Vec<Line>, CoreError> {
    file::lines(kind, content)
        .map_err(|problem| CoreError::stored("import", format!("{problem:?}")))
}

/// What becomes of each row now.
async fn decide(
    portal: &Portal,
    held: &mut dyn Held,
    kind: ImportKind,
    lines: &[Line],
) -> Result<Additions, CoreError> {
    Ok(match kind {
        ImportKind::Contacts => Additions::Contacts(contacts::decide(held, lines).await?),
        ImportKind::Certifications => {
            Additions::Certifications(certifications::decide(portal, held, lines).await?)
        }
    })
}

/// What is to be inserted, of either kind.
enum Additions {
    Contacts(Decided<contacts::Addition>),
    Certifications(Decided<certifications::Addition>),
}

impl Additions {
    fn outcomes(&self) -> Vec<Outcome> {
        match self {
            Self::Contacts(decided) => decided.outcomes(),
            Self::Certifications(decided) => decided.outcomes(),
        }
    }

    async fn insert(&self, portal: &Portal, tx: &mut Tx, actor: Actor) -> Result<(), CoreError> {
        match self {
            Self::Contacts(decided) => contacts::insert(portal, tx, actor, decided).await,
            Self::Certifications(decided) => {
                certifications::insert(portal, tx, actor, decided).await
            }
        }
    }
}

fn report(found: ImportRow, kind: ImportKind, lines: Vec<Line>, outcomes: Vec<Outcome>) -> Report {
    let rows = lines
        .into_iter()
        .zip(outcomes)
        .map(|(line, outcome)| RowReport {
            line: line.number,
            cells: line.cells,
            outcome,
        });
    Report {
        kind,
        file_name: found.file_name,
        expires_at: Instant(found.expires_at),
        rows: rows.collect(),
    }
}

/// What each row comes to: what is to be inserted, that nothing is, or why not.
struct Decided<T>(Vec<Result<Option<T>, Reason>>);

impl<T> Decided<T> {
    fn outcomes(&self) -> Vec<Outcome> {
        self.0
            .iter()
            .map(|row| match row {
                Ok(Some(_)) => Outcome::Adds,
                Ok(None) => Outcome::ChangesNothing,
                Err(reason) => Outcome::Bad(reason.clone()),
            })
            .collect()
    }

    /// What is to be inserted.
    fn additions(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(|row| row.as_ref().ok()?.as_ref())
    }
}
