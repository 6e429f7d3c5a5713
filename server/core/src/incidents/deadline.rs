//! One deadline of an incident, with why it is when it is.

use domain::{
    calendar::{self, BusinessCalendar, CalendarParts, ClosedDay, DayOutcome, Explanation},
    certificate::used,
    incident::{Deadline, DueKind, Event, IncidentNumber, deadlines},
    people::Actor,
    plan::{Clock, Target},
};

use super::{Incident, events, get};
use crate::{CoreError, Portal, calendars::CalendarKey, closed_days};

/// A deadline with its incident.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The incident, as far as the one who asks may see it.
    pub incident: Incident,
    /// The deadline.
    pub deadline: Deadline,
    /// Why; none if it cannot be computed again, because the plan is not loaded any more or the program has changed.
    pub why: Option<Why>,
}

/// Why a deadline is when it is.
#[derive(Clone, Debug)]
pub struct Why {
    /// Day by day, as it was promised.
    pub explanation: Explanation,
    /// The target as the plan says it, and the part of the calendar that the computation uses: what it can be certified
    /// with. None if the plan is not loaded any more.
    pub certain: Option<(Target, CalendarParts)>,
}

/// A deadline of an incident, by its place among them, from 1. `None` if there is no such incident or deadline, and if it is
/// not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn deadline(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
    place: usize,
) -> Result<Option<Explained>, CoreError> {
    let Some(incident) = get(portal, actor, number).await? else {
        return Ok(None);
    };
    let found = deadlines(&incident.events);
    let Some(deadline) = place
        .checked_sub(1)
        .and_then(|index| found.get(index).copied())
    else {
        return Ok(None);
    };
    let why = why(portal, &incident, &deadline).await?;
    Ok(Some(Explained {
        incident,
        deadline,
        why,
    }))
}

/// The target of a deadline by the incident's plan.
fn target(portal: &Portal, incident: &Incident, deadline: &Deadline) -> Option<Target> {
    let plan = portal.plans().get(&incident.plan_version)?;
    let tier = plan.tier(&incident.tier)?;
    match deadline.kind {
        DueKind::Response => tier.response(deadline.severity),
        DueKind::Update => tier.update(deadline.severity),
    }
}

async fn why(
    portal: &Portal,
    incident: &Incident,
    deadline: &Deadline,
) -> Result<Option<Why>, CoreError> {
    let target = target(portal, incident, deadline);
    let key = portal
        .plans()
        .get(&incident.plan_version)
        .and_then(|plan| plan.zone(&incident.zone))
        .map(CalendarKey::of);
    let event = incident.events.get(deadline.set).map(|entry| &entry.event);
    let kept = match (deadline.kind, event) {
        (DueKind::Response, Some(Event::Received { .. })) => Some(&incident.explanation),
        (DueKind::Response, Some(event)) => events::moved(event),
        _ => None,
    };
    let current = portal.calendars();
    let calendar = key.as_ref().and_then(|key| current.by_key(key));
    if let Some(kept) = kept {
        let certain = target
            .zip(calendar)
            .and_then(|(target, calendar)| Some((target, kept_calendar(kept, target, calendar)?)));
        return Ok(Some(Why {
            explanation: kept.clone(),
            certain,
        }));
    }
    let (Some(target), Some(key)) = (target, key) else {
        return Ok(None);
    };
    if let Some(why) = calendar.and_then(|calendar| computed(calendar, deadline, target)) {
        return Ok(Some(why));
    }
    // Days were added or withdrawn since it was promised: it was counted by the calendar of then.
    let set_at = incident
        .events
        .get(deadline.set)
        .map_or(deadline.from, |entry| entry.at);
    let then = closed_days::as_of(portal, set_at).await?;
    Ok(then
        .by_key(&key)
        .and_then(|calendar| computed(calendar, deadline, target)))
}

/// A deadline counted again, if that gives the same due time.
fn computed(calendar: &BusinessCalendar, deadline: &Deadline, target: Target) -> Option<Why> {
    let explanation = calendar.explain(deadline.from, target.into()).ok()?;
    let (first, last) = (explanation.received.date(), explanation.due.date());
    let calendar = used(calendar, first, last, target.clock)?;
    (explanation.due.at == deadline.due).then_some(Why {
        explanation,
        certain: Some((target, calendar)),
    })
}

/// The part of the calendar that an explanation was computed with: its closed days are those that it names itself, whatever
/// was added or withdrawn since; the offsets from UTC are no days that anybody adds.
fn kept_calendar(
    kept: &Explanation,
    target: Target,
    calendar: &BusinessCalendar,
) -> Option<CalendarParts> {
    if calendar::Target::from(target) != kept.target {
        return None;
    }
    let mut parts = used(
        calendar,
        kept.received.date(),
        kept.due.date(),
        target.clock,
    )?;
    if target.clock == Clock::Business {
        let closed = kept.days.iter().filter_map(|day| match &day.outcome {
            DayOutcome::Skipped(reason) if !reason.holidays.is_empty() => Some(ClosedDay {
                date: day.date,
                holidays: reason.holidays.clone(),
            }),
            _ => None,
        });
        parts.closed = closed.collect();
    }
    Some(parts)
}
