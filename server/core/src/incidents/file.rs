//! Filing an incident.

use domain::{
    attainment::{Month, Verdict},
    calendar::{Explanation, Instant, NotCovered},
    incident::{
        By, Channel, Checked, Draft, Entry, Event, Field, FieldProblem, IncidentNumber, Party,
        State, Who, is_form_key,
    },
    people::{Actor, Bar, Operation, allows},
    triage::{AnswerProblem, Answers, Outcome},
};

use super::{Rules, decide::Decision, events, filed::WhatWasFiled, number, to_json};
use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, Person},
    audit, closed_days, contacts,
    db::{Tx, execute, fold, hold_closed_days, is_unique_violation, row},
    drafts,
    mail::{self, Happened},
    news::News,
    products,
};

/// What a contact sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewIncident {
    /// The form's idempotency key, from [`Portal::new_form_key`].
    pub form_key: String,
    /// The answers to the guide.
    pub answers: Answers,
    /// What was typed.
    pub draft: Draft,
}

/// It is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    /// Now, under this number.
    New(IncidentNumber),
    /// Before, by the same contact with the same form, under this number; nothing was changed.
    Already(IncidentNumber),
}

impl Filed {
    /// The number, whichever it is.
    pub const fn number(self) -> IncidentNumber {
        match self {
            Self::New(number) | Self::Already(number) => number,
        }
    }
}

/// Why nothing was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFiled {
    /// Nobody is signed in, or they belong to no customer.
    NotPermitted,
    /// They are a contact, but may not file today (section 4): why, each with its clause. A colleague may; see
    /// `crate::drafts`.
    Barred(Vec<Bar>),
    /// Something has to be filled in or chosen in another way.
    Invalid {
        /// What is wrong with what was typed, in the order of the form.
        fields: Vec<(Field, FieldProblem)>,
        /// What is wrong with the answers to the guide.
        answers: Vec<AnswerProblem>,
        /// The form carried no key, or one that the portal did not issue.
        form_key: bool,
    },
    /// The deadline lies beyond the days that the calendar knows; nothing is promised there.
    NotCovered(NotCovered),
    /// The customer's plan, or its tier or zone in it, is not among those that the portal has loaded.
    UnknownPlan,
}

/// Files an incident for the customer that `actor` belongs to.
///
/// The server's clock says when the notice was received; the answers are checked and decided here again, whatever a
/// browser showed. Sent twice with one key (a double click, a retry, two tabs), it is filed once.
///
/// # Errors
/// [`CoreError`] if the database fails; then it is not known whether it was filed, and the same key may be sent again.
pub async fn file(
    portal: &Portal,
    actor: Actor,
    new: NewIncident,
) -> Result<Result<Filed, NotFiled>, CoreError> {
    let issued = portal.issued(&new.form_key).await?;
    match file_from(portal, actor, new, None, issued).await? {
        Ok(filed) => Ok(Ok(filed.ok_or(sqlx::Error::RowNotFound)?)),
        Err(not_filed) => Ok(Err(not_filed)),
    }
}

/// The draft that an incident was prepared as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromDraft<'a> {
    /// Its id.
    pub id: i64,
    /// The name of whoever prepared it.
    pub prepared_by: &'a str,
}

/// The same for what was prepared as a draft, which is marked as filed in the same transaction. `None` if the draft is
/// not open any more; then nothing was filed. `issued` says whether the key is one of the portal's.
pub(crate) async fn file_from(
    portal: &Portal,
    actor: Actor,
    new: NewIncident,
    from: Option<FromDraft<'_>>,
    issued: bool,
) -> Result<Result<Option<Filed>, NotFiled>, CoreError> {
    for _ in 0..MOST_TRIES {
        let prepared = match prepare(portal, actor, &new, issued).await? {
            Ok(Prepared::Ready(prepared)) => prepared,
            Ok(Prepared::Already(number)) => return Ok(Ok(Some(Filed::Already(number)))),
            Err(not_filed) => return Ok(Err(not_filed)),
        };
        let filing = Filing {
            customer: prepared.customer.id,
            contact: prepared.person.id,
            contact_name: &prepared.person.name,
            form_key: &new.form_key,
            draft: &prepared.draft,
            decision: &prepared.decision,
            from,
            logged: None,
        };
        match store(portal, &filing).await? {
            Stored::Filed(filed) => return Ok(Ok(Some(filed))),
            Stored::DraftGone => return Ok(Ok(None)),
            Stored::CalendarChanged => {}
        }
    }
    Err(CoreError::stored(
        "closed days",
        "they changed again and again while an incident was filed",
    ))
}

