//! HTTP: routes, who visits, what a request may do, and what every answer carries.

mod address;
mod attainment_export;
mod audit_export;
mod certificate;
mod csv_file;
mod due_file;
mod exports;
mod files;
mod guard;
mod import;
mod limit;
mod live;
mod panic;
mod sso;
mod unsubscribe;
mod visit;

use std::{path::Path, sync::Arc};

use app::server::{App, AppState, Problem, answer_post, answer_post_at, page, problem_page};
use axum::{
    Router,
    body::Body,
    extract::{FromRef, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, any, get, post},
};
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use portal_core::sessions::{Lifetime, SessionStore};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    services::ServeDir,
    set_header::SetResponseHeaderLayer,
    timeout::RequestBodyTimeoutLayer,
};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time::Duration},
};

use crate::sso::Providers;

pub use address::Network;

/// Who is let in, how often they may try, and for how long.
#[derive(Clone, Debug)]
pub struct Door {
    /// For how long sessions live.
    pub lifetime: Lifetime,
    /// How many times a minute one address may try to sign in.
    pub sign_in_per_minute: u32,
    /// The proxies that are believed from where somebody comes.
    pub trusted_proxies: Arc<[Network]>,
    /// The providers of single sign-on.
    pub providers: Arc<Providers>,
}

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

/// The addresses that a form may be posted to, beside those of [`limit`], each answered by the server function of that
/// address.
const FORMS: &[&str] = &[
    "/accounts/seats",
    "/admin/closed-days",
    "/admin/customers/new",
    "/admin/people/new",
    "/admin/releases",
    "/admin/work",
    "/contacts",
    "/desk/mail",
    "/desk/log",
    "/desk/templates",
    "/incidents",
    "/incidents/new",
    "/language",
    "/me",
    "/me/mail",
    "/me/security",
    "/me/security/authenticator",
    "/me/security/password",
    "/sign-out",
];

/// The addresses of records, whose forms are answered by the server function of another address.
const RECORD_FORMS: [(&str, &str); 2] = [
    ("/admin/customers/{id}", "/admin/customers/id"),
    ("/admin/people/{id}", "/admin/people/id"),
];

/// The address of the import, which takes a file instead of a form's fields.
const IMPORT: &str = "/admin/import";

/// The address where certificates are checked, likewise.
const VERIFY: &str = "/verify";

