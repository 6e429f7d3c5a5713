//! One incident with everything that belongs to it.

use domain::{
    calendar::{Explanation, Instant},
    incident::{Event, IncidentNumber, State},
    people::{Actor, Operation, allows},
    plan::Severity,
    triage::{Answers, Outcome},
};

use super::{from_json, severity, state};
use crate::{
    CoreError, Portal, accounts,
    db::{row, rows},
};

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
    /// The level that the answers pointed to.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
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
    /// When the notice was received, UTC.
    pub received_at: Instant,
    /// By when the Response is due, UTC.
    pub due_at: Instant,
    /// The name of the contact who filed it.
    pub filed_by: String,
    /// Whether that is who asks.
    pub filed_by_you: bool,
    /// The release as it was answered: `studio:8.4.2`, or an option of the plan such as `unlisted`.
    pub release: String,
    /// The release's name at the time, `Interactor Studio 8.4.2`; empty if the answer names none of the catalog.
    pub release_name: String,
    /// What happened, in order; the first event is the notice.
    pub events: Vec<Recorded>,
}

impl Incident {
    /// Why the Response is due when it is due: as it was filed, or as a closed day moved it since.
    pub fn promise(&self) -> &Explanation {
        let moved = self
            .events
            .iter()
            .rev()
            .find_map(|recorded| match &recorded.event {
                Event::Rescheduled { explanation, .. } => Some(&**explanation),
                _ => None,
            });
        moved.unwrap_or(&self.explanation)
    }
}

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When, UTC.
    pub at: Instant,
    /// The name of whoever did it, if it was somebody.
    pub by: Option<String>,
    /// What.
    pub event: Event,
}

#[derive(sqlx::FromRow)]
struct IncidentRow {
    id: i64,
    customer_id: i64,
    contact_id: i64,
    filed_by: String,
    received_at: i64,
    due_at: i64,
    severity: i16,
    state: String,
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
    let mut reader = portal.db().read().await?;
    let row: Option<IncidentRow> = row!(
        reader,
        "SELECT incidents.id, incidents.customer_id, incidents.contact_id, people.name AS filed_by,
                incidents.received_at, incidents.due_at, incidents.severity, incidents.state, incidents.title,
                incidents.plan_version, incidents.calendar_version, incidents.tz_version, incidents.tier,
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
    let events: Vec<(i64, Option<String>, String)> = rows!(
        reader,
        "SELECT at, by_name, event FROM events WHERE incident_id = $1 ORDER BY seq",
        row.id,
    )?;
    let events = events
        .into_iter()
        .map(|(at, by, event)| {
            Ok(Recorded {
                at: Instant(at),
                by,
                event: from_json("event", &event)?,
            })
        })
        .collect::<Result<_, CoreError>>()?;
    Ok(Some(Incident {
        number,
        severity: severity(row.severity)?,
        state: state(&row.state)?,
        outcome: from_json("outcome", &row.outcome)?,
        answers: Answers::from_query(&row.answers),
        explanation: from_json("explanation", &row.explanation)?,
        received_at: Instant(row.received_at),
        due_at: Instant(row.due_at),
        filed_by_you: matches!(actor, Actor::Contact { contact, .. } if contact == row.contact_id),
        events,
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
