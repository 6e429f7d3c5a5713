//! How often one address may try to be let in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use app::server::{AppState, Problem, answer_post, answer_post_at, problem_page};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
    routing::post,
};
use portal_core::accounts::network;
use tower_governor::{
    GovernorError, GovernorLayer, governor::GovernorConfigBuilder, key_extractor::KeyExtractor,
};

use super::{Shared, address::ClientAddress};

/// The addresses of forms that one address may post to only so often, beside `/invitation/{token}`.
pub const FORMS: [&str; 2] = ["/sign-in", "/sign-in/code"];

/// The address of the forms that links lead to.
pub const LINK: &str = "/invitation/{token}";

/// After how many requests the addresses are forgotten that are quiet again.
const TIDY_EVERY: u32 = 1024;

/// What is counted: where somebody comes from.
#[derive(Clone, Copy, Debug)]
struct ByNetwork;

impl KeyExtractor for ByNetwork {
    type Key = String;

    fn extract<T>(&self, request: &axum::http::Request<T>) -> Result<String, GovernorError> {
        let address = request.extensions().get::<ClientAddress>();
        // Whoever has no address is counted as one.
        Ok(address.map_or_else(String::new, |ClientAddress(address)| {
            network(&address.to_string())
        }))
    }
}

/// The forms of whoever wants to be let in, and `single_sign_on`, each address so many times a minute over all of them.
pub fn routes(
    mut pages: Router<Shared>,
    single_sign_on: Router<Shared>,
    per_minute: u32,
) -> Router<Shared> {
    let per_minute = per_minute.max(1);
    let quota = GovernorConfigBuilder::default()
        .period(Duration::from_mins(1) / per_minute)
        .burst_size(per_minute)
        .key_extractor(ByNetwork)
        .finish();
    let Some(quota) = quota else {
        // Neither of its figures is zero.
        return pages.merge(single_sign_on);
    };
    let (limiter, asked) = (quota.limiter().clone(), Arc::new(AtomicU32::new(1)));
    let tidy = middleware::from_fn(move |request: Request, next: Next| {
        if asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == 0 {
            limiter.retain_recent();
        }
        next.run(request)
    });
    let limit = GovernorLayer::new(quota).error_handler(refused);
    for path in FORMS {
        let form = post(answer_post).layer(limit.clone()).layer(tidy.clone());
        pages = pages.route(path, form);
    }
    let link = post(|State(state): State<AppState>, request: Request| {
        answer_post_at("/invitation", state, request)
    });
    pages
        .route(LINK, link.layer(limit.clone()).layer(tidy.clone()))
        .merge(single_sign_on.layer(limit).layer(tidy))
}

/// Marks an answer that still needs its words.
#[derive(Clone, Copy, Debug)]
struct Refused;

fn refused(error: GovernorError) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    if let GovernorError::TooManyRequests { wait_time, .. } = error {
        response.headers_mut().insert(
            header::RETRY_AFTER,
            HeaderValue::from(wait_time.saturating_add(1)),
        );
    }
    response.extensions_mut().insert(Refused);
    response
}

/// Says it in words, on a page of the portal.
pub async fn in_words(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST && !request.uri().path().starts_with("/sso/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    if response.extensions().get::<Refused>().is_none() {
        return response;
    }
    let mut page = problem_page(state, parts, Problem::TooMany).await;
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut()
            .insert(header::RETRY_AFTER, after.clone());
    }
    page
}
