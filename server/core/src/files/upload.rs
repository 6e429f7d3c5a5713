//! Taking a file in: begun, appended to as often as it needs, finished or given up.

use data_encoding::HEXLOWER;
use domain::incident::{
    Attachment, Channel, FileName, IncidentNumber, MOST_FILE, Picture, State, Step, StepKind, legal,
};
use futures_util::{Stream, StreamExt as _};
use sha2::{
    Digest as _, Sha256,
    digest::common::hazmat::{SerializableState as _, SerializedState},
};

use super::{
    Actor, CoreError, FileRow, Operation, Portal, accounts, allows, discard, execute, file,
    integer, mark, number, picture_name, picture_of, row, rows,
};
use crate::{
    audit,
    incidents::{self, NotTaken, Taken},
};

/// The most files that somebody may have begun and not finished: what is never finished takes its place for a day.
pub const MOST_UNFINISHED: i64 = 20;

/// The most pieces of a file, sent however small: each is a file of the store.
const MOST_PIECES: i64 = 2000;

/// The most bytes of a piece, and of what one file takes of memory while it comes in.
const PIECE: usize = 1024 * 1024;

/// A file that is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile<'a> {
    /// Its name as it was sent.
    pub name: &'a str,
    /// Whether only the vendor's people may ever see it.
    pub internal: bool,
    /// The key of the form that it comes with: the same file sent twice with one key is attached once. None where whoever
    /// sends it goes on with what they began.
    pub form_key: Option<&'a str>,
    /// How many bytes it has, if that is known.
    pub length: Option<u64>,
}

/// A file that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Its name, cleaned.
    pub name: String,
    /// How many bytes are there.
    pub size: u64,
    /// How many it has, if that is known.
    pub length: Option<u64>,
    /// Whether it is attached: nothing more is to come.
    pub complete: bool,
}

/// What came of bytes that were appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// How many bytes are there now.
    pub size: u64,
    /// Whether all came that were sent; else the connection broke.
    pub whole: bool,
}

/// A file that is attached, and whether its name was mended for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The file.
    pub file: Attachment,
    /// Whether its name is another one than was sent.
    pub mended: bool,
}

/// Why a file was not attached, or not appended to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAttached {
    /// There is no such incident or no such file, or it is not for the actor: never said which.
    NotThere,
    /// The form carried no key, or one that the portal did not issue.
    FormKey,
    /// Nothing can be attached to an incident that stands here.
    NotNow(State),
    /// It has more than [`MOST_FILE`] bytes. Nothing of it is kept.
    TooLarge,
    /// It has no bytes.
    Empty,
    /// The bytes do not go on from where it ends.
    Elsewhere {
        /// How many bytes are there.
        is: u64,
    },
    /// It has not as many bytes as were announced.
    NotAsAnnounced {
        /// How many bytes are there.
        is: u64,
    },
    /// There are too many: of files that whoever sends it has begun and not finished, or of pieces of this one.
    TooMany,
    /// It is attached already.
    Complete,
    /// The connection broke before it was whole. Nothing of it is kept.
    Broken,
    /// The step that attaches it was refused.
    Refused(NotTaken),
}

/// Begins a file. It may be asked for again at any time how far it is.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn begin(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    new: NewFile<'_>,
) -> Result<Result<Upload, NotAttached>, CoreError> {
    let issued = issued(portal, &new).await?;
    begin_as(portal, actor, incident, new, issued).await
}

/// Whether a file comes with a key that the portal issued, or with none.
async fn issued(portal: &Portal, new: &NewFile<'_>) -> Result<bool, CoreError> {
    match new.form_key {
        Some(key) => portal.issued(key).await,
        None => Ok(true),
    }
}

/// The same; `issued` says whether its key is one of the portal's.
async fn begin_as(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    new: NewFile<'_>,
    issued: bool,
) -> Result<Result<Upload, NotAttached>, CoreError> {
    let incident = match permitted(portal, actor, incident, new.internal).await? {
        Ok(incident) => incident,
        Err(not) => return Ok(Err(not)),
    };
    if !issued {
        return Ok(Err(NotAttached::FormKey));
    }
    if new.length.is_some_and(|length| length > MOST_FILE) {
        return Ok(Err(NotAttached::TooLarge));
    }
    let id = portal.new_id();
    let FileName { name, .. } = FileName::clean(new.name);
    let mut tx = portal.db().write().await?;
    let unfinished: Option<(i64,)> = row!(
        tx,
        "SELECT COUNT(*) FROM files WHERE person_id = $1 AND stored_at IS NULL AND NOT dropped",
        actor.person(),
    )?;
    if unfinished.is_some_and(|(unfinished,)| unfinished >= MOST_UNFINISHED) {
        tx.rollback().await?;
        return Ok(Err(NotAttached::TooMany));
    }
    execute!(
        tx,
        "INSERT INTO files (id, incident_id, person_id, form_key, name, internal, announced, digest, touched_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &id,
        incident,
        actor.person(),
        new.form_key.unwrap_or(&id),
        &name,
        new.internal,
        new.length.map(integer).transpose()?,
        written(&Sha256::new()),
        portal.now().0,
    )?;
    tx.commit().await?;
    Ok(Ok(Upload {
        id,
        name,
        size: 0,
        length: new.length,
        complete: false,
    }))
}

