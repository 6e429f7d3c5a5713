//! Files that are attached to an incident.
//!
//! The bytes come in as a stream and go to the [store](Files) in pieces of a mebibyte at most, so that no file that is sent
//! over HTTP is ever in memory as a whole, and what came before a connection broke is there to go on from. A file is nothing
//! but pieces until it is [finished](finish): then it becomes an event of the incident, in the one transaction that makes it
//! last. So there is no event without its file; a file without an event is deleted after a day.

mod read;
mod store;
mod upload;

use domain::{
    incident::{Attachment, Picture},
    people::{Actor, Operation, allows},
};

use crate::{
    CoreError, Portal, accounts,
    db::{Tx, execute, row, rows},
};

pub use read::{Stored, find};
pub use store::{FileStore, Files};
pub(crate) use upload::attach_mailed;
pub use upload::{
    Appended, Mended, NewFile, NotAttached, Upload, append, attach, begin, finish, give_up,
    may_attach, upload,
};

/// For how long a file that was begun waits for the rest of it: a day, in milliseconds.
const WAITS: i64 = 86_400_000;

/// The most files that are deleted at once.
const BATCH: i64 = 500;

/// What is kept of a file.
#[derive(sqlx::FromRow)]
struct FileRow {
    id: String,
    incident_id: i64,
    customer_id: i64,
    form_key: String,
    name: String,
    internal: bool,
    announced: Option<i64>,
    size: i64,
    digest: String,
    sha256: Option<String>,
    picture: Option<String>,
    stored_at: Option<i64>,
}

macro_rules! file {
    ($rest:literal) => {
        concat!(
            "SELECT files.id, files.incident_id, incidents.customer_id, files.form_key, files.name, files.internal,
                    files.announced, files.size, files.digest, files.sha256, files.picture, files.stored_at
             FROM files JOIN incidents ON incidents.id = files.incident_id
             WHERE files.id = $1 AND incidents.year = $2 AND incidents.number = $3 AND NOT files.dropped",
            $rest
        )
    };
}
use file;

impl FileRow {
    fn size(&self) -> Result<u64, CoreError> {
        number(self.size)
    }

    /// The file as an event keeps it.
    fn attachment(&self, sha256: &str, picture: Option<Picture>) -> Result<Attachment, CoreError> {
        Ok(Attachment {
            id: self.id.clone(),
            name: self.name.clone(),
            size: self.size()?,
            sha256: sha256.to_owned(),
            picture,
        })
    }
}

fn number(stored: i64) -> Result<u64, CoreError> {
    u64::try_from(stored).map_err(|error| CoreError::stored("size of a file", error))
}

fn integer(size: u64) -> Result<i64, CoreError> {
    i64::try_from(size).map_err(|error| CoreError::stored("size of a file", error))
}

fn picture_name(picture: Picture) -> &'static str {
    match picture {
        Picture::Png => "png",
        Picture::Jpeg => "jpeg",
        Picture::Gif => "gif",
        Picture::Webp => "webp",
    }
}

fn picture_of(name: &str) -> Option<Picture> {
    Picture::ALL
        .into_iter()
        .find(|kind| picture_name(*kind) == name)
}

/// Makes a complete file last, in the transaction of the event that it belongs to.
pub(crate) async fn keep(
    tx: &mut Tx,
    incident: i64,
    file: &Attachment,
    at: i64,
) -> Result<(), CoreError> {
    let kept = execute!(
        tx,
        "UPDATE files SET stored_at = $1
         WHERE id = $2 AND incident_id = $3 AND sha256 = $4 AND size = $5 AND stored_at IS NULL AND NOT dropped",
        at,
        &file.id,
        incident,
        &file.sha256,
        integer(file.size)?,
    )?;
    if kept == 1 {
        Ok(())
    } else {
        Err(CoreError::stored(
            "file",
            "an event names one that is not complete",
        ))
    }
}

/// Deletes the files that were begun and that nobody went on with for a day. Gives how many there were.
///
/// # Errors
/// [`CoreError`] if the database or the store fails.
pub async fn delete_abandoned(portal: &Portal) -> Result<u64, CoreError> {
    let long_ago = portal.now().0 - WAITS;
    let abandoned: Vec<(String,)> = rows!(
        portal.db().read().await?,
        "SELECT id FROM files WHERE stored_at IS NULL AND (dropped OR touched_at < $1) ORDER BY touched_at LIMIT $2",
        long_ago,
        BATCH,
    )?;
    let mut deleted = 0;
    for (id,) in abandoned {
        match discard(portal, &id).await {
            Ok(done) => deleted += u64::from(done),
            // One that cannot be deleted keeps none of the others.
            Err(error) => tracing::error!(%error, id, "an abandoned file was not deleted"),
        }
    }
    Ok(deleted)
}

/// Marks a file that is of no event as one to be deleted. Whether there is one.
async fn mark(portal: &Portal, id: &str) -> Result<bool, CoreError> {
    let mut tx = portal.db().write().await?;
    let marked = execute!(
        tx,
        "UPDATE files SET dropped = $1 WHERE id = $2 AND stored_at IS NULL",
        true,
        id,
    )?;
    tx.commit().await?;
    Ok(marked > 0)
}

/// Deletes a file that is of no event: first it is marked, so that nobody makes it last meanwhile; then its pieces go, then
/// what is known of them. Broken off in between, it is done again later.
async fn discard(portal: &Portal, id: &str) -> Result<bool, CoreError> {
    let files = portal.files()?;
    if !mark(portal, id).await? {
        return Ok(false);
    }
    let pieces: Vec<(String,)> = rows!(
        portal.db().read().await?,
        "SELECT id FROM file_pieces WHERE file_id = $1",
        id,
    )?;
    for (piece,) in &pieces {
        files.delete(piece).await?;
    }
    let mut tx = portal.db().write().await?;
    execute!(tx, "DELETE FROM file_pieces WHERE file_id = $1", id)?;
    execute!(tx, "DELETE FROM files WHERE id = $1 AND dropped", id)?;
    tx.commit().await?;
    Ok(true)
}
