//! Forms are taken from the portal's own pages only, and addresses no longer than a page needs.

use app::server::{AppState, Problem, Visit, problem_page};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{unsubscribe, visit::logged_path};

/// Refuses what another site made a browser send, and whatever cannot show where it comes from.
pub async fn same_site(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // The one form that others may send: mail programs do, and a link of the portal's says all that it does.
    let by_link =
        request.method() == Method::POST && request.uri().path().starts_with(unsubscribe::BEGINS);
    if request.method().is_safe() || by_link || from_here(request.headers(), &state.site.origin) {
        return next.run(request).await;
    }
    tracing::warn!(
        path = logged_path(request.uri().path()),
        "a request from elsewhere was refused"
    );
    problem_page(state, request.into_parts().0, Problem::Forbidden).await
}

/// The most bytes that an address may have after its `?`. A page takes a few short values from there, and reading very many
/// takes the square of their number.
const MOST_QUERY: usize = 8 * 1024;

/// Refuses an address with more after its `?` than any page takes.
pub async fn short_query(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if query.len() <= MOST_QUERY {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    // Nor does the error page read it, or lead back to it.
    parts.uri = parts.uri.path().parse().unwrap_or_default();
    problem_page(state, parts, Problem::LongAddress).await
}

/// Where somebody is sent who has to set up a second factor first.
const SET_UP: &str = "/me/security/authenticator";

/// What stays open to them: setting it up, choosing a language, leaving, and the picture in the browser's tab.
const OPEN: [&str; 4] = [SET_UP, "/language", "/sign-out", "/favicon.svg"];

/// Sends whoever needs a second factor and has none yet to set it up, from everywhere.
pub async fn second_factor_first(request: Request, next: Next) -> Response {
    let missing = request
        .extensions()
        .get::<Visit>()
        .and_then(|visit| visit.person.as_ref())
        .is_some_and(|person| person.role.needs_second_factor() && !person.second_factor);
    if missing && !OPEN.contains(&request.uri().path()) {
        return Redirect::to(SET_UP).into_response();
    }
    next.run(request).await
}

/// Browsers say in `Sec-Fetch-Site` where a request comes from; older ones, and those on plain HTTP, in `Origin`.
fn from_here(headers: &HeaderMap, own: &str) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.eq_ignore_ascii_case(own),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, axum::http::HeaderValue::from_static(value));
        }
        from_here(&map, "https://support.example.com")
    }

    #[test]
    fn only_own_pages_may_post() {
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(from(&[("sec-fetch-site", "none")]));
        assert!(from(&[("origin", "https://support.example.com")]));
        for bad in ["same-site", "cross-site", "", "x"] {
            let mut map = HeaderMap::new();
            map.insert(
                "sec-fetch-site",
                axum::http::HeaderValue::from_str(bad).expect("a header"),
            );
            assert!(!from_here(&map, "https://support.example.com"), "{bad}");
        }
        // What the browser says of the site counts for more than an origin that looks right.
        assert!(!from(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://support.example.com")
        ]));
        assert!(!from(&[(
            "origin",
            "https://support.example.com.evil.example"
        )]));
        assert!(!from(&[("origin", "null")]));
        assert!(!from(&[]));
    }
}
