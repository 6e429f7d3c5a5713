//! What a session holds: who signed in, and a form that waits: of an incident, or of a step with one.

use axum::http::{header, request::Parts};
use domain::{
    incident::{Draft, IncidentNumber, StepKind},
    people::Actor,
    triage::Answers,
};
use leptos::prelude::*;
use portal_core::{
    Portal,
    accounts::{self, Person},
    sessions::{ADDRESS_KEY, AGENT_KEY, BEGUN_KEY, FIRST_STEP_KEY},
};
use serde::{Deserialize, Serialize};
use tower_sessions::{Session, session::Error};

use super::{
    IncidentReply, ReplySlot, StepReply, Typed, Visit, cookies, local_path, state,
    waiting_step::WaitingStep,
};

/// The name under which a session holds the person who signed in.
pub use portal_core::sessions::PERSON_KEY as PERSON;
/// As whom they act in it: with the role and the customer that they had when it got its id.
const ACTOR: &str = "actor";
/// An incident form that was sent without being signed in, or left for the guide.
const FORM: &str = "form";
/// A step that was sent without being signed in.
const STEP: &str = "step";
/// Either of them while nobody is signed in yet: for whoever signs in through a provider, where no form can go along.
const ASIDE: &str = "form_set_aside";
/// When the first step was passed, and where to go after the second.
const WAITING: &str = "waiting";
/// The secret of an authenticator app that is being set up.
const SECRET: &str = "secret";

/// How long after the first step the second is taken: ten minutes, in milliseconds.
const BETWEEN_STEPS_MS: i64 = 10 * 60_000;

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

/// What is kept between the two steps of signing in.
#[derive(Serialize, Deserialize)]
struct Waiting {
    since: i64,
    first: String,
    next: String,
}

/// Who passed the first step of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstStep {
    /// The person's id.
    pub person: i64,
    /// By what they passed it.
    pub first: String,
    /// Where to go afterwards.
    pub next: String,
    /// Too much time has passed: it counts no more.
    pub expired: bool,
}

fn session() -> Option<Session> {
    use_context::<Parts>()?.extensions.get::<Session>().cloned()
}

/// The id of the session, to tell it from the person's others. It is a secret.
pub fn id() -> Option<String> {
    session()?.id().map(|id| id.to_string())
}

/// Goes on for whoever just proved who they are by a first step: a password, a link, single sign-on. Whoever has a second
/// factor is asked for it and is not signed in before; for everybody else a session starts. Gives where to go. `first` is
/// what the first step was: `password`, `link`, or the id of a provider.
///
/// # Errors
/// The session's store could not be reached.
pub async fn after_first_step(
    person: &Person,
    first: &str,
    next: &str,
    carry: &str,
) -> Result<String, Error> {
    if !person.second_factor {
        begin(person, carry).await?;
        return Ok(local_path(next).to_owned());
    }
    let Some(session) = session() else {
        return Ok(local_path(next).to_owned());
    };
    session.clear().await;
    session.cycle_id().await?;
    session.insert(FIRST_STEP_KEY, person.id).await?;
    let waiting = Waiting {
        since: state().portal.now().0,
        first: first.to_owned(),
        next: next.to_owned(),
    };
    session.insert(WAITING, waiting).await?;
    keep(&session, carry).await?;
    Ok("/sign-in/code".to_owned())
}

/// Who passed the first step in this session, if somebody did.
pub async fn first_step() -> Option<FirstStep> {
    let session = session()?;
    let person = session.get(FIRST_STEP_KEY).await.ok().flatten()?;
    let waiting: Waiting = session.get(WAITING).await.ok().flatten()?;
    Some(FirstStep {
        person,
        first: waiting.first,
        next: waiting.next,
        expired: state().portal.now().0 - waiting.since >= BETWEEN_STEPS_MS,
    })
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
    session.insert(PERSON, person.id).await?;
    session.insert(ACTOR, person.actor).await?;
    session.insert(BEGUN_KEY, state().portal.now().0).await?;
    session
        .insert(ADDRESS_KEY, Visit::current().origin.address)
        .await?;
    session.insert(AGENT_KEY, agent()).await?;
    keep(&session, carry).await?;
    remember(person).await;
    Ok(())
}

/// Keeps a form that waits for its sender.
async fn keep(session: &Session, carry: &str) -> Result<(), Error> {
    if let Ok(form) = serde_json::from_str::<Carried>(carry) {
        return session.insert(FORM, form).await;
    }
    match serde_json::from_str::<WaitingStep>(carry) {
        Ok(step) => session.insert(STEP, step).await,
        Err(_) => Ok(()),
    }
}

/// What the browser calls itself.
fn agent() -> String {
    use_context::<Parts>()
        .and_then(|parts| {
            let agent = parts.headers.get(header::USER_AGENT)?;
            agent.to_str().ok().map(str::to_owned)
        })
        .unwrap_or_default()
}

