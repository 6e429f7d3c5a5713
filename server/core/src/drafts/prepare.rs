//! Preparing an incident and handing it to a colleague.

use domain::{
    incident::{Checked, Field, FieldProblem, IncidentNumber, is_form_key},
    people::{Actor, Operation, allows},
    triage::{AnswerProblem, Answers},
};

use crate::{
    CoreError, Portal,
    accounts::{CustomerSummary, find},
    audit,
    contacts::bars_today,
    db::{Held, Tx, is_unique_violation, row},
    incidents::{NewIncident, Rules, caller, number},
    products,
};

/// What is prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// The form, as it would be filed; the draft keeps its key.
    pub incident: NewIncident,
    /// The id of the colleague who is to file it.
    pub to: i64,
}

/// It is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// As an open draft with this id. The same form sent again, perhaps to somebody else, stays one draft.
    Open(i64),
    /// It was filed before, under this number; nothing was changed.
    Filed(IncidentNumber),
}

/// Why nothing was prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPrepared {
    /// Nobody is signed in, or they belong to no customer.
    NotPermitted,
    /// Something has to be filled in or chosen in another way.
    Invalid {
        /// What is wrong with what was typed, in the order of the form.
        fields: Vec<(Field, FieldProblem)>,
        /// What is wrong with the answers to the guide.
        answers: Vec<AnswerProblem>,
        /// The form carried no key, one that the portal did not issue, or one of something that is over.
        form_key: bool,
        /// The colleague is none of the customer's, or may not file today.
        colleague: bool,
    },
    /// The customer's plan, or its tier or zone in it, is not among those that the portal has loaded.
    UnknownPlan,
}

/// Keeps a form as a draft for a colleague who may file today. Its texts and answers are checked like an incident's.
///
/// # Errors
/// [`CoreError`] if the database fails; then the same key may be sent again.
pub async fn prepare(
    portal: &Portal,
    actor: Actor,
    new: &NewDraft,
) -> Result<Result<Prepared, NotPrepared>, CoreError> {
    let Some((contact, customer)) = own(portal, actor).await? else {
        audit::refused(portal, actor, Operation::PrepareIncident).await?;
        return Ok(Err(NotPrepared::NotPermitted));
    };
    prepare_as(portal, contact, &customer, new).await
}

/// A contact who may prepare incidents, and the customer for whom. `None` if `actor` is none, or none any more.
async fn own(portal: &Portal, actor: Actor) -> Result<Option<(i64, CustomerSummary)>, CoreError> {
    let Actor::Contact {
        contact, customer, ..
    } = actor
    else {
        return Ok(None);
    };
    if !allows(
        actor,
        actor.relation_to(customer),
        Operation::PrepareIncident,
    ) {
        return Ok(None);
    }
    let found = find(&mut portal.db().read().await?, contact).await?;
    Ok(found
        .filter(|one| one.actor == actor)
        .and_then(|one| Some((contact, one.customer?))))
}

/// The same by an engineer, with what a contact told them who may not file: the contact prepared it, and a colleague files
/// it. Until then nothing was filed, and no clock runs.
///
/// # Errors
/// [`CoreError`] if the database fails; then the same key may be sent again.
pub async fn prepare_for(
    portal: &Portal,
    actor: Actor,
    contact: i64,
    new: &NewDraft,
) -> Result<Result<Prepared, NotPrepared>, CoreError> {
    match caller(portal, actor, contact).await? {
        Some(caller) => prepare_as(portal, contact, &caller.customer, new).await,
        None => Ok(Err(NotPrepared::NotPermitted)),
    }
}