/// How far a file is that `actor` began. `None` if there is none.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn upload(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
) -> Result<Option<Upload>, CoreError> {
    let Some(row) = own(portal, actor, incident, id).await? else {
        return Ok(None);
    };
    Ok(Some(Upload {
        size: row.size()?,
        length: row.announced.map(number).transpose()?,
        complete: row.stored_at.is_some(),
        id: row.id,
        name: row.name,
    }))
}

/// Appends bytes to a file that `actor` began, `from` the place where it ends. What came before the connection broke stays,
/// to go on from; of a file that is too large nothing stays.
///
/// # Errors
/// [`CoreError`] if the database or the store fails. What was put there before stays.
pub async fn append<B: AsRef<[u8]>, E>(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
    from: u64,
    bytes: &mut (impl Stream<Item = Result<B, E>> + Unpin),
) -> Result<Result<Appended, NotAttached>, CoreError> {
    let Some(row) = own(portal, actor, incident, id).await? else {
        return Ok(Err(NotAttached::NotThere));
    };
    let is = row.size()?;
    if row.stored_at.is_some() || row.sha256.is_some() {
        // With nothing more of it, whoever asks did not get the answer to the last piece.
        let asked_again = is == from && bytes.next().await.is_none();
        let ended = Appended {
            size: is,
            whole: true,
        };
        // All of it came, but the step that attaches it may not have been taken: asked for again, it is.
        let not = if row.stored_at.is_some() {
            NotAttached::Complete
        } else {
            NotAttached::Elsewhere { is }
        };
        return Ok(asked_again.then_some(ended).ok_or(not));
    }
    if is != from {
        return Ok(Err(NotAttached::Elsewhere { is }));
    }
    let announced = row.announced.map(number).transpose()?;
    let most = announced.unwrap_or(MOST_FILE);
    let mut writer = Writer {
        portal,
        id: &row.id,
        size: is,
        hash: read(&row.digest)?,
        buffer: Vec::new(),
    };
    let mut whole = true;
    while let Some(chunk) = bytes.next().await {
        let Ok(chunk) = chunk else {
            whole = false;
            break;
        };
        let chunk = chunk.as_ref();
        if writer.received() + chunk.len() as u64 > most {
            return if announced.is_some() {
                Ok(Err(NotAttached::NotAsAnnounced { is: writer.size }))
            } else {
                discard(portal, &row.id).await?;
                Ok(Err(NotAttached::TooLarge))
            };
        }
        if let Err(not) = writer.write(chunk).await? {
            return Ok(Err(not));
        }
    }
    Ok(match writer.flush().await? {
        Ok(()) => Ok(Appended {
            size: writer.size,
            whole,
        }),
        Err(not) => Err(not),
    })
}

/// Attaches a file that is whole: it becomes an event of the incident. Asked for again, it answers the same.
///
/// # Errors
/// [`CoreError`] if the database or the store fails; then it may be asked for again.
pub async fn finish(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
) -> Result<Result<Attachment, NotAttached>, CoreError> {
    finish_by(portal, actor, incident, id, Channel::Portal).await
}