/// What a browser keeps of whoever signed in: their language, and that it did, for when strangers try.
async fn remember(person: &Person) {
    if person.language.is_some()
        && let Some(cookie) = state().site.language_cookie(person.language)
    {
        ReplySlot::cookie(cookie);
    }
    match accounts::device(&state().portal, person.id).await {
        Ok(device) => {
            if let Some(cookie) = device.as_deref().and_then(cookies::device_cookie) {
                ReplySlot::cookie(cookie);
            }
        }
        Err(error) => tracing::error!(%error, "a browser is not remembered"),
    }
}

/// Gives the session a new id, with all that it holds: whoever is in it may do more or other things from now on.
///
/// # Errors
/// The session's store could not be reached.
pub async fn renew(person: &Person) -> Result<(), Error> {
    if let Some(session) = session() {
        session.cycle_id().await?;
        session.remove::<String>(SECRET).await?;
        remember(person).await;
    }
    Ok(())
}

/// Gives the session of a person a new id if they have another role or customer than when it got the one that it has:
/// whoever knows that one must not come to what they may do now.
///
/// # Errors
/// The session's store could not be reached.
pub async fn follow(session: &Session, person: &Person) -> Result<(), Error> {
    // One from before this was kept has no actor, or one that cannot be read: as good as another.
    let before: Option<Actor> = session.get(ACTOR).await.ok().flatten();
    if before == Some(person.actor) {
        return Ok(());
    }
    session.cycle_id().await?;
    session.insert(ACTOR, person.actor).await?;
    // Now, not after the answer: what answers may ask for the id.
    session.save().await
}

/// The secret of the authenticator app that is being set up in this session; a new one at first.
pub async fn app_secret() -> Option<String> {
    let session = session()?;
    if let Ok(Some(secret)) = session.get(SECRET).await {
        return Some(secret);
    }
    let secret = accounts::new_secret(&state().portal);
    session.insert(SECRET, &secret).await.ok()?;
    Some(secret)
}

/// Sets a form aside, as [`carry`] wrote it, in the session of somebody who is not signed in. Only one with a key that the
/// portal issued: else anybody could fill the sessions with what was never a form.
///
/// # Errors
/// The session's store could not be reached.
pub(super) async fn set_aside(
    portal: &Portal,
    session: &Session,
    carry: &str,
) -> Result<(), Error> {
    if carry.len() > MOST_ASIDE {
        return Ok(());
    }
    let Some(key) = form_key(carry) else {
        return Ok(());
    };
    match portal.issued(&key).await {
        Ok(true) => session.insert(ASIDE, carry).await,
        Ok(false) => Ok(()),
        Err(error) => {
            tracing::error!(%error, "the key of a form that waits could not be checked");
            Ok(())
        }
    }
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

/// The key of a form that [`carry`] or [`carry_step`] wrote.
pub fn form_key(carry: &str) -> Option<String> {
    if let Ok(form) = serde_json::from_str::<Carried>(carry) {
        return Some(form.key);
    }
    let step: WaitingStep = serde_json::from_str(carry).ok()?;
    step.key().map(str::to_owned)
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

/// The form that waits in this session, as [`carry`] or [`carry_step`] gave it.
pub async fn carried() -> String {
    let Some(session) = session() else {
        return String::new();
    };
    if let Ok(Some(form)) = session.get::<Carried>(FORM).await {
        return serde_json::to_string(&form).unwrap_or_default();
    }
    match session.get::<WaitingStep>(STEP).await {
        Ok(Some(step)) => serde_json::to_string(&step).unwrap_or_default(),
        _ => String::new(),
    }
}

/// An incident form as a text that a hidden field of the sign-in form carries.
pub fn carry(form: &IncidentReply) -> String {
    serde_json::to_string(&Carried::of(form)).unwrap_or_default()
}

/// The form of a step, as it was sent, as such a text.
pub fn carry_step(sent: &Typed) -> String {
    serde_json::to_string(&WaitingStep::of(sent)).unwrap_or_default()
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

/// The step with this incident that was waiting, if there is one. It stays until it is taken.
pub async fn waiting_step(number: IncidentNumber) -> Option<StepReply> {
    let step: WaitingStep = session()?.get(STEP).await.ok().flatten()?;
    Some(step).filter(|step| step.is_of(number))?.reply()
}

/// Forgets the step that was waiting, once one of its kind is taken with its incident.
pub async fn forget_step(number: IncidentNumber, kind: StepKind) {
    let Some(session) = session() else {
        return;
    };
    if let Ok(Some(step)) = session.get::<WaitingStep>(STEP).await
        && step.is_of(number)
        && step.kind() == Some(kind)
        && let Err(error) = session.remove::<WaitingStep>(STEP).await
    {
        tracing::warn!(%error, "a step that was taken stays in its session");
    }
}
