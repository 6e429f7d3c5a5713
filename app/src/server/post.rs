//! How a form is answered: the server function says what should happen, and this does it, so that a form works the
//! same with and without script: a redirect, or the page again with what was typed and what is wrong with it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::{Body, Bytes},
    extract::{
        DefaultBodyLimit, FromRequest as _, Request, State,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{
    incident::{Draft, Field, FieldProblem},
    text::Lang,
    triage::Answers,
};
use leptos::prelude::*;
use portal_core::accounts;
use tower_sessions::Session;

use super::{
    AppState, CheckReply, ClosedDaysReply, FilesReply, ImportReply, LogReply, Problem,
    SecurityReply, StepReply, Typed, TypedReply, Visit, page, problem_page, session,
};

/// The most bytes that a form may have.
const MOST_BYTES: usize = 1024 * 1024;

/// What a server function wants done.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Go on to another page of this portal.
    Redirect {
        /// Where.
        to: String,
        /// A cookie to set with it.
        cookie: Option<HeaderValue>,
    },
    /// Go to the first page, and let the browser forget what was kept in it: whoever sits there next is somebody else.
    SignedOut,
    /// Show the form's page again.
    Again(FormReply),
    /// Show an error page.
    Problem(Problem),
}

/// A form that could not be taken, as its page shows it again.
#[derive(Clone, Debug)]
pub enum FormReply {
    /// The incident form.
    Incident(IncidentReply),
    /// The sign-in form.
    SignIn(SignInReply),
    /// A form of the contacts board.
    Contacts(Box<ContactsReply>),
    /// A form of the administration.
    Typed(TypedReply),
    /// The form for closed days.
    ClosedDays(ClosedDaysReply),
    /// The import.
    Import(ImportReply),
    /// The answer to a request for seats.
    Seats(SeatsReply),
    /// A form about passwords and the second factor.
    Security(SecurityReply),
    /// A step with an incident.
    Step(Box<StepReply>),
    /// A certificate that was checked.
    Check(CheckReply),
    /// A notice that is logged.
    Log(Box<LogReply>),
    /// Files for an incident.
    Files(FilesReply),
}

/// The answer to a request for seats with what was typed and what is wrong.
#[derive(Clone, Debug)]
pub struct SeatsReply {
    /// What was typed.
    pub reply: String,
    /// What is wrong.
    pub problem: AnswerProblem,
}

/// Why a request for seats was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerProblem {
    /// A refusal says why.
    Missing,
    /// The reply is too long.
    TooLong {
        /// How many characters it has.
        is: usize,
    },
    /// It holds a character that cannot be kept.
    Control,
    /// It was answered before.
    Already,
}

/// The contacts board after one of its forms: what was typed and what is wrong, or a link to hand over.
#[derive(Clone, Debug, Default)]
pub struct ContactsReply {
    /// Whose board it is; none for one's own.
    pub customer: Option<i64>,
    /// What kept something from being done.
    pub problem: Option<ContactsProblem>,
    /// The contact that it was to be done to.
    pub person: Option<i64>,
    /// The invited colleague's name as it was typed.
    pub name: String,
    /// Their address as it was typed.
    pub email: String,
    /// What is wrong with the two.
    pub invalid: Vec<(
        portal_core::contacts::PersonField,
        portal_core::contacts::PersonProblem,
    )>,
    /// How many seats were asked for, as it was typed.
    pub seats: String,
    /// Why, as it was typed.
    pub note: String,
    /// A link that was made; it is shown this once.
    pub link: Option<HandedLink>,
}

/// A link to hand over.
#[derive(Clone, Debug)]
pub struct HandedLink {
    /// The contact who follows it.
    pub person: i64,
    /// The whole address.
    pub address: String,
    /// Whether it leads to a first password; else to a new one.
    pub invitation: bool,
    /// When it stops working, UTC.
    pub expires_at: domain::calendar::Instant,
}

/// What kept something on the contacts board from being done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactsProblem {
    /// Every seat is taken.
    NoSeat,
    /// Their certification does not satisfy section 4: why not.
    NotCertified(domain::people::Bar),
    /// They are the only coordinator.
    LastCoordinator,
    /// Nobody says of themselves that they left.
    Yourself,
    /// A request for seats is open already.
    Open,
    /// That is no number of seats that can be asked for.
    Seats,
    /// The note is too long, or holds what cannot be kept.
    Note,
}

