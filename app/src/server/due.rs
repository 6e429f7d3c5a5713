//! A due time in words, for a calendar file.

use domain::{
    calendar::Instant,
    incident::{DueKind, Fate, IncidentNumber},
    text::Lang,
};
use portal_core::incidents::{Explained, Incident};

use crate::{
    components::incident::fate,
    words::{fill, words},
};

/// What the vendor owes in an incident, as an entry of somebody's calendar.
pub struct DueEvent {
    /// Stays the same for the same promise, so that a calendar replaces its entry when the time has moved.
    pub uid: String,
    /// By when, UTC.
    pub due: Instant,
    /// What became of it.
    pub fate: Fate,
    /// What, and in words what became of it, once that is known.
    pub summary: String,
    /// The incident's title.
    pub description: String,
    /// The address of what it is about within the portal.
    pub path: String,
}

/// What is owed next; `None` where nothing is.
pub fn due_event(incident: &Incident, lang: Lang) -> Option<DueEvent> {
    let kind = match incident.standing.responded {
        None => DueKind::Response,
        Some(_) => DueKind::Update,
    };
    let number = incident.number;
    Some(DueEvent {
        uid: format!("{number}-{}", kind.name()),
        due: incident.standing.next_due()?,
        fate: Fate::Open,
        summary: summary(kind, number, lang),
        description: incident.title.clone(),
        path: format!("/incidents/{number}"),
    })
}

/// The deadline at this place, from 1, as it stands `now`.
pub fn deadline_event(found: &Explained, place: usize, now: Instant, lang: Lang) -> DueEvent {
    let (incident, deadline) = (&found.incident, &found.deadline);
    let number = incident.number;
    let what = summary(deadline.kind, number, lang);
    let summary = match deadline.fate {
        Fate::Open => what,
        _ => format!("{what} · {}", fate(deadline, now, words(lang)).0),
    };
    DueEvent {
        uid: format!("{number}-due-{place}"),
        due: deadline.due,
        fate: deadline.fate,
        summary,
        description: incident.title.clone(),
        path: format!("/incidents/{number}/due/{place}"),
    }
}

fn summary(kind: DueKind, number: IncidentNumber, lang: Lang) -> String {
    let d = &words(lang).desk;
    let what = match kind {
        DueKind::Response => &d.response,
        DueKind::Update => &d.update,
    };
    fill(
        &d.owed_for,
        &[("what", what), ("number", &number.to_string())],
    )
}
