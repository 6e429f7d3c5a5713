//! The document around every page, the routes, and how a page is rendered.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use super::{AppState, FormReply, Visit};
use crate::pages;

/// What can go wrong with a request as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such page, or it is somebody else's: never said which.
    NotFound,
    /// The request came from another site.
    Forbidden,
    /// The path does not take this method.
    Method,
    /// More than a form may have.
    TooLarge,
    /// More than an address may have after its `?`.
    LongAddress,
    /// The form could not be read.
    BadForm,
    /// Too many forms of this kind came from one address.
    TooMany,
    /// Something failed; the log says what.
    Internal,
}

impl Problem {
    /// The status that it is answered with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::LongAddress => StatusCode::URI_TOO_LONG,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The document that every page stands in.
pub fn shell() -> impl IntoView {
    let lang = Visit::current().lang;
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    // While the routes are listed there is no state.
    let style = use_context::<AppState>()
        .map(|state| view! { <HashedStylesheet options=state.leptos id="style" /> });
    view! {
        <!DOCTYPE html>
        <html lang=lang.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {style}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The routes: one page each.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    if let Some(problem) = use_context::<Problem>() {
        return pages::problem::ProblemPage(pages::problem::ProblemPageProps { problem })
            .into_any();
    }
    // Whoever has to sign in first does so at the address of the form that they sent.
    if let Some(FormReply::SignIn(_)) = use_context::<FormReply>() {
        return view! { <pages::sign_in::SignInPage /> }.into_any();
    }
    view! {
        <Router>
            <Routes fallback=|| view! { <pages::problem::ProblemPage problem=Problem::NotFound /> }>
                <Route path=path!("/") view=pages::home::HomePage ssr=SsrMode::Async />
                <Route path=path!("/plan") view=pages::plan::PlanPage ssr=SsrMode::Async />
                <Route path=path!("/plan/compare") view=pages::plan_compare::ComparePage ssr=SsrMode::Async />
                <Route path=path!("/plan/:version") view=pages::plan::PlanPage ssr=SsrMode::Async />
                <Route path=path!("/guide") view=pages::guide::GuidePage ssr=SsrMode::Async />
                <Route path=path!("/incidents") view=pages::incidents::IncidentsPage ssr=SsrMode::Async />
                <Route path=path!("/incidents/new") view=pages::incident_new::NewIncidentPage ssr=SsrMode::Async />
                <Route path=path!("/incidents/:number") view=pages::incident::IncidentPage ssr=SsrMode::Async />
                <Route path=path!("/incidents/:number/due") view=pages::incident::due::DeadlinesPage ssr=SsrMode::Async />
                <Route path=path!("/incidents/:number/due/:place") view=pages::incident::due::DeadlinePage ssr=SsrMode::Async />
                <Route path=path!("/verify") view=pages::verify::VerifyPage ssr=SsrMode::Async />
                <Route path=path!("/desk") view=pages::desk::DeskPage ssr=SsrMode::Async />
                <Route path=path!("/desk/mail") view=pages::desk_mail::DeskMailPage ssr=SsrMode::Async />
                <Route path=path!("/desk/mail/:id") view=pages::desk_mail::DeskMailOnePage ssr=SsrMode::Async />
                <Route path=path!("/me/mail") view=pages::my_mail::MyMailPage ssr=SsrMode::Async />
                <Route path=path!("/unsubscribe/:token") view=pages::unsubscribe::UnsubscribePage ssr=SsrMode::Async />
                <Route path=path!("/desk/log") view=pages::desk_log::LogPage ssr=SsrMode::Async />
                <Route path=path!("/desk/templates") view=pages::templates::TemplatesPage ssr=SsrMode::Async />
                <Route path=path!("/desk/attainment") view=pages::attainment::AttainmentPage ssr=SsrMode::Async />
                <Route path=path!("/me") view=pages::me::MePage ssr=SsrMode::Async />
                <Route path=path!("/contacts") view=pages::contacts::ContactsPage ssr=SsrMode::Async />
                <Route path=path!("/accounts/:id/contacts") view=pages::contacts::ContactsPage ssr=SsrMode::Async />
                <Route path=path!("/audit") view=pages::audit::AuditPage ssr=SsrMode::Async />
                <pages::admin::AdminRoutes />
                <Route path=path!("/account") view=pages::account::OwnAccountPage ssr=SsrMode::Async />
                <Route path=path!("/accounts") view=pages::accounts::AccountsPage ssr=SsrMode::Async />
                <Route path=path!("/accounts/seats") view=pages::account::AccountPage ssr=SsrMode::Async />
                <Route path=path!("/accounts/:id") view=pages::account::AccountPage ssr=SsrMode::Async />
                <Route path=path!("/releases") view=pages::releases::ReleasesPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view=pages::sign_in_code::CodePage ssr=SsrMode::Async />
                <Route path=path!("/invitation/:token") view=pages::invitation::InvitationPage ssr=SsrMode::Async />
                <Route path=path!("/reset") view=pages::reset::ResetPage ssr=SsrMode::Async />
                <Route path=path!("/me/security") view=pages::security::SecurityPage ssr=SsrMode::Async />
                <Route path=path!("/me/security/password") view=pages::password::PasswordPage ssr=SsrMode::Async />
                <Route path=path!("/me/security/authenticator") view=pages::authenticator::AuthenticatorPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
    .into_any()
}

/// Renders the page at the request's path, with something more in its context.
pub async fn page(
    state: AppState,
    mut parts: Parts,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    parts.method = Method::GET;
    let render = leptos_axum::render_app_async_with_context(
        move || {
            state.provide();
            context();
        },
        shell,
    );
    render(Request::from_parts(parts, Body::empty())).await
}

/// Renders an error page in place of whatever was asked for.
pub async fn problem_page(state: AppState, parts: Parts, problem: Problem) -> Response {
    let mut response = page(state, parts, move || provide_context(problem)).await;
    *response.status_mut() = problem.status();
    response
}

/// Sets the status of the page that is being rendered.
pub(crate) fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// Sends the visitor to another page of this portal; what is rendered meanwhile is not shown.
pub(crate) fn redirect(to: &str) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(to) = HeaderValue::from_str(super::local_path(to))
    {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(header::LOCATION, to);
    }
}
