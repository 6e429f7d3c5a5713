//! Mail that was put aside, as a whole or for some of its files: for engineers to look at, and to say that it was dealt with.

use data_encoding::HEXLOWER;
use domain::{
    calendar::Instant,
    people::{Actor, Operation, Relation, allows},
};
use sha2::{Digest as _, Sha256};

use super::receive::Arrived;
use crate::{
    CoreError, Portal, audit,
    db::{execute, row, rows},
    paging::{Page, Position, to_read},
};

/// The most mails that are listed of those that were dealt with.
const MOST_DONE: i64 = 100;

/// The most bytes that are kept of a mail as it came: an engineer sees what it is, and the rest is in the mailbox.
const MOST_RAW: usize = 64 * 1024;

/// How long a mail is kept that was dealt with, in milliseconds: ninety days.
const KEPT: i64 = 90 * 86_400_000;

/// Deletes the mails that were dealt with long ago. Gives how many there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub(crate) async fn forget(portal: &Portal) -> Result<u64, CoreError> {
    let mut tx = portal.db().write().await?;
    let gone = execute!(
        tx,
        "DELETE FROM mails_aside WHERE done_at <= $1",
        portal.now().0.saturating_sub(KEPT),
    )?;
    tx.commit().await?;
    Ok(gone)
}

/// The most characters that are kept of a sender and of a subject, and of a text.
const MOST_LINE: usize = 300;
const MOST_TEXT: usize = 100_000;

domain::named! {
    /// Why a mail was put aside.
    pub enum Reason;

    /// Nobody has the address that it came from.
    UnknownSender = "unknown_sender",
    /// It was sent to an address that names no incident.
    NoToken = "no_token",
    /// The address names an incident with a code that is not this sender's for it.
    WrongToken = "wrong_token",
    /// The sender may write nothing in the incident any more.
    NotPermitted = "not_permitted",
    /// The incident is over.
    Closed = "closed",
    /// A program sent it, or it came from the portal itself.
    Loop = "loop",
    /// It says that a mail could not be delivered.
    Bounce = "bounce",
    /// Its sender wrote very often within an hour: a program does that.
    Often = "often",
    /// Beside what it quotes it says nothing, and nothing is attached.
    Empty = "empty",
    /// Not all of its files could be attached; the rest of it is in the incident.
    Files = "files",
    /// It is larger than a message may be.
    TooLarge = "too_large",
    /// It is no mail that could be read.
    Unreadable = "unreadable",
}

/// A mail that was put aside, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: Reason,
    /// Who sent it, by its own word; may be empty.
    pub sender: String,
    /// What it is called; may be empty.
    pub subject: String,
    /// When it was dealt with, and by whom.
    pub done: Option<(Instant, String)>,
}

/// A mail that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// As in the list.
    pub row: Row,
    /// What it says, as far as that could be read.
    pub text: String,
    /// The mail as it came; of one that is too large, how it begins.
    pub raw: Vec<u8>,
    /// Of how many bytes the whole mail is.
    pub size: u64,
}

#[derive(sqlx::FromRow)]
struct StoredRow {
    id: i64,
    at: i64,
    reason: String,
    sender: String,
    subject: String,
    done_at: Option<i64>,
    done_by: Option<String>,
}

impl TryFrom<StoredRow> for Row {
    type Error = CoreError;

    fn try_from(row: StoredRow) -> Result<Self, CoreError> {
        Ok(Self {
            id: row.id,
            at: Instant(row.at),
            reason: Reason::parse(&row.reason)
                .ok_or_else(|| CoreError::stored("reason of a mail", &row.reason))?,
            sender: row.sender,
            subject: row.subject,
            done: row.done_at.map(Instant).zip(row.done_by),
        })
    }
}

/// Keeps a mail that could not be taken. The same mail is kept once.
pub(super) async fn put_aside(
    portal: &Portal,
    mail: &Arrived,
    reason: Reason,
) -> Result<(), CoreError> {
    let mut hash = Sha256::new();
    hash.update(mail.size.to_be_bytes());
    hash.update(&mail.raw);
    let mut tx = portal.db().write().await?;
    execute!(
        tx,
        "INSERT INTO mails_aside (key, at, reason, sender, subject, text, raw, size)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING",
        HEXLOWER.encode(&hash.finalize()),
        portal.now().0,
        reason.name(),
        kept(&mail.from, MOST_LINE),
        kept(&mail.subject, MOST_LINE),
        kept(&mail.text, MOST_TEXT),
        mail.raw.get(..MOST_RAW).unwrap_or(&mail.raw),
        i64::try_from(mail.size).unwrap_or(i64::MAX),
    )?;
    Ok(tx.commit().await?)
}

