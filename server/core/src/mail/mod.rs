//! Mail that the portal owes somebody: an outbox, written in the transaction of what it tells, and delivered by
//! [`work`](crate::work) at least once. What a mail says is decided when it is sent, in the reader's language.

mod aside;
mod choices;
mod inbox;
mod receive;
mod tell;
mod tokens;
mod told;

use domain::{calendar::Instant, incident::IncidentNumber, text::Lang};
use serde_json::Value;

use crate::{
    CoreError, Portal, accounts,
    db::{Tx, execute, row},
    incidents,
    work::{self, Claimed, JobKind, NewJob},
};

pub(crate) use aside::forget;
pub use aside::{Aside, Reason, Row as AsideRow, aside, aside_one, aside_waiting, deal_with};
pub use choices::{Choice, choices, choose, end, ended_by};
pub use inbox::{InboxProblem, inbox_problem, looked};
pub use receive::{
    Arrived, Enclosed, MOST_AN_HOUR, MOST_FILES_AN_HOUR, Received, Returned, receive,
};
pub(crate) use tell::{Happened, tell};
pub use tokens::{Answer, answered};
pub use told::{Tidings, Told, told};

/// Whom a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To<'a> {
    /// Somebody the portal knows, at the address that they have when it is sent.
    Person(i64),
    /// Whoever reads this address.
    Address(&'a str),
}

/// What a mail tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Something happened to an incident: the event whose place `seq` is, and those before it in the same transaction.
    /// Data: `{"first": 3, "last": 4, "topic": "own"}`, the places of the first and the last of them.
    Event,
    /// A certification will expire. Data: `{"certification": id, "days": 90}`.
    CertificationExpires,
    /// A Subscription Term will end. Data: `{"customer": id, "ends": "2026-12-31", "days": 90}`.
    TermEnds,
    /// A due time of an incident comes near, or was missed. Data: `{"response": true, "stage": "soon", "due": ms}`; the
    /// stages are those of `domain::incident::Stage`.
    Warning,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Event,
        Self::CertificationExpires,
        Self::TermEnds,
        Self::Warning,
    ];

    /// Its name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::CertificationExpires => "certification_expires",
            Self::TermEnds => "term_ends",
            Self::Warning => "warning",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A mail to be queued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMail<'a> {
    /// What it tells whom: a mail with the same key is never queued again. At most 300 characters.
    pub key: String,
    /// Whom it is for.
    pub to: To<'a>,
    /// What it tells.
    pub kind: MailKind,
    /// The id of the incident that it is about.
    pub incident: Option<i64>,
    /// The place of the event that it tells of.
    pub seq: Option<i64>,
    /// What its text is made of.
    pub data: Value,
}

/// Queues a mail with its delivery, in the transaction of what it tells. `false` if the same was queued before. After the
/// commit, [`Portal::wake`] saves it the wait for the next look.
pub(crate) async fn queue(
    portal: &Portal,
    tx: &mut Tx,
    mail: &NewMail<'_>,
) -> Result<bool, CoreError> {
    let (person, address) = match mail.to {
        To::Person(id) => (Some(id), None),
        To::Address(address) => (None, Some(address)),
    };
    let queued: Option<(i64,)> = row!(
        tx,
        "INSERT INTO mails (key, person_id, to_address, kind, incident_id, seq, data, message_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (key) DO NOTHING RETURNING id",
        &mail.key,
        person,
        address,
        mail.kind.name(),
        mail.incident,
        mail.seq,
        mail.data.to_string(),
        portal.new_id(),
        portal.now().0,
    )?;
    let Some((id,)) = queued else {
        return Ok(false);
    };
    let job = NewJob {
        kind: JobKind::Mail,
        key: format!("mail:{id}"),
        payload: Value::from(id),
        run_at: portal.now(),
    };
    work::add(portal, tx, &job).await
}

/// A mail of the outbox, as whoever writes its text gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    /// Its id.
    pub id: i64,
    /// Whom it is for, as they are now.
    pub to: Recipient,
    /// What it tells.
    pub kind: MailKind,
    /// The id and the number of the incident that it is about.
    pub incident: Option<(i64, IncidentNumber)>,
    /// The place of the event that it tells of.
    pub seq: Option<i64>,
    /// What its text is made of.
    pub data: Value,
    /// The left half of its Message-ID: the same however often it is sent.
    pub message_id: String,
    /// When it was queued.
    pub created: Instant,
}

/// Whom a mail is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// Who they are; nobody where only the address is known.
    pub person: Option<accounts::Person>,
}