/// The same with a file that came by `channel`.
async fn finish_by(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
    channel: Channel,
) -> Result<Result<Attachment, NotAttached>, CoreError> {
    let Some(row) = own(portal, actor, incident, id).await? else {
        return Ok(Err(NotAttached::NotThere));
    };
    if let (Some(_), Some(sha256)) = (row.stored_at, &row.sha256) {
        let picture = row.picture.as_deref().and_then(picture_of);
        return Ok(Ok(row.attachment(sha256, picture)?));
    }
    let is = row.size()?;
    if row.announced.is_some_and(|announced| announced != row.size) {
        return Ok(Err(NotAttached::NotAsAnnounced { is }));
    }
    if is == 0 {
        discard(portal, &row.id).await?;
        return Ok(Err(NotAttached::Empty));
    }
    let sha256 = HEXLOWER.encode(&read(&row.digest)?.finalize());
    let picture = Picture::of(&first_bytes(portal, &row.id).await?);
    let mut tx = portal.db().write().await?;
    // From here on nothing is appended to it.
    let sealed = execute!(
        tx,
        "UPDATE files SET sha256 = $1, picture = $2, touched_at = $3
         WHERE id = $4 AND size = $5 AND stored_at IS NULL AND NOT dropped",
        &sha256,
        picture.map(picture_name),
        portal.now().0,
        &row.id,
        row.size,
    )?;
    tx.commit().await?;
    if sealed == 0 {
        return Ok(Err(NotAttached::Elsewhere { is }));
    }
    let file = row.attachment(&sha256, picture)?;
    let step = if row.internal {
        Step::AttachInternal { file: file.clone() }
    } else {
        Step::Attach {
            file: file.clone(),
            channel,
        }
    };
    // Its key was asked about when it was begun.
    let key = incidents::key_of(&row.form_key, &step);
    match incidents::take_once(portal, actor, incident, step, key).await? {
        Ok(Taken::Now(_)) => {
            clear(portal, &row.id).await?;
            Ok(Ok(file))
        }
        Ok(Taken::Already) => Ok(Ok(before(portal, &row, file).await?)),
        Err(not) => {
            discard(portal, &row.id).await?;
            Ok(Err(match not {
                NotTaken::NotThere => NotAttached::NotThere,
                NotTaken::Illegal(domain::incident::Illegal::NotNow(state)) => {
                    NotAttached::NotNow(state)
                }
                not => NotAttached::Refused(not),
            }))
        }
    }
}

/// Gives up a file that `actor` began and that is not attached yet. Whether there was one.
///
/// # Errors
/// [`CoreError`] if the database or the store fails; then it is deleted later.
pub async fn give_up(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
) -> Result<bool, CoreError> {
    match own(portal, actor, incident, id).await? {
        Some(row) => discard(portal, &row.id).await,
        None => Ok(false),
    }
}

/// Takes a whole file in at once, as a form has it. If it is not attached, nothing of it is kept.
///
/// # Errors
/// [`CoreError`] if the database or the store fails; what is left is deleted later, and keeps no other file out.
pub async fn attach<B: AsRef<[u8]>, E>(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    new: NewFile<'_>,
    bytes: &mut (impl Stream<Item = Result<B, E>> + Unpin),
) -> Result<Result<Mended, NotAttached>, CoreError> {
    let issued = issued(portal, &new).await?;
    take_in(
        portal,
        actor,
        incident,
        new,
        (Channel::Portal, issued),
        bytes,
    )
    .await
}

/// The same with a file of a mail, whose key is the portal's own.
pub(crate) async fn attach_mailed<B: AsRef<[u8]>, E>(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    new: NewFile<'_>,
    bytes: &mut (impl Stream<Item = Result<B, E>> + Unpin),
) -> Result<Result<Mended, NotAttached>, CoreError> {
    take_in(portal, actor, incident, new, (Channel::Email, true), bytes).await
}

/// Takes a file in that came by `channel`; `issued` says whether its key is one of the portal's.
async fn take_in<B: AsRef<[u8]>, E>(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    new: NewFile<'_>,
    (channel, issued): (Channel, bool),
    bytes: &mut (impl Stream<Item = Result<B, E>> + Unpin),
) -> Result<Result<Mended, NotAttached>, CoreError> {
    let mended = FileName::clean(new.name).mended;
    let id = match begin_as(portal, actor, incident, new, issued).await? {
        Ok(upload) => upload.id,
        Err(not) => return Ok(Err(not)),
    };
    match whole(portal, actor, incident, &id, channel, bytes).await {
        Ok(Ok(file)) => Ok(Ok(Mended { file, mended })),
        Ok(Err(not)) => {
            discard(portal, &id).await?;
            Ok(Err(not))
        }
        Err(error) => {
            // Whoever sends it again begins anew.
            mark(portal, &id).await?;
            Err(error)
        }
    }
}

/// Appends all of a file and attaches it.
async fn whole<B: AsRef<[u8]>, E>(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
    channel: Channel,
    bytes: &mut (impl Stream<Item = Result<B, E>> + Unpin),
) -> Result<Result<Attachment, NotAttached>, CoreError> {
    match append(portal, actor, incident, id, 0, bytes).await? {
        Ok(Appended { whole: true, .. }) => finish_by(portal, actor, incident, id, channel).await,
        Ok(Appended { whole: false, .. }) => Ok(Err(NotAttached::Broken)),
        Err(not) => Ok(Err(not)),
    }
}

