//! Reading a file that is attached.

use std::ops::Range;

use domain::incident::IncidentNumber;
use futures_util::{Stream, StreamExt as _, stream};

use super::{
    Actor, Attachment, CoreError, FileRow, Files, Operation, Portal, accounts, allows, file,
    number, picture_of, row, rows,
};
use crate::audit;

/// A file that is attached to an incident.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What its event says of it.
    pub file: Attachment,
    files: Files,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
struct Piece {
    id: String,
    bytes: Range<u64>,
}

/// The file with this id among those of an incident. `None` both if there is none and if it is not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn find(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
) -> Result<Option<Stored>, CoreError> {
    let mut reader = portal.db().read().await?;
    let found: Option<FileRow> = row!(
        reader,
        file!(" AND files.stored_at IS NOT NULL"),
        id,
        i64::from(incident.year),
        i64::from(incident.count),
    )?;
    let Some(found) = found else {
        drop(reader);
        audit::not_there(portal, actor, Operation::ReadFile).await?;
        return Ok(None);
    };
    let relation = accounts::relation(&mut reader, actor, found.customer_id).await?;
    let may = allows(actor, relation, Operation::ReadFile)
        && (!found.internal || allows(actor, relation, Operation::ReadNotes));
    if !may {
        drop(reader);
        audit::refused(portal, actor, Operation::ReadFile).await?;
        return Ok(None);
    }
    let stored: Vec<(String, i64, i64)> = rows!(
        reader,
        "SELECT id, from_byte, size FROM file_pieces WHERE file_id = $1 AND from_byte IS NOT NULL ORDER BY from_byte",
        &found.id,
    )?;
    let pieces = stored
        .into_iter()
        .map(|(id, from, size)| {
            let from = number(from)?;
            Ok(Piece {
                id,
                bytes: from..from + number(size)?,
            })
        })
        .collect::<Result<Vec<_>, CoreError>>()?;
    let sha256 = found.sha256.as_deref().unwrap_or_default();
    let picture = found.picture.as_deref().and_then(picture_of);
    Ok(Some(Stored {
        file: found.attachment(sha256, picture)?,
        files: portal.files()?.clone(),
        pieces,
    }))
}

impl Stored {
    /// Some of its bytes, piece by piece. The stream breaks off where the store fails.
    pub fn bytes(
        self,
        range: Range<u64>,
    ) -> impl Stream<Item = Result<Vec<u8>, CoreError>> + Send + 'static {
        let Self { files, pieces, .. } = self;
        let wanted = pieces.into_iter().filter_map(move |piece| {
            let from = range.start.max(piece.bytes.start);
            let to = range.end.min(piece.bytes.end);
            let within = from.checked_sub(piece.bytes.start)?..to.checked_sub(piece.bytes.start)?;
            (from < to).then_some((piece.id, within))
        });
        stream::iter(wanted).then(move |(id, within)| {
            let files = files.clone();
            async move { files.get(&id, within).await }
        })
    }
}
