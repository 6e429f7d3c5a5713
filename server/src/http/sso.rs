//! Single sign-on: to the provider, and back from it.
//!
//! The browser's session remembers what the provider was asked; an answer is known by its `state` and taken once. What
//! the provider says goes to the log at most: the sign-in page has a word of its own for each end that is not a person.

use std::{collections::HashMap, sync::Arc};

use app::server::{
    AppState, Problem, SsoProblem, Visit, encoded, in_context, local_path, problem_page, session,
};
use axum::{
    Extension, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get},
};
use domain::people::Actor;
use portal_core::{Portal, accounts};
use serde::{Deserialize, Serialize};
use tower_sessions::{Session, session::Error};

use super::Shared;
use crate::sso::{Connection, Failed, Providers, Secrets};

/// Under which name a session holds what providers were asked.
const ASKED: &str = "sso";

/// For how long an answer is waited for, in milliseconds.
const PATIENCE: i64 = 10 * 60_000;

/// In how many tabs of one browser somebody may be on the way at once.
const MOST_ASKED: usize = 4;

/// What a provider was asked, for whom it is to answer.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    provider: String,
    secrets: Secrets,
    at: i64,
    next: String,
    /// The key of the form that waits for it; empty if none does.
    form: String,
}

type Values = Query<HashMap<String, String>>;