/// How often a filing begins anew because a closed day was changed in the middle of it.
pub(super) const MOST_TRIES: u32 = 5;

/// What would be filed, for the customer to look over: computed exactly as when it is filed, and nothing is stored.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The texts as they would be kept.
    pub draft: Checked,
    /// The answers as they would be kept.
    pub answers: Answers,
    /// What they come to.
    pub outcome: Outcome,
    /// By when a Response would be due if the notice were received now, and why.
    pub explanation: Explanation,
    /// The release's name; empty if it is not one of the catalog.
    pub release_name: String,
}

impl Preview {
    pub(super) fn of(draft: Checked, decision: Decision) -> Self {
        Self {
            draft,
            answers: decision.answers,
            outcome: decision.outcome,
            explanation: decision.explanation,
            release_name: decision.release_name,
        }
    }
}

/// What there is to look over.
#[derive(Clone, Debug)]
pub enum Reviewed {
    /// It can be filed.
    Ready(Box<Preview>),
    /// The form was filed before.
    Already(IncidentNumber),
}

/// Says what [`file`] would file for the customer that `actor` belongs to.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn review(
    portal: &Portal,
    actor: Actor,
    new: &NewIncident,
) -> Result<Result<Reviewed, NotFiled>, CoreError> {
    let issued = portal.issued(&new.form_key).await?;
    Ok(prepare(portal, actor, new, issued)
        .await?
        .map(|prepared| match prepared {
            Prepared::Already(number) => Reviewed::Already(number),
            Prepared::Ready(prepared) => {
                Reviewed::Ready(Box::new(Preview::of(prepared.draft, prepared.decision)))
            }
        }))
}

/// An incident that can be filed, or that was.
enum Prepared {
    Ready(Box<Ready>),
    Already(IncidentNumber),
}

/// Everything that a filing needs, before the write lock is taken.
struct Ready {
    person: Person,
    customer: CustomerSummary,
    draft: Checked,
    decision: Decision,
}

/// Checks who asks, what was typed and what was answered, and decides.
async fn prepare(
    portal: &Portal,
    actor: Actor,
    new: &NewIncident,
    issued: bool,
) -> Result<Result<Prepared, NotFiled>, CoreError> {
    let Actor::Contact {
        contact, customer, ..
    } = actor
    else {
        audit::refused(portal, actor, Operation::FileIncident).await?;
        return Ok(Err(NotFiled::NotPermitted));
    };
    if !allows(actor, actor.relation_to(customer), Operation::FileIncident) {
        return Ok(Err(NotFiled::NotPermitted));
    }

    let mut reader = portal.db().read().await?;
    // Another server may have changed a closed day: nothing is promised by an old calendar.
    closed_days::refresh_with(portal, &mut reader).await?;
    let Some(person) = accounts::find(&mut reader, contact)
        .await?
        .filter(|one| one.actor == actor)
    else {
        return Ok(Err(NotFiled::NotPermitted));
    };
    let Some(own) = person.customer.clone() else {
        return Ok(Err(NotFiled::NotPermitted));
    };
    if is_form_key(&new.form_key) {
        // A retry is answered even if the plan or a release has changed since, or it was filed before keys were proven.
        let before: Option<(i64, i64)> = row!(reader, FILED_BEFORE, contact, &new.form_key)?;
        if let Some((year, count)) = before {
            return Ok(Ok(Prepared::Already(number(year, count)?)));
        }
    }
    let form_key_is_wrong = !issued && !drafts::is_kept(&mut reader, own.id, &new.form_key).await?;
    match contacts::bars_today(portal, &mut reader, contact, &own).await? {
        Some(bars) if !bars.is_empty() => return Ok(Err(NotFiled::Barred(bars))),
        // A plan that is not loaded is told below.
        _ => {}
    }
    let catalog = products::read(portal, &mut reader).await?;
    drop(reader);

    let Some(rules) = Rules::of(portal, &own, catalog) else {
        tracing::error!(
            customer,
            plan = own.plan_version,
            "the customer's plan, tier or zone is not loaded"
        );
        return Ok(Err(NotFiled::UnknownPlan));
    };
    let (draft, answers) = match (new.draft.check(), rules.check(&new.answers)) {
        (Ok(draft), Ok(answers)) if !form_key_is_wrong => (draft, answers),
        (draft, answers) => {
            return Ok(Err(NotFiled::Invalid {
                fields: draft.err().unwrap_or_default(),
                answers: answers.err().unwrap_or_default(),
                form_key: form_key_is_wrong,
            }));
        }
    };
    let decision = match rules.decide(answers, portal.now()) {
        Ok(decision) => decision,
        Err(not_filed) => return Ok(Err(not_filed)),
    };
    Ok(Ok(Prepared::Ready(Box::new(Ready {
        person,
        customer: own,
        draft,
        decision,
    }))))
}

