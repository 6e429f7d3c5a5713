//! One draft.

use domain::{
    calendar::Instant,
    incident::{self, IncidentNumber},
    people::{Actor, Operation, allows},
    triage::Answers,
};

use crate::{
    CoreError, Portal,
    accounts::relation,
    audit,
    db::{Held, row},
    incidents::number,
};

/// An incident that somebody prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: i64,
    /// The name of whoever prepared it.
    pub prepared_by: String,
    /// When, UTC.
    pub prepared_at: Instant,
    /// The name of whoever is to file it.
    pub handed_to: String,
    /// Whether that is who asks.
    pub handed_to_you: bool,
    /// The key of its form: it is filed with the same.
    pub form_key: String,
    /// The answers to the guide.
    pub answers: Answers,
    /// The texts.
    pub texts: incident::Draft,
    /// What came of it, once it is filed.
    pub filed: Option<IncidentNumber>,
}

#[derive(sqlx::FromRow)]
struct DraftRow {
    id: i64,
    customer_id: i64,
    prepared_by: String,
    prepared_at: i64,
    handed_to: String,
    handed_to_id: i64,
    form_key: String,
    answers: String,
    title: String,
    description: String,
    steps: String,
    business_impact: String,
    year: Option<i64>,
    number: Option<i64>,
}

/// The draft with this id. `None` if there is none, it was discarded, or it is not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn get(portal: &Portal, actor: Actor, id: i64) -> Result<Option<Draft>, CoreError> {
    let mut reader = portal.db().read().await?;
    let draft = read(&mut reader, actor, id).await?;
    if draft.is_some() {
        return Ok(draft);
    }
    drop(reader);
    audit::refused(portal, actor, Operation::PrepareIncident).await?;
    Ok(None)
}

pub(super) async fn read(
    held: &mut dyn Held,
    actor: Actor,
    id: i64,
) -> Result<Option<Draft>, CoreError> {
    let row: Option<DraftRow> = row!(
        held,
        "SELECT drafts.id, drafts.customer_id, preparing.name AS prepared_by, drafts.prepared_at,
                filing.name AS handed_to, drafts.handed_to AS handed_to_id, drafts.form_key, drafts.answers,
                drafts.title, drafts.description, drafts.steps, drafts.business_impact,
                incidents.year, incidents.number
         FROM drafts JOIN people AS preparing ON preparing.id = drafts.prepared_by
         JOIN people AS filing ON filing.id = drafts.handed_to
         LEFT JOIN incidents ON incidents.id = drafts.incident_id
         WHERE drafts.id = $1 AND drafts.discarded_at IS NULL",
        id,
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let relation = relation(held, actor, row.customer_id).await?;
    if !allows(actor, relation, Operation::PrepareIncident) {
        return Ok(None);
    }
    let filed = match row.year.zip(row.number) {
        Some((year, count)) => Some(number(year, count)?),
        None => None,
    };
    Ok(Some(Draft {
        id: row.id,
        prepared_by: row.prepared_by,
        prepared_at: Instant(row.prepared_at),
        handed_to: row.handed_to,
        handed_to_you: actor.person() == Some(row.handed_to_id),
        form_key: row.form_key,
        answers: Answers::from_query(&row.answers),
        texts: incident::Draft {
            title: row.title,
            description: row.description,
            steps: row.steps,
            business_impact: row.business_impact,
        },
        filed,
    }))
}