/// The addresses of single sign-on: there, and back.
pub fn ways() -> [(&'static str, MethodRouter<Shared>); 2] {
    [
        ("/sso/{provider}", get(start)),
        ("/sso/{provider}/callback", get(finish)),
    ]
}

/// The same with the providers that they lead to.
pub fn routes(providers: Arc<Providers>) -> Router<Shared> {
    let mut routes = Router::new();
    for (path, way) in ways() {
        routes = routes.route(path, way);
    }
    routes.layer(Extension(providers))
}

/// Sends whoever wants to sign in to the provider; `next` and `form` are for when they come back.
async fn start(
    State(state): State<AppState>,
    Extension(providers): Extension<Arc<Providers>>,
    Path(id): Path<String>,
    Query(values): Values,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let (Some(provider), Some(session)) = (providers.find(&id), session_of(&parts)) else {
        return problem_page(state, parts, Problem::NotFound).await;
    };
    let portal = asked_from(&state, &parts);
    let text = |name| values.get(name).cloned().unwrap_or_default();
    let (next, form) = (local_path(&text("next")).to_owned(), text("form"));
    if visitor(&parts).person.is_some() {
        return see_other(&next);
    }
    let (url, secrets) = match provider.start(&portal).await {
        Ok(started) => started,
        Err(error) => {
            tracing::warn!(provider = provider.id(), %error, "nobody can sign in through a provider");
            return back(SsoProblem::Unavailable, &next, &form);
        }
    };
    let asked = Asked {
        provider: id,
        secrets,
        at: portal.now().0,
        next,
        form,
    };
    match remember(&session, &portal, asked).await {
        Ok(()) => see_other(url.as_str()),
        Err(error) => {
            tracing::error!(%error, "a session could not be written");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}

/// Signs in whom the provider's answer stands for.
async fn finish(
    State(state): State<AppState>,
    Extension(providers): Extension<Arc<Providers>>,
    Path(id): Path<String>,
    Query(values): Values,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let (Some(provider), Some(session)) = (providers.find(&id), session_of(&parts)) else {
        return problem_page(state, parts, Problem::NotFound).await;
    };
    let portal = asked_from(&state, &parts);
    let result = async {
        let asked = take(&session, &portal, provider.id(), values.get("state")).await?;
        let (next, form) = asked
            .as_ref()
            .map_or(("/", ""), |asked| (&asked.next, &asked.form));
        let (next, form) = (next.to_owned(), form.to_owned());
        let identity = match answer(provider, &portal, asked, values).await {
            Ok(identity) => identity,
            Err(Failed::Unreachable(why)) => {
                tracing::warn!(
                    provider = provider.id(),
                    why,
                    "nobody can sign in through a provider"
                );
                return Ok(back(SsoProblem::Unavailable, &next, &form));
            }
            Err(Failed::Answer(why)) => {
                tracing::warn!(
                    provider = provider.id(),
                    why,
                    "an answer of a provider was refused"
                );
                accounts::refuse_answer(&portal, Actor::Anonymous, provider.id()).await?;
                return Ok(back(SsoProblem::Failed, &next, &form));
            }
        };
        let person = accounts::sign_in_with(&portal, Actor::Anonymous, &identity).await?;
        let Some(person) = person else {
            tracing::warn!(
                provider = provider.id(),
                "nobody is signed in by an identity"
            );
            return Ok(back(SsoProblem::Refused, &next, &form));
        };
        let to = in_context(&state, &parts, async move {
            let carry = session::form_set_aside(&form).await;
            session::after_first_step(&person, provider.id(), &next, &carry).await
        });
        let (to, cookies) = to.await;
        let mut response = see_other(&to?);
        for cookie in cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    };
    match result.await {
        Ok(response) => response,
        Err(Broken(error)) => {
            tracing::error!(error, "single sign-on failed");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}

/// What failed in the portal itself, for the log.
struct Broken(String);

impl<E: std::error::Error> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Who the answer stands for, if it is one to what was asked.
async fn answer(
    provider: &Connection,
    portal: &Portal,
    asked: Option<Asked>,
    mut values: HashMap<String, String>,
) -> Result<accounts::Identity, Failed> {
    let refuse = |why: &str| Err(Failed::Answer(why.to_owned()));
    let Some(asked) = asked else {
        return refuse("nothing was asked that it answers, or not in the last ten minutes");
    };
    if let Some(error) = values.get("error") {
        return refuse(&format!("the provider says {:?}", head(error)));
    }
    // RFC 9207: an answer of another provider must not be taken for this one's.
    if values
        .get("iss")
        .is_some_and(|iss| iss != provider.issuer())
    {
        return refuse("it names another issuer");
    }
    match values.remove("code") {
        Some(code) => provider.finish(portal, asked.secrets, code).await,
        None => refuse("it has no code"),
    }
}

/// The beginning of what somebody else wrote, for the log.
fn head(text: &str) -> String {
    text.chars().take(100).collect()
}

async fn remember(session: &Session, portal: &Portal, asked: Asked) -> Result<(), Error> {
    let mut all = waiting(session, portal).await?;
    if all.len() >= MOST_ASKED {
        all.remove(0);
    }
    all.push(asked);
    session.insert(ASKED, all).await
}

/// What was asked with this `state`, once; `None` if it was asked of another provider.
async fn take(
    session: &Session,
    portal: &Portal,
    provider: &str,
    state: Option<&String>,
) -> Result<Option<Asked>, Error> {
    let mut all = waiting(session, portal).await?;
    let found = all
        .iter()
        .position(|asked| state == Some(&asked.secrets.state));
    let Some(found) = found else {
        return Ok(None);
    };
    let asked = all.remove(found);
    session.insert(ASKED, all).await?;
    // At once, not with the response: the same answer may come again meanwhile.
    session.save().await?;
    Ok((asked.provider == provider).then_some(asked))
}

/// What is still waited for.
async fn waiting(session: &Session, portal: &Portal) -> Result<Vec<Asked>, Error> {
    let mut all: Vec<Asked> = session.get(ASKED).await?.unwrap_or_default();
    all.retain(|asked| portal.now().0 - asked.at < PATIENCE);
    Ok(all)
}

fn session_of(parts: &Parts) -> Option<Session> {
    parts.extensions.get::<Session>().cloned()
}

fn visitor(parts: &Parts) -> Visit {
    parts.extensions.get::<Visit>().cloned().unwrap_or_default()
}

fn asked_from(state: &AppState, parts: &Parts) -> Portal {
    state.portal.asked_from(visitor(parts).origin)
}

/// Back to the sign-in page, with what to say there.
fn back(problem: SsoProblem, next: &str, form: &str) -> Response {
    let mut to = format!("/sign-in?sso={}&next={}", problem.name(), encoded(next));
    if !form.is_empty() {
        to = format!("{to}&form={}", encoded(form));
    }
    see_other(&to)
}

/// Goes on to an address; no cache keeps the way there, which holds secrets.
fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    let headers = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
