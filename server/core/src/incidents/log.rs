//! Logging a notice that came by e-mail or telephone: an engineer writes down for a contact what they said. The Response
//! clock has run since the notice was received, however late it is logged.

use domain::{
    calendar::NotCovered,
    incident::{
        Channel, Checked, Field, FieldProblem, IncidentNumber, NoticeProblem, Which, is_form_key,
        notice_time,
    },
    people::{Actor, Bar, Operation, Relation, allows},
    triage::AnswerProblem,
};

use super::{
    Filed, NewIncident, NotFiled, Preview, Reviewed, Rules,
    decide::Decision,
    file::{FILED_BEFORE, Filing, Logged, MOST_TRIES, Stored, store},
    number,
};
use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary},
    audit, closed_days,
    contacts::{self, board},
    db::{like_any_case, row, rows},
    drafts::Colleague,
    products,
};

/// The most contacts that a search gives.
const MOST_FOUND: i64 = 50;

/// A contact whom a search found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The name of their customer.
    pub customer: String,
}

/// The contact whose notice is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The customer that they belong to.
    pub customer: CustomerSummary,
    /// What keeps them from filing today (section 4); nothing if they may.
    pub bars: Vec<Bar>,
    /// Their colleagues who may file today.
    pub may_file: Vec<Colleague>,
}

/// What an engineer logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewNotice {
    /// The id of the contact who gave notice.
    pub contact: i64,
    /// How it came; none if nothing was chosen.
    pub channel: Option<Channel>,
    /// When it was received, on the wall clock of the contract's zone: `2026-02-27T15:30`.
    pub received: String,
    /// Which of the two, where the wall clock showed that time twice.
    pub which: Option<Which>,
    /// What was said, as it would be filed.
    pub incident: NewIncident,
}

/// Why nothing was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotLogged {
    /// There is no such contact, or it is not for the actor to log their notices: never said which.
    NotThere,
    /// They may not file (section 4), by the term and the certifications of the day of the notice: why, each with its clause.
    /// A notice by any other way asks for no less than one in the portal.
    Barred(Vec<Bar>),
    /// Something has to be filled in or chosen in another way.
    Invalid {
        /// What is wrong with what was typed, in the order of the form.
        fields: Vec<(Field, FieldProblem)>,
        /// What is wrong with the answers to the guide.
        answers: Vec<AnswerProblem>,
        /// The form carried no key, or one that the portal did not issue.
        form_key: bool,
        /// It was not said whether it came by e-mail or by telephone.
        channel: bool,
        /// What is wrong with the time of the notice.
        received: Option<NoticeProblem>,
    },
    /// The deadline lies beyond the days that the calendar knows; nothing is promised there.
    NotCovered(NotCovered),
    /// The customer's plan, or its tier or zone in it, is not among those that the portal has loaded.
    UnknownPlan,
}

/// The contacts with these characters in their name, their address or their customer's name, in whatever case, by customer
/// and name; at most fifty. `None` for whoever logs no notices.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn callers(
    portal: &Portal,
    actor: Actor,
    search: &str,
) -> Result<Option<Vec<Found>>, CoreError> {
    if !allows(actor, Relation::OtherCustomer, Operation::LogIncident) {
        audit::refused(portal, actor, Operation::LogIncident).await?;
        return Ok(None);
    }
    Ok(Some(rows!(
        portal.db().read().await?,
        "SELECT people.id, people.name, people.email, customers.name AS customer
         FROM people JOIN customers ON customers.id = people.customer_id
         WHERE people.left_at IS NULL
             AND ($1 IS NULL OR LOWER(people.name) LIKE $1 ESCAPE '\\' OR people.email_folded LIKE $1 ESCAPE '\\'
                  OR LOWER(customers.name) LIKE $1 ESCAPE '\\')
         ORDER BY customers.name, people.name, people.id LIMIT $2",
        like_any_case(search),
        MOST_FOUND,
    )?))
}

/// The contact with this id, if `actor` logs their notices.
///
/// # Errors
/// [`CoreError`] if the database fails, or the customer's plan or zone is not loaded.
pub async fn caller(
    portal: &Portal,
    actor: Actor,
    contact: i64,
) -> Result<Option<Caller>, CoreError> {
    let mut reader = portal.db().read().await?;
    let found = accounts::find(&mut reader, contact).await?;
    let Some((person, customer)) = found.and_then(|person| {
        let customer = person.customer.clone()?;
        Some((person, customer))
    }) else {
        drop(reader);
        audit::not_there(portal, actor, Operation::LogIncident).await?;
        return Ok(None);
    };
    let relation = accounts::relation(&mut reader, actor, customer.id).await?;
    if !allows(actor, relation, Operation::LogIncident) {
        drop(reader);
        audit::refused(portal, actor, Operation::LogIncident).await?;
        return Ok(None);
    }
    let (contacts, _) = board::contacts(portal, &mut reader, &customer, Some(contact)).await?;
    let mut caller = Caller {
        id: contact,
        name: person.name,
        email: person.email,
        customer,
        bars: Vec::new(),
        may_file: Vec::new(),
    };
    for one in contacts {
        if one.is_you {
            caller.bars = one.bars;
        } else if one.bars.is_empty() {
            caller.may_file.push(Colleague {
                id: one.id,
                name: one.name,
                email: one.email,
            });
        }
    }
    Ok(Some(caller))
}

