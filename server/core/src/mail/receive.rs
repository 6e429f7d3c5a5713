//! Mail that comes in: an answer becomes a message of the incident, its files are attached to it, everything else is put
//! aside, nothing is dropped.

use std::convert::Infallible;

use domain::{
    incident::{Channel, FieldProblem, Illegal, IncidentNumber, Step},
    people::Actor,
    text::Text,
};
use futures_util::stream;

use super::{
    Answer,
    aside::{Reason, put_aside},
    tokens::Secret,
};
use crate::{
    CoreError, Portal,
    accounts::{self, Person},
    db::{execute, row},
    files::{self, NewFile, NotAttached},
    incidents::{self, NotTaken, Taken, hashed_key},
    work::short,
};

/// The most mails of one person within an hour that become messages of one incident. Nobody writes more; two programs that
/// answer each other without saying what they are would, for ever. Nobody is told of what is put aside, so that ends it.
pub const MOST_AN_HOUR: i64 = 20;

/// The most files of one person within an hour, however they came, until a mail that has nothing but files is put aside: for
/// the same reason, and several mails of many pictures are no program's.
pub const MOST_FILES_AN_HOUR: i64 = 100;

/// An hour, in milliseconds.
const HOUR: i64 = 3_600_000;

/// A mail as it arrived, and what could be read of it. Nothing of it is believed but the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// The mail; of one that is too large, how it begins.
    pub raw: Vec<u8>,
    /// Of how many bytes the whole mail is.
    pub size: u64,
    /// Its Message-ID without the angle brackets; empty if it has none.
    pub message_id: String,
    /// Who sent it, by its own word: the one address in `From`; empty if there is none, or more than one.
    pub from: String,
    /// What the address carries that it was sent to.
    pub answer: Option<Answer>,
    /// What it is called.
    pub subject: String,
    /// What it says, without what it quotes.
    pub text: String,
    /// Whether it says nothing at all but what it quotes with marks. Without a text it may still say something, which was cut
    /// away with what it quotes otherwise.
    pub silent: bool,
    /// What the conversation says below that in the sender's language, of attachments that stay in the mailbox for one.
    pub note: Option<Text>,
    /// What is attached with it.
    pub files: Vec<Enclosed>,
    /// What keeps it from being a message, whoever sent it.
    pub reason: Option<Reason>,
    /// The mail of the portal that it brings back, if it is a bounce.
    pub returned: Option<Returned>,
}

/// A file that came with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    /// Its name as it was sent.
    pub name: String,
    /// What is in it; never looked at.
    pub bytes: Vec<u8>,
}

/// A mail that could not be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The left half of its Message-ID.
    pub message_id: String,
    /// Why, in the words of the mail server that gave it up.
    pub why: String,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A message of this incident, or files of it.
    Written(IncidentNumber),
    /// It came before, and was taken then.
    Already(IncidentNumber),
    /// It was put aside. Of [`Reason::Files`] the rest was taken.
    Aside(Reason),
}

/// Takes a mail: in one transaction, and then its files, so that what was received may be put away. The same mail once more
/// changes nothing, unless files of it are missing.
///
/// # Errors
/// [`CoreError`] if the database or the files' store fails; then it is to be received again.
pub async fn receive(portal: &Portal, mail: &Arrived) -> Result<Received, CoreError> {
    match written(portal, mail).await? {
        Ok(received) => Ok(received),
        Err(reason) => {
            if let (Reason::Bounce, Some(returned)) = (reason, &mail.returned) {
                note_returned(portal, returned).await?;
            }
            put_aside(portal, mail, reason).await?;
            Ok(Received::Aside(reason))
        }
    }
}

