//! One incident with everything that belongs to it.

use domain::{
    calendar::Explanation,
    incident::{Entry, IncidentNumber, Party, Standing},
    people::{Actor, Operation, allows},
    triage::{Answers, Outcome},
};

use super::{events, from_json, life};
use crate::{CoreError, Portal, accounts, audit, db::row};

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// The number that it is quoted by.
    pub number: IncidentNumber,
    /// What was typed: see `domain::incident::Field`.
    pub title: String,
    /// See [`title`](Self::title).
    pub description: String,
    /// See [`title`](Self::title); may be empty.
    pub steps: String,
    /// See [`title`](Self::title); may be empty.
    pub business_impact: String,
    /// What its events add up to: where it stands, the severities, the clocks.
    pub standing: Standing,
    /// What the answers came to under the plan of then.
    pub outcome: Outcome,
    /// The answers to the guide.
    pub answers: Answers,
    /// The version of the plan that it was filed under; may no longer be loaded.
    pub plan_version: String,
    /// The version of the calendar, such as `kr-2035.1+tzdb2025b`.
    pub calendar_version: String,
    /// The version of the time zone data, such as `2025b`.
    pub tz_version: String,
    /// The id of the customer's tier at the time.
    pub tier: String,
    /// The id of the customer's zone at the time.
    pub zone: String,
    /// Why it was due when it was promised at first (section 3); what holds now is [`promise`](Self::promise).
    pub explanation: Explanation,
    /// The id of its customer.
    pub customer: i64,
    /// The name of the contact who filed it.
    pub filed_by: String,
    /// Whether that is who asks.
    pub filed_by_you: bool,
    /// The release as it was answered: `studio:8.4.2`, or an option of the plan such as `unlisted`.
    pub release: String,
    /// The release's name at the time, `Interactor Studio 8.4.2`; empty if the answer names none of the catalog.
    pub release_name: String,
    /// As what the one who asks may take steps with it; nobody who only reads.
    pub party: Option<Party>,
    /// What happened, in order, as far as the one who asks may see it; the first event is the notice.
    pub events: Vec<Entry>,
}

impl Incident {
    /// Why the Response is due when it is due: as it was filed, or as a designation or a closed day moved it since.
    pub fn promise(&self) -> &Explanation {
        let moved = self.events.iter().rev();
        let mut moved = moved.filter_map(|entry| events::moved(&entry.event));
        moved.next().unwrap_or(&self.explanation)
    }
}

#[derive(sqlx::FromRow)]
struct IncidentRow {
    id: i64,
    customer_id: i64,
    contact_id: i64,
    filed_by: String,
    title: String,
    plan_version: String,
    calendar_version: String,
    tz_version: String,
    tier: String,
    zone: String,
    release: String,
    release_name: String,
    answers: String,
    outcome: String,
    explanation: String,
    description: String,
    steps: String,
    business_impact: String,
}

/// The incident with this number. `None` both if there is none and if it is not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn get(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
) -> Result<Option<Incident>, CoreError> {
    let found = as_seen_by(portal, actor, number).await?;
    if found.is_none() {
        audit::not_there(portal, actor, Operation::ReadIncident).await?;
    }
    Ok(found)
}

/// The same where nobody asked: the portal itself looks what it may tell somebody, and nothing is refused to them.
pub(crate) async fn as_seen_by(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
) -> Result<Option<Incident>, CoreError> {
    let mut reader = portal.db().read().await?;
    let row: Option<IncidentRow> = row!(
        reader,
        "SELECT incidents.id, incidents.customer_id, incidents.contact_id, people.name AS filed_by,
                incidents.title, incidents.plan_version, incidents.calendar_version, incidents.tz_version, incidents.tier,
                incidents.zone, incidents.release, incidents.release_name, incidents.answers, incidents.outcome,
                incidents.explanation, incidents.description, incidents.steps, incidents.business_impact
         FROM incidents JOIN people ON people.id = incidents.contact_id
         WHERE incidents.year = $1 AND incidents.number = $2",
        i64::from(number.year),
        i64::from(number.count),
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let relation = accounts::relation(&mut reader, actor, row.customer_id).await?;
    if !allows(actor, relation, Operation::ReadIncident) {
        return Ok(None);
    }
    let links = events::links(&mut reader, row.id, number).await?;
    let mut entries: Vec<Entry> = links.into_iter().map(|link| link.entry).collect();
    let standing = events::standing(&entries)?;
    // The one place where what the vendor's people write for themselves is kept from everybody else.
    if !allows(actor, relation, Operation::ReadNotes) {
        entries.retain(|entry| !entry.event.internal());
    }
    Ok(Some(Incident {
        number,
        standing,
        customer: row.customer_id,
        party: life::party(actor, relation),
        outcome: from_json("outcome", &row.outcome)?,
        answers: Answers::from_query(&row.answers),
        explanation: from_json("explanation", &row.explanation)?,
        filed_by_you: matches!(actor, Actor::Contact { contact, .. } if contact == row.contact_id),
        events: entries,
        title: row.title,
        description: row.description,
        steps: row.steps,
        business_impact: row.business_impact,
        plan_version: row.plan_version,
        calendar_version: row.calendar_version,
        tz_version: row.tz_version,
        tier: row.tier,
        zone: row.zone,
        filed_by: row.filed_by,
        release: row.release,
        release_name: row.release_name,
    }))
}