/// The id of the incident, if `actor` may attach a file to it now.
async fn permitted(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    internal: bool,
) -> Result<Result<i64, NotAttached>, CoreError> {
    let mut reader = portal.db().read().await?;
    let found: Option<(i64, i64, String)> = row!(
        reader,
        "SELECT id, customer_id, state FROM incidents WHERE year = $1 AND number = $2",
        i64::from(incident.year),
        i64::from(incident.count),
    )?;
    let Some((id, customer, state)) = found else {
        drop(reader);
        audit::not_there(portal, actor, Operation::AttachFile).await?;
        return Ok(Err(NotAttached::NotThere));
    };
    let relation = accounts::relation(&mut reader, actor, customer).await?;
    drop(reader);
    let state =
        State::parse(&state).ok_or_else(|| CoreError::stored("state of an incident", &state))?;
    let step = if internal {
        StepKind::AttachInternal
    } else {
        StepKind::Attach
    };
    let party = incidents::party(actor, relation)
        .filter(|_| allows(actor, relation, Operation::AttachFile))
        .filter(|party| {
            State::ALL
                .into_iter()
                .any(|state| legal(step, *party, state))
        });
    let Some(party) = party else {
        audit::refused(portal, actor, Operation::AttachFile).await?;
        return Ok(Err(NotAttached::NotThere));
    };
    if !legal(step, party, state) {
        return Ok(Err(NotAttached::NotNow(state)));
    }
    Ok(Ok(id))
}

/// Whether `actor` may ever attach a file to this incident: to be asked before anything is read of one.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn may_attach(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
) -> Result<bool, CoreError> {
    let permitted = permitted(portal, actor, incident, false).await?;
    Ok(permitted != Err(NotAttached::NotThere))
}

/// A file that `actor` began, as long as they may attach one.
async fn own(
    portal: &Portal,
    actor: Actor,
    incident: IncidentNumber,
    id: &str,
) -> Result<Option<FileRow>, CoreError> {
    let mut reader = portal.db().read().await?;
    let found: Option<FileRow> = row!(
        reader,
        file!(" AND files.person_id = $4"),
        id,
        i64::from(incident.year),
        i64::from(incident.count),
        actor.person(),
    )?;
    let Some(found) = found else {
        return Ok(None);
    };
    let relation = accounts::relation(&mut reader, actor, found.customer_id).await?;
    drop(reader);
    if allows(actor, relation, Operation::AttachFile) {
        return Ok(Some(found));
    }
    audit::refused(portal, actor, Operation::AttachFile).await?;
    Ok(None)
}

/// Gathers bytes to pieces and puts them into the store.
struct Writer<'a> {
    portal: &'a Portal,
    id: &'a str,
    /// How many bytes are in the store.
    size: u64,
    /// Their hash.
    hash: Sha256,
    buffer: Vec<u8>,
}