async fn written(portal: &Portal, mail: &Arrived) -> Result<Result<Received, Reason>, CoreError> {
    if let Some(reason) = mail.reason {
        return Ok(Err(reason));
    }
    let mut reader = portal.db().read().await?;
    // What no address and no id has, PostgreSQL does not even look for.
    if !accounts::is_email(&mail.from) {
        return Ok(Err(Reason::UnknownSender));
    }
    if is_ours(&mut reader, &mail.message_id).await? {
        return Ok(Err(Reason::Loop));
    }
    let person: Option<(i64,)> = row!(
        reader,
        "SELECT id FROM people WHERE email_folded = $1 AND left_at IS NULL",
        accounts::fold_email(&mail.from),
    )?;
    let Some((person,)) = person else {
        return Ok(Err(Reason::UnknownSender));
    };
    let Some(answer) = &mail.answer else {
        return Ok(Err(Reason::NoToken));
    };
    let incident: Option<(i64,)> = row!(
        reader,
        "SELECT id FROM incidents WHERE year = $1 AND number = $2",
        i64::from(answer.number.year),
        i64::from(answer.number.count),
    )?;
    let person = accounts::find(&mut reader, person).await?;
    drop(reader);
    let secret = Secret::of(portal).await?;
    let Some((incident, person)) = incident.map(|(id,)| id).zip(person) else {
        return Ok(Err(Reason::WrongToken));
    };
    if !secret.is_answer(&answer.code, person.id, incident) {
        return Ok(Err(Reason::WrongToken));
    }
    let id = if mail.message_id.is_empty() {
        String::from_utf8_lossy(&mail.raw)
    } else {
        mail.message_id.as_str().into()
    };
    let key = hashed_key(&format!("mail {} {id}", person.id));
    // A mail that certainly says nothing itself is its files.
    let words = !mail.silent || mail.files.is_empty();
    if often(portal, (incident, person.id), &key, words).await? {
        return Ok(Err(Reason::Often));
    }
    let number = answer.number;
    let message = if words {
        match say(portal, &person, number, mail, &key).await? {
            Ok(received) => Some(received),
            Err(reason) => return Ok(Err(reason)),
        }
    } else {
        None
    };
    let files = attach(portal, person.actor, (incident, number), &key, &mail.files).await?;
    Ok(match (message, files.refused) {
        // Nothing of the mail was taken.
        (None, Some(not)) if !files.now && !files.before => Err(match not {
            NotAttached::NotNow(_) => Reason::Closed,
            NotAttached::NotThere => Reason::NotPermitted,
            _ => Reason::Files,
        }),
        (_, Some(_)) => Err(Reason::Files),
        (Some(received), None) => Ok(received),
        // There is no message to say how many files stay in the mailbox.
        (None, None) if mail.note.is_some() => Err(Reason::Files),
        (None, None) if files.now => Ok(Received::Written(number)),
        (None, None) => Ok(Received::Already(number)),
    })
}

/// Whether somebody has written so often of late that it is a program. What came before is known by its key.
async fn often(
    portal: &Portal,
    (incident, person): (i64, i64),
    key: &str,
    words: bool,
) -> Result<bool, CoreError> {
    let since = portal.now().0.saturating_sub(HOUR);
    let mut reader = portal.db().read().await?;
    let wrote: Option<(i64,)> = if words {
        row!(
            reader,
            "SELECT COUNT(*) FROM events WHERE incident_id = $1 AND by_id = $2 AND at > $3
                 AND event LIKE '{\"type\":\"message\"%\"channel\":\"email\"%'
                 AND NOT EXISTS (SELECT 1 FROM events AS same WHERE same.incident_id = $1 AND same.form_key = $4)",
            incident,
            person,
            since,
            key,
        )?
    } else {
        row!(
            reader,
            "SELECT COUNT(*) FROM events WHERE incident_id = $1 AND by_id = $2 AND at > $3 AND event LIKE '{\"type\":\"attached\",%'
                 AND NOT EXISTS (
                     SELECT 1 FROM files WHERE files.incident_id = $1 AND files.form_key = $4 AND files.stored_at IS NOT NULL
                 )",
            incident,
            person,
            since,
            file_key(key, 0),
        )?
    };
    let most = if words {
        MOST_AN_HOUR
    } else {
        MOST_FILES_AN_HOUR
    };
    Ok(wrote.is_some_and(|(wrote,)| wrote >= most))
}

