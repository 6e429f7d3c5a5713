//! Each request: its id, its line in the log, who visits and in which language.

use std::time::Instant;

use app::server::{
    AppState, Visit,
    session::{self, PERSON},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::text::Lang;
use portal_core::{Origin, accounts};
use tower_sessions::Session;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{address::ClientAddress, unsubscribe};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, as every line of its log and its answer carry it.
#[derive(Clone, Debug, Default)]
pub struct RequestId(pub String);

/// Gives the request an id and writes its line in the log. The query is left out: it may carry somebody's answers.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().to_string();
    let span = tracing::info_span!("request", id, method = %request.method(), path = logged_path(request.uri().path()));
    request.extensions_mut().insert(RequestId(id.clone()));
    async move {
        let start = Instant::now();
        let mut response = next.run(request).await;
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        tracing::info!(
            status = response.status().as_u16(),
            ms = start.elapsed().as_secs_f64() * 1000.0,
            "answered"
        );
        response
    }
    .instrument(span)
    .await
}

/// A path as the log has it: what a link carries opens an account or ends somebody's mail, so that is left out.
pub fn logged_path(path: &str) -> &str {
    ["/invitation/", unsubscribe::BEGINS]
        .into_iter()
        .find(|link| path.starts_with(link))
        .unwrap_or(path)
}

/// Finds out who visits and in which language, for whatever answers the request.
pub async fn recognize(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let person = match &session {
        Some(session) => session.get::<i64>(PERSON).await,
        None => Ok(None),
    };
    let person = match person {
        Ok(None) => Ok(None),
        Ok(Some(person)) => accounts::person(&state.portal, person)
            .await
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let person = match (&session, person) {
        (Some(session), Ok(Some(person))) => session::follow(session, &person)
            .await
            .map(|()| Some(person))
            .map_err(|error| error.to_string()),
        (_, person) => person,
    };
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let address = request
        .extensions()
        .get::<ClientAddress>()
        .map(|ClientAddress(address)| address.to_string())
        .unwrap_or_default();
    let failed = match &person {
        Err(error) => {
            tracing::error!(error, "the visitor could not be recognized");
            true
        }
        Ok(_) => false,
    };
    let person = person.unwrap_or_default();
    // What somebody chose counts for more than what was chosen in this browser.
    let lang = person
        .as_ref()
        .and_then(|person| person.language)
        .unwrap_or_else(|| language(request.headers()));
    request.extensions_mut().insert(Visit {
        lang,
        person,
        origin: Origin {
            address,
            request: request_id,
        },
    });
    if failed {
        return app::server::problem_page(
            state,
            request.into_parts().0,
            app::server::Problem::Internal,
        )
        .await
        .into_response();
    }
    next.run(request).await
}

/// The person's choice, kept in a cookie, else the first language of their browser that the portal speaks.
pub fn language(headers: &HeaderMap) -> Lang {
    let chosen = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().strip_prefix("lang="))
        .find_map(Lang::from_tag);
    chosen
        .or_else(|| {
            headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|value| value.to_str().ok())
                .and_then(preferred)
        })
        .unwrap_or_default()
}

/// The language with the highest weight of an `Accept-Language` that the portal speaks.
fn preferred(accepted: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for entry in accepted.split(',') {
        let mut parts = entry.split(';');
        let lang = parts.next().map(str::trim).and_then(Lang::from_tag);
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
        if let Some(lang) = lang
            && weight > 0.0
            && best.is_none_or(|(most, _)| weight > most)
        {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_that_is_spoken() {
        assert_eq!(preferred("ko-KR,ko;q=0.9,en;q=0.8"), Some(Lang::Ko));
        assert_eq!(preferred("de,en;q=0.7,ko;q=0.9"), Some(Lang::Ko));
        assert_eq!(preferred("fr, en-GB;q=0.4"), Some(Lang::En));
        assert_eq!(preferred("de, ko;q=0"), None);
        assert_eq!(preferred(""), None);
    }

    #[test]
    fn the_persons_choice_comes_first() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("session=x; lang=ko"),
        );
        assert_eq!(language(&headers), Lang::Ko);
        headers.insert(header::COOKIE, HeaderValue::from_static("lang=xx"));
        assert_eq!(language(&headers), Lang::En);
    }
}
