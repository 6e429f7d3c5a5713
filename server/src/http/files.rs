//! Files of an incident: taken with a form or piece by piece, given as downloads, pictures also to be looked at.
//!
//! Piece by piece as the IETF's draft "Resumable Uploads for HTTP" has it: POST begins, HEAD tells how far it is, PATCH goes
//! on from there, DELETE gives up.

use std::{
    io,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use app::server::{
    AppState, FileOutcome, FilesReply, FormReply, Problem, Visit, answer_post_at, encoded,
    file_failure, file_problem, file_signed_out, page, problem_page,
};
use axum::{
    body::{Body, Bytes},
    extract::{
        DefaultBodyLimit, FromRequest as _, Multipart, Path, Query, Request, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, delete, get, head, patch, post as posted},
};
use domain::{
    incident::{FileName, IncidentNumber, MOST_FILE, StepKind},
    people::Actor,
    text::Lang,
};
use futures_util::{StreamExt as _, stream};
use portal_core::{
    CoreError, Portal,
    files::{self, NewFile, NotAttached, Stored, Upload},
};
use serde::Deserialize;

use super::{Shared, import::is_multipart};

/// The address of an incident, which takes files beside its forms.
pub const INCIDENT: &str = "/incidents/{number}";

/// The address of an incident's files, which takes one that is sent by itself.
pub const FILES: &str = "/incidents/{number}/files";

/// The address of one file.
pub const FILE: &str = "/incidents/{number}/files/{id}";

/// The address of a file that is a picture, to be looked at.
pub const PICTURE: &str = "/incidents/{number}/files/{id}/picture";

const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_LIMIT: HeaderName = HeaderName::from_static("upload-limit");

/// The media type of a piece.
const PARTIAL: &str = "application/partial-upload";

/// How much is read and thrown away of files that are too large: a browser that cannot send everything shows a broken
/// connection instead of the answer.
const MOST_THROWN_AWAY: u64 = 64 * 1024 * 1024;

/// The most files of a form.
const MOST_FILES: usize = 100;

/// How much of a form may come before something of it is taken: what reads forms keeps the headers of a field in memory,
/// however long they are.
const MOST_AHEAD: usize = 32 * 1024 * 1024;

/// The most bytes of a field that is no file.
const MOST_FIELD: usize = 100;

/// What an incident's address takes. The limit is lifted here alone: each file has its own.
pub fn forms() -> MethodRouter<Shared> {
    posted(post).layer(DefaultBodyLimit::disable())
}

/// What its files' address takes.
pub fn uploads() -> MethodRouter<Shared> {
    posted(create)
}

/// What gives one file.
pub fn file() -> MethodRouter<Shared> {
    get(download)
}

/// What its address takes beside, each with its method.
pub fn pieces() -> [(&'static str, MethodRouter<Shared>); 3] {
    [
        ("HEAD", head(progress)),
        ("PATCH", patch(append)),
        ("DELETE", delete(give_up)),
    ]
}

fn visit(parts: &Parts) -> Visit {
    parts.extensions.get::<Visit>().cloned().unwrap_or_default()
}

fn to_sign_in(path: &str) -> Response {
    let to = HeaderValue::from_str(&format!("/sign-in?next={}", encoded(path)))
        .unwrap_or_else(|_| HeaderValue::from_static("/sign-in"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Takes the form with files, or lets the server function of this address take any other.
async fn post(
    State(state): State<AppState>,
    Path(number): Path<String>,
    request: Request,
) -> Response {
    if !is_multipart(request.headers()) {
        return answer_post_at("/incidents/number", state, request).await;
    }
    let (parts, body) = request.into_parts();
    let visit = visit(&parts);
    if visit.person.is_none() {
        return to_sign_in(parts.uri.path());
    }
    let Some(number) = IncidentNumber::parse(&number) else {
        return problem_page(state, parts, Problem::NotFound).await;
    };
    let portal = state.portal.asked_from(visit.origin.clone());
    // Before anything is read: whoever may not is kept for nothing.
    match files::may_attach(&portal, visit.actor(), number).await {
        Ok(true) => {}
        Ok(false) => return problem_page(state, parts, Problem::NotFound).await,
        Err(error) => {
            tracing::error!(%error, "it could not be told who may attach files");
            return problem_page(state, parts, Problem::Internal).await;
        }
    }
    let ahead = Ahead::default();
    let request = Request::from_parts(parts.clone(), ahead.guard(body));
    let Ok(multipart) = Multipart::from_request(request, &state).await else {
        return problem_page(state, parts, Problem::BadForm).await;
    };
    // Not dropped with the request: what a broken connection leaves is cleared away.
    let taken = tokio::spawn(take(portal, visit.actor(), number, multipart, ahead)).await;
    let reply = match taken {
        Ok(Ok(reply)) => reply,
        Ok(Err(problem)) => return problem_page(state, parts, problem).await,
        Err(error) => {
            tracing::error!(%error, "files could not be taken");
            return problem_page(state, parts, Problem::Internal).await;
        }
    };
    if reply.plain() {
        let done = StepKind::Attach.name();
        let to = HeaderValue::from_str(&format!("/incidents/{number}?done={done}#last"))
            .unwrap_or_else(|_| HeaderValue::from_static("/"));
        return (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    }
    let reply = FormReply::Files(reply);
    let status = reply.status();
    let mut response = page(state, parts, move || provide_reply(&reply)).await;
    *response.status_mut() = status;
    response
}

fn provide_reply(reply: &FormReply) {
    leptos::prelude::provide_context(reply.clone());
}

/// How much of a form came since something of it was taken.
#[derive(Clone, Default)]
struct Ahead(Arc<AtomicUsize>);

impl Ahead {
    /// Something was taken.
    fn taken(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// The body, which breaks off where too much comes of which nothing can be taken.
    fn guard(&self, body: Body) -> Body {
        let ahead = self.clone();
        Body::from_stream(body.into_data_stream().map(move |chunk| {
            let chunk = chunk?;
            let before = ahead.0.fetch_add(chunk.len(), Ordering::Relaxed);
            if before > MOST_AHEAD {
                return Err(axum::Error::new(io::Error::other(
                    "nothing of it can be taken",
                )));
            }
            Ok(chunk)
        }))
    }
}

/// Takes every file of a form, one after the other.
async fn take(
    portal: Portal,
    actor: Actor,
    number: IncidentNumber,
    mut multipart: Multipart,
    ahead: Ahead,
) -> Result<FilesReply, Problem> {
    let mut reply = FilesReply::default();
    let mut key = String::new();
    let mut thrown_away = 0;
    loop {
        let mut field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(reply),
            // What is attached by now is told, whatever came after it.
            Err(_) if !reply.outcomes.is_empty() => return Ok(reply),
            Err(_) => return Err(Problem::BadForm),
        };
        ahead.taken();
        match field.name() {
            // What holds for the files comes before them, or it would not hold for those that are attached by then.
            Some("key" | "internal") if !reply.outcomes.is_empty() => return Err(Problem::BadForm),
            Some("key") => key = text(&mut field).await?,
            Some("internal") => reply.internal = text(&mut field).await? == "yes",
            Some("file") => {
                let sent = file_name(&field);
                let first = field.chunk().await.map_err(|_| Problem::BadForm)?;
                // A browser sends an empty one where none was chosen.
                if sent.is_empty() && first.as_ref().is_none_or(Bytes::is_empty) {
                    continue;
                }
                if reply.outcomes.len() >= MOST_FILES {
                    let not = FileOutcome::Not(Some(NotAttached::TooMany));
                    reply.outcomes.push((FileName::clean(&sent).name, not));
                    return Ok(reply);
                }
                let new = NewFile {
                    name: &sent,
                    internal: reply.internal,
                    form_key: Some(&key),
                    length: None,
                };
                let mut bytes = stream::iter(first.map(Ok::<_, MultipartError>))
                    .chain(&mut field)
                    .inspect(|_| ahead.taken());
                let outcome = match files::attach(&portal, actor, number, new, &mut bytes).await {
                    Ok(Ok(attached)) => FileOutcome::Attached {
                        mended: attached.mended,
                    },
                    Ok(Err(NotAttached::NotThere)) => return Err(Problem::NotFound),
                    Ok(Err(NotAttached::FormKey)) => return Err(Problem::BadForm),
                    Ok(Err(not)) => FileOutcome::Not(Some(not)),
                    Err(error) => {
                        tracing::error!(%error, "a file could not be attached");
                        FileOutcome::Not(None)
                    }
                };
                reply.outcomes.push((FileName::clean(&sent).name, outcome));
                while let Ok(Some(chunk)) = field.chunk().await {
                    ahead.taken();
                    thrown_away += chunk.len() as u64;
                    if thrown_away > MOST_THROWN_AWAY {
                        return Ok(reply);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name of a file, in which browsers write these three characters otherwise.
fn file_name(field: &Field<'_>) -> String {
    let name = field.file_name().unwrap_or_default();
    name.replace("%22", "\"")
        .replace("%0A", "\n")
        .replace("%0D", "\r")
}

/// What a field says that is no file.
async fn text(field: &mut Field<'_>) -> Result<String, Problem> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| Problem::BadForm)? {
        if text.len() + chunk.len() > MOST_FIELD {
            return Err(Problem::BadForm);
        }
        text.extend_from_slice(&chunk);
    }
    String::from_utf8(text).map_err(|_| Problem::BadForm)
}

/// A file that is sent by itself.
#[derive(Deserialize)]
struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    internal: String,
    key: Option<String>,
}

/// Somebody who sends a file by itself, and to which incident.
struct Sender {
    portal: Portal,
    visit: Visit,
    number: IncidentNumber,
    /// What they call it now.
    name: String,
}

impl Sender {
    /// Whoever sends this, or why they cannot.
    fn of(
        state: &AppState,
        parts: &Parts,
        number: &str,
        name: String,
    ) -> Result<Self, Box<Response>> {
        let visit = visit(parts);
        if visit.person.is_none() {
            let said = file_signed_out(&name, visit.lang) + "\n";
            return Err(Box::new((StatusCode::UNAUTHORIZED, said).into_response()));
        }
        let Some(number) = IncidentNumber::parse(number) else {
            return Err(Box::new(refusal(&NotAttached::NotThere, &name, visit.lang)));
        };
        Ok(Self {
            portal: state.portal.asked_from(visit.origin.clone()),
            visit,
            number,
            name,
        })
    }

    fn refusal(&self, not: &NotAttached) -> Response {
        refusal(not, &self.name, self.visit.lang)
    }

    /// The answer if the portal failed: of the store one may hope that it is back soon.
    fn failed(&self, error: &CoreError) -> Response {
        tracing::error!(%error, "a file could not be taken");
        let status = if matches!(error, CoreError::Files(_)) {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        };
        let said = file_failure(&self.name, self.visit.lang) + "\n";
        (status, said).into_response()
    }

    /// Appends what a request carries, and attaches the file if that was the rest of it. Beside the request, so that what
    /// came is kept if the connection breaks.
    async fn receive(
        &self,
        id: String,
        from: u64,
        complete: bool,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Result<Progress, NotAttached>, CoreError> {
        let (portal, actor, number) = (self.portal.clone(), self.visit.actor(), self.number);
        let sent = number_in(headers, &header::CONTENT_LENGTH);
        let received = tokio::spawn(async move {
            let mut bytes = body.into_data_stream();
            let appended = files::append(&portal, actor, number, &id, from, &mut bytes).await?;
            let appended = match appended {
                Ok(appended) => appended,
                Err(not) => return Ok(Err(not)),
            };
            let came = appended.size.saturating_sub(from);
            let whole = appended.whole && sent.is_none_or(|sent| sent == came);
            let mut progress = Progress {
                id,
                size: appended.size,
                whole,
                sha256: None,
            };
            if whole && complete {
                match files::finish(&portal, actor, number, &progress.id).await? {
                    Ok(file) => (progress.id, progress.sha256) = (file.id, Some(file.sha256)),
                    Err(not) => return Ok(Err(not)),
                }
            }
            Ok(Ok(progress))
        });
        received.await?
    }

    /// The answer to bytes that came, or did not.
    fn answer(
        &self,
        received: Result<Result<Progress, NotAttached>, CoreError>,
        status: StatusCode,
    ) -> Response {
        match received {
            Ok(Ok(progress)) => progress.answer(self.number, status),
            Ok(Err(not)) => self.refusal(&not),
            Err(error) => self.failed(&error),
        }
    }
}

/// How far a file is after a request.
struct Progress {
    id: String,
    size: u64,
    /// Whether all of the request came.
    whole: bool,
    /// Its hash, once it is attached.
    sha256: Option<String>,
}

impl Progress {
    fn answer(&self, number: IncidentNumber, status: StatusCode) -> Response {
        let status = if self.whole {
            status
        } else {
            StatusCode::BAD_REQUEST
        };
        let mut headers = progress_headers(self.size, None, self.sha256.is_some());
        let address = format!("/incidents/{number}/files/{}", self.id);
        if let Ok(address) = HeaderValue::from_str(&address) {
            headers.insert(header::LOCATION, address);
        }
        if let Some(tag) = self.sha256.as_deref().and_then(etag) {
            headers.insert(header::ETAG, tag);
        }
        (status, headers).into_response()
    }
}

fn progress_headers(size: u64, length: Option<u64>, complete: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(size));
    let complete = if complete { "?1" } else { "?0" };
    headers.insert(UPLOAD_COMPLETE, HeaderValue::from_static(complete));
    if let Some(length) = length {
        headers.insert(UPLOAD_LENGTH, HeaderValue::from(length));
    }
    if let Ok(limit) = HeaderValue::from_str(&format!("max-size={MOST_FILE}")) {
        headers.insert(UPLOAD_LIMIT, limit);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

/// Why bytes were not taken, in words and for programs.
fn refusal(not: &NotAttached, name: &str, lang: Lang) -> Response {
    let (status, is) = match not {
        NotAttached::NotThere => (StatusCode::NOT_FOUND, None),
        NotAttached::FormKey | NotAttached::Broken => (StatusCode::BAD_REQUEST, None),
        NotAttached::NotAsAnnounced { is } => (StatusCode::BAD_REQUEST, Some(*is)),
        NotAttached::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, None),
        NotAttached::TooMany => (StatusCode::TOO_MANY_REQUESTS, None),
        NotAttached::Empty => (StatusCode::UNPROCESSABLE_ENTITY, None),
        NotAttached::Elsewhere { is } => (StatusCode::CONFLICT, Some(*is)),
        NotAttached::NotNow(_) | NotAttached::Complete | NotAttached::Refused(_) => {
            (StatusCode::CONFLICT, None)
        }
    };
    let mut response = (status, file_problem(not, name, lang) + "\n").into_response();
    if let Some(is) = is {
        response
            .headers_mut()
            .extend(progress_headers(is, None, false));
    }
    if *not == NotAttached::Complete {
        let complete = HeaderValue::from_static("?1");
        response.headers_mut().insert(UPLOAD_COMPLETE, complete);
    }
    response
}

fn number_in(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Whether a request carries the rest of a file. A structured field of RFC 8941: `?1` or `?0`.
fn complete_in(headers: &HeaderMap) -> Option<bool> {
    match headers.get(UPLOAD_COMPLETE)?.as_bytes().trim_ascii() {
        b"?1" => Some(true),
        b"?0" => Some(false),
        _ => None,
    }
}

/// Begins a file, and takes what of it comes along. Without `Upload-Complete` that is all of it.
async fn create(
    State(state): State<AppState>,
    Path(number): Path<String>,
    Query(new): Query<New>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let sender = match Sender::of(&state, &parts, &number, new.name) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let headers = &parts.headers;
    let complete = complete_in(headers).unwrap_or(!headers.contains_key(UPLOAD_COMPLETE));
    let sent = number_in(headers, &header::CONTENT_LENGTH).filter(|_| complete);
    let begun = NewFile {
        name: &sender.name,
        internal: new.internal == "yes",
        form_key: new.key.as_deref(),
        length: number_in(headers, &UPLOAD_LENGTH).or(sent),
    };
    let begun = files::begin(&sender.portal, sender.visit.actor(), sender.number, begun).await;
    let id = match begun {
        Ok(Ok(upload)) => upload.id,
        Ok(Err(not)) => return sender.refusal(&not),
        Err(error) => return sender.failed(&error),
    };
    let received = sender.receive(id, 0, complete, headers, body).await;
    sender.answer(received, StatusCode::CREATED)
}

/// Goes on with a file.
async fn append(
    State(state): State<AppState>,
    Path((number, id)): Path<(String, String)>,
    Query(New { name, .. }): Query<New>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let sender = match Sender::of(&state, &parts, &number, name) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let headers = &parts.headers;
    let is_piece = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(PARTIAL.as_bytes()));
    if !is_piece {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (Some(from), Some(complete)) = (number_in(headers, &UPLOAD_OFFSET), complete_in(headers))
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let received = sender.receive(id, from, complete, headers, body).await;
    let status = if complete {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    };
    sender.answer(received, status)
}

/// How far a file is that the visitor sends; for everybody else, and once it is attached, what a download would say.
async fn progress(
    State(state): State<AppState>,
    Path((number, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let sender = match Sender::of(&state, &parts, &number, String::new()) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let actor = sender.visit.actor();
    match files::upload(&sender.portal, actor, sender.number, &id).await {
        Err(error) => sender.failed(&error),
        Ok(Some(Upload {
            size,
            length,
            complete: false,
            ..
        })) => (
            StatusCode::NO_CONTENT,
            progress_headers(size, length, false),
        )
            .into_response(),
        Ok(found) => {
            let mut response = serve(state, parts, &number, &id, false).await;
            if let Some(upload) = found {
                let headers = progress_headers(upload.size, upload.length, true);
                response.headers_mut().extend(headers);
            }
            response
        }
    }
}

/// Gives up a file.
async fn give_up(
    State(state): State<AppState>,
    Path((number, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let sender = match Sender::of(&state, &parts, &number, String::new()) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let actor = sender.visit.actor();
    match files::give_up(&sender.portal, actor, sender.number, &id).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => sender.refusal(&NotAttached::NotThere),
        Err(error) => sender.failed(&error),
    }
}

/// A file as a download, whatever it is.
async fn download(
    State(state): State<AppState>,
    Path((number, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    serve(state, request.into_parts().0, &number, &id, false).await
}

/// A picture, to be looked at. Nothing else is given this way.
pub async fn picture(
    State(state): State<AppState>,
    Path((number, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    serve(state, request.into_parts().0, &number, &id, true).await
}

async fn serve(state: AppState, parts: Parts, number: &str, id: &str, inline: bool) -> Response {
    let visit = visit(&parts);
    if visit.person.is_none() {
        return to_sign_in(parts.uri.path());
    }
    let portal = state.portal.asked_from(visit.origin.clone());
    let found = match IncidentNumber::parse(number) {
        Some(number) => files::find(&portal, visit.actor(), number, id).await,
        None => Ok(None),
    };
    let answer = match found {
        Ok(Some(stored)) if !inline || stored.file.picture.is_some() => {
            given(stored, &parts, inline).await.map(Some)
        }
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    };
    match answer {
        Ok(Some(answer)) => answer,
        Ok(None) => problem_page(state, parts, Problem::NotFound).await,
        Err(error) => {
            tracing::error!(%error, "a file could not be read");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}

/// The answer with the file, or with a part of it.
async fn given(stored: Stored, request: &Parts, inline: bool) -> Result<Response, CoreError> {
    let asked = &request.headers;
    let file = &stored.file;
    let size = file.size;
    let mut headers = HeaderMap::new();
    let fixed = [
        // Nobody but whoever may see it keeps it, and nobody without asking whether they still may.
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::ACCEPT_RANGES, "bytes"),
        // Even if a browser showed it as a page, it could do nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let kind = file.picture.filter(|_| inline);
    let kind = kind.map_or("application/octet-stream", |picture| picture.media_type());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let way = if inline { "inline" } else { "attachment" };
    let name = format!("{way}; filename*=UTF-8''{}", encoded(&file.name));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    let tag = etag(&file.sha256);
    if let Some(tag) = &tag {
        headers.insert(header::ETAG, tag.clone());
    }
    if tag.is_some() && asked.get(header::IF_NONE_MATCH) == tag.as_ref() {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let changed = asked
        .get(header::IF_RANGE)
        .is_some_and(|of| Some(of) != tag.as_ref());
    let asked_part = asked
        .get(header::RANGE)
        .filter(|_| !changed)
        .and_then(|range| range.to_str().ok());
    let (status, range) = match asked_part.map_or(Part::Whole, |range| Part::of(range, size)) {
        Part::Whole => (StatusCode::OK, 0..size),
        Part::These(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Beyond => {
            if let Ok(of) = HeaderValue::from_str(&format!("bytes */{size}")) {
                headers.insert(header::CONTENT_RANGE, of);
            }
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        let of = format!(
            "bytes {}-{}/{size}",
            range.start,
            range.end.saturating_sub(1)
        );
        if let Ok(of) = HeaderValue::from_str(&of) {
            headers.insert(header::CONTENT_RANGE, of);
        }
    }
    let length = range.end.saturating_sub(range.start);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let mut bytes = Box::pin(stored.bytes(range));
    // The answer promises the file: its first piece is there by then. Whoever asks for the headers alone needs none.
    let first = if request.method == Method::HEAD {
        None
    } else {
        bytes.next().await.transpose()?
    };
    let bytes = bytes.inspect(|piece| {
        if let Err(error) = piece {
            tracing::error!(%error, "a file could not be read to its end");
        }
    });
    let bytes = stream::iter(first.map(Ok::<_, CoreError>)).chain(bytes);
    Ok((status, headers, Body::from_stream(bytes)).into_response())
}

fn etag(sha256: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{sha256}\"")).ok()
}

/// What `Range` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Everything, or no single part.
    Whole,
    /// These bytes.
    These(Range<u64>),
    /// None that the file has.
    Beyond,
}

impl Part {
    /// Of a file with so many bytes.
    fn of(asked: &str, size: u64) -> Self {
        match Self::range(asked, size) {
            None => Self::Whole,
            Some(range) if range.is_empty() => Self::Beyond,
            Some(range) => Self::These(range),
        }
    }

    /// The bytes of a single part, as far as the file has them.
    fn range(asked: &str, size: u64) -> Option<Range<u64>> {
        let (from, to) = asked.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| text.trim().parse::<u64>().ok();
        match (from.trim(), to.trim()) {
            ("", last) => Some(size.saturating_sub(number(last)?)..size),
            (from, "") => Some(number(from)?..size),
            (from, to) => {
                let (from, to) = (number(from)?, number(to)?);
                (from <= to).then(|| from..to.saturating_add(1).min(size))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_one_that_the_file_has() {
        for (asked, part_of_ten) in [
            ("bytes=0-3", Part::These(0..4)),
            ("bytes=4-", Part::These(4..10)),
            ("bytes=-3", Part::These(7..10)),
            ("bytes=-30", Part::These(0..10)),
            ("bytes=8-99", Part::These(8..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=3-1", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("pages=0-1", Part::Whole),
            ("bytes=", Part::Whole),
        ] {
            assert_eq!(Part::of(asked, 10), part_of_ten, "{asked}");
        }
    }

    #[test]
    fn whether_a_request_carries_the_rest_is_said_in_one_way() {
        let said = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(UPLOAD_COMPLETE, HeaderValue::from_static(value));
            complete_in(&headers)
        };
        assert_eq!((said("?1"), said("?0")), (Some(true), Some(false)));
        assert_eq!((said("1"), said("true"), said("")), (None, None, None));
    }
}