/// Logs a notice: the contact has filed it, and the incident says how it came, when, and who logged it. Everything is
/// checked and decided as if they had filed it themselves at the time of the notice; it may be overdue already.
///
/// Sent twice with one key, it is logged once.
///
/// # Errors
/// [`CoreError`] if the database fails; then it is not known whether it was logged, and the same key may be sent again.
pub async fn log(
    portal: &Portal,
    actor: Actor,
    new: &NewNotice,
) -> Result<Result<Filed, NotLogged>, CoreError> {
    let issued = portal.issued(&new.incident.form_key).await?;
    for _ in 0..MOST_TRIES {
        let ready = match prepare(portal, actor, new, issued).await? {
            Ok(Prepared::Ready(ready)) => ready,
            Ok(Prepared::Already(number)) => return Ok(Ok(Filed::Already(number))),
            Err(not_logged) => return Ok(Err(not_logged)),
        };
        let filing = Filing {
            customer: ready.customer,
            contact: new.contact,
            contact_name: &ready.contact_name,
            form_key: &new.incident.form_key,
            draft: &ready.draft,
            decision: &ready.decision,
            from: None,
            logged: Some(Logged {
                channel: ready.channel,
                by: &ready.engineer,
                at: portal.now(),
            }),
        };
        match store(portal, &filing).await? {
            Stored::Filed(filed) => return Ok(Ok(filed)),
            // It comes from no draft; so a closed day was changed in the middle of it.
            Stored::DraftGone | Stored::CalendarChanged => {}
        }
    }
    Err(CoreError::stored(
        "closed days",
        "they changed again and again while a notice was logged",
    ))
}

/// Says what [`log`] would log.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn review_log(
    portal: &Portal,
    actor: Actor,
    new: &NewNotice,
) -> Result<Result<Reviewed, NotLogged>, CoreError> {
    let issued = portal.issued(&new.incident.form_key).await?;
    Ok(prepare(portal, actor, new, issued)
        .await?
        .map(|prepared| match prepared {
            Prepared::Already(number) => Reviewed::Already(number),
            Prepared::Ready(ready) => {
                Reviewed::Ready(Box::new(Preview::of(ready.draft, ready.decision)))
            }
        }))
}

enum Prepared {
    Ready(Box<Ready>),
    Already(IncidentNumber),
}

/// Everything that a notice needs, before the write lock is taken.
struct Ready {
    customer: i64,
    contact_name: String,
    engineer: String,
    channel: Channel,
    draft: Checked,
    decision: Decision,
}

/// Checks who logs, for whom, what and when, and decides.
async fn prepare(
    portal: &Portal,
    actor: Actor,
    new: &NewNotice,
    issued: bool,
) -> Result<Result<Prepared, NotLogged>, CoreError> {
    let Some(caller) = caller(portal, actor, new.contact).await? else {
        return Ok(Err(NotLogged::NotThere));
    };
    let mut reader = portal.db().read().await?;
    // Another server may have changed a closed day: nothing is promised by an old calendar.
    closed_days::refresh_with(portal, &mut reader).await?;
    let engineer = match actor.person() {
        Some(id) => accounts::find(&mut reader, id).await?,
        None => None,
    };
    let Some(engineer) = engineer.filter(|one| one.actor == actor) else {
        return Ok(Err(NotLogged::NotThere));
    };
    if is_form_key(&new.incident.form_key) {
        let before: Option<(i64, i64)> =
            row!(reader, FILED_BEFORE, caller.id, &new.incident.form_key)?;
        if let Some((year, count)) = before {
            return Ok(Ok(Prepared::Already(number(year, count)?)));
        }
    }
    let catalog = products::read(portal, &mut reader).await?;
    let Some(rules) = Rules::of(portal, &caller.customer, catalog) else {
        tracing::error!(
            customer = caller.customer.id,
            plan = caller.customer.plan_version,
            "the customer's plan, tier or zone is not loaded"
        );
        return Ok(Err(NotLogged::UnknownPlan));
    };
    let calendar = rules.calendar();
    let (term, now) = (caller.customer.term, portal.now());
    let received = notice_time(&new.received, new.which, calendar, term, now);
    if let Ok(received) = received
        && let Ok(local) = calendar.local(received)
    {
        let day = local.date();
        let bars = contacts::bars_on(portal, &mut reader, caller.id, &caller.customer, day).await?;
        if let Some(bars) = bars.filter(|bars| !bars.is_empty()) {
            return Ok(Err(NotLogged::Barred(bars)));
        }
    }
    drop(reader);
    // Through the portal the customer files themselves.
    let channel = new.channel.filter(|channel| *channel != Channel::Portal);
    let checked = (
        new.incident.draft.check(),
        rules.check(&rules.asked(&new.incident.answers)),
    );
    let (draft, answers, channel, received) = match (checked, channel, received) {
        ((Ok(draft), Ok(answers)), Some(channel), Ok(received)) if issued => {
            (draft, answers, channel, received)
        }
        ((draft, answers), channel, received) => {
            return Ok(Err(NotLogged::Invalid {
                fields: draft.err().unwrap_or_default(),
                answers: answers.err().unwrap_or_default(),
                form_key: !issued,
                channel: channel.is_none(),
                received: received.err(),
            }));
        }
    };
    Ok(match rules.decide(answers, received) {
        Ok(decision) => Ok(Prepared::Ready(Box::new(Ready {
            customer: caller.customer.id,
            contact_name: caller.name,
            engineer: engineer.name,
            channel,
            draft,
            decision,
        }))),
        Err(NotFiled::NotCovered(not_covered)) => Err(NotLogged::NotCovered(not_covered)),
        Err(_) => Err(NotLogged::UnknownPlan),
    })
}
