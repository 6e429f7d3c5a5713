//! Certificates of due times: handed out, checked where the browser runs no script, and the keys to check them with.

use app::server::{AppState, CheckReply, FormReply, Problem, Visit, page, problem_page};
use axum::{
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{certificate::MOST_BYTES, incident::IncidentNumber, people::Actor};
use leptos::prelude::provide_context;
use portal_core::certificates;

use super::due_file;

/// The most bytes that are read of a request: a file that is larger than a certificate may be is still answered in words.
const MOST_READ: usize = 1024 * 1024;

/// The limit for the route that takes files.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MOST_READ)
}

/// `/incidents/{number}/due/{place}/certificate.json`
pub async fn certificate(
    State(state): State<AppState>,
    Path((number, place)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let visit = visit(&parts);
    if visit.person.is_none() {
        return due_file::sign_in_first(&parts);
    }
    let portal = state.portal.asked_from(visit.origin.clone());
    let issuer = &state.site.origin;
    let made = match IncidentNumber::parse(&number).zip(place.parse().ok()) {
        Some((number, place)) => {
            certificates::issue(&portal, visit.actor(), number, place, issuer).await
        }
        None => Ok(None),
    };
    match made {
        Ok(Some(signed)) => {
            let name = format!("attachment; filename=\"{}\"", signed.name);
            let headers = [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
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
            (headers, signed.json).into_response()
        }
        Ok(None) => problem_page(state, parts, Problem::NotFound).await,
        Err(error) => {
            tracing::error!(%error, "a certificate could not be made");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}

/// `/.well-known/portal-keys.json`: every key that certificates were ever signed with.
pub async fn keys(State(state): State<AppState>, request: Request) -> Response {
    match certificates::published(&state.portal, Actor::Anonymous).await {
        Ok(keys) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "public, max-age=300"),
            ];
            (headers, format!("{:#}\n", certificates::key_set(&keys))).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the keys could not be read");
            problem_page(state, request.into_parts().0, Problem::Internal).await
        }
    }
}

/// Checks a certificate that was posted. Nothing of it is kept.
pub async fn verify(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let visit = visit(&parts);
    let portal = state.portal.asked_from(visit.origin.clone());
    // Read as a whole first: what reads forms looks through all that it has each time that more comes.
    let Ok(body) = to_bytes(body, MOST_READ).await else {
        return problem_page(state, parts, Problem::TooLarge).await;
    };
    let request = Request::from_parts(parts.clone(), Body::from(body));
    let sent = Multipart::from_request(request, &state).await;
    let file = match sent {
        Ok(multipart) => read(multipart).await,
        // A form without a file: what was chosen is missing.
        Err(_) => Ok(Vec::new()),
    };
    let Ok(file) = file else {
        return problem_page(state, parts, Problem::BadForm).await;
    };
    let reply = match certificates::read(&file) {
        _ if file.is_empty() => CheckReply::Missing,
        None => CheckReply::None,
        Some(file) => match certificates::known(&portal, visit.actor(), &state.site.origin).await {
            Ok(known) => {
                let checked = certificates::check(&file, &known);
                CheckReply::Checked(Box::new((file.certificate, checked)))
            }
            Err(error) => {
                tracing::error!(%error, "a certificate could not be checked");
                return problem_page(state, parts, Problem::Internal).await;
            }
        },
    };
    let status = reply.status();
    let reply = FormReply::Check(reply);
    let mut response = page(state, parts, move || provide_context(reply.clone())).await;
    *response.status_mut() = status;
    response
}

fn visit(parts: &Parts) -> Visit {
    parts.extensions.get::<Visit>().cloned().unwrap_or_default()
}

/// The file, as far as it can be a certificate: one byte more says that it is none.
async fn read(
    mut multipart: Multipart,
) -> Result<Vec<u8>, axum::extract::multipart::MultipartError> {
    let mut file = Vec::new();
    while let Some(mut field) = multipart.next_field().await? {
        let wanted = field.name() == Some("file");
        while let Some(chunk) = field.chunk().await? {
            let room = (MOST_BYTES + 1).saturating_sub(file.len());
            if wanted {
                file.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            }
        }
    }
    Ok(file)
}