/// Writes the message.
async fn say(
    portal: &Portal,
    person: &Person,
    number: IncidentNumber,
    mail: &Arrived,
    key: &str,
) -> Result<Result<Received, Reason>, CoreError> {
    let said = mail.text.trim();
    let text = match &mail.note {
        Some(note) if !said.is_empty() => {
            format!(
                "{said}\n\n{}",
                note.get(person.language.unwrap_or_default())
            )
        }
        _ => said.to_owned(),
    };
    let step = Step::Write {
        text,
        channel: Channel::Email,
    };
    let taken = incidents::take_once(portal, person.actor, number, step, key.to_owned()).await?;
    Ok(match taken {
        Ok(Taken::Now(_)) => Ok(Received::Written(number)),
        Ok(Taken::Already) => Ok(Received::Already(number)),
        // It has nothing but files that stay in the mailbox.
        Err(NotTaken::Illegal(Illegal::Text(FieldProblem::Empty)))
            if mail.silent && mail.note.is_some() =>
        {
            Err(Reason::Files)
        }
        Err(NotTaken::Illegal(Illegal::Text(FieldProblem::Empty))) => Err(Reason::Empty),
        Err(NotTaken::Illegal(Illegal::Text(FieldProblem::TooLong { .. }))) => {
            Err(Reason::TooLarge)
        }
        Err(NotTaken::Illegal(Illegal::Text(FieldProblem::Control))) => Err(Reason::Unreadable),
        Err(NotTaken::Illegal(Illegal::NotNow(_))) => Err(Reason::Closed),
        Err(_) => Err(Reason::NotPermitted),
    })
}

/// What came of the files of a mail.
#[derive(Debug, Default)]
struct Files {
    /// Whether one was attached now.
    now: bool,
    /// Whether one was when the mail came before.
    before: bool,
    /// Why one was not, if one was not.
    refused: Option<NotAttached>,
}

/// The key of the file at this place of the mail with this key.
fn file_key(key: &str, place: usize) -> String {
    hashed_key(&format!("{key} file {place}"))
}

/// Attaches what came with the mail of this key, each file under a key of its place, and only what is missing: the store
/// may have failed in between. It is for everybody who reads what the mail says.
async fn attach(
    portal: &Portal,
    actor: Actor,
    (incident, number): (i64, IncidentNumber),
    key: &str,
    enclosed: &[Enclosed],
) -> Result<Files, CoreError> {
    let mut files = Files::default();
    for (place, file) in enclosed.iter().enumerate() {
        let key = file_key(key, place);
        let there: Option<(String,)> = row!(
            portal.db().read().await?,
            "SELECT id FROM files WHERE incident_id = $1 AND form_key = $2 AND stored_at IS NOT NULL",
            incident,
            &key,
        )?;
        if there.is_some() {
            files.before = true;
            continue;
        }
        let new = NewFile {
            name: &file.name,
            internal: false,
            form_key: Some(&key),
            length: Some(file.bytes.len() as u64),
        };
        let mut bytes = stream::iter([Ok::<_, Infallible>(file.bytes.as_slice())]);
        match files::attach_mailed(portal, actor, number, new, &mut bytes).await? {
            Ok(_) => files.now = true,
            // The incident is over, maybe since the message; or there are too many by another way.
            Err(not) => {
                tracing::warn!(%number, place, ?not, "a file of a mail was not attached; the mail is put aside");
                // So it is with the others.
                let all = matches!(not, NotAttached::NotNow(_) | NotAttached::NotThere);
                files.refused = Some(not);
                if all {
                    break;
                }
            }
        }
    }
    Ok(files)
}

/// Whether the portal sent a mail with this Message-ID.
async fn is_ours(held: &mut dyn crate::db::Held, message_id: &str) -> Result<bool, CoreError> {
    let left = message_id.split('@').next().unwrap_or_default();
    if left.contains('\0') {
        return Ok(false);
    }
    let sent: Option<(i64,)> = row!(held, "SELECT id FROM mails WHERE message_id = $1", left)?;
    Ok(sent.is_some())
}

/// Notes at the person that mail to the address it was sent to came back; they may have another one by now. Only the portal
/// and whoever got the mail know its Message-ID, so nobody else can say so.
async fn note_returned(portal: &Portal, returned: &Returned) -> Result<(), CoreError> {
    if returned.message_id.contains('\0') {
        return Ok(());
    }
    let mut tx = portal.db().write().await?;
    execute!(
        tx,
        "UPDATE people SET refused_at = $1, refused_why = $2,
             refused_address = (SELECT COALESCE(mails.sent_to, people.email) FROM mails WHERE message_id = $3)
         WHERE id = (SELECT person_id FROM mails WHERE message_id = $3)",
        portal.now().0,
        short(&returned.why.replace('\0', " ")),
        &returned.message_id,
    )?;
    Ok(tx.commit().await?)
}
