//! What a session holds: who signed in, and an incident form that waits.

use axum::http::request::Parts;
use domain::{incident::Draft, triage::Answers};
use leptos::prelude::*;
use portal_core::accounts::Person;
use serde::{Deserialize, Serialize};
use tower_sessions::{
    Expiry, Session,
    cookie::time::{Duration, OffsetDateTime},
    session::Error,
};

use super::{IncidentReply, local_path, state};

/// The name under which a session holds the person who signed in.
pub use portal_core::sessions::PERSON_KEY as PERSON;
/// An incident form that was sent without being signed in, or left for the guide.
const FORM: &str = "form";
/// The same while nobody is signed in yet: for whoever signs in through a provider, where no form can go along.
const ASIDE: &str = "form_set_aside";

/// The most bytes of a form that is set aside for somebody who is not signed in.
const MOST_ASIDE: usize = 128 * 1024;

/// An incident form on its way through signing in, or through the guide.
#[derive(Serialize, Deserialize)]
struct Carried {
    draft: Draft,
    key: String,
    answers: Answers,
    #[serde(default)]
    prepared: Option<i64>,
}

impl Carried {
    fn of(form: &IncidentReply) -> Self {
        Self {
            draft: form.draft.clone(),
            key: form.key.clone(),
            answers: form.answers.clone(),
            prepared: form.prepared,
        }
    }
}

fn session() -> Option<Session> {
    use_context::<Parts>()?.extensions.get::<Session>().cloned()
}

/// Starts a session for whoever just proved who they are, under a new id.
///
/// # Errors
/// The session's store could not be reached.
pub async fn begin(person: &Person, carry: &str) -> Result<(), Error> {
    let Some(session) = session() else {
        return Ok(());
    };
    // A session from before must not become one that is signed in, nor keep what it held.
    session.clear().await;
    session.cycle_id().await?;
    // By the portal's clock, as everything else; the store judges by it as well.
    let state = state();
    let now =
        OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::milliseconds(state.portal.now().0));
    let end = now.saturating_add(Duration::hours(state.site.session_hours.into()));
    session.set_expiry(Some(Expiry::AtDateTime(end)));
    session.insert(PERSON, person.id).await?;
    if let Ok(form) = serde_json::from_str::<Carried>(carry) {
        session.insert(FORM, form).await?;
    }
    Ok(())
}

/// Signs in whoever just proved who they are without a password, and says where they go on to.
///
/// # Errors
/// The session's store could not be reached.
pub async fn after_first_step(person: &Person, next: &str, carry: &str) -> Result<String, Error> {
    begin(person, carry).await?;
    Ok(local_path(next).to_owned())
}

/// Sets a form aside, as [`carry`] wrote it, in the session of somebody who is not signed in.
///
/// # Errors
/// The session's store could not be reached.
pub(super) async fn set_aside(session: &Session, carry: &str) -> Result<(), Error> {
    if carry.len() > MOST_ASIDE || form_key(carry).is_none() {
        return Ok(());
    }
    session.insert(ASIDE, carry).await
}

/// The form with this key, as [`carry`] wrote it, if it was set aside; else empty. Only a page that showed the form
/// knows its key, so that nobody else at the same browser finds it.
pub async fn form_set_aside(key: &str) -> String {
    let Some(session) = session() else {
        return String::new();
    };
    let carry: Option<String> = session.get(ASIDE).await.ok().flatten();
    carry
        .filter(|carry| form_key(carry).as_deref() == Some(key))
        .unwrap_or_default()
}

/// The key of a form that [`carry`] wrote.
pub fn form_key(carry: &str) -> Option<String> {
    serde_json::from_str(carry)
        .ok()
        .map(|form: Carried| form.key)
}

/// Ends the session.
///
/// # Errors
/// The session's store could not be reached.
pub async fn end() -> Result<(), Error> {
    match session() {
        Some(session) => session.flush().await,
        None => Ok(()),
    }
}

/// An incident form as a text that a hidden field of the sign-in form carries.
pub fn carry(form: &IncidentReply) -> String {
    serde_json::to_string(&Carried::of(form)).unwrap_or_default()
}

/// Lets an incident form wait while its answers are changed in the guide.
///
/// # Errors
/// The session's store could not be reached.
pub async fn keep_form(form: &IncidentReply) -> Result<(), Error> {
    match session() {
        Some(session) => session.insert(FORM, Carried::of(form)).await,
        None => Ok(()),
    }
}

/// The form that was waiting, if there is one. It stays until it is filed.
pub async fn waiting_form() -> Option<IncidentReply> {
    let carried: Carried = session()?.get(FORM).await.ok().flatten()?;
    Some(IncidentReply {
        draft: carried.draft,
        key: carried.key,
        answers: carried.answers,
        prepared: carried.prepared,
        carried: true,
        ..IncidentReply::default()
    })
}

/// Forgets the form that was waiting, once it is filed.
pub async fn forget_form() {
    if let Some(session) = session()
        && let Err(error) = session.remove::<Carried>(FORM).await
    {
        tracing::warn!(%error, "a form that was filed stays in its session");
    }
}
