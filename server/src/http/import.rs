//! Files of the import: taken as `multipart/form-data`, which no server function reads, and given as CSV.

use app::server::{
    AppState, FormReply, ImportReply, Problem, Visit, answer_post, import_result, page,
    problem_page,
};
use axum::{
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Query, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use leptos::prelude::provide_context;
use portal_core::{
    Portal,
    imports::{self, FileProblem, ImportKind, MOST_BYTES, NotTaken, Upload},
};

use super::csv_file::CsvFile;

/// The most bytes that are read of a request. A file that is larger than allowed is read to its end, as long as it is not
/// larger than this: a browser that cannot send everything shows a broken connection instead of the answer.
const MOST_READ: usize = 64 * 1024 * 1024;

/// The limit for the route that takes files.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MOST_READ)
}

/// What a form with a file says.
#[derive(Default)]
struct Sent {
    kind: Option<ImportKind>,
    name: String,
    content: Vec<u8>,
    too_large: bool,
}

/// Takes a file, or lets the server function of this address import one that waits.
pub async fn post(State(state): State<AppState>, request: Request) -> Response {
    if !is_multipart(request.headers()) {
        return answer_post(State(state), request).await;
    }
    let (parts, body) = request.into_parts();
    let visit = visit(&parts);
    // Nothing is read of what somebody may not send.
    if visit.person.is_none() {
        return Redirect::to("/sign-in?next=/admin/import").into_response();
    }
    let portal = state.portal.asked_from(visit.origin.clone());
    if let Err(problem) = may_import(&portal, &visit).await {
        return problem_page(state, parts, problem).await;
    }
    let sent = match Multipart::from_request(Request::from_parts(parts.clone(), body), &state).await
    {
        Ok(multipart) => read(multipart).await,
        Err(_) => return problem_page(state, parts, Problem::BadForm).await,
    };
    let Ok(sent) = sent else {
        return problem_page(state, parts, Problem::BadForm).await;
    };
    let problem = if sent.too_large {
        Some(FileProblem::TooLarge)
    } else if sent.content.is_empty() {
        Some(FileProblem::Missing)
    } else {
        None
    };
    let (Some(kind), None) = (sent.kind, &problem) else {
        return again(state, parts, sent.kind, problem).await;
    };
    match imports::upload(&portal, visit.actor(), kind, &sent.name, &sent.content).await {
        Ok(Ok(id)) => Redirect::to(&format!("/admin/import?upload={id}")).into_response(),
        Ok(Err(NotTaken::File(problem))) => again(state, parts, Some(kind), Some(problem)).await,
        Ok(Err(NotTaken::NotPermitted)) => problem_page(state, parts, Problem::NotFound).await,
        Err(error) => {
            tracing::error!(%error, "a file could not be taken");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}

/// Whether a request carries a form with files.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .to_ascii_lowercase()
                .starts_with("multipart/form-data")
        })
}

/// What to answer to whoever may not import.
async fn may_import(portal: &Portal, visit: &Visit) -> Result<(), Problem> {
    match imports::permitted(portal, visit.actor()).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "it could not be told who may import");
            Err(Problem::Internal)
        }
    }
}

fn visit(parts: &Parts) -> Visit {
    parts.extensions.get::<Visit>().cloned().unwrap_or_default()
}

async fn read(mut multipart: Multipart) -> Result<Sent, axum::extract::multipart::MultipartError> {
    let mut sent = Sent::default();
    while let Some(mut field) = multipart.next_field().await? {
        match field.name() {
            Some("kind") => {
                let mut kind = Vec::new();
                while let Some(chunk) = field.chunk().await? {
                    if kind.len() < 100 {
                        kind.extend_from_slice(&chunk);
                    }
                }
                sent.kind = str::from_utf8(&kind).ok().and_then(ImportKind::parse);
            }
            Some("file") => {
                field
                    .file_name()
                    .unwrap_or_default()
                    .clone_into(&mut sent.name);
                while let Some(chunk) = field.chunk().await? {
                    if sent.content.len() + chunk.len() > MOST_BYTES {
                        sent.too_large = true;
                    }
                    if !sent.too_large {
                        sent.content.extend_from_slice(&chunk);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// The form again, with what is wrong.
async fn again(
    state: AppState,
    parts: Parts,
    kind: Option<ImportKind>,
    problem: Option<FileProblem>,
) -> Response {
    let reply = FormReply::Import(ImportReply::File { kind, problem });
    let mut response = page(state, parts, move || provide_context(reply.clone())).await;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

/// The template for contacts: the first line of a file.
pub async fn contacts(State(state): State<AppState>, request: Request) -> Response {
    template(state, request, ImportKind::Contacts).await
}

/// The template for certifications.
pub async fn certifications(State(state): State<AppState>, request: Request) -> Response {
    template(state, request, ImportKind::Certifications).await
}

async fn template(state: AppState, request: Request, kind: ImportKind) -> Response {
    let (parts, _) = request.into_parts();
    let visit = visit(&parts);
    let portal = state.portal.asked_from(visit.origin.clone());
    if let Err(problem) = may_import(&portal, &visit).await {
        return problem_page(state, parts, problem).await;
    }
    let mut file = CsvFile::new();
    file.row(kind.columns());
    download(state, parts, file, &format!("{}.csv", kind.name())).await
}

/// Under which id the file waits.
#[derive(serde::Deserialize)]
pub struct Which {
    #[serde(default)]
    upload: String,
}

/// The whole result of a dry run.
pub async fn result(
    State(state): State<AppState>,
    Query(which): Query<Which>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let visit = visit(&parts);
    let portal = state.portal.asked_from(visit.origin.clone());
    match imports::look(&portal, visit.actor(), &which.upload).await {
        Ok(Some(Upload::Waiting(report))) => {
            let mut file = CsvFile::new();
            for row in import_result(&report, visit.lang) {
                file.row(row);
            }
            download(state, parts, file, "result.csv").await
        }
        Ok(_) => problem_page(state, parts, Problem::NotFound).await,
        Err(error) => {
            tracing::error!(%error, "a dry run could not be made");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}

async fn download(state: AppState, parts: Parts, file: CsvFile, name: &str) -> Response {
    match file.download(name) {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a file could not be written");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}