impl FormReply {
    /// Whether its page shows what is shown once only: a link to hand over, recovery codes.
    fn is_secret(&self) -> bool {
        match self {
            Self::Contacts(board) => board.link.is_some(),
            Self::Typed(form) => form.link.is_some(),
            Self::Security(_) => true,
            Self::Incident(_)
            | Self::SignIn(_)
            | Self::ClosedDays(_)
            | Self::Import(_)
            | Self::Seats(_)
            | Self::Step(_)
            | Self::Check(_)
            | Self::Files(_)
            | Self::Log(_) => false,
        }
    }

    /// The status of the page that shows it again.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignIn(SignInReply {
                problem: Some(SignInProblem::Wait { .. }),
                ..
            }) => StatusCode::TOO_MANY_REQUESTS,
            Self::SignIn(SignInReply {
                only_language: true,
                ..
            }) => StatusCode::OK,
            Self::SignIn(SignInReply { problem: None, .. }) => StatusCode::UNAUTHORIZED,
            Self::Incident(form) if form.fields.is_empty() && form.problems.is_empty() => {
                StatusCode::OK
            }
            Self::Contacts(board) if board.link.is_some() => StatusCode::OK,
            Self::ClosedDays(form) if !form.is_wrong() => StatusCode::OK,
            Self::Typed(form) => form.status(),
            Self::Security(form) => form.status(),
            Self::Step(form) => form.status(),
            Self::Check(reply) => reply.status(),
            Self::Log(form) => form.status(),
            Self::Files(form) => form.status(),
            Self::SignIn(_)
            | Self::Incident(_)
            | Self::Contacts(_)
            | Self::Seats(_)
            | Self::ClosedDays(_)
            | Self::Import(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// The incident form with what was typed and what is wrong.
#[derive(Clone, Debug, Default)]
pub struct IncidentReply {
    /// What was typed.
    pub draft: Draft,
    /// The form's key; empty if it was not one.
    pub key: String,
    /// The guide's answers.
    pub answers: Answers,
    /// What is wrong with the fields.
    pub fields: Vec<(Field, FieldProblem)>,
    /// What is wrong with the form as a whole.
    pub problems: Vec<FormProblem>,
    /// Nothing is wrong, and this is what would be filed.
    pub review: Option<Box<portal_core::incidents::Preview>>,
    /// The form waited in the session, for signing in or for the guide; nothing is wrong with it.
    pub carried: bool,
    /// The draft that a colleague prepared and this form files.
    pub prepared: Option<i64>,
    /// The colleague who was chosen to file it, as the form sent it.
    pub to: String,
}

/// What can be wrong with an incident form as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProblem {
    /// The answers are not ones that the guide can lead to.
    Answers,
    /// The key is none that a form of the portal has.
    Key,
    /// No deadline can be computed at this time.
    NotCovered,
    /// Whoever sends it may not file today (section 4).
    Barred,
    /// The colleague that it is handed to may not file today, or none was chosen.
    Colleague,
    /// The draft that it came from was discarded meanwhile.
    DraftGone,
}

/// The sign-in form with what was typed and what is wrong.
#[derive(Clone, Debug, Default)]
pub struct SignInReply {
    /// The address typed.
    pub email: String,
    /// Where to go after signing in.
    pub next: String,
    /// An incident form to be there again after signing in, as its fields.
    pub carry: String,
    /// What is wrong.
    pub problem: Option<SignInProblem>,
    /// It only comes again in another language: nothing was asked for that needs somebody to be signed in.
    pub only_language: bool,
}

/// Why nobody was signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// A field is empty.
    Missing,
    /// The address is unknown or the password wrong: never said which.
    Wrong,
    /// Too much was tried in vain.
    Wait {
        /// For how long, in seconds.
        seconds: i64,
    },
    /// The second step came too late after the first.
    Expired,
}

/// Where a server function leaves its reply.
#[derive(Clone, Debug, Default)]
pub struct ReplySlot(Arc<Mutex<Left>>);

/// What a server function left.
#[derive(Debug, Default)]
struct Left {
    reply: Option<Reply>,
    cookies: Vec<HeaderValue>,
    /// The language to give it in, where the form was sent to be read in another one.
    lang: Option<Lang>,
}

impl ReplySlot {
    /// Leaves a reply for the form that is being answered.
    pub fn give(reply: Reply) {
        Self::leave(|left| left.reply = Some(reply));
    }

    /// Whether a form was sent only to be read in another language: by the header's buttons, which say in the field
    /// `language` which one. Its page then comes in that language, and that is how the visitor goes on.
    ///
    /// Nothing is to be done with such a form; its reply shows it again, with what was typed.
    pub fn only_language(tag: &str) -> bool {
        let lang = Lang::from_tag(tag);
        Self::leave(|left| left.lang = lang);
        lang.is_some()
    }