pub(super) const FILED_BEFORE: &str =
    "SELECT year, number FROM incidents WHERE contact_id = $1 AND form_key = $2";

/// Everything that an incident consists of, computed before the write lock is taken.
pub(crate) struct Filing<'a> {
    pub customer: i64,
    pub contact: i64,
    pub contact_name: &'a str,
    pub form_key: &'a str,
    pub draft: &'a Checked,
    pub decision: &'a Decision,
    pub from: Option<FromDraft<'a>>,
    /// How the notice came and who logged it, if it did not come through the portal.
    pub logged: Option<Logged<'a>>,
}

/// A notice that was logged by an engineer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logged<'a> {
    pub channel: Channel,
    /// The engineer's name.
    pub by: &'a str,
    /// When they logged it.
    pub at: Instant,
}

/// What came of storing an incident.
pub(super) enum Stored {
    Filed(Filed),
    /// Its draft is not open any more.
    DraftGone,
    /// A closed day was changed since it was decided: its due time has to be computed anew.
    CalendarChanged,
}

/// Stores it in one transaction, unless the same form was stored already.
pub(super) async fn store(portal: &Portal, filing: &Filing<'_>) -> Result<Stored, CoreError> {
    let mut tx = portal.db().write().await?;
    hold_closed_days(&mut tx).await?;
    let before: Option<(i64, i64)> = row!(tx, FILED_BEFORE, filing.contact, filing.form_key)?;
    if let Some((year, count)) = before {
        tx.rollback().await?;
        return Ok(Stored::Filed(Filed::Already(number(year, count)?)));
    }
    if closed_days::changes(&mut tx).await? != filing.decision.calendar_changes {
        tx.rollback().await?;
        return Ok(Stored::CalendarChanged);
    }
    match insert(portal, &mut tx, filing).await {
        Ok((incident, number)) => {
            if let Some(from) = filing.from
                && !mark_draft(&mut tx, from.id, incident).await?
            {
                tx.rollback().await?;
                return Ok(Stored::DraftGone);
            }
            tx.commit().await?;
            portal.wake();
            portal.tell(News::Of(number));
            Ok(Stored::Filed(Filed::New(number)))
        }
        // PostgreSQL lets two get this far with one key; the second meets the first one's row.
        Err(CoreError::Database(error)) if is_unique_violation(&error) => {
            tx.rollback().await?;
            let before: Option<(i64, i64)> = row!(
                portal.db().read().await?,
                FILED_BEFORE,
                filing.contact,
                filing.form_key
            )?;
            let (year, count) = before.ok_or(error)?;
            Ok(Stored::Filed(Filed::Already(number(year, count)?)))
        }
        Err(error) => Err(error),
    }
}