impl Recipient {
    /// The language that they chose; none if they did not, or are not known.
    pub fn language(&self) -> Option<Lang> {
        self.person.as_ref().and_then(|person| person.language)
    }
}

/// What a mail says: written when it is sent, by `app::mail::render`. From, To, Date, Message-ID and Auto-Submitted are the
/// sender's to add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Its subject, one line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML; none if the text is enough.
    pub html: Option<String>,
    /// Where an answer goes to; nowhere else than the sender if there is none.
    pub reply_to: Option<String>,
    /// Further headers, such as `References` and `List-Unsubscribe`: name and value, each of one line.
    pub headers: Vec<(String, String)>,
}

#[derive(sqlx::FromRow)]
struct QueuedRow {
    person_id: Option<i64>,
    to_address: Option<String>,
    kind: String,
    incident_id: Option<i64>,
    year: Option<i64>,
    number: Option<i64>,
    seq: Option<i64>,
    data: String,
    message_id: String,
    created_at: i64,
    sent_at: Option<i64>,
}

/// A mail that is to be delivered. `None` if it was sent already, or whoever it is for has left.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn queued(portal: &Portal, id: i64) -> Result<Option<Queued>, CoreError> {
    let mut reader = portal.db().read().await?;
    let row: Option<QueuedRow> = row!(
        reader,
        "SELECT mails.person_id, mails.to_address, mails.kind, mails.incident_id, incidents.year, incidents.number,
                mails.seq, mails.data, mails.message_id, mails.created_at, mails.sent_at
         FROM mails LEFT JOIN incidents ON incidents.id = mails.incident_id WHERE mails.id = $1",
        id,
    )?;
    let Some(row) = row.filter(|row| row.sent_at.is_none()) else {
        return Ok(None);
    };
    let to = match (row.person_id, row.to_address) {
        (Some(person), _) => match accounts::find(&mut reader, person).await? {
            Some(person) => Recipient {
                address: person.email.clone(),
                person: Some(person),
            },
            None => return Ok(None),
        },
        (None, address) => Recipient {
            address: address.ok_or_else(|| CoreError::stored("recipient of a mail", id))?,
            person: None,
        },
    };
    let incident = match (row.incident_id, row.year, row.number) {
        (Some(incident), Some(year), Some(number)) => {
            Some((incident, incidents::number(year, number)?))
        }
        _ => None,
    };
    Ok(Some(Queued {
        id,
        to,
        kind: MailKind::parse(&row.kind)
            .ok_or_else(|| CoreError::stored("kind of a mail", &row.kind))?,
        incident,
        seq: row.seq,
        data: incidents::from_json("data of a mail", &row.data)?,
        message_id: row.message_id,
        created: Instant(row.created_at),
    }))
}

/// The whole Message-ID of the mail with this left half, of the portal that people reach at `origin`.
pub fn message_id(left: &str, origin: &str) -> String {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    };
    format!("<{left}@{host}>")
}

/// Records that the mail server took a mail, and that its delivery is done.
///
/// # Errors
/// [`CoreError`] if the database fails; then it is sent once more, with the same Message-ID.
pub async fn sent(portal: &Portal, job: &Claimed, mail: &Queued) -> Result<(), CoreError> {
    let mut tx = portal.db().write().await?;
    execute!(
        tx,
        "UPDATE mails SET sent_at = $1, sent_to = $2 WHERE id = $3 AND sent_at IS NULL",
        portal.now().0,
        &mail.to.address,
        mail.id,
    )?;
    work::finish(portal, &mut tx, job).await?;
    if let Some(person) = &mail.to.person {
        execute!(
            tx,
            "UPDATE people SET refused_address = NULL, refused_at = NULL, refused_why = NULL
             WHERE id = $1 AND refused_address IS NOT NULL",
            person.id,
        )?;
    }
    Ok(tx.commit().await?)
}

/// Records that a mail server will never take a mail for this address: its delivery is given up, and administrators read
/// of it at the person.
///
/// # Errors
/// [`CoreError`] if the database fails; then it is tried once more.
pub async fn refused(
    portal: &Portal,
    job: &Claimed,
    mail: &Queued,
    why: &str,
) -> Result<(), CoreError> {
    let mut tx = portal.db().write().await?;
    work::abandon(portal, &mut tx, job, why).await?;
    if let Some(person) = &mail.to.person {
        execute!(
            tx,
            "UPDATE people SET refused_address = $1, refused_at = $2, refused_why = $3 WHERE id = $4",
            &mail.to.address,
            portal.now().0,
            work::short(why),
            person.id,
        )?;
    }
    Ok(tx.commit().await?)
}
