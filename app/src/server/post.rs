//! How a form is answered: the server function says what should happen, and this does it, so that a form works the
//! same with and without script: a redirect, or the page again with what was typed and what is wrong with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{
    incident::{Draft, Field, FieldProblem},
    triage::Answers,
};
use leptos::prelude::*;

use super::{AppState, Problem, SecurityReply, page, problem_page};

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
    /// A form about passwords and the second factor.
    Security(SecurityReply),
}

impl FormReply {
    /// What the page is answered with that shows it again.
    const fn status(&self) -> StatusCode {
        match self {
            Self::SignIn(form) => match form.problem {
                None => StatusCode::UNAUTHORIZED,
                Some(SignInProblem::Wait { .. }) => StatusCode::TOO_MANY_REQUESTS,
                Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            },
            Self::Incident(form) if form.fields.is_empty() && form.problems.is_empty() => {
                StatusCode::OK
            }
            Self::Incident(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Security(form) => form.status(),
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
    /// The form came back after signing in; nothing is wrong with it.
    pub carried: bool,
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

#[derive(Debug, Default)]
struct Left {
    reply: Option<Reply>,
    cookies: Vec<HeaderValue>,
}

impl ReplySlot {
    /// Leaves a reply for the form that is being answered.
    pub fn give(reply: Reply) {
        if let Some(slot) = use_context::<Self>() {
            slot.left().reply = Some(reply);
        }
    }

    /// Sets a cookie with the answer, whatever it is.
    pub fn cookie(cookie: HeaderValue) {
        if let Some(slot) = use_context::<Self>() {
            slot.left().cookies.push(cookie);
        }
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Left {
        std::mem::take(&mut *self.left())
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

async fn answer(state: AppState, mut parts: Parts, body: Body, function: Uri) -> Response {
    if !is_form(&parts.headers) {
        return problem_page(state, parts, Problem::BadForm).await;
    }
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        return problem_page(state, parts, Problem::TooLarge).await;
    };
    let slot = ReplySlot::default();
    let context = {
        let (state, slot) = (state.clone(), slot.clone());
        move || {
            state.provide();
            provide_context(slot.clone());
        }
    };
    let mut request = Request::from_parts(parts.clone(), Body::from(bytes));
    *request.uri_mut() = function;
    // Its own answer is of no use to a person; one that left no reply could not read the form.
    let _ = leptos_axum::handle_server_fns_with_context(context, request).await;
    let Left { reply, cookies } = slot.take();
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
        Some(Reply::Again(form)) => {
            parts.method = Method::GET;
            let status = form.status();
            let mut response = page(state, parts, move || provide_context(form.clone())).await;
            *response.status_mut() = status;
            // What it shows may be shown once only.
            response.headers_mut().insert(
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-store"),
            );
            response
        }
    };
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