/// Marks a draft as filed; `false` if it is not open any more.
async fn mark_draft(tx: &mut Tx, draft: i64, incident: i64) -> Result<bool, CoreError> {
    let marked = execute!(
        tx,
        "UPDATE drafts SET incident_id = $1 WHERE id = $2 AND incident_id IS NULL AND discarded_at IS NULL",
        incident,
        draft,
    )?;
    Ok(marked == 1)
}

/// Takes the year's next number, inserts the incident with its first event, and queues the mail that tells of it. Gives its
/// id and its number.
pub(crate) async fn insert(
    portal: &Portal,
    tx: &mut Tx,
    filing: &Filing<'_>,
) -> Result<(i64, IncidentNumber), CoreError> {
    let Filing {
        decision, draft, ..
    } = filing;
    let Instant(received) = decision.explanation.received.at;
    let Instant(due) = decision.explanation.due.at;
    // Locks the counter until the end, so that numbers follow each other without a gap.
    let counted: Option<(i64, i64)> = row!(
        tx,
        "INSERT INTO counters (year, last_number) VALUES ($1, 1)
         ON CONFLICT (year) DO UPDATE SET last_number = counters.last_number + 1
         RETURNING year, last_number",
        i64::from(decision.year),
    )?;
    let (year, count) = counted.ok_or(sqlx::Error::RowNotFound)?;
    let number = number(year, count)?;
    let title = draft.get(Field::Title);

    let entry = Entry {
        at: Instant(received),
        by: By {
            party: Party::Customer,
            who: Some(Who {
                id: filing.contact,
                name: filing.contact_name.to_owned(),
            }),
        },
        event: Event::Received {
            channel: filing
                .logged
                .map_or(Channel::Portal, |logged| logged.channel),
            claimed: decision.outcome.severity,
            due,
            prepared_by: filing.from.map(|from| from.prepared_by.to_owned()),
            logged_by: filing.logged.map(|logged| logged.by.to_owned()),
            logged_at: filing.logged.map(|logged| logged.at.0),
            filed: Some(WhatWasFiled::by(filing)?.fingerprint()?),
        },
    };
    let excluded = !decision.outcome.excluded.is_empty();
    let response = Verdict::of(&events::standing([&entry])?, excluded);
    let (notice, head) = events::notice(number, entry)?;

    let inserted: Option<(i64,)> = row!(
        tx,
        "INSERT INTO incidents (
             year, number, customer_id, contact_id, form_key, received_at, due_at, next_due_at, severity, claimed,
             state, excluded, head, title, search, plan_version, calendar_version, tz_version, tier, zone, release,
             release_name, answers, outcome, explanation, description, steps, business_impact, due_month, due_severity,
             response
         ) VALUES (
             $1, $2, $3, $4, $5, $6, $7, $7, $8, $8,
             $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
             $20, $21, $22, $23, $24, $25, $26, $27, $8,
             $28
         ) RETURNING id",
        year,
        count,
        filing.customer,
        filing.contact,
        filing.form_key,
        received,
        due,
        i16::from(decision.outcome.severity.number()),
        State::AwaitingResponse.name(),
        excluded,
        &head,
        title,
        fold(&format!("{title} {number}")),
        &decision.plan_version,
        &decision.calendar_version,
        decision.tz_version,
        &decision.tier,
        &decision.zone,
        &decision.release,
        &decision.release_name,
        decision.answers.to_query(),
        to_json("outcome", &decision.outcome)?,
        to_json("explanation", &decision.explanation)?,
        draft.get(Field::Description),
        draft.get(Field::Steps),
        draft.get(Field::BusinessImpact),
        Month::of(decision.explanation.due.date()).index(),
        response.name(),
    )?;
    let (id,) = inserted.ok_or(sqlx::Error::RowNotFound)?;
    events::insert(tx, id, &notice, None).await?;
    let Entry { by, event, .. } = &notice.entry;
    let happened = Happened {
        incident: id,
        first: notice.seq,
        by,
        events: std::slice::from_ref(event),
        standing: &events::standing([&notice.entry])?,
    };
    mail::tell(portal, tx, &happened).await?;
    Ok((id, number))
}