    fn leave(what: impl FnOnce(&mut Left)) {
        if let Some(slot) = use_context::<Self>() {
            what(&mut slot.0.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Sets a cookie with the answer, whatever it is.
    pub fn cookie(cookie: HeaderValue) {
        Self::leave(|left| left.cookies.push(cookie));
    }

    /// The cookies that were left.
    pub(super) fn take_cookies(&self) -> Vec<HeaderValue> {
        self.take().cookies
    }

    fn take(&self) -> Left {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value.split(';').next().is_some_and(|kind| {
                kind.trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            })
        })
}

/// Answers a form post: runs its server function and does what it says.
pub async fn answer_post(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let uri = parts.uri.clone();
    answer(state, parts, body, uri).await
}

/// The same for the pages of an address with something in it, such as `/invitation/{token}`: their server function has
/// the fixed part, `endpoint`, as its address.
pub async fn answer_post_at(endpoint: &'static str, state: AppState, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    answer(state, parts, body, Uri::from_static(endpoint)).await
}

/// All of a form, or whether it is too much or what came of it broke off.
async fn whole(body: Body) -> Result<Bytes, Problem> {
    let mut sent = Request::new(body);
    DefaultBodyLimit::max(MOST_BYTES).apply(&mut sent);
    Bytes::from_request(sent, &())
        .await
        .map_err(|error| match error {
            BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
                Problem::TooLarge
            }
            error => {
                tracing::info!(%error, "a form was not sent to its end");
                Problem::BadForm
            }
        })
}

async fn answer(state: AppState, mut parts: Parts, body: Body, function: Uri) -> Response {
    if !is_form(&parts.headers) {
        return problem_page(state, parts, Problem::BadForm).await;
    }
    let bytes = match whole(body).await {
        Ok(bytes) => bytes,
        Err(problem) => return problem_page(state, parts, problem).await,
    };
    let slot = ReplySlot::default();
    let typed = Typed::read(parts.uri.path(), bytes.clone()).await;
    let context = {
        let (state, slot) = (state.clone(), slot.clone());
        move || {
            state.provide();
            provide_context(slot.clone());
            provide_context(typed.clone());
        }
    };
    let mut request = Request::from_parts(parts.clone(), Body::from(bytes));
    *request.uri_mut() = function;
    // Its own answer is of no use to a person; one that left no reply could not read the form.
    let _ = leptos_axum::handle_server_fns_with_context(context, request).await;
    let Left {
        reply,
        mut cookies,
        lang,
    } = slot.take();
    if let (Some(lang), Some(visit)) = (lang, parts.extensions.get_mut::<Visit>()) {
        visit.lang = lang;
        if visit.person.is_some()
            && let Err(error) =
                accounts::set_language(&state.portal, visit.actor(), Some(lang)).await
        {
            tracing::error!(%error, "a language could not be kept");
        }
    }
    if lang.is_some() {
        cookies.extend(state.site.language_cookie(lang));
    }
    let mut response = match reply {
        None => problem_page(state, parts, Problem::BadForm).await,
        Some(Reply::Problem(problem)) => problem_page(state, parts, problem).await,
        Some(Reply::Redirect { to, cookie }) => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            let to = HeaderValue::from_str(super::local_path(&to))
                .unwrap_or_else(|_| HeaderValue::from_static("/"));
            response.headers_mut().insert(header::LOCATION, to);
            if let Some(cookie) = cookie {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Some(Reply::SignedOut) => {
            let headers = [
                (header::LOCATION, "/"),
                (
                    header::HeaderName::from_static("clear-site-data"),
                    "\"storage\"",
                ),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Some(Reply::Again(form)) => {
            parts.method = Method::GET;
            set_aside(&state, &parts, &form).await;
            let (status, secret) = (form.status(), form.is_secret());
            let mut response = page(state, parts, move || provide_context(form.clone())).await;
            *response.status_mut() = status;
            if secret {
                // Any other page may be gone back to, with what was typed.
                response.headers_mut().insert(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("private, no-store"),
                );
            }
            response
        }
    };
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Sets aside a form that waits for signing in, where somebody may do so through a provider: nothing goes along to there.
async fn set_aside(state: &AppState, parts: &Parts, form: &FormReply) {
    if let FormReply::SignIn(SignInReply { carry, .. }) = form
        && !state.site.sso.is_empty()
        && let Some(session) = parts.extensions.get::<Session>()
        && let Err(error) = session::set_aside(&state.portal, session, carry).await
    {
        tracing::warn!(%error, "a form that waits was not set aside");
    }
}
