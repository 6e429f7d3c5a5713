//! HTTP: routes, who visits, what a request may do, and what every answer carries.

mod guard;
mod visit;

use std::path::Path;

use app::server::{App, AppState, Problem, answer_post, page, problem_page};
use axum::{
    Router,
    extract::{FromRef, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use portal_core::sessions::SessionStore;
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    services::ServeDir,
    set_header::SetResponseHeaderLayer,
};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time::Duration},
};

/// What the routes share; `leptos_axum` takes its options from it.
#[derive(Clone)]
pub struct Shared(pub AppState);

impl FromRef<Shared> for LeptosOptions {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.leptos.clone()
    }
}

impl FromRef<Shared> for AppState {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.clone()
    }
}

/// The addresses that a form may be posted to, each answered by the server function of that address.
const FORMS: [&str; 4] = ["/incidents/new", "/language", "/sign-in", "/sign-out"];

/// How hard a page is compressed while it is sent. From 2 on, brotli's window takes megabytes for each long page, and
/// some of that stays; 1 costs a sixth more bytes.
const QUALITY: i32 = 1;

/// The whole portal.
pub fn router(state: AppState, site: &Path) -> Router {
    let shared = Shared(state.clone());
    let secure = state.site.secure();
    let sessions = SessionManagerLayer::new(SessionStore::new(state.portal.clone()))
        // A browser takes a `__Host-` cookie over TLS only.
        .with_name(if secure { "__Host-session" } else { "session" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::hours(
            state.site.session_hours.into(),
        )));

    let routes = generate_route_list(App);
    let mut pages = Router::<Shared>::new().leptos_routes_with_handler(routes, get(render));
    for path in FORMS {
        pages = pages.route(path, post(answer_post));
    }
    let files = ServeDir::new(site)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    let hashed = ServeDir::new(site.join("pkg"))
        .precompressed_br()
        .precompressed_gzip();
    let pages = pages
        .fallback_service(files.fallback(get(missing).with_state(shared.clone())))
        .method_not_allowed_fallback(wrong_method)
        .layer(
            ServiceBuilder::new()
                .layer(sessions)
                .layer(middleware::from_fn_with_state(
                    shared.clone(),
                    visit::recognize,
                ))
                .layer(middleware::from_fn_with_state(
                    shared.clone(),
                    guard::same_site,
                )),
        );

    Router::new()
        .merge(pages)
        .nest_service(
            "/pkg",
            ServiceBuilder::new()
                .layer(SetResponseHeaderLayer::overriding(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("public, max-age=31536000, immutable"),
                ))
                .service(hashed),
        )
        .route("/healthz", get(|| async { "up\n" }))
        .route("/readyz", get(ready))
        .layer(
            CompressionLayer::new()
                .br(true)
                .gzip(true)
                .quality(CompressionLevel::Precise(QUALITY))
                .compress_when(SizeAbove::new(512).and(NotForContentType::IMAGES)),
        )
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(visit::trace))
        .with_state(shared)
}

async fn render(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = page(state, parts, || ()).await;
    // Pages show what belongs to whoever asks, in their language.
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    response.headers_mut().insert(
        header::VARY,
        HeaderValue::from_static("Cookie, Accept-Language"),
    );
    response
}

async fn missing(State(state): State<AppState>, request: Request) -> Response {
    problem_page(state, request.into_parts().0, Problem::NotFound).await
}

async fn wrong_method(State(state): State<AppState>, request: Request) -> Response {
    problem_page(state, request.into_parts().0, Problem::Method).await
}

async fn ready(State(state): State<AppState>) -> Response {
    match state.portal.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}