async fn prepare_as(
    portal: &Portal,
    contact: i64,
    own: &CustomerSummary,
    new: &NewDraft,
) -> Result<Result<Prepared, NotPrepared>, CoreError> {
    let catalog = products::read(portal, &mut portal.db().read().await?).await?;
    let Some(rules) = Rules::of(portal, own, catalog) else {
        return Ok(Err(NotPrepared::UnknownPlan));
    };
    let issued = portal.issued(&new.incident.form_key).await?;
    let checked = (
        new.incident.draft.check(),
        rules.check(&new.incident.answers),
    );
    let mut tx = portal.db().write().await?;
    let form_key = !issued && !is_kept(&mut tx, own.id, &new.incident.form_key).await?;
    let colleague = !may_receive(portal, &mut tx, new.to, contact, own).await?;
    let (draft, answers) = match checked {
        (Ok(draft), Ok(answers)) if !form_key && !colleague => (draft, answers),
        (draft, answers) => {
            return Ok(Err(NotPrepared::Invalid {
                fields: draft.err().unwrap_or_default(),
                answers: answers.err().unwrap_or_default(),
                form_key,
                colleague,
            }));
        }
    };
    let storing = Storing {
        customer: own.id,
        contact,
        to: new.to,
        form_key: &new.incident.form_key,
        draft: &draft,
        answers: &answers,
    };
    match store(portal, &mut tx, &storing).await {
        Ok(Some(prepared)) => {
            tx.commit().await?;
            Ok(Ok(prepared))
        }
        // Somebody else's, one that is over, or one that another request is storing right now.
        Ok(None) => Ok(Err(foreign_key())),
        Err(CoreError::Database(error)) if is_unique_violation(&error) => {
            tx.rollback().await?;
            Ok(Err(foreign_key()))
        }
        Err(error) => Err(error),
    }
}

const fn foreign_key() -> NotPrepared {
    NotPrepared::Invalid {
        fields: Vec::new(),
        answers: Vec::new(),
        form_key: true,
        colleague: false,
    }
}

/// Whether a draft of this customer has the key: it was proven when the draft was prepared, unless that was done before keys
/// were proven.
pub(crate) async fn is_kept(
    held: &mut dyn Held,
    customer: i64,
    form_key: &str,
) -> Result<bool, CoreError> {
    if !is_form_key(form_key) {
        return Ok(false);
    }
    let kept: Option<(i64,)> = row!(
        held,
        "SELECT id FROM drafts WHERE form_key = $1 AND customer_id = $2",
        form_key,
        customer,
    )?;
    Ok(kept.is_some())
}

/// Whether the person is a colleague of whoever prepares, and may file today.
async fn may_receive(
    portal: &Portal,
    tx: &mut Tx,
    person: i64,
    preparer: i64,
    own: &CustomerSummary,
) -> Result<bool, CoreError> {
    let colleague = find(tx, person).await?.and_then(|one| one.customer);
    if person == preparer || colleague.is_none_or(|customer| customer.id != own.id) {
        return Ok(false);
    }
    let bars = bars_today(portal, tx, person, own).await?;
    Ok(bars.is_some_and(|bars| bars.is_empty()))
}

struct Storing<'a> {
    customer: i64,
    contact: i64,
    to: i64,
    form_key: &'a str,
    draft: &'a Checked,
    answers: &'a Answers,
}

/// Inserts the draft, or brings it up to date if the same form was prepared before. `None` if its key belongs to
/// something that whoever prepares cannot change.
async fn store(
    portal: &Portal,
    tx: &mut Tx,
    storing: &Storing<'_>,
) -> Result<Option<Prepared>, CoreError> {
    let text = |field| storing.draft.get(field);
    let inserted: Option<(i64,)> = row!(
        tx,
        "INSERT INTO drafts (customer_id, prepared_by, prepared_at, handed_to, form_key, answers, title, description,
                             steps, business_impact)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (form_key) DO UPDATE SET
             handed_to = excluded.handed_to, answers = excluded.answers, title = excluded.title,
             description = excluded.description, steps = excluded.steps, business_impact = excluded.business_impact
         WHERE drafts.customer_id = excluded.customer_id AND drafts.incident_id IS NULL
             AND drafts.discarded_at IS NULL AND (drafts.prepared_by = $2 OR drafts.handed_to = $2)
         RETURNING id",
        storing.customer,
        storing.contact,
        portal.now().0,
        storing.to,
        storing.form_key,
        storing.answers.to_query(),
        text(Field::Title),
        text(Field::Description),
        text(Field::Steps),
        text(Field::BusinessImpact),
    )?;
    if let Some((id,)) = inserted {
        return Ok(Some(Prepared::Open(id)));
    }
    let filed: Option<(i64, i64)> = row!(
        tx,
        "SELECT incidents.year, incidents.number FROM drafts JOIN incidents ON incidents.id = drafts.incident_id
         WHERE drafts.form_key = $1 AND drafts.customer_id = $2",
        storing.form_key,
        storing.customer,
    )?;
    filed
        .map(|(year, count)| Ok(Prepared::Filed(number(year, count)?)))
        .transpose()
}
