//! A due time as a calendar file (RFC 5545), to be reminded by one's own calendar.

use app::server::{
    AppState, DueEvent, Problem, Visit, deadline_event, due_event, encoded, problem_page,
};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use domain::incident::{Fate, IncidentNumber};
use icalendar::{Alarm, Calendar, Component as _, Event, EventLike as _, EventStatus};
use portal_core::{CoreError, incidents};

/// How long before the due time the calendar reminds, in minutes.
const REMINDS_BEFORE: i64 = 30;

/// Sends a visitor to sign in and come back for the file.
pub(super) fn sign_in_first(parts: &Parts) -> Response {
    let to = HeaderValue::from_str(&format!("/sign-in?next={}", encoded(parts.uri.path())))
        .unwrap_or_else(|_| HeaderValue::from_static("/sign-in"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// `/incidents/{number}/due.ics`: what the vendor owes next. There is none where nothing is owed.
pub async fn due(
    State(state): State<AppState>,
    Path(number): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let visit = parts.extensions.get::<Visit>().cloned().unwrap_or_default();
    if visit.person.is_none() {
        return sign_in_first(&parts);
    }
    let portal = state.portal.asked_from(visit.origin.clone());
    let found = match IncidentNumber::parse(&number) {
        Some(number) => incidents::get(&portal, visit.actor(), number).await,
        None => Ok(None),
    };
    let event = found.map(|found| found.and_then(|incident| due_event(&incident, visit.lang)));
    answer(state, parts, event).await
}

/// `/incidents/{number}/due/{place}/due.ics`: one deadline of an incident, whatever became of it.
pub async fn deadline(
    State(state): State<AppState>,
    Path((number, place)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let visit = parts.extensions.get::<Visit>().cloned().unwrap_or_default();
    if visit.person.is_none() {
        return sign_in_first(&parts);
    }
    let portal = state.portal.asked_from(visit.origin.clone());
    let event = match IncidentNumber::parse(&number).zip(place.parse().ok()) {
        Some((number, place)) => incidents::deadline(&portal, visit.actor(), number, place)
            .await
            .map(|found| {
                found.map(|found| deadline_event(&found, place, portal.now(), visit.lang))
            }),
        None => Ok(None),
    };
    answer(state, parts, event).await
}

/// The file of an event; whoever looks at something that is not there is told so.
async fn answer(
    state: AppState,
    parts: Parts,
    event: Result<Option<DueEvent>, CoreError>,
) -> Response {
    let event = match event {
        Ok(Some(event)) => event,
        Ok(None) => return problem_page(state, parts, Problem::NotFound).await,
        Err(error) => {
            tracing::error!(%error, "a due time could not be read");
            return problem_page(state, parts, Problem::Internal).await;
        }
    };
    let due = DateTime::<Utc>::from(event.due);
    let mut entry = Event::new();
    entry
        .uid(&event.uid)
        .timestamp(DateTime::<Utc>::from(state.portal.now()))
        .starts(due)
        .ends(due)
        .summary(&event.summary)
        .description(&event.description)
        .url(&format!("{}{}", state.site.origin, event.path));
    // A calendar reminds of what is owed only, and strikes out what is not due any more.
    match event.fate {
        Fate::Open => {
            entry.alarm(Alarm::display(
                &event.summary,
                -chrono::Duration::minutes(REMINDS_BEFORE),
            ));
        }
        Fate::Done(_) => {
            entry.status(EventStatus::Confirmed);
        }
        Fate::Moved | Fate::Ended(_) => {
            entry.status(EventStatus::Cancelled);
        }
    }
    let calendar = Calendar::new().push(entry).done().to_string();
    let name = format!("attachment; filename=\"{}.ics\"", event.uid);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/calendar; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    (headers, calendar).into_response()
}
