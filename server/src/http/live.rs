//! Streams to pages that are open: they say "look again", and nothing of what there is to see. The page then asks for
//! itself, as whoever reads it.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{islands::BY_ITSELF, server::AppState};
use axum::{
    Extension, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{
        IntoResponse as _, Response,
        sse::{Event, Sse},
    },
    routing::{MethodRouter, get},
};
use domain::incident::{IncidentNumber, Stage};
use futures_util::{StreamExt as _, stream};
use portal_core::{
    CoreError, Portal, accounts, incidents,
    news::{News, Watching},
    sessions,
};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::Session;

use super::{Shared, exports::visitor};

/// The address of the stream of the queue.
const DESK: &str = "/desk/events";

/// That of an incident.
const INCIDENT: &str = "/incidents/{number}/events";

/// The most streams of one session: a browser that speaks HTTP/1.1 opens six connections, and pages need some of them.
const MOST: usize = 4;

/// The most streams of one person, in all their sessions.
const MOST_OF_PERSON: usize = 16;

/// How often something is sent, so that what lies between keeps the connection, and it is seen that a session has ended.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How often it is looked whether time alone changed the queue: nobody tells of that. Tests do not wait so long.
const GLANCE: Duration = if cfg!(test) {
    Duration::from_secs(1)
} else {
    HEARTBEAT
};

/// How long it takes from some news to the look: whoever is told asks for a whole page, and PostgreSQL tells once more
/// what was told in the same process.
const PACE: Duration = Duration::from_millis(500);

/// After how long a browser connects again.
const RETRY: Duration = Duration::from_secs(5);

/// The streams: of an incident, and of the queue.
pub fn streams() -> [(&'static str, MethodRouter<Shared>); 2] {
    [(INCIDENT, get(incident)), (DESK, get(desk))]
}

/// The streams with what they share.
pub fn routes() -> Router<Shared> {
    let mut routes = Router::new();
    for (path, stream) in streams() {
        routes = routes.route(path, stream);
    }
    routes
        .layer(Extension(Streams::default()))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ))
}

/// Keeps a session from living longer for what a browser asks by itself: a stream, or a page once more after it was told
/// of something. Else a page that is left open would never be signed out.
pub async fn by_itself(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let stream = path == DESK || (path.starts_with("/incidents/") && path.ends_with("/events"));
    if stream || request.headers().contains_key(BY_ITSELF) {
        sessions::by_itself(next.run(request)).await
    } else {
        next.run(request).await
    }
}

/// The streams that are open: for each of a person's the session that it belongs to.
#[derive(Clone, Default)]
struct Streams(Arc<Mutex<HashMap<i64, Vec<String>>>>);

impl Streams {
    /// One more, unless there are too many.
    fn begin(&self, person: i64, session: &str) -> Option<Held> {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(person).or_default();
        let same = open.iter().filter(|one| *one == session).count();
        if same >= MOST || open.len() >= MOST_OF_PERSON {
            return None;
        }
        open.push(session.to_owned());
        Some(Held {
            streams: self.clone(),
            person,
            session: session.to_owned(),
        })
    }

    /// One less.
    fn end(&self, person: i64, session: &str) {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = streams.get_mut(&person) else {
            return;
        };
        if let Some(place) = open.iter().position(|one| one == session) {
            open.swap_remove(place);
        }
        if open.is_empty() {
            streams.remove(&person);
        }
    }
}

/// A stream that counts, until it is dropped.
struct Held {
    streams: Streams,
    person: i64,
    session: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.streams.end(self.person, &self.session);
    }
}

#[derive(Default, Deserialize)]
struct Asked {
    /// How many events the page shows.
    #[serde(default)]
    after: String,
}

