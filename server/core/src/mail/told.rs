//! What a mail of the outbox tells, read when it is sent: whoever has no right to it any more, or does not want it, is told
//! nothing.

use domain::{
    calendar::{Instant, LocalDate},
    incident::{Entry, IncidentNumber, Stage},
    people::{Actor, Certification, MailTopic, Operation, allows},
};
use serde::Deserialize;

use super::{Answer, MailKind, Queued, choices::wanted, tokens::Secret};
use crate::{
    CoreError, Portal, accounts,
    db::row,
    incidents::{self, Incident, events},
};

/// What a mail tells whom.
#[derive(Clone, Debug)]
pub struct Tidings {
    /// What it tells.
    pub told: Told,
    /// Why they get it.
    pub topic: MailTopic,
    /// What the address carries that they can answer to; nothing if they can take no steps with the incident.
    pub answer: Option<Answer>,
    /// What a link carries that ends this kind of mail, if it is optional.
    pub end: Option<String>,
}

/// What a mail tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// Something happened to an incident.
    Events {
        /// The incident, as whoever reads the mail sees it now.
        incident: Box<Incident>,
        /// What happened; at least one event, and no internal one.
        entries: Vec<Entry>,
    },
    /// A due time comes near or was missed.
    Warning {
        /// The incident.
        incident: Box<Incident>,
        /// Whether a Response is due; else the next update.
        response: bool,
        /// How near it is.
        stage: Stage,
        /// By when it is due.
        due: Instant,
    },
    /// Their certification will expire.
    Certification {
        /// The certification.
        certification: Certification,
        /// In how many days, when the mail was queued.
        days: u32,
    },
    /// A Subscription Term will end.
    Term {
        /// The customer's name.
        customer: String,
        /// The customer's id.
        id: i64,
        /// The last day.
        ends: LocalDate,
    },
}

#[derive(Deserialize)]
struct EventData {
    first: u32,
    last: u32,
    topic: String,
}

#[derive(Deserialize)]
struct WarningData {
    response: bool,
    stage: String,
    due: i64,
}

#[derive(Deserialize)]
struct CertificationData {
    certification: i64,
    days: u32,
}

#[derive(Deserialize)]
struct TermData {
    customer: i64,
    ends: String,
}

/// What a mail tells whoever it is for. `None` if there is nothing to tell them any more: they may not see it, do not want
/// it, or it is not so any more.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn told(portal: &Portal, mail: &Queued) -> Result<Option<Tidings>, CoreError> {
    let Some(person) = &mail.to.person else {
        return Ok(None);
    };
    let found = match mail.kind {
        MailKind::Event => of_events(portal, person.actor, mail).await?,
        MailKind::Warning => warning(portal, person.actor, mail).await?,
        MailKind::CertificationExpires => certification(portal, person.id, mail).await?,
        MailKind::TermEnds => term(portal, person.actor, mail).await?,
    };
    // Whoever has another role by now does not get what they could not end.
    let Some((told, topic)) = found.filter(|(_, topic)| topic.of(person.role)) else {
        return Ok(None);
    };
    if !wanted(&mut portal.db().read().await?, person.id, topic).await? {
        return Ok(None);
    }
    let secret = Secret::of(portal).await?;
    let answer = match (&told, mail.incident) {
        (Told::Events { incident, .. }, Some((id, number))) if incident.party.is_some() => secret
            .answer(person.id, id)
            .map(|code| Answer { number, code }),
        _ => None,
    };
    Ok(Some(Tidings {
        told,
        topic,
        answer,
        end: (!topic.required())
            .then(|| secret.end(person.id, topic))
            .flatten(),
    }))
}

fn data<T: serde::de::DeserializeOwned>(mail: &Queued) -> Result<T, CoreError> {
    serde_json::from_value(mail.data.clone())
        .map_err(|error| CoreError::stored("data of a mail", error))
}

/// The incident that a mail is about, as whoever gets it sees it.
async fn incident(
    portal: &Portal,
    actor: Actor,
    mail: &Queued,
) -> Result<Option<(i64, IncidentNumber, Incident)>, CoreError> {
    let Some((id, number)) = mail.incident else {
        return Err(CoreError::stored("incident of a mail", mail.id));
    };
    let incident = incidents::as_seen_by(portal, actor, number).await?;
    Ok(incident.map(|incident| (id, number, incident)))
}

async fn of_events(
    portal: &Portal,
    actor: Actor,
    mail: &Queued,
) -> Result<Option<(Told, MailTopic)>, CoreError> {
    let EventData { first, last, topic } = data(mail)?;
    let topic =
        MailTopic::parse(&topic).ok_or_else(|| CoreError::stored("topic of a mail", &topic))?;
    let Some((id, number, incident)) = incident(portal, actor, mail).await? else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    let entries = events::told(&mut reader, id, number, (first, last)).await?;
    Ok((!entries.is_empty()).then(|| {
        let incident = Box::new(incident);
        (Told::Events { incident, entries }, topic)
    }))
}

async fn warning(
    portal: &Portal,
    actor: Actor,
    mail: &Queued,
) -> Result<Option<(Told, MailTopic)>, CoreError> {
    let WarningData {
        response,
        stage,
        due,
    } = data(mail)?;
    let stage = Stage::ALL
        .into_iter()
        .find(|one| one.name() == stage)
        .ok_or_else(|| CoreError::stored("stage of a warning", &stage))?;
    let due = Instant(due);
    let told = incident(portal, actor, mail).await?;
    // Whoever has answered meanwhile needs no warning.
    Ok(told
        .filter(|(.., incident)| incident.standing.next_due() == Some(due))
        .map(|(.., incident)| {
            let told = Told::Warning {
                incident: Box::new(incident),
                response,
                stage,
                due,
            };
            (told, MailTopic::Warnings)
        }))
}

async fn certification(
    portal: &Portal,
    person: i64,
    mail: &Queued,
) -> Result<Option<(Told, MailTopic)>, CoreError> {
    let CertificationData {
        certification,
        days,
    } = data(mail)?;
    let row: Option<(String, String, String, String, String)> = row!(
        portal.db().read().await?,
        "SELECT track, level, number, issued_on, expires_on FROM certifications WHERE id = $1 AND person_id = $2",
        certification,
        person,
    )?;
    let Some((track, level, number, issued, expires)) = row else {
        return Ok(None);
    };
    let certification = Certification {
        issued: accounts::date(&issued)?,
        expires: accounts::date(&expires)?,
        track,
        level,
        number,
    };
    let told = Told::Certification {
        certification,
        days,
    };
    Ok(Some((told, MailTopic::Certification)))
}

async fn term(
    portal: &Portal,
    actor: Actor,
    mail: &Queued,
) -> Result<Option<(Told, MailTopic)>, CoreError> {
    let TermData { customer: id, ends } = data(mail)?;
    let mut reader = portal.db().read().await?;
    let relation = accounts::relation(&mut reader, actor, id).await?;
    if !allows(actor, relation, Operation::ReadAccount) {
        return Ok(None);
    }
    let row: Option<(String, String)> = row!(
        reader,
        "SELECT name, ends_on FROM customers WHERE id = $1",
        id,
    )?;
    // A term that was prolonged meanwhile does not end then.
    let Some((customer, _)) = row.filter(|(_, now)| *now == ends) else {
        return Ok(None);
    };
    let told = Told::Term {
        customer,
        id,
        ends: accounts::date(&ends)?,
    };
    Ok(Some((told, MailTopic::Term)))
}
