//! A due time in words, for a calendar file.

use domain::{calendar::Instant, text::Lang};
use portal_core::incidents::Incident;

use crate::words::{fill, words};

/// What the vendor owes next in an incident, as an entry of somebody's calendar.
pub struct DueEvent {
    /// Stays the same for the same promise, so that a calendar replaces its entry when the time has moved.
    pub uid: String,
    /// By when, UTC.
    pub due: Instant,
    /// What.
    pub summary: String,
    /// The incident's title.
    pub description: String,
    /// The address of the incident within the portal.
    pub path: String,
}

/// What is owed next; `None` where nothing is.
pub fn due_event(incident: &Incident, lang: Lang) -> Option<DueEvent> {
    let d = &words(lang).desk;
    let response = incident.standing.responded.is_none();
    let (kind, what) = if response {
        ("response", &d.response)
    } else {
        ("update", &d.update)
    };
    let number = incident.number.to_string();
    Some(DueEvent {
        uid: format!("{number}-{kind}"),
        due: incident.standing.next_due()?,
        summary: fill(&d.owed_for, &[("what", what), ("number", &number)]),
        description: incident.title.clone(),
        path: format!("/incidents/{number}"),
    })
}
