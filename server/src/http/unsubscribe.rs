//! Ending one kind of mail by its link, as a page's button or a mail program does it (RFC 8058): without a session and from
//! anywhere, since all that it can do stands in the link.

use app::server::{AppState, Problem, Unsubscribed, Visit, page, problem_page};
use axum::{
    extract::{Path, Request, State},
    response::Response,
};
use leptos::prelude::provide_context;
use portal_core::mail;

/// The address of the links.
pub const LINK: &str = "/unsubscribe/{token}";

/// How the addresses of the links begin.
pub const BEGINS: &str = "/unsubscribe/";

/// Ends what the link says. What is sent with it does not matter; a mail program is not sent elsewhere.
pub async fn end(
    State(state): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let parts = request.into_parts().0;
    let visit = parts.extensions.get::<Visit>().cloned().unwrap_or_default();
    let portal = state.portal.asked_from(visit.origin.clone());
    match mail::end(&portal, visit.actor(), &token).await {
        Ok(topic) => page(state, parts, move || provide_context(Unsubscribed(topic))).await,
        Err(error) => {
            tracing::error!(%error, "a kind of mail could not be ended");
            problem_page(state, parts, Problem::Internal).await
        }
    }
}