impl Writer<'_> {
    fn received(&self) -> u64 {
        self.size + self.buffer.len() as u64
    }

    async fn write(&mut self, mut bytes: &[u8]) -> Result<Result<(), NotAttached>, CoreError> {
        while !bytes.is_empty() {
            let fits = bytes.len().min(PIECE - self.buffer.len());
            let (now, later) = bytes.split_at(fits);
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == PIECE
                && let Err(not) = self.flush().await?
            {
                return Ok(Err(not));
            }
        }
        Ok(Ok(()))
    }

    /// Puts what was gathered into the store as a piece. The piece counts once the file's row says so, and only if nobody
    /// else appended from the same place meanwhile.
    async fn flush(&mut self) -> Result<Result<(), NotAttached>, CoreError> {
        if self.buffer.is_empty() {
            return Ok(Ok(()));
        }
        let (portal, files) = (self.portal, self.portal.files()?);
        let piece = portal.new_id();
        let bytes = std::mem::take(&mut self.buffer);
        let (from, length) = (integer(self.size)?, integer(bytes.len() as u64)?);
        let mut tx = portal.db().write().await?;
        let named = execute!(
            tx,
            "INSERT INTO file_pieces (id, file_id, size)
             SELECT $1, id, $2 FROM files WHERE id = $3 AND size = $4 AND sha256 IS NULL AND NOT dropped
                 AND (SELECT COUNT(*) FROM file_pieces WHERE file_id = $3) < $5",
            &piece,
            length,
            self.id,
            from,
            MOST_PIECES,
        )?;
        tx.commit().await?;
        if named == 0 {
            return self.elsewhere().await;
        }
        self.hash.update(&bytes);
        files.put(&piece, bytes).await?;
        let mut tx = portal.db().write().await?;
        let counted = execute!(
            tx,
            "UPDATE files SET size = size + $1, digest = $2, touched_at = $3
             WHERE id = $4 AND size = $5 AND sha256 IS NULL AND NOT dropped",
            length,
            written(&self.hash),
            portal.now().0,
            self.id,
            from,
        )?;
        if counted == 0 {
            tx.rollback().await?;
            files.delete(&piece).await?;
            let mut tx = portal.db().write().await?;
            execute!(tx, "DELETE FROM file_pieces WHERE id = $1", &piece)?;
            tx.commit().await?;
            return self.elsewhere().await;
        }
        execute!(
            tx,
            "UPDATE file_pieces SET from_byte = $1 WHERE id = $2",
            from,
            &piece,
        )?;
        tx.commit().await?;
        self.size += number(length)?;
        Ok(Ok(()))
    }

    /// Where the file ends by now.
    async fn elsewhere(&self) -> Result<Result<(), NotAttached>, CoreError> {
        let size: Option<(i64,)> = row!(
            self.portal.db().read().await?,
            "SELECT size FROM files WHERE id = $1 AND NOT dropped",
            self.id,
        )?;
        Ok(Err(match size {
            Some((is,)) if number(is)? == self.size => NotAttached::TooMany,
            Some((is,)) => NotAttached::Elsewhere { is: number(is)? },
            None => NotAttached::NotThere,
        }))
    }
}

/// The bytes that say what kind of picture a file is.
async fn first_bytes(portal: &Portal, id: &str) -> Result<Vec<u8>, CoreError> {
    let pieces: Vec<(String, i64)> = rows!(
        portal.db().read().await?,
        "SELECT id, size FROM file_pieces WHERE file_id = $1 AND from_byte < $2 ORDER BY from_byte",
        id,
        integer(Picture::FIRST as u64)?,
    )?;
    let mut first = Vec::new();
    for (piece, size) in pieces {
        let wanted = (Picture::FIRST as u64)
            .saturating_sub(first.len() as u64)
            .min(number(size)?);
        if wanted > 0 {
            first.extend(portal.files()?.get(&piece, 0..wanted).await?);
        }
    }
    Ok(first)
}

/// Deletes the pieces of an attached file that never counted.
async fn clear(portal: &Portal, id: &str) -> Result<(), CoreError> {
    let loose: Vec<(String,)> = rows!(
        portal.db().read().await?,
        "SELECT id FROM file_pieces WHERE file_id = $1 AND from_byte IS NULL",
        id,
    )?;
    for (piece,) in loose {
        portal.files()?.delete(&piece).await?;
        let mut tx = portal.db().write().await?;
        execute!(
            tx,
            "DELETE FROM file_pieces WHERE id = $1 AND from_byte IS NULL",
            &piece,
        )?;
        tx.commit().await?;
    }
    Ok(())
}

/// The file that was attached before with the same form; the one that came now is not needed.
async fn before(portal: &Portal, row: &FileRow, file: Attachment) -> Result<Attachment, CoreError> {
    let first: Option<(String,)> = row!(
        portal.db().read().await?,
        "SELECT id FROM files WHERE incident_id = $1 AND form_key = $2 AND name = $3 AND sha256 = $4
             AND internal = $5 AND stored_at IS NOT NULL",
        row.incident_id,
        &row.form_key,
        &file.name,
        &file.sha256,
        row.internal,
    )?;
    // Marked only if it is not the same one, which a request beside this one finished.
    discard(portal, &row.id).await?;
    Ok(match first {
        Some((id,)) => Attachment { id, ..file },
        None => file,
    })
}

/// Where the computation of a hash stands, to be kept until more bytes come.
fn written(hash: &Sha256) -> String {
    HEXLOWER.encode(&hash.serialize())
}

fn read(digest: &str) -> Result<Sha256, CoreError> {
    let broken = |why: &str| CoreError::stored("digest of a file", why);
    let state = HEXLOWER
        .decode(digest.as_bytes())
        .map_err(|error| broken(&error.to_string()))?;
    let state = SerializedState::<Sha256>::try_from(state.as_slice())
        .map_err(|_| broken("it has another length"))?;
    Sha256::deserialize(&state).map_err(|_| broken("it is none"))
}
