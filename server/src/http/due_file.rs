//! A due time as a calendar file (RFC 5545), to be reminded by one's own calendar.

use app::server::{AppState, Problem, Visit, due_event, encoded, problem_page};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use domain::incident::IncidentNumber;
use icalendar::{Alarm, Calendar, Component as _, Event, EventLike as _};
use portal_core::incidents;

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
    let event = match found {
        Ok(found) => found.and_then(|incident| due_event(&incident, visit.lang)),
        Err(error) => {
            tracing::error!(%error, "a due time could not be read");
            return problem_page(state, parts, Problem::Internal).await;
        }
    };
    let Some(event) = event else {
        return problem_page(state, parts, Problem::NotFound).await;
    };
    let due = DateTime::<Utc>::from(event.due);
    let entry = Event::new()
        .uid(&event.uid)
        .timestamp(DateTime::<Utc>::from(portal.now()))
        .starts(due)
        .ends(due)
        .summary(&event.summary)
        .description(&event.description)
        .url(&format!("{}{}", state.site.origin, event.path))
        .alarm(Alarm::display(
            &event.summary,
            -chrono::Duration::minutes(REMINDS_BEFORE),
        ))
        .done();
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