async fn incident(
    State(state): State<AppState>,
    Extension(streams): Extension<Streams>,
    Path(number): Path<String>,
    request: Request,
) -> Response {
    match IncidentNumber::parse(&number) {
        Some(number) => open(state, streams, What::Incident(number), request).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn desk(
    State(state): State<AppState>,
    Extension(streams): Extension<Streams>,
    request: Request,
) -> Response {
    open(state, streams, What::Desk, request).await
}

/// A stream, or an answer after which a browser asks no more.
async fn open(state: AppState, streams: Streams, what: What, request: Request) -> Response {
    let (visit, portal) = visitor(&state, &request);
    let session = request.extensions().get::<Session>().and_then(Session::id);
    let (Some(person), Some(session)) = (visit.actor().person(), session) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let session = session.to_string();
    let Some(held) = streams.begin(person, &session) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    // A browser that connects again says what it was told last.
    let last = last_id(request.headers());
    let asked = Query::<Asked>::try_from_uri(request.uri())
        .map(|Query(asked)| asked)
        .unwrap_or_default();
    let listener = Listener {
        // Before the first look, so that nothing falls between.
        watching: portal.watch(),
        portal,
        session,
        person,
        what,
        seen: last.or(asked.after.parse().ok()).unwrap_or_default(),
        stages: None,
        first: Some(last.is_some()),
        _held: held,
    };
    match listener.sight().await {
        Ok(Some(_)) => {}
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a stream could not be opened");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    }
    let first = Event::default().id(listener.seen.to_string()).retry(RETRY);
    let pieces = stream::once(async { Ok::<_, Infallible>(first) })
        .chain(stream::unfold(listener, Listener::piece));
    // A proxy that waits until it has enough would keep everything back.
    ([("x-accel-buffering", "no")], Sse::new(pieces)).into_response()
}

fn last_id(headers: &HeaderMap) -> Option<u32> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

/// What a page shows.
#[derive(Clone, Copy, Debug)]
enum What {
    Incident(IncidentNumber),
    Desk,
}

impl What {
    /// Whether news may be about it.
    fn is_in(self, news: News) -> bool {
        match (self, news) {
            (Self::Incident(number), News::Of(other)) => number == other,
            (Self::Incident(_), News::Any) | (Self::Desk, _) => true,
        }
    }
}

/// What they see of it.
enum Sight {
    /// So many events of an incident.
    Events(u32),
    /// The queue, with how near its due times are.
    Desk(Vec<(IncidentNumber, Stage)>),
}

/// What came of a look.
enum Look {
    /// There is something new.
    New(Event),
    /// Nothing.
    Same,
    /// Whoever listens is not signed in any more, or may not see it.
    Gone,
}

/// Somebody who has a page open.
struct Listener {
    portal: Portal,
    session: String,
    person: i64,
    what: What,
    watching: Watching,
    /// How many events they were told of.
    seen: u32,
    /// How near the due times of the queue were at the last look.
    stages: Option<Vec<(IncidentNumber, Stage)>>,
    /// Nobody looked yet: whether something may have happened while they were not connected.
    first: Option<bool>,
    _held: Held,
}

impl Listener {
    /// The next piece, when there is something to say or it is time for a sign of life; none at the end. Each comes of a
    /// look of its own.
    async fn piece(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let beat = Instant::now() + HEARTBEAT;
        let mut first = self.first.take();
        loop {
            let told = match first.take() {
                Some(again) => again,
                None => self.told(beat).await?,
            };
            match self.look(told).await {
                Ok(Look::New(event)) => return Some((Ok(event), self)),
                // The sign of life comes when it would have come anyway: that there was news tells of a note.
                Ok(Look::Same) if Instant::now() < beat => {}
                Ok(Look::Same) => return Some((Ok(Event::default().comment("")), self)),
                Ok(Look::Gone) => return None,
                Err(error) => {
                    tracing::error!(%error, "a stream broke off");
                    return None;
                }
            }
        }
    }

    /// Waits for news of what they look at, or until it is time for a look or a sign of life: whether there are some. None
    /// if nothing will be told any more.
    async fn told(&mut self, beat: Instant) -> Option<bool> {
        let wake = match self.what {
            What::Incident(_) => beat,
            What::Desk => beat.min(Instant::now() + GLANCE),
        };
        let goes_on = tokio::select! {
            goes_on = self.heard() => goes_on,
            () = sleep_until(wake) => return Some(false),
        };
        if !goes_on {
            return None;
        }
        sleep_until(beat.min(Instant::now() + PACE)).await;
        // The look that follows finds what was told meanwhile as well.
        self.watching.pass_over();
        Some(true)
    }

    /// Waits until something happens to what they look at; `false` if nothing will any more.
    async fn heard(&mut self) -> bool {
        while let Some(news) = self.watching.next().await {
            if self.what.is_in(news) {
                return true;
            }
        }
        false
    }

    async fn look(&mut self, told: bool) -> Result<Look, CoreError> {
        let new = match self.sight().await? {
            None => return Ok(Look::Gone),
            Some(Sight::Events(count)) => {
                let more = count > self.seen;
                self.seen = self.seen.max(count);
                more
            }
            Some(Sight::Desk(stages)) => {
                // Or what was told got lost on the way.
                let passed = self.stages.as_ref().is_some_and(|last| *last != stages);
                self.stages = Some(stages);
                told || passed
            }
        };
        if !new {
            return Ok(Look::Same);
        }
        let mark = self.seen.to_string();
        Ok(Look::New(Event::default().id(&mark).data(&mark)))
    }

    /// What they may see now; none if that is nothing. Asked anew each time: they may have signed out or lost what they had.
    /// That a page is open does not keep their session alive.
    async fn sight(&self) -> Result<Option<Sight>, CoreError> {
        let portal = &self.portal;
        if sessions::holder(portal, &self.session).await? != Some(self.person) {
            return Ok(None);
        }
        let Some(person) = accounts::person(portal, self.person).await? else {
            return Ok(None);
        };
        // As the guard has it: they are sent away from every page until they have set it up.
        if person.role.needs_second_factor() && !person.second_factor {
            return Ok(None);
        }
        match self.what {
            What::Incident(number) => {
                let count = incidents::shown(portal, person.actor, number).await?;
                Ok(count.map(Sight::Events))
            }
            What::Desk => {
                let stages = incidents::stages(portal, person.actor).await?;
                Ok(stages.map(Sight::Desk))
            }
        }
    }
}
