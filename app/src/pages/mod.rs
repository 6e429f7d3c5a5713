//! One file a page: complete HTML from the server, readable without script or wasm.

pub mod authenticator;
pub mod guide;
pub mod home;
pub mod incident;
pub mod incident_new;
pub mod incidents;
pub mod invitation;
pub mod password;
pub mod plan;
pub mod problem;
pub mod reset;
pub mod security;
pub mod sign_in;
pub mod sign_in_code;

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};

use crate::server::{Problem, Visit, redirect, state};

/// What the browser needs to start the islands of a page; a page without islands loads no wasm.
#[component]
fn Islands() -> impl IntoView {
    let options: LeptosOptions = state().leptos;
    view! { <HydrationScripts options islands=true /> }
}

/// The value of a parameter in the address's query; empty if it is absent.
fn query(name: &str) -> String {
    leptos_router::hooks::use_query_map().with(|map| map.get(name).unwrap_or_default())
}

/// The query of the address as it was sent.
fn raw_query() -> String {
    use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.uri.query().map(str::to_owned))
        .unwrap_or_default()
}

/// Renders what a future gives, all of it before anything is sent.
fn loaded<F>(page: F) -> impl IntoView
where
    F: Future<Output = Result<AnyView, Problem>> + Send + 'static,
{
    Suspend::new(async move {
        match page.await {
            Ok(view) => view,
            Err(problem) => view! { <problem::ProblemPage problem /> }.into_any(),
        }
    })
}

/// Logs what core could not do and gives the problem that the person is shown.
fn failed(error: portal_core::CoreError) -> Problem {
    tracing::error!(%error, "a page could not be made");
    Problem::Internal
}

/// Sends a visitor who is not signed in to sign in and come back; `None` for whoever is.
fn sign_in_first(visit: &Visit) -> Option<AnyView> {
    if visit.person.is_some() {
        return None;
    }
    let here = use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
        .unwrap_or_default();
    redirect(&format!("/sign-in?next={}", encoded(&here)));
    Some(().into_any())
}

/// A text as a value in a query.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