/// The files to download, each beside its page.
fn downloads() -> [(&'static str, MethodRouter<Shared>); 16] {
    [
        ("/account/attainment.csv", get(attainment_export::own)),
        ("/account/export.csv", get(exports::own)),
        ("/accounts/export.csv", get(exports::list)),
        ("/accounts/{id}/attainment.csv", get(attainment_export::one)),
        ("/accounts/{id}/export.csv", get(exports::one)),
        (
            "/admin/import/certifications.csv",
            get(import::certifications),
        ),
        ("/admin/import/contacts.csv", get(import::contacts)),
        ("/admin/import/result.csv", get(import::result)),
        ("/audit/export.csv", get(audit_export::audit_export)),
        ("/desk/attainment.csv", get(attainment_export::desk)),
        ("/incidents/{number}/due.ics", get(due_file::due)),
        (
            "/incidents/{number}/due/{place}/certificate.json",
            get(certificate::certificate),
        ),
        (
            "/incidents/{number}/due/{place}/due.ics",
            get(due_file::deadline),
        ),
        ("/.well-known/portal-keys.json", get(certificate::keys)),
        (files::FILE, files::file()),
        (files::PICTURE, get(files::picture)),
    ]
}

/// What is posted, beside what [`limit`] lets come only so often.
fn forms() -> Vec<(&'static str, MethodRouter<Shared>)> {
    let mut forms: Vec<(&'static str, MethodRouter<Shared>)> = vec![
        (unsubscribe::LINK, post(unsubscribe::end)),
        (IMPORT, post(import::post).layer(import::limit())),
        (
            VERIFY,
            post(certificate::verify).layer(certificate::limit()),
        ),
        (files::INCIDENT, files::forms()),
        (files::FILES, files::uploads()),
    ];
    for path in FORMS {
        forms.push((*path, post(answer_post)));
    }
    for (path, endpoint) in RECORD_FORMS {
        let form = post(move |State(state): State<AppState>, request: Request| {
            answer_post_at(endpoint, state, request)
        });
        forms.push((path, form));
    }
    forms
}

/// Every address with its method, of the lists that the router is made of: for the test that walks them as everybody.
#[cfg(test)]
pub fn addresses() -> Vec<(&'static str, String)> {
    let pages = generate_route_list(App)
        .into_iter()
        .map(|route| route.path().to_owned());
    let read = downloads()
        .into_iter()
        .chain(live::streams())
        .chain(sso::ways())
        .map(|(path, _)| path.to_owned());
    let forms = forms()
        .into_iter()
        .map(|(path, _)| path)
        .chain(limit::FORMS)
        .chain([limit::LINK])
        .map(str::to_owned);
    let pieces = files::pieces()
        .into_iter()
        .map(|(method, _)| (method, files::FILE.to_owned()));
    pages
        .chain(read)
        .map(|path| ("GET", path))
        .chain(forms.map(|path| ("POST", path)))
        .chain(pieces)
        .collect()
}

/// How hard a page is compressed while it is sent. From 2 on, brotli's window takes megabytes for each long page, and
/// some of that stays; 1 costs a sixth more bytes.
const QUALITY: i32 = 1;

/// How long nothing may come of a request's body: whoever went away keeps nothing, nor the portal from stopping.
const STALLED: std::time::Duration = std::time::Duration::from_mins(1);

/// For how long a browser that came over TLS comes no other way: a year. Only to this host; of others the portal knows nothing.
const TLS_ONLY: &str = "max-age=31536000";

/// The whole portal.
pub fn router(state: AppState, site: &Path, door: &Door) -> Router {
    let shared = Shared(state.clone());
    let secure = state.site.secure();
    let sessions = SessionManagerLayer::new(SessionStore::new(state.portal.clone(), door.lifetime))
        // A browser takes a `__Host-` cookie over TLS only.
        .with_name(if secure { "__Host-session" } else { "session" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        // How long the browser keeps the cookie; the store decides how long it opens something.
        .with_expiry(Expiry::OnInactivity(Duration::milliseconds(
            door.lifetime.most_ms,
        )));

    let single_sign_on = sso::routes(Arc::clone(&door.providers));
    let pages = limit::routes(pages(), single_sign_on, door.sign_in_per_minute);
    let hashed = ServeDir::new(site.join("pkg"))
        .precompressed_br()
        .precompressed_gzip();
    let pages = pages
        .layer(RequestBodyTimeoutLayer::new(STALLED))
        .fallback_service(site_files(site, &shared))
        .method_not_allowed_fallback(wrong_method)
        .layer(
            ServiceBuilder::new()
                // Whatever does not say otherwise is of whoever asked: problems and redirects, too.
                .layer(SetResponseHeaderLayer::if_not_present(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("private, no-cache"),
                ))
                .layer(sessions)
                .layer(middleware::from_fn_with_state(
                    shared.clone(),
                    visit::recognize,
                ))
                .layer(middleware::from_fn_with_state(
                    shared.clone(),
                    guard::short_query,
                ))
                .layer(middleware::from_fn_with_state(
                    shared.clone(),
                    guard::same_site,
                ))
                .layer(middleware::from_fn(guard::second_factor_first))
                .layer(middleware::from_fn_with_state(
                    shared.clone(),
                    limit::in_words,
                )),
        )
        // Around the sessions.
        .layer(middleware::from_fn(live::by_itself));

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
        .layer(middleware::from_fn(panic::caught))
        .layer(
            CompressionLayer::new()
                .br(true)
                .gzip(true)
                .quality(CompressionLevel::Precise(QUALITY))
                .compress_when(
                    SizeAbove::new(512)
                        .and(NotForContentType::IMAGES)
                        // Streams, of which each piece is sent at once.
                        .and(NotForContentType::SSE)
                        // Files of incidents, of which a part may be asked for.
                        .and(NotForContentType::const_new("application/octet-stream")),
                ),
        )
        .layer(SetResponseHeaderLayer::overriding(
            header::STRICT_TRANSPORT_SECURITY,
            secure.then_some(HeaderValue::from_static(TLS_ONLY)),
        ))
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
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ))
        .layer(middleware::from_fn(visit::trace))
        .layer(middleware::from_fn_with_state(
            door.trusted_proxies.clone(),
            address::find,
        ))
        .with_state(shared)
}

/// The pages with their forms and files.
fn pages() -> Router<Shared> {
    let routes = generate_route_list(App);
    let mut pages = Router::<Shared>::new().leptos_routes_with_handler(routes, get(render));
    for (path, form) in forms() {
        pages = pages.route(path, form);
    }
    for (path, download) in downloads() {
        pages = pages.route(path, download);
    }
    for (_, piece) in files::pieces() {
        pages = pages.route(files::FILE, piece);
    }
    pages.merge(live::routes())
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

/// The files of the site, for whatever no route answers.
fn site_files(site: &Path, shared: &Shared) -> ServeDir<MethodRouter> {
    let files = ServeDir::new(site).append_index_html_on_directories(false);
    let plain = files.clone();
    let nothing = any(move |State(state): State<AppState>, request: Request| {
        missing(state, plain.clone(), request)
    });
    files
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(nothing.with_state(shared.clone()))
}

/// What is neither a page nor read from the site's `files`: there is no such file, or it is there to be read only.
async fn missing(state: AppState, mut files: ServeDir, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let reads = parts.method == Method::GET || parts.method == Method::HEAD;
    let mut look = Request::new(Body::empty());
    *look.method_mut() = Method::HEAD;
    *look.uri_mut() = parts.uri.clone();
    let problem = match files.try_call(look).await {
        Ok(file) if !reads && file.status().is_success() => Problem::Method,
        _ => Problem::NotFound,
    };
    problem_page(state, parts, problem).await
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