/// What is kept of a text: PostgreSQL keeps no zero character.
fn kept(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

/// What can be read of a mail that waits: `$rest` says which, and in which order.
macro_rules! waiting {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, reason, sender, subject, done_at, NULL AS done_by FROM mails_aside WHERE done_at IS NULL ",
            $rest
        )
    };
}

/// The mails that wait for somebody to deal with them, the latest first, `page_size` of them; and the last ones that were
/// dealt with. `None` if `actor` may not see them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn aside(
    portal: &Portal,
    actor: Actor,
    at: Option<Position>,
    page_size: u32,
) -> Result<Option<(Page<Row>, Vec<Row>)>, CoreError> {
    if !audit::permitted(portal, actor, Operation::HandleMail).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let most = to_read(page_size);
    let open: Vec<StoredRow> = match at {
        None => rows!(reader, waiting!("ORDER BY id DESC LIMIT $1"), most)?,
        Some(Position::After(id)) => rows!(
            reader,
            waiting!("AND id < $2 ORDER BY id DESC LIMIT $1"),
            most,
            id,
        )?,
        Some(Position::Before(id)) => rows!(
            reader,
            waiting!("AND id > $2 ORDER BY id LIMIT $1"),
            most,
            id
        )?,
    };
    let total: Option<(i64,)> = row!(
        reader,
        "SELECT COUNT(*) FROM mails_aside WHERE done_at IS NULL",
    )?;
    let done: Vec<StoredRow> = rows!(
        reader,
        "SELECT mails_aside.id, mails_aside.at, mails_aside.reason, mails_aside.sender, mails_aside.subject,
                mails_aside.done_at, people.name AS done_by
         FROM mails_aside JOIN people ON people.id = mails_aside.done_by
         ORDER BY mails_aside.done_at DESC, mails_aside.id DESC LIMIT $1",
        MOST_DONE,
    )?;
    let read = |rows: Vec<StoredRow>| -> Result<Vec<Row>, CoreError> {
        rows.into_iter().map(Row::try_from).collect()
    };
    let total = total.map_or(0, |(total,)| total);
    let page = Page::of(read(open)?, at, page_size, total, |row| row.id);
    Ok(Some((page, read(done)?)))
}

/// How many mails wait for somebody to deal with them. `None` if `actor` may not see them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn aside_waiting(portal: &Portal, actor: Actor) -> Result<Option<i64>, CoreError> {
    if !allows(actor, Relation::Vendor, Operation::HandleMail) {
        return Ok(None);
    }
    let count: Option<(i64,)> = row!(
        portal.db().read().await?,
        "SELECT COUNT(*) FROM mails_aside WHERE done_at IS NULL",
    )?;
    Ok(count.map(|(count,)| count))
}

/// A mail that was put aside. `None` if there is none with this id, or `actor` may not see it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn aside_one(portal: &Portal, actor: Actor, id: i64) -> Result<Option<Aside>, CoreError> {
    if !audit::permitted(portal, actor, Operation::HandleMail).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let row: Option<StoredRow> = row!(
        reader,
        "SELECT mails_aside.id, mails_aside.at, mails_aside.reason, mails_aside.sender, mails_aside.subject,
                mails_aside.done_at, people.name AS done_by
         FROM mails_aside LEFT JOIN people ON people.id = mails_aside.done_by WHERE mails_aside.id = $1",
        id,
    )?;
    let content: Option<(String, Vec<u8>, i64)> = row!(
        reader,
        "SELECT text, raw, size FROM mails_aside WHERE id = $1",
        id,
    )?;
    let Some((row, (text, raw, size))) = row.zip(content) else {
        return Ok(None);
    };
    Ok(Some(Aside {
        row: row.try_into()?,
        text,
        raw,
        size: u64::try_from(size).unwrap_or_default(),
    }))
}

/// Says that a mail was dealt with. `Some(false)` if it was before; `None` if there is none with this id, or `actor` may
/// not see it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn deal_with(portal: &Portal, actor: Actor, id: i64) -> Result<Option<bool>, CoreError> {
    if !audit::permitted(portal, actor, Operation::HandleMail).await? {
        return Ok(None);
    }
    let mut tx = portal.db().write().await?;
    let changed = execute!(
        tx,
        "UPDATE mails_aside SET done_at = $1, done_by = $2 WHERE id = $3 AND done_at IS NULL",
        portal.now().0,
        actor.person(),
        id,
    )?;
    let found: Option<(i64,)> = row!(tx, "SELECT id FROM mails_aside WHERE id = $1", id)?;
    tx.commit().await?;
    Ok(found.map(|_| changed == 1))
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn reasons_are_read_as_they_are_written() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.name()), Some(*reason));
        }
        assert_eq!(Reason::parse(""), None);
    }
}
